"""Everything that is reported of one thing, gathered for reading; and the counts of the whole graph."""

from collections import Counter
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from kg.claims.background import KG, RDF, RDFS, Quantity, background, labels
from kg.claims.claim import Claim, claims
from kg.claims.entities import classes
from kg.claims.passages import passages, passages_of
from kg.rdf.namespaces import PREFIXES, kind, shorten

_HIDDEN = {f"{RDF}type", f"{RDFS}label", f"{PREFIXES['skos']}altLabel"}
#: The properties by which a claim comes into the dossier of a thing.
_NAMING = (
    *(NamedNode(f"{RDF}{name}") for name in ("subject", "predicate", "object")),
    *(NamedNode(f"{KG}{name}") for name in ("passage", "speaker")),
)
#: What is counted where claims have nothing of the kind, if that is no fault.
_NAMELESS = {"claims by speaker": "the article's own voice"}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the graph itself says of a thing: a property and its values, IRIs or plain text."""

    property: str
    values: tuple[NamedNode | Literal, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Claims under one heading; `role` is what the thing is in them: subject, object, predicate, speaker or claim.

    For an article it is `passage`, the passage on which they rest, or `article` where they rest on none with offsets.
    """

    role: str
    heading: str
    iri: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A thing with its classes, names, facts and claims; with the passages' places, the codebook and all labels."""

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
    """How many there are: of a kind of thing, or of claims by predicate, article, speaker and the like."""

    of: str
    name: str
    label: str
    count: int


def dossier(store: Store, iri: str) -> Dossier:
    """Return the dossier of a described thing (see `things.resolve`)."""
    known = labels(store)
    every = claims(store, _naming(store, iri))
    cited = {passage for claim in every for passage in claim.passages} | {iri}
    spans = {one.iri: (one.start, one.end) for one in passages_of(store, cited)}
    return Dossier(
        iri,
        classes(store, iri),
        _names(store, iri, known.get(iri, "")),
        _facts(store, iri),
        tuple(_sections(store, iri, every, known)),
        spans,
        background(store).quantities,
        known,
    )


def _naming(store: Store, iri: str) -> set[str]:
    """Return the claims that may belong in the thing's dossier: itself, and those that name it or stand in it."""
    node = NamedNode(iri)
    quads = list(store.quads_for_pattern(None, NamedNode(f"{RDF}type"), NamedNode(f"{KG}Claim"), node))
    for property_ in _NAMING:
        quads += store.quads_for_pattern(None, property_, node)
    return {iri, *(quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode))}


def _names(store: Store, iri: str, own: str) -> tuple[str, ...]:
    found = store.quads_for_pattern(NamedNode(iri), NamedNode(f"{PREFIXES['skos']}altLabel"), None)
    return tuple(sorted({quad.object.value for quad in found if isinstance(quad.object, Literal)} - {own}))


def _facts(store: Store, iri: str) -> tuple[Fact, ...]:
    found: dict[str, set[NamedNode | Literal]] = {}
    for quad in store.quads_for_pattern(NamedNode(iri), None, None):
        if quad.predicate.value not in _HIDDEN and isinstance(quad.object, NamedNode | Literal):
            found.setdefault(quad.predicate.value, set()).add(quad.object)
    return tuple(Fact(name, tuple(sorted(values, key=str))) for name, values in sorted(found.items()))


def _sections(store: Store, iri: str, every: tuple[Claim, ...], known: dict[str, str]) -> list[Section]:
    match kind(iri):
        case "article":
            return _by_passage([claim for claim in every if claim.article == iri], iri, store)
        case "passage":
            return [Section("passage", "claims", iri, tuple(claim for claim in every if iri in claim.passages))]
        case "claim":
            own = [Section("claim", "claim", iri, tuple(claim for claim in every if claim.iri == iri))]
            return own + _about(iri, every, known, store)
        case None:
            used = tuple(claim for claim in every if claim.predicate == iri)
            return [Section("predicate", "claims", iri, used)] if used else []
        case _:
            return _about(iri, every, known, store)


def _by_passage(own: list[Claim], article: str, store: Store) -> list[Section]:
    """Give one section for each passage that carries claims, in the order of the text; a claim stands but once.

    Claims whose passages have no offsets come last.
    """
    sections, seen = [], set[str]()
    for passage in passages(store, article):
        here = [claim for claim in own if passage.iri in claim.passages and claim.iri not in seen]
        seen |= {claim.iri for claim in here}
        if here:
            sections.append(Section("passage", shorten(passage.iri), passage.iri, tuple(here)))
    if rest := tuple(claim for claim in own if claim.iri not in seen):
        sections.append(Section("article", "at no known place", article, rest))
    return sections


def _about(iri: str, every: tuple[Claim, ...], known: dict[str, str], store: Store) -> list[Section]:
    """Give the claims by the thing's role in them and by predicate; what it said, where it stands there not already."""
    as_subject: dict[str, list[Claim]] = {}
    as_object: dict[str, list[Claim]] = {}
    spoken: dict[str, list[Claim]] = {}
    for claim in every:
        if claim.subject == iri:
            as_subject.setdefault(claim.predicate, []).append(claim)
        if isinstance(claim.object, NamedNode) and claim.object.value == iri:
            as_object.setdefault(claim.predicate, []).append(claim)
        elif iri in claim.speakers and claim.subject != iri:
            spoken.setdefault(claim.article, []).append(claim)
    inverse = {
        quad.subject.value: quad.object.value
        for quad in store.quads_for_pattern(None, NamedNode(f"{KG}inverseLabel"), None)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal)
    }
    return [
        Section(role, names.get(key, known.get(key, shorten(key))), key, tuple(sorted(found, key=_when)))
        for role, names, group in (
            ("subject", known, as_subject),
            ("object", inverse, as_object),
            ("speaker", known, spoken),
        )
        for key, found in sorted(group.items(), key=lambda item: (names.get(item[0], item[0]), item[0]))
    ]


def _when(claim: Claim) -> tuple[str, str]:
    return (claim.not_before.isoformat() if claim.not_before else "9999", claim.iri)


def statistics(store: Store) -> tuple[Count, ...]:
    """Return the counts of things by class, and of claims by predicate, article, speaker, certainty and modality."""
    known, every = labels(store), claims(store)
    # A thing that two files describe is still one.
    typed = {(quad.subject, quad.object) for quad in store.quads_for_pattern(None, NamedNode(f"{RDF}type"), None)}
    by = {
        "things": Counter(
            class_.value
            for thing, class_ in typed
            if isinstance(thing, NamedNode) and kind(thing.value) and isinstance(class_, NamedNode)
        ),
        "claims by article": Counter(claim.article for claim in every),
        "claims by predicate": Counter(claim.predicate for claim in every),
        "claims by speaker": Counter(speaker for claim in every for speaker in claim.speakers or ("",)),
        "claims by certainty": Counter(claim.certainty for claim in every),
        "claims by modality": Counter(claim.modality for claim in every),
        "claims by polarity": Counter(claim.polarity for claim in every),
    }
    return tuple(
        Count(of, shorten(iri), known.get(iri, shorten(iri) or _NAMELESS.get(of, "not stated")), number)
        for of, counter in by.items()
        for iri, number in sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    )
