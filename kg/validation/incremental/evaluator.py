"""The entrance to incremental evaluation: shapes and rules are applied only to what a change of files affects."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store

from kg import shacl
from kg.errors import Place
from kg.project.dataset import Dataset
from kg.rules.sparql_rule import SparqlRule
from kg.shacl.graph import SUBCLASS
from kg.validation import lint, sparql_rules, syntax, vocabulary
from kg.validation.evaluate import Evaluation, Results, has_blank, of_shacl
from kg.validation.finding import RuleResult
from kg.validation.incremental import algebra, cache, dependencies
from kg.validation.incremental.affected import QuadChange, touched
from kg.validation.incremental.cache import Dependencies, Memory, digest
from kg.validation.incremental.dependencies import Dependency
from kg.validation.inputs import Inputs, criteria
from kg.validation.messages import shapes_by_node


class IncrementalEvaluator:
    """Evaluates the entities that a change affects, and takes the rest from a file with the last evaluation.

    It can be left out: a full evaluation has the same results.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._memory = cache.recall(file)

    def evaluate(self, inputs: Inputs) -> Evaluation | None:
        """Return the evaluation, None where nothing fitting is remembered or the change may touch everything."""
        memory, difference = self._memory, inputs.difference
        if not memory or not difference or inputs.errors or memory.state != difference.before:
            return None
        if memory.key != digest(criteria(inputs)) or any(name.startswith("ontology/") for name in difference.changed):
            return None
        data, changed = inputs.data, difference.changed
        sources = [source for source in data.sources if source.name in changed]
        if any(syntax.silent(data.store, sources)) or any(vocabulary.prefixes(sources, {})):
            return None
        change = QuadChange(data.store, difference.removed, difference.added)
        results = results_since(data.store, inputs.shapes, inputs.rules, memory, change)
        if results is None:
            return None
        known = vocabulary.Described(data.store, inputs.shapes.store)
        undescribed = vocabulary.undescribed_since(data, known, memory.undescribed, difference.removed, changed)
        findings = [finding for finding in memory.lint if finding.file not in changed]
        places = {
            result: place for own in memory.results.values() for result, place in own if place.file not in changed
        }
        lasting = not inputs.absent.files
        return Evaluation(inputs, known, undescribed, (*findings, *lint.findings(sources)), results, lasting, places)

    def remember(self, evaluation: Evaluation, places: Mapping[RuleResult, Place]) -> None:
        """Remember a full or incremental evaluation, where the next one may build on it."""
        inputs = evaluation.inputs
        after = inputs.difference and inputs.difference.after
        if after and evaluation.lasting:
            results = {key: tuple((one, places[one]) for one in own) for key, own in evaluation.results.items()}
            learned_ = learned(inputs.rules, self._memory.dependencies if self._memory else {})
            key = digest(criteria(inputs))
            memory = Memory(key, after, results, evaluation.undescribed, evaluation.lint, learned_)
            cache.remember(self._file, memory)


def results_since(
    store: Store, shapes: Dataset, rules: Sequence[SparqlRule], memory: Memory, change: QuadChange
) -> Results | None:
    """Return all results after a change that is not one of the vocabulary, None where it may touch everything."""
    if not change.quads:
        return {key: [result for result, _ in own] for key, own in memory.results.items()}
    if any(change.of([SUBCLASS])):
        return None
    try:
        read = shacl.read(shapes.store)
    except (shacl.BeyondCoreError, shacl.ShapeError):
        return None
    graph, by_node = shacl.Lookup(store), shapes_by_node(read)
    results: Results = {}
    for shape in read:
        among = touched(dependencies.of_shape(shape), change)
        new = shacl.results(graph, [shape], None if among is None else {str(node) for node in among})
        results[shape.node] = [
            *_remembered(memory, shape.node, among),
            *(of_shacl(result, shapes.store, graph, by_node) for result in new),
        ]
    known = learned(rules, memory.dependencies)
    for rule in rules:
        among = touched(known[digest([rule.text])], change)
        named = None if among is None else [node for node in among if isinstance(node, NamedNode)]
        rows = sparql_rules.results(rule, store, named) if named is None or named else ()
        results[rule.file] = [*_remembered(memory, rule.file, among), *rows]
    return None if has_blank(results) else results


def learned(rules: Sequence[SparqlRule], known: Dependencies) -> Dependencies:
    """Return the dependencies of each rule: those that are known; for new rules this takes a second."""

    def read(rule: SparqlRule) -> tuple[Dependency, ...] | None:
        return algebra.of_query(rule.text) if sparql_rules.can_be_limited(rule) else None

    by_key = {digest([rule.text]): rule for rule in rules}
    return {key: known[key] if key in known else read(rule) for key, rule in by_key.items()}


def _remembered(memory: Memory, key: str, among: Collection[NamedNode | Literal] | None) -> Iterator[RuleResult]:
    """Give the remembered results of a shape or rule about all other nodes."""
    if among is not None:
        yield from (result for result, _ in memory.results.get(key, ()) if result.focus not in among)
