"""Independence of claims: the articles, outlets and origins that they rest on; the origins are an upper bound."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal, NamedNode, Store

from kg.analysis.reasons import Dependence
from kg.analysis.values import content_key, days_of, outlet
from kg.analysis.wording import origins_words
from kg.claims.background import KG, Background, background
from kg.claims.claim import Claim, claims


@dataclass(frozen=True, slots=True)
class Independence:
    """How many articles, outlets and, at most, independent origins some claims have.

    `shared` are the sources that make several articles one origin, `unknown` the articles of unknown origin.
    """

    articles: int
    outlets: int
    origins: int
    shared: tuple[tuple[str, Dependence], ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Claims that say the same: equal value, polarity, modality, population and place, on days that overlap."""

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
    lineage = [article]
    for current in lineage:
        lineage += [parent for parent in _parents(current, background, updates) if parent not in lineage]
    return tuple(lineage)


def roots(article: str, background: Background, *, updates: bool = True) -> frozenset[str]:
    """Return the articles at which the article's chains of derivation begin: itself, if it derives from nothing."""
    lineage = ancestors(article, background, updates=updates)
    # Articles that derive from each other in a ring have no beginning; one of them represents all.
    first = {ancestor for ancestor in lineage if not _parents(ancestor, background, updates)}
    return frozenset(first or {min(lineage)})


def _parents(article: str, background: Background, updates: bool) -> tuple[str, ...]:
    known = background.articles.get(article)
    return known.derived_from if known is not None and (updates or known.derivation != f"{KG}Update") else ()


def sources(claim: Claim, background: Background, known: Mapping[str, Claim]) -> dict[str, Dependence]:
    """Return the sources that a claim depends on: two claims that share one have one origin.

    These are its article and outlet, its speakers and intermediaries, the roots of the article's derivation with their
    outlets, and all of these for the claims (among `known`) from which it was carried over.
    """
    dependences: dict[str, Dependence] = {}
    for ancestor in _carried(claim, known):
        for root in sorted(roots(ancestor.article, background)):
            if root != ancestor.article:
                dependences[root] = Dependence.SOURCE
                dependences.setdefault(outlet(root, background), Dependence.OUTLET)
        dependences.setdefault(ancestor.article, Dependence.ARTICLE if ancestor is claim else Dependence.SOURCE)
        dependences.setdefault(outlet(ancestor.article, background), Dependence.OUTLET)
        for speaker in ancestor.speakers:
            dependences[speaker] = Dependence.SPEAKER
        for intermediary in ancestor.via:
            dependences.setdefault(intermediary, Dependence.INTERMEDIARY)
    return dependences


def shared(a: Mapping[str, Dependence], b: Mapping[str, Dependence]) -> tuple[str, Dependence] | None:
    """Return the most telling source that two claims with these sources have in common, or None."""
    common = [(min(a[source], b[source]), source) for source in a.keys() & b.keys()]
    return min(common)[::-1] if common else None


def _carried(claim: Claim, known: Mapping[str, Claim]) -> Iterator[Claim]:
    """Yield the claim and those from which it was carried over, however far back."""
    seen, open_ = set[str](), [claim]
    while open_:
        current = open_.pop()
        if current.iri not in seen:
            seen.add(current.iri)
            yield current
            open_ += [known[parent] for parent in current.derived_from if parent in known]


def is_known(claim: Claim, background: Background, known: Mapping[str, Claim]) -> bool:
    """Say whether the claim's origin is known; a claim of unknown origin corroborates no other."""
    return any(
        (article := background.articles.get(root)) is not None and article.origin == f"{KG}Original"
        for ancestor in _carried(claim, known)
        for root in roots(ancestor.article, background)
    )


def independence(some: Iterable[Claim], background: Background, known: Mapping[str, Claim]) -> Independence:
    """Return the articles, outlets and origins of the claims; `known` holds those they may be carried over from.

    Claims that share a source (see `sources`), directly or through others, have one origin. Claims of unknown origin
    add no origin to others, and count as one where there are no others.
    """
    every = sorted(some, key=lambda claim: claim.iri)
    articles = {claim.article for claim in every}
    outlets = {outlet(article, background) for article in articles}
    of_known_origin = [claim for claim in every if is_known(claim, background, known)]
    merged, common = _merge([sources(claim, background, known) for claim in of_known_origin])
    unknown = articles - {claim.article for claim in of_known_origin}
    origins = max(merged, min(1, len(every)))
    return Independence(len(articles), len(outlets), origins, tuple(sorted(common.items())), tuple(sorted(unknown)))


def _merge(each: Sequence[Mapping[str, Dependence]]) -> tuple[int, dict[str, Dependence]]:
    """Return how many groups remain when all that share a source merge, and the sources that merged articles."""
    group = list(range(len(each)))
    first: dict[str, tuple[int, Dependence]] = {}
    common: dict[str, Dependence] = {}

    def leader(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for index, dependences in enumerate(each):
        for source, dependence in sorted(dependences.items(), key=lambda item: item[::-1]):
            other, of_other = first.setdefault(source, (index, dependence))
            if leader(other) != leader(index):
                group[leader(index)] = leader(other)
                if {of_other, dependence} != {Dependence.ARTICLE}:
                    common[source] = min(of_other, dependence)
    return len(set(map(leader, range(len(each))))), common


def statements(store: Store) -> tuple[Statement, ...]:
    """Return all statements with the origins that they rest on, by subject, predicate and object.

    Dated claims say the same when their days overlap, directly or through others; undated ones say the same as each
    other, and as the dated ones where these are all of one time.
    """
    every = claims(store)
    unordered = stated(every, background(store), {claim.iri: claim for claim in every})
    return tuple(sorted(unordered, key=lambda one: (one.subject, one.predicate, str(one.object), one.claims)))


def stated(some: Iterable[Claim], facts: Background, known: Mapping[str, Claim]) -> Iterator[Statement]:
    """Yield the statements that the claims make, in no order; all claims of one subject and predicate must be there.

    `known` holds the claims from which they may have been carried over.
    """
    alike: dict[tuple[object, ...], list[Claim]] = {}
    for claim in some:
        alike.setdefault(content_key(claim, facts), []).append(claim)
    for group in alike.values():
        yield from (_statement(run, facts, known) for run in _runs(group))


def _runs(group: list[Claim]) -> list[list[Claim]]:
    bounds = [(days_of(claim), claim) for claim in group]
    dated = [(days, claim) for days, claim in bounds if days is not None]
    undated = [claim for days, claim in bounds if days is None]
    runs: list[list[Claim]] = []
    end = 0
    for (first, last), claim in sorted(dated, key=lambda item: item[0]):
        if first > end:
            runs.append([])
        runs[-1].append(claim)
        end = max(end, last)
    if len(runs) == 1:
        runs[0] += undated
    elif undated:
        runs.append(undated)
    return runs


def _statement(run: list[Claim], facts: Background, known: Mapping[str, Claim]) -> Statement:
    head, *_ = run = sorted(run, key=lambda claim: claim.iri)
    rest = independence(run, facts, known)
    return Statement(
        subject=head.subject,
        predicate=head.predicate,
        object=head.object,
        polarity=head.polarity,
        modality=head.modality,
        counts=head.counts,
        where=head.where,
        not_before=min((claim.not_before for claim in run if claim.not_before), default=None),
        not_after=max((claim.not_after for claim in run if claim.not_after), default=None),
        claims=tuple(claim.iri for claim in run),
        articles=rest.articles,
        outlets=rest.outlets,
        origins=rest.origins,
        reason=origins_words(rest.articles, rest.shared, rest.unknown, facts),
    )
