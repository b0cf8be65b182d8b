"""Regular expressions of shapes: whether they are any, and which texts they match, in a time that grows with the text.

Python's engine tries one way after the other, and for some patterns the ways double with every character. What may be
such a pattern, and every long text, is left to the store's, which has the XPath of SPARQL and never tries twice.
"""

import re
from collections.abc import Iterable

from pyoxigraph import Literal, QuerySolutions, Store

_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
#: A repeated group of which each turn begins with a mark that is not among the characters behind it: there is one way.
_PARTED = re.compile(r"\((?:\?:)?(?P<mark>[-/.,;:_])(?P<class>\[[A-Za-z0-9-]+\])(?:[*+]|\{\d+(?:,\d*)?\})?\)[*+]")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REPEAT = re.compile(r"(?:(?<!\\)|(?<=\\\\))(?:[*+]|\{\d+,\})")
#: So many repeats in one pattern and so long a text cost Python a tenth of a second at most.
_REPEATS, _LONG = 2, 2000


def fault(pattern: str, flags: str) -> str:
    """Return why a pattern cannot be used, or ""."""
    try:
        re.compile(pattern, _python(flags))
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression: {error}"
    if _is_plain(pattern) or _by_the_store(pattern, flags, [""]) is not None:
        return ""
    return "repeats so much that it may take for ever, and has what only engines know that do"


def matching(pattern: str, flags: str, texts: Iterable[str]) -> set[str]:
    """Return the texts in which the pattern, which has no fault, matches somewhere.

    What only Python's engine knows, such as looking ahead, is not found in a long text.
    """
    given = set(texts)
    quick = {text for text in given if len(text) <= _LONG} if _is_plain(pattern) else set()
    search = re.compile(pattern, _python(flags)).search
    slow = _by_the_store(pattern, flags, given - quick) if given - quick else None
    return {text for text in quick if search(text)} | (slow or set())


def _python(flags: str) -> int:
    return sum((flag for name, flag in _FLAGS.items() if name in flags), re.NOFLAG)


def _is_plain(pattern: str) -> bool:
    """Say whether Python is sure to be done soon with a text that is not long."""
    rest = _PARTED.sub(_once, pattern)
    return not _REPEATED_GROUP.search(rest) and len(_REPEAT.findall(rest)) <= _REPEATS


def _once(found: re.Match[str]) -> str:
    return found[0] if re.match(found["class"], found["mark"]) else ""


def _by_the_store(pattern: str, flags: str, texts: Iterable[str]) -> set[str] | None:
    """Return the texts that match, or None where the pattern is none for the store."""
    values = " ".join(str(Literal(text)) for text in texts)
    known = "".join(sorted(set(flags) & set(_FLAGS)))
    test = f"REGEX(?text, {Literal(pattern)}, {Literal(known)})"
    rows = Store().query(f"SELECT ?text ({test} AS ?matches) WHERE {{ VALUES ?text {{ {values} }} }}")
    assert isinstance(rows, QuerySolutions)
    answers = {str(row["text"].value): row["matches"] for row in rows}
    if None in answers.values():
        return None
    return {text for text, matches in answers.items() if matches.value == "true"}
