"""The errors: finished sentences with the place first, turned into exit codes by `cli`; and the place in a file."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file: its name relative to the project, "" for none; line and column, in characters, from 1."""

    file: str = ""
    line: int = 1
    column: int = 1

    @classmethod
    def of(cls, file: str, text: str, offset: int) -> Self:
        """Return the place of an offset, in characters from 0, in the text of a file."""
        return cls(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.file else ""


class KgError(Exception):
    """The call or its input is wrong (exit code 2).

    `message` is the sentence without the place. `file`, "" for none, `line` and `column` are the place. `rule` names
    the rule that the input breaks, "" where the kind of file tells it.
    """

    def __init__(self, message: str, file: str = "", line: int = 1, column: int = 1, *, rule: str = "") -> None:
        self.place = Place(file, line, column)
        super().__init__(f"{self.place}: {message}" if file else message)
        self.message, self.file, self.line, self.column, self.rule = message, file, line, column, rule


class SourceError(KgError):
    """A file cannot be read, or its content is not what its name promises."""


class NameUnknownError(KgError):
    """A name stands for nothing here."""


class QueryError(KgError):
    """A query, its header or a value of a parameter is wrong."""


class OutsideError(KgError):
    """A part outside the project failed or took too long (exit code 3)."""


class PrivacyError(KgError):
    """An output would identify a protected person (exit code 1)."""
