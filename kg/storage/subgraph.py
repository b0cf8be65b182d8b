"""The part of a graph in which the commands about one thing find the same as in the whole.

It has the vocabulary; the claims that have to do with the thing, those carried over from them and those that revise
them; and all that these refer to, to the end. Where claims are compared it has every claim of their subjects, too.
"""

from collections.abc import Iterable
from typing import Protocol

from pyoxigraph import NamedNode, Quad, Store

from kg.rdf.namespaces import PREFIXES, expand, kind

#: The vocabulary is what has one of these classes; every command needs it, and it is small.
TERMS = (
    *("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "rdf:Property"),
    *("kg:ClaimPredicate", "skos:Concept", "skos:ConceptScheme"),
)
#: By these a claim has to do with a thing, by the next with another claim.
_NAMING = ("rdf:subject", "rdf:predicate", "rdf:object", "kg:passage", "kg:speaker", "kg:where")
_LINKS = ("kg:derivedFromClaim", "kg:revises")
_SUBJECT, _TYPE = (NamedNode(f"{PREFIXES['rdf']}{name}") for name in ("subject", "type"))
_CLAIM = NamedNode(f"{PREFIXES['kg']}Claim")


class Whole(Protocol):
    """A whole graph, of which parts are read; names of properties and classes are short, of things IRIs."""

    def vocabulary(self, store: Store) -> None:
        """Read the descriptions of all terms into the store."""
        ...

    def describe(self, store: Store, things: Iterable[str]) -> set[str]:
        """Read all that is said of the things, and return the individuals to which that refers."""
        ...

    def pointing(self, properties: Iterable[str], things: Iterable[str]) -> set[str]:
        """Return what has one of the things for a value of one of the properties."""
        ...

    def claims_in(self, article: str) -> set[str]:
        """Return the claims of an article."""
        ...


def part(whole: Whole, iri: str, *, wide: bool = False) -> Store | None:
    """Return the part that is about a thing, with `wide` all with which its claims compare; None where all is."""
    if kind(iri) == "quantity":
        return None  # claims of other wordings, with an equal range, say the same
    store = Store()
    whole.vocabulary(store)
    told = {iri} | whole.pointing(_NAMING, [iri])
    if kind(iri) == "article":
        told |= whole.claims_in(iri)
    found = whole.describe(store, told)
    if wide:
        subjects = {quad.object for quad in store.quads_for_pattern(None, _SUBJECT, None)}
        told |= whole.pointing(["rdf:subject"], [one.value for one in subjects if isinstance(one, NamedNode)])
    told |= whole.pointing(_LINKS, told)
    asked: set[str] = set()
    while open_ := (told | found) - asked:
        found |= whole.describe(store, open_)
        asked |= open_
    return store


class AtHand:
    """A whole graph in a store, such as one on disk, of which little is to be read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def vocabulary(self, store: Store) -> None:
        """Read the descriptions of all terms into the store."""
        for class_ in TERMS:
            for quad in self._store.quads_for_pattern(None, _TYPE, NamedNode(expand(class_))):
                store.extend(self._store.quads_for_pattern(quad.subject, None, None, quad.graph_name))

    def describe(self, store: Store, things: Iterable[str]) -> set[str]:
        """Read all that is said of the things, and return the individuals to which that refers."""
        found: set[str] = set()
        for thing in things:
            quads = list(self._store.quads_for_pattern(NamedNode(thing), None, None))
            store.extend(quads)
            found |= {name for quad in quads for name in _individuals(quad)}
        return found

    def pointing(self, properties: Iterable[str], things: Iterable[str]) -> set[str]:
        """Return what has one of the things for a value of one of the properties."""
        by, ends = [NamedNode(expand(one)) for one in properties], list(map(NamedNode, things))
        found = (quad.subject for one in by for end in ends for quad in self._store.quads_for_pattern(None, one, end))
        return {node.value for node in found if isinstance(node, NamedNode)}

    def claims_in(self, article: str) -> set[str]:
        """Return the claims of an article."""
        found = self._store.quads_for_pattern(None, _TYPE, _CLAIM, NamedNode(article))
        return {quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)}


def _individuals(quad: Quad) -> list[str]:
    """Return the individuals that a statement names, and its graph where that is one."""
    terms = (quad.graph_name, quad.subject, quad.object)
    return [term.value for term in terms if isinstance(term, NamedNode) and kind(term.value)]
