"""What a check finds: a fault in the graph, the place in a file where it shows, and the report of all."""

from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.errors import Place
from kg.rdf.namespaces import PREFIXES, kind, shorten
from kg.rules.severity import Severity

Term = NamedNode | BlankNode | Literal
#: So many characters of a value or message are shown.
LONGEST = 1000

_TYPE = NamedNode(f"{PREFIXES['rdf']}type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result of a rule at its place; names are short, literals plain.

    What is longer than LONGEST ends there with an ellipsis: a literal may be a megabyte. `veiled` says that what stands
    at the place is not to be repeated, for it may tell who a person is that hides.
    """

    severity: Severity
    rule: str
    place: Place
    focus: str | None = None
    path: str | None = None
    value: str | None = None
    message: str
    veiled: bool = False

    def __post_init__(self) -> None:
        """Cut what is too long to be read."""
        for part in ("focus", "path", "value", "message"):
            text = getattr(self, part)
            if text is not None and len(text) > LONGEST:
                object.__setattr__(self, part, f"{text[:LONGEST]}…")

    @property
    def file(self) -> str:
        """Return the file, "" for none."""
        return self.place.file

    @property
    def line(self) -> int:
        """Return the line, from 1."""
        return self.place.line

    @property
    def column(self) -> int:
        """Return the column in characters, from 1."""
        return self.place.column


@dataclass(frozen=True, slots=True)
class Report:
    """All findings in the order of their places, what could not be checked and why, and the files that were read."""

    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    checked: tuple[str, ...]

    @property
    def conforms(self) -> bool:
        """Say whether no finding is a violation."""
        return all(finding.severity != Severity.VIOLATION for finding in self.findings)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault in the graph, before its place is known.

    `shown` names properties at which to show it where `path` says nothing; `graph` limits it to one file; `last` asks
    for the last value of several, `verb` for the place of the predicate.
    """

    severity: Severity
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
        if self.spaces and fault.severity == Severity.WARNING:
            return True
        about: set[object] = set() if fault.verb else {fault.value}
        if isinstance(fault.focus, NamedNode):
            of_shape = fault.rule.startswith("shape:")
            if not of_shape or not any(store.quads_for_pattern(fault.focus, _TYPE, None)):
                about.add(fault.focus)
            if not of_shape:
                about.update(quad.object for quad in store.quads_for_pattern(fault.focus, None, None))
        return any(isinstance(one, NamedNode) and kind(one.value) and one.value in self.names for one in about)


def name(term: Term | None) -> str | None:
    """Return an IRI in short, a literal's lexical form, `[]` for a blank node, nothing for nothing.

    A blank node has another name at each reading.
    """
    if term is None:
        return None
    return shorten(term.value) if isinstance(term, NamedNode) else "[]" if isinstance(term, BlankNode) else term.value
