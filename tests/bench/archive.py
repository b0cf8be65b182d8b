"""Prove that Spark finds in an archive what one process finds in the project, byte for byte, and print what it takes.

Run it as `python tests/bench/archive.py [ARTICLES [CLAIMS]]` with the extra `spark` installed; an invented article has
25 claims, and by default there are 10,000. The archive has two parts, between which stories are torn. A second table
is of an archive with a single group of so many claims (by default 100,000; 0 leaves it out), of which one clashes with
all others. The exit status is 1 where an answer differs.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from generate import CLAIMS, write_project
from pyoxigraph import NamedNode

from kg.archive.parquet import fill, write
from kg.claims.background import KG, background, ranked_labels
from kg.claims.claim import Claim, claims
from kg.project.dataset import load
from kg.rdf.namespaces import PREFIXES

COMMANDS = ("conflicts", "origins")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """What a command and the processes below it took: seconds, and KiB at the peak by kind of process."""

    wall: float = 0.0
    processor: dict[int, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return it as the cells of a row."""
        peaks = ", ".join(f"{kind} {kib / 1024:,.0f} MiB" for kind, kib in sorted(self.memory.items()))
        return f"{self.wall:8.1f} s {sum(self.processor.values()):8.1f} s   {peaks}"


def main() -> None:
    """Write project and archive, run the commands on both, and compare what they print."""
    articles, crowd = (int(word) for word in (*sys.argv[1:], "10000", "100000")[:2])
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        write_project(articles, root / "project")
        _print(f"{articles * CLAIMS:,} claims{'':20}wall    processor   at the peak")
        _, cost = _run([sys.executable, __file__, "split", str(root / "project"), str(root / "archive")])
        _print(f"{'write the archive':<26}{cost}")
        same = all(_compare(root, command) for command in COMMANDS)
        if crowd:
            _one_group(root, crowd)
    sys.exit(0 if same else "what Spark printed is not what one process printed")


def split(project: Path, archive: Path) -> None:
    """Write the project as two parts of an archive, every second article in each."""
    store = load(project).store
    every = claims(store)
    articles = sorted({one.article for one in every})
    archive.mkdir()
    for number in range(2):
        own = set(articles[number::2])
        write(store, archive / str(number), [one for one in every if one.article in own])


def _compare(root: Path, command: str) -> bool:
    one, cost = _run(_kg("-C", str(root / "project"), command, "--format", "jsonl"))
    _print(f"{f'{command}, one process':<26}{cost}")
    other, cost = _run(_kg(command, "--archive", str(root / "archive"), "--format", "jsonl"))
    _print(f"{f'{command}, Spark':<26}{cost}")
    _print(f"{command}: {len(one):,} bytes, {one.count(b'{'):,} rows, {'the same' if one == other else 'NOT THE SAME'}")
    return one == other


def _one_group(root: Path, crowd: int) -> None:
    """Judge an archive in which all claims are about one subject and predicate."""
    store = load(root / "project").store
    known = background(store)
    (root / "crowd").mkdir()
    fill(root / "crowd", _crowd(claims(store)[0], sorted(known.articles), crowd), known, ranked_labels(store))
    _print(f"\none group of {crowd:,} claims")
    for command in COMMANDS:
        answer, cost = _run(_kg(command, "--archive", str(root / "crowd"), "--format", "jsonl"))
        _print(f"{f'{command}, Spark':<26}{cost}   {answer.count(b'{'):,} rows")


def _crowd(like: Claim, articles: Sequence[str], crowd: int) -> Iterator[Claim]:
    """Give claims that a unit is part of another, the first of which denies what all others say of the same day."""
    object_ = NamedNode(f"{PREFIXES['unit']}northern-army")
    day = date(2020, 1, 1)
    like = replace(
        like, subject=f"{PREFIXES['unit']}crowd", predicate=f"{KG}partOf", object=object_, modality=f"{KG}Actual"
    )
    like = replace(like, counts=None, where=None, derived_from=(), revises=(), speakers=(), extent=f"{KG}Throughout")
    for number in range(crowd):
        polarity = f"{KG}Denied" if number == 0 else f"{KG}Affirmed"
        article, iri = articles[number % len(articles)], f"{PREFIXES['claim']}crowd-{number:09}"
        yield replace(like, iri=iri, article=article, polarity=polarity, not_before=day, not_after=day)


def _kg(*words: str) -> list[str]:
    return [sys.executable, "-m", "kg", "-q", *words]


def _run(command: Sequence[str]) -> tuple[bytes, Cost]:
    """Return what a command prints, and what it took; where it fails, so does this program."""
    cost, start = Cost(), time.perf_counter()
    with tempfile.TemporaryFile() as output, subprocess.Popen(command, stdout=output) as child:
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(child.pid, cost, done))
        watcher.start()
        code = child.wait()
        done.set()
        watcher.join()
        if code:
            sys.exit(f"{' '.join(command)}: exit status {code}")
        cost.wall = time.perf_counter() - start
        output.seek(0)
        return output.read(), cost


def _watch(root: int, cost: Cost, done: threading.Event) -> None:
    """Look at the processes every tenth of a second."""
    while not done.wait(0.1):
        for process in _family(root):
            # A process can end while it is looked at.
            with suppress(OSError, ValueError, IndexError):
                place = Path("/proc", str(process))
                words = (place / "cmdline").read_bytes()
                kind = "Java" if b"java" in words.split(b"\0")[0] else "worker" if b"pyspark.daemon" in words else "kg"
                times = (place / "stat").read_text().rpartition(")")[2].split()
                cost.processor[process] = (int(times[11]) + int(times[12])) / _TICK
                peak = int((place / "status").read_text().partition("VmHWM:")[2].split()[0])
                cost.memory[kind] = max(cost.memory.get(kind, 0), peak)


def _family(root: int) -> Iterator[int]:
    """Give the process and all below it."""
    yield root
    with suppress(OSError):
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["split"]:
        split(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
