"""RDF exports: N-Quads, TriG, Turtle and JSON-LD, and RDF 1.2 with reifiers, in a fixed order.

A named graph is an article or a file, as in the store. A selection exports its claims and all that these name.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache, partial
from itertools import groupby
from typing import BinaryIO

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from kg.claims.background import RDF
from kg.claims.entities import superclasses
from kg.errors import KgError
from kg.export.selection import Selected
from kg.rdf.namespaces import PREFIXES, kind, shorten

_TYPE = NamedNode(f"{RDF}type")
_REIFIES = NamedNode(f"{RDF}reifies")
_PARTS = [NamedNode(f"{RDF}{part}") for part in ("subject", "predicate", "object")]
_LABEL = NamedNode(f"{PREFIXES['rdfs']}label")
_SCHEMA = PREFIXES["schema"]
_CLOSE_MATCH = NamedNode(f"{PREFIXES['skos']}closeMatch")

#: The name of a graph.
GraphName = NamedNode | BlankNode | DefaultGraph

#: Canonical names for blank nodes take a tenth of a second with 30 triples from one to another, however they join;
#: each more multiplies the time.
_MOST_LINKED = 30
_ANY_BLANK = "ASK { GRAPH ?graph { ?subject ?predicate ?object FILTER(isBlank(?subject) || isBlank(?object)) } }"
#: An integer that JSON writes as RDF does, and that no reader rounds.
_JSON_INTEGER = re.compile(r"(0|-?[1-9][0-9]{0,14})\Z")

#: The JSON-LD context: a word without a prefix is of schema.org; plain strings of these words have these types.
CONTEXT: dict[str, object] = {
    **PREFIXES,
    "@vocab": _SCHEMA,
    **{word: {"@language": "en"} for word in ("name", "rdfs:label", "skos:altLabel", "skos:editorialNote")},
    **{word: {"@type": "xsd:date"} for word in ("datePublished", "kg:notAfter", "kg:notBefore")},
    **{word: {"@type": "xsd:decimal"} for word in ("latitude", "longitude")},
}


def quads(form: RdfFormat, selected: Selected, out: BinaryIO, *, reified: bool = False) -> None:
    """Write quads, one named graph an article or file.

    `reified` is for RDF 1.2: a claim reifies its proposition, a triple term that is not asserted.
    """
    graphs = _graphs(_canonical(selected.store), selected)
    ordered = (quad for graph in graphs for quad in (_reified(graph) if reified else graph))
    serialize(ordered, out, format=form, prefixes=PREFIXES)


def turtle(selected: Selected, out: BinaryIO) -> None:
    """Write Turtle: all in one graph, where a claim still has its article through its passages."""
    triples = (quad.triple for block in _blocks(_canonical(selected.store), selected) for quad in block)
    serialize(triples, out, format=RdfFormat.TURTLE, prefixes=PREFIXES)


def jsonld(selected: Selected, out: BinaryIO) -> None:
    """Write JSON-LD, one node a line; a reader of schema.org without this vocabulary gets kinds, names and dates.

    Nodes have the classes of schema.org to which theirs are mapped, and their label as `name`; a claim has the article
    in which it stands as `appearance`. Raises KgError for a triple term.
    """
    import json  # not needed for the others

    store = _canonical(selected.store)
    schema_classes = cache(partial(_schema_classes, store))
    terms = ",\n".join(f"  {json.dumps(word)}: {json.dumps(meaning)}" for word, meaning in CONTEXT.items())
    out.write(f'{{"@context": {{\n{terms}\n}},\n"@graph": [\n'.encode())
    separator = ""
    for block in _blocks(store, selected):
        out.write(f"{separator}{json.dumps(_node(block, schema_classes), ensure_ascii=False)}".encode())
        separator = ",\n"
    out.write(b"\n]}\n" if separator else b"]}\n")


def _canonical(store: Store) -> Store:
    """Return the store with blank nodes named by RDFC-1.0; the same store where it has none.

    Raises KgError for more than `_MOST_LINKED` triples from one blank node to another.
    """
    if not store.query(_ANY_BLANK):
        return store
    linked = sum(isinstance(quad.subject, BlankNode) and isinstance(quad.object, BlankNode) for quad in store)
    if linked > _MOST_LINKED:
        raise KgError(
            f"{linked:,} triples join two blank nodes, and names that are the same each time can be given for at most "
            f"{_MOST_LINKED}: give the entities names; kg validate shows where they are"
        )
    named = Dataset(store)
    named.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    canonical = Store()
    canonical.extend(named)
    return canonical


def _graphs(store: Store, selected: Selected) -> Iterator[list[Quad]]:
    """Yield the quads of each named graph, both in order."""
    needed = None if selected.selection.whole else _needed(store, selected)
    for graph in sorted(store.named_graphs() if needed is None else needed, key=str):
        found = store.quads_for_pattern(None, None, None, graph) if needed is None else needed[graph]
        yield sorted(found, key=_position)


def _position(quad: Quad) -> tuple[str, bool, str, str]:
    """Return a sort key: by subject, its classes first, the rest in alphabetical order."""
    return (str(quad.subject), quad.predicate != _TYPE, quad.predicate.value, str(quad.object))


def _needed(store: Store, selected: Selected) -> dict[GraphName, list[Quad]]:
    """Return by graph the descriptions of the claims, of all that these name, and so on; but of no other claim."""
    needed: dict[GraphName, list[Quad]] = {}
    queue: list[NamedNode | BlankNode] = [NamedNode(claim.iri) for claim in selected.claims]
    seen = set(queue)
    while queue:
        for quad in store.quads_for_pattern(queue.pop(), None, None):
            needed.setdefault(quad.graph_name, []).append(quad)
            for term in (quad.predicate, quad.object):
                if isinstance(term, NamedNode | BlankNode) and term not in seen and kind(term.value) != "claim":
                    seen.add(term)
                    queue.append(term)
    return needed


def _blocks(store: Store, selected: Selected) -> Iterator[list[Quad]]:
    """Yield the quads of each subject in each graph, without those whose triple stands in an earlier graph."""
    for graph in _graphs(store, selected):
        for subject, group in groupby(graph, key=lambda quad: quad.subject):
            once = len({quad.graph_name for quad in store.quads_for_pattern(subject, None, None)}) == 1
            block = [quad for quad in group if once or quad.graph_name == _first_graph(store, quad)]
            if block:
                yield block


def _first_graph(store: Store, quad: Quad) -> GraphName:
    copies = store.quads_for_pattern(quad.subject, quad.predicate, quad.object)
    return min((copy.graph_name for copy in copies), key=str)


def _reified(graph: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the quads, with one triple term in place of the subject, predicate and object of each claim."""
    for subject, group in groupby(graph, key=lambda quad: quad.subject):
        block = list(group)
        match [[quad.object for quad in block if quad.predicate == part] for part in _PARTS]:
            case [[NamedNode() as start], [NamedNode() as predicate], [end]]:
                reifier = Quad(subject, _REIFIES, Triple(start, predicate, end), block[0].graph_name)
                block = sorted((*(quad for quad in block if quad.predicate not in _PARTS), reifier), key=_position)
        yield from block


def _node(block: list[Quad], schema_classes: Callable[[str], list[str]]) -> dict[str, object]:
    """Return one node of JSON-LD; `schema_classes` maps a class to those of schema.org."""
    classes, others = [], []
    for quad in block:
        if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
            classes.append(quad.object.value)
        else:
            others.append(quad)
    known = sorted({name for class_ in classes for name in schema_classes(class_)})
    node: dict[str, object] = {"@id": _name(block[0].subject)}
    if classes:
        node["@type"] = [_word(class_) for class_ in classes] + known
    for predicate, same in groupby(others, key=lambda quad: quad.predicate.value):
        word = _word(predicate)
        node[word] = _one_or_all([_value(word, quad.object) for quad in same])
    labels = [_value("name", quad.object) for quad in others if quad.predicate == _LABEL]
    if known and labels:
        node["name"] = _one_or_all(labels)
    if "Claim" in known:
        node["appearance"] = {"@id": _name(block[0].graph_name)}
    return node


def _schema_classes(store: Store, class_: str) -> list[str]:
    """Return the classes of schema.org that are superclasses of the class, or close matches of one of these."""
    related = set(superclasses(store, class_))
    for iri in tuple(related):
        matches = store.quads_for_pattern(NamedNode(iri), _CLOSE_MATCH, None)
        related |= {quad.object.value for quad in matches if isinstance(quad.object, NamedNode)}
    return sorted(iri.removeprefix(_SCHEMA) for iri in related if iri.startswith(_SCHEMA))


def _one_or_all(values: list[object]) -> object:
    return values[0] if len(values) == 1 else values


def _name(term: object) -> str:
    return shorten(term.value).strip("<>") if isinstance(term, NamedNode) else str(term)


@lru_cache(maxsize=1024)
def _word(iri: str) -> str:
    return iri.removeprefix(_SCHEMA) if iri.startswith(_SCHEMA) else shorten(iri).strip("<>")


def _value(word: str, term: object) -> object:
    """Return the term as JSON: plain where the context, or JSON itself, gives its type."""
    if not isinstance(term, Literal):
        if isinstance(term, Triple):
            raise KgError(f"JSON-LD has no form for a triple term: {term}")
        return {"@id": _name(term)}
    coercion, text, type_ = CONTEXT.get(word), term.value, _word(term.datatype.value)
    if term.language is not None:
        return text if coercion == {"@language": term.language} else {"@language": term.language, "@value": text}
    if type_ == "xsd:string":
        return text if coercion is None else {"@value": text}
    if coercion == {"@type": type_}:
        return text
    if coercion is None and type_ == "xsd:integer" and _JSON_INTEGER.match(text):
        return int(text)
    return {"@type": type_, "@value": text}
