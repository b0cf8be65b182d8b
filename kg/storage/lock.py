"""The directory of an index: whether it is one, its errors, and its lock, under which one process writes at a time."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.errors import KgError, OutsideError

#: The file that makes a directory an index.
LOCK = "kg-index.lock"


#: How long to wait for another process, in seconds.
PATIENCE = 2.0


class BusyError(OutsideError):
    """Another process writes to the index."""


def writing(directory: Path) -> IO[bytes]:
    """Return the lock for writing, held until it is closed; makes the directory if it is missing.

    The lock's time of modification is now, by the clock of the file system. Raises BusyError where another process
    keeps the lock, KgError for a directory of something else, OutsideError where the lock cannot be written.
    """
    until = time.monotonic() + PATIENCE
    while True:
        exists(directory)
        with outside(directory, "written"):
            directory.mkdir(parents=True, exist_ok=True)
            if lock := _locked(directory / LOCK):
                with suppress(FileExistsError), (directory / IGNORE).open("xb") as file:
                    file.write(b"*\n")
                return lock
        if time.monotonic() > until:
            raise BusyError(f"{writer(directory)} is writing to the index in '{directory}': try again when it is done")
        time.sleep(0.05)


def _locked(path: Path) -> IO[bytes] | None:
    """Return the lock file, locked and with our process in it; None where another process holds or deletes it."""
    import fcntl

    with suppress(BlockingIOError, FileNotFoundError), ExitStack() as stack:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        lock = stack.enter_context(os.fdopen(descriptor, "r+b"))
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock.fileno()), path.stat()):
            lock.truncate(0)
            lock.write(b"%d\n" % os.getpid())
            lock.flush()
            stack.pop_all()
            return lock
    return None


def writer(directory: Path) -> str:
    """Return the name of the process that writes, for a message."""
    with suppress(OSError, ValueError):
        return f"another process ({int((directory / LOCK).read_bytes())})"
    return "another process"


REBUILD = "rebuild it with kg index sync --rebuild"


#: Keeps an index out of git.
IGNORE = ".gitignore"


@contextmanager
def outside(directory: Path, action: str) -> Iterator[None]:
    """Raise errors of the system and of the engine as OutsideError: the index cannot be read, written or deleted."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or next(iter(str(error).splitlines()), type(error).__name__)
        if reason.startswith("Corruption"):
            raise damaged(directory, reason) from error
        raise OutsideError(f"the index in '{directory}' cannot be {action}: {reason}") from error


def damaged(directory: Path, reason: str) -> OutsideError:
    """Return the error for an index whose files are not as they were written."""
    return OutsideError(f"the index in '{directory}' is damaged ({reason}): {REBUILD}")


def exists(directory: Path) -> bool:
    """Return whether there is an index, which may still be empty; raises KgError for a directory of something else."""
    with outside(directory, "read"):
        try:
            names = [path.name for path in directory.iterdir()]
        except FileNotFoundError:
            return False
        except NotADirectoryError:
            raise KgError(f"'{directory}' is not a directory") from None
    if names and LOCK not in names:
        raise KgError(f"'{directory}' is neither empty nor an index: name a new directory")
    return bool(names)
