"""The command that exports: files whole or not at all, selections, refusals."""

import subprocess
import sys
from pathlib import Path

import pytest

from kg.cli import export
from kg.export.formats import FORMATS


def kg(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "kg", "-C", str(root), "export", *words]
    return subprocess.run(command, capture_output=True, check=False, text=True)


def test_the_formats_on_the_command_line_are_those_of_the_library_with_the_page_and_the_archive() -> None:
    assert set(export.FORMATS) == {*FORMATS, "html", "parquet"}


@pytest.mark.parametrize("form", [form for form in export.FORMATS if form != "parquet"])
@pytest.mark.slow
def test_each_format_is_written_whole_and_not_written_over(sample_root: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"graph.{form}"
    assert kg(sample_root, form, "-o", str(target)).returncode == 0
    written = target.read_bytes()
    assert len(written) > 1000
    again = kg(sample_root, form, "-o", str(target))
    assert (again.returncode, again.stdout) == (2, "")
    assert "exists; replace it with --force" in again.stderr
    target.write_bytes(b"old")
    assert kg(sample_root, form, "-o", str(target), "--force").returncode == 0
    assert target.read_bytes() == written
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_a_selection_narrows_what_is_written(sample_root: Path) -> None:
    whole = kg(sample_root, "csv").stdout.splitlines()
    some = kg(sample_root, "csv", "--kind", "unit", "--predicate", "kg:strength").stdout.splitlines()
    assert 1 < len(some) < len(whole)
    assert all(",kg:strength," in line for line in some[1:])
    actual = kg(sample_root, "csv", "--only", "actual").stdout
    assert ",planned," not in actual
    assert ",denied," not in actual
    assert kg(sample_root, "csv", "--query", "allegiances", "-p", "who", "unit:sample-legion").stdout.count("\n") > 1


def test_an_empty_selection_is_a_valid_empty_network_and_a_line_that_says_so(sample_root: Path) -> None:
    done = kg(sample_root, "graphml", "--from", "1900-01-01", "--until", "1900-01-02")
    assert done.returncode == 0
    assert "<graphml" in done.stdout
    assert "<node " not in done.stdout
    assert done.stderr == "no claim matches the selection: the output is empty\n"


def test_what_a_format_cannot_hold_is_said(sample_root: Path) -> None:
    assert "FollowTheMoney has no denials" in kg(sample_root, "ftm").stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("grahpml",), "'grahpml' is not one of"),
        (("graphml", "--dialect", "gefi"), "graphml has no dialect 'gefi'; did you mean 'gephi'?"),
        (("turtle", "--claims"), "claims can be nodes in"),
        (("html", "--only", "actual"), "html takes the whole graph"),
        (("csv", "--around", "unit:none"), "no entity is described as 'unit:none'"),
        (("csv", "--kind", "unti"), "unti"),
        (("csv", "--from", "spring"), "'spring'"),
        (("csv", "--query", "none"), "unknown query 'none'"),
        (("csv", "-p", "a", "b"), "-p sets a parameter of a stored question"),
        (("csv", "-o", "/nowhere/x.csv"), "'/nowhere/x.csv' cannot be written"),
    ],
)
def test_a_wrong_call_is_refused_in_a_line(sample_root: Path, words: tuple[str, ...], complaint: str) -> None:
    done = kg(sample_root, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1
