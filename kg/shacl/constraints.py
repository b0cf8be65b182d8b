"""The constraint components of SHACL Core, each evaluated for all value nodes at once."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from kg.rdf.namespaces import PREFIXES
from kg.shacl.graph import Graph, Values, distinct, instances, literal, walk
from kg.shacl.literals import in_order, lexical, well_formed
from kg.shacl.regex import matching
from kg.shacl.shapes import SH, Shape

_TYPE = f"<{PREFIXES['rdf']}type>"
_RESOURCE = f"<{PREFIXES['rdfs']}Resource>"


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
    distinct: set[str] = field(repr=False)

    def parameter(self, name: str) -> tuple[str, ...]:
        return self.shape.values.get(name, ())


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
    for component, violations in _violations(nodes):
        for focus, value, path in violations:
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
    failing = {focus for _, violations in _violations(nodes) for focus, _, _ in violations}
    bad: set[str] = set()
    for property_shape in _properties(shape):
        bad |= _failing(graph, property_shape, nodes.distinct)
    return failing | {focus for focus, _, _ in _each(nodes, bad)}


def _properties(shape: Shape) -> Iterator[Shape]:
    for members in shape.shapes.get("property", ()):
        yield from members


def _violations(nodes: _ValueNodes) -> Iterator[tuple[str, Iterable[_Violation]]]:
    """Yield the name of each constraint component of a shape with its violations."""
    for name, (component, evaluate) in _COMPONENTS.items():
        if name in nodes.shape.values or name in nodes.shape.shapes:
            yield f"{component}ConstraintComponent", evaluate(nodes, name)


def _each(nodes: _ValueNodes, bad: Collection[str]) -> Iterator[_Violation]:
    """Yield a violation for each bad value node."""
    if bad:
        for focus, values in nodes.by_focus.items():
            for value in values:
                if value in bad:
                    yield focus, value, None


# --- Value type ---


def _class(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for class_ in nodes.parameter(name):
        yield from _each(nodes, nodes.distinct - instances(nodes.graph, class_, nodes.distinct))


def _datatype(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    (wanted,) = nodes.parameter(name)
    bad = set()
    for text in nodes.distinct:
        if text.startswith('"'):
            form, datatype, language = literal(text)
            if f"<{datatype}>" == wanted and well_formed(form, datatype, language):
                continue
        bad.add(text)
    yield from _each(nodes, bad)


def _node_kind(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    allowed = nodes.parameter(name)[0].removeprefix(f"<{SH}").removesuffix(">").split("Or")
    kinds = {"IRI": "<", "BlankNode": "_", "Literal": '"'}
    first = {kinds[kind] for kind in allowed}
    yield from _each(nodes, {text for text in nodes.distinct if text[0] not in first})


# --- Cardinality ---


def _min_count(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    least = _number(nodes, name)
    if least == 1:
        yield from ((focus, None, None) for focus in set(nodes.foci) - nodes.by_focus.keys())
    elif least > 1:
        yield from ((focus, None, None) for focus in nodes.foci if len(nodes.by_focus.get(focus, ())) < least)


def _max_count(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    most = _number(nodes, name)
    yield from ((focus, None, None) for focus, values in nodes.by_focus.items() if len(values) > most)


def _number(nodes: _ValueNodes, name: str) -> int:
    return int(literal(nodes.parameter(name)[0])[0])


# --- Value range ---


def _range(operator: str) -> "_Evaluator":
    def evaluate(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
        (limit,) = nodes.parameter(name)
        good = {value for value, _ in in_order(((value, limit) for value in nodes.distinct), operator)}
        return _each(nodes, nodes.distinct - good)

    return evaluate


# --- Strings ---


def _length(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    limit, least = _number(nodes, name), name == "minLength"
    bad = set()
    for text in nodes.distinct:
        form = lexical(text)
        if form is None or (len(form) < limit if least else len(form) > limit):
            bad.add(text)
    yield from _each(nodes, bad)


def _pattern(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    flags = "".join(literal(text)[0] for text in nodes.parameter("flags"))
    forms = {text: lexical(text) for text in nodes.distinct}
    good = matching(literal(nodes.parameter(name)[0])[0], flags, (form for form in forms.values() if form is not None))
    yield from _each(nodes, {text for text, form in forms.items() if form not in good})


def _language_in(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    ranges = [literal(text)[0].lower() for text in nodes.parameter(name)]
    bad = set()
    for text in nodes.distinct:
        tag = literal(text)[2].lower() if text.startswith('"') else ""
        if not tag or not any(range_ in ("*", tag) or tag.startswith(f"{range_}-") for range_ in ranges):
            bad.add(text)
    yield from _each(nodes, bad)


def _unique_lang(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    if not _true(nodes, name):
        return
    for focus, values in nodes.by_focus.items():
        tags = [literal(text)[2].lower() for text in values if text.startswith('"')]
        for tag in dict.fromkeys(tags):
            if tag and tags.count(tag) > 1:
                yield focus, None, None


def _true(nodes: _ValueNodes, name: str) -> bool:
    return any(literal(text)[0] == "true" for text in nodes.parameter(name))  # "1" is equal, but does not switch it on


# --- Pairs of properties ---


def _equals(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for predicate in nodes.parameter(name):
        other = nodes.graph.follow(predicate, nodes.foci)
        for focus in nodes.foci:
            differing = set(nodes.by_focus.get(focus, ())) ^ set(other.get(focus, ()))
            yield from ((focus, value, None) for value in sorted(differing))


def _disjoint(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for predicate in nodes.parameter(name):
        for focus, values in nodes.graph.follow(predicate, nodes.by_focus.keys()).items():
            yield from ((focus, value, None) for value in nodes.by_focus[focus] if value in values)


def _before(operator: str) -> "_Evaluator":
    def evaluate(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
        for predicate in nodes.parameter(name):
            other = nodes.graph.follow(predicate, nodes.by_focus.keys())
            pairs = [
                (focus, left, right)
                for focus, found in other.items()
                for left in nodes.by_focus[focus]
                for right in found
            ]
            good = in_order({(left, right) for _, left, right in pairs}, operator)
            yield from ((focus, left, None) for focus, left, right in pairs if (left, right) not in good)

    return evaluate


# --- Shapes ---


def _not(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for members in nodes.shape.shapes[name]:
        for member in members:
            yield from _each(nodes, nodes.distinct - _failing(nodes.graph, member, nodes.distinct))


def _and(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for members in nodes.shape.shapes[name]:
        bad: set[str] = set()
        for member in members:
            bad |= _failing(nodes.graph, member, nodes.distinct)
        yield from _each(nodes, bad)


def _or(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for members in nodes.shape.shapes[name]:
        left = nodes.distinct
        for member in members:  # only nodes that have failed so far need another chance
            left = _failing(nodes.graph, member, left) if left else left
        yield from _each(nodes, left)


def _xone(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for members in nodes.shape.shapes[name]:
        times = dict.fromkeys(nodes.distinct, 0)
        for member in members:
            for value in nodes.distinct - _failing(nodes.graph, member, nodes.distinct):
                times[value] += 1
        yield from _each(nodes, {value for value, count in times.items() if count != 1})


def _qualified(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    if nodes.shape.path is None:
        return
    least = name == "qualifiedMinCount"
    limit, conforming = _number(nodes, name), set(nodes.distinct)
    for members in nodes.shape.shapes.get("qualifiedValueShape", ()):
        for member in members:
            conforming -= _failing(nodes.graph, member, nodes.distinct)
    for sibling in nodes.shape.siblings:
        conforming &= _failing(nodes.graph, sibling, nodes.distinct)
    for focus in nodes.foci:
        count = sum(value in conforming for value in nodes.by_focus.get(focus, ()))
        if count < limit if least else count > limit:
            yield focus, None, None


# --- Others ---


def _closed(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    if not _true(nodes, name):
        return
    allowed = {*nodes.parameter("ignoredProperties")}
    allowed |= {member.property for member in _properties(nodes.shape) if member.property}
    owners: dict[str, list[str]] = {}
    for focus, values in nodes.by_focus.items():
        for value in values:
            owners.setdefault(value, []).append(focus)
    for node, predicate, values in nodes.graph.properties(nodes.distinct, allowed):
        for value in values:
            if (predicate, value) != (_TYPE, _RESOURCE):
                yield from ((focus, value, predicate) for focus in owners[node])


def _has_value(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    for wanted in nodes.parameter(name):
        yield from ((focus, None, None) for focus in nodes.foci if wanted not in nodes.by_focus.get(focus, ()))


def _in(nodes: _ValueNodes, name: str) -> Iterator[_Violation]:
    yield from _each(nodes, nodes.distinct.difference(nodes.parameter(name)))


_Evaluator = Callable[[_ValueNodes, str], Iterator[_Violation]]

#: The parameter that declares each component, with the name of the component and its evaluator.
_COMPONENTS: dict[str, tuple[str, _Evaluator]] = {
    "class": ("Class", _class),
    "datatype": ("Datatype", _datatype),
    "nodeKind": ("NodeKind", _node_kind),
    "minCount": ("MinCount", _min_count),
    "maxCount": ("MaxCount", _max_count),
    "minExclusive": ("MinExclusive", _range(">")),
    "minInclusive": ("MinInclusive", _range(">=")),
    "maxExclusive": ("MaxExclusive", _range("<")),
    "maxInclusive": ("MaxInclusive", _range("<=")),
    "minLength": ("MinLength", _length),
    "maxLength": ("MaxLength", _length),
    "pattern": ("Pattern", _pattern),
    "languageIn": ("LanguageIn", _language_in),
    "uniqueLang": ("UniqueLang", _unique_lang),
    "equals": ("Equals", _equals),
    "disjoint": ("Disjoint", _disjoint),
    "lessThan": ("LessThan", _before("<")),
    "lessThanOrEquals": ("LessThanOrEquals", _before("<=")),
    "not": ("Not", _not),
    "and": ("And", _and),
    "or": ("Or", _or),
    "xone": ("Xone", _xone),
    "node": ("Node", _and),
    "qualifiedMinCount": ("QualifiedMinCount", _qualified),
    "qualifiedMaxCount": ("QualifiedMaxCount", _qualified),
    "closed": ("Closed", _closed),
    "hasValue": ("HasValue", _has_value),
    "in": ("In", _in),
}
