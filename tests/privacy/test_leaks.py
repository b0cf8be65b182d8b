"""No command and no format prints a legal name out of a broken data file, however the identity is written there."""

import shutil
from pathlib import Path

import pytest
from support.cli import call
from support.endpoint_commands import COMMANDS

from kg.cli.validate import FORMS

#: Processes, servers or many commands: a minute and a half together.
pytestmark = pytest.mark.slow

_KG = "https://w3id.org/hearsay/ns#"
HEAD = (
    f"PREFIX kg: <{_KG}>\nPREFIX person: <https://w3id.org/hearsay/person/>\n"
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
)
#: A file on one person in several layouts; {} is what stands behind rdfs:label.
LAYOUTS = {
    "house": HEAD + "\nperson:eagle\n    a kg:Person ;\n    rdfs:label {} ;\n    kg:identity kg:Pseudonymous ;\n.\n",
    "full IRI": HEAD
    + f"\nperson:eagle\n    a kg:Person ;\n    rdfs:label {{}} ;\n    <{_KG}identity> <{_KG}Anonymous> ;\n.\n",
    "no identity": HEAD + "\nperson:eagle\n    a kg:Person ;\n    rdfs:label {} ;\n.\n",
    "named": HEAD + "\nperson:eagle\n    a kg:Person ;\n    rdfs:label {} ;\n    kg:identity kg:Named ;\n.\n",
    "one line": HEAD + "person:eagle a kg:Person ; rdfs:label {} ; kg:identity kg:Pseudonymous .\n",
    "other prefix": HEAD.replace("PREFIX kg:", "@prefix h:").replace("ns#>", "ns#> .")
    + "\nperson:eagle a h:Person ;\r\n\trdfs:label {} ; # a comment\r\n\th:identity h:Pseudonymous .\r\n",
}
#: Labels that are not Turtle.
SLIPS = {
    "unquoted": "Sidorov",
    "two words": "Ivan Sidorov",
    "a colon": "Sidorov:Ivan",
    "twice": '"Eagle" "Sidorov"',
    "open": '"Sidorov',
    "a variable": "?Sidorov",
    "a tag": "@Sidorov",
    "an IRI": "<Ivan Sidorov>",
    "a datatype": '"Eagle"^^Sidorov',
    "a direction": '"Eagle"@en--Sidorov',
    "an escape": r'"Eagle \Sidorov"',
    "within a list": '( "Eagle" Sidorov! )',
}


def _damage(sample_root: Path, tmp_path: Path, layout: str, slip: str) -> Path:
    root = tmp_path / "project"
    shutil.copytree(sample_root, root)
    (root / "graph" / "eagle.ttl").write_bytes(LAYOUTS[layout].replace("{}", SLIPS[slip]).encode())
    return root


@pytest.mark.parametrize("layout", LAYOUTS)
def test_validate_prints_no_name_in_any_format(sample_root: Path, tmp_path: Path, layout: str) -> None:
    root, summary = _damage(sample_root, tmp_path, layout, "unquoted"), tmp_path / "summary.md"
    for slip, written in SLIPS.items():
        (root / "graph" / "eagle.ttl").write_bytes(LAYOUTS[layout].replace("{}", written).encode())
        for form in FORMS if slip in ("unquoted", "two words") else ("text",):
            words = ("--color", "always", "-C", str(root), "validate", "--format", form)
            done = call(*words, GITHUB_STEP_SUMMARY=str(summary))
            assert done.returncode == (2 if form == "turtle" else 1), (slip, form)
            assert "idorov" not in done.stdout + done.stderr, (slip, form)
            assert "graph/eagle.ttl" in done.stdout + done.stderr, (slip, form)
    assert "idorov" not in summary.read_text()


@pytest.mark.parametrize(("layout", "slip"), [("full IRI", "unquoted"), ("no identity", "a colon"), ("named", "twice")])
def test_no_command_prints_a_name(sample_root: Path, tmp_path: Path, layout: str, slip: str) -> None:
    root = _damage(sample_root, tmp_path, layout, slip)
    for words in (*COMMANDS, ("stats", "--format", "json"), ("coverage",), ("diff", str(sample_root), str(root))):
        done = call("-C", str(root), *words)
        assert "idorov" not in done.stdout + done.stderr, words
        assert done.returncode, words


@pytest.mark.parametrize("slip", ["unquoted", "a colon", "twice"])
def test_no_traceback_prints_a_name(sample_root: Path, tmp_path: Path, slip: str) -> None:
    root = _damage(sample_root, tmp_path, "house", slip)
    for words in (("show", "person:heron"), ("stats",), ("export", "nquads"), ("diff", str(sample_root), str(root))):
        done = call("-v", "-C", str(root), *words)
        assert "idorov" not in done.stdout + done.stderr, words
        assert done.returncode == 2, words


SKOS = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
#: Statements on a protected person that lead to a name: by an entity, a blank node, or a value of a wrong kind.
TELLING = {
    "an entity by a match": "skos:exactMatch person:ivan-sidorov",
    "an entity by another link": "rdfs:seeAlso person:ivan-sidorov",
    "a blank node": 'kg:legalName [ rdfs:label "Ivan Sidorov" ]',
    "a list": 'kg:legalName ( "Ivan" "Sidorov" )',
    "an identity in words": 'kg:identity "Ivan Sidorov"',
    "a class elsewhere": "a <https://example.org/Sidorov>",
    "a label of another datatype": 'rdfs:label "Eagle"^^<https://example.org/Sidorov>',
}


@pytest.mark.parametrize("statement", TELLING.values(), ids=TELLING)
def test_the_gate_refuses_and_no_format_repeats_a_telling_value(
    sample_root: Path, tmp_path: Path, statement: str
) -> None:
    root = tmp_path / "project"
    shutil.copytree(sample_root, root)
    people = root / "graph" / "people.ttl"
    text = people.read_text(encoding="utf-8")
    assert "\nperson:heron\n    a kg:Person ;\n" in text
    people.write_text(
        SKOS
        + text.replace("person:heron\n    a kg:Person ;\n", f"person:heron\n    a kg:Person ;\n    {statement} ;\n"),
        encoding="utf-8",
    )
    refused = call("-C", str(root), "export", "nquads")
    assert (refused.returncode, "idorov" in refused.stdout + refused.stderr) == (1, False)
    for form in FORMS:
        done = call("-C", str(root), "validate", "--format", form)
        own = "\n".join(line for line in (done.stdout + done.stderr).splitlines() if "not described" not in line)
        assert "idorov" not in own, form
        assert done.returncode == 1, form
