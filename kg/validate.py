"""The check of a whole project: syntax, closed vocabulary, shapes, rules, and the evidence where texts are at hand."""

import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store

from kg import evidence, syntax, vocabulary
from kg.dataset import Dataset, Source, load, read, read_text
from kg.errors import SourceError
from kg.findings import Absent, Fault, Finding, Locator, Report, Term
from kg.terms import BASE, PREFIXES, shorten

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

__all__ = ["Finding", "Report", "validate"]

_SH = PREFIXES["sh"]
_SHAPES = "ontology/shapes.ttl"
_HEADER = re.compile(r"^#\+ (summary|severity): (.+)$", re.MULTILINE)


def validate(root: Path, texts: Path | None = None) -> Report:
    """Return all that is wrong with the project in `root`, each fault at its place in a file.

    With `texts`, the directory of the articles' texts, the evidence is checked, too. A file that cannot be read is a
    finding and does not keep the others from being checked. What may only follow from its absence is held back: a name
    that it mentions is not called undescribed; a shape's fault is dropped whose value it mentions, or whose focus it
    alone describes; a rule's fault is dropped when it mentions the focus or one of its values. Shapes and rules wait
    until the vocabulary can be read.
    """
    errors: list[SourceError] = []
    dataset = load(root, errors)
    shapes = _shapes(root, errors)
    queries = dict(_queries(root, errors))
    absent = vocabulary.absent(root, errors)
    findings = {syntax.of_file(root, error) for error in errors}
    unknown = _vocabulary(dataset, shapes, queries, absent, findings)
    faults, skipped = _faults(dataset, shapes, queries, texts, absent, findings)
    # A name that is described nowhere is one fault, not one more for each rule that misses its description.
    faults = [fault for fault in faults if not unknown & {str(fault.path), str(fault.value)}]
    faults = [fault for fault in faults if not absent.explains(fault, dataset.store)]
    findings.update(map(Locator(dataset).finding, faults))
    checked = {*(source.name for part in (dataset, shapes) for source in part.sources), *queries}
    return Report(_in_order(findings), tuple(skipped), tuple(sorted(checked)))


def _in_order(findings: set[Finding]) -> tuple[Finding, ...]:
    """Return the findings by file, line, column and rule, once where only the value differs: the one that has it."""
    once: dict[tuple[object, ...], Finding] = {}
    for one in sorted(findings, key=lambda one: (one.path is None, one.value is None, one.value, str(one))):
        once.setdefault((one.severity, one.rule, one.file, one.line, one.column, one.focus, one.message), one)
    return tuple(sorted(once.values(), key=lambda one: (one.file, one.line, one.column, one.rule, str(one))))


def _vocabulary(
    dataset: Dataset, shapes: Dataset, queries: Mapping[str, str], absent: Absent, findings: set[Finding]
) -> set[str]:
    """Note what is wrong with names and prefixes, and with queries; return the names that are described nowhere."""
    known = vocabulary.described(dataset.store, shapes.store)
    unknown: set[str] = set()
    for part in (dataset, shapes):
        for source, iris in vocabulary.undescribed(part, known).items():
            unknown |= {f"<{iri}>" for iri in iris}
            if wrong := frozenset(iri for iri in iris if not absent.mentions(iri)):
                findings.update(vocabulary.in_graph(source, wrong, known))
    findings.update(vocabulary.prefixes((*dataset.sources, *shapes.sources), queries))
    names = known | absent.names | {source.graph for source in dataset.sources}
    for file, text in queries.items():
        found = () if absent.blind else tuple(vocabulary.in_query(file, text, names))
        undeclared = any(one.rule.startswith("syntax:") for one in found)
        findings.update(found, () if undeclared else syntax.of_query(file, text))
        if file.startswith("queries/"):
            findings.update(syntax.of_header(file, text))
    return unknown


def _shapes(root: Path, errors: list[SourceError]) -> Dataset:
    """Return the shapes as a dataset of one file, or of none where there is no such file or it cannot be read."""
    source, store = Source(root / _SHAPES, _SHAPES, f"{BASE}ontology/shapes"), Store()
    if not source.path.exists():
        return Dataset(root, (), store)
    try:
        read(store, source)
    except SourceError as error:
        errors.append(error)
    return Dataset(root, (source,), store)


def _queries(root: Path, errors: list[SourceError]) -> Iterator[tuple[str, str]]:
    for path in sorted((*root.glob("queries/**/*.rq"), *root.glob("ontology/**/*.rq"))):
        file = path.relative_to(root).as_posix()
        try:
            yield file, read_text(path, file)
        except SourceError as error:
            errors.append(error)


def _faults(
    dataset: Dataset,
    shapes: Dataset,
    queries: Mapping[str, str],
    texts: Path | None,
    absent: Absent,
    findings: set[Finding],
) -> tuple[list[Fault], list[str]]:
    """Return what shapes, rules and texts say against the graph, and what was not asked; note rules that are none."""
    faults: list[Fault] = []
    skipped: list[str] = []
    if absent.files:
        skipped.append(f"what depends on {' and '.join(absent.files)}, until that can be read")
    if waiting := [file for file in absent.files if absent.blind or (file.startswith("ontology/") and file != _SHAPES)]:
        skipped.append(f"shapes and rules, which need {' and '.join(waiting)}")
    else:
        if len(shapes.store):
            try:
                faults += _of_shapes(dataset, shapes)
            except SourceError as error:
                findings.add(syntax.of_file(dataset.root, error))
        elif _SHAPES not in absent.files:
            skipped.append(f"shapes: there are none in {_SHAPES}")
        for file, text in queries.items():
            if file.startswith("ontology/rules/"):
                faults += _of_rule(file, text, dataset.store, findings)
    if texts is None:
        skipped.append("evidence: no texts are at hand; name their directory with --texts DIR or KG_TEXTS")
    else:
        faults += [_of_evidence(fault, dataset.store) for fault in evidence.faults(dataset.store, texts)]
    return faults, skipped


def _of_evidence(fault: evidence.Fault, store: Store) -> Fault:
    focus, path = NamedNode(fault.focus), NamedNode(fault.path) if fault.path else None
    values = [quad.object for quad in store.quads_for_pattern(focus, path, None)] if path else []
    value = next((one for one in values if isinstance(one, NamedNode | Literal) and one.value == fault.value), None)
    return Fault(fault.severity, fault.rule, fault.message, focus, path, value)


def _of_rule(file: str, text: str, store: Store, findings: set[Finding]) -> Iterator[Fault]:
    """Give a fault for each row of a rule; a rule that is none itself becomes a finding."""
    header = dict(_HEADER.findall(text))
    if not header.get("summary") or header.get("severity") not in ("violation", "warning"):
        message = "A rule begins with '#+ summary:' and '#+ severity: violation' or 'warning'."
        findings.add(Finding("violation", "syntax:rule", file, 1, 1, None, None, None, message))
        return
    try:
        rows = store.query(text, use_default_graph_as_union=True)
    except SyntaxError:
        return  # a finding already
    columns = [one.value for one in rows.variables] if isinstance(rows, QuerySolutions) else []
    if not isinstance(rows, QuerySolutions) or "focus" not in columns:
        message = "A rule is a SELECT with ?focus among its columns."
        findings.add(Finding("violation", "syntax:rule", file, 1, 1, None, None, None, message))
        return
    for row in rows:
        cells = {column: row[column] for column in columns}
        focus, path, value, graph = (cells.get(column) for column in ("focus", "path", "value", "graph"))
        if isinstance(focus, NamedNode | BlankNode):
            yield Fault(
                header["severity"],
                f"rule:{Path(file).stem}",
                _sentence(header["summary"], cells.get("detail")),
                focus,
                path if isinstance(path, NamedNode) else None,
                value if isinstance(value, NamedNode | BlankNode | Literal) else None,
                graph=graph.value if isinstance(graph, NamedNode) else None,
            )


def _sentence(summary: str, detail: object) -> str:
    """Return the rule with what a row adds to it, whose <IRIs> are shortened."""
    if not isinstance(detail, Literal):
        return summary
    return f"{summary} {re.sub('<([^<>]+)>', lambda found: shorten(found[1]), detail.value)}"


def _of_shapes(dataset: Dataset, shapes: Dataset) -> Iterator[Fault]:
    """Give the results of SHACL; raises SourceError where the shapes are none."""
    from pyshacl import validate as shacl  # half a second, which only this check needs

    with _silence():
        data, wanted = _graph(dataset.store), _graph(shapes.store)
        try:
            _, report, _ = shacl(data, shacl_graph=wanted, inference="none", advanced=False, inplace=True)
        except (AssertionError, AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
            # Whatever pySHACL meets in a shape that is none; data, however odd, lead to results (tested).
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise SourceError(f"the shapes are faulty: {reason}", _SHAPES) from error
    for result in report.objects(None, _node(NamedNode(f"{_SH}result"))):
        yield _result({str(path): value for path, value in report.predicate_objects(result)}, shapes.store)


def _result(parts: "dict[str, Node]", shapes: Store) -> Fault:
    """Return one result of SHACL as a fault; a path of more than one property is none that could be shown."""
    shape, focus = _term(parts[f"{_SH}sourceShape"]), _term(parts[f"{_SH}focusNode"])
    component = str(parts[f"{_SH}sourceConstraintComponent"]).removeprefix(_SH)
    path, value = (_term(parts[key]) if (key := f"{_SH}{part}") in parts else None for part in ("resultPath", "value"))
    also = NamedNode(f"{PREFIXES['rdfs']}seeAlso")
    seen = shapes.quads_for_pattern(shape, also, None) if isinstance(shape, NamedNode) else ()
    return Fault(
        "violation" if str(parts[f"{_SH}resultSeverity"]) == f"{_SH}Violation" else "warning",
        shorten(shape.value) if isinstance(shape, NamedNode) else f"shape:{component}",
        str(parts.get(f"{_SH}resultMessage", component)),
        focus,
        path if isinstance(path, NamedNode) else None,
        None if value == focus else value,
        shown=tuple(sorted((quad.object for quad in seen if isinstance(quad.object, NamedNode)), key=str)),
        last=component == "MaxCountConstraintComponent",
        verb=component == "ClosedConstraintComponent",
    )


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


def _term(node: "Node") -> Term:
    from rdflib import BNode
    from rdflib import Literal as Text

    if isinstance(node, Text):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=NamedNode(str(node.datatype))) if node.datatype else Literal(str(node))
    return BlankNode(str(node)) if isinstance(node, BNode) else NamedNode(str(node))
