"""Tokens of SPARQL and Turtle, and the names and PREFIX declarations among them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.rdf.namespaces import PREFIXES

#: One token of SPARQL: those that may contain a `?`, a `#` or a keyword come first. No repetition backtracks, so that
#: each text takes linear time.
TOKEN = re.compile(
    r'''
    (?P<string> """(?:[^"\\]++|\\.|"{1,2}(?!"))*+""" | \'\'\'(?:[^'\\]++|\\.|'{1,2}(?!'))*+\'\'\'
              | "(?:[^"\\\n\r]++|\\.)*+" | '(?:[^'\\\n\r]++|\\.)*+' )
  | (?P<iri> <[^<>"{}|^`\\\x00-\x20]*+> )
  | (?P<comment> \#[^\n\r]* )
  | (?P<variable> [?$]\w+ )
  | (?P<name> (?:[^\W\d][\w.-]{0,99}+)?+:[\w.:%\\-]* )
  | (?P<word> @?[^\W\d]\w* )
    ''',
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_MEANT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text: as written, its IRI ("" where the prefix is not declared), and its offset."""

    written: str
    iri: str
    offset: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """A PREFIX in a text: the prefix without colon, its namespace, the offset of the namespace."""

    prefix: str
    namespace: str
    offset: int


def names(text: str) -> Iterator[Name | Declaration]:
    """Yield the names and the PREFIX declarations of a SPARQL or Turtle text, which may be broken.

    Strings and comments have none. The prefixes of the project need no declaration.
    """
    spaces = dict(PREFIXES)
    waiting: str | None = None  # the prefix of an open declaration, "" before its prefix, None outside
    for token in TOKEN.finditer(text):
        written, iri = token["name"], token["iri"]
        if (token["word"] or "").lower().lstrip("@") == "prefix":
            waiting = ""
        elif waiting == "" and written and written.endswith(":"):
            waiting = written
        elif waiting and iri:
            spaces[waiting[:-1]] = iri[1:-1]
            yield Declaration(waiting[:-1], iri[1:-1], token.start())
            waiting = None
        elif iri:
            yield Name(iri, iri[1:-1], token.start())
        elif written and not written.startswith("_:"):
            prefix, _, local = written.rstrip(".").partition(":")
            whole = spaces[prefix] + local.replace("\\", "") if prefix in spaces else ""
            yield Name(written.rstrip("."), whole, token.start())


def unescaped(text: str) -> str:
    """Return the text without its escapes."""
    if "\\" not in text:
        return text
    return _ESCAPED.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[3] is None else _MEANT.get(found[3], found[3]), text
    )
