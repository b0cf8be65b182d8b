"""Findings on files and queries that cannot be parsed, with a hint at the probable cause."""

from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from pathlib import Path

from pyoxigraph import NamedNode, Store

from kg.errors import KgError, QueryError, SourceError
from kg.project.dataset import Source
from kg.query.limits import TERMS, check, refused
from kg.query.questions import parse
from kg.rdf.namespaces import nearest
from kg.rdf.tokens import TOKEN, Declaration, Name, names
from kg.rules.severity import Severity
from kg.validation.finding import Finding

#: The starts of the lines with which git marks a merge conflict.
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")
#: The rule on shapes that cannot be evaluated.
SHAPES = "syntax:shapes"


def silent(store: Store, sources: Iterable[Source]) -> Iterator[SourceError]:
    """Yield an error for each file without statements."""
    for source in sources:
        if not store.contains_named_graph(NamedNode(source.graph)):
            message = "the file has no statement: a file must contain at least one statement."
            yield SourceError(message, source.name, rule="syntax:empty")


def of_file(glance: Callable[[str], str | None], error: SourceError) -> Finding:
    """Return the finding on a file that cannot be read, with a hint at the probable cause."""
    rule = error.rule or ("syntax:sparql" if error.file.endswith(".rq") else "syntax:turtle")
    hint = "" if error.rule else _hint(error.message, glance(error.file) or "", error.line, error.column)
    return Finding(severity=Severity.VIOLATION, rule=rule, place=error.place, message=error.message + hint)


def _hint(message: str, text: str, line: int, column: int) -> str:
    """Return a hint at the cause, or "", without words of the file; a missing mark shows only at the next token."""
    from kg.rdf.turtle_tokens import line_starts, place, tokens  # only where a file cannot be parsed

    starts = line_starts(text)
    if not 0 < line <= len(starts):
        return ""
    if text.startswith(_CONFLICT, starts[line - 1]):
        return "; resolve the merge conflict here"
    error = starts[line - 1] + column - 1
    if "has not been declared" in message:
        found = tuple(names(text))
        written = next((name.written for name in found if isinstance(name, Name) and name.offset == error), "")
        lines = {name.prefix: place(starts, name.offset)[0] for name in found if isinstance(name, Declaration)}
        similar = nearest(written.partition(":")[0], sorted(lines))
        return f"; line {lines[similar]} declares a prefix with a similar name" if similar is not None else ""
    before = list(takewhile(lambda token: token.start < error, tokens(text)))
    if len(before) < 2 or before[-1].end > error:
        return ""
    *_, second_last, last = before
    at_line_start = not text[starts[line - 1] : error].strip()
    if last.kind in ("name", "iri") and second_last.text == ";" and (at_line_start or text.startswith("a ", error)):
        return f"; the block that ends in line {place(starts, second_last.start)[0]} lacks its '.'"
    if at_line_start and last.kind != "mark" and second_last.text.lower().lstrip("@") not in ("prefix", "base"):
        return f"; line {place(starts, last.start)[0]} lacks its ';', ',' or '.'"
    return ""


def of_query(file: str, text: str) -> Iterator[Finding]:
    """Yield the violation for which the engine cannot parse a query; one with SERVICE is not tried: it might call."""
    if any((token["word"] or "").upper() == "SERVICE" for token in TOKEN.finditer(text)):
        return
    try:
        check(text, file, TERMS)
        Store().query(text)
    except QueryError as error:
        yield _in_query("syntax:sparql", error)
    except SyntaxError as error:
        yield _in_query("syntax:sparql", refused(error, file))


def of_header(file: str, text: str) -> Iterator[Finding]:
    """Yield the violation for which the header of a question, or a parameter in it, cannot be used."""
    try:
        parse(Path(file).stem, text, file)
    except KgError as error:
        yield _in_query("syntax:header", error)


def _in_query(rule: str, error: KgError) -> Finding:
    return Finding(severity=Severity.VIOLATION, rule=rule, place=error.place, message=error.message)
