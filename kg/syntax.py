"""What cannot be read: Turtle files and queries with a fault of syntax, and where it may come from."""

import re
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Store

from kg.errors import KgError, SourceError
from kg.findings import Finding
from kg.query import TOKEN, parse


def of_file(root: Path, error: SourceError) -> Finding:
    """Return the finding for a file that cannot be read, with a word on the line before that may be to blame."""
    rule = "syntax:sparql" if error.file.endswith(".rq") else "syntax:turtle"
    message = error.message + _line_before(root / error.file, error.line, error.column)
    return Finding("violation", rule, error.file, error.line, error.column, None, None, None, message)


def _line_before(path: Path, line: int, column: int) -> str:
    """Return what is missing at the end of the line before, or nothing.

    A parser notices a missing semicolon, comma or full stop only at the next word.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    if not 0 < line <= len(lines) or lines[line - 1][: column - 1].strip():
        return ""
    before = [number for number in range(1, line) if lines[number - 1].strip() and lines[number - 1].lstrip()[0] != "#"]
    if before and not lines[before[-1] - 1].startswith(" ") and lines[before[-1] - 1].rstrip()[-1] not in ".>":
        before.pop()  # the subject of the block that the error begins
        return f"; the block that ends in line {before[-1]} lacks its '.'" if before else ""
    if before and lines[before[-1] - 1].rstrip()[-1] not in ";,.>":
        return f"; line {before[-1]} lacks its ';', ',' or '.'"
    return ""


def of_query(file: str, text: str) -> Iterator[Finding]:
    """Give the fault that keeps the engine from reading a query; one with SERVICE is not tried, as it might call."""
    if any((token["word"] or "").upper() == "SERVICE" for token in TOKEN.finditer(text)):
        return
    try:
        Store().query(text)
    except SyntaxError as error:
        first = str(error).splitlines()[0]
        found = re.match(r"error at (\d+):(\d+): (.*)", first)
        line, column, message = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, first)
        message = message if len(message) <= 160 else f"{message[:159]}…"
        yield Finding("violation", "syntax:sparql", file, line, column, None, None, None, message)


def of_header(file: str, text: str) -> Iterator[Finding]:
    """Give the fault for which a stored question's header, or the parameters that it describes, cannot be used."""
    try:
        parse(Path(file).stem, text, file)
    except KgError as error:
        found = re.match(r"[^:\s]+:(\d+):(\d+): (.*)", str(error))
        line, column, message = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, str(error))
        yield Finding("violation", "syntax:header", file, line, column, None, None, None, message)
