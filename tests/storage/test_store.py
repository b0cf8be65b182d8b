"""The index: the same graph as in memory, in step with the files, safe from kills, other processes and full disks."""

import fcntl
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode, Quad, RdfFormat, Store
from support.cli import kg
from support.identifying_texts import PLANTED, PREFIX_LINES
from support.paths import ROOT
from support.questions import SAMPLE_VALUES

from kg.cli.main import cli
from kg.errors import KgError, OutsideError, SourceError
from kg.privacy import gate as privacy_gate
from kg.project.dataset import load, source
from kg.query.questions import catalogue
from kg.rdf.namespaces import expand
from kg.storage import build, lock, manifest, snapshots, store

#: Processes, servers or many commands: a minute and a half together.
pytestmark = pytest.mark.slow

LINE = "<https://a.example/x> <https://a.example/p> {} .\n"
B, C = "graph/b.ttl", "graph/articles/c.ttl"
#: The user id without rights, for tests that run as root.
NOBODY = 65534


@pytest.fixture
def project(sample_root: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample_root, tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a project of three files with a triple each."""
    root = tmp_path / "small"
    for number, name in enumerate(("ontology/a.ttl", B, C)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(LINE.format(number))
    return root


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every time count as old: no test can wait until a file is."""
    monkeypatch.setattr(manifest, "COARSE", -(10**18))


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for other processes."""
    monkeypatch.setattr(lock, "PATIENCE", 0.0)
    monkeypatch.setattr(snapshots, "PATIENCE", 0.0)


def said(name: str, *values: int) -> set[Quad]:
    """Return the quads of a file with these values."""
    part = Store()
    part.load("".join(map(LINE.format, values)), RdfFormat.TURTLE, to_graph=NamedNode(source(Path(), name).graph))
    return set(part)


def unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next reading of any file fail the test."""

    def refuse(*_: object) -> None:
        raise AssertionError("a file was read")

    monkeypatch.setattr(store, "read_text", refuse)
    for name in ("read", "Bundle"):
        monkeypatch.setattr(build, name, refuse)


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the lock for writing, as another process would."""
    home.mkdir(exist_ok=True)
    with (home / "kg-index.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- In step with the files ---


def test_an_index_holds_the_same_graph_as_memory(project: Path, home: Path) -> None:
    found, wanted = store.open(project, home).dataset, load(project)
    assert set(found.store) == set(wanted.store)
    assert set(found.store.named_graphs()) == set(wanted.store.named_graphs())
    assert tuple(found.sources) == tuple(wanted.sources)
    assert found.root == wanted.root


def test_blank_nodes_of_two_files_stay_two(small: Path, home: Path) -> None:
    for name in (B, C):
        (small / name).write_text("_:x <https://a.example/p> [ <https://a.example/p> 1 ] .\n")
    kept, wanted = store.open(small, home).dataset.store, load(small).store
    assert len(kept) == len(wanted) == 5
    assert len({quad.subject for quad in kept}) == len({quad.subject for quad in wanted}) == 5


@pytest.mark.parametrize("name", ["units (copy)", "100%", "a<b", "é", "\udcff", "articles/A B", "line\nfeed"])
def test_a_file_may_have_any_name(small: Path, home: Path, name: str) -> None:
    (small / "graph" / f"{name}.ttl").write_text(LINE.format(7))
    store.open(small, home)
    assert set(store.open(small, home).dataset.store) == set(load(small).store)


def test_an_index_in_step_is_opened_without_the_modules_that_write(small: Path, home: Path) -> None:
    """Every command with an index would have to wait for their import."""
    store.open(small, home)
    code = (
        "import sys; from pathlib import Path; from kg.storage import manifest, store; manifest.COARSE = -(10**18); "
        "store.open(*map(Path, sys.argv[1:])); found = store.current(*map(Path, sys.argv[1:])); "
        "assert found; print('kg.storage.build' in sys.modules)"
    )
    for writes in ("True", "False"):  # the first run notes the times of the files
        done = subprocess.run([sys.executable, "-c", code, small, home], check=True, capture_output=True, text=True)
        assert done.stdout.strip() == writes


@pytest.mark.usefixtures("proven")
def test_files_that_have_not_changed_are_not_read(small: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.open(small, home)
    unreadable(monkeypatch)
    again, seen = store.open(small, home), store.current(small, home)
    assert seen is not None
    for one in (again, seen):
        assert (one.before, one.after, one.records) == (first.after, first.after, first.records)
        assert (one.changed, one.removed, one.added) == ((), (), ())


def test_a_file_that_is_as_young_as_the_index_is_read_again(small: Path, home: Path) -> None:
    store.open(small, home)
    assert store.current(small, home) is None
    assert store.open(small, home).changed == ()


@pytest.mark.usefixtures("proven")
def test_a_file_that_was_touched_is_read_once(small: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.open(small, home)
    os.utime(small / B, ns=(0, 0))
    assert store.open(small, home).changed == ()
    unreadable(monkeypatch)
    assert store.current(small, home) is not None


@pytest.mark.usefixtures("proven")
def test_a_change_that_keeps_size_and_time_is_seen(small: Path, home: Path) -> None:
    store.open(small, home)
    before = (small / B).stat()
    (small / B).write_text(LINE.format(8))
    os.utime(small / B, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert store.open(small, home).changed == (B,)


def test_a_change_in_the_tick_of_the_reading_is_seen(small: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def frozen(_: Path) -> manifest.Seen:
        return manifest.Seen(dict.fromkeys(("ontology/a.ttl", B, C), "52 9 9 9"), {})

    monkeypatch.setattr(manifest, "seen", frozen)
    monkeypatch.setattr(os, "fstat", lambda number, fstat=os.fstat: _at(9, fstat(number)))
    store.open(small, home)
    (small / B).write_text(LINE.format(8))
    assert store.open(small, home).changed == (B,)


def _at(time: int, found: os.stat_result) -> os.stat_result:
    """Return the status of a file with another time of modification, in nanoseconds."""
    return os.stat_result(found[:10], {"st_mtime_ns": time})


def test_a_change_is_reported_exactly(small: Path, home: Path) -> None:
    first = store.open(small, home)
    assert (first.before, first.changed, first.removed, first.added) == (None, (), (), ())
    (small / B).write_text(LINE.format(1) + LINE.format(5))
    (small / C).unlink()
    (small / "graph" / "d.ttl").write_text(LINE.format(6))
    second = store.open(small, home)
    assert second.before == first.after != second.after
    assert second.changed == (C, B, "graph/d.ttl")
    assert set(second.removed) == said(C, 2)
    assert set(second.added) == said(B, 5) | said("graph/d.ttl", 6)
    assert set(second.dataset.store) == set(load(small).store)
    assert set(second.dataset.store.named_graphs()) == set(load(small).store.named_graphs())


def test_a_file_is_recorded_by_its_digest(small: Path, home: Path) -> None:
    (small / B).write_bytes(b"\xef\xbb\xbf" + LINE.format(1).encode())
    kept = store.open(small, home).records
    assert list(kept) == [C, B, "ontology/a.ttl"]
    assert kept[B] == hashlib.sha256(LINE.format(1).encode()).hexdigest()


def test_a_state_depends_on_names_and_contents_only(small: Path, home: Path, tmp_path: Path) -> None:
    shutil.copytree(small, tmp_path / "copy")
    assert store.open(small, home).after == store.open(tmp_path / "copy", tmp_path / "other").after


def test_a_change_of_a_comment_changes_no_quad(small: Path, home: Path) -> None:
    first = store.open(small, home)
    (small / B).write_text(f"# Why.\n{LINE.format(1)}")
    second = store.open(small, home)
    assert (second.changed, second.removed, second.added) == ((B,), (), ())
    assert second.before == first.after != second.after == store.open(small, home).after


def test_when_many_files_have_changed_the_index_is_rebuilt(
    small: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_FEW", 1)
    store.open(small, home)
    for name in (B, C):
        (small / name).write_text(LINE.format(9))
    found = store.open(small, home)
    assert (found.before, found.changed) == (None, ())
    assert set(found.dataset.store) == set(load(small).store)


def test_many_small_changes_leave_the_same_as_one_load(small: Path, home: Path) -> None:
    for number in range(12):
        (small / B).write_text("".join(LINE.format(value) for value in range(number % 5)))
        (small / "graph" / f"{number % 3}.ttl").write_text(LINE.format(number))
        if number % 4 == 3:
            (small / "graph" / f"{number % 3}.ttl").unlink()
        assert set(store.open(small, home).dataset.store) == set(load(small).store)
    assert set(store.open(small, home).dataset.store.named_graphs()) == set(load(small).store.named_graphs())


# --- Files that cannot be read ---


@pytest.mark.parametrize(
    "text", [b"nonsense", b"<https://a.example/x> oops", b"# \xff", b'<https://a.example/x> <https://a.example/p> "']
)
@pytest.mark.parametrize("old", [False, True])
def test_a_broken_file_is_an_error_as_in_memory(small: Path, home: Path, text: bytes, old: bool) -> None:
    if old:
        before = set(store.open(small, home).dataset.store)
    (small / B).write_bytes(text)
    with pytest.raises(SourceError) as wanted:
        load(small)
    for _ in range(2):
        with pytest.raises(SourceError) as found:
            store.open(small, home)
        assert str(found.value) == str(wanted.value)
    if old:
        (small / B).write_text(LINE.format(1))
        assert store.open(small, home).changed == ()
        assert set(store.open(small, home).dataset.store) == before


@pytest.mark.parametrize("old", [False, True])
def test_broken_files_can_be_left_out_as_in_memory(small: Path, home: Path, old: bool) -> None:
    if old:
        store.open(small, home)
    (small / B).write_bytes(b"nonsense")
    (small / "graph" / "d.ttl").mkdir()
    wanted: list[SourceError] = []
    inside = load(small, wanted)
    for turn in range(2):
        found: list[SourceError] = []
        synced = store.open(small, home, found)
        assert list(map(str, found)) == list(map(str, wanted))
        assert set(synced.dataset.store) == set(inside.store)
        assert tuple(synced.dataset.sources) == tuple(inside.sources)
        assert synced.changed == ((B,) if old and not turn else ())
        assert B not in synced.records
    with pytest.raises(SourceError):
        store.open(small, home)


# --- Kills ---


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_an_index_that_the_next_process_repairs(small: Path) -> None:
    # In memory where there is room: what takes the time is that all is put on the disk.
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as name:
        shutil.copytree(small, Path(name) / "project")
        words = [sys.executable, str(ROOT / "tests" / "support" / "kill_index_writer.py"), name]
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    for way, counted in json.loads(done.stdout).items():
        assert counted["steps"] >= 10, way
        assert 0 < counted["said"] < counted["steps"] or (way == "copy" and counted["said"]), way


# --- Two at once ---


@pytest.mark.usefixtures("hasty")
def test_a_reader_goes_on_while_another_process_writes(small: Path, home: Path) -> None:
    reader = store.open(small, home)
    (small / B).write_text(LINE.format(9))
    writer = store.open(small, home)
    assert set(reader.dataset.store) == said("ontology/a.ttl", 0) | said(B, 1) | said(C, 2)
    assert set(writer.dataset.store) == said("ontology/a.ttl", 0) | said(B, 9) | said(C, 2)
    assert len(list(home.glob("index-*"))) == 2
    del reader, writer
    (small / B).write_text(LINE.format(10))
    store.open(small, home)
    assert len(list(home.glob("index-*"))) == 1


@pytest.mark.usefixtures("hasty")
def test_while_another_process_writes_a_reader_gets_the_state_before_and_a_message(small: Path, home: Path) -> None:
    store.open(small, home)
    (small / B).write_text(LINE.format(9))
    words: list[str] = []
    with locked(home):
        found = store.open(small, home, say=words.append, late=True)
        with pytest.raises(OutsideError, match=r"another process .*is writing to the index in .*: try again"):
            store.open(small, home)
    assert found.behind == (B,)
    assert set(found.dataset.store) >= said(B, 1)
    assert len(words) == 1 and words[0].endswith(
        " is writing to the index: this answer is from the graph before 1 file changed"
    )
    assert store.open(small, home).behind == ()


@pytest.mark.usefixtures("hasty", "proven")
def test_while_another_process_writes_an_index_in_step_is_read(small: Path, home: Path) -> None:
    store.open(small, home)
    with locked(home):
        assert store.open(small, home).behind == ()
        (home / "index-2").mkdir()
        assert store.open(small, home).behind == ()


@pytest.mark.usefixtures("hasty")
def test_while_another_process_builds_the_index_there_is_nothing_to_read(small: Path, home: Path) -> None:
    with locked(home), pytest.raises(OutsideError, match=r"is writing to the index in .*: try again when it is done"):
        store.open(small, home, late=True)


def test_two_processes_at_once_both_end_well(small: Path, home: Path) -> None:
    for number in range(200):
        (small / "graph" / f"{number}.ttl").write_text("".join(LINE.format(value) for value in range(50)))
    script = "import sys; from pathlib import Path; from kg.storage import store; store.open(*map(Path, sys.argv[1:]))"
    words = [sys.executable, "-c", script, str(small), str(home)]
    running = [subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(4)]
    ends = [(one.wait(timeout=120), one.communicate()[1]) for one in running]
    assert all(code == 0 or "try again when it is done" in words for code, words in ends), ends
    assert any(code == 0 for code, _ in ends)
    assert set(store.open(small, home).dataset.store) == set(load(small).store)


# --- Other directories, and indexes of others ---


def _files(directory: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["thesis.txt", ".hidden", "index-1", "lock", ".gitignore"])
def test_a_directory_with_other_files_is_refused_and_not_changed(small: Path, home: Path, name: str) -> None:
    home.mkdir()
    (home / name).write_text("mine")
    before = _files(home)
    for way in (store.open, partial(store.open, rebuild=True), store.status, store.current):
        with pytest.raises(KgError, match="is neither empty nor an index: name a new directory"):
            way(small, home)
    with pytest.raises(KgError, match="is neither empty nor an index"):
        snapshots.clear(home)
    assert _files(home) == before


def test_a_file_is_not_an_index(small: Path, home: Path) -> None:
    home.write_text("mine")
    with pytest.raises(KgError, match="is not a directory"):
        store.open(small, home)
    assert home.read_text() == "mine"


def test_an_empty_directory_becomes_an_index_that_git_ignores(small: Path, home: Path) -> None:
    home.mkdir()
    store.open(small, home)
    assert (home / ".gitignore").read_text() == "*\n"


def test_the_index_of_another_project_is_refused(small: Path, home: Path, tmp_path: Path) -> None:
    store.open(small, home)
    shutil.copytree(small, tmp_path / "copy")
    (tmp_path / "copy" / B).write_text(LINE.format(9))
    before = _files(home)
    for way in (store.open, store.status, store.current):
        with pytest.raises(
            KgError, match=r"belongs to '.*small', not to '.*copy': name another directory; or rebuild it with kg index"
        ):
            way(tmp_path / "copy", home)
    assert _files(home) == before
    assert set(store.open(tmp_path / "copy", home, rebuild=True).dataset.store) >= said(B, 9)


@pytest.mark.parametrize("number", [0, manifest.FORMAT + 1])
def test_an_index_of_another_format_is_refused(small: Path, home: Path, number: int) -> None:
    store.open(small, home)
    records = home / "index-1" / "records"
    head = f"hearsay-index {manifest.FORMAT}".encode()
    records.write_bytes(records.read_bytes().replace(head, f"hearsay-index {number}".encode()))
    before = _files(home)
    for way in (store.open, store.status, store.current):
        with pytest.raises(KgError, match=f"has format {number}, and this kg writes {manifest.FORMAT}: rebuild it"):
            way(small, home)
    assert _files(home) == before
    assert len(store.open(small, home, rebuild=True).dataset.store) == 3


def _garbled(*paths: Path) -> None:
    for path in paths:
        data = bytearray(path.read_bytes())
        for place in range(0, len(data), 7):
            data[place] ^= 0xFF
        path.write_bytes(data)


def _gone(*paths: Path) -> None:
    for path in paths:
        path.unlink()


def _cut(*paths: Path) -> None:
    for path in paths:
        os.truncate(path, min(100, path.stat().st_size // 2))


def _index(home: Path, pattern: str) -> list[Path]:
    return list((home / "index-1" / "store").glob(pattern))


#: Ways to damage an index, by name.
DAMAGES: dict[str, Callable[[Path], None]] = {
    "the records are cut": lambda home: _cut(home / "index-1" / "records"),
    "the records are garbled": lambda home: _garbled(home / "index-1" / "records"),
    "the index is gone": lambda home: shutil.rmtree(home / "index-1" / "store"),
    "the index is empty": lambda home: _gone(*_index(home, "*")),
    "a part of the index is gone": lambda home: _gone(*_index(home, "*.sst")),
    "the index is garbled": lambda home: _garbled(*_index(home, "*.sst")),
    "the index is cut": lambda home: _cut(*_index(home, "*.sst")),
    "the manifest is garbled": lambda home: _garbled(*_index(home, "MANIFEST-*")),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("changed", [False, True])
def test_a_damaged_index_is_named_and_can_be_rebuilt(
    small: Path, home: Path, damage: Callable[[Path], None], changed: bool
) -> None:
    store.open(small, home)
    damage(home)
    if changed:
        (small / B).write_text(LINE.format(9))
    with pytest.raises(OutsideError, match=r"is damaged .*: rebuild it with kg index sync --rebuild"):
        list(store.open(small, home).dataset.store)
    assert set(store.open(small, home, rebuild=True).dataset.store) == set(load(small).store)


@pytest.mark.parametrize(
    "damage",
    [
        lambda home: _garbled(home / "kg-index.lock"),
        lambda home: _gone(home / "index-1" / "records"),
        lambda home: shutil.rmtree(home / "index-1"),
    ],
    ids=["the lock is garbled", "the records are gone", "the snapshot is gone"],
)
def test_an_index_without_a_whole_snapshot_is_rebuilt(small: Path, home: Path, damage: Callable[[Path], None]) -> None:
    store.open(small, home)
    damage(home)
    (small / B).write_text(LINE.format(9))
    for _ in range(2):
        assert set(store.open(small, home).dataset.store) == set(load(small).store)
    assert snapshots.clear(home) == []


def test_the_remains_of_a_copy_by_the_engine_are_deleted(small: Path, home: Path) -> None:
    store.open(small, home)
    (home / "index-2" / "store.tmp").mkdir(parents=True)
    (home / "index-2" / "store.tmp" / "000001.sst").touch()
    words: list[str] = []
    assert store.open(small, home, say=words.append).changed == ()
    assert len(words) == 1 and words[0].endswith("was interrupted; its remains are deleted")
    assert [path.name for path in home.glob("index-*")] == ["index-1"]
    assert snapshots.clear(home) == []


@pytest.mark.parametrize("name", ["kg-index.lock", "index-2", "index-1/records.new", ".gitignore"])
def test_a_planted_link_leads_no_write_and_no_deletion_elsewhere(small: Path, home: Path, name: str) -> None:
    store.open(small, home)
    mine = home.parent / "mine"
    mine.mkdir()
    for file in ("records", "store"):
        (mine / file).write_text("mine")
    (home / name).unlink(missing_ok=True)
    (home / name).symlink_to(mine if name == "index-2" else mine / "records")
    (small / B).write_text(LINE.format(9))
    for way in (partial(store.open, small), partial(store.open, small, rebuild=True), snapshots.clear):
        with suppress(OutsideError):
            way(home)
    assert _files(mine) == {str(mine / "records"): b"mine", str(mine / "store"): b"mine"}


# --- Deleting ---


def test_clear_deletes_the_index_and_its_directory(small: Path, home: Path) -> None:
    store.open(small, home)
    (home / "validate.json").write_text("{}")
    assert snapshots.clear(home) == []
    assert not home.exists()
    assert snapshots.clear(home) is None


def test_clear_keeps_files_that_are_not_part_of_the_index(small: Path, home: Path) -> None:
    store.open(small, home)
    (home / "thesis.txt").write_text("mine")
    (home / "index-of-mine").mkdir()
    (home / "index-1" / "mine").write_text("mine")
    assert snapshots.clear(home) == ["index-1", "index-of-mine", "thesis.txt"]
    assert set(_files(home).values()) == {b"mine"}


@pytest.mark.usefixtures("hasty")
def test_clear_deletes_nothing_that_another_process_reads_or_writes(small: Path, home: Path) -> None:
    reader = store.open(small, home)
    with pytest.raises(OutsideError, match="another process reads the index"):
        snapshots.clear(home)
    assert len(reader.dataset.store) == 3
    del reader
    with locked(home), pytest.raises(OutsideError, match=r"another process .*is writing to the index"):
        snapshots.clear(home)
    assert store.open(small, home).before is not None


# --- No room, no rights ---


def limited(root: Path, home: Path, size: int) -> subprocess.CompletedProcess[str]:
    """Bring an index in step while no file may grow beyond a size, as on a full disk."""
    return subprocess.run(
        [sys.executable, "-m", "kg", "-C", str(root), "--index", str(home), "index", "sync"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


@pytest.mark.parametrize("size", [0, 1000, 100_000])
def test_on_a_full_disk_the_index_stays_as_it_was(small: Path, home: Path, size: int) -> None:
    first = store.open(small, home)
    (small / B).write_text("".join(LINE.format(number) for number in range(20_000)))
    done = limited(small, home, size)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("kg: the index in ") and len(done.stderr.splitlines()) == 1, done.stderr
    assert "cannot be written" in done.stderr
    assert [path.name for path in home.glob("index-*")] == ["index-1"]
    found = store.open(small, home)
    assert (found.before, len(found.added)) == (first.after, 19_999)


def test_on_a_full_disk_no_index_is_left(small: Path, home: Path) -> None:
    assert limited(small, home, 1000).returncode == 3
    assert store.open(small, home).before is None


@pytest.fixture
def shared() -> Iterator[Path]:
    """Return a directory that every user may read; those of pytest are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
        _mode(Path(name), 0o755)


def _mode(directory: Path, mode: int) -> None:
    for path in (directory, *directory.rglob("*")):
        path.chmod(mode if path.is_dir() else mode & 0o644)


@contextmanager
def guest() -> Iterator[None]:
    """Run the block as a user who does not own the files, if the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.usefixtures("proven", "hasty")
def test_a_user_who_may_not_write_can_read_an_index_in_step(small: Path, shared: Path) -> None:
    root, home = shared / "project", shared / "store"
    shutil.copytree(small, root)
    assert store.open(root, home).before is None
    _mode(shared, 0o555)
    with guest():
        found = store.open(root, home)
        assert (found.before, len(found.dataset.store)) == (found.after, 3)
    del found
    _mode(shared, 0o755)
    (root / B).write_text(LINE.format(9))
    _mode(shared, 0o555)
    for way in (partial(store.open, root), partial(store.open, root, late=True), snapshots.clear):
        with guest(), pytest.raises(OutsideError, match=r"the index in .* cannot be .*: Permission denied"):
            way(home)
    with guest(), pytest.raises(OutsideError, match=r"cannot be written: .* denied; kg --index off does without"):
        run("-C", str(root), "--index", str(home), "stats")
    with guest():
        assert run("-C", str(root), "--index", "off", "stats")[0] == 0


def test_an_index_that_may_not_be_read_is_an_error(small: Path, shared: Path) -> None:
    home = shared / "store"
    store.open(small, home)
    _mode(home, 0)
    for way in (store.open, store.current, store.status):
        with guest(), pytest.raises(OutsideError, match=r"the index in .* cannot be read: Permission denied"):
            way(small, home)


def test_an_index_that_may_not_be_written_is_an_error(small: Path, shared: Path) -> None:
    _mode(shared, 0o555)
    with guest(), pytest.raises(OutsideError, match=r"the index in .* cannot be written: Permission denied"):
        store.open(small, shared / "store")


# --- On the command line ---


def run(*words: str) -> tuple[int, bytes, str]:
    """Run kg in this process; return its exit code and what it wrote."""
    found = CliRunner().invoke(cli, words, env={"COLUMNS": "100", "KG_INDEX": None, "KG_TEXTS": None})
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.exit_code, found.stdout_bytes, found.stderr


@pytest.fixture(scope="module")
def kept(sample_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the index of the sample, in step."""
    home = tmp_path_factory.mktemp("kept") / "store"
    store.open(sample_root, home)
    return home


def _calls() -> Iterator[Sequence[str]]:
    for name in catalogue(ROOT):
        values = SAMPLE_VALUES.get(name, {})
        yield "query", name, *(word for pair in values.items() for word in ("-p", *pair))
    yield "query", "-e", "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    for name in ("unit:sample-legion", "person:falcon", "article:legion-reprinted", "kg:strength"):
        yield "show", name
    yield "search", "legion"
    for name in ("conflicts", "origins", "timeline"):
        yield name, "--format", "json"
        yield name, "unit:sample-legion"
    yield "conflicts", "--verdict", "all"
    yield "path", "person:falcon", "unit:example-battalion"
    yield ("stats",)
    yield ("coverage",)
    for form in ("csv", "gexf", "graphml", "html", "jsonld", "nquads", "trig", "turtle"):
        yield "export", form


CALLS = list(_calls())


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_a_command_prints_the_same_with_and_without_an_index(
    sample_root: Path, kept: Path, words: Sequence[str]
) -> None:
    wanted = run("-C", str(sample_root), *words)
    assert run("-C", str(sample_root), "--index", str(kept), *words) == wanted
    assert wanted[1]


def test_a_trace_is_the_same_with_and_without_an_index(sample_root: Path, kept: Path) -> None:
    carried = NamedNode(expand("kg:derivedFromClaim"))
    claims = sorted({str(quad.subject) for quad in load(sample_root).store.quads_for_pattern(None, carried, None)})
    assert claims
    for claim in claims:
        wanted = run("-C", str(sample_root), "trace", claim)
        assert run("-C", str(sample_root), "--index", str(kept), "trace", claim) == wanted


def test_status_prints_the_content_and_the_files_that_have_changed(small: Path, home: Path) -> None:
    words = ("-C", str(small), "--index", str(home), "index", "status")
    code, out, err = run(*words)
    assert (code, out, err) == (0, b"", f"there is no index in '{home}' yet: kg index sync builds it\n")
    assert not home.exists()
    run("-C", str(small), "--index", str(home), "index", "sync")
    assert b"in step  yes\n" in run(*words)[1]
    (small / B).write_text(LINE.format(9))
    (small / C).unlink()
    told = json.loads(run(*words, "--format", "json")[1])
    size = told.pop("bytes")
    wanted = {"index": str(home), "project": str(small), "files": 3, "triples": 3}
    assert told == wanted | {"differing": [C, B]}
    assert 10_000 < size < 10_000_000
    assert run(*words)[1].decode().endswith(f"in step  no: 2 files to read\n  {C}\n  {B}\n")
    assert set(store.open(small, home).changed) == {B, C}


def test_sync_reports_the_change(small: Path, home: Path) -> None:
    words = ("-C", str(small), "--index", str(home), "index", "sync")
    assert run(*words) == (0, b"", "index built from 3 files\n")
    assert run(*words) == (0, b"", "0 files changed: 0 triples added, 0 removed\n")
    (small / B).write_text(LINE.format(9))
    assert run(*words) == (0, b"", "1 file changed: 1 triple added, 1 removed\n")
    assert run(*words, "--rebuild") == (0, b"", "index built from 3 files\n")


def test_clear_reports_the_deletion(small: Path, home: Path) -> None:
    words = ("-C", str(small), "--index", str(home), "index")
    run(*words, "sync")
    (home / "thesis.txt").write_text("mine")
    removed = f"the index is deleted\n'{home / 'thesis.txt'}' is not part of the index and was not deleted\n"
    assert run(*words, "clear") == (0, b"", removed)
    with pytest.raises(KgError, match="is neither empty nor an index"):
        run(*words, "clear")
    (home / "thesis.txt").unlink()
    assert run(*words, "clear") == (0, b"", "there is no index\n")


def test_the_index_of_another_project_is_deleted_with_force_only(small: Path, project: Path, home: Path) -> None:
    run("-C", str(project), "--index", str(home), "index", "sync")
    words = ("-C", str(small), "--index", str(home), "index", "clear")
    with pytest.raises(KgError, match=rf"belongs to '{project}', not to '{small}': delete it with .* --force"):
        run(*words)
    assert store.status(project, home)
    assert run(*words, "--force") == (0, b"", "the index is deleted\n")


def test_an_index_that_decays_under_a_command_is_named(small: Path, home: Path) -> None:
    (small / B).write_text("".join(LINE.format(number) for number in range(20_000)))
    store.open(small, home)
    for path in _index(home, "*.sst"):
        data = bytearray(path.read_bytes())
        data[100 : len(data) // 2] = bytes(len(data) // 2 - 100)  # what is read on opening stands at the end
        path.write_bytes(data)
    for words in (("stats",), ("show", "<https://a.example/x>"), ("query", "-e", "SELECT ?o { ?s ?p ?o }")):
        done = kg("-C", str(small), "--index", str(home), *words)
        assert (done.returncode in (2, 3), done.stdout) == (True, ""), done.stderr
        assert "Corruption" in done.stderr and "bug" not in done.stderr


# --- Protected persons ---


@pytest.mark.parametrize("plant", sorted(PLANTED))
def test_no_index_identifies_a_protected_person(project: Path, home: Path, plant: str) -> None:
    file, line, added = PLANTED[plant]
    path = project / "graph" / file
    plain = path.read_text()
    store.open(project, home)
    path.write_text(PREFIX_LINES + plain.replace(line, f"{line}\n{added}", 1))
    words = ("-C", str(project), "stats")
    wanted = kg(*words)
    for _ in range(2):  # as it is brought in step, and from what was noted then
        done = kg("--index", str(home), *words)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", wanted.stderr)
    path.write_text(plain)
    assert kg("--index", str(home), *words).returncode == 0


@pytest.mark.usefixtures("proven")
def test_an_index_that_another_edition_of_the_gate_admitted_is_judged_again(
    project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.open(project, home).refusal == ""
    monkeypatch.setattr(privacy_gate, "refusal", lambda _: "no")
    assert store.open(project, home).refusal == ""
    monkeypatch.setattr(privacy_gate, "edition", lambda: "newer")
    assert store.open(project, home).refusal == "no"
