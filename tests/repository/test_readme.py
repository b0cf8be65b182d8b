"""The README keeps its word: every command shown is run, and prints what is shown."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.engines import Engine
from support.paths import ROOT

README = ROOT / "README.md"
SHOWN = re.findall(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", README.read_text(), re.DOTALL)


def _run(command: str) -> str:
    """Run a line of the README in the project, with this Python's `kg`, and give all that a person would see."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    done = subprocess.run(
        command,
        shell=True,
        cwd=ROOT,
        env={**kept, "PATH": path, "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=120,
    )
    return done.stdout.decode().replace("\r\n", "\n")


def test_the_readme_shows_commands() -> None:
    assert len(SHOWN) >= 6
    assert all(command.startswith("kg ") for command, _ in SHOWN)


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_shown_command_prints_what_is_shown(command: str, output: str, request: pytest.FixtureRequest) -> None:
    printed = _run(command)
    if request.config.getoption("--update-golden"):
        README.write_text(README.read_text().replace(f"$ {command}\n{output}```", f"$ {command}\n{printed}```"))
    else:
        assert printed == output


def test_what_is_shown_of_an_endpoint_works_with_each_engine(engine: Engine, tmp_path: Path) -> None:
    engine.clear()
    (shown,) = re.findall(r"<!-- endpoint -->\n```sh\n(.*?)```", README.read_text(), re.DOTALL)
    push, ask = (line for line in shown.splitlines() if line.startswith("kg "))
    url = "http://localhost:7878/query"
    env = f"NETRC={engine.netrc} NO_PROXY=127.0.0.1"
    assert re.fullmatch(r"[\d,]+ graphs sent, 0 unchanged\n", _run(f"{env} {push.replace(url, engine.query)}"))
    here = ask.replace(f"--endpoint {url} ", "")
    assert _run(f"{env} {ask.replace(url, engine.query)}") == _run(here) != ""


def test_ci_runs_the_readme_s_own_test_command() -> None:
    assert "README.md" in (ROOT / ".ci" / "run").read_text()
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    (command,) = re.findall(r"<!-- test command -->\n```sh\n(.*?)\n```\n<!-- end -->", README.read_text(), re.DOTALL)
    for word in ("ruff check", "ruff format --check", "mypy", "pytest"):
        assert word in command


def test_every_folder_of_the_project_is_named() -> None:
    for folder in ("ontology/", "graph/", "queries/", "kg/", "tests/"):
        assert re.search(rf"^{folder} ", README.read_text(), re.MULTILINE)
