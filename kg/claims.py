"""The claims and what they speak of, read from the store once as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal, NamedNode, Store

from kg.terms import PREFIXES, shorten

KG = PREFIXES["kg"]
RDF = PREFIXES["rdf"]
RDFS = PREFIXES["rdfs"]

_LABEL = NamedNode(f"{RDFS}label")


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


#: Field of a claim to the property that fills it; a claim has at most one value of these.
_SINGLE = {
    "subject": f"{RDF}subject",
    "predicate": f"{RDF}predicate",
    "attribution": f"{KG}attribution",
    "basis": f"{KG}basis",
    "certainty": f"{KG}certainty",
    "polarity": f"{KG}polarity",
    "modality": f"{KG}modality",
    "extent": f"{KG}extent",
    "counts": f"{KG}counts",
    "where": f"{KG}where",
    "label": f"{RDFS}label",
    "time_wording": f"{KG}timeWording",
}
#: Field of a claim to the property that fills it; a claim can have several values of these.
_SEVERAL = {
    "passages": f"{KG}passage",
    "speakers": f"{KG}speaker",
    "speaks_for": f"{KG}speaksFor",
    "via": f"{KG}via",
    "derived_from": f"{KG}derivedFromClaim",
    "revises": f"{KG}revises",
    "notes": f"{PREFIXES['skos']}editorialNote",
}
_SINGLE_BY_IRI = {iri: field for field, iri in _SINGLE.items()}
_SEVERAL_BY_IRI = {iri: field for field, iri in _SEVERAL.items()}
_OBJECT = f"{RDF}object"
_BOUNDS = {f"{KG}notBefore": "not_before", f"{KG}notAfter": "not_after"}


def claims(store: Store, only: Iterable[str] | None = None) -> tuple[Claim, ...]:
    """Return all claims, or those with the IRIs in `only`, in the order of their IRIs.

    A claim's article is the graph in which it stands. A claim that lacks a subject, predicate or object is left out:
    `kg validate` names it.
    """
    kind = NamedNode(f"{RDF}type")
    nodes = (
        ((quad.subject, quad.graph_name) for quad in store.quads_for_pattern(None, kind, NamedNode(f"{KG}Claim")))
        if only is None
        else (
            (quad.subject, quad.graph_name)
            for iri in sorted(set(only))
            for quad in store.quads_for_pattern(NamedNode(iri), kind, NamedNode(f"{KG}Claim"))
        )
    )
    found = (_claim(store, node, graph) for node, graph in nodes if isinstance(node, NamedNode))
    return tuple(sorted((claim for claim in found if claim is not None), key=lambda claim: claim.iri))


def _claim(store: Store, node: NamedNode, graph: object) -> Claim | None:
    single: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    bounds: dict[str, date] = {}
    object_: NamedNode | Literal | None = None
    for quad in store.quads_for_pattern(node, None, None):
        predicate, value = quad.predicate.value, quad.object
        if not isinstance(value, NamedNode | Literal):
            continue
        if predicate == _OBJECT:
            object_ = value
        elif predicate in _SINGLE_BY_IRI:
            single[_SINGLE_BY_IRI[predicate]] = value.value
        elif predicate in _SEVERAL_BY_IRI:
            several.setdefault(_SEVERAL_BY_IRI[predicate], []).append(value.value)
        elif predicate in _BOUNDS and (day := day_of(value)) is not None:
            bounds[_BOUNDS[predicate]] = day
    if object_ is None or "subject" not in single or "predicate" not in single:
        return None
    return Claim(
        iri=node.value,
        label=single.get("label", shorten(node.value)),
        subject=single["subject"],
        predicate=single["predicate"],
        object=object_,
        article=graph.value if isinstance(graph, NamedNode) else "",
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
        passages=_sorted(several, "passages"),
        speakers=_sorted(several, "speakers"),
        speaks_for=_sorted(several, "speaks_for"),
        via=_sorted(several, "via"),
        derived_from=_sorted(several, "derived_from"),
        revises=_sorted(several, "revises"),
        notes=_sorted(several, "notes"),
    )


def _sorted(several: dict[str, list[str]], field: str) -> tuple[str, ...]:
    return tuple(sorted(several.get(field, ())))


def day_of(value: object) -> date | None:
    """Return the day that an xsd:date literal names, or None for anything else."""
    if not isinstance(value, Literal) or value.datatype.value != f"{PREFIXES['xsd']}date":
        return None
    try:
        return date.fromisoformat(value.value)
    except ValueError:
        return None


def labels(store: Store) -> dict[str, str]:
    """Return every labelled thing's IRI with its label; the English one where there are several."""
    found: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, _LABEL, None):
        if (
            isinstance(quad.subject, NamedNode)
            and isinstance(quad.object, Literal)
            and (quad.object.language == "en" or quad.subject.value not in found)
        ):
            found[quad.subject.value] = quad.object.value
    return found
