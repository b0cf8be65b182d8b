"""Regular expressions of shapes: whether they are valid, and which texts they match, in linear time.

Python's engine backtracks, and for some patterns the time doubles with every character. A pattern that may be one of
these, and every long text, goes to the engine of the store, which has the syntax of SPARQL and never backtracks.
"""

import re
from collections.abc import Iterable

from pyoxigraph import Literal, QuerySolutions, Store

_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
#: A repeated group that begins with a mark which its characters exclude, so that it matches in one way only.
_PARTED = re.compile(r"\((?:\?:)?(?P<mark>[-/.,;:_])(?P<class>\[[A-Za-z0-9-]+\])(?:[*+]|\{\d+(?:,\d*)?\})?\)[*+]")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REPEAT = re.compile(r"(?:(?<!\\)|(?<=\\\\))(?:[*+]|\{\d+,\})")
#: With this number of repeats in a pattern and this length of a text, Python takes 0.1 s at most.
_REPEATS, _LONG = 2, 2000


def fault(pattern: str, flags: str) -> str:
    """Return why a pattern cannot be used, as the end of a sentence, or ""."""
    try:
        re.compile(pattern, _python(flags))
    except (re.error, OverflowError, RecursionError) as error:
        return f"is not a valid regular expression: {error}"
    if _is_plain(pattern) or _by_the_store(pattern, flags, [""]) is not None:
        return ""
    return "may take exponential time, and has syntax that engines without backtracking lack: simplify it"


def matching(pattern: str, flags: str, texts: Iterable[str]) -> set[str]:
    """Return the texts in which a valid pattern matches somewhere.

    Syntax that only Python's engine has, such as look-ahead, never matches in a long text.
    """
    texts = set(texts)
    quick = {text for text in texts if len(text) <= _LONG} if _is_plain(pattern) else set()
    search = re.compile(pattern, _python(flags)).search
    slow = _by_the_store(pattern, flags, texts - quick) if texts - quick else None
    return {text for text in quick if search(text)} | (slow or set())


def _python(flags: str) -> int:
    return sum((flag for name, flag in _FLAGS.items() if name in flags), re.NOFLAG)


def _is_plain(pattern: str) -> bool:
    """Return whether Python surely needs little time for a text that is not long."""
    rest = _PARTED.sub(lambda group: group[0] if re.match(group["class"], group["mark"]) else "", pattern)
    return not _REPEATED_GROUP.search(rest) and len(_REPEAT.findall(rest)) <= _REPEATS


def _by_the_store(pattern: str, flags: str, texts: Iterable[str]) -> set[str] | None:
    """Return the texts that match, or None where the store refuses the pattern."""
    values = " ".join(str(Literal(text)) for text in texts)
    known = "".join(sorted(set(flags) & set(_FLAGS)))
    test = f"REGEX(?text, {Literal(pattern)}, {Literal(known)})"
    rows = Store().query(f"SELECT ?text ({test} AS ?matches) WHERE {{ VALUES ?text {{ {values} }} }}")
    assert isinstance(rows, QuerySolutions)
    answers = {str(row["text"].value): row["matches"] for row in rows}
    return None if None in answers.values() else {text for text, matches in answers.items() if matches.value == "true"}
