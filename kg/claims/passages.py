"""Passages: spans of source texts, cited by offset and digest; their coverage of an article, and their repair."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.claims.background import KG, RDF
from kg.claims.claim import claims
from kg.claims.texts import article, articles, canonical, digest, slug, text_of
from kg.errors import KgError, NameUnknownError, SourceError
from kg.rdf.namespaces import PREFIXES, kind, shorten

_OA = PREFIXES["oa"]
_TYPE = NamedNode(f"{RDF}type")
_SOURCE = NamedNode(f"{_OA}hasSource")

#: Two offsets, the end exclusive.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of an article's canonical text: offsets in code points, end exclusive."""

    iri: str
    article: str
    start: int
    end: int
    digest: str | None
    set_aside: str | None
    claims: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The number of characters of an article that are claimed, set aside or open.

    White space counts only without the source text. `verified` is whether the source text is the one that the graph
    cites, None without the text.
    """

    article: str
    characters: int
    claimed: int
    set_aside: int
    open: int
    claims: int
    open_spans: tuple[Span, ...]
    verified: bool | None = None

    @property
    def share(self) -> float:
        """Return the share that is claimed or set aside, from 0 to 1; 1 for an article without characters."""
        return (self.claimed + self.set_aside) / self.characters if self.characters else 1.0


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage with its text, and whether that has the recorded digest (None: none is recorded)."""

    passage: Passage
    text: str
    verified: bool | None


@dataclass(frozen=True, slots=True)
class Repair:
    """The place of a passage's text now: state `kept`, `moved`, `cut` (one offset wrong) or `changed` (not found)."""

    passage: Passage
    state: str
    start: int
    end: int


def passages(store: Store, article: str | None = None) -> tuple[Passage, ...]:
    """Return the passages of one article, or of all, by article and place; those without whole offsets are left out."""
    source = NamedNode(article) if article else None
    return _in_order(store, store.quads_for_pattern(None, _SOURCE, source))


def passages_of(store: Store, iris: Iterable[str]) -> tuple[Passage, ...]:
    """Return the passages with these IRIs, by article and place; those without whole offsets are left out."""
    nodes = map(NamedNode, sorted(set(iris)))
    return _in_order(store, (quad for node in nodes for quad in store.quads_for_pattern(node, _SOURCE, None)))


def _in_order(store: Store, sources: Iterable[Quad]) -> tuple[Passage, ...]:
    """Return the passages that are subjects of the quads of oa:hasSource."""
    result: set[Passage] = set()
    for quad in sources:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            facts = values(store, quad.subject)
            start, end = _offset(facts.get(f"{_OA}start")), _offset(facts.get(f"{_OA}end"))
            if start is not None and end is not None:
                citing = store.quads_for_pattern(None, NamedNode(f"{KG}passage"), quad.subject)
                recorded, aside = facts.get(f"{KG}digest"), facts.get(f"{KG}setAside")
                count = len({claim.subject for claim in citing})
                result.add(Passage(quad.subject.value, quad.object.value, start, end, recorded, aside, count))
    return tuple(sorted(result, key=lambda passage: (passage.article, passage.start, passage.end, passage.iri)))


def values(store: Store, node: NamedNode) -> dict[str, str]:
    """Return the values of a subject by property, one of each: IRIs and lexical forms."""
    return {
        quad.predicate.value: quad.object.value
        for quad in store.quads_for_pattern(node, None, None)
        if isinstance(quad.object, NamedNode | Literal)
    }


def _offset(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"\+?[0-9]{1,12}", value) else None


def anchor(store: Store, article_: str, quotation: str, texts: Path) -> Passage:
    """Return the passage of a quotation: the next free name, the offsets, the digest.

    The quotation may have other white space than the text. Raises KgError where it does not occur or occurs more than
    once, with the offsets.
    """
    text = text_of(article(store, article_), texts)
    words = canonical(quotation).split()
    if not words:
        raise KgError("the quotation is empty: give words of the text")
    pattern = r"\s+".join(map(re.escape, words))
    spans = [match.span(1) for match in re.finditer(f"(?=({pattern}))", text)]  # also those that overlap
    if not spans:
        raise KgError(f"the quotation does not occur in the text of {shorten(article_)}")
    if len(spans) > 1:
        places = ", ".join(f"{start}-{end}" for start, end in spans[:9])
        raise KgError(
            f"the quotation occurs {len(spans)} times in the text of {shorten(article_)}, at {places}: give more words"
        )
    ((start, end),) = spans
    for passage in passages(store, article_):
        if (passage.start, passage.end) == (start, end):
            raise KgError(f"the quotation is already {shorten(passage.iri)}, at {start}-{end}")
    return Passage(_next_name(store, article_), article_, start, end, digest(text[start:end]), None, 0)


def _next_name(store: Store, article_: str) -> str:
    """Return the IRI of a passage with the number after the highest of the article, invalid passages included."""
    own = f"{PREFIXES['passage']}{slug(article_)}-"
    taken = store.quads_for_pattern(None, _SOURCE, NamedNode(article_))
    tails = [quad.subject.value.removeprefix(own) for quad in taken if isinstance(quad.subject, NamedNode)]
    return f"{own}{max((int(tail) for tail in tails if re.fullmatch('[0-9]+', tail)), default=0) + 1:02}"


def cite(store: Store, iri: str, texts: Path) -> tuple[Cited, ...]:
    """Return the text of a passage, or of each passage of a claim, checked against the recorded digest.

    Raises NameUnknownError for anything else, SourceError where a text is missing or ends before the passage.
    """
    if kind(iri) == "claim":
        iris = {passage for claim in claims(store, [iri]) for passage in claim.passages}
    elif kind(iri) == "passage":
        iris = {iri}
    else:
        raise NameUnknownError(f"'{shorten(iri)}' is neither a claim nor a passage: only these can be cited")
    cited: list[Cited] = []
    for passage in passages_of(store, iris):
        text = text_of(passage.article, texts)
        if not 0 <= passage.start < passage.end <= len(text):
            raise SourceError(
                f"{shorten(passage.iri)} is at {passage.start}-{passage.end}, but the text of "
                f"{shorten(passage.article)} in '{texts}' has {len(text)} characters"
            )
        span = text[passage.start : passage.end]
        cited.append(Cited(passage, span, digest(span) == passage.digest if passage.digest else None))
    if not cited:
        raise NameUnknownError(f"'{shorten(iri)}' has no passage with offsets")
    return tuple(cited)


def coverage(store: Store, texts: Path | None, article_: str | None = None) -> tuple[Coverage, ...]:
    """Return for one article, or for each, how much of its text is claimed, set aside and open.

    With the source texts white space does not count. Raises SourceError where `texts` is given and a text is missing.
    """
    chosen = (article(store, article_),) if article_ else articles(store)
    return tuple(_covered(store, iri, text_of(iri, texts) if texts else None) for iri in chosen)


def _covered(store: Store, article_: str, text: str | None) -> Coverage:
    facts = values(store, NamedNode(article_))
    recorded = _offset(facts.get(f"{KG}textLength")) or 0
    verified = None if text is None else digest(text) == facts.get(f"{KG}textDigest")
    length = recorded if text is None else len(text)
    own = passages(store, article_)
    claimed = _counted(_union([passage for passage in own if passage.claims], length), text)
    covered = _union(own, length)
    aside = _counted(covered, text) - claimed
    edges = zip([0, *(end for _, end in covered)], [*(start for start, _ in covered), length], strict=True)
    gaps = tuple(span for span in _trimmed(edges, text) if span[0] < span[1])
    count = sum(1 for _ in store.quads_for_pattern(None, _TYPE, NamedNode(f"{KG}Claim"), NamedNode(article_)))
    whole = _counted([(0, length)], text)
    return Coverage(article_, whole, claimed, aside, whole - claimed - aside, count, gaps, verified)


def _union(some: Iterable[Passage], length: int) -> list[Span]:
    """Return the union of the passages, given in order of their start, as disjoint spans within the length."""
    spans: list[Span] = []
    for passage in some:
        start, end = min(passage.start, length), min(passage.end, length)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        elif start < end:
            spans.append((start, end))
    return spans


def _counted(spans: Iterable[Span], text: str | None) -> int:
    """Return the number of characters in the spans, with the text without its white space."""
    return sum(end - start if text is None else len("".join(text[start:end].split())) for start, end in spans)


def _trimmed(spans: Iterable[Span], text: str | None) -> Iterator[Span]:
    """Yield the spans without white space at their ends."""
    for start, end in spans:
        span = "" if text is None else text[start:end]
        yield start + len(span) - len(span.lstrip()), end - len(span) + len(span.rstrip())


def repair(store: Store, article_: str, texts: Path) -> tuple[Repair, ...]:
    """Return for each passage of the article its place in the source text."""
    text = text_of(article(store, article_), texts)
    return located(passages(store, article_), text)


def located(some: Iterable[Passage], text: str) -> tuple[Repair, ...]:
    """Return the span with each passage's digest: its own, one of equal length elsewhere, or one with one end moved."""
    # The offsets at which a passage may start, in order, and end: no white space, no part of a word.
    edges: tuple[list[int], set[int]] | None = None  # computed for a passage that is not at its place
    repairs: list[Repair] = []
    for passage in some:
        start, end = passage.start, passage.end
        if passage.digest is None or (end <= len(text) and digest(text[start:end]) == passage.digest):
            repairs.append(Repair(passage, "kept", start, end))
            continue
        edges = edges or (
            [place.start() for place in re.finditer(r"(?<![^\W_])[^\W_]|[^\w\s]|_", text)],
            {place.end() for place in re.finditer(r"[^\W_](?![^\W_])|[^\w\s]|_", text)},
        )
        spans = (span for span in _spans(passage, *edges) if digest(text[slice(*span)]) == passage.digest)
        match = next(spans, None)
        if match is None:
            repairs.append(Repair(passage, "changed", start, end))
        else:
            repairs.append(Repair(passage, "moved" if match[1] - match[0] == end - start else "cut", *match))
    return tuple(repairs)


def _spans(passage: Passage, starts: Sequence[int], ends: Set[int]) -> Iterator[Span]:
    """Yield the spans where a passage may be: its own length anywhere, nearest first, then one end fixed.

    The other end is at most 2,000 characters away, which bounds the time for long texts.
    """
    start, end = passage.start, passage.end
    if start < end:
        fitting = (first for first in starts if first + end - start in ends)
        yield from ((first, first + end - start) for first in sorted(fitting, key=lambda first: abs(first - start)))
    at = bisect_left(starts, start)
    if starts[at : at + 1] == [start]:
        yield from ((start, last) for last in range(start + 1, start + 2001) if last in ends)
    if end in ends:
        yield from ((first, end) for first in starts[bisect_left(starts, end - 2000) : bisect_left(starts, end)])
