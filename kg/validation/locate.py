"""The place of a finding: from a triple to file, line and column."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.errors import Place, SourceError
from kg.project.dataset import Dataset, Source, read_text
from kg.validation.finding import _TYPE, Fault, Finding, Term, name

if TYPE_CHECKING:  # only a fault needs it
    from kg.rdf.turtle import Places, Statement


#: A triple as text, None for what is left open.
_Key = tuple[str | None, str | None, str | None]


#: A file with the first and the last of its statements by what they have in common.
_File = tuple["Places", dict[_Key, tuple["Statement", "Statement"]]]


class Locator:
    """Finds the place of faults; reads with places only the files that hold one."""

    def __init__(self, dataset: Dataset) -> None:
        self._store = dataset.store
        self._sources = {source.graph: source for source in dataset.sources}
        self._files: dict[str, _File] = {}

    def finding(self, fault: Fault) -> Finding:
        """Return the fault with the best place that is known for it; the file's first character where none is."""
        return Finding(
            severity=fault.severity,
            rule=fault.rule,
            place=next(self._places(fault), Place()),
            focus=name(fault.focus),
            path=name(fault.path),
            value=name(fault.value),
            message=fault.message,
        )

    def _places(self, fault: Fault) -> Iterator[Place]:
        """Give places from the most exact to the least.

        The triple; the last or first with its subject and predicate; a property at which the rule shows faults; the
        block of the subject; where the subject is an object; the file.
        """
        focus, end = fault.focus, -1 if fault.last else 0
        subject = None if isinstance(focus, Literal) else focus
        if fault.path and fault.value:
            yield from self._at(fault, subject, fault.path, fault.value, 0, "verb" if fault.verb else "value")
        if fault.path:
            yield from self._at(fault, subject, fault.path, None, end, "value")
        for shown in fault.shown:
            yield from self._at(fault, subject, shown, None, end, "value")
        yield from self._at(fault, subject, _TYPE, None, 0, "block")
        yield from self._at(fault, subject, None, None, 0, "block")
        yield from self._at(fault, None, None, focus, 0, "value")
        if fault.graph in self._sources:
            yield Place(self._sources[fault.graph].name)

    def _at(
        self,
        fault: Fault,
        subject: NamedNode | BlankNode | None,
        predicate: NamedNode | None,
        value: Term | None,
        end: int,
        part: str,
    ) -> Iterator[Place]:
        graphs = self._graphs(subject, predicate, value)
        typed = self._graphs(subject, _TYPE, None) if subject else set()
        for graph in sorted(graphs, key=lambda graph: (graph not in typed, graph)):
            if graph not in self._sources or (fault.graph and fault.graph != graph):
                continue
            places, ends = self._read(self._sources[graph])
            if not ends:  # the file has changed since it was checked
                yield Place(places.name)
            if found := ends.get((_key(subject), _key(predicate), _key(value))):
                offset: int = getattr(found[end], part)
                yield Place(places.name, *places.place(offset))

    def _graphs(
        self, subject: NamedNode | BlankNode | None, predicate: NamedNode | None, value: Term | None
    ) -> set[str]:
        quads = self._store.quads_for_pattern(subject, predicate, value)
        return {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}

    def _read(self, source: Source) -> "_File":
        from kg.rdf.turtle import Places, read

        if source.graph not in self._files:
            try:
                places = read(read_text(source.path, source.name), source.name)
            except SourceError:
                places = Places(source.name, (), (), (0,))
            self._files[source.graph] = (places, _ends(places.statements))
        return self._files[source.graph]


def _ends(statements: "Iterable[Statement]") -> dict[_Key, "tuple[Statement, Statement]"]:
    """Return the first and the last statement with a subject, with it and a predicate, with an object, with all three.

    A look into all statements for every fault would take a day where there are a million of either.
    """
    found: dict[_Key, tuple[Statement, Statement]] = {}
    for one in statements:
        subject, predicate, value = _key(one.subject), _key(one.predicate), _key(one.object)
        for key in (subject, None, None), (subject, predicate, None), (None, None, value), (subject, predicate, value):
            found[key] = (found[key][0] if key in found else one, one)
    return found


def _key(term: Term | None) -> str | None:
    """Return the name under which a term's statements are kept; blank nodes are called otherwise at each reading."""
    return None if term is None else "[]" if isinstance(term, BlankNode) else str(term)
