"""The command `kg`, run as a process."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from kg.cli.main import run

Outcome = subprocess.CompletedProcess[str]


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return {**kept, "COLUMNS": "100", **more}


def kg(*words: str, cwd: Path | None = None, given: str | bytes | None = None, **environment: str) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-m", "kg", *words],
        cwd=cwd,
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        env=_environment(**environment),
        timeout=120,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def call(*words: str, cwd: Path | None = None, **environment: str) -> Outcome:
    """Run `kg` in this process, which spares the time of a start, and return what it ended with."""
    out, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in "oe")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KG_", "GITHUB_"))}
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(errors):
        patch.setattr(os, "environ", {**kept, "COLUMNS": "100", **environment})
        patch.setattr(sys, "argv", ["kg", *words])
        if cwd:
            patch.chdir(cwd)
        code = run()
    return subprocess.CompletedProcess(words, code, *map(_told, (out, errors)))


def _told(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
