"""Entities: found by short name or label, with their labels and classes."""

from collections.abc import Iterator
from unicodedata import normalize

from pyoxigraph import Literal, NamedNode, Store

from kg.errors import NameUnknownError
from kg.rdf.namespaces import BASE, KINDS, PREFIXES, SLUG, expand, kind, shorten, suggest

_TYPE = NamedNode(f"{PREFIXES['rdf']}type")
_SUBCLASS = NamedNode(f"{PREFIXES['rdfs']}subClassOf")
_LABEL = NamedNode(f"{PREFIXES['rdfs']}label")
_NAMES = (
    _LABEL,
    NamedNode(f"{PREFIXES['skos']}altLabel"),
    NamedNode(f"{PREFIXES['kg']}wording"),
    NamedNode(f"{PREFIXES['schema']}url"),
)


def label(store: Store, iri: str) -> str:
    """Return the entity's label, the English one where there are several; its short name where there is none."""
    values = (quad.object for quad in store.quads_for_pattern(NamedNode(iri), _LABEL, None))
    # Of several equal candidates, the first in the alphabet: the store has no order.
    ranked = [(text.language != "en", text.value) for text in values if isinstance(text, Literal)]
    return min(ranked)[1] if ranked else shorten(iri)


def classes(store: Store, iri: str) -> tuple[str, ...]:
    """Return the classes with which the entity is described, in order; none where it is not described."""
    return tuple(sorted(set(_values(store, iri, _TYPE))))


def superclasses(store: Store, class_: str) -> frozenset[str]:
    """Return the class and its superclasses; a cycle ends the search."""
    known: set[str] = set()
    queue = [class_]
    while queue:
        current = queue.pop()
        if current not in known:
            known.add(current)
            queue += _values(store, current, _SUBCLASS)
    return frozenset(known)


def _values(store: Store, iri: str, property_: NamedNode) -> Iterator[str]:
    for quad in store.quads_for_pattern(NamedNode(iri), property_, None):
        if isinstance(quad.object, NamedNode):
            yield quad.object.value


def is_a(store: Store, iri: str, class_: str) -> bool:
    """Return whether the entity is described with the class or a subclass of it."""
    return any(class_ in superclasses(store, own) for own in classes(store, iri))


def resolve(store: Store, name: str, class_: str | None = None) -> str:
    """Return the IRI of the described entity that `name` stands for: a short name, an IRI, or the label of one entity.

    The last part of a short name is enough if only one entity has it. With a class (full IRI), only its members
    count. Raises NameUnknownError with a near miss, or with the candidates where a label names several entities.
    """
    name = name.strip()
    head, colon, tail = name.partition(":")
    is_short = colon and tail and " " not in name and (head in PREFIXES or head.isalnum())
    return (_of_short_name if is_short or name.startswith("<") else _of_label)(store, name, class_)


def _of_short_name(store: Store, name: str, class_: str | None) -> str:
    iri = expand(name)
    try:
        described = bool(classes(store, iri))
    except ValueError as error:  # the store refuses more than `expand`
        raise NameUnknownError(f"'{name}' is not an IRI: {error}") from error
    if not described:
        start = f"{BASE}{kind_}/" if (kind_ := kind(iri)) else BASE
        near = suggest(name, [shorten(other) for other in _described(store) if other.startswith(start)])
        raise NameUnknownError(f"no entity is described as '{name}'{near}")
    if class_ is not None and not is_a(store, iri, class_):
        raise NameUnknownError(f"'{name}' is not of class {label(store, class_)}")
    return iri


def _of_label(store: Store, name: str, class_: str | None) -> str:
    def counts(iri: str) -> bool:
        return class_ is None or is_a(store, iri, class_)

    plain = folded(name)
    labelled = {iri for iri, text in names(store) if folded(text) == plain and counts(iri)}
    slugs = (f"{PREFIXES[kind_]}{name}" for kind_ in KINDS if SLUG.match(name))
    matches = sorted(labelled or {iri for iri in slugs if classes(store, iri) and counts(iri)})
    if len(matches) == 1:
        return matches[0]
    if matches:
        candidates = ", ".join(map(shorten, matches))
        raise NameUnknownError(f"'{name}' names {len(matches)} entities; give one of {candidates}")
    near = suggest(name, (text for iri, text in names(store) if counts(iri)))
    raise NameUnknownError(f"no entity is named '{name}'{near}")


def folded(text: str) -> str:
    """Return the text as names are compared: letters composed (NFC) and case folded."""
    return normalize("NFC", text).casefold()


def _described(store: Store) -> Iterator[str]:
    for quad in store.quads_for_pattern(None, _TYPE, None):
        if isinstance(quad.subject, NamedNode):
            yield quad.subject.value


def names(store: Store) -> Iterator[tuple[str, str]]:
    """Yield each entity and term of ours, but no claim, with each of its names."""
    for property_ in _NAMES:
        for quad in store.quads_for_pattern(None, property_, None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                iri = quad.subject.value
                if iri.startswith(BASE) and kind(iri) != "claim":
                    yield iri, quad.object.value


def completions(store: Store, start: str) -> list[str]:
    """Return the short names of entities that begin with `start`, claims and passages only after their prefix."""
    rare = ("claim:", "passage:")
    completed = {shorten(iri) for iri in _described(store) if kind(iri)}
    return sorted(
        name for name in completed if name.startswith(start) and (not name.startswith(rare) or start.startswith(rare))
    )
