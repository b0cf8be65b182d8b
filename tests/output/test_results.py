"""Results as text: no value is lost, and no value controls the terminal."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, QuerySolutions, Store

from kg.analysis.dossier import Dossier, Fact, dossier
from kg.analysis.lineage import Derivation, Lineage, lineage
from kg.claims.background import Article, Quantity
from kg.claims.claim import Claim, claims
from kg.claims.passages import Coverage
from kg.errors import KgError, Place
from kg.output.dossier import amount, when
from kg.output.dossier import dossier as portrait
from kg.output.lineage import lineage as tree
from kg.output.reports.formats import Setting, findings
from kg.output.results import answer, coverage, percent
from kg.output.table import rows
from kg.project.dataset import Dataset
from kg.rdf.namespaces import expand
from kg.rules.severity import Severity
from kg.validation.finding import Finding, Report

CELLS = st.lists(
    st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), st.text(max_size=12)), max_size=5
)


@given(CELLS)
def test_csv_reads_back_as_it_was(cells: list[tuple[str, str]]) -> None:
    found = list(csv.reader(io.StringIO(rows(["a", "b"], cells, "csv", 80), newline="")))
    assert found == [["a", "b"], *map(list, cells)]


@given(CELLS)
def test_json_reads_back_as_it_was(cells: list[tuple[str, str]]) -> None:
    expected = [{"a": one, "b": other} for one, other in cells]
    assert json.loads(rows(["a", "b"], cells, "json", 80)) == expected
    lines = rows(["a", "b"], cells, "jsonl", 80).split("\n")
    assert [json.loads(line) for line in lines if line] == expected


@given(CELLS)
def test_markdown_keeps_one_line_a_row_and_its_columns(cells: list[tuple[str, str]]) -> None:
    lines = rows(["a", "b"], cells, "md", 80).split("\n")
    assert len(lines) == len(cells) + 3
    for line in lines[:-1]:
        bare = line.replace("\\\\", "").replace("\\|", "")
        assert bare.count("|") == 3
        assert "<" not in line


@pytest.mark.parametrize("text", ["\x1b[31mred", "[bold]x[/bold]", "a\x00b", "\u202eabc", ":smile:"])
def test_data_never_control_a_terminal(text: str) -> None:
    shown = rows(["a"], [[text]], "table", 80)
    assert all(one.isprintable() for line in shown.split("\n") for one in line)
    assert "[bold]" in shown or "[bold]" not in text
    assert ":smile:" in shown or ":smile:" not in text


def test_blanks_of_any_width_are_shown_as_blanks() -> None:
    assert rows(["a"], [["1\u202f000\u00a0men\u2009\n\tall"]], "table", 80).splitlines()[1] == "1 000 men   all"


HOSTILE = "\x1b[31mred\u009b2J <script>alert(1)</script>\nnext\u202e"


def _hostile(sample: Dataset) -> Dossier:
    """Return a dossier in which label, other name, fact, claim, note and wording are hostile."""
    found = dossier(sample.store, expand("unit:sample-legion"))
    section, *rest = found.sections
    claim = replace(section.claims[0], label=HOSTILE, notes=(HOSTILE,), time_wording=HOSTILE, object=Literal(HOSTILE))
    return replace(
        found,
        names=(HOSTILE,),
        labels={**found.labels, found.iri: HOSTILE},
        facts=(Fact(expand("kg:wording"), (Literal(HOSTILE),)),),
        sections=(replace(section, heading=HOSTILE, claims=(claim,)), *rest),
    )


def test_a_dossier_does_not_control_a_terminal(sample: Dataset) -> None:
    shown = portrait(_hostile(sample), "text", 80)
    assert shown.count("\\x1b[31mred") >= 6
    assert all(line.isprintable() for line in shown.split("\n"))


def test_a_dossier_in_markdown_has_no_html_and_lists_its_facts(sample: Dataset) -> None:
    shown = portrait(_hostile(sample), "md", 80)
    assert "<script" not in shown
    plain = portrait(dossier(sample.store, expand("unit:sample-legion")), "md", 80).splitlines()
    assert plain[:5] == ["# Sample Legion", "", "`unit:sample-legion`, unit", "", "- also: Legion of Samples"]
    assert all(not line or line.startswith(("#", "`", "-", "  ")) for line in plain)


def test_a_tree_and_findings_do_not_control_a_terminal(sample: Dataset) -> None:
    found = lineage(sample.store, expand("claim:river-side"))
    shown = tree(replace(found, claim=replace(found.claim, label=HOSTILE)), "table", 80)
    finding = Finding(
        severity=Severity.VIOLATION,
        rule="rule:x",
        place=Place("graph/x.ttl", 1, 2),
        focus="unit:x",
        message=HOSTILE,
    )
    listed = findings(Report((finding, finding), (), ()), "text", Setting(sample.root, {}))
    assert listed.count("\n") == 2
    assert listed.startswith("graph/x.ttl:1:2: violation rule:x unit:x: \\x1b[31mred")
    for text in (shown, listed):
        assert "\\x1b[31mred" in text
        assert all(line.isprintable() for line in text.split("\n"))


def test_the_strokes_of_a_tree_join_parents_and_children(sample: Dataset) -> None:
    def article(name: str) -> Article:
        return Article(expand(f"article:{name}"), name, None, (), None, None, None, None, ())

    def derivation(name: str, *parents: Derivation) -> Derivation:
        return Derivation(article(name), parents, again=False)

    (one,) = claims(sample.store, [expand("claim:river-side")])
    root = derivation("a", derivation("b", derivation("c")), derivation("d"))
    found = Lineage(
        claim=replace(one, speakers=(), via=(), speaks_for=()),
        passages=(),
        derivation=root,
        onward=(expand("claim:x"),),
        labels={},
    )
    lines = [line.partition(" article:")[0] for line in tree(found, "table", 80).splitlines()]
    assert lines[1:5] == ["├─ article", "│  ├─ derives from", "│  │  └─ derives from", "│  └─ derives from"]
    assert [line[:3] for line in lines[5:]] == ["├─ ", "└─ "]


def test_an_incomplete_claim_is_shown_without_the_missing_values(sample: Dataset) -> None:
    found = dossier(sample.store, expand("claim:river-side"))
    (section,) = found.sections
    claim = replace(section.claims[0], attribution="", certainty="", polarity="", modality="", passages=())
    bare = replace(found, sections=(replace(section, claims=(claim,)),))
    for form in ("text", "md", "json"):
        assert "<>" not in portrait(bare, form, 80)
    assert " at " not in portrait(bare, "text", 80).splitlines()[-1]
    shown = json.loads(portrait(bare, "json", 80))["sections"][0]["claims"][0]
    assert not {"attribution", "certainty", "polarity", "modality", "passages"} & set(shown)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_a_table_never_loses_a_name(width: int) -> None:
    name = "unit:a-name-of-forty-characters-exactly-yes"
    shown = rows(["name", "text", "more"], [[name, "some words that go on " * 5, "x " * 30]], "table", width)
    assert name in shown.replace("\n", "").replace(" ", "") or name in shown


def test_a_wide_row_becomes_a_block() -> None:
    columns = [f"column{number}" for number in range(12)]
    shown = rows(columns, [[f"value-of-{name}" for name in columns]] * 2, "table", 60)
    assert shown.count("\n\n") == 1
    assert shown.splitlines()[0] == "column0   value-of-column0"


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KgError, match="cannot write this as xml: choose table, md, csv, tsv, json, jsonl"):
        rows(["a"], [], "xml", 80)


def test_w3c_formats_are_the_engine_s_own(sample: Dataset) -> None:
    from pyoxigraph import QueryResultsFormat

    query = "SELECT ?s ?o WHERE { ?s rdfs:label ?o } ORDER BY ?s ?o"
    prefixes = {"rdfs": "http://www.w3.org/2000/01/rdf-schema#"}

    def ask() -> QuerySolutions:
        found = sample.store.query(query, prefixes=prefixes, use_default_graph_as_union=True)
        assert isinstance(found, QuerySolutions)
        return found

    for form, kind in (("csv", QueryResultsFormat.CSV), ("json", QueryResultsFormat.JSON)):
        text, _ = answer(ask(), form, lambda: 80)
        assert text.encode() == ask().serialize(format=kind)


def test_rows_of_a_terminal_have_short_names() -> None:
    store = Store()
    found = store.query("SELECT ?a ?b WHERE { VALUES (?a ?b) { (<https://w3id.org/hearsay/unit/x> UNDEF) } }")
    assert isinstance(found, QuerySolutions)
    assert answer(found, "table", lambda: 80)[0].splitlines()[1] == "unit:x"


@pytest.mark.parametrize(
    ("first", "last", "extent", "text"),
    [
        (None, None, None, ""),
        (date(2022, 5, 11), date(2022, 5, 11), "Throughout", "on 2022-05-11"),
        (date(2022, 4, 1), date(2022, 4, 5), "SometimeWithin", "between 2022-04-01 and 2022-04-05"),
        (date(2022, 4, 1), date(2022, 4, 5), "Throughout", "from 2022-04-01 to 2022-04-05"),
    ],
)
def test_bounds_are_shown_as_such(
    sample: Dataset, first: date | None, last: date | None, extent: str | None, text: str
) -> None:
    (one,) = claims(sample.store, [expand("claim:river-side")])
    dated: Claim = replace(one, not_before=first, not_after=last, extent=expand(f"kg:{extent}") if extent else None)
    assert when(dated) == text


@pytest.mark.parametrize(
    ("low", "high", "text"), [(24, 99, " (24 to 99)"), (301, float("inf"), " (301 or more)"), (40, 40, "")]
)
def test_the_range_of_a_wording_is_shown(low: float, high: float, text: str) -> None:
    assert amount(Quantity("quantity:x", "x", low, high, "person")) == text


@pytest.mark.parametrize(("share", "text"), [(1.0, "100.0 %"), (0.99999, "99.9 %"), (0.5, "50.0 %"), (0.0, "0.0 %")])
def test_a_share_is_whole_only_when_it_is(share: float, text: str) -> None:
    assert percent(share) == text


def test_open_spans_are_written_out() -> None:
    one = Coverage(expand("article:x"), 10, 5, 3, 2, 4, ((1, 2), (7, 8)))
    assert "1-2 7-8" in coverage([one], "table", 200)
    assert json.loads(coverage([one], "json", 80))["articles"][0]["open_spans"] == [[1, 2], [7, 8]]
