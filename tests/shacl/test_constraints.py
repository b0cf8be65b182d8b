"""Our own evaluation of SHACL Core against the W3C's suite, and against pySHACL on damaged graphs."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from mutation.sample import mutants
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse
from support.paths import ROOT, SHAPES

from kg import shacl
from kg.project.dataset import load
from kg.rdf.namespaces import PREFIXES
from kg.shacl import pyshacl_adapter
from kg.shacl.graph import literal, to_term
from kg.shacl.literals import in_order, well_formed

SH, XSD = PREFIXES["sh"], PREFIXES["xsd"]
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
BASE = "http://example.org/tests/"
#: A store writes "1"^^xsd:boolean as true, so that it switches sh:uniqueLang on (as it does in pySHACL).
LEFT_OUT = {"property/uniqueLang-002.ttl"}

Row = tuple[str, str, str, str, str | None, str | None]


class Case(NamedTuple):
    """A test of the suite: its file, the data, the shapes, the rows that are expected."""

    file: str
    data: Store
    shapes: Store
    expected: set[Row]


def suite(reference: Path) -> Path:
    return reference / "w3c-shacl" / "core"


def files(reference: Path) -> list[str]:
    """Return the files of the suite that are tests."""
    root = suite(reference)
    return sorted(
        path.relative_to(root).as_posix() for path in root.rglob("*.ttl") if "sht:Validate" in path.read_text()
    )


def turtle(text: str) -> Store:
    store = Store()
    prefixes = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in {**PREFIXES, "ex": BASE}.items())
    store.load(f"{prefixes}{text}".encode(), format=RdfFormat.TURTLE)
    return store


def read(path: Path, base: str) -> Store:
    store = Store()
    store.load(path=path, format=RdfFormat.TURTLE, base_iri=base)
    return store


def value(store: Store, node: object, property_: str) -> str | None:
    assert not isinstance(node, Literal)
    found = next(store.quads_for_pattern(node, NamedNode(property_), None), None)  # type: ignore[arg-type]
    return None if found is None else str(found.object)


def case(reference: Path, file: str) -> Case:
    path = suite(reference) / file
    base = f"{BASE}{path.name}"
    whole = read(path, base)
    (test,) = (quad.subject for quad in whole.quads_for_pattern(None, None, NamedNode(f"{SHT}Validate")))
    action, result = (to_term(str(value(whole, test, f"{MF}{name}"))) for name in ("action", "result"))

    def graph(name: str) -> Store:
        iri = str(value(whole, action, f"{SHT}{name}"))[1:-1]
        return whole if iri == base else read(path.with_name(iri.removeprefix(BASE)), base)

    expected = set()
    for quad in whole.quads_for_pattern(result, NamedNode(f"{SH}result"), None):  # type: ignore[arg-type]
        names = ("sourceShape", "sourceConstraintComponent", "resultSeverity", "focusNode", "resultPath", "value")
        shape, component, severity, focus, along, found = (value(whole, quad.object, f"{SH}{name}") for name in names)
        component, severity = str(component)[1:-1].removeprefix(SH), str(severity)[1:-1]
        expected.add(row(shacl.Result(str(shape), component, severity, "", str(focus), along, found)))
    return Case(file, graph("dataGraph"), graph("shapesGraph"), expected)


def row(result: shacl.Result) -> Row:
    """Return what a result says, where blank nodes are all alike and a longer path is none."""

    def plain(text: str | None) -> str | None:
        return "_" if text and text.startswith("_:") else text

    path = result.path if result.path and result.path.startswith("<") else None
    first = (str(plain(result.shape)), result.component, result.severity, str(plain(result.focus)))
    return (*first, path, plain(result.value))


def ours(data: Store, shapes: Store, graph: shacl.Graph | None = None) -> set[Row]:
    return {row(one) for one in shacl.results(graph or shacl.Index(data), shacl.read(shapes))}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each file of the suite."""
    if "file" in metafunc.fixturenames:
        reference = metafunc.config.getoption("--reference")
        metafunc.parametrize("file", files(reference) if reference else ["w3c-shacl"])


def test_the_suite_is_there_in_full(reference: Path) -> None:
    assert len(files(reference)) == 98


def test_the_suite_of_the_w3c_passes(reference: Path, file: str) -> None:
    if file in LEFT_OUT:
        pytest.skip("a store writes the boolean 1 as true")
    found = case(reference, file)
    assert ours(found.data, found.shapes) == found.expected
    assert ours(found.data, found.shapes, shacl.Lookup(found.data)) == found.expected
    assert {row(one) for one in pyshacl_adapter.results(found.data, found.shapes)} == found.expected


# --- Against pySHACL ---


def results(found: Iterator[shacl.Result]) -> set[tuple[object, ...]]:
    return {(*row(one), one.message) for one in found}


@pytest.mark.slow
def test_damaged_graphs_have_the_same_results_as_with_pyshacl() -> None:
    """A few dozen here; `python tests/mutation/report.py` judges thousands of mutants by our own results."""
    shapes = Store()
    for path in SHAPES:
        shapes.load(path=path, format=RdfFormat.TURTLE)
    wanted = shacl.read(shapes)
    base = load(ROOT)
    graphs = {source.name: NamedNode(source.graph) for source in base.sources}
    judged, broken = 0, 0
    for mutant in mutants(seed=4, count=60, root=ROOT):
        try:
            triples = list(parse(mutant.text.encode(), format=RdfFormat.TURTLE))
        except SyntaxError:
            continue
        data = Store()
        data.extend(quad for quad in base.store if quad.graph_name != graphs.get(mutant.file))
        data.extend(triples)
        found = results(shacl.results(shacl.Index(data), wanted))
        assert found == results(pyshacl_adapter.results(data, shapes)), mutant
        judged, broken = judged + 1, broken + bool(found)
    assert judged > 30
    assert broken > 10


# --- Parts ---


def test_a_shape_that_is_none_is_named() -> None:
    for body, message in (
        ("a sh:PropertyShape", "a property shape must have a sh:path"),
        ("a sh:NodeShape ; sh:path ex:p", "a node shape must not have a sh:path"),
        ("sh:targetNode ex:n ; sh:minCount 1", "sh:minCount is allowed in property shapes only"),
        (
            "sh:path ex:p ; sh:targetNode ex:n ; sh:minCuont 1",
            "sh:minCuont is not a parameter of SHACL Core; did you mean",
        ),
        ("sh:path ex:p ; sh:targetNode ex:n ; sh:minCount 1 , 2", "sh:minCount has 2 values: at most one is allowed"),
        ("sh:path ex:p ; sh:targetNode ex:n ; sh:minCount true", "expected a whole number"),
        ("sh:targetNode ex:n ; sh:pattern '('", "sh:pattern is not a valid regular expression"),
        ("sh:targetNode ex:n ; sh:nodeKind ex:k", "expected one of sh:BlankNode, "),
        ("sh:targetNode ex:n ; sh:node ex:none", "the shape does not exist"),
        ("sh:targetNode ex:n ; sh:node ex:s", "a shape refers to itself"),
        ("sh:targetNode ex:n ; sh:in ex:list", "is not a list"),
        ("sh:targetNode ex:n ; sh:path [ ex:q ex:p ]", "does not make a path"),
    ):
        with pytest.raises(shacl.ShapeError, match=message.replace("(", r"\(")) as caught:
            shacl.read(turtle(f"ex:s {body} ."))
        assert caught.value.shape == NamedNode(f"{BASE}s")


def test_a_list_that_runs_in_a_circle_is_none() -> None:
    with pytest.raises(shacl.ShapeError, match="is not a list"):
        shacl.read(turtle("ex:s sh:targetNode ex:n ; sh:in _:a . _:a rdf:first 1 ; rdf:rest _:a ."))


def test_what_lies_beyond_the_core_is_refused_by_name() -> None:
    with pytest.raises(shacl.BeyondCoreError, match="sh:sparql"):
        shacl.read(turtle("ex:s sh:targetNode ex:n ; sh:sparql [ sh:select 'SELECT $this {}' ] ."))


def test_the_first_of_several_messages_is_taken() -> None:
    shapes = turtle("ex:s sh:targetNode ex:n ; sh:in () ; sh:message 'B'@en , 'A'@en .")
    (found,) = shacl.results(shacl.Index(Store()), shacl.read(shapes))
    assert found.message == "A"
    assert results(iter([found])) == results(pyshacl_adapter.results(Store(), shapes))


def test_only_some_focus_nodes_are_asked_where_they_are_named() -> None:
    shapes = shacl.read(turtle("ex:s sh:targetClass ex:C ; sh:path ex:p ; sh:minCount 1 ."))
    data = turtle("ex:a a ex:C . ex:b a ex:C . ex:c a ex:D .")
    for graph in (shacl.Index(data), shacl.Lookup(data)):
        assert {one.focus for one in shacl.results(graph, shapes)} == {f"<{BASE}a>", f"<{BASE}b>"}
        among = [f"<{BASE}b>", f"<{BASE}c>"]
        assert {one.focus for one in shacl.results(graph, shapes, among)} == {f"<{BASE}b>"}


def test_cyclic_classes_do_no_harm() -> None:
    data = turtle("ex:A rdfs:subClassOf ex:B . ex:B rdfs:subClassOf ex:A . ex:a a ex:A ; ex:p 1 .")
    shapes = shacl.read(turtle("ex:s sh:targetClass ex:B ; sh:path ex:p ; sh:maxCount 0 ."))
    assert len(list(shacl.results(shacl.Index(data), shapes))) == 1


@pytest.mark.parametrize(
    "text", ['"a"', '"a\\nb\\"c\\\\d"', '"é"@fr', '"\\u0007"', f'"1"^^<{XSD}integer>', "<http://x/y>", "_:b"]
)
def test_terms_survive_as_text(text: str) -> None:
    assert to_term(str(to_term(text))) == to_term(text)


def test_a_literal_comes_apart() -> None:
    assert literal(str(Literal('a "b"\n\\c'))) == ('a "b"\n\\c', f"{XSD}string", "")
    assert literal('"x"@en-GB') == ("x", f"{PREFIXES['rdf']}langString", "en-GB")
    assert literal(f'"^^<@"^^<{XSD}date>') == ("^^<@", f"{XSD}date", "")


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("integer", ["0", "-7", "+12", "9" * 40], ["", "1.0", "1e3", " 1", "one"]),
        ("nonNegativeInteger", ["0", "5"], ["-1"]),
        ("byte", ["127", "-128"], ["128", "-129"]),
        ("decimal", ["1", "1.5", ".5", "-0.0"], ["1e3", "", "1,5", "NaN"]),
        ("double", ["1e3", "INF", "NaN", "-1.5E-2"], ["inf", "1e"]),
        ("boolean", ["true", "0"], ["True", "yes"]),
        ("date", ["2024-02-29", "2023-12-31Z", "-0044-03-15"], ["2023-02-29", "2023-2-1", "2023-04-31", "31.12.2023"]),
        ("dateTime", ["2024-02-29T24:00:00", "2024-01-01T10:00:00.5+02:00"], ["2024-01-01", "2024-01-01T25:00:00"]),
        ("time", ["10:00:00"], ["10:00", "24:00:01"]),
        ("gYear", ["2024", "-0001"], ["24", "02024"]),
        ("duration", ["P1Y", "PT1S", "-P1DT2H"], ["P", "P1S", "1Y"]),
        ("language", ["en", "en-GB"], ["e_n", ""]),
    ],
)  # fmt: skip
def test_forms_belong_to_their_datatypes(name: str, good: list[str], bad: list[str]) -> None:
    assert [form for form in good if not well_formed(form, f"{XSD}{name}", "")] == []
    assert [form for form in bad if well_formed(form, f"{XSD}{name}", "")] == []


def test_values_are_compared_as_sparql_compares_them() -> None:
    whole, day = f"^^<{XSD}integer>", f"^^<{XSD}date>"
    pairs = [
        (f'"2"{whole}', f'"10"{whole}'),
        (f'"{"9" * 30}"{whole}', f'"{"9" * 31}"{whole}'),
        (f'"2"{whole}', f'"2.5"^^<{XSD}decimal>'),
        (f'"2024-01-01"{day}', f'"2024-01-02"{day}'),
        ('"a"', '"b"'),
    ]
    assert in_order(pairs, "<") == set(pairs)
    assert in_order([(other, one) for one, other in pairs], "<") == set()
    unlike = [(f'"2"{whole}', '"10"'), (f'"x"{whole}', f'"1"{whole}'), ("<http://x/>", f'"1"{whole}'), ("_:b", '"a"')]
    assert in_order(unlike, "<") == in_order(unlike, ">=") == set()
