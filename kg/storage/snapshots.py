"""The directory of a store: which generation of it counts, who reads and who writes it, and what of it may go.

    kg-store            the format, the number of the generation that counts, the project
    kg-store.lock       locked by who writes
    generation-1/, …    each with `index/`, `records` and `lock`
    validate.json       what a check remembers
    .gitignore          so that no store is committed by mistake

Who writes makes a new generation beside the one that counts and then puts its number into `kg-store`. So a kill at any
moment leaves the last good state, and readers go on: each holds the lock of its generation, which is removed when
nobody reads it any more. Whatever else may be in the directory is never touched.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kg.errors import KgError, OutsideError

#: Of all that a store keeps; whoever changes how counts on.
FORMAT = 1
#: The parts of a generation.
INDEX, RECORDS = "index", "records"
#: What may lie beside the generations: the memory of a check, and the same half written.
CACHES = ("validate.json", "validate.new")
#: How long to wait for others, in seconds.
PATIENCE = 2.0
_MARK, _NEW, _LOCK, _IGNORE = "kg-store", "kg-store.new", "kg-store.lock", ".gitignore"
_ALL = b"*\n"
_HELD = "lock"
_HEAD = "hearsay-store"
_PREFIX = "generation-"
ANEW = "kg store sync --rebuild makes it anew"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a store says of itself: the generation that counts, 0 for none, its format, its project's directory."""

    number: int
    format: int
    project: str


class Hold:
    """The lock of a generation, which lasts until it is closed or forgotten."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def close(self) -> None:
        """Let go."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation that nobody removes as long as it is held."""

    number: int
    path: Path
    hold: Hold


@contextmanager
def outside(directory: Path, what: str) -> Iterator[None]:
    """Turn what fails in the system or in the engine into OutsideError: `what` cannot be done to the store."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or next(iter(str(error).splitlines()), type(error).__name__)
        if reason.startswith("Corruption"):
            raise damaged(directory, reason) from error
        raise OutsideError(f"the store in '{directory}' cannot be {what}: {reason}") from error


def damaged(directory: Path, reason: str) -> OutsideError:
    """Return the error for a store that is not as it was written."""
    return OutsideError(f"the store in '{directory}' is damaged ({reason}): {ANEW}")


# --- What counts ---


def mark(directory: Path) -> Mark | None:
    """Return what a store says of itself, None where there is nothing yet.

    Raises KgError for what is no store, OutsideError where it is damaged or cannot be read.
    """
    with outside(directory, "read"):
        try:
            lines = (directory / _MARK).read_bytes().decode(errors="surrogateescape").split("\n", 2)
        except FileNotFoundError:
            if _is_free(directory):
                return None
            if (directory / _MARK).exists():  # another process has begun it between the two looks
                return mark(directory)
            raise KgError(f"'{directory}' is not empty and no store: name a new directory") from None
        except NotADirectoryError:
            raise KgError(f"'{directory}' is no directory") from None
    head, _, kept = lines[0].partition(" ")
    whole = len(lines) == 3 and lines[2].endswith("\n") and kept.isdecimal() and lines[1].isdecimal()
    if head != _HEAD or not whole:
        raise damaged(directory, f"{_MARK} does not tell what it holds")
    return Mark(int(lines[1]), int(kept), lines[2][:-1])


def _is_free(directory: Path) -> bool:
    """Say whether there is nothing in the directory, or only what a store begins with."""
    names = {path.name for path in directory.iterdir()} if directory.exists() else set()
    return names <= {_LOCK, _NEW, _IGNORE} and (
        _IGNORE not in names or (directory / _IGNORE).read_bytes() in (b"", _ALL)
    )


def fitting(directory: Path, root: Path) -> Mark | None:
    """Return the same as `mark`; raises KgError for a store of another format or of another project, too."""
    found = mark(directory)
    if found and found.format != FORMAT:
        raise KgError(f"the store in '{directory}' has format {found.format}, and this kg writes {FORMAT}: {ANEW}")
    if found and not _is_of(found, root):
        raise KgError(f"{_whose(directory, found, root)}: name another directory; or {ANEW}")
    return found


def _is_of(found: Mark, root: Path) -> bool:
    return found.project == str(root.resolve())


def _whose(directory: Path, found: Mark, root: Path) -> str:
    return f"the store in '{directory}' is that of '{found.project}', not of '{root.resolve()}'"


def publish(directory: Path, root: Path, number: int) -> None:
    """Let a generation count from now on, 0 for none; it is on the disk by then, whatever happens to the machine."""
    if number:
        _to_disk(_path(directory, number))
    replace(directory / _MARK, f"{_HEAD} {FORMAT}\n{number}\n{root.resolve()}\n".encode(errors="surrogateescape"))
    _to_disk(directory)


def replace(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _to_disk(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _path(directory: Path, number: int) -> Path:
    return directory / f"{_PREFIX}{number}"


# --- Reading ---


def held(directory: Path, root: Path) -> Generation | None:
    """Return the generation that counts, held; None where there is none yet.

    Raises KgError for what is no store of this project, OutsideError where it is damaged or cannot be read.
    """
    until = time.monotonic() + PATIENCE
    while True:
        found = fitting(directory, root)
        if not found or not found.number:
            return None
        path = _path(directory, found.number)
        with outside(directory, "read"):
            hold, gone = _shared(path / _HELD)
        if fitting(directory, root) != found:  # replaced before we held it, so it may have been removed
            hold = None
        elif hold:
            return Generation(found.number, path, hold)
        elif gone:
            raise damaged(directory, f"there is no {path.name}")
        if time.monotonic() > until:
            raise OutsideError(f"the store in '{directory}' is being removed: try again when that is done")
        time.sleep(0.01)


def _shared(path: Path) -> tuple[Hold | None, bool]:
    """Return the lock, held together with other readers, or None; and whether it is not there at all."""
    import fcntl  # not on every system; where there is none there can be no store

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None, True
    hold = Hold(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return None, False
    return hold, False


# --- Writing ---


def writing(directory: Path) -> IO[bytes] | None:
    """Return the lock of the store, ours until it is closed; None where another process has it and keeps it.

    The directory is made where it is missing. The lock's time of change is now, as the file system has it.
    """
    import fcntl

    until = time.monotonic() + PATIENCE
    with outside(directory, "written"):
        while True:
            directory.mkdir(parents=True, exist_ok=True)
            lock = (directory / _LOCK).open("ab")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _is_there(lock, directory / _LOCK):
                    lock.truncate(0)
                    lock.write(b"%d\n" % os.getpid())
                    lock.flush()
                    return lock
            except BlockingIOError:
                if time.monotonic() > until:
                    lock.close()
                    return None
                time.sleep(0.05)
            lock.close()


def _is_there(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False  # removed by a `clear` for which we waited


def writer(directory: Path) -> str:
    """Return who writes, for a message."""
    with suppress(OSError, ValueError):
        return f"another process ({int((directory / _LOCK).read_bytes())})"
    return "another process"


def prepare(directory: Path, root: Path) -> None:
    """Make a store of a directory that has none yet; only for who holds the lock for writing."""
    if mark(directory) is None:
        (directory / _IGNORE).write_bytes(_ALL)
        publish(directory, root, 0)


@contextmanager
def begun(directory: Path) -> Iterator[tuple[int, Path]]:
    """Give the number and the path of a new generation, which does not count yet and goes where something fails.

    Only for who holds the lock for writing.
    """
    number = max(_numbers(directory), default=0) + 1
    path = _path(directory, number)
    path.mkdir()
    try:
        (path / _HELD).touch()
        yield number, path
    except BaseException:
        with suppress(OSError):
            _remove(path)
        raise


def is_left(directory: Path, number: int) -> bool:
    """Say whether there is a generation newer than the one that counts: half made, or being made."""
    return any(other > number for other in _numbers(directory))


def tidy(directory: Path, number: int, say: Callable[[str], None]) -> None:
    """Remove all generations but one that nobody reads; only for who holds the lock for writing.

    What is newer than the one that counts was left half made, which is said.
    """
    for other in _numbers(directory):
        path = _path(directory, other)
        if other > number:
            say(f"the last writing to the store in '{directory}' was broken off; what it left is removed")
            _remove(path)
        elif other < number:
            with _unread(path) as free:
                if free:
                    _remove(path)


@contextmanager
def _unread(path: Path) -> Iterator[bool]:
    """Say whether nobody reads a generation, and let nobody begin."""
    import fcntl

    try:
        lock = (path / _HELD).open("rb")
    except FileNotFoundError:
        yield True  # half removed
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _numbers(directory: Path) -> list[int]:
    names = (path.name.removeprefix(_PREFIX) for path in directory.glob(f"{_PREFIX}*"))
    return sorted(int(name) for name in names if name.isdecimal())


def _remove(path: Path) -> None:
    """Remove a generation, but nothing that somebody else has put there."""
    import shutil  # brings compression; who reads removes nothing

    if (path / INDEX).exists():
        shutil.rmtree(path / INDEX)
    for name in (RECORDS, f"{RECORDS}.new", _HELD):
        (path / name).unlink(missing_ok=True)
    with suppress(OSError):
        path.rmdir()


def clear(directory: Path, root: Path | None = None) -> list[str] | None:
    """Remove a store; return the names of what else is in the directory, and stays as it then does, None without store.

    Raises KgError for what is no store, or is not that of a project, where one is named; OutsideError where somebody
    reads or writes it.
    """
    if (found := mark(directory)) is None:
        return None
    if root and not _is_of(found, root):
        raise KgError(f"{_whose(directory, found, root)}: kg store clear --force removes it all the same")
    lock = writing(directory)
    if lock is None:
        raise OutsideError(f"{writer(directory)} writes to the store in '{directory}': try again when it is done")
    with lock, outside(directory, "removed"), ExitStack() as stack:
        for number in _numbers(directory):
            if not stack.enter_context(_unread(_path(directory, number))):
                raise OutsideError(f"another process reads the store in '{directory}': try again when it is done")
        publish(directory, Path(found.project), 0)
        for number in _numbers(directory):
            _remove(_path(directory, number))
        for name in (*CACHES, _IGNORE, _NEW, _MARK, _LOCK):
            (directory / name).unlink(missing_ok=True)
        with suppress(OSError):
            directory.rmdir()
        return sorted(path.name for path in directory.iterdir()) if directory.exists() else []
