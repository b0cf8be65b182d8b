"""Findings repeat nothing that identifies a protected person."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Store

from kg.errors import Place, SourceError
from kg.privacy.redaction import PLACEHOLDER, without_texts
from kg.project.dataset import Source, read, source
from kg.project.files import glance
from kg.rules.severity import Severity
from kg.validation.finding import LONGEST, Finding
from kg.validation.redact import redacted

GRAPH = """
PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX claim: <https://w3id.org/hearsay/claim/>
PREFIX person: <https://w3id.org/hearsay/person/>
person:falcon a kg:Person ; kg:identity kg:Pseudonymous ; rdfs:label "Falcon"@en .
person:ann a kg:Person ; kg:identity kg:Named ; rdfs:label "Ann"@en .
claim:falcon rdf:subject person:falcon ; rdf:object "Fritz Example"@en , 7 .
claim:ann rdf:subject person:ann ; rdf:object "Fritz Example"@en .
"""
SAID = "no passage has the name 'Fritz Example': a name must occur in a passage."


def finding(focus: str | None, value: str | None, message: str = SAID, rule: str = "evidence:name-wording") -> Finding:
    return Finding(
        severity=Severity.VIOLATION,
        rule=rule,
        place=Place("graph/a.ttl"),
        focus=focus,
        path="rdf:object",
        value=value,
        message=message,
    )


def shown(one: Finding, root: Path) -> Finding:
    path = root / "graph" / "a.ttl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(GRAPH)
    store = Store()
    read(store, source(root, "graph/a.ttl"))
    (found,) = redacted([one], lambda name: glance(root, name), store)
    return found


@pytest.mark.parametrize("focus", ["claim:falcon", "person:falcon", "person:nobody-knows", "[]"])
def test_a_name_is_repeated_neither_as_value_nor_in_the_message(focus: str, tmp_path: Path) -> None:
    found = shown(finding(focus, "Fritz Example"), tmp_path)
    assert (found.value, found.message, found.veiled) == (
        PLACEHOLDER,
        "no passage has the name '…': a name must occur in a passage.",
        True,
    )


def test_a_name_that_is_cut_is_not_repeated_in_part(tmp_path: Path) -> None:
    name = "Fritz " * LONGEST
    found = shown(finding("person:falcon", name, f"Found: {name}"), tmp_path)
    assert found.message == "Found: …"


@pytest.mark.parametrize("focus", ["claim:ann", "person:ann", None, "unit:sample-legion"])
def test_what_is_said_of_others_is_repeated(focus: str | None, tmp_path: Path) -> None:
    one = finding(focus, "Fritz Example")
    assert shown(one, tmp_path) == one


@pytest.mark.parametrize(
    ("path", "value", "kept"),
    [
        ("kg:identity", "kg:Anonymous", True),
        ("rdf:subject", "person:ann", True),
        ("owl:sameAs", "person:ann", False),
        ("skos:exactMatch", "wd:Q1", False),
        ("schema:url", "<https://a.example/fritz>", False),
        ("schema:email", "fritz@a.example", False),
    ],
)
def test_a_name_is_kept_that_says_nothing_of_a_person(path: str, value: str, kept: bool, tmp_path: Path) -> None:
    one = replace(finding("person:falcon", value, f"Found: {value}."), path=path)
    found = shown(one, tmp_path)
    assert (found.value == value, value in found.message) == (kept, kept)


def test_no_line_of_a_data_file_is_shown_that_is_not_in_the_store() -> None:
    (redacted_,) = redacted([finding(None, None, rule="syntax:turtle")], lambda _: "kg:Unit Fritz", Store())
    assert redacted_.veiled


@pytest.mark.parametrize(("line", "private"), [(7, True), (8, False), (9, True), (10, False)])
def test_a_line_with_a_text_on_a_protected_person_is_not_shown_whatever_the_finding_is_about(
    line: int, private: bool, tmp_path: Path
) -> None:
    on_line = replace(finding("unit:sample-legion", None), place=Place("graph/a.ttl", line, 1))
    assert shown(on_line, tmp_path).veiled == private


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("kg:x 'Fritz Example' 'Example'", "… is not a valid subject or graph name"),
        ("kg:x Fritz", "… is not a valid RDF object"),
        # The words of the parser itself stay.
        ("kg:x 'Fritz\nExample'", r"Line jumps are not allowed in string literals, use \n"),
        ("kg:x ^^ Fritz", "^^ is not a valid RDF object"),
        ("kg:x <Fritz>", "No scheme found in an absolute IRI"),
        ("kg:x 'Fritz'@ Example", "A language code should always start with a letter"),
    ],
)
def test_the_message_of_the_parser_repeats_no_word_of_a_data_file(written: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(f"PREFIX kg: <https://a.example/>\nkg:a kg:identity kg:Pseudonymous ; {written} .\n")
    with pytest.raises(SourceError) as caught:
        read(Store(), Source(path, "graph/a.ttl", graph="https://a.example/graph"))
    assert caught.value.message == said


def test_words_within_words_stay() -> None:
    assert without_texts("A claim of Ann: Annex, Ann.", ["Ann", " "]) == "A claim of …: Annex, …."
