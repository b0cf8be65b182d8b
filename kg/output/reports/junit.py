"""Findings as test results: a suite a file, a case a rule with findings there, one that passes for a clean file."""

from collections.abc import Iterator
from html import escape
from itertools import groupby

from kg.escape import visible
from kg.output.reports.setting import Setting, line
from kg.validation.finding import Finding, Report


def junit(report: Report, setting: Setting) -> str:
    """Return the report as JUnit's XML, as Jenkins and GitLab read it.

    A rule with findings is a failure if their severity fails the validation, else a case that passes and lists them. A
    part that was not validated is a skipped case.
    """
    by_file = {file: list(found) for file, found in groupby(sorted(report.findings, key=_place), lambda one: one.file)}
    suites = [_Suite(file, by_file.get(file, []), setting) for file in sorted({*report.checked, *by_file})]
    cases = sum(suite.cases for suite in suites) + len(report.skipped)
    failures = sum(suite.failures for suite in suites)
    counts = _attributes(name="kg validate", tests=cases, failures=failures, errors=0)
    skipped = list(_skipped(report.skipped))
    lines = [f"<testsuites {counts}>", *(one for suite in suites for one in suite.lines), *skipped, "</testsuites>"]
    return "".join(f"{one}\n" for one in ['<?xml version="1.0" encoding="UTF-8"?>', *lines])


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.file, finding.rule, finding.line, finding.column


class _Suite:
    """The cases of one file, and how many of them fail."""

    def __init__(self, file: str, found: list[Finding], setting: Setting) -> None:
        self.cases = self.failures = 0
        path = setting.prefix + file if file else "no file"
        body: list[str] = []
        for rule, group in groupby(found, lambda one: one.rule):
            same = list(group)
            failed = any(one.severity in setting.failing for one in same)
            self.cases += 1
            self.failures += failed
            body += _case(rule, path, same, failed)
        if not found:
            self.cases = 1
            body.append(f"  <testcase {_attributes(name='conforms', classname=path, file=path)}/>")
        counts = _attributes(name=path, tests=self.cases, failures=self.failures, errors=0, skipped=0)
        self.lines = [f" <testsuite {counts}>", *body, " </testsuite>"]


def _case(rule: str, path: str, found: list[Finding], failed: bool) -> Iterator[str]:
    first = found[0]
    yield f"  <testcase {_attributes(name=rule, classname=path, file=path)}>"
    listed = "\n".join(_text(line(one)) for one in found)
    if failed:
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        head = _attributes(message=f"{first.message}{more}", type=first.severity)
        yield f"   <failure {head}>{listed}</failure>"
    else:
        yield f"   <system-out>{listed}</system-out>"
    yield "  </testcase>"


def _skipped(parts: tuple[str, ...]) -> Iterator[str]:
    if parts:
        counts = _attributes(name="not checked", tests=len(parts), failures=0, errors=0, skipped=len(parts))
        yield f" <testsuite {counts}>"
        for part in parts:
            case = _attributes(name=part.partition(":")[0], classname="not checked")
            yield f"  <testcase {case}><skipped {_attributes(message=part)}>{_text(part)}</skipped></testcase>"
        yield " </testsuite>"


def _attributes(**values: str | int) -> str:
    return " ".join(f'{name}="{_text(str(value))}"' for name, value in values.items())


def _text(text: str) -> str:
    """Return the text for XML; the characters that it forbids become escapes."""
    return escape(visible(text))
