"""Conflicts of the graph: the pairs of claims that have a verdict.

Claims are grouped by subject and comparable predicates, and by object where many values hold at once. In a group the
pairs that an analyst must see are swept for, so that time grows with the claims and with the pairs shown. Hidden pairs
are counted by verdict up to a fixed number of pairs, and in one number beyond.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

from pyoxigraph import NamedNode, Store

from kg.analysis.pairs import candidates
from kg.analysis.values import DAYS, comparable
from kg.analysis.verdict_context import Context
from kg.analysis.verdicts import SHOWN, VERDICTS, Pair, decide, pair_of
from kg.analysis.wording import conflict_words
from kg.claims.background import KG, Background, background
from kg.claims.claim import Claim, claims, uncollected


@dataclass(frozen=True, slots=True)
class Conflict:
    """A pair of claims (sorted) with its verdict and the reason as one sentence."""

    verdict: str
    claims: tuple[str, str]
    subject: str
    predicate: str
    reason: str


@dataclass(frozen=True, slots=True)
class Conflicts:
    """The pairs with a verdict asked for, the number of pairs of each other verdict, and of pairs without a count."""

    shown: tuple[Conflict, ...]
    hidden: dict[str, int]
    uncounted: int


@uncollected()  # around the whole function, so that all that it held is gone when the collector runs again
def conflicts(
    store: Store,
    verdicts: Collection[str] = SHOWN,
    about: str | None = None,
    *,
    counted: int = 100_000,
    progress: Callable[[int, int], None] | None = None,
) -> Conflicts:
    """Return the pairs with one of the verdicts, hardest first, then by subject, predicate and claims.

    With `about` (an IRI) only pairs in which a claim speaks of it, is said by it, is in it or is it. At most
    `counted` pairs are judged only to count the hidden ones. `progress` is called with the number of
    claims compared and that of all claims.
    """
    context = Context(claims(store), background(store))
    every = context.claims.values()
    shown = {conflict.claims: conflict for conflict in linked(every, context, verdicts, about)}
    counts: Counter[str] = Counter()
    uncounted = done = 0
    for group in sorted(groups(every, context.background, about), key=len):
        pairs = comb(len(group), 2)
        if about is not None:
            pairs -= comb(sum(not touches(claim, about) for claim in group), 2)
        counted -= pairs
        counting = counted >= 0 or not set(verdicts) <= set(SHOWN)
        found = {pair.claims: pair for pair in compare(group, context, verdicts, about, counts if counting else None)}
        shown |= found
        uncounted += 0 if counting else pairs - len(found)
        done += len(group)
        if progress is not None:
            progress(done, len(every))
    hidden = {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict] and verdict not in verdicts}
    ordered = sorted(
        shown.values(), key=lambda one: (VERDICTS.index(one.verdict), one.subject, one.predicate, one.claims)
    )
    return Conflicts(tuple(ordered), hidden, uncounted)


def compare(
    group: Iterable[Claim],
    context: Context,
    verdicts: Collection[str] = SHOWN,
    about: str | None = None,
    counts: Counter[str] | None = None,
) -> list[Conflict]:
    """Return the conflicts among claims of one subject, whose predicates compare, that have one of the verdicts.

    Verdicts that are shown are swept for. For others, and where `counts` takes the number of pairs of each verdict,
    each pair is looked at. With `about` only pairs in which a claim touches it.
    """
    comparables = [comparable(claim, context.background) for claim in sorted(group, key=lambda claim: claim.iri)]
    touching = [about is None or touches(side.claim, about) for side in comparables]
    every = combinations(range(len(comparables)), 2)
    swept = counts is None and set(verdicts) <= set(SHOWN)
    pairs: Iterable[tuple[int, int]] = sorted(candidates(comparables, context)) if swept else every
    near = (Pair(comparables[a], comparables[b], context) for a, b in pairs if touching[a] or touching[b])
    return [conflict for pair in near if (conflict := judge(pair, verdicts, counts)) is not None]


def linked(
    some: Iterable[Claim], context: Context, verdicts: Collection[str] = SHOWN, about: str | None = None
) -> list[Conflict]:
    """Return the conflicts of the claims with those that they name as their sources, whatever these are about."""
    shown = []
    for claim in some:
        for iri in (*claim.derived_from, *claim.revises):
            other = context.claims.get(iri, claim)
            if other.iri != claim.iri and (about is None or touches(claim, about) or touches(other, about)):
                conflict = judge(pair_of(claim, other, context), verdicts)
                shown += [conflict] if conflict is not None else []
    return shown


def judge(pair: Pair, verdicts: Collection[str] = VERDICTS, counts: Counter[str] | None = None) -> Conflict | None:
    """Return the conflict of a pair, or None if it has none of the verdicts; `counts` counts every verdict."""
    if (decision := decide(pair)) is None:
        return None
    verdict, reason = decision
    if counts is not None:
        counts[verdict] += 1
    if verdict not in verdicts:
        return None
    first, second = (side.claim for side in pair.in_order())
    predicate = first.predicate if pair.predicates is None else pair.predicates.predicate
    words = conflict_words(verdict, reason, first, second, pair.context.background)
    return Conflict(verdict, (pair.a.claim.iri, pair.b.claim.iri), first.subject, predicate, words)


def touches(claim: Claim, about: str) -> bool:
    """Say whether the claim speaks of the entity, is said by it, is in it or is it."""
    object_ = claim.object.value if isinstance(claim.object, NamedNode) else None
    return about in (claim.subject, object_, claim.article, claim.iri) or about in claim.speakers


def groups(some: Iterable[Claim], facts: Background, about: str | None = None) -> Iterator[list[Claim]]:
    """Yield the groups of claims outside which no two compare; with `about` those in which a claim touches it."""
    family = families(facts)
    single = {family[iri] for iri, profile in facts.profiles.items() if profile.values_at_once != f"{KG}Many"}
    by_key: dict[tuple[str, ...], list[Claim]] = {}
    for claim in some:
        # A predicate that is not described has no profile to compare by: `kg validate` names it.
        if (name := family.get(claim.predicate)) is not None:
            key = (claim.subject, name) if name in single else (claim.subject, name, _object(claim, facts))
            by_key.setdefault(key, []).append(claim)
    for group in by_key.values():
        if len(group) > 1 and (about is None or any(touches(claim, about) for claim in group)):
            yield group


def families(facts: Background) -> dict[str, str]:
    """Return the family of each predicate: a name for all that compare with it, directly or through others."""
    family = {predicate: predicate for predicate in facts.profiles}
    for profile in facts.profiles.values():
        for other in (*profile.comparable_with, *profile.excludes, *profile.measured_from):
            old, new = family.get(other, profile.iri), family[profile.iri]
            family = {predicate: new if name == old else name for predicate, name in family.items()}
    return family


def _object(claim: Claim, facts: Background) -> str:
    if isinstance(claim.object, NamedNode) and (quantity := facts.quantities.get(claim.object.value)) is not None:
        least, greatest = DAYS.get(quantity.unit, (1, 1))
        return f"{quantity.low * least} {quantity.high * greatest} {quantity.unit if quantity.unit not in DAYS else ''}"
    return str(claim.object)
