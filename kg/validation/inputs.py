"""The inputs of a validation: data, shapes, rules and queries, read from disk or from texts in memory."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, Store

from kg.errors import SourceError
from kg.project import dataset
from kg.project.dataset import Dataset, Source, read, section
from kg.project.files import File, clashes, glance, listed, read_text
from kg.rdf.namespaces import BASE
from kg.rules import sparql_rule
from kg.rules.sparql_rule import SparqlRule
from kg.validation import syntax, vocabulary
from kg.validation.finding import Finding
from kg.validation.suppress import Absent

if TYPE_CHECKING:
    from kg.storage.store import Synced


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a project: those on disk, and texts in memory, by name, that stand in for some of them."""

    root: Path
    unsaved: Mapping[str, str]

    def glance(self, name: str) -> str | None:
        """Return the text of a file, whether UTF-8 or not, or None where it cannot be read."""
        return self.unsaved[name] if name in self.unsaved else glance(self.root, name)

    def name(self, path: Path) -> str:
        """Return the path from the project to a file, as findings name it."""
        return Path(os.path.relpath(path, self.root)).as_posix()


@dataclass(frozen=True, slots=True)
class Difference:
    """The change of the project since the state `before`, a digest of its files or None where that is unknown.

    `after` is the digest of the files now, None where texts in memory stand in for some. `changed` are names of files,
    `removed` and `added` quads of the graph.
    """

    before: str | None
    after: str | None
    changed: tuple[str, ...]
    removed: tuple[Quad, ...]
    added: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a validation, and the errors of files that cannot be read.

    `prefixes` are the findings on data files in which a prefix stands for another namespace than the project's.
    """

    files: Files
    data: Dataset
    shapes: Dataset
    queries: Mapping[str, str]
    rules: tuple[SparqlRule, ...]
    absent: Absent
    errors: tuple[SourceError, ...]
    difference: Difference | None = None
    prefixes: tuple[Finding, ...] = ()

    @property
    def waiting(self) -> list[str]:
        """Return the files for which shapes and rules have to wait."""
        files, blind = self.absent.files, self.absent.blind
        return [name for name in files if blind or (name.startswith("ontology/") and section(name) != "shapes")]


def load(root: Path, shapes: Sequence[Path], index: Path | None, unsaved: Mapping[str, str]) -> Inputs:
    """Return the inputs, as far as they can be read; the data come from the index where there is one."""
    # As they would be read from disk: without a byte-order mark, and with nothing that UTF-8 cannot hold.
    unsaved = {name: text.removeprefix("\ufeff").encode(errors="replace").decode() for name, text in unsaved.items()}
    files, errors = Files(root, unsaved), list[SourceError]()
    synced = None
    if index:
        from kg.storage import store

        synced = store.open(root, index, [] if unsaved else errors)
    data = synced.dataset if synced and not unsaved else dataset.load(root, errors, unsaved)
    difference = _difference(synced, data, unsaved) if synced else None
    shapes_ = shapes_of(files, shapes, errors)
    queries = dict(_queries(files, [path for path in shapes if path.suffix == ".rq"], errors))
    errors += syntax.silent(shapes_.store, shapes_.sources)
    misled = {finding.file for finding in vocabulary.prefixes(shapes_.sources, queries)}
    absent = _without(files, shapes_, misled, errors)
    rules: list[SparqlRule] = []
    for file, text in queries.items():
        if not file.startswith("queries/") and file not in misled:
            try:
                rules.append(sparql_rule.read(file, text))
            except SourceError as error:
                errors.append(error)
    return Inputs(files, data, shapes_, queries, tuple(rules), absent, tuple(errors), difference)


def shapes_of(files: Files, more: Sequence[Path], errors: list[SourceError]) -> Dataset:
    """Return the project's shapes and more of them, without the files that cannot be read; their errors are added."""
    sources = list(dataset.shapes(files.root, files.unsaved))
    own = [path for path in more if path.suffix != ".rq"]
    sources += [Source(path, files.name(path), graph=f"{BASE}shapes/{number}") for number, path in enumerate(own)]
    store, readable = Store(), []
    for source in sources:
        try:
            read(store, source)
            readable.append(source)
        except SourceError as error:
            errors.append(error)
    return Dataset(files.root, tuple(readable), store)


def in_memory(inputs: Inputs) -> Inputs:
    """Return the inputs with the data in memory, where a whole graph is queried several times faster than in an index.

    Data files that are empty, or in which a prefix is wrong, are left out, as if they could not be read: their
    meaning is unknown.
    """
    files = inputs.files
    if inputs.difference and not files.unsaved:
        inputs = replace(inputs, data=dataset.load(files.root, [], files.unsaved))
    unread = {error.file for error in inputs.errors}
    silent = [*syntax.silent(inputs.data.store, [one for one in inputs.data.sources if one.name not in unread])]
    prefixes = tuple(vocabulary.prefixes(inputs.data.sources, {}))
    if not silent and not prefixes:
        return inputs
    errors = (*inputs.errors, *silent)
    before = [SourceError("", file) for file in inputs.absent.files if file not in unread]
    absent = _without(files, inputs.data, {finding.file for finding in prefixes}, [*errors, *before])
    return replace(inputs, absent=absent, errors=errors, prefixes=prefixes)


def _difference(synced: "Synced", data: Dataset, unsaved: Mapping[str, str]) -> Difference:
    """Return the change of the files and then of the texts in memory, which at worst names more than has changed."""
    removed, added = [*synced.removed], [*synced.added]
    for source in data.sources if unsaved else ():
        if source.name in unsaved:
            graph = NamedNode(source.graph)
            old = set(synced.dataset.store.quads_for_pattern(None, None, None, graph))
            new = set(data.store.quads_for_pattern(None, None, None, graph))
            removed += old - new
            added += new - old
    after = None if unsaved else synced.after
    return Difference(synced.before, after, (*synced.changed, *unsaved), tuple(removed), tuple(added))


def _queries(files: Files, more: Sequence[Path], errors: list[SourceError]) -> Iterator[tuple[str, str]]:
    rules = dataset.rules(files.root, files.unsaved)
    questions = listed(files.root, "queries", ".rq", unsaved=files.unsaved)
    errors += (*clashes(rules, "rule"), *clashes(questions, "question"))
    for file in dataset.ontology_files(files.root, "", ".rq", files.unsaved):
        if file.name.endswith(".rq"):  # a folder that cannot be listed is an error of the vocabulary
            message = "is not read as a rule: move it below a folder rules/"
            errors.append(SourceError(message, file.name, rule=sparql_rule.FAULT))
    for file in (*rules, *questions, *(File(path, files.name(path)) for path in more)):
        try:
            if file.fault:
                raise SourceError(file.fault, file.name)
            yield file.name, read_text(file.path, file.name) if file.text is None else file.text
        except SourceError as error:
            errors.append(error)


def _without(files: Files, part: Dataset, misled: Collection[str], errors: Iterable[SourceError]) -> Absent:
    """Delete the graphs of files with a wrong prefix from a part of the project; return all that is then absent."""
    lost = [source for source in part.sources if source.name in misled]
    for source in lost:
        part.store.remove_graph(NamedNode(source.graph))
    return vocabulary.absent(files.glance, [*errors, *(SourceError("", source.name) for source in lost)])


def criteria(inputs: Inputs) -> Iterator[str]:
    """Give the texts by which the data are checked: shapes, vocabulary, queries."""
    terms = [source for source in inputs.data.sources if source.name.startswith("ontology/")]
    for source in (*inputs.shapes.sources, *terms):
        yield inputs.files.glance(source.name) or ""
    yield from (part for pair in sorted(inputs.queries.items()) for part in pair)
