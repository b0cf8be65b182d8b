"""The severity of a rule and of its findings."""

from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is, the gravest first."""

    VIOLATION = "violation"
    WARNING = "warning"
