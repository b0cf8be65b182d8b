"""Source criticism as text: conflicts, origins, the way of a claim, timelines, paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal

from kg.escape import visible
from kg.output.table import cell_text, document, rows
from kg.rdf.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.analysis.conflicts import Survey
    from kg.analysis.independence import Statement
    from kg.analysis.lineage import Carried, Stage, Trace
    from kg.analysis.network import Link, Path
    from kg.analysis.timeline import Entry, Timeline

#: What needs no mark, because it is the rule.
_PLAIN = ("Affirmed", "Actual")
#: How many characters a timeline's chart is wide.
_CHART = 24
#: A line of a tree: depth, what it is, its short name, words.
Branch = tuple[int, str, str, str]


def conflicts(found: Survey, form: str, width: int, color: bool = False) -> str:
    """Return pairs of claims with their verdicts: a table, or the JSON object of the checks."""
    if form == "json":
        listed = [
            {
                "verdict": one.verdict,
                "claims": [shorten(claim) for claim in one.claims],
                "subject": shorten(one.subject),
                "predicate": shorten(one.predicate),
                "reason": one.reason,
            }
            for one in found.conflicts
        ]
        return document({"conflicts": listed})
    columns = ("verdict", "subject", "predicate", "claim", "other", "reason")
    cells = [
        [one.verdict, shorten(one.subject), shorten(one.predicate), *map(shorten, one.claims), one.reason]
        for one in found.conflicts
    ]
    return rows(columns, cells, form, width, color)


def origins(found: Sequence[Statement], labels: Mapping[str, str], form: str, width: int, color: bool = False) -> str:
    """Return what statements rest on: a table, or the JSON object of the checks."""
    if form == "json":
        listed = [
            {
                "subject": shorten(one.subject),
                "predicate": shorten(one.predicate),
                "object": cell_text(one.object),
                "polarity": shorten(one.polarity),
                "modality": shorten(one.modality),
                "claims": [shorten(claim) for claim in one.claims],
                "articles": one.articles,
                "outlets": one.outlets,
                "origins": one.origins,
                "reason": one.reason,
            }
            for one in found
        ]
        return document({"statements": listed})
    columns = ("statement", "articles", "outlets", "origins", "reason", "claims")
    cells = [
        [
            _statement(one, labels),
            str(one.articles),
            str(one.outlets),
            f"at most {one.origins}",
            one.reason,
            " ".join(map(shorten, one.claims)),
        ]
        for one in found
    ]
    return rows(columns, cells, form, width, color)


def _statement(one: Statement, labels: Mapping[str, str]) -> str:
    """Return a statement by its labels, with what is not the rule: population, place, denial, mood."""
    said = one.object
    object_ = said.value if isinstance(said, Literal) else labels.get(said.value, shorten(said.value))
    odd = [mark for mark in (one.polarity, one.modality) if not mark.endswith(_PLAIN)]
    marks = [labels.get(mark, shorten(mark)) for mark in (*odd, one.counts, one.where) if mark]
    subject, predicate = (labels.get(name, shorten(name)) for name in (one.subject, one.predicate))
    return f"{subject} | {predicate} | {object_}" + (f" ({', '.join(marks)})" if marks else "")


def trace(found: Trace, form: str, width: int, color: bool = False) -> str:
    """Return the way of a claim: a tree, rows of its branches, or an object for JSON."""
    branches = list(_branches(found))
    if form == "json":
        listed = [dict(zip(("depth", "what", "name", "words"), branch, strict=True)) for branch in branches]
        return document({"claim": shorten(found.claim.iri), "label": found.claim.label, "trace": listed})
    if form == "table":
        return "".join(f"{visible(line)}\n" for line in _tree(branches))
    if form == "md":
        return "".join(f"{'  ' * depth}- {what}: {words} `{name}`\n" for depth, what, name, words in branches)
    cells = [[str(depth), what, name, words] for depth, what, name, words in branches]
    return rows(("depth", "what", "name", "words"), cells, form, width, color)


def _branches(found: Trace) -> Iterator[Branch]:
    claim, labels = found.claim, found.labels
    yield 0, "claim", shorten(claim.iri), claim.label
    for passage in found.passages:
        yield 1, "passage", shorten(passage.iri), f"at {passage.start}-{passage.end} of {shorten(passage.article)}"
    yield from _stages(found.stage, 1, "article", labels)
    for speaker in claim.speakers:
        how = labels.get(claim.attribution, shorten(claim.attribution))
        yield 1, "said by", shorten(speaker), f"{labels.get(speaker, '')} ({how})"
    if not claim.speakers:
        yield 1, "said by", shorten(claim.article), "the article in its own voice"
    for what, names in (("on behalf of", claim.speaks_for), ("handed on by", claim.via)):
        yield from ((1, what, shorten(name), labels.get(name, "")) for name in names)
    yield from _carried(found.parents, 1)
    for what, names in (("carried on to", found.onward), ("revised by", found.revised_by)):
        yield from ((1, what, shorten(name), "") for name in names)
    for name, why in found.depends_on:
        yield 1, "not independent of", shorten(name), f"what has {why}"


def _stages(stage: Stage, depth: int, what: str, labels: Mapping[str, str]) -> Iterator[Branch]:
    article = stage.article
    days = sorted({str(day) for day in (article.not_before, article.not_after) if day})
    parts = [
        article.label,
        " to ".join(days),
        labels.get(article.publisher, "") if article.publisher else "",
        labels.get(article.origin, "") if article.origin else "",
        "see above" if stage.again else "",
    ]
    yield depth, what, shorten(article.iri), ", ".join(part for part in parts if part)
    kind = labels.get(article.derivation, "") if article.derivation else ""
    for parent in stage.parents:
        yield from _stages(parent, depth + 1, f"{kind} of" if kind else "derives from", labels)


def _carried(parents: Sequence[Carried], depth: int) -> Iterator[Branch]:
    for one in parents:
        yield depth, "carried over from", shorten(one.claim.iri), one.claim.label
        for change in one.changes:
            yield depth + 1, "changed on the way", change.aspect, f"from {change.before} to {change.after}"
        if not one.changes:
            yield depth + 1, "changed on the way", "nothing", ""
        yield from _carried(one.parents, depth + 1)


def _tree(branches: Sequence[Branch]) -> Iterator[str]:
    """Draw the branches: a line each, with the strokes that join it to those before and behind."""
    lines: list[str] = []
    below: set[int] = set()  # the levels at which a branch goes on further down
    for depth, what, name, words in reversed(branches):
        strokes = ["│  " if level in below else "   " for level in range(1, depth)]
        strokes += [] if depth == 0 else ["├─ "] if depth in below else ["└─ "]
        lines.append(f"{''.join(strokes)}{what} {name}" + (f": {words}" if words else ""))
        below = {level for level in below if level < depth} | {depth}
    return reversed(lines)


def timeline(found: Timeline, form: str, width: int, color: bool = False) -> str:
    """Return what is reported with a time, in order, then what without one."""
    entries = (*found.dated, *found.undated)
    if form == "json":
        dated, undated = ([_entry_object(one) for one in part] for part in (found.dated, found.undated))
        return document({"dated": dated, "undated": undated})
    if form == "table":
        # On a terminal the bars tell more than the names of the claims, for which there would be no room.
        bars = _chart(found.dated)
        cells = [[one.when, bars.get(place, ""), one.what, _marked(one)] for place, one in enumerate(entries)]
        return rows(("when", "chart", "what", "label"), cells, form, width, color)
    columns = ("first", "last", "throughout", "when", "what", "subject", "predicate", "object", "label", "claims")
    cells = [
        [
            one.first.isoformat() if one.first else "",
            one.last.isoformat() if one.last else "",
            ("true" if one.throughout else "false") if one.first else "",
            one.when,
            one.what,
            shorten(one.subject),
            shorten(one.predicate),
            cell_text(one.object) or "",
            _marked(one),
            " ".join(map(shorten, one.claims)),
        ]
        for one in entries
    ]
    return rows(columns, cells, form, width, color)


def _marked(entry: Entry) -> str:
    marks = [shorten(mark).removeprefix("kg:").upper() for mark in (entry.polarity, entry.modality)]
    shown = [mark for mark in marks if mark and mark.capitalize() not in _PLAIN]
    return f"{entry.label} ({', '.join(shown)})" if shown else entry.label


def _chart(entries: Sequence[Entry]) -> dict[int, str]:
    """Return a bar for each entry between the first and the last day of all: full throughout, light sometime within."""
    spans = [(one.first, one.last) for one in entries if one.first and one.last]
    if not spans:
        return {}
    low = min(first for first, _ in spans).toordinal()
    days = max(last for _, last in spans).toordinal() - low + 1
    bars = {}
    for place, one in enumerate(entries):
        if one.first and one.last:
            start = (one.first.toordinal() - low) * _CHART // days
            end = max(start + 1, -((one.last.toordinal() - low + 1) * -_CHART // days))
            bars[place] = "·" * start + ("█" if one.throughout or one.first == one.last else "░") * (end - start)
            bars[place] = bars[place].ljust(_CHART, "·")
    return bars


def _entry_object(entry: Entry) -> dict[str, object]:
    return {
        "what": entry.what,
        "first": entry.first.isoformat() if entry.first else None,
        "last": entry.last.isoformat() if entry.last else None,
        "throughout": entry.throughout,
        "when": entry.when,
        "subject": shorten(entry.subject),
        "predicate": shorten(entry.predicate),
        "object": cell_text(entry.object),
        "label": entry.label,
        "modality": shorten(entry.modality),
        "polarity": shorten(entry.polarity),
        "claims": [shorten(claim) for claim in entry.claims],
    }


def paths(found: Sequence[Path], labels: Mapping[str, str], form: str, width: int, color: bool = False) -> str:
    """Return ways between two things, a step a row, with the claims that make each step."""
    if form == "json":
        listed = [
            [
                {
                    "from": shorten(step.start),
                    "to": shorten(step.end),
                    "statements": [
                        {
                            "predicate": shorten(link.predicate),
                            "forward": link.forward,
                            "origins": link.origins,
                            "claims": [shorten(claim) for claim in link.claims],
                        }
                        for link in step.links
                    ],
                }
                for step in path.steps
            ]
            for path in found
        ]
        return document({"paths": [{"steps": steps} for steps in listed]})
    cells = [
        [
            str(number),
            labels.get(step.start, shorten(step.start)),
            _arrow(link, labels),
            labels.get(step.end, shorten(step.end)),
            f"at most {link.origins}",
            " ".join(map(shorten, link.claims)),
        ]
        for number, path in enumerate(found, start=1)
        for step in path.steps
        for link in step.links
    ]
    return rows(("path", "from", "by", "to", "origins", "claims"), cells, form, width, color)


def _arrow(link: Link, labels: Mapping[str, str]) -> str:
    name = labels.get(link.predicate, shorten(link.predicate))
    return f"{name} →" if link.forward else f"← {name}"
