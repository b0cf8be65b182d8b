"""The snapshots of an index, made from the files of a project: of all files, or of those that have changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, TypeVar, cast

from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from kg.errors import SourceError
from kg.privacy import gate
from kg.project.dataset import Source, read, source
from kg.storage import manifest, snapshots
from kg.storage.bulk_load import Bundle, Stream
from kg.storage.manifest import Records, Seen
from kg.storage.snapshots import STORE, Snapshot

Say = Callable[[str], None]
Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """An update of an index: `now` is its beginning in nanoseconds, `faults` collects the files that cannot be read."""

    root: Path
    directory: Path
    now: int
    faults: list[SourceError] | None
    say: Say
    report: Progress

    def source(self, name: str, seen: Seen) -> Source:
        """Return the source of a file."""
        return source(self.root, name, seen.faults.get(name, ""))

    def note(self, error: SourceError) -> None:
        """Collect the error of a file, which is left out; raise it if nobody collects them."""
        if self.faults is None:
            raise error
        self.faults.append(error)

    def records(self, digests: Mapping[str, str], seen: Seen, refusal: str, edition: str) -> Records:
        """Return the records of files that were read now, with the verdict of that edition of the gate."""
        marks = {name: manifest.proven(seen.marks[name], self.now) for name in digests}
        return Records(str(self.root.resolve()), manifest.state(digests), edition, refusal, digests, marks)


@dataclass(frozen=True, slots=True)
class Change:
    """The quads to remove and to add, the graphs that become empty, and the digests of all files after the change."""

    removed: tuple[Quad, ...]
    added: tuple[Quad, ...]
    empty: tuple[NamedNode, ...]
    digests: Mapping[str, str]


def difference(task: Task, index: Store, names: Sequence[str], seen: Seen, records: Records) -> Change:
    """Return the change that brings the index in step with these files; raises SourceError as `Task.note` does."""
    digests = dict(records.digests)
    removed: list[Quad] = []
    added: list[Quad] = []
    empty: list[NamedNode] = []
    for done, name in enumerate(names):
        task.report(done, len(names))
        file, part = task.source(name, seen), Store()
        digests.pop(name, None)
        if name in seen.marks:
            try:
                digests[name] = manifest.digest(read(part, file))
            except SourceError as error:
                task.note(error)
        graph = NamedNode(file.graph)
        before, after = set(index.quads_for_pattern(None, None, None, graph)), set(part)
        removed += before - after
        added += after - before
        if before and not after:
            empty.append(graph)
    return Change(tuple(removed), tuple(added), tuple(empty), digests)


def update(task: Task, index: Store, change: Change, seen: Seen) -> tuple[Snapshot, Records]:
    """Write a snapshot: a copy of the index with the change."""
    with snapshots.begun(task.directory) as snapshot:
        index.backup(str(snapshot.path / STORE))
        refusal = _apply(snapshot.path / STORE, change)
        records = task.records(change.digests, seen, refusal, gate.edition())
        snapshots.record(snapshot, manifest.written(records))
    return snapshot, records


def _apply(path: Path, change: Change) -> str:
    """Make the change in a store, and return the gate's verdict on the outcome."""
    index = Store(str(path))
    try:
        for quad in change.removed:
            index.remove(quad)
        for graph in change.empty:
            index.remove_graph(graph)
        index.extend(change.added)
        index.flush()
        return gate.refusal(index)
    finally:
        del index  # closes it, even if an error keeps this frame


def rebuild(task: Task, seen: Seen) -> tuple[Snapshot, Records]:
    """Write a snapshot of all files; raises SourceError as `Task.note` does."""
    before = len(task.faults or ())
    with suppress(SyntaxError, MemoryError, SourceError):
        return _rebuild(task, seen, singly=False)
    # The engine reports neither the file of a syntax error nor the first of several errors: each file is read alone.
    if task.faults is not None:
        del task.faults[before:]
    return _rebuild(task, seen, singly=True)


def _rebuild(task: Task, seen: Seen, *, singly: bool) -> tuple[Snapshot, Records]:
    """Write the snapshot of one document, or file by file, which takes longer and has no limit of length.

    Raises SyntaxError or MemoryError for a document that the engine cannot read.
    """
    digests: dict[str, str] = {}
    bundle = Bundle()

    def part(file: Source) -> bytes:
        data, part = bundle.part(file)
        digests[file.name] = manifest.digest(data)
        return part

    def quads(file: Source) -> Store:
        store = Store()
        digests[file.name] = manifest.digest(read(store, file))
        return store

    with snapshots.begun(task.directory) as snapshot:
        index = Store(str(snapshot.path / STORE))
        try:
            if singly:
                index.bulk_extend(chain.from_iterable(_each(task, seen, quads)))
            else:
                index.bulk_load(cast("IO[bytes]", Stream(_each(task, seen, part))), RdfFormat.TRIG)
            index.flush()
            refusal = gate.refusal(index)
        finally:
            del index  # closes it, even if an error keeps this frame
        records = task.records(digests, seen, refusal, gate.edition())
        snapshots.record(snapshot, manifest.written(records))
    return snapshot, records


def _each(task: Task, seen: Seen, take: Callable[[Source], T]) -> Iterator[T]:
    """Yield the result of `take` for each file that can be read."""
    for done, name in enumerate(sorted(seen.marks)):
        task.report(done, len(seen.marks))
        try:
            yield take(task.source(name, seen))
        except SourceError as error:
            task.note(error)
