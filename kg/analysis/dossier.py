"""Dossier of an entity: everything that is reported of it, for reading; and the counts of the whole graph."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from kg.claims.background import KG, RDF, RDFS, Quantity, background, labels
from kg.claims.claim import Claim, claims
from kg.claims.entities import classes
from kg.claims.passages import passages, passages_of
from kg.rdf.namespaces import PREFIXES, kind, shorten


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that the graph itself states about an entity: a property and its values, IRIs or plain text."""

    property: str
    values: tuple[NamedNode | Literal, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Claims under one heading; `role` is the entity's role in them: subject, object, predicate, speaker or claim.

    For an article it is `passage`, the passage on which they rest, or `article` where they rest on none with offsets.
    """

    role: str
    heading: str
    iri: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """An entity with its classes, names, facts and claims; with the passages' offsets, the codebook and all labels."""

    iri: str
    classes: tuple[str, ...]
    names: tuple[str, ...]
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    spans: dict[str, tuple[int, int]]
    quantities: dict[str, Quantity]
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Count:
    """The number of entities of one class, or of claims of one predicate, article, speaker and the like."""

    of: str
    name: str
    label: str
    count: int


def dossier(store: Store, iri: str) -> Dossier:
    """Return the dossier of a described entity (see `entities.resolve`)."""
    known = labels(store)
    every = claims(store, _naming(store, iri))
    cited = {passage for claim in every for passage in claim.passages} | {iri}
    properties: dict[str, set[NamedNode | Literal]] = {}
    for quad in store.quads_for_pattern(NamedNode(iri), None, None):
        if quad.predicate.value not in (f"{RDF}type", f"{RDFS}label") and isinstance(quad.object, NamedNode | Literal):
            properties.setdefault(quad.predicate.value, set()).add(quad.object)
    names = {name.value for name in properties.pop(f"{PREFIXES['skos']}altLabel", ()) if isinstance(name, Literal)}
    return Dossier(
        iri=iri,
        classes=classes(store, iri),
        names=tuple(sorted(names - {known.get(iri, "")})),
        facts=tuple(Fact(name, tuple(sorted(values, key=str))) for name, values in sorted(properties.items())),
        sections=tuple(_sections(store, iri, every, known)),
        spans={passage.iri: (passage.start, passage.end) for passage in passages_of(store, cited)},
        quantities=background(store).quantities,
        labels=known,
    )


def _naming(store: Store, iri: str) -> set[str]:
    """Return the claims that may belong in the entity's dossier: itself, and claims that name it or are in it."""
    node = NamedNode(iri)
    quads = list(store.quads_for_pattern(None, NamedNode(f"{RDF}type"), NamedNode(f"{KG}Claim"), node))
    for property_ in (f"{RDF}subject", f"{RDF}predicate", f"{RDF}object", f"{KG}passage", f"{KG}speaker"):
        quads += store.quads_for_pattern(None, NamedNode(property_), node)
    return {iri, *(quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode))}


def _sections(store: Store, iri: str, every: tuple[Claim, ...], known: Mapping[str, str]) -> list[Section]:
    match kind(iri):
        case "article":
            return _by_passage([claim for claim in every if claim.article == iri], iri, store)
        case "passage":
            return [Section("passage", "claims", iri, tuple(claim for claim in every if iri in claim.passages))]
        case "claim":
            itself = Section("claim", "claim", iri, tuple(claim for claim in every if claim.iri == iri))
            return [itself, *_by_role(iri, every, known, store)]
        case None:
            used = tuple(claim for claim in every if claim.predicate == iri)
            return [Section("predicate", "claims", iri, used)] if used else []
    return _by_role(iri, every, known, store)


def _by_passage(of_article: list[Claim], article: str, store: Store) -> list[Section]:
    """Return a section for each passage with claims, in order, then the claims without offsets; each stands once."""
    sections, rest = [], of_article
    for passage in passages(store, article):
        if here := tuple(claim for claim in rest if passage.iri in claim.passages):
            sections.append(Section("passage", shorten(passage.iri), passage.iri, here))
            rest = [claim for claim in rest if passage.iri not in claim.passages]
    if rest:
        sections.append(Section("article", "without a known place", article, tuple(rest)))
    return sections


def _by_role(iri: str, every: tuple[Claim, ...], known: Mapping[str, str], store: Store) -> list[Section]:
    """Return the claims by the entity's role in them and by predicate; those that it only said come last."""
    groups: dict[str, dict[str, list[Claim]]] = {"subject": {}, "object": {}, "speaker": {}}
    for claim in every:
        if claim.subject == iri:
            groups["subject"].setdefault(claim.predicate, []).append(claim)
        if isinstance(claim.object, NamedNode) and claim.object.value == iri:
            groups["object"].setdefault(claim.predicate, []).append(claim)
        elif iri in claim.speakers and claim.subject != iri:
            groups["speaker"].setdefault(claim.article, []).append(claim)
    inverse = {
        quad.subject.value: quad.object.value
        for quad in store.quads_for_pattern(None, NamedNode(f"{KG}inverseLabel"), None)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal)
    }
    sections = []
    for role, by_key in groups.items():
        names = inverse if role == "object" else known
        for key, group in sorted(by_key.items(), key=lambda item: (names.get(item[0], item[0]), item[0])):
            heading = names.get(key, known.get(key, shorten(key)))
            ordered = sorted(group, key=lambda claim: (str(claim.not_before or "9999"), claim.iri))
            sections.append(Section(role, heading, key, tuple(ordered)))
    return sections


def statistics(store: Store) -> tuple[Count, ...]:
    """Return the number of entities by class, and of claims by article, predicate, speaker and each code."""
    known, every = labels(store), claims(store)
    missing = {"claims by speaker": "the article's own voice"}
    # An entity that two files describe is counted once.
    typed = {(quad.subject, quad.object) for quad in store.quads_for_pattern(None, NamedNode(f"{RDF}type"), None)}
    by = {
        "entities": Counter(
            class_.value
            for entity, class_ in typed
            if isinstance(entity, NamedNode) and kind(entity.value) and isinstance(class_, NamedNode)
        ),
        "claims by article": Counter(claim.article for claim in every),
        "claims by predicate": Counter(claim.predicate for claim in every),
        "claims by speaker": Counter(speaker for claim in every for speaker in claim.speakers or ("",)),
        "claims by certainty": Counter(claim.certainty for claim in every),
        "claims by modality": Counter(claim.modality for claim in every),
        "claims by polarity": Counter(claim.polarity for claim in every),
    }
    return tuple(
        Count(of, shorten(iri), known.get(iri, shorten(iri) or missing.get(of, "not stated")), number)
        for of, counter in by.items()
        for iri, number in sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    )
