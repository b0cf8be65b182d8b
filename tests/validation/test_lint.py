"""Slips in the files are warnings at their lines: statements that are repeated, misplaced or missing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.paths import ROOT

from kg.project.dataset import Source, sources
from kg.validation.finding import Finding
from kg.validation.lint import SPACE, findings

HEAD = """PREFIX claim: <https://w3id.org/hearsay/claim/>
PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX passage: <https://w3id.org/hearsay/passage/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
TEXT = f"""{HEAD}
passage:a-1
    a kg:Passage ;
    oa:end 50 ;
    oa:start 0 ;
.

claim:a-1
    a kg:Claim ;
    rdfs:label "One."@en ;
    kg:passage
        passage:a-1 ,
        passage:a-2 ;
.

passage:a-2
    a kg:Passage ;
    oa:end 90 ;
    oa:start {50 + SPACE} ;
.

# What this says is said below the second.
claim:a-2
    a kg:Claim ;
    kg:passage passage:a-2 ;
.
"""


def found(directory: Path, text: str) -> list[Finding]:
    path = directory / "a.ttl"
    path.write_text(text, encoding="utf-8")
    return list(findings([Source(path, "a.ttl", graph="https://w3id.org/hearsay/article/a")]))


def places(directory: Path, text: str) -> Iterator[tuple[str, int]]:
    for one in found(directory, text):
        assert (one.severity, one.file) == ("warning", "a.ttl")
        yield one.rule.partition(":")[2], one.line


def test_a_file_that_is_well_kept_has_no_findings(tmp_path: Path) -> None:
    assert found(tmp_path, TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ('"One."@en ;\n', '"One."@en ;\n    rdfs:label "One."@en ;\n', [("twice", 16)]),
        ("passage:a-1 ,\n", "passage:a-1 ,\n        passage:a-1 ,\n", [("twice", 18)]),
        ("passage:a-2 ;\n.\n\npassage", "passage:a-2 ,\n        passage:a-2 ;\n.\n\npassage", [("twice", 19)]),
        ("# What", "passage:a-1\n    oa:end 50 ;\n.\n\n# What", [("two-blocks", 27)]),
        ("kg:passage passage:a-2", "kg:passage passage:a-1", [("below-passage", 30)]),
        ("oa:end 50", "oa:end 49", [("left-out", 9), ("left-out", 24)]),
        (f"oa:start {50 + SPACE}", f"oa:start {51 + SPACE}", [("left-out", 9), ("left-out", 24)]),
        ("oa:start 0", f"oa:start {1 + SPACE}", [("left-out", 10)]),
        # A passage that is none hides a gap, and claims on what the file does not describe stand anywhere.
        ("oa:end 50", "oa:end 0", []),
        ("kg:passage passage:a-2", "kg:passage passage:b-1", []),
        ("# What", "# What\n# What", []),
    ],
)
def test_what_is_kept_ill_is_found_at_its_line(
    tmp_path: Path, old: str, new: str, wanted: list[tuple[str, int]]
) -> None:
    assert TEXT.count(old) == 1
    assert sorted(places(tmp_path, TEXT.replace(old, new))) == sorted(wanted)


def test_a_passage_within_another_leaves_no_gap(tmp_path: Path) -> None:
    inner = "\npassage:a-3\n    a kg:Passage ;\n    oa:end 70 ;\n    oa:start 65 ;\n.\n"
    last = "\npassage:a-4\n    a kg:Passage ;\n    oa:end 120 ;\n    oa:start 91 ;\n.\n"
    assert found(tmp_path, TEXT + inner + last) == []


#: The same text in other layouts.
LAYOUTS: dict[str, Callable[[str], str]] = {
    "one line a block": lambda text: re.sub(r"\n +", " ", text).replace(" ;\n.", " ."),
    "tabs": lambda text: re.sub(r"(?<=\n) +", "\t", text),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "other prefixes": lambda text: re.sub(r"PREFIX (\w+): (<.*>)", r"@prefix \1: \2 .", text),
    "no blank lines": lambda text: re.sub(r"\n\n+", "\n", text),
    "full IRIs": lambda text: re.sub(r"\bpassage:(a-\d)", r"<https://w3id.org/hearsay/passage/\1>", text),
    "one full IRI": lambda text: re.sub(r"\bkg:passage ", "<https://w3id.org/hearsay/ns#passage> ", text),
    "comments": lambda text: re.sub(r" ;\n", " ; # a comment ;\n", text),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("# What", "# What", []),
        ("# What", "passage:a-1\n    oa:end 50 ;\n.\n\n# What", ["two-blocks"]),
        ('"One."@en ;\n', '"One."@en ;\n    rdfs:label "One."@en ;\n', ["twice"]),
        ("kg:passage passage:a-2", "kg:passage passage:a-1", ["below-passage"]),
        ("oa:end 50", "oa:end 49", ["left-out", "left-out"]),
    ],
)
def test_slips_are_found_in_every_layout(tmp_path: Path, layout: str, old: str, new: str, rules: list[str]) -> None:
    text = LAYOUTS[layout](TEXT.replace(old, new))
    assert [rule for rule, _ in places(tmp_path, text)] == rules


def test_another_layout_is_not_a_slip(tmp_path: Path) -> None:
    text = f'{HEAD}\nclaim:a a kg:Claim ; rdfs:label "A"@en .\n\nclaim:b a kg:Claim ;\n  rdfs:label\n  "A"@en .\n'
    assert found(tmp_path, text) == []
    assert found(tmp_path, text.replace("\n", "\r\n")) == []


def test_a_text_that_repeats_a_line_in_a_long_string_says_nothing_twice(tmp_path: Path) -> None:
    assert (
        found(tmp_path, f'{HEAD}\nclaim:a\n    a kg:Claim ;\n    rdfs:label """x ;\n    x ;\n    x ;""" ;\n.\n') == []
    )


def test_the_graph_and_the_sample_are_well_kept(sample_root: Path) -> None:
    assert list(findings(sources(ROOT))) == []
    assert list(findings(sources(sample_root))) == []
