"""Turtle with places: each triple of a file with the offsets of its subject, predicate and object.

The parser of the store gives no offsets. It has validated the text before; this parser goes token by token and keeps
the open constructs in a list, so that neither the depth nor the length of a text is a limit.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.errors import SourceError
from kg.rdf.namespaces import PREFIXES
from kg.rdf.tokens import Declaration, unescaped
from kg.rdf.turtle_tokens import TURTLE_TOKEN, line_starts, place

_RDF, _XSD = PREFIXES["rdf"], PREFIXES["xsd"]
_TYPE, _FIRST, _REST, _NIL = (NamedNode(f"{_RDF}{name}") for name in ("type", "first", "rest", "nil"))

Term = NamedNode | BlankNode | Literal


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple and the offsets of its subject (where the block begins), predicate and object."""

    subject: NamedNode | BlankNode
    predicate: NamedNode
    object: Term
    block: int
    verb: int
    value: int


@dataclass(frozen=True, slots=True)
class Places:
    """A file's triples and prefixes in the order of the text; offsets count characters from zero."""

    name: str
    statements: tuple[Statement, ...]
    prefixes: tuple[Declaration, ...]
    line_starts: tuple[int, ...]

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both counted from 1, the column in characters."""
        return place(self.line_starts, offset)


def read(text: str, name: str) -> Places:
    """Return the places of all triples in a Turtle text that the store has read; `name` is that of the file.

    Raises SourceError, with line and column, where the text is not Turtle or uses RDF 1.2. Its message repeats no text.
    """
    parser = _Parser(text, name)
    parser.document()
    return Places(name, tuple(parser.statements), tuple(parser.prefixes), line_starts(text))


def refuse_newer(text: str, name: str) -> None:
    """Raise SourceError, with line and column, where a text that the store has read uses RDF 1.2, such as `<<`."""
    parser = _Parser(text, name)
    while parser.take() != "end":
        pass


@dataclass(slots=True)
class _Open:
    """An open construct: a statement (up to '.'), a blank node (']') or a list (')'), with its node and its offset.

    In a list `subject` is the last cell so far and `block` its offset.
    """

    close: str
    start: int
    node: NamedNode | BlankNode | None
    subject: NamedNode | BlankNode | None
    block: int
    predicate: NamedNode = _TYPE
    verb: int = 0


class _Parser:
    """Parses a text token by token; `_expected` is the method that takes the next one."""

    def __init__(self, text: str, name: str) -> None:
        self.statements: list[Statement] = []
        self.prefixes: list[Declaration] = []
        self._text, self._name = text, name
        self._kind, self._written, self._start = "", "", 0
        self._end = 1 if text.startswith("\ufeff") else 0  # a byte-order mark counts as a character
        self._open: list[_Open] = []
        self._expected = self._statement
        self._base: str | None = None
        self._spaces: dict[str, str] = {}
        self._names: dict[str, NamedNode] = {}  # by their text; cleared where a prefix or the base changes
        self._blanks: dict[str, BlankNode] = {}

    def document(self) -> None:
        """Read the whole text."""
        try:
            while self.take() != "end":
                self._expected()
        except ValueError as error:  # a name or literal that the store would not take
            self._refuse("not a valid name or literal", error)
        if self._open:
            self._refuse("unexpected end of file")

    def take(self) -> str:
        """Take the next token and return its kind."""
        match = TURTLE_TOKEN.match(self._text, self._end)
        if match is None or match.lastgroup is None:
            self._start = len(self._text) - len(self._text[self._end :].lstrip(" \t\r\n"))
            self._refuse("not a token of Turtle")
        self._kind, self._written = match.lastgroup, match[match.lastgroup]
        self._start, self._end = match.span(match.lastgroup)
        if self._kind == "newer":
            self._refuse(f"'{self._written}' is RDF 1.2, but the graph is RDF 1.1: write a claim instead")
        return self._kind

    def _refuse(self, message: str, cause: Exception | None = None) -> NoReturn:
        raise SourceError(message, self._name, *place(line_starts(self._text), self._start)) from cause

    def _statement(self) -> None:
        """Take a directive, or the subject of a statement."""
        word = self._written.lower().lstrip("@")
        if self._kind in ("word", "tag") and word in ("base", "prefix", "version"):
            self._directive(word)
        else:
            self._open.append(_Open(".", self._start, None, None, self._start))
            self._term()

    def _verb(self) -> None:
        """Take a predicate, a superfluous semicolon, or the end of the open construct."""
        here = self._open[-1]
        if self._written == here.close:
            self._closed()
        elif self._written != ";":
            here.verb = self._start
            here.predicate = _TYPE if self._kind == "word" and self._written == "a" else self._iri()
            self._expected = self._term

    def _term(self) -> None:
        """Take an object, an item of a list or a subject; or the end of a list."""
        kind, written, start = self._kind, self._written, self._start
        if written == "[":
            node = BlankNode()
            self._open.append(_Open("]", start, node, node, start))
            self._expected = self._verb
        elif written == "(":
            self._open.append(_Open(")", start, _NIL, None, start))
            self._expected = self._term
        elif written == ")" and self._open[-1].close == ")":
            self._closed()
        elif kind == "blank":
            self._give(self._blanks.setdefault(written, BlankNode()), start)
        else:
            self._give(self._literal() if kind in _LITERAL else self._iri(), start)

    def _after(self) -> None:
        """Take the mark behind an object."""
        if self._written == ",":
            self._expected = self._term
        elif self._written == ";":
            self._expected = self._verb
        elif self._written == self._open[-1].close:
            self._closed()
        else:
            self._refuse(f"expected ',', ';' or '{self._open[-1].close}'")

    def _give(self, term: Term, start: int) -> None:
        """Add a term to the open construct: as the subject of a statement, an object or an item."""
        here = self._open[-1]
        if here.close == ")":
            cell = BlankNode()
            block = here.start if here.subject is None else start
            self._link(here, cell, start)
            self.statements.append(Statement(cell, _FIRST, term, block, start, start))
            here.subject, here.block, here.verb = cell, block, start
            self._expected = self._term
        elif here.subject is None:
            if isinstance(term, Literal):
                self._refuse("a literal cannot be a subject")
            here.subject = term
            self._expected = self._verb
        else:
            self.statements.append(Statement(here.subject, here.predicate, term, here.block, here.verb, start))
            self._expected = self._after

    def _link(self, here: _Open, cell: NamedNode | BlankNode, start: int) -> None:
        """Add a cell, or the end, to a list."""
        if here.subject is None:
            here.node = cell
        else:
            self.statements.append(Statement(here.subject, _REST, cell, here.block, here.verb, start))

    def _closed(self) -> None:
        """End the open construct and add its node to the one around it."""
        here = self._open.pop()
        if here.close == ")":
            self._link(here, _NIL, self._start)
        if here.node is None:
            self._expected = self._statement
        else:
            self._give(here.node, here.start)

    def _directive(self, word: str) -> None:
        dotted = self._kind == "tag"
        if word == "prefix" and self.take() != "name":
            self._refuse("expected a prefix")
        name = self._written.removesuffix(":")
        if self.take() != ("string" if word == "version" else "iri"):
            self._refuse(f"expected the value of {word.upper()}")
        self._names.clear()
        if word == "base":
            self._base = self._whole(self._written)
        elif word == "prefix":
            self._spaces[name] = self._whole(self._written)
            self.prefixes.append(Declaration(name, self._spaces[name], self._start))
        if dotted and (self.take(), self._written) != ("mark", "."):
            self._refuse("expected '.'")

    def _iri(self) -> NamedNode:
        written = self._written
        if known := self._names.get(written):
            return known
        if self._kind == "iri":
            found = NamedNode(self._whole(written))
        elif self._kind == "name":
            prefix, _, local = written.partition(":")
            if prefix not in self._spaces:
                self._refuse("the prefix has not been declared")
            found = NamedNode(self._spaces[prefix] + re.sub(r"\\(.)", r"\1", local))
        else:
            self._refuse("expected a name")
        self._names[written] = found
        return found

    def _whole(self, written: str) -> str:
        """Return the IRI between the brackets, resolved where there is a base."""
        iri = unescaped(written[1:-1])
        if self._base is None:
            return iri
        triple = next(parse(f"<{iri}> <x:x> <x:x> .", RdfFormat.TURTLE, base_iri=self._base))
        return str(triple.subject)[1:-1]

    def _literal(self) -> Literal:
        kind, written = self._kind, self._written
        if kind == "word":
            kind = "boolean"
            if written not in ("true", "false"):
                self._refuse("expected a name or a literal")
        if kind != "string":
            return Literal(written, datatype=NamedNode(f"{_XSD}{kind}"))
        marks = 3 if written.startswith(('"""', "'''")) else 1
        value = unescaped(written[marks:-marks])
        then = TURTLE_TOKEN.match(self._text, self._end)
        if then is not None and then["tag"]:
            self.take()
            return Literal(value, language=self._written[1:])
        if then is not None and then["mark"] == "^^":
            self.take()
            self.take()
            return Literal(value, datatype=self._iri())
        return Literal(value)


_LITERAL = frozenset(["string", "integer", "decimal", "double", "word"])
