"""The evidence: articles' texts, held apart from the project, against the offsets and digests that the graph cites."""

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.background import KG, RDF, RDFS, day_of
from kg.claims import Claim, claims
from kg.dataset import read_text
from kg.errors import KgError, NameUnknownError, SourceError
from kg.terms import PREFIXES, SLUG, kind, shorten, suggest

_OA = PREFIXES["oa"]
_TYPE = NamedNode(f"{RDF}type")
_SOURCE = NamedNode(f"{_OA}hasSource")
#: From so many words in a row on, a literal of the graph repeats its article instead of citing it.
VERBATIM_WORDS = 8
#: How a note ends that gives the range of a wording: "From 24 to 99.", "From 2 on."
_CODED = re.compile(r"From (\d+) (?:to (\d+)|on)\.")
_SCHEMA, _SKOS = PREFIXES["schema"], PREFIXES["skos"]
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
#: A passage of fewer characters points at nothing.
SHORTEST_PASSAGE = 4

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
class Fault:
    """What the texts say against the graph: the rule, the triple (full IRIs, lexical value), the sentence."""

    rule: str
    focus: str
    path: str | None
    value: str | None
    message: str
    severity: str = "violation"


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
class Beginning:
    """What an article's block says of its canonical text: digest, and length in code points."""

    article: str
    digest: str
    length: int


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


def canonical(text: str) -> str:
    """Return the text under `hearsay-text-1`: no byte-order mark, line ends as U+000A, Unicode NFC."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain)


def digest(text: str) -> str:
    """Return "sha256:" and the hexadecimal digest of the text in UTF-8."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def slug(article: str) -> str:
    """Return the local name of an article's IRI, which is also the stem of its text's file."""
    return article.removeprefix(PREFIXES["article"])


def text_of(article: str, texts: Path) -> str:
    """Return the canonical text of the article; raises SourceError where it is missing or not UTF-8."""
    path = texts / f"{slug(article)}.txt"
    if not path.is_file():
        held = [found.stem for found in texts.glob("*.txt")] if texts.is_dir() else []
        raise SourceError(f"no text '{path.name}' in '{texts}'{suggest(slug(article), held)}")
    return canonical(read_text(path, str(path)))


def articles(store: Store) -> tuple[str, ...]:
    """Return the articles whose text the graph cites (they have a digest of it), in the order of their IRIs."""
    found = store.quads_for_pattern(None, NamedNode(f"{KG}textDigest"), None)
    return tuple(sorted({quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)}))


def article(store: Store, iri: str) -> str:
    """Return `iri` where it is an article whose text the graph cites; raises NameUnknownError otherwise."""
    known = articles(store)
    if iri not in known:
        what = "is known by name only" if kind(iri) == "article" else "is no article"
        raise NameUnknownError(f"'{shorten(iri)}' {what}{suggest(shorten(iri), [shorten(one) for one in known])}")
    return iri


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
            facts = _values(store, quad.subject)
            start, end = _offset(facts.get(f"{_OA}start")), _offset(facts.get(f"{_OA}end"))
            if start is not None and end is not None:
                said = {one.subject for one in store.quads_for_pattern(None, NamedNode(f"{KG}passage"), quad.subject)}
                own, kept, aside = quad.subject.value, facts.get(f"{KG}digest"), facts.get(f"{KG}setAside")
                found.add(Passage(own, quad.object.value, start, end, kept, aside, len(said)))
    return tuple(sorted(found, key=lambda one: (one.article, one.start, one.end, one.iri)))


def _values(store: Store, node: NamedNode) -> dict[str, str]:
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


def begin(article_: str, texts: Path) -> Beginning:
    """Return what an article's block says of its text; the article, `article:slug` or `slug`, need not be described.

    Raises NameUnknownError for a name that no article can have, SourceError where its text is missing.
    """
    name = article_.removeprefix("article:")
    if not SLUG.match(name):
        raise NameUnknownError(f"'{article_}' is no name of an article: words of a-z and 0-9 with hyphens between them")
    text = text_of(PREFIXES["article"] + name, texts)
    return Beginning(PREFIXES["article"] + name, digest(text), len(text))


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
    facts = _values(store, NamedNode(article_))
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
    return _located(passages(store, article_), text)


def _located(some: Iterable[Passage], text: str) -> tuple[Repair, ...]:
    """Find each passage's digest: at its place, elsewhere at its length, or with one of its offsets moved."""
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


def faults(store: Store, texts: Path) -> tuple[Fault, ...]:
    """Return what the texts in the directory say against the graph, article by article."""
    found = list(_of_quantities(store))
    spoken: dict[str, list[Claim]] = {}
    for claim in claims(store):
        spoken.setdefault(claim.article, []).append(claim)
    every = articles(store)
    owners = {_values(store, NamedNode(one)).get(f"{KG}textDigest", ""): one for one in every}
    for one in every:
        try:
            text = text_of(one, texts)
        except SourceError as error:
            found.append(Fault("evidence:text-missing", one, f"{KG}textDigest", None, str(error)))
            continue
        own = passages(store, one)
        spans = {passage.iri: text[passage.start : passage.end] for passage in own}
        found += _of_text(store, one, text, owners)
        found += _of_passages(own, text)
        found += _of_claims(store, spoken.get(one, []), spans)
        found += _verbatim(store, one, text)
    return tuple(found)


def _of_text(store: Store, article_: str, text: str, owners: Mapping[str, str]) -> Iterator[Fault]:
    """Compare the text as a whole; `owners` has the article of each recorded digest."""
    facts = _values(store, NamedNode(article_))
    recorded, length, own = facts.get(f"{KG}textDigest"), facts.get(f"{KG}textLength"), digest(text)
    if recorded != own:
        which = f"; it is the text of {shorten(owners[own])}" if own in owners else ""
        message = f"The text at hand has another digest than the graph records: {own}{which}."
        yield Fault("evidence:text-digest", article_, f"{KG}textDigest", recorded, message)
    if length != str(len(text)):
        message = f"The text at hand has {len(text)} characters."
        yield Fault("evidence:text-length", article_, f"{KG}textLength", length, message)


def _of_passages(own: Sequence[Passage], text: str) -> Iterator[Fault]:
    for passage, place in zip(own, _located(own, text), strict=True):
        start, end, last = passage.start, passage.end, len(text)
        if end > last or start >= end:
            message = f"The passage ends behind the text, which has {last} characters."
            message = message if end > last else "The passage ends before it starts."
            yield Fault("evidence:offsets", passage.iri, f"{_OA}end", str(end), message)
        elif end - start < SHORTEST_PASSAGE:
            message = f"A passage has at least {SHORTEST_PASSAGE} characters; this one has {end - start}."
            yield Fault("evidence:short-passage", passage.iri, f"{_OA}end", str(end), message)
        if place.state == "moved":
            message = f"moved: the digest is that of the characters {place.start}-{place.end}."
            yield Fault("evidence:passage-moved", passage.iri, f"{_OA}start", str(start), message)
        elif place.state == "cut":
            wrong = "start" if place.start != start else "end"
            message = f"The digest is that of the characters {place.start}-{place.end}: oa:{wrong} is wrong."
            yield Fault("evidence:passage-cut", passage.iri, f"{_OA}{wrong}", str(getattr(passage, wrong)), message)
        elif place.state == "changed":
            message = (
                "changed: the characters at these offsets have another digest, and no others nearby have this one."
            )
            yield Fault("evidence:passage-changed", passage.iri, f"{KG}digest", passage.digest, message)


def _of_quantities(store: Store) -> Iterator[Fault]:
    """Hold a quantity's numbers together: those of its label, its wording, its range, and the range in its note."""
    for quad in store.quads_for_pattern(None, NamedNode(f"{RDF}type"), NamedNode(f"{KG}Quantity")):
        if not isinstance(quad.subject, NamedNode):
            continue
        iri, facts = quad.subject.value, _values(store, quad.subject)
        found = store.quads_for_pattern(quad.subject, NamedNode(f"{KG}wording"), None)
        worded = {
            number for one in found if isinstance(one.object, Literal) for number in _NUMBER.findall(one.object.value)
        }
        label = facts.get(f"{RDFS}label", "")
        for number in sorted(set(_NUMBER.findall(label)) - worded) if worded else ():
            message = f"The label's number {number} is in none of the wordings."
            yield Fault("evidence:quantity-label", iri, f"{RDFS}label", label, message)
        low, high = facts.get(f"{_SCHEMA}minValue", ""), facts.get(f"{_SCHEMA}maxValue", "")
        coded = _CODED.search(facts.get(f"{_SKOS}editorialNote", ""))
        for end, own, said in (("minValue", low, coded and coded[1]), ("maxValue", high, coded and (coded[2] or ""))):
            if said is not None and own != said:
                message = f"The coding rule in the note has {said or 'no upper end'}."
                yield Fault("evidence:quantity-range", iri, f"{_SCHEMA}{end}", own or None, message)
        exact = {number.replace(",", "") for number in worded}
        if low == high and exact and low not in exact:
            message = f"The wording has another number: {'; '.join(sorted(worded))}."
            yield Fault("evidence:quantity-range", iri, f"{_SCHEMA}minValue", low, message)


def _of_claims(store: Store, spoken: list[Claim], spans: dict[str, str]) -> Iterator[Fault]:
    for claim in spoken:
        cited = _plain(" \n ".join(spans.get(passage, "") for passage in claim.passages))
        if isinstance(claim.object, NamedNode) and kind(claim.object.value) == "quantity":
            found = store.quads_for_pattern(claim.object, NamedNode(f"{KG}wording"), None)
            wordings = sorted(quad.object.value for quad in found if isinstance(quad.object, Literal))
            if not any(_occurs(wording, cited) for wording in wordings):
                message = f"None of the passages has the quantity's wording ({'; '.join(wordings) or 'it has none'})."
                yield Fault("evidence:quantity-wording", claim.iri, f"{RDF}object", claim.object.value, message)
        if (
            claim.predicate == f"{KG}name"
            and isinstance(claim.object, Literal)
            and not _occurs(claim.object.value, cited)
        ):
            message = f"None of the passages has the name '{claim.object.value}'."
            yield Fault("evidence:name-wording", claim.iri, f"{RDF}object", claim.object.value, message)
        for number in sorted(set(_NUMBER.findall(claim.label)) - _given(claim)):
            if not re.search(rf"(?<!\d)(?<!\d[.,]){re.escape(number)}(?!\d|[.,]\d)", cited):
                message = f"The label's number {number} is in none of the passages, nor in the claim's days."
                yield Fault("evidence:label-number", claim.iri, f"{RDFS}label", claim.label, message)
        if claim.time_wording and not _occurs(claim.time_wording, cited):
            message = f"None of the passages has the words '{claim.time_wording}'."
            yield Fault("evidence:time-wording", claim.iri, f"{KG}timeWording", claim.time_wording, message)


def _given(claim: Claim) -> set[str]:
    """Return the numbers that a label may take from the claim's days: years, months, days of the month."""
    days = [day for day in (claim.not_before, claim.not_after, day_of(claim.object)) if day is not None]
    return {str(number) for day in days for number in (day.year, day.month, day.day)}


def _plain(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").casefold().split())


def _occurs(wording: str, cited: str) -> bool:
    """Say whether the words stand in the text as whole words or numbers: neither 3 nor 000 is in 3,000."""
    return re.search(rf"(?<!\w)(?<!\d[.,]){re.escape(_plain(wording))}(?!\w|[.,]\d)", cited) is not None


def _verbatim(store: Store, article_: str, text: str) -> Iterator[Fault]:
    """Find labels and notes of the article's graph that repeat a run of its words; the headline may."""
    words = re.findall(r"\w+", text.casefold())
    runs = {tuple(words[at : at + VERBATIM_WORDS]) for at in range(len(words) - VERBATIM_WORDS + 1)}
    for quad in store.quads_for_pattern(None, None, None, NamedNode(article_)):
        if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, Literal):
            continue
        if quad.subject.value == article_ and quad.predicate.value == f"{RDFS}label":
            continue
        own = re.findall(r"\w+", quad.object.value.casefold())
        if any(tuple(own[at : at + VERBATIM_WORDS]) in runs for at in range(len(own) - VERBATIM_WORDS + 1)):
            message = f"No literal repeats {VERBATIM_WORDS} words of the article in a row: say it in words of your own."
            yield Fault("evidence:verbatim", quad.subject.value, quad.predicate.value, quad.object.value, message)


def texts_directory(named: Path | None) -> Path:
    """Return the directory of texts; raises SourceError where none is named or it is not there."""
    if named is None:
        raise SourceError("this needs the articles' texts: name their directory with --texts DIR or KG_TEXTS")
    if not named.is_dir():
        raise SourceError(f"'{named}' is no directory: --texts or KG_TEXTS names the one with <article>.txt")
    return named
