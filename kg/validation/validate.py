"""The check of a whole project: syntax, closed vocabulary, shapes, rules, and the evidence where texts are at hand."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Store

from kg import shacl
from kg.claims.claim import uncollected
from kg.errors import SourceError
from kg.project.dataset import Dataset, Source, load, ontology_files, read, read_text, rules, section
from kg.project.dataset import shapes as shape_files
from kg.project.files import File, clashes, glance, listed
from kg.rdf.namespaces import BASE
from kg.rules import sparql_rule
from kg.rules.builtin import sentence
from kg.validation import causes, evaluate, evidence, lint, redact, syntax, vocabulary
from kg.validation.evaluate import Asked
from kg.validation.finding import Absent, Fault, Finding, Report
from kg.validation.incremental import cache
from kg.validation.incremental.affected import Change
from kg.validation.incremental.cache import Memory
from kg.validation.locate import Locator
from kg.validation.messages import worded

if TYPE_CHECKING:
    from kg.storage.store import Synced

__all__ = ["Finding", "Report", "report", "validate"]

#: The file beside a store in which the outcome of a check is remembered.
MEMORY = "validate.json"


@dataclass(frozen=True, slots=True)
class _Project:
    """All that is checked, and all by which: shapes and rules, the queries, what cannot be read."""

    data: Dataset
    shapes: Dataset
    queries: Mapping[str, str]
    rules: tuple[sparql_rule.Rule, ...]
    absent: Absent


@dataclass(frozen=True, slots=True)
class _Names:
    """What is described, the names that are not by the file of the data that uses them, findings about files' texts."""

    known: vocabulary.Known
    unknown: Mapping[str, frozenset[str]]
    prefixes: tuple[Finding, ...]


def validate(root: Path, texts: Path | None = None, shapes: Sequence[Path] = (), index: Path | None = None) -> Report:
    """Return all that is wrong with the project in `root`, each fault at its place in a file.

    With `texts`, the directory of the articles' texts, the evidence is checked, too; `shapes` are files of further
    shapes (.ttl) and rules (.rq). With `index`, the directory of a store, the outcome is remembered there, and only
    what a change of files touches is asked again.

    A file that cannot be read is a finding and does not keep the others from being checked. What may only follow from
    its absence is held back: a name that it mentions is not called undescribed; a shape's fault is dropped whose value
    it mentions, or whose focus it alone describes; a rule's fault is dropped when it mentions the focus or one of its
    values. Shapes and rules wait until the vocabulary can be read.
    """
    errors: list[SourceError] = []
    synced = _synced(root, index, errors) if index else None
    project = _project(root, synced.dataset if synced else load(root, errors), shapes, errors)
    memo, key = cache.recall(index / MEMORY) if index else None, _key(project)
    read = memo.reads if memo else {}
    found = None
    if synced and memo and not errors and (memo.key, memo.state) == (key, synced.before):
        found = _again(project, memo, synced)
    if found is None:
        memo = None
        if synced:  # in memory a whole graph is asked several times faster
            project = replace(project, data=load(root, []))
        project, prefixes = _understood(root, project, errors)
        found = _anew(project, prefixes, errors)
    names, asked = found
    skipped = tuple(_skipped(project, texts, errors))
    changed = synced.changed if synced else ()
    places = _places(project, [fault for own in asked.faults.values() for fault in own], memo, changed)
    if index and synced and asked.lasting and not errors and not project.absent.files:
        faults = {source: tuple((fault, places[fault]) for fault in own) for source, own in asked.faults.items()}
        read = asked.reads or evaluate.learned(project.rules, read)
        cache.remember(index / MEMORY, Memory(key, synced.after, faults, names.unknown, names.prefixes, read))
    unread = (syntax.of_file(root, error) for error in errors)
    findings = {*unread, *_of_names(project, names), *_of_queries(project, names.known)}
    findings.update(_meant(project, names, places))
    if texts is not None:
        by_text = [_of_evidence(fault, project.data.store) for fault in evidence.faults(project.data.store, texts)]
        findings.update(_meant(project, names, _places(project, by_text, None, ())))
    checked = {*(source.name for part in (project.data, project.shapes) for source in part.sources), *project.queries}
    shown = tuple(redact.redacted(_in_order(findings), root, project.data.store))
    return Report(shown, skipped, tuple(sorted(checked)))


def report(root: Path, shapes: Sequence[Path] = ()) -> str:
    """Return the validation report of the W3C on the shapes alone, as pySHACL gives it, in Turtle.

    What it repeats of people who hide is left out. `shapes` are files of further shapes; rules have no such report.

    Raises SourceError for a file that cannot be read and for faulty shapes.
    """
    from kg.shacl import pyshacl_adapter  # brings pySHACL

    errors: list[SourceError] = []
    wanted = _shapes(root, [path for path in shapes if path.suffix != ".rq"], errors)
    for error in errors:
        raise error
    try:
        data = load(root).store
        found = pyshacl_adapter.report(data, wanted.store)
        return redact.redacted_report(found, data).serialize(format="turtle")
    except pyshacl_adapter.FaultyShapesError as error:
        raise SourceError(f"{evaluate.FAULTY}{error}", evaluate.suspect(wanted), rule=syntax.SHAPES) from error


# --- What is checked ---


def _synced(root: Path, index: Path, errors: list[SourceError]) -> "Synced":
    from kg.storage import store

    return store.open(root, index, errors)


def _project(root: Path, data: Dataset, more: Sequence[Path], errors: list[SourceError]) -> _Project:
    shapes = _shapes(root, [path for path in more if path.suffix != ".rq"], errors)
    queries = dict(_queries(root, [path for path in more if path.suffix == ".rq"], errors))
    errors += syntax.silent(shapes.store, shapes.sources)
    misled = {one.file for one in vocabulary.prefixes(shapes.sources, queries)}
    absent = _without(root, shapes, misled, errors)
    found: list[sparql_rule.Rule] = []
    for file, text in queries.items():
        if not file.startswith("queries/") and file not in misled:
            try:
                found.append(sparql_rule.read(file, text))
            except SourceError as error:
                errors.append(error)
    return _Project(data, shapes, queries, tuple(found), absent)


def _shapes(root: Path, more: Sequence[Path], errors: list[SourceError]) -> Dataset:
    """Return the shapes as a dataset of those files that are there and can be read."""
    sources = list(shape_files(root))
    sources += [Source(path, _from(root, path), f"{BASE}shapes/{number}") for number, path in enumerate(more)]
    found, readable = Store(), []
    for source in sources:
        try:
            read(found, source)
            readable.append(source)
        except SourceError as error:
            errors.append(error)
    return Dataset(root, tuple(readable), found)


def _queries(root: Path, more: Sequence[Path], errors: list[SourceError]) -> Iterator[tuple[str, str]]:
    own, questions = rules(root), listed(root, "queries", ".rq")
    errors += (*clashes(own, "rule"), *clashes(questions, "question"))
    for file in ontology_files(root, "", ".rq"):
        if file.name.endswith(".rq"):  # a folder that cannot be listed is told with the vocabulary
            message = "is not read as a rule: move it below a folder rules/"
            errors.append(SourceError(message, file.name, rule=sparql_rule.FAULT))
    for file in (*own, *questions, *(File(path, _from(root, path)) for path in more)):
        try:
            if file.fault:
                raise SourceError(file.fault, file.name)
            yield file.name, read_text(file.path, file.name)
        except SourceError as error:
            errors.append(error)


def _understood(root: Path, project: _Project, errors: list[SourceError]) -> tuple[_Project, tuple[Finding, ...]]:
    """Return the project without the files that do not say what they mean, a prefix being wrong, and these findings.

    A file that says nothing becomes an error. What follows from either is held back, as if it could not be read.
    """
    unread = {error.file for error in errors}
    silent = [*syntax.silent(project.data.store, [one for one in project.data.sources if one.name not in unread])]
    errors += silent
    prefixes = tuple(vocabulary.prefixes(project.data.sources, {}))
    if silent or prefixes:
        before = [SourceError("", file) for file in project.absent.files if file not in unread]
        absent = _without(root, project.data, {one.file for one in prefixes}, [*errors, *before])
        project = replace(project, absent=absent)
    return project, prefixes


def _without(root: Path, part: Dataset, misled: Collection[str], errors: Sequence[SourceError]) -> Absent:
    """Take the files that are misled by a prefix from a part of the project; return all that is then absent."""
    lost = [source for source in part.sources if source.name in misled]
    for source in lost:
        part.store.remove_graph(NamedNode(source.graph))
    return vocabulary.absent(root, [*errors, *(SourceError("", source.name) for source in lost)])


def _from(root: Path, path: Path) -> str:
    """Return the way from the project to a file, as all files of findings are given."""
    return Path(os.path.relpath(path, root)).as_posix()


def _waiting(project: _Project) -> list[str]:
    """Return the files for which shapes and rules have to wait."""
    absent = project.absent
    return [
        file for file in absent.files if absent.blind or (file.startswith("ontology/") and section(file) != "shapes")
    ]


def _skipped(project: _Project, texts: Path | None, errors: Iterable[SourceError]) -> Iterator[str]:
    absent = project.absent
    if absent.files:
        yield f"what depends on {' and '.join(absent.files)}, until that can be read"
    if waiting := _waiting(project):
        yield f"shapes and rules, which need {' and '.join(waiting)}"
    elif not len(project.shapes.store) and not any(section(file) == "shapes" for file in absent.files):
        yield "shapes: there are none in ontology/, whose folders shapes/ hold them"
    yield from (f"shapes: all, for {one.file} has one that is none" for one in errors if one.rule == syntax.SHAPES)
    if texts is None:
        yield "evidence: no texts are at hand; name their directory with --texts DIR or KG_TEXTS"


# --- Asking all, or what a change touches ---


def _key(project: _Project) -> str:
    """Return a digest of all by which the data are checked."""
    terms = [source for source in project.data.sources if source.name.startswith("ontology/")]
    by = [glance(project.data.root, source.name) or "" for source in (*project.shapes.sources, *terms)]
    return cache.digest([*by, *(part for pair in sorted(project.queries.items()) for part in pair)])


def _anew(project: _Project, prefixes: tuple[Finding, ...], errors: list[SourceError]) -> tuple[_Names, Asked]:
    store, waits = project.data.store, bool(_waiting(project))
    with uncollected(), evaluate.aside(store, () if waits else project.rules) as answers:
        graph = shacl.Index(store)
        known = vocabulary.described(store, project.shapes.store)
        missing = graph.names(BASE) - known
        names = _Names(
            known,
            _by_file(vocabulary.undescribed(project.data, known)) if missing else {},
            (*prefixes, *lint.findings(project.data.sources)),
        )
        if waits:
            return names, Asked({}, {}, lasting=False)
        return names, evaluate.anew(store, graph, project.shapes, answers, errors)


def _again(project: _Project, memo: Memory, synced: "Synced") -> tuple[_Names, Asked] | None:
    """Return the same as `_anew`, from what is remembered and what the change touches; None where that will not do."""
    if any(file.startswith("ontology/") for file in synced.changed):
        return None
    sources = [source for source in project.data.sources if source.name in synced.changed]
    if any(syntax.silent(project.data.store, sources)) or any(vocabulary.prefixes(sources, {})):
        return None
    change = Change(project.data.store, synced.removed, synced.added)
    asked = evaluate.again(project.data.store, project.shapes, project.rules, memo, change)
    if asked is None:
        return None
    known = vocabulary.Described(project.data.store, project.shapes.store)
    unknown = vocabulary.undescribed_since(project.data, known, memo.unknown, synced.removed, synced.changed)
    prefixes = [one for one in memo.prefixes if one.file not in synced.changed]
    return _Names(known, unknown, (*prefixes, *lint.findings(sources))), asked


def _by_file(names: Mapping[Source, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {source.name: iris for source, iris in names.items()}


# --- From faults to findings ---


def _of_names(project: _Project, names: _Names) -> Iterator[Finding]:
    """Give the findings on names without a description and on prefixes."""
    yield from names.prefixes
    yield from vocabulary.prefixes(project.shapes.sources, project.queries)
    unknown = {source: names.unknown.get(source.name, frozenset()) for source in project.data.sources}
    for source, iris in (unknown | vocabulary.undescribed(project.shapes, names.known)).items():
        if wrong := frozenset(iri for iri in iris if not project.absent.mentions(iri)):
            yield from vocabulary.in_graph(source, wrong, names.known)


def _of_queries(project: _Project, known: vocabulary.Known) -> Iterator[Finding]:
    """Give the findings on stored questions and rules: names, syntax, headers."""
    graphs = {source.graph for source in project.data.sources}
    beside = project.absent.names | graphs
    names = known.beside(beside) if isinstance(known, vocabulary.Described) else frozenset(known) | beside
    for file, text in project.queries.items():
        found = () if project.absent.blind else tuple(vocabulary.in_query(file, text, names, project.absent))
        yield from found
        if not any(one.rule.startswith("syntax:") for one in found):
            yield from syntax.of_query(file, text)
        if file.startswith("queries/"):
            yield from syntax.of_header(file, text)


def _places(
    project: _Project, faults: Iterable[Fault], memo: Memory | None, changed: Collection[str]
) -> dict[Fault, Finding]:
    """Return the findings of faults; a place that is remembered holds as long as its file does."""
    locator = Locator(project.data)
    known = {fault: found for pairs in memo.faults.values() for fault, found in pairs} if memo else {}
    held = {fault: found for fault, found in known.items() if found.file not in changed}
    return {fault: held.get(fault) or locator.finding(fault) for fault in dict.fromkeys(faults)}


def _meant(project: _Project, names: _Names, places: Mapping[Fault, Finding]) -> Iterator[Finding]:
    """Give the findings but for those that only follow from others.

    A name that is described nowhere is one fault, not one more for each rule that misses its description; so is a
    class that is wrong.
    """
    held = causes.consequences(places)
    unknown = {f"<{iri}>" for iris in names.unknown.values() for iri in iris}
    for fault, finding in places.items():
        if fault in held or unknown & {str(fault.path), str(fault.value)}:
            continue
        if not project.absent.explains(fault, project.data.store):
            yield finding


def _of_evidence(fault: evidence.Fault, store: Store) -> Fault:
    focus, path = NamedNode(fault.focus), NamedNode(fault.path) if fault.path else None
    values = [quad.object for quad in store.quads_for_pattern(focus, path, None)] if path else []
    value = next((one for one in values if isinstance(one, NamedNode | Literal) and one.value == fault.value), None)
    message = worded(fault.message, sentence(fault.rule))
    return Fault(severity=fault.severity, rule=fault.rule, message=message, focus=focus, path=path, value=value)


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings by file, line, column and rule, once where only the value differs: the one that has it.

    What a shape has against one place is said once, too, be it against several of its demands.
    """
    once: dict[tuple[object, ...], Finding] = {}
    for one in sorted(findings, key=lambda one: (one.path is None, one.value is None, one.value, str(one))):
        said = "" if one.rule.startswith("shape:") else one.message
        once.setdefault((one.severity, one.rule, one.file, one.line, one.column, one.focus, said), one)
    return tuple(sorted(once.values(), key=lambda one: (one.file, one.line, one.column, one.rule, str(one))))
