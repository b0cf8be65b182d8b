"""Options, markers and fixtures that several test modules use, and the summary of skipped tests."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from support import engines
from support.browser import browsing
from support.optional import PARTS, parts, require
from support.paths import ROOT, SAMPLE

from kg.project.dataset import Dataset, load

if TYPE_CHECKING:  # not installed everywhere: see `support.optional`
    from playwright.sync_api import Browser

#: The fixtures that mark each test which uses them.
MARKED_BY_FIXTURE = {
    "article_texts": ("texts",),
    "browser": ("browser", "slow"),
    "engine": ("engines", "slow"),
    "spark_installed": ("spark", "slow"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hearsay", "Hearsay")
    group.addoption("--update-golden", action="store_true", help="Rewrite tests/golden/ and the output in README.md.")
    group.addoption("--texts", metavar="DIR", type=_directory, help="Test with the texts of the articles in DIR.")
    group.addoption(
        "--reference", metavar="DIR", type=_directory, help="Test with the published schemas and suites in DIR."
    )
    group.addoption(
        "--require",
        metavar="PARTS",
        type=parts,
        default=frozenset(),
        help=f"Fail, do not skip, where one of these is missing: {','.join(PARTS)}.",
    )
    group.addoption(
        "--mutants", metavar="N", type=int, help="Judge N damaged graphs, at most 2100 [two for each kind of damage]."
    )
    group.addoption(
        "--fuzz", metavar="N", type=int, help="Try N random inputs for each property of bad input [40, not random]."
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register how often properties of bad input are tried: without `--fuzz` with the same inputs each time."""
    number = config.getoption("--fuzz")
    settings.register_profile(
        "fuzz",
        deadline=None,
        max_examples=number or 40,
        derandomize=not number,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def _directory(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_dir():
        raise pytest.UsageError(f"'{text}' is not a directory")
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in set(getattr(item, "fixturenames", ())) & set(MARKED_BY_FIXTURE):
            for marker in MARKED_BY_FIXTURE[fixture]:
                item.add_marker(marker)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many tests were skipped for each reason, which says how to run them."""
    reasons = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        terminalreporter.section("skipped tests")
        for reason, count in reasons.most_common():
            terminalreporter.line(f"{count:5} {reason}")


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the indexes of the tests out of the user's cache; browsers and pip still find what is there."""
    variable = "XDG_CACHE_HOME" if sys.platform == "linux" else "HOME"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in (("PLAYWRIGHT_BROWSERS_PATH", "ms-playwright"), ("PIP_CACHE_DIR", "pip")):
            if name not in os.environ and (cache / folder).exists():
                patch.setenv(name, str(cache / folder))
        patch.setenv(variable, str(tmp_path_factory.mktemp("cache")))
        yield


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


@pytest.fixture(scope="session")
def article_texts(pytestconfig: pytest.Config) -> Path:
    """Return the directory with the texts of the shipped articles."""
    require(pytestconfig, "texts")
    directory: Path = pytestconfig.getoption("--texts")
    return directory


@pytest.fixture(scope="session")
def reference(pytestconfig: pytest.Config) -> Path:
    """Return the directory with published schemas and test suites."""
    require(pytestconfig, "reference")
    directory: Path = pytestconfig.getoption("--reference")
    return directory


@pytest.fixture(scope="session")
def spark_installed(pytestconfig: pytest.Config) -> None:
    """Require Spark with all that it needs."""
    require(pytestconfig, "spark")


@pytest.fixture(scope="module")
def browser(pytestconfig: pytest.Config) -> Iterator["Browser"]:
    """Yield a running Chromium."""
    require(pytestconfig, "browser")
    with browsing() as running:
        yield running


@pytest.fixture(scope="session", params=engines.NAMES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[engines.Engine]:
    """Yield a running SPARQL engine; a test that changes its graphs calls `Engine.clear` first."""
    name = str(request.param)
    require(request.config, "engines", engines.missing(name))
    with engines.running(name, tmp_path_factory.mktemp(name)) as running:
        yield running


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove proxy, credentials, endpoint and index from the environment."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "KG_TOKEN", "KG_ENDPOINT", "KG_INDEX"):
        for variable in (name, name.lower()):
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    monkeypatch.setenv("COLUMNS", "100")
