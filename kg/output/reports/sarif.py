"""Findings as SARIF 2.1.0 (OASIS, errata 01), as GitHub's code scanning and editors read it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from posixpath import normpath
from urllib.parse import quote

from kg import __version__
from kg.escape import visible
from kg.output.reports.setting import LEVELS, SEVERITIES, Setting, Sources, described
from kg.output.table import json_line
from kg.validation.finding import Finding, Report

#: GitHub refuses a run with more results.
LIMIT = 25_000
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: The base of paths, which the reader of the file knows, so that it needs no path of this machine.
_BASE = "%SRCROOT%"
#: The limit of GitHub for a description, in characters.
_LONG = 1024


def sarif(report: Report, setting: Setting) -> str:
    """Return the report as a SARIF log of one run, cut to the LIMIT gravest findings, which a notification says."""
    found = list(zip(report.findings, _fingerprints(report.findings), strict=True))
    graver = sorted(range(len(found)), key=lambda number: SEVERITIES.index(found[number][0].severity))
    kept = [found[number] for number in sorted(graver[:LIMIT])]
    rules = {one.rule: one for one, _ in kept}
    places = {name: number for number, name in enumerate(sorted(rules))}
    sources = Sources(setting.root)
    described_rules = [_rule(rules[name], setting) for name in places]
    driver = {"name": "kg validate", "semanticVersion": __version__, "rules": described_rules}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notes(report, len(kept))}],
        "originalUriBaseIds": {_BASE: {"description": {"text": "The top of the repository."}}},
        "columnKind": "utf16CodeUnits",
        "results": [_result(one, print_, places[one.rule], setting, sources) for one, print_ in kept],
    }
    # On one line: with an indent Python's encoder takes ten times as long.
    return json_line({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """Give for each finding a digest that stays when lines move; equal ones are numbered in their order.

    `primaryLocationLineHash` is left to GitHub's upload, which computes it and warns of any other.
    """
    times: Counter[str] = Counter()
    for one in findings:
        # A finding without focus, such as one of syntax, is about its file.
        about = (one.rule, one.focus or one.file, one.path or "", one.value or "")
        digest = sha256("\0".join(about).encode(errors="surrogatepass")).hexdigest()
        times[digest] += 1
        yield f"{digest}:{times[digest]}"


def _rule(example: Finding, setting: Setting) -> dict[str, object]:
    """Return the description of a finding's rule; for an unknown rule, the finding's message."""
    rule = setting.rules.get(example.rule)
    sentence = visible(rule.sentence if rule else example.message)
    return {
        "id": visible(example.rule),
        "shortDescription": {"text": sentence[:_LONG]},
        "fullDescription": {"text": sentence[:_LONG]},
        "help": {"text": visible(rule.help) if rule and rule.help else sentence},
        "defaultConfiguration": {"level": LEVELS[rule.severity if rule else example.severity]},
        "properties": {"tags": [rule.family if rule else "shapes"]},
    }


def _notes(report: Report, kept: int) -> list[dict[str, object]]:
    """Return the notes for a reader of the results: the skipped parts, and the number of findings left out."""
    notes: list[dict[str, object]] = [
        {"level": "note", "message": {"text": f"Not checked: {visible(one)}."}} for one in report.skipped
    ]
    if kept < len(report.findings):
        text = f"There are {len(report.findings):,} findings; these are the {kept:,} gravest, the limit of GitHub."
        notes.append({"level": "warning", "message": {"text": text}})
    return notes


def _result(finding: Finding, print_: str, place: int, setting: Setting, sources: Sources) -> dict[str, object]:
    rule = setting.rules.get(finding.rule)
    declared = _location(rule.file or "", rule.line or 1, rule.column or 1, setting) if rule else {}
    # Editors count columns in UTF-16 code units; where the line cannot be read, they are characters.
    before = (sources.line(finding) or "")[: finding.column - 1]
    column = finding.column + sum(one > "\uffff" for one in before)
    # GitHub refuses a log with a result that has no file.
    own = _location(finding.file, finding.line, column, setting) or declared or _location("graph", 1, 1, setting)
    focus = {"logicalLocations": [{"fullyQualifiedName": visible(finding.focus)}]} if finding.focus else {}
    related = {"relatedLocations": [declared | {"message": {"text": "The rule."}}]} if declared else {}
    return {
        "ruleId": visible(finding.rule),
        "ruleIndex": place,
        "level": LEVELS[finding.severity],
        "message": {"text": visible(described(finding))},
        "locations": [own | focus],
        **related,
        "partialFingerprints": {"kgFinding/v1": print_},
    }


def _location(file: str, line: int, column: int, setting: Setting) -> dict[str, object]:
    """Return the place relative to the repository; {} for no file, or for one outside."""
    path = normpath(setting.prefix + file) if file else ".."
    if path.startswith(("/", "../")) or path == "..":
        return {}
    # A name need not be UTF-8; its bytes go into the URI unchanged.
    uri = quote(path.encode(errors="surrogateescape"))
    region = {"startLine": line, "startColumn": column}
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": _BASE}, "region": region}}
