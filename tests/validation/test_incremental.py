"""What a change touches: asking only that gives the same as asking everything."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from mutation.sample import mutants
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse
from support.paths import ROOT, RULES

from kg import shacl
from kg.errors import Place
from kg.project.dataset import Dataset, load, read
from kg.project.dataset import shapes as shape_files
from kg.rdf.namespaces import PREFIXES
from kg.rules import sparql_rule
from kg.rules.severity import Severity
from kg.rules.sparql_rule import SparqlRule
from kg.validation import sparql_rules
from kg.validation.evaluate import Evaluation, FullEvaluator, Results
from kg.validation.finding import Finding, RuleResult
from kg.validation.incremental import affected, algebra, dependencies
from kg.validation.incremental.affected import QuadChange
from kg.validation.incremental.cache import Memory, digest, recall, remember
from kg.validation.incremental.evaluator import learned, results_since
from kg.validation.inputs import Files, Inputs
from kg.validation.suppress import Absent

NOWHERE = Finding(severity=Severity.VIOLATION, rule="", place=Place(), message="")
EX = "http://example.org/"


@pytest.fixture(scope="module")
def shapes() -> Dataset:
    store = Store()
    sources = shape_files(ROOT)
    for source in sources:
        read(store, source)
    return Dataset(ROOT, sources, store)


@pytest.fixture(scope="module")
def rules() -> list[SparqlRule]:
    return [sparql_rule.read(path.name, path.read_text()) for path in RULES]


def full(store: Store, shapes: Dataset, rules: list[SparqlRule]) -> Evaluation:
    inputs = Inputs(
        Files(ROOT, {}), Dataset(ROOT, (), store), shapes, {}, tuple(rules), Absent((), frozenset(), False), ()
    )
    evaluation = FullEvaluator().evaluate(inputs)
    assert evaluation.inputs.errors == ()
    return evaluation


def memory(evaluation: Evaluation, rules: list[SparqlRule]) -> Memory:
    results = {key: tuple((result, Place()) for result in own) for key, own in evaluation.results.items()}
    return Memory("", "", results, {}, (), learned(rules, {}))


def by_rule(results: Results | None) -> dict[str, set[RuleResult]]:
    assert results is not None
    return {key: set(own) for key, own in results.items() if own}


def test_every_rule_of_ours_is_understood(rules: list[SparqlRule]) -> None:
    assert [
        rule.file for rule in rules if not sparql_rules.can_be_limited(rule) or algebra.of_query(rule.text) is None
    ] == []


def test_every_shape_of_ours_is_understood(shapes: Dataset) -> None:
    assert [shape.node for shape in shacl.read(shapes.store) if dependencies.of_shape(shape) is None] == []


@pytest.mark.slow
def test_after_a_damage_and_after_its_mending_the_faults_are_as_if_all_had_been_asked(
    shapes: Dataset, rules: list[SparqlRule]
) -> None:
    base = load(ROOT)
    graphs = {source.name: NamedNode(source.graph) for source in base.sources if source.name.startswith("graph/")}
    whole = full(base.store, shapes, rules)
    remembered = memory(whole, rules)
    compared = faulty = 0
    for mutant in mutants(seed=11, count=90, root=ROOT):
        graph = graphs.get(mutant.file)
        try:
            triples = [] if graph is None else list(parse(mutant.text.encode(), format=RdfFormat.TURTLE))
        except SyntaxError:
            continue
        if graph is None:
            continue
        old = set(base.store.quads_for_pattern(None, None, None, graph))
        new = {Quad(one.subject, one.predicate, one.object, graph) for one in triples}
        store = Store()
        store.extend(quad for quad in base.store if quad.graph_name != graph)
        store.extend(new)
        damaged = full(store, shapes, rules)
        if not damaged.lasting:  # blank nodes, which have other names later
            continue
        results = results_since(store, shapes, rules, remembered, QuadChange(store, old - new, new - old))
        assert by_rule(results) == by_rule(damaged.results), mutant
        after_damage = replace(memory(damaged, []), dependencies=remembered.dependencies)
        mended = results_since(base.store, shapes, rules, after_damage, QuadChange(base.store, new - old, old - new))
        assert by_rule(mended) == by_rule(whole.results), mutant
        compared, faulty = compared + 1, faulty + (by_rule(damaged.results) != by_rule(whole.results))
    assert compared > 45
    assert faulty > 20


# --- Reads of rules ---


def quads(text: str) -> list[Quad]:
    """Return quads of lines `subject predicate object graph`, all of one namespace but numbers and texts."""

    def term(word: str) -> NamedNode | Literal:
        return Literal(word[1:-1]) if word.startswith('"') else NamedNode(f"{EX}{word}")

    found = []
    for line in text.strip().splitlines():
        subject, predicate, value, graph = line.split()
        found.append(Quad(NamedNode(EX + subject), NamedNode(EX + predicate), term(value), NamedNode(EX + graph)))
    return found


def touched(where: str, graph: str, removed: Iterable[Quad] = (), added: Iterable[Quad] = ()) -> set[str] | None:
    store = Store()
    store.extend(quads(graph))
    read = algebra.of_query(f"PREFIX : <{EX}>\nSELECT ?focus\nWHERE {{\n{where}\n}}")
    if read is None:
        return None
    found = affected.touched(read, QuadChange(store, removed, added))
    return None if found is None else {node.value.removeprefix(EX) for node in found}


GRAPH = """
a knows b g
b knows c g
c knows d h
a type K g
d age "7" h
"""


@pytest.mark.parametrize(
    ("where", "change", "expected"),
    [
        ("?focus :age ?n .", 'd age "8" h', {"d"}),
        ("?focus :age ?n .", "d type K h", set()),
        ("?focus :knows/:knows ?n .", "c knows d h", {"c", "b"}),
        ("?focus :knows+ ?n .", "c knows d h", {"a", "b", "c"}),
        ("?n ^:knows ?focus .", "a knows b g", {"a"}),
        ("?focus :knows ?n . FILTER NOT EXISTS { ?n :age ?m }", 'd age "7" h', {"c"}),
        ("?focus :knows ?n . OPTIONAL { ?n :age ?m }", 'd age "7" h', {"c"}),
        ("?focus :knows ?n . MINUS { ?n :age ?m }", 'd age "7" h', {"c"}),
        ("{ ?focus :age ?m } UNION { ?focus :type :K }", "a type K g", {"a"}),
        ("?n :age ?m . { ?focus :knows ?n } UNION { ?n :knows ?focus }", 'd age "7" h', {"c"}),
        ("GRAPH ?g { ?focus :knows ?n } GRAPH ?g { ?n :age ?m }", 'd age "7" h', {"c"}),
        ("?focus ?p ?n .", "a type K g", {"a"}),
        ("?focus :knows ?n . { SELECT ?n (COUNT(?m) AS ?k) WHERE { ?n :age ?m } GROUP BY ?n }", 'd age "7" h', {"c"}),
        ("?focus :type ?t . ?other :age ?n .", 'd age "7" h', None),
        ("?focus :type ?t . BIND(IRI(CONCAT(STR(?t), 'x')) AS ?u) ?u :age ?n .", 'd age "7" h', None),
        ("?focus (:knows/:age)* ?n .", 'd age "7" h', None),
        ("?focus !:knows ?n .", 'd age "7" h', None),
        ("{ SELECT ?focus WHERE { ?focus :age ?n } LIMIT 1 }", 'd age "7" h', None),
    ],
)
def test_a_change_touches_what_its_patterns_lead_to(where: str, change: str, expected: set[str] | None) -> None:
    assert touched(where, GRAPH, added=quads(change)) == expected


def test_a_way_leads_through_what_was_removed_with_it() -> None:
    gone = quads('c knows d h\nd age "7" h')
    left = "a knows b g\nb knows c g"
    assert touched("?focus :knows/:knows/:age ?n .", left, removed=gone) == {"b", "c"}


def test_what_touches_very_much_is_left_to_be_asked_in_full() -> None:
    many = "\n".join(f"n{number} knows hub g" for number in range(1100))
    assert touched("?focus :knows ?n . ?n :age ?m .", f"{many}\nhub age one g", added=quads("hub age one g")) is None


def test_a_change_of_the_classes_is_left_to_be_asked_in_full(shapes: Dataset) -> None:
    below = NamedNode(f"{PREFIXES['rdfs']}subClassOf")
    change = QuadChange(Store(), [], [Quad(NamedNode(EX), below, NamedNode(EX), NamedNode(EX))])
    assert results_since(Store(), shapes, [], Memory("", "", {}, {}, (), {}), change) is None


def test_a_shape_whose_results_are_about_others_is_not_rechecked_by_halves() -> None:
    store = Store()
    text = f"""PREFIX sh: <{PREFIXES["sh"]}>
    <{EX}s> sh:targetClass <{EX}C> ; sh:path <{EX}p> ; sh:property [ sh:path <{EX}q> ; sh:minCount 1 ] ."""
    store.load(text.encode(), format=RdfFormat.TURTLE)
    (shape,) = shacl.read(store)
    assert dependencies.of_shape(shape) is None


# --- Memory ---


def test_what_is_remembered_is_recalled_whole(tmp_path: Path, rules: list[SparqlRule]) -> None:
    focus, value = NamedNode(f"{EX}a"), Literal('x"\n', language="en")
    fault = RuleResult(
        severity=Severity.WARNING,
        rule="rule:x",
        message="M.",
        focus=focus,
        path=NamedNode(f"{EX}p"),
        value=value,
        shown=(focus,),
        graph=f"{EX}g",
        last=True,
        verb=True,
    )
    read = {digest([rule.text]): algebra.of_query(rule.text) for rule in rules[:5]}
    kept = Memory(
        "k", "s", {"r": ((fault, Place("f", 2, 3)),)}, {"f": frozenset({"n"})}, (NOWHERE,), {**read, "none": None}
    )
    remember(tmp_path / "m.json", kept)
    assert recall(tmp_path / "m.json") == kept


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"key": 1, "state": 2, "faults": {"a": [[[], []]]}}', "\0"])
def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.json").write_text(text)
    assert recall(tmp_path / "m.json") is None
    assert recall(tmp_path / "missing.json") is None


# --- Rules asked after a change ---

#: Rules that a change can reach in a way that no pattern leads back from.
WIDE = [
    "?focus :knows* ?n .",
    "?focus :knows? ?n .",
    "?n :knows* ?focus .",
    "?focus :knows*/:age? ?n .",
    "?focus ^:knows* ?n . FILTER(?n != ?focus)",
    "OPTIONAL { ?x :age ?n } ?focus :knows ?x .",
    "OPTIONAL { ?focus :age ?n } ?focus :knows ?x .",
    "OPTIONAL { ?focus :age ?n } OPTIONAL { ?focus :knows ?x }",
    "OPTIONAL { ?x :age ?n . ?x :knows ?focus } ?focus :type ?t .",
    "?x :type ?t . OPTIONAL { ?x :age ?n } ?focus :age ?n ; :knows ?x .",
    "{ OPTIONAL { ?focus :age ?n } } ?focus :knows ?x .",
    "?focus :type ?t . FILTER EXISTS { OPTIONAL { ?focus :age ?n } ?x :age ?n . ?x :knows ?focus }",
]
#: Rules of the same kinds of which only what the change touches needs to be asked.
NARROW = [
    "?focus :type ?t ; :knows* ?n . ?n :age ?m .",
    "?focus :knows+ ?n .",
    "?focus :type/:knows? ?n .",
    "?focus :knows ?x . OPTIONAL { ?x :age ?n }",
    "?focus :knows ?x . OPTIONAL { ?x :knows* ?n . ?n :age ?m }",
    "?focus :knows ?x . FILTER NOT EXISTS { ?x :knows* ?n . ?n :age ?m }",
    "?focus :knows ?x . OPTIONAL { ?x :age ?n } OPTIONAL { ?x :type ?t }",
]


@pytest.mark.parametrize("where", WIDE)
def test_a_rule_with_a_path_without_steps_or_an_early_optional_is_asked_of_the_whole_graph(where: str) -> None:
    assert touched(where, GRAPH, added=quads("d type K h")) is None


@pytest.mark.parametrize("where", NARROW)
def test_a_rule_whose_patterns_bind_its_paths_and_optionals_is_followed(where: str) -> None:
    assert touched(where, GRAPH, added=quads("d unheard K h")) == set()


@pytest.mark.parametrize("where", [*WIDE, *NARROW])
@pytest.mark.slow
def test_a_rule_gives_the_same_results_after_any_change_as_when_asked_of_the_whole_graph(where: str) -> None:
    rule = sparql_rule.read(
        "x.rq",
        f"#+ summary: S.\n#+ severity: violation\nPREFIX : <{EX}>\nSELECT DISTINCT ?focus ?value\nWHERE {{\n"
        f"{where}\n  BIND(COALESCE(?n, ?x, 0) AS ?value)\n}}",
    )
    empty, chance = Dataset(ROOT, (), Store()), Random(where)
    every = [
        Quad(NamedNode(EX + subject), NamedNode(EX + predicate), NamedNode(EX + value), NamedNode(f"{EX}g"))
        for subject in "abcd"
        for predicate, values in (("knows", "abcd"), ("age", "12"), ("type", "KL"))
        for value in values
    ]
    for _ in range(60):
        before = set(chance.sample(every, chance.randint(0, 12)))
        removed = set(chance.sample(sorted(before, key=str), min(len(before), chance.randint(0, 2))))
        added = set(chance.sample(every, chance.randint(0, 2))) - before
        old, new = Store(), Store()
        old.extend(before)
        new.extend(before - removed | added)
        memory_ = memory(full(old, empty, [rule]), [rule])
        results = results_since(new, empty, [rule], memory_, QuadChange(new, removed, added))
        assert by_rule(results) == by_rule(full(new, empty, [rule]).results), (before, removed, added)
