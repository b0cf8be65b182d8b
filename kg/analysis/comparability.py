"""How the contents of two claims of one subject lie to each other, as the profiles of their predicates have it.

Time, place, population and origin are no matter here; see `verdicts`. No rule knows a predicate by name.
"""

from dataclasses import dataclass
from math import inf

from kg.analysis.values import DATE, DAYS, UNDATED, Reading, Relation, in_days, relation
from kg.analysis.wording import amount_words
from kg.claims.background import KG, Background, Profile
from kg.rdf.namespaces import shorten

_AGREEING = (Relation.EQUAL, Relation.INSIDE, Relation.AROUND, Relation.OVERLAP)

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bond:
    """How claims of two predicates compare.

    `how` is `same` (one predicate, or two declared comparable), `excludes`, or `measured` (an amount from a start);
    `predicate` the one whose profile says so; `many` and `ever` how many values hold at once; `like` whether both
    measure alike; `tolerance` the factor that counts as spread.
    """

    how: str
    predicate: str
    many: bool
    ever: bool
    measure: str | None
    like: bool
    tolerance: float


@dataclass(frozen=True, slots=True)
class Match:
    """How two contents lie to each other.

    `how` is `agree`, `clash` or `unlike` (amounts that cannot be compared); `why` says it in words; `ranges` are what
    the distance of clashing amounts is measured by.
    """

    how: str
    relation: Relation
    why: str
    ranges: tuple[Range, Range] | None = None

    @property
    def differs(self) -> bool:
        """Say whether one of the values is not contained in the other."""
        return self.how == "clash" or self.relation is Relation.OVERLAP


def bond(first: str, second: str, background: Background) -> Bond | None:
    """Return how claims of the two predicates compare, or None where they do not."""
    one, other = background.profiles.get(first), background.profiles.get(second)
    if one is None or other is None:
        return None
    if first == second:
        return _compared(one, one)
    for here, there in sorted(((one, other), (other, one)), key=lambda pair: pair[0].iri):
        if there.iri in here.excludes:
            return Bond("excludes", here.iri, True, False, None, True, here.tolerance)
        if there.iri in here.measured_from:
            return Bond("measured", here.iri, False, True, None, True, here.tolerance)
        if there.iri in here.comparable_with:
            return _compared(here, there)
    return None


def _compared(here: Profile, there: Profile) -> Bond:
    values = {here.values_at_once, there.values_at_once}
    return Bond(
        "same",
        here.iri,
        f"{KG}Many" in values,
        values == {f"{KG}OneEver"},
        here.measure,
        here.measure == there.measure,
        max(here.tolerance, there.tolerance),
    )


def match(a: Reading, b: Reading, joined: Bond, background: Background) -> Match | None:
    """Return how the contents of two claims of one subject lie, or None where each may be so beside the other."""
    if joined.how == "measured":
        return None if a.denied or b.denied else _against_start(a, b, background)
    if not joined.like:
        return Match("unlike", Relation.UNLIKE, "an amount at a time against an amount over a period")
    lie = relation(a.value, b.value)
    if lie is None or (joined.many and lie is not Relation.EQUAL):
        return None
    if joined.how == "excludes":
        names = sorted(background.labels.get(one.claim.predicate, shorten(one.claim.predicate)) for one in (a, b))
        why = f"'{names[0]}' and '{names[1]}' exclude each other"
        return None if a.denied or b.denied else Match("clash", lie, why)
    if lie is Relation.UNLIKE:
        return Match("unlike", lie, "the units cannot be compared")
    if a.denied != b.denied:
        covered = lie is Relation.EQUAL or lie is (Relation.INSIDE if b.denied else Relation.AROUND)
        return Match("clash", lie, "one affirms what the other denies") if covered else None
    if a.denied and lie in (Relation.OVERLAP, Relation.DISJOINT):
        return None
    return Match("agree", lie, "") if lie in _AGREEING else Match("clash", lie, _unequal(a, joined), _ranges(a, b))


def _unequal(a: Reading, joined: Bond) -> str:
    if a.value.unit == DATE:
        return "it happened once, and the two times do not meet"
    if a.value.unit is None:
        return "only one can ever hold" if joined.ever else "only one can hold at a time"
    total = joined.measure == f"{KG}Cumulative"
    return "no number fits both, and a total cannot fall" if total else "no number fits both"


def _ranges(a: Reading, b: Reading) -> tuple[Range, Range] | None:
    if a.value.unit in (None, DATE, UNDATED):
        return None
    if a.value.unit == b.value.unit:
        return (a.value.low, a.value.high), (b.value.low, b.value.high)
    return in_days(a.value), in_days(b.value)


def _against_start(a: Reading, b: Reading, background: Background) -> Match | None:
    """Compare a duration, as of its day, with the time that has passed since the start that the other claim gives."""
    lasting, start = (a, b) if a.value.unit in DAYS else (b, a)
    if lasting.value.unit not in DAYS or start.value.unit != DATE:
        return None
    stated = in_days(lasting.value)
    passed = [(first - start.value.high, last - start.value.low) for first, last in _as_of(lasting, background)]
    clashing = [one for one in passed if stated[1] < one[0] or one[1] < stated[0]]
    if not clashing:
        return None
    worst = max(clashing, key=lambda one: factor(one, stated))
    words = f"from that start to that day it is {amount_words(max(0.0, worst[0]), worst[1], 'day')}"
    return Match(
        "clash", Relation.DISJOINT, words if worst[1] >= 0 else "that day lies before that start", (worst, stated)
    )


def _as_of(reading: Reading, background: Background) -> tuple[tuple[int, int], ...]:
    """Return the windows as of which a duration is stated: if it is for each day of a range, for both its ends.

    Without a day of its own it is taken as of its article's publication.
    """
    if reading.days is not None:
        first, last = reading.days
        return ((first, first), (last, last)) if reading.throughout else ((first, last),)
    article = background.articles.get(reading.claim.article)
    if article is None or article.not_before is None or article.not_after is None:
        return ()
    return ((article.not_before.toordinal(), article.not_after.toordinal()),)


def factor(one: Range, other: Range) -> float:
    """Return the factor from the end of the lower of two disjoint ranges to the beginning of the higher."""
    low, high = sorted((one, other))
    return high[0] / low[1] if low[1] > 0 else inf


def spread(found: Match, joined: Bond) -> float | None:
    """Return the factor between two disjoint ranges where the predicate tolerates it."""
    if found.ranges is None:
        return None
    apart = factor(*found.ranges)
    return apart if apart <= joined.tolerance else None
