"""Kill a process that writes to an index, at every step, and check the next: `python kill_index_writer.py WORK`.

A step is a call to the file system that Python reports to its audit hooks. Each process is forked from this one, which
itself opens no index, because a fork would lose its threads. Prints as JSON the number of steps of each way of writing,
and how often the next process reported remains.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from kg.project.dataset import load
from kg.storage import snapshots, store

COPIES = 10
_ENDED = os.WEXITED | os.WNOHANG | os.WNOWAIT
STEPS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate"}
_LINE = "<https://a.example/s> <https://a.example/p> {} .\n"
Work = Callable[[], int | None]


def main() -> None:
    """Kill at each step of making a store, changing it, making it anew and removing it."""
    root, home = Path(sys.argv[1]) / "project", Path(sys.argv[1]) / "store"
    made, remade, cleared = partial(_open, root, home), partial(_open, root, home, rebuild=True), partial(_clear, home)
    ways: dict[str, tuple[Work, Work]] = {
        "make": (_nothing, made),
        "change": (partial(_outdated, root, home), made),
        "rebuild": (made, remade),
        "clear": (made, cleared),
    }
    counted = {name: _at_each_step(root, home, before, way) for name, (before, way) in ways.items()}
    counted["copy"] = _during_copy(root, home)
    sys.stdout.write(json.dumps(counted))


def _at_each_step(root: Path, home: Path, before: Work, way: Work) -> dict[str, int]:
    step = said = 0
    while True:
        shutil.rmtree(home, ignore_errors=True)
        assert _forked(before) == 0
        ended = _forked(partial(_killed, step, home, way))
        assert ended in (0, -signal.SIGKILL), (step, ended)
        left, told = _is_left(home), _forked(partial(_next, root, home))
        assert told == int(left), (step, left, told)
        if ended == 0:
            return {"steps": step, "said": said}
        said += told
        step += 1


def _during_copy(root: Path, home: Path) -> dict[str, int]:
    """Kill a process within the engine's copy of the store, of which Python's hooks see nothing."""
    said = torn = 0
    for _ in range(COPIES):
        shutil.rmtree(home, ignore_errors=True)
        assert _forked(partial(_outdated, root, home)) == 0
        child = _child(partial(_open, root, home))
        while not any((home / "index-2").glob("*")) and os.waitid(os.P_PID, child, _ENDED) is None:
            pass
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        torn += (home / "index-2" / "store.tmp").exists()
        left, told = _is_left(home), _forked(partial(_next, root, home))
        assert told == int(left)
        said += told
    return {"steps": COPIES, "said": said, "torn": torn}


def _nothing() -> None:
    """Begin without a store."""


def _open(root: Path, home: Path, rebuild: bool = False) -> None:
    store.open(root, home, rebuild=rebuild)


def _clear(home: Path) -> None:
    snapshots.clear(home)


def _outdated(root: Path, home: Path) -> None:
    """Make a store that is not in step: since then a file has changed, one is new, one is gone."""
    changing, going, coming = (root / "graph" / f"{name}.ttl" for name in ("changing", "going", "coming"))
    changing.write_text(_LINE.format(1))
    going.write_text(_LINE.format(2))
    coming.unlink(missing_ok=True)
    _open(root, home)
    changing.write_text(_LINE.format(3))
    going.unlink()
    coming.write_text(_LINE.format(4))


def _killed(step: int, home: Path, way: Work) -> None:
    """Do the work, but die at a step that has to do with the store or with a file of the project."""
    left = step
    near = str(home.parent)

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        counts = event in STEPS or (event == "open" and _counts(arguments))
        inside = event in ("os.remove", "os.rmdir") and arguments[1] != -1  # rmtree names files by their directory
        if counts and (inside or any(near in str(one) for one in arguments)):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    sys.addaudithook(hear)
    way()


def _counts(opening: tuple[object, ...]) -> bool:
    """Say whether a file is opened to be written, or is one of the project: some of those are read midway."""
    path, _, flags = opening
    return bool(isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)) or str(path).endswith(".ttl")


def _is_left(home: Path) -> bool:
    """Return whether there is a snapshot newer than the one that counts."""
    numbers = {int(path.name.partition("-")[2]): (path / "records").exists() for path in home.glob("index-*")}
    return any(number > max((n for n in numbers if numbers[n]), default=0) for number in numbers)


def _next(root: Path, home: Path) -> int:
    """Open the store as the next command does: it is whole, nothing is left; return how often something was said."""
    said: list[str] = []
    dataset = store.open(root, home, say=said.append).dataset
    wanted = load(root).store
    assert set(dataset.store) == set(wanted)
    assert set(dataset.store.named_graphs()) == set(wanted.named_graphs())
    assert not _is_left(home)
    assert len(list(home.glob("index-*"))) <= 2  # the one before may go at the next writing only
    assert all("interrupted" in one for one in said)
    return len(said)


def _forked(work: Work) -> int:
    """Do the work in a process of its own; return its result as exit code, negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(_child(work), 0)[1])


def _child(work: Work) -> int:
    """Begin the work in a process of its own, and return the id of the process."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = work() or 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


if __name__ == "__main__":
    main()
