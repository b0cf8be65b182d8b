"""The verdict on a pair of claims: the table of rules, first row that fits, and the sentence that explains it.

The table stands in `verdict` row by row. What a predicate needs comes from its profile; no rule knows a predicate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from kg.background import KG, Background, Profile
from kg.claims import Claim
from kg.origins import is_known, roots, sources
from kg.reading import (
    DATE,
    DAYS,
    UNDATED,
    Reading,
    Relation,
    amount_words,
    changes,
    claim_words,
    in_days,
    read,
    relation,
    time_words,
)
from kg.terms import shorten

#: What an analyst must see, hardest first, and what only seems to disagree, or agrees.
SHOWN = ("contradiction", "tension", "drift", "revision")
HIDDEN = ("spread", "different-time", "different-scope", "refinement", "agreement", "echo")
VERDICTS = SHOWN + HIDDEN

_AGREEING = (Relation.EQUAL, Relation.INSIDE, Relation.AROUND, Relation.OVERLAP)
_NESTED = (Relation.INSIDE, Relation.AROUND)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A pair of claims (sorted) with its verdict and the reason as one sentence."""

    verdict: str
    claims: tuple[str, str]
    subject: str
    predicate: str
    reason: str


@dataclass(frozen=True, slots=True)
class Bond:
    """How claims of two predicates compare: `same` (or declared comparable), `excludes`, or `measured` from a start."""

    how: str
    predicate: str
    many: bool
    ever: bool
    measure: str | None
    like: bool
    tolerance: float


@dataclass(frozen=True, slots=True)
class Match:
    """How the contents of two claims lie to each other, time and place apart.

    `how` is `agree`, `clash` or `unlike` (amounts that cannot be compared). `ranges` are what a clash of amounts is
    measured by; `why` says it in words.
    """

    how: str
    relation: Relation
    why: str
    ranges: tuple[tuple[float, float], tuple[float, float]] | None = None


class Context:
    """What verdicts take beside the two claims: the background, and the other claims of the same articles."""

    def __init__(self, claims: Iterable[Claim], background: Background) -> None:
        """Take all claims, because a claim may be carried over from, or go on in, any other."""
        self.background = background
        self.claims = {claim.iri: claim for claim in claims}
        self._bonds: dict[tuple[str, str], Bond | None] = {}
        self._chains: dict[str, frozenset[str]] = {}
        self._by_article: dict[str, list[Claim]] = {}
        for claim in self.claims.values():
            self._by_article.setdefault(claim.article, []).append(claim)

    def read(self, claim: Claim) -> Reading:
        """Return the claim made ready for comparison."""
        return read(claim, self.background)

    def bond(self, first: str, second: str) -> Bond | None:
        """Return how claims of the two predicates compare, or None where they do not."""
        if (first, second) not in self._bonds:
            self._bonds[first, second] = _bond(first, second, self.background)
        return self._bonds[first, second]

    def chain(self, article: str) -> frozenset[str]:
        """Return the beginnings of the article's chains of derivation; an update of an article begins one anew."""
        if article not in self._chains:
            self._chains[article] = roots(article, self.background, updates=False)
        return self._chains[article]

    def cover(self, reading: Reading) -> tuple[int, int]:
        """Return the days that the claim covers with others of its article that say the same of the days beside them.

        So it makes no difference whether an article's statement about a range stands as one claim or as several.
        """
        first, last = _days(reading)
        claim = reading.claim
        if not reading.throughout or self._measure(claim) == f"{KG}Flow":
            return (first, last)
        beside = sorted(
            _days(other)
            for other in map(self.read, self._by_article.get(claim.article, ()))
            if other.days and other.throughout and _says_the_same(other.claim, claim)
        )
        for start, end in beside:
            if start <= last + 1 and end >= first - 1:
                first, last = min(first, start), max(last, end)
        for start, end in reversed(beside):
            if start <= last + 1 and end >= first - 1:
                first, last = min(first, start), max(last, end)
        return (first, last)

    def _measure(self, claim: Claim) -> str | None:
        profile = self.background.profiles.get(claim.predicate)
        return profile.measure if profile is not None else None


def _says_the_same(one: Claim, other: Claim) -> bool:
    return (one.subject, one.predicate, one.object, one.polarity, one.modality, one.certainty) == (
        other.subject,
        other.predicate,
        other.object,
        other.polarity,
        other.modality,
        other.certainty,
    ) and (one.speakers, one.counts, one.where) == (other.speakers, other.counts, other.where)


def _bond(first: str, second: str, background: Background) -> Bond | None:
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


def verdict(a: Claim, b: Claim, context: Context) -> Conflict | None:
    """Return the verdict on two claims, in whichever order they come, or None where there is nothing to say."""
    if a.iri == b.iri:
        return None
    first, second = sorted((a, b), key=lambda claim: claim.iri)
    return judge(context.read(first), context.read(second), context)


def judge(a: Reading, b: Reading, context: Context) -> Conflict | None:
    """Return the verdict on two readings, the one with the lesser IRI first; see `verdict`."""
    pair = _Pair(a, b, context)
    if (altered := pair.altered()) is not None:
        return pair.conflict("drift", altered)
    if (corrected := pair.corrected()) is not None:
        return pair.conflict("revision", corrected)
    if a.claim.subject != b.claim.subject or a.claim.modality != b.claim.modality or pair.bond is None:
        return None
    match = compare(a, b, pair.bond, context.background)
    if match is None:
        return None
    if (scope := pair.other_scope(match)) is not None:
        return pair.conflict("different-scope", scope)
    if (chain := pair.changed_in_chain(match)) is not None:
        return pair.conflict("drift", chain)
    if (later := pair.said_otherwise_later(match)) is not None:
        return pair.conflict("revision", later)
    if (time := pair.other_time(match)) is not None:
        return pair.conflict("different-time", time)
    if match.how == "agree":
        return pair.agreement(match)
    if (factor := spread(match, pair.bond)) is not None:
        return pair.conflict("spread", f"a factor of {factor:.2g} apart, which counts as spread")
    if a.claim.modality not in (f"{KG}Actual", f"{KG}Planned"):
        # A hope or a supposition is the speaker's own and holds under conditions of its own: two do not clash.
        return None
    soft = pair.soft()
    why = f"{match.why}{', in one article' if a.claim.article == b.claim.article else ''}"
    return pair.conflict("tension", f"{why}, but {soft}") if soft else pair.conflict("contradiction", why)


def compare(a: Reading, b: Reading, bond: Bond, background: Background) -> Match | None:
    """Return how the contents of two claims of one subject lie to each other, or None where they may both be so."""
    if bond.how == "measured":
        return _against_start(a, b, background) if not (a.denied or b.denied) else None
    if not bond.like:
        return Match("unlike", Relation.UNLIKE, "one is an amount at a time, the other an amount over a period")
    lie = relation(a.value, b.value)
    if lie is None or (bond.many and lie is not Relation.EQUAL):
        return None
    if bond.how == "excludes":
        names = " and ".join(sorted(_label(one.claim.predicate, background) for one in (a, b)))
        clash = Match("clash", lie, f"'{names.replace(' and ', chr(39) + ' and ' + chr(39))}' exclude each other")
        return clash if not (a.denied or b.denied) else None
    if lie is Relation.UNLIKE:
        return Match("unlike", lie, "the units cannot be compared")
    if a.denied != b.denied:
        covered = lie is Relation.EQUAL or lie is (Relation.INSIDE if b.denied else Relation.AROUND)
        return Match("clash", lie, "one affirms what the other denies") if covered else None
    if lie in _AGREEING:
        return Match("agree", lie, "") if not a.denied or lie is not Relation.OVERLAP else None
    return Match("clash", lie, _unequal(a, bond), _ranges(a, b)) if not a.denied else None


def _unequal(a: Reading, bond: Bond) -> str:
    if a.value.unit == DATE:
        return "it happened once, and the two times do not meet"
    if a.value.unit is None:
        return "only one can hold at a time" if not bond.ever else "only one can ever hold"
    return "a total cannot fall" if bond.measure == f"{KG}Cumulative" else "no number fits both ranges"


def _ranges(a: Reading, b: Reading) -> tuple[tuple[float, float], tuple[float, float]] | None:
    if a.value.unit in (None, DATE, UNDATED):
        return None
    if a.value.unit == b.value.unit:
        return (a.value.low, a.value.high), (b.value.low, b.value.high)
    return in_days(a.value), in_days(b.value)


def _against_start(a: Reading, b: Reading, background: Background) -> Match | None:
    """Compare a duration, as of its day, with the time that has passed since the start that the other claim gives."""
    lasting, start = (a, b) if a.value.unit in DAYS else (b, a)
    until = as_of(lasting, background)
    if lasting.value.unit not in DAYS or start.value.unit != DATE or until is None:
        return None
    passed = (until[0] - start.value.high, until[1] - start.value.low)
    stated = in_days(lasting.value)
    if passed[1] < 0 or (stated[0] <= passed[1] and passed[0] <= stated[1]):
        return None
    words = amount_words(max(0.0, passed[0]), passed[1], "day")
    return Match("clash", Relation.DISJOINT, f"from that start to that day it is {words}", (passed, stated))


def as_of(reading: Reading, background: Background) -> tuple[int, int] | None:
    """Return the days as of which a duration is stated: its own, or else those of its article's publication."""
    if reading.days is not None:
        return reading.days
    article = background.articles.get(reading.claim.article)
    if article is None or article.not_before is None or article.not_after is None:
        return None
    return (article.not_before.toordinal(), article.not_after.toordinal())


def spread(match: Match, bond: Bond) -> float | None:
    """Return the factor between two disjoint ranges where it is within the predicate's tolerance; zero never is."""
    if match.ranges is None:
        return None
    low, high = sorted(match.ranges)
    return high[0] / low[1] if 0 < low[1] < inf and high[0] <= bond.tolerance * low[1] else None


def meet(a: Reading, b: Reading) -> bool:
    """Say whether both claims are dated and their bounds share a day."""
    return a.days is not None and b.days is not None and a.days[0] <= b.days[1] and b.days[0] <= a.days[1]


def _days(reading: Reading) -> tuple[int, int]:
    return reading.days or (0, 0)


def _label(iri: str, background: Background) -> str:
    return background.labels.get(iri, shorten(iri))


class _Pair:
    """Two readings with what joins them; each method is one condition of the table and gives its reason, or None."""

    def __init__(self, a: Reading, b: Reading, context: Context) -> None:
        self.a, self.b, self.context = a, b, context
        self.bond = context.bond(a.claim.predicate, b.claim.predicate)

    def conflict(self, verdict: str, why: str) -> Conflict:
        one, other = self._by_time()
        ground, known = self.context.background, self.bond is not None
        apart = one.claim.predicate != other.claim.predicate or one.denied != other.denied
        words = [claim_words(side.claim, ground, predicate=apart) for side in (one, other)]
        joint = "and" if verdict in ("agreement", "echo", "refinement") else "against"
        return Conflict(
            verdict,
            (self.a.claim.iri, self.b.claim.iri),
            one.claim.subject,
            self.bond.predicate if known and self.bond is not None else one.claim.predicate,
            f"{words[0]}, {joint} {words[1]}: {why}",
        )

    def _by_time(self) -> tuple[Reading, Reading]:
        """Return the two in the order in which a reader would tell them: source before copy, earlier before later."""
        if self.b.claim.iri in self.a.claim.derived_from + self.a.claim.revises:
            return self.b, self.a
        if self.a.claim.iri in self.b.claim.derived_from + self.b.claim.revises:
            return self.a, self.b
        later = self._later()
        return (self.b, self.a) if later is self.a else (self.a, self.b)

    def _later(self) -> Reading | None:
        """Return the one whose article surely appeared later."""
        articles = self.context.background.articles
        one, other = articles.get(self.a.claim.article), articles.get(self.b.claim.article)
        if one is None or other is None:
            return None
        if one.not_before and other.not_after and one.not_before > other.not_after:
            return self.a
        if other.not_before and one.not_after and other.not_before > one.not_after:
            return self.b
        return None

    def altered(self) -> str | None:
        """Drift of a claim that was carried over, whatever it has become."""
        a, b = self.a, self.b
        if b.claim.iri in a.claim.derived_from:
            a, b = b, a
        elif a.claim.iri not in b.claim.derived_from:
            return None
        found = changes(a, b, self.context.background)
        return "; ".join(f"{one.aspect} {one.before} became {one.after}" for one in found) if found else None

    def corrected(self) -> str | None:
        """Revision that the curator recorded."""
        a, b = self.a.claim, self.b.claim
        return "the later corrects the earlier" if b.iri in a.revises or a.iri in b.revises else None

    def other_scope(self, match: Match) -> str | None:
        a, b = self.a.claim, self.b.claim
        if a.counts != b.counts:
            return "other populations"
        if match.how == "unlike":
            return match.why
        if a.where == b.where:
            return None
        outer = self._outer()
        # What is denied of a place is denied of all places in it; what is affirmed of it may fail in one of them.
        if outer is not None and (match.how == "agree" or outer.denied):
            return None
        return "other places"

    def _outer(self) -> Reading | None:
        """Return the one whose place holds the other's; no place at all is the widest."""
        within, a, b = self.context.background.within, self.a.claim.where, self.b.claim.where
        if a is None or (b is not None and a in within.get(b, ())):
            return self.a
        return self.b if b is None or b in within.get(a, ()) else None

    def _differs(self, match: Match) -> bool:
        return match.how == "clash" or match.relation is Relation.OVERLAP

    def changed_in_chain(self, match: Match) -> str | None:
        """Drift between articles of one chain about the same days, unless two named speakers are at odds there."""
        a, b = self.a, self.b
        if a.claim.article == b.claim.article or not self._differs(match) or not self._same_days():
            return None
        if a.claim.speakers and b.claim.speakers and not a.voice & b.voice:
            return None
        shared = self.context.chain(a.claim.article) & self.context.chain(b.claim.article)
        if not shared:
            return None
        return f"both articles go back to {_label(min(shared), self.context.background)}, and one of them changed it"

    def _same_days(self) -> bool:
        if self.bond is None or self.bond.ever or self.a.days == self.b.days:
            return True
        return meet(self.a, self.b) and self.bond.measure != f"{KG}Flow"

    def said_otherwise_later(self, match: Match) -> str | None:
        shared = self.a.voice & self.b.voice
        later = self._later()
        if not shared or later is None or not self._differs(match) or not self.clash_in_time():
            return None
        ground = self.context.background
        article = ground.articles[later.claim.article]
        day = f" on {article.not_before}" if article.not_before == article.not_after else " later"
        return f"{_label(min(shared), ground)} said otherwise{day}"

    def other_time(self, match: Match) -> str | None:
        a, b, bond = self.a, self.b, self.bond
        if bond is None or bond.ever or a.days is None or b.days is None:
            return None
        if bond.measure == f"{KG}Flow" and a.days != b.days:
            return "other periods"
        if match.how == "agree":
            return None if meet(a, b) else "they agree, about other days"
        if self.clash_in_time():
            return None
        if bond.measure == f"{KG}Cumulative" and match.ranges is not None:
            return "the total grew"
        return "no day on which both are said to hold" if meet(a, b) else "other days"

    def clash_in_time(self) -> bool:
        """Say whether the bounds make both claims hold on one day, or the value is one for all time."""
        a, b, bond = self.a, self.b, self.bond
        if bond is None or bond.ever:
            return True
        if a.days is None or b.days is None:
            return False
        if bond.measure == f"{KG}Flow":
            return a.days == b.days and a.throughout and b.throughout
        if bond.measure == f"{KG}Cumulative" and not (a.denied or b.denied) and a.value.low != b.value.low:
            return self._total_fell()
        if not meet(a, b):
            return False
        if a.throughout and b.throughout:
            return True
        if a.throughout or b.throughout:
            within, holding = (b, a) if a.throughout else (a, b)
            first, last = self.context.cover(holding)
            return first <= _days(within)[0] and _days(within)[1] <= last
        return False

    def _total_fell(self) -> bool:
        """Say whether the lower total can hold as late as the higher one already did."""
        low, high = sorted((self.a, self.b), key=lambda one: one.value.low)
        reached = _days(high)[0 if high.throughout else 1]
        still = _days(low)[1 if low.throughout else 0]
        return still >= reached

    def agreement(self, match: Match) -> Conflict:
        a, b, context = self.a.claim, self.b.claim, self.context
        mine, yours = (sources(one, context.background, context.claims) for one in (a, b))
        if shared := sorted(
            mine.keys() & yours.keys(), key=lambda source: (mine[source] != "the same article", source)
        ):
            return self.conflict(
                "echo", f"they agree, but of {mine[shared[0]]}: {_label(shared[0], context.background)}"
            )
        if match.relation in _NESTED or self._nested_days() or a.where != b.where:
            return self.conflict("refinement", "they agree, and one is more exact")
        unknown = [one for one in (a, b) if not is_known(one, context.background, context.claims)]
        doubt = ", but one is of unknown origin and corroborates nobody" if unknown else ""
        return self.conflict("agreement", f"they agree{doubt}")

    def _nested_days(self) -> bool:
        if self.bond is None or self.bond.ever or self.a.days is None or self.b.days is None:
            return False
        one, other = self.context.cover(self.a), self.context.cover(self.b)
        inside = one[0] >= other[0] and one[1] <= other[1]
        return one != other and (inside or (other[0] >= one[0] and other[1] <= one[1]))

    def soft(self) -> str:
        """Return why a clash proves nothing yet, or no words."""
        a, b = self.a, self.b
        dated = self.bond is not None and self.bond.how == "same" and self.bond.ever
        undated = [one for one in (a, b) if one.days is None and not dated and one.value.unit != DATE]
        reasons = ["not dated"] if undated else []
        reasons += ["not certain"] if any(one.claim.certainty != f"{KG}Certain" for one in (a, b)) else []
        reasons += ["planned"] if a.claim.modality == f"{KG}Planned" else []
        return f"one side is {' and '.join(reasons)}" if reasons else ""


def when(claim: Claim) -> str:
    """Return the claim's bounds in words; see `reading.time_words`."""
    return time_words(claim)
