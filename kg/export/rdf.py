"""The graph as RDF: N-Quads, TriG, Turtle, JSON-LD, and with RDF 1.2 reifiers; all of it, or what some claims need.

A named graph stands for an article or a file, as in the store. The order of everything is fixed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from typing import BinaryIO

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from kg.claims.background import RDF
from kg.claims.claim import Claim
from kg.claims.entities import superclasses
from kg.errors import KgError
from kg.rdf.namespaces import PREFIXES, kind, shorten

_TYPE = NamedNode(f"{RDF}type")
_REIFIES = NamedNode(f"{RDF}reifies")
_PARTS = [NamedNode(f"{RDF}{part}") for part in ("subject", "predicate", "object")]
_LABEL = NamedNode(f"{PREFIXES['rdfs']}label")
_SCHEMA = PREFIXES["schema"]
_XSD = PREFIXES["xsd"]
_CLOSE = NamedNode(f"{PREFIXES['skos']}closeMatch")

#: So many statements of one blank node about another are named in a tenth of a second, whatever they join.
_LINKED = 30
_BLANK = "ASK { GRAPH ?graph { ?subject ?predicate ?object FILTER(isBlank(?subject) || isBlank(?object)) } }"
#: A whole number that JSON writes as RDF does, and that nobody rounds.
_WHOLE = re.compile(r"(0|-?[1-9][0-9]{0,14})\Z")

#: What JSON-LD readers are told: a bare word is schema.org's; what is said in plain strings here is of these types.
CONTEXT: dict[str, object] = {
    **PREFIXES,
    "@vocab": _SCHEMA,
    **{word: {"@language": "en"} for word in ("name", "rdfs:label", "skos:altLabel", "skos:editorialNote")},
    **{word: {"@type": "xsd:date"} for word in ("datePublished", "kg:notAfter", "kg:notBefore")},
    **{word: {"@type": "xsd:decimal"} for word in ("latitude", "longitude")},
}


def nquads(store: Store, only: Iterable[Claim] | None, out: BinaryIO) -> None:
    """Write N-Quads: one statement a line, each with its graph."""
    for part in _parts(_steady(store), only):
        serialize(part, out, format=RdfFormat.N_QUADS)


def trig(store: Store, only: Iterable[Claim] | None, out: BinaryIO) -> None:
    """Write TriG: a named graph an article or file."""
    quads = (quad for part in _parts(_steady(store), only) for quad in part)
    serialize(quads, out, format=RdfFormat.TRIG, prefixes=PREFIXES)


def nquads_12(store: Store, only: Iterable[Claim] | None, out: BinaryIO) -> None:
    """Write N-Quads of RDF 1.2: a claim reifies its proposition, which is a triple term and is not asserted."""
    for part in _parts(_steady(store), only):
        serialize(_reified(part), out, format=RdfFormat.N_QUADS)


def trig_12(store: Store, only: Iterable[Claim] | None, out: BinaryIO) -> None:
    """Write TriG of RDF 1.2, with the propositions of claims as in `nquads_12`."""
    quads = (quad for part in _parts(_steady(store), only) for quad in _reified(part))
    serialize(quads, out, format=RdfFormat.TRIG, prefixes=PREFIXES)


def turtle(store: Store, only: Iterable[Claim] | None, out: BinaryIO) -> None:
    """Write Turtle: all in one graph, where a claim still knows its article through its passages."""
    store = _steady(store)
    triples = (quad.triple for part in _parts(store, only) for quad in _first_told(store, part))
    serialize(triples, out, format=RdfFormat.TURTLE, prefixes=PREFIXES)


def jsonld(store: Store, only: Iterable[Claim] | None, out: BinaryIO) -> None:
    """Write JSON-LD, one thing a line; who knows schema.org and not this vocabulary can read kinds, names and dates.

    Beside what the graph has, things bear the classes of schema.org to which their own are tied, and their label as
    `name`; a claim has the article in which it stands as `appearance`.
    """
    import json  # not needed for the others

    terms = ",\n".join(f"  {json.dumps(word)}: {json.dumps(meaning)}" for word, meaning in CONTEXT.items())
    lead = f'{{"@context": {{\n{terms}\n}},\n"@graph": [\n'.encode()
    for node in _nodes(store, only):
        out.write(lead + json.dumps(node, ensure_ascii=False).encode())
        lead = b",\n"
    out.write((lead if lead[:1] == b"{" else b"\n") + b"]}\n")


def _steady(store: Store) -> Store:
    """Return the store with the names for blank nodes that RDFC-1.0 gives them; mostly there is none, and it stays.

    Raises KgError where too many hang together: each more multiplies the time.
    """
    if not store.query(_BLANK):
        return store
    linked = sum(isinstance(quad.subject, BlankNode) and isinstance(quad.object, BlankNode) for quad in store)
    if linked > _LINKED:
        raise KgError(
            f"{linked:,} statements join two blank nodes, and at most {_LINKED} can be written out alike each time: "
            "kg validate shows where they are; give the things names"
        )
    named = Dataset(store)
    named.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    steady = Store()
    steady.extend(named)
    return steady


def _parts(store: Store, only: Iterable[Claim] | None) -> Iterator[list[Quad]]:
    """Give the quads of each named graph, in order."""
    if only is not None:
        found = _needed(store, {claim.iri for claim in only})
        yield from (sorted(found[graph], key=_place) for graph in sorted(found, key=str))
        return
    for graph in sorted(store.named_graphs(), key=str):
        yield sorted(store.quads_for_pattern(None, None, None, graph), key=_place)


def _place(quad: Quad) -> tuple[str, bool, str, str]:
    """Return what puts a block's subject first, then its class, then the rest by the alphabet."""
    return (str(quad.subject), quad.predicate != _TYPE, quad.predicate.value, str(quad.object))


def _needed(store: Store, chosen: set[str]) -> dict[object, list[Quad]]:
    """Return by graph what describes the claims, what they name, what that names, and so on; but no other claim."""
    found: dict[object, list[Quad]] = {}
    seen: set[NamedNode | BlankNode] = {NamedNode(iri) for iri in chosen}
    open_ = list(seen)
    while open_:
        for quad in store.quads_for_pattern(open_.pop(), None, None):
            found.setdefault(quad.graph_name, []).append(quad)
            for term in (quad.predicate, quad.object):
                if isinstance(term, NamedNode | BlankNode) and term not in seen and kind(term.value) != "claim":
                    seen.add(term)
                    open_.append(term)
    return found


def _first_told(store: Store, part: Iterable[Quad]) -> Iterator[Quad]:
    """Give the quads whose triple stands in no graph that comes earlier."""
    for subject, group in groupby(part, key=lambda quad: quad.subject):
        alone = len({one.graph_name for one in store.quads_for_pattern(subject, None, None)}) == 1
        for quad in group:
            if alone or quad.graph_name == min(_graphs(store, quad), key=str):
                yield quad


def _graphs(store: Store, quad: Quad) -> Iterator[object]:
    return (one.graph_name for one in store.quads_for_pattern(quad.subject, quad.predicate, quad.object))


def _reified(part: Iterable[Quad]) -> Iterator[Quad]:
    """Give the quads with what a claim says of its proposition's parts replaced by one triple term."""
    for subject, group in groupby(part, key=lambda quad: quad.subject):
        quads = list(group)
        part_of = quads[0].graph_name
        parts = [[quad for quad in quads if quad.predicate == one] for one in _PARTS]
        whole = all(len(one) == 1 for one in parts)
        if whole and isinstance(parts[0][0].object, NamedNode) and isinstance(parts[1][0].object, NamedNode):
            said = Triple(parts[0][0].object, parts[1][0].object, parts[2][0].object)
            quads = [quad for quad in quads if quad.predicate not in _PARTS]
            quads = sorted((*quads, Quad(subject, _REIFIES, said, part_of)), key=_place)
        yield from quads


def _nodes(store: Store, only: Iterable[Claim] | None) -> Iterator[dict[str, object]]:
    store = _steady(store)
    tied: dict[str, list[str]] = {}
    for part in _parts(store, only):
        for _, group in groupby(_first_told(store, part), key=lambda quad: quad.subject):
            quads = list(group)
            for one in _classes(quads):
                if one not in tied:
                    tied[one] = _in_schema(store, one)
            yield _node(quads, tied)


def _node(quads: list[Quad], tied: Mapping[str, list[str]]) -> dict[str, object]:
    """Return one thing as JSON-LD; `tied` has for each class those of schema.org."""
    classes = _classes(quads)
    plain = sorted({name for one in classes for name in tied[one]})
    node: dict[str, object] = {"@id": _name(quads[0].subject)}
    if classes:
        node["@type"] = [_word(one) for one in classes] + plain
    others = [quad for quad in quads if quad.predicate != _TYPE or not isinstance(quad.object, NamedNode)]
    for predicate, same in groupby(others, key=lambda quad: quad.predicate.value):
        word = _word(predicate)
        node[word] = _one_or_all([_value(word, quad.object) for quad in same])
    labels = [_value("name", quad.object) for quad in others if quad.predicate == _LABEL]
    if plain and labels:
        node["name"] = _one_or_all(labels)
    if "Claim" in plain:
        node["appearance"] = {"@id": _name(quads[0].graph_name)}
    return node


def _classes(quads: Iterable[Quad]) -> list[str]:
    return [quad.object.value for quad in quads if quad.predicate == _TYPE and isinstance(quad.object, NamedNode)]


def _in_schema(store: Store, class_: str) -> list[str]:
    """Return the classes of schema.org that the class stands under, or that it is declared to come close to."""
    found = set(superclasses(store, class_))
    for one in tuple(found):
        close = store.quads_for_pattern(NamedNode(one), _CLOSE, None)
        found |= {quad.object.value for quad in close if isinstance(quad.object, NamedNode)}
    return sorted(one.removeprefix(_SCHEMA) for one in found if one.startswith(_SCHEMA))


def _one_or_all(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values


def _name(term: object) -> str:
    return shorten(term.value).strip("<>") if isinstance(term, NamedNode) else str(term)


@lru_cache(maxsize=1024)
def _word(iri: str) -> str:
    return iri.removeprefix(_SCHEMA) if iri.startswith(_SCHEMA) else shorten(iri).strip("<>")


def _value(word: str, term: object) -> object:
    """Return the term as JSON: plain where the context, or JSON itself, says what it is."""
    if not isinstance(term, Literal):
        if isinstance(term, Triple):
            raise KgError(f"JSON-LD has no form for a triple term: {term}")
        return {"@id": _name(term)}
    told, text, type_ = CONTEXT.get(word), term.value, _word(term.datatype.value)
    if term.language is not None:
        return text if told == {"@language": term.language} else {"@language": term.language, "@value": text}
    if type_ == "xsd:string":
        return text if told is None else {"@value": text}
    if told == {"@type": type_}:
        return text
    if told is None and type_ == "xsd:integer" and _WHOLE.match(text):
        return int(text)
    return {"@type": type_, "@value": text}
