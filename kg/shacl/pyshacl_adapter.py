"""The same results from pySHACL: for shapes beyond the Core, for the W3C's report, and to hold our own against."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.errors import KgError
from kg.rdf.namespaces import PREFIXES, SPACES
from kg.rdf.tokens import TOKEN
from kg.shacl.constraints import Result

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

_SH = PREFIXES["sh"]
_QUERIES = frozenset(f"{_SH}{name}" for name in ("ask", "construct", "select", "update"))


class FaultyShapesError(KgError):
    """The shapes are none that pySHACL can use."""


def results(data: Store, shapes: Store) -> Iterator[Result]:
    """Give all that the shapes say against the data; raises FaultyShapesError."""
    graph = report(data, shapes)
    for result in graph.objects(None, _node(NamedNode(f"{_SH}result"))):
        parts = {str(path).removeprefix(_SH): value for path, value in graph.predicate_objects(result)}
        messages = (str(one) for one in graph.objects(result, _node(NamedNode(f"{_SH}resultMessage"))))
        path, value = (_text(parts[name]) if name in parts else None for name in ("resultPath", "value"))
        shape = _text(parts["sourceShape"])
        # Without a message of its own pySHACL makes one up. A query has it beside itself.
        asked = [_text(parts["sourceConstraint"])] if "sourceConstraint" in parts else []
        said = any(
            any(shapes.quads_for_pattern(_named(one), NamedNode(f"{_SH}message"), None)) for one in (shape, *asked)
        )
        yield Result(
            shape,
            str(parts["sourceConstraintComponent"]).removeprefix(_SH),
            str(parts["resultSeverity"]),
            min(messages, default="") if said else "",
            _text(parts["focusNode"]),
            path if path and path.startswith("<") else None,
            value,
        )


def report(data: Store, shapes: Store) -> "Graph":
    """Return the validation report of the W3C; raises FaultyShapesError."""
    from pyshacl import validate  # half a second, which only this needs
    from rdflib import Graph

    _refuse_calls(shapes)
    with _silence():
        graph, wanted = _graph(data), _graph(shapes)
        try:
            _, found, _ = validate(graph, shacl_graph=wanted, inference="none", advanced=True, inplace=True)
        except (AssertionError, AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
            # Whatever pySHACL meets in a shape that is none; data, however odd, lead to results (tested).
            raise FaultyShapesError(next(iter(str(error).splitlines()), type(error).__name__)) from error
    if not isinstance(found, Graph):  # what it says instead of a report
        raise FaultyShapesError(next(iter(str(found).splitlines()), "no report came of them"))
    return found


def veil(report: "Graph", hides: Callable[[NamedNode | BlankNode], bool], mark: str) -> "Graph":
    """Return the report with a mark for all that it repeats of the nodes of which `hides` says so.

    These are the values that are texts or names from elsewhere, and messages that have one in them.
    """
    from rdflib import BNode
    from rdflib import Literal as Text

    names = ("focusNode", "resultPath", "value", "resultMessage")
    focus, path, value, message = (_node(NamedNode(f"{_SH}{name}")) for name in names)
    links = {f"{PREFIXES['owl']}sameAs", *(f"{PREFIXES['skos']}{name}Match" for name in ("close", "exact"))}
    for result, node in list(report.subject_objects(focus)):
        if not hides(_named(_text(node))):
            continue
        linked = str(report.value(result, path)) in links
        for found in list(report.objects(result, value)):
            if not (linked or isinstance(found, Text)) and str(found).startswith(SPACES):
                continue
            if not isinstance(found, BNode):
                report.remove((result, value, found))
                report.add((result, value, Text(mark)))
            for said in [
                one for one in report.objects(result, message) if str(found).strip() and str(found) in str(one)
            ]:
                report.remove((result, message, said))
                report.add((result, message, Text(str(said).replace(str(found), mark))))
        if isinstance(node, BNode):  # pySHACL repeats all that is said of it
            for _, said_by, text in list(report.triples((node, None, None))):
                if isinstance(text, Text):
                    report.remove((node, said_by, text))
    return report


def _refuse_calls(shapes: Store) -> None:
    """Raise FaultyShapesError for a query in the shapes that would make rdflib ask or fetch something elsewhere."""
    for quad in shapes:
        if isinstance(quad.object, Literal) and quad.predicate.value in _QUERIES:
            words = {(token["word"] or "").upper() for token in TOKEN.finditer(quad.object.value)}
            if calls := sorted(words & {"FROM", "LOAD", "SERVICE"}):
                raise FaultyShapesError(f"a query in them has {calls[0]}, and only the graph is asked")


def _named(text: str) -> NamedNode | BlankNode:
    return NamedNode(text[1:-1]) if text.startswith("<") else BlankNode(text[2:])


@contextmanager
def _silence() -> Iterator[None]:
    """Keep rdflib and pySHACL from logging what becomes a finding anyway."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _graph(store: Store) -> "Graph":
    """Return the union of a store's graphs for rdflib."""
    from rdflib import Graph

    graph = Graph()
    nodes: dict[object, Node] = {}
    for quad in store:
        terms = (quad.subject, quad.predicate, quad.object)
        for term in terms:
            if term not in nodes:
                nodes[term] = _node(term)
        graph.add((nodes[terms[0]], nodes[terms[1]], nodes[terms[2]]))
    return graph


def _node(term: object) -> "Node":
    from rdflib import BNode, URIRef
    from rdflib import Literal as Text

    if isinstance(term, Literal):
        if term.language:
            return Text(term.value, lang=term.language)
        return Text(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(term.value)
    raise TypeError(f"no term of RDF 1.1: {term}")


def _text(node: "Node") -> str:
    """Return the N-Triples text of rdflib's node as the store would write it."""
    from rdflib import BNode
    from rdflib import Literal as Text

    if isinstance(node, Text):
        if node.language:
            return str(Literal(str(node), language=node.language))
        return str(Literal(str(node), datatype=NamedNode(str(node.datatype))) if node.datatype else Literal(str(node)))
    return str(BlankNode(str(node)) if isinstance(node, BNode) else NamedNode(str(node)))
