"""Wording of claims and of reasons, for people."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from math import inf

from pyoxigraph import Literal

from kg.analysis.reasons import Aspect, Dependence, Doubt, Kind, Reason
from kg.analysis.values import voice_of
from kg.claims.background import KG, Background, day_of
from kg.claims.claim import Claim
from kg.rdf.namespaces import shorten

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_PLURALS = {"person": "people", "percent": "percent"}
#: The words for the time of a claim without bounds.
NO_TIME = "undated"

DEPENDENCES = {
    Dependence.SOURCE: "the same source article",
    Dependence.ARTICLE: "the same article",
    Dependence.SPEAKER: "the same speaker",
    Dependence.INTERMEDIARY: "the same intermediary",
    Dependence.OUTLET: "the same outlet",
}
#: The sentence of each kind of reason; see `Kind` for the details that fill the slots.
_SENTENCES = {
    Kind.CORRECTED: "the later claim corrects the earlier one",
    Kind.POPULATIONS: "they count different populations",
    Kind.MEASURES: "one is an amount at a time, the other an amount over a period",
    Kind.UNITS: "their units cannot be compared",
    Kind.PLACES: "they are about different places",
    Kind.PART_OF_PLACE: "the place of one is only a part of the place of the other",
    Kind.CHANGED_IN_CHAIN: "both articles derive from {}, and one of them changed it",
    Kind.SAID_OTHERWISE: "{} said something else {}",
    Kind.PERIODS: "they are about different periods",
    Kind.DAYS: "they are about different days",
    Kind.DAYS_OF_AGREEMENT: "they agree, but are about different days",
    Kind.NO_COMMON_DAY: "there need not be a day on which both were true",
    Kind.TOTAL_GREW: "the total grew in between",
    Kind.SPREAD: "the ranges are a factor of {} apart; a factor of up to {} counts as spread",
    Kind.EXCLUSIVE: "'{}' and '{}' exclude each other",
    Kind.DENIED: "one asserts what the other denies",
    Kind.HAPPENED_ONCE: "it happened only once, and the two times do not overlap",
    Kind.ONE_VALUE_EVER: "only one of them can ever be true",
    Kind.ONE_VALUE_AT_A_TIME: "only one of them can be true at a time",
    Kind.NUMBERS: "no number fits both",
    Kind.TOTALS: "no number fits both, and a total cannot fall",
    Kind.TIME_PASSED: "{} passed from that start to that day",
    Kind.BEFORE_START: "that day is before that start",
    Kind.SAME: "they agree",
    Kind.MORE_EXACT: "they agree, and one is more exact",
    Kind.DEPENDENT: "they agree, but are not independent: both have {}, {}",
}
#: The condition under which a clash would be a contradiction, and its failure in one claim or in both.
_DOUBTS = {
    Doubt.UNDATED: ("dated", "one is not dated", "neither is dated"),
    Doubt.UNCERTAIN: ("certain", "one is not certain", "neither is certain"),
    Doubt.PLANNED: ("carried out", "", "both are plans"),
}
_UNKNOWN_ORIGIN = ("the origin of one is unknown, so it corroborates nothing", "the origin of both is unknown")


def conflict_words(verdict: str, reason: Reason, first: Claim, second: Claim, background: Background) -> str:
    """Return a verdict's reason as one sentence, without a full stop, in terms of the two claims."""
    apart = first.predicate != second.predicate or first.polarity != second.polarity
    words = [claim_words(claim, background, predicate=apart) for claim in (first, second)]
    joint = "and" if verdict in ("agreement", "echo", "refinement") else "against"
    return f"{words[0]}, {joint} {words[1]}: {reason_words(reason, first, second, background)}"


def reason_words(reason: Reason, first: Claim, second: Claim, background: Background) -> str:
    """Return the reason itself in words; `first` is the claim that is told first."""
    if reason.kind is Kind.CARRIED_OVER_CHANGED:
        changed = (f"the {aspect} {change_words(aspect, first, second, background)}" for aspect in reason.aspects)
        return f"when it was carried over, {'; '.join(changed)}"
    details = [named(iri, background) for iri in reason.entities]
    match reason.kind:
        case Kind.EXCLUSIVE:
            details.sort()
        case Kind.SPREAD:
            details += [f"{number:.3g}" for number in reason.numbers]
        case Kind.TIME_PASSED:
            least, most = reason.numbers
            details.append(amount_words(least, most, "day"))
        case Kind.SAID_OTHERWISE:
            details.append(f"on {day_words(reason.day)}" if reason.day else "later")
        case Kind.DEPENDENT if reason.dependence is not None:
            details.insert(0, DEPENDENCES[reason.dependence])
    sentence = _SENTENCES[reason.kind].format(*details)
    return f"{sentence}{', and both are in one article' if reason.one_article else ''}{_doubt_words(reason.doubts)}"


def _doubt_words(doubts: Sequence[tuple[Doubt, int]]) -> str:
    if not doubts:
        return ""
    if doubts[0][0] is Doubt.UNKNOWN_ORIGIN:
        return f", but {_UNKNOWN_ORIGIN[doubts[0][1] - 1]}"
    conditions = " and ".join(_DOUBTS[doubt][0] for doubt, _ in doubts)
    failures = " and ".join(_DOUBTS[doubt][number] for doubt, number in doubts)
    return f"; it would be a contradiction if both were {conditions}, but {failures}"


def change_words(aspect: Aspect, before: Claim, after: Claim, background: Background) -> str:
    """Return a change of a claim that was carried over: "48 people became 480 people"."""
    return f"{_aspect_words(aspect, before, background)} became {_aspect_words(aspect, after, background)}"


def _aspect_words(aspect: Aspect, claim: Claim, background: Background) -> str:
    match aspect:
        case Aspect.VALUE:
            return value_words(claim, background)
        case Aspect.TIME:
            return time_words(claim)
        case Aspect.SPEAKER:
            return named_all(voice_of(claim, background), background)
        case Aspect.POPULATION:
            return named(claim.counts, background)
        case _:
            return named(getattr(claim, aspect), background)


def origins_words(
    articles: int, shared: Iterable[tuple[str, Dependence]], unknown: Iterable[str], background: Background
) -> str:
    """Return why claims of so many articles have no more origins."""
    parts = [f"{DEPENDENCES[dependence]}: {named(source, background)}" for source, dependence in shared]
    parts += [f"unknown origin: {named(article, background)}" for article in unknown]
    return "; ".join(parts) or ("one article" if articles == 1 else "no known link between the articles")


def claim_words(claim: Claim, background: Background, *, predicate: bool = False) -> str:
    """Return value, place, time and speaker of the claim in words, on request with its predicate before them.

    For instance "24 to 99 people (deployed) on 11 May 2022, said by A. Speaker for the Sample Office".
    """
    denied = claim.polarity == f"{KG}Denied"
    words = [named(claim.modality, background)] if claim.modality != f"{KG}Actual" else []
    words += ["not"] if denied else []
    words += [f"'{named(claim.predicate, background)}'"] if predicate or denied else []
    # An event that "occurred on itself" has its time from the bounds, which follow.
    words += [value_words(claim, background)] if str(claim.object) != f"<{claim.subject}>" else []
    words += [f"at {named(claim.where, background)}"] if claim.where else []
    words += [time_words(claim)] if claim.not_before or day_of(claim.object) is None else []
    return f"{' '.join(words)}, {who_words(claim, background)}".replace(f" {NO_TIME},", f", {NO_TIME},")


def value_words(claim: Claim, background: Background) -> str:
    """Return the claim's object in words, a quantity as its range with the population that it counts."""
    if isinstance(claim.object, Literal):
        day = day_of(claim.object)
        return day_words(day) if day else f'"{claim.object.value}"'
    quantity = background.quantities.get(claim.object.value)
    if quantity is None:
        return named(claim.object.value, background)
    counted = f" ({named(claim.counts, background)})" if claim.counts else ""
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
    """Return who says it, on whose behalf, how certainly; the outlet where the article speaks in its own voice."""
    voice = named_all(voice_of(claim, background), background)
    who = f"said by {voice}" if claim.speakers else f"reported by {voice}"
    if claim.speakers and claim.speaks_for:
        who += f" for {named_all(claim.speaks_for, background)}"
    return who if claim.certainty == f"{KG}Certain" else f"{who} as {named(claim.certainty, background)}"


def time_words(claim: Claim) -> str:
    """Return the claim's bounds in words, as bounds: "between 1 and 5 April 2022", "all through 2023", "undated"."""
    if claim.not_before is None or claim.not_after is None:
        return NO_TIME
    return span_words(claim.not_before, claim.not_after, throughout=claim.extent == f"{KG}Throughout")


def span_words(first: date, last: date, *, throughout: bool) -> str:
    """Return the words for "on each day from first to last", or for "on at least one of them"."""
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


def named(iri: str | None, background: Background) -> str:
    """Return the label of an entity, its short name where it has none, "none" for None."""
    return background.labels.get(iri, shorten(iri)) if iri else "none"


def named_all(iris: Iterable[str], background: Background) -> str:
    """Return the labels of entities, sorted and joined by "and"."""
    return " and ".join(sorted(named(iri, background) for iri in set(iris)))
