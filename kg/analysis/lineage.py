"""The way of one claim: from its passage and article back to where the article derives from, and to who said it."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Store

from kg.analysis.independence import sources
from kg.analysis.values import Change, changes, read
from kg.claims.background import Article, Background, background
from kg.claims.claim import Claim, claims
from kg.claims.passages import Passage, passages
from kg.errors import NameUnknownError
from kg.rdf.namespaces import shorten, suggest


@dataclass(frozen=True, slots=True)
class Stage:
    """An article on the way, with those that it derives from; `again` where it stands in the tree already."""

    article: Article
    parents: tuple["Stage", ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """A claim on the way, what changed from it to the next nearer claim, and the claims it was carried over from."""

    claim: Claim
    changes: tuple[Change, ...]
    parents: tuple["Carried", ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of a claim: where it stands, through which articles and hands it came, what changed, where it went on.

    Speakers, principals and `via` are fields of the claim; `parents` are the claims that it was carried over from,
    `onward` those carried over from it, `revised_by` those that correct it.
    """

    claim: Claim
    passages: tuple[Passage, ...]
    stage: Stage
    parents: tuple[Carried, ...]
    onward: tuple[str, ...]
    revised_by: tuple[str, ...]
    depends_on: tuple[tuple[str, str], ...]
    labels: dict[str, str]


def trace(store: Store, claim: str) -> Trace:
    """Return the way of the claim with the IRI; raises NameUnknownError where there is none."""
    known = {one.iri: one for one in claims(store)}
    if claim not in known:
        raise NameUnknownError(f"no claim '{shorten(claim)}'{suggest(shorten(claim), [shorten(iri) for iri in known])}")
    facts = background(store)
    own = known[claim]
    return Trace(
        own,
        tuple(one for one in passages(store, own.article) if one.iri in own.passages),
        _stage(own.article, facts, set()),
        _parents(own, known, facts, {claim}),
        tuple(one.iri for one in known.values() if claim in one.derived_from),
        tuple(one.iri for one in known.values() if claim in one.revises),
        tuple(sorted(sources(own, facts, known).items())),
        facts.labels,
    )


def _stage(iri: str, facts: Background, seen: set[str]) -> Stage:
    label = facts.labels.get(iri, shorten(iri))
    article = facts.articles.get(iri) or Article(iri, label, None, (), None, None, None, None, ())
    if iri in seen:
        return Stage(article, (), again=True)
    seen.add(iri)
    return Stage(article, tuple(_stage(parent, facts, seen) for parent in article.derived_from), again=False)


def _parents(claim: Claim, known: Mapping[str, Claim], facts: Background, seen: set[str]) -> tuple[Carried, ...]:
    found: list[Carried] = []
    for iri in claim.derived_from:
        if iri in known and iri not in seen:
            seen.add(iri)
            parent = known[iri]
            altered = changes(read(parent, facts), read(claim, facts), facts)
            found.append(Carried(parent, altered, _parents(parent, known, facts, seen)))
    return tuple(found)
