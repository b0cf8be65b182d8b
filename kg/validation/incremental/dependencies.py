"""The dependencies of a rule or a shape: the patterns of quads that it matches, with routes from them to ?focus.

A result about an entity depends on the quads that the patterns match, taken together, from that entity on; filters are
ignored. A rule whose patterns are not connected, or that uses a part of SPARQL that is not followed, has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from kg.shacl import Shape
from kg.shacl import graph as paths
from kg.shacl.graph import TYPE

#: Subject, object and graph of a quad, in the order in which a pattern has them.
SUBJECT, OBJECT, GRAPH = range(3)
FOCUS = "?focus"


@dataclass(frozen=True, slots=True)
class Pattern:
    """The quads that a rule matches: "?name", an N-Triples text, or "" for any, as subject, object and graph.

    `predicates` are IRIs, none for any. Where `repeated`, the path takes them any number of times; where `empty`, it
    may also have no step, and then leads from every node of the graph to itself.
    """

    ends: tuple[str, str, str]
    predicates: tuple[str, ...]
    repeated: bool = False
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Hop:
    """From one end of a pattern to the other."""

    pattern: Pattern
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Route:
    """From an end of a pattern to ?focus."""

    end: int
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Dependency:
    """One pattern of a rule, and routes from it to ?focus, each of which is sufficient."""

    pattern: Pattern
    routes: tuple[Route, ...]


class UnknownDependencyError(Exception):
    """The dependencies cannot be determined."""


def of_shape(shape: Shape) -> tuple[Dependency, ...] | None:
    """Return the dependencies of a shape, None where its results may be about other nodes than its focus nodes."""
    if "property" in shape.shapes:
        return None
    try:
        return (*map(_of_target, shape.targets), *_of_shape(shape, ()))
    except UnknownDependencyError:
        return None


def _of_target(target: tuple[str, str]) -> Dependency:
    kind, term = target
    if kind == "targetObjectsOf":
        return Dependency(Pattern(("", FOCUS, ""), (term,)), (Route(OBJECT, ()),))
    # A target by name is a target before and after any change: its dependency does not matter.
    return Dependency(Pattern((FOCUS, "", ""), (TYPE if kind != "targetSubjectsOf" else term,)), (Route(SUBJECT, ()),))


def _of_shape(shape: Shape, route: tuple[Hop, ...]) -> Iterator[Dependency]:
    """Give the dependencies of a shape whose focus nodes lead to ?focus by the route."""
    dependencies: list[Dependency] = []
    ends = _of_path(shape.path, [route], dependencies) if shape.path else [route]
    yield from dependencies
    for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
        for predicate in shape.values.get(name, ()):
            yield _of_subject((predicate,), route)
    for end in ends:
        if "class" in shape.values:
            yield _of_subject((TYPE,), end)
        if "closed" in shape.values:
            yield _of_subject((), end)
        for part in (*chain.from_iterable(chain.from_iterable(shape.shapes.values())), *shape.siblings):
            yield from _of_shape(part, end)


def _of_subject(predicates: tuple[str, ...], route: tuple[Hop, ...]) -> Dependency:
    return Dependency(Pattern(("?node", "", ""), predicates), (Route(SUBJECT, route),))


def _of_path(path: paths.Path, routes: list[tuple[Hop, ...]], noted: list[Dependency]) -> list[tuple[Hop, ...]]:
    """Note the dependencies along a path and return the routes back from its ends."""
    match path:
        case paths.Step(predicate, inverse) | paths.Repeat(paths.Step(predicate, inverse), _, _):
            near, far = (OBJECT, SUBJECT) if inverse else (SUBJECT, OBJECT)
            pattern = Pattern(("?one", "?other", ""), (predicate,), repeated=isinstance(path, paths.Repeat))
            noted += (Dependency(pattern, (Route(near, route),)) for route in routes)
            return [(Hop(pattern, far, near), *route) for route in routes]
        case paths.Chain(parts):
            for part in parts:
                routes = _of_path(part, routes, noted)
            return routes
        case paths.Alternative(parts):
            return [route for part in parts for route in _of_path(part, routes, noted)]
    raise UnknownDependencyError
