"""How the benchmarks measure: each command in a process of its own, its time by the clock, its peak of memory."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


class FailedError(Exception):
    """A measured command did not do its work."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: seconds by the clock, seconds of processor time, KiB at the peak, what it printed."""

    seconds: float
    processor: float
    memory: int
    output: bytes


def run(
    words: Sequence[str | Path],
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
    done: Collection[int] = (0,),
) -> Run:
    """Run a command and return what it took; `done` are the exit codes that say that the work was done.

    The peak of a child counts from that of its parent, so a process that measures loads nothing itself. Raises
    TimeoutError after so many seconds, FailedError for another exit code.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(words, stdout=output, stderr=errors, env=environment, start_new_session=True)
        # With all that it started: npm's commands are several processes.
        timer = Timer(timeout or 0, os.killpg, (child.pid, signal.SIGKILL))
        if timeout is not None:
            timer.start()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        if timeout is not None and child.returncode == -signal.SIGKILL and seconds >= timeout:
            raise TimeoutError(f"{Path(words[0]).name} took more than {timeout:g} s")
        output.seek(0)
        errors.seek(0)
        if child.returncode not in done:
            said = errors.read().decode(errors="replace").strip().splitlines() or [f"status {child.returncode}"]
            raise FailedError(f"{Path(words[0]).name}: {said[-1]}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, output.read())


def installed() -> dict[str, str]:
    """Return an environment without settings of kg, in which Python caches byte code as where it is installed."""
    kept = (name for name in os.environ if not name.startswith("KG_") and name != "PYTHONDONTWRITEBYTECODE")
    return {name: os.environ[name] for name in kept}


def clocked(work: Callable[[], object]) -> float:
    """Return how many seconds the work takes by the clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def say(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
