"""The gate that all data pass before they leave: nothing goes out that would identify a person who hides."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.errors import PrivacyError
from kg.rdf.namespaces import PREFIXES, shorten

_KG, _RDF, _RDFS, _SKOS = (PREFIXES[prefix] for prefix in ("kg", "rdf", "rdfs", "skos"))
#: All that the graph may say of a protected person outside claims; the label is the call sign or the role.
_ALLOWED = {f"{_RDF}type", f"{_RDFS}label", f"{_KG}identity", f"{_SKOS}editorialNote"}
#: What makes one thing of two.
_LINKS = (f"{PREFIXES['owl']}sameAs", f"{_SKOS}exactMatch", f"{_SKOS}closeMatch")


_Node = NamedNode | BlankNode
#: What a quad can say something of, and what it can say.
Subject = _Node | Triple
Object = Subject | Literal


class Quads(Protocol):
    """What the gate looks at: a store, or the parts of one."""

    def quads_for_pattern(
        self, subject: Subject | None, predicate: NamedNode | None, object: Object | None, /
    ) -> Iterator[Quad]:
        """Give the quads with these terms, where None is any, of all graphs."""
        ...


@dataclass(frozen=True, slots=True)
class Exposure:
    """A statement that would identify a protected person: short names of the person and of what carries it, and why."""

    person: str
    where: str
    reason: str


def gate(store: Quads) -> None:
    """Let the data through, or raise PrivacyError where they would identify a protected person."""
    if found := refusal(store):
        raise PrivacyError(found)


def refusal(store: Quads) -> str:
    """Return why the gate does not let the data through, or ""."""
    found = sorted({f"{one.where}: {one.reason}" for one in exposures(store)})
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{found[0]}{more}; nothing leaves until that is mended: kg validate shows where" if found else ""


def edition() -> str:
    """Return what tells this gate from any other: what another has let through is not yet let through by this one."""
    from zlib import crc32  # only where a store keeps what the gate has said

    package = Path(__file__).parents[1]
    files = (*sorted((package / "privacy").glob("*.py")), package / "rdf" / "namespaces.py")
    return "-".join(f"{crc32(path.read_bytes()):08x}" for path in files)


def exposures(store: Quads) -> Iterator[Exposure]:
    """Give what would identify a person that is not named throughout: of another identity anywhere, or of none."""
    identities: dict[object, set[object]] = {}
    for quad in store.quads_for_pattern(None, NamedNode(f"{_KG}identity"), None):
        identities.setdefault(quad.subject, set()).add(quad.object)
    for quad in store.quads_for_pattern(None, NamedNode(f"{_RDF}type"), NamedNode(f"{_KG}Person")):
        identities.setdefault(quad.subject, set())
    for person, stated in identities.items():
        if isinstance(person, _Node) and stated != {NamedNode(f"{_KG}Named")}:
            yield from _described(store, person)
            yield from _claimed(store, person)


def _described(store: Quads, person: _Node) -> Iterator[Exposure]:
    for quad in store.quads_for_pattern(person, None, None):
        if quad.predicate.value not in _ALLOWED:
            reason = f"a protected person has no {shorten(quad.predicate.value)}"
            yield Exposure(_called(person), _called(person), reason)
    if len(_labels(store, person)) > 1:
        yield Exposure(
            _called(person), _called(person), "a protected person has one rdfs:label, and no other name beside it"
        )
    for link in _LINKS:
        for quad in store.quads_for_pattern(None, NamedNode(link), person):
            if isinstance(quad.subject, _Node):
                reason = f"{shorten(link)} gives away {_called(person)}, a protected person"
                yield Exposure(_called(person), _called(quad.subject), reason)


def _claimed(store: Quads, person: _Node) -> Iterator[Exposure]:
    """Find claims that give the person another name, or take two persons for one."""
    labels = _labels(store, person)
    for end, other in (("subject", "object"), ("object", "subject")):
        for quad in store.quads_for_pattern(None, NamedNode(f"{_RDF}{end}"), person):
            claim = quad.subject
            predicates = {one.object for one in store.quads_for_pattern(claim, NamedNode(f"{_RDF}predicate"), None)}
            for value in store.quads_for_pattern(claim, NamedNode(f"{_RDF}{other}"), None):
                said = value.object
                renamed = NamedNode(f"{_KG}name") in predicates and _folded(said) not in labels and end == "subject"
                joined = NamedNode(f"{_KG}refersTo") in predicates and _is_person(store, said)
                if isinstance(claim, _Node) and (renamed or joined):
                    reason = f"a claim tells who {_called(person)} is, a protected person"
                    yield Exposure(_called(person), _called(claim), reason)


def _called(node: _Node) -> str:
    return shorten(node.value) if isinstance(node, NamedNode) else "something without a name"


def _labels(store: Quads, person: _Node) -> set[str]:
    return {_folded(quad.object) for quad in store.quads_for_pattern(person, NamedNode(f"{_RDFS}label"), None)}


def _folded(value: object) -> str:
    return value.value.casefold() if isinstance(value, Literal) else ""


def _is_person(store: Quads, value: object) -> bool:
    if not isinstance(value, NamedNode):
        return False
    kinds = store.quads_for_pattern(value, NamedNode(f"{_RDF}type"), NamedNode(f"{_KG}Person"))
    return next(kinds, None) is not None
