"""The project directory and its configuration."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SourceError
from kg.project.files import read_text

_FILE = "pyproject.toml"


def find_root(start: Path) -> Path:
    """Return the project directory: `start` or its nearest parent that is one, else the one that ships."""
    for directory in (start, *start.parents, shipped()):
        if is_project(directory):
            return directory
    raise SourceError(f"no project in '{start}' or above it (a project has graph/ and ontology/); name one with -C DIR")


def shipped() -> Path:
    """Return the directory of the graph that ships with the package, in a wheel or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    return package / "share" if (package / "share").is_dir() else package.parent


def is_project(directory: Path) -> bool:
    """Return whether the directory is a project: it has `graph/` and `ontology/`."""
    return (directory / "graph").is_dir() and (directory / "ontology").is_dir()


@dataclass(frozen=True, slots=True)
class Settings:
    """The values of `[tool.kg]` in the `pyproject.toml` of a project, with the text of that file."""

    values: Mapping[str, object]
    text: str

    def error(self, key: str, message: str) -> SourceError:
        """Return the error about a value, at its line if the text shows it."""
        match = re.search(rf"^[^#\n]*?\b{re.escape(key)}\b[\"']?[ \t]*=", self.text, re.MULTILINE)
        return SourceError(message, _FILE, self.text.count("\n", 0, match.start()) + 1 if match else 1)


def settings(root: Path) -> Settings | None:
    """Return the configuration of the project, or None; raises SourceError for a file that is not TOML."""
    file = root / _FILE
    if not file.is_file():
        return None
    text = read_text(file, _FILE)
    if not re.search(r"\bkg\b", text):
        return None
    import tomllib  # most projects do not need it

    try:
        values = tomllib.loads(text).get("tool", {}).get("kg")
    except tomllib.TOMLDecodeError as error:
        words, _, place = str(error).partition(" (at line ")
        line, column = map(int, re.findall(r"\d+", place)) if place.endswith(")") and "column" in place else (1, 1)
        raise SourceError(f"not TOML: {words}", _FILE, line, column) from error
    return Settings(values, text) if isinstance(values, dict) else None
