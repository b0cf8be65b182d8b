"""The evaluation of inputs: the results of shapes and rules, and the names that no file describes."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from pyoxigraph import BlankNode, NamedNode, Store

from kg import shacl
from kg.claims.claim import uncollected
from kg.errors import Place, SourceError
from kg.project.dataset import Dataset
from kg.rdf.namespaces import BASE, PREFIXES, shorten
from kg.rules.severity import Severity
from kg.rules.sparql_rule import SparqlRule
from kg.shacl.graph import Term, to_term
from kg.validation import lint, sparql_rules, vocabulary
from kg.validation.finding import Finding, RuleResult
from kg.validation.inputs import Inputs, in_memory
from kg.validation.locate import Locator
from kg.validation.messages import message, shapes_by_node
from kg.validation.suppress import at_class
from kg.validation.syntax import SHAPES

#: The beginning of the message on shapes that cannot be evaluated.
FAULTY = "the shapes are invalid: "
_SH = PREFIXES["sh"]
_ALSO = NamedNode(f"{PREFIXES['rdfs']}seeAlso")

#: The results by the node of a shape or the file of a rule.
Results = dict[str, list[RuleResult]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome of an evaluation, before the places of its results are known.

    `known` are the described names, `undescribed` those that are not, by the data file that uses them; `lint` are the
    findings on the texts of data files. `places` has the places that are already known. `lasting` says whether a later
    evaluation may build on this one.
    """

    inputs: Inputs
    known: vocabulary.Known
    undescribed: Mapping[str, frozenset[str]]
    lint: tuple[Finding, ...]
    results: Results
    lasting: bool
    places: Mapping[RuleResult, Place] = field(default_factory=dict)


class Evaluator(Protocol):
    """An evaluator of inputs."""

    def evaluate(self, inputs: Inputs) -> Evaluation | None:
        """Return the evaluation, or None if this evaluator cannot determine it."""
        ...


class FullEvaluator:
    """Evaluates all shapes and rules on the whole graph."""

    def evaluate(self, inputs: Inputs) -> Evaluation:
        """Return the evaluation; the errors of shapes and rules that cannot be evaluated join those of the inputs."""
        inputs = in_memory(inputs)
        store, waits = inputs.data.store, bool(inputs.waiting)
        results: Results = {}
        errors: list[SourceError] = []
        with uncollected(), _aside(store, () if waits else inputs.rules) as answers:
            graph = shacl.Index(store)
            known = vocabulary.described(store, inputs.shapes.store)
            unknown = vocabulary.undescribed(inputs.data, known) if graph.names(BASE) - known else {}
            findings = (*inputs.prefixes, *lint.findings(inputs.data.sources))
            if not waits:
                try:
                    results |= _of_shapes(store, graph, inputs.shapes)
                except SourceError as error:
                    errors.append(error)
            for file, answer in answers.items():
                try:
                    results[file] = answer.result()
                except SourceError as error:
                    errors.append(error)
        inputs = replace(inputs, errors=(*inputs.errors, *errors))
        lasting = not waits and not inputs.errors and not inputs.absent.files and not has_blank(results)
        undescribed = {source.name: iris for source, iris in unknown.items()}
        return Evaluation(inputs, known, undescribed, findings, results, lasting)


@contextmanager
def _aside(store: Store, rules: Sequence[SparqlRule]) -> "Iterator[Mapping[str, Future[list[RuleResult]]]]":
    """Query the rules on the whole graph in another thread, since the engine works without Python's lock."""
    with ThreadPoolExecutor(1) as other:
        try:
            yield {one.file: other.submit(lambda one: list(sparql_rules.results(one, store)), one) for one in rules}
        finally:
            other.shutdown(wait=True, cancel_futures=True)


def has_blank(results: Results) -> bool:
    """Return whether a result is about a blank node, which has another name at each reading."""
    terms = (term for own in results.values() for result in own for term in (result.focus, result.value))
    return any(isinstance(term, BlankNode) for term in terms)


def _of_shapes(store: Store, graph: shacl.Graph, shapes: Dataset) -> Results:
    try:
        read = shacl.read(shapes.store)
    except shacl.BeyondCoreError:
        return _by_pyshacl(store, shapes)
    except shacl.ShapeError as error:
        result = RuleResult(severity=Severity.VIOLATION, rule=SHAPES, message="", focus=error.shape)
        place = Locator(shapes).place(result)
        raise SourceError(f"{FAULTY}{error}", place.file, place.line, place.column, rule=SHAPES) from error
    by_node = shapes_by_node(read)
    return {
        shape.node: [of_shacl(result, shapes.store, graph, by_node) for result in shacl.results(graph, [shape])]
        for shape in read
    }


def _by_pyshacl(store: Store, shapes: Dataset) -> Results:
    from kg.shacl import pyshacl_adapter  # brings pySHACL

    try:
        return {"": [of_shacl(result, shapes.store) for result in pyshacl_adapter.results(store, shapes.store)]}
    except pyshacl_adapter.FaultyShapesError as error:
        raise SourceError(f"{FAULTY}{error}", suspect(shapes), rule=SHAPES) from error


def suspect(shapes: Dataset) -> str:
    """Return the file to name for an error that names no shape: the first beyond SHACL Core, else the last."""
    for source in shapes.sources:
        part = Store()
        part.extend(shapes.store.quads_for_pattern(None, None, None, NamedNode(source.graph)))
        try:
            shacl.read(part)
        except shacl.BeyondCoreError:
            return source.name
        except shacl.ShapeError:
            continue
    return shapes.sources[-1].name


def _owner(shapes: Store, shape: Term) -> Term:
    """Return the shape or, where it has no name, the nearest one with a name to which it belongs."""
    seen: set[Term] = set()
    while isinstance(shape, BlankNode) and shape not in seen:
        seen.add(shape)
        above = sorted((quad.subject for quad in shapes.quads_for_pattern(None, None, shape)), key=str)
        shape = next((one for one in above if isinstance(one, NamedNode | BlankNode)), shape)
    return shape


def of_shacl(
    result: shacl.Result,
    shapes: Store,
    graph: shacl.Graph | None = None,
    by_node: Mapping[str, shacl.Shape] | None = None,
) -> RuleResult:
    """Return a result of SHACL as one of a rule; a path of more than one property has no place and is left out."""
    shape, focus = to_term(result.shape), to_term(result.focus)
    path, value = (None if text is None else to_term(text) for text in (result.path, result.value))
    also = shapes.quads_for_pattern(shape, _ALSO, None) if isinstance(shape, NamedNode) else ()
    owner = _owner(shapes, shape)
    return at_class(
        RuleResult(
            severity=Severity.VIOLATION if result.severity == f"{_SH}Violation" else Severity.WARNING,
            rule=shorten(owner.value) if isinstance(owner, NamedNode) else f"shape:{result.component}",
            message=message(result, graph, by_node[result.shape] if by_node else None),
            focus=focus,
            path=path if isinstance(path, NamedNode) else None,
            value=None if value == focus else value,
            shown=tuple(sorted((quad.object for quad in also if isinstance(quad.object, NamedNode)), key=str)),
            last=result.component == "MaxCountConstraintComponent",
            verb=result.component == "ClosedConstraintComponent",
        )
    )
