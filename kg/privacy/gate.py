"""The gate: data that would identify a protected person are refused before they leave."""

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kg.errors import PrivacyError
from kg.privacy.protected import IDENTITY, LABEL, OBJECT, PATTERN, PERSON, SUBJECT, TYPE, Node, Quads, protected_persons
from kg.privacy.redaction import LINKS, without_text
from kg.rdf.namespaces import PREFIXES, SPACES, kind, shorten

_PREDICATE = NamedNode(f"{PREFIXES['rdf']}predicate")
_NAME, _REFERS_TO = (NamedNode(f"{PREFIXES['kg']}{name}") for name in ("name", "refersTo"))
#: All that the graph may say of a protected person outside claims: codes and texts. The label is the call sign or role.
_CODES, _TEXTS = (TYPE, IDENTITY), (LABEL, NamedNode(f"{PREFIXES['skos']}editorialNote"))
_TEXT_TYPES = tuple(NamedNode(iri) for iri in (f"{PREFIXES['xsd']}string", f"{PREFIXES['rdf']}langString"))

#: Asks an endpoint for all that `violations` would yield, and little else: protected persons, and the subjects of
#: statements that may identify them.
SUSPECTS = f"""SELECT DISTINCT ?person ?place WHERE {{{PATTERN}
  {{
    ?person ?property ?value
    FILTER(!COALESCE(
      ?property IN ({", ".join(map(str, _CODES))}) && STRSTARTS(STR(?value), "{PREFIXES["kg"]}")
      || ?property IN ({", ".join(map(str, _TEXTS))}) && DATATYPE(?value) IN ({", ".join(map(str, _TEXT_TYPES))}),
      false
    ))
    BIND(?person AS ?place)
  }} UNION {{
    ?person rdfs:label ?one . ?person rdfs:label ?other FILTER(?one != ?other)
    BIND(?person AS ?place)
  }} UNION {{
    ?place ?link ?person FILTER(?link IN ({", ".join(f"<{link}>" for link in LINKS)}))
  }} UNION {{
    ?place rdf:subject ?person ; rdf:predicate kg:name ; rdf:object ?name
    FILTER NOT EXISTS {{ ?person rdfs:label ?label FILTER(LCASE(STR(?label)) = LCASE(STR(?name))) }}
  }} UNION {{
    ?place rdf:subject ?person ; rdf:predicate kg:refersTo ; rdf:object ?other . ?other a kg:Person
  }} UNION {{
    ?place rdf:object ?person ; rdf:predicate kg:refersTo ; rdf:subject ?other . ?other a kg:Person
  }}
}}"""


def gate(store: Quads) -> None:
    """Raise PrivacyError where the data would identify a protected person."""
    if message := refusal(store):
        raise PrivacyError(message)


def refusal(store: Quads) -> str:
    """Return why the gate refuses the data, or ""."""
    messages = sorted(set(violations(store)))
    more = f" (and {len(messages) - 1} more)" if len(messages) > 1 else ""
    return f"{messages[0]}{more}; export refused until this is fixed: kg validate shows where" if messages else ""


def edition() -> str:
    """Return a digest of the code of this gate: a graph that another edition admitted must be checked again."""
    from zlib import crc32  # only where an index keeps the refusal

    package = Path(__file__).parents[1]
    files = (*sorted((package / "privacy").glob("*.py")), package / "rdf" / "namespaces.py")
    return "-".join(f"{crc32(path.read_bytes()):08x}" for path in files)


def violations(store: Quads) -> Iterator[str]:
    """Yield a message, without the identifying text, for each statement that would identify a protected person."""
    for person in protected_persons(store):
        name = _name(person)
        for quad in store.quads_for_pattern(person, None, None):
            if not _is_allowed(quad.predicate, quad.object):
                value = "this value of " if quad.predicate in (*_CODES, *_TEXTS) else ""
                yield f"{name}: a protected person must not have {value}{_name(quad.predicate)}"
        labels = {_folded(quad.object) for quad in store.quads_for_pattern(person, LABEL, None)}
        if len(labels) > 1:
            yield f"{name}: a protected person must have one rdfs:label and no other name"
        for link in map(NamedNode, LINKS):
            if any(isinstance(quad.subject, Node) for quad in store.quads_for_pattern(None, link, person)):
                yield f"{name}: no {_name(link)} must lead to a protected person"
        yield from _claimed(store, person, labels)


def _is_allowed(predicate: NamedNode, value: object) -> bool:
    """Return whether a protected person may have a value of a property: a code of a vocabulary, or a plain text."""
    if predicate in _CODES:
        return isinstance(value, NamedNode) and value.value.startswith(SPACES) and kind(value.value) is None
    return predicate in _TEXTS and isinstance(value, Literal) and value.datatype in _TEXT_TYPES


def _claimed(store: Quads, person: Node, labels: set[str]) -> Iterator[str]:
    """Yield a message for each claim that gives the person another name, or that equates two persons."""
    for end, other in ((SUBJECT, OBJECT), (OBJECT, SUBJECT)):
        for quad in store.quads_for_pattern(None, end, person):
            claim = quad.subject
            predicates = {match.object for match in store.quads_for_pattern(claim, _PREDICATE, None)}
            for match in store.quads_for_pattern(claim, other, None):
                renames = _NAME in predicates and _folded(match.object) not in labels and end == SUBJECT
                equates = _REFERS_TO in predicates and _is_person(store, match.object)
                if isinstance(claim, Node) and (renames or equates):
                    yield f"{_name(claim)}: a claim must not identify {_name(person)}, a protected person"


def _name(node: Node) -> str:
    """Return the short name of a node, with a placeholder for an IRI of another namespace: it may be a profile."""
    return shorten(without_text(str(node))[1:-1]) if isinstance(node, NamedNode) else "a blank node"


def _folded(value: object) -> str:
    return value.value.casefold() if isinstance(value, Literal) else ""


def _is_person(store: Quads, value: object) -> bool:
    return isinstance(value, NamedNode) and any(store.quads_for_pattern(value, TYPE, PERSON))
