"""The distribution: the wheel and the sdist hold what they should and work in fresh environments."""

import email
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.paths import ROOT

from kg import __version__

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("distribution")]


def _run(*words: object, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KG_", "PYTHON"))}
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}"
    return done.stdout


def _pythons() -> Iterator[str]:
    """Yield this Python and every other from 3.11 on that runs, one for each minor version."""
    found = {(sys.version_info.major, sys.version_info.minor): sys.executable}
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for minor in range(11, 20):
        for path in (shutil.which(f"python3.{minor}"), *versions.glob(f"3.{minor}.*/bin/python")):
            command = [path or "", "-c", "import sys, venv, ensurepip; print(*sys.version_info[:2])"]
            if path and subprocess.run(command, capture_output=True, check=False).stdout.split() == [
                b"3",
                b"%d" % minor,
            ]:
                found.setdefault((3, minor), str(path))
    yield from found.values()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the wheel and the sdist of the repository by their endings."""
    directory = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--outdir", directory, ROOT, cwd=directory)
    return {path.suffix: path for path in directory.iterdir()}


def test_the_wheel_carries_licences_types_and_the_shipped_graph(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built[".whl"]) as wheel:
        names = set(wheel.namelist())
        info = next(name.partition("/")[0] for name in names if ".dist-info/" in name)
        metadata = email.message_from_bytes(wheel.read(f"{info}/METADATA"))
    assert (metadata["Name"], metadata["Version"]) == ("hearsay-kg", __version__)
    assert metadata["License-Expression"] == "Apache-2.0 AND CC-BY-4.0"
    licences = {f"{info}/licenses/{name}" for name in ("LICENSE", "graph/LICENSE", "ontology/LICENSE")}
    assert licences | {"kg/py.typed"} <= names
    for folder in ("graph", "ontology", "queries"):
        shipped = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.*") if path.is_file()}
        assert {f"kg/share/{name}" for name in shipped} <= names


def test_the_sdist_carries_every_file_of_the_repository(built: dict[str, Path]) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: git lists the files of the repository")
    with tarfile.open(built[".gz"]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert {name for name in tracked.split("\0") if name and (ROOT / name).exists()} <= names


@pytest.mark.parametrize("kind", [".whl", ".gz"])
@pytest.mark.parametrize("python", [*_pythons()])
def test_an_installed_kg_checks_and_explains_the_shipped_graph(
    built: dict[str, Path], tmp_path: Path, python: str, kind: str
) -> None:
    _run(python, "-m", "venv", tmp_path / "environment", cwd=tmp_path)
    commands = tmp_path / "environment" / "bin"
    _run(commands / "python", "-m", "pip", "install", "--quiet", built[kind], cwd=tmp_path)
    assert _run(commands / "kg", "--version", cwd=tmp_path) == f"kg, version {__version__}\n"
    _run(commands / "kg", "validate", cwd=tmp_path)
    assert "RIGHT" in _run(commands / "kg", "explain", "shape:Claim-speaker", cwd=tmp_path)
    assert _run(commands / "kg", "query", "names", "-p", "unit", "unit:siberian-battalion", cwd=tmp_path)
    # A type checker reads the annotations of the installed package.
    (tmp_path / "use.py").write_text("from kg.project.dataset import load\n\nreveal_type(load)\n", encoding="utf-8")
    words = (
        "mypy",
        "--strict",
        "--cache-dir",
        tmp_path / "cache",
        "--python-executable",
        commands / "python",
        "use.py",
    )
    assert "kg.project.dataset.Dataset" in _run(sys.executable, "-m", *words, cwd=tmp_path)
