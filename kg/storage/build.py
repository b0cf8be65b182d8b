"""How the index of a store comes from the files of a project: made of all of them, or changed where some have."""

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
from kg.storage.snapshots import INDEX, RECORDS

Say = Callable[[str], None]
Progress = Callable[[int, int], None]
Taken = TypeVar("Taken")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be brought in step, and when it began, in nanoseconds; `faults` takes what cannot be read."""

    root: Path
    directory: Path
    now: int
    faults: list[SourceError] | None
    say: Say
    report: Progress

    def source(self, name: str, seen: Seen) -> Source:
        """Return the source of a file that was seen."""
        return source(self.root, name, seen.faults.get(name, ""))

    def note(self, error: SourceError) -> None:
        """Note that a file cannot be read and is left out; raises the error where nobody wants to know."""
        if self.faults is None:
            raise error
        self.faults.append(error)


@dataclass(frozen=True, slots=True)
class Change:
    """The quads to remove and to add, the graphs of which nothing is left, and the digests of all files after it."""

    removed: tuple[Quad, ...]
    added: tuple[Quad, ...]
    empty: tuple[NamedNode, ...]
    digests: Mapping[str, str]


def difference(task: Task, index: Store, names: Sequence[str], seen: Seen, kept: Records) -> Change:
    """Return how the index differs from what these files say now; raises SourceError as `Task.note` does."""
    digests = dict(kept.digests)
    removed: list[Quad] = []
    added: list[Quad] = []
    empty: list[NamedNode] = []
    for done, name in enumerate(names):
        task.report(done, len(names))
        one, part = task.source(name, seen), Store()
        digests.pop(name, None)
        if name in seen.marks:
            try:
                digests[name] = manifest.digest(read(part, one))
            except SourceError as error:
                task.note(error)
        graph = NamedNode(one.graph)
        before, after = set(index.quads_for_pattern(None, None, None, graph)), set(part)
        removed += before - after
        added += after - before
        if before and not after:
            empty.append(graph)
    return Change(tuple(removed), tuple(added), tuple(empty), digests)


def changed(task: Task, index: Store, change: Change, seen: Seen) -> tuple[int, Records]:
    """Write a generation that has the change beside what the index has, and return its number and records."""
    with snapshots.begun(task.directory) as (number, path):
        index.backup(str(path / INDEX))
        marked = recorded(change.digests, seen, task.now, _apply(path / INDEX, change), gate.edition())
        snapshots.replace(path / RECORDS, manifest.written(marked))
    return number, marked


def _apply(path: Path, change: Change) -> str:
    """Make the change in an index, and return what the gate says to the outcome."""
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
        del index  # what closes it, also where an error keeps this frame


def anew(task: Task, seen: Seen) -> tuple[int, Records]:
    """Write a generation that has all files, and return its number and records; raises as `Task.note` does."""
    before = len(task.faults or ())
    with suppress(SyntaxError, MemoryError, SourceError):
        return _made(task, seen, careful=False)
    # In which file the engine does not know, and which is the first: so each is read by itself.
    if task.faults is not None:
        del task.faults[before:]
    return _made(task, seen, careful=True)


def _made(task: Task, seen: Seen, *, careful: bool) -> tuple[int, Records]:
    """Write the generation: of one document, or with care, file by file, which bears what is long and takes longer.

    Raises SyntaxError or MemoryError for a document that the engine cannot read.
    """
    digests: dict[str, str] = {}
    bundle = Bundle()

    def part(one: Source) -> bytes:
        data, found = bundle.part(one)
        digests[one.name] = manifest.digest(data)
        return found

    def quads(one: Source) -> Store:
        found = Store()
        digests[one.name] = manifest.digest(read(found, one))
        return found

    with snapshots.begun(task.directory) as (number, path):
        index = Store(str(path / INDEX))
        try:
            if careful:
                index.bulk_extend(chain.from_iterable(_each(task, seen, quads)))
            else:
                index.bulk_load(cast("IO[bytes]", Stream(_each(task, seen, part))), RdfFormat.TRIG)
            index.flush()
            refusal = gate.refusal(index)
        finally:
            del index  # what closes it, also where an error keeps this frame
        marked = recorded(digests, seen, task.now, refusal, gate.edition())
        snapshots.replace(path / RECORDS, manifest.written(marked))
    return number, marked


def _each(task: Task, seen: Seen, take: Callable[[Source], Taken]) -> Iterator[Taken]:
    """Give what is taken from each file, but for those that cannot be read."""
    for done, name in enumerate(sorted(seen.marks)):
        task.report(done, len(seen.marks))
        try:
            yield take(task.source(name, seen))
        except SourceError as error:
            task.note(error)


def recorded(digests: Mapping[str, str], seen: Seen, now: int, refusal: str, gate: str) -> Records:
    """Return the records of files that were read `now`, with what the gate of that edition said to them."""
    marks = {name: manifest.proven(seen.marks[name], now) for name in digests}
    return Records(manifest.state(digests), gate, refusal, digests, marks)
