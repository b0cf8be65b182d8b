"""The entities about which a rule may have other results after a change of the graph.

The results of a rule about an entity depend on the quads that its patterns match, taken together, from that entity on.
So a result can only come or go where an added or removed quad matches one of the patterns, and the entity is reached
from that quad along the other patterns of the same group and of the groups around it, in the graph before or after the
change. Since patterns have to match together, any one route is sufficient, and the one with the fewest nodes is taken.
Filters are ignored: more entities are found than have changed, never fewer. A rule without known dependencies, or of
which a change touches very much, is asked of the whole graph.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from kg.shacl.graph import Term, to_term
from kg.validation.incremental.dependencies import Dependency, Hop, Pattern, Route

#: The most nodes on a route that is tried first; only where all are longer, `most` nodes are followed.
_NARROW = 50
#: The most quads that are read for each node that may be reached.
_PATIENCE = 20


class QuadChange:
    """The removed and added quads, and the graphs before and after the change as one."""

    def __init__(self, store: Store, removed: Iterable[Quad], added: Iterable[Quad]) -> None:
        self._now, self._before = store, Store()
        self._before.extend(removed)
        self.quads = (*self._before, *added)
        self._by_predicate: dict[str, list[Quad]] = {}
        for quad in self.quads:
            self._by_predicate.setdefault(str(quad.predicate), []).append(quad)

    def of(self, predicates: Sequence[str]) -> Iterable[Quad]:
        """Return the changed quads with one of the predicates, all of them for no predicate."""
        if not predicates:
            return self.quads
        return chain.from_iterable(self._by_predicate.get(name, ()) for name in predicates)

    def matching(
        self,
        subject: NamedNode | BlankNode | None,
        predicate: NamedNode | None,
        value: Term | None,
        graph: NamedNode | None,
    ) -> Iterator[Quad]:
        """Give the quads before or after the change that match."""
        for store in (self._now, self._before):
            yield from store.quads_for_pattern(subject, predicate, value, graph)


def touched(
    dependencies: Iterable[Dependency] | None, change: QuadChange, most: int = 1000
) -> set[NamedNode | Literal] | None:
    """Return the nodes about which a rule with these dependencies may have other results since the change.

    None, for all nodes, where the dependencies are unknown, where there are more than `most` nodes, or on every route
    to them, or where one of them is a blank node.
    """
    if dependencies is None:
        return None
    nodes: set[object] = set()
    for dependency in dependencies:
        pattern = dependency.pattern
        if quads := [quad for quad in change.of(pattern.predicates) if _fits(pattern, quad)]:
            for limit in (min(most, _NARROW), most):  # a narrow route is soon followed; a wide one takes long to refuse
                reached = [_reached(pattern, route, quads, change, limit) for route in dependency.routes]
                if ends := [end for end in reached if end is not None]:
                    break
            else:
                return None
            nodes |= min(ends, key=len)
    if len(nodes) > most or any(isinstance(node, BlankNode) for node in nodes):
        return None
    return {node for node in nodes if isinstance(node, NamedNode | Literal)}


def _ends(quad: Quad) -> tuple[object, object, object]:
    return quad.subject, quad.object, quad.graph_name


def _fits(pattern: Pattern, quad: Quad) -> bool:
    if pattern.repeated:  # a quad within a path need not touch its ends
        return True
    return all(
        not end or end.startswith("?") or end == str(term) for end, term in zip(pattern.ends, _ends(quad), strict=True)
    )


def _reached(
    pattern: Pattern, route: Route, quads: Iterable[Quad], change: QuadChange, most: int
) -> set[object] | None:
    """Return the nodes at the end of the route from the quads, None where more than `most` are on it."""
    nodes = {_ends(quad)[route.end] for quad in quads}
    hops = route.hops
    if pattern.repeated:  # back from a quad within a path to the path's beginning
        hops = (Hop(pattern, 1 - route.end, route.end), *hops)
    for hop in hops:
        following = _closure(hop, nodes, change) if hop.pattern.repeated else _next(hop, nodes, change, most)
        if following is None or len(following) > most:
            return None
        nodes = following
    return nodes


def _next(hop: Hop, nodes: Collection[object], change: QuadChange, most: int) -> set[object] | None:
    """Return the nodes after one hop, None where too many quads would have to be read."""
    following: set[object] = set()
    left = _PATIENCE * most
    for node in nodes:
        for quad in islice(_quads(hop, node, change), left + 1):
            following.add(_ends(quad)[hop.end])
            left -= 1
        if left < 0 or len(following) > most:
            return None
    return following


def _quads(hop: Hop, node: object, change: QuadChange) -> Iterator[Quad]:
    """Give the quads of the hop's pattern that have the node at its start."""
    ends = [to_term(end) if end and not end.startswith("?") else None for end in hop.pattern.ends]
    ends[hop.start] = node  # type: ignore[call-overload]
    subject, value, graph = ends
    if not isinstance(subject, Literal) and isinstance(graph, NamedNode | None):
        for name in hop.pattern.predicates or ("",):
            yield from change.matching(subject, NamedNode(name[1:-1]) if name else None, value, graph)


def _closure(hop: Hop, nodes: Collection[object], change: QuadChange) -> set[object]:
    """Return the nodes, and all that any number of hops reaches from them."""
    once = Hop(Pattern(("", "", ""), hop.pattern.predicates), hop.start, hop.end)
    reached, new = set(nodes), set(nodes)
    while new:
        new = {_ends(quad)[hop.end] for node in new for quad in _quads(once, node, change)} - reached
        reached |= new
    return reached
