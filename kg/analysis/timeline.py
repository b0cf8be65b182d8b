"""What is reported to have happened or held when, in order, with the bounds that the claims give."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal, NamedNode, Store

from kg.analysis.values import DATE, days_of, value_of
from kg.analysis.wording import claim_words, span_words
from kg.claims.background import KG, Background, background
from kg.claims.claim import Claim, claims
from kg.rdf.namespaces import kind


@dataclass(frozen=True, slots=True)
class Entry:
    """Claims that say the same of the same days; `what` is `event` where they date something once for all.

    `first` and `last` bound the days, both included (None: undated); `when` gives them in words. `throughout` says
    that it holds on all of the days, otherwise on one of them at least.
    """

    what: str
    first: date | None
    last: date | None
    throughout: bool
    when: str
    subject: str
    predicate: str
    object: NamedNode | Literal
    label: str
    words: str
    modality: str
    polarity: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The dated entries in order of their first day, then of their last, and the undated ones apart."""

    dated: tuple[Entry, ...]
    undated: tuple[Entry, ...]


def timeline(store: Store, about: str | None = None) -> Timeline:
    """Return what is reported with a time, and what without; with `about` (an IRI) of this thing only.

    A claim is about its subject, its object and its place. An event that no claim dates stands among the undated
    through the claims that speak of it.
    """
    facts = background(store)
    found: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims(store):
        if about is None or about in _things(claim):
            found.setdefault(_key(claim, facts), []).append(claim)
    entries = [_entry(group, facts) for group in found.values()]
    return Timeline(_ordered(one for one in entries if one.first), _ordered(one for one in entries if not one.first))


def _things(claim: Claim) -> tuple[str | None, ...]:
    return (claim.subject, claim.object.value if isinstance(claim.object, NamedNode) else None, claim.where)


def _key(claim: Claim, facts: Background) -> tuple[object, ...]:
    value = value_of(claim, None, facts)
    content = (claim.subject, claim.predicate, value.key, claim.polarity, claim.modality, claim.counts, claim.where)
    return (*content, _span(claim, facts), _throughout(claim))


def _span(claim: Claim, facts: Background) -> tuple[int, int] | None:
    """Return the days of the claim: where it dates something with a day, that day, otherwise its bounds."""
    days = days_of(claim)
    value = value_of(claim, days, facts)
    return (int(value.low), int(value.high)) if value.unit == DATE else days


def _throughout(claim: Claim) -> bool:
    return claim.polarity == f"{KG}Denied" or claim.extent == f"{KG}Throughout"


def _entry(group: list[Claim], facts: Background) -> Entry:
    claim, span = group[0], _span(group[0], facts)
    first, last = (date.fromordinal(span[0]), date.fromordinal(span[1])) if span else (None, None)
    profile = facts.profiles.get(claim.predicate)
    once = profile is not None and profile.values_at_once == f"{KG}OneEver"
    throughout = _throughout(claim)
    return Entry(
        "event" if once and _dates(claim) else "claim",
        first,
        last,
        throughout,
        span_words(first, last, throughout=throughout) if first and last else "undated",
        claim.subject,
        claim.predicate,
        claim.object,
        claim.label,
        claim_words(claim, facts, predicate=True),
        claim.modality,
        claim.polarity,
        tuple(one.iri for one in group),
    )


def _dates(claim: Claim) -> bool:
    return isinstance(claim.object, Literal) or kind(claim.object.value) == "event"


def _ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    def place(entry: Entry) -> tuple[object, ...]:
        return (entry.first or date.min, entry.last or date.min, entry.what != "event", entry.subject, entry.claims)

    return tuple(sorted(entries, key=place))
