"""What cannot be read: Turtle files and queries with a fault of syntax, and where it may come from."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Store

from kg.errors import KgError, QueryError, SourceError
from kg.project.dataset import Source
from kg.project.files import glance
from kg.query.limits import TERMS, check, refused
from kg.query.questions import parse
from kg.rdf.namespaces import nearest
from kg.rdf.tokens import TOKEN
from kg.rules.severity import Severity
from kg.validation.finding import Finding

#: How the lines begin that git puts around what it could not merge.
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")
_UNDECLARED = re.compile(r"prefix (\w+): has not been declared")
_DECLARATION = re.compile(r"\s*@?prefix\s+(\w+):", re.IGNORECASE)
#: The rule that shapes break of which none can be asked.
SHAPES = "syntax:shapes"
_EMPTY = "A file says something of something: bring back what stood here, or remove the file."


def silent(store: Store, sources: Iterable[Source]) -> Iterator[SourceError]:
    """Give an error for each of the files that says nothing: it was emptied, or has no use."""
    for source in sources:
        if not store.contains_named_graph(NamedNode(source.graph)):
            yield SourceError(_EMPTY, source.name, rule="syntax:empty")


def of_file(root: Path, error: SourceError) -> Finding:
    """Return the finding for a file that cannot be read, with a word on the line before that may be to blame."""
    rule = error.rule or ("syntax:sparql" if error.file.endswith(".rq") else "syntax:turtle")
    hint = "" if error.rule else _hint(error.message, glance(root, error.file) or "", error.line, error.column)
    message = error.message + hint
    return Finding(severity=Severity.VIOLATION, rule=rule, place=error.place, message=message)


def _hint(message: str, text: str, line: int, column: int) -> str:
    """Return what is missing at the end of the line before, or what else may be to blame, or nothing.

    A parser notices a missing semicolon, comma or full stop only at the next word.
    """
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return ""
    if unknown := _UNDECLARED.search(message):
        return _declared_alike(unknown[1], lines)
    if lines[line - 1].startswith(_CONFLICT):
        return "; here two versions of the file are still to be made one"
    if lines[line - 1][: column - 1].strip():
        return ""
    before = [number for number in range(1, line) if lines[number - 1].strip() and lines[number - 1].lstrip()[0] != "#"]
    if before and not lines[before[-1] - 1].startswith(" ") and lines[before[-1] - 1].rstrip()[-1] not in ".>":
        before.pop()  # the subject of the block that the error begins
        return f"; the block that ends in line {before[-1]} lacks its '.'" if before else ""
    if before and lines[before[-1] - 1].rstrip()[-1] not in ";,.>":
        return f"; line {before[-1]} lacks its ';', ',' or '.'"
    return ""


def _declared_alike(prefix: str, lines: Iterable[str]) -> str:
    """Return which line declares a prefix that may be meant, by its name."""
    found = {line[1]: number for number, text in enumerate(lines, 1) if (line := _DECLARATION.match(text))}
    near = nearest(prefix, sorted(found))
    return f"; line {found[near]} declares '{near}:'" if near is not None else ""


def of_query(file: str, text: str) -> Iterator[Finding]:
    """Give the fault that keeps the engine from reading a query; one with SERVICE is not tried, as it might call."""
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
    """Give the fault for which a stored question's header, or the parameters that it describes, cannot be used."""
    try:
        parse(Path(file).stem, text, file)
    except KgError as error:
        yield _in_query("syntax:header", error)


def _in_query(rule: str, error: KgError) -> Finding:
    return Finding(severity=Severity.VIOLATION, rule=rule, place=error.place, message=error.message)
