"""Findings for GitHub: annotations at the lines of a pull request, and a summary of the step in Markdown."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from kg.escape import visible
from kg.output.reports.setting import LEVELS, SEVERITIES, Setting, described
from kg.output.table import unmarked
from kg.rules.severity import Severity
from kg.validation.finding import Finding, Report

_HEAD = "\n| where | severity | rule | finding |\n| --- | --- | --- | --- |\n"

#: GitHub shows ten annotations of a level a step: these, and one with the number of the rest.
SHOWN = 9
#: The limit of a step's summary in bytes; GitHub refuses a longer one.
ROOM = 1024 * 1024
#: The most findings in a summary.
ROWS = 1000
#: The most characters of a message in an annotation or in a row of the summary.
_LONG = 2000


def annotations(report: Report, setting: Setting) -> str:
    """Return the workflow commands that annotate the first findings of each level, the graver level first."""
    lines = []
    for severity in Severity:
        level = LEVELS[severity]
        all_ = [one for one in report.findings if one.severity == severity]
        for one in all_[:SHOWN]:
            place = {"file": setting.prefix + one.file, "line": str(one.line), "col": str(one.column)}
            lines.append(_command(level, described(one), **(place if one.file else {}), title=one.rule))
        if (more := len(all_) - SHOWN) > 0:
            words = f"{_many(more, f'more {severity}')}; {len(all_):,} in all"
            lines.append(_command(level, words, title="kg validate"))
    return "".join(f"{one}\n" for one in lines)


def _command(level: str, message: str, **properties: str) -> str:
    """Return a workflow command, escaped as the runner's toolkit does."""
    pairs = ",".join(f"{name}={_escaped(value, '%:,')}" for name, value in properties.items())
    return f"::{level} {pairs}::{_escaped(message, '%')}"


def _escaped(text: str, marks: str) -> str:
    """Return the text with these marks and ends of lines encoded, other control characters shown."""
    text = _cut(text)
    kept = "".join(one if one in "\r\n" else visible(one) for one in text) if not text.isprintable() else text
    return re.sub(f"[{marks}\r\n]", lambda found: f"%{ord(found[0]):02X}", kept)


def summary(report: Report, setting: Setting, room: int = ROOM) -> str:
    """Return a table of the rules and one of the findings in Markdown, in at most `room` bytes; "" if too long."""
    counts = Counter(one.severity for one in report.findings)
    whole = f"### kg validate: {', '.join(_many(counts[one], one) for one in Severity)}\n\n"
    whole += "".join(_of_rules(report, setting))
    ranked = sorted(report.findings, key=lambda one: SEVERITIES.index(one.severity))
    rows = [_row(one, setting) for one in ranked[:ROWS]]
    # Keep room for the sentence with the number of missing findings.
    left = room - len(whole.encode()) - len(_HEAD) - 80
    sizes = accumulate(len(row.encode(errors="backslashreplace")) for row in rows)
    if fitting := sum(size <= left for size in sizes):
        whole += _HEAD + "".join(rows[:fitting])
    if more := len(ranked) - fitting:
        whole += f"\n{_many(more, 'finding')} {'more ' if fitting else ''}not shown here.\n"
    return f"{whole}\n" if len(whole.encode(errors="backslashreplace")) < room else ""


def _of_rules(report: Report, setting: Setting) -> Iterator[str]:
    """Yield the number of findings by rule, the gravest and the most frequent first, and the skipped parts."""
    of_rule = Counter((one.severity, one.rule) for one in report.findings)
    if of_rule:
        yield "| rule | severity | findings | the rule |\n| --- | --- | ---: | --- |\n"
    for severity, rule in sorted(of_rule, key=lambda one: (SEVERITIES.index(one[0]), -of_rule[one], one)):
        wants = setting.rules[rule].sentence if rule in setting.rules else ""
        yield f"| {_plain(rule)} | {severity} | {of_rule[severity, rule]:,} | {_plain(wants)} |\n"
    for skipped in report.skipped:
        yield f"\nNot checked: {_plain(skipped)}.\n"


def _row(finding: Finding, setting: Setting) -> str:
    place = f"{setting.prefix}{finding.file}:{finding.line}:{finding.column}" if finding.file else ""
    cells = (place, finding.severity, finding.rule, described(finding))
    return f"| {' | '.join(map(_plain, cells))} |\n"


def _plain(text: str) -> str:
    return unmarked(_cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
