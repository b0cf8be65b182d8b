"""Every rule has examples in the ontology: nodes named valid-… that pass, and invalid-… that only this rule flags.

All examples are checked together, as one invented project. An example lies in `graph/articles/` under its rule's name;
an article in it, with the blocks that follow, in a file of its own; one whose name ends in `.graph` in `graph/`; one
about terms in `ontology/`. Where an example needs an article it gets one, with one passage.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store
from support.messages import begins_with_the_rule
from support.paths import EXAMPLES, ONTOLOGY, ROOT, SHAPES, VOCABULARY
from support.paths import RULES as RULE_FILES

from kg.rdf.namespaces import PREFIXES
from kg.rules.examples import ARTICLE, TERMS, WORLD, blocks
from kg.rules.registry import catalogue
from kg.validation.finding import Finding
from kg.validation.validate import validate

#: In whose article an example stands.
PASSAGE = """
passage:{slug}-01
    a kg:Passage ;
    kg:digest "sha256:{digest:063x}f" ;{aside}
    oa:end 1000 ;
    oa:hasSource article:{slug} ;
    oa:start 0 ;
.
"""


def stem(path: Path) -> str:
    return path.name.partition(".")[0]


def shapes() -> Store:
    store = Store()
    for path in SHAPES:
        store.load(path=path, format=RdfFormat.TURTLE)
    return store


def named_shapes() -> list[str]:
    """Return the local names of the shapes that state a rule."""
    message = NamedNode(f"{PREFIXES['sh']}message")
    found = {str(quad.subject.value) for quad in shapes().quads_for_pattern(None, message, None)}  # type: ignore[union-attr]
    return sorted(iri.removeprefix(PREFIXES["shape"]) for iri in found)


RULES = {
    **{name: f"shape:{name}" for name in named_shapes()},
    **{path.stem: f"rule:{path.stem}" for path in RULE_FILES},
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found in the examples: findings by the example's name, and the nodes that each names."""

    findings: dict[str, list[Finding]]
    nodes: dict[str, set[str]]


def pieces(path: Path) -> Iterator[tuple[str, str]]:
    """Give the files that an example makes: name relative to the project, and text."""
    text = path.read_text(encoding="utf-8")
    name, slug = stem(path), stem(path).lower()
    if path.name.endswith(".graph.ttl"):
        yield f"graph/{slug}.ttl", text
        return
    if name.split("-")[0] in TERMS:
        yield f"ontology/{slug}.ttl", text
        return
    prefixes = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
    first, *articles = re.split(r"(?m)^(?=article:)", text.partition("\n\n")[2])
    for article in articles:
        own = re.match(r"article:(\S+)", article)
        assert own is not None
        yield f"graph/articles/{own[1]}.ttl", prefixes + article
    if first.strip():
        aside = (
            "" if "a kg:Claim ;" in first and f"passage:{slug}-01" in first else "\n    kg:setAside kg:Boilerplate ;"
        )
        digest = int.from_bytes(slug.encode()) % 16**60
        yield (
            f"graph/articles/{slug}.ttl",
            prefixes
            + first
            + ARTICLE.format(slug=slug, digest=digest)
            + PASSAGE.format(slug=slug, aside=aside, digest=digest),
        )


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    root = tmp_path_factory.mktemp("examples")
    shutil.copytree(ONTOLOGY, root / "ontology")
    owner: dict[str, str] = {}
    nodes: dict[str, set[str]] = {}
    for path in EXAMPLES:
        for file, text in pieces(path):
            assert file not in owner, f"{path.name} and {owner[file]} both make {file}"
            owner[file] = stem(path)
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text, encoding="utf-8")
            nodes.setdefault(stem(path), set()).update(re.findall(r"(?m)^(\w+:(?:in)?valid-\S+)$", text))
    findings: dict[str, list[Finding]] = {}
    for finding in validate(root).findings:
        findings.setdefault(owner.get(finding.file, finding.file), []).append(finding)
    return Checked(findings, nodes)


def test_every_rule_has_an_example_and_every_example_a_rule() -> None:
    assert {stem(path) for path in EXAMPLES} == {*RULES, WORLD}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_a_block_is_shown_in_the_file_in_which_it_is_checked(path: Path) -> None:
    made = dict(pieces(path))
    assert [one.subject for one in blocks(path) if f"{one.text}\n" not in made[one.file]] == []
    assert {one.subject for one in blocks(path)} == set(re.findall(r"(?m)^\w+:\S+$", path.read_text(encoding="utf-8")))


def test_no_two_rules_differ_in_capitals_only() -> None:
    assert len({name.lower() for name in RULES}) == len(RULES)


@pytest.mark.parametrize("name", RULES)
def test_the_rule_flags_the_invalid_nodes_and_no_other_rule_does(checked: Checked, name: str) -> None:
    nodes = checked.nodes[name]
    wrong = {node for node in nodes if node.partition(":")[2].startswith("invalid-")}
    assert wrong, "name a node invalid-… that the rule flags"
    assert nodes - wrong, "name a node valid-… that passes"
    # Examples stand alone, so that nothing speaks of their things; only one of them is about that.
    found = [one for one in checked.findings.get(name, []) if one.rule != "rule:unused" or name == "unused"]
    assert {one.focus for one in found if one.rule == RULES[name]} == wrong
    others = [f"{one.rule} {one.focus}: {one.message}" for one in found if one.rule != RULES[name]]
    assert not others


def test_every_finding_states_the_problem_and_then_the_rule(checked: Checked) -> None:
    rules = catalogue(ROOT)
    wrong = []
    for finding in [finding for findings in checked.findings.values() for finding in findings]:
        sentence = rules[finding.rule].sentence
        _, rule, _ = finding.message.partition(f": {sentence[0].lower()}{sentence[1:]}")
        if begins_with_the_rule(finding.message, sentence) or not (rule or f": {sentence}" in finding.message):
            wrong.append(f"{finding.rule}: {finding.message}")
    assert not wrong, "let the message say what is wrong at the node before it repeats the rule"


def test_the_world_of_the_examples_is_without_fault(checked: Checked) -> None:
    assert [one for one in checked.findings.get(WORLD, []) if one.rule != "rule:unused"] == []
    assert set(checked.findings) <= {*RULES, WORLD}


@pytest.mark.parametrize("name", named_shapes())
def test_a_shape_states_its_rule_in_one_sentence_and_its_severity(name: str) -> None:
    shape = NamedNode(PREFIXES["shape"] + name)

    def values(term: str) -> list[str]:
        return [str(quad.object) for quad in shapes().quads_for_pattern(shape, NamedNode(PREFIXES["sh"] + term), None)]

    (message,) = values("message")
    assert re.fullmatch(r'"[A-Z].*\.\\?"?"@en', message), "one English sentence with a full stop"
    assert values("severity") in ([f"<{PREFIXES['sh']}Violation>"], [f"<{PREFIXES['sh']}Warning>"])


def test_the_shapes_keep_to_shacl_core() -> None:
    advanced = ("sparql", "target", "rule", "js", "expression", "prefixes", "select", "ask", "construct")
    used = {quad.predicate.value for quad in shapes()}
    assert used & {PREFIXES["sh"] + name for name in advanced} == set()


def test_the_shapes_conform_to_the_shapes_of_shacl() -> None:
    from pyshacl.entrypoints import meta_validate
    from rdflib import Graph

    graph = Graph()
    for path in SHAPES:
        graph.parse(path)
    # The default depth does not reach the end of a list of codes.
    conforms, _, text = meta_validate(graph, inference="none", max_validation_depth=99)
    assert conforms, text


def test_a_list_of_codes_in_a_shape_is_the_whole_list_of_the_vocabulary() -> None:
    store = shapes()
    for path in VOCABULARY:
        store.load(path=path, format=RdfFormat.TURTLE)
    query = """
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?shape ?message ?scheme ?code WHERE {
          ?shape sh:in/<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>*/
            <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> ?code ; sh:message ?message .
          ?code skos:inScheme ?scheme .
        }
    """
    listed: dict[str, set[str]] = {}
    for row in store.query(query):  # type: ignore[union-attr]
        if f"kg:{row['scheme'].value.partition('#')[2]}." in row["message"].value:
            listed.setdefault(row["scheme"].value, set()).add(row["code"].value)
    schemes: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, NamedNode(f"{PREFIXES['skos']}inScheme"), None):
        schemes.setdefault(quad.object.value, set()).add(quad.subject.value)  # type: ignore[union-attr]
    assert listed == schemes
