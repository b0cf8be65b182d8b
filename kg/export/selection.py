"""Selections: the claims to export, chosen after the privacy gate has passed the whole graph."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pyoxigraph import NamedNode, QueryTriples, Store

from kg.analysis.network import JOINABLE
from kg.analysis.origins import Statement, statements
from kg.claims.background import KG, day_of
from kg.claims.claim import Claim, claims
from kg.errors import KgError, NameUnknownError
from kg.privacy.gate import gate
from kg.query.engine import engine, run
from kg.rdf.namespaces import kind, suggest


@dataclass(frozen=True, slots=True)
class Selection:
    """Conditions that a claim must meet to be exported, all of them; names are full IRIs.

    `around` keeps claims whose entities are at most `hops` steps from an entity. `kinds` are those of the entities
    that a claim may be about. `since` and `until` are days, both included: a claim is kept when it can refer to one
    of them, so never without a date. `min_origins` is that of the whole statement. `only_actual` leaves out denied,
    planned, hoped and hypothetical claims. `construct` is the text of a CONSTRUCT query and keeps the claims that its
    triples describe, or whose proposition is one of them.
    """

    around: str | None = None
    hops: int = 1
    kinds: tuple[str, ...] = ()
    predicates: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    min_origins: int = 1
    only_actual: bool = False
    construct: str | None = None

    @property
    def whole(self) -> bool:
        """Return whether nothing is left out."""
        return self == Selection(hops=self.hops)


@dataclass(frozen=True, slots=True)
class Selected:
    """All claims of the store by IRI, the selection, and the claims that it keeps, in the order of their IRIs."""

    store: Store
    every: dict[str, Claim]
    selection: Selection
    claims: tuple[Claim, ...]


def select(store: Store, selection: Selection) -> Selected:
    """Return the claims that the selection keeps.

    Raises PrivacyError where anything in the graph, selected or not, would identify a protected person, and KgError
    for a selection that contradicts itself or names something unknown.
    """
    gate(store)
    _validate(selection)
    every = {claim.iri: claim for claim in claims(store)}
    kept = [claim for claim in every.values() if _matches(claim, selection)]
    if selection.min_origins > 1:
        supported = {
            iri
            for statement in statements(store)
            if statement.origins >= selection.min_origins
            for iri in statement.claims
        }
        kept = [claim for claim in kept if claim.iri in supported]
    if selection.construct is not None:
        triples = _constructed(store, selection.construct)
        subjects = {subject for subject, _, _ in triples}
        kept = [claim for claim in kept if claim.iri in subjects or _proposition(claim) in triples]
    if selection.around is not None:
        kept = _neighbourhood(kept, selection.around, selection.hops)
    return Selected(store, every, selection, tuple(kept))


def object_entity(claim: Claim) -> str | None:
    """Return the claim's object where it is an entity that a network can join, or None for a value or a claim."""
    target = claim.object
    return target.value if isinstance(target, NamedNode) and kind(target.value) in JOINABLE else None


def asserted(source: Claim | Statement) -> bool:
    """Return whether the source asserts that it is or was so, and does not deny, plan, hope or suppose it."""
    return (source.polarity, source.modality) == (f"{KG}Affirmed", f"{KG}Actual")


def bounds(claim: Claim) -> tuple[date | None, date | None]:
    """Return the first and last day to which the claim can refer: the day that is its object, else its bounds."""
    day = day_of(claim.object)
    return (day, day) if day is not None else (claim.not_before, claim.not_after)


def claims_by_entity(some: Iterable[Claim]) -> dict[str, list[Claim]]:
    """Return the claims by the entities and the article that each is about or stands in."""
    grouped: dict[str, list[Claim]] = {}
    for claim in some:
        for iri in {claim.subject, object_entity(claim) or claim.subject, claim.article}:
            grouped.setdefault(iri, []).append(claim)
    return grouped


def _validate(selection: Selection) -> None:
    for name in selection.kinds:
        if name not in JOINABLE:
            raise NameUnknownError(f"unknown kind of entity '{name}'{suggest(name, JOINABLE)}")
    if selection.hops < 0:
        raise KgError(f"{selection.hops} hops: expected 0 or more")
    if selection.since is not None and selection.until is not None and selection.since > selection.until:
        raise KgError(f"no day is from {selection.since} until {selection.until}: the first must not be after the last")


def _matches(claim: Claim, selection: Selection) -> bool:
    ends = [end for end in (claim.subject, object_entity(claim)) if end is not None]
    return (
        (not selection.predicates or claim.predicate in selection.predicates)
        and (not selection.articles or claim.article in selection.articles)
        and (not selection.kinds or all(kind(end) in selection.kinds for end in ends))
        and (not selection.only_actual or asserted(claim))
        and _overlaps(claim, selection.since, selection.until)
    )


def _overlaps(claim: Claim, since: date | None, until: date | None) -> bool:
    if since is None and until is None:
        return True
    first, last = bounds(claim)
    if first is None or last is None:
        return False
    return (since is None or last >= since) and (until is None or first <= until)


def _constructed(store: Store, text: str) -> set[tuple[str, str, str]]:
    """Return the triples of the query whose subject is an IRI."""
    with engine():
        answer = run(store, text)
        if not isinstance(answer, QueryTriples):
            raise KgError("a selection needs a CONSTRUCT query; this one returns no triples")
        return {
            (triple.subject.value, triple.predicate.value, str(triple.object))
            for triple in answer
            if isinstance(triple.subject, NamedNode)
        }


def _proposition(claim: Claim) -> tuple[str, str, str]:
    return (claim.subject, claim.predicate, str(claim.object))


def _neighbourhood(kept: list[Claim], centre: str, hops: int) -> list[Claim]:
    """Return the claims whose entities are all at most `hops` steps from the centre."""
    neighbours: dict[str, set[str]] = {}
    for claim in kept:
        if (target := object_entity(claim)) is not None:
            neighbours.setdefault(claim.subject, set()).add(target)
            neighbours.setdefault(target, set()).add(claim.subject)
    near, frontier = {centre}, {centre}
    for _ in range(hops):
        frontier = {other for iri in frontier for other in neighbours.get(iri, ())} - near
        near |= frontier
    return [claim for claim in kept if claim.subject in near and (object_entity(claim) or claim.subject) in near]
