"""The subgraph on which commands about one entity answer as on the whole graph.

It holds the vocabulary; the claims about the entity, those derived from them and those that revise them; and, step by
step, all that these refer to. Where claims are compared it also holds every claim about their subjects.
"""

from collections.abc import Iterable
from typing import Protocol

from pyoxigraph import NamedNode, Quad, Store

from kg.rdf.namespaces import PREFIXES, expand, kind

#: The classes of vocabulary terms; every command needs these terms, and they are few.
TERMS = (
    *("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "rdf:Property"),
    *("kg:ClaimPredicate", "skos:Concept", "skos:ConceptScheme"),
)
#: The properties by which a claim is about an entity, and those by which it refers to another claim.
_ABOUT = ("rdf:subject", "rdf:predicate", "rdf:object", "kg:passage", "kg:speaker", "kg:where")
_LINKS = ("kg:derivedFromClaim", "kg:revises")
_SUBJECT, _TYPE = (NamedNode(f"{PREFIXES['rdf']}{name}") for name in ("subject", "type"))
_CLAIM = NamedNode(f"{PREFIXES['kg']}Claim")


class Graph(Protocol):
    """A whole graph, from which parts are read; properties and classes are short names, entities IRIs."""

    def vocabulary(self, store: Store) -> None:
        """Read the descriptions of all terms into the store."""
        ...

    def describe(self, store: Store, entities: Iterable[str]) -> set[str]:
        """Read the descriptions of the entities into the store, and return the entities to which these refer."""
        ...

    def pointing(self, properties: Iterable[str], entities: Iterable[str]) -> set[str]:
        """Return the subjects that have one of the entities as value of one of the properties."""
        ...

    def claims_in(self, article: str) -> set[str]:
        """Return the claims of an article."""
        ...


def subgraph(graph: Graph, iri: str, *, wide: bool = False) -> Store | None:
    """Return the subgraph about an entity, with `wide` with the claims to compare; None if it is the whole graph."""
    if kind(iri) == "quantity":
        return None  # claims with another wording of an equal range count, too
    store = Store()
    graph.vocabulary(store)
    claims = {iri} | graph.pointing(_ABOUT, [iri])
    if kind(iri) == "article":
        claims |= graph.claims_in(iri)
    entities = graph.describe(store, claims)
    if wide:
        subjects = {quad.object for quad in store.quads_for_pattern(None, _SUBJECT, None)}
        claims |= graph.pointing(["rdf:subject"], [node.value for node in subjects if isinstance(node, NamedNode)])
    claims |= graph.pointing(_LINKS, claims)
    described: set[str] = set()
    while waiting := (claims | entities) - described:
        entities |= graph.describe(store, waiting)
        described |= waiting
    return store


class StoreGraph:
    """The graph in a store, such as one on disk, of which little is to be read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def vocabulary(self, store: Store) -> None:
        """Read the descriptions of all terms into the store."""
        for class_ in TERMS:
            for quad in self._store.quads_for_pattern(None, _TYPE, NamedNode(expand(class_))):
                store.extend(self._store.quads_for_pattern(quad.subject, None, None, quad.graph_name))

    def describe(self, store: Store, entities: Iterable[str]) -> set[str]:
        """Read the descriptions of the entities into the store, and return the entities to which these refer."""
        names: set[str] = set()
        for entity in entities:
            quads = list(self._store.quads_for_pattern(NamedNode(entity), None, None))
            store.extend(quads)
            names.update(name for quad in quads for name in _entities(quad))
        return names

    def pointing(self, properties: Iterable[str], entities: Iterable[str]) -> set[str]:
        """Return the subjects that have one of the entities as value of one of the properties."""
        values = list(map(NamedNode, entities))
        subjects = (
            quad.subject
            for name in properties
            for value in values
            for quad in self._store.quads_for_pattern(None, NamedNode(expand(name)), value)
        )
        return {node.value for node in subjects if isinstance(node, NamedNode)}

    def claims_in(self, article: str) -> set[str]:
        """Return the claims of an article."""
        quads = self._store.quads_for_pattern(None, _TYPE, _CLAIM, NamedNode(article))
        return {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}


def _entities(quad: Quad) -> list[str]:
    """Return the entities that a quad names, its graph included."""
    terms = (quad.graph_name, quad.subject, quad.object)
    return [term.value for term in terms if isinstance(term, NamedNode) and kind(term.value)]
