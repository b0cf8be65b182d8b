"""The family of errors: raised as finished sentences with the place first, turned into exit codes by `cli`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file: its name relative to the project, "" for none; line and column, in characters, from 1."""

    file: str = ""
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """Return `file:line:column`, or "" for no file."""
        return f"{self.file}:{self.line}:{self.column}" if self.file else ""


class KgError(Exception):
    """The call or its input is wrong (exit code 2)."""


class SourceError(KgError):
    """A file cannot be read, or is not what its name says."""

    def __init__(self, message: str, file: str = "", line: int = 1, column: int = 1) -> None:
        """Keep the place (file relative to the project; line and column count from 1) beside the sentence."""
        super().__init__(f"{file}:{line}:{column}: {message}" if file else message)
        self.message = message
        self.place = Place(file, line, column)
        self.file = file
        self.line = line
        self.column = column


class NameUnknownError(KgError):
    """A name that was given stands for nothing here."""


class QueryError(KgError):
    """A query, its header or one of its parameter values is wrong."""


class OutsideError(KgError):
    """Something outside the project failed or took too long (exit code 3)."""


class PrivacyError(KgError):
    """What should leave would identify a person who hides (exit code 1)."""
