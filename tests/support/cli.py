"""The command `kg`, run as a process or inside this one."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from kg.cli.main import run

Outcome = subprocess.CompletedProcess[str]
#: Variables that would lead `kg` to another project, index, endpoint or proxy, or change its format.
_DROPPED = ("KG_", "GITHUB_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NETRC", "SSL_CERT")


def environment(**more: str) -> dict[str, str]:
    """Return the environment without what would change the output of `kg`, with these variables added."""
    neutral = {name: value for name, value in os.environ.items() if not name.upper().startswith(_DROPPED)}
    return {**neutral, "COLUMNS": "100", "NO_PROXY": "127.0.0.1,localhost", **more}


def kg(*words: str, cwd: Path | None = None, given: str | bytes | None = None, **variables: str) -> Outcome:
    """Run `kg` as a process, with `given` as standard input, and return its exit code and output."""
    done = subprocess.run(
        [sys.executable, "-m", "kg", *words],
        cwd=cwd,
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        env=environment(**variables),
        timeout=120,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def call(*words: str, cwd: Path | None = None, **variables: str) -> Outcome:
    """Run `kg` in this process, which saves the time of a start, and return its exit code and output."""
    out, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(errors):
        patch.setattr(os, "environ", environment(**variables))
        patch.setattr(sys, "argv", ["kg", *words])
        if cwd:
            patch.chdir(cwd)
        code = run()
    return subprocess.CompletedProcess(words, code, *map(_content, (out, errors)))


def _content(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
