"""The hooks for CI: the action runs as on GitHub, and what YAML calls of `kg` exists."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from support.paths import ROOT

from kg.cli.main import cli

ACTION = ROOT / ".github" / "actions" / "validate" / "action.yml"
SHOWN = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def read_call(line: str) -> None:
    """Read a command line as `kg` does, without running it."""
    word, *words = shlex.split(line)
    assert word == "kg"
    if words[0] == "-C":
        words = words[2:]
    cli.commands[words[0]].make_context(words[0], words[1:])


# --- The composite action ---


@pytest.fixture(scope="module")
def action() -> dict[str, dict[str, dict[str, str]]]:
    loaded = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def steps() -> list[dict[str, str | dict[str, str]]]:
    found = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    assert isinstance(found, list)
    return found


def test_the_action_says_what_it_takes_and_gives(action: dict[str, dict[str, dict[str, str]]]) -> None:
    assert yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["using"] == "composite"
    assert list(action["inputs"]) == ["path", "fail-on", "texts", "sarif"]
    for one in (*action["inputs"].values(), *action["outputs"].values()):
        assert one["description"].endswith((".", "default."))
    text = ACTION.read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", text)) == set(action["inputs"])
    check = next(step for step in steps() if step.get("id") == "check")
    for name, output in action["outputs"].items():
        assert output["value"] == f"${{{{ steps.check.outputs.{name} }}}}"
        assert name in str(check["run"]) or f"{name[:-1]}" in str(check["run"])


def test_no_input_stands_in_a_script() -> None:
    for step in steps():
        assert step["shell"] == "bash"
        assert "${{" not in str(step["run"])
        environment = step.get("env", {})
        assert isinstance(environment, dict)
        assert all(f"${name}" in str(step["run"]) for name in environment)


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """Return a directory with what stands for GitHub's runner: a `python3` that installs nothing and makes this kg."""
    tools, temporary = tmp_path / "tools", tmp_path / "runner temp"
    tools.mkdir()
    temporary.mkdir()
    stand_in = f"""#!/bin/bash
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin"
  cp "$0" "$3/bin/python"
  printf '#!/bin/bash\\nexec "{sys.executable}" -m kg "$@"\\n' > "$3/bin/kg"
  chmod +x "$3/bin/kg"
elif [ "$1 $2" = "-m pip" ]; then
  printf '%s\\n' "$*" > "{tmp_path}/installed"
else
  exec "{sys.executable}" "$@"
fi
"""
    (tools / "python3").write_text(stand_in)
    (tools / "python3").chmod(0o755)
    return tmp_path


def act(server: Path, workspace: Path, **inputs: str) -> tuple[int, str, dict[str, str], str]:
    """Run the action's steps as GitHub does; return the exit code, standard output, outputs and the summary."""
    declared = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"]
    values = {name: str(one["default"]) for name, one in declared.items()} | inputs
    given, told = server / "output", server / "summary"
    given.touch()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KG_")},
        "PATH": f"{server / 'tools'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ACTION.parent),
        "GITHUB_OUTPUT": str(given),
        "GITHUB_STEP_SUMMARY": str(told),
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(server / "runner temp"),
    }
    code, shown = 0, ""
    for step in steps():
        script = server / "script.sh"
        script.write_text(str(step["run"]))
        own = step.get("env", {})
        assert isinstance(own, dict)
        filled = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda one: values[one[1]], text)
            for name, text in own.items()
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=workspace,
            env=environment | filled,
            capture_output=True,
            text=True,
            check=False,
        )
        code, shown = done.returncode, shown + done.stdout
        if code:
            break
    outputs = dict(line.split("=", 1) for line in given.read_text().splitlines())
    return code, shown, outputs, told.read_text() if told.exists() else ""


def test_the_action_passes_a_project_that_conforms(server: Path, sample_root: Path, sample_texts: Path) -> None:
    code, shown, outputs, summary = act(server, sample_root, texts=str(sample_texts))
    assert (code, shown) == (0, "")
    assert outputs == {"conforms": "true", "violations": "0", "warnings": "0"}
    assert summary.startswith("### kg validate: 0 violations, 0 warnings")
    assert "Not checked" not in summary
    installed = (server / "installed").read_text().split()
    assert installed[:4] == ["-m", "pip", "install", "--quiet"]
    assert Path(installed[4]).resolve() == ROOT
    assert (ROOT / "pyproject.toml").exists()


def test_the_action_fails_and_tells_what_is_wrong(server: Path, sample_root: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "work space"
    units = shutil.copytree(sample_root, workspace / "da ta") / "graph" / "units.ttl"
    (workspace / ".git").mkdir()
    units.write_text(units.read_text().replace("kg:Unit", "kg:Unti"))
    code, shown, outputs, summary = act(server, workspace, path="da ta", sarif="kg $(x).sarif")
    assert code == 1
    assert shown.startswith("::error file=da ta/graph/")
    assert outputs["conforms"] == "false"
    (run,) = json.loads((workspace / "kg $(x).sarif").read_text())["runs"]
    assert len(run["results"]) == int(outputs["violations"]) + int(outputs["warnings"])
    assert f"### kg validate: {outputs['violations']} violation" in summary


@pytest.mark.parametrize(
    "inputs", [{"path": "nowhere"}, {"fail-on": "error; exit 0"}, {"texts": "nowhere"}, {"sarif": "no/where.sarif"}]
)
def test_the_action_fails_on_a_wrong_input_without_outputs(
    server: Path, sample_root: Path, inputs: dict[str, str]
) -> None:
    code, shown, outputs, _ = act(server, sample_root, **inputs)
    assert (code, shown, outputs) == (2, "", {})


# --- What YAML calls ---


def test_the_readme_s_workflows_call_what_there_is(action: dict[str, dict[str, dict[str, str]]]) -> None:
    github, gitlab, pre_commit = (yaml.safe_load(text) for text in SHOWN)
    assert [len(text.splitlines()) for text in SHOWN[:2]] == [8, 8]
    # YAML 1.1 takes a bare on for true.
    assert set(github) == {True, "jobs"}
    _, use = github["jobs"]["graph"]["steps"]
    assert (ROOT / use["uses"] / "action.yml").resolve() == ACTION
    assert set(use["with"]) <= set(action["inputs"])
    _, call = gitlab["graph"]["script"]
    read_call(call)
    assert gitlab["graph"]["artifacts"]["reports"]["junit"] in shlex.split(call)
    (hook,) = pre_commit["repos"][0]["hooks"]
    (known,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["id"] == known["id"]
    assert "args" not in hook, "the whole graph is judged, for a change may break what it does not touch"
    read_call(known["entry"])


def test_pre_commit_runs_at_each_commit_also_at_one_that_removes_a_file() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    # -C refuses a directory that is no project, where kg would else check the graph that ships with it.
    assert hook["entry"].startswith("kg -C . ")
    read_call(hook["entry"])
    assert hook["always_run"] is True
    assert "files" not in hook
