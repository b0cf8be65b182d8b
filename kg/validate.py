"""The check of a whole project: syntax, closed vocabulary, shapes, rules, and the evidence where texts are at hand."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store

from kg import evidence, rules, shacl, syntax, vocabulary
from kg.dataset import Dataset, Source, load, read, read_text
from kg.errors import SourceError
from kg.findings import Absent, Fault, Finding, Locator, Report
from kg.shacl.graph import to_term
from kg.terms import BASE, PREFIXES, shorten

__all__ = ["Finding", "Report", "report", "validate"]

_SH = PREFIXES["sh"]
_SHAPES = "ontology/shapes.ttl"


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
    """Give the faults of a rule; a rule that is none itself becomes a finding."""
    try:
        yield from rules.faults(rules.read(file, text), store)
    except SourceError as error:
        findings.add(Finding("violation", "syntax:rule", file, 1, 1, None, None, None, error.message))


def _of_shapes(dataset: Dataset, shapes: Dataset) -> Iterator[Fault]:
    """Give the results of SHACL; raises SourceError where the shapes are none."""
    try:
        wanted = shacl.read(shapes.store)
    except shacl.BeyondCoreError:
        yield from (_fault(one, shapes.store) for one in _by_pyshacl(dataset.store, shapes))
    except shacl.ShapeError as error:
        place = Locator(shapes).finding(Fault("violation", "", "", error.shape))
        raise SourceError(f"the shapes are faulty: {error}", place.file, place.line, place.column) from error
    else:
        yield from (_fault(one, shapes.store) for one in shacl.results(shacl.Index(dataset.store), wanted))


def _by_pyshacl(store: Store, shapes: Dataset) -> Iterator[shacl.Result]:
    from kg.shacl import reference  # brings pySHACL

    try:
        yield from reference.results(store, shapes.store)
    except reference.FaultyShapesError as error:
        raise SourceError(f"the shapes are faulty: {error}", shapes.sources[0].name) from error


def _fault(result: shacl.Result, shapes: Store) -> Fault:
    """Return one result of SHACL as a fault; a path of more than one property is none that could be shown."""
    shape, focus = to_term(result.shape), to_term(result.focus)
    path, value = (None if text is None else to_term(text) for text in (result.path, result.value))
    also = NamedNode(f"{PREFIXES['rdfs']}seeAlso")
    seen = shapes.quads_for_pattern(shape, also, None) if isinstance(shape, NamedNode) else ()
    return Fault(
        "violation" if result.severity == f"{_SH}Violation" else "warning",
        shorten(shape.value) if isinstance(shape, NamedNode) else f"shape:{result.component}",
        result.message or result.component,
        focus,
        path if isinstance(path, NamedNode) else None,
        None if value == focus else value,
        shown=tuple(sorted((quad.object for quad in seen if isinstance(quad.object, NamedNode)), key=str)),
        last=result.component == "MaxCountConstraintComponent",
        verb=result.component == "ClosedConstraintComponent",
    )


def report(root: Path) -> str:
    """Return the validation report of the W3C on the shapes alone, as pySHACL gives it, in Turtle.

    Raises SourceError for a file that cannot be read and for faulty shapes.
    """
    from kg.shacl import reference  # brings pySHACL

    errors: list[SourceError] = []
    shapes = _shapes(root, errors)
    for error in errors:
        raise error
    try:
        return reference.report(load(root).store, shapes.store).serialize(format="turtle")
    except reference.FaultyShapesError as error:
        raise SourceError(f"the shapes are faulty: {error}", _SHAPES) from error
