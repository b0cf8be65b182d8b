"""Claims made ready for comparison: value, days and voice."""

from dataclasses import dataclass
from enum import Enum

from pyoxigraph import NamedNode

from kg.analysis.reasons import Aspect
from kg.claims.background import KG, Background, day_of
from kg.claims.claim import Claim
from kg.rdf.namespaces import kind

#: Units of time, with the least and the greatest number of days in one of each.
DAYS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "year": (365, 366)}
#: Unit of a value that is a range of days, numbered as `date.toordinal` numbers them.
DATE = "date"
#: Unit of a value that is an event of which the claim gives no time.
UNDATED = "undated"

Range = tuple[float, float]
#: The relation of one value to another.
Relation = Enum("Relation", "EQUAL INSIDE AROUND OVERLAP DISJOINT UNLIKE")


@dataclass(frozen=True, slots=True)
class Value:
    """A claim's object: a range in a unit (both ends included), or, without a unit, an entity or a text."""

    term: str
    unit: str | None
    low: float = 0
    high: float = 0

    @property
    def range(self) -> Range:
        """Return both ends of the range."""
        return (self.low, self.high)

    @property
    def key(self) -> tuple[str | None, float, float, str]:
        """Return a key that values which compare alike share; the codebook has several names for one range."""
        return (self.unit, self.low, self.high, self.term if self.unit in (None, DATE, UNDATED) else "")


@dataclass(frozen=True, slots=True)
class ComparableClaim:
    """A claim with its value, its days (`date.toordinal`, both ends included; None: undated) and its voice.

    `throughout` is true where the claim holds on each of its days, as a denial always does. The voice is the
    speakers, or the outlet where the article speaks in its own voice.
    """

    claim: Claim
    value: Value
    denied: bool
    days: tuple[int, int] | None
    throughout: bool
    voice: frozenset[str]


def comparable(claim: Claim, background: Background) -> ComparableClaim:
    """Return the claim made ready for comparison."""
    days, denied = days_of(claim), claim.polarity == f"{KG}Denied"
    value, voice = value_of(claim, days, background), voice_of(claim, background)
    return ComparableClaim(claim, value, denied, days, holds_throughout(claim), voice)


def days_of(claim: Claim) -> tuple[int, int] | None:
    """Return the first and the last day to which the claim can refer, or None where a bound is missing."""
    if claim.not_before is None or claim.not_after is None:
        return None
    return (claim.not_before.toordinal(), claim.not_after.toordinal())


def holds_throughout(claim: Claim) -> bool:
    """Say whether the claim speaks of each of its days, as a denial always does."""
    return claim.polarity == f"{KG}Denied" or claim.extent == f"{KG}Throughout"


def voice_of(claim: Claim, background: Background) -> frozenset[str]:
    """Return the speakers, or the outlet where the article speaks in its own voice."""
    return frozenset(claim.speakers or (outlet(claim.article, background),))


def outlet(article: str, background: Background) -> str:
    """Return the article's publisher; an article without one is an outlet of its own."""
    known = background.articles.get(article)
    return known.publisher if known is not None and known.publisher else article


def value_of(claim: Claim, days: tuple[int, int] | None, background: Background) -> Value:
    """Return the claim's value; where one value holds for ever, the days of an event are those of the claim."""
    object_, term = claim.object, str(claim.object)
    profile = background.profiles.get(claim.predicate)
    if isinstance(object_, NamedNode):
        if (quantity := background.quantities.get(object_.value)) is not None:
            return Value(term, quantity.unit, quantity.low, quantity.high)
        if profile is not None and profile.values_at_once == f"{KG}OneEver" and kind(object_.value) == "event":
            return Value(term, DATE, *days) if days else Value(term, UNDATED)
    if (day := day_of(object_)) is not None:
        return Value(term, DATE, day.toordinal(), day.toordinal())
    return Value(term, None)


def content_key(claim: Claim, background: Background) -> tuple[object, ...]:
    """Return a key that claims share which say the same, whenever and by whomever."""
    value: object = str(claim.object)
    if isinstance(claim.object, NamedNode) and (quantity := background.quantities.get(claim.object.value)) is not None:
        value = (quantity.low, quantity.high, quantity.unit)
    return (claim.subject, claim.predicate, value, claim.polarity, claim.modality, claim.counts, claim.where)


def relation(first: Value, second: Value) -> Relation | None:
    """Return the relation of the first value to the second, or None where they cannot be compared without a date."""
    if first.unit == second.unit:
        if first.unit is None:
            return Relation.EQUAL if first.term == second.term else Relation.DISJOINT
        if first.unit != UNDATED:
            return relation_of_ranges(first.range, second.range)
    elif first.unit in DAYS and second.unit in DAYS:
        return relation_of_ranges(in_days(first), in_days(second))
    elif {first.unit, second.unit} != {UNDATED, DATE}:
        return Relation.UNLIKE
    return Relation.EQUAL if first.term == second.term else None


def relation_of_ranges(first: Range, second: Range) -> Relation:
    """Return the relation of the first range to the second; both ends are included."""
    if first == second:
        return Relation.EQUAL
    if first[1] < second[0] or second[1] < first[0]:
        return Relation.DISJOINT
    if second[0] <= first[0] and first[1] <= second[1]:
        return Relation.INSIDE
    if first[0] <= second[0] and second[1] <= first[1]:
        return Relation.AROUND
    return Relation.OVERLAP


def in_days(value: Value) -> Range:
    """Return the range, in days, of a value whose unit is a unit of time."""
    least, greatest = DAYS[value.unit or "day"]
    return (value.low * least, value.high * greatest)


def changes(before: ComparableClaim, after: ComparableClaim) -> tuple[Aspect, ...]:
    """Return the aspects in which a claim differs from the claim `before`, from which it was carried over."""
    old, new = before.claim, after.claim
    changed: dict[Aspect, bool] = {
        "value": relation(before.value, after.value) is not Relation.EQUAL,
        "subject": old.subject != new.subject,
        "predicate": old.predicate != new.predicate,
        "polarity": old.polarity != new.polarity,
        "population": old.counts != new.counts,
        "certainty": old.certainty != new.certainty,
        "modality": old.modality != new.modality,
        "time": (old.not_before, old.not_after, old.extent) != (new.not_before, new.not_after, new.extent),
        # Words that a reprint prints in its own voice are still those of the article that it reprints.
        "speaker": before.voice != after.voice and bool(old.speakers or new.speakers),
    }
    return tuple(aspect for aspect, differs in changed.items() if differs)
