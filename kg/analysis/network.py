"""Network of entities, joined by statements, and the shortest paths between two of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Store

from kg.analysis.origins import Statement, statements
from kg.claims.background import KG
from kg.errors import NameUnknownError
from kg.rdf.namespaces import KINDS, kind, shorten, suggest

if TYPE_CHECKING:
    from networkx import MultiDiGraph

#: Kinds that can be joined. Others do not join: two units of "several dozen" men are unrelated.
JOINABLE = tuple(kind for kind in KINDS if kind not in ("article", "claim", "passage", "quantity"))


@dataclass(frozen=True, slots=True)
class Link:
    """A statement that joins two entities; `forward` is true where the step goes from its subject to its object."""

    predicate: str
    forward: bool
    claims: tuple[str, ...]
    origins: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a path, with all statements that make it."""

    start: str
    end: str
    links: tuple[Link, ...]


#: A shortest path from one entity to another; from an entity to itself it has no steps.
Path = tuple[Step, ...]


def joined(statement: Statement) -> str | None:
    """Return the entity that the statement joins to its subject, or None where it does not join two entities."""
    if not isinstance(statement.object, NamedNode) or statement.object.value == statement.subject:
        return None
    both = kind(statement.subject) in JOINABLE and kind(statement.object.value) in JOINABLE
    return statement.object.value if both else None


def joining(store: Store, independent: int = 1) -> Iterator[tuple[Statement, str]]:
    """Yield the asserted statements that join two entities, each with its object, of at least `independent` origins."""
    for statement in statements(store):
        asserted = (statement.modality, statement.polarity) == (f"{KG}Actual", f"{KG}Affirmed")
        if asserted and statement.origins >= independent and (target := joined(statement)) is not None:
            yield statement, target


def network(store: Store, independent: int = 1) -> "MultiDiGraph[str]":
    """Return the directed graph of entities; an edge is a statement, its key the predicate and its place in the list.

    Edges carry `predicate` (IRI), `claims` (tuple of IRIs) and `origins` (number).
    """
    # Takes longer to import than the rest of this module takes to run.
    from networkx import MultiDiGraph

    graph: MultiDiGraph[str] = MultiDiGraph()
    for number, (one, target) in enumerate(joining(store, independent)):
        key = f"{one.predicate} {number}"
        graph.add_edge(one.subject, target, key, predicate=one.predicate, claims=one.claims, origins=one.origins)
    return graph


def paths(store: Store, start: str, end: str, independent: int = 1, limit: int = 10) -> tuple[Path, ...]:
    """Return the shortest paths between two entities, at most `limit`, in either direction of a statement.

    Only statements with at least `independent` origins count. Returns nothing if there is no path. Raises
    NameUnknownError for an entity that no claim connects to another.
    """
    from networkx import Graph, all_shortest_paths, has_path

    every = network(store)
    for name in (start, end):
        if name not in every:
            near = suggest(shorten(name), map(shorten, every))
            raise NameUnknownError(f"no claim connects '{shorten(name)}' to another entity{near}")
    graph = every if independent <= 1 else network(store, independent)
    # Sorted, so that of several paths always the same come first.
    plain: Graph[str] = Graph()
    plain.add_nodes_from(sorted(every))
    plain.add_edges_from(sorted({(min(edge), max(edge)) for edge in graph.edges()}))
    if not has_path(plain, start, end):
        return ()
    shortest = islice(all_shortest_paths(plain, start, end), limit)
    return tuple(tuple(_step(graph, *ends) for ends in pairwise(nodes)) for nodes in shortest)


def _step(graph: "MultiDiGraph[str]", start: str, end: str) -> Step:
    links = [
        Link(data["predicate"], forward, data["claims"], data["origins"])
        for tail, head, forward in ((start, end, True), (end, start, False))
        for data in (graph.get_edge_data(tail, head) or {}).values()
    ]
    return Step(start, end, tuple(sorted(links, key=lambda link: (link.predicate, not link.forward, link.claims))))
