"""Reasons of verdicts and of dependence, as values; `wording` renders them as sentences."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum
from functools import cache
from typing import Literal

#: An aspect in which a claim can differ from the claim that it was carried over from.
Aspect = Literal["value", "subject", "predicate", "polarity", "population", "certainty", "modality", "time", "speaker"]
#: What two claims that are not independent have in common; the most telling first.
Dependence = IntEnum("Dependence", "SOURCE ARTICLE SPEAKER INTERMEDIARY OUTLET")


class Doubt(Enum):
    """A weakness of one or both claims of a pair: the condition that is not met, and the words for one and for both."""

    UNDATED = ("dated", "one is not dated", "neither is dated")
    UNCERTAIN = ("certain", "one is not certain", "neither is certain")
    PLANNED = ("carried out", "", "both are plans")
    UNKNOWN_ORIGIN = ("", "the origin of one is unknown, so it corroborates nothing", "the origin of both is unknown")


class Kind(Enum):
    """The kinds of reasons, each with its sentence, whose slots the details of a reason fill."""

    CARRIED_OVER_CHANGED = "when it was carried over, {}"
    CORRECTED = "the later claim corrects the earlier one"
    POPULATIONS = "they count different populations"
    MEASURES = "one is an amount at a time, the other an amount over a period"
    UNITS = "their units cannot be compared"
    PLACES = "they are about different places"
    PART_OF_PLACE = "the place of one is only a part of the place of the other"
    CHANGED_IN_CHAIN = "both articles derive from {}, and one of them changed it"
    SAID_OTHERWISE = "{} said something else on {}"
    PERIODS = "they are about different periods"
    DAYS = "they are about different days"
    DAYS_OF_AGREEMENT = "they agree, but are about different days"
    NO_COMMON_DAY = "there need not be a day on which both were true"
    TOTAL_GREW = "the total grew in between"
    SPREAD = "the ranges are a factor of {:.3g} apart; a factor of up to {:.3g} counts as spread"
    EXCLUSIVE = "'{}' and '{}' exclude each other"
    DENIED = "one asserts what the other denies"
    HAPPENED_ONCE = "it happened only once, and the two times do not overlap"
    ONE_VALUE_EVER = "only one of them can ever be true"
    ONE_VALUE_AT_A_TIME = "only one of them can be true at a time"
    NUMBERS = "no number fits both"
    TOTALS = "no number fits both, and a total cannot fall"
    TIME_PASSED = "{} passed from that start to that day"
    BEFORE_START = "that day is before that start"
    SAME = "they agree"
    MORE_EXACT = "they agree, and one is more exact"
    DEPENDENT = "they agree, but are not independent: both have {1}, {0}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """The reason of a verdict: its kind with the entities (IRIs), numbers and days that the sentence names.

    `doubts` gives each doubt with the number of claims, 1 or 2, that it concerns.
    """

    kind: Kind
    entities: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()
    day: date | None = None
    aspects: tuple[Aspect, ...] = ()
    dependence: Dependence | None = None
    one_article: bool = False
    doubts: tuple[tuple[Doubt, int], ...] = ()


@cache
def plain(kind: Kind) -> Reason:
    """Return the reason of a kind that carries no details."""
    return Reason(kind=kind)
