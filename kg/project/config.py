"""The project directory and its configuration."""

import re
from pathlib import Path

from kg.errors import SourceError
from kg.project.files import read_text as read_text

#: Without this word a `pyproject.toml` says nothing to kg.
_OWN = re.compile(r"\bkg\b")


def find_root(start: Path) -> Path:
    """Return the project directory: the nearest parent of `start` with `graph/` and `ontology/`, else what ships."""
    for directory in (start, *start.parents):
        if is_project(directory):
            return directory
    if is_project(shipped()):
        return shipped()
    raise SourceError(f"no project in '{start}' or above it (a project has graph/ and ontology/); name one with -C DIR")


def shipped() -> Path:
    """Return the directory of the graph that ships with the package, in a wheel or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    return package / "share" if (package / "share").is_dir() else package.parent


def is_project(directory: Path) -> bool:
    """Say whether the directory has what makes a project."""
    return (directory / "graph").is_dir() and (directory / "ontology").is_dir()


def store_of(root: Path, given: str | None) -> Path | None:
    """Return the directory of the store: as given, where "" is none, else as the project's `pyproject.toml` has it.

    There it is `store` in `[tool.kg]`, seen from the project. Raises SourceError where that cannot be read.
    """
    if given is not None:
        return Path(given) if given else None
    file = root / "pyproject.toml"
    if not file.is_file():
        return None
    text = read_text(file, file.name)
    if not ("store" in text and _OWN.search(text)):
        return None
    import tomllib  # most projects need it not

    try:
        own = tomllib.loads(text).get("tool", {}).get("kg", {})
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"not TOML: {error}", file.name) from error
    name = own.get("store", "") if isinstance(own, dict) else ""
    if not isinstance(name, str):
        raise SourceError("'store' in [tool.kg] is the name of a directory, in quotation marks", file.name)
    return root / name if name else None
