"""Timeline of claims and events: entries in order, with the bounds that the claims give."""

from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal, NamedNode, Store

from kg.analysis.values import DATE, content_key, days_of, holds_throughout, value_of
from kg.analysis.wording import NO_TIME, span_words
from kg.claims.background import KG, Background, background
from kg.claims.claim import Claim, claims
from kg.rdf.namespaces import kind


@dataclass(frozen=True, slots=True)
class Entry:
    """Claims that say the same of the same days; the kind is `event` where they date something once for all.

    `first` and `last` bound the days, both included (None: undated); `when` gives them in words. `throughout` is true
    where it holds on each of the days, false where on at least one of them. `claim` is the first of the claims.
    """

    kind: str
    first: date | None
    last: date | None
    throughout: bool
    when: str
    claim: Claim
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The dated entries in order of their first day, then of their last, and the undated ones apart."""

    dated: tuple[Entry, ...]
    undated: tuple[Entry, ...]


def timeline(store: Store, about: str | None = None) -> Timeline:
    """Return the dated and the undated entries; with `about` (an IRI) those about this entity only.

    A claim is about its subject, its object and its place. An event that no claim dates is among the undated
    entries, with the claims about it.
    """
    facts = background(store)
    groups: dict[tuple[object, ...], list[Claim]] = {}
    for claim in claims(store):
        object_ = claim.object.value if isinstance(claim.object, NamedNode) else None
        if about is None or about in (claim.subject, object_, claim.where):
            key = (content_key(claim, facts), _span(claim, facts), holds_throughout(claim))
            groups.setdefault(key, []).append(claim)
    entries = sorted((_entry(group, facts) for group in groups.values()), key=_place)
    return Timeline(tuple(one for one in entries if one.first), tuple(one for one in entries if not one.first))


def _span(claim: Claim, facts: Background) -> tuple[int, int] | None:
    """Return the day with which the claim dates something, or else the bounds of the claim."""
    days = days_of(claim)
    value = value_of(claim, days, facts)
    return (int(value.low), int(value.high)) if value.unit == DATE else days


def _entry(group: list[Claim], facts: Background) -> Entry:
    claim, span = group[0], _span(group[0], facts)
    first, last = (date.fromordinal(span[0]), date.fromordinal(span[1])) if span else (None, None)
    profile = facts.profiles.get(claim.predicate)
    dates = isinstance(claim.object, Literal) or kind(claim.object.value) == "event"
    once = profile is not None and profile.values_at_once == f"{KG}OneEver"
    throughout = holds_throughout(claim)
    when = span_words(first, last, throughout=throughout) if first and last else NO_TIME
    iris = tuple(other.iri for other in group)
    return Entry("event" if once and dates else "claim", first, last, throughout, when, claim, iris)


def _place(entry: Entry) -> tuple[date, date, bool, str, tuple[str, ...]]:
    return (entry.first or date.min, entry.last or date.min, entry.kind != "event", entry.claim.subject, entry.claims)
