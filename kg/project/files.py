"""The files of a project as they lie on disk: which there are, and the text of one."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from kg.errors import SourceError

_LINK = "is a link out of the project, and what belongs to a project lies within it"
#: The marks of encodings that are not UTF-8, which text editors of Windows write; the longer come first.
_MARKS = {b"\xff\xfe\0\0": "UTF-32", b"\0\0\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the project: where it is, its name relative to the project, why it cannot be read or ""."""

    path: Path
    name: str
    fault: str = ""


#: A name relative to the project, its entry in its directory or None, why it cannot be read or "".
Entry = tuple[str, "os.DirEntry[str] | None", str]


def listed(root: Path, folder: str, ending: str, *, deep: bool = True) -> tuple[File, ...]:
    """Return the files of a directory of the project whose names have the ending, in the order of their names.

    Hidden ones, such as the locks and swap files of editors, are none of the project. A directory that cannot be looked
    into, a link out of the project and a link to a directory are listed with the reason, so that nobody takes what is
    there for read.
    """
    found = sorted(entries(root, folder, ending, deep=deep), key=itemgetter(0))
    return tuple(File(root / name, name, fault) for name, _, fault in found)


def clashes(files: Sequence[File], kind: str) -> Iterator[SourceError]:
    """Yield an error for each file whose stem, the name of a question or rule, an earlier file has already."""
    first: dict[str, File] = {}
    for file in files:
        if (other := first.setdefault(file.path.stem, file)) is not file:
            message = f"'{file.path.stem}' is the name of the {kind} in {other.name} already; rename one of the files"
            yield SourceError(message, file.name, rule="syntax:header" if kind == "question" else "syntax:rule")


def entries(root: Path, folder: str, ending: str, *, deep: bool = True) -> Iterator[Entry]:
    """Give the same as `listed` in any order, and without paths, which for many files take most of the time."""
    home, waiting = root.resolve(), [folder] if (root / folder).is_dir() else []
    if waiting and (root / folder).is_symlink() and (fault := _fault(root / folder, home)):
        yield folder, None, fault
        return
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(root / place) as held:
                found = list(held)
        except OSError as error:
            yield place, None, f"cannot be read: {error.strerror}"
            continue
        for entry in found:
            name = f"{place}/{entry.name}"
            if entry.name.startswith("."):
                continue
            if entry.name.endswith(ending):
                yield name, entry, _fault(root / name, home) if entry.is_symlink() else ""
            elif deep and entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            elif deep and entry.is_symlink() and _is_directory(root / name):
                yield name, entry, "is a link to a directory, and such links are not followed"


def _fault(path: Path, home: Path) -> str:
    """Return why what a link stands for is not read, or "" where it is in the project, or nowhere."""
    try:
        return "" if path.resolve().is_relative_to(home) else _LINK
    except (OSError, RuntimeError):
        return ""  # it leads to itself, of which the reading says more


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # what lies there is nobody's to read


def read_text(path: Path, name: str) -> str:
    """Return the file's text without a byte-order mark.

    Raises SourceError where it is no plain file, cannot be read or is not UTF-8, with the place.
    """
    return decoded(_bytes(path, name), name)


def glance(root: Path, name: str) -> str | None:
    """Return the text of a file of the project, be it UTF-8 or not, or None where it is not one to be read."""
    path = root / name
    try:
        fault = _fault(path, root.resolve()) if path.is_symlink() else ""
        return None if fault else _bytes(path, name).decode(errors="replace")
    except SourceError:
        return None


def read_given(path: Path) -> str:
    """Return the text of a file that the call names, which may be a pipe; raises SourceError as `read_text` does."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", str(path)) from error
    return decoded(raw, str(path))


def _bytes(path: Path, name: str) -> bytes:
    try:
        # Without waiting: a named pipe may never have anything to say.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                what = "a directory" if stat.S_ISDIR(mode) else "a device or pipe"
                raise SourceError(f"is {what}, not a file", name)
            with open(descriptor, "rb", closefd=False) as file:
                return file.read()
        finally:
            os.close(descriptor)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", name) from error


def decoded(raw: bytes, name: str) -> str:
    """Return the text of UTF-8 without a byte-order mark; raises SourceError, with the place, where it is none."""
    try:
        return raw.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode().removeprefix("\ufeff")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        other = next((f"but {what}" for mark, what in _MARKS.items() if raw.startswith(mark)), "")
        raise SourceError(f"not UTF-8{other and f' {other}'}: save the file as UTF-8", name, line, column) from error
