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


def conflict_words(verdict: str, reason: Reason, first: Claim, second: Claim, background: Background) -> str:
    """Return a verdict's reason as one sentence, without a full stop, in terms of the two claims."""
    apart = first.predicate != second.predicate or first.polarity != second.polarity
    words = [claim_words(claim, background, predicate=apart) for claim in (first, second)]
    joint = "and" if verdict in ("agreement", "echo", "refinement") else "against"
    return f"{words[0]}, {joint} {words[1]}: {_reason_words(reason, first, second, background)}"


def _reason_words(reason: Reason, first: Claim, second: Claim, background: Background) -> str:
    details: list[object] = [*sorted(named(iri, background) for iri in reason.entities)]
    if reason.kind is Kind.TIME_PASSED:
        least, most = reason.numbers
        details.append(amount_words(least, most, "day"))
    else:
        details += reason.numbers
    if reason.day is not None:
        details.append(day_words(reason.day))
    if reason.aspects:
        changes = (f"the {aspect} {change_words(aspect, first, second, background)}" for aspect in reason.aspects)
        details.append("; ".join(changes))
    if reason.dependence is not None:
        details.append(dependence_words(reason.dependence))
    sentence = reason.kind.value.format(*details)
    return f"{sentence}{', and both are in one article' if reason.one_article else ''}{_doubt_words(reason.doubts)}"


def _doubt_words(doubts: Sequence[tuple[Doubt, int]]) -> str:
    failures = " and ".join(doubt.value[number] for doubt, number in doubts)
    if conditions := " and ".join(doubt.value[0] for doubt, _ in doubts):
        return f"; it would be a contradiction if both were {conditions}, but {failures}"
    return f", but {failures}" if failures else ""


def dependence_words(dependence: Dependence) -> str:
    """Return what two dependent claims have in common: "the same speaker"."""
    return f"the same {'source article' if dependence is Dependence.SOURCE else dependence.name.lower()}"


def change_words(aspect: Aspect, before: Claim, after: Claim, background: Background) -> str:
    """Return a change of a claim that was carried over: "48 people became 480 people"."""
    return f"{_aspect_words(aspect, before, background)} became {_aspect_words(aspect, after, background)}"


def _aspect_words(aspect: Aspect, claim: Claim, background: Background) -> str:
    match aspect:
        case "value":
            return value_words(claim, background)
        case "time":
            return time_words(claim)
        case "speaker":
            return named_all(voice_of(claim, background), background)
    return named(claim.counts if aspect == "population" else getattr(claim, aspect), background)


def origins_words(
    articles: int, shared: Iterable[tuple[str, Dependence]], unknown: Iterable[str], background: Background
) -> str:
    """Return the reason why claims of several articles have fewer origins."""
    parts = [f"{dependence_words(dependence)}: {named(source, background)}" for source, dependence in shared]
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
    """Return the speaker or, if the article speaks itself, the outlet; then the actor spoken for, and the certainty."""
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
