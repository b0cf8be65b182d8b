"""The background of claims: profiles of predicates, quantities, articles, places and labels."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from math import inf

from pyoxigraph import Literal, NamedNode, Store

from kg.rdf.namespaces import PREFIXES, shorten

KG = PREFIXES["kg"]
RDF = PREFIXES["rdf"]
RDFS = PREFIXES["rdfs"]

_TYPE = NamedNode(f"{RDF}type")
_DATE = f"{PREFIXES['xsd']}date"
_SCHEMA = PREFIXES["schema"]

#: The factor up to which two disjoint ranges count as spread, for a predicate whose profile names none.
DEFAULT_TOLERANCE = 1.25


@dataclass(frozen=True, slots=True)
class Quantity:
    """An entry of the codebook: the range for which a wording stands (`high` is infinite when open), and its unit."""

    iri: str
    label: str
    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile by which claims of one predicate compare; names are full IRIs, `tolerance` is a factor."""

    iri: str
    label: str
    values_at_once: str
    measure: str | None
    measured_from: tuple[str, ...]
    excludes: tuple[str, ...]
    comparable_with: tuple[str, ...]
    tolerance: float


@dataclass(frozen=True, slots=True)
class Article:
    """The metadata of an article; the two dates are equal where the day of publication is known."""

    iri: str
    label: str
    publisher: str | None
    authors: tuple[str, ...]
    not_before: date | None
    not_after: date | None
    origin: str | None
    derivation: str | None
    derived_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Background:
    """All data but the claims that a comparison of claims needs, by IRI; `within` maps a place to those around it."""

    profiles: dict[str, Profile]
    quantities: dict[str, Quantity]
    articles: dict[str, Article]
    within: dict[str, frozenset[str]]
    labels: dict[str, str]


def day_of(value: object) -> date | None:
    """Return the day that an xsd:date literal names, or None for anything else."""
    if not isinstance(value, Literal) or value.datatype.value != _DATE:
        return None
    try:
        return date.fromisoformat(value.value)
    except ValueError:
        return None


def labels(store: Store, left_out: str = "") -> dict[str, str]:
    """Return the label of each IRI that has one; as `ranked_labels`."""
    return {iri: label for iri, (_, label) in ranked_labels(store, left_out).items()}


def background(store: Store) -> Background:
    """Return the background of all claims; its labels are those of everything but claims."""
    known = labels(store, PREFIXES["claim"])
    holders: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, NamedNode(f"{_SCHEMA}containedInPlace"), None):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            holders.setdefault(quad.subject.value, set()).add(quad.object.value)
    return Background(
        {facts.iri: _profile(facts) for facts in _described(store, "ClaimPredicate", known)},
        {facts.iri: _quantity(facts) for facts in _described(store, "Quantity", known)},
        {facts.iri: _article(facts) for facts in _described(store, "Article", known)},
        enclosing(holders),
        known,
    )


def ranked_labels(store: Store, left_out: str = "") -> dict[str, tuple[bool, str]]:
    """Return for each IRI that has a label whether that is not English, and the label.

    An English label goes before others, and of several the first in the alphabet: the store has no order. IRIs
    that begin with `left_out` are left out.
    """
    best: dict[str, tuple[bool, str]] = {}
    for quad in store.quads_for_pattern(None, NamedNode(f"{RDFS}label"), None):
        if isinstance(quad.subject, NamedNode) and not (left_out and quad.subject.value.startswith(left_out)):
            iri, value = quad.subject.value, quad.object
            if isinstance(value, Literal):
                rank = (value.language != "en", value.value)
                best[iri] = min(best.get(iri, rank), rank)
    return best


class _Facts:
    """A subject's label and the values of its properties; sorted, because the store has no order."""

    def __init__(self, store: Store, node: NamedNode, known: Mapping[str, str]) -> None:
        self.iri = node.value
        self.label = known.get(node.value, shorten(node.value))
        self._values: dict[str, list[NamedNode | Literal]] = {}
        for quad in store.quads_for_pattern(node, None, None):
            if isinstance(quad.object, (NamedNode, Literal)):
                self._values.setdefault(quad.predicate.value, []).append(quad.object)

    def all(self, property_: str) -> tuple[str, ...]:
        return tuple(sorted({value.value for value in self._values.get(property_, ())}))

    def one(self, property_: str) -> str | None:
        return min((value.value for value in self._values.get(property_, ())), default=None)

    def day(self, property_: str) -> date | None:
        return min((day for value in self._values.get(property_, ()) if (day := day_of(value))), default=None)

    def number(self, property_: str, missing: float) -> float:
        """Return the number, or `missing` also for text that is no number: `kg validate` reports it."""
        with suppress(ValueError):
            return float(self.one(property_) or missing)
        return missing


def _described(store: Store, class_: str, known: Mapping[str, str]) -> Iterator[_Facts]:
    for quad in store.quads_for_pattern(None, _TYPE, NamedNode(f"{KG}{class_}")):
        if isinstance(quad.subject, NamedNode):
            yield _Facts(store, quad.subject, known)


def _profile(facts: _Facts) -> Profile:
    return Profile(
        facts.iri,
        facts.label,
        facts.one(f"{KG}valuesAtOnce") or f"{KG}Many",
        facts.one(f"{KG}measure"),
        facts.all(f"{KG}measuredFrom"),
        facts.all(f"{KG}excludes"),
        facts.all(f"{KG}comparableWith"),
        facts.number(f"{KG}tolerance", DEFAULT_TOLERANCE),
    )


def _quantity(facts: _Facts) -> Quantity:
    low, high = facts.number(f"{_SCHEMA}minValue", -inf), facts.number(f"{_SCHEMA}maxValue", inf)
    return Quantity(facts.iri, facts.label, low, high, facts.one(f"{_SCHEMA}unitText") or "")


def _article(facts: _Facts) -> Article:
    published = facts.day(f"{_SCHEMA}datePublished")
    return Article(
        facts.iri,
        facts.label,
        facts.one(f"{_SCHEMA}publisher"),
        facts.all(f"{_SCHEMA}author"),
        published or facts.day(f"{KG}notBefore"),
        published or facts.day(f"{KG}notAfter"),
        facts.one(f"{KG}origin"),
        facts.one(f"{KG}derivation"),
        facts.all(f"{PREFIXES['prov']}wasDerivedFrom"),
    )


def enclosing(holders: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return for each place all places around it, from those directly around."""
    enclosed: dict[str, frozenset[str]] = {}
    for place, nearest in holders.items():
        seen: set[str] = set()
        queue = list(nearest)
        while queue:
            holder = queue.pop()
            if holder not in seen:
                seen.add(holder)
                queue += holders.get(holder, ())
        enclosed[place] = frozenset(seen - {place})
    return enclosed
