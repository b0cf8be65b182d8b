"""The definition of a protected person, for the gate, the messages, the redaction of findings and the endpoint.

A person is protected unless stated to be kg:Named and nothing else. A missing identity, a second one and one that the
vocabulary does not have all protect.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.rdf.namespaces import PREFIXES, kind

Node = NamedNode | BlankNode
#: The terms that a quad may have as its subject and as its object.
Subject = Node | Triple
Object = Subject | Literal
#: Returns the values of a node's property; node, property and values are N-Triples text.
Values = Callable[[str, str], Iterable[str]]

IDENTITY, NAMED, PERSON = (NamedNode(f"{PREFIXES['kg']}{name}") for name in ("identity", "Named", "Person"))
TYPE, SUBJECT, OBJECT = (NamedNode(f"{PREFIXES['rdf']}{name}") for name in ("type", "subject", "object"))
LABEL = NamedNode(f"{PREFIXES['rdfs']}label")

#: The same persons as `protected_persons` yields, at an endpoint, as a SPARQL pattern for ?person.
PATTERN = f"""
  {{ ?person kg:identity ?identity FILTER(?identity != kg:Named) }}
  UNION {{ ?person a kg:Person FILTER NOT EXISTS {{ ?person kg:identity kg:Named }} }}
  UNION {{
    ?person rdfs:label ?text FILTER(STRSTARTS(STR(?person), "{PREFIXES["person"]}"))
    FILTER NOT EXISTS {{ ?person kg:identity ?stated }}
  }}
"""


class Quads(Protocol):
    """A store, or several that are searched as one."""

    def quads_for_pattern(
        self, subject: Subject | None, predicate: NamedNode | None, object: Object | None, /
    ) -> Iterator[Quad]:
        """Yield the quads of all graphs that have these terms; None stands for any term."""
        ...


def is_protected(node: str, values: Values) -> bool:
    """Return whether a node is a protected person; a blank node may be one unless it is stated to be kg:Named."""
    if node.startswith('"'):
        return False
    identities = set(values(node, str(IDENTITY)))
    if identities == {str(NAMED)}:
        return False
    return (
        bool(identities)
        or node.startswith("_:")
        or kind(node[1:-1]) == "person"
        or str(PERSON) in values(node, str(TYPE))
    )


def concerns_protected(node: str, values: Values) -> bool:
    """Return whether a node is a protected person, or a claim that has one as its subject or object."""
    return is_protected(node, values) or any(
        is_protected(end, values) for role in (SUBJECT, OBJECT) for end in values(node, str(role))
    )


def values_in(store: Quads) -> Values:
    """Return the function that looks values up in a store."""

    def values(node: str, predicate: str) -> Iterator[str]:
        term = BlankNode(node[2:]) if node.startswith("_:") else NamedNode(node[1:-1])
        for quad in store.quads_for_pattern(term, NamedNode(predicate[1:-1]), None):
            yield str(quad.object)

    return values


def protected_persons(store: Quads) -> Iterator[Node]:
    """Yield the protected persons of a store: all with an identity, with the class kg:Person, or with a label."""
    nodes = {quad.subject for quad in store.quads_for_pattern(None, IDENTITY, None)}
    nodes |= {quad.subject for quad in store.quads_for_pattern(None, TYPE, PERSON)}
    labelled = {quad.subject for quad in store.quads_for_pattern(None, LABEL, None)}
    nodes |= {node for node in labelled if isinstance(node, NamedNode) and node.value.startswith(PREFIXES["person"])}
    values = values_in(store)
    for node in nodes:
        if isinstance(node, Node) and is_protected(str(node), values):
            yield node
