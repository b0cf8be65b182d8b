"""Findings as test results: a suite per file, with a case per rule that has findings there; a clean file passes."""

from collections.abc import Iterator
from html import escape

from kg.escape import visible
from kg.output.reports.setting import Setting, line
from kg.validation.finding import Finding, Report


def junit(report: Report, setting: Setting) -> str:
    """Return the report as JUnit's XML, as Jenkins and GitLab read it.

    A rule with findings is a failure if their severity fails the validation, else a case that passes and lists them. A
    part that was not validated is a skipped case.
    """
    by_file: dict[str, dict[str, list[Finding]]] = {file: {} for file in report.checked}
    for finding in sorted(report.findings, key=lambda one: (one.file, one.rule, one.line, one.column)):
        by_file.setdefault(finding.file, {}).setdefault(finding.rule, []).append(finding)
    lines: list[str] = []
    cases, failures = len(report.skipped), 0
    for file, by_rule in sorted(by_file.items()):
        path = setting.prefix + file if file else "no file"
        failed = {rule: any(one.severity in setting.failing for one in same) for rule, same in by_rule.items()}
        tests, wrong = len(by_rule) or 1, sum(failed.values())
        lines.append(f" <testsuite {_attributes(name=path, tests=tests, failures=wrong, errors=0, skipped=0)}>")
        if not by_rule:
            lines.append(f"  <testcase {_attributes(name='conforms', classname=path, file=path)}/>")
        for rule, same in by_rule.items():
            lines += _case(rule, path, same, failed[rule])
        lines.append(" </testsuite>")
        cases, failures = cases + tests, failures + wrong
    counts = _attributes(name="kg validate", tests=cases, failures=failures, errors=0)
    head = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {counts}>"]
    return "".join(f"{one}\n" for one in [*head, *lines, *_skipped(report.skipped), "</testsuites>"])


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
