"""The evidence: the offsets, digests and wordings of the graph compared with the source texts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store

from kg.claims.background import KG, RDF, RDFS, day_of
from kg.claims.claim import Claim, claims
from kg.claims.passages import Passage, located, passages, values
from kg.claims.texts import articles, digest, text_of
from kg.errors import SourceError
from kg.rdf.namespaces import PREFIXES, kind, shorten

#: The number of consecutive words from which on a literal repeats its article instead of citing it.
VERBATIM_WORDS = 8
#: How a note ends that gives the range of a wording: "From 24 to 99.", "From 2 on."
_CODED = re.compile(r"From (\d+) (?:to (\d+)|on)\.")
_OA, _SCHEMA, _SKOS = (PREFIXES[prefix] for prefix in ("oa", "schema", "skos"))
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
#: The fewest characters of a passage.
SHORTEST_PASSAGE = 4


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    """One result of a rule on evidence: the triple has full IRIs and a lexical value."""

    rule: str
    focus: str
    path: str | None
    value: str | None
    message: str


def results(store: Store, texts: Path) -> tuple[EvidenceResult, ...]:
    """Return the results on the texts in the directory, article by article."""
    found = list(_of_quantities(store))
    spoken: dict[str, list[Claim]] = {}
    for claim in claims(store):
        spoken.setdefault(claim.article, []).append(claim)
    every = articles(store)
    owners = {values(store, NamedNode(one)).get(f"{KG}textDigest", ""): one for one in every}
    for one in every:
        try:
            text = text_of(one, texts)
        except SourceError as error:
            found.append(EvidenceResult("evidence:text-missing", one, f"{KG}textDigest", None, str(error)))
            continue
        own = passages(store, one)
        spans = {passage.iri: text[passage.start : passage.end] for passage in own}
        found += _of_text(store, one, text, owners)
        found += _of_passages(own, text)
        found += _of_claims(store, spoken.get(one, []), spans)
        found += _verbatim(store, one, text)
    return tuple(found)


def _of_text(store: Store, article_: str, text: str, owners: Mapping[str, str]) -> Iterator[EvidenceResult]:
    """Compare the text as a whole; `owners` has the article of each recorded digest."""
    facts = values(store, NamedNode(article_))
    recorded, length, own = facts.get(f"{KG}textDigest"), facts.get(f"{KG}textLength"), digest(text)
    if recorded != own:
        owner = f", that of {shorten(owners[own])}" if own in owners else ""
        message = f"the text has the digest {own}{owner}"
        yield EvidenceResult("evidence:text-digest", article_, f"{KG}textDigest", recorded, message)
    if length != str(len(text)):
        message = f"the text has {len(text)} characters"
        yield EvidenceResult("evidence:text-length", article_, f"{KG}textLength", length, message)


def _of_passages(own: Sequence[Passage], text: str) -> Iterator[EvidenceResult]:
    for passage, place in zip(own, located(own, text), strict=True):
        start, end, last = passage.start, passage.end, len(text)
        if end > last or start >= end:
            after = f"ends after the text, which has {last} characters"
            message = f"the passage {after if end > last else 'ends before it starts'}"
            yield EvidenceResult("evidence:offsets", passage.iri, f"{_OA}end", str(end), message)
        elif end - start < SHORTEST_PASSAGE:
            message = f"the passage has {end - start} characters"
            yield EvidenceResult("evidence:short-passage", passage.iri, f"{_OA}end", str(end), message)
        if place.state == "moved":
            message = f"the passage has moved to {place.start}-{place.end}"
            yield EvidenceResult("evidence:passage-moved", passage.iri, f"{_OA}start", str(start), message)
        elif place.state == "cut":
            wrong, offset = ("start", start) if place.start != start else ("end", end)
            message = f"oa:{wrong} is wrong, because the digest is that of {place.start}-{place.end}"
            yield EvidenceResult("evidence:passage-cut", passage.iri, f"{_OA}{wrong}", str(offset), message)
        elif place.state == "changed":
            message = "the text has changed: no characters at these offsets or nearby have the digest"
            yield EvidenceResult("evidence:passage-changed", passage.iri, f"{KG}digest", passage.digest, message)


def _of_quantities(store: Store) -> Iterator[EvidenceResult]:
    """Compare the numbers of a quantity: in its label, wordings and range, and the range in its note."""
    for quad in store.quads_for_pattern(None, NamedNode(f"{RDF}type"), NamedNode(f"{KG}Quantity")):
        if not isinstance(quad.subject, NamedNode):
            continue
        iri, facts = quad.subject.value, values(store, quad.subject)
        worded = {number for wording in _wordings(store, quad.subject) for number in _NUMBER.findall(wording)}
        label = facts.get(f"{RDFS}label", "")
        for number in sorted(set(_NUMBER.findall(label)) - worded) if worded else ():
            message = f"no wording has the label's number {number}"
            yield EvidenceResult("evidence:quantity-label", iri, f"{RDFS}label", label, message)
        low, high = facts.get(f"{_SCHEMA}minValue", ""), facts.get(f"{_SCHEMA}maxValue", "")
        coded = _CODED.search(facts.get(f"{_SKOS}editorialNote", ""))
        for end, own, said in (("minValue", low, coded and coded[1]), ("maxValue", high, coded and (coded[2] or ""))):
            if said is not None and own != said:
                message = f"the coding rule in the note has {said or 'no upper end'}"
                yield EvidenceResult("evidence:quantity-range", iri, f"{_SCHEMA}{end}", own or None, message)
        exact = {number.replace(",", "") for number in worded}
        if low == high and exact and low not in exact:
            message = f"the wording has another number ({'; '.join(sorted(worded))})"
            yield EvidenceResult("evidence:quantity-range", iri, f"{_SCHEMA}minValue", low, message)


def _of_claims(store: Store, spoken: list[Claim], spans: dict[str, str]) -> Iterator[EvidenceResult]:
    for claim in spoken:
        cited = _plain(" \n ".join(spans.get(passage, "") for passage in claim.passages))
        if isinstance(claim.object, NamedNode) and kind(claim.object.value) == "quantity":
            wordings, quantity = _wordings(store, claim.object), claim.object.value
            if not any(_occurs(wording, cited) for wording in wordings):
                message = f"no passage has the quantity's wording ({'; '.join(wordings) or 'it has none'})"
                yield EvidenceResult("evidence:quantity-wording", claim.iri, f"{RDF}object", quantity, message)
        name = claim.object.value if claim.predicate == f"{KG}name" and isinstance(claim.object, Literal) else None
        if name is not None and not _occurs(name, cited):
            message = f"no passage has the name '{name}'"
            yield EvidenceResult("evidence:name-wording", claim.iri, f"{RDF}object", name, message)
        for number in sorted(set(_NUMBER.findall(claim.label)) - _given(claim)):
            if not re.search(rf"(?<!\d)(?<!\d[.,]){re.escape(number)}(?!\d|[.,]\d)", cited):
                message = f"no passage has the label's number {number}, nor do the claim's days"
                yield EvidenceResult("evidence:label-number", claim.iri, f"{RDFS}label", claim.label, message)
        if claim.time_wording and not _occurs(claim.time_wording, cited):
            message = f"no passage has the words '{claim.time_wording}'"
            yield EvidenceResult("evidence:time-wording", claim.iri, f"{KG}timeWording", claim.time_wording, message)


def _wordings(store: Store, quantity: NamedNode) -> list[str]:
    quads = store.quads_for_pattern(quantity, NamedNode(f"{KG}wording"), None)
    return sorted(quad.object.value for quad in quads if isinstance(quad.object, Literal))


def _given(claim: Claim) -> set[str]:
    """Return the numbers that a label may take from the claim's days: years, months, days of the month."""
    days = [day for day in (claim.not_before, claim.not_after, day_of(claim.object)) if day is not None]
    return {str(number) for day in days for number in (day.year, day.month, day.day)}


def _plain(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").casefold().split())


def _occurs(wording: str, cited: str) -> bool:
    """Return whether the text has the words as whole words or numbers: neither 3 nor 000 is in 3,000."""
    return re.search(rf"(?<!\w)(?<!\d[.,]){re.escape(_plain(wording))}(?!\w|[.,]\d)", cited) is not None


def _verbatim(store: Store, article_: str, text: str) -> Iterator[EvidenceResult]:
    """Yield the labels and notes in the article's graph that repeat a run of its words; the headline may."""
    runs = set(_runs(text))
    for quad in store.quads_for_pattern(None, None, None, NamedNode(article_)):
        if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, Literal):
            continue
        focus, path, literal = quad.subject.value, quad.predicate.value, quad.object.value
        if (focus, path) != (article_, f"{RDFS}label") and not runs.isdisjoint(_runs(literal)):
            message = f"it repeats {VERBATIM_WORDS} words in a row from the article"
            yield EvidenceResult("evidence:verbatim", focus, path, literal, message)


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return (tuple(words[at : at + VERBATIM_WORDS]) for at in range(len(words) - VERBATIM_WORDS + 1))
