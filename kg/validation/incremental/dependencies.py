"""What a rule or a shape reads about the things that it is asked of: patterns of quads, and ways from them to ?focus.

A row about a thing depends on the quads that a rule's patterns match, taken together, from that thing on; filters are
not looked at. A rule whose patterns do not hang together, or that uses what is not understood here, has no reads.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, permutations
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.shacl import Shape
from kg.shacl import graph as paths
from kg.shacl.graph import TYPE, Term

if TYPE_CHECKING:
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.term import Identifier

#: Subject, object and graph of a quad, in the order in which a pattern has them.
SUBJECT, OBJECT, GRAPH = range(3)
_FOCUS = "?focus"


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule asks of quads: "?name", an N-Triples text, or "" for any, as subject, object and graph.

    `predicates` are names, none for any; where `repeated` they are taken any number of times. Where `empty`, the path
    may have no step: it also leads from every node of the graph to itself.
    """

    ends: tuple[str, str, str]
    predicates: tuple[str, ...]
    repeated: bool = False
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """From one end of a pattern to the other."""

    pattern: Pattern
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Way:
    """From an end of a pattern to ?focus."""

    end: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One pattern of a rule, and ways from it to ?focus, of which each will do."""

    pattern: Pattern
    ways: tuple[Way, ...]


class _NotUnderstoodError(Exception):
    """The query has something that is not followed here."""


def of_query(text: str) -> tuple[Read, ...] | None:
    """Return what a query reads about its ?focus, or None where that cannot be told."""
    # These bring rdflib, whose parser takes a while: callers keep what it found.
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    groups: list[_Group] = []
    try:
        _collect(translateQuery(parseQuery(text)).algebra, _group((), groups), _Scope())
        return tuple(chain.from_iterable(_of_group(group) for group in groups))
    except _NotUnderstoodError:
        return None


def of_shape(shape: Shape) -> tuple[Read, ...] | None:
    """Return what a shape reads about its focus nodes, or None where its results may be about others."""
    if "property" in shape.shapes:
        return None
    try:
        return (*map(_of_target, shape.targets), *_of_shape(shape, ()))
    except _NotUnderstoodError:
        return None


# --- What shapes read ---


def _of_target(target: tuple[str, str]) -> Read:
    kind, term = target
    if kind == "targetObjectsOf":
        return Read(Pattern(("", _FOCUS, ""), (term,)), (Way(OBJECT, ()),))
    # A node that is a target by its name is one before and after: what it reads for that does not matter.
    return Read(Pattern((_FOCUS, "", ""), (TYPE if kind != "targetSubjectsOf" else term,)), (Way(SUBJECT, ()),))


def _of_shape(shape: Shape, way: tuple[Step, ...]) -> Iterator[Read]:
    """Give what a shape reads whose focus nodes lead to ?focus by the way."""
    found: list[Read] = []
    ends = _of_path(shape.path, [way], found) if shape.path else [way]
    yield from found
    for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
        for predicate in shape.values.get(name, ()):
            yield _of_subject((predicate,), way)
    for end in ends:
        if "class" in shape.values:
            yield _of_subject((TYPE,), end)
        if "closed" in shape.values:
            yield _of_subject((), end)
        for one in (*chain.from_iterable(chain.from_iterable(shape.shapes.values())), *shape.siblings):
            yield from _of_shape(one, end)


def _of_subject(predicates: tuple[str, ...], way: tuple[Step, ...]) -> Read:
    return Read(Pattern(("?node", "", ""), predicates), (Way(SUBJECT, way),))


def _of_path(path: paths.Path, ways: list[tuple[Step, ...]], found: list[Read]) -> list[tuple[Step, ...]]:
    """Note what is read along a path and return the ways back from its ends."""
    match path:
        case paths.Step(predicate, inverse):
            near, far = (OBJECT, SUBJECT) if inverse else (SUBJECT, OBJECT)
            pattern = Pattern(("?one", "?other", ""), (predicate,))
            found += (Read(pattern, (Way(near, way),)) for way in ways)
            return [(Step(pattern, far, near), *way) for way in ways]
        case paths.Chain(parts):
            for part in parts:
                ways = _of_path(part, ways, found)
            return ways
        case paths.Alternative(parts):
            return [way for part in parts for way in _of_path(part, ways, found)]
        case paths.Repeat(paths.Step(predicate, inverse), _, _):
            near, far = (OBJECT, SUBJECT) if inverse else (SUBJECT, OBJECT)
            pattern = Pattern(("?one", "?other", ""), (predicate,), repeated=True)
            found += (Read(pattern, (Way(near, way),)) for way in ways)
            return [(Step(pattern, far, near), *way) for way in ways]
    raise _NotUnderstoodError


# --- Reading the patterns of a query ---


@dataclass(frozen=True, slots=True)
class _Group:
    """Patterns that hold together: its own, and those of the groups around it."""

    around: "tuple[_Group, ...]"
    every: "list[_Group]"
    patterns: list[Pattern]
    unions: "list[tuple[_Group, ...]]"

    def inner(self) -> "_Group":
        return _group((*self.around, self), self.every)

    def context(self) -> list[Pattern]:
        """Return all patterns that match together with the group's own."""
        return [pattern for one in (*self.around, self) for pattern in one.patterns]

    def anchored(self) -> bool:
        """Say whether each path that may have no step has an end that is a constant or that another pattern binds."""
        bound = {end for pattern in self.context() if not pattern.empty for end in pattern.ends}
        return all(
            any(not end.startswith("?") or end in bound for end in pattern.ends[:GRAPH])
            for pattern in self.patterns
            if pattern.empty
        )


def _group(around: "tuple[_Group, ...]", every: "list[_Group]") -> _Group:
    new = _Group(around, every, [], [])
    every.append(new)
    return new


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where patterns stand: in which graph ("" for any), and which names a sub-select lets out (None for all)."""

    graph: str = ""
    shown: frozenset[str] | None = None
    suffix: str = ""

    def text(self, term: "Identifier") -> str:
        """Return a variable as "?name", any other term as N-Triples text; a blank node is a variable."""
        from rdflib.term import BNode, Variable

        if not isinstance(term, Variable | BNode):
            return str(_of_rdflib(term))
        name = f"?{term}" if isinstance(term, Variable) else f"?.{term}"
        return name if self.shown is None or name in self.shown else f"{name}{self.suffix}"


def _of_group(group: _Group) -> Iterator[Read]:
    """Give the reads of a group's own patterns; raises _NotUnderstoodError for one that does not lead to ?focus.

    A thing may be named only in the branches of a union: then it is looked for by way of each of them.
    """
    if not group.anchored():
        raise _NotUnderstoodError
    ways = _ways(group.context())
    for pattern in group.patterns:
        if found := _read(pattern, ways):
            yield found
            continue
        for branches in group.unions:
            reads = [_read(pattern, _ways(branch.context())) for branch in branches]
            if all(reads):
                yield from (read for read in reads if read)
                break
        else:
            raise _NotUnderstoodError


def _read(pattern: Pattern, ways: "_Ways") -> Read | None:
    """Return the pattern with the shortest ways from it to ?focus, None where there is none."""
    ends = [end for end, name in enumerate(pattern.ends) if name in ways and not (pattern.repeated and end == GRAPH)]
    if not ends:
        return None
    here = [end for end in ends if pattern.ends[end] == _FOCUS]
    found = (Way(end, steps) for end in here or ends for steps in ways[pattern.ends[end]])
    return Read(pattern, tuple(found))


#: For each name the shortest ways to ?focus.
_Ways = dict[str, list[tuple[Step, ...]]]


def _ways(patterns: list[Pattern]) -> _Ways:
    ways: _Ways = {_FOCUS: [()]}
    while new := _further(patterns, ways):  # breadth first: no way is longer than it need be
        ways |= new
    return ways


def _further(patterns: list[Pattern], ways: _Ways) -> _Ways:
    found: _Ways = {}
    for pattern in patterns:
        for near, far in permutations(range(3), 2):
            name, further = pattern.ends[near], pattern.ends[far]
            whole = not (pattern.repeated and GRAPH in (near, far))
            if whole and name in ways and further.startswith("?") and further not in ways:
                found.setdefault(further, []).extend((Step(pattern, far, near), *way) for way in ways[name])
    return found


#: Parts of the algebra through which a group goes on.
_THROUGH = frozenset({
    "AggregateJoin", "Distinct", "Extend", "Filter", "Group", "OrderBy", "Project", "Reduced", "SelectQuery",
})  # fmt: skip


def _collect(node: "CompValue", group: _Group, scope: _Scope) -> None:
    """Add the patterns of a part of the algebra to the group, or to new groups within."""
    match str(node.name):
        case "BGP" | "TriplesBlock":
            for subject, path, value in _triples(node.triples):
                group.patterns.extend(_patterns(scope.text(subject), path, scope.text(value), scope))
        case "Graph" | "GraphGraphPattern":
            _collect(node.get("p") or node.graph, group, replace(scope, graph=scope.text(node.term)))
        case "Union" | "GroupOrUnionGraphPattern":
            parts = list(_branches(node))
            inner = [group.inner() for _ in parts] if len(parts) > 1 else [group]
            for part, one in zip(parts, inner, strict=True):
                _collect(part, one, scope)
            group.unions.append(tuple(inner))
        case "LeftJoin" | "Minus":
            within = group.inner()
            _refuse_unsure(_unsure(node.p1), _names(node.p2))
            _collect(node.p1, group, scope)
            _collect(node.p2, within, scope)
            _expression(node.get("expr"), within, scope)
        case "OptionalGraphPattern" | "MinusGraphPattern":
            _collect(node.graph, group.inner(), scope)
        case "GroupGraphPatternSub":
            members = list(node.part or ())
            for number, part in enumerate(members):
                if part.name == "OptionalGraphPattern":
                    _refuse_unsure(_names(part) - _names(members[:number]), _names(members[number + 1 :]))
                _collect(part, group, scope)
        case "Join":
            _refuse_unsure(_unsure(node.p1), _names(node.p2))
            _refuse_unsure(_unsure(node.p2), _names(node.p1))
            _collect(node.p1, group, scope)
            _collect(node.p2, group, scope)
        case "ToMultiSet" if node.p.name != "values":
            shown = frozenset(f"?{name}" for name in _shown(node.p))
            _collect(node.p, group, replace(scope, shown=shown, suffix=f"{scope.suffix}.{id(node)}"))
        case "ToMultiSet" | "InlineData":
            pass
        case "Bind":
            _expression(node.expr, group, scope)
        case name if name in _THROUGH:
            for key, part in node.items():
                if key in ("p", "p1", "p2"):
                    _collect(part, group, scope)
                elif key in ("expr", "A"):
                    _expression(part, group, scope)
        case _:
            raise _NotUnderstoodError


def _unsure(node: object) -> "set[Identifier]":
    """Return the variables that only an OPTIONAL in a part of the algebra binds."""
    from rdflib.plugins.sparql.parserutils import CompValue

    if not isinstance(node, CompValue):
        return set()
    unsure = set().union(*(_unsure(node.get(key)) for key in ("p", "p1", "p2")))
    return unsure | (_names(node.p2) - _names(node.p1)) if node.name == "LeftJoin" else unsure


def _names(node: object) -> "set[Identifier]":
    """Return the variables in a part of the algebra."""
    from rdflib.term import Variable

    if isinstance(node, Variable):
        return {node}
    if isinstance(node, dict):  # every part of the algebra is one
        return _names([part for key, part in node.items() if key != "_vars"])
    return set().union(*map(_names, node)) if isinstance(node, list | tuple) else set()


def _refuse_unsure(unsure: "set[Identifier]", later: "set[Identifier]") -> None:
    """Refuse an OPTIONAL whose variables a later pattern uses: its first match takes rows from things far from it."""
    if unsure & later:
        raise _NotUnderstoodError


def _branches(node: "CompValue") -> "Iterator[CompValue]":
    """Give the branches of a union, of which the algebra has two at a time."""
    if node.name != "Union":
        yield from node.graph if isinstance(node.graph, list) else [node.graph]
        return
    for part in (node.p1, node.p2):
        yield from _branches(part) if part.name == "Union" else [part]


def _shown(node: "CompValue") -> "Sequence[Identifier]":
    """Return the names that a sub-select lets out."""
    while node.name in ("Distinct", "Reduced"):
        node = node.p
    if node.name != "Project":
        raise _NotUnderstoodError
    shown: Sequence[Identifier] = node.PV
    return shown


def _expression(node: object, group: _Group, scope: _Scope) -> None:
    """Add the patterns of EXISTS and NOT EXISTS in an expression, each as a group within."""
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(node, list | tuple):
        for one in node:
            _expression(one, group, scope)
    elif isinstance(node, CompValue):
        if node.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            _collect(node.graph, group.inner(), scope)
            return
        for key, one in node.items():
            if key != "_vars":
                _expression(one, group, scope)


def _triples(parts: "Iterable[Sequence[Identifier]]") -> "Iterator[tuple[Identifier, Identifier, Identifier]]":
    """Give the triples of lists that have several in a row."""
    for part in parts:
        yield from zip(part[::3], part[1::3], part[2::3], strict=True)


def _patterns(subject: str, path: object, value: str, scope: _Scope) -> Iterator[Pattern]:
    """Give the patterns of a triple whose predicate may be a path; raises _NotUnderstoodError for a path too deep."""
    from rdflib.paths import AlternativePath, InvPath, MulPath, OneOrMore, SequencePath
    from rdflib.term import BNode, Identifier, URIRef, Variable

    match path:
        case Variable() | BNode():
            yield Pattern((subject, value, scope.graph), ())
        case URIRef():
            yield Pattern((subject, value, scope.graph), (f"<{path}>",))
        case InvPath(arg=inner):
            yield from _patterns(value, inner, subject, scope)
        case AlternativePath(args=parts) if all(isinstance(one, URIRef) for one in parts):
            yield Pattern((subject, value, scope.graph), tuple(f"<{one}>" for one in parts))
        case SequencePath(args=parts):
            between = [subject, *(f"?.{BNode()}" for _ in parts[1:]), value]
            for start, part, end in zip(between[:-1], parts, between[1:], strict=True):
                yield from _patterns(start, part, end, scope)
        case MulPath(path=inner, mod=mod):
            (once,) = _once(list(_patterns(subject, inner, value, scope)), subject)
            yield Pattern((subject, value, ""), once.predicates, repeated=True, empty=mod != OneOrMore)
        case Identifier() | _:
            raise _NotUnderstoodError


def _once(patterns: list[Pattern], subject: str) -> list[Pattern]:
    """Refuse to repeat what is not one step forward."""
    if len(patterns) != 1 or patterns[0].repeated or patterns[0].ends[SUBJECT] != subject:
        raise _NotUnderstoodError
    return patterns


def _of_rdflib(term: "Identifier") -> Term:
    from rdflib.term import Literal as Text
    from rdflib.term import URIRef

    if isinstance(term, URIRef):
        return NamedNode(str(term))
    if not isinstance(term, Text):
        raise _NotUnderstoodError
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype))) if term.datatype else Literal(str(term))
