"""The proof that a correct new article breaks no test: one is added to a copy of the project, whose tests are run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.cli import environment
from support.paths import ROOT

#: An invented article, which fills a gap, accuses a unit and names a new person and a new unit; and its text.
ARTICLE = ROOT / "tests" / "data" / "new-article" / "invented-rifles-at-avdiivka.ttl"
ENTITIES = {
    "people": """person:alex-invented
    a kg:Person ;
    rdfs:label "Alex Invented"@en ;
    kg:identity kg:Named ;
.""",
    "units": """unit:northern-rifles
    a kg:Unit ;
    rdfs:label "Northern Rifles"@en ;
.""",
}
#: The tests that read the shipped graph for its content; all others ask of it only what holds of any graph.
TESTS = ("tests/data", "tests/privacy/test_gate.py", "tests/repository/test_readme.py")


@pytest.fixture
def grown(tmp_path: Path) -> Path:
    """Return a copy of the project with the article and its entities."""
    root = tmp_path / "project"
    ignored = shutil.ignore_patterns(".git", "node_modules", "__pycache__", ".*_cache", ".hypothesis", ".venv", "build")
    shutil.copytree(ROOT, root, ignore=ignored)
    shutil.copy(ARTICLE, root / "graph" / "articles")
    for name, block in ENTITIES.items():
        path = root / "graph" / f"{name}.ttl"
        head, *others = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
        path.write_text("\n\n".join([head, *sorted([*others, block])]) + "\n", encoding="utf-8")
    return root


def run(root: Path, *words: str) -> None:
    """Run a module of Python in the project; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=root,
        env=environment(PYTHONPATH=str(root), PYTEST_ADDOPTS=""),  # the texts of the other articles are not needed
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.slow
def test_a_correct_new_article_breaks_no_test(grown: Path) -> None:
    texts = ("--texts", str(ARTICLE.parent))
    run(grown, "kg", "validate", "--max-warnings", "0", *texts, f"graph/articles/{ARTICLE.name}")
    run(grown, "kg", "coverage", "--fail-under", "100", *texts, ARTICLE.stem)
    run(grown, "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", *TESTS)
