"""The constraint components of SHACL Core, each evaluated for all value nodes at once."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, product

from kg.rdf.namespaces import PREFIXES
from kg.shacl.graph import TYPE, Graph, Values, distinct, instances, literal, walk
from kg.shacl.literals import in_order, lexical, well_formed
from kg.shacl.regex import matching
from kg.shacl.shapes import SH, Shape

#: The type that every node has, stated or not: no shape is closed against it.
_EVERY = (TYPE, f"<{PREFIXES['rdfs']}Resource>")


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a validation report: terms as N-Triples text, None for a missing one.

    `component` is the local name of the constraint component, `severity` an IRI; `message` is "" where the shape
    has none, the first of several; `path` is a predicate, None for a longer path.
    """

    shape: str
    component: str
    severity: str
    message: str
    focus: str
    path: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class _ValueNodes:
    """The value nodes of one shape for many focus nodes."""

    graph: Graph
    shape: Shape
    foci: Collection[str]
    by_focus: Values
    distinct: set[str]


#: A violation: the focus node, the value or None, the predicate where it is not that of the path.
_Violation = tuple[str, str | None, str | None]


def results(graph: Graph, shapes: Iterable[Shape], among: Collection[str] | None = None) -> Iterator[Result]:
    """Yield the results of the shapes on the graph; with `among` only on these focus nodes."""
    for shape in shapes:
        if foci := targets(graph, shape, among):
            yield from failures(graph, shape, foci)


def targets(graph: Graph, shape: Shape, among: Collection[str] | None = None) -> set[str]:
    """Return the focus nodes of a shape; with `among` only these."""
    nodes: set[str] = set()
    for kind, term in shape.targets:
        if kind == "targetNode":
            nodes |= {term} if among is None or term in among else set()
        elif kind == "targetClass":
            nodes |= instances(graph, term, among)
        else:
            backwards = kind == "targetObjectsOf"
            nodes |= set(graph.having(term, backwards) if among is None else graph.follow(term, among, backwards))
    return nodes


def failures(graph: Graph, shape: Shape, foci: Collection[str]) -> Iterator[Result]:
    """Yield the results of one shape, whatever its targets, for these focus nodes."""
    nodes = _value_nodes(graph, shape, foci)
    for component, focus, value, path in _violations(nodes):
        yield Result(shape.node, component, shape.severity, shape.message, focus, path or shape.property, value)
    for property_shape in _properties(shape):
        yield from failures(graph, property_shape, nodes.distinct)


def _value_nodes(graph: Graph, shape: Shape, foci: Collection[str]) -> _ValueNodes:
    if shape.path is None:
        return _ValueNodes(graph, shape, foci, {focus: (focus,) for focus in foci}, set(foci))
    values = walk(graph, shape.path, foci)
    return _ValueNodes(graph, shape, foci, values, distinct(values))


def _failing(graph: Graph, shape: Shape, foci: Collection[str]) -> set[str]:
    """Return those of the nodes that do not conform to the shape."""
    nodes = _value_nodes(graph, shape, foci)
    bad = _union(nodes, _properties(shape))
    return {focus for _, focus, _, _ in _violations(nodes)}.union(focus for focus, _, _ in _each(nodes, bad))


def _union(nodes: _ValueNodes, shapes: Iterable[Shape]) -> set[str]:
    """Return the value nodes that do not conform to all of the shapes."""
    return set[str]().union(*(_failing(nodes.graph, shape, nodes.distinct) for shape in shapes))


def _properties(shape: Shape) -> Iterator[Shape]:
    return chain.from_iterable(shape.shapes.get("property", ()))


def _violations(nodes: _ValueNodes) -> Iterator[tuple[str, str, str | None, str | None]]:
    """Yield the violations of a shape, each after the name of its constraint component."""
    for name, evaluate in _COMPONENTS.items():
        if name in nodes.shape.values or name in nodes.shape.shapes:
            component = f"{name[0].upper()}{name[1:]}ConstraintComponent"
            yield from ((component, *violation) for violation in evaluate(nodes, name))


def _each(nodes: _ValueNodes, bad: Collection[str]) -> Iterator[_Violation]:
    """Yield a violation for each bad value node."""
    for focus, values in nodes.by_focus.items() if bad else ():
        for value in values:
            if value in bad:
                yield focus, value, None


def _class(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for class_ in nodes.shape.values[name]:
        yield from _each(nodes, nodes.distinct - instances(nodes.graph, class_, nodes.distinct))


def _datatype(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    datatype = nodes.shape.values[name][0][1:-1]
    literals = (text for text in nodes.distinct if text.startswith('"'))
    good = {text for text in literals if (parts := literal(text))[1] == datatype and well_formed(*parts)}
    yield from _each(nodes, nodes.distinct - good)


def _node_kind(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    allowed = nodes.shape.values[name][0].removeprefix(f"<{SH}").removesuffix(">").split("Or")
    kinds = {"<": "IRI", "_": "BlankNode", '"': "Literal"}
    yield from _each(nodes, {text for text in nodes.distinct if kinds[text[0]] not in allowed})


def _min_count(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    least = _number(nodes, name)
    foci = set(nodes.foci) - nodes.by_focus.keys() if least == 1 else nodes.foci
    yield from ((focus, None, None) for focus in foci if len(nodes.by_focus.get(focus, ())) < least)


def _max_count(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    most = _number(nodes, name)
    yield from ((focus, None, None) for focus, values in nodes.by_focus.items() if len(values) > most)


def _number(nodes: _ValueNodes, name: str) -> int:
    return int(literal(nodes.shape.values[name][0])[0])


def _range(operator: str, nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    (limit,) = nodes.shape.values[name]
    good = {value for value, _ in in_order(((value, limit) for value in nodes.distinct), operator)}
    return _each(nodes, nodes.distinct - good)


def _length(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    limit, least = _number(nodes, name), name == "minLength"
    forms = ((text, lexical(text)) for text in nodes.distinct)
    bad = {text for text, form in forms if form is None or (len(form) < limit if least else len(form) > limit)}
    yield from _each(nodes, bad)


def _pattern(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    flags = "".join(literal(text)[0] for text in nodes.shape.values.get("flags", ()))
    forms = {text: lexical(text) for text in nodes.distinct}
    good = matching(
        literal(nodes.shape.values[name][0])[0], flags, (form for form in forms.values() if form is not None)
    )
    yield from _each(nodes, {text for text, form in forms.items() if form not in good})


def _language_in(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    ranges = [literal(text)[0].lower() for text in nodes.shape.values[name]]
    tags = ((text, literal(text)[2].lower()) for text in nodes.distinct if text.startswith('"'))
    good = {text for text, tag in tags if tag and any(one in ("*", tag) or tag.startswith(f"{one}-") for one in ranges)}
    yield from _each(nodes, nodes.distinct - good)


def _unique_lang(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for focus, values in nodes.by_focus.items() if _true(nodes, name) else ():
        tags = [literal(text)[2].lower() for text in values if text.startswith('"')]
        yield from ((focus, None, None) for tag in dict.fromkeys(tags) if tag and tags.count(tag) > 1)


def _true(nodes: _ValueNodes, name: str) -> bool:
    return any(
        literal(text)[0] == "true" for text in nodes.shape.values[name]
    )  # "1" is equal, but does not switch it on


def _equals(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for predicate in nodes.shape.values[name]:
        other = nodes.graph.follow(predicate, nodes.foci)
        for focus in nodes.foci:
            differing = set(nodes.by_focus.get(focus, ())) ^ set(other.get(focus, ()))
            yield from ((focus, value, None) for value in sorted(differing))


def _disjoint(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for predicate in nodes.shape.values[name]:
        for focus, values in nodes.graph.follow(predicate, nodes.by_focus.keys()).items():
            yield from ((focus, value, None) for value in nodes.by_focus[focus] if value in values)


def _before(operator: str, nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for predicate in nodes.shape.values[name]:
        other = nodes.graph.follow(predicate, nodes.by_focus.keys())
        pairs = [(focus, pair) for focus in other for pair in product(nodes.by_focus[focus], other[focus])]
        good = in_order({pair for _, pair in pairs}, operator)
        yield from ((focus, pair[0], None) for focus, pair in pairs if pair not in good)


def _not(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for member in chain.from_iterable(nodes.shape.shapes[name]):
        yield from _each(nodes, nodes.distinct - _failing(nodes.graph, member, nodes.distinct))


def _and(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for members in nodes.shape.shapes[name]:
        yield from _each(nodes, _union(nodes, members))


def _or(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for members in nodes.shape.shapes[name]:
        left = nodes.distinct
        for member in members:  # only nodes that have failed so far need another chance
            left = _failing(nodes.graph, member, left) if left else left
        yield from _each(nodes, left)


def _xone(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for members in nodes.shape.shapes[name]:
        failing = [_failing(nodes.graph, member, nodes.distinct) for member in members]
        yield from _each(nodes, {value for value in nodes.distinct if sum(value not in bad for bad in failing) != 1})


def _qualified(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    limit = _number(nodes, name)
    shapes = chain.from_iterable(nodes.shape.shapes.get("qualifiedValueShape", ()))
    conforming = nodes.distinct - _union(nodes, shapes)
    for sibling in nodes.shape.siblings:
        conforming &= _failing(nodes.graph, sibling, nodes.distinct)
    for focus in nodes.foci if nodes.shape.path else ():
        count = sum(value in conforming for value in nodes.by_focus.get(focus, ()))
        if count < limit if name == "qualifiedMinCount" else count > limit:
            yield focus, None, None


def _closed(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    if not _true(nodes, name):
        return
    allowed = {
        *nodes.shape.values.get("ignoredProperties", ()),
        *(member.property or "" for member in _properties(nodes.shape)),
    }
    owners: dict[str, list[str]] = {}
    for focus, values in nodes.by_focus.items():
        for value in values:
            owners.setdefault(value, []).append(focus)
    for node, predicate, values in nodes.graph.properties(nodes.distinct, allowed):
        others = (value for value in values if (predicate, value) != _EVERY)
        yield from ((focus, value, predicate) for value, focus in product(others, owners[node]))


def _has_value(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for wanted in nodes.shape.values[name]:
        yield from ((focus, None, None) for focus in nodes.foci if wanted not in nodes.by_focus.get(focus, ()))


def _in(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    yield from _each(nodes, nodes.distinct.difference(nodes.shape.values[name]))


#: The evaluator of each component by the parameter that declares it, after which it is named.
_COMPONENTS: dict[str, Callable[[_ValueNodes, str], Iterator[_Violation]]] = {
    "class": _class,
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "minCount": _min_count,
    "maxCount": _max_count,
    "minExclusive": partial(_range, ">"),
    "minInclusive": partial(_range, ">="),
    "maxExclusive": partial(_range, "<"),
    "maxInclusive": partial(_range, "<="),
    "minLength": _length,
    "maxLength": _length,
    "pattern": _pattern,
    "languageIn": _language_in,
    "uniqueLang": _unique_lang,
    "equals": _equals,
    "disjoint": _disjoint,
    "lessThan": partial(_before, "<"),
    "lessThanOrEquals": partial(_before, "<="),
    "not": _not,
    "and": _and,
    "or": _or,
    "xone": _xone,
    "node": _and,
    "qualifiedMinCount": _qualified,
    "qualifiedMaxCount": _qualified,
    "closed": _closed,
    "hasValue": _has_value,
    "in": _in,
}
