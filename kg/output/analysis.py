"""Source criticism as text: conflicts, origins, lineage, timelines and paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analysis.wording import dependence_words
from kg.escape import visible
from kg.output.table import ASSERTED, cell_text, document, json_fields, label_of, rows
from kg.rdf.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.analysis.conflicts import Conflict
    from kg.analysis.independence import Statement
    from kg.analysis.lineage import Carried, Derivation, Lineage
    from kg.analysis.network import Path, Step
    from kg.analysis.timeline import Entry, Timeline

#: The width of a timeline's chart, in characters.
_CHART = 24
#: A line of a tree: depth, relation to the line above it, short name, words.
Branch = tuple[int, str, str, str]


def conflicts(pairs: Iterable[Conflict], form: str, width: int, color: bool = False) -> str:
    """Return pairs of claims with their verdicts, as a table or as a JSON object."""
    if form == "json":
        names = ("verdict", "claims", "subject", "predicate", "reason")
        iris = ("claims", "subject", "predicate")
        return document({"conflicts": [json_fields(pair, names, iris) for pair in pairs]})
    cells = [[pair.verdict, *map(shorten, (pair.subject, pair.predicate, *pair.claims)), pair.reason] for pair in pairs]
    return rows(("verdict", "subject", "predicate", "claim", "other", "reason"), cells, form, width, color)


def origins(
    statements: Sequence[Statement], labels: Mapping[str, str], form: str, width: int, color: bool = False
) -> str:
    """Return statements with the articles, outlets and origins that they rest on, as a table or as a JSON object."""
    if form == "json":
        iris = ("subject", "predicate", "polarity", "modality", "claims")
        names = (*iris[:2], "object", *iris[2:], "articles", "outlets", "origins", "reason")
        return document({"statements": [json_fields(one, names, iris) for one in statements]})
    cells = []
    for one in statements:
        counts = [str(one.articles), str(one.outlets), f"at most {one.origins}"]
        cells.append([_statement(one, labels), *counts, one.reason, " ".join(map(shorten, one.claims))])
    return rows(("statement", "articles", "outlets", "origins", "reason", "claims"), cells, form, width, color)


def _statement(statement: Statement, labels: Mapping[str, str]) -> str:
    """Return a statement by its labels, with the marks that are not the rule: denial, modality, population, place."""
    odd = [mark for mark in (statement.polarity, statement.modality) if not mark.endswith(ASSERTED)]
    marks = [label_of(mark, labels) for mark in (*odd, statement.counts, statement.where) if mark]
    parts = (label_of(term, labels) for term in (statement.subject, statement.predicate, statement.object))
    return " | ".join(parts) + (f" ({', '.join(marks)})" if marks else "")


def lineage(found: Lineage, form: str, width: int, color: bool = False) -> str:
    """Return the lineage of a claim: a tree, rows of its branches, or a JSON object."""
    branches = list(_branches(found))
    columns = ("depth", "relation", "name", "words")
    if form == "json":
        trace = [dict(zip(columns, branch, strict=True)) for branch in branches]
        return document({"claim": shorten(found.claim.iri), "label": found.claim.label, "trace": trace})
    if form == "table":
        return "".join(f"{visible(line)}\n" for line in _tree(branches))
    if form == "md":
        return "".join(f"{'  ' * depth}- {relation}: {words} `{name}`\n" for depth, relation, name, words in branches)
    return rows(columns, [[str(depth), *texts] for depth, *texts in branches], form, width, color)


def _branches(found: Lineage) -> Iterator[Branch]:
    claim, labels = found.claim, found.labels
    yield 0, "claim", shorten(claim.iri), claim.label
    for passage in found.passages:
        yield 1, "passage", shorten(passage.iri), f"at {passage.start}-{passage.end} of {shorten(passage.article)}"
    yield from _derivations(found.derivation, 1, "article", labels)
    for speaker in claim.speakers:
        yield 1, "said by", shorten(speaker), f"{labels.get(speaker, '')} ({label_of(claim.attribution, labels)})"
    if not claim.speakers:
        yield 1, "said by", shorten(claim.article), "the article in its own voice"
    for relation, names in (("on behalf of", claim.speaks_for), ("handed on by", claim.via)):
        yield from ((1, relation, shorten(name), labels.get(name, "")) for name in names)
    yield from _carried(found.parents, 1)
    for relation, names in (("carried over to", found.onward), ("revised by", found.revised_by)):
        yield from ((1, relation, shorten(name), "") for name in names)
    for name, dependence in found.depends_on:
        yield 1, "not independent of claims of", shorten(name), dependence_words(dependence)


def _derivations(derivation: Derivation, depth: int, relation: str, labels: Mapping[str, str]) -> Iterator[Branch]:
    article = derivation.article
    days = sorted({str(day) for day in (article.not_before, article.not_after) if day})
    origin = (labels.get(iri or "") for iri in (article.publisher, article.origin))
    parts = (article.label, " to ".join(days), *origin, "see above" if derivation.again else "")
    yield depth, relation, shorten(article.iri), ", ".join(filter(None, parts))
    kind = labels.get(article.derivation or "")
    for parent in derivation.parents:
        yield from _derivations(parent, depth + 1, f"{kind} of" if kind else "derives from", labels)


def _carried(parents: Iterable[Carried], depth: int) -> Iterator[Branch]:
    for parent in parents:
        yield depth, "carried over from", shorten(parent.claim.iri), parent.claim.label
        for aspect, words in parent.changes or (("nothing", ""),):
            yield depth + 1, "changed", aspect, words
        yield from _carried(parent.parents, depth + 1)


def _tree(branches: Sequence[Branch]) -> Iterator[str]:
    """Draw the branches: a line each, with the strokes that join it to the lines above and below."""
    lines: list[str] = []
    below: set[int] = set()  # the levels at which a branch goes on further down
    for depth, relation, name, words in reversed(branches):
        strokes = ["│  " if level in below else "   " for level in range(1, depth)]
        strokes += [] if depth == 0 else ["├─ "] if depth in below else ["└─ "]
        lines.append(f"{''.join(strokes)}{relation} {name}" + (f": {words}" if words else ""))
        below = {level for level in below if level < depth} | {depth}
    return reversed(lines)


def timeline(found: Timeline, form: str, width: int, color: bool = False) -> str:
    """Return the dated entries in order, then the undated ones."""
    if form == "json":
        parts = {"dated": found.dated, "undated": found.undated}
        return document({name: list(map(_entry_object, part)) for name, part in parts.items()})
    entries = (*found.dated, *found.undated)
    if form == "table":
        # There is no room for both bars and names of claims, and bars tell more.
        bars = _chart(found.dated)
        cells = [[one.when, bars.get(place, ""), one.kind, _marked(one)] for place, one in enumerate(entries)]
        return rows(("when", "chart", "kind", "label"), cells, form, width, color)
    columns = ("first", "last", "throughout", "when", "kind", "subject", "predicate", "object", "label")
    cells = []
    for entry in entries:
        throughout = str(entry.throughout).lower() if entry.first else None
        fields = _entry_object(entry) | {"label": _marked(entry), "throughout": throughout}
        cells.append([*(cell_text(fields[name]) or "" for name in columns), " ".join(map(shorten, entry.claims))])
    return rows((*columns, "claims"), cells, form, width, color)


def _entry_object(entry: Entry) -> dict[str, object]:
    names = ("subject", "predicate", "object", "label", "modality", "polarity")
    of_claim = json_fields(entry.claim, names, ("subject", "predicate", "modality", "polarity"))
    return (
        json_fields(entry, ("first", "last", "throughout", "when", "kind"))
        | of_claim
        | {"claims": list(map(shorten, entry.claims))}
    )


def _marked(entry: Entry) -> str:
    marks = [shorten(mark).removeprefix("kg:") for mark in (entry.claim.polarity, entry.claim.modality)]
    shown = [mark.upper() for mark in marks if mark and mark not in ASSERTED]
    return f"{entry.claim.label} ({', '.join(shown)})" if shown else entry.claim.label


def _chart(entries: Sequence[Entry]) -> dict[int, str]:
    """Return a bar for each entry between the first and the last day of all: full throughout, light sometime within."""
    spans = {place: (one.first, one.last) for place, one in enumerate(entries) if one.first and one.last}
    low = min((first.toordinal() for first, _ in spans.values()), default=0)
    days = max((last.toordinal() for _, last in spans.values()), default=0) - low + 1
    bars = {}
    for place, (first, last) in spans.items():
        start = (first.toordinal() - low) * _CHART // days
        end = max(start + 1, -((last.toordinal() - low + 1) * -_CHART // days))
        fill = "█" if entries[place].throughout or first == last else "░"
        bars[place] = ("·" * start + fill * (end - start)).ljust(_CHART, "·")
    return bars


def paths(found: Sequence[Path], labels: Mapping[str, str], form: str, width: int, color: bool = False) -> str:
    """Return paths between two entities, a step a row, with the claims that make each step."""
    if form == "json":
        return document({"paths": [{"steps": list(map(_step_object, path))} for path in found]})
    cells = []
    for number, path in enumerate(found, start=1):
        for step in path:
            start, end = label_of(step.start, labels), label_of(step.end, labels)
            for link in step.links:
                name = label_of(link.predicate, labels)
                by = f"{name} →" if link.forward else f"← {name}"
                claims = " ".join(map(shorten, link.claims))
                cells.append([str(number), start, by, end, f"at most {link.origins}", claims])
    return rows(("path", "from", "by", "to", "origins", "claims"), cells, form, width, color)


def _step_object(step: Step) -> dict[str, object]:
    names = ("predicate", "forward", "origins", "claims")
    links = [json_fields(link, names, ("predicate", "claims")) for link in step.links]
    return {"from": shorten(step.start), "to": shorten(step.end), "statements": links}
