"""Turtle with places: every triple of a file, and where its subject, predicate and object stand in the text.

A thin layer on rdflib's parser, whose methods keep their names. rdflib takes a quarter of a second to import, so that
this module is itself imported only where something has to be located.
"""

import re
from bisect import bisect_right
from collections.abc import MutableSequence
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import BNode, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser, sfloat

from kg.errors import SourceError
from kg.terms import PREFIXES

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*")
_FIRST = NamedNode(f"{PREFIXES['rdf']}first")
_REST = NamedNode(f"{PREFIXES['rdf']}rest")
_NIL = NamedNode(f"{PREFIXES['rdf']}nil")
#: What rdflib makes of a bare word or number, and the datatype for which it stands; bool comes first, being an int.
_BARE = ((bool, "boolean"), (int, "integer"), (Decimal, "decimal"), (sfloat, "double"))

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
class Prefix:
    """One PREFIX line: the prefix without its colon, its namespace, and the offset at which the line begins."""

    name: str
    namespace: str
    offset: int


@dataclass(frozen=True, slots=True)
class Places:
    """A file's triples and prefixes in the order of the text; offsets count characters from zero."""

    name: str
    statements: tuple[Statement, ...]
    prefixes: tuple[Prefix, ...]
    line_starts: tuple[int, ...]

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both counted from 1, the column in characters."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1


def read(text: str, name: str) -> Places:
    """Return the places of all triples in a Turtle text that the store has read; `name` is the file's.

    Raises SourceError, with line and column, where the text is not Turtle.
    """
    line_starts = (0, *(found.end() for found in re.finditer("\n", text)))
    parser = _Parser()
    try:
        # rdflib does not know a byte-order mark in decoded text; a blank keeps all offsets.
        parser.feed(" " + text[1:] if text.startswith("\ufeff") else text)
    except BadSyntax as error:
        offset = max(error._i, 0)
        line = bisect_right(line_starts, offset)
        raise SourceError(error._why, name, line, offset - line_starts[line - 1] + 1) from error
    return Places(name, tuple(parser.statements), tuple(parser.prefixes), line_starts)


class _Sink(RDFSink):
    """Makes terms for the parser and keeps no graph."""

    def __init__(self) -> None:
        self.rootFormula = None
        self.uuid = ""
        self.counter = 0

    # The lexical form has to stay as it was written; rdflib's own literals would parse it and may log what they think.
    def newLiteral(self, s: str, dt: URIRef | None, lang: str | None) -> Literal:  # type: ignore[override]  # noqa: N802
        if dt is not None:
            return Literal(s, datatype=NamedNode(str(dt)))
        return Literal(s, language=lang)


class _Parser(SinkParser):
    """Collects statements with their offsets; grammar and terms are rdflib's."""

    def __init__(self) -> None:
        # The base is never used: the store refuses a relative IRI; but without one rdflib refuses BASE lines.
        super().__init__(_Sink(), baseURI="base:", turtle=True)
        self.statements: list[Statement] = []
        self.prefixes: list[Prefix] = []
        self._directive = 0
        # Where the subjects begin whose property lists are still to be read, the innermost last.
        self._blocks: list[int] = []

    def skipSpace(self, argstr: str, i: int) -> int:  # noqa: N802
        found = _SPACE.match(argstr, i)
        assert found is not None  # the pattern fits nothing, too
        return found.end() if found.end() < len(argstr) else -1

    def directiveOrStatement(self, argstr: str, h: int) -> int:  # noqa: N802
        self._directive = self.skipSpace(argstr, h)
        return super().directiveOrStatement(argstr, h)

    def bind(self, qn: str, uri: bytes) -> None:
        self.prefixes.append(Prefix(qn, str(self._bindings[qn]), self._directive))

    def statement(self, argstr: str, i: int) -> int:
        self._blocks.append(self.skipSpace(argstr, i))
        return super().statement(argstr, i)

    def node(
        self,
        argstr: str,
        i: int,
        res: MutableSequence[object],
        subjectAlready: object = None,  # noqa: N803
    ) -> int:
        start = self.skipSpace(argstr, i)
        if start >= 0 and argstr[start] == "(":
            return self._list(argstr, start, res)
        if start >= 0 and argstr[start] == "[":
            self._blocks.append(start)
        return super().node(argstr, i, res)

    def nodeOrLiteral(self, argstr: str, i: int, res: MutableSequence[object]) -> int:  # noqa: N802
        end = super().nodeOrLiteral(argstr, i, res)
        if end < 0:
            return end
        for kind, datatype in _BARE:
            if isinstance(res[-1], kind):
                written = argstr[self.skipSpace(argstr, i) : end]
                res[-1] = Literal(written, datatype=NamedNode(PREFIXES["xsd"] + datatype))
                break
        return end

    def property_list(self, argstr: str, i: int, subj: object) -> int:
        block = self._blocks.pop()
        while True:
            verb = self._next(argstr, i)
            while argstr[verb] == ";":
                verb = self._next(argstr, verb + 1)
            words: list[tuple[str, object]] = []
            end = self.verb(argstr, verb, words)
            if end < 0:
                return verb  # nothing after the last semicolon
            i = self._objects(argstr, end, subj, words[0][1], block, verb)
            if argstr[i] != ";":
                return i

    def _objects(self, argstr: str, i: int, subject: object, predicate: object, block: int, verb: int) -> int:
        while True:
            value = self._next(argstr, i)
            terms: list[object] = []
            end = self.object(argstr, value, terms)
            if end < 0:
                self.BadSyntax(argstr, value, "expected an object")
            self._add(subject, predicate, terms[0], block, verb, value)
            i = self._next(argstr, end)
            if argstr[i] != ",":
                return i
            i += 1

    def _list(self, argstr: str, start: int, res: MutableSequence[object]) -> int:
        terms: list[object] = []
        offsets: list[int] = []
        i = self._next(argstr, start + 1)
        while argstr[i] != ")":
            end = self.item(argstr, i, terms)
            if end < 0:
                self.BadSyntax(argstr, i, "expected item in list or ')'")
            offsets.append(i)
            i = self._next(argstr, end)
        cells = [*(BlankNode() for _ in terms), _NIL]
        for cell, rest, term, block, at, then in zip(
            cells, cells[1:], terms, [start, *offsets[1:]], offsets, [*offsets[1:], i], strict=False
        ):
            self._add(cell, _FIRST, term, block, at, at)
            self._add(cell, _REST, rest, block, at, then)
        res.append(cells[0])
        return i + 1

    def _next(self, argstr: str, i: int) -> int:
        found = self.skipSpace(argstr, i)
        if found < 0:
            self.BadSyntax(argstr, i, "unexpected end of file")
        return found

    def _add(self, subject: object, predicate: object, value: object, block: int, verb: int, at: int) -> None:
        first, second = _term(subject), _term(predicate)
        if isinstance(first, Literal) or not isinstance(second, NamedNode):
            raise BadSyntax("", 0, "", block, "a triple begins with a name, and its predicate is one")
        self.statements.append(Statement(first, second, _term(value), block, verb, at))


def _term(node: object) -> Term:
    """Return the store's term for one of the parser's; the word `a` comes as a pair of a number and an IRI."""
    if isinstance(node, NamedNode | BlankNode | Literal):
        return node
    if isinstance(node, tuple):
        return NamedNode(str(node[1]))
    return BlankNode(str(node)) if isinstance(node, BNode) else NamedNode(str(node))
