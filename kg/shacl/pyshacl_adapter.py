"""Results by pySHACL: for shapes beyond SHACL Core, for the report of the W3C, and for tests of our own engine."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.errors import KgError
from kg.rdf.namespaces import PREFIXES
from kg.rdf.tokens import TOKEN
from kg.shacl.constraints import Result

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

_SH = PREFIXES["sh"]
_QUERIES = frozenset(f"{_SH}{name}" for name in ("ask", "construct", "select", "update"))


class FaultyShapesError(KgError):
    """The shapes are not valid for pySHACL."""


def results(data: Store, shapes: Store) -> Iterator[Result]:
    """Yield the results of the shapes on the data; raises FaultyShapesError."""
    graph = report(data, shapes)
    worded = {str(quad.subject) for quad in shapes.quads_for_pattern(None, NamedNode(f"{_SH}message"), None)}
    for result in graph.objects(None, to_rdflib(NamedNode(f"{_SH}result"))):
        parts = {str(path).removeprefix(_SH): value for path, value in graph.predicate_objects(result)}
        messages = (str(text) for text in graph.objects(result, to_rdflib(NamedNode(f"{_SH}resultMessage"))))
        path, value = (to_ntriples(parts[name]) if name in parts else None for name in ("resultPath", "value"))
        # pySHACL invents a message where a shape has none; the message of a query is at its constraint.
        sources = [to_ntriples(parts[name]) for name in ("sourceShape", "sourceConstraint") if name in parts]
        yield Result(
            sources[0],
            str(parts["sourceConstraintComponent"]).removeprefix(_SH),
            str(parts["resultSeverity"]),
            min(messages, default="") if worded.intersection(sources) else "",
            to_ntriples(parts["focusNode"]),
            path if path and path.startswith("<") else None,
            value,
        )


def report(data: Store, shapes: Store) -> "Graph":
    """Return the SHACL validation report as a graph of rdflib; raises FaultyShapesError."""
    from pyshacl import validate  # half a second, which only this needs
    from rdflib import Graph

    _refuse_calls(shapes)
    with _silence():
        graph, shapes_graph = _graph(data), _graph(shapes)
        try:
            _, outcome, _ = validate(graph, shacl_graph=shapes_graph, inference="none", advanced=True, inplace=True)
        except (AssertionError, AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
            # Raised by pySHACL at shapes that are not valid; odd data lead to results (tested).
            raise FaultyShapesError(next(iter(str(error).splitlines()), type(error).__name__)) from error
    if not isinstance(outcome, Graph):  # an error as text in place of the report
        raise FaultyShapesError(next(iter(str(outcome).splitlines()), "pySHACL returned no report"))
    return outcome


def _refuse_calls(shapes: Store) -> None:
    """Raise FaultyShapesError for a query in the shapes that would make rdflib fetch data over the network."""
    for quad in shapes:
        if isinstance(quad.object, Literal) and quad.predicate.value in _QUERIES:
            words = {(token["word"] or "").upper() for token in TOKEN.finditer(quad.object.value)}
            if calls := sorted(words & {"FROM", "LOAD", "SERVICE"}):
                raise FaultyShapesError(f"a query in them has {calls[0]}: a query must use the graph only")


@contextmanager
def _silence() -> Iterator[None]:
    """Keep rdflib and pySHACL from logging: the problems become findings."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(before)


def _graph(store: Store) -> "Graph":
    """Return the union of a store's graphs for rdflib."""
    from rdflib import Graph

    graph, node = Graph(), cache(to_rdflib)
    for quad in store:
        graph.add((node(quad.subject), node(quad.predicate), node(quad.object)))
    return graph


def to_rdflib(term: object) -> "Node":
    """Return rdflib's node for a term of the store."""
    from rdflib import BNode, URIRef
    from rdflib import Literal as Text

    if isinstance(term, Literal):
        datatype = None if term.language else URIRef(term.datatype.value)
        return Text(term.value, lang=term.language, datatype=datatype, normalize=False)
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    assert isinstance(term, BlankNode), "the graph is RDF 1.1"
    return BNode(term.value)


def to_ntriples(node: "Node") -> str:
    """Return the N-Triples text of a node of rdflib, as the store would write it."""
    from rdflib import BNode
    from rdflib import Literal as Text

    if isinstance(node, Text):
        datatype = NamedNode(str(node.datatype)) if node.datatype and not node.language else None
        return str(Literal(str(node), language=node.language, datatype=datatype))
    return str(BlankNode(str(node)) if isinstance(node, BNode) else NamedNode(str(node)))
