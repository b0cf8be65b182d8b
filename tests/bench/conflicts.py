"""Print how `kg conflicts` grows with the claims, what memory it takes, and how it compares with a join of all pairs.

Run it as `python tests/bench/conflicts.py [ROUNDS]` with the project installed; nothing is asserted. Three invented
projects are written: 3,000 claims, on which the command's work is set against a pairwise SPARQL join in two engines,
and 25,000 and 250,000 claims, on which the command runs whole, in a process of its own.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from generate import CLAIMS, write_project
from measure import run, say
from pyoxigraph import Store

from kg.analysis.conflicts import conflicts
from kg.project.dataset import load

#: Claims of one subject and predicate about one population on days that meet, of which one affirms what the other
#: denies, or that give ranges apart: a small part of the table of verdicts, and no reasons.
JOIN = """
PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX schema: <https://schema.org/>

SELECT ?a ?b
WHERE {
  ?a rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?x ; kg:modality ?modality ; kg:polarity ?p .
  ?b rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?y ; kg:modality ?modality ; kg:polarity ?q .
  FILTER (STR(?a) < STR(?b))
  OPTIONAL { ?a kg:counts ?m . ?b kg:counts ?n . }
  FILTER (!BOUND(?m) || ?m = ?n)
  OPTIONAL { ?a kg:notBefore ?a1 ; kg:notAfter ?a2 . ?b kg:notBefore ?b1 ; kg:notAfter ?b2 . }
  FILTER (!BOUND(?a1) || (?a1 <= ?b2 && ?b1 <= ?a2))
  OPTIONAL { ?x schema:minValue ?x1 ; schema:maxValue ?x2 . ?y schema:minValue ?y1 ; schema:maxValue ?y2 . }
  FILTER ((?x = ?y && ?p != ?q) || (BOUND(?x1) && (?x1 > ?y2 || ?y1 > ?x2)))
}
"""


def main() -> None:
    """Write the projects, run the command on them in turn, and print medians and ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as directory:
        projects = {articles * CLAIMS: Path(directory) / str(articles) for articles in (120, 1_000, 10_000)}
        for claims, project in projects.items():
            write_project(claims // CLAIMS, project)
        # First, while this process is small: the peak of a child counts from that of its parent.
        _growth({claims: projects[claims] for claims in (25_000, 250_000)}, rounds)
        say()
        _against_joins(projects[3_000])


def _against_joins(project: Path) -> None:
    dataset = load(project)
    mine = min(_timed(lambda: conflicts(dataset.store)) for _ in range(5))
    say(f"{len(conflicts(dataset.store).shown):,} conflicts among 3,000 claims   {mine:8.3f} s")
    engine = _timed(lambda: _in_engine(dataset.store))
    say(f"pairwise join, pyoxigraph           {engine:8.3f} s   {engine / mine:8.1f} times as long")
    graph = _rdflib([source.path for source in dataset.sources])
    peer = _timed(graph)
    say(f"pairwise join, rdflib               {peer:8.3f} s   {peer / mine:8.1f} times as long (at least 50)")


def _in_engine(store: Store) -> int:
    return sum(1 for _ in store.query(JOIN, use_default_graph_as_union=True))  # type: ignore[union-attr, misc]


def _rdflib(files: list[Path]) -> Callable[[], int]:
    from rdflib import Graph  # only for the peer

    graph = Graph()
    for path in files:
        graph.parse(path, format="turtle")
    return lambda: len(list(graph.query(JOIN)))


def _growth(projects: dict[int, Path], rounds: int) -> None:
    taken: dict[int, list[float]] = {claims: [] for claims in projects}
    memory: dict[int, float] = {}
    found: dict[int, int] = {}
    for _ in range(rounds):
        for claims, project in projects.items():
            seconds, memory[claims], found[claims] = _run(project)
            taken[claims].append(seconds)
    for claims, times in taken.items():
        say(
            f"kg conflicts on {claims:>7,} claims {median(times):7.2f} s   {memory[claims] / 2**20:6.2f} GiB   "
            f"{found[claims]:>6,} pairs shown"
        )
    ratio = median(taken[250_000]) / median(taken[25_000])
    say(f"ten times the claims take {ratio:.1f} times as long (at most 12), in 2 GiB at most")


def _run(project: Path) -> tuple[float, float, int]:
    """Return seconds of processor time, KiB at the peak and pairs shown of one run of the whole command."""
    done = run([sys.executable, "-m", "kg", "-C", project, "conflicts", "--format", "json"])
    return done.processor, done.memory, len(json.loads(done.output)["conflicts"])


def _timed(work: Callable[[], object]) -> float:
    # Processor time, here as well, because other work on the machine is no matter of ours.
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
