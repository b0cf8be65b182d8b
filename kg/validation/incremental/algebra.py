"""The dependencies of a SPARQL rule, read from the algebra of rdflib's parser, which is private and may change.

No other module walks that algebra.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, permutations
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.shacl.graph import Term
from kg.validation.incremental.dependencies import (
    FOCUS,
    GRAPH,
    SUBJECT,
    Dependency,
    Hop,
    Pattern,
    Route,
    UnknownDependencyError,
)

if TYPE_CHECKING:
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.term import Identifier


def of_query(text: str) -> tuple[Dependency, ...] | None:
    """Return the dependencies of a query, None if they are unknown: its rule is then evaluated on the whole graph."""
    # These bring rdflib, whose parser takes a while: callers keep the result.
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    whole = _Group((), [], [], [])
    try:
        _collect(translateQuery(parseQuery(text)).algebra, whole, _Scope())
        return tuple(chain.from_iterable(map(_of_group, (whole, *whole.every))))
    except Exception:
        return None


@dataclass(frozen=True, slots=True)
class _Group:
    """Patterns that match together: its own, and those of the groups around it; `every` has all groups within."""

    around: "tuple[_Group, ...]"
    every: "list[_Group]"
    patterns: list[Pattern]
    unions: "list[tuple[_Group, ...]]"

    def inner(self) -> "_Group":
        self.every.append(new := _Group((*self.around, self), self.every, [], []))
        return new

    def context(self) -> list[Pattern]:
        """Return all patterns that match together with the group's own."""
        return [pattern for one in (*self.around, self) for pattern in one.patterns]

    def anchored(self) -> bool:
        """Return whether each path that may have no step has an end that is constant or bound by another pattern."""
        bound = {end for pattern in self.context() if not pattern.empty for end in pattern.ends}
        return all(
            any(not end.startswith("?") or end in bound for end in pattern.ends[:GRAPH])
            for pattern in self.patterns
            if pattern.empty
        )


@dataclass(frozen=True, slots=True)
class _Scope:
    """The surroundings of patterns: the graph ("" for any), and the names that a sub-select shows (None for all)."""

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


def _of_group(group: _Group) -> Iterator[Dependency]:
    """Give the dependencies of a group's own patterns; raises UnknownDependencyError without a route to ?focus.

    Where only the branches of a union lead there, each of them has a route.
    """
    if not group.anchored():
        raise UnknownDependencyError
    routes = _routes(group.context())
    for pattern in group.patterns:
        if dependency := _dependency(pattern, routes):
            yield dependency
            continue
        for branches in group.unions:
            by_branch = [_dependency(pattern, _routes(branch.context())) for branch in branches]
            if all(by_branch):
                yield from filter(None, by_branch)
                break
        else:
            raise UnknownDependencyError


def _dependency(pattern: Pattern, routes: "_Routes") -> Dependency | None:
    """Return the pattern with the shortest routes from it to ?focus, None where there is none."""
    ends = [end for end, name in enumerate(pattern.ends) if name in routes and not (pattern.repeated and end == GRAPH)]
    if not ends:
        return None
    here = [end for end in ends if pattern.ends[end] == FOCUS]
    return Dependency(pattern, tuple(Route(end, hops) for end in here or ends for hops in routes[pattern.ends[end]]))


#: The shortest routes to ?focus by variable.
_Routes = dict[str, list[tuple[Hop, ...]]]


def _routes(patterns: list[Pattern]) -> _Routes:
    routes: _Routes = {FOCUS: [()]}
    while new := _further(patterns, routes):  # breadth first: the shortest routes
        routes |= new
    return routes


def _further(patterns: list[Pattern], routes: _Routes) -> _Routes:
    longer: _Routes = {}
    for pattern in patterns:
        for near, far in permutations(range(3), 2):
            name, further = pattern.ends[near], pattern.ends[far]
            whole = not (pattern.repeated and GRAPH in (near, far))
            if whole and name in routes and further.startswith("?") and further not in routes:
                longer.setdefault(further, []).extend((Hop(pattern, far, near), *route) for route in routes[name])
    return longer


#: Parts of the algebra that do not begin another group.
_THROUGH = frozenset({
    "AggregateJoin", "Distinct", "Extend", "Filter", "Group", "OrderBy", "Project", "Reduced", "SelectQuery",
})  # fmt: skip


def _collect(node: "CompValue", group: _Group, scope: _Scope) -> None:
    """Add the patterns of a part of the algebra to the group, or to new groups within."""
    match str(node.name):
        case "BGP" | "TriplesBlock":
            for terms in node.triples:  # three a triple
                for subject, path, value in zip(terms[::3], terms[1::3], terms[2::3], strict=True):
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
            select = node.p
            while select.name in ("Distinct", "Reduced"):
                select = select.p
            if select.name != "Project":
                raise UnknownDependencyError
            shown = frozenset(f"?{name}" for name in select.PV)
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
            raise UnknownDependencyError


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
    """Refuse an OPTIONAL whose variables a later pattern uses: its first match takes results from distant entities."""
    if unsure & later:
        raise UnknownDependencyError


def _branches(node: "CompValue") -> "Iterator[CompValue]":
    """Give the branches of a union, of which the algebra nests two at a time."""
    if node.name != "Union":
        yield from node.graph if isinstance(node.graph, list) else [node.graph]
        return
    for part in (node.p1, node.p2):
        yield from _branches(part) if part.name == "Union" else [part]


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


def _patterns(subject: str, path: object, value: str, scope: _Scope) -> Iterator[Pattern]:
    """Give the patterns of a triple whose predicate may be a path; raises UnknownDependencyError for a deep path."""
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
            (once, *more) = _patterns(subject, inner, value, scope)
            if more or once.repeated or once.ends[SUBJECT] != subject:  # not one step forward
                raise UnknownDependencyError
            yield Pattern((subject, value, ""), once.predicates, repeated=True, empty=mod != OneOrMore)
        case Identifier() | _:
            raise UnknownDependencyError


def _of_rdflib(term: "Identifier") -> Term:
    from rdflib.term import Literal as Text
    from rdflib.term import URIRef

    if isinstance(term, URIRef):
        return NamedNode(str(term))
    if not isinstance(term, Text):
        raise UnknownDependencyError
    if term.language:
        return Literal(str(term), language=term.language)
    return Literal(str(term), datatype=NamedNode(str(term.datatype))) if term.datatype else Literal(str(term))
