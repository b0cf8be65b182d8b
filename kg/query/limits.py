"""The text of a query: its tokens, what of it the engine would not bear, and what the engine has against it."""

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
#: What stands between tokens and makes the engine call itself.
_PART = re.compile(r"[][(){}|&!^/+*-]")
#: So deep may a query be, and so many such parts may it have outside VALUES. In the eight megabytes that a process has
#: for its calls the engine bore eight times the depth and two and a half times the parts.
_DEPTH, _PARTS = 100, 1000
#: So many names, variables and strings may stand outside VALUES where no time limit holds: to plan 150 triple patterns
#: takes the engine ten seconds, and twice as many sixteen times as long.
TERMS = 400
_UNEXPECTED = "what stands here, or is missing before it, leaves no sense"


def check(text: str, file: str, terms: float = inf) -> None:
    """Raise QueryError, with the place, for a query that asks nothing, or that is more than the engine bears.

    Its parser and its planner call themselves for what is nested and for what is strung together: far beyond these
    limits the whole process ends without a word.
    """
    if not any(token["word"] and token["word"].upper() in FORMS | UPDATES for token in TOKEN.finditer(text)):
        raise QueryError("no SELECT, ASK, CONSTRUCT or DESCRIBE stands here", file)
    parts = Counter(_PART.findall(text))
    if terms == inf and parts.total() <= _PARTS and parts["{"] + parts["("] + parts["["] <= _DEPTH:
        return  # as nearly all
    for offset, depth, strung, named in _extent(text):
        if depth > _DEPTH or strung > _PARTS or named > terms:
            what = f"{_DEPTH} brackets deep" if depth > _DEPTH else f"{_PARTS:,} brackets and operators outside VALUES"
            what = f"{terms:,} names, variables and strings outside VALUES" if named > terms else what
            place = Place.of(file, text, offset)
            raise QueryError(f"more than {what}: list values in VALUES or IN, or ask in parts", *astuple(place))


def _extent(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Give offsets with how deep they lie, and how many parts and how many terms there were so far outside VALUES."""
    depth = parts = terms = end = 0
    values: int | None = None  # the depth at which a block of values began, -1 where it is still to begin
    for token in chain(TOKEN.finditer(text), [None]):
        for found in _PART.finditer(text, end, token.start() if token else len(text)):
            if values == -1 and found[0] == "{":
                values = depth
            depth += 1 if found[0] in "{[(" else -1 if found[0] in "}])" else 0
            values = None if values == depth else values
            parts += values is None and found[0] not in "}])"
            yield found.start(), depth, parts, terms
        if token:
            end = token.end()
            terms += values is None and token.lastgroup in ("string", "iri", "variable", "name")
            values = -1 if (token["word"] or "").upper() == "VALUES" and values is None else values
            yield token.start(), depth, parts, terms


def explained(error: SyntaxError, text: str, file: str) -> QueryError:
    """Return what the engine refuses as an error; a prefix that is not declared is named, which the engine does not."""
    declared = {name.lower() for name in re.findall(r"(?i)\bPREFIX\s+([\w.-]*):", text)} | set(PREFIXES)
    for token in TOKEN.finditer(text):
        prefix, colon, _ = (token["name"] or "").partition(":")
        if colon and prefix != "_" and prefix.lower() not in declared and prefix not in declared:
            place = Place.of(file, text, token.start())
            return QueryError(f"unknown prefix '{prefix}:'{suggest(prefix, PREFIXES, ':')}", *astuple(place))
    return refused(error, file)


def refused(error: SyntaxError, file: str) -> QueryError:
    """Return what the engine refuses as an error, in one line of at most 160 characters."""
    first = next(iter(str(error).splitlines()), "")
    found = re.match(r"error at (\d+):(\d+): (.*)", first)
    line, column, message = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, first)
    message = message.removesuffix(", [_]").replace("expected one of The SELECT", "the SELECT")
    message = message.replace("expected [_]", _UNEXPECTED)
    return QueryError(message if len(message) <= 160 else f"{message[:159]}…", file, line, column)
