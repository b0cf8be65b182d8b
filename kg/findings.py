"""What a check finds: a fault in the graph, the place in a file where it shows, and the report of all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.dataset import Dataset, Source, read_text
from kg.errors import SourceError
from kg.terms import PREFIXES, kind, shorten

if TYPE_CHECKING:  # only a fault needs it
    from kg.turtle import Places, Statement

Term = NamedNode | BlankNode | Literal
#: So many characters of a value or message are shown.
LONGEST = 1000
#: A triple as text, None for what is left open.
_Key = tuple[str | None, str | None, str | None]
#: A file with the first and the last of its statements by what they have in common.
_File = tuple["Places", dict[_Key, tuple["Statement", "Statement"]]]

_TYPE = NamedNode(f"{PREFIXES['rdf']}type")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at its place: file relative to the project, line and column from 1, names short, literals plain.

    What is longer than LONGEST ends there with an ellipsis: a literal may be a megabyte. `veiled` says that what stands
    at the place is not to be repeated, for it may tell who a person is that hides.
    """

    severity: str
    rule: str
    file: str
    line: int
    column: int
    focus: str | None
    path: str | None
    value: str | None
    message: str
    veiled: bool = False

    def __post_init__(self) -> None:
        """Cut what is too long to be read."""
        for part in ("focus", "path", "value", "message"):
            text = getattr(self, part)
            if text is not None and len(text) > LONGEST:
                object.__setattr__(self, part, f"{text[:LONGEST]}…")


@dataclass(frozen=True, slots=True)
class Report:
    """All findings in the order of their places, what could not be checked and why, and the files that were read."""

    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    checked: tuple[str, ...]

    @property
    def conforms(self) -> bool:
        """Say whether no finding is a violation."""
        return all(finding.severity != "violation" for finding in self.findings)

    @property
    def files(self) -> int:
        """Return the number of files that were read."""
        return len(self.checked)

    def within(self, paths: tuple[str, ...]) -> "Report":
        """Return the part of the report on these files and directories; all of it where there are none."""
        if not paths or "." in paths:
            return self
        roots = tuple(path.split("/") for path in paths)

        def inside(file: str) -> bool:
            return any(file.split("/")[: len(root)] == root for root in roots)

        findings = tuple(finding for finding in self.findings if inside(finding.file))
        return Report(findings, self.skipped, tuple(file for file in self.checked if inside(file)))


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in the graph, before its place is known.

    `shown` names properties at which to show it where `path` says nothing; `graph` limits it to one file; `last` asks
    for the last value of several, `verb` for the place of the predicate.
    """

    severity: str
    rule: str
    message: str
    focus: Term
    path: NamedNode | None = None
    value: Term | None = None
    shown: tuple[NamedNode, ...] = ()
    graph: str | None = None
    last: bool = False
    verb: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """What is missing because files cannot be read: the files, all names that stand in them, whether some show none.

    `spaces` are namespaces of which a file that says nothing, or is cut off, may have described any name.
    """

    files: tuple[str, ...]
    names: frozenset[str]
    blind: bool
    spaces: frozenset[str] = frozenset()

    def mentions(self, iri: str) -> bool:
        """Say whether the name may be described in a file that cannot be read."""
        return self.blind or iri in self.names or any(iri.startswith(space) for space in self.spaces)

    def explains(self, fault: Fault, store: Store) -> bool:
        """Say whether a fault may be none once the files can be read.

        A shape's fault depends on what its value is, and on the focus where no other file describes it; a rule's fault
        on all values of its focus. Only things count: terms stand in every file. A warning mostly misses something, and
        nobody knows what was said where a file is cut off.
        """
        if self.spaces and fault.severity == "warning":
            return True
        about: set[object] = set() if fault.verb else {fault.value}
        if isinstance(fault.focus, NamedNode):
            of_shape = fault.rule.startswith("shape:")
            if not of_shape or not any(store.quads_for_pattern(fault.focus, _TYPE, None)):
                about.add(fault.focus)
            if not of_shape:
                about.update(quad.object for quad in store.quads_for_pattern(fault.focus, None, None))
        return any(isinstance(one, NamedNode) and kind(one.value) and one.value in self.names for one in about)


class Locator:
    """Finds the place of faults; reads with places only the files that hold one."""

    def __init__(self, dataset: Dataset) -> None:
        self._store = dataset.store
        self._sources = {source.graph: source for source in dataset.sources}
        self._files: dict[str, _File] = {}

    def finding(self, fault: Fault) -> Finding:
        """Return the fault with the best place that is known for it; the file's first character where none is."""
        file, line, column = next(self._places(fault), ("", 1, 1))
        return Finding(
            fault.severity,
            fault.rule,
            file,
            line,
            column,
            name(fault.focus),
            name(fault.path),
            name(fault.value),
            fault.message,
        )

    def _places(self, fault: Fault) -> Iterator[tuple[str, int, int]]:
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
            yield self._sources[fault.graph].name, 1, 1

    def _at(
        self,
        fault: Fault,
        subject: NamedNode | BlankNode | None,
        predicate: NamedNode | None,
        value: Term | None,
        end: int,
        part: str,
    ) -> Iterator[tuple[str, int, int]]:
        graphs = self._graphs(subject, predicate, value)
        typed = self._graphs(subject, _TYPE, None) if subject else set()
        for graph in sorted(graphs, key=lambda graph: (graph not in typed, graph)):
            if graph not in self._sources or (fault.graph and fault.graph != graph):
                continue
            places, ends = self._read(self._sources[graph])
            if not ends:  # the file has changed since it was checked
                yield places.name, 1, 1
            if found := ends.get((_key(subject), _key(predicate), _key(value))):
                offset: int = getattr(found[end], part)
                yield places.name, *places.place(offset)

    def _graphs(
        self, subject: NamedNode | BlankNode | None, predicate: NamedNode | None, value: Term | None
    ) -> set[str]:
        quads = self._store.quads_for_pattern(subject, predicate, value)
        return {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}

    def _read(self, source: Source) -> "_File":
        from kg.turtle import Places, read  # only where there is something to locate

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


def name(term: Term | None) -> str | None:
    """Return an IRI in short, a literal's lexical form, `[]` for a blank node, nothing for nothing.

    A blank node has another name at each reading.
    """
    if term is None:
        return None
    return shorten(term.value) if isinstance(term, NamedNode) else "[]" if isinstance(term, BlankNode) else term.value
