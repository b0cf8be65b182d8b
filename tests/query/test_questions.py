"""Stored questions: headers, binding by token, refusal of what is not a query."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers.rdf import SparqlLexer
from pyoxigraph import Literal, QuerySolutions, Store

from kg.errors import NameUnknownError, OutsideError, QueryError, SourceError
from kg.project.dataset import Dataset
from kg.query.binding import bind
from kg.query.engine import engine, run
from kg.query.questions import Question, adhoc, catalogue, parse, question
from kg.rdf.namespaces import expand
from kg.rdf.tokens import TOKEN

HEADER = """\
#+ summary: How strong is the unit?
#+ description: First line
#+   second line.
#+ tags: ["numbers"]
#+ params:
#+   unit: {"help": "the unit", "example": "unit:x", "class": "kg:Unit"}

"""


def _resolve(name: str, _: str | None) -> str:
    return expand(name)


def _bound(text: str, values: dict[str, str]) -> str:
    return bind(adhoc(text), values, _resolve)


def test_header_is_read() -> None:
    found = parse("q", HEADER + "SELECT ?x WHERE { ?_unit_iri ?p ?x }", "queries/q.rq")
    assert (found.summary, found.description, found.tags) == (
        "How strong is the unit?",
        "First line second line.",
        ("numbers",),
    )
    (parameter,) = found.parameters
    assert (parameter.name, parameter.variable, parameter.type, parameter.required) == (
        "unit",
        "_unit_iri",
        "iri",
        True,
    )
    assert parameter.class_ == expand("kg:Unit")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("SELECT ?x WHERE { ?x ?p ?y }", "no '#\\+ summary:'"),
        ("#+ summary: a?\n#+ what is this\nASK {}", "queries/q.rq:2:1: the header line is neither '#\\+ key: value'"),
        ("#+ summary: a?\n#+ tags: [numbers]\nASK {}", "queries/q.rq:2:1: the header's value is not JSON"),
        (
            '#+ summary: a?\n#+ params:\n#+   x: {"help": "h"}\nASK {}',
            "the header describes parameter 'x', which the query does",
        ),
        (
            "#+ summary: a?\nASK { ?_x_nonsense ?p ?y }",
            "queries/q.rq:2:7: '\\?_x_nonsense' has no valid parameter type",
        ),
        ("#+ summary: a?\nASK { ?_x_iri ?p ?_x_integer }", "parameter 'x' occurs as"),
        (
            '#+ summary: a?\n#+ params:\n#+   x: {"class": "kg-Unit"}\nASK { ?_x_iri ?p ?o }',
            "queries/q.rq:1:1: 'kg-Unit' is not a name",
        ),
    ],
)
def test_a_wrong_header_is_refused_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint):
        parse("q", text, "queries/q.rq")


#: Values that try to break out of their place.
HOSTILE = [
    '"',
    "'",
    "\\",
    '"} DROP ALL #',
    "}\nDROP ALL #",
    "x>",
    "<y>",
    "?_ab",
    '"""',
    "\n",
    "\r\t",
    "#",
    "{ }",
    "é\u202e",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_a_value(value: str) -> None:
    rows = run(Store(), _bound("SELECT (?_a AS ?x) WHERE {}", {"a": value}))
    assert isinstance(rows, QuerySolutions)
    assert [row["x"] for row in rows] == [Literal(value)]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_comes_back_as_it_went_in(value: str) -> None:
    rows = run(Store(), _bound("SELECT (?_a AS ?x) WHERE {}", {"a": value}))
    assert isinstance(rows, QuerySolutions)
    assert [row["x"] for row in rows] == [Literal(value)]


@pytest.mark.parametrize("variable", ["?_a", "?_a_en", "?_a_xsd_date", "?_a_iri"])
def test_bytes_that_are_no_text_are_refused(variable: str) -> None:
    with pytest.raises(QueryError, match="is not UTF-8"):
        _bound(f"ASK {{ ?s ?p {variable} }}", {"a": "\udcff"})
    with pytest.raises(QueryError, match="the query is not UTF-8"):
        adhoc("ASK { ?s ?p '\udcff' }")


@pytest.mark.parametrize("value", ["unit:x> }", "unit:x y", "<https://a.example/> }", "x", "nope:x", "https://a b"])
def test_a_hostile_iri_is_refused(value: str) -> None:
    with pytest.raises(NameUnknownError):
        _bound("ASK { ?_a_iri ?p ?o }", {"a": value})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("_a_integer", "1.5"),
        ("_a_integer", "1}"),
        ("_a_number", "NaN"),
        ("_a_xsd_date", "2022-02-30"),
        ("_a_xsd_date", "x"),
    ],
)
def test_an_ill_typed_value_is_refused_with_what_is_allowed(variable: str, value: str) -> None:
    with pytest.raises(QueryError, match=f"parameter 'a' takes a .*, not '{re.escape(value)}'"):
        _bound(f"ASK {{ ?s ?p ?{variable} }}", {"a": value})


def test_a_prefix_begins_with_a_letter() -> None:
    # Otherwise each digit of a long number would be tried as the start of a prefix that ends behind it.
    assert [token["name"] for token in TOKEN.finditer("12kg:x -kg:y _:z") if token["name"]] == ["kg:x", "kg:y", "_:z"]


TRAPS = """\
PREFIX a: <https://a.example/?_x>
# ?_x is not here
SELECT ?y WHERE {
  ?y a:p "?_x" , '?_x' , \"\"\"a "?_x" \"\"\" , '''?_x''' , "\\"?_x" ;
     a:q ?_x , $_x , ?_xy .
  FILTER(?y<?_x)
}
"""


def test_only_the_variable_itself_is_replaced() -> None:
    bound = _bound(TRAPS, {"x": "VALUE", "xy": "OTHER"})
    assert bound.count('"VALUE"') == 3
    assert bound.count('"OTHER"') == 1
    assert bound.count("?_x") == TRAPS.count("?_x") - 3


def test_variables_are_those_that_another_lexer_finds() -> None:
    # pygments does not know quotation marks inside long strings.
    plain = re.sub(r'""".*?"""|\'\'\'.*?\'\'\'', '""', TRAPS)
    lexed = [text for kind, text in SparqlLexer().get_tokens(plain) if str(kind).startswith("Token.Name.Variable")]
    marked = _bound(plain, {"x": "@", "xy": "@"})
    assert marked.count('"@"') == sum(one[1:] in ("_x", "_xy") for one in lexed) == 4


def test_an_optional_parameter_without_a_value_stays_a_variable() -> None:
    assert _bound("ASK { ?__a_iri ?p ?o }", {}) == "ASK { ?__a_iri ?p ?o }"


A = "FILTER(COALESCE(?__a_iri, ?s) = ?s)"
B = "FILTER(COALESCE(?__b_iri, ?o) = ?o)"
X = f"<{expand('unit:x')}>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"ASK {{ {A} ?s ?p ?o }}", f"ASK {{ VALUES ?s {{ {X} }} ?s ?p ?o }}"),
        (f"ASK {{\n  {B}\n  {A}\n  ?s ?p ?o\n}}", f"ASK {{\n  {B}\n  VALUES ?s {{ {X} }}\n  ?s ?p ?o\n}}"),
        (f"ASK {{ ?s ?p ?o MINUS {{ {A} ?s a ?o }} }}", f"ASK {{ ?s ?p ?o MINUS {{ VALUES ?s {{ {X} }} ?s a ?o }} }}"),
        (f"ASK {{ ?s ?p ?o {A} }}", f"ASK {{ ?s ?p ?o FILTER(COALESCE({X}, ?s) = ?s) }}"),
        (f"ASK {{ {A.replace('= ?s', '= ?o')} }}", f"ASK {{ FILTER(COALESCE({X}, ?s) = ?o) }}"),
        (f"ASK {{ {A} }} # {{ {A}", f"ASK {{ VALUES ?s {{ {X} }} }} # {{ {A}"),
        (f"ASK {{ {A} ?s ?p '{{{A}' }}", f"ASK {{ VALUES ?s {{ {X} }} ?s ?p '{{{A}' }}"),
    ],
)
def test_a_thing_takes_the_place_of_its_filter_where_that_stands_first(text: str, expected: str) -> None:
    assert _bound(text, {"a": "unit:x"}) == expected


def test_missing_and_unknown_parameters_are_named() -> None:
    question = parse("q", HEADER + "SELECT ?x WHERE { ?_unit_iri ?p ?x }", "q.rq")
    with pytest.raises(QueryError, match="query 'q' needs parameter 'unit', for example -p unit unit:x"):
        bind(question, {}, _resolve)
    with pytest.raises(QueryError, match="query 'q' has no parameter 'untt'; did you mean 'unit'"):
        bind(question, {"untt": "x"}, _resolve)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("INSERT DATA { <https://a.example/> a <https://a.example/> }", "INSERT is an update"),
        ("PREFIX a: <https://a.example/> DELETE WHERE { ?s ?p ?o }", "DELETE is an update"),
        ("# SELECT\nDROP ALL", "DROP is an update"),
        ("SELECT * WHERE { SERVICE <https://a.example/> { ?s ?p ?o } }", "SERVICE queries another endpoint"),
        ("select * where { service ?x { ?s ?p ?o } }", "SERVICE queries another endpoint"),
        ("SELECT ?x WHERE { ?x", "query:1:21: "),
        ("SELECT ?x\nWHERE { nope:x ?p ?x }", "query:2:9: unknown prefix 'nope:'"),
        ("", "query:1:1: "),
        ("SELECT ?x WHERE { BIND(<https://a.example/f>(1) AS ?x) }", "the query failed: .* is not supported"),
    ],
)
def test_what_is_no_query_is_refused_in_one_line(text: str, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint) as error:
        run(Store(), text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text", ['SELECT ("SERVICE" AS ?x) WHERE {}', "SELECT ?service WHERE {} # DROP ALL", "ASK { ?drop kg:x ?add }"]
)
def test_words_in_strings_comments_and_variables_do_no_harm(text: str) -> None:
    run(Store(), text)


def test_a_service_that_fails_is_an_outside_failure() -> None:
    with pytest.raises(OutsideError, match="the query failed: "), engine():
        rows = run(Store(), "SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", service=True)
        assert isinstance(rows, QuerySolutions)
        list(rows)


def test_prefixes_of_the_project_need_not_be_declared(sample: Dataset) -> None:
    rows = run(sample.store, "SELECT ?u WHERE { ?u a kg:Unit } LIMIT 1")
    assert isinstance(rows, QuerySolutions)
    assert len(list(rows)) == 1


def test_adhoc_queries_take_parameters_too() -> None:
    found: Question = adhoc("ASK { ?_a_integer ?p ?o }")
    assert [one.name for one in found.parameters] == ["a"]


def test_a_question_is_found_in_any_folder_and_two_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("queries/a/b/one.rq", "queries/two.rq"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(HEADER + "SELECT ?x WHERE { ?_unit_iri ?p ?x }")
    assert {name: found.file for name, found in catalogue(tmp_path).items()} == {
        "one": "queries/a/b/one.rq",
        "two": "queries/two.rq",
    }
    (tmp_path / "queries" / "one.rq").write_text("ASK {}")
    with pytest.raises(SourceError, match=r"queries/one\.rq:1:1: 'one' is the name of the question in queries/a/b/one"):
        question(tmp_path, "two")
