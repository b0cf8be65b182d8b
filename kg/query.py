"""The stored questions: their headers, their parameters bound by token, and the run of any query on the store."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from kg.errors import NameUnknownError, OutsideError, QueryError, SourceError
from kg.files import File, listed, read_text
from kg.sparql import FORMS, TOKEN, UPDATES, check, explained
from kg.terms import PREFIXES, expand, suggest

_BASIL = re.compile(r"(?P<optional>_?)_(?P<name>[A-Za-z0-9]+)(_(?P<type>[A-Za-z0-9_]+))?\Z")
_TYPES = {
    "iri": "a name such as unit:x, an IRI, or a label",
    "integer": "a whole number",
    "number": "a number",
    "xsd_date": "a day as YYYY-MM-DD",
}
_XSD = PREFIXES["xsd"]
# How a stored question does without a thing, and is quick with one. An optional parameter stands in a filter that holds
# for all where it is not given: `FILTER(COALESCE(?__unit_iri, ?unit) = ?unit)`. Where in its group it stands means
# nothing in SPARQL. So it stands first, behind the `{`, if the patterns of the group that are not optional bind ?unit
# in every solution, and no BIND does: then, and only then, the rows are those of `VALUES ?unit { <…> }`, which `bind`
# writes in its place. With that an engine begins; with the filter it ends. A MINUS, an OPTIONAL of several patterns and
# each side of a UNION are read whole unless they begin with the filter too; it takes nothing from the answer, since the
# rows outside have the same unit. A UNION has it before it as well: Virtuoso would make a string of the unit.
# What a question itself picks out of few, such as predicates, stands in VALUES behind the patterns and before the first
# OPTIONAL: with that an engine begins as well, and rdflib is quick only if it does not stand first.
# An OPTIONAL of several patterns is read apart, so where it would read very much it repeats what leads to it.
_FIRST = re.compile(r"(?<=\{)\s*(?:FILTER\(COALESCE\(\?__\w+_iri, (\?\w+)\) = \1\)\s*)+")
_HELD = re.compile(r"FILTER\(COALESCE\(\?(?P<parameter>\w+), (?P<thing>\?\w+)\) = (?P=thing)\)")

#: What a query gives: rows, yes or no, or triples.
Answer = QuerySolutions | QueryBoolean | QueryTriples


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a question takes: its name, the variable in the query, what it must be."""

    name: str
    variable: str
    type: str
    required: bool
    help: str
    example: str
    class_: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A stored query: its name, what it asks, its parameters and its text."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str


def names(root: Path) -> list[str]:
    """Return the names of the stored questions, without reading them."""
    return sorted(_files(root))


def _files(root: Path) -> dict[str, File]:
    """Return the files of the stored questions by the names of these; raises SourceError where none can be listed."""
    found = listed(root, "queries", ".rq", deep=False)
    if found and found[0].name == "queries":
        raise SourceError(found[0].fault, "queries")
    return {file.path.stem: file for file in found}


def question(root: Path, name: str) -> Question:
    """Return one stored question; raises QueryError with a near miss where there is none of that name."""
    known = _files(root)
    if name not in known:
        raise QueryError(f"unknown query '{name}'{suggest(name, known)}")
    return _stored(known[name])


def catalogue(root: Path) -> dict[str, Question]:
    """Return all stored questions by name."""
    return {name: _stored(file) for name, file in sorted(_files(root).items())}


def _stored(file: File) -> Question:
    if file.fault:
        raise SourceError(file.fault, file.name)
    return parse(file.path.stem, read_text(file.path, file.name), file.name)


def parse(name: str, text: str, file: str) -> Question:
    """Read a stored query: the `#+` header, a strict part of YAML, and the parameters that its variables declare."""
    values: dict[str, object] = {}
    details: dict[str, dict[str, str]] = {}
    last = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#+"):
            continue
        entry = re.match(r"#\+ (?P<indent> *)(?P<key>[A-Za-z0-9-]+):(?: (?P<value>.*))?\Z", line)
        if entry and not entry["indent"]:
            last = entry["key"]
            values[last] = _flow(entry["value"] or "", f"{file}:{number}")
        elif entry and last == "params":
            details[entry["key"]] = _details(_flow(entry["value"] or "", f"{file}:{number}"), f"{file}:{number}")
        elif last and line.startswith("#+   ") and isinstance(values[last], str):
            values[last] = f"{values[last]} {line[5:].strip()}".strip()
        else:
            raise QueryError(f"{file}:{number}:1: the header line is not 'key: value', nor an entry of params")
    if not isinstance(summary := values.get("summary"), str) or not summary:
        raise QueryError(f"{file}:1:1: the header has no '#+ summary:' with the question")
    description, tags = values.get("description", ""), values.get("tags", [])
    return Question(
        name,
        summary,
        description if isinstance(description, str) else "",
        tuple(map(str, tags)) if isinstance(tags, list) else (),
        tuple(parameters(text, details, file)),
        text,
    )


def adhoc(text: str) -> Question:
    """Return a query that is not stored; its variables can be parameters too.

    Raises QueryError for text with surrogates, which stand for bytes of the command line that are not UTF-8.
    """
    if not _is_text(text):
        raise QueryError("the query is not UTF-8")
    return Question("", "", "", (), tuple(parameters(text, {}, "the query")), text)


def _is_text(value: str) -> bool:
    return not any("\ud800" <= one <= "\udfff" for one in value)


def _flow(value: str, place: str) -> object:
    """Read what stands behind a key: JSON where it opens a bracket, a brace or a quotation, else the plain text."""
    if not value.startswith(("[", "{", '"')):
        return value
    import json  # not every header has such a value

    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise QueryError(f"{place}:1: the header's value is not JSON: {error.msg}") from error


def _details(value: object, place: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise QueryError(f'{place}:1: a parameter is described by {{"help": …, "example": …, "class": …}}')
    return {str(key): str(item) for key, item in value.items()}


def parameters(text: str, details: Mapping[str, Mapping[str, str]], file: str) -> Iterator[Parameter]:
    """Give the parameters of a query, in order of first mention, from variables named as BASIL has it.

    `?_unit_iri` is required, `?__unit_iri` optional; raises QueryError for a type that is not known, for one name
    with two types, and for a described parameter that the query does not have.
    """
    found: dict[str, Parameter] = {}
    for token in TOKEN.finditer(text):
        variable = token["variable"]
        if not variable or not variable[1:].startswith("_"):
            continue
        basil = _BASIL.match(variable[1:])
        kind = (basil["type"] or "literal") if basil else ""
        if basil is None or not (kind in _TYPES or kind == "literal" or re.fullmatch("[a-z]{2}", kind)):
            raise QueryError(f"{file}: '{variable}' is no parameter; types: _{', _'.join(_TYPES)}, _en, or none")
        name, known = basil["name"], found.get(basil["name"])
        if known and known.variable != variable[1:]:
            raise QueryError(f"{file}: parameter '{name}' is both '?{known.variable}' and '{variable}'")
        more = details.get(name, {})
        found[name] = Parameter(
            name,
            variable[1:],
            kind,
            not basil["optional"],
            more.get("help", ""),
            more.get("example", ""),
            _class(more, file),
        )
    if unknown := sorted(set(details) - set(found)):
        raise QueryError(f"{file}: the header describes '{unknown[0]}', which the query does not use")
    yield from found.values()


def _class(details: Mapping[str, str], file: str) -> str | None:
    try:
        return expand(details["class"]) if "class" in details else None
    except NameUnknownError as error:
        raise QueryError(f"{file}: {error}") from error


def bind(question: Question, values: Mapping[str, str], resolve: Callable[[str, str | None], str]) -> str:
    """Return the query's text with each given parameter's tokens replaced by an RDF term.

    `resolve` turns a name and a class (or None) into an IRI. Raises QueryError for a parameter that is unknown,
    missing or not of its type. An optional parameter without a value stays a variable. A filter with which a
    group begins becomes VALUES.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in values:
        if name not in known:
            raise QueryError(f"{_called(question)} has no parameter '{name}'{suggest(name, list(known))}")
    for parameter in question.parameters:
        if parameter.required and parameter.name not in values:
            example = f", for example -p {parameter.name} {parameter.example}" if parameter.example else ""
            raise QueryError(f"{_called(question)} needs parameter '{parameter.name}'{example}")
    terms = {known[name].variable: str(_term(known[name], value, resolve)) for name, value in values.items()}

    def place(token: re.Match[str]) -> str:
        variable = token["variable"]
        return terms.get(variable[1:], variable) if variable else token[0]

    return TOKEN.sub(place, _begun(question.text, terms))


def _begun(text: str, terms: Mapping[str, str]) -> str:
    """Return the query with VALUES in place of the filters that stand first and whose parameters have a term."""

    def values(held: re.Match[str]) -> str:
        term = terms.get(held["parameter"])
        return f"VALUES {held['thing']} {{ {term} }}" if term else held[0]

    def begun(first: re.Match[str]) -> str:
        return _HELD.sub(values, first[0]) if text.index("FILTER", first.start()) in words else first[0]

    words = {token.start() for token in TOKEN.finditer(text) if token["word"]}  # none within a string or a comment
    return _FIRST.sub(begun, text)


def _called(question: Question) -> str:
    return f"query '{question.name}'" if question.name else "the query"


def _term(parameter: Parameter, value: str, resolve: Callable[[str, str | None], str]) -> NamedNode | Literal:
    wrong = f"parameter '{parameter.name}' takes {_TYPES.get(parameter.type, 'text')}, not '{value}'"
    if not _is_text(value):
        raise QueryError(f"{wrong}, which is not UTF-8")
    match parameter.type:
        case "iri":
            return NamedNode(resolve(value, parameter.class_))
        case "integer":
            if not re.fullmatch(r"[+-]?[0-9]+", value):
                raise QueryError(wrong)
            return Literal(value, datatype=NamedNode(f"{_XSD}integer"))
        case "number":
            if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)", value):
                raise QueryError(wrong)
            return Literal(value, datatype=NamedNode(f"{_XSD}decimal"))
        case "xsd_date":
            if not _is_day(value):
                raise QueryError(wrong)
            return Literal(value, datatype=NamedNode(f"{_XSD}date"))
        case "literal":
            return Literal(value)
        case language:
            return Literal(value, language=language)


def _is_day(value: str) -> bool:
    from datetime import date  # only where a day is given

    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def reading(text: str, *, service: bool = False, file: str = "query") -> str:
    """Return the form of a query that only reads: SELECT, ASK, CONSTRUCT or DESCRIBE. Messages name the file.

    Raises QueryError for an update, for SERVICE unless `service` allows it, and for what no engine would bear.
    """
    words = [token["word"].upper() for token in TOKEN.finditer(text) if token["word"]]
    if (form := next((word for word in words if word in FORMS or word in UPDATES), "")) in UPDATES:
        raise QueryError(f"{form} is an update; kg only reads: SELECT, ASK, CONSTRUCT or DESCRIBE")
    if "SERVICE" in words and not service:
        raise QueryError("SERVICE asks another endpoint; allow it with --service")
    check(text, file)
    return form


def run(store: Store, text: str, *, service: bool = False, file: str = "query") -> Answer:
    """Run a query; the prefixes of the project need not be declared. Messages name the file.

    Raises QueryError for what `reading` refuses, and for what the engine cannot read or does not support; OutsideError
    where a service failed.
    """
    reading(text, service=service, file=file)
    try:
        with engine():
            return store.query(text, use_default_graph_as_union=True, prefixes=PREFIXES)
    except SyntaxError as error:
        raise QueryError(explained(error, text, file)) from error
    except OutsideError as error:
        if service and "SERVICE" in text.upper():
            raise
        raise QueryError(str(error)) from error  # nothing outside was asked


@contextmanager
def engine() -> Iterator[None]:
    """Turn what fails in the engine into OutsideError; rows are made while they are read, so read them within."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise OutsideError(f"the query failed: {next(iter(str(error).splitlines()), type(error).__name__)}") from error
