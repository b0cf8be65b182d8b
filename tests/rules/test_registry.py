"""Every rule that a finding can name is known by name, explained in words, and shown by examples that hold."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from itertools import chain, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store
from support.invented_claims import untimed
from support.messages import begins_with_the_rule
from support.paths import EXAMPLES, ROOT, RULES, SHAPES

from kg.claims.texts import digest
from kg.errors import KgError, SourceError
from kg.output.rules import listed, manual
from kg.project.dataset import ontology_files
from kg.rdf.namespaces import PREFIXES
from kg.rules.builtin import BUILTIN_RULES, BuiltinRule
from kg.rules.describe import Terms, checked, paragraph, requirements
from kg.rules.examples import of_builtin
from kg.rules.explain import Explanation, explain
from kg.rules.registry import FAMILIES, Rule, catalogue, of_file
from kg.rules.severity import Severity
from kg.shacl import Index, Result, Shape, read, results
from kg.validation.evidence import SHORTEST_PASSAGE, VERBATIM_WORDS
from kg.validation.finding import Finding
from kg.validation.lint import SPACE
from kg.validation.messages import message, worded
from kg.validation.validate import validate

KG = ROOT / "kg"
HEAD = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())


@pytest.fixture(scope="module")
def rules() -> dict[str, Rule]:
    return catalogue(ROOT)


@pytest.fixture(scope="module")
def explained(rules: dict[str, Rule]) -> dict[str, Explanation]:
    return {one.rule.name: one for one in explain(ROOT, rules.values())}


# --- The catalogue ---


def _emitted() -> set[str]:
    """Return the names of rules that stand in the code, but for the table of them."""
    return {
        node.value
        for path in KG.rglob("*.py")
        if path.name != "builtin.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(r"(syntax|rule|evidence|shape):[a-z][a-z-]*", node.value)
    }


def test_the_rules_in_code_are_those_that_the_code_finds() -> None:
    assert sorted(check.name for check in BUILTIN_RULES) == sorted(_emitted())


def test_the_catalogue_has_every_shape_and_every_rule_at_its_place(rules: dict[str, Rule]) -> None:
    shapes = {
        line: (path.relative_to(ROOT).as_posix(), number)
        for path in SHAPES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.fullmatch(r"shape:\S+", line)
    }
    assert {name: (rule.file, rule.line) for name, rule in rules.items() if name.startswith("shape:")} == shapes
    queries = {f"rule:{path.stem}": path.relative_to(ROOT).as_posix() for path in RULES}
    assert set(rules) == {*shapes, *queries, *(check.name for check in BUILTIN_RULES)}
    for name, file in queries.items():
        assert (rules[name].file, rules[name].line) == (file, 1)


def test_a_rule_has_a_sentence_a_severity_a_family_and_says_how_to_fix_it(rules: dict[str, Rule]) -> None:
    for rule in rules.values():
        assert re.fullmatch(r"[A-Z].*[.]", rule.sentence), rule.name
        assert rule.severity in ("violation", "warning"), rule.name
        assert re.fullmatch(r"\S.*[.]['\"]?", rule.fix), f"{rule.name}: say how to fix it"
        assert rule.help.endswith(rule.fix)
        assert "\n" not in rule.help
    assert [*dict.fromkeys(rule.family for rule in rules.values())] == list(FAMILIES)


def test_a_violation_says_must_and_a_warning_says_should(rules: dict[str, Rule]) -> None:
    word = {"violation": "must", "warning": "should"}
    wrong = [
        f"{rule.name}: {rule.sentence}"
        for rule in rules.values()
        if re.findall(r"\b(?:must|should)\b", rule.sentence)[:1] != [word[rule.severity]]
    ]
    assert not wrong, "say `must` in the sentence of a violation, `should` in that of a warning"


def test_no_two_rules_say_the_same(rules: dict[str, Rule]) -> None:
    sentences = [rule.sentence for rule in rules.values()]
    assert len(sentences) == len(set(sentences))


def test_what_guards_those_who_hide_is_of_the_family_privacy(rules: dict[str, Rule]) -> None:
    privacy = {rule.name for rule in rules.values() if rule.family == "privacy"}
    assert privacy >= {"shape:Person-protected", "rule:person-unmasked", "rule:person-traits"}
    for name in privacy:
        words = name.partition(":")[2].lower()
        assert "person" in words or "anonymous" in words


def test_a_rule_in_code_names_the_numbers_that_the_code_has(rules: dict[str, Rule]) -> None:
    assert f" {SHORTEST_PASSAGE} characters" in rules["evidence:short-passage"].sentence
    assert SPACE == 9
    assert " nine characters " in rules["syntax:left-out"].fix
    assert VERBATIM_WORDS == 8
    assert " eight words " in rules["evidence:verbatim"].sentence


def test_no_shapes_no_rules_is_a_catalogue_of_what_is_in_code(tmp_path: Path) -> None:
    assert set(catalogue(tmp_path)) == {check.name for check in BUILTIN_RULES}


def test_what_cannot_be_read_is_noted_and_left_out(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    core = tmp_path / "ontology" / "core"
    (core / "shapes" / "common.ttl").write_text("shape:A a\n")
    (core / "rules" / "entity" / "circle.rq").write_bytes(b"\xff")
    (core / "rules" / "entity" / "unused.rq").write_text("SELECT ?focus WHERE { ?focus ?p ?o }")
    with pytest.raises(SourceError, match=r"core/shapes/common\.ttl:1:"):
        catalogue(tmp_path)
    errors: list[SourceError] = []
    found = catalogue(tmp_path, errors)
    assert [error.file for error in errors] == [
        "ontology/core/shapes/common.ttl",
        "ontology/core/rules/entity/circle.rq",
    ]
    assert not {"rule:circle", "rule:unused", "shape:Kind"} & set(found)
    assert "rule:same-label" in found
    assert explain(tmp_path, [found["rule:same-label"]])[0].wrong


def test_shapes_beyond_the_core_are_rules_without_demands(tmp_path: Path) -> None:
    (tmp_path / "ontology" / "shapes").mkdir(parents=True)
    own = (
        'shape:Own\n    a sh:NodeShape ;\n    sh:targetClass kg:Unit ;\n    sh:sparql [] ;\n    sh:message "Own."\n.\n'
    )
    (tmp_path / "ontology" / "shapes" / "own.ttl").write_text(f"{HEAD}\n{own}")
    rule = catalogue(tmp_path)["shape:Own"]
    assert (rule.severity, rule.help, rule.line) == ("violation", "Own.", len(PREFIXES) + 2)
    assert "Own." in manual(explain(tmp_path, [rule]), "text", 100)


# --- The examples of the rules in code ---

#: Lines by the file that holds them, relative to the project; texts/ is the directory of the articles' texts.
Lines = Mapping[str, str]
EXAMPLES_OF_CODE = {path.stem: path for file in ontology_files(ROOT, "examples", ".md") for path in [file.path]}
#: The other rules that the wrong example of a rule cannot but break.
ALSO_BROKEN = {"evidence:offsets": ["rule:passage-beyond-text"]}


def _examples(rule: BuiltinRule) -> tuple[Lines, Lines, Lines]:
    """Return the lines of the right example, of the wrong one, and those that both need."""
    parts = of_builtin([EXAMPLES_OF_CODE[rule.name.replace(":", "-")]])
    right, wrong, needed = ({excerpt.file: excerpt.text for excerpt in part} for part in parts)
    return right, wrong, needed


def test_every_file_of_examples_in_markdown_belongs_to_a_rule_in_code() -> None:
    assert sorted(EXAMPLES_OF_CODE) == sorted(rule.name.replace(":", "-") for rule in BUILTIN_RULES)
    for path in EXAMPLES_OF_CODE.values():
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.stem.replace('-', ':', 1)}\n")
        assert text.count("```") == 2 * sum(map(len, of_builtin([path]))), f"{path.name}: a fence that is not read"


TEXT = "In March 2030 the Heron Unit had 300 men, Ada Orlo says. Several dozen were at the front."
#: One small project, which conforms; an example changes lines of it.
WORLD = {
    "graph/articles/example.ttl": f"""
article:example
    a kg:Article ;
    rdfs:label "Heron Unit"@en ;
    kg:canonicalisation "hearsay-text-1" ;
    kg:origin kg:Original ;
    kg:textDigest "{digest(TEXT)}" ;
    kg:textLength {len(TEXT)} ;
    schema:author organisation:post ;
    schema:datePublished "2030-05-12"^^xsd:date ;
    schema:inLanguage "en" ;
    schema:publisher organisation:post ;
.

passage:example-01
    a kg:Passage ;
    kg:digest "{digest(TEXT)}" ;
    oa:end {len(TEXT)} ;
    oa:hasSource article:example ;
    oa:start 0 ;
.

claim:example
    a kg:Claim ;
    rdfs:label "The Heron Unit has men."@en ;
    rdf:subject unit:heron ;
    rdf:predicate kg:strength ;
    rdf:object quantity:300-men ;
    kg:attribution kg:IndirectSpeech ;
    kg:certainty kg:Certain ;
    kg:counts kg:Serving ;
    kg:extent kg:Throughout ;
    kg:modality kg:Actual ;
    kg:notAfter "2030-03-31"^^xsd:date ;
    kg:notBefore "2030-03-01"^^xsd:date ;
    kg:passage passage:example-01 ;
    kg:polarity kg:Affirmed ;
    kg:speaker person:ada-orlo ;
    skos:editorialNote "The month is named."@en ;
.

claim:example-front
    a kg:Claim ;
    rdfs:label "Many of the unit's men are at the front."@en ;
    rdf:subject unit:heron ;
    rdf:predicate kg:strength ;
    rdf:object quantity:several-dozen ;
    kg:attribution kg:Unattributed ;
    kg:certainty kg:Certain ;
    kg:counts kg:Deployed ;
    kg:modality kg:Actual ;
    kg:passage passage:example-01 ;
    kg:polarity kg:Affirmed ;
.

claim:example-name
    a kg:Claim ;
    rdfs:label "The unit bears this name."@en ;
    rdf:subject unit:heron ;
    rdf:predicate kg:name ;
    rdf:object "Heron Unit"@en ;
    kg:attribution kg:Unattributed ;
    kg:certainty kg:Certain ;
    kg:modality kg:Actual ;
    kg:passage passage:example-01 ;
    kg:polarity kg:Affirmed ;
.

passage:example-02
    a kg:Passage ;
    kg:setAside kg:Boilerplate ;
    oa:hasSource article:example ;
.
""",
    "graph/organisations.ttl": """
organisation:post
    a kg:Outlet ;
    rdfs:label "Example Post"@en ;
.
""",
    "graph/people.ttl": """
person:ada-orlo
    a kg:Person ;
    rdfs:label "Ada Orlo"@en ;
    kg:identity kg:Named ;
.
""",
    "graph/quantities.ttl": """
quantity:300-men
    a kg:Quantity ;
    rdfs:label "300"@en ;
    kg:wording "300"@en ;
    schema:maxValue 300 ;
    schema:minValue 300 ;
    schema:unitText "person" ;
.

quantity:several-dozen
    a kg:Quantity ;
    rdfs:label "several dozen"@en ;
    kg:wording "several dozen"@en ;
    schema:maxValue 99 ;
    schema:minValue 24 ;
    schema:unitText "person" ;
    skos:editorialNote "Two dozen at least, below a hundred. From 24 to 99."@en ;
.
""",
    "graph/units.ttl": """
unit:heron
    a kg:Unit ;
    rdfs:label "Heron Unit"@en ;
.
""",
    "texts/example.txt": TEXT,
}
#: What other examples do not need; an example that speaks of it brings the rest.
SPARE = "passage:example-02"


def _changed(text: str, example: str) -> str:
    """Return a file of the world with an example in it; of several blocks with `…` each stands below the one before."""
    parts = example.split("\n\n") if "    …" in example else [example]
    for part in parts:
        text = _merged(text, part)
    for above, below in pairwise(parts):
        (one, two) = (re.search(rf"(?m)^{part.partition(chr(10))[0]}\n(?:.*\n)*?\.$", text) for part in (above, below))
        assert one and two
        text = text.replace(f"{two[0]}\n", "").replace(one[0], f"{one[0]}\n\n{two[0]}")
    return text


def _merged(text: str, example: str) -> str:
    """Return a file with the statements of an example's block put in place of its own."""
    subject, *lines = example.splitlines()
    found = re.search(rf"(?m)^{re.escape(subject)}\n(?:.*\n)*?\.$", text)
    if "    …" not in lines:
        return text.replace(found[0], example) if found else f"{text}\n{example}\n"
    assert found is not None, f"the world has no {subject}"
    block = found[0].splitlines()
    for line in lines[:-2]:
        predicate = line.split()[0]
        at = next((at for at, one in enumerate(block) if one.split()[0] == predicate), len(block) - 1)
        block[at : at + (at < len(block) - 1)] = [line]
    return text.replace(found[0], "\n".join(block))


def _project(root: Path, lines: Lines, context: Lines) -> Path:
    """Make the world with an example in it."""
    shutil.copytree(ROOT / "ontology", root / "ontology")
    files = dict(WORLD)
    if any(name.startswith("texts/") for name in lines):
        del files["texts/example.txt"]
    for name, example in {**context, **lines}.items():
        turtle = name.endswith(".ttl")
        files[name] = (
            _changed(files.get(name, ""), example) if turtle else f"{example}\n" if name.endswith(".rq") else example
        )
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".ttl") and SPARE not in "".join(lines.values()):
            text = re.sub(rf"(?m)^{SPARE}\n(?:.*\n)*?\.$", "", text)
        path.write_text(f"{HEAD}{text}" if name.endswith(".ttl") else text, encoding="utf-8")
    return root


def _found(tmp_path: Path, lines: Lines, context: Lines) -> list[Finding]:
    root = _project(tmp_path / "project", lines, context)
    return list(validate(root, root / "texts").findings)


def test_the_world_of_the_examples_in_code_conforms(tmp_path: Path) -> None:
    assert _found(tmp_path, {}, {}) == []


@pytest.mark.parametrize("check", BUILTIN_RULES, ids=lambda check: check.name)
def test_the_right_example_of_a_rule_in_code_passes(check: BuiltinRule, tmp_path: Path) -> None:
    right, _, needed = _examples(check)
    assert _found(tmp_path, right, needed) == []


@pytest.mark.parametrize("check", BUILTIN_RULES, ids=lambda check: check.name)
def test_the_wrong_example_of_a_rule_in_code_breaks_this_rule(check: BuiltinRule, tmp_path: Path) -> None:
    _, wrong, needed = _examples(check)
    found = _found(tmp_path, wrong, needed)
    assert sorted({one.rule for one in found}) == sorted([check.name, *ALSO_BROKEN.get(check.name, [])])
    assert sum(one.rule == check.name for one in found) == 1
    assert {one.severity for one in found if one.rule == check.name} == {check.severity}
    for finding in found:
        assert not begins_with_the_rule(finding.message, check.sentence), finding.message


# --- The explanation ---


def test_every_rule_is_shown_by_what_is_right_and_what_is_wrong(explained: Mapping[str, Explanation]) -> None:
    assert [name for name, one in explained.items() if not one.right or not one.wrong] == []


def test_what_an_example_shows_stands_in_its_file(explained: Mapping[str, Explanation]) -> None:
    texts = {path.name.partition(".")[0]: "" for path in EXAMPLES}
    for path in EXAMPLES:
        texts[path.name.partition(".")[0]] += path.read_text(encoding="utf-8")
    for name, one in explained.items():
        if one.rule.file:
            for excerpt in (*one.right, *one.wrong):
                lines = [line for line in excerpt.text.splitlines() if line != "    …"]
                assert all(f"{line}\n" in texts[name.partition(":")[2]] for line in lines), name


def test_an_example_is_cut_to_what_matters(explained: Mapping[str, Explanation]) -> None:
    one = explained["shape:Claim-speaker"]
    assert [excerpt.text for excerpt in one.wrong] == [
        "claim:invalid-claim-speaker-nobody\n    a kg:Claim ;\n    kg:attribution kg:IndirectSpeech ;\n    …\n."
    ]
    assert "schema:about" in explained["shape:Article"].wrong[0].text
    assert "rdfs:label" in explained["shape:Article"].right[0].text
    assert [excerpt.file for excerpt in explained["rule:claim-file"].wrong] == ["graph/claim-file.ttl"]
    assert "kg:textLength 1000" in explained["rule:passage-beyond-text"].given[0].text
    # What speaks of the focus, by whatever property, is to the point.
    assert any("kg:speaker person:invalid" in one.text for one in explained["rule:anonymous-article"].wrong)


def test_a_shape_says_on_what_it_is_checked_and_what_must_hold(explained: Mapping[str, Explanation]) -> None:
    one = explained["shape:Claim-certainty"]
    assert one.checked == "every claim (kg:Claim), at certainty (kg:certainty)"
    count, codes = one.requirements
    assert (count.text, codes.text) == ("exactly one value", "the value is one of")
    assert [part.text for part in codes.parts][:2] == [
        "certain (kg:Certain): The source states it without reserve",
        "possible (kg:Possible): The source says that it may be so",
    ]
    assert one.rule.help.startswith(
        "Checked on every kg:Claim, at kg:certainty: exactly one value; the value is one of kg:Certain, kg:Possible, "
        "kg:Probable, kg:Unconfirmed. Choose the commitment of the source"
    )


TARGET = "sh:targetClass kg:Unit"


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (f"{TARGET} ; sh:path rdfs:label ; sh:minCount 1", "every kg:Unit, at rdfs:label: at least one value"),
        (f"{TARGET} ; sh:path rdfs:label ; sh:minCount 2 ; sh:maxCount 3", "at least 2 values; at most 3 values"),
        (f"{TARGET} ; sh:path rdfs:label ; sh:maxCount 0", "no value"),
        ("sh:targetSubjectsOf rdfs:label ; sh:path rdfs:label ; sh:uniqueLang true",
         "every use of rdfs:label: no two values have the same language tag"),
        ("sh:targetSubjectsOf kg:via , kg:where ; sh:path kg:speaker ; sh:minCount 1",
         "every node with kg:via or kg:where, at kg:speaker"),
        ("sh:targetObjectsOf kg:via ; sh:class kg:Actor", "every value of kg:via: it is a kg:Actor"),
        ("sh:targetNode unit:a , unit:b ; sh:nodeKind sh:IRI", "unit:a and unit:b: it is an IRI"),
        (f"{TARGET} ; sh:path [ sh:inversePath kg:via ] ; sh:minCount 1", "at a reference by kg:via"),
        (f"{TARGET} ; sh:path [ sh:alternativePath ( kg:via ( kg:where rdfs:label ) ) ] ; sh:minCount 1",
         "at kg:via or (kg:where, then rdfs:label)"),
        (f"{TARGET} ; sh:path [ sh:oneOrMorePath kg:via ] ; sh:minCount 1", "at kg:via, repeated"),
        (f"{TARGET} ; sh:path kg:via ; sh:class owl:Class", "each value is an owl:Class"),
        (f"{TARGET} ; sh:path kg:via ; sh:datatype xsd:date ; sh:maxCount 1", "the value is a day (xsd:date)"),
        (f"{TARGET} ; sh:path kg:via ; sh:datatype xsd:gYear", "each value is of type xsd:gYear"),
        (f"{TARGET} ; sh:path kg:via ; sh:nodeKind sh:Literal", "each value is a literal"),
        (f"{TARGET} ; sh:path kg:via ; sh:minInclusive 1 ; sh:maxExclusive 2.5",
         "each value is 1 or more; each value is less than 2.5"),
        (f"{TARGET} ; sh:path kg:via ; sh:minExclusive 1 ; sh:maxInclusive 2",
         "each value is more than 1; each value is 2 or less"),
        (f"{TARGET} ; sh:path kg:via ; sh:minLength 1 ; sh:maxLength 2",
         "each value has at least 1 characters; each value has at most 2 characters"),
        (f'{TARGET} ; sh:path kg:via ; sh:pattern "^a" ; sh:flags "i"', "each value matches ^a (flags i)"),
        (f'{TARGET} ; sh:pattern "^a"', "every kg:Unit: its IRI matches ^a"),
        (f'{TARGET} ; sh:path kg:via ; sh:languageIn ( "en" "de" )',
         "each value is text with the language tag en or de"),
        (f'{TARGET} ; sh:path kg:via ; sh:in ( "a" "b"@en 3 unit:c "2030-01-01"^^xsd:date )',
         'each value is one of "a", "b"@en, 3, unit:c, "2030-01-01"^^xsd:date'),
        (f"{TARGET} ; sh:path kg:via ; sh:in ( true )", "each value is true"),
        (f"{TARGET} ; sh:path kg:via ; sh:hasValue unit:a", "a value is unit:a"),
        (f"{TARGET} ; sh:path kg:via ; sh:disjoint kg:speaker", "each value is not a value of kg:speaker as well"),
        (f"{TARGET} ; sh:path kg:via ; sh:equals kg:speaker",
         "each value is also a value of kg:speaker, and the other way round"),
        (f"{TARGET} ; sh:path kg:via ; sh:lessThan kg:where", "each value is less than each value of kg:where"),
        (f"{TARGET} ; sh:path kg:via ; sh:lessThanOrEquals kg:where", "each value is at most each value of kg:where"),
        (f"{TARGET} ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path kg:via ]",
         "only these properties: kg:via, rdf:type"),
        (f"{TARGET} ; sh:or ( [ sh:path kg:via ; sh:minCount 1 ; sh:class kg:Unit ] [ sh:class kg:Actor ] )",
         "at least one of these: (kg:via: at least one value; each value is a kg:Unit); it is a kg:Actor"),
        (f"{TARGET} ; sh:xone ( [ sh:class kg:Unit ] [ sh:class kg:Actor ] )",
         "exactly one of these: it is a kg:Unit; it is a kg:Actor"),
        (f"{TARGET} ; sh:not [ sh:class kg:Group ]", "not this: it is a kg:Group"),
        (f"{TARGET} ; sh:and ( [ sh:class kg:Unit ] ) ; sh:node [ sh:class kg:Actor ]",
         "it is a kg:Actor; it is a kg:Unit"),
        (f"{TARGET} ; sh:property [ sh:path kg:via ; sh:minCount 1 ] , [ sh:path kg:where ; sh:maxCount 1 ]",
         "kg:via: at least one value; kg:where: at most one value"),
        (f"{TARGET} ; sh:path kg:via ; sh:qualifiedValueShape [ sh:class kg:Unit ] ; sh:qualifiedMinCount 1",
         "of the values at least 1 with this: it is a kg:Unit"),
    ],
)  # fmt: skip
def test_the_constraints_of_shacl_are_put_in_words(shape: str, said: str) -> None:
    (found,) = _shapes(shape)
    whole = f"{checked(found, Terms())}: {'; '.join(map(str, requirements(found, Terms())))}"
    assert said in whole


def _shapes(text: str) -> tuple[Shape, ...]:
    store = Store()
    store.load(f"{HEAD}shape:Test {text} .".encode(), format=RdfFormat.TURTLE)
    return read(store)


def test_words_do_not_depend_on_the_order_in_which_a_store_gives_them() -> None:
    text = f"{TARGET} ; sh:property [ sh:path kg:a ; sh:minCount 1 ] , [ sh:path kg:b ; sh:minCount 1 ]"
    assert len({paragraph(_shapes(text)[0]) for _ in range(9)}) == 1


# --- Messages ---


@pytest.mark.parametrize(
    ("shape", "statements", "problem"),
    [
        ("sh:path kg:via ; sh:in ( kg:Certain kg:Possible )", "kg:via kg:Certian",
         "kg:via kg:Certian is not allowed (did you mean kg:Certain?). Allowed: kg:Certain, kg:Possible."),
        ("sh:path kg:via ; sh:in ( kg:Certain kg:Possible )", "kg:via kg:Wrong",
         "kg:via kg:Wrong is not allowed. Allowed: kg:Certain, kg:Possible."),
        ('sh:path kg:via ; sh:in ( "day" "person" )', 'kg:via "persons"',
         """kg:via "persons" is not allowed (did you mean person?). Allowed: "day", "person"."""),
        ("sh:path kg:via ; sh:class kg:Actor", "kg:via unit:b", "kg:via unit:b is a kg:Place."),
        ("sh:path kg:via ; sh:class kg:Actor", "kg:via unit:c", "kg:via unit:c is an owl:Class and a kg:Place."),
        ("sh:path kg:via ; sh:class kg:Actor", "kg:via unit:d", "kg:via unit:d has no class."),
        ("sh:path kg:via ; sh:class kg:Actor", 'kg:via "b"', 'kg:via "b" is a literal.'),
        ("sh:class kg:Actor", "", "it is a kg:Unit."),
        ("sh:path kg:via ; sh:datatype xsd:date", 'kg:via "2022"', 'kg:via "2022" is an xsd:string.'),
        ("sh:path kg:via ; sh:datatype xsd:date", 'kg:via "2022"@en', 'kg:via "2022"@en is an rdf:langString.'),
        ("sh:path kg:via ; sh:datatype xsd:date", "kg:via 2022", "kg:via 2022 is an xsd:integer."),
        ("sh:path kg:via ; sh:datatype xsd:date", 'kg:via "2022-02-30"^^xsd:date',
         'kg:via "2022-02-30"^^xsd:date is not a valid xsd:date.'),
        ("sh:path kg:via ; sh:datatype xsd:date", "kg:via unit:b", "kg:via unit:b is not a literal."),
        ("sh:path kg:via ; sh:nodeKind sh:IRI", 'kg:via "b"', 'kg:via "b" is a literal.'),
        ("sh:path kg:via ; sh:nodeKind sh:IRI", "kg:via []", "kg:via [] is a blank node."),
        ("sh:path kg:via ; sh:nodeKind sh:Literal", "kg:via unit:b", "kg:via unit:b is an IRI."),
        ("sh:path kg:via ; sh:minCount 1", "", "kg:via is missing."),
        ("sh:path kg:via ; sh:minCount 2", "kg:via unit:b", "kg:via has only 1 value (unit:b)."),
        ("sh:path kg:via ; sh:maxCount 1", "kg:via unit:c , unit:b", "kg:via has 2 values (unit:b, unit:c)."),
        ("sh:path kg:via ; sh:maxCount 0", "kg:via unit:b", "kg:via is given (unit:b)."),
        ("sh:path [ sh:inversePath kg:via ] ; sh:minCount 1", "", "a reference by kg:via is missing."),
        ('sh:path kg:via ; sh:pattern "^a$"', 'kg:via "b"',
         'kg:via "b" has the wrong form. Allowed: text that matches ^a$'),
        ('sh:path kg:via ; sh:pattern "\\\\S"', 'kg:via " "', "kg:via is blank."),
        ('sh:pattern "/unit/b"', "", "the name has the wrong form."),
        ('sh:pattern "/place/b"', "", "the name is that of a unit."),
        ('sh:path kg:via ; sh:languageIn ( "en" "de" )', 'kg:via "b"@fr',
         'kg:via "b"@fr has the language tag fr. Allowed: @en, @de.'),
        ('sh:path kg:via ; sh:languageIn ( "en" )', 'kg:via "b"', 'kg:via "b" has no language tag. Allowed: @en.'),
        ('sh:path kg:via ; sh:languageIn ( "en" )', "kg:via unit:b", "kg:via unit:b is not a text. Allowed: @en."),
        ("sh:path kg:via ; sh:uniqueLang true", 'kg:via "a"@en , "b"@en',
         "kg:via has several values with one language tag."),
        ("sh:path kg:via ; sh:minInclusive 1", "kg:via 0", "kg:via 0 is out of range."),
        ("sh:path kg:via ; sh:maxLength 1", 'kg:via "ab"', 'kg:via "ab" is too long.'),
        ("sh:path kg:via ; sh:minLength 3", 'kg:via "ab"', 'kg:via "ab" is too short.'),
        ("sh:path kg:via ; sh:lessThan kg:where", "kg:via 2 ; kg:where 1", "kg:via 2 is not less than kg:where."),
        ("sh:path kg:via ; sh:lessThanOrEquals kg:where", "kg:via 2 ; kg:where 1", "kg:via 2 is more than kg:where."),
        ("sh:path kg:via ; sh:equals kg:where", "kg:via 2", "kg:via and kg:where differ."),
        ("sh:path kg:via ; sh:or ( [ sh:datatype xsd:integer ] [ sh:datatype xsd:decimal ] )", 'kg:via "1"',
         'kg:via "1" is an xsd:string.'),
        ('sh:path kg:via ; sh:or ( [ sh:nodeKind sh:IRI ] [ sh:pattern "[.]$" ] )', 'kg:via "1"',
         'kg:via "1" has the wrong form.'),
        ('sh:path kg:via ; sh:or ( [ sh:nodeKind sh:IRI ] [ sh:pattern "\\\\S" ] )', 'kg:via " "',
         'kg:via " " is blank.'),
        ("sh:or ( [ sh:path kg:via ; sh:minCount 1 ] [ sh:path kg:where ; sh:minCount 1 ] )", "",
         "kg:via is missing and kg:where is missing."),
        ("sh:or ( [ sh:path kg:via ; sh:hasValue unit:b ] [ sh:property [ sh:path kg:where ; sh:minCount 1 ] ,"
         " [ sh:path kg:speaker ; sh:maxCount 0 ] ] )", "kg:via unit:c ; kg:speaker unit:c",
         "kg:via is unit:c, kg:speaker is given (unit:c) and kg:where is missing."),
        ("sh:not [ sh:path kg:via ; sh:hasValue unit:b ]", "kg:via unit:b", "kg:via is unit:b."),
        ("sh:not [ sh:class kg:Unit ]", "", "it is a kg:Unit."),
        ("sh:xone ( [ sh:class kg:Unit ] [ sh:nodeKind sh:IRI ] )", "", "it is not allowed."),
        ("sh:path kg:via ; sh:disjoint kg:speaker", "kg:via unit:b ; kg:speaker unit:b",
         "kg:via unit:b is also a value of kg:speaker."),
        ("sh:path kg:via ; sh:hasValue kg:Named", "kg:via unit:b", "kg:via is unit:b."),
        ("sh:path kg:via ; sh:hasValue kg:Named", "", "kg:via is missing."),
        ("sh:path kg:via ; sh:qualifiedValueShape [ sh:class kg:Unit ] ; sh:qualifiedMinCount 1", "kg:via unit:b",
         "kg:via has too few values of one kind."),
        ("sh:closed true ; sh:ignoredProperties ( rdf:type kg:speaker )", "kg:speeker unit:b",
         "kg:speeker is not allowed (did you mean kg:speaker?)."),
        ("sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path kg:via ]", "kg:where unit:b",
         "kg:where is not allowed."),
    ],
)  # fmt: skip
def test_a_finding_begins_with_the_problem_at_the_node(shape: str, statements: str, problem: str) -> None:
    more = "unit:b a kg:Place . unit:c a kg:Place , owl:Class ."
    unit = f"unit:a a kg:Unit {';' if statements else ''} {statements} . {more}"
    assert _messages(f"{TARGET} ; {shape}", unit) in ([problem], [problem] * 2)
    sentence = "A unit must be good."
    head, _, hint = problem.partition(". Allowed:")
    (worded_problem, *_) = _messages(f'{TARGET} ; {shape} ; sh:message "{sentence}"', unit)
    assert worded_problem == f"{head.removesuffix('.')}: a unit must be good.{' Allowed:' + hint if hint else ''}"


def _messages(shape: str, data: str) -> list[str]:
    """Return the messages of what one shape finds in some Turtle."""
    (read_shape,) = _shapes(shape)
    parts = {part.node: part for part in (read_shape, *chain(*read_shape.shapes.get("property", ())))}
    store = Store()
    store.load(f"{HEAD}{data}".encode(), format=RdfFormat.TURTLE)
    graph = Index(store)
    return [message(result, graph, parts[result.shape]) for result in results(graph, [read_shape])]


@pytest.mark.parametrize(
    ("problem", "sentence", "whole"),
    [
        ("x is missing", "A claim must have x.", "x is missing: a claim must have x."),
        ("x is missing", "SHACL must be used.", "x is missing: SHACL must be used."),
        ("x is missing", "kg:x must be there.", "x is missing: kg:x must be there."),
        ("x is missing", "", "x is missing."),
        ("", "A claim must have x.", "A claim must have x."),
    ],
)
def test_the_problem_stands_before_the_sentence_of_the_rule(problem: str, sentence: str, whole: str) -> None:
    assert worded(problem, sentence) == whole
    assert worded(problem, sentence, "Allowed: y.") == f"{whole} Allowed: y."


@pytest.mark.parametrize(
    ("component", "path", "problem"),
    [
        ("MinCountConstraintComponent", f"<{PREFIXES['kg']}via>", "kg:via is missing"),
        ("SPARQLConstraintComponent", f"<{PREFIXES['kg']}via>", "kg:via breaks the rule"),
        ("SPARQLConstraintComponent", None, "this breaks the rule"),
    ],
)
def test_a_result_of_another_engine_repeats_no_value(component: str, path: str | None, problem: str) -> None:
    result = Result("_:b", component, "", "A unit must be good.", "<https://a.example/b>", path, '"John Doe"')
    assert message(result) == f"{problem}: a unit must be good."


@pytest.mark.parametrize(
    ("shape", "statements", "problem"),
    [
        ("sh:path rdfs:label ; sh:maxCount 1", 'rdfs:label "Karabas"@en , "John Doe"@en',
         'rdfs:label has 2 values ("…"@en, "…"@en).'),
        ("sh:path skos:altLabel ; sh:datatype rdf:langString", 'skos:altLabel "John Doe"',
         'skos:altLabel "…" is an xsd:string.'),
        ('sh:path skos:altLabel ; sh:or ( [ sh:nodeKind sh:IRI ] [ sh:pattern "^a$" ] )', 'skos:altLabel "John Doe"',
         'skos:altLabel "…" has the wrong form.'),
        ("sh:or ( [ sh:path skos:exactMatch ; sh:maxCount 0 ] [ sh:path skos:altLabel ; sh:minCount 1 ] )",
         "skos:exactMatch <https://a.example/john-doe>",
         "skos:exactMatch is given (<…>) and skos:altLabel is missing."),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "identity", ["kg:identity kg:Pseudonymous", "kg:identity kg:Named , kg:Anonymous", "a kg:Person"]
)
def test_texts_of_a_protected_person_are_not_repeated(shape: str, statements: str, problem: str, identity: str) -> None:
    for standing, same in ((identity, True), ("kg:identity kg:Named", False)):
        person = f"person:a a kg:Person ; {standing} ; {statements} ."
        assert (_messages(f"sh:targetClass kg:Person ; {shape}", person) == [problem]) is same


def test_texts_of_a_claim_about_a_protected_person_are_not_repeated() -> None:
    claim = 'claim:a a kg:Claim ; rdf:subject person:a ; rdf:object "John Doe"@en , "Karabas"@en .'
    data = f"{claim} person:a kg:identity kg:Pseudonymous ."
    shape = "sh:targetClass kg:Claim ; sh:path rdf:object ; sh:maxCount 1"
    assert _messages(shape, data) == ['rdf:object has 2 values ("…"@en, "…"@en).']


(NEVER,) = _shapes(f'{TARGET} ; sh:path kg:via ; sh:pattern "^never$"')


@untimed
@given(st.text())
def test_a_message_is_one_line_without_control_characters_and_not_too_long(text: str) -> None:
    data = Store()
    unit = NamedNode(f"{PREFIXES['unit']}a")
    data.add(Quad(unit, NamedNode(f"{PREFIXES['rdf']}type"), NamedNode(f"{PREFIXES['kg']}Unit")))
    data.add(Quad(unit, NamedNode(f"{PREFIXES['kg']}via"), Literal(text)))
    graph = Index(data)
    (line,) = (message(result, graph, NEVER) for result in results(graph, [NEVER]))
    assert line.isprintable()
    assert len(line) < 150


# --- The command ---


def kg(*words: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return subprocess.run(
        [sys.executable, "-m", "kg", *words],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), **kept, "COLUMNS": "100", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("name", ["shape:Claim-speaker", "Claim-speaker"])
def test_a_rule_is_explained_by_its_name_with_or_without_its_kind(name: str) -> None:
    done = kg("explain", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("shape:Claim-speaker\nA claim that is not kg:Unattributed must have a speaker.\n")
    for heading in ("CHECKED ON", "REQUIREMENTS", "HOW TO FIX IT", "RIGHT", "WRONG"):
        assert f"\n{heading}\n" in done.stdout


def test_an_unknown_rule_is_refused_with_a_near_miss() -> None:
    done = kg("explain", "claim-fture")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "kg: no rule is named 'claim-fture'; did you mean 'claim-future'?\n"


def test_without_a_rule_all_are_listed_by_family(rules: dict[str, Rule]) -> None:
    text = kg("explain").stdout
    assert [line for line in text.splitlines() if line.isupper()] == [family.upper() for family in FAMILIES]
    assert re.findall(r"(?m)^  (\S+:\S+)$", text) == list(rules)
    assert text.count("(warning)") == sum(rule.severity == "warning" for rule in rules.values())


def test_a_family_is_explained_whole(rules: dict[str, Rule]) -> None:
    found = json.loads(kg("explain", "privacy", "--format", "json").stdout)["rules"]
    assert [one["name"] for one in found] == [rule.name for rule in rules.values() if rule.family == "privacy"]


def test_all_rules_make_a_page_of_markdown(rules: dict[str, Rule]) -> None:
    page = kg("explain", "--format", "md").stdout
    assert re.findall(r"(?m)^### `(\S+)`$", page) == list(rules)
    assert page.startswith("# Rules\n\n## Syntax\n")
    prose = re.sub(r"(?ms)^```.*?^```$|`[^`\n]*`", "", page)
    assert not re.search(r"(?<!\\)[<*_]", prose), "a mark of Markdown that is none"
    for file, line in re.findall(r"\]\((\S+)#L(\d+)\)", page):
        assert len((ROOT / file).read_text(encoding="utf-8").splitlines()) >= int(line)


def test_json_has_all_of_an_explanation(explained: Mapping[str, Explanation]) -> None:
    one = explained["shape:Claim-speaker"]
    (found,) = json.loads(manual([one], "json", 100))["rules"]
    assert found["name"] == "shape:Claim-speaker"
    assert found["requirements"][0]["parts"][1] == {"text": "speaker (kg:speaker): at least one value"}
    assert [example["text"] for example in found["wrong"]] == [excerpt.text for excerpt in one.wrong]
    assert found["help"] == one.rule.help


def test_headings_are_bold_where_colour_is_wanted(explained: Mapping[str, Explanation], rules: dict[str, Rule]) -> None:
    assert "\x1b" not in manual(list(explained.values()), "text", 100) + listed(rules.values(), 100)
    assert "\x1b[1mWRONG\x1b[0m" in manual([explained["rule:circle"]], "text", 100, True)
    assert listed(rules.values(), 100, True).startswith("\x1b[1mSYNTAX\x1b[0m\n")


def test_control_characters_of_a_rule_are_shown_and_not_obeyed() -> None:
    rule = Rule("shape:Own", "Own \x1b[2J.", Severity.VIOLATION, "shapes", "Mend \x07.")
    for text in (listed([rule], 100, True), manual([Explanation(rule, "", (), (), ())], "text", 100)):
        assert "\\x1b[2J" in text
        assert not {"\x1b[2J", "\x07"} & set(re.findall("\x1b\\[2J|\x07", text))


def test_prose_is_fitted_to_the_width(explained: Mapping[str, Explanation]) -> None:
    for name in ("shape:Claim-attribution", "evidence:verbatim"):
        text = manual([explained[name]], "text", 60)
        prose = text.partition("\nRIGHT\n")[0]
        assert max(map(len, prose.splitlines())) <= 60


def test_a_foreign_form_is_refused(explained: Mapping[str, Explanation]) -> None:
    with pytest.raises(KgError, match="format csv is not available"):
        manual(list(explained.values()), "csv", 100)


def test_the_shell_completes_the_names_of_rules() -> None:
    done = kg(_KG_COMPLETE="bash_complete", COMP_WORDS="kg explain shape:Claim-sp", COMP_CWORD="2")
    assert "plain,shape:Claim-speaker\n" in done.stdout


def test_a_project_of_ones_own_is_explained_with_the_examples_of_the_package(tmp_path: Path) -> None:
    for name in ("ontology", "graph"):
        shutil.copytree(ROOT / name, tmp_path / name)
    own = 'shape:Own\n    a sh:NodeShape ;\n    sh:targetClass kg:Unit ;\n    sh:message "Own."@en ;\n.\n'
    shutil.rmtree(tmp_path / "ontology" / "core" / "examples")
    (tmp_path / "ontology" / "shapes").mkdir()
    (tmp_path / "ontology" / "shapes" / "own.ttl").write_text(f"{HEAD}\n{own}")
    assert "claim:invalid-claim-speaker-nobody" in kg("explain", "Claim-speaker", cwd=tmp_path).stdout
    assert kg("explain", "Own", cwd=tmp_path).stdout.splitlines()[:2] == ["shape:Own", "Own."]


def test_a_rule_of_ones_own_is_explained_from_its_file(tmp_path: Path) -> None:
    shape = "<https://a.example/Own>\n    a sh:NodeShape ;\n    sh:targetClass kg:Unit ;\n    sh:class kg:Actor ;"
    (tmp_path / "own.ttl").write_text(f'{HEAD}\n{shape}\n    sh:message "Own."@en ;\n.\n')
    done = kg("explain", "<https://a.example/Own>", "--shapes", str(tmp_path / "own.ttl"))
    assert done.stderr == ""
    assert f"own.ttl:{len(PREFIXES) + 2}\n" in done.stdout
    assert "every unit (kg:Unit)" in done.stdout
    assert "it is an actor (kg:Actor)" in done.stdout


def test_what_is_left_out_of_the_rules_is_said(tmp_path: Path) -> None:
    for name in ("ontology", "graph"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "ontology" / "core" / "shapes" / "claim.ttl").write_text("shape:A a\n")
    done = kg("explain", "Claim-speaker", cwd=tmp_path)
    assert done.returncode == 2
    left, refused = done.stderr.splitlines()
    assert left.startswith("skipped: ontology/core/shapes/claim.ttl:1:")
    assert refused.startswith("kg: no rule is named 'Claim-speaker'")
    assert kg("explain", "circle", cwd=tmp_path).stdout.startswith("rule:circle\n")


def test_the_examples_are_in_the_package(tmp_path: Path) -> None:
    shutil.copytree(KG, tmp_path / "site" / "kg", ignore=shutil.ignore_patterns("__pycache__"))
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for source, target in wheel["force-include"].items():
        shutil.copytree(ROOT / source, tmp_path / "site" / target)
    (tmp_path / "elsewhere").mkdir()
    done = kg("explain", "Claim-speaker", cwd=tmp_path / "elsewhere", PYTHONPATH=str(tmp_path / "site"))
    assert done.stderr == ""
    assert "claim:invalid-claim-speaker-nobody" in done.stdout


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('shape:A\n    sh:message "A." ;\n.\nshape:B\n    sh:message "B." ;\n.\n', [3, 6]),
        ('shape:A sh:message "A." .\n\n # shape:B\n  shape:B # a comment\r\n\tsh:message "B." .\n', [3, 6]),
        ('shape:A sh:message """A.\nshape:A\n""" .\n<{shape}B> sh:message "B." .\n', [3, 6]),
        ('@prefix s: <{shape}> .\ns:A sh:message "A." ;\n sh:order 1 . s:B\nsh:message "B." .', [4, 5]),
    ],
)
def test_a_shape_is_found_at_its_line_in_every_layout(text: str, lines: list[int], tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(HEAD_OF_SHAPES + text.replace("{shape}", PREFIXES["shape"]))
    assert [(rule.name, rule.line) for rule in of_file(path, "x.ttl")] == [
        ("shape:A", lines[0]),
        ("shape:B", lines[1]),
    ]


HEAD_OF_SHAPES = f"PREFIX sh: <{PREFIXES['sh']}>\nPREFIX shape: <{PREFIXES['shape']}>\n"
