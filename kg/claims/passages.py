"""Passages: the spans of articles' texts that the graph cites by offset and digest; found, cited and counted."""

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
    """How many characters of an article are accounted for; without its text, white space counts as characters.

    `verified` says whether the text at hand is the one that the graph cites (None: no text is at hand).
    """

    article: str
    characters: int
    claimed: int
    set_aside: int
    open: int
    claims: int
    open_spans: tuple[tuple[int, int], ...]
    with_text: bool
    verified: bool | None = None

    @property
    def share(self) -> float:
        """Return the part that is claimed or set aside, from 0 to 1; an article without characters has all of it."""
        return (self.claimed + self.set_aside) / self.characters if self.characters else 1.0


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage with its text, and whether the text has the digest that the graph records (None: none recorded)."""

    passage: Passage
    text: str
    verified: bool | None


@dataclass(frozen=True, slots=True)
class Repair:
    """Where a passage's text is now: state `kept`, `moved`, `cut` (one offset wrong) or `changed` (not found)."""

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
    """Return the passages whose sources these statements give."""
    found: set[Passage] = set()
    for quad in sources:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            facts = values(store, quad.subject)
            start, end = _offset(facts.get(f"{_OA}start")), _offset(facts.get(f"{_OA}end"))
            if start is not None and end is not None:
                said = {one.subject for one in store.quads_for_pattern(None, NamedNode(f"{KG}passage"), quad.subject)}
                own, kept, aside = quad.subject.value, facts.get(f"{KG}digest"), facts.get(f"{KG}setAside")
                found.add(Passage(own, quad.object.value, start, end, kept, aside, len(said)))
    return tuple(sorted(found, key=lambda one: (one.article, one.start, one.end, one.iri)))


def values(store: Store, node: NamedNode) -> dict[str, str]:
    """Return the values of a thing by property, one of each: IRIs and lexical forms."""
    return {
        quad.predicate.value: quad.object.value
        for quad in store.quads_for_pattern(node, None, None)
        if isinstance(quad.object, NamedNode | Literal)
    }


def _offset(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"\+?[0-9]{1,12}", value) else None


def anchor(store: Store, article_: str, quotation: str, texts: Path) -> Passage:
    """Return the passage that a quotation makes: the next free name, the offsets, the digest.

    The quotation may have other white space than the text. Raises KgError where it does not occur or occurs more than
    once, with the offsets.
    """
    text = text_of(article(store, article_), texts)
    words = canonical(quotation).split()
    if not words:
        raise KgError("the quotation is empty: give some words of the text")
    pattern = r"\s+".join(map(re.escape, words))
    found = [match.span(1) for match in re.finditer(f"(?=({pattern}))", text)]  # also places that overlap
    if not found:
        raise KgError(f"the quotation does not occur in the text of {shorten(article_)}")
    if len(found) > 1:
        places = ", ".join(f"{start}-{end}" for start, end in found[:9])
        raise KgError(
            f"the quotation occurs {len(found)} times in the text of {shorten(article_)}, at {places}: give more"
        )
    ((start, end),) = found
    for one in passages(store, article_):
        if (one.start, one.end) == (start, end):
            raise KgError(f"these characters are {shorten(one.iri)} already, at {start}-{end}")
    return Passage(_next_name(store, article_), article_, start, end, digest(text[start:end]), None, 0)


def _next_name(store: Store, article_: str) -> str:
    """Return the IRI of a passage with the number after the highest of the article's passages, faulty ones too."""
    own = f"{PREFIXES['passage']}{slug(article_)}-"
    taken = store.quads_for_pattern(None, _SOURCE, NamedNode(article_))
    tails = [quad.subject.value.removeprefix(own) for quad in taken if isinstance(quad.subject, NamedNode)]
    return f"{own}{max((int(tail) for tail in tails if re.fullmatch('[0-9]+', tail)), default=0) + 1:02}"


def cite(store: Store, iri: str, texts: Path) -> tuple[Cited, ...]:
    """Return the text of a passage, or of each passage of a claim, checked against the recorded digest.

    Raises NameUnknownError for anything else, SourceError where a text is missing or ends before the passage.
    """
    if kind(iri) == "claim":
        wanted = {passage for claim in claims(store, [iri]) for passage in claim.passages}
    elif kind(iri) == "passage":
        wanted = {iri}
    else:
        raise NameUnknownError(f"'{shorten(iri)}' is neither a claim nor a passage: only these can be cited")
    cited: list[Cited] = []
    for passage in passages_of(store, wanted):
        text = text_of(passage.article, texts)
        if not 0 <= passage.start < passage.end <= len(text):
            raise SourceError(
                f"{shorten(passage.iri)} is at {passage.start}-{passage.end}, the text of "
                f"{shorten(passage.article)} in '{texts}' has {len(text)} characters"
            )
        span = text[passage.start : passage.end]
        cited.append(Cited(passage, span, digest(span) == passage.digest if passage.digest else None))
    if not cited:
        raise NameUnknownError(f"'{shorten(iri)}' has no passage with offsets")
    return tuple(cited)


def coverage(store: Store, texts: Path | None, article_: str | None = None) -> tuple[Coverage, ...]:
    """Return for one article, or for each, how much of its text is claimed, set aside and open.

    With the texts only non-space characters count; without them all characters do. Raises SourceError where `texts` is
    given and a text is missing.
    """
    chosen = (article(store, article_),) if article_ else articles(store)
    return tuple(_covered(store, one, text_of(one, texts) if texts else None) for one in chosen)


def _covered(store: Store, article_: str, text: str | None) -> Coverage:
    facts = values(store, NamedNode(article_))
    recorded = _offset(facts.get(f"{KG}textLength")) or 0
    verified = None if text is None else digest(text) == facts.get(f"{KG}textDigest")
    length = recorded if text is None else len(text)
    own = passages(store, article_)
    claimed = _counted(_union([one for one in own if one.claims], length), text)
    covered = _union(own, length)
    aside = _counted(covered, text) - claimed
    open_ = tuple(span for span in _trimmed(_gaps(covered, length), text) if span[0] < span[1])
    said = sum(1 for _ in store.quads_for_pattern(None, _TYPE, NamedNode(f"{KG}Claim"), NamedNode(article_)))
    whole = _counted([(0, length)], text)
    return Coverage(article_, whole, claimed, aside, whole - claimed - aside, said, open_, text is not None, verified)


def _union(some: Iterable[Passage], length: int) -> list[Span]:
    """Return the spans that the passages, in order of their start, cover together in a text of the length."""
    found: list[Span] = []
    for one in some:
        start, end = min(one.start, length), min(one.end, length)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return found


def _gaps(covered: Sequence[Span], length: int) -> Iterator[Span]:
    ends = [0, *(end for _, end in covered)]
    return zip(ends, [*(start for start, _ in covered), length], strict=True)


def _counted(spans: Iterable[Span], text: str | None) -> int:
    """Return how many characters of the spans count: all, or those of the text that are no white space."""
    return sum(end - start if text is None else len("".join(text[start:end].split())) for start, end in spans)


def _trimmed(spans: Iterable[Span], text: str | None) -> Iterator[Span]:
    """Give the spans without the white space of the text at their ends."""
    for start, end in spans:
        held = "" if text is None else text[start:end]
        yield start + len(held) - len(held.lstrip()), end - len(held) + len(held.rstrip())


def repair(store: Store, article_: str, texts: Path) -> tuple[Repair, ...]:
    """Return for each passage of the article where its characters stand in the text at hand."""
    text = text_of(article(store, article_), texts)
    return located(passages(store, article_), text)


def located(some: Iterable[Passage], text: str) -> tuple[Repair, ...]:
    """Return where each passage's digest is: at its place, elsewhere at its length, or with one offset moved."""
    edges: tuple[list[int], set[int]] | None = None  # sought only where something is not at its place
    found: list[Repair] = []
    for one in some:
        if one.digest is None or (one.end <= len(text) and digest(text[one.start : one.end]) == one.digest):
            found.append(Repair(one, "kept", one.start, one.end))
            continue
        edges = edges or _edges(text)
        spans = (span for span in _spans(one, *edges) if digest(text[span[0] : span[1]]) == one.digest)
        start, end = next(spans, (-1, -1))
        if start < 0:
            found.append(Repair(one, "changed", one.start, one.end))
        else:
            found.append(Repair(one, "moved" if end - start == one.end - one.start else "cut", start, end))
    return tuple(found)


def _edges(text: str) -> tuple[list[int], set[int]]:
    """Return the offsets at which a passage may start, in order, and end: not within a word, not on white space."""
    starts = [place.start() for place in re.finditer(r"(?<![^\W_])[^\W_]|[^\w\s]|_", text)]
    ends = {place.end() for place in re.finditer(r"[^\W_](?![^\W_])|[^\w\s]|_", text)}
    return starts, ends


def _spans(passage: Passage, starts: Sequence[int], ends: Set[int]) -> Iterator[Span]:
    """Give the places where a passage may be: its own length anywhere, nearest first, then one end fixed.

    An end that is not fixed lies at most 2,000 characters from the other, so that long texts stay affordable.
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
