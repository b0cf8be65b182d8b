"""What one claim says, made ready for comparison (a value, days, a voice), and the same in words."""

from dataclasses import dataclass
from enum import Enum

from pyoxigraph import NamedNode

from kg.analysis.wording import named, named_all, time_words, value_words
from kg.claims.background import KG, Background, day_of
from kg.claims.claim import Claim
from kg.rdf.namespaces import kind

#: Units of time: the least and the greatest number of days in one of each.
DAYS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "year": (365, 366)}
#: Unit of a value that is a window of days, counted as `date.toordinal` counts them.
DATE = "date"
#: Unit of a value that is an event of which the claim gives no time.
UNDATED = "undated"


class Relation(Enum):
    """How one value lies to another."""

    EQUAL = "equal"
    INSIDE = "inside"
    AROUND = "around"
    OVERLAP = "overlap"
    DISJOINT = "disjoint"
    UNLIKE = "unlike"


@dataclass(frozen=True, slots=True)
class Value:
    """A claim's object: a range of a unit (both ends included), or without a unit a thing or a text."""

    term: str
    unit: str | None
    low: float
    high: float

    @property
    def key(self) -> tuple[str | None, float, float, str]:
        """Return what values share that compare alike; the codebook has several names for one range."""
        return (self.unit, self.low, self.high, self.term if self.unit in (None, DATE, UNDATED) else "")


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim with its value, its days (`date.toordinal`, both ends included; None: undated) and its voice.

    `throughout` says that it speaks of every one of the days, as a denial always does. The voice is the speakers, or
    who publishes what the article says itself.
    """

    claim: Claim
    value: Value
    denied: bool
    days: tuple[int, int] | None
    throughout: bool
    voice: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between a claim and one carried over from it: the aspect, and the words before and after."""

    aspect: str
    before: str
    after: str


def read(claim: Claim, background: Background) -> Reading:
    """Return the claim made ready for comparison."""
    days = days_of(claim)
    denied = claim.polarity == f"{KG}Denied"
    article = background.articles.get(claim.article)
    voice = claim.speakers or (article.publisher if article and article.publisher else claim.article,)
    throughout = denied or claim.extent == f"{KG}Throughout"
    return Reading(claim, value_of(claim, days, background), denied, days, throughout, frozenset(voice))


def days_of(claim: Claim) -> tuple[int, int] | None:
    """Return the first and the last day to which the claim can refer, or None where a bound is missing."""
    if claim.not_before is None or claim.not_after is None:
        return None
    return (claim.not_before.toordinal(), claim.not_after.toordinal())


def value_of(claim: Claim, days: tuple[int, int] | None, background: Background) -> Value:
    """Return the claim's value; where one value holds for ever, an event stands for the claim's days."""
    thing, term = claim.object, str(claim.object)
    profile = background.profiles.get(claim.predicate)
    if isinstance(thing, NamedNode):
        if (quantity := background.quantities.get(thing.value)) is not None:
            return Value(term, quantity.unit, quantity.low, quantity.high)
        if profile is not None and profile.values_at_once == f"{KG}OneEver" and kind(thing.value) == "event":
            return Value(term, DATE, *days) if days else Value(term, UNDATED, 0, 0)
    if (day := day_of(thing)) is not None:
        return Value(term, DATE, day.toordinal(), day.toordinal())
    return Value(term, None, 0, 0)


def relation(first: Value, second: Value) -> Relation | None:
    """Return how the first value lies to the second; None where a missing date keeps them from being compared."""
    if first.unit == second.unit:
        if first.unit is None:
            return Relation.EQUAL if first.term == second.term else Relation.DISJOINT
        if first.unit == UNDATED:
            return Relation.EQUAL if first.term == second.term else None
        return _lie((first.low, first.high), (second.low, second.high))
    if first.unit in DAYS and second.unit in DAYS:
        return _lie(in_days(first), in_days(second))
    if {first.unit, second.unit} == {UNDATED, DATE}:
        return Relation.EQUAL if first.term == second.term else None
    return Relation.UNLIKE


def _lie(first: tuple[float, float], second: tuple[float, float]) -> Relation:
    if first == second:
        return Relation.EQUAL
    if first[1] < second[0] or second[1] < first[0]:
        return Relation.DISJOINT
    if second[0] <= first[0] and first[1] <= second[1]:
        return Relation.INSIDE
    if first[0] <= second[0] and second[1] <= first[1]:
        return Relation.AROUND
    return Relation.OVERLAP


def in_days(value: Value) -> tuple[float, float]:
    """Return the range of a value whose unit is one of time, in days."""
    least, greatest = DAYS[value.unit or "day"]
    return (value.low * least, value.high * greatest)


def changes(before: Reading, after: Reading, background: Background) -> tuple[Change, ...]:
    """Return what a claim has become that was carried over: value, polarity, population, days and the rest."""
    old, new = before.claim, after.claim
    found = [
        Change(aspect, named(was, background), named(is_, background))
        for aspect, was, is_ in (
            ("subject", old.subject, new.subject),
            ("predicate", old.predicate, new.predicate),
            ("polarity", old.polarity, new.polarity),
            ("population", old.counts, new.counts),
            ("certainty", old.certainty, new.certainty),
            ("modality", old.modality, new.modality),
        )
        if was != is_
    ]
    if relation(before.value, after.value) is not Relation.EQUAL:
        found.insert(0, Change("value", value_words(old, background), value_words(new, background)))
    if (old.not_before, old.not_after, old.extent) != (new.not_before, new.not_after, new.extent):
        found.append(Change("time", time_words(old), time_words(new)))
    # What a reprint prints in its own voice is still the voice of the article that it reprints.
    if before.voice != after.voice and (old.speakers or new.speakers):
        found.append(Change("speaker", named_all(before.voice, background), named_all(after.voice, background)))
    return tuple(found)
