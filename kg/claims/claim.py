"""Claims: the reported propositions of a graph, as plain values."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.claims.background import KG, RDF, RDFS, day_of
from kg.rdf.namespaces import PREFIXES, shorten

_TYPE = NamedNode(f"{RDF}type")
_OBJECT = f"{RDF}object"


@dataclass(frozen=True, slots=True)
class Claim:
    """One reported proposition; names are full IRIs, bounds are days with both ends included."""

    iri: str
    label: str
    subject: str
    predicate: str
    object: NamedNode | Literal
    article: str
    passages: tuple[str, ...]
    attribution: str
    speakers: tuple[str, ...]
    speaks_for: tuple[str, ...]
    via: tuple[str, ...]
    basis: str | None
    certainty: str
    polarity: str
    modality: str
    not_before: date | None
    not_after: date | None
    extent: str | None
    time_wording: str | None
    counts: str | None
    where: str | None
    derived_from: tuple[str, ...]
    revises: tuple[str, ...]
    notes: tuple[str, ...]


#: The fields with several values, each with its property.
_SEVERAL = {
    "passages": f"{KG}passage",
    "speakers": f"{KG}speaker",
    "speaks_for": f"{KG}speaksFor",
    "via": f"{KG}via",
    "derived_from": f"{KG}derivedFromClaim",
    "revises": f"{KG}revises",
    "notes": f"{PREFIXES['skos']}editorialNote",
}
#: The optional fields, each with the value that says that the claim has none.
_ABSENT: dict[str, Any] = {
    **dict.fromkeys(("attribution", "certainty", "polarity", "modality"), ""),
    **dict.fromkeys(("basis", "extent", "time_wording", "counts", "where", "not_before", "not_after")),
    **dict.fromkeys(_SEVERAL, ()),
}
#: The field of each property.
_FIELD = {
    f"{RDFS}label": "label",
    f"{RDF}subject": "subject",
    f"{RDF}predicate": "predicate",
    f"{KG}timeWording": "time_wording",
    **{f"{KG}{name}": name for name in ("attribution", "certainty", "polarity", "modality")},
    **{f"{KG}{name}": name for name in ("basis", "extent", "counts", "where")},
    **{iri: field for field, iri in _SEVERAL.items()},
}
_BOUNDS = {f"{KG}notBefore": "not_before", f"{KG}notAfter": "not_after"}


def claims(store: Store, only: Iterable[str] | None = None) -> tuple[Claim, ...]:
    """Return all claims, or those with the IRIs in `only`, in the order of their IRIs.

    A claim's article is its named graph. A claim without subject, predicate or object is left out: `kg validate`
    reports it.
    """
    claim = NamedNode(f"{KG}Claim")
    subjects: Iterable[NamedNode | None] = (None,) if only is None else map(NamedNode, sorted(set(only)))
    # Equal names share one string: with many claims that halves the memory.
    names: dict[str, str] = {}
    result: list[Claim] = []
    with uncollected():
        for subject in subjects:
            for quad in store.quads_for_pattern(subject, _TYPE, claim):
                if isinstance(node := quad.subject, NamedNode):
                    result += _claim(node, quad.graph_name, store.quads_for_pattern(node, None, None), names)
    result.sort(key=lambda claim: claim.iri)
    return tuple(result)


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the collector of reference cycles: claims form none, and it would scan all of them often."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _claim(node: NamedNode, graph: object, quads: Iterable[Quad], names: dict[str, str]) -> list[Claim]:
    values = _ABSENT.copy()
    for quad in quads:
        predicate, value = quad.predicate.value, quad.object
        if not isinstance(value, (NamedNode, Literal)):
            continue
        if field := _FIELD.get(predicate):
            text = value.value
            text = names.setdefault(text, text)
            values[field] = (*values[field], text) if field in _SEVERAL else text
        elif predicate == _OBJECT:
            values["object"] = value
        elif predicate in _BOUNDS and (day := day_of(value)) is not None:
            values[_BOUNDS[predicate]] = day
    if not values.keys() >= {"subject", "predicate", "object"}:
        return []
    for field in _SEVERAL:
        if len(values[field]) > 1:
            values[field] = tuple(sorted(values[field]))
    if "label" not in values:
        values["label"] = shorten(node.value)
    iri, article = node.value, graph.value if isinstance(graph, NamedNode) else ""
    return [Claim(iri=names.setdefault(iri, iri), article=names.setdefault(article, article), **values)]
