"""The things that can be spoken of: found by short name, by label, or by part of a name."""

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
_SUBJECT = NamedNode(f"{PREFIXES['rdf']}subject")
_PREDICATE = NamedNode(f"{PREFIXES['rdf']}predicate")
_OBJECT = NamedNode(f"{PREFIXES['rdf']}object")
_NAME = NamedNode(f"{PREFIXES['kg']}name")
_TIME_WORDING = NamedNode(f"{PREFIXES['kg']}timeWording")


def label(store: Store, iri: str) -> str:
    """Return the thing's label, the English one where there are several; its short name where there is none."""
    found = [quad.object for quad in store.quads_for_pattern(NamedNode(iri), _LABEL, None)]
    # Of several alike the first in the alphabet: the store has no order to go by.
    ranked = sorted((text.language != "en", text.value) for text in found if isinstance(text, Literal))
    return ranked[0][1] if ranked else shorten(iri)


def classes(store: Store, iri: str) -> tuple[str, ...]:
    """Return the classes that the thing is described with, or nothing where it is not described."""
    return tuple(
        sorted(
            {
                quad.object.value
                for quad in store.quads_for_pattern(NamedNode(iri), _TYPE, None)
                if isinstance(quad.object, NamedNode)
            }
        )
    )


def superclasses(store: Store, class_: str) -> frozenset[str]:
    """Return the class and all that it is a subclass of; a cycle does no harm."""
    found: set[str] = set()
    open_ = [class_]
    while open_:
        current = open_.pop()
        if current not in found:
            found.add(current)
            open_ += [
                quad.object.value
                for quad in store.quads_for_pattern(NamedNode(current), _SUBCLASS, None)
                if isinstance(quad.object, NamedNode)
            ]
    return frozenset(found)


def is_a(store: Store, iri: str, class_: str) -> bool:
    """Say whether the thing is described with the class or one below it."""
    return any(class_ in superclasses(store, own) for own in classes(store, iri))


def resolve(store: Store, name: str, class_: str | None = None) -> str:
    """Return the IRI of the described thing that `name` stands for: short or long, or a label of one thing only.

    The last part of a short name does as well, where no other thing has it.

    With a class (full IRI) only things of it count. Raises NameUnknownError with a near miss, or with the candidates
    where a label names several things.
    """
    name = name.strip()
    return _of_short_name(store, name, class_) if _looks_short(name) else _of_label(store, name, class_)


def _of_short_name(store: Store, name: str, class_: str | None) -> str:
    iri = expand(name)
    try:
        described = bool(classes(store, iri))
    except ValueError as error:  # the store's own opinion of what is an IRI
        raise NameUnknownError(f"'{name}' is no IRI: {error}") from error
    if not described:
        raise NameUnknownError(f"nothing is described as '{name}'{suggest(name, _short_names(store, kind(iri)))}")
    if class_ is not None and not is_a(store, iri, class_):
        raise NameUnknownError(f"'{name}' is no {label(store, class_)}")
    return iri


def _of_label(store: Store, name: str, class_: str | None) -> str:
    def counts(iri: str) -> bool:
        return class_ is None or is_a(store, iri, class_)

    wanted = _folded(name)
    labelled = {iri for iri, text in _all_names(store) if _folded(text) == wanted and counts(iri)}
    slugs = (f"{PREFIXES[one]}{name}" for one in KINDS if SLUG.match(name))
    found = sorted(labelled or {iri for iri in slugs if classes(store, iri) and counts(iri)})
    if len(found) == 1:
        return found[0]
    if found:
        raise NameUnknownError(f"'{name}' names {len(found)} things: {', '.join(map(shorten, found))}; say which")
    raise NameUnknownError(
        f"no thing is named '{name}'{suggest(name, (text for iri, text in _all_names(store) if counts(iri)))}"
    )


def _folded(text: str) -> str:
    """Return the text as it is compared: composed letters, as some keyboards give parts of them, and no capitals."""
    return normalize("NFC", text).casefold()


def _looks_short(name: str) -> bool:
    head, colon, tail = name.partition(":")
    return name.startswith("<") or bool(colon and tail and " " not in name and (head in PREFIXES or head.isalnum()))


def _short_names(store: Store, kind_: str | None) -> list[str]:
    start = f"{BASE}{kind_}/" if kind_ else BASE
    return [
        shorten(quad.subject.value)
        for quad in store.quads_for_pattern(None, _TYPE, None)
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(start)
    ]


def _all_names(store: Store) -> Iterator[tuple[str, str]]:
    """Give each individual (no claim) and term of ours with each of its names."""
    for property_ in _NAMES:
        for quad in store.quads_for_pattern(None, property_, None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                iri = quad.subject.value
                if iri.startswith(BASE) and kind(iri) != "claim":
                    yield iri, quad.object.value


def completions(store: Store, start: str) -> list[str]:
    """Return the short names of individuals that begin with `start`, claims and passages only when asked for."""
    quiet = ("claim:", "passage:")
    names = {
        shorten(quad.subject.value)
        for quad in store.quads_for_pattern(None, _TYPE, None)
        if isinstance(quad.subject, NamedNode) and kind(quad.subject.value)
    }
    return sorted(
        name for name in names if name.startswith(start) and (not name.startswith(quiet) or start.startswith(quiet))
    )
