"""Redaction of findings and of the SHACL report: the removal of texts about protected persons."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.errors import NameUnknownError, SourceError
from kg.privacy.protected import Node, concerns_protected, is_protected, values_in
from kg.privacy.redaction import LINKS, PLACEHOLDER, is_harmless, without_texts
from kg.project.dataset import graph_of, is_data
from kg.rdf.namespaces import PREFIXES, SPACES, expand, kind, shorten
from kg.validation.finding import Finding

if TYPE_CHECKING:
    from rdflib import Graph

_SH = PREFIXES["sh"]
#: The datatypes of texts without and with a language.
_TEXTS = (f"{PREFIXES['xsd']}string", f"{PREFIXES['rdf']}langString")
_LINK_NAMES = frozenset(map(shorten, LINKS))


def redacted(findings: Iterable[Finding], glance: Callable[[str], str | None], store: Store) -> Iterator[Finding]:
    """Yield the findings; those on protected persons, and on claims about them, without the texts stated there.

    An IRI of another namespace is such a text, too. A line of a data file is not shown where it states one, or where
    nothing of the file is in the store, so that its subjects are unknown.
    """
    values = values_in(store)

    @cache
    def texts(focus: str | None) -> frozenset[str] | None:
        node = _node(focus) if focus else None
        if node is None or not concerns_protected(str(node), values):
            return None
        terms = (
            [quad.object for quad in store.quads_for_pattern(node, None, None)] if isinstance(node, NamedNode) else []
        )
        literals = (term for term in terms if isinstance(term, Literal))
        stated = {literal.value for literal in literals if literal.datatype.value in _TEXTS}
        if is_protected(str(node), values):  # an entity of the project would identify the person, too
            stated |= {shorten(term.value) for term in terms if isinstance(term, NamedNode) and kind(term.value)}
        return frozenset(stated)

    @cache
    def private_lines(file: str) -> frozenset[int]:
        return frozenset(_private_lines(glance(file) or "", file, store))

    for finding in findings:
        if (stated := texts(finding.focus)) is not None:
            yield _redacted(finding, stated)
        elif is_data(finding.file) and finding.line in private_lines(finding.file):
            yield replace(finding, veiled=True)
        else:
            yield finding


def _private_lines(text: str, file: str, store: Store) -> Iterator[int]:
    """Yield the lines of a file, up to the next term, that state a text on a protected person, in whatever layout."""
    from kg.rdf.turtle import read  # only where there are findings

    values = values_in(store)
    subjects = {str(quad.subject) for quad in store.quads_for_pattern(None, None, None, NamedNode(graph_of(file)))}
    protected = {node for node in subjects if concerns_protected(node, values)}
    if subjects and not protected:
        return
    try:
        if not subjects:
            raise SourceError("is not in the store", file)
        places = read(text, file)
    except SourceError:
        yield from range(1, text.count("\n") + 2)
        return
    starts = sorted({start for triple in places.statements for start in (triple.block, triple.verb, triple.value)})
    starts.append(len(text))
    for statement in places.statements:
        node, term = str(statement.subject), statement.object
        harmless = isinstance(term, BlankNode) or (isinstance(term, NamedNode) and term.value.startswith(SPACES))
        if not harmless and (node.startswith("_:") or node in protected):
            end = starts[bisect_right(starts, statement.value, hi=len(starts) - 1)]
            yield from range(places.place(statement.value)[0], places.place(max(statement.value, end - 1))[0] + 1)


def _redacted(finding: Finding, texts: frozenset[str]) -> Finding:
    value = finding.value
    if value is not None and (finding.path in _LINK_NAMES or value in texts or not is_harmless(value)):
        texts, value = texts | {value.removesuffix(PLACEHOLDER)}, PLACEHOLDER
    return replace(finding, value=value, message=without_texts(finding.message, texts), veiled=True)


def redacted_report(report: "Graph", store: Store) -> "Graph":
    """Return the SHACL report on a store without texts and foreign IRIs of protected persons and claims about them."""
    from rdflib import BNode
    from rdflib import Literal as Text

    from kg.shacl.pyshacl_adapter import to_ntriples, to_rdflib

    names = ("focusNode", "resultPath", "value", "resultMessage")
    focus, path, value, message = (to_rdflib(NamedNode(f"{_SH}{name}")) for name in names)
    values = values_in(store)
    for result, node in list(report.subject_objects(focus)):
        if not concerns_protected(to_ntriples(node), values):
            continue
        linked = str(report.value(result, path)) in LINKS
        for term in list(report.objects(result, value)):
            entity = kind(str(term)) is not None and is_protected(to_ntriples(node), values)
            if not (linked or entity or isinstance(term, Text)) and str(term).startswith(SPACES):
                continue
            _remove_blank(report, term)
            report.remove((result, value, term))
            report.add((result, value, Text(PLACEHOLDER)))
            for text in list(report.objects(result, message)):
                if str(term).strip() and str(term) in str(text):
                    report.remove((result, message, text))
                    report.add((result, message, Text(str(text).replace(str(term), PLACEHOLDER))))
        if isinstance(node, BNode):  # pySHACL repeats all statements about it
            for _, predicate, text in list(report.triples((node, None, None))):
                if isinstance(text, Text):
                    report.remove((node, predicate, text))
    return report


def _remove_blank(report: "Graph", term: object) -> None:
    """Remove the statements about a blank node, and about those that it leads to: pySHACL repeats them all."""
    from rdflib import BNode

    if isinstance(term, BNode):
        for triple in list(report.triples((term, None, None))):
            report.remove(triple)
            _remove_blank(report, triple[2])


def _node(focus: str) -> Node:
    try:
        return NamedNode(expand(focus))
    except NameUnknownError:
        return NamedNode(focus[1:-1]) if focus.startswith("<") else BlankNode()
