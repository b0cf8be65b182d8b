"""The table of verdicts on a pair of claims, of which the first row that fits decides.

The table is `decide`, row by row; the longer conditions are methods of `Pair` that return their reason, or None.
"""

from dataclasses import replace

from kg.analysis.comparability import Comparison, Match, Outcome, PredicateRelation, match, spread
from kg.analysis.origins import shared
from kg.analysis.reasons import Doubt, Kind, Reason, plain
from kg.analysis.values import DATE, UNDATED, ComparableClaim, changes, comparable, relation_of_ranges
from kg.analysis.verdict_context import NESTED, Context
from kg.claims.background import KG
from kg.claims.claim import Claim

#: The verdicts that an analyst must see, hardest first; then those of claims that only seem to disagree, or agree.
SHOWN = ("contradiction", "tension", "drift", "revision")
HIDDEN = ("spread", "different-time", "different-scope", "refinement", "agreement", "echo")
VERDICTS = SHOWN + HIDDEN

Decision = tuple[str, Reason]


def decide(pair: "Pair") -> Decision | None:
    """Return the verdict on a pair with its reason, or None: the table, of which the first row that fits decides."""
    a, b, predicates = pair.a.claim, pair.b.claim, pair.predicates
    if reason := pair.changed_when_carried_over():
        return "drift", reason
    if b.iri in a.revises or a.iri in b.revises:
        return "revision", plain(Kind.CORRECTED)
    if a.subject != b.subject or a.modality != b.modality or predicates is None:
        return None
    contents = match(pair.a, pair.b, predicates, pair.context.background)
    if contents is None:
        return None
    if reason := pair.other_scope(contents):
        return "different-scope", reason
    if reason := pair.changed_in_chain(contents, predicates):
        return "drift", reason
    if reason := pair.said_otherwise_later(contents, predicates):
        return "revision", reason
    if reason := pair.other_time(contents, predicates):
        return "different-time", reason
    if contents.outcome is Outcome.AGREE:
        return pair.agreement(contents)
    if (factor := spread(contents, predicates)) is not None:
        return "spread", Reason(kind=Kind.SPREAD, numbers=(factor, predicates.tolerance))
    if a.modality not in (f"{KG}Actual", f"{KG}Planned"):
        # A hope or a hypothesis depends on its speaker and its conditions: two of them do not contradict each other.
        return None
    doubts = pair.doubts(predicates)
    reason = replace(contents.reason, one_article=a.article == b.article, doubts=doubts)
    return "tension" if doubts else "contradiction", reason


class Pair:
    """Two comparable claims, the one with the lesser IRI first: the conditions of the table."""

    def __init__(self, a: ComparableClaim, b: ComparableClaim, context: Context) -> None:
        """Look up how the predicates of the two compare."""
        self.a, self.b, self.context = a, b, context
        self.predicates = context.predicates(a.claim.predicate, b.claim.predicate)

    def in_order(self) -> tuple[ComparableClaim, ComparableClaim]:
        """Return the two claims in the order of display: source before copy, earlier before later."""
        a, b = self.a, self.b
        swapped = b.claim.iri in a.claim.derived_from + a.claim.revises
        straight = a.claim.iri in b.claim.derived_from + b.claim.revises
        return (b, a) if swapped or (not straight and self._later() is a) else (a, b)

    def _later(self) -> ComparableClaim | None:
        """Return the one whose article certainly appeared later."""
        articles = self.context.background.articles
        first, second = articles.get(self.a.claim.article), articles.get(self.b.claim.article)
        if first is None or second is None:
            return None
        if first.not_before and second.not_after and first.not_before > second.not_after:
            return self.a
        return self.b if second.not_before and first.not_after and second.not_before > first.not_after else None

    def changed_when_carried_over(self) -> Reason | None:
        """Return drift for a claim that was carried over, whichever of its values changed."""
        a, b = self.a, self.b
        if b.claim.iri in a.claim.derived_from:
            a, b = b, a
        elif a.claim.iri not in b.claim.derived_from:
            return None
        aspects = changes(a, b)
        return Reason(kind=Kind.CARRIED_OVER_CHANGED, aspects=aspects) if aspects else None

    def other_scope(self, contents: Match) -> Reason | None:
        """Another population, another place, or amounts of another kind."""
        a, b = self.a.claim, self.b.claim
        if a.counts != b.counts:
            return plain(Kind.POPULATIONS)
        if contents.outcome is Outcome.UNLIKE:
            return contents.reason
        outer = self._outer()
        # A denial about a place holds for all places in it; an affirmed claim may fail in one of them.
        if a.where == b.where or (outer is not None and (not contents.differs or outer.denied)):
            return None
        return plain(Kind.PLACES if outer is None else Kind.PART_OF_PLACE)

    def _outer(self) -> ComparableClaim | None:
        """Return the one whose place contains the other's; no place at all is the widest."""
        within, a, b = self.context.background.within, self.a.claim.where, self.b.claim.where
        if a is None or (b is not None and a in within.get(b, ())):
            return self.a
        return self.b if b is None or b in within.get(a, ()) else None

    def changed_in_chain(self, contents: Match, predicates: PredicateRelation) -> Reason | None:
        """Return drift between articles of one chain of derivation, about the same days.

        Two named speakers who disagree are not drift, nor is a pair within one article.
        """
        a, b, context = self.a, self.b, self.context
        if a.claim.article == b.claim.article or not contents.differs or predicates.comparison is Comparison.MEASURED:
            return None
        common = context.chain_roots(a.claim.article) & context.chain_roots(b.claim.article)
        same_days = predicates.ever or a.days == b.days or (self._days_overlap() and not predicates.flow)
        if not common or not same_days:
            return None
        if a.claim.speakers and b.claim.speakers and not a.voice & b.voice:
            return None
        if context.has_content(a.claim.article, b) or context.has_content(b.claim.article, a):
            return None
        return Reason(kind=Kind.CHANGED_IN_CHAIN, entities=(min(common),))

    def _days_overlap(self) -> bool:
        a, b = self.a.days, self.b.days
        return a is not None and b is not None and a[0] <= b[1] and b[0] <= a[1]

    def said_otherwise_later(self, contents: Match, predicates: PredicateRelation) -> Reason | None:
        """Revision by the same voice: about days on which both would have to hold, in an article of a later day."""
        voice = self.a.voice & self.b.voice
        later = self._later()
        if not voice or later is None or not contents.differs or predicates.comparison is Comparison.MEASURED:
            return None
        if not self._must_hold_together(contents, predicates):
            return None
        day = self.context.background.articles[later.claim.article].not_before
        return Reason(kind=Kind.SAID_OTHERWISE, entities=(min(voice),), day=day)

    def other_time(self, contents: Match, predicates: PredicateRelation) -> Reason | None:
        """Other days, or no day on which both would have to hold."""
        if predicates.ever or self.a.days is None or self.b.days is None:
            return None
        if predicates.flow and self.a.days != self.b.days:
            return plain(Kind.PERIODS)
        if contents.outcome is Outcome.AGREE:
            return None if self._days_overlap() else plain(Kind.DAYS_OF_AGREEMENT)
        if self._must_hold_together(contents, predicates):
            return None
        if predicates.cumulative and contents.ranges is not None:
            return plain(Kind.TOTAL_GREW)
        return plain(Kind.NO_COMMON_DAY if self._days_overlap() else Kind.DAYS)

    def _must_hold_together(self, contents: Match, predicates: PredicateRelation) -> bool:
        """Say whether the bounds make both claims hold on one day, or the value is one for all time."""
        a, b = self.a, self.b
        if predicates.ever:
            return True
        if a.days is None or b.days is None:
            return False
        if predicates.flow:
            return a.days == b.days and a.throughout and b.throughout
        if predicates.cumulative and contents.ranges is not None:
            return self._total_fell(a.days, b.days)
        if not self._days_overlap() or a.throughout == b.throughout:
            return self._days_overlap() and a.throughout
        window, holding = (b.days, a) if a.throughout else (a.days, b)
        cover = self.context.cover(holding)
        return cover is not None and cover[0] <= window[0] and window[1] <= cover[1]

    def _total_fell(self, a: tuple[int, int], b: tuple[int, int]) -> bool:
        """Say whether the lower total still holds, at the latest, when the higher one was already reached."""
        (low, still), (high, reached) = sorted(((self.a, a), (self.b, b)), key=lambda side: side[0].value.low)
        return still[1 if low.throughout else 0] >= reached[0 if high.throughout else 1]

    def agreement(self, contents: Match) -> Decision:
        """Return the kind of agreement."""
        a, b, context = self.a.claim, self.b.claim, self.context
        (of_a, a_known), (of_b, b_known) = context.sources(a), context.sources(b)
        if (common := shared(of_a, of_b)) is not None:
            return "echo", Reason(kind=Kind.DEPENDENT, entities=(common[0],), dependence=common[1])
        if contents.relation in NESTED or a.where != b.where or self._days_nested():
            return "refinement", plain(Kind.MORE_EXACT)
        unknown = 2 - a_known - b_known
        return "agreement", replace(contents.reason, doubts=((Doubt.UNKNOWN_ORIGIN, unknown),) if unknown else ())

    def _days_nested(self) -> bool:
        if self.predicates is None or self.predicates.ever:
            return False
        a, b = self.context.cover(self.a), self.context.cover(self.b)
        return a is not None and b is not None and relation_of_ranges(a, b) in NESTED

    def doubts(self, predicates: PredicateRelation) -> tuple[tuple[Doubt, int], ...]:
        """Return the doubts that keep a clash from being a contradiction, each with the number of claims in doubt."""
        timeless = predicates.ever and predicates.comparison is Comparison.SAME
        numbers = dict.fromkeys((Doubt.UNDATED, Doubt.UNCERTAIN), 0)
        for side in (self.a, self.b):
            dated = side.value.unit == DATE or (side.value.unit != UNDATED and (timeless or side.days is not None))
            numbers[Doubt.UNDATED] += not dated
            numbers[Doubt.UNCERTAIN] += side.claim.certainty != f"{KG}Certain"
        numbers[Doubt.PLANNED] = 2 if self.a.claim.modality == f"{KG}Planned" else 0
        return tuple((doubt, number) for doubt, number in numbers.items() if number)


def pair_of(a: Claim, b: Claim, context: Context) -> Pair:
    """Return the pair of two claims, in whichever order they come."""
    first, second = sorted((a, b), key=lambda claim: claim.iri)
    return Pair(comparable(first, context.background), comparable(second, context.background), context)
