"""The git repository of a project, read without hooks and pager, and never changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import OutsideError, SourceError
from kg.rdf.namespaces import suggest

if TYPE_CHECKING:
    from subprocess import CompletedProcess

#: Whatever is configured, git runs no hook, watcher or pager, asks nothing and writes no index.
_QUIET = ("--no-pager", "--no-optional-locks", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
#: Git sets these in a hook, relative to another directory; the project's path is enough to find its repository.
_OF_HOOKS = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE")


def run(root: Path, *words: str, index: Path | None = None) -> CompletedProcess[bytes]:
    """Return the ended process of git with these words, run in the directory `root`.

    With `index` git uses that file as its index. Raises OutsideError if git cannot be run.
    """
    import subprocess  # slow to import, and only a comparison runs git

    environment = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS} | {"LC_ALL": "C"}
    environment |= {"GIT_INDEX_FILE": str(index)} if index else {}
    try:
        return subprocess.run(["git", *_QUIET, "-C", str(root), *words], capture_output=True, env=environment)
    except OSError as error:
        raise OutsideError(f"git cannot be run: {error.strerror}") from error


def reason(process: CompletedProcess[bytes]) -> str:
    """Return the first line of the error that git printed."""
    lines = process.stderr.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else "git printed no reason"


def prefix(root: Path) -> str:
    """Return the path from the top of the repository to the project, such as "data/"; "" for the top and outside one.

    It looks for `.git` itself: that works without git, and in a directory of another owner, which git refuses.
    """
    path = root.resolve()
    for top in (path, *path.parents):
        if (top / ".git").exists():
            return "".join(f"{part}/" for part in path.relative_to(top).parts)
    return ""


def unchanged(root: Path, revision: str) -> frozenset[Path]:
    """Return the files of the repository that are the same as at a revision, as absolute paths without links.

    `REV...` is the last common commit of REV and HEAD. Raises SourceError outside a repository and for an unknown
    revision.
    """
    process = run(root, "rev-parse", "--show-toplevel")
    if process.returncode:
        raise SourceError(f"'{root}' is not in a git work tree: {reason(process)}")
    top = Path(os.fsdecode(process.stdout.rstrip(b"\n"))).resolve()
    if revision == "HEAD" and run(root, "rev-parse", "--verify", "--quiet", "HEAD").returncode and not _branches(root):
        return frozenset()  # without a commit yet, HEAD names a branch that does not exist
    commit = _commit(root, revision)
    files = _names(run(root, "ls-tree", "-r", "-z", "--full-tree", "--name-only", commit))
    return frozenset(top / name for name in files - _changed(root, commit))


def _changed(root: Path, commit: str) -> set[str]:
    """Return the names of the files that differ from a commit, without those that git does not track."""
    from shutil import copy2
    from tempfile import TemporaryDirectory

    options = ("--no-ext-diff", "--no-textconv", "--no-renames", "--no-relative", "--ignore-submodules=all")
    with TemporaryDirectory() as directory:
        # This comparison always rewrites the index. `copy2` keeps its time, by which git knows which files to read.
        copy = Path(directory) / "index"
        index = root / os.fsdecode(run(root, "rev-parse", "--git-path", "index").stdout.rstrip(b"\n"))
        if index.exists():
            copy2(index, copy)
        return _names(run(root, "diff", "-z", "--name-only", *options, commit, "--", index=copy))


def _branches(root: Path) -> list[str]:
    process = run(root, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
    return process.stdout.decode(errors="replace").split()


def _commit(root: Path, revision: str) -> str:
    """Return the commit of a revision; raises SourceError for an unknown one."""
    name = revision.removesuffix("...")
    process = run(root, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
    if process.returncode:
        raise SourceError(f"'{name}' is not a git revision{suggest(name, ['HEAD', *_branches(root)])}{_shallow(root)}")
    if name != revision:
        process = run(root, "merge-base", process.stdout.decode().strip(), "HEAD")
        if process.returncode:
            raise SourceError(f"'{name}' and HEAD have no common commit{_shallow(root)}")
    return process.stdout.decode().strip()


def hint(root: Path, revision: str) -> str:
    """Return a hint about a revision that git does not know, or ""."""
    if run(root, "rev-parse", "--git-dir").returncode or revision == "HEAD":
        return ""
    if ".." in revision:
        return "; give two revisions as two words: kg diff OLD NEW"
    unknown = run(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").returncode
    return f"{suggest(revision, ['HEAD', *_branches(root)])}{_shallow(root)}" if unknown else ""


def _shallow(root: Path) -> str:
    """Return a hint if the clone has no history, as on most build machines, else ""."""
    process = run(root, "rev-parse", "--is-shallow-repository")
    return " (the clone is shallow: fetch its history first)" if process.stdout.strip() == b"true" else ""


def _names(process: CompletedProcess[bytes]) -> set[str]:
    """Return the file names that git printed; raises OutsideError if it failed."""
    if process.returncode:
        raise OutsideError(f"git failed: {reason(process)}")
    return {os.fsdecode(name) for name in process.stdout.split(b"\0") if name}
