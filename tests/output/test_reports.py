"""The forms of findings, read back as their readers do: by schema, by XML parser, by GitHub's own rules."""

import html
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import ROOT

from kg import __version__
from kg.errors import KgError, Place
from kg.output.reports.formats import FORMS, Setting, findings, summary
from kg.output.reports.github import SHOWN as ANNOTATED
from kg.output.reports.sarif import LIMIT
from kg.output.reports.text import SHOWN
from kg.rules.registry import Rule
from kg.rules.severity import Severity
from kg.validation.finding import Finding, Report

RULE = Rule(
    name="shape:Claim-speaker",
    sentence="A claim has a speaker.",
    severity=Severity.VIOLATION,
    family="shapes",
    fix="Name one.",
    file="ontology/core/shapes/claim.ttl",
    line=7,
    column=1,
)
ONE = Finding(
    severity=Severity.VIOLATION,
    rule=RULE.name,
    place=Place("graph/x.ttl", 3, 5),
    focus="claim:a",
    path="kg:speaker",
    value="person:b",
    message="A claim has a speaker.",
)
TWO = Finding(
    severity=Severity.WARNING,
    rule="rule:unused",
    place=Place("graph/x.ttl", 9),
    focus="unit:c",
    message="Nothing speaks of it.",
)
HERE = Setting(ROOT, {RULE.name: RULE})
#: Whatever a literal or a name may hold.
TEXT = st.text(max_size=30)
#: Whatever a file may be called; these surrogates stand for bytes that are not UTF-8.
FILE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0/")
    | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF),
    max_size=30,
)
FINDINGS = st.lists(
    st.builds(
        Finding,
        severity=st.sampled_from(Severity),
        rule=st.sampled_from([RULE.name, "rule:unused"]) | TEXT.filter(bool),
        place=st.builds(Place, st.sampled_from(["graph/x.ttl", ""]) | FILE, st.integers(1, 99), st.integers(1, 99)),
        focus=st.none() | TEXT,
        path=st.none() | TEXT,
        value=st.none() | TEXT,
        message=TEXT,
    ),
    max_size=6,
)


def report(*found: Finding, skipped: tuple[str, ...] = ()) -> Report:
    return Report(found, skipped, tuple(sorted({*(one.file for one in found), "graph/clean.ttl"} - {""})))


def test_an_unknown_form_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KgError, match="findings come as json, text, sarif, github, junit, not as xml"):
        findings(report(), "xml", HERE)


@given(FINDINGS)
def test_no_form_but_json_commands_a_terminal(found: list[Finding]) -> None:
    for form in set(FORMS) - {"json", "turtle"}:
        assert all(line.isprintable() for line in findings(report(*found), form, HERE).split("\n"))


# --- text ---


def test_text_is_one_line_a_finding_in_the_manner_of_compilers() -> None:
    nowhere = replace(TWO, place=Place(), focus=None)
    assert findings(report(ONE, nowhere), "text", HERE).splitlines() == [
        "graph/x.ttl:3:5: violation shape:Claim-speaker claim:a: A claim has a speaker.",
        "warning rule:unused: Nothing speaks of it.",
    ]


def test_text_is_bounded_and_counts_what_it_leaves_out() -> None:
    shown = findings(report(*[ONE] * (SHOWN + 1234)), "text", HERE).splitlines()
    assert len(shown) == SHOWN + 1
    assert shown[-1] == "... and 1,234 more; --format json has all"
    assert len(findings(report(*[ONE] * SHOWN), "text", HERE).splitlines()) == SHOWN


def marked(tmp_path: Path, line: str, column: int, *, width: int = 100) -> list[str]:
    """Return what a terminal shows of a finding in the second line of a file: the line and the mark below it."""
    (tmp_path / "x.ttl").write_text(f"# first\n{line}\n", encoding="utf-8", newline="")
    there = Setting(tmp_path, {}, source=True, width=width)
    head, *shown = findings(report(replace(ONE, place=Place("x.ttl", 2, column))), "text", there).splitlines()
    assert head.startswith("x.ttl:2:")
    return shown


@pytest.mark.parametrize(
    ("line", "column", "shown", "blanks"),
    [
        ("unit:a a kg:Unti ;", 10, "unit:a a kg:Unti ;", 9),
        ("\tunit:a", 2, "    unit:a", 4),
        ('"日本語" kg:x', 7, '"日本語" kg:x', 9),
        ('"e\u0301\u200b" kg:x', 7, '"e\u0301\\x200b" kg:x', 10),
        ('"\U0001d54a" kg:x', 5, '"\U0001d54a" kg:x', 4),
        ("unit:a\r", 1, "unit:a", 0),
        ("a\x1b[31m b", 8, "a\\x1b[31m b", 10),
        ("short", 40, "short", 5),
    ],
)
def test_the_caret_stands_below_the_column(
    tmp_path: Path, line: str, column: int, shown: str | None, blanks: int
) -> None:
    source, caret = marked(tmp_path, line, column)
    assert shown is None or source == f" 2 | {shown}"
    assert caret == f"   | {' ' * blanks}^"


@pytest.mark.parametrize("column", [1, 50, 99, 150, 5_000, 999_999])
def test_a_line_of_a_megabyte_is_cut_around_the_column(tmp_path: Path, column: int) -> None:
    line = "ab" * 500_000
    source, caret = marked(tmp_path, line, column, width=80)
    assert len(source) <= 80
    assert source[caret.index("^")] == line[column - 1]
    assert "…" in source


def test_wide_characters_are_cut_by_their_width(tmp_path: Path) -> None:
    from rich.cells import cell_len

    source, caret = marked(tmp_path, "日本語の文" * 60, 101, width=80)
    assert cell_len(source) <= 80
    assert source.startswith(" 2 | …")
    assert caret.index("^") == cell_len(source[: source.index("日", len(source) // 3)]) or "日" in source


def test_a_line_that_cannot_be_read_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_bytes(b"\xff\n")
    there = Setting(tmp_path, {}, source=True)
    for file, line in (("x.ttl", 1), ("none.ttl", 1), ("", 1)):
        assert findings(report(replace(ONE, place=Place(file, line))), "text", there).count("\n") == 1
    (tmp_path / "y.ttl").write_text("one\n")
    assert findings(report(replace(ONE, place=Place("y.ttl", 7))), "text", there).count("\n") == 1


def test_a_line_of_a_file_begins_no_line_of_the_output(tmp_path: Path) -> None:
    # GitHub's runner obeys a line that begins with ::, blanks before it or not.
    source, _ = marked(tmp_path, "::add-mask::secret", 1)
    assert not source.strip().startswith("::")


def test_colour_says_no_more_than_text() -> None:
    shown = findings(report(ONE, TWO), "text", replace(HERE, color=True))
    assert "\x1b[1;31mviolation" in shown
    assert "\x1b[1;33mwarning" in shown
    assert re.sub(r"\x1b\[[\d;]*m", "", shown) == findings(report(ONE, TWO), "text", HERE)


# --- json ---


def test_json_is_the_object_of_the_contract() -> None:
    found = json.loads(findings(report(ONE, TWO), "json", HERE))
    keys = ["severity", "rule", "file", "line", "column", "focus", "path", "value", "message"]
    assert found["conforms"] is False
    assert [list(one) for one in found["findings"]] == [keys, keys]
    assert found["findings"][1]["path"] is None
    assert json.loads(findings(report(TWO), "json", HERE)) == {"conforms": True, "findings": [found["findings"][1]]}


# --- sarif ---


@pytest.fixture(scope="module")
def schema(reference: Path) -> jsonschema.Draft4Validator:
    """Return the OASIS schema of SARIF."""
    text = (reference / "sarif-schema-2.1.0.json").read_text(encoding="utf-8")
    return jsonschema.Draft4Validator(json.loads(text), format_checker=jsonschema.FormatChecker())


def log(*found: Finding, setting: Setting = HERE, skipped: tuple[str, ...] = ()) -> str:
    return findings(report(*found, skipped=skipped), "sarif", setting)


@settings(deadline=None, max_examples=50)
@given(found=FINDINGS, prefix=st.sampled_from(["", "data/", "a b/%/"]))
def test_sarif_is_valid_whatever_findings_hold(
    schema: jsonschema.Draft4Validator, found: list[Finding], prefix: str
) -> None:
    text = log(*found, setting=replace(HERE, prefix=prefix), skipped=("one: two",))
    schema.validate(json.loads(text))
    (run,) = json.loads(text)["runs"]
    assert len(run["results"]) == len(found)
    names = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for one in run["results"]:
        assert names[one["ruleIndex"]] == one["ruleId"]
    assert len({one["partialFingerprints"]["kgFinding/v1"] for one in run["results"]}) == len(found)


@given(name=FILE.filter(lambda name: name.strip(".")), prefix=st.sampled_from(["", "data/"]))
def test_a_uri_is_relative_and_decodes_to_the_file(name: str, prefix: str) -> None:
    file = f"graph/{name}"
    finding = replace(ONE, place=Place(file, 3, 5))
    (place,) = json.loads(log(finding, setting=replace(HERE, prefix=prefix)))["runs"][0]["results"]
    artifact = place["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uriBaseId"] == "%SRCROOT%"
    assert re.fullmatch(r"[A-Za-z0-9_.~/%-]+", artifact["uri"])
    assert unquote_to_bytes(artifact["uri"]) == f"{prefix}{file}".encode(errors="surrogateescape")


def test_a_result_tells_its_place_its_rule_and_where_that_stands() -> None:
    (run,) = json.loads(log(ONE, TWO, setting=replace(HERE, prefix="data/")))["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("kg validate", __version__)
    unused, speaker = driver["rules"]
    assert speaker["help"] == {"text": "A claim has a speaker. Name one."}
    assert speaker["shortDescription"] == {"text": "A claim has a speaker."}
    assert speaker["defaultConfiguration"] == {"level": "error"}
    assert unused["defaultConfiguration"] == {"level": "warning"}
    one, two = run["results"]
    assert (one["level"], two["level"]) == ("error", "warning")
    assert one["message"] == {"text": "claim:a: A claim has a speaker."}
    (place,), (declared,) = one["locations"], one["relatedLocations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "data/graph/x.ttl", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5},
    }
    assert place["logicalLocations"] == [{"fullyQualifiedName": "claim:a"}]
    assert declared["physicalLocation"]["artifactLocation"]["uri"] == "data/ontology/core/shapes/claim.ttl"
    assert declared["physicalLocation"]["region"]["startLine"] == 7
    assert "relatedLocations" not in two


def test_what_stands_in_no_file_is_shown_at_its_rule() -> None:
    one, two = json.loads(log(replace(ONE, place=Place()), replace(TWO, place=Place())))["runs"][0]["results"]
    assert one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "ontology/core/shapes/claim.ttl"
    # GitHub refuses a log with a result that has no file.
    assert two["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "graph"


@pytest.mark.parametrize("file", ["../house.ttl", "/etc/house.ttl", "a/../../house.ttl"])
def test_a_file_outside_the_repository_has_no_uri(file: str) -> None:
    (one,) = json.loads(log(replace(TWO, place=Place(file, 9))))["runs"][0]["results"]
    assert one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "graph"
    outside = replace(TWO, place=Place("../house.ttl", 9))
    (one,) = json.loads(log(outside, setting=replace(HERE, prefix="data/")))["runs"][0]["results"]
    assert one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "house.ttl"


def prints(*found: Finding) -> list[str]:
    return [one["partialFingerprints"]["kgFinding/v1"] for one in json.loads(log(*found))["runs"][0]["results"]]


def test_a_fingerprint_survives_moved_lines_and_other_findings() -> None:
    moved = replace(ONE, place=Place("graph/x.ttl", 400), message="Said otherwise.")
    assert prints(moved) == prints(ONE)
    assert prints(TWO, moved)[1] == prints(ONE)[0]
    for other in (replace(ONE, rule="x"), replace(ONE, focus="x"), replace(ONE, path="x"), replace(ONE, value="x")):
        assert prints(other) != prints(ONE)


def test_equal_findings_are_numbered() -> None:
    first, second, third = prints(ONE, replace(ONE, place=Place("graph/x.ttl", 8, 5)), TWO)
    assert first == prints(ONE)[0]
    assert (first.partition(":")[0], first[-2:], second[-2:]) == (second.partition(":")[0], ":1", ":2")
    assert third.endswith(":1")


def test_a_fault_of_syntax_is_one_of_its_file() -> None:
    bare = replace(ONE, focus=None, path=None, value=None)
    assert prints(bare) != prints(replace(bare, place=Place("graph/y.ttl", 3, 5)))


def test_a_log_for_github_is_cut_to_the_gravest_and_says_so() -> None:
    found = [replace(TWO, value=str(number)) for number in range(LIMIT + 10)]
    (run,) = json.loads(log(*found, ONE))["runs"]
    assert len(run["results"]) == LIMIT
    assert run["results"][-1]["ruleId"] == ONE.rule
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["level"] == "warning"
    assert note["message"]["text"].startswith("There are 25,011 findings; these are the 25,000 gravest")
    assert json.loads(log(*found[:LIMIT]))["runs"][0]["invocations"][0]["toolExecutionNotifications"] == []


def test_what_was_not_checked_is_in_the_log() -> None:
    (run,) = json.loads(log(skipped=("evidence: no texts are at hand",)))["runs"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note == {"level": "note", "message": {"text": "Not checked: evidence: no texts are at hand."}}


def test_columns_count_utf_16_code_units(tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_text('"\U0001d54aé\U0001f680" kg:x\n', encoding="utf-8")
    found = [replace(ONE, place=Place("x.ttl", 1, column)) for column in (1, 2, 3, 4, 5, 7)]
    (run,) = json.loads(log(*found, setting=Setting(tmp_path, {})))["runs"]
    assert run["columnKind"] == "utf16CodeUnits"
    regions = [one["locations"][0]["physicalLocation"]["region"]["startColumn"] for one in run["results"]]
    assert regions == [1, 2, 4, 5, 7, 9]


def test_a_log_tells_no_path_of_this_machine() -> None:
    assert str(ROOT) not in log(ONE, TWO, setting=replace(HERE, prefix="data/"))


# --- github ---

COMMAND = re.compile(r"::(?P<level>error|warning) (?P<properties>[^:]*)::(?P<message>.*)")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the workflow commands as GitHub's runner reads them."""

    def decoded(value: str, marks: str) -> str:
        return re.sub("|".join(f"%{ord(mark):02X}" for mark in marks), lambda one: chr(int(one[0][1:], 16)), value)

    found = []
    for line in text.split("\n")[:-1]:
        read = COMMAND.fullmatch(line)
        assert read, line
        pairs = [pair.split("=", 1) for pair in read["properties"].split(",")]
        properties = {name: decoded(value, "%\r\n:,") for name, value in pairs}
        found.append((read["level"], properties, decoded(read["message"], "%\r\n")))
    return found


def test_an_annotation_stands_at_its_line() -> None:
    assert commands(findings(report(TWO, ONE), "github", replace(HERE, prefix="data/"))) == [
        (
            "error",
            {"file": "data/graph/x.ttl", "line": "3", "col": "5", "title": "shape:Claim-speaker"},
            "claim:a: A claim has a speaker.",
        ),
        (
            "warning",
            {"file": "data/graph/x.ttl", "line": "9", "col": "1", "title": "rule:unused"},
            "unit:c: Nothing speaks of it.",
        ),
    ]


@given(FINDINGS)
def test_annotations_read_back_whatever_findings_hold(found: list[Finding]) -> None:
    read = commands(findings(report(*found), "github", HERE))
    ordered = sorted(found, key=lambda one: one.severity)
    assert len(read) == len(found)
    for (level, properties, message), one in zip(read, ordered, strict=True):
        assert level == {"violation": "error", "warning": "warning"}[one.severity]
        assert ("file" in properties) == bool(one.file)
        for said, shown in ((one.message, message), (one.rule, properties["title"])):
            assert not said.isprintable() or said in shown


def test_escapes_are_github_s_own() -> None:
    odd = replace(ONE, place=Place("graph/a,b:c%.ttl", 3, 5), message="50 %, a: b\r\nnext\x1b[31m\ttab")
    (line,) = findings(report(odd), "github", HERE).splitlines()
    assert "file=graph/a%2Cb%3Ac%25.ttl,line=3" in line
    assert line.endswith("::claim:a: 50 %25, a: b%0D%0Anext\\x1b[31m tab")


def test_github_gets_nine_a_level_and_is_told_how_many_more() -> None:
    found = [*[ONE] * 1200, *[TWO] * 10]
    read = commands(findings(report(*found), "github", HERE))
    assert Counter(level for level, _, _ in read) == {"error": ANNOTATED + 1, "warning": ANNOTATED + 1}
    assert [message for _, properties, message in read if "file" not in properties] == [
        "1,191 more violations; 1,200 in all",
        "1 more warning; 10 in all",
    ]
    assert len(commands(findings(report(*[ONE] * ANNOTATED), "github", HERE))) == ANNOTATED


def tables(text: str) -> list[list[list[str]]]:
    """Return the tables of a Markdown text as cells, with references to characters resolved."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in block.splitlines()]
        found.append([[html.unescape(cell.strip()) for cell in row] for row in rows])
    return found


def test_the_summary_counts_by_rule_and_lists_by_severity() -> None:
    text = summary(report(TWO, ONE, ONE, skipped=("evidence: no texts",)), replace(HERE, prefix="data/"))
    assert text.startswith("### kg validate: 2 violations, 1 warning\n")
    assert "\nNot checked: evidence: no texts.\n" in text
    rules, listed = tables(text)
    assert rules[2:] == [
        ["shape:Claim-speaker", "violation", "2", "A claim has a speaker."],
        ["rule:unused", "warning", "1", ""],
    ]
    assert [row[1] for row in listed[2:]] == ["violation", "violation", "warning"]
    assert listed[2][0] == "data/graph/x.ttl:3:5"


@given(FINDINGS)
def test_a_summary_holds_no_markup_but_its_own(found: list[Finding]) -> None:
    text = summary(report(*found), HERE)
    for table in tables(text):
        assert len({len(row) for row in table}) == 1
    assert sum(len(table) - 2 for table in tables(text)) == len({(one.severity, one.rule) for one in found}) + len(
        found
    )
    assert not re.search(r"[<>\[\]`*_~]", text)


@pytest.mark.parametrize("room", [0, 60, 400, 2_000, 30_000, 1024 * 1024])
def test_a_summary_fits_the_room_and_says_what_it_leaves_out(room: int) -> None:
    found = [replace(ONE, message="é" * 300)] * 3_000
    text = summary(report(*found), HERE, room)
    assert len(text.encode()) <= room
    if text:
        listed = tables(text)[1:]
        shown = len(listed[0]) - 2 if listed else 0
        assert f"{3_000 - shown:,} findings {'more ' if shown else ''}not shown here." in text


# --- junit ---

#: What Jenkins and GitLab read; file is GitLab's.
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname", "file"},
    "failure": {"message", "type"},
    "skipped": {"message"},
    "system-out": set[str](),
}


def suites(*found: Finding, setting: Setting = HERE, skipped: tuple[str, ...] = ()) -> ET.Element:
    return ET.fromstring(findings(report(*found, skipped=skipped), "junit", setting).encode(errors="backslashreplace"))


@given(FINDINGS)
def test_junit_is_well_formed_and_adds_up_whatever_findings_hold(found: list[Finding]) -> None:
    root = suites(*found, skipped=("evidence: \x00",))
    assert all(set(one.attrib) <= ATTRIBUTES[one.tag] for one in root.iter())
    for one in (root, *root):
        assert int(one.attrib["tests"]) == len(list(one.iter("testcase")))
        assert int(one.attrib["failures"]) == len(list(one.iter("failure")))
    names = [(one.attrib["classname"], one.attrib["name"]) for one in root.iter("testcase")]
    # Two names that no terminal could tell apart are one here.
    assert len(set(names)) == len(names) or not all(f"{one.file}{one.rule}".isprintable() for one in found)


def test_junit_is_a_suite_a_file_and_a_case_a_rule() -> None:
    root = suites(
        ONE,
        replace(ONE, place=Place("graph/x.ttl", 8, 5)),
        TWO,
        setting=replace(HERE, prefix="data/"),
        skipped=("evidence: no texts",),
    )
    clean, file, unchecked = root
    assert (clean.attrib["name"], file.attrib["name"]) == ("data/graph/clean.ttl", "data/graph/x.ttl")
    (case,) = clean
    assert (case.attrib["name"], len(case)) == ("conforms", 0)
    unused, speaker = file
    assert speaker.attrib == {"name": ONE.rule, "classname": "data/graph/x.ttl", "file": "data/graph/x.ttl"}
    (failure,) = speaker
    assert failure.attrib == {"message": "A claim has a speaker. (and 1 more)", "type": "violation"}
    assert (failure.text or "").splitlines() == [
        "graph/x.ttl:3:5: violation shape:Claim-speaker claim:a: A claim has a speaker.",
        "graph/x.ttl:8:5: violation shape:Claim-speaker claim:a: A claim has a speaker.",
    ]
    assert [one.tag for one in unused] == ["system-out"]
    assert unchecked.attrib["skipped"] == "1"
    assert [(one.tag, one.text) for one in unchecked.iter("skipped")] == [("skipped", "evidence: no texts")]


@pytest.mark.parametrize(
    ("failing", "failures"),
    [(frozenset[Severity](), "0"), (frozenset([Severity.VIOLATION]), "1"), (frozenset(Severity), "2")],
)
def test_a_case_fails_where_the_check_says_no(failing: frozenset[Severity], failures: str) -> None:
    assert suites(ONE, TWO, setting=replace(HERE, failing=failing)).attrib["failures"] == failures
