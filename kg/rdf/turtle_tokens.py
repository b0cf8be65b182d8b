"""Tokens of Turtle by its grammar, with their offsets, and the values of escapes in them."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# https://www.w3.org/TR/turtle/#sec-grammar-grammar, from production 163s on.
_LETTER = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_FIRST_CHAR = f"{_LETTER}_0-9"
_CHAR = rf"{_FIRST_CHAR}\-\u00b7\u0300-\u036f\u203f\u2040"
_ESCAPE = r"%[0-9A-Fa-f]{2} | \\[_~.\-!$&'()*+,;=/?\#@%]"
#: A token behind white space and comments. No repetition backtracks.
TURTLE_TOKEN = re.compile(
    rf"""
    (?: [ \t\r\n]++ | \#[^\r\n]*+ )*+
    (?: (?P<name> (?: [{_LETTER}] (?: \.*+ [{_CHAR}]++ )*+ )?+ :
            (?: (?: [{_FIRST_CHAR}:] | {_ESCAPE} ) (?: \.*+ (?: [{_CHAR}:]++ | {_ESCAPE} ) )*+ )?+ )
    | (?P<mark> \^\^ | [][();,] | \.(?![0-9]) )
    | (?P<string> ""\"(?: [^"\\]++ | \\. | "{{1,2}}(?!") )*+""\" | '''(?: [^'\\]++ | \\. | '{{1,2}}(?!') )*+'''
            | "(?: [^"\\\n\r]++ | \\. )*+" | '(?: [^'\\\n\r]++ | \\. )*+' )
    | (?P<iri> <(?: [^\x00-\x20<>"{{}}|^`\\]++ | \\u[0-9A-Fa-f]{{4}} | \\U[0-9A-Fa-f]{{8}} )*+> )
    | (?P<tag> @[A-Za-z]++(?:-[A-Za-z0-9]++)*+ )
    | (?P<double> [+-]?+ (?: [0-9]++ (?:\.[0-9]*+)?+ | \.[0-9]++ ) [eE][+-]?+[0-9]++ )
    | (?P<decimal> [+-]?+ [0-9]*+\.[0-9]++ )
    | (?P<integer> [+-]?+ [0-9]++ )
    | (?P<blank> _:[{_FIRST_CHAR}] (?: \.*+ [{_CHAR}]++ )*+ )
    | (?P<word> [A-Za-z]++ )
    | (?P<newer> << | >> | \{{\| | \|\}} | ~ | --[A-Za-z]++ )
    | (?P<end> \Z ) )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a text: its kind, as the grammar above names it, its text, and the offsets of both its ends."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a Turtle text, without white space and comments, up to the first text that is none."""
    end = 0
    while (match := TURTLE_TOKEN.match(text, end)) and (kind := match.lastgroup) not in (None, "end"):
        start, end = match.span(kind)
        yield Token(str(kind), match[kind], start, end)


def line_starts(text: str) -> tuple[int, ...]:
    """Return the offset of the first character of each line."""
    return (0, *(match.end() for match in re.finditer("\n", text)))


def place(starts: Sequence[int], offset: int) -> tuple[int, int]:
    """Return line and column of an offset, both counted from 1, the column in characters."""
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1
