"""Search: entities by label, other name or a word of a claim."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from kg.claims.entities import (
    _LABEL,
    _NAME,
    _OBJECT,
    _PREDICATE,
    _SUBJECT,
    _TIME_WORDING,
    _all_names,
    _folded,
    classes,
    label,
)
from kg.errors import NameUnknownError
from kg.rdf.namespaces import KINDS, kind, suggest


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that a search found: its IRI, label and class, and the name that matched."""

    iri: str
    label: str
    kind: str
    match: str


def search(store: Store, text: str, kinds: tuple[str, ...] = ()) -> tuple[Hit, ...]:
    """Return the things with a name, wording or claim label that holds all words of `text`, best first.

    Names that sources use (claims of kg:name) count as names of their subject. A name that equals the text comes
    before one that starts with its first word, and that before the others; claims come last. Raises NameUnknownError
    for a kind that the project does not have.
    """
    for kind_ in kinds:
        if kind_ not in KINDS:
            raise NameUnknownError(f"unknown kind '{kind_}'{suggest(kind_, KINDS)}")
    words = _folded(text).split()
    if not words:
        return ()
    best: dict[str, tuple[int, int, str]] = {}
    for iri, name in _searchable(store):
        folded = _folded(name)
        if all(word in folded for word in words) and (not kinds or kind(iri) in kinds):
            order = 0 if folded == " ".join(words) else 1 if folded.startswith(words[0]) else 2
            best[iri] = min(best.get(iri, (9, 0, "")), (order, len(name), name))
    hits = sorted(best.items(), key=lambda item: (kind(item[0]) == "claim", item[1], item[0]))
    return tuple(Hit(iri, label(store, iri), (classes(store, iri) or ("",))[0], found[2]) for iri, found in hits)


def _searchable(store: Store) -> Iterator[tuple[str, str]]:
    yield from _all_names(store)
    for property_ in (_LABEL, _TIME_WORDING):
        for quad in store.quads_for_pattern(None, property_, None):
            subject, name = quad.subject, quad.object
            if isinstance(subject, NamedNode) and isinstance(name, Literal) and kind(subject.value) == "claim":
                yield subject.value, name.value
    for quad in store.quads_for_pattern(None, _PREDICATE, _NAME):
        yield from _names_used(store, quad.subject)


def _names_used(store: Store, claim: NamedNode | BlankNode | Triple) -> Iterator[tuple[str, str]]:
    """Give the subject of a claim of kg:name with the name that the source uses."""
    for subject in store.quads_for_pattern(claim, _SUBJECT, None):
        for name in store.quads_for_pattern(claim, _OBJECT, None):
            if isinstance(subject.object, NamedNode) and isinstance(name.object, Literal):
                yield subject.object.value, name.object.value
