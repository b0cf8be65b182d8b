"""What several tests stand on: the real graph, and the invented sample as a project of its own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import engines
from support.paths import ROOT, SAMPLE

from kg.project.dataset import Dataset, load


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/ and the README's output anew")


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


@pytest.fixture(scope="session", params=engines.NAMES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[engines.Engine]:
    """Return a running SPARQL engine; who changes what it holds says so in `Engine.clear` first."""
    name = str(request.param)
    if why := engines.missing(name):
        if os.environ.get("KG_ENGINES") == "required":
            pytest.fail(why)
        pytest.skip(why)
    with engines.running(name, tmp_path_factory.mktemp(name)) as running:
        yield running


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """See to it that the environment names no proxy, no credentials, no endpoint and no store."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "KG_TOKEN", "KG_ENDPOINT", "KG_STORE"):
        for one in (name, name.lower()):
            monkeypatch.delenv(one, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    monkeypatch.setenv("COLUMNS", "100")
