"""The layout of data files: Turtle and rules."""

import re
from pathlib import Path

import pytest
from support import layout_lint
from support.paths import ONTOLOGY, ROOT, RULES, SAMPLE

from kg.project.dataset import sources

TURTLE = sorted(
    [
        *ONTOLOGY.rglob("*.ttl"),
        *(ROOT / "graph").rglob("*.ttl"),
        *(SAMPLE / "graph").rglob("*.ttl"),
    ]
)
ARTICLES = [path for path in TURTLE if path.parent.name == "articles"]
SHIPPED = [path for path in ARTICLES if path.is_relative_to(ROOT / "graph")]
THINGS = [path for path in TURTLE if path.parent.name == "graph"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- Turtle ---

BLOCK = """PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX unit: <https://w3id.org/hearsay/unit/>

# A sentence that says why.
unit:a
    a kg:Unit ;
    rdfs:label "A"@en ;
    skos:altLabel
        "B"@en ,
        "C"@en ;
    skos:editorialNote "Why."@en ;
.

unit:b
    a kg:Unit ;
    rdfs:label "D"@en ;
.
"""


@pytest.mark.parametrize("path", TURTLE, ids=name)
def test_turtle_is_laid_out_in_blocks(path: Path) -> None:
    assert layout_lint.turtle(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", ARTICLES, ids=name)
def test_an_article_file_runs_as_its_text_runs(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert layout_lint.course(text) == []
    assert layout_lint.subjects(text)[0][0] == f"article:{path.stem}"


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_an_article_file_begins_with_how_to_read_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first == f"# Read this file with `kg show article:{path.stem}`; graph/README.md explains its layout."


@pytest.mark.parametrize("path", THINGS, ids=name)
def test_things_stand_by_the_alphabet(path: Path) -> None:
    assert layout_lint.alphabetical(path.read_text(encoding="utf-8")) == []


def test_the_lint_has_nothing_against_a_good_file() -> None:
    assert layout_lint.turtle(BLOCK) == []
    assert layout_lint.turtle(f"# How to read it.\n{BLOCK}") == []
    assert layout_lint.turtle(f"# How to read it.\n# And more.\n{BLOCK}") != []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (".\n\nunit:b", ".\nunit:b", "15: one blank line between blocks"),
        (".\n\nunit:b", ".\n\n\nunit:b", "16: one blank line between blocks"),
        ("    a kg:Unit ;\n    rdfs:label \"A\"", "    rdfs:label \"A\"", "8: a block begins with 'a'"),
        ('    rdfs:label "D"', '  rdfs:label "D"', "18: a line of a block is"),
        ('"D"@en ;', '"D"@en;', "18: a line of a block is"),
        ('"D"@en ;\n.', '"D"@en .', "18: a line of a block is"),
        ('"B"@en ,\n        "C"@en ;', '"B"@en , "C"@en ;', "11: a single value stands on the line"),
        ('\n        "B"@en ,\n        "C"@en ;', ' "B"@en , "C"@en ;', "10: one value a line"),
        ('    a kg:Unit ;\n    rdfs:label "D"@en ;\n', '    a kg:Unit ; rdfs:label "D"@en ;\n', "17: one value a line"),
        ("unit:b\n    a kg:Unit ;", "unit:b a kg:Unit ;", "16: a subject stands alone"),
        ('    rdfs:label "A"@en ;\n    skos', "    skos", ""),
        ('rdfs:label "A"@en ;', 'skos:editorialNote "A"@en ;', "10: skos:altLabel stands before skos:editorialNote"),
        ('skos:editorialNote "Why."@en', 'skos:altLabel "Why."@en', "13: skos:altLabel stands once in a block"),
        ("unit:b\n", "unit:a\n", "16: unit:a has a block in line 7 already"),
        ("# A sentence", "#A sentence", "6: a comment is a sentence"),
        ("A sentence that says why.\n", "--- Units ---\n", "6: a comment is a sentence above its block, or a banner"),
        ('"D"@en ;', '"D"@en ; ', "18: no tabs, no space"),
        ('"D"@en ;\n.\n', '"D"@en ;\n.\n\n', "a file ends with one line feed"),
        ("PREFIX kg:", "prefix kg:", "1: a file begins with PREFIX lines"),
        ("/2004/02/skos/core#>", "/skos/core#>", "3: a file begins with PREFIX lines"),
        ("PREFIX unit", "PREFIX sh: <http://www.w3.org/ns/shacl#>\nPREFIX unit", "the prefix sh: is not used"),
        ("\nPREFIX unit", "\n\nPREFIX unit", "5: prefixes stand at the beginning"),
    ],
)  # fmt: skip
def test_the_lint_finds_what_it_is_for(old: str, new: str, fault: str) -> None:
    assert BLOCK.count(old) == 1
    found = layout_lint.turtle(BLOCK.replace(old, new))
    assert any(fault in one for one in found) if fault else found == [], found


COURSE = """PREFIX article: <https://w3id.org/hearsay/article/>
PREFIX claim: <https://w3id.org/hearsay/claim/>
PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX passage: <https://w3id.org/hearsay/passage/>

article:a
    a kg:Article ;
.

passage:a-1
    a kg:Passage ;
    oa:start 0 ;
.

claim:a-1
    a kg:Claim ;
    kg:passage passage:a-1 ;
.

passage:a-2
    a kg:Passage ;
    oa:start 10 ;
.
"""


def test_the_lint_knows_how_a_text_runs() -> None:
    assert layout_lint.course(COURSE) == []
    moved = COURSE.replace("kg:passage passage:a-1", "kg:passage passage:a-2")
    assert layout_lint.course(moved) == ["16: claim:a-1 stands below a passage of its own, not below passage:a-1"]
    assert layout_lint.course(COURSE.replace("oa:start 0", "oa:start 20")) == [
        "21: passage:a-2 starts before passage:a-1"
    ]
    assert layout_lint.course(COURSE.replace("article:a\n", "passage:a\n"))[0].startswith("7: the article comes first")


def test_the_lint_knows_the_alphabet() -> None:
    assert layout_lint.alphabetical(BLOCK) == []
    assert layout_lint.alphabetical(BLOCK.replace("unit:b", "unit:0")) == ["16: unit:0 comes before unit:a"]


# --- Rules ---


@pytest.mark.parametrize("path", RULES, ids=name)
def test_rules_are_laid_out_alike(path: Path) -> None:
    assert layout_lint.rule(path.read_text(encoding="utf-8")) == []
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", path.stem)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#+ severity: violation\n", ""),
        ("#+ description: ", "#+ note: "),
        ("ends.", "ends"),
        ("PREFIX oa: <http://www.w3.org/ns/oa#>", "PREFIX oa: <http://www.w3.org/oa#>"),
        ("PREFIX oa:", "PREFIX kg: <https://w3id.org/hearsay/ns#>\nPREFIX oa:"),
        ("SELECT ?focus ?path", "SELECT ?path ?focus"),
        ("\nORDER BY ?focus ?value", ""),
        ("  FILTER", "   FILTER"),
        ("FILTER", "filter"),
        (" ;\n    oa:end ?end .", " . ?focus oa:end ?end ."),
        ("WHERE {", "WHERE { "),
    ],
)
def test_the_lint_of_rules_finds_what_it_is_for(old: str, new: str) -> None:
    text = next(path for path in RULES if path.stem == "passage-order").read_text(encoding="utf-8")
    assert old in text
    assert layout_lint.rule(text.replace(old, new)) != []


def test_the_dataset_reads_the_files_that_are_laid_out() -> None:
    assert {source.path for source in sources(ROOT)} <= set(TURTLE)
