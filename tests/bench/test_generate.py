"""The generator of invented projects, on which benchmarks stand."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

from kg.analysis.conflicts import conflicts
from kg.claims.claim import claims
from kg.project.dataset import load

GENERATOR = ROOT / "tests" / "bench" / "generate.py"


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return two projects that the generator wrote from the same number."""
    parent = tmp_path_factory.mktemp("generated")
    for name in ("one", "other"):
        subprocess.run([sys.executable, GENERATOR, "23", parent / name], check=True, cwd=ROOT)
    return parent / "one", parent / "other"


def test_the_same_number_gives_the_same_bytes(projects: tuple[Path, Path]) -> None:
    one, other = ({path.relative_to(root): path.read_bytes() for path in root.rglob("*.ttl")} for root in projects)
    assert one == other


def test_each_article_has_25_claims_and_some_of_them_disagree(projects: tuple[Path, Path]) -> None:
    dataset = load(projects[0])
    every = claims(dataset.store)
    assert len(every) == 23 * 25
    assert {sum(claim.article == article for claim in every) for article in {claim.article for claim in every}} == {25}
    assert {"contradiction", "tension", "drift"} <= {one.verdict for one in conflicts(dataset.store).shown}


def test_a_call_without_a_number_says_how_to_call_it() -> None:
    done = subprocess.run([sys.executable, GENERATOR, "many"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr == "usage: python tests/bench/generate.py N DIR\n"
