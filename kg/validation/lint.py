"""Lint for Turtle files: slips that leave the RDF unchanged, such as a repeated statement; all are warnings.

A file in the layout of the project is pre-tested by its lines, since every check asks about every file. The parser
finds the slips, and reads each file in another layout.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.errors import Place, SourceError
from kg.project.dataset import Source, text_of
from kg.rdf.layout import is_house_layout
from kg.rdf.namespaces import PREFIXES
from kg.rules.builtin import sentence
from kg.rules.severity import Severity
from kg.validation.finding import Finding, name
from kg.validation.messages import worded

if TYPE_CHECKING:  # only files with slips need it
    from kg.rdf.turtle import Places, Statement

#: The most characters between two passages that may be space; more are text that was left out.
SPACE = 9
_TYPE = NamedNode(f"{PREFIXES['rdf']}type")
_PASSAGE, _IS_CLAIM, _IS_PASSAGE = (NamedNode(f"{PREFIXES['kg']}{name}") for name in ("passage", "Claim", "Passage"))
_OFFSETS = re.compile(r"^    oa:(end|start) (\d{1,9}) ;$", re.MULTILINE)


def findings(sources: Iterable[Source]) -> Iterator[Finding]:
    """Yield the warnings about statements and blocks that are repeated, misplaced or missing in the files."""
    for source in sources:
        try:
            text = text_of(source)
            if not is_house_layout(text) or _may_have_slips(text):
                from kg.rdf.turtle import read

                places = read(text, source.name)
                statements = [statement for statement in places.statements if isinstance(statement.subject, NamedNode)]
                for slips in (_repeated, _misplaced, _gaps):
                    yield from slips(places, statements)
        except SourceError:
            continue  # a finding already


def _may_have_slips(text: str) -> bool:
    """Return whether the lines of a text in the layout of the project give reason to parse it."""
    subjects: set[str] = set()
    passage, furthest = "", 0
    for block in text.split("\n\n"):
        lines = block.split("\n")
        while lines and (not lines[0] or lines[0].startswith(("#", "PREFIX "))):
            del lines[0]
        if not lines:
            continue
        subject, kind = lines[0], lines[1] if len(lines) > 1 else ""
        if subject in subjects or (len({line[:-1] for line in lines}) < len(lines) and _repeats(lines)):
            return True
        subjects.add(subject)
        if kind == "    a kg:Claim ;":
            if passage and f" {passage} ;\n" not in block and f" {passage} ,\n" not in block:
                return True
        elif kind == "    a kg:Passage ;":
            offsets = {end: int(offset) for end, offset in _OFFSETS.findall(block)}
            if offsets.get("start", 0) > furthest + SPACE:
                return True
            passage, furthest = subject, max(furthest, offsets.get("end", 0))
    return False


def _repeats(lines: Sequence[str]) -> bool:
    """Return whether the lines of a block state the same value of the same property twice."""
    seen: set[tuple[str, str]] = set()
    predicate = ""
    for line in lines:
        if line[:4] == "    " and line[4:5] != " ":
            predicate, _, line = line[4:].partition(" ")
        value = line.strip().rstrip(" ;,")
        if value and (predicate, value) in seen:
            return True
        seen.add((predicate, value))
    return False


def _repeated(places: "Places", statements: "Sequence[Statement]") -> Iterator[Finding]:
    """Yield the statements that repeat one of their block, and the further blocks of a subject."""
    blocks: dict[object, int] = {}
    seen: set[tuple[object, object, object]] = set()
    reported: set[int] = set()
    for statement in statements:
        first = blocks.setdefault(statement.subject, statement.block)
        triple = (statement.subject, statement.predicate, statement.object)
        if first != statement.block:
            if statement.block not in reported:
                reported.add(statement.block)
                line, _ = places.place(first)
                problem = f"line {line} begins a block of {name(statement.subject)} already"
                yield _finding("syntax:two-blocks", places, statement, statement.block, problem)
        elif triple in seen:
            yield _finding("syntax:twice", places, statement, statement.value, "the block states this already")
        seen.add(triple)


def _misplaced(places: "Places", statements: "Sequence[Statement]") -> Iterator[Finding]:
    """Yield the claims that are written below another passage than their own, although their own is in the file."""
    kinds = {statement.subject: statement.object for statement in statements if statement.predicate == _TYPE}
    described = {subject for subject, kind in kinds.items() if kind == _IS_PASSAGE}
    cited: dict[object, list[Statement]] = {}
    for statement in statements:
        if statement.predicate == _PASSAGE:
            cited.setdefault(statement.subject, []).append(statement)
    above = None
    for subject in kinds:
        if subject in described:
            above = subject
        elif above and kinds[subject] == _IS_CLAIM and subject in cited:
            passages = {statement.object for statement in cited[subject]}
            if above not in passages and passages <= described:
                first = cited[subject][0]
                problem = f"the claim stands below {name(above)}"
                yield _finding("syntax:below-passage", places, first, first.value, problem)


def _gaps(places: "Places", statements: "Sequence[Statement]") -> Iterator[Finding]:
    """Yield the passages on both sides of text that is in none; text after the last passage may still be to do."""
    offsets: dict[object, dict[str, tuple[int, Statement]]] = {}
    for statement in statements:
        path, value = statement.predicate.value.removeprefix(PREFIXES["oa"]), statement.object
        if path in ("start", "end") and isinstance(value, Literal) and re.fullmatch(r"\d{1,9}", value.value):
            offsets.setdefault(statement.subject, {})[path] = (int(value.value), statement)
    spans = [(pair["start"], pair["end"]) for pair in offsets.values() if len(pair) == 2]
    if any(start[0] >= end[0] for start, end in spans):
        return  # a violation that has to be fixed first
    furthest: tuple[int, Statement | None] = (0, None)
    for start, end in sorted(spans, key=lambda span: (span[0][0], span[1][0])):
        if start[0] - furthest[0] > SPACE:
            problem = f"the characters {furthest[0]}-{start[0]} are in no passage"
            for statement in filter(None, (furthest[1], start[1])):
                yield _finding("syntax:left-out", places, statement, statement.value, problem)
        furthest = max(furthest, end, key=lambda offset: offset[0])


def _finding(rule: str, places: "Places", statement: "Statement", offset: int, problem: str) -> Finding:
    """Return the warning about a statement, or about its block where the offset is not that of its value."""
    whole = offset != statement.value
    return Finding(
        severity=Severity.WARNING,
        rule=rule,
        place=Place(places.name, *places.place(offset)),
        focus=name(statement.subject),
        path=None if whole else name(statement.predicate),
        value=None if whole else name(statement.object),
        message=worded(problem, sentence(rule)),
    )
