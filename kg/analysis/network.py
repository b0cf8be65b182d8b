"""The graph of things: what is reported to join them, and the shortest ways from one to another."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Store

from kg.analysis.independence import Statement, statements
from kg.claims.background import KG
from kg.errors import NameUnknownError
from kg.rdf.namespaces import KINDS, kind, shorten, suggest

if TYPE_CHECKING:
    from networkx import MultiDiGraph

#: Kinds that can be joined. Others join nothing: two units of "several dozen" men have nothing to do with each other.
THINGS = tuple(one for one in KINDS if one not in ("article", "claim", "passage", "quantity"))


@dataclass(frozen=True, slots=True)
class Link:
    """A statement that joins two things; `forward` says that the step goes from its subject to its object."""

    predicate: str
    forward: bool
    claims: tuple[str, ...]
    origins: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path, with all statements that make it."""

    start: str
    end: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A shortest way from one thing to another; of a thing to itself it has no steps."""

    steps: tuple[Step, ...]


def joined(statement: Statement) -> str | None:
    """Return the thing that the statement joins to its subject, or None where it does not join two things."""
    if not isinstance(statement.object, NamedNode) or statement.object.value == statement.subject:
        return None
    both = kind(statement.subject) in THINGS and kind(statement.object.value) in THINGS
    return statement.object.value if both else None


def joining(store: Store, independent: int = 1) -> Iterator[tuple[Statement, str]]:
    """Give the statements that join two things, each with its object: actual, affirmed, of at least so many origins."""
    for statement in statements(store):
        held = (statement.modality, statement.polarity) == (f"{KG}Actual", f"{KG}Affirmed")
        if held and statement.origins >= independent and (target := joined(statement)) is not None:
            yield statement, target


def network(store: Store, independent: int = 1) -> "MultiDiGraph[str]":
    """Return the directed graph of things; each edge is a statement, its key the predicate and its place in the list.

    Edges carry `predicate` (IRI), `claims` (tuple of IRIs) and `origins` (number).
    """
    # Takes longer to import than all else here takes to run.
    from networkx import MultiDiGraph

    graph: MultiDiGraph[str] = MultiDiGraph()
    for number, (one, target) in enumerate(joining(store, independent)):
        key = f"{one.predicate} {number}"
        graph.add_edge(one.subject, target, key, predicate=one.predicate, claims=one.claims, origins=one.origins)
    return graph


def paths(store: Store, start: str, end: str, independent: int = 1, limit: int = 10) -> tuple[Path, ...]:
    """Return the shortest ways between two things, whichever way their statements point, at most `limit` of them.

    Only statements with at least `independent` origins count. Nothing is returned where no way exists. Raises
    NameUnknownError for a thing that no claim joins to another.
    """
    from networkx import Graph, all_shortest_paths, has_path

    every = network(store)
    for name in (start, end):
        if name not in every:
            known = [shorten(node) for node in every]
            raise NameUnknownError(f"no claim joins '{shorten(name)}' to anything{suggest(shorten(name), known)}")
    graph = every if independent <= 1 else network(store, independent)
    # Sorted, so that of several ways always the same come first.
    plain: Graph[str] = Graph()
    plain.add_nodes_from(sorted(every))
    plain.add_edges_from(sorted({(min(one, other), max(one, other)) for one, other in graph.edges()}))
    if not has_path(plain, start, end):
        return ()
    found = islice(all_shortest_paths(plain, start, end), limit)
    return tuple(Path(tuple(_step(graph, one, other) for one, other in pairwise(way))) for way in found)


def _step(graph: "MultiDiGraph[str]", start: str, end: str) -> Step:
    links = [
        Link(data["predicate"], forward, data["claims"], data["origins"])
        for one, other, forward in ((start, end, True), (end, start, False))
        for data in (graph.get_edge_data(one, other) or {}).values()
    ]
    return Step(start, end, tuple(sorted(links, key=lambda link: (link.predicate, not link.forward, link.claims))))
