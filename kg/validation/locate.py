"""The places of results: from a triple to file, line and column."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.errors import Place, SourceError
from kg.project.dataset import Dataset, Source, text_of
from kg.rdf.namespaces import PREFIXES
from kg.validation.finding import RuleResult, Term

if TYPE_CHECKING:  # only a result needs it
    from kg.rdf.turtle import Places, Statement

_TYPE = NamedNode(f"{PREFIXES['rdf']}type")
#: A triple, None for an open position, and the same as text.
_Triple = tuple[NamedNode | BlankNode | None, NamedNode | None, Term | None]
_Key = tuple[str | None, str | None, str | None]
#: A file with the first and the last of the statements of each key.
_File = tuple["Places", dict[_Key, tuple["Statement", "Statement"]]]


class Locator:
    """Finds the places of results; parses for places only the files that contain one."""

    def __init__(self, dataset: Dataset) -> None:
        self._store = dataset.store
        self._sources = {source.graph: source for source in dataset.sources}
        self._files: dict[str, _File] = {}

    def place(self, result: RuleResult) -> Place:
        """Return the most exact place of a result; the beginning of its file, or no file, where none is known."""
        return next(self._places(result), Place())

    def _places(self, result: RuleResult) -> Iterator[Place]:
        """Give places from the most exact to the least.

        The triple; the last or first with its subject and predicate; a property at which the rule shows results; the
        block of the subject; where the subject is an object; the file.
        """
        focus, end = result.focus, -1 if result.last else 0
        subject = None if isinstance(focus, Literal) else focus
        if result.path and result.value:
            part = "verb" if result.verb else "value"
            yield from self._at(result, (subject, result.path, result.value), 0, part)
        for path in (*filter(None, [result.path]), *result.shown):
            yield from self._at(result, (subject, path, None), end, "value")
        yield from self._at(result, (subject, _TYPE, None), 0, "block")
        yield from self._at(result, (subject, None, None), 0, "block")
        yield from self._at(result, (None, None, focus), 0, "value")
        if result.graph in self._sources:
            yield Place(self._sources[result.graph].name)

    def _at(self, result: RuleResult, triple: _Triple, end: int, part: str) -> Iterator[Place]:
        """Give the places of a part of the first or last statement that matches, the files of the subject first."""
        typed = self._graphs(triple[0], _TYPE, None) if triple[0] else set()
        for graph in sorted(self._graphs(*triple), key=lambda graph: (graph not in typed, graph)):
            if graph not in self._sources or (result.graph and result.graph != graph):
                continue
            places, ends = self._read(self._sources[graph])
            if not ends:  # the file has changed since it was checked
                yield Place(places.name)
            subject, predicate, value = map(_key, triple)
            if statements := ends.get((subject, predicate, value)):
                offset: int = getattr(statements[end], part)
                yield Place(places.name, *places.place(offset))

    def _graphs(self, *triple: *_Triple) -> set[str]:
        quads = self._store.quads_for_pattern(*triple)
        return {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}

    def _read(self, source: Source) -> _File:
        from kg.rdf.turtle import Places, read

        if source.graph not in self._files:
            try:
                places = read(text_of(source), source.name)
            except SourceError:
                places = Places(source.name, (), (), (0,))
            self._files[source.graph] = (places, _ends(places.statements))
        return self._files[source.graph]


def _ends(statements: "Iterable[Statement]") -> dict[_Key, "tuple[Statement, Statement]"]:
    """Return the first and the last statement with a subject, with it and a predicate, with an object, with all three.

    A search through all statements for every result would take a day where there are a million of either.
    """
    ends: dict[_Key, tuple[Statement, Statement]] = {}
    for one in statements:
        subject, predicate, value = _key(one.subject), _key(one.predicate), _key(one.object)
        for key in (subject, None, None), (subject, predicate, None), (None, None, value), (subject, predicate, value):
            ends[key] = (ends[key][0] if key in ends else one, one)
    return ends


def _key(term: Term | None) -> str | None:
    """Return the text of a term as a key; blank nodes share one, for each reading names them differently."""
    return None if term is None else "[]" if isinstance(term, BlankNode) else str(term)
