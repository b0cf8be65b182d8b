"""The constraint components of SHACL Core, each asked of all value nodes at once."""

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
    """One result of a validation report: terms as N-Triples text, None for what it does not have.

    `component` is the local name of the constraint component, `severity` an IRI; `message` is empty where the shape
    gives none, the first of several; `path` is a predicate, None for a longer path.
    """

    shape: str
    component: str
    severity: str
    message: str
    focus: str
    path: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """The value nodes of one shape for many focus nodes."""

    graph: Graph
    shape: Shape
    foci: Collection[str]
    of: Values
    distinct: set[str] = field(repr=False)

    def texts(self, name: str) -> tuple[str, ...]:
        return self.shape.values.get(name, ())


#: A fault of a focus node: the node, the value or None, the predicate where it is not the path's.
_Fault = tuple[str, str | None, str | None]


def results(graph: Graph, shapes: Iterable[Shape], among: Collection[str] | None = None) -> Iterator[Result]:
    """Give all that the shapes say against the graph; with `among` only against these focus nodes."""
    for shape in shapes:
        if foci := targets(graph, shape, among):
            yield from failures(graph, shape, foci)


def targets(graph: Graph, shape: Shape, among: Collection[str] | None = None) -> set[str]:
    """Return the focus nodes of a shape; with `among` those of them that are among these."""
    found: set[str] = set()
    for kind, term in shape.targets:
        if kind == "targetNode":
            found |= {term} if among is None or term in among else set()
        elif kind == "targetClass":
            found |= instances(graph, term, among)
        else:
            backwards = kind == "targetObjectsOf"
            found |= set(graph.having(term, backwards) if among is None else graph.follow(term, among, backwards))
    return found


def failures(graph: Graph, shape: Shape, foci: Collection[str]) -> Iterator[Result]:
    """Yield the results of one shape, whatever its targets, for these focus nodes."""
    asked = _asked(graph, shape, foci)
    for component, faults in _faults(asked):
        for focus, value, path in faults:
            yield Result(shape.node, component, shape.severity, shape.message, focus, path or shape.property, value)
    for one in _properties(shape):
        yield from failures(graph, one, asked.distinct)


def _asked(graph: Graph, shape: Shape, foci: Collection[str]) -> _Asked:
    if shape.path is None:
        return _Asked(graph, shape, foci, {focus: (focus,) for focus in foci}, set(foci))
    found = walk(graph, shape.path, foci)
    return _Asked(graph, shape, foci, found, distinct(found))


def _failing(graph: Graph, shape: Shape, foci: Collection[str]) -> set[str]:
    """Return those of the nodes that do not conform to the shape."""
    asked = _asked(graph, shape, foci)
    found = {focus for _, faults in _faults(asked) for focus, _, _ in faults}
    bad: set[str] = set()
    for one in _properties(shape):
        bad |= _failing(graph, one, asked.distinct)
    return found | {focus for focus, _, _ in _each(asked, bad)}


def _properties(shape: Shape) -> Iterator[Shape]:
    for members in shape.shapes.get("property", ()):
        yield from members


def _faults(asked: _Asked) -> Iterator[tuple[str, Iterable[_Fault]]]:
    """Give the faults by constraint component."""
    for name, (component, check) in _COMPONENTS.items():
        if name in asked.shape.values or name in asked.shape.shapes:
            yield f"{component}ConstraintComponent", check(asked, name)


def _each(asked: _Asked, bad: Collection[str]) -> Iterator[_Fault]:
    """Give a fault for each value node that is bad."""
    if bad:
        for focus, values in asked.of.items():
            for value in values:
                if value in bad:
                    yield focus, value, None


# --- Value type ---


def _class(asked: _Asked, name: str) -> Iterator[_Fault]:
    for class_ in asked.texts(name):
        yield from _each(asked, asked.distinct - instances(asked.graph, class_, asked.distinct))


def _datatype(asked: _Asked, name: str) -> Iterator[_Fault]:
    (wanted,) = asked.texts(name)
    bad = set()
    for text in asked.distinct:
        if text.startswith('"'):
            form, datatype, language = literal(text)
            if f"<{datatype}>" == wanted and well_formed(form, datatype, language):
                continue
        bad.add(text)
    yield from _each(asked, bad)


def _node_kind(asked: _Asked, name: str) -> Iterator[_Fault]:
    allowed = asked.texts(name)[0].removeprefix(f"<{SH}").removesuffix(">").split("Or")
    kinds = {"IRI": "<", "BlankNode": "_", "Literal": '"'}
    first = {kinds[kind] for kind in allowed}
    yield from _each(asked, {text for text in asked.distinct if text[0] not in first})


# --- Cardinality ---


def _min_count(asked: _Asked, name: str) -> Iterator[_Fault]:
    least = _number(asked, name)
    if least == 1:
        yield from ((focus, None, None) for focus in set(asked.foci) - asked.of.keys())
    elif least > 1:
        yield from ((focus, None, None) for focus in asked.foci if len(asked.of.get(focus, ())) < least)


def _max_count(asked: _Asked, name: str) -> Iterator[_Fault]:
    most = _number(asked, name)
    yield from ((focus, None, None) for focus, values in asked.of.items() if len(values) > most)


def _number(asked: _Asked, name: str) -> int:
    return int(literal(asked.texts(name)[0])[0])


# --- Value range ---


def _range(operator: str) -> "_Check":
    def check(asked: _Asked, name: str) -> Iterator[_Fault]:
        (limit,) = asked.texts(name)
        good = {value for value, _ in in_order(((value, limit) for value in asked.distinct), operator)}
        return _each(asked, asked.distinct - good)

    return check


# --- Strings ---


def _length(asked: _Asked, name: str) -> Iterator[_Fault]:
    limit, least = _number(asked, name), name == "minLength"
    bad = set()
    for text in asked.distinct:
        form = lexical(text)
        if form is None or (len(form) < limit if least else len(form) > limit):
            bad.add(text)
    yield from _each(asked, bad)


def _pattern(asked: _Asked, name: str) -> Iterator[_Fault]:
    flags = "".join(literal(text)[0] for text in asked.texts("flags"))
    forms = {text: lexical(text) for text in asked.distinct}
    good = matching(literal(asked.texts(name)[0])[0], flags, (form for form in forms.values() if form is not None))
    yield from _each(asked, {text for text, form in forms.items() if form not in good})


def _language_in(asked: _Asked, name: str) -> Iterator[_Fault]:
    ranges = [literal(text)[0].lower() for text in asked.texts(name)]
    bad = set()
    for text in asked.distinct:
        tag = literal(text)[2].lower() if text.startswith('"') else ""
        if not tag or not any(one in ("*", tag) or tag.startswith(f"{one}-") for one in ranges):
            bad.add(text)
    yield from _each(asked, bad)


def _unique_lang(asked: _Asked, name: str) -> Iterator[_Fault]:
    if not _true(asked, name):
        return
    for focus, values in asked.of.items():
        tags = [literal(text)[2].lower() for text in values if text.startswith('"')]
        for tag in dict.fromkeys(tags):
            if tag and tags.count(tag) > 1:
                yield focus, None, None


def _true(asked: _Asked, name: str) -> bool:
    return any(literal(text)[0] == "true" for text in asked.texts(name))  # "1" is the same, but does not switch it on


# --- Pairs of properties ---


def _equals(asked: _Asked, name: str) -> Iterator[_Fault]:
    for predicate in asked.texts(name):
        other = asked.graph.follow(predicate, asked.foci)
        for focus in asked.foci:
            one, two = set(asked.of.get(focus, ())), set(other.get(focus, ()))
            yield from ((focus, value, None) for value in sorted(one ^ two))


def _disjoint(asked: _Asked, name: str) -> Iterator[_Fault]:
    for predicate in asked.texts(name):
        for focus, values in asked.graph.follow(predicate, asked.of.keys()).items():
            yield from ((focus, value, None) for value in asked.of[focus] if value in values)


def _before(operator: str) -> "_Check":
    def check(asked: _Asked, name: str) -> Iterator[_Fault]:
        for predicate in asked.texts(name):
            other = asked.graph.follow(predicate, asked.of.keys())
            pairs = [(focus, one, two) for focus, found in other.items() for one in asked.of[focus] for two in found]
            good = in_order({(one, two) for _, one, two in pairs}, operator)
            yield from ((focus, one, None) for focus, one, two in pairs if (one, two) not in good)

    return check


# --- Shapes ---


def _not(asked: _Asked, name: str) -> Iterator[_Fault]:
    for members in asked.shape.shapes[name]:
        for one in members:
            yield from _each(asked, asked.distinct - _failing(asked.graph, one, asked.distinct))


def _and(asked: _Asked, name: str) -> Iterator[_Fault]:
    for members in asked.shape.shapes[name]:
        bad: set[str] = set()
        for one in members:
            bad |= _failing(asked.graph, one, asked.distinct)
        yield from _each(asked, bad)


def _or(asked: _Asked, name: str) -> Iterator[_Fault]:
    for members in asked.shape.shapes[name]:
        left = asked.distinct
        for one in members:  # only what has failed so far needs another chance
            left = _failing(asked.graph, one, left) if left else left
        yield from _each(asked, left)


def _xone(asked: _Asked, name: str) -> Iterator[_Fault]:
    for members in asked.shape.shapes[name]:
        times = dict.fromkeys(asked.distinct, 0)
        for one in members:
            for value in asked.distinct - _failing(asked.graph, one, asked.distinct):
                times[value] += 1
        yield from _each(asked, {value for value, count in times.items() if count != 1})


def _qualified(asked: _Asked, name: str) -> Iterator[_Fault]:
    if asked.shape.path is None:
        return
    least = name == "qualifiedMinCount"
    limit, conforming = _number(asked, name), set(asked.distinct)
    for members in asked.shape.shapes.get("qualifiedValueShape", ()):
        for one in members:
            conforming -= _failing(asked.graph, one, asked.distinct)
    for one in asked.shape.siblings:
        conforming &= _failing(asked.graph, one, asked.distinct)
    for focus in asked.foci:
        count = sum(value in conforming for value in asked.of.get(focus, ()))
        if count < limit if least else count > limit:
            yield focus, None, None


# --- Others ---


def _closed(asked: _Asked, name: str) -> Iterator[_Fault]:
    if not _true(asked, name):
        return
    allowed = {*asked.texts("ignoredProperties")}
    allowed |= {one.property for one in _properties(asked.shape) if one.property}
    owners: dict[str, list[str]] = {}
    for focus, own in asked.of.items():
        for value in own:
            owners.setdefault(value, []).append(focus)
    for node, predicate, values in asked.graph.properties(asked.distinct, allowed):
        for value in values:
            if (predicate, value) != (_TYPE, _RESOURCE):
                yield from ((focus, value, predicate) for focus in owners[node])


def _has_value(asked: _Asked, name: str) -> Iterator[_Fault]:
    for wanted in asked.texts(name):
        yield from ((focus, None, None) for focus in asked.foci if wanted not in asked.of.get(focus, ()))


def _in(asked: _Asked, name: str) -> Iterator[_Fault]:
    yield from _each(asked, asked.distinct.difference(asked.texts(name)))


_Check = Callable[[_Asked, str], Iterator[_Fault]]

#: Each parameter by which a component is declared, with the component's name and its check.
_COMPONENTS: dict[str, tuple[str, _Check]] = {
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
