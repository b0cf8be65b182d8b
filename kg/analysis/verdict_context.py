"""The surroundings of a pair of claims, which its verdict depends on: the background and all other claims."""

from collections.abc import Callable, Iterable
from functools import cache, partial

from kg.analysis.comparability import PredicateRelation, predicate_relation
from kg.analysis.origins import is_known, roots, sources
from kg.analysis.reasons import Dependence
from kg.analysis.values import ComparableClaim, Relation, comparable, relation
from kg.claims.background import KG, Background
from kg.claims.claim import Claim

#: Relations of values of which one contains the other.
NESTED = (Relation.INSIDE, Relation.AROUND)


class Context:
    """The background and all claims, with the values that many pairs need."""

    def __init__(self, claims: Iterable[Claim], background: Background) -> None:
        """Take all claims, because a claim may be carried over from any other."""
        self.background = background
        self.claims = {claim.iri: claim for claim in claims}
        self._sources: dict[str, tuple[dict[str, Dependence], bool]] = {}
        self._covers: dict[str, tuple[int, int] | None] = {}
        self._by_article: dict[str, list[Claim]] = {}
        for claim in self.claims.values():
            self._by_article.setdefault(claim.article, []).append(claim)

        # These caches refer to the background alone: a cycle with the context would keep it in memory.
        #: How claims of two predicates compare, or None where they do not.
        self.predicates: Callable[[str, str], PredicateRelation | None] = cache(
            partial(predicate_relation, background=background)
        )
        #: The articles at which an article's chains of derivation begin; an update is open about its changes.
        self.chain_roots: Callable[[str], frozenset[str]] = cache(partial(roots, background=background, updates=False))

    def sources(self, claim: Claim) -> tuple[dict[str, Dependence], bool]:
        """Return the sources that the claim depends on, see `independence`, and whether its origin is known."""
        if claim.iri not in self._sources:
            known = is_known(claim, self.background, self.claims)
            self._sources[claim.iri] = (sources(claim, self.background, self.claims), known)
        return self._sources[claim.iri]

    def has_content(self, article: str, content: ComparableClaim) -> bool:
        """Say whether the article has a claim with the same content, be it more or less exact."""
        return any(
            relation(comparable(other, self.background).value, content.value) in (Relation.EQUAL, *NESTED)
            for other in self._alike(content.claim, article)
        )

    def _alike(self, claim: Claim, article: str) -> list[Claim]:
        """Return the article's claims that are like the claim in everything but value, days and voice."""
        return [
            other
            for other in self._by_article.get(article, ())
            if other.subject == claim.subject and _content(other) == _content(claim)
        ]

    def cover(self, claim: ComparableClaim) -> tuple[int, int] | None:
        """Return the days that the claim covers together with equal claims of its article about adjacent days.

        So the verdict is the same whether an article's statement about a range is one claim or several.
        """
        if claim.claim.iri not in self._covers:
            self._covers[claim.claim.iri] = self._cover(claim)
        return self._covers[claim.claim.iri]

    def _cover(self, claim: ComparableClaim) -> tuple[int, int] | None:
        profile = self.background.profiles.get(claim.claim.predicate)
        if claim.days is None or not claim.throughout or (profile and profile.measure == f"{KG}Flow"):
            return claim.days
        alike = (comparable(other, self.background) for other in self._alike(claim.claim, claim.claim.article))
        ranges = sorted(other.days for other in alike if other.days and other.throughout and _equal(other, claim))
        first, last = claim.days
        for start, end in ranges + ranges[::-1]:
            if start <= last + 1 and end >= first - 1:
                first, last = min(first, start), max(last, end)
        return (first, last)


def _content(claim: Claim) -> tuple[str | None, ...]:
    return (claim.subject, claim.predicate, claim.polarity, claim.modality, claim.counts, claim.where)


def _equal(a: ComparableClaim, b: ComparableClaim) -> bool:
    return (a.value.key, a.voice, a.claim.certainty) == (b.value.key, b.voice, b.claim.certainty)
