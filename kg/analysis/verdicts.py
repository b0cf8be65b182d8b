"""The verdict on a pair of claims: the table of rules, of which the first that fits decides, and its reason.

The table is `decide`, row by row; each condition is a method of `Pair` that gives its reason in words, or None.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kg.analysis.comparability import Bond, Match, bond, match, spread
from kg.analysis.independence import is_known, roots, shared, sources
from kg.analysis.values import DATE, UNDATED, Reading, Relation, changes, read, relation
from kg.analysis.wording import claim_words, day_words
from kg.claims.background import KG, Background
from kg.claims.claim import Claim
from kg.rdf.namespaces import shorten

#: What an analyst must see, hardest first; then what only seems to disagree, or agrees.
SHOWN = ("contradiction", "tension", "drift", "revision")
HIDDEN = ("spread", "different-time", "different-scope", "refinement", "agreement", "echo")
VERDICTS = SHOWN + HIDDEN

_NESTED = (Relation.INSIDE, Relation.AROUND)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A pair of claims (sorted) with its verdict and the reason as one sentence."""

    verdict: str
    claims: tuple[str, str]
    subject: str
    predicate: str
    reason: str


class Context:
    """What a verdict takes beside the two claims: the background, and the other claims."""

    def __init__(self, claims: Iterable[Claim], background: Background) -> None:
        """Take all claims, because a claim may be carried over from any other."""
        self.background = background
        self.claims = {claim.iri: claim for claim in claims}
        self._bonds: dict[tuple[str, str], Bond | None] = {}
        self._chains: dict[str, frozenset[str]] = {}
        self._sources: dict[str, tuple[dict[str, str], bool]] = {}
        self._covers: dict[str, tuple[int, int] | None] = {}
        self._by_article: dict[str, list[Claim]] = {}
        for claim in self.claims.values():
            self._by_article.setdefault(claim.article, []).append(claim)

    def read(self, claim: Claim) -> Reading:
        """Return the claim made ready for comparison."""
        return read(claim, self.background)

    def bond(self, first: str, second: str) -> Bond | None:
        """Return how claims of the two predicates compare, or None where they do not."""
        if (first, second) not in self._bonds:
            self._bonds[first, second] = bond(first, second, self.background)
        return self._bonds[first, second]

    def chain(self, article: str) -> frozenset[str]:
        """Return where the article's chains of derivation begin; an update changes openly and begins one of its own."""
        if article not in self._chains:
            self._chains[article] = roots(article, self.background, updates=False)
        return self._chains[article]

    def sources(self, claim: Claim) -> tuple[dict[str, str], bool]:
        """Return by what the claim depends on others, see `origins.sources`, and whether its origin is known."""
        if claim.iri not in self._sources:
            known = is_known(claim, self.background, self.claims)
            self._sources[claim.iri] = (sources(claim, self.background, self.claims), known)
        return self._sources[claim.iri]

    def says(self, article: str, reading: Reading) -> bool:
        """Say whether the article itself has a claim with the content of the reading."""
        return any(
            relation(self.read(other).value, reading.value) in (Relation.EQUAL, *_NESTED)
            for other in self._beside(reading.claim, article)
        )

    def _beside(self, claim: Claim, article: str) -> list[Claim]:
        """Return the claims of the article that are like the claim in all but value, days and voice."""
        return [
            other
            for other in self._by_article.get(article, ())
            if other.subject == claim.subject and _content(other) == _content(claim)
        ]

    def cover(self, reading: Reading) -> tuple[int, int] | None:
        """Return the days that the claim covers together with equal claims of its article about the days beside them.

        So it makes no difference whether an article's statement about a range stands as one claim or as several.
        """
        iri = reading.claim.iri
        if iri not in self._covers:
            self._covers[iri] = self._cover(reading)
        return self._covers[iri]

    def _cover(self, reading: Reading) -> tuple[int, int] | None:
        profile = self.background.profiles.get(reading.claim.predicate)
        if reading.days is None or not reading.throughout or (profile and profile.measure == f"{KG}Flow"):
            return reading.days
        equal = (
            other.days
            for other in map(self.read, self._beside(reading.claim, reading.claim.article))
            if other.days and other.throughout and _same_source(other, reading)
        )
        first, last = reading.days
        for start, end in (beside := sorted(equal)) + beside[::-1]:
            if start <= last + 1 and end >= first - 1:
                first, last = min(first, start), max(last, end)
        return (first, last)


def _content(claim: Claim) -> tuple[str | None, ...]:
    return (claim.subject, claim.predicate, claim.polarity, claim.modality, claim.counts, claim.where)


def _same_source(one: Reading, other: Reading) -> bool:
    return (one.value.key, one.voice, one.claim.certainty) == (other.value.key, other.voice, other.claim.certainty)


def verdict(a: Claim, b: Claim, context: Context) -> Conflict | None:
    """Return the verdict on two claims, in whichever order they come, or None where there is nothing to say."""
    if a.iri == b.iri:
        return None
    first, second = sorted((a, b), key=lambda claim: claim.iri)
    pair = Pair(context.read(first), context.read(second), context)
    found = decide(pair)
    return pair.conflict(*found) if found is not None else None


def decide(pair: "Pair") -> tuple[str, str] | None:
    """Return the verdict on a pair and why: the table, of which the first row that fits decides."""
    a, b, joined = pair.a.claim, pair.b.claim, pair.bond
    if (why := pair.altered()) is not None:
        return "drift", why
    if (why := pair.corrected()) is not None:
        return "revision", why
    if a.subject != b.subject or a.modality != b.modality or joined is None:
        return None
    found = match(pair.a, pair.b, joined, pair.context.background)
    if found is None:
        return None
    if (why := pair.other_scope(found)) is not None:
        return "different-scope", why
    if (why := pair.changed_in_chain(found, joined)) is not None:
        return "drift", why
    if (why := pair.said_otherwise_later(found, joined)) is not None:
        return "revision", why
    if (why := pair.other_time(found, joined)) is not None:
        return "different-time", why
    if found.how == "agree":
        return pair.agreement(found)
    if (factor := spread(found, joined)) is not None:
        return "spread", f"apart by a factor of {factor:.3g}, and up to {joined.tolerance:.3g} counts as spread"
    if a.modality not in (f"{KG}Actual", f"{KG}Planned"):
        # A hope or a supposition is its speaker's own and has conditions of its own: two of them do not clash.
        return None
    why = f"{found.why}{', in one article' if a.article == b.article else ''}"
    return ("tension", f"{why}, but {soft}") if (soft := pair.soft(joined)) else ("contradiction", why)


class Pair:
    """Two readings, the one with the lesser IRI first, and what joins them: the conditions of the table."""

    def __init__(self, a: Reading, b: Reading, context: Context) -> None:
        """Look up how the predicates of the two compare."""
        self.a, self.b, self.context = a, b, context
        self.bond = context.bond(a.claim.predicate, b.claim.predicate)

    def conflict(self, verdict: str, why: str) -> Conflict:
        """Return the pair with its verdict, and the reason in terms of the two claims."""
        one, other = self._told()
        ground = self.context.background
        apart = one.claim.predicate != other.claim.predicate or one.denied != other.denied
        words = [claim_words(side.claim, ground, predicate=apart) for side in (one, other)]
        joint = "and" if verdict in ("agreement", "echo", "refinement") else "against"
        return Conflict(
            verdict,
            (self.a.claim.iri, self.b.claim.iri),
            one.claim.subject,
            self.bond.predicate if self.bond is not None else one.claim.predicate,
            f"{words[0]}, {joint} {words[1]}: {why}",
        )

    def _told(self) -> tuple[Reading, Reading]:
        """Return the two in the order in which one tells them: source before copy, earlier before later."""
        a, b = self.a, self.b
        swapped = b.claim.iri in a.claim.derived_from + a.claim.revises
        straight = a.claim.iri in b.claim.derived_from + b.claim.revises
        return (b, a) if swapped or (not straight and self._later() is a) else (a, b)

    def _later(self) -> Reading | None:
        """Return the one whose article surely appeared later."""
        articles = self.context.background.articles
        one, other = articles.get(self.a.claim.article), articles.get(self.b.claim.article)
        if one is None or other is None:
            return None
        if one.not_before and other.not_after and one.not_before > other.not_after:
            return self.a
        return self.b if other.not_before and one.not_after and other.not_before > one.not_after else None

    def altered(self) -> str | None:
        """Drift of a claim that was carried over, whatever it has become."""
        a, b = self.a, self.b
        if b.claim.iri in a.claim.derived_from:
            a, b = b, a
        elif a.claim.iri not in b.claim.derived_from:
            return None
        found = changes(a, b, self.context.background)
        return "; ".join(f"{one.aspect} {one.before} became {one.after}" for one in found) or None

    def corrected(self) -> str | None:
        """Revision that the curator recorded."""
        a, b = self.a.claim, self.b.claim
        return "the later corrects the earlier" if b.iri in a.revises or a.iri in b.revises else None

    def other_scope(self, found: Match) -> str | None:
        """Another population, another place, or amounts of another kind."""
        a, b = self.a.claim, self.b.claim
        if a.counts != b.counts:
            return "other populations"
        if found.how == "unlike":
            return found.why
        outer = self._outer()
        # What is denied of a place is denied of all places in it; what is affirmed of it may fail in one of them.
        if a.where == b.where or (outer is not None and (not found.differs or outer.denied)):
            return None
        return "other places" if outer is None else "one place is only a part of the other"

    def _outer(self) -> Reading | None:
        """Return the one whose place holds the other's; no place at all is the widest."""
        within, a, b = self.context.background.within, self.a.claim.where, self.b.claim.where
        if a is None or (b is not None and a in within.get(b, ())):
            return self.a
        return self.b if b is None or b in within.get(a, ()) else None

    def changed_in_chain(self, found: Match, joined: Bond) -> str | None:
        """Drift between articles of one chain, about the same days.

        It is none between two named speakers who are at odds, nor where one of the articles says both things.
        """
        a, b = self.a, self.b
        if a.claim.article == b.claim.article or not found.differs or joined.how == "measured":
            return None
        beginning = self.context.chain(a.claim.article) & self.context.chain(b.claim.article)
        if not beginning or not self._same_days(joined):
            return None
        if a.claim.speakers and b.claim.speakers and not a.voice & b.voice:
            return None
        if self.context.says(a.claim.article, b) or self.context.says(b.claim.article, a):
            return None
        return f"both articles go back to {_label(min(beginning), self.context)}, and one of them changed it"

    def _same_days(self, joined: Bond) -> bool:
        if joined.ever or self.a.days == self.b.days:
            return True
        return self._meet() and joined.measure != f"{KG}Flow"

    def _meet(self) -> bool:
        one, other = self.a.days, self.b.days
        return one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]

    def said_otherwise_later(self, found: Match, joined: Bond) -> str | None:
        """Revision by the same voice: for days on which both would have to hold, in an article that appeared later."""
        voice = self.a.voice & self.b.voice
        later = self._later()
        if not voice or later is None or not found.differs or joined.how == "measured":
            return None
        if not self._clash_in_time(found, joined):
            return None
        day = self.context.background.articles[later.claim.article].not_before
        return f"{_label(min(voice), self.context)} said otherwise {f'on {day_words(day)}' if day else 'later'}"

    def other_time(self, found: Match, joined: Bond) -> str | None:
        """Other days, or none on which both would have to hold."""
        if joined.ever or self.a.days is None or self.b.days is None:
            return None
        if joined.measure == f"{KG}Flow" and self.a.days != self.b.days:
            return "other periods"
        if found.how == "agree":
            return None if self._meet() else "they agree, about other days"
        if self._clash_in_time(found, joined):
            return None
        if joined.measure == f"{KG}Cumulative" and found.ranges is not None:
            return "the total grew"
        return "nothing puts both on one day" if self._meet() else "other days"

    def _clash_in_time(self, found: Match, joined: Bond) -> bool:
        """Say whether the bounds make both claims hold on one day, or the value is one for all time."""
        a, b = self.a, self.b
        if joined.ever:
            return True
        if a.days is None or b.days is None:
            return False
        if joined.measure == f"{KG}Flow":
            return a.days == b.days and a.throughout and b.throughout
        if joined.measure == f"{KG}Cumulative" and found.ranges is not None:
            return self._total_fell(a.days, b.days)
        if not self._meet() or a.throughout == b.throughout:
            return self._meet() and a.throughout
        window, holding = (b.days, a) if a.throughout else (a.days, b)
        cover = self.context.cover(holding)
        return cover is not None and cover[0] <= window[0] and window[1] <= cover[1]

    def _total_fell(self, a: tuple[int, int], b: tuple[int, int]) -> bool:
        """Say whether the lower total holds, at the latest, as late as the higher one did already."""
        sides = sorted(((self.a, a), (self.b, b)), key=lambda side: side[0].value.low)
        (low, still), (high, reached) = sides
        return still[1 if low.throughout else 0] >= reached[0 if high.throughout else 1]

    def agreement(self, found: Match) -> tuple[str, str]:
        """Return which kind of agreement it is, and why no more."""
        a, b, context = self.a.claim, self.b.claim, self.context
        (mine, mine_known), (yours, yours_known) = context.sources(a), context.sources(b)
        if (common := shared(mine, yours)) is not None:
            return "echo", f"they agree, but are not independent: {common[1]}, {_label(common[0], context)}"
        if found.relation in _NESTED or a.where != b.where or self._nested_days():
            return "refinement", "they agree, and one is more exact"
        doubt = (", but both are of unknown origin", ", but one is of unknown origin and corroborates nobody", "")
        return "agreement", f"they agree{doubt[mine_known + yours_known]}"

    def _nested_days(self) -> bool:
        if self.bond is None or self.bond.ever:
            return False
        one, other = self.context.cover(self.a), self.context.cover(self.b)
        if one is None or other is None or one == other:
            return False
        return (one[0] >= other[0] and one[1] <= other[1]) or (other[0] >= one[0] and other[1] <= one[1])

    def soft(self, joined: Bond) -> str:
        """Return why a clash proves nothing yet, or no words."""
        sides = (self.a, self.b)
        timeless = joined.ever and joined.how == "same"
        undated = [
            one.value.unit == UNDATED or (one.days is None and one.value.unit != DATE and not timeless) for one in sides
        ]
        unsure = [one.claim.certainty != f"{KG}Certain" for one in sides]
        reasons = [
            f"{'neither is' if all(which) else 'one is not'} {word}"
            for which, word in ((undated, "dated"), (unsure, "certain"))
            if any(which)
        ]
        reasons += ["both are plans"] if self.a.claim.modality == f"{KG}Planned" else []
        return " and ".join(reasons)


def _label(iri: str, context: Context) -> str:
    return context.background.labels.get(iri, shorten(iri))
