"""What one claim says, made ready for comparison (a value, days, a voice), and the same in words."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import Enum
from math import inf

from pyoxigraph import Literal, NamedNode

from kg.background import KG, Background, day_of
from kg.claims import Claim
from kg.terms import kind, shorten

#: Units of time: the least and the greatest number of days in one of each.
DAYS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "year": (365, 366)}
#: Unit of a value that is a window of days, counted as `date.toordinal` counts them.
DATE = "date"
#: Unit of a value that is an event of which the claim gives no time.
UNDATED = "undated"
#: What stands for the time of a claim without bounds.
NO_TIME = "undated"

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_PLURALS = {"person": "people", "percent": "percent"}


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
        Change(aspect, _name(was, background), _name(is_, background))
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
        found.append(Change("speaker", _names(before.voice, background), _names(after.voice, background)))
    return tuple(found)


def _name(iri: str | None, background: Background) -> str:
    return background.labels.get(iri, shorten(iri)) if iri else "none"


def _names(iris: frozenset[str], background: Background) -> str:
    return " and ".join(sorted(_name(iri, background) for iri in iris))


def claim_words(claim: Claim, background: Background, *, predicate: bool = False) -> str:
    """Return value, place, time and speaker of the claim in words, on request with its predicate before them.

    For instance "24 to 99 people (deployed) on 11 May 2022, said by A. Speaker for the Sample Office".
    """
    denied = claim.polarity == f"{KG}Denied"
    words = [_name(claim.modality, background)] if claim.modality != f"{KG}Actual" else []
    words += ["not"] if denied else []
    words += [f"'{_name(claim.predicate, background)}'"] if predicate or denied else []
    # An event that "occurred on itself" has its time from the bounds, which follow.
    words += [value_words(claim, background)] if str(claim.object) != f"<{claim.subject}>" else []
    words += [f"at {_name(claim.where, background)}"] if claim.where else []
    words += [time_words(claim)] if claim.not_before or day_of(claim.object) is None else []
    return f"{' '.join(words)}, {who_words(claim, background)}".replace(f" {NO_TIME},", f", {NO_TIME},")


def value_words(claim: Claim, background: Background) -> str:
    """Return the claim's object in words, a quantity as its range with the population that it counts."""
    if isinstance(claim.object, Literal):
        day = day_of(claim.object)
        return day_words(day) if day else f'"{claim.object.value}"'
    quantity = background.quantities.get(claim.object.value)
    if quantity is None:
        return _name(claim.object.value, background)
    counted = f" ({_name(claim.counts, background)})" if claim.counts else ""
    return f"{amount_words(quantity.low, quantity.high, quantity.unit)}{counted}"


def amount_words(low: float, high: float, unit: str) -> str:
    """Return a range of a unit in words: "24 to 99 people", "more than 300 people", "1 month"."""
    if low == high:
        amount = _number(low)
    elif high == inf:
        # The codebook has 301 for "more than 300", and 2,000,000 for "millions".
        amount = f"more than {_number(low - 1)}" if low > 10 and low % 10 == 1 else f"at least {_number(low)}"
    elif low <= 0:
        amount = f"up to {_number(high)}"
    else:
        amount = f"{_number(low)} to {_number(high)}"
    return f"{amount} {unit if amount.split()[-1] == '1' else _PLURALS.get(unit, f'{unit}s')}"


def _number(number: float) -> str:
    return f"{int(number):,}" if number == int(number) else f"{number:,}"


def who_words(claim: Claim, background: Background) -> str:
    """Return who says it, on whose behalf, how surely; the outlet where the article says it itself."""
    if claim.speakers:
        who = f"said by {_names(frozenset(claim.speakers), background)}"
        who += f" for {_names(frozenset(claim.speaks_for), background)}" if claim.speaks_for else ""
    else:
        article = background.articles.get(claim.article)
        who = f"reported by {_name(article.publisher if article and article.publisher else claim.article, background)}"
    return who if claim.certainty == f"{KG}Certain" else f"{who} as {_name(claim.certainty, background)}"


def time_words(claim: Claim) -> str:
    """Return the claim's bounds in words, as bounds: "between 1 and 5 April 2022", "all through 2023", "undated"."""
    if claim.not_before is None or claim.not_after is None:
        return NO_TIME
    return span_words(claim.not_before, claim.not_after, throughout=claim.extent == f"{KG}Throughout")


def span_words(first: date, last: date, *, throughout: bool) -> str:
    """Return in words that something holds on each day from first to last, or on one of them at least."""
    if first == last:
        return f"on {day_words(first)}"
    if name := _calendar_name(first, last):
        return f"all through {name}" if throughout else f"in {name}"
    start = day_words(first)
    if first.year == last.year:
        start = str(first.day) if first.month == last.month else f"{first.day} {_MONTHS[first.month - 1]}"
    return f"from {start} to {day_words(last)}" if throughout else f"between {start} and {day_words(last)}"


def _calendar_name(first: date, last: date) -> str | None:
    """Return the name of the year or month that the days fill, if they do."""
    ends = last.day == monthrange(last.year, last.month)[1]
    if first.day != 1 or first.year != last.year or not ends:
        return None
    if first.month == last.month:
        return f"{_MONTHS[first.month - 1]} {first.year}"
    return str(first.year) if (first.month, last.month) == (1, 12) else None


def day_words(day: date) -> str:
    """Return the day as "11 May 2022"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
