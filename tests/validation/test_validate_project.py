"""The check of a project: what is damaged is found, by the right rule, at its place, and nothing else with it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import Store
from support.paths import ROOT

from kg.claims.texts import digest
from kg.errors import QueryError, SourceError
from kg.query import engine, limits, questions
from kg.rdf import namespaces
from kg.validation import filter, syntax
from kg.validation.filter import Filter
from kg.validation.finding import Report
from kg.validation.validate import validate

#: Marks in a damage where the finding is expected; it is not written.
MARK = "‸"
ARTICLE = "graph/articles/river.ttl"
TEXT = "The Sample Legion has two people, says Ann Author. It hopes for a bridge since May. Read more here."
PREFIXES = """PREFIX article: <https://w3id.org/hearsay/article/>
PREFIX claim: <https://w3id.org/hearsay/claim/>
PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX organisation: <https://w3id.org/hearsay/organisation/>
PREFIX passage: <https://w3id.org/hearsay/passage/>
PREFIX person: <https://w3id.org/hearsay/person/>
PREFIX quantity: <https://w3id.org/hearsay/quantity/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX topic: <https://w3id.org/hearsay/topic/>
PREFIX unit: <https://w3id.org/hearsay/unit/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
PROJECT = {
    ARTICLE: f"""{PREFIXES}
article:river
    a kg:Article ;
    rdfs:label "A legion at the river"@en ;
    kg:canonicalisation "hearsay-text-1" ;
    kg:origin kg:Original ;
    kg:textDigest "{digest(TEXT)}" ;
    kg:textLength {len(TEXT)} ;
    schema:author person:ann-author ;
    schema:datePublished "2030-05-12"^^xsd:date ;
    schema:inLanguage "en" ;
    schema:publisher organisation:sample-post ;
.

passage:river-01
    a kg:Passage ;
    kg:digest "{digest(TEXT[0:50])}" ;
    oa:end 50 ;
    oa:hasSource article:river ;
    oa:start 0 ;
.

claim:river-strength
    a kg:Claim ;
    rdfs:label "The Sample Legion counts two members."@en ;
    rdf:subject unit:sample-legion ;
    rdf:predicate kg:strength ;
    rdf:object quantity:two ;
    kg:attribution kg:IndirectSpeech ;
    kg:certainty kg:Certain ;
    kg:counts kg:Serving ;
    kg:modality kg:Actual ;
    kg:passage passage:river-01 ;
    kg:polarity kg:Affirmed ;
    kg:speaker person:ann-author ;
.

passage:river-02
    a kg:Passage ;
    kg:digest "{digest(TEXT[51:83])}" ;
    oa:end 83 ;
    oa:hasSource article:river ;
    oa:start 51 ;
.

claim:river-hope
    a kg:Claim ;
    rdfs:label "The Sample Legion hopes for a bridge."@en ;
    rdf:subject unit:sample-legion ;
    rdf:predicate kg:seeks ;
    rdf:object topic:bridge ;
    kg:attribution kg:Unattributed ;
    kg:certainty kg:Certain ;
    kg:extent kg:Throughout ;
    kg:modality kg:Hoped ;
    kg:notAfter "2030-05-12"^^xsd:date ;
    kg:notBefore "2030-05-01"^^xsd:date ;
    kg:passage passage:river-02 ;
    kg:polarity kg:Affirmed ;
    kg:timeWording "since May"@en ;
    skos:editorialNote "The month of the article."@en ;
.

passage:river-03
    a kg:Passage ;
    kg:digest "{digest(TEXT[84:99])}" ;
    kg:setAside kg:Boilerplate ;
    oa:end 99 ;
    oa:hasSource article:river ;
    oa:start 84 ;
.
""",
    "graph/things.ttl": f"""{PREFIXES}
organisation:sample-post
    a kg:Outlet ;
    rdfs:label "Sample Post"@en ;
.

person:ann-author
    a kg:Person ;
    rdfs:label "Ann Author"@en ;
    kg:identity kg:Named ;
.

quantity:two
    a kg:Quantity ;
    rdfs:label "two people"@en ;
    kg:wording "two"@en ;
    schema:maxValue 2 ;
    schema:minValue 2 ;
    schema:unitText "person" ;
.

topic:bridge
    a kg:Topic ;
    rdfs:label "Bridge"@en ;
.
""",
    "graph/units.ttl": f"""{PREFIXES}
unit:sample-legion
    a kg:Unit ;
    rdfs:label "Sample Legion"@en ;
.
""",
    "queries/units.rq": """#+ summary: Which units are there? kg:not-a-term

PREFIX kg: <https://w3id.org/hearsay/ns#>

SELECT ?unit
WHERE { ?unit a kg:Unit FILTER(STR(?unit) != "kg:neither # this") } # nor kg:this
ORDER BY ?unit
""",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a small invented project without a fault."""
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Return a directory with the text of the project's article."""
    directory = tmp_path / "texts"
    directory.mkdir()
    (directory / "river.txt").write_text(TEXT, encoding="utf-8")
    return directory


@dataclass(frozen=True, slots=True)
class Damage:
    """What is damaged, and what is found: `new` stands for the one `old`; the rule; the place.

    The place is that of the mark in `new`, or of the one `at` in the damaged file. `also` are rules that have something
    to say besides.
    """

    old: str
    new: str
    rule: str
    at: str = ""
    file: str = ARTICLE
    also: tuple[str, ...] = ()


def damage(root: Path, one: Damage) -> tuple[int, int]:
    """Damage the project; return line and column of the place where that is to be found."""
    path = root / one.file
    text = path.read_text(encoding="utf-8")
    assert text.count(one.old) == 1, f"'{one.old}' stands once in {one.file}"
    text = text.replace(one.old, one.new)
    assert text.count(one.at or MARK) == 1, f"'{one.at or MARK}' stands once in the damaged text"
    offset = text.index(one.at or MARK)
    path.write_text(text.replace(MARK, ""), encoding="utf-8")
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def places(report: Report) -> list[tuple[str, str, int, int]]:
    return [(one.rule, one.file, one.line, one.column) for one in report.findings]


def test_a_project_without_fault_has_no_findings(root: Path, texts: Path) -> None:
    report = validate(root, texts)
    assert report.findings == ()
    assert report.skipped == ()
    assert report.conforms


UNDEFINED, TURTLE, SPARQL = "rule:undefined-term", "syntax:turtle", "syntax:sparql"
HOPE, STRENGTH = "claim:river-hope\n", "claim:river-strength\n"
THINGS, SHAPES, QUERY = "graph/things.ttl", "ontology/core/shapes/claim.ttl", "queries/units.rq"
RULE = "ontology/core/rules/entity/circle.rq"
DAY = '"2030-05-01"^^xsd:date'

DAMAGES = [
    # names
    Damage("kg:certainty kg:Certain ;\n    kg:counts", "kg:certainty ‸kg:Certin ;\n    kg:counts", UNDEFINED),
    Damage("rdf:object topic:bridge", "rdf:object ‸topic:bridges", UNDEFINED, also=("rule:unused",)),
    Damage("kg:timeWording", "‸kg:timeWordng", UNDEFINED),
    Damage(DAY, '‸"2030-05-01"^^kg:date', UNDEFINED, also=("shape:NotBefore",)),
    Damage(
        '    a kg:Claim ;\n    rdfs:label "The Sample Legion c',
        '    rdfs:label "The Sample Legion c',
        UNDEFINED,
        STRENGTH,
    ),
    Damage(
        "unit:sample-legion\n", "‸unit:simple-legion\n", "rule:unused", file="graph/units.ttl", also=(UNDEFINED,) * 2
    ),
    Damage(
        "sh:targetClass kg:Passage ;\n    sh:path oa:start",
        "sh:targetClass ‸kg:Pasage ;\n    sh:path oa:start",
        UNDEFINED,
        file="ontology/core/shapes/passage.ttl",
    ),
    Damage(
        "sh:in (\n        kg:Affirmed\n",
        "sh:in (\n        ‸kg:Afirmed\n",
        UNDEFINED,
        file=SHAPES,
        also=("shape:Claim-polarity",) * 2,
    ),
    Damage("?unit a kg:Unit", "?unit a ‸kg:Units", UNDEFINED, file=QUERY),
    Damage("?unit a kg:Unit", "?unit a ‸<https://w3id.org/hearsay/ns#Units>", UNDEFINED, file=QUERY),
    Damage("?value kg:revises* ?focus", "?value ‸kg:revise* ?focus", UNDEFINED, file=RULE),
    Damage(
        "PREFIX schema: <https://schema.org/>",
        "PREFIX schema: ‸<http://schema.org/>",
        "rule:prefix",
    ),
    Damage(
        "PREFIX kg: <https://w3id.org/hearsay/ns#>",
        "PREFIX kg: ‸<https://w3id.org/hearsay/vocabulary#>",
        "rule:prefix",
        file=QUERY,
    ),
    # syntax
    Damage("kg:polarity kg:Affirmed ;\n    kg:timeWording", "kg:polarity kg:Affirmed\n    ‸kg:timeWording", TURTLE),
    Damage("kg:modality kg:Hoped", "kg:modality ‸vg:Hoped", TURTLE),
    Damage(
        "@en ;\n.\n\npassage:river-03",
        "@en ;\n\npassage:river-03",
        TURTLE,
        'a kg:Passage ;\n    kg:digest "' + digest(TEXT[84:99]),
    ),
    Damage("?unit a kg:Unit", "?unit a ‸vg:Unit", SPARQL, file=QUERY),
    Damage("ORDER BY ?unit", "ORDER BU‸Y ?unit", SPARQL, file=QUERY),
    Damage("#+ severity: violation", "#+ gravity: violation", "syntax:rule", "#+ summary", file=RULE),
    Damage("SELECT ?focus ?path ?value", "SELECT ?path ?value", "syntax:rule", "#+ summary", file=RULE),
    # claims
    Damage("kg:modality kg:Actual", "kg:modality ‸kg:Certain", "shape:Claim-modality"),
    Damage("kg:modality kg:Actual", "kg:modality kg:Actual , ‸kg:Planned", "shape:Claim-modality"),
    Damage("    kg:modality kg:Actual ;\n", "", "shape:Claim-modality", STRENGTH),
    Damage("kg:attribution kg:IndirectSpeech", "kg:attribution ‸kg:Unattributed", "shape:Claim-attributed"),
    Damage("kg:attribution kg:Unattributed", "kg:attribution ‸kg:Document", "shape:Claim-speaker"),
    Damage("    kg:speaker person:ann-author ;\n", "", "shape:Claim-speaker", "kg:IndirectSpeech"),
    Damage("kg:speaker person:ann-author", "kg:speaker ‸topic:bridge", "shape:Claim-speakerActor"),
    Damage("    kg:counts kg:Serving ;\n", "", "rule:claim-counts-missing", "quantity:two ;"),
    Damage("kg:counts kg:Serving", "kg:counts ‸kg:Certain", "shape:Claim-counts"),
    Damage(
        "rdf:object topic:bridge",
        "rdf:object ‸unit:sample-legion",
        "rule:claim-object-kind",
        also=("rule:claim-reflexive", "rule:unused"),
    ),
    Damage("rdf:object topic:bridge", 'rdf:object ‸"a bridge"@en', "rule:claim-object-kind", also=("rule:unused",)),
    Damage("rdf:predicate kg:seeks", "rdf:predicate ‸kg:speaker", "shape:Claim-predicate"),
    Damage("kg:passage passage:river-02", "kg:passage passage:river-02 , ‸article:river", "shape:Claim-passage"),
    Damage("    kg:extent kg:Throughout ;\n", "", "shape:Claim-bounds", DAY, also=("shape:Claim-timeBounds",)),
    Damage(DAY, '‸"2030-13-45"^^xsd:date', "shape:NotBefore"),
    Damage(DAY, '‸"2030-05-01"', "shape:NotBefore"),
    Damage(DAY, '‸"2030-05-21"^^xsd:date', "rule:bounds-order", also=()),
    Damage("kg:timeWording", "‸schema:about topic:bridge ; kg:timeWording", "shape:Claim"),
    Damage('    skos:editorialNote "The month of the article."@en ;\n', "", "shape:Claim-timeNote", '"since May"@en'),
    Damage('"The Sample Legion hopes for a bridge."@en', '‸"Die Legion hofft."@de', "shape:Label"),
    Damage(HOPE, "‸claim:river_hope\n", "shape:Claim-name"),
    # passages
    Damage("oa:start 51", "oa:start ‸90", "rule:passage-order"),
    Damage("oa:start 51", "oa:start ‸0049", "rule:passage-overlap", also=("rule:passage-overlap",)),
    Damage("oa:start 51", "oa:start ‸-51", "shape:Passage-start"),
    Damage("oa:end 99", "oa:end ‸100", "rule:passage-beyond-text"),
    Damage("    oa:end 99 ;\n", "", "shape:Passage-end", "passage:river-03"),
    Damage("kg:setAside kg:Boilerplate", "kg:setAside ‸kg:Certain", "shape:Passage-setAside"),
    Damage("    kg:setAside kg:Boilerplate ;\n", "", "shape:Passage-claims", "passage:river-03"),
    Damage("    oa:end 83 ;\n", "    oa:end 83 ;\n    kg:setAside ‸kg:Rhetoric ;\n", "shape:Passage-claimsAside"),
    Damage(
        "kg:setAside kg:Boilerplate ;", "kg:withheld ‸true ; kg:setAside kg:Boilerplate ;", "shape:Passage-digested"
    ),
    Damage(f'"{digest(TEXT[84:99])}"', '‸"sha256:none"', "shape:Passage-digest"),
    # the article
    Damage("kg:origin kg:Original", "kg:origin ‸kg:Derived", "shape:Article-derived"),
    Damage('"hearsay-text-1"', '‸"hearsay-text-2"', "shape:Article-canonicalisation"),
    Damage('schema:inLanguage "en"', 'schema:inLanguage ‸"English"', "shape:Article-inLanguage"),
    Damage(
        "schema:publisher organisation:sample-post",
        "schema:publisher ‸person:ann-author",
        "shape:Article-publisher",
        also=("rule:unused",),
    ),
    Damage(f"kg:textLength {len(TEXT)}", f'kg:textLength ‸"{len(TEXT)}"', "shape:Article-textLength"),
    # people and things
    Damage(
        "kg:identity kg:Named",
        'kg:identity kg:Named ; ‸schema:birthDate "2000-01-01"^^xsd:date',
        "shape:Person",
        file=THINGS,
    ),
    Damage(
        "kg:identity kg:Named",
        'kg:identity kg:Anonymous ; skos:altLabel ‸"Ann"@en',
        "shape:Person-protected",
        file=THINGS,
    ),
    Damage('kg:wording "two"@en', 'kg:wording ‸"two"', "shape:Quantity-wording", file=THINGS),
    Damage(
        "schema:minValue 2",
        "schema:minValue ‸3",
        "rule:quantity-order",
        file=THINGS,
        also=("shape:Quantity-codingRule",),
    ),
    Damage(
        "a kg:Topic",
        "a kg:Topic , ‸skos:Concept",
        "rule:kind-unknown",
        file=THINGS,
        also=("rule:claim-object-kind", "shape:Kind"),
    ),
    Damage(
        "topic:bridge\n",
        "topic:bridge\n    skos:editorialNote ‸[] ;\n",
        "rule:blank-node",
        file=THINGS,
        also=("shape:EditorialNote",),
    ),
    Damage(
        "unit:sample-legion\n",
        '‸topic:bridge skos:altLabel "Crossing"@en .\n\nunit:sample-legion\n',
        "rule:one-file",
        file="graph/units.ttl",
    ),
]


@pytest.mark.parametrize("one", DAMAGES, ids=lambda one: f"{one.rule}: {one.new or one.old}".replace("\n", " "))
def test_a_damage_is_found_at_its_place_and_nothing_else(root: Path, one: Damage) -> None:
    line, column = damage(root, one)
    report = validate(root)
    assert (one.rule, one.file, line, column) in places(report), [str(finding) for finding in report.findings]
    assert sorted(finding.rule for finding in report.findings) == sorted((one.rule, *one.also))


def write(root: Path, file: str, text: str) -> None:
    (root / file).write_text(text, encoding="utf-8")


def test_a_finding_says_all_that_is_known(root: Path) -> None:
    damage(root, Damage("rdf:predicate kg:strength", "rdf:predicate kg:captured", "", "kg:captured"))
    finding = next(one for one in validate(root).findings if one.rule == "rule:claim-object-kind")
    assert (finding.severity, finding.file, finding.line) == ("violation", ARTICLE, 43)
    assert (finding.focus, finding.path, finding.value) == ("claim:river-strength", "rdf:object", "quantity:two")
    assert finding.message == (
        "the object is of kind kg:Quantity, but kg:captured expects kg:Actor: "
        "a claim's object must be of a kind that its predicate expects."
    )


def test_an_undefined_name_comes_with_a_near_miss(root: Path) -> None:
    damage(
        root,
        Damage("kg:polarity kg:Affirmed ;\n    kg:time", "kg:polarity kg:Afirmed ;\n    kg:time", "", "kg:Afirmed"),
    )
    (finding,) = validate(root).findings
    assert finding.message == (
        "kg:Afirmed is not described (did you mean kg:Affirmed?): "
        "every name in the project's namespaces must be described in the project."
    )


def test_findings_come_by_file_line_column_and_rule(root: Path) -> None:
    write(root, "graph/units.ttl", PROJECT["graph/units.ttl"].replace("a kg:Unit", 'kg:identity "x" ; a kg:Units'))
    write(root, ARTICLE, PROJECT[ARTICLE].replace("kg:Certain", "kg:Actual").replace("kg:Hoped", "kg:Certain"))
    found = places(validate(root))
    assert len(found) > 4
    assert [(file, line, column, rule) for rule, file, line, column in found] == sorted(
        (file, line, column, rule) for rule, file, line, column in found
    )


def test_a_warning_leaves_the_project_conforming(root: Path) -> None:
    write(
        root,
        "graph/units.ttl",
        f'{PROJECT["graph/units.ttl"]}\nunit:idle\n    a kg:Unit ;\n    rdfs:label "Idle"@en ;\n.\n',
    )
    report = validate(root)
    assert [(one.severity, one.rule) for one in report.findings] == [("warning", "rule:unused")]
    assert report.conforms


def test_the_report_can_be_narrowed_to_files_and_directories(root: Path) -> None:
    damage(root, Damage("kg:Hoped", "kg:Certain", "", "kg:notAfter"))
    report = validate(root)

    def within(*paths: str) -> Report:
        return filter.apply(Filter(paths=paths), report, {})

    assert within(ARTICLE).files == 1
    assert len(within("graph/articles").findings) == 1
    assert within("graph/things.ttl", "ontology").findings == ()
    assert within("graph/art").findings == ()
    assert within() == within(".") == report


# --- Files that cannot be read ---


def test_the_other_files_are_still_checked(root: Path) -> None:
    write(root, "graph/units.ttl", PROJECT["graph/units.ttl"].replace("@en ;", "@en"))
    write(root, "graph/things.ttl", PROJECT["graph/things.ttl"].replace('kg:wording "two"@en', 'kg:wording "two"'))
    damage(root, Damage("kg:modality kg:Actual", "kg:modality kg:Certain", "", "kg:modality kg:Certain"))
    rules = [one.rule for one in validate(root).findings]
    assert rules == ["shape:Claim-modality", "shape:Quantity-wording"]


def test_what_a_broken_file_mentions_is_not_held_against_the_others(root: Path) -> None:
    write(root, "graph/units.ttl", PROJECT["graph/units.ttl"].replace("rdfs:label", "rdfs:label rdfs:label"))
    write(root, "graph/things.ttl", PROJECT["graph/things.ttl"].replace("topic:bridge\n", "topic:bridge a\n"))
    report = validate(root)
    assert [(one.rule, one.file) for one in report.findings] == [
        ("syntax:turtle", "graph/things.ttl"),
        ("syntax:turtle", "graph/units.ttl"),
    ]
    assert "rules that depend on graph/things.ttl and graph/units.ttl, which cannot be read" in report.skipped


def test_an_undefined_name_that_no_broken_file_mentions_is_still_found(root: Path) -> None:
    write(root, "graph/units.ttl", PROJECT["graph/units.ttl"].replace("a kg:Unit", "a a kg:Unit"))
    damage(root, Damage("kg:speaker person:ann-author", "kg:speaker person:ann-auther", "", "person:ann-auther"))
    assert UNDEFINED in [one.rule for one in validate(root).findings]


def test_a_broken_article_file_hides_no_other(root: Path) -> None:
    write(root, ARTICLE, PROJECT[ARTICLE].replace("a kg:Article ;", "a kg:Article"))
    write(root, "graph/things.ttl", PROJECT["graph/things.ttl"].replace("a kg:Outlet", "a kg:Outlot"))
    assert [(one.rule, one.file) for one in validate(root).findings] == [
        ("syntax:turtle", ARTICLE),
        (UNDEFINED, "graph/things.ttl"),
    ]


@pytest.mark.parametrize("file", ["ontology/core/kg.ttl", "ontology/core/codes.ttl", "ontology/core/predicates.ttl"])
def test_shapes_and_rules_wait_for_the_vocabulary(root: Path, file: str) -> None:
    write(root, file, (root / file).read_text(encoding="utf-8").replace("rdfs:label", "rdfs:label rdfs:label", 1))
    damage(root, Damage("kg:modality kg:Actual", "kg:modality kg:Certain", "", "kg:modality kg:Certain"))
    report = validate(root)
    assert [(one.rule, one.file) for one in report.findings] == [("syntax:turtle", file)]
    assert f"shapes and rules, which need {file}" in report.skipped


def test_broken_shapes_are_a_finding_and_the_rules_still_run(root: Path) -> None:
    write(root, SHAPES, (root / SHAPES).read_text(encoding="utf-8").replace("sh:path", "sh:path sh:path", 1))
    damage(root, Damage("oa:start 51", "oa:start 90", "", "oa:start 90"))
    report = validate(root)
    assert [(one.rule, one.file) for one in report.findings] == [
        ("rule:passage-order", ARTICLE),
        ("syntax:turtle", SHAPES),
    ]
    assert f"rules that depend on {SHAPES}, which cannot be read" in report.skipped


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    sh:path kg:basis ;\n", ""),
        ("sh:closed true ;", "sh:closed [] ;"),
        ('sh:pattern "^https', 'sh:pattern 7 , "^https'),
    ],
)
def test_shapes_that_are_none_are_a_finding(root: Path, old: str, new: str) -> None:
    text = (root / SHAPES).read_text(encoding="utf-8")
    assert old in text
    write(root, SHAPES, text.replace(old, new, 1))
    (finding,) = validate(root).findings
    assert (finding.rule, finding.file) == ("syntax:shapes", SHAPES)
    assert finding.message.startswith("the shapes are invalid: ")
    assert f"shapes: all, because {SHAPES} has an invalid one" in validate(root).skipped


def test_a_project_without_shapes_says_so(root: Path) -> None:
    shutil.rmtree(root / "ontology" / "core" / "shapes")
    assert "shapes: no folder shapes/ in ontology/ has any" in validate(root).skipped


def test_an_empty_project_is_checked_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "ontology").mkdir()
    assert validate(tmp_path).findings == ()


def test_a_file_that_is_not_utf_8_is_found_with_its_place(root: Path) -> None:
    path = root / "graph" / "units.ttl"
    path.write_bytes(path.read_bytes().replace(b"Sample Legion", b"Sample L\xe9gion"))
    (finding,) = validate(root).findings
    assert (finding.rule, finding.file, finding.line, finding.column) == (TURTLE, "graph/units.ttl", 19, 25)


def test_a_query_that_is_not_utf_8_is_found(root: Path) -> None:
    (root / QUERY).write_bytes(b"SELECT \xff")
    assert places(validate(root)) == [(SPARQL, QUERY, 1, 8)]


def test_a_query_that_asks_elsewhere_is_not_asked(root: Path) -> None:
    write(root, QUERY, "#+ summary: Is it there?\nASK { SERVICE <http://nowhere.invalid/> { ?s ?p ?o } }")
    assert validate(root).findings == ()


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("kg:modality kg:Hoped ;", "kg:modality kg:Hoped", "; line 70 lacks its ';', ',' or '.'"),
        (
            '"The month of the article."@en ;\n.',
            '"The month of the article."@en ;',
            "; the block that ends in line 76 lacks its '.'",
        ),
        ("kg:modality kg:Hoped", "kg:modality kg:Ho ped", ""),
        (
            "PREFIX unit: ",
            "PREFIX nuit: ",
            "declared; line 14 declares a prefix with a similar name",
        ),
        ("kg:modality kg:Hoped", "kg:modality nobody:Hoped", "The prefix …: has not been declared"),
        # Layouts other than that of this project.
        ("kg:modality kg:Hoped ;", "kg:modality kg:Hoped # ; a comment", "; line 70 lacks its ';', ',' or '.'"),
        ("    kg:modality kg:Hoped ;", "\tkg:modality\tkg:Hoped\r", "; line 70 lacks its ';', ',' or '.'"),
        (
            "@en ;\n.\n\npassage:river-03\n    a",
            "@en ; passage:river-03 a",
            "; the block that ends in line 76 lacks its '.'",
        ),
    ],
)
def test_a_fault_of_the_line_before_is_called_so(root: Path, old: str, new: str, hint: str) -> None:
    write(root, ARTICLE, PROJECT[ARTICLE].replace(old, new))
    (finding,) = validate(root).findings
    assert finding.message.endswith(hint)
    assert hint or "; " not in finding.message


# --- Texts ---


def test_without_texts_the_report_says_what_it_did_not_check(root: Path) -> None:
    assert validate(root).skipped == (
        "evidence: no source texts are given; name their directory with --texts DIR or KG_TEXTS",
    )


@pytest.mark.parametrize(
    ("one", "rule"),
    [
        (Damage("oa:end 83", "oa:end ‸82", ""), "evidence:passage-cut"),
        (Damage(digest(TEXT[84:99]), digest("else"), "", f'"{digest("else")}"'), "evidence:passage-changed"),
        (Damage(digest(TEXT), digest("else"), "", f'"{digest("else")}"'), "evidence:text-digest"),
        (Damage('"since May"@en', '‸"since June"@en', ""), "evidence:time-wording"),
        (Damage('kg:wording "two"', 'kg:wording "three"', "", file=THINGS, at="three"), "evidence:quantity-wording"),
    ],
)
def test_what_the_texts_say_against_the_graph_is_found_at_its_place(
    root: Path, texts: Path, one: Damage, rule: str
) -> None:
    line, column = damage(root, one)
    (finding,) = validate(root, texts).findings
    assert finding.rule == rule
    if one.file == ARTICLE:
        assert (finding.file, finding.line, finding.column) == (ARTICLE, line, column)
    else:
        assert finding.file == ARTICLE


# --- Odd values ---

ODD = """<http://e.org/a> | [] | () | ( 1 "x" ) | kg:Claim | kg:speaker | topic:a-2
"x" | "" | "x"@en | "x"@xx | "\\u0000" | 5 | 5.5 | 1e3 | -3 | 99999999999999999999 | true
"x"^^xsd:integer | "5"^^xsd:none | "maybe"^^xsd:boolean | "NaN"^^xsd:double | "INF"^^xsd:float
"2022-13-45"^^xsd:date | "2022-01-01Z"^^xsd:date | "20220101"^^xsd:date | "-2022-01-01"^^xsd:date
"2022-01-01T00:00:00"^^xsd:dateTime | "P1D"^^xsd:duration | "a b"^^xsd:anyURI
"""
PROPERTIES = """kg:attribution kg:basis kg:canonicalisation kg:certainty kg:counts kg:derivation kg:derivedFromClaim
kg:digest kg:excludes kg:expectsObject kg:extent kg:identity kg:inverseLabel kg:measure kg:modality kg:notAfter
kg:notBefore kg:origin kg:passage kg:polarity kg:revises kg:setAside kg:speaker kg:speaksFor kg:textDigest
kg:textLength kg:timeWording kg:tolerance kg:via kg:where kg:withheld kg:wording oa:end oa:hasSource oa:start
rdf:object rdf:predicate rdf:subject rdfs:label schema:author schema:datePublished schema:inLanguage
schema:latitude schema:longitude schema:maxValue schema:minValue schema:publisher schema:unitText schema:url
skos:altLabel skos:editorialNote skos:exactMatch"""
KINDS = ("Article", "Claim", "ClaimPredicate", "Passage", "Person", "Place", "Quantity", "Topic")


def test_odd_values_are_findings_and_never_a_crash(
    root: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    values = [value.strip() for value in ODD.replace("\n", "|").split("|") if value.strip()]
    # Named after their kinds, for of a thing of the wrong class nothing else is said.
    spaces = [kind.lower() if kind.lower() in namespaces.KINDS else "topic" for kind in KINDS]
    blocks = [
        f"<{namespaces.BASE}{spaces[turn % len(KINDS)]}/a-{turn}>\n    a kg:{KINDS[turn % len(KINDS)]} ;\n"
        + "".join(
            f"    {name} {values[(turn + place) % len(values)]} ;\n" for place, name in enumerate(PROPERTIES.split())
        )
        + "."
        for turn in range(3 * len(values))
    ]
    write(root, "graph/odd.ttl", PREFIXES + "\n" + "\n\n".join(blocks) + "\n")
    report = validate(root)
    assert len(report.findings) > 100 * len(values)
    assert {one.file for one in report.findings} == {"graph/odd.ttl"}
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("sentence", ["A rule is none.", "the shapes are invalid: x", "A file says something.", "x"])
@pytest.mark.parametrize("rule", ["syntax:rule", "syntax:shapes", "syntax:empty"])
def test_an_error_is_told_by_its_rule_and_not_by_its_sentence(sentence: str, rule: str) -> None:
    named = SourceError(sentence, "ontology/rules/x.rq", 3, 5, rule=rule)
    finding = syntax.of_file(lambda _: "", named)
    assert (finding.rule, finding.place) == (rule, named.place)
    for file, other in (("ontology/rules/x.rq", "syntax:sparql"), ("graph/x.ttl", "syntax:turtle")):
        assert syntax.of_file(lambda _: "", SourceError(sentence, file)).rule == other


@pytest.mark.parametrize(
    ("refuse", "place"),
    [
        (lambda: questions.parse("q", "#+ summary: a?\n#+ x\nASK {}", "q.rq"), ("q.rq", 2, 1)),
        (lambda: questions.parse("q", "#+ summary: a?\nASK { ?_x_nonsense ?p ?o }", "q.rq"), ("q.rq", 2, 7)),
        (lambda: limits.check(f"ASK\n{'{' * 102}", "q.rq", 400), ("q.rq", 2, 101)),
        (lambda: engine.run(Store(), "ASK {\n  ?s nowhere:p ?o }", file="q.rq"), ("q.rq", 2, 6)),
        (lambda: engine.run(Store(), "ASK {\n ?s ?p }", file="q.rq"), ("q.rq", 2, 9)),
    ],
)
def test_an_error_in_a_query_has_its_place_as_fields(refuse: Callable[[], object], place: tuple[str, int, int]) -> None:
    with pytest.raises(QueryError) as refused:
        refuse()
    assert (refused.value.file, refused.value.line, refused.value.column) == place
    assert str(refused.value) == f"{refused.value.place}: {refused.value.message}"


@pytest.mark.parametrize("file", [QUERY, RULE])
def test_two_questions_or_rules_of_one_name_are_a_finding(root: Path, file: str) -> None:
    second = root / file.partition("/")[0] / "zzz" / "rules" / Path(file).name
    second.parent.mkdir(parents=True)
    shutil.copy(root / file, second)
    (finding,) = validate(root).findings
    assert finding.place.file == second.relative_to(root).as_posix()
    assert finding.rule == ("syntax:header" if file == QUERY else "syntax:rule")
    assert f" in {file} already" in finding.message


def test_a_query_of_the_ontology_that_nothing_reads_is_a_finding(root: Path) -> None:
    shutil.copy(root / RULE, root / "ontology" / "stray.rq")
    (finding,) = validate(root).findings
    assert (finding.rule, finding.place.file) == ("syntax:rule", "ontology/stray.rq")
    assert "move it below a folder rules/" in finding.message
