"""What of the graph goes out: the claims that a selection keeps, once nothing in the graph gives away who hides."""

from dataclasses import dataclass
from datetime import date

from pyoxigraph import NamedNode, QueryTriples, Store

from kg.analysis.independence import Statement, statements
from kg.analysis.network import JOINABLE
from kg.claims.background import KG, day_of
from kg.claims.claim import Claim, claims
from kg.errors import KgError, NameUnknownError
from kg.privacy.gate import gate
from kg.query.engine import engine, run
from kg.rdf.namespaces import kind, suggest


@dataclass(frozen=True, slots=True)
class Selection:
    """What to keep of the claims; each part that is given narrows it, and names are full IRIs.

    `around` keeps what lies within so many `hops` of a thing, with what joins the things there among each other.
    `kinds` are those of the things that a claim may speak of. `since` and `until` are days, both included: a claim
    is kept when it can refer to one of them, so never without a date. `min_origins` is that of the whole statement.
    `only_actual` leaves out what is denied, planned, hoped or supposed. `construct` is the text of a CONSTRUCT query
    and keeps the claims that its triples describe, or whose proposition is one of them.
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
        """Say whether nothing is left out."""
        return self == Selection(hops=self.hops)


@dataclass(frozen=True, slots=True)
class Chosen:
    """All claims of the store by IRI, the selection, and the claims that it keeps, in the order of their IRIs."""

    store: Store
    every: dict[str, Claim]
    selection: Selection
    claims: tuple[Claim, ...]

    @property
    def only(self) -> tuple[Claim, ...] | None:
        """Return the kept claims, or None where nothing was to be left out, not even what no claim speaks of."""
        return None if self.selection.whole else self.claims


def choose(store: Store, selection: Selection) -> Chosen:
    """Return what the selection keeps.

    Raises PrivacyError where anything in the graph, kept or not, would identify a protected person, and KgError for
    a selection that cannot be meant.
    """
    gate(store)
    _check(selection)
    every = {claim.iri: claim for claim in claims(store)}
    kept = [claim for claim in every.values() if _fits(claim, selection)]
    if selection.min_origins > 1:
        enough = {iri for one in statements(store) if one.origins >= selection.min_origins for iri in one.claims}
        kept = [claim for claim in kept if claim.iri in enough]
    if selection.construct is not None:
        told, said = _constructed(store, selection.construct)
        kept = [claim for claim in kept if claim.iri in told or _proposition(claim) in said]
    if selection.around is not None:
        kept = _near(kept, selection.around, selection.hops)
    return Chosen(store, every, selection, tuple(kept))


def _check(selection: Selection) -> None:
    for one in selection.kinds:
        if one not in JOINABLE:
            raise NameUnknownError(f"unknown kind of thing '{one}'{suggest(one, JOINABLE)}")
    if selection.hops < 0:
        raise KgError(f"{selection.hops} hops lead nowhere: give 0 or more")
    if selection.since is not None and selection.until is not None and selection.since > selection.until:
        raise KgError(f"no day lies from {selection.since} until {selection.until}")


def _fits(claim: Claim, selection: Selection) -> bool:
    ends = [end for end in (claim.subject, thing(claim)) if end is not None]
    return (
        (not selection.predicates or claim.predicate in selection.predicates)
        and (not selection.articles or claim.article in selection.articles)
        and (not selection.kinds or all(kind(end) in selection.kinds for end in ends))
        and (not selection.only_actual or holds(claim))
        and _within(claim, selection.since, selection.until)
    )


def thing(claim: Claim) -> str | None:
    """Return the claim's object where that is a thing that can be drawn, no value and no claim."""
    object_ = claim.object
    return object_.value if isinstance(object_, NamedNode) and kind(object_.value) in JOINABLE else None


def holds(said: Claim | Statement) -> bool:
    """Say whether the source puts it as something that is or was so."""
    return (said.polarity, said.modality) == (f"{KG}Affirmed", f"{KG}Actual")


def days(claim: Claim) -> tuple[date | None, date | None]:
    """Return the first and the last day to which the claim can refer: the day that it names, or else its bounds."""
    named = day_of(claim.object)
    return (named, named) if named is not None else (claim.not_before, claim.not_after)


def _within(claim: Claim, since: date | None, until: date | None) -> bool:
    if since is None and until is None:
        return True
    first, last = days(claim)
    if first is None or last is None:
        return False
    return (since is None or last >= since) and (until is None or first <= until)


def _constructed(store: Store, text: str) -> tuple[set[str], set[tuple[str, str, str]]]:
    """Return what the query's triples describe, and the triples."""
    with engine():
        answer = run(store, text)
        if not isinstance(answer, QueryTriples):
            raise KgError("a selection is made by a CONSTRUCT query: this one gives rows")
        triples = list(answer)
    said = {
        (triple.subject.value, triple.predicate.value, str(triple.object))
        for triple in triples
        if isinstance(triple.subject, NamedNode)
    }
    return {subject for subject, _, _ in said}, said


def _proposition(claim: Claim) -> tuple[str, str, str]:
    return (claim.subject, claim.predicate, str(claim.object))


def _near(kept: list[Claim], centre: str, hops: int) -> list[Claim]:
    """Return the claims about the things that lie within so many hops, where both ends do."""
    beside: dict[str, set[str]] = {}
    for claim in kept:
        if (end := thing(claim)) is not None:
            beside.setdefault(claim.subject, set()).add(end)
            beside.setdefault(end, set()).add(claim.subject)
    near, edge = {centre}, {centre}
    for _ in range(hops):
        edge = {other for one in edge for other in beside.get(one, ())} - near
        near |= edge
    return [claim for claim in kept if claim.subject in near and (thing(claim) or claim.subject) in near]
