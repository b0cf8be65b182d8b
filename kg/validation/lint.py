"""How a Turtle file is kept: what is no fault of the graph, since the RDF is the same, but one of the hand that wrote.

Whether a file is suspected is seen from its lines, in the layout of the project; what then is wrong, and where, from
its statements. A file in another layout may be suspected in vain, and may hide something, but is never blamed for it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.errors import Place, SourceError
from kg.project.dataset import Source, read_text
from kg.rdf.namespaces import PREFIXES
from kg.rules.severity import Severity
from kg.validation.finding import Finding, name

if TYPE_CHECKING:  # what only a file with a fault needs
    from kg.rdf.turtle import Places, Statement

#: So many characters between two passages may be space; more are text that was left out.
SPACE = 9
_KG, _OA = PREFIXES["kg"], PREFIXES["oa"]
_TYPE, _PASSAGE = NamedNode(f"{PREFIXES['rdf']}type"), NamedNode(f"{_KG}passage")
_IS_CLAIM, _IS_PASSAGE = NamedNode(f"{_KG}Claim"), NamedNode(f"{_KG}Passage")
_OFFSETS = re.compile(r"^    oa:(end|start) (\d{1,9}) ;$", re.MULTILINE)


def findings(sources: Iterable[Source]) -> Iterator[Finding]:
    """Give what is said twice, in two blocks, at a wrong place or not at all in the files; all of it a warning."""
    for source in sources:
        try:
            text = read_text(source.path, source.name)
            if _suspect(text):
                from kg.rdf.turtle import read

                yield from _of_places(read(text, source.name))
        except SourceError:
            continue  # a finding already


def _suspect(text: str) -> bool:
    """Say whether the lines of a file give reason to look closer; this is asked of every file at every check."""
    subjects: set[str] = set()
    passage, furthest = "", 0
    for block in text.split("\n\n"):
        lines = block.split("\n")
        while lines and (not lines[0] or lines[0][0] == "#" or lines[0].startswith("PREFIX ")):
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
    """Say whether a block has the same value of the same property twice."""
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


def _of_places(places: "Places") -> Iterator[Finding]:
    own = [one for one in places.statements if isinstance(one.subject, NamedNode)]
    yield from _twice(places, own)
    yield from _below(places, own)
    yield from _gaps(places, own)


def _twice(places: "Places", own: "Sequence[Statement]") -> Iterator[Finding]:
    """Give the statements of a block that repeat one, and the blocks of what has a block already."""
    blocks: dict[object, int] = {}
    seen: set[tuple[object, object, object]] = set()
    told: set[int] = set()
    for one in own:
        first = blocks.setdefault(one.subject, one.block)
        triple = (one.subject, one.predicate, one.object)
        if first != one.block:
            if one.block not in told:
                told.add(one.block)
                line, _ = places.place(first)
                message = f"A thing has one block in a file. Line {line} begins one of {name(one.subject)}."
                yield _finding("syntax:two-blocks", places, one, one.block, message)
        elif triple in seen:
            yield _finding("syntax:twice", places, one, one.value, "A block says a thing once.")
        seen.add(triple)


def _below(places: "Places", own: "Sequence[Statement]") -> Iterator[Finding]:
    """Give the claims that stand below a passage that is none of their own, though theirs are in the file."""
    kinds = {one.subject: one.object for one in own if one.predicate == _TYPE}
    described = {subject for subject, kind in kinds.items() if kind == _IS_PASSAGE}
    cited: dict[object, list[Statement]] = {}
    for one in own:
        if one.predicate == _PASSAGE:
            cited.setdefault(one.subject, []).append(one)
    above = None
    for subject in kinds:
        if subject in described:
            above = subject
        elif above and kinds[subject] == _IS_CLAIM and subject in cited:
            passages = {one.object for one in cited[subject]}
            if above not in passages and passages <= described:
                first = cited[subject][0]
                message = f"A claim stands below a passage on which it rests. It stands below {name(above)}."
                yield _finding("syntax:below-passage", places, first, first.value, message)


def _gaps(places: "Places", own: "Sequence[Statement]") -> Iterator[Finding]:
    """Give the passages beside text that lies in none; what follows the last one may still be to do."""
    ends: dict[object, dict[str, tuple[int, Statement]]] = {}
    for one in own:
        path = one.predicate.value.removeprefix(_OA)
        if path in ("start", "end") and isinstance(one.object, Literal) and re.fullmatch(r"\d{1,9}", one.object.value):
            ends.setdefault(one.subject, {})[path] = (int(one.object.value), one)
    spans = [(two["start"], two["end"]) for two in ends.values() if len(two) == 2]
    if any(start[0] >= end[0] for start, end in spans):
        return  # that is to be mended first
    furthest: tuple[int, Statement | None] = (0, None)
    for start, end in sorted(spans, key=lambda span: (span[0][0], span[1][0])):
        if start[0] - furthest[0] > SPACE:
            message = f"No text before or between passages is left out. {furthest[0]}-{start[0]} lies in none."
            for beside in filter(None, (furthest[1], start[1])):
                yield _finding("syntax:left-out", places, beside, beside.value, message)
        furthest = max(furthest, end, key=lambda one: one[0])


def _finding(rule: str, places: "Places", one: "Statement | None", offset: int, message: str) -> Finding:
    """Return the warning about a statement, or about its block or the file where the offset is not the statement's."""
    focus, path, value = (one.subject, one.predicate, one.object) if one else (None, None, None)
    if one and offset != one.value:
        path = value = None
    return Finding(
        severity=Severity.WARNING,
        rule=rule,
        place=Place(places.name, *places.place(offset)),
        focus=name(focus),
        path=name(path),
        value=name(value),
        message=message,
    )
