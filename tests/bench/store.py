"""Print how fast the graph is loaded and kept, as ratios of one interleaved run against the engine's own means.

Run it as `python tests/bench/store.py [ARTICLES [ROUNDS]]` with the project and the PyPI package `oxigraph` installed;
an invented article has 25 claims and 400 triples. Each time is wall clock and, beside it, processor time of all that
was started: on a machine that does other things as well the second tells more. Nothing is asserted.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median

from generate import write_project
from pyoxigraph import NamedNode, RdfFormat, Store

from kg.project.dataset import load, source_entries, sources
from kg.storage import manifest, store

BIN = Path(sys.executable).parent
PYTHON = sys.executable
#: A light question, and one that many claims answer.
QUESTIONS = {
    "names": ("names", "-p", "unit", "unit:company-3-2"),
    "strength": ("strength", "-p", "unit", "unit:company-3-2"),
    "spokespeople": ("spokespeople",),
}
Times = dict[str, list[tuple[float, float]]]


def main() -> None:
    """Measure loading into memory, loading onto disk, checking, changing and asking, and print medians and ratios."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as name:
        root, work = Path(name) / "project", Path(name) / "work"
        work.mkdir()
        write_project(articles, root)
        shutil.copytree(Path(__file__).resolve().parents[2] / "queries", root / "queries")
        dataset = load(root)
        dataset.store.dump(work / "all.nq", RdfFormat.N_QUADS)
        _print(f"{articles:,} articles, {len(dataset.sources):,} files, {len(dataset.store):,} triples")
        del dataset
        _memory(root, rounds)
        _disk(root, work, rounds)
        _in_step(root, work, rounds)
        _questions(root, work, rounds)


def _memory(root: Path, rounds: int) -> None:
    files = sources(root)

    def bare() -> None:
        found = Store()
        for one in files:
            found.bulk_load(path=one.path, format=RdfFormat.TURTLE, to_graph=NamedNode(one.graph))

    times = _interleaved({"load": lambda: load(root), "bulk_load, bare": bare}, rounds)
    _ratio("speed of load / of bulk_load", times, "bulk_load, bare", "load", "at least 0.8")


def _disk(root: Path, work: Path, rounds: int) -> None:
    fresh, other = work / "store", work / "oxigraph"

    def peer(*files: str) -> None:
        shutil.rmtree(other, ignore_errors=True)
        _run(str(BIN / "oxigraph"), "load", "--location", str(other), "--file", *files)

    def own() -> None:
        shutil.rmtree(fresh, ignore_errors=True)
        _run(str(BIN / "kg"), "-C", str(root), "--index", str(fresh), "-q", "index", "sync")

    ours, theirs = "kg index sync, cold", "oxigraph load, one N-Quads file"
    times = _interleaved({ours: own, theirs: partial(peer, str(work / "all.nq"))}, rounds)
    _ratio("speed of kg index sync / of oxigraph load", times, theirs, ours, "at least 0.8")
    if len(sources(root)) <= 2000:  # each file makes files of its own: ten thousand take a quarter of an hour
        files = [str(one.path) for one in sources(root)]
        each = _interleaved({"oxigraph load, the Turtle files": partial(peer, *files)}, 1)
        _ratio("the same, of the Turtle files", times | each, next(iter(each)), ours, "")


def _in_step(root: Path, work: Path, rounds: int) -> None:
    home = work / "kept"
    time.sleep(2.5)  # until no file is too young to be known by its times
    full = _interleaved({"open, cold": lambda: store.open(root, home)}, 1)
    path = next((root / "graph" / "articles").iterdir())
    text = path.read_text(encoding="utf-8")

    def change() -> None:
        nonlocal text
        text = text.replace("in full", "in part") if "in full" in text else text.replace("in part", "in full")
        path.write_text(text, encoding="utf-8")
        assert store.open(root, home).changed

    changing = _interleaved({"open, one file changed": change}, rounds)
    time.sleep(2.5)
    store.open(root, home)
    names = {
        "list the files": lambda: list(source_entries(root)),
        "list them and look whether they changed": lambda: manifest.seen(root),
        "open, in step": lambda: _same(store.open(root, home)),
    }
    times = _interleaved(names, max(rounds, 7))
    more = [_median(times, name) - _median(times, "list the files") for name in list(names)[1:]]
    _print(f"looking takes {more[0]:.3f} s more than listing, opening {more[1]:.3f} s (at most 0.3)")
    _ratio("one file changed / cold", full | changing, "open, one file changed", "open, cold", "at most 0.02")


def _same(found: store.Synced) -> None:
    assert found.before == found.after


def _questions(root: Path, work: Path, rounds: int) -> None:
    home, kg = work / "kept", str(BIN / "kg")
    index = next(home.glob("generation-*")) / "index"
    ways: dict[str, Callable[[], object]] = {
        "python": partial(_run, PYTHON, "-c", "pass"),
        "python, click, pyoxigraph": partial(_run, PYTHON, "-c", "import click, pyoxigraph"),
    }
    for name, words in QUESTIONS.items():
        query = work / f"{name}.rq"
        query.write_bytes(_run(kg, "-C", str(root), "query", *words, "--show"))
        asked = ("--union-default-graph", "--query-file", str(query), "--results-format", "csv")
        ways[f"kg query {name}"] = partial(_run, kg, "-C", str(root), "--index", str(home), "query", *words)
        ways[f"oxigraph query {name}"] = partial(_run, str(BIN / "oxigraph"), "query", "-l", str(index), *asked)
    times = _interleaved(ways, rounds)
    for name in QUESTIONS:
        for start in ("python", "python, click, pyoxigraph"):
            theirs = _median(times, f"oxigraph query {name}") + _median(times, start)
            ratio = _median(times, f"kg query {name}") / theirs
            _print(f"kg query {name} / (oxigraph query + {start}): {ratio:.2f} (at most 1.5)")


def _run(*words: str) -> bytes:
    # The peers may cache byte code as an installed program does.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(words, check=True, capture_output=True, env=environment).stdout


def _interleaved(ways: Mapping[str, Callable[[], object]], rounds: int) -> Times:
    """Return the seconds of each way in each round, by the clock and of processors, and print medians."""
    times: Times = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            before, start = os.times(), time.perf_counter()
            way()
            taken, after = time.perf_counter() - start, os.times()
            times[name].append((taken, sum(after[:4]) - sum(before[:4])))
    for name, found in times.items():
        _print(f"  {name:<44}{median(one for one, _ in found):9.3f} s{median(cpu for _, cpu in found):9.3f} s")
    return times


def _median(times: Times, name: str, which: int = 0) -> float:
    return median(one[which] for one in times[name])


def _ratio(what: str, times: Times, one: str, other: str, wanted: str) -> None:
    wall, cpu = (_median(times, one, which) / _median(times, other, which) for which in (0, 1))
    _print(f"{what}: {wall:.3f}, by processor time {cpu:.3f}{wanted and f' ({wanted})'}")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
