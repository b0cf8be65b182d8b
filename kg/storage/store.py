"""The index of a project: an Oxigraph store on disk that follows the files, so that a command need not read them all.

`snapshots` describes the layout of the directory, and why neither a kill nor another process harms it.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, overload

from pyoxigraph import Quad, Store

from kg.errors import KgError, OutsideError, SourceError
from kg.privacy import gate
from kg.project.dataset import Dataset, Source, read_text, source
from kg.storage import manifest, snapshots
from kg.storage.lock import REBUILD, BusyError, damaged, outside, writer, writing
from kg.storage.manifest import FORMAT, Records, Seen
from kg.storage.snapshots import RECORDS, STORE, Snapshot

if TYPE_CHECKING:  # most calls find the index in step
    from kg.storage.build import Progress, Say, Task

#: When more than this share of the files and more than this number have changed, a rebuild is faster.
_SHARE, _FEW = 0.1, 50


@dataclass(frozen=True, slots=True)
class Synced:
    """An index in step with the files of its project, and the change that brought it there.

    `dataset.store` holds the same quads in the same graphs as `load(root)` returns, on disk and read-only. `records`
    has the digest of each file in the index by name; `after` is the digest of all these names and digests, `before` the
    same before the change, None after a rebuild. `changed` are the names of files that are new, deleted or have another
    content; `removed` and `added` are exactly the quads by which the index differs from before, in no order. All three
    are empty where nothing has changed and where `before` is None.

    `refusal` is the verdict of the privacy gate on the content, or "". `behind` are the names of files that the index
    does not follow yet, because another process is writing to it; see `open`.
    """

    dataset: Dataset
    before: str | None
    after: str
    records: Mapping[str, str]
    refusal: str
    changed: tuple[str, ...] = ()
    removed: tuple[Quad, ...] = ()
    added: tuple[Quad, ...] = ()
    behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """The content of an index: files, triples, bytes on disk; and the files of which it has another content or none."""

    directory: Path
    project: str
    files: int
    triples: int
    size: int
    differing: tuple[str, ...]


def _nothing(*_: object) -> None:
    """Do nothing."""


def current(root: Path, directory: Path) -> Synced | None:
    """Return the index if it is in step with the files of the project and needs no cleaning, else None.

    Writes nothing. Raises KgError for a directory that is not an index of this project, OutsideError for an index that
    cannot be read.
    """
    snapshot = snapshots.newest(directory)
    if snapshot is None:
        return None
    records = _records(root, directory, snapshot)
    with outside(directory, "read"):
        clean = not snapshots.has_remains(directory, snapshot.number)
    if clean and manifest.seen(root).marks == records.marks:
        return _opened(root, directory, snapshot, records)
    snapshot.close()
    return None


def open(
    root: Path,
    directory: Path,
    faults: list[SourceError] | None = None,
    say: "Say" = _nothing,
    report: "Progress" = _nothing,
    *,
    rebuild: bool = False,
    late: bool = False,
) -> Synced:
    """Bring the index in the directory in step with the files of the project, and return it.

    Only files that are new, deleted or changed are read. The first file that cannot be read raises SourceError, and the
    index stays as it was; with a list in `faults` the error is collected there, and the index is without that file, as
    in `load`. With `rebuild` all files are read, and the old index may be damaged or of another project. `say` receives
    a message on the remains of an interrupted write, which are deleted; `report` the number of files read, and of all.

    Raises KgError for a directory that is not an index of this project, OutsideError where the index is damaged or
    cannot be read or written, BusyError where another process is writing to it and it is not in step; with `late` this
    is said instead, and the index is returned as it was before, with the names of the files that it does not follow.
    """
    if not rebuild and (synced := current(root, directory)):
        return synced
    try:
        lock = writing(directory)
    except OutsideError as error:
        if rebuild:
            raise
        return _unwritten(root, directory, error, say if late else None)
    from kg.storage.build import Task

    with lock, outside(directory, "written"):
        now = os.fstat(lock.fileno()).st_mtime_ns
        task = Task(root, directory, now, faults, say, report)
        return _rebuilt(task, manifest.seen(root)) if rebuild else _updated(task)


def status(root: Path, directory: Path) -> Status | None:
    """Return the content of the index, None where there is none; writes nothing.

    Raises KgError for a directory that is not an index of this project, OutsideError for an index that cannot be read.
    """
    snapshot = snapshots.newest(directory)
    if snapshot is None:
        return None
    with closing(snapshot), outside(directory, "read"):
        records, seen = _records(root, directory, snapshot), manifest.seen(root)
        files = {(entry.st_dev, entry.st_ino): entry.st_size for entry in map(Path.lstat, directory.rglob("*"))}
        triples = len(_store(directory, snapshot))
        differing = _differing(root, seen, records)
    return Status(directory, records.project, len(records.digests), triples, sum(files.values()), differing)


def clear(root: Path, directory: Path, *, force: bool = False) -> list[str] | None:
    """Delete an index and return the names of other files in the directory, which stay; None if there is no index.

    Raises KgError for a directory that is not an index, and without `force` for the index of another project;
    OutsideError where another process reads or writes the index.
    """
    if not force and (snapshot := snapshots.newest(directory)):
        with closing(snapshot), suppress(OutsideError):  # a damaged index belongs to nobody
            project = _read(directory, snapshot).project
            if project != str(root.resolve()):
                raise KgError(f"{_of_another(root, directory, project)}: delete it with kg index clear --force")
    return snapshots.clear(directory)


# --- Reading ---


class _Listed(Sequence[Source]):
    """The sources of a dataset, made on first use: most commands need none, and there may be very many."""

    def __init__(self, root: Path, names: Iterable[str], faults: Mapping[str, str]) -> None:
        self._root, self._names, self._faults = root, names, faults
        self._made: tuple[Source, ...] | None = None

    def _all(self) -> tuple[Source, ...]:
        if self._made is None:
            self._made = tuple(source(self._root, name, self._faults.get(name, "")) for name in sorted(self._names))
        return self._made

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Source]:
        return iter(self._all())

    @overload
    def __getitem__(self, index: int) -> Source: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Source]: ...
    def __getitem__(self, index: int | slice) -> Source | Sequence[Source]:
        return self._all()[index]


def _read(directory: Path, snapshot: Snapshot) -> Records:
    with outside(directory, "read"):
        try:
            data = (snapshot.path / RECORDS).read_bytes()
            number = manifest.format_of(data)
            if number == FORMAT:
                return manifest.read(data)
        except (FileNotFoundError, ValueError) as error:
            raise damaged(directory, f"{RECORDS} cannot be read") from error
    raise KgError(f"the index in '{directory}' has format {number}, and this kg writes {FORMAT}: {REBUILD}")


def _records(root: Path, directory: Path, snapshot: Snapshot) -> Records:
    """Return the records of a snapshot; raises KgError where they are of another format or project."""
    records = _read(directory, snapshot)
    if records.project != str(root.resolve()):
        another = _of_another(root, directory, records.project)
        raise KgError(f"{another}: name another directory; or {REBUILD}")
    return records


def _of_another(root: Path, directory: Path, project: str) -> str:
    return f"the index in '{directory}' belongs to '{project}', not to '{root.resolve()}'"


def _store(directory: Path, snapshot: Snapshot) -> Store:
    with outside(directory, "read"):
        try:
            return Store.read_only(str(snapshot.path / STORE))
        except FileNotFoundError as error:
            raise damaged(directory, f"{STORE} is incomplete") from error


def _opened(root: Path, directory: Path, snapshot: Snapshot, records: Records, seen: Seen | None = None) -> Synced:
    """Return the index as it is; files that cannot be read are sources, too."""
    store = _store(directory, snapshot)
    refusal = records.refusal if records.gate == gate.edition() else gate.refusal(store)
    listed = _Listed(root, seen.marks if seen else records.digests, seen.faults if seen else {})
    return Synced(Dataset(root, listed, store, snapshot), records.state, records.state, records.digests, refusal)


def _unwritten(root: Path, directory: Path, error: OutsideError, say: "Say | None") -> Synced:
    """Return the index that cannot be written if it is in step, or if it is busy and that can be said; else raise."""
    snapshot = snapshots.newest(directory)
    if snapshot is None:
        raise error
    records, seen = _records(root, directory, snapshot), manifest.seen(root)
    behind = _differing(root, seen, records)
    if behind:
        if not (say and isinstance(error, BusyError)):
            raise error
        files = f"{len(behind):,} {'file' if len(behind) == 1 else 'files'}"
        say(f"{writer(directory)} is writing to the index: this answer is from the graph before {files} changed")
    return replace(_opened(root, directory, snapshot, records, seen), behind=behind)


# --- Writing ---


def _updated(task: "Task") -> Synced:
    """Bring an index in step: change it, or rebuild it where there is none yet or little stays."""
    from kg.storage.build import difference, update

    root, directory = task.root, task.directory
    old = snapshots.newest(directory)
    snapshots.tidy(directory, old.number if old else 0, task.say)
    seen = manifest.seen(root)
    if old is None:
        return _rebuilt(task, seen)
    records = _records(root, directory, old)
    names = _differing(root, seen, records)
    if len(names) > max(_FEW, _SHARE * len(seen.marks)):
        old.close()
        return _rebuilt(task, seen)
    store = _store(directory, old)
    change = difference(task, store, names, seen, records)
    if change.digests == records.digests:
        renewed = task.records(records.digests, seen, records.refusal, records.gate)
        with suppress(OSError):  # they only save time
            snapshots.replace(old.path / RECORDS, manifest.written(renewed))
        return _opened(root, directory, old, renewed, seen)
    new, renewed = update(task, store, change, seen)
    del store
    old.close()
    snapshots.tidy(directory, new.number, task.say)
    changed = tuple(name for name in names if change.digests.get(name) != records.digests.get(name))
    synced = _opened(root, directory, new, renewed, seen)
    return replace(synced, before=records.state, changed=changed, removed=change.removed, added=change.added)


def _rebuilt(task: "Task", seen: Seen) -> Synced:
    """Build the index of all files."""
    from kg.storage.build import rebuild

    new, records = rebuild(task, seen)
    snapshots.tidy(task.directory, new.number, task.say)
    return replace(_opened(task.root, task.directory, new, records, seen), before=None)


def _differing(root: Path, seen: Seen, records: Records) -> tuple[str, ...]:
    """Return the names of the files whose content is not in the index; a file that cannot be read has no content."""
    suspects = (name for name, mark in seen.marks.items() if mark != records.marks.get(name))
    differing = {name for name in suspects if _digest(root, name, seen) != records.digests.get(name, "")}
    return tuple(sorted(differing | (records.digests.keys() - seen.marks.keys())))


def _digest(root: Path, name: str, seen: Seen) -> str | None:
    if name in seen.faults:
        return None
    try:
        return manifest.digest(read_text(root / name, name).encode())
    except SourceError:
        return None
