"""The graph kept on disk: an Oxigraph index that follows the project's files, so that not all are read each time.

How a store lies in its directory, and why neither a kill nor another process harms it, is told in `generations`.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, overload

from pyoxigraph import Quad, Store

from kg.errors import OutsideError, SourceError
from kg.privacy import gate
from kg.project.dataset import Dataset, Source, read_text, source
from kg.storage import manifest, snapshots
from kg.storage.manifest import Records, Seen
from kg.storage.snapshots import INDEX, RECORDS, Generation, damaged, outside

if TYPE_CHECKING:  # most calls find the store in step
    from kg.storage.build import Progress, Say, Task

#: When more than this share of the files has changed, and more than so many, the index is made anew: that is faster.
_SHARE, _FEW = 0.1, 50


@dataclass(frozen=True, slots=True)
class Synced:
    """A store in step with the files of its project, and what has changed in it to be so.

    `dataset.store` holds the same quads in the same graphs as `load(root)` gives, on disk and only to be read.
    `records` has the files that are in it, by name, each with its digest; `after` is the digest of all these names and
    digests, `before` the same as it was before, None where the index was made anew. `changed` are the names of the
    files that are new or gone or have another content; `removed` and `added` are exactly the quads by which the store
    differs from before, in no order. All three are empty where nothing has changed and where `before` is None.

    `refusal` is what the gate for privacy says against the content, or "". `behind` are the names of files that the
    store does not follow yet, because another process is writing to it; see `open`.
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
    """What a store holds: files, triples, bytes on disk; and the files of which it has another content or none."""

    directory: Path
    project: str
    format: int
    generation: int
    files: int
    triples: int
    size: int
    differing: tuple[str, ...]


def _nothing(*_: object) -> None:
    """Do nothing."""


def current(root: Path, directory: Path) -> Synced | None:
    """Return the store where it is in step with the files of the project and has nothing to mend, else None.

    Nothing is written. Raises KgError for a directory that is no store of this project, OutsideError for a store that
    cannot be read.
    """
    generation = snapshots.held(directory, root)
    if generation is None:
        return None
    kept = _kept(directory, generation)
    if manifest.seen(root).marks != kept.marks or snapshots.is_left(directory, generation.number):
        generation.hold.close()
        return None
    return _opened(root, directory, generation, kept)


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
    """Bring the store in the directory in step with the files of the project, and return it.

    Only files that are new, gone or changed are read. The first file that cannot be read raises SourceError, and the
    store stays as it was; with a list in `faults` the error is noted there, and the store is without that file, as
    `load` does it. With `rebuild` it is made anew, whatever it was. `say` is told what went wrong before and was
    mended, `report` how many files are read of how many.

    Raises KgError for a directory that is no store of this project, OutsideError where the store is damaged, cannot be
    read or written, or where another process is writing to it; with `late` the last is said, and the store is returned
    as it was before, with the names of the files that it does not follow yet.
    """
    if rebuild:
        with suppress(OutsideError):  # it may be damaged, or of another project or format, but must be a store
            snapshots.mark(directory)
    elif found := current(root, directory):
        return found
    from kg.storage.build import Task

    refused = None if late else _busy(directory)
    try:
        lock = snapshots.writing(directory)
    except OutsideError as error:
        lock, refused = None, error
    if lock is None:
        if rebuild:
            raise refused or _busy(directory)
        return _before(root, directory, say, refused)
    with lock, outside(directory, "written"):
        now = os.fstat(lock.fileno()).st_mtime_ns
        task = Task(root, directory, now, faults, say, report)
        return _anew(task, None) if rebuild else _onward(task)


def status(root: Path, directory: Path) -> Status | None:
    """Return what the store holds, None where there is none; nothing is written.

    Raises KgError for a directory that is no store of this project, OutsideError for a store that cannot be read.
    """
    mark, generation = snapshots.fitting(directory, root), snapshots.held(directory, root)
    if mark is None or generation is None:
        return None
    with closing(generation.hold), outside(directory, "read"):
        kept, seen = _kept(directory, generation), manifest.seen(root)
        differing = _differing(root, seen, kept)
        files = {(found.st_dev, found.st_ino): found.st_size for found in map(Path.lstat, directory.rglob("*"))}
    return Status(
        directory,
        mark.project,
        mark.format,
        generation.number,
        len(kept.digests),
        len(_index(directory, generation)),
        sum(files.values()),
        differing,
    )


# --- Reading ---


class _Listed(Sequence[Source]):
    """The sources of a dataset, made when somebody asks for them: most commands do not, and there may be very many."""

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


def _kept(directory: Path, generation: Generation) -> Records:
    with outside(directory, "read"):
        try:
            return manifest.read((generation.path / RECORDS).read_bytes())
        except (FileNotFoundError, ValueError) as error:
            raise damaged(directory, f"{RECORDS} cannot be read") from error


def _index(directory: Path, generation: Generation) -> Store:
    with outside(directory, "read"):
        try:
            return Store.read_only(str(generation.path / INDEX))
        except FileNotFoundError as error:
            raise damaged(directory, f"{INDEX} is not whole") from error


def _opened(root: Path, directory: Path, generation: Generation, kept: Records, seen: Seen | None = None) -> Synced:
    """Return the store in step, without a change; files that cannot be read are sources all the same."""
    index = _index(directory, generation)
    refusal = kept.refusal if kept.gate == gate.edition() else gate.refusal(index)
    listed = _Listed(root, seen.marks if seen else kept.digests, seen.faults if seen else {})
    return Synced(Dataset(root, listed, index, generation.hold), kept.state, kept.state, kept.digests, refusal)


def _busy(directory: Path) -> OutsideError:
    writer = snapshots.writer(directory)
    return OutsideError(f"{writer} is writing to the store in '{directory}': try again when it is done")


def _before(root: Path, directory: Path, say: "Say", error: OutsideError | None) -> Synced:
    """Return the store as it is where it cannot be written; raises the error if that is not in step."""
    generation = snapshots.held(directory, root)
    if generation is None:
        raise error or _busy(directory)
    kept, seen = _kept(directory, generation), manifest.seen(root)
    behind = _differing(root, seen, kept)
    if behind and error:
        raise error
    if behind:
        files = f"{len(behind):,} {'file' if len(behind) == 1 else 'files'}"
        say(f"{snapshots.writer(directory)} is writing to the store: this is the graph before {files} changed")
    return replace(_opened(root, directory, generation, kept, seen), behind=behind)


# --- Writing ---


def _onward(task: "Task") -> Synced:
    """Bring a store in step: from where it is, or anew where there is nothing yet or too little stays."""
    from kg.storage.build import changed, difference, recorded

    snapshots.prepare(task.directory, task.root)
    old = snapshots.held(task.directory, task.root)
    snapshots.tidy(task.directory, old.number if old else 0, task.say)
    if old is None:
        return _anew(task, None)
    kept, seen = _kept(task.directory, old), manifest.seen(task.root)
    names = _differing(task.root, seen, kept)
    if len(names) > max(_FEW, _SHARE * len(seen.marks)):
        return _anew(task, old)
    index = _index(task.directory, old)
    change = difference(task, index, names, seen, kept)
    if change.digests == kept.digests:
        marked = recorded(kept.digests, seen, task.now, kept.refusal, kept.gate)
        with suppress(OSError):  # it is but for speed
            snapshots.replace(old.path / RECORDS, manifest.written(marked))
        return _opened(task.root, task.directory, old, marked, seen)
    number, marked = changed(task, index, change, seen)
    del index
    old.hold.close()
    found = _published(task, number, marked, seen)
    others = tuple(name for name in names if change.digests.get(name) != kept.digests.get(name))
    return replace(found, before=kept.state, changed=others, removed=change.removed, added=change.added)


def _differing(root: Path, seen: Seen, kept: Records) -> tuple[str, ...]:
    """Return the names of the files with another content than the store has; those that cannot be read have none."""
    unlike = (name for name, mark in seen.marks.items() if mark != kept.marks.get(name))
    differing = {name for name in unlike if _digest(root, name, seen) != kept.digests.get(name, "")}
    return tuple(sorted(differing | (kept.digests.keys() - seen.marks.keys())))


def _digest(root: Path, name: str, seen: Seen) -> str | None:
    if name in seen.faults:
        return None
    try:
        return manifest.digest(read_text(root / name, name).encode())
    except SourceError:
        return None


def _anew(task: "Task", old: Generation | None) -> Synced:
    """Make the index of all files."""
    from kg.storage.build import anew

    seen = manifest.seen(task.root)
    number, marked = anew(task, seen)
    if old:
        old.hold.close()
    return _published(task, number, marked, seen)


def _published(task: "Task", number: int, marked: Records, seen: Seen) -> Synced:
    """Let a new generation count, and return it."""
    snapshots.publish(task.directory, task.root, number)
    snapshots.tidy(task.directory, number, task.say)
    found = snapshots.held(task.directory, task.root)
    if found is None or found.number != number:
        raise damaged(task.directory, "what was written is gone")
    return replace(_opened(task.root, task.directory, found, marked, seen), before=None)
