"""Limits of a query's text, and the engine's syntax errors in words."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple
from itertools import chain
from math import inf

from kg.errors import Place, QueryError
from kg.rdf.namespaces import PREFIXES, suggest
from kg.rdf.tokens import TOKEN

UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"])
FORMS = frozenset(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"])
#: The brackets and operators for which the engine recurses.
_PART = re.compile(r"[][(){}|&!^/+*-]")
#: The greatest depth of brackets, and number of parts outside VALUES. With a stack of eight megabytes the engine
#: survived eight times the depth and two and a half times the parts.
_DEPTH, _PARTS = 100, 1000
#: The greatest number of names, variables and strings outside VALUES where no time limit holds: the engine plans 150
#: triple patterns in ten seconds, and twice as many in sixteen times that.
TERMS = 400
_UNEXPECTED = "unexpected token, or one is missing before it"


def check(text: str, file: str, terms: float = inf) -> None:
    """Raise QueryError, with the place, for a text without a query form, or one too large for the engine.

    Its parser and planner recurse for nested and for chained parts: far beyond these limits the process crashes.
    """
    if not any(token["word"] and token["word"].upper() in FORMS | UPDATES for token in TOKEN.finditer(text)):
        raise QueryError("expected SELECT, ASK, CONSTRUCT or DESCRIBE", file)
    parts = Counter(_PART.findall(text))
    if terms == inf and parts.total() <= _PARTS and parts["{"] + parts["("] + parts["["] <= _DEPTH:
        return  # nearly every query
    for offset, depth, part_count, term_count in _extent(text):
        if depth > _DEPTH or part_count > _PARTS or term_count > terms:
            limit = f"{_PARTS:,} brackets and operators outside VALUES"
            limit = f"{_DEPTH} nested brackets" if depth > _DEPTH else limit
            limit = f"{terms:,} names, variables and strings outside VALUES" if term_count > terms else limit
            place = Place.of(file, text, offset)
            raise QueryError(
                f"the query has more than {limit}: list values in VALUES or IN, or split the query", *astuple(place)
            )


def _extent(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield offsets, each with the depth and the numbers of parts and terms outside VALUES up to it."""
    depth = parts = terms = end = 0
    values: int | None = None  # the depth at which a block of values began, -1 where it is still to begin
    for token in chain(TOKEN.finditer(text), [None]):
        for part in _PART.finditer(text, end, token.start() if token else len(text)):
            if values == -1 and part[0] == "{":
                values = depth
            depth += 1 if part[0] in "{[(" else -1 if part[0] in "}])" else 0
            values = None if values == depth else values
            parts += values is None and part[0] not in "}])"
            yield part.start(), depth, parts, terms
        if token:
            end = token.end()
            terms += values is None and token.lastgroup in ("string", "iri", "variable", "name")
            values = -1 if (token["word"] or "").upper() == "VALUES" and values is None else values
            yield token.start(), depth, parts, terms


def explained(error: SyntaxError, text: str, file: str) -> QueryError:
    """Return a syntax error of the engine as ours; it names an undeclared prefix, which the engine does not."""
    declared = {name.lower() for name in re.findall(r"(?i)\bPREFIX\s+([\w.-]*):", text)} | set(PREFIXES)
    for token in TOKEN.finditer(text):
        prefix, colon, _ = (token["name"] or "").partition(":")
        if colon and prefix != "_" and prefix.lower() not in declared and prefix not in declared:
            place = Place.of(file, text, token.start())
            return QueryError(f"unknown prefix '{prefix}:'{suggest(prefix, PREFIXES, ':')}", *astuple(place))
    return refused(error, file)


def refused(error: SyntaxError, file: str) -> QueryError:
    """Return a syntax error of the engine as ours, in one line of at most 160 characters."""
    first = next(iter(str(error).splitlines()), "")
    match = re.match(r"error at (\d+):(\d+): (.*)", first)
    line, column, message = (int(match[1]), int(match[2]), match[3]) if match else (1, 1, first)
    message = message.removesuffix(", [_]").replace("expected one of The SELECT", "the SELECT")
    message = message.replace("expected [_]", _UNEXPECTED)
    return QueryError(message if len(message) <= 160 else f"{message[:159]}…", file, line, column)
