"""The directory of an index: its snapshots, their readers, their writer, and what may be deleted.

    kg-index.lock       locked by the process that writes; a directory with this file is an index
    index-1/, …         the snapshots, each with `store/` and, written last, `records`
    validate.json       the results of the last validation
    .gitignore          keeps git from committing an index

The newest snapshot with records counts. A writer builds the next one under a new name and renames its records into
place when all else is on the disk, so a kill at any moment leaves the last good snapshot. The name is new, and a reader
locks the directory of its snapshot, because RocksDB opens files by name when it first needs them: under a name that is
used again it would read the files of another snapshot. Files of others are never touched.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kg.errors import OutsideError
from kg.storage.lock import IGNORE, LOCK, PATIENCE, damaged, exists, outside, writing

#: The parts of a snapshot.
STORE, RECORDS = "store", "records"
#: What a check remembers, and the same half written.
CACHES = ("validate.json", "validate.new")
_PREFIX, _NEW = "index-", ".new"


class Snapshot:
    """A snapshot, which no process deletes until it is closed or garbage-collected."""

    def __init__(self, number: int, path: Path, descriptor: int) -> None:
        self.number = number
        self.path = path
        self._descriptor = descriptor

    def close(self) -> None:
        """Let other processes delete the snapshot."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()


def replace(path: Path, data: bytes) -> None:
    """Write a file, completely or not at all."""
    _prepared(path, data).replace(path)


def _prepared(path: Path, data: bytes) -> Path:
    """Write the data to the disk under the name of the file with `.new`, and return that path."""
    new = path.with_name(path.name + _NEW)
    new.unlink(missing_ok=True)
    with new.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return new


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _path(directory: Path, number: int) -> Path:
    return directory / f"{_PREFIX}{number}"


def _numbers(directory: Path) -> list[int]:
    """Return the numbers of all snapshots, half-made ones included, in ascending order; a link is no snapshot."""
    with os.scandir(directory) as entries:
        names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    numbers = (name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX))
    return sorted(int(number) for number in numbers if number.isdecimal() and number.isascii())


# --- Reading ---


def newest(directory: Path) -> Snapshot | None:
    """Return the newest snapshot with records, or None if there is none yet.

    Raises KgError for a directory of something else, OutsideError for one that cannot be read.
    """
    until = time.monotonic() + PATIENCE
    while exists(directory):
        with outside(directory, "read"):
            numbers = (number for number in reversed(_numbers(directory)) if _counts(_path(directory, number)))
            number = next(numbers, None)
            if number is None:
                return None
            if snapshot := _lock(directory, number, shared=True):
                if _counts(snapshot.path):  # not deleted between the look and the lock
                    return snapshot
                snapshot.close()
        if time.monotonic() > until:
            raise OutsideError(f"the index in '{directory}' is being deleted: try again when that is done")
        time.sleep(0.01)
    return None


def _counts(path: Path) -> bool:
    return (path / RECORDS).exists()


def _lock(directory: Path, number: int, *, shared: bool) -> Snapshot | None:
    """Return the snapshot, locked; None where another process holds or has deleted it."""
    import fcntl  # missing on Windows, where there can be no index

    path = _path(directory, number)
    try:
        snapshot = Snapshot(number, path, os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW))
        fcntl.flock(snapshot._descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        return snapshot if os.path.samestat(os.fstat(snapshot._descriptor), path.stat()) else None
    except (BlockingIOError, FileNotFoundError):
        return None


# --- Writing ---


@contextmanager
def begun(directory: Path) -> Iterator[Snapshot]:
    """Give a new snapshot to fill and to `record`: it counts once the block ends, and is deleted if that fails.

    Only for the process that holds the lock for writing.
    """
    path = _path(directory, max(_numbers(directory), default=0) + 1)
    path.mkdir()
    try:
        snapshot = _lock(directory, int(path.name.removeprefix(_PREFIX)), shared=True)
        if snapshot is None:
            raise damaged(directory, f"{path.name} is missing")
        yield snapshot
        _sync(path / STORE)
        _sync(path)
    except BaseException:
        with suppress(OSError):
            _delete(path)
        raise
    (path / f"{RECORDS}{_NEW}").replace(path / RECORDS)
    _sync(path)
    _sync(directory)


def record(snapshot: Snapshot, records: bytes) -> None:
    """Write the records of a new snapshot, which `begun` puts in place."""
    _prepared(snapshot.path / RECORDS, records)


def has_remains(directory: Path, number: int) -> bool:
    """Return whether there is a snapshot newer than the one that counts: incomplete, or being written."""
    return any(other > number for other in _numbers(directory))


def tidy(directory: Path, number: int, say: Callable[[str], None]) -> None:
    """Delete all snapshots but one, except those that another process reads.

    A newer one was left by a killed process, which is reported. Only for the process that holds the lock for writing.
    """
    for other in _numbers(directory):
        if other > number:
            say(f"the last write to the index in '{directory}' was interrupted; its remains are deleted")
        if other != number:
            _delete_unread(directory, other)


def clear(directory: Path) -> list[str] | None:
    """Delete an index and return the names of other files in the directory, which stay; None if there is no index.

    Raises KgError for a directory of something else, OutsideError where another process reads or writes the index.
    """
    if not exists(directory):
        return None
    with writing(directory), outside(directory, "deleted"):
        for number in _numbers(directory):  # the newest last, so that the rest is always an index
            if not _delete_unread(directory, number):
                raise OutsideError(f"another process reads the index in '{directory}': try again when it is done")
        for name in (*CACHES, IGNORE, LOCK):
            (directory / name).unlink(missing_ok=True)
        with suppress(OSError):
            directory.rmdir()
        return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


def _delete_unread(directory: Path, number: int) -> bool:
    """Delete a snapshot and return True, unless another process reads it."""
    if snapshot := _lock(directory, number, shared=False):
        _delete(snapshot.path)
        snapshot.close()
    return snapshot is not None


def _delete(path: Path) -> None:
    """Delete a snapshot, but no other file that somebody has put there."""
    import shutil  # brings compression, which readers do not need

    (path / RECORDS).unlink(missing_ok=True)  # first: from now on it does not count
    for name in (STORE, f"{STORE}.tmp"):  # RocksDB copies a store to the second name before it renames it
        if (path / name).is_dir():
            shutil.rmtree(path / name)
    (path / f"{RECORDS}{_NEW}").unlink(missing_ok=True)
    with suppress(OSError):
        path.rmdir()
