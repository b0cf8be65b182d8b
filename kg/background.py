"""What the graph itself asserts, beside the claims: predicates' profiles, quantities, articles, places, labels."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from math import inf

from pyoxigraph import Literal, NamedNode, Store

from kg.terms import PREFIXES, kind, shorten

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
    """How the claims of one predicate compare; names are full IRIs, `tolerance` is a factor."""

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
    """What is known of an article; the dates are equal when the day of publication is known."""

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
    """All that comparing claims takes beside the claims, by IRI; `within` gives the places that hold a place."""

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


def labels(store: Store) -> dict[str, str]:
    """Return every labelled thing's IRI with its label; the English one where there are several."""
    return _labels(_facts(store, f"{RDFS}label"))


def background(store: Store) -> Background:
    """Return the background of all claims; its labels are those of everything but claims."""
    things = (fact for fact in _facts(store, f"{RDFS}label") if kind(fact[0]) != "claim")
    known = _labels(things)
    return Background(
        _profiles(store, known), _quantities(store, known), _articles(store, known), _within(store), known
    )


def _facts(store: Store, property_: str) -> Iterator[tuple[str, NamedNode | Literal]]:
    for quad in store.quads_for_pattern(None, NamedNode(property_), None):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, (NamedNode, Literal)):
            yield quad.subject.value, quad.object


def _labels(facts: Iterable[tuple[str, NamedNode | Literal]]) -> dict[str, str]:
    """Keep the English label, and of several alike the first in the alphabet: the store has no order to go by."""
    best: dict[str, tuple[bool, str]] = {}
    for iri, value in facts:
        rank = (isinstance(value, Literal) and value.language != "en", value.value)
        if iri not in best or rank < best[iri]:
            best[iri] = rank
    return {iri: rank[1] for iri, rank in best.items()}


def _of_class(store: Store, class_: str) -> list[str]:
    quads = store.quads_for_pattern(None, _TYPE, NamedNode(f"{KG}{class_}"))
    return sorted({quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)})


def _several(store: Store, property_: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for iri, value in _facts(store, property_):
        found.setdefault(iri, set()).add(value.value)
    return {iri: tuple(sorted(values)) for iri, values in found.items()}


def _one(store: Store, property_: str) -> dict[str, str]:
    return {iri: values[0] for iri, values in _several(store, property_).items()}


def _numbers(store: Store, property_: str) -> dict[str, float]:
    """Leave out what is no number: `kg validate` names it."""
    found: dict[str, float] = {}
    for iri, value in _one(store, property_).items():
        with suppress(ValueError):
            found[iri] = float(value)
    return found


def _profiles(store: Store, known: dict[str, str]) -> dict[str, Profile]:
    values, measure = _one(store, f"{KG}valuesAtOnce"), _one(store, f"{KG}measure")
    start, excludes = _several(store, f"{KG}measuredFrom"), _several(store, f"{KG}excludes")
    comparable, tolerance = _several(store, f"{KG}comparableWith"), _numbers(store, f"{KG}tolerance")
    return {
        iri: Profile(
            iri,
            known.get(iri, shorten(iri)),
            values.get(iri, f"{KG}Many"),
            measure.get(iri),
            start.get(iri, ()),
            excludes.get(iri, ()),
            comparable.get(iri, ()),
            tolerance.get(iri, DEFAULT_TOLERANCE),
        )
        for iri in _of_class(store, "ClaimPredicate")
    }


def _quantities(store: Store, known: dict[str, str]) -> dict[str, Quantity]:
    low, high = _numbers(store, f"{_SCHEMA}minValue"), _numbers(store, f"{_SCHEMA}maxValue")
    unit = _one(store, f"{_SCHEMA}unitText")
    return {
        iri: Quantity(iri, known.get(iri, shorten(iri)), low.get(iri, -inf), high.get(iri, inf), unit.get(iri, ""))
        for iri in _of_class(store, "Quantity")
    }


def _articles(store: Store, known: dict[str, str]) -> dict[str, Article]:
    days = {
        name: {iri: day for iri, value in _facts(store, property_) if (day := day_of(value))}
        for name, property_ in (
            ("published", f"{_SCHEMA}datePublished"),
            ("not_before", f"{KG}notBefore"),
            ("not_after", f"{KG}notAfter"),
        )
    }
    publisher, authors = _one(store, f"{_SCHEMA}publisher"), _several(store, f"{_SCHEMA}author")
    origin, derivation = _one(store, f"{KG}origin"), _one(store, f"{KG}derivation")
    parents = _several(store, f"{PREFIXES['prov']}wasDerivedFrom")
    return {
        iri: Article(
            iri,
            known.get(iri, shorten(iri)),
            publisher.get(iri),
            authors.get(iri, ()),
            days["published"].get(iri, days["not_before"].get(iri)),
            days["published"].get(iri, days["not_after"].get(iri)),
            origin.get(iri),
            derivation.get(iri),
            parents.get(iri, ()),
        )
        for iri in _of_class(store, "Article")
    }


def _within(store: Store) -> dict[str, frozenset[str]]:
    holders = _several(store, f"{_SCHEMA}containedInPlace")
    found: dict[str, frozenset[str]] = {}
    for place in holders:
        seen: set[str] = set()
        open_ = list(holders[place])
        while open_:
            holder = open_.pop()
            if holder not in seen:
                seen.add(holder)
                open_ += holders.get(holder, ())
        found[place] = frozenset(seen - {place})
    return found
