"""Comparison of the contents of two claims of one subject, by the profiles of their predicates.

Time, place, population and origin are left to `verdicts`. No rule knows a predicate by name.
"""

from dataclasses import dataclass
from enum import Enum
from math import inf

from kg.analysis.reasons import Kind, Reason, plain
from kg.analysis.values import DATE, DAYS, ComparableClaim, Range, Relation, Value, in_days, relation
from kg.claims.background import KG, Background, Profile

#: How claims of two predicates compare: as of one predicate, as exclusive, or a duration with the time since a start.
Comparison = Enum("Comparison", "SAME EXCLUDES MEASURED")
#: The outcome of comparing two contents; amounts that cannot be compared are unlike.
Outcome = Enum("Outcome", "AGREE CLASH UNLIKE")


@dataclass(frozen=True, slots=True)
class PredicateRelation:
    """How claims of two predicates compare.

    `predicate` is the one whose profile says so; `many` is true where several values hold at once, `ever` where one
    value holds for all time, `flow` where the values are amounts over a period, `cumulative` where they are totals,
    which cannot fall, `alike` where both have one measure; `tolerance` is the factor that counts as spread.
    """

    comparison: Comparison
    predicate: str
    tolerance: float
    many: bool = False
    ever: bool = False
    flow: bool = False
    cumulative: bool = False
    alike: bool = True


@dataclass(frozen=True, slots=True)
class Match:
    """The outcome of comparing two contents; `ranges` are those between which the factor of a spread is taken."""

    outcome: Outcome
    relation: Relation
    reason: Reason
    ranges: tuple[Range, Range] | None = None

    @property
    def differs(self) -> bool:
        """Say whether neither value contains the other."""
        return self.outcome is Outcome.CLASH or self.relation is Relation.OVERLAP


def predicate_relation(first: str, second: str, background: Background) -> PredicateRelation | None:
    """Return how claims of the two predicates compare, or None where they do not."""
    a, b = background.profiles.get(first), background.profiles.get(second)
    if a is None or b is None:
        return None
    if first == second:
        return _declared(a, a)
    for here, there in sorted(((a, b), (b, a)), key=lambda pair: pair[0].iri):
        if there.iri in here.excludes:
            return PredicateRelation(Comparison.EXCLUDES, here.iri, here.tolerance, many=True)
        if there.iri in here.measured_from:
            return PredicateRelation(Comparison.MEASURED, here.iri, here.tolerance, ever=True)
        if there.iri in here.comparable_with:
            return _declared(here, there)
    return None


def _declared(here: Profile, there: Profile) -> PredicateRelation:
    values = {here.values_at_once, there.values_at_once}
    return PredicateRelation(
        Comparison.SAME,
        here.iri,
        max(here.tolerance, there.tolerance),
        many=f"{KG}Many" in values,
        ever=values == {f"{KG}OneEver"},
        flow=here.measure == f"{KG}Flow",
        cumulative=here.measure == f"{KG}Cumulative",
        alike=here.measure == there.measure,
    )


def match(
    a: ComparableClaim, b: ComparableClaim, predicates: PredicateRelation, background: Background
) -> Match | None:
    """Return how the contents of two claims of one subject compare, or None where both can be true anyway."""
    comparison, denials = predicates.comparison, a.denied + b.denied
    if comparison is Comparison.MEASURED:
        return None if denials else _against_start(a, b, background)
    if not predicates.alike:
        return Match(Outcome.UNLIKE, Relation.UNLIKE, plain(Kind.MEASURES))
    values = relation(a.value, b.value)
    if values is None or (predicates.many and values is not Relation.EQUAL):
        return None
    if comparison is Comparison.EXCLUDES:
        both = (a.claim.predicate, b.claim.predicate)
        return None if denials else Match(Outcome.CLASH, values, Reason(kind=Kind.EXCLUSIVE, entities=both))
    if values is Relation.UNLIKE:
        return Match(Outcome.UNLIKE, values, plain(Kind.UNITS))
    if denials == 1:
        covered = values is Relation.EQUAL or values is (Relation.INSIDE if b.denied else Relation.AROUND)
        return Match(Outcome.CLASH, values, plain(Kind.DENIED)) if covered else None
    if denials == 2 and values in (Relation.OVERLAP, Relation.DISJOINT):
        return None
    if values is Relation.DISJOINT:
        return _disjoint(a.value, b.value, predicates)
    return Match(Outcome.AGREE, values, plain(Kind.SAME))


def _disjoint(a: Value, b: Value, predicates: PredicateRelation) -> Match:
    ranges = None
    if a.unit == DATE:
        kind = Kind.HAPPENED_ONCE
    elif a.unit is None:
        kind = Kind.ONE_VALUE_EVER if predicates.ever else Kind.ONE_VALUE_AT_A_TIME
    else:
        kind = Kind.TOTALS if predicates.cumulative else Kind.NUMBERS
        ranges = (a.range, b.range) if a.unit == b.unit else (in_days(a), in_days(b))
    return Match(Outcome.CLASH, Relation.DISJOINT, plain(kind), ranges)


def _against_start(a: ComparableClaim, b: ComparableClaim, background: Background) -> Match | None:
    """Compare a duration, as of its day, with the time that has passed since the start that the other claim gives."""
    duration, start = (a, b) if a.value.unit in DAYS else (b, a)
    if duration.value.unit not in DAYS or start.value.unit != DATE:
        return None
    stated = in_days(duration.value)
    passed = [(first - start.value.high, last - start.value.low) for first, last in _as_of(duration, background)]
    clashing = [range_ for range_ in passed if stated[1] < range_[0] or range_[1] < stated[0]]
    if not clashing:
        return None
    least, most = max(clashing, key=lambda range_: factor(range_, stated))
    reason = Reason(kind=Kind.TIME_PASSED, numbers=(max(0.0, least), most)) if most >= 0 else plain(Kind.BEFORE_START)
    return Match(Outcome.CLASH, Relation.DISJOINT, reason, ((least, most), stated))


def _as_of(duration: ComparableClaim, background: Background) -> tuple[tuple[int, int], ...]:
    """Return the windows as of which a duration is stated: its days (if throughout, both ends) or its publication."""
    if duration.days is not None:
        first, last = duration.days
        return ((first, first), (last, last)) if duration.throughout else ((first, last),)
    article = background.articles.get(duration.claim.article)
    if article is None or article.not_before is None or article.not_after is None:
        return ()
    return ((article.not_before.toordinal(), article.not_after.toordinal()),)


def factor(first: Range, second: Range) -> float:
    """Return the factor from the end of the lower of two disjoint ranges to the beginning of the higher one."""
    low, high = sorted((first, second))
    return high[0] / low[1] if low[1] > 0 else inf


def spread(match: Match, predicates: PredicateRelation) -> float | None:
    """Return the factor between two disjoint ranges where the predicate tolerates it."""
    if match.ranges is None:
        return None
    apart = factor(*match.ranges)
    return apart if apart <= predicates.tolerance else None
