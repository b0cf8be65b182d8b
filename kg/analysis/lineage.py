"""Lineage of one claim: its passages and article, the article's derivation, and the claims it was carried over from."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Store

from kg.analysis.origins import sources
from kg.analysis.reasons import Aspect, Dependence
from kg.analysis.values import changes, comparable
from kg.analysis.wording import change_words
from kg.claims.background import Article, Background, background
from kg.claims.claim import Claim, claims
from kg.claims.passages import Passage, passages
from kg.errors import NameUnknownError
from kg.rdf.namespaces import shorten, suggest


@dataclass(frozen=True, slots=True)
class Derivation:
    """An article with the derivations of its source articles; `again` if the tree contains it already."""

    article: Article
    parents: tuple["Derivation", ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """A claim that was carried over, the changes from it to the next nearer claim in words, and its own sources."""

    claim: Claim
    changes: tuple[tuple[Aspect, str], ...]
    parents: tuple["Carried", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """The lineage of a claim.

    Speakers, principals and intermediaries are fields of the claim; `parents` are the claims that it was carried over
    from, `onward` those carried over from it, `revised_by` those that correct it, `depends_on` the sources that it
    shares with claims that are not independent of it.
    """

    claim: Claim
    passages: tuple[Passage, ...]
    derivation: Derivation
    parents: tuple[Carried, ...] = ()
    onward: tuple[str, ...] = ()
    revised_by: tuple[str, ...] = ()
    depends_on: tuple[tuple[str, Dependence], ...] = ()
    labels: Mapping[str, str]


def lineage(store: Store, iri: str) -> Lineage:
    """Return the lineage of the claim with the IRI; raises NameUnknownError if there is no such claim."""
    known = {claim.iri: claim for claim in claims(store)}
    if iri not in known:
        raise NameUnknownError(f"no claim '{shorten(iri)}'{suggest(shorten(iri), map(shorten, known))}")
    facts = background(store)
    claim = known[iri]
    return Lineage(
        claim=claim,
        passages=tuple(passage for passage in passages(store, claim.article) if passage.iri in claim.passages),
        derivation=_derivation(claim.article, facts, set()),
        parents=_carried(claim, known, facts, {iri}),
        onward=tuple(other.iri for other in known.values() if iri in other.derived_from),
        revised_by=tuple(other.iri for other in known.values() if iri in other.revises),
        depends_on=tuple(sorted(sources(claim, facts, known).items())),
        labels=facts.labels,
    )


def _derivation(iri: str, facts: Background, seen: set[str]) -> Derivation:
    label = facts.labels.get(iri, shorten(iri))
    article = facts.articles.get(iri) or Article(iri, label, None, (), None, None, None, None, ())
    if iri in seen:
        return Derivation(article, (), again=True)
    seen.add(iri)
    return Derivation(article, tuple(_derivation(parent, facts, seen) for parent in article.derived_from), again=False)


def _carried(claim: Claim, known: Mapping[str, Claim], facts: Background, seen: set[str]) -> tuple[Carried, ...]:
    carried = []
    for iri in claim.derived_from:
        if iri in known and iri not in seen:
            seen.add(iri)
            parent = known[iri]
            aspects = changes(comparable(parent, facts), comparable(claim, facts))
            words = tuple((aspect, change_words(aspect, parent, claim, facts)) for aspect in aspects)
            carried.append(Carried(parent, words, _carried(parent, known, facts, seen)))
    return tuple(carried)
