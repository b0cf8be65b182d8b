"""Exports: whole or a selection, the same bytes each time, and no protected person identified."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse
from pyoxigraph import Dataset as Quads
from support.difficult_labels import LABELS, add_claim, add_entity, add_quads, node, with_difficult_labels
from support.optional import require

from kg.claims.claim import claims
from kg.errors import KgError, NameUnknownError, PrivacyError
from kg.export.formats import FORMATS, Options, export, write
from kg.export.selection import Selection, select
from kg.project.dataset import Dataset
from kg.rdf.namespaces import PREFIXES, expand, shorten

RDF = PREFIXES["rdf"]
#: A selection that keeps nothing.
NOTHING = Selection(since=date(1800, 1, 1), until=date(1800, 1, 2))
#: All combinations of format, dialect, and claims as nodes or not.
WAYS = [
    (form, dialect, drawn)
    for form, known in FORMATS.items()
    for dialect in known.dialects
    for drawn in ((False, True) if known.claims else (False,))
]
LINKED = {
    "jsonld": RdfFormat.JSON_LD,
    "nquads": RdfFormat.N_QUADS,
    "nquads-1.2": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "trig-1.2": RdfFormat.TRIG,
    "turtle": RdfFormat.TURTLE,
}
_RUN = """
import hashlib, sys
from pathlib import Path
from kg.project.dataset import load
from kg.export.formats import FORMATS, Options, export
dataset = load(Path(sys.argv[1]))
for form, known in FORMATS.items():
    for dialect in known.dialects:
        for drawn in (False, True) if known.claims else (False,):
            data = export(dataset, form, Options(dialect=dialect, claims=drawn))
            print(form, dialect, drawn, hashlib.sha256(data).hexdigest())
"""


@pytest.fixture(scope="module")
def nasty(sample: Dataset) -> Dataset:
    return with_difficult_labels(sample)


@pytest.fixture(params=["sample", "nasty", "real"])
def graph(request: pytest.FixtureRequest) -> Dataset:
    return cast(Dataset, request.getfixturevalue(request.param))


def iris(*names: str) -> tuple[str, ...]:
    return tuple(map(expand, names))


def kept(dataset: Dataset, selection: Selection) -> set[str]:
    return {shorten(claim.iri) for claim in select(dataset.store, selection).claims}


# --- All formats ---


def test_bytes_depend_on_nothing_but_the_graph(sample_root: Path) -> None:
    def run(seed: str) -> str:
        words = [sys.executable, "-c", _RUN, str(sample_root)]
        return subprocess.run(
            words, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout

    first = run("1")
    assert len(first.splitlines()) == len(WAYS)
    assert first == run("2")


@pytest.mark.parametrize("form", FORMATS)
def test_planted_violation_stops_every_format_whatever_is_selected(form: str, sample: Dataset) -> None:
    store = Store()
    store.extend(sample.store)
    add_quads(store, "person:heron", ("skos:altLabel", Literal("Fritz Example")))
    given_away = Dataset(sample.root, sample.sources, store)
    for selection in (Selection(), Selection(articles=iris("article:legion-reprinted")), NOTHING):
        with pytest.raises(PrivacyError, match="export refused until this is fixed: kg validate shows where"):
            export(given_away, form, selection=selection)


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_the_passage_of_a_claim_that_was_left_out(form: str, sample: Dataset) -> None:
    data = export(sample, form, selection=Selection(articles=iris("article:legion-reprinted")))
    assert b"reprint-" in data
    assert b"claim:questions-" not in data and b"claim/questions-heron-wounded>" not in data.split(b"derivedFrom")[0]


def test_unknown_format_names_the_near_one(sample: Dataset) -> None:
    with pytest.raises(KgError, match="unknown format 'grapml'; did you mean 'graphml'"):
        export(sample, "grapml")


def test_unknown_dialect_names_the_known_ones(sample: Dataset) -> None:
    with pytest.raises(KgError, match="graphml has no dialect 'gelphi'; did you mean 'gephi'"):
        export(sample, "graphml", Options(dialect="gelphi"))
    with pytest.raises(KgError, match="turtle has no dialect 'gephi'; known: plain"):
        export(sample, "turtle", Options(dialect="gephi"))


def test_claims_can_be_nodes_only_where_there_are_nodes(sample: Dataset) -> None:
    with pytest.raises(KgError, match="claims can be nodes in gexf, graphml, not in csv"):
        export(sample, "csv", Options(claims=True))


class _Full(io.RawIOBase):
    """A disk with room for a number of bytes."""

    def __init__(self, room: int) -> None:
        self._room = room

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        size = len(memoryview(cast(bytes, data)))
        if size > self._room:
            raise OSError(28, "No space left on device")
        self._room -= size
        return size


@pytest.mark.parametrize("room", [0, 1000])
@pytest.mark.parametrize("form", FORMATS)
def test_full_disk_is_an_error_of_the_system(form: str, room: int, sample: Dataset) -> None:
    with pytest.raises(OSError, match="No space left"):
        write(select(sample.store, Selection()), form, Options(), cast(BinaryIO, _Full(room)))


# --- Selection ---


def test_selection_by_kind_looks_at_entities_and_not_at_values(sample: Dataset) -> None:
    units = kept(sample, Selection(kinds=("unit",)))
    assert "claim:river-strength-may" in units  # of a unit, and of a number
    assert "claim:questions-heron-member" not in units  # of a person
    assert "claim:questions-heron-member" in kept(sample, Selection(kinds=("person", "unit")))


def test_selection_by_predicate_and_article(sample: Dataset) -> None:
    battle = kept(sample, Selection(predicates=iris("kg:participatedIn")))
    assert "claim:questions-not-in-battle" in battle and "claim:questions-strength" not in battle
    both = Selection(predicates=iris("kg:participatedIn"), articles=iris("article:questions-about-the-legion"))
    assert "claim:questions-not-in-battle" in kept(sample, both)
    assert all(name.startswith("claim:questions-") for name in kept(sample, both))


def test_selection_by_time_keeps_claims_that_can_refer_to_a_day_and_no_undated_one(sample: Dataset) -> None:
    autumn = kept(sample, Selection(since=date(2029, 11, 30), until=date(2029, 11, 30)))
    assert autumn == {"claim:questions-heron-member"}
    assert "claim:questions-heron-member" not in kept(sample, Selection(since=date(2029, 12, 1)))
    assert "claim:questions-heron-member" not in kept(sample, Selection(until=date(2029, 8, 31)))
    # The day is this claim's object, and it has no bounds.
    assert "claim:river-battle-day" in kept(sample, Selection(since=date(2030, 5, 2), until=date(2030, 5, 2)))
    assert "claim:questions-not-in-battle" not in kept(sample, Selection(since=date(1, 1, 1)))


def test_only_actual_leaves_out_denied_planned_hoped_and_hypothetical_claims(nasty: Dataset) -> None:
    left_out = kept(nasty, Selection()) - kept(nasty, Selection(only_actual=True))
    assert {"claim:parallel-denied", "claim:parallel-hoped", "claim:questions-not-in-battle"} <= left_out
    for claim in claims(nasty.store):
        usual = (claim.polarity, claim.modality) == iris("kg:Affirmed", "kg:Actual")
        assert (shorten(claim.iri) in left_out) != usual


def test_selection_around_an_entity_grows_with_the_hops(sample: Dataset) -> None:
    centre = expand("person:heron")
    none, one, two = (kept(sample, Selection(around=centre, hops=hops)) for hops in range(3))
    assert none < one < two
    assert "claim:questions-heron-member" in one - none
    assert all("heron" in name for name in none)


def test_selection_by_origins_counts_the_whole_statement(sample: Dataset) -> None:
    two = kept(sample, Selection(min_origins=2))
    assert two < kept(sample, Selection(min_origins=1)) == kept(sample, Selection())
    from kg.analysis.origins import statements

    assert two == {shorten(iri) for one in statements(sample.store) if one.origins >= 2 for iri in one.claims}


def test_construct_selects_the_claims_that_it_describes_or_states(sample: Dataset) -> None:
    denied = "CONSTRUCT { ?c a kg:Claim } WHERE { ?c kg:polarity kg:Denied }"
    assert kept(sample, Selection(construct=denied)) == {
        "claim:questions-no-prisoners",
        "claim:questions-not-in-battle",
    }
    stated = "CONSTRUCT { person:heron kg:memberOf unit:example-battalion } WHERE { }"
    assert kept(sample, Selection(construct=stated)) == {"claim:questions-heron-member"}


def test_contradictory_selection_is_refused(sample: Dataset) -> None:
    with pytest.raises(NameUnknownError, match="unknown kind of entity 'units'; did you mean 'unit'"):
        kept(sample, Selection(kinds=("units",)))
    with pytest.raises(KgError, match="-1 hops"):
        kept(sample, Selection(hops=-1))
    with pytest.raises(KgError, match="no day is from 2030-01-02 until 2030-01-01"):
        kept(sample, Selection(since=date(2030, 1, 2), until=date(2030, 1, 1)))
    with pytest.raises(KgError, match="this one returns no triples"):
        kept(sample, Selection(construct="SELECT ?s WHERE { ?s a kg:Claim }"))


# --- RDF ---


def canonical(quads_: Iterable[Quad | Triple]) -> set[str]:
    """Return the quads as RDFC-1.0 writes them."""
    whole = Quads(Quad(one.subject, one.predicate, one.object) if isinstance(one, Triple) else one for one in quads_)
    whole.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in whole}


def merged(store: Iterable[Quad]) -> set[str]:
    return canonical(quad.triple for quad in store)


def read(data: bytes, form: str) -> list[Quad]:
    return list(parse(data, format=LINKED[form]))


@pytest.mark.parametrize("form", ["nquads", "trig"])
def test_quads_come_back_as_they_were(form: str, graph: Dataset) -> None:
    assert canonical(read(export(graph, form), form)) == canonical(graph.store)


def test_triples_of_turtle_come_back_as_they_were(graph: Dataset) -> None:
    assert canonical(read(export(graph, "turtle"), "turtle")) == merged(graph.store)


@pytest.mark.parametrize("form", ["nquads-1.2", "trig-1.2"])
def test_reified_propositions_come_back_as_they_were(form: str, graph: Dataset) -> None:
    found = read(export(graph, form), form)
    reified = [quad for quad in found if quad.predicate.value == f"{RDF}reifies"]
    assert len(reified) == len(claims(graph.store))
    back = [quad for quad in found if quad.predicate.value != f"{RDF}reifies"]
    for quad in reified:
        said = quad.object
        assert isinstance(said, Triple)
        for part, value in (("subject", said.subject), ("predicate", said.predicate), ("object", said.object)):
            back.append(Quad(quad.subject, NamedNode(f"{RDF}{part}"), value, quad.graph_name))
    assert canonical(back) == canonical(graph.store)


def test_no_proposition_of_a_claim_is_asserted(graph: Dataset) -> None:
    said = {(claim.subject, claim.predicate) for claim in claims(graph.store)}
    for form in LINKED:
        for quad in read(export(graph, form), form):
            assert not isinstance(quad.subject, NamedNode) or (quad.subject.value, quad.predicate.value) not in said


def test_jsonld_adds_to_the_triples_only_what_reads_as_schema_org(graph: Dataset) -> None:
    found, stored = canonical(read(export(graph, "jsonld"), "jsonld")), merged(graph.store)
    assert stored <= found
    schema = PREFIXES["schema"]
    added = (f" <{RDF}type> <{schema}", f" <{schema}name> ", f" <{schema}appearance> ")
    assert found - stored
    assert all(any(one in triple for one in added) for triple in found - stored)


# rdflib's own reader of JSON-LD still uses what rdflib deprecates.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_jsonld_says_to_rdflib_what_it_says_to_oxigraph(graph: Dataset) -> None:
    import rdflib

    data = export(graph, "jsonld")
    other = rdflib.Graph().parse(data=data, format="json-ld").serialize(format="nt", encoding="utf-8")
    assert canonical(parse(other, format=RdfFormat.N_TRIPLES)) == canonical(read(data, "jsonld"))


def test_jsonld_reads_as_schema_org_without_the_vocabulary(sample: Dataset) -> None:
    nodes = {one["@id"]: one for one in json.loads(export(sample, "jsonld"))["@graph"]}
    article = nodes["article:legion-at-the-river"]
    assert "NewsArticle" in article["@type"] and article["name"] == "A legion of Northlanders stands with Southland"
    assert article["publisher"] == {"@id": "organisation:sample-post"}
    assert article["datePublished"] == "2030-05-12"
    assert "Person" in nodes["person:heron"]["@type"] and nodes["person:heron"]["name"] == "Heron"
    claim = nodes["claim:questions-not-in-battle"]
    assert "Claim" in claim["@type"] and claim["appearance"] == {"@id": "article:questions-about-the-legion"}
    assert nodes["quantity:300-people"]["minValue"] == 300


@pytest.mark.parametrize("form", ["nquads", "trig", "nquads-1.2", "trig-1.2"])
def test_selected_claims_are_exported_with_all_that_they_name_and_no_other_claim(form: str, sample: Dataset) -> None:
    selection = Selection(articles=iris("article:questions-about-the-legion"))
    found = read(export(sample, form, selection=selection), form)
    described = {quad.subject for quad in found}
    named = {one for quad in found for one in (quad.predicate, quad.object) if isinstance(one, NamedNode)}
    every = {quad.subject for quad in sample.store}
    assert {str(one)[1:-1] for one in (named & every) - described} <= {claim.iri for claim in claims(sample.store)}
    store = Store()
    store.extend(found)
    types = {quad.subject for quad in store.quads_for_pattern(None, node("rdf:type"), node("kg:Claim"))}
    assert {shorten(one.value) for one in types if isinstance(one, NamedNode)} == kept(sample, selection)
    assert canonical(found) <= canonical(sample.store) or form.endswith("1.2")


@pytest.mark.parametrize("form", LINKED)
def test_blank_nodes_bear_the_same_names_each_time(form: str) -> None:
    def once() -> bytes:
        store = Store()
        some = BlankNode()
        store.add(Quad(some, node("rdfs:label"), Literal("somebody"), node("article:x")))
        store.add(Quad(node("unit:x"), node("rdfs:seeAlso"), some, node("article:x")))
        return export(Dataset(Path(), (), store), form)

    assert once() == once()
    assert b"_:c14n0" in once()


def test_triple_in_two_files_stands_in_turtle_once(sample: Dataset) -> None:
    store = Store()
    for name in ("article:a", "article:b"):
        store.add(Quad(node("unit:x"), node("rdf:type"), node("kg:Unit"), node(name)))
    data = export(Dataset(sample.root, (), store), "turtle")
    assert data.count(b"kg:Unit") == 1


# --- CSV ---


def rows(data: bytes, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(encoding), newline="")))


def test_csv_has_a_line_for_each_claim_with_what_it_says(sample: Dataset) -> None:
    found = {row["claim"]: row for row in rows(export(sample, "csv"))}
    assert set(found) == kept(sample, Selection())
    row = found["claim:questions-strength"]
    assert (row["subject"], row["predicate"], row["object"]) == (
        "unit:sample-legion",
        "kg:strength",
        "quantity:at-most-ten",
    )
    assert (row["low"], row["high"], row["unit"], row["counts"]) == ("0", "10", "person", "deployed")
    assert (row["not_before"], row["not_after"], row["extent"]) == ("2030-05-11", "2030-05-11", "throughout")
    assert (row["polarity"], row["modality"], row["certainty"]) == ("affirmed", "actual", "certain")
    assert row["speakers_label"] == "Spokesman of the Northland Army (Sample Gazette)"
    assert row["via"] == "article:wire-on-the-legion; organisation:invented-wire"
    assert (row["article_label"], row["publisher_label"]) == ("What is known of the legion", "Sample Gazette")
    assert (row["published_not_before"], row["published_not_after"]) == ("2030-06-01", "2030-06-10")
    assert (row["passages"], row["characters"]) == ("passage:questions-about-the-legion-03", "122..195")
    assert found["claim:questions-not-in-battle"]["polarity"] == "denied"
    assert found["claim:river-strength-planned"]["high"] == "300"
    assert all(None not in row and None not in row.values() for row in found.values())


def test_csv_runs_no_formula(nasty: Dataset) -> None:
    found = {row["claim"]: row for row in rows(export(nasty, "csv"))}
    assert found["claim:hostile-formula"]["label"] == f"'{LABELS['formula']}"
    assert not any(cell.startswith(("=", "@", "\t", "\r")) for row in found.values() for cell in row.values())


def test_csv_for_excel_begins_with_the_mark_and_is_the_same_after_it(sample: Dataset) -> None:
    data = export(sample, "csv", Options(dialect="excel"))
    assert data == b"\xef\xbb\xbf" + export(sample, "csv")


# --- FollowTheMoney ---


def entities(data: bytes) -> dict[str, dict[str, object]]:
    return {str(one["id"]): one for one in map(json.loads, data.splitlines())}


def values(entity: dict[str, object]) -> dict[str, list[str]]:
    return cast(dict[str, list[str]], entity["properties"])


def test_followthemoney_accepts_every_entity(graph: Dataset, pytestconfig: pytest.Config) -> None:
    require(pytestconfig, "followthemoney")
    model = pytest.importorskip("followthemoney").model

    found = entities(export(graph, "ftm"))
    assert found
    for identity, entity in found.items():
        schema = model.get(entity["schema"])
        schema.validate(entity)
        assert set(schema.required) <= set(values(entity))
        for name, own in values(entity).items():
            property_ = schema.properties[name]
            assert all(property_.type.validate(value) for value in own), (identity, name)
            if property_.range is not None:
                assert all(model.get(found[one]["schema"]).is_a(property_.range) for one in own), (identity, name)


def test_followthemoney_gets_only_what_is_affirmed_as_actual(nasty: Dataset) -> None:
    found = entities(export(nasty, "ftm"))
    told = {name for entity in found.values() for name in values(entity).get("recordId", [])}
    assert "claim:parallel-earlier" in told
    assert not told & {"claim:parallel-denied", "claim:parallel-hoped", "claim:questions-not-in-battle"}
    assert told <= kept(nasty, Selection(only_actual=True))


def test_followthemoney_link_has_certainty_date_and_denials(nasty: Dataset) -> None:
    links = {
        tuple(values(entity)["recordId"]): values(entity)
        for entity in entities(export(nasty, "ftm")).values()
        if "recordId" in values(entity)
    }
    sure = next(one for names, one in links.items() if "claim:parallel-earlier" in names)
    assert sure["member"] == ["unit-hostile-markup"] and sure["organization"] == ["unit-sample-legion"]
    assert sure["date"] == ["2029-01", "2030-01"]
    assert sure["description"] == ["Denied: It is said. (claim:parallel-denied)"]
    assert sure["proof"] == ["article-legion-at-the-river"]
    assert links[("claim:parallel-member",)]["status"] == ["possible"]


def test_followthemoney_has_no_event_that_only_hopes_are_about(sample: Dataset) -> None:
    store = Store()
    store.extend(sample.store)
    add_entity(store, "event:parade", "kg:Event", "Parade")
    add_claim(store, "parade", "unit:sample-legion", "kg:participatedIn", "event:parade", modality="kg:Hoped")
    found = entities(export(Dataset(sample.root, (), store), "ftm"))
    assert "event-parade" not in found
    assert found["event-battle-of-the-example-river"]["schema"] == "Event"


def test_followthemoney_property_needs_certainty(sample: Dataset) -> None:
    store = Store()
    store.extend(sample.store)
    add_claim(store, "name-sure", "unit:example-battalion", "kg:name", Literal("The Example", language="en"))
    unsure = Literal("The Perhaps", language="en")
    add_claim(store, "name-unsure", "unit:example-battalion", "kg:name", unsure, certainty="kg:Possible")
    unit = entities(export(Dataset(sample.root, (), store), "ftm"))["unit-example-battalion"]
    assert values(unit)["alias"] == ["The Example"]


def test_followthemoney_notes_that_a_person_is_pseudonymous(sample: Dataset) -> None:
    found = entities(export(sample, "ftm"))
    assert values(found["person-heron"])["notes"] == ["pseudonymous"]
    assert "notes" not in values(found["person-ada-example"])


# --- Nothing, and nasty things ---


def _json_lines(data: bytes) -> int:
    return len([json.loads(line) for line in data.splitlines()])


#: The number of records in each format, by a reader of its own.
COUNTS: dict[str, Callable[[bytes], int]] = {
    "csv": lambda data: len(rows(data)),
    "ftm": _json_lines,
    "jsonld": lambda data: len(json.loads(data)["@graph"]),
    **{form: lambda data, form=form: len(read(data, form)) for form in LINKED if form != "jsonld"},  # type: ignore[misc]
}


@pytest.mark.parametrize("form", COUNTS)
def test_empty_selection_is_valid_and_empty(form: str, sample: Dataset) -> None:
    assert COUNTS[form](export(sample, form, selection=NOTHING)) == 0
    assert COUNTS[form](export(sample, form)) > 0


@pytest.mark.parametrize("name", LABELS)
def test_nasty_label_of_a_claim_is_shown_in_every_format(name: str, nasty: Dataset) -> None:
    from kg.escape import without_controls

    label = LABELS[name]
    for form in LINKED:
        found = {quad.object.value for quad in read(export(nasty, form), form) if isinstance(quad.object, Literal)}
        assert label in found
    cells = {row["label"].removeprefix("'") for row in rows(export(nasty, "csv"))}
    assert without_controls(label) in cells


def test_control_characters_become_pictures_and_the_length_stays() -> None:
    from kg.escape import without_controls

    assert without_controls("a\x00b\x1bc\x7fd\ufffe") == "a␀b␛c␡d\ufffd"
    assert without_controls("tab\t, line\n, return\r, é, ‮, 👩‍🚀") == "tab\t, line\n, return\r, é, ‮, 👩‍🚀"
