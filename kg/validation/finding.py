"""The values of validation: the result of a rule, the finding that it becomes at its place, the report of all."""

from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.errors import Place
from kg.rdf.namespaces import shorten
from kg.rules.severity import Severity

Term = NamedNode | BlankNode | Literal
#: The longest value or message, in characters.
LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One result of a rule at its place; names are short, literals plain.

    A text longer than LONGEST is cut there and ends with an ellipsis: a literal may be a megabyte. `veiled` says that
    the line at the place must not be shown, because it may identify a protected person.
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
        """Cut texts that are too long."""
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
    """All findings in the order of their places, the parts that were not checked with the reason, the checked files."""

    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    checked: tuple[str, ...]

    @property
    def conforms(self) -> bool:
        """Return whether no finding is a violation."""
        return all(finding.severity != Severity.VIOLATION for finding in self.findings)

    @property
    def files(self) -> int:
        """Return the number of checked files."""
        return len(self.checked)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """One result of a rule or shape in the graph, without its place.

    `shown` names properties at which to show it where `path` has no place; `graph` limits it to one file; `last` asks
    for the last of several values, `verb` for the place of the predicate.
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

    def at(self, place: Place) -> Finding:
        """Return the finding at a place."""
        return Finding(
            severity=self.severity,
            rule=self.rule,
            place=place,
            focus=name(self.focus),
            path=name(self.path),
            value=name(self.value),
            message=self.message,
        )


def name(term: Term | None) -> str | None:
    """Return an IRI in short, a literal's lexical form, `[]` for a blank node, None for None.

    A blank node has another name at each reading.
    """
    if isinstance(term, BlankNode):
        return "[]"
    return shorten(term.value) if isinstance(term, NamedNode) else term and term.value
