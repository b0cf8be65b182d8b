"""After a change of some files: about which things a rule may say something else than before.

A rule's rows about a thing depend on the quads that its patterns match, taken together, from that thing on. So a row
can only come or go where a quad that was added or removed matches one of the patterns, and the thing is reached from
that quad along the other patterns of the same group and of the groups around it, in the graph as it was or as it is.
Since patterns have to match together, any one way will do, and the one is taken on which least is met. Filters are not
asked: more things are found than have changed, never fewer. A rule that has no reads, or touches very much, is asked of
the whole graph again.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store

from kg.shacl.graph import Term, to_term
from kg.validation.incremental.dependencies import Pattern, Read, Step, Way

#: How many things may lie on a way that is taken before others are tried with patience.
_NARROW = 50
#: How many quads are looked through for each thing that may be found.
_PATIENCE = 20


class Change:
    """The quads that were removed and added, and the graph as it was and as it is, all in one."""

    def __init__(self, store: Store, removed: Iterable[Quad], added: Iterable[Quad]) -> None:
        self._now, self._before = store, Store()
        self._before.extend(removed)
        self.quads = (*self._before, *added)
        self._by_predicate: dict[str, list[Quad]] = {}
        for quad in self.quads:
            self._by_predicate.setdefault(str(quad.predicate), []).append(quad)

    def of(self, predicates: Sequence[str]) -> Iterable[Quad]:
        """Return the changed quads with one of the predicates; all of them where none is named."""
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
        """Give the quads, of before or of now, that match."""
        for store in (self._now, self._before):
            yield from store.quads_for_pattern(subject, predicate, value, graph)


def touched(reads: Iterable[Read], change: Change, most: int = 1000) -> set[NamedNode | Literal] | None:
    """Return the things about which a rule with these reads may say something else since the change.

    None where there are more than `most`, be it on the way to them, or where one of them has no name.
    """
    found: set[object] = set()
    for read in reads:
        if quads := [quad for quad in change.of(read.pattern.predicates) if _fits(read.pattern, quad)]:
            for limit in (min(most, _NARROW), most):  # a narrow way is soon found; a wide one takes long to refuse
                ends = [end for way in read.ways if (end := _end(read.pattern, way, quads, change, limit)) is not None]
                if ends:
                    break
            else:
                return None
            found |= min(ends, key=len)
    if any(isinstance(node, BlankNode) for node in found):
        return None
    return {node for node in found if isinstance(node, NamedNode | Literal)} if len(found) <= most else None


# --- Following patterns in the graph ---


def _ends(quad: Quad) -> tuple[object, object, object]:
    return quad.subject, quad.object, quad.graph_name


def _fits(pattern: Pattern, quad: Quad) -> bool:
    if pattern.repeated:  # a link of the chain need not touch its ends
        return True
    return all(
        not end or end.startswith("?") or end == str(term) for end, term in zip(pattern.ends, _ends(quad), strict=True)
    )


def _end(pattern: Pattern, way: Way, quads: Iterable[Quad], change: Change, most: int) -> set[object] | None:
    """Return what is reached from the quads at the end of the way, None where there is too much on it."""
    nodes = {_ends(quad)[way.end] for quad in quads}
    steps = way.steps
    if pattern.repeated:  # back from a link of the chain to where it began
        steps = (Step(pattern, 1 - way.end, way.end), *steps)
    for step in steps:
        found = _closure(step, nodes, change) if step.pattern.repeated else _next(step, nodes, change, most)
        if found is None or len(found) > most:
            return None
        nodes = found
    return nodes


def _next(step: Step, nodes: Collection[object], change: Change, most: int) -> set[object] | None:
    """Return what follows by one step, None where that is too much to be looked through."""
    found: set[object] = set()
    left = _PATIENCE * most
    for node in nodes:
        for quad in islice(_quads(step, node, change), left + 1):
            found.add(_ends(quad)[step.end])
            left -= 1
        if left < 0 or len(found) > most:
            return None
    return found


def _quads(step: Step, node: object, change: Change) -> Iterator[Quad]:
    """Give the quads of the step's pattern that have the node at its start."""
    ends = [to_term(end) if end and not end.startswith("?") else None for end in step.pattern.ends]
    ends[step.start] = node  # type: ignore[call-overload]
    subject, value, graph = ends
    if not isinstance(subject, Literal) and isinstance(graph, NamedNode | None):
        for name in step.pattern.predicates or ("",):
            yield from change.matching(subject, NamedNode(name[1:-1]) if name else None, value, graph)


def _closure(step: Step, nodes: Collection[object], change: Change) -> set[object]:
    """Return the nodes, and all that is reached from them by any number of steps."""
    once = Step(Pattern(("", "", ""), step.pattern.predicates), step.start, step.end)
    found, new = set(nodes), set(nodes)
    while new:
        new = {_ends(quad)[step.end] for node in new for quad in _quads(once, node, change)} - found
        found |= new
    return found
