"""Search: entities by label, other name or a word of a claim."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from pyoxigraph import Literal, NamedNode, Store

from kg.claims.entities import classes, folded, label, names
from kg.errors import NameUnknownError
from kg.rdf.namespaces import KINDS, expand, kind, suggest

_CLAIM_NAMES = tuple(NamedNode(expand(name)) for name in ("rdfs:label", "kg:timeWording"))
_SUBJECT, _PREDICATE, _OBJECT = (NamedNode(expand(f"rdf:{name}")) for name in ("subject", "predicate", "object"))
_NAME = NamedNode(expand("kg:name"))


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity or claim that matches: its IRI, label and class, and the name that matched."""

    iri: str
    label: str
    kind: str
    match: str


def search(store: Store, text: str, kinds: tuple[str, ...] = ()) -> tuple[Hit, ...]:
    """Return the entities and claims with a name that contains all words of `text`, best first.

    Names are labels, other names, wordings and web addresses, and the objects of claims of kg:name. A name equal to the
    text comes before one that starts with its first word, and that before the others; claims come last. Raises
    NameUnknownError for an unknown kind.
    """
    for kind_ in kinds:
        if kind_ not in KINDS:
            raise NameUnknownError(f"unknown kind '{kind_}'{suggest(kind_, KINDS)}")
    words = folded(text).split()
    if not words:
        return ()
    best: dict[str, tuple[int, int, str]] = {}
    for iri, name in _searchable(store):
        plain = folded(name)
        if all(word in plain for word in words) and (not kinds or kind(iri) in kinds):
            order = 0 if plain == " ".join(words) else 1 if plain.startswith(words[0]) else 2
            best[iri] = min(best.get(iri, (9, 0, "")), (order, len(name), name))
    hits = sorted(best.items(), key=lambda item: (kind(item[0]) == "claim", item[1], item[0]))
    return tuple(Hit(iri, label(store, iri), (classes(store, iri) or ("",))[0], name) for iri, (_, _, name) in hits)


def _searchable(store: Store) -> Iterator[tuple[str, str]]:
    yield from names(store)
    for property_ in _CLAIM_NAMES:
        for quad in store.quads_for_pattern(None, property_, None):
            subject, name = quad.subject, quad.object
            if isinstance(subject, NamedNode) and isinstance(name, Literal) and kind(subject.value) == "claim":
                yield subject.value, name.value
    for quad in store.quads_for_pattern(None, _PREDICATE, _NAME):
        subjects, reported = (store.quads_for_pattern(quad.subject, node, None) for node in (_SUBJECT, _OBJECT))
        for entity, text in product((one.object for one in subjects), (one.object for one in reported)):
            if isinstance(entity, NamedNode) and isinstance(text, Literal):
                yield entity.value, text.value
