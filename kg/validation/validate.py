"""The validation of a whole project, in stages: load, evaluate, locate, suppress, redact, report."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store

from kg.errors import Place, SourceError
from kg.project.dataset import load as load_dataset
from kg.project.dataset import section
from kg.rules.builtin import sentence
from kg.rules.severity import Severity
from kg.validation import evaluate, evidence, redact, syntax, vocabulary
from kg.validation.evaluate import Evaluation, FullEvaluator
from kg.validation.evidence import EvidenceResult
from kg.validation.finding import Finding, Report, RuleResult
from kg.validation.incremental.evaluator import IncrementalEvaluator
from kg.validation.inputs import Files, Inputs, load, shapes_of
from kg.validation.locate import Locator
from kg.validation.messages import worded
from kg.validation.suppress import remaining

#: The file in the directory of an index in which an evaluation is remembered.
MEMORY = "validate.json"


def validate(
    root: Path,
    texts: Path | None = None,
    shapes: Sequence[Path] = (),
    index: Path | None = None,
    unsaved: Mapping[str, str] | None = None,
    *,
    incremental: bool = True,
) -> Report:
    """Return all findings on the project in `root`, each at its place in a file.

    With `texts`, the directory of source texts, evidence is validated, too; `shapes` are files of further shapes (.ttl)
    and rules (.rq). `unsaved` has texts by the names of files: they stand in for the files on disk. With the directory
    of an `index`, and unless `incremental` is False, the evaluation is saved there, and the next one covers
    only entities that a change of files affects; the findings are the same.

    A file that cannot be read is a finding, and the others are still validated. Findings that may only follow from
    its absence are suppressed: a name that it mentions is not reported as undescribed, nor the result of a shape
    whose value it mentions or whose focus it alone describes, nor that of a rule if it mentions the focus or one of
    the focus's values. Shapes and rules wait until the vocabulary can be read.
    """
    inputs = load(root, shapes, index, unsaved or {})
    memory = IncrementalEvaluator(index / MEMORY) if index and incremental else None
    evaluation = (memory.evaluate(inputs) if memory else None) or FullEvaluator().evaluate(inputs)
    places = _located(evaluation, [result for own in evaluation.results.values() for result in own])
    if memory:
        memory.remember(evaluation, places)
    findings = {*_of_files(evaluation), *_unsuppressed(evaluation, places)}
    inputs, store = evaluation.inputs, evaluation.inputs.data.store
    if texts is not None:
        by_text = [_of_evidence(result, store) for result in evidence.results(store, texts)]
        findings.update(_unsuppressed(evaluation, _located(evaluation, by_text)))
    shown = tuple(redact.redacted(_in_order(findings), inputs.files.glance, store))
    sources = {source.name for part in (inputs.data, inputs.shapes) for source in part.sources}
    return Report(shown, tuple(_skipped(inputs, texts)), tuple(sorted(sources | inputs.queries.keys())))


def report(root: Path, shapes: Sequence[Path] = ()) -> str:
    """Return the W3C's validation report on the shapes alone, from pySHACL, in Turtle.

    Texts about protected persons are left out. `shapes` are files of further shapes; rules have no such report.

    Raises SourceError for a file that cannot be read and for invalid shapes.
    """
    from kg.shacl import pyshacl_adapter  # brings pySHACL

    read = shapes_of(Files(root, {}), shapes, errors := list[SourceError]())
    for error in errors:
        raise error
    try:
        data = load_dataset(root).store
        result = pyshacl_adapter.report(data, read.store)
        return redact.redacted_report(result, data).serialize(format="turtle")
    except pyshacl_adapter.FaultyShapesError as error:
        raise SourceError(f"{evaluate.FAULTY}{error}", evaluate.suspect(read), rule=syntax.SHAPES) from error


def _located(evaluation: Evaluation, results: Iterable[RuleResult]) -> dict[RuleResult, Place]:
    """Return the places of results; a remembered place holds as long as its file is unchanged."""
    locator = Locator(evaluation.inputs.data)
    return {one: evaluation.places.get(one) or locator.place(one) for one in dict.fromkeys(results)}


def _unsuppressed(evaluation: Evaluation, places: Mapping[RuleResult, Place]) -> Iterator[Finding]:
    """Give the findings of results that do not only follow from others."""
    undescribed = frozenset[str]().union(*evaluation.undescribed.values())
    inputs = evaluation.inputs
    return (one.at(places[one]) for one in remaining(places, undescribed, inputs.absent, inputs.data.store))


def _of_files(evaluation: Evaluation) -> Iterator[Finding]:
    """Give the findings on files that cannot be read, on their texts, their names and on queries."""
    inputs = evaluation.inputs
    yield from (syntax.of_file(inputs.files.glance, error) for error in inputs.errors)
    yield from evaluation.lint
    yield from vocabulary.prefixes(inputs.shapes.sources, inputs.queries)
    of_data = {source: evaluation.undescribed.get(source.name, frozenset()) for source in inputs.data.sources}
    for source, iris in (of_data | vocabulary.undescribed(inputs.shapes, evaluation.known)).items():
        if wrong := frozenset(iri for iri in iris if not inputs.absent.mentions(iri)):
            yield from vocabulary.in_graph(source, wrong, evaluation.known)
    yield from _of_queries(inputs, evaluation.known)


def _of_queries(inputs: Inputs, known: vocabulary.Known) -> Iterator[Finding]:
    """Give the findings on questions and rules: names, syntax, headers."""
    others = inputs.absent.names | {source.graph for source in inputs.data.sources}
    names = known | others
    for file, text in inputs.queries.items():
        wrong = () if inputs.absent.blind else tuple(vocabulary.in_query(file, text, names, inputs.absent))
        yield from wrong
        if not any(finding.rule.startswith("syntax:") for finding in wrong):
            yield from syntax.of_query(file, text)
        if file.startswith("queries/"):
            yield from syntax.of_header(file, text)


def _of_evidence(result: EvidenceResult, store: Store) -> RuleResult:
    """Return the result with the terms of the graph."""
    focus, path = NamedNode(result.focus), NamedNode(result.path) if result.path else None
    values = [quad.object for quad in store.quads_for_pattern(focus, path, None)] if path else []
    value = next((one for one in values if isinstance(one, NamedNode | Literal) and one.value == result.value), None)
    message = worded(result.message, sentence(result.rule))
    severity = Severity.VIOLATION
    return RuleResult(severity=severity, rule=result.rule, message=message, focus=focus, path=path, value=value)


def _skipped(inputs: Inputs, texts: Path | None) -> Iterator[str]:
    """Give the parts that are not validated, with the reason."""
    absent = inputs.absent
    if absent.files:
        yield f"rules that depend on {' and '.join(absent.files)}, which cannot be read"
    if waiting := inputs.waiting:
        yield f"shapes and rules, which need {' and '.join(waiting)}"
    elif not len(inputs.shapes.store) and not any(section(file) == "shapes" for file in absent.files):
        yield "shapes: no folder shapes/ in ontology/ has any"
    for error in inputs.errors:
        if error.rule == syntax.SHAPES:
            yield f"shapes: all, because {error.file} has an invalid one"
    if texts is None:
        yield "evidence: no source texts are given; name their directory with --texts DIR or KG_TEXTS"


def _in_order(findings: Collection[Finding]) -> list[Finding]:
    """Return the findings by file, line, column and rule; of findings that differ only in the value, one with a value.

    A shape has one finding per place, even if several of its constraints fail there.
    """
    once: dict[tuple[object, ...], Finding] = {}
    for one in sorted(findings, key=lambda one: (one.path is None, one.value is None, one.value, str(one))):
        message = "" if one.rule.startswith("shape:") else one.message
        once.setdefault((one.severity, one.rule, one.place, one.focus, message), one)
    return sorted(once.values(), key=lambda one: (one.place, one.rule, str(one)))
