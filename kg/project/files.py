"""The files of a project on disk: their names, and the text of one."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Place, SourceError

_LINK = "is a link to a file outside the project, which is not followed: put the file itself into the project"
#: The byte-order marks of other encodings, which text editors on Windows write; the longer ones come first.
_MARKS = {b"\xff\xfe\0\0": "UTF-32", b"\0\0\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the project: its path, its name relative to the project, the reason why it cannot be read or "".

    `text` stands in for the content on disk if it is not None.
    """

    path: Path
    name: str
    fault: str = ""
    text: str | None = None


#: A name relative to the project, the entry of the directory or None, the reason why it cannot be read or "".
Entry = tuple[str, "os.DirEntry[str] | None", str]


def listed(root: Path, folder: str, ending: str, unsaved: Mapping[str, str] | None = None) -> tuple[File, ...]:
    """Return the files of a folder of the project whose names have the ending, sorted by name.

    Hidden files, such as locks and swap files of editors, are skipped. A directory that cannot be listed, a link out of
    the project and a link to a directory are returned with the reason, so that they are not skipped in silence.
    `unsaved` has texts by name that stand in for files, whether on disk or not.
    """
    unsaved = unsaved or {}
    faults = {name: fault for name, _, fault in entries(root, folder, ending)}
    for name in unsaved:
        if name.startswith(f"{folder}/") and name.endswith(ending) and "/." not in name:
            faults.setdefault(name, "")
    return tuple(File(root / name, name, fault, unsaved.get(name)) for name, fault in sorted(faults.items()))


def clashes(files: Sequence[File], kind: str) -> Iterator[SourceError]:
    """Yield an error for each file whose stem, the name of a question or rule, is that of an earlier file."""
    first: dict[str, File] = {}
    for file in files:
        if (other := first.setdefault(file.path.stem, file)) is not file:
            message = f"'{file.path.stem}' is the name of the {kind} in {other.name} already; rename one of the files"
            yield SourceError(message, file.name, rule="syntax:header" if kind == "question" else "syntax:rule")


def entries(root: Path, folder: str, ending: str) -> Iterator[Entry]:
    """Yield the same as `listed`, unsorted and without paths, which take most of the time for many files."""
    home, folders = root.resolve(), [folder] if (root / folder).is_dir() else []
    if folders and (root / folder).is_symlink() and (fault := _fault(root / folder, home)):
        yield folder, None, fault
        return
    while folders:
        parent = folders.pop()
        try:
            with os.scandir(root / parent) as scan:
                children = list(scan)
        except OSError as error:
            yield parent, None, f"cannot be read: {error.strerror}"
            continue
        for entry in children:
            name = f"{parent}/{entry.name}"
            if entry.name.startswith("."):
                continue
            if entry.name.endswith(ending):
                yield name, entry, _fault(root / name, home) if entry.is_symlink() else ""
            elif entry.is_dir(follow_symlinks=False):
                folders.append(name)
            elif entry.is_symlink() and _is_directory(root / name):
                yield name, entry, "is a link to a directory, and such links are not followed"


def _fault(path: Path, home: Path) -> str:
    """Return why the target of a link is not read, or "" if it is in the project or does not exist."""
    try:
        return "" if path.resolve().is_relative_to(home) else _LINK
    except (OSError, RuntimeError):
        return ""  # a link to itself: reading it raises the error


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # it cannot be read at all


def read_text(path: Path, name: str) -> str:
    """Return a plain file's text without a byte-order mark; raises SourceError where it is unreadable or not UTF-8."""
    return decoded(_bytes(path, name), name)


def glance(root: Path, name: str) -> str | None:
    """Return the text of a file of the project, whether it is UTF-8 or not, or None if it cannot be read."""
    path = root / name
    if path.is_symlink() and _fault(path, root.resolve()):
        return None
    try:
        return _bytes(path, name).decode(errors="replace")
    except SourceError:
        return None


def read_given(path: Path) -> str:
    """Return the text of a file named on the command line, which may be a pipe; raises SourceError like `read_text`."""
    return decoded(_bytes(path, str(path), pipes=True), str(path))


def _bytes(path: Path, name: str, *, pipes: bool = False) -> bytes:
    # Opened without waiting, and asked for its kind when open: a pipe may never have a writer, nor a file stay one.
    waiting = 0 if pipes else os.O_NONBLOCK
    try:
        with open(path, "rb", opener=lambda file, flags: os.open(file, flags | waiting)) as file:
            if pipes or stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return file.read()
    except IsADirectoryError:
        raise SourceError("is a directory, not a file", name) from None
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", name) from error
    raise SourceError("is a device or pipe, not a file", name)


def decoded(raw: bytes, name: str) -> str:
    """Return the text of UTF-8 bytes without a byte-order mark; raises SourceError, with the place, for other bytes."""
    try:
        return raw.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode().removeprefix("\ufeff")
        place = Place.of(name, before, len(before))
        other = next((f" but {encoding}" for mark, encoding in _MARKS.items() if raw.startswith(mark)), "")
        raise SourceError(f"not UTF-8{other}: save the file as UTF-8", name, place.line, place.column) from error
