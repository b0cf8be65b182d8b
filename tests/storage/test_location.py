"""The place of a project's index: the mode that counts, the directory in the cache, and the commands on it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from support.cli import Outcome, call, kg

from kg import __version__
from kg.errors import KgError
from kg.storage import location, store
from kg.storage.lock import writing
from kg.storage.manifest import FORMAT

LINE = "<https://a.example/x> <https://a.example/p> {} .\n"
QUERY = ("query", "-e", "SELECT ?o WHERE { ?s ?p ?o } ORDER BY ?o")
ANSWER = (0, "o\n0\n1\n", "")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project of two files with a triple each."""
    for number, name in enumerate(("ontology/a.ttl", "graph/b.ttl")):
        (tmp_path / "floods" / name).parent.mkdir(parents=True)
        (tmp_path / "floods" / name).write_text(LINE.format(number))
    return tmp_path / "floods"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def configure(root: Path, text: str) -> None:
    (root / "pyproject.toml").write_bytes(f"[tool.kg]\n{text}\n".encode(errors="surrogateescape"))


def ended(outcome: Outcome) -> tuple[int, str, str]:
    return outcome.returncode, outcome.stdout.replace("\r\n", "\n"), outcome.stderr


def test_no_command_makes_an_index_by_itself(root: Path, cache: Path) -> None:
    assert ended(call("-C", str(root), *QUERY)) == ANSWER
    assert ended(call("-C", str(root), "--index", "auto", *QUERY)) == ANSWER
    assert not cache.exists()


def test_while_the_first_index_is_built_and_after_a_kill_files_are_read(root: Path, cache: Path) -> None:
    directory = location.directory_of(root, None)
    with writing(directory):
        (directory / "index-1" / "store").mkdir(parents=True)
        assert ended(call("-C", str(root), *QUERY)) == ANSWER
    assert ended(call("-C", str(root), *QUERY)) == ANSWER
    assert ended(call("-C", str(root), "index", "sync"))[0] == 0


def test_an_index_in_the_cache_is_used_and_kept_in_step(root: Path, cache: Path) -> None:
    assert ended(kg("-C", str(root), "index", "sync")) == (0, "", "index built from 2 files\n")
    directory = location.directory_of(root, None)
    assert directory.is_relative_to(cache / "hearsay") and (directory / "kg-index.lock").exists()
    (root / "graph" / "b.ttl").write_text(LINE.format(1) + "\n")
    assert kg("-C", str(root), "index", "status").stdout.endswith("in step  no: 1 file to read\n  graph/b.ttl\n")
    assert ended(kg("-C", str(root), *QUERY)) == ANSWER
    assert kg("-C", str(root), "index", "status").stdout.endswith("in step  yes\n")
    (root / "graph" / "b.ttl").write_text(LINE.format(1))
    assert ended(kg("-C", str(root), "--index", "off", *QUERY)) == ANSWER
    assert kg("-C", str(root), "index", "status").stdout.endswith("in step  no: 1 file to read\n  graph/b.ttl\n")


@pytest.mark.usefixtures("cache")
def test_the_directory_tells_project_and_version(root: Path, tmp_path: Path) -> None:
    directory = location.directory_of(root, None)
    assert re.fullmatch(r"floods-[0-9a-f]{8}", directory.parent.name)
    assert directory.name == f"{__version__}-{FORMAT}"
    (tmp_path / "link").symlink_to(root)
    assert location.directory_of(tmp_path / "link", None) == directory
    (tmp_path / "other").mkdir()
    shutil.copytree(root, tmp_path / "other" / "floods")
    assert location.directory_of(tmp_path / "other" / "floods", None) != directory
    for name in ("a b\nc", "\udcff", "é" * 100, "."):
        assert re.fullmatch(r"[\w.-]{0,40}-[0-9a-f]{8}", location.directory_of(tmp_path / name, None).parent.name)


def test_on_makes_an_index_by_option_variable_or_configuration(root: Path, cache: Path) -> None:
    ways: tuple[tuple[tuple[str, ...], str, str], ...] = (
        (("--index", "on"), "", ""),
        ((), "on", ""),
        ((), "", 'index = "on"'),
    )
    for words, variable, text in ways:
        configure(root, text)
        assert ended(call("-C", str(root), *words, *QUERY, KG_INDEX=variable)) == ANSWER
        assert ended(call("-C", str(root), "index", "clear")) == (0, "", "the index is deleted\n")
        assert list((cache / "hearsay").iterdir()) == []


def test_the_option_goes_before_the_variable_and_that_before_the_configuration(root: Path, cache: Path) -> None:
    configure(root, 'index = "on"')
    call("-C", str(root), "stats", KG_INDEX="off")
    call("-C", str(root), "--index", "off", "stats", KG_INDEX="on")
    assert not cache.exists()
    path = root.parent / "elsewhere"
    for words in (("--index", str(path / "option")), (f"--index={path / 'equal'}",)):
        assert ended(kg("-C", str(root), *words, *QUERY, KG_INDEX="on")) == ANSWER
    assert ended(kg("-C", str(root), *QUERY, KG_INDEX="../elsewhere/variable", cwd=root)) == ANSWER
    assert sorted(entry.name for entry in path.iterdir()) == ["equal", "option", "variable"]
    assert not cache.exists()


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("of", "; did you mean 'off'?"),
        ("ON", "; did you mean 'on'?"),
        ("autos", "; did you mean 'auto'?"),
        (".kg", ", such as './.kg'"),
        ("", ""),
    ],
)
def test_another_mode_is_refused_with_a_near_miss(root: Path, mode: str, message: str) -> None:
    with pytest.raises(KgError) as error:
        location.directory_in_use(root, mode)
    expected = "expected auto, on, off, or the path of a directory"
    assert str(error.value) == f"'{mode}' is not an index mode: {expected}{message}"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('index = "./.kg"', 2, '\'index\' in [tool.kg] is not "auto", "on" or "off"; a directory is named with'),
        ('index = "/tmp/kg"', 2, "'index' in [tool.kg] is not"),
        ('\n"index"= "autp"', 3, "did you mean 'auto'?"),
        ("off = []\nindex = true", 3, "'index' in [tool.kg] is not"),
        ('index = ""', 2, "'index' in [tool.kg] is not"),
        ('store = ".kg"', 2, "'store' in [tool.kg] is replaced by 'index'"),
        ('index = "on', 2, "not TOML: "),
        ("index = '\udcff'", 2, ""),
    ],
)
def test_a_bad_value_in_the_configuration_is_an_error_at_its_line(
    root: Path, cache: Path, text: str, line: int, message: str
) -> None:
    configure(root, text)
    for words in (QUERY, ("index", "sync"), ("index", "status")):
        outcome = call("-C", str(root), *words)
        assert (outcome.returncode, outcome.stdout) == (2, "")
        assert outcome.stderr.startswith(f"kg: pyproject.toml:{line}:") and message in outcome.stderr
    assert not cache.exists() and sorted(path.name for path in root.iterdir()) == [
        "graph",
        "ontology",
        "pyproject.toml",
    ]
    assert call("-C", str(root), "--index", "off", "stats").returncode == 0


@pytest.mark.parametrize("text", ["", '[project]\nname = "kg"\n', '[tool.kg]\ntexts = "index"\n', "tool.kg = 1\n"])
def test_without_a_value_the_mode_is_auto(root: Path, cache: Path, text: str) -> None:
    (root / "pyproject.toml").write_text(text)
    assert location.directory_in_use(root, None) is None
    store.open(root, location.directory_of(root, None))
    assert location.directory_in_use(root, None) == location.directory_of(root, None)
    assert cache.exists()


@pytest.mark.parametrize(
    ("words", "variable", "message"),
    [
        (("--store", ".kg", "stats"), "", "'--store' is replaced by '--index'"),
        (("stats", "--store", ".kg"), "", "'--store' is replaced by '--index'"),
        (("store", "sync"), "", "'kg store' is replaced by 'kg index'"),
        (("stats",), ".kg", "KG_STORE is replaced by KG_INDEX"),
    ],
)
def test_an_old_name_is_refused_with_the_new(root: Path, words: tuple[str, ...], variable: str, message: str) -> None:
    outcome = call("-C", str(root), *words, KG_STORE=variable)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert message in outcome.stderr and outcome.stderr.count("\n") == 1


def test_clear_deletes_the_indexes_of_all_versions_but_no_other_file(root: Path, cache: Path) -> None:
    directory = location.directory_of(root, None)
    old, foreign = directory.with_name("0.0.1-1"), directory.with_name("mine")
    for path in (directory, old):
        store.open(root, path)
    (directory / "validate.json").write_text("{}")
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("mine")
    assert f"another version of kg has an index in '{old}'" in call("-C", str(root), "index", "status").stderr
    assert ended(call("-C", str(root), "index", "clear")) == (0, "", "the index is deleted\n")
    assert [str(path) for path in cache.rglob("*") if path.is_file()] == [str(foreign / "thesis.txt")]
    assert ended(call("-C", str(root), "index", "clear")) == (0, "", "there is no index\n")


def test_sync_refuses_to_build_an_index_that_no_command_uses(root: Path, cache: Path) -> None:
    configure(root, 'index = "off"')
    for words in (("index", "sync"), ("--index", "off", "index", "sync")):
        outcome = call("-C", str(root), *words)
        assert outcome.returncode == 2 and "no command would use it" in outcome.stderr
    assert not cache.exists()
    assert call("-C", str(root), "--index", "on", "index", "sync").returncode == 0


def test_a_check_stores_its_findings_with_the_index(sample_root: Path, cache: Path) -> None:
    before = sorted(sample_root.rglob("*"))
    outcomes = [call("-C", str(sample_root), "--index", mode, "validate") for mode in ("off", "on", "auto")]
    assert len({ended(outcome) for outcome in outcomes}) == 1
    directory = location.directory_of(sample_root, None)
    assert json.loads((directory / "validate.json").read_text())
    assert directory.is_relative_to(cache) and sorted(sample_root.rglob("*")) == before
