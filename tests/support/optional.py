"""Parts of a machine that some tests need: which are missing, and how to get them."""

import os
import shutil
from collections.abc import Callable
from importlib.util import find_spec

import pytest
from support import browser, engines
from support.paths import ROOT


def _engines(config: pytest.Config) -> str:
    return next(filter(None, map(engines.missing, engines.NAMES)), "")


def _spark(config: pytest.Config) -> str:
    if any(find_spec(name) is None for name in ("pandas", "pyarrow", "pyspark")):
        return "pyspark is not installed: pip install -e '.[spark]'"
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    return "" if java else "no Java is installed: apt-get install default-jre-headless"


def _graphology(config: pytest.Config) -> str:
    if shutil.which("node") is None:
        return "Node is not installed: apt-get install nodejs npm"
    package = ROOT / "tests" / "graphology" / "node_modules" / "graphology-graphml"
    return "" if package.is_dir() else "graphology-graphml is not installed: npm ci --prefix tests/graphology"


def _directory(option: str, content: str) -> Callable[[pytest.Config], str]:
    return lambda config: "" if config.getoption(option) else f"no {content} are named: pytest {option} DIR"


#: The name of a part to a function that returns why it is missing, or "".
PARTS: dict[str, Callable[[pytest.Config], str]] = {
    "browser": lambda config: browser.missing(),
    "engines": _engines,
    "followthemoney": lambda config: (
        "" if find_spec("followthemoney") else "followthemoney is not installed: pip install -e '.[ftm]'"
    ),
    "graphology": _graphology,
    "reference": _directory("--reference", "published schemas and test suites"),
    "spark": _spark,
    "texts": _directory("--texts", "texts of the articles"),
}


def require(config: pytest.Config, part: str, reason: str | None = None) -> None:
    """Skip the test where the part is missing, or fail it where `--require` names the part."""
    reason = PARTS[part](config) if reason is None else reason
    if reason and part in config.getoption("--require"):
        pytest.fail(f"--require {part}: {reason}")
    if reason:
        pytest.skip(reason)


def parts(text: str) -> frozenset[str]:
    """Return the parts that a comma-separated list names."""
    names = frozenset(text.split(","))
    if unknown := sorted(names - set(PARTS)):
        raise pytest.UsageError(f"--require: unknown part '{unknown[0]}'; the parts are {', '.join(PARTS)}")
    return names
