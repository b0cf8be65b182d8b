"""The messages of findings: the problem at the node, then the sentence of the rule, then the allowed values."""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.privacy.protected import Values, concerns_protected, is_protected
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
    if graph is None or shape is None:
        where, component = shorten(result.path[1:-1]) if result.path else "", _component(result)
        missing = component == "MinCount"
        problem = f"{where or 'a property'} is missing" if missing else f"{where or 'this'} breaks the rule"
        return worded(problem, result.message or component)
    case = _Case(graph, shape, result, concerns_protected(result.focus, _values_in(graph)))
    return worded(problem_of(case), result.message, _hint(case))


def _component(result: Result) -> str:
    return result.component.removesuffix("ConstraintComponent")


def _values_in(graph: Graph) -> Values:
    return lambda node, predicate: graph.follow(predicate, [node]).get(node, ())


@dataclass(frozen=True, slots=True)
class _Case:
    """A result with its graph and shape; `hidden` if the node concerns a protected person, `start` names the node."""

    graph: Graph
    shape: Shape
    result: Result
    hidden: bool
    start: str = "it"

    @property
    def component(self) -> str:
        """Return the name of the constraint component, such as `MinCount`."""
        return _component(self.result)

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
            of_person = text != self.result.focus and is_protected(self.result.focus, _values_in(self.graph))
            text = without_text(text, of_person=of_person)
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
    """Return the problem at the node, as a clause without a full stop."""
    path = case.path
    match case.component:
        case "Closed":
            return f"{path} is not allowed{_suggested(path, sorted(map(shorten, allowed(case.shape) or ())))}"
        case "Equals":
            return f"{path or 'it'} and {case.limit('equals')} differ"
        case "HasValue" if not path:
            return f"it is not {case.limit('hasValue')}"
        case "HasValue":
            return f"{path} is {case.listed(case.values)}" if case.values else f"{path} is missing"
        case "MaxCount":
            return _max_count(case)
        case "MinCount":
            values = case.values
            return f"{path} has only {_count(values)} ({case.listed(values)})" if values else f"{path} is missing"
        case "Not":
            return _not(case)
        case "Or":
            return _or(case)
        case "Pattern":
            return _pattern(case)
        case "QualifiedMaxCount":
            return f"{path} has too many values of one kind"
        case "QualifiedMinCount":
            return f"{path} has too few values of one kind"
        case "UniqueLang":
            return f"{path} has several values with one language tag"
    return f"{case.subject} {_predicate(case)}"


def _predicate(case: _Case) -> str:
    """Return the predicate of a clause about one value."""
    node, is_literal = case.node, case.node.startswith('"')
    match case.component:
        case "Class":
            return case.kinds
        case "Datatype":
            if not is_literal:
                return "is not a literal"
            wanted, datatype = case.shape.values["datatype"][0], literal(node)[1]
            known = f"<{datatype}>" == wanted
            return f"is not a valid {value(wanted)}" if known else f"is {with_article(shorten(datatype))}"
        case "Disjoint":
            return f"is also a value of {case.limit('disjoint')}"
        case "In":
            return f"is not allowed{_suggested(case.shown(node), tuple(map(value, case.shape.values['in'])))}"
        case "LanguageIn":
            if not is_literal:
                return "is not a text"
            tag = literal(node)[2]
            return f"has the language tag {tag}" if tag else "has no language tag"
        case "LessThan":
            return f"is not less than {case.limit('lessThan')}"
        case "LessThanOrEquals":
            return f"is more than {case.limit('lessThanOrEquals')}"
        case "MaxExclusive" | "MaxInclusive" | "MinExclusive" | "MinInclusive":
            return "is out of range"
        case "MaxLength":
            return "is too long"
        case "MinLength":
            return "is too short"
        case "NodeKind":
            return {"<": "is an IRI", "_": "is a blank node"}.get(node[0], "is a literal")
    return "is not allowed"


def _hint(case: _Case) -> str:
    """Return the values that are allowed, as a sentence, or nothing."""
    match case.component:
        case "In":
            return f"Allowed: {case.limit('in')}."
        case "LanguageIn":
            return f"Allowed: {', '.join(f'@{literal(tag)[0]}' for tag in case.shape.values['languageIn'])}."
        case "Pattern":
            # The sentence of the rule describes the form of a name better than a pattern does.
            pattern = literal(case.shape.values["pattern"][0])[0]
            return f"Allowed: text that matches {pattern}" if case.node[0] == '"' and pattern != r"\S" else ""
    return ""


def _suggested(wrong: str, names: Sequence[str]) -> str:
    """Return the allowed name that was probably meant, in brackets, or nothing; a prefix must match as it is."""
    if wrong.startswith('"'):
        near, prefix = nearest(wrong.strip('"'), [name.strip('"') for name in names]), ""
    else:
        prefix = wrong[: wrong.find(":") + 1]
        alike = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
        near = nearest(wrong.removeprefix(prefix), alike)
    return f" (did you mean {prefix}{near}?)" if near is not None else ""


def _max_count(case: _Case) -> str:
    values = case.values
    shown = f" ({case.listed(values)})" if values else ""
    if case.limit("maxCount") == "0":
        return f"{case.path} is given{shown}"
    return f"{case.path} has {_count(values) if values else 'too many values'}{shown}"


def _count(values: Sequence[str]) -> str:
    return f"{len(values):,} value{'s' if len(values) != 1 else ''}"


def _pattern(case: _Case) -> str:
    pattern = literal(case.shape.values["pattern"][0])[0]
    if case.subject == "it":
        named = kind(case.node[1:-1])
        if named and f"/{named}/" not in pattern:
            return f"the name is that of {with_article(named)}"
        return "the name has the wrong form"
    return f"{case.path or case.start} is blank" if pattern == r"\S" else f"{case.subject} has the wrong form"


def _or(case: _Case) -> str:
    """Return why each alternative fails, in the order of the alternatives."""
    clauses: dict[str, bool] = {}
    for members in case.shape.shapes["or"]:
        failed = [_within(case, member) for member in members]
        if all(failed):
            # The kind of node, or a list of values, tells less than any other failure.
            clauses |= {problem_of(one): one.component in ("In", "NodeKind") for inner in failed for one in inner}
    strong = [clause for clause, weak in clauses.items() if not weak] or list(clauses)
    return " and ".join(filter(None, (", ".join(strong[:-1]), *strong[-1:]))) or f"{case.subject} is not allowed"


def _within(case: _Case, shape: Shape) -> list[_Case]:
    """Return the failures of the value node against a shape inside the case's shape, by path."""
    graph, shapes, cases = case.graph, shapes_by_node([shape]), []
    for result in failures(graph, shape, {case.node}):
        hidden = case.hidden or concerns_protected(result.focus, _values_in(graph))
        cases.append(_Case(graph, shapes[result.shape], result, hidden, case.subject))
    # Not by node: blank nodes have other names at each reading.
    return sorted(cases, key=lambda inner: (inner.path, inner.result.component, inner.result.value or ""))


def shapes_by_node(shapes: Sequence[Shape]) -> dict[str, Shape]:
    """Return all shapes from which a result may come, by their nodes."""
    own = {shape.node: shape for shape in shapes}
    members = [member for shape in shapes for members in shape.shapes.get("property", ()) for member in members]
    return own | shapes_by_node(members) if members else own


def _not(case: _Case) -> str:
    (inner, *_), *_ = case.shape.shapes["not"]
    if "hasValue" in inner.values and inner.path:
        return f"{name_of(inner.path)} is {', '.join(map(value, inner.values['hasValue']))}"
    return requirement(inner)
