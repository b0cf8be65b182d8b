"""The text of a query: its tokens, what of it the engine would not bear, and what the engine has against it."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from math import inf

from kg.errors import QueryError
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
        raise QueryError(f"{file}:1:1: no SELECT, ASK, CONSTRUCT or DESCRIBE stands here")
    parts = Counter(_PART.findall(text))
    if terms == inf and parts.total() <= _PARTS and parts["{"] + parts["("] + parts["["] <= _DEPTH:
        return  # as nearly all
    for offset, depth, strung, named in _extent(text):
        if depth > _DEPTH or strung > _PARTS or named > terms:
            what = f"{_DEPTH} brackets deep" if depth > _DEPTH else f"{_PARTS:,} brackets and operators outside VALUES"
            what = f"{terms:,} names, variables and strings outside VALUES" if named > terms else what
            place = f"{text.count(chr(10), 0, offset) + 1}:{offset - text.rfind(chr(10), 0, offset)}"
            raise QueryError(f"{file}:{place}: more than {what}: list values in VALUES or IN, or ask in parts")


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


def explained(error: SyntaxError, text: str, file: str) -> str:
    """Return the engine's words in one line; an undeclared prefix is what it can least explain, so it is named."""
    declared = {name.lower() for name in re.findall(r"(?i)\bPREFIX\s+([\w.-]*):", text)} | set(PREFIXES)
    for token in TOKEN.finditer(text):
        prefix, colon, _ = (token["name"] or "").partition(":")
        if colon and prefix != "_" and prefix.lower() not in declared and prefix not in declared:
            line = text.count("\n", 0, token.start()) + 1
            column = token.start() - text.rfind("\n", 0, token.start())
            return f"{file}:{line}:{column}: unknown prefix '{prefix}:'{suggest(prefix, PREFIXES, ':')}"
    line, column, message = fault(error)
    return f"{file}:{line}:{column}: {message}"


def fault(error: SyntaxError) -> tuple[int, int, str]:
    """Return line, column and message of the engine's error, in one line and of a length to be read."""
    first = next(iter(str(error).splitlines()), "")
    found = re.match(r"error at (\d+):(\d+): (.*)", first)
    line, column, message = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, first)
    message = message.removesuffix(", [_]").replace("expected one of The SELECT", "the SELECT")
    message = message.replace("expected [_]", _UNEXPECTED)
    return line, column, message if len(message) <= 160 else f"{message[:159]}…"
