"""Claims: the reported propositions of a graph, as plain values."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

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


#: The fields with at most one value, each with its property.
_SINGLE = {
    "label": f"{RDFS}label",
    "subject": f"{RDF}subject",
    "predicate": f"{RDF}predicate",
    **{name: f"{KG}{name}" for name in ("attribution", "basis", "certainty", "polarity", "modality", "extent")},
    **{name: f"{KG}{name}" for name in ("counts", "where")},
    "time_wording": f"{KG}timeWording",
}
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
_FIELD = {
    **{iri: (field, False) for field, iri in _SINGLE.items()},
    **{iri: (field, True) for field, iri in _SEVERAL.items()},
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
    single: dict[str, str] = {}
    several: dict[str, tuple[str, ...]] = {}
    bounds: dict[str, date] = {}
    object_: NamedNode | Literal | None = None
    for quad in quads:
        predicate, value = quad.predicate.value, quad.object
        if not isinstance(value, (NamedNode, Literal)):
            continue
        if predicate in _FIELD:
            field, many = _FIELD[predicate]
            text = value.value
            text = names.setdefault(text, text)
            if many:
                several[field] = (*several.get(field, ()), text)
            else:
                single[field] = text
        elif predicate == _OBJECT:
            object_ = value
        elif predicate in _BOUNDS and (day := day_of(value)) is not None:
            bounds[_BOUNDS[predicate]] = day
    if object_ is None or "subject" not in single or "predicate" not in single:
        return []
    article = graph.value if isinstance(graph, NamedNode) else ""
    return [
        Claim(
            iri=names.setdefault(node.value, node.value),
            label=single["label"] if "label" in single else shorten(node.value),
            subject=single["subject"],
            predicate=single["predicate"],
            object=object_,
            article=names.setdefault(article, article),
            attribution=single.get("attribution", ""),
            basis=single.get("basis"),
            certainty=single.get("certainty", ""),
            polarity=single.get("polarity", ""),
            modality=single.get("modality", ""),
            not_before=bounds.get("not_before"),
            not_after=bounds.get("not_after"),
            extent=single.get("extent"),
            time_wording=single.get("time_wording"),
            counts=single.get("counts"),
            where=single.get("where"),
            passages=_sorted(several.get("passages")),
            speakers=_sorted(several.get("speakers")),
            speaks_for=_sorted(several.get("speaks_for")),
            via=_sorted(several.get("via")),
            derived_from=_sorted(several.get("derived_from")),
            revises=_sorted(several.get("revises")),
            notes=_sorted(several.get("notes")),
        )
    ]


def _sorted(values: tuple[str, ...] | None) -> tuple[str, ...]:
    return () if values is None else values if len(values) == 1 else tuple(sorted(values))
