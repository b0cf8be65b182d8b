"""The messages of findings: the problem at the node, then the sentence of the rule, then the allowed values."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kg.privacy.protected import concerns_protected
from kg.privacy.redaction import without_text
from kg.rdf.namespaces import kind, nearest, shorten
from kg.rules.describe import allowed, name_of, requirement, value, with_article
from kg.shacl import Graph, Result, Shape
from kg.shacl.constraints import failures
from kg.shacl.graph import TYPE, literal, walk

#: The longest literal that is shown, in characters, and the longest list of values.
_LONGEST = 60
_MOST = 12


def worded(problem: str, sentence: str, hint: str = "") -> str:
    """Return the message of a finding, such as `kg:speaker is missing: a claim by a speaker must name one. Allowed: …`.

    The problem has no full stop. Without a problem the sentence stands alone.
    """
    if problem and sentence:
        word = sentence.split(maxsplit=1)[0]
        capital = sentence[0] if word[1:] != word[1:].lower() else sentence[0].lower()
        sentence = f"{problem}: {capital}{sentence[1:]}"
    return " ".join(filter(None, (sentence or f"{problem}.", hint)))


def message(result: Result, graph: Graph | None = None, shape: Shape | None = None) -> str:
    """Return the message of a SHACL result, on one line.

    Literals and outside IRIs of a protected person are not repeated, because findings travel further than the graph.
    Without the graph and the shape (results of pySHACL), no value is repeated at all.
    """
    component = result.component.removesuffix("ConstraintComponent")
    if graph is None or shape is None:
        where = shorten(result.path[1:-1]) if result.path else ""
        if component == "MinCount":
            problem = f"{where or 'a property'} is missing"
        else:
            problem = f"{where} breaks the rule" if where else "this breaks the rule"
        return worded(problem, result.message or component)
    case = _Case(graph, shape, result, _concerns_protected(graph, result.focus))
    hint = _HINTS[component](case) if component in _HINTS else ""
    return worded(problem_of(case), result.message, hint)


def _concerns_protected(graph: Graph, focus: str) -> bool:
    return concerns_protected(focus, lambda node, predicate: graph.follow(predicate, [node]).get(node, ()))


@dataclass(frozen=True, slots=True)
class _Case:
    """A result with its graph and shape; `hidden` if the node concerns a protected person, `start` names the node."""

    graph: Graph
    shape: Shape
    result: Result
    hidden: bool
    start: str = "it"

    @property
    def node(self) -> str:
        """Return the value node, which is the focus node where the result has no value."""
        return self.result.value or self.result.focus

    @property
    def path(self) -> str:
        """Return the property or path in words; "" for a node shape."""
        if self.result.path:
            return shorten(self.result.path[1:-1])
        return name_of(self.shape.path) if self.shape.path else ""

    @property
    def subject(self) -> str:
        """Return the subject of a clause about one value: `kg:via unit:b`, or `it` for the focus node itself."""
        return f"{self.path} {self.shown(self.node)}" if self.path else self.start

    @property
    def values(self) -> list[str]:
        """Return the values of the path, sorted."""
        focus = self.result.focus
        return sorted(walk(self.graph, self.shape.path, [focus]).get(focus, ())) if self.shape.path else []

    @property
    def kinds(self) -> str:
        """Return the clause that names the kind of the value node: `is a kg:Place`, `is a literal`."""
        if not self.node.startswith("<"):
            return "is a literal" if self.node.startswith('"') else "is a blank node"
        types = sorted(self.graph.follow(TYPE, [self.node]).get(self.node, ()))
        return f"is {' and '.join(with_article(self.shown(kind)) for kind in types)}" if types else "has no class"

    def shown(self, text: str) -> str:
        """Return a term in short, without control characters; a protected text is an ellipsis."""
        if text.startswith("_:"):
            return "[]"  # its name differs at each reading
        if self.hidden:
            text = without_text(text)
        if not text.startswith('"'):
            return value(text)
        short = "".join(char if char.isprintable() else " " for char in value(text))
        return short if len(short) <= _LONGEST else f"{short[: _LONGEST - 1]}…"

    def listed(self, terms: Sequence[str]) -> str:
        """Return the terms as a list, cut after the first twelve."""
        return ", ".join([*map(self.shown, terms[:_MOST]), *(["…"] if len(terms) > _MOST else [])])

    def limit(self, name: str) -> str:
        """Return the values of a parameter of the shape."""
        return ", ".join(map(value, self.shape.values[name]))


def problem_of(case: _Case) -> str:
    """Return what is wrong at the node, as a clause without a full stop."""
    component = case.result.component.removesuffix("ConstraintComponent")
    if component in _CLAUSES:
        return _CLAUSES[component](case)
    return f"{case.subject} {_PREDICATES[component](case) if component in _PREDICATES else 'is not allowed'}"


# --- Clauses about one value: the predicate ---


def _datatype(case: _Case) -> str:
    wanted = case.shape.values["datatype"][0]
    if not case.node.startswith('"'):
        return "is not a literal"
    datatype = literal(case.node)[1]
    return f"is not a valid {value(wanted)}" if f"<{datatype}>" == wanted else f"is {with_article(shorten(datatype))}"


def _node_kind(case: _Case) -> str:
    return {"<": "is an IRI", "_": "is a blank node"}.get(case.node[0], "is a literal")


def _language_in(case: _Case) -> str:
    if not case.node.startswith('"'):
        return "is not a text"
    tag = literal(case.node)[2]
    return f"has the language tag {tag}" if tag else "has no language tag"


def _in(case: _Case) -> str:
    return f"is not allowed{_suggested(case.shown(case.node), tuple(map(value, case.shape.values['in'])))}"


def _suggested(wrong: str, names: Sequence[str]) -> str:
    """Return the allowed name that was probably meant, in brackets, or nothing; a prefix must match as it is."""
    if wrong.startswith('"'):
        near, prefix = nearest(wrong.strip('"'), [name.strip('"') for name in names]), ""
    else:
        prefix = wrong[: wrong.find(":") + 1]
        alike = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
        near = nearest(wrong.removeprefix(prefix), alike)
    return f" (did you mean {prefix}{near}?)" if near is not None else ""


_PREDICATES: dict[str, Callable[[_Case], str]] = {
    "Class": lambda case: case.kinds,
    "Datatype": _datatype,
    "Disjoint": lambda case: f"is also a value of {case.limit('disjoint')}",
    "In": _in,
    "LanguageIn": _language_in,
    "LessThan": lambda case: f"is not less than {case.limit('lessThan')}",
    "LessThanOrEquals": lambda case: f"is more than {case.limit('lessThanOrEquals')}",
    "MaxExclusive": lambda case: "is out of range",
    "MaxInclusive": lambda case: "is out of range",
    "MaxLength": lambda case: "is too long",
    "MinExclusive": lambda case: "is out of range",
    "MinInclusive": lambda case: "is out of range",
    "MinLength": lambda case: "is too short",
    "NodeKind": _node_kind,
}


# --- Clauses about a path or a node ---


def _min_count(case: _Case) -> str:
    if not (values := case.values):
        return f"{case.path} is missing"
    return f"{case.path} has only {_count(values)} ({case.listed(values)})"


def _max_count(case: _Case) -> str:
    values = case.values
    shown = f" ({case.listed(values)})" if values else ""
    if case.limit("maxCount") == "0":
        return f"{case.path} is given{shown}"
    return f"{case.path} has {_count(values) if values else 'too many values'}{shown}"


def _count(values: Sequence[str]) -> str:
    return f"{len(values):,} value{'s' if len(values) != 1 else ''}"


def _has_value(case: _Case) -> str:
    if not case.path:
        return f"it is not {case.limit('hasValue')}"
    values = case.values
    return f"{case.path} is {case.listed(values)}" if values else f"{case.path} is missing"


def _pattern(case: _Case) -> str:
    pattern = literal(case.shape.values["pattern"][0])[0]
    if case.subject == "it":
        named = kind(case.node[1:-1])
        if named and f"/{named}/" not in pattern:
            return f"the name is that of {with_article(named)}"
        return "the name has the wrong form"
    return f"{case.path or case.start} is blank" if pattern == r"\S" else f"{case.subject} has the wrong form"


def _closed(case: _Case) -> str:
    return f"{case.path} is not allowed{_suggested(case.path, sorted(map(shorten, allowed(case.shape) or ())))}"


def _or(case: _Case) -> str:
    """Return why each alternative fails, in the order of the alternatives."""
    clauses: dict[str, bool] = {}
    for members in case.shape.shapes["or"]:
        failed = [_within(case, member) for member in members]
        if all(failed):
            clauses |= {problem_of(inner): _is_weak(inner) for inners in failed for inner in inners}
    strong = [clause for clause, weak in clauses.items() if not weak] or list(clauses)
    return " and ".join(filter(None, (", ".join(strong[:-1]), *strong[-1:]))) or f"{case.subject} is not allowed"


def _within(case: _Case, shape: Shape) -> list[_Case]:
    """Return the failures of the value node against a shape inside the case's shape, by path."""
    shapes = {part.node: part for part in _parts(shape)}
    found = [
        _Case(
            case.graph,
            shapes[result.shape],
            result,
            case.hidden or _concerns_protected(case.graph, result.focus),
            case.subject,
        )
        for result in failures(case.graph, shape, {case.node})
    ]
    # Not by node: blank nodes have other names at each reading.
    return sorted(found, key=lambda inner: (inner.path, inner.result.component, inner.result.value or ""))


def _parts(shape: Shape) -> Iterator[Shape]:
    yield shape
    for members in shape.shapes.get("property", ()):
        for member in members:
            yield from _parts(member)


def _is_weak(inner: _Case) -> bool:
    """Return whether a failure tells less than any other: the kind of node, or a list of values."""
    return inner.result.component.startswith(("NodeKind", "InConstraint"))


def _not(case: _Case) -> str:
    (inner, *_), *_ = case.shape.shapes["not"]
    if "hasValue" in inner.values and inner.path:
        return f"{name_of(inner.path)} is {', '.join(map(value, inner.values['hasValue']))}"
    return requirement(inner)


_CLAUSES: dict[str, Callable[[_Case], str]] = {
    "Closed": _closed,
    "Equals": lambda case: f"{case.path or 'it'} and {case.limit('equals')} differ",
    "HasValue": _has_value,
    "MaxCount": _max_count,
    "MinCount": _min_count,
    "Not": _not,
    "Or": _or,
    "Pattern": _pattern,
    "QualifiedMaxCount": lambda case: f"{case.path} has too many values of one kind",
    "QualifiedMinCount": lambda case: f"{case.path} has too few values of one kind",
    "UniqueLang": lambda case: f"{case.path} has several values with one language tag",
}


# --- Hints: the values that are allowed ---


def _language_hint(case: _Case) -> str:
    return f"Allowed: {', '.join(f'@{literal(tag)[0]}' for tag in case.shape.values['languageIn'])}."


def _pattern_hint(case: _Case) -> str:
    # The sentence of the rule tells the form of a name better than a pattern.
    pattern = literal(case.shape.values["pattern"][0])[0]
    return f"Allowed: text that matches {pattern}" if case.node.startswith('"') and pattern != r"\S" else ""


_HINTS: dict[str, Callable[[_Case], str]] = {
    "In": lambda case: f"Allowed: {case.limit('in')}.",
    "LanguageIn": _language_hint,
    "Pattern": _pattern_hint,
}
