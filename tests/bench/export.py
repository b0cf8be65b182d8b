"""Print how long the network takes to write, as ratios to networkx's own writers of the same graph in one run.

Run it as `python tests/bench/export.py [ARTICLES [ROUNDS]]`; an invented article has 25 claims. Nothing is asserted.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import TypeVar

import networkx
from generate import write_project
from measure import clocked, say

from kg.export.formats import FORMATS, Options, write
from kg.export.graphml import gexf, graphml
from kg.export.property_graph import PropertyGraph, property_graph
from kg.export.selection import Selection, select
from kg.project.dataset import load

T = TypeVar("T")


def main() -> None:
    """Make the graph, write it in turn with each writer, several times, and print medians and ratios."""
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as directory:
        write_project(articles, Path(directory))
        store = _timed("read the project", lambda: load(Path(directory))).store
    chosen = _timed("gate and select", lambda: select(store, Selection()))
    drawing = _timed("draw", partial(property_graph, chosen, claims=False))
    say(f"{len(chosen.claims):,} claims: {len(drawing.nodes):,} nodes, {len(drawing.edges):,} edges")
    _compare(drawing, rounds)
    for form in FORMATS:
        if form not in ("gexf", "graphml"):
            _timed(f"write {form}", partial(write, chosen, form, Options(), BytesIO()))
    _timed("draw and write claims as nodes", partial(write, chosen, "graphml", Options(claims=True), BytesIO()))


def drawn(root: Path) -> PropertyGraph:
    """Return the network of a project as it is drawn for export."""
    return property_graph(select(load(root).store, Selection()), claims=False)


def _compare(drawing: PropertyGraph, rounds: int) -> None:
    graph = as_networkx(drawing)
    writers: dict[str, Callable[[BytesIO], None]] = {
        "kg graphml": lambda out: graphml(drawing, "plain", out),
        "kg gexf": lambda out: gexf(drawing, out),
        "networkx write_graphml_xml": lambda out: networkx.write_graphml_xml(graph, out),
    }
    if find_spec("lxml") is None:
        say("networkx write_graphml_lxml is left out, because lxml is not installed")
    else:
        writers["networkx write_graphml_lxml"] = lambda out: networkx.write_graphml_lxml(graph, out)
    taken: dict[str, list[float]] = {name: [] for name in writers}
    for _ in range(rounds):
        for name, writer in writers.items():
            taken[name].append(clocked(partial(writer, BytesIO())))
    for name, values in taken.items():
        say(f"{name:<32}{median(values):8.2f} s")
    for name in writers:
        if name.startswith("networkx"):
            ratio = median(taken["kg graphml"]) / median(taken[name])
            say(f"kg graphml / {name}: {ratio:.2f} (at most 1.5)")


def as_networkx(drawing: PropertyGraph) -> "networkx.MultiDiGraph[str]":
    """Return the same graph as networkx has it; it knows no missing values."""
    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for node in drawing.nodes:
        graph.add_node(node.id, **_present(node.values))
    for edge in drawing.edges:
        graph.add_edge(edge.source, edge.target, edge.id, **_present(edge.values))
    return graph


def _present(values: dict[str, str | int | float | None]) -> dict[str, str | int | float]:
    return {name: value for name, value in values.items() if value is not None}


def _timed(what: str, work: Callable[[], T]) -> T:
    start = time.perf_counter()
    found = work()
    say(f"{what:<32}{time.perf_counter() - start:8.2f} s")
    return found


if __name__ == "__main__":
    main()
