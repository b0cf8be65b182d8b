"""Reasons of verdicts and of dependence, as values; `wording` renders them as sentences."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum, StrEnum, auto
from functools import cache


class Aspect(StrEnum):
    """An aspect in which a claim can differ from the claim that it was carried over from."""

    VALUE = auto()
    SUBJECT = auto()
    PREDICATE = auto()
    POLARITY = auto()
    POPULATION = auto()
    CERTAINTY = auto()
    MODALITY = auto()
    TIME = auto()
    SPEAKER = auto()


class Dependence(IntEnum):
    """What two claims that are not independent have in common; the most telling first."""

    SOURCE = auto()
    ARTICLE = auto()
    SPEAKER = auto()
    INTERMEDIARY = auto()
    OUTLET = auto()


class Doubt(Enum):
    """A weakness of one or both claims of a pair, which keeps the verdict from being stronger."""

    UNDATED = auto()
    UNCERTAIN = auto()
    PLANNED = auto()
    UNKNOWN_ORIGIN = auto()


class Kind(Enum):
    """The kinds of reasons; the comment names the details that a reason of the kind carries."""

    CARRIED_OVER_CHANGED = auto()  # aspects
    CORRECTED = auto()
    POPULATIONS = auto()
    MEASURES = auto()
    UNITS = auto()
    PLACES = auto()
    PART_OF_PLACE = auto()
    CHANGED_IN_CHAIN = auto()  # entities: the root article
    SAID_OTHERWISE = auto()  # entities: the voice; day: when
    PERIODS = auto()
    DAYS = auto()
    DAYS_OF_AGREEMENT = auto()
    NO_COMMON_DAY = auto()
    TOTAL_GREW = auto()
    SPREAD = auto()  # numbers: the factor, the tolerance
    EXCLUSIVE = auto()  # entities: both predicates
    DENIED = auto()
    HAPPENED_ONCE = auto()
    ONE_VALUE_EVER = auto()
    ONE_VALUE_AT_A_TIME = auto()
    NUMBERS = auto()
    TOTALS = auto()
    TIME_PASSED = auto()  # numbers: the least and the greatest number of days
    BEFORE_START = auto()
    SAME = auto()
    MORE_EXACT = auto()
    DEPENDENT = auto()  # dependence; entities: the common source


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
