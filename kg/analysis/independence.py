"""What statements rest on: articles, outlets and origins, counted apart; the number of origins is an upper bound."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal, NamedNode, Store

from kg.claims.background import KG, Background, background
from kg.claims.claim import Claim, claims
from kg.rdf.namespaces import shorten

_UPDATE = f"{KG}Update"
#: Why two claims are not independent; what stands first tells most.
_REASONS = (
    "the same source article",
    "the same article",
    "the same speaker",
    "handed on by the same",
    "the same outlet",
)
_SOURCE, _ARTICLE, _SPEAKER, _HAND, _OUTLET = _REASONS


@dataclass(frozen=True, slots=True)
class Independence:
    """How many articles, outlets and, at most, independent origins some claims have, and why no more."""

    articles: int
    outlets: int
    origins: int
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Claims that say the same: equal value, polarity, modality, population and place, on days that meet."""

    subject: str
    predicate: str
    object: NamedNode | Literal
    polarity: str
    modality: str
    counts: str | None
    where: str | None
    not_before: date | None
    not_after: date | None
    claims: tuple[str, ...]
    articles: int
    outlets: int
    origins: int
    reason: str


def ancestors(article: str, background: Background, *, updates: bool = True) -> tuple[str, ...]:
    """Return the article and all that it derives from, nearest first; without `updates` not through an update."""
    found: list[str] = []
    open_ = [article]
    while open_:
        current = open_.pop(0)
        if current not in found:
            found.append(current)
            known = background.articles.get(current)
            if known is not None and (updates or known.derivation != _UPDATE):
                open_ += known.derived_from
    return tuple(found)


def roots(article: str, background: Background, *, updates: bool = True) -> frozenset[str]:
    """Return where the article's chains of derivation begin: itself, when it derives from nothing."""
    chain = ancestors(article, background, updates=updates)
    ends = {one for one in chain if not _parents(one, background, updates)}
    # Articles that derive from each other in a ring have no beginning; any of them stands for all.
    return frozenset(ends or {min(chain)})


def _parents(article: str, background: Background, updates: bool) -> tuple[str, ...]:
    known = background.articles.get(article)
    return known.derived_from if known is not None and (updates or known.derivation != _UPDATE) else ()


def outlet(article: str, background: Background) -> str:
    """Return the article's publisher; an article without one is an outlet of its own."""
    known = background.articles.get(article)
    return known.publisher if known is not None and known.publisher else article


def sources(claim: Claim, background: Background, known: Mapping[str, Claim]) -> dict[str, str]:
    """Return what a claim depends on, each with its reason: two claims that share one have one origin.

    These are its article and outlet, its speakers and those who handed it on, the roots of the article's derivation
    with their outlets, and all of these for the claims (among `known`) from which it was carried over.
    """
    found: dict[str, str] = {}
    for one in _carried(claim, known):
        for root in sorted(roots(one.article, background)):
            if root != one.article:
                found[root] = _SOURCE
                found.setdefault(outlet(root, background), _OUTLET)
        found.setdefault(one.article, _ARTICLE if one is claim else _SOURCE)
        found.setdefault(outlet(one.article, background), _OUTLET)
        for speaker in one.speakers:
            found[speaker] = _SPEAKER
        for hand in one.via:
            found.setdefault(hand, _HAND)
    return found


def shared(mine: Mapping[str, str], yours: Mapping[str, str]) -> tuple[str, str] | None:
    """Return what two claims with these sources both depend on, and its reason: that which tells most; or None."""
    both = [(min(mine[one], yours[one], key=_REASONS.index), one) for one in mine.keys() & yours.keys()]
    reason, source = min(both, key=lambda item: (_REASONS.index(item[0]), item[1]), default=("", ""))
    return (source, reason) if both else None


def _carried(claim: Claim, known: Mapping[str, Claim]) -> Iterator[Claim]:
    """Give the claim and those from which it was carried over, however far back."""
    seen: set[str] = set()
    open_ = [claim]
    while open_:
        current = open_.pop()
        if current.iri not in seen:
            seen.add(current.iri)
            yield current
            open_ += [known[parent] for parent in current.derived_from if parent in known]


def is_known(claim: Claim, background: Background, known: Mapping[str, Claim]) -> bool:
    """Say whether it is known where the claim comes from; a claim of unknown origin corroborates nobody."""
    return any(
        (article := background.articles.get(root)) is not None and article.origin == f"{KG}Original"
        for one in _carried(claim, known)
        for root in roots(one.article, background)
    )


def independence(some: Iterable[Claim], background: Background, known: Mapping[str, Claim]) -> Independence:
    """Return what the claims rest on; `known` holds the claims from which they may have been carried over.

    Claims that share a source (see `sources`) merge, and so do all that merge with one of them. Of claims whose
    origin is unknown all together add none beside others, and count as one alone.
    """
    every = sorted(some, key=lambda claim: claim.iri)
    articles = {claim.article for claim in every}
    outlets = {outlet(article, background) for article in articles}
    told = [claim for claim in every if is_known(claim, background, known)]
    merged, why = _merge([sources(claim, background, known) for claim in told])
    unknown = sorted(articles - {claim.article for claim in told})
    reasons = [f"{reason}, {_name(source, background)}" for source, reason in sorted(why.items())]
    reasons += [f"of unknown origin, {_name(article, background)}" for article in unknown]
    if not reasons:
        reasons = ["one article" if len(articles) == 1 else "nothing known joins the articles"]
    return Independence(len(articles), len(outlets), max(merged, min(1, len(every))), "; ".join(reasons))


def _merge(each: Sequence[Mapping[str, str]]) -> tuple[int, dict[str, str]]:
    """Return how many groups remain when all that share a source merge, and the sources that merged articles."""
    group = list(range(len(each)))
    first: dict[str, tuple[int, str]] = {}
    why: dict[str, str] = {}

    def leader(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for index, own in enumerate(each):
        for source in sorted(own, key=lambda source: (_REASONS.index(own[source]), source)):
            other, reason = first.setdefault(source, (index, own[source]))
            if leader(other) != leader(index):
                group[leader(index)] = leader(other)
                if {reason, own[source]} != {_ARTICLE}:
                    why[source] = min(reason, own[source], key=_REASONS.index)
    return len({leader(index) for index in range(len(each))}), why


def _name(iri: str, background: Background) -> str:
    return background.labels.get(iri, shorten(iri))


def statements(store: Store) -> tuple[Statement, ...]:
    """Return all statements with what they rest on, by subject, predicate and object.

    Dated claims say the same when their days meet, directly or through others; undated ones say the same as each
    other, and as the dated ones where these are all of one time.
    """
    every = claims(store)
    found = stated(every, background(store), {claim.iri: claim for claim in every})
    return tuple(sorted(found, key=lambda one: (one.subject, one.predicate, str(one.object), one.claims)))


def stated(some: Iterable[Claim], facts: Background, known: Mapping[str, Claim]) -> Iterator[Statement]:
    """Give the statements that the claims make, in no order; all claims of one subject and predicate must be there.

    `known` holds the claims from which they may have been carried over.
    """
    alike: dict[tuple[str | None, ...], list[Claim]] = {}
    for claim in some:
        alike.setdefault(_content(claim, facts), []).append(claim)
    for group in alike.values():
        for run in _runs(group):
            yield _statement(run, facts, known)


def _content(claim: Claim, facts: Background) -> tuple[str | None, ...]:
    value = str(claim.object)
    if isinstance(claim.object, NamedNode) and (quantity := facts.quantities.get(claim.object.value)) is not None:
        value = f"{quantity.low} {quantity.high} {quantity.unit}"
    return (claim.subject, claim.predicate, value, claim.polarity, claim.modality, claim.counts, claim.where)


def _runs(group: list[Claim]) -> Iterator[list[Claim]]:
    dated = [(claim.not_before, claim.not_after, claim) for claim in group if claim.not_before and claim.not_after]
    runs: list[list[Claim]] = []
    end = date.min
    for first, last, claim in sorted(dated, key=lambda item: (item[0], item[1], item[2].iri)):
        if runs and first <= end:
            runs[-1].append(claim)
        else:
            runs.append([claim])
        end = max(end, last)
    undated = [claim for claim in group if not (claim.not_before and claim.not_after)]
    if undated and len(runs) == 1:
        runs[0] += undated
    elif undated:
        runs.append(undated)
    yield from runs


def _statement(run: list[Claim], facts: Background, known: Mapping[str, Claim]) -> Statement:
    run = sorted(run, key=lambda claim: claim.iri)
    rest = independence(run, facts, known)
    head = run[0]
    return Statement(
        head.subject,
        head.predicate,
        head.object,
        head.polarity,
        head.modality,
        head.counts,
        head.where,
        min((claim.not_before for claim in run if claim.not_before), default=None),
        max((claim.not_after for claim in run if claim.not_after), default=None),
        tuple(claim.iri for claim in run),
        rest.articles,
        rest.outlets,
        rest.origins,
        rest.reason,
    )
