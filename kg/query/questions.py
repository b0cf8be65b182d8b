"""Stored questions: the catalogue, their headers and their parameters."""

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from kg.errors import NameUnknownError, Place, QueryError, SourceError
from kg.project.files import File, clashes, listed, read_text
from kg.rdf.namespaces import expand, suggest
from kg.rdf.tokens import TOKEN

_BASIL = re.compile(r"(?P<optional>_?)_(?P<name>[A-Za-z0-9]+)(_(?P<type>[A-Za-z0-9_]+))?\Z")
#: The types that a parameter's variable names, each with the expected value; a language tag and no type are text.
TYPES = {
    "iri": "a name such as unit:x, an IRI, or a label",
    "integer": "a whole number",
    "number": "a number",
    "xsd_date": "a day as YYYY-MM-DD",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a question takes: its name, the variable in the query, its type, help and class."""

    name: str
    variable: str
    type: str
    required: bool
    help: str
    example: str
    class_: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A query with its header and parameters; name and file (relative to the project) are "" if it is not stored."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str
    file: str = ""

    @property
    def title(self) -> str:
        """Return the question as the subject of a sentence."""
        return f"query '{self.name}'" if self.name else "the query"


def names(root: Path) -> list[str]:
    """Return the names of the stored questions, without reading them."""
    return sorted(_files(root))


def _files(root: Path) -> dict[str, File]:
    """Return the files of the stored questions, at any depth, by name.

    Raises SourceError where they cannot be listed and where two have one name.
    """
    files = listed(root, "queries", ".rq")
    for folder in (file for file in files if not file.name.endswith(".rq")):
        raise SourceError(folder.fault, folder.name)
    for error in clashes(files, "question"):
        raise error
    return {file.path.stem: file for file in files}


def question(root: Path, name: str) -> Question:
    """Return the stored question of a name; raises QueryError with a near miss where there is none."""
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
    """Read a stored question: its `#+` header, a strict subset of YAML, and the parameters among its variables."""
    values: dict[str, object] = {}
    details: dict[str, dict[str, str]] = {}
    last = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#+"):
            continue
        entry = re.match(r"#\+ (?P<indent> *)(?P<key>[A-Za-z0-9-]+):(?: (?P<value>.*))?\Z", line)
        if entry and not entry["indent"]:
            last = entry["key"]
            values[last] = _flow(entry["value"] or "", file, number)
        elif entry and last == "params":
            details[entry["key"]] = _details(_flow(entry["value"] or "", file, number), file, number)
        elif last and line.startswith("#+   ") and isinstance(values[last], str):
            values[last] = f"{values[last]} {line[5:].strip()}".strip()
        else:
            raise QueryError("the header line is neither '#+ key: value' nor an indented entry of params", file, number)
    if not isinstance(summary := values.get("summary"), str) or not summary:
        raise QueryError("the header has no '#+ summary:' line: add one that states the question", file)
    description, tags = values.get("description", ""), values.get("tags", [])
    return Question(
        name,
        summary,
        description if isinstance(description, str) else "",
        tuple(map(str, tags)) if isinstance(tags, list) else (),
        parameters(text, details, file),
        text,
        file,
    )


def adhoc(text: str) -> Question:
    """Return a query that is not stored, with its parameters; raises QueryError for text that is not UTF-8."""
    if not is_utf8(text):
        raise QueryError("the query is not UTF-8: convert it to UTF-8")
    return Question("", "", "", (), parameters(text, {}, "the query"), text)


def is_utf8(value: str) -> bool:
    """Return whether the text has no surrogates, which stand for bytes of the command line that are not UTF-8."""
    return not any("\ud800" <= char <= "\udfff" for char in value)


def _flow(value: str, file: str, line: int) -> object:
    """Return the value of a key: JSON where it begins with a bracket, a brace or a quotation mark, else plain text."""
    if not value.startswith(("[", "{", '"')):
        return value
    import json  # not every header has such a value

    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise QueryError(f"the header's value is not JSON: {error.msg}", file, line) from error


def _details(value: object, file: str, line: int) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise QueryError(
            'a parameter has no valid description: expected {"help": "…", "example": "…", "class": "…"}', file, line
        )
    return {str(key): str(item) for key, item in value.items()}


def parameters(text: str, details: Mapping[str, Mapping[str, str]], file: str) -> tuple[Parameter, ...]:
    """Return the parameters of a query, in order of first mention, from variables named as in BASIL.

    `?_unit_iri` is required, `?__unit_iri` optional; raises QueryError for an unknown type, for a name with two
    types, and for a described parameter that the query does not use.
    """
    found: dict[str, Parameter] = {}
    for token in TOKEN.finditer(text):
        variable = token["variable"]
        if not variable or not variable[1:].startswith("_"):
            continue
        basil = _BASIL.match(variable[1:])
        kind = (basil["type"] or "literal") if basil else ""
        place = astuple(Place.of(file, text, token.start()))
        if basil is None or not (kind in TYPES or kind == "literal" or re.fullmatch("[a-z]{2}", kind)):
            raise QueryError(
                f"'{variable}' has no valid parameter type: end it with _{', _'.join(TYPES)} or _en, or with no type",
                *place,
            )
        name, known = basil["name"], found.get(basil["name"])
        if known and known.variable != variable[1:]:
            raise QueryError(
                f"parameter '{name}' occurs as '?{known.variable}' and as '{variable}': use one of them", *place
            )
        more = details.get(name, {})
        try:
            class_ = expand(more["class"]) if "class" in more else None
        except NameUnknownError as error:
            raise QueryError(str(error), file) from error
        help_, example, required = more.get("help", ""), more.get("example", ""), not basil["optional"]
        found[name] = Parameter(name, variable[1:], kind, required, help_, example, class_)
    if unknown := sorted(set(details) - set(found)):
        raise QueryError(
            f"the header describes parameter '{unknown[0]}', which the query does not use: delete the entry, or "
            "correct its name",
            file,
        )
    return tuple(found.values())
