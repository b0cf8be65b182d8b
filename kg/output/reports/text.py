"""Findings as text: one a line in the manner of compilers, on a terminal with the line of the file below."""

from kg.escape import visible
from kg.output.reports.setting import Setting, Sources, line, placed
from kg.output.table import cell_width
from kg.rules.severity import Severity
from kg.validation.finding import Finding, Report

#: The most findings in a text; the other forms have more.
SHOWN = 1000
_COLORS = {Severity.VIOLATION: "31", Severity.WARNING: "33"}
_TAB = " " * 4


def text(report: Report, setting: Setting) -> str:
    """Return at most SHOWN findings, one a line, and then the number of the rest."""
    sources = Sources(setting.root)
    lines: list[str] = []
    for one in report.findings[:SHOWN]:
        whole = line(one)
        lines.append(_colored(whole, one) if setting.color else whole)
        if setting.source and not one.veiled and (source := sources.line(one)) is not None:
            lines += _marked(one, source, setting)
    if (more := len(report.findings) - SHOWN) > 0:
        lines.append(f"... and {more:,} more; --format json has all")
    return "".join(f"{one}\n" for one in lines)


def _colored(whole: str, finding: Finding) -> str:
    head = placed(finding)
    place, severity, rule = head.rpartition(finding.severity)
    mark = f"\x1b[1;{_COLORS[finding.severity]}m"
    return f"\x1b[1m{place}\x1b[0m{mark}{severity}\x1b[0m{rule}{whole.removeprefix(head)}"


def _marked(finding: Finding, source: str, setting: Setting) -> list[str]:
    """Return the line behind its number, and a caret below the column.

    The number keeps the text of a file from beginning a line: build servers obey some such lines.
    """
    number = f" {finding.line} | "
    left, right = _fitted(source[: finding.column - 1], source[finding.column - 1 :], setting.width - len(number) - 1)
    caret = "\x1b[1;32m^\x1b[0m" if setting.color else "^"
    return [f"{number}{left}{right}", f"{' ' * (len(number) - 2)}| {' ' * cell_width(left)}{caret}"]


def _fitted(before: str, after: str, room: int) -> tuple[str, str]:
    """Return the parts of a line before and from the column on that fit, with an ellipsis where they are cut."""
    room = max(room, 20)
    # A literal may be a megabyte long: process only the visible part.
    left, right = _shown(before[-room:]), _shown(after[:room])
    if max(len(before), len(after), cell_width(left + right)) <= room:
        return left, right
    if len(before) > room or cell_width(left) > room // 2:
        while cell_width(left) >= room // 2:
            left = left[1:]
        left = f"…{left}"
    if len(after) > room or cell_width(left + right) > room:
        while cell_width(left + right) >= room:
            right = right[:-1]
        right = f"{right}…"
    return left, right


def _shown(source: str) -> str:
    return visible(source.replace("\t", _TAB))
