"""What git knows of a project: run without its hooks and pager, and only to read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import OutsideError, SourceError
from kg.rdf.namespaces import suggest

if TYPE_CHECKING:
    from subprocess import CompletedProcess

#: Whatever else a configuration says, git asks, runs and writes nothing: no hook, no watcher, no pager, no index.
_QUIET = ("--no-pager", "--no-optional-locks", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
#: A hook in which kg runs has these of git's own, relative to another directory; the project tells its repository.
_OF_HOOKS = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE")


def run(root: Path, *words: str, index: Path | None = None) -> CompletedProcess[bytes]:
    """Return what git, run in the directory with these words, ended with; raises OutsideError where there is none.

    With `index` git takes that file for its index.
    """
    import subprocess  # slow to import, and only a comparison runs git

    kept = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    own = {"GIT_INDEX_FILE": str(index)} if index else {}
    call = ["git", *_QUIET, "-C", str(root), *words]
    try:
        return subprocess.run(call, capture_output=True, check=False, env={**kept, **own, "LC_ALL": "C"})
    except OSError as error:
        raise OutsideError(f"git cannot be run: {error.strerror}") from error


def reason(done: CompletedProcess[bytes]) -> str:
    """Return git's own word, in one line, on why it failed."""
    lines = done.stderr.decode(errors="replace").strip().splitlines() or ["git says no more"]
    return lines[0].removeprefix("fatal: ")


def prefix(root: Path) -> str:
    """Return the way from the top of the repository to the project, "" or such as "data/"; "" outside a repository.

    A look at the directories is enough: it does without git, and where git refuses a directory of another owner.
    """
    whole = root.resolve()
    for top in (whole, *whole.parents):
        if (top / ".git").exists():
            return "".join(f"{part}/" for part in whole.relative_to(top).parts)
    return ""


def unchanged(root: Path, revision: str) -> frozenset[Path]:
    """Return the files of the repository that are as they were at a revision, as absolute paths without links.

    `REV...` is where the branch left that revision, as git has it. Raises SourceError outside a repository and for
    what is no revision.
    """
    found = run(root, "rev-parse", "--show-toplevel")
    if found.returncode:
        raise SourceError(f"'{root}' is in no work tree of git: {reason(found)}")
    top = Path(os.fsdecode(found.stdout.rstrip(b"\n"))).resolve()
    if revision == "HEAD" and _unborn(root):
        return frozenset()
    commit = _commit(root, revision)
    held = _names(run(root, "ls-tree", "-r", "-z", "--full-tree", "--name-only", commit))
    return frozenset(top / name for name in held - _touched(root, commit))


def _touched(root: Path, commit: str) -> set[str]:
    """Return the names of files that differ from a commit; those that git does not know of are not among them."""
    from shutil import copy2
    from tempfile import TemporaryDirectory

    alike = ("--no-ext-diff", "--no-textconv", "--no-renames", "--no-relative", "--ignore-submodules=all")
    with TemporaryDirectory() as directory:
        # This comparison writes the index anew, come what may; the time of the copy tells git what to look at again.
        own, copy = run(root, "rev-parse", "--git-path", "index"), Path(directory) / "index"
        index = root / os.fsdecode(own.stdout.rstrip(b"\n"))
        if index.exists():
            copy2(index, copy)
        return _names(run(root, "diff", "-z", "--name-only", *alike, commit, "--", index=copy))


def _unborn(root: Path) -> bool:
    """Say whether the repository has no commit yet, so that HEAD names a branch which is not there."""
    return bool(run(root, "rev-parse", "--verify", "--quiet", "HEAD").returncode) and not _branches(root)


def _branches(root: Path) -> list[str]:
    done = run(root, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
    return done.stdout.decode(errors="replace").split()


def _commit(root: Path, revision: str) -> str:
    """Return the commit of a revision; raises SourceError for what names none."""
    name = revision.removesuffix("...")
    done = run(root, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
    if done.returncode:
        raise SourceError(f"'{name}' is no revision{suggest(name, ['HEAD', *_branches(root)])}{_shallow(root)}")
    if name != revision:
        done = run(root, "merge-base", done.stdout.decode().strip(), "HEAD")
        if done.returncode:
            raise SourceError(f"'{name}' and HEAD have no common commit{_shallow(root)}")
    return done.stdout.decode().strip()


def hint(root: Path, revision: str) -> str:
    """Return a word on what may be meant by a revision that git does not know, or nothing."""
    if run(root, "rev-parse", "--git-dir").returncode or revision == "HEAD":
        return ""
    if ".." in revision:
        return "; two states are two words: kg diff OLD NEW"
    if not run(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").returncode:
        return ""
    return f"{suggest(revision, ['HEAD', *_branches(root)])}{_shallow(root)}"


def _shallow(root: Path) -> str:
    """Return a word on what a clone lacks that was made without its history, as on most build machines."""
    done = run(root, "rev-parse", "--is-shallow-repository")
    return " (the clone is shallow: fetch its history first)" if done.stdout.strip() == b"true" else ""


def _names(done: CompletedProcess[bytes]) -> set[str]:
    """Return the names of files that git has written; raises OutsideError where it failed."""
    if done.returncode:
        raise OutsideError(f"git failed: {reason(done)}")
    return {os.fsdecode(name) for name in done.stdout.split(b"\0") if name}
