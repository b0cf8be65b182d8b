"""What several tests stand on: the real graph, and the invented sample as a project of its own."""

import shutil
from pathlib import Path

import pytest

from kg.dataset import Dataset, load

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "tests" / "sample"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ anew instead of comparing")


@pytest.fixture(scope="session")
def real() -> Dataset:
    """Return the project as it ships; only to be read."""
    return load(ROOT)


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project directory: the invented sample under the real vocabulary and questions; only to be read."""
    root = tmp_path_factory.mktemp("projects") / "sample"
    for name, source in (("ontology", ROOT), ("graph", SAMPLE), ("queries", ROOT)):
        shutil.copytree(source / name, root / name)
    return root


@pytest.fixture(scope="session")
def sample_texts() -> Path:
    """Return the directory with the texts of the sample's articles; only to be read."""
    return SAMPLE / "texts"


@pytest.fixture(scope="session")
def sample(sample_root: Path) -> Dataset:
    """Return the invented sample, loaded; only to be read."""
    return load(sample_root)
