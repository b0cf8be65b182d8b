"""The rules of a project by name: shapes, SPARQL rules and the rules in code, each with its place."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg import shacl
from kg.errors import KgError, QueryError, SourceError
from kg.project.dataset import Source, read, read_text, rules, shapes
from kg.project.files import File, clashes
from kg.query.questions import parse
from kg.rdf.namespaces import BASE, PREFIXES, shorten
from kg.rules import sparql_rule
from kg.rules.builtin import BUILTIN_RULES
from kg.rules.describe import paragraph
from kg.rules.severity import Severity

#: The families of rules, in the order in which they are listed.
FAMILIES = ("syntax", "vocabulary", "shapes", "privacy", "evidence")
_FACTS = {
    f"{PREFIXES['sh']}message": "message",
    f"{PREFIXES['sh']}severity": "severity",
    f"{PREFIXES['schema']}keywords": "tags",
    f"{PREFIXES['skos']}scopeNote": "fix",
}
#: A subject alone at the beginning of its line, as the layout requires.
_SUBJECT = re.compile(r"^(?:<(?P<iri>[^<>\s]+)>|(?P<prefix>[\w-]*):(?P<local>\S+))[ \t]*$", re.MULTILINE)
_PREFIX = re.compile(r"^\s*@?prefix\s+([\w-]*):\s*<([^>\n]*)>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: the name that findings have, its sentence, severity and family, and the fix.

    The place is the file relative to the project, line and column from 1; None for a rule in code.
    """

    name: str
    sentence: str
    severity: Severity
    family: str
    fix: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    _requirements: Callable[[str], str] = field(default=lambda _: "", repr=False, compare=False)

    @property
    def help(self) -> str:
        """Return the requirements (or the sentence) and the fix, as plain text on one line."""
        return " ".join(filter(None, (self._requirements(self.name) or self.sentence, self.fix)))


def catalogue(root: Path, errors: list[SourceError] | None = None) -> dict[str, Rule]:
    """Return all rules of the project by name, family by family.

    Raises SourceError for the first file that cannot be read; with a list `errors`, appends the error and skips the
    file. A query without a valid header is skipped.
    """
    found = [Rule(rule.name, rule.sentence, rule.severity, rule.family, rule.fix) for rule in BUILTIN_RULES]
    of_queries = rules(root)
    files: tuple[File | Source, ...] = (*shapes(root), *of_queries)
    clashing = {error.file: error for error in clashes(of_queries, "rule")}
    for file in files:
        try:
            if file.fault or file.name in clashing:
                raise clashing.get(file.name) or SourceError(file.fault, file.name)
            found += of_file(file.path, file.name)
        except SourceError as error:
            if errors is None:
                raise
            errors.append(error)
    return {rule.name: rule for rule in sorted(found, key=lambda rule: FAMILIES.index(rule.family))}


def of_file(path: Path, file: str) -> Iterator[Rule]:
    """Yield the rules of a file in the order of their lines; `file` is its name in their places.

    A Turtle file has a rule for each named shape with a message, its own or that of an unnamed part; a query (.rq) has
    at most one. Raises SourceError for a file that cannot be read.
    """
    yield from _of_query(path, file) if path.suffix == ".rq" else _of_shapes(path, file)


def _of_shapes(path: Path, file: str) -> Iterator[Rule]:
    store, text = Store(), read_text(path, file)
    read(store, Source(path, file, graph=f"{BASE}shapes"))
    facts: dict[str, dict[str, str]] = {}
    for quad in store:
        if quad.predicate.value in _FACTS and isinstance(quad.subject, NamedNode):
            known, key = facts.setdefault(quad.subject.value, {}), _FACTS[quad.predicate.value]
            fact = quad.object.value if isinstance(quad.object, NamedNode | Literal) else ""
            known[key] = f"{known.get(key, '')} {fact}" if key == "tags" else min(known.get(key, fact), fact)
    for iri, message in _messages_within(store).items():
        facts.setdefault(iri, {}).setdefault("message", message)
    lines = _lines(text, facts)

    @cache
    def requirements() -> dict[str, str]:
        # Computed only for the help texts.
        try:
            return {shorten(shape.node[1:-1]): paragraph(shape) for shape in shacl.read(store)}
        except KgError:
            return {}  # invalid shapes are a finding

    for iri in sorted(facts, key=lambda iri: (lines.get(iri, 0), iri)):
        own = facts[iri]
        if "message" in own:
            yield Rule(
                shorten(iri),
                own["message"],
                Severity.VIOLATION if own.get("severity", "Violation").endswith("Violation") else Severity.WARNING,
                "privacy" if "privacy" in own.get("tags", "").split() else "shapes",
                own.get("fix", ""),
                file,
                lines.get(iri, 1),
                1,
                lambda name: requirements().get(name, ""),
            )


def _messages_within(store: Store) -> dict[str, str]:
    """Return the messages of unnamed shapes and queries, joined, by the named shape that contains them."""
    found: dict[str, list[str]] = {}
    for quad in store.quads_for_pattern(None, NamedNode(f"{PREFIXES['sh']}message"), None):
        owner, seen = quad.subject, set[object]()
        while isinstance(owner, BlankNode) and owner not in seen:
            seen.add(owner)
            owner = next((one.subject for one in store.quads_for_pattern(None, None, owner)), owner)
        if owner != quad.subject and isinstance(owner, NamedNode) and isinstance(quad.object, Literal):
            found.setdefault(owner.value, []).append(quad.object.value)
    return {iri: " ".join(sorted(said)) for iri, said in found.items()}


def _lines(text: str, iris: Collection[str]) -> dict[str, int]:
    """Return the first line of each subject with one of these IRIs, among others.

    The parser takes ten times as long as a search of the lines, so it reads only files in another layout.
    """
    spaces = dict(_PREFIX.findall(text))
    found: dict[str, int] = {}
    for one in _SUBJECT.finditer(text):
        iri = one["iri"] or spaces.get(one["prefix"], "") + one["local"]
        found.setdefault(iri, text.count("\n", 0, one.start()) + 1)
    if found.keys() >= set(iris):
        return found
    from kg.rdf import turtle

    places = turtle.read(text, "")
    return {one.subject.value: places.place(one.block)[0] for one in reversed(places.statements)}


def _of_query(path: Path, file: str) -> Iterator[Rule]:
    text = read_text(path, file)
    try:
        rule, header = sparql_rule.read(file, text), parse(path.stem, text, file)
    except (SourceError, QueryError):
        return  # an invalid header is a finding
    family = "privacy" if "privacy" in header.tags else "shapes"
    yield Rule(rule.name, rule.summary, rule.severity, family, header.description, file, 1, 1)
