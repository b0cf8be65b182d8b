"""The lineage of a claim as text: a tree, the columns of `kg trace`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.analysis.wording import dependence_words
from kg.escape import visible
from kg.output.table import document, label_of, rows
from kg.rdf.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.analysis.lineage import Carried, Derivation, Lineage


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


#: A line of a tree: depth, relation to the line above it, short name, words.
Branch = tuple[int, str, str, str]
