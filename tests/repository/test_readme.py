"""The README as the program has it: what it shows of commands, of an endpoint, of CI and of the folders.

After a change of words, `pytest tests/repository/test_readme.py --update-golden` writes the new output into its blocks.
"""

import difflib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.engines import Engine
from support.paths import ROOT

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
BLOCK = re.compile(r"(?<=^```console\n)\$ (?P<command>[^\n]+)\n(?P<output>.*?)(?=```$)", re.MULTILINE | re.DOTALL)
#: Commands that depend on the ontology alone; all others are shown on the sample, which no new article changes.
STABLE = re.compile(r"kg (-C tests/sample|explain) ")


def _run(command: str, cwd: Path = ROOT) -> str:
    """Run a line of the README with this Python's `kg` and return all that a person would see."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    done = subprocess.run(
        command,
        shell=True,
        cwd=cwd,
        env={**environment, "PATH": path, "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=120,
    )
    return done.stdout.decode().replace("\r\n", "\n")


def test_shown_commands_do_not_depend_on_the_shipped_graph() -> None:
    commands = [block["command"] for block in BLOCK.finditer(TEXT)]
    assert len(commands) >= 6
    assert [command for command in commands if not STABLE.match(command)] == []


def test_each_shown_command_prints_what_is_shown(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    for folder in ("graph", "ontology", "queries", "tests/sample"):
        made = shutil.ignore_patterns("ontology", "queries") if folder == "tests/sample" else None
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=made)
    (preparation,) = re.findall(r"```sh\n(cp .*)\n```", TEXT)
    assert _run(preparation, tmp_path) == ""
    printed = BLOCK.sub(lambda block: f"$ {block['command']}\n{_run(block['command'], tmp_path)}", TEXT)
    if pytestconfig.getoption("--update-golden"):
        README.write_text(printed, encoding="utf-8")
    elif printed != TEXT:
        changes = difflib.unified_diff(
            TEXT.splitlines(), printed.splitlines(), "README.md", "printed", n=2, lineterm=""
        )
        pytest.fail("\n".join([*changes, "if this is right: pytest tests/repository/test_readme.py --update-golden"]))


def test_what_is_shown_of_an_endpoint_works_with_each_engine(engine: Engine, tmp_path: Path) -> None:
    engine.clear()
    (shown,) = re.findall(r"<!-- endpoint -->\n```sh\n(.*?)```", TEXT, re.DOTALL)
    push, ask = (line for line in shown.splitlines() if line.startswith("kg "))
    url = "http://localhost:7878/query"
    env = f"NETRC={engine.netrc} NO_PROXY=127.0.0.1"
    assert re.fullmatch(r"[\d,]+ graphs sent, 0 unchanged\n", _run(f"{env} {push.replace(url, engine.query)}"))
    here = ask.replace(f"--endpoint {url} ", "")
    assert _run(f"{env} {ask.replace(url, engine.query)}") == _run(here) != ""


def test_ci_runs_the_readme_s_own_test_command() -> None:
    assert "README.md" in (ROOT / ".ci" / "run").read_text()
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    (command,) = re.findall(r"<!-- test command -->\n```sh\n(.*?)\n```\n<!-- end -->", TEXT, re.DOTALL)
    for word in ("ruff check", "ruff format --check", "mypy", "pytest"):
        assert word in command


def test_every_folder_of_the_project_is_named() -> None:
    for folder in ("ontology/", "graph/", "queries/", "kg/", "tests/"):
        assert re.search(rf"^{folder} ", TEXT, re.MULTILINE)
