"""The settings that all forms share, the text of a finding on one line, and the lines of files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SourceError
from kg.escape import visible
from kg.project.dataset import read_text
from kg.rules.registry import Rule
from kg.rules.severity import Severity
from kg.validation.finding import Finding

#: The severities, the gravest first.
SEVERITIES = tuple(Severity)
#: The levels of GitHub and SARIF.
LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning"}


@dataclass(frozen=True, slots=True)
class Setting:
    """The settings of a form.

    `prefix` is the path from the top of the repository to the project, "" or such as "data/", from where readers of
    sarif, github and junit count. `failing` are the severities that fail the validation. `color` and `source` are for a
    terminal: escapes for colour; the line of a finding, with a mark, in at most `width` columns.
    """

    root: Path
    rules: Mapping[str, Rule]
    prefix: str = ""
    failing: frozenset[Severity] = frozenset([Severity.VIOLATION])
    color: bool = False
    source: bool = False
    width: int = 100


def placed(finding: Finding) -> str:
    """Return the place, if there is one, the severity and the rule."""
    place = f"{finding.file}:{finding.line}:{finding.column}: " if finding.file else ""
    return visible(f"{place}{finding.severity} {finding.rule}")


def described(finding: Finding) -> str:
    """Return the message after the focus, if there is one."""
    return f"{finding.focus}: {finding.message}" if finding.focus else finding.message


def line(finding: Finding) -> str:
    """Return the finding on one line in the manner of compilers."""
    return placed(finding) + (" " if finding.focus else ": ") + visible(described(finding))


class Sources:
    """Reads lines of the project's files; keeps the last file, since findings are sorted by file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._file = ""
        self._lines: list[str] = []

    def line(self, finding: Finding) -> str | None:
        """Return the line of a finding, without its end, or None if it cannot be read."""
        if finding.file != self._file:
            self._file = finding.file
            try:
                self._lines = read_text(self._root / finding.file, finding.file).split("\n")
            except SourceError:
                self._lines = []
        if not 0 < finding.line <= len(self._lines):
            return None
        return self._lines[finding.line - 1].removesuffix("\r")
