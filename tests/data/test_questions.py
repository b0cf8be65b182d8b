"""The stored questions: their headers and layout, their answers on the sample, and the same answers elsewhere."""

import csv
import io
import re
from collections.abc import Mapping

import pytest
import yaml
from rdflib import Dataset as OtherStore
from rdflib import URIRef
from support.paths import ROOT
from support.questions import NAMES, QUESTIONS, SAMPLE_VALUES, SELECTS, Row, ask, bound, rows_of

from kg.claims.entities import resolve
from kg.project.dataset import Dataset
from kg.query.engine import run
from kg.rdf.namespaces import PREFIXES, shorten

GOLDEN = ROOT / "tests" / "golden"
#: Columns that hold the parameter's value in each row, where the column has another name.
COLUMNS = {"about": "subject"}
#: The test's parameters: each question with each parameter that may be left out.
OPTIONAL = [
    (name, parameter.name) for name in NAMES for parameter in QUESTIONS[name].parameters if not parameter.required
]

STEM = re.compile(r"[a-z]+(-[a-z]+)*\Z")
QUIET = re.compile(r'"[^"\n]*"|<[^>\s]*>|\?\w+|\b\w+:[\w-]*')
#: The words of SPARQL 1.1 in use, all of which every engine knows; no function of one engine is among them.
STANDARD = re.compile(
    r"AS|ASK|BIND|BOUND|BY|COALESCE|CONSTRUCT|COUNT|DISTINCT|EXISTS|FILTER|GRAPH|GROUP|IF|IN|MINUS|NOT|OPTIONAL|ORDER"
    r"|SELECT|STR|UNION|VALUES|WHERE|a|true|false"
)


def _required(name: str) -> dict[str, str]:
    return {item.name: SAMPLE_VALUES[name][item.name] for item in QUESTIONS[name].parameters if item.required}


def _examples(name: str) -> dict[str, str]:
    return {item.name: item.example for item in QUESTIONS[name].parameters if item.required}


def _header(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#+")]


def _body(text: str) -> list[str]:
    """Return the lines behind header and prefixes, with strings, names and variables blotted out."""
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if line and not line.startswith(("#+", "PREFIX ")))
    return [QUIET.sub("_", line) for line in lines[first:]]


def _keys(text: str) -> list[str]:
    """Return the variables of the last ORDER BY."""
    return re.findall(r"\?(\w+)", text.rpartition("ORDER BY")[2]) if "ORDER BY" in text else []


def _csv(rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


# --- Form ---


@pytest.mark.parametrize("name", NAMES)
def test_header_is_whole_and_what_yaml_reads(name: str) -> None:
    question = QUESTIONS[name]
    read = yaml.safe_load("\n".join(line.removeprefix("#+ ") for line in _header(question.text)))
    assert set(read) <= {"summary", "description", "tags", "params"}
    assert read["summary"] == question.summary and question.summary.endswith("?")
    assert read["description"] == question.description and question.description.endswith(".")
    assert tuple(read["tags"]) == question.tags == tuple(sorted(set(question.tags))) != ()
    assert set(read.get("params", {})) == {parameter.name for parameter in question.parameters}
    for parameter in question.parameters:
        told = read["params"][parameter.name]
        assert (told["help"], told["example"]) == (parameter.help, parameter.example)
        assert all(told.values()), f"{name}: parameter {parameter.name} has an empty description"


@pytest.mark.parametrize("name", NAMES)
def test_name_is_a_phrase_in_kebab_case(name: str) -> None:
    assert STEM.match(name)


@pytest.mark.parametrize("name", NAMES)
def test_prefixes_are_those_used_in_order_and_of_the_project(name: str) -> None:
    text = QUESTIONS[name].text
    declared = [line for line in text.splitlines() if line.startswith("PREFIX ")]
    code = re.sub(r"<[^>\s]*>|\"[^\"\n]*\"|#\+.*", "", "\n".join(text.splitlines()[len(_header(text)) :]))
    used = {prefix for prefix in re.findall(r"\b(\w+):(?!\s*<)\w", code) if prefix in PREFIXES}
    assert declared == [f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in sorted(used)]


@pytest.mark.parametrize("name", NAMES)
def test_words_are_standard_keywords_in_upper_case(name: str) -> None:
    words = set(re.findall(r"(?<!\w)[A-Za-z]\w*", "\n".join(_body(QUESTIONS[name].text))))
    odd = sorted(word for word in words if not STANDARD.fullmatch(word))
    assert not odd, f"{name}: {odd} is no upper-case word of the part of SPARQL 1.1 in use"


@pytest.mark.parametrize("name", NAMES)
def test_layout_is_two_spaces_and_one_triple_a_line(name: str) -> None:
    text = QUESTIONS[name].text
    assert text.endswith("\n") and not text.endswith("\n\n") and "\t" not in text
    assert not re.search(r"SELECT\s+(DISTINCT\s+)?\*", text)
    depth, carried = 0, False
    for line in _body(text):
        code = line.strip()
        assert code and line == line.rstrip() and len(line) <= 120, f"{name}: {line!r}"
        depth -= code.startswith(("}", ")"))
        carried = carried and not code.startswith("WHERE")
        assert len(line) - len(line.lstrip()) == 2 * (depth + carried), f"{name}: indent of {line!r}"
        assert len(re.findall(r" [;.](?= |$)", code)) <= 1 and " , " not in code, f"{name}: one triple a line: {line!r}"
        depth += code.endswith(("{", "("))
        carried = code.endswith(" ;") or code.startswith("SELECT") or (carried and not code.endswith(" ."))


@pytest.mark.parametrize("name", SELECTS)
def test_no_parameter_is_projected(name: str) -> None:
    assert "?_" not in QUESTIONS[name].text.partition("\nSELECT")[2].partition("\nWHERE")[0]


# --- Answers on the sample ---


@pytest.mark.parametrize("name", NAMES)
def test_answer_on_the_sample_is_the_golden_one(name: str, sample: Dataset, pytestconfig: pytest.Config) -> None:
    answer = _csv(ask(sample, name, _required(name)))
    file = GOLDEN / f"{name}.csv"
    if pytestconfig.getoption("--update-golden"):
        file.write_text(answer, encoding="utf-8")
    assert answer == file.read_text(encoding="utf-8"), f"{file.name}: look at the change; --update-golden takes it over"


def test_each_golden_answer_belongs_to_a_question() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.csv")) == NAMES


@pytest.fixture(scope="module")
def other_engine(sample: Dataset) -> OtherStore:
    """Return the sample in rdflib, with the union of its graphs as the default graph."""
    store = OtherStore(default_union=True)
    for source in sample.sources:
        store.graph(URIRef(source.graph)).parse(source.path, format="turtle")
    return store


# rdflib's own engine calls what rdflib deprecates.
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
@pytest.mark.parametrize("name", NAMES)
def test_another_engine_gives_the_same_answer(name: str, sample: Dataset, other_engine: OtherStore) -> None:
    ours = ask(sample, name, _required(name))
    theirs = other_engine.query(bound(sample, QUESTIONS[name], _required(name)))
    if theirs.type == "ASK":
        assert ours == [{"answer": str(theirs.askAnswer).lower()}]
    else:
        rows = theirs if theirs.type == "SELECT" else theirs.graph or ()
        short = sorted(tuple(_short(cell) for cell in row) for row in rows if isinstance(row, tuple))
        assert short == sorted(tuple(row.values()) for row in ours)


def _short(term: object) -> str:
    return "" if term is None else shorten(str(term)) if isinstance(term, URIRef) else str(term)


# --- Order and parameters, on the sample and on the real graph ---


@pytest.mark.parametrize("name", SELECTS)
def test_order_is_total(name: str, sample: Dataset, real: Dataset) -> None:
    keys = _keys(QUESTIONS[name].text)
    for rows in (ask(sample, name, _required(name)), ask(real, name, _examples(name))):
        assert len({tuple(row[key] for key in keys) for row in rows}) == len(rows), f"{name}: ORDER BY {keys} has ties"


@pytest.mark.parametrize(("name", "parameter"), OPTIONAL)
def test_parameter_narrows_the_answer_on_the_sample(name: str, parameter: str, sample: Dataset) -> None:
    _narrows(sample, name, parameter, SAMPLE_VALUES[name][parameter], _required(name))


@pytest.mark.parametrize(("name", "parameter"), OPTIONAL)
def test_example_in_the_header_finds_something_in_the_real_graph(name: str, parameter: str, real: Dataset) -> None:
    example = next(item.example for item in QUESTIONS[name].parameters if item.name == parameter)
    _narrows(real, name, parameter, example, _examples(name))


def _narrows(dataset: Dataset, name: str, parameter: str, value: str, others: Mapping[str, str]) -> None:
    every = ask(dataset, name, others)
    some = ask(dataset, name, {**others, parameter: value})
    column = COLUMNS.get(parameter, parameter)
    if column in every[0] and name != "allegiances":
        assert some == [row for row in every if row[column] == value] != []
    elif parameter == "from":
        assert some == [row for row in every if not row["notAfter"] or row["notAfter"] >= value] != []
    elif parameter == "until":
        assert some == [row for row in every if not row["notBefore"] or row["notBefore"] <= value] != []
    else:
        assert some and all(row in every for row in some)


@pytest.mark.parametrize("project", ["sample", "real"])
@pytest.mark.parametrize(("name", "parameter"), OPTIONAL)
def test_a_thing_given_first_finds_what_the_filter_leaves(
    name: str, parameter: str, project: str, request: pytest.FixtureRequest
) -> None:
    dataset: Dataset = request.getfixturevalue(project)
    asked = QUESTIONS[name]
    told = next(one for one in asked.parameters if one.name == parameter)
    value = SAMPLE_VALUES[name][parameter] if project == "sample" else told.example
    text = bound(dataset, asked, {parameter: value})
    first = len(re.findall(rf"(?<=[{{)])\s*FILTER\(COALESCE\(\?{told.variable}, (\?\w+)\) = \1\)", asked.text))
    assert text.count("VALUES") - asked.text.count("VALUES") == (first if told.type == "iri" else 0)
    if told.type != "iri":
        return
    filtered = asked.text.replace(f"?{told.variable}", f"<{resolve(dataset.store, value, told.class_)}>")
    assert rows_of(run(dataset.store, text)) == rows_of(run(dataset.store, filtered))


@pytest.mark.parametrize("name", NAMES)
def test_real_graph_has_an_answer(name: str, real: Dataset) -> None:
    assert ask(real, name, _examples(name))
