"""The gate as people and build servers call it: forms and their files, selection, git, exit codes."""

import json
import os
import pty
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from support.cli import call, kg

from kg.cli import validate as command
from kg.output.reports import formats
from kg.project.git import prefix, unchanged
from kg.rules.registry import FAMILIES, catalogue
from kg.validation import filter
from kg.validation.finding import Report
from kg.validation.validate import validate

#: Processes, servers or many commands: a minute and a half together.
pytestmark = pytest.mark.slow

Outcome = subprocess.CompletedProcess[str]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def clean(sample_root: Path, tmp_path: Path) -> Path:
    """Return a project in which nothing is wrong, to be changed."""
    return shutil.copytree(sample_root, tmp_path / "top" / "project")


#: What is wrong with the damaged project: rule, file, focus.
DAMAGE = [
    ("rule:undefined-term", "graph/units.ttl", "unit:northland-army"),
    ("shape:EditorialNote", "graph/units.ttl", "unit:example-battalion"),
    ("shape:Person-protected", "graph/people.ttl", "person:falcon"),
    ("shape:Topic-name", "graph/topics.ttl", "topic:Odd"),
    ("syntax:header", "queries/core/strength.rq", None),
]
WARNINGS = [("rule:unused", "graph/topics.ttl", "topic:Odd")]


@pytest.fixture
def damaged(clean: Path) -> Path:
    """Return a project with one violation of each part of the check but evidence, and with a warning."""
    return damage(clean)


def damage(project: Path) -> Path:
    units, people = project / "graph" / "units.ttl", project / "graph" / "people.ttl"
    change(
        units,
        'rdfs:label "Example Battalion"@en ;',
        'rdfs:label "Example Battalion"@en ; skos:editorialNote "A note." ;',
    )
    change(units, 'rdfs:label "Northland Army"@en ;', 'rdfs:label "Northland Army"@en ; kg:memberOff kg:Unit ;')
    change(people, 'rdfs:label "Falcon"@en ;', 'rdfs:label "Falcon"@en ; skos:altLabel "Adam Example"@en ;')
    change(people, "PREFIX rdfs:", "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\nPREFIX rdfs:")
    with (project / "graph" / "topics.ttl").open("a") as file:
        file.write('\ntopic:Odd\n    a kg:Topic ;\n    rdfs:label "Odd"@en ;\n.\n')
    change(project / "queries" / "core" / "strength.rq", "#+ summary:", "#+ sumary:")
    return project


@pytest.fixture(scope="module")
def shared(sample_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the damaged project, only to be read."""
    return damage(shutil.copytree(sample_root, tmp_path_factory.mktemp("shared") / "project"))


@pytest.fixture(scope="module")
def outcome(shared: Path) -> Report:
    """Return the outcome of the check of the damaged project."""
    return validate(shared)


@pytest.fixture
def wrong(shared: Path, outcome: Report, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the damaged project, only to be read, with the outcome of its check known: what comes after is tested."""
    monkeypatch.setattr("kg.validation.validate.validate", lambda root, texts, shapes, index: outcome)
    return shared


def found(project: Path, *words: str, cwd: Path | None = None, **environment: str) -> list[tuple[str, str, str | None]]:
    """Return rule, file and focus of all findings, sorted."""
    done = call("-C", str(project), "validate", "--format", "json", *words, cwd=cwd, **environment)
    assert done.stdout, done.stderr
    listed = json.loads(done.stdout)["findings"]
    return sorted(((one["rule"], one["file"], one["focus"]) for one in listed), key=str)


def refused(done: Outcome, complaint: str) -> None:
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_damage_is_as_described(damaged: Path) -> None:
    assert found(damaged) == sorted([*DAMAGE, *WARNINGS], key=str)


def test_the_command_line_names_what_the_library_has() -> None:
    assert command.FORMS == formats.FORMS
    assert command.PARTS == filter.PARTS
    assert set(command.PARTS) == set(FAMILIES)
    assert set(formats.ENDINGS.values()) == set(formats.FORMS) - {"github"}


# --- Forms and files ---

#: How the output in a form begins.
BEGINNING = {
    "text": "graph/",
    "json": '{"conforms": false',
    "sarif": '{"$schema"',
    "github": "::error file=",
    "junit": "<?xml",
    "turtle": "@prefix",
}


@pytest.mark.parametrize(
    ("words", "files", "shown"),
    [
        ("", {}, "text"),
        ("--format sarif", {}, "sarif"),
        ("--format github -o -", {}, "github"),
        ("--format sarif -o a.sarif --format github", {"a.sarif": "sarif"}, "github"),
        ("-o a.sarif --format github", {"a.sarif": "sarif"}, "github"),
        ("-o a.sarif", {"a.sarif": "sarif"}, None),
        ("-o a.json -o b.xml -o c.txt", {"a.json": "json", "b.xml": "junit", "c.txt": "text"}, None),
        ("--format=junit -oa.out --format json", {"a.out": "junit"}, "json"),
        ("--format json --output=a.txt --format text graph", {"a.txt": "json"}, "text"),
        ("--format sarif -o a.sarif -o b.json -o -", {"a.sarif": "sarif", "b.json": "json"}, "text"),
        ("--format turtle -o a.ttl --format turtle", {"a.ttl": "turtle"}, "turtle"),
    ],
)
def test_each_file_has_the_form_before_it_or_that_of_its_ending(
    wrong: Path, tmp_path: Path, words: str, files: dict[str, str], shown: str | None
) -> None:
    done = call("-C", str(wrong), "validate", *words.split(), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith(BEGINNING[shown]) if shown else done.stdout == ""
    assert {path.name for path in tmp_path.iterdir()} == set(files)
    for name, form in files.items():
        assert (tmp_path / name).read_text().startswith(BEGINNING[form])


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (
            "--format sarif --format text",
            "only one format can go to standard output, not sarif and text: name files with -o",
        ),
        ("-o - --format json", "not text and json"),
        (
            "-o out",
            "'out' has no known ending: put --format before -o, or use the ending .json, .sarif, .ttl, .txt, .xml",
        ),
        ("--format json -o a.json -o out.md", "'out.md' has no known ending"),
        ("-o a.json --format sarif -o ./a.json", "a.json' is named by two -o: name each file once"),
        ("--format xml", "'xml' is not one of"),
        ("--fail-on error", "'error' is not one of"),
        ("--max-warnings -1", "-1 is not in the range"),
        ("--only shape", "'shape' is not one of"),
        ("--shape Claim-speakr", "no rule is named 'Claim-speakr'; did you mean 'Claim-speaker'?"),
        ("--shape eviden", "did you mean 'evidence'?"),
        ("--shape qqqqqq", "no rule is named 'qqqqqq'; kg explain lists them"),
        (
            "--focus unit:sample-legoin",
            "no entity is described as 'unit:sample-legoin'; did you mean 'unit:sample-legion'?",
        ),
        ("--focus nothing", "no entity is named 'nothing'"),
        ("--focus untt:x", "unknown prefix 'untt:'"),
        ("--shapes none.ttl", "File 'none.ttl' does not exist"),
        ("--shapes .", "File '.' is a directory"),
        ("--shapes /dev/null", "'/dev/null' is not a file of rules: expected shapes (.ttl) or a SPARQL rule (.rq)"),
        ("--changed", "is not in a git work tree"),
        ("--only evidence", "the source texts are needed: name their directory with --texts DIR or KG_TEXTS"),
        ("--shape evidence", "the source texts are needed"),
        ("--shape passage-moved --shape evidence:offsets", "the source texts are needed"),
    ],
)
def test_a_wrong_call_is_refused_in_a_line(wrong: Path, tmp_path: Path, words: str, complaint: str) -> None:
    refused(call("-C", str(wrong), "validate", *words.split(), cwd=tmp_path), complaint)
    assert list(tmp_path.iterdir()) == []


def test_files_appear_all_or_none(wrong: Path, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("kept")
    words = ["validate", "-o", "old.json", "-o", "new.xml", "-o", "missing/x.sarif"]
    refused(
        call("-C", str(wrong), *words, cwd=tmp_path), "'missing/x.sarif' cannot be written: No such file or directory"
    )
    assert {path.name for path in tmp_path.iterdir()} == {"old.json"}
    assert (tmp_path / "old.json").read_text() == "kept"


def test_files_are_written_before_standard_output_fails(damaged: Path, tmp_path: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "kg",
        "-C",
        str(damaged),
        "validate",
        "-o",
        str(tmp_path / "a.json"),
        "--format",
        "text",
    ]
    done = subprocess.run(["bash", "-c", 'exec "$@" >&-', "bash", *words], stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (2, b"kg: standard output is closed\n")
    assert json.loads((tmp_path / "a.json").read_text())["conforms"] is False


def test_a_dash_is_standard_output_for_every_command(clean: Path, tmp_path: Path) -> None:
    for words in (
        ["stats"],
        ["show", "unit:sample-legion"],
        ["diff", str(clean), "--format", "json"],
        ["export", "csv"],
    ):
        plain = call("-C", str(clean), *words, cwd=tmp_path)
        assert plain.returncode == 0, plain.stderr
        assert call("-C", str(clean), *words, "-o", "-", cwd=tmp_path).stdout == plain.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"top"}


def test_a_share_that_is_not_a_number_is_refused(clean: Path) -> None:
    refused(call("-C", str(clean), "coverage", "--fail-under", "nan"), "nan is not a number")


def test_the_report_of_shacl_is_turtle(damaged: Path, clean: Path) -> None:
    done = call("-C", str(damaged), "validate", "--format", "turtle")
    terms = [triple.object.value for triple in parse(done.stdout, RdfFormat.TURTLE) if hasattr(triple.object, "value")]
    assert terms.count("http://www.w3.org/ns/shacl#ValidationResult") == 4
    assert "false" in terms


def test_output_is_the_same_from_run_to_run(damaged: Path, tmp_path: Path) -> None:
    blank = "PREFIX kg: <https://w3id.org/hearsay/ns#>\n[] a kg:Unit .\n[] a kg:Claim .\n"
    (damaged / "graph" / "blank.ttl").write_text(blank)
    endings = ("txt", "json", "sarif", "xml")
    for seed in ("1", "7"):
        words = [word for ending in endings for word in ("-o", str(tmp_path / f"{seed}.{ending}"))]
        assert kg("-C", str(damaged), "validate", *words, PYTHONHASHSEED=seed).returncode == 1
    for ending in endings:
        assert (tmp_path / f"1.{ending}").read_text() == (tmp_path / f"7.{ending}").read_text()


def test_links_and_odd_names_are_shown_where_they_stand_in_the_project(damaged: Path, tmp_path: Path) -> None:
    (damaged / "units.ttl").symlink_to((damaged / "graph" / "units.ttl").rename(damaged / "attic.ttl"))
    (damaged / "units.ttl").rename(damaged / "graph" / "units.ttl")
    odd = damaged / "graph" / "a b,c:d%é\n.ttl"
    (damaged / "graph" / "topics.ttl").rename(odd)
    words = ["-o", "a.sarif", "-o", "b.xml", "--format", "github"]
    done = call("-C", str(damaged), "validate", *words, cwd=tmp_path)
    assert "file=graph/a b%2Cc%3Ad%25é%0A.ttl,line=" in done.stdout
    (run,) = json.loads((tmp_path / "a.sarif").read_text())["runs"]
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]}
    assert {"graph/units.ttl", "graph/a%20b%2Cc%3Ad%25%C3%A9%0A.ttl"} < uris
    assert str(tmp_path) not in (tmp_path / "a.sarif").read_text()
    broken = [one.attrib["name"] for one in ET.parse(tmp_path / "b.xml").iter("testcase")]
    assert {rule for rule, _, _ in [*DAMAGE, *WARNINGS]} < set(broken)


def test_places_count_from_the_top_of_the_repository(damaged: Path, tmp_path: Path) -> None:
    (damaged.parent / ".git").mkdir()
    assert (prefix(damaged), prefix(damaged / "graph"), prefix(damaged.parent)) == ("project/", "project/graph/", "")
    assert (
        "::error file=project/graph/people.ttl,line="
        in call("-C", str(damaged), "validate", "--format", "github").stdout
    )
    assert '"uri": "project/graph/people.ttl"' in call("-C", str(damaged), "validate", "--format", "sarif").stdout
    assert call("-C", str(damaged), "validate").stdout.startswith("graph/people.ttl:")


def on_a_terminal(*words: str, **environment: str) -> str:
    """Return what `kg` writes to a terminal that is its standard output alone."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "COLUMNS": "100", "TERM": "xterm", **environment}
    command = [sys.executable, "-m", "kg", *words]
    with subprocess.Popen(command, stdout=follower, stderr=subprocess.DEVNULL, env=environment) as running:
        os.close(follower)
        shown = b"".join(iter(lambda: _read(leader), b""))
    os.close(leader)
    assert running.returncode == 1
    return shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so where the other end has been closed
        return b""


def test_a_terminal_shows_the_place_itself(damaged: Path) -> None:
    words = ["-C", str(damaged), "validate", "--shape", "EditorialNote"]
    shown = on_a_terminal(*words, NO_COLOR="1").splitlines()
    assert len(shown) == 3
    assert shown[0] == call(*words).stdout.rstrip("\n")
    assert shown[1].endswith(' |     rdfs:label "Example Battalion"@en ; skos:editorialNote "A note." ;')
    assert shown[2].endswith("^")
    assert shown[1][shown[2].index("^") :].startswith('"A note."')
    assert "\x1b[1;31mviolation" in on_a_terminal(*words)
    assert call(*words, "-o", "-", FORCE_COLOR="1").stdout.count("\n") == 3


# --- People who hide ---

#: What a curator could plant on the sample's pseudonymous fighter: below the identity, or as a claim.
PLANTED = {
    "other name": 'skos:altLabel "Planted Name"@en ;',
    "second label": 'rdfs:label "Planted Name" ;',
    "property": 'schema:familyName "Planted Name" ;',
    "note": 'skos:editorialNote "Planted Name" ;',
    "wrong kind": 'kg:identity "Planted Name" ;',
    "link": "skos:exactMatch <https://a.example/Planted> , <https://b.example/Planted> ;",
    "same": "owl:sameAs person:planted-name ;",
    "repeated": 'schema:familyName "Planted Name" , "Planted Name" ;',
    "no Turtle": 'schema:familyName "Planted" "Planted" ;',
    "no text": "schema:familyName Planted Name ;",
}
_SPACES = (
    "PREFIX owl: <http://www.w3.org/2002/07/owl#>\nPREFIX schema: <https://schema.org/>\n"
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
)


@pytest.mark.parametrize("planted", sorted(PLANTED))
@pytest.mark.slow
def test_no_form_repeats_what_would_tell_who_a_person_is(clean: Path, planted: str) -> None:
    people, summary = clean / "graph" / "people.ttl", clean / "summary.md"
    change(people, "    kg:identity kg:Pseudonymous ;", f"    kg:identity kg:Pseudonymous ;\n    {PLANTED[planted]}")
    people.write_text(_SPACES + people.read_text())
    for form in command.FORMS:
        words = ("--color", "always", "-C", str(clean), "validate", "--format", form)
        done = call(*words, GITHUB_STEP_SUMMARY=str(summary))
        assert done.returncode == (2 if form == "turtle" and planted.startswith("no ") else 1)
        assert "lanted" not in done.stdout + done.stderr, form
    assert "lanted" not in summary.read_text()


def test_no_form_repeats_what_a_claim_would_tell(clean: Path) -> None:
    with (clean / "graph" / "articles" / "legion-at-the-river.ttl").open("a") as file:
        file.write(
            '\nclaim:river-falcon-name\n    a kg:Claim ;\n    rdfs:label "Falcon is Planted Name"@en ;\n'
            '    rdf:subject person:falcon ;\n    rdf:predicate kg:name ;\n    rdf:object "Planted Name" ;\n.\n'
        )
    for form in command.FORMS:
        done = call("--color", "always", "-C", str(clean), "validate", "--format", form)
        assert done.returncode == 1
        assert "lanted" not in done.stdout + done.stderr, form


# --- GitHub ---


def test_a_build_server_switches_nothing_on(wrong: Path, tmp_path: Path) -> None:
    plain = call("-C", str(wrong), "validate")
    summary = tmp_path / "summary.md"
    done = call("-C", str(wrong), "validate", GITHUB_ACTIONS="true", CI="true", GITHUB_STEP_SUMMARY=str(summary))
    assert (done.stdout, done.stderr) == (plain.stdout, plain.stderr)
    assert not summary.exists()


def test_the_summary_is_added_to_what_is_there(wrong: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n")
    done = call("-C", str(wrong), "validate", "--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert done.stdout.startswith("::error ")
    text = summary.read_text()
    assert text.startswith("# Before\n### kg validate: 5 violations, 1 warning\n")
    assert "| shape:EditorialNote | violation | 1 | An editorial note must be text in English. |" in text


def test_a_summary_without_room_is_left_out(wrong: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    for size in (1024 * 1024, 1024 * 1024 - 1000):
        summary.write_bytes(b"x" * size)
        assert (
            call("-C", str(wrong), "validate", "--format", "github", GITHUB_STEP_SUMMARY=str(summary)).returncode == 1
        )
        assert summary.stat().st_size <= 1024 * 1024


def test_a_summary_that_cannot_be_written_is_said(wrong: Path, tmp_path: Path) -> None:
    done = call("-C", str(wrong), "validate", "--format", "github", GITHUB_STEP_SUMMARY=str(tmp_path / "no" / "x"))
    assert done.returncode == 2
    assert "GITHUB_STEP_SUMMARY: '" in done.stderr


# --- Selection ---


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("--shape shape:EditorialNote", ["shape:EditorialNote"]),
        ("--shape EditorialNote --shape undefined-term", ["rule:undefined-term", "shape:EditorialNote"]),
        ("--shape syntax", ["syntax:header"]),
        ("--shape rule", ["rule:undefined-term", "rule:unused"]),
        ("--shape Claim-speaker", []),
        ("--focus unit:example-battalion", ["shape:EditorialNote"]),
        ("--focus https://w3id.org/hearsay/unit/example-battalion", ["shape:EditorialNote"]),
        ("--focus topic:Odd", ["rule:unused", "shape:Topic-name"]),
        ("--focus topic:Odd --focus Falcon", ["rule:unused", "shape:Person-protected", "shape:Topic-name"]),
        ("--focus unit:sample-legion", []),
        ("--focus topic:Odd --shape unused", ["rule:unused"]),
        ("--focus topic:Odd graph/units.ttl", []),
        ("--only syntax", ["syntax:header"]),
        ("--only vocabulary", ["rule:undefined-term"]),
        ("--only privacy", ["shape:Person-protected"]),
        ("--only shapes", ["rule:unused", "shape:EditorialNote", "shape:Person-protected", "shape:Topic-name"]),
        ("--only privacy --only syntax", ["shape:Person-protected", "syntax:header"]),
        ("--only privacy queries", []),
        ("graph/topics.ttl --only shapes", ["rule:unused", "shape:Topic-name"]),
    ],
)
def test_a_selection_shows_what_fits_all_of_it(wrong: Path, words: str, rules: list[str]) -> None:
    assert [rule for rule, _, _ in found(wrong, *words.split())] == rules


def test_the_selection_decides_on_the_exit_code_and_says_what_it_hides(wrong: Path) -> None:
    done = call("-C", str(wrong), "validate", "--shape", "unused")
    assert done.returncode == 0
    skipped, hidden, counts, _ = done.stderr.splitlines()
    assert skipped.startswith("skipped: evidence: ")
    assert hidden == "not shown: 5 violations, 0 warnings"
    assert counts.startswith("0 violations, 1 warning in ")
    assert "not shown" not in call("-C", str(wrong), "validate").stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", 1),
        ("--fail-on none", 0),
        ("--shape unused", 0),
        ("--shape unused --fail-on warning", 1),
        ("--shape unused --max-warnings 0", 1),
        ("--shape unused --max-warnings 1", 0),
        ("--fail-on none --max-warnings 0", 1),
        ("--fail-on none --max-warnings 1", 0),
        ("--only privacy --max-warnings 0", 1),
    ],
)
def test_the_exit_code_says_what_was_asked(wrong: Path, words: str, code: int) -> None:
    done = call("-C", str(wrong), "validate", *words.split(), "--format", "junit")
    assert done.returncode == code
    failures = int(ET.fromstring(done.stdout.encode()).attrib["failures"])
    assert (failures > 0) == (code == 1)


def test_a_thing_of_a_file_that_cannot_be_read_can_be_the_focus(clean: Path) -> None:
    change(clean / "graph" / "units.ttl", "    a kg:Unit ;", "    a kg:Unit")
    done = call("-C", str(clean), "validate", "--focus", "unit:southland-army")
    assert (done.returncode, done.stdout.count("\n")) == (1, 1)
    assert done.stdout.startswith("graph/units.ttl:")
    refused(call("-C", str(clean), "validate", "--focus", "unit:nowhere"), "no entity is described as 'unit:nowhere'")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("graph/people.ttl", "    a kg:Person ;", "    a kg:Person"),
        ("graph/people.ttl", "https://w3id.org/hearsay/ns#", "https://w3id.org/hearsays/ns#"),
        ("ontology/core/shapes/claim.ttl", "\n.\n", "\n"),
        ("ontology/core/shapes/claim.ttl", "sh:maxCount 1", 'sh:maxCount "one"'),
        ("ontology/core/rules/person/person-unmasked.rq", "SELECT ", "SELEKT "),
    ],
)
@pytest.mark.parametrize(
    "words", ["--only privacy", "--shape rule:circle", "graph/units.ttl", "--focus unit:sample-legion"]
)
def test_what_could_not_be_checked_does_not_pass(clean: Path, file: str, old: str, new: str, words: str) -> None:
    change(clean / file, old, new)
    done = call("-C", str(clean), "validate", *words.split())
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith(f"{file}:")


def test_a_stored_question_that_cannot_be_read_keeps_nothing_from_being_checked(clean: Path) -> None:
    change(clean / "queries" / "core" / "strength.rq", "SELECT ", "SELEKT ")
    assert call("-C", str(clean), "validate").returncode == 1
    assert call("-C", str(clean), "validate", "--only", "privacy").returncode == 0


def test_privacy_is_what_is_tagged_so(clean: Path) -> None:
    rules = catalogue(clean)
    privacy = {name for name in rules if "privacy" in filter.parts(name, rules)}
    assert {"shape:Person-protected", "rule:person-traits", "rule:person-unmasked", "rule:anonymous-article"} <= privacy
    assert all("shapes" in filter.parts(name, rules) for name in privacy)
    assert "shape:Claim-speaker" not in privacy


def test_rules_of_one_s_own_are_checked_beside_the_project_s(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "house.ttl").write_text(
        "PREFIX sh: <http://www.w3.org/ns/shacl#>\nPREFIX kg: <https://w3id.org/hearsay/ns#>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\nPREFIX house: <https://a.example/house#>\n\n"
        "house:Unit-label\n    a sh:PropertyShape ;\n    sh:targetClass kg:Unit ;\n    sh:path rdfs:label ;\n"
        '    sh:maxLength 14 ;\n    sh:severity sh:Warning ;\n    sh:message "A unit has a short label."@en ;\n.\n'
    )
    (tmp_path / "battalion.rq").write_text(
        "#+ summary: A unit is a battalion.\n#+ severity: violation\n\nPREFIX kg: <https://w3id.org/hearsay/ns#>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n\nSELECT ?focus\nWHERE {\n"
        '  ?focus a kg:Unit ;\n    rdfs:label ?label .\n  FILTER(!CONTAINS(?label, "Battalion"))\n}\nORDER BY ?focus\n'
    )
    own = ["--shapes", str(tmp_path / "house.ttl"), "--shapes", str(tmp_path / "battalion.rq")]
    assert found(clean, *own) == [
        ("<https://a.example/house#Unit-label>", "graph/units.ttl", "unit:example-battalion"),
        ("rule:battalion", "graph/units.ttl", "unit:northland-army"),
        ("rule:battalion", "graph/units.ttl", "unit:sample-legion"),
        ("rule:battalion", "graph/units.ttl", "unit:southland-army"),
    ]
    for name in ("Unit-label", "https://a.example/house#Unit-label", "<https://a.example/house#Unit-label>"):
        assert len(found(clean, *own, "--shape", name)) == 1
    assert found(clean, *own, "--shape", "battalion", "--only", "vocabulary") == []


def test_what_is_wrong_with_a_rule_of_one_s_own_is_shown_there(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "house.ttl").write_text("PREFIX kg: <https://w3id.org/hearsay/ns#>\nkg:x a\n")
    (found_,) = found(clean, "--shapes", "../../house.ttl", "--only", "syntax", cwd=clean)
    assert found_[:2] == ("syntax:turtle", "../../house.ttl")


def test_the_shell_completes_rules_and_focus(clean: Path) -> None:
    def completed(*words: str) -> str:
        line = " ".join(("kg", "validate", *words))
        return kg(_KG_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) + 1), cwd=clean).stdout

    assert "plain,shape:Claim-speaker" in completed("--format", "sarif", "--shape", "shape:Claim-sp")
    assert "plain,unit:sample-legion" in completed("--focus", "unit:sam")
    assert "plain,junit" in completed("-o", "x.json", "--format", "ju")


# --- Git ---


@pytest.fixture
def repository(damaged: Path) -> Path:
    """Return the damaged project, committed, in a directory of a repository."""
    return committed(damaged)


def committed(project: Path) -> Path:
    git(project.parent, "init", "-q", "-b", "main")
    git(project.parent, "add", "-A")
    git(project.parent, "commit", "-qm", "first")
    return project


def git(directory: Path, *words: str) -> str:
    # Settings of the machine and of the person must not matter.
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = {f"GIT_{role}_{part}": "a@a.example" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    command = ["git", "-C", str(directory), *words]
    return subprocess.run(command, check=True, capture_output=True, env={**os.environ, **own, **who}).stdout.decode()


def files(project: Path, *words: str, **environment: str) -> set[str]:
    return {file for _, file, _ in found(project, *words, cwd=None, **environment)}


def test_nothing_has_changed_since_the_last_commit(repository: Path) -> None:
    done = call("-C", str(repository), "validate", "--changed", "--fail-on", "none")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("not shown: 5 violations, 1 warning\n0 violations, 0 warnings in 0 files\n")


def test_findings_in_unchanged_files_fail_the_validation_though_changed_hides_them(repository: Path) -> None:
    done = call("-C", str(repository), "validate", "--changed")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("findings in unchanged files fail the validation: show them without --changed\n")


@pytest.mark.parametrize(
    "words",
    [(), ("--fail-on", "warning"), ("--fail-on", "none"), ("--fail-on", "none", "--max-warnings", "0")]
    + [("--only", part, "--fail-on", level) for part in ("evidence", "shapes") for level in ("violation", "warning")]
    + [("graph/units.ttl",), ("graph/places.ttl",), ("--focus", "person:ada-example")],
)
def test_the_exit_code_with_changed_is_that_of_the_whole_graph(
    repository: Path, sample_texts: Path, words: tuple[str, ...]
) -> None:
    head = ("-C", str(repository), "validate", "--texts", str(sample_texts), *words)
    assert call(*head, "--changed").returncode == call(*head).returncode


def _edited(project: Path) -> None:
    with (project / "graph" / "topics.ttl").open("a") as file:
        file.write("# More.\n")


def _renamed(project: Path) -> None:
    git(project, "mv", "graph/topics.ttl", "graph/matters.ttl")


def _moved_without_git(project: Path) -> None:
    (project / "graph" / "topics.ttl").rename(project / "graph" / "matters.ttl")


def _ignored(project: Path) -> None:
    (project / ".gitignore").write_text("matters.ttl\n")
    _moved_without_git(project)


def _staged(project: Path) -> None:
    _edited(project)
    git(project, "add", "-A")


def _untracked(project: Path) -> None:
    git(project, "rm", "-q", "--cached", "graph/topics.ttl")


def _linked(project: Path) -> None:
    (project / "graph" / "topics.ttl").rename(project / "matters.ttl")
    (project / "graph" / "topics.ttl").symlink_to("../matters.ttl")


def _looped(project: Path) -> None:
    (project / "graph" / "topics.ttl").unlink()
    (project / "graph" / "topics.ttl").symlink_to("topics.ttl")


@pytest.mark.parametrize(
    ("edit", "file"),
    [
        (_edited, "topics"),
        (_renamed, "matters"),
        (_moved_without_git, "matters"),
        (_ignored, "matters"),
        (_staged, "topics"),
        (_untracked, "topics"),
        (_linked, "topics"),
        (_looped, "topics"),
    ],
)
def test_findings_of_changed_files_are_shown(repository: Path, edit: Callable[[Path], None], file: str) -> None:
    edit(repository)
    assert files(repository, "--changed") == {f"graph/{file}.ttl"}


def test_a_link_counts_by_what_it_leads_to(repository: Path) -> None:
    _linked(repository)
    git(repository.parent, "add", "-A")
    git(repository.parent, "commit", "-qm", "linked")
    assert files(repository, "--changed") == set()
    with (repository / "matters.ttl").open("a") as file:
        file.write("# More.\n")
    assert files(repository, "--changed") == {"graph/topics.ttl"}


def test_what_a_change_breaks_elsewhere_is_hidden_but_counted(repository: Path) -> None:
    change(repository / "graph" / "people.ttl", "person:ada-example\n", "person:adam-example\n")
    shown, all_ = found(repository, "--changed"), found(repository)
    assert {file for _, file, _ in shown} == {"graph/people.ttl"}
    assert ("rule:undefined-term", "graph/articles/legion-at-the-river.ttl") in {one[:2] for one in all_}
    assert "not shown: " in call("-C", str(repository), "validate", "--changed").stderr


def test_a_change_that_breaks_only_other_files_fails_the_validation(clean: Path) -> None:
    command = ("-C", str(committed(clean)), "validate", "--changed")
    assert call(*command).returncode == 0
    (clean / "graph" / "topics.ttl").unlink()
    done = call(*command)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("findings in unchanged files fail the validation: show them without --changed\n")


def test_a_revision_can_be_named_in_all_of_git_s_ways(repository: Path) -> None:
    git(repository, "tag", "v1")
    _edited(repository)
    git(repository, "commit", "-qam", "second")
    for revision in ("HEAD~1", "v1", "@^", git(repository, "rev-parse", "HEAD~1").strip()):
        assert files(repository, "--changed", revision) == {"graph/topics.ttl"}
    for revision in ("HEAD", "main", "@"):
        assert files(repository, f"--changed={revision}") == set()
    assert files(repository, "graph/units.ttl", "--changed", "v1") == set()


def test_three_dots_stand_for_where_the_branch_left(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "work")
    _edited(repository)
    git(repository, "commit", "-qam", "work")
    git(repository, "checkout", "-q", "main")
    with (repository / "graph" / "units.ttl").open("a") as file:
        file.write("# More.\n")
    git(repository, "commit", "-qam", "meanwhile")
    git(repository, "checkout", "-q", "work")
    assert files(repository, "--changed", "main...") == {"graph/topics.ttl"}
    assert files(repository, "--changed", "main") == {"graph/topics.ttl", "graph/units.ttl"}
    git(repository, "checkout", "-q", "--orphan", "other")
    git(repository, "commit", "-qm", "other")
    refused(call("-C", str(repository), "validate", "--changed", "main..."), "'main' and HEAD have no common commit")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--changed", "mian"], "--changed: 'mian' is not a git revision; did you mean 'main'?"),
        (["--changed", "v9"], "'v9' is not a git revision; known: HEAD, main"),
        (["--changed", ""], "'' is not a git revision"),
        (["--changed", "a..b"], "'a..b' is not a git revision"),
        (["--changed", "HEAD:graph"], "'HEAD:graph' is not a git revision"),
        (["--changed", "graph"], "'graph' is not a git revision; known: HEAD, main; a PATH stands before --changed"),
    ],
)
def test_what_is_no_revision_is_refused(repository: Path, words: list[str], complaint: str) -> None:
    refused(call("-C", str(repository), "validate", *words, cwd=repository), complaint)


def test_a_shallow_clone_says_that_it_is_one(repository: Path, tmp_path: Path) -> None:
    _edited(repository)
    git(repository, "commit", "-qam", "second")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository.parent}", "clone")
    shallow = tmp_path / "clone" / "project"
    assert files(shallow, "--changed") == set()
    refused(
        call("-C", str(shallow), "validate", "--changed", "HEAD~1"), "(the clone is shallow: fetch its history first)"
    )


def test_before_the_first_commit_all_has_changed(damaged: Path) -> None:
    git(damaged, "init", "-q")
    assert files(damaged, "--changed") == {file for _, file, _ in DAMAGE}


def test_git_runs_neither_hooks_nor_helpers_and_writes_nothing(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\nexit 1\n")
    trap.chmod(0o755)
    for name in ("post-index-change", "pre-commit", "fsmonitor-watchman", "post-checkout"):
        shutil.copy(trap, repository.parent / ".git" / "hooks" / name)
    for key in (
        "core.pager",
        "core.fsmonitor",
        "diff.external",
        "diff.trap.textconv",
        "diff.trap.command",
        "pager.diff",
    ):
        git(repository, "config", key, str(trap))
    git(repository, "config", "diff.relative", "true")
    (repository / ".gitattributes").write_text("*.ttl diff=trap\n")
    _edited(repository)
    os.utime(repository / "graph" / "units.ttl")
    before = (repository.parent / ".git" / "index").read_bytes()
    assert files(repository, "--changed") == {"graph/topics.ttl"}
    assert not (tmp_path / "sprung").exists()
    assert (repository.parent / ".git" / "index").read_bytes() == before


def test_the_variables_of_a_hook_do_not_lead_astray(repository: Path, tmp_path: Path) -> None:
    _edited(repository)
    environment = {
        "GIT_DIR": ".git",
        "GIT_INDEX_FILE": ".git/index",
        "GIT_WORK_TREE": str(tmp_path),
        "GIT_PREFIX": "x/",
    }
    assert files(repository, "--changed", **environment) == {"graph/topics.ttl"}


def test_git_that_is_not_there_is_an_outside_failure(repository: Path) -> None:
    done = call("-C", str(repository), "validate", "--changed", PATH="")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("kg: git cannot be run: ")


def test_names_of_files_may_be_anything(repository: Path) -> None:
    odd = 'graph/é "x"\n\t.ttl'
    (repository / "graph" / "topics.ttl").rename(repository / odd)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "odd")
    assert repository.resolve() / odd in unchanged(repository, "HEAD")
    assert files(repository, "--changed") == set()
    (repository / odd).write_text((repository / odd).read_text() + "# More.\n")
    assert files(repository, "--changed") == {odd}


def test_a_repository_of_another_owner_is_said_in_a_line(repository: Path) -> None:
    done = call("-C", str(repository), "validate", "--changed", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    refused(done, "is not in a git work tree: detected dubious ownership")


def test_outside_a_project_it_says_what_it_checks(tmp_path: Path) -> None:
    done = call("validate", "queries", cwd=tmp_path)
    assert done.stderr.splitlines()[0].startswith("no project here: validating the graph that ships with kg")


def test_of_many_warnings_and_one_violation_the_violation_is_explained(clean: Path) -> None:
    with (clean / "graph" / "topics.ttl").open("a") as file:
        file.writelines(f'\ntopic:odd-{one}\n    a kg:Topic ;\n    rdfs:label "Odd {one}"@en ;\n.\n' for one in "ab")
    assert call("-C", str(clean), "validate").stderr.splitlines()[-1] == "explain a rule: kg explain rule:unused"
    change(clean / "graph" / "topics.ttl", '"Odd a"@en', '"Odd a"@fr')
    assert call("-C", str(clean), "validate").stderr.splitlines()[-1] == "explain a rule: kg explain shape:Label"
