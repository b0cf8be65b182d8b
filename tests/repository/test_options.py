"""The options of pytest for optional parts: a test without its part is skipped and summed up, or fails on request."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.cli import environment
from support.paths import ROOT

NEEDS_TEXTS = "tests/data/test_graph.py::test_the_graph_conforms_with_the_texts"
REASON = "no texts of the articles are named: pytest --texts DIR"

pytestmark = pytest.mark.slow


def run(*words: str, cwd: Path = ROOT) -> tuple[int, str]:
    """Run pytest on a test that needs the texts and return its exit code and output."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(ROOT / NEEDS_TEXTS), *words],
        cwd=cwd,
        env=environment(PYTEST_ADDOPTS="", COLUMNS="200"),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_skipped_tests_are_summed_up_with_the_reason() -> None:
    code, output = run()
    assert (code, f"    1 {REASON}" in output.splitlines()) == (0, True)


def test_a_required_part_that_is_missing_fails() -> None:
    code, output = run("--require", "engines,texts")
    assert code == 1
    assert f"--require texts: {REASON}" in output


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--require", "texts,browsers"), "--require: unknown part 'browsers'; the parts are browser, "),
        (("--texts", "nowhere"), "'nowhere' is not a directory"),
    ],
)
def test_a_wrong_option_is_refused(words: tuple[str, ...], complaint: str) -> None:
    code, output = run(*words)
    assert code == 4
    assert complaint in output


def test_every_option_is_listed_in_a_group_of_its_own() -> None:
    _, output = run("--help")
    group = output.partition("\nHearsay:\n")[2].partition("\n\n")[0]
    for option in ("--update-golden", "--texts", "--reference", "--require", "--mutants", "--fuzz"):
        assert option in group
