"""Property graphs: other programs read back from GraphML and GEXF all that was written."""

import json
import subprocess
from collections import Counter
from datetime import date
from io import BytesIO
from math import isnan
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

import igraph
import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pyoxigraph import Store
from support.difficult_labels import LABELS, add_claim, add_entity, with_difficult_labels
from support.optional import require
from support.paths import ROOT

from kg.escape import without_controls
from kg.export.formats import Options, export
from kg.export.graphml import DIALECTS, graphml
from kg.export.property_graph import Column, Edge, Node, PropertyGraph, Value, identifier, property_graph
from kg.export.selection import Selection, select
from kg.project.dataset import Dataset
from kg.rdf.namespaces import expand, shorten

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
GEXF = "{http://gexf.net/1.3}"
NOTHING = Selection(since=date(1800, 1, 1), until=date(1800, 1, 2))
READER = ROOT / "tests" / "graphology" / "read.cjs"
#: What a reader has: nodes by id, edges by id with their ends, each with its attributes.
Nodes = dict[str, dict[str, object]]
Edges = dict[str, tuple[str, str, dict[str, object]]]
#: The nasty graph in every dialect, the real one in the plain.
WAYS = [("nasty", dialect, claims) for dialect in DIALECTS for claims in (False, True)]
WAYS += [("real", "plain", claims) for claims in (False, True)]
_every_way = pytest.mark.parametrize(("graph", "dialect", "claims"), WAYS, indirect=["graph"])


@pytest.fixture(scope="module")
def nasty(sample: Dataset) -> Dataset:
    return with_difficult_labels(sample)


@pytest.fixture(params=["nasty", "real"])
def graph(request: pytest.FixtureRequest) -> Dataset:
    return cast(Dataset, request.getfixturevalue(request.param))


def drawn(dataset: Dataset, *, claims: bool = False, selection: Selection | None = None) -> PropertyGraph:
    return property_graph(select(dataset.store, selection or Selection()), claims=claims)


def shown(value: Value) -> object:
    """Return the value as a reader of XML should have it."""
    if not isinstance(value, str):
        return value
    return ("\u200b" if value.lower().startswith("<html>") else "") + without_controls(value)


def written(drawing: PropertyGraph) -> tuple[Nodes, Edges]:
    """Return what a reader should find."""

    def present(values: dict[str, Value]) -> dict[str, object]:
        return {name: shown(value) for name, value in values.items() if value is not None}

    return (
        {node.id: present(node.values) for node in drawing.nodes},
        {edge.id: (edge.source, edge.target, present(edge.values)) for edge in drawing.edges},
    )


# --- GraphML, read back ---


@_every_way
def test_networkx_reads_what_was_written(dialect: str, claims: bool, graph: Dataset) -> None:
    drawing = drawn(graph, claims=claims)
    data = export(graph, "graphml", Options(dialect=dialect, claims=claims))
    found = cast("networkx.MultiDiGraph[str]", networkx.read_graphml(BytesIO(data), force_multigraph=True))
    # What networkx makes of yEd's shapes, and what Cytoscape has its names from.
    more = {"x", "y", "shape_type", "name", "interaction"}
    nodes = {node: {key: own[key] for key in own.keys() - more} for node, own in found.nodes(data=True)}
    edges = {
        key: (one, other, {name: own[name] for name in own.keys() - more})
        for one, other, key, own in found.edges(keys=True, data=True)
    }
    assert (nodes, edges) == written(drawing)
    types = {"string": str, "int": int, "double": float}
    for column in drawing.node_columns:
        assert all(type(own[column.name]) is types[column.type] for own in nodes.values() if column.name in own)
    for column in drawing.edge_columns:
        assert all(type(own[column.name]) is types[column.type] for *_, own in edges.values() if column.name in own)


# igraph reads the ids of edges wrongly; it says that it takes them from the column instead.
@pytest.mark.filterwarnings("ignore:Could not add edge ids:RuntimeWarning")
@_every_way
def test_igraph_reads_what_was_written(dialect: str, claims: bool, graph: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "network.graphml"
    path.write_bytes(export(graph, "graphml", Options(dialect=dialect, claims=claims)))
    found = igraph.Graph.Read_GraphML(str(path))
    drawing = drawn(graph, claims=claims)

    def present(own: dict[str, object]) -> dict[str, object]:
        # igraph has numbers and no missing values.
        plain = {key: value for key, value in own.items() if key not in ("name", "interaction") and value != ""}
        return {key: value for key, value in plain.items() if not (isinstance(value, float) and isnan(value))}

    nodes = {own.pop("id"): present(own) for own in (one.attributes() for one in found.vs)}
    edges = {
        one["id"]: (found.vs[one.source]["id"], found.vs[one.target]["id"], present(one.attributes()))
        for one in found.es
    }
    assert (nodes, edges) == written(drawing)
    assert (found.vcount(), found.ecount()) == (len(drawing.nodes), len(drawing.edges))


@_every_way
def test_graphology_reads_what_was_written(
    dialect: str, claims: bool, graph: Dataset, pytestconfig: pytest.Config
) -> None:
    require(pytestconfig, "graphology")
    data = export(graph, "graphml", Options(dialect=dialect, claims=claims))
    done = subprocess.run(["node", str(READER)], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)

    def own(attributes: dict[str, object]) -> dict[str, object]:
        # graphology calls yEd's shapes "".
        return {key: value for key, value in attributes.items() if key not in ("name", "interaction", "")}

    nodes = {name: own(attributes) for name, attributes in found["nodes"].items()}
    edges = {name: (one["source"], one["target"], own(one["attributes"])) for name, one in found["edges"].items()}
    assert (nodes, edges) == written(drawn(graph, claims=claims))


@pytest.mark.parametrize("claims", [False, True])
@pytest.mark.parametrize("selection", [Selection(), NOTHING], ids=["all", "nothing"])
def test_plain_is_valid_against_the_published_schema(
    selection: Selection, claims: bool, graph: Dataset, reference: Path
) -> None:
    schema = etree.XMLSchema(etree.parse(reference / "graphml-1.0" / "graphml.xsd"))
    data = export(graph, "graphml", Options(claims=claims), selection=selection)
    schema.assertValid(etree.fromstring(data))
    # The check can fail, of course.
    for before, after in ((b'<graph id="', b'<graph key="'), (b' for="node"', b' for="knot"')):
        assert before in data and not schema.validate(etree.fromstring(data.replace(before, after, 1)))


@pytest.mark.parametrize("claims", [False, True])
def test_ids_are_unique_and_every_edge_has_both_ends(claims: bool, graph: Dataset) -> None:
    root = ElementTree.fromstring(export(graph, "graphml", Options(claims=claims)))
    nodes = [str(one.get("id")) for one in root.iter(f"{GRAPHML}node")]
    edges = [str(one.get("id")) for one in root.iter(f"{GRAPHML}edge")]
    keys = [str(one.get("id")) for one in root.iter(f"{GRAPHML}key")]
    assert all(count == 1 for group in (nodes, edges, keys) for count in Counter(group).values())
    for edge in root.iter(f"{GRAPHML}edge"):
        assert {edge.get("source"), edge.get("target")} <= set(nodes)
    assert {one.get("key") for one in root.iter(f"{GRAPHML}data")} <= set(keys)
    for of in ("node", "edge"):
        names = [str(one.get("attr.name")).casefold() for one in root.iter(f"{GRAPHML}key") if one.get("for") == of]
        assert len(set(names)) == len(names)
    # Gephi takes data of these ids, which other programs give by counting, for the labels of yEd.
    assert not {"d3", "d7"} & set(keys)


@pytest.mark.parametrize("claims", [False, True])
def test_gephi_merges_no_edge(claims: bool, graph: Dataset) -> None:
    drawing = drawn(graph, claims=claims)
    root = ElementTree.fromstring(export(graph, "graphml", Options(dialect="gephi", claims=claims)))
    merged = {(one.get("source"), one.get("target"), one.get("label")) for one in root.iter(f"{GRAPHML}edge")}
    assert len(merged) == len(drawing.edges)
    assert None not in {label for *_, label in merged}
    root = ElementTree.fromstring(export(graph, "gexf", Options(claims=claims)))
    merged = {(one.get("source"), one.get("target"), one.get("kind")) for one in root.iter(f"{GEXF}edge")}
    assert len(merged) == len(drawing.edges)


def test_other_statements_between_the_same_entities_are_other_edges(nasty: Dataset) -> None:
    ends = ("unit:hostile-markup", "unit:sample-legion")
    between = [edge for edge in drawn(nasty).edges if (edge.source, edge.target) == ends]
    assert {edge.id: edge.values["label"] for edge in between} == {
        "statement:hostile-markup": "part of",
        "statement:parallel-earlier": "part of",
        "statement:parallel-later": "part of",
        "statement:parallel-denied": "denied: part of",
        "statement:parallel-hoped": "hoped: part of",
        "statement:parallel-member": "member of",
    }


def test_yed_shows_labels_and_dashes_what_does_not_hold(nasty: Dataset) -> None:
    root = ElementTree.fromstring(export(nasty, "graphml", Options(dialect="yed")))
    y = "{http://www.yworks.com/xml/graphml}"
    for edge in root.iter(f"{GRAPHML}edge"):
        label = str(next(edge.iter(f"{y}EdgeLabel")).text)
        asserted = not label.startswith(("denied: ", "hoped: ", "planned: ", "hypothetical: "))
        assert next(edge.iter(f"{y}LineStyle")).get("type") == ("line" if asserted else "dashed")
    labels = {str(next(node.iter(f"{y}NodeLabel")).text) for node in root.iter(f"{GRAPHML}node")}
    assert without_controls(LABELS["markup"]) in labels
    # yEd and other programs in Java would draw this as the page that it pretends to be.
    assert "\u200b" + LABELS["page"] in labels and LABELS["page"] not in labels


def test_cytoscape_finds_names_and_interactions(nasty: Dataset) -> None:
    found = networkx.read_graphml(
        BytesIO(export(nasty, "graphml", Options(dialect="cytoscape"))), force_multigraph=True
    )
    assert all(own["name"] == own["label"] for _, own in found.nodes(data=True))
    assert all(own["interaction"] == own["label"] for *_, own in found.edges(data=True))


# --- Nodes and edges ---


def by_id(drawing: PropertyGraph) -> tuple[dict[str, Node], dict[str, Edge]]:
    return {node.id: node for node in drawing.nodes}, {edge.id: edge for edge in drawing.edges}


def test_edge_has_the_claims_and_origins_of_its_statement(nasty: Dataset) -> None:
    _, edges = by_id(drawn(nasty))
    battle = edges["statement:reprint-legion-in-battle"]
    assert (battle.source, battle.target) == ("unit:sample-legion", "event:battle-of-the-example-river")
    assert battle.values["claim_ids"] == "claim:reprint-legion-in-battle; claim:river-legion-in-battle"
    counts = tuple(battle.values[name] for name in ("claims", "articles", "outlets", "origins", "weight"))
    assert counts == (2, 2, 2, 1, 1.0)
    assert (battle.values["first"], battle.values["last"]) == ("2030-05-02", "2030-05-02")
    assert edges["statement:questions-not-in-battle"].values["label"] == "denied: took part in"
    assert edges["statement:questions-not-in-battle"].values["polarity"] == "denied"


def test_edge_has_its_highest_certainty_and_its_verdicts(nasty: Dataset) -> None:
    store = Store()
    store.extend(nasty.store)
    ends = ("unit:hostile-emoji", "kg:fightsFor", "unit:northland-army")
    days = (date(2030, 5, 1), date(2030, 5, 1))
    add_claim(store, "sure-1", *ends, certainty="kg:Unconfirmed", days=days)
    add_claim(store, "sure-2", *ends, certainty="kg:Certain", days=days)
    add_claim(store, "sure-3", *ends, certainty="kg:Probable", days=days)
    add_claim(store, "sure-4", ends[0], "kg:fightsAgainst", ends[2], days=days)
    _, edges = by_id(drawn(Dataset(nasty.root, (), store)))
    assert edges["statement:sure-1"].values["certainty"] == "certain"
    assert edges["statement:sure-1"].values["claims"] == 3
    assert edges["statement:sure-1"].values["verdicts"] == "contradiction; tension"
    assert edges["statement:hostile-emoji"].values["verdicts"] is None


def test_edge_keeps_its_id_and_counts_only_its_selected_claims(nasty: Dataset) -> None:
    selection = Selection(articles=(expand("article:legion-at-the-river"),))
    _, edges = by_id(drawn(nasty, selection=selection))
    battle = edges["statement:reprint-legion-in-battle"]
    assert battle.values["claim_ids"] == "claim:river-legion-in-battle"
    assert (battle.values["claims"], battle.values["articles"], battle.values["outlets"]) == (1, 1, 1)


def test_node_has_its_names_days_and_number_of_claims(sample: Dataset) -> None:
    nodes, _ = by_id(drawn(sample))
    assert nodes["unit:sample-legion"].values == {
        "label": "Sample Legion",
        "kind": "unit",
        "iri": expand("unit:sample-legion"),
        "names": "Legion of Samples",
        "first": "2030-03-01",
        "last": "2030-12-31",
        "claims": 29,
    }


def test_whole_network_has_entities_without_claims_and_a_selection_has_not(sample: Dataset) -> None:
    store = Store()
    store.extend(sample.store)
    add_entity(store, "unit:silent", "kg:Unit", "Silent Unit")
    silent = Dataset(sample.root, (), store)
    assert by_id(drawn(silent))[0]["unit:silent"].values["claims"] == 0
    assert "unit:silent" not in by_id(drawn(silent, selection=Selection(only_actual=True)))[0]
    alone = drawn(silent, selection=Selection(around=expand("unit:silent"), hops=3))
    assert [node.id for node in alone.nodes] == ["unit:silent"] and alone.edges == ()


def test_only_actual_selects_only_asserted_edges(nasty: Dataset) -> None:
    assert not all(edge.asserted for edge in drawn(nasty).edges)
    assert all(edge.asserted for edge in drawn(nasty, selection=Selection(only_actual=True)).edges)
    for claims in (False, True):
        for edge in drawn(nasty, claims=claims).edges:
            if edge.values.get("polarity") == "denied" or edge.values.get("modality") not in ("actual", None):
                assert not edge.asserted and ": " in str(edge.values["label"])


def test_claims_as_nodes_are_joined_to_speakers_entities_and_articles(sample: Dataset) -> None:
    nodes, edges = by_id(drawn(sample, claims=True))
    claim = nodes["claim:questions-strength"].values
    assert (claim["kind"], claim["predicate"], claim["value"]) == ("claim", "kg:strength", "up to 10 people (deployed)")
    assert claim["article"] == "article:questions-about-the-legion"
    roles = {
        str(edge.values["predicate"]): edge.target for edge in edges.values() if edge.source.endswith("ons-strength")
    }
    assert roles["rdf:subject"] == "unit:sample-legion"
    assert roles["kg:speaker"] == "person:questions-unnamed-1"
    assert roles["kg:speaksFor"] == "unit:northland-army"
    assert roles["oa:hasSource"] == "article:questions-about-the-legion"
    disputed = edges["claim:questions-adviser-disputes.object.claim:questions-not-in-battle"]
    assert disputed.target in nodes
    # The spokesman did say it; only what he says is denied.
    denial = "claim:questions-not-in-battle"
    assert edges[f"{denial}.speaker.person:questions-unnamed-1"].asserted
    assert edges[f"{denial}.object.event:battle-of-the-example-river"].values["label"] == "denied: object"


def test_every_chosen_claim_is_a_node_and_no_other(sample: Dataset) -> None:
    selection = Selection(articles=(expand("article:legion-reprinted"),))
    nodes, edges = by_id(drawn(sample, claims=True, selection=selection))
    chosen = {shorten(claim.iri) for claim in select(sample.store, selection).claims}
    assert {name for name in nodes if name.startswith("claim:")} == chosen
    assert {edge.source for edge in edges.values()} <= chosen


def test_identifiers_are_name_tokens_and_differ() -> None:
    assert identifier(expand("unit:sample-legion")) == "unit:sample-legion"
    odd = [expand("unit:x") + tail for tail in ("_", "_5f_", "é", "%20", "/y", "#z")]
    found = [identifier(one) for one in odd]
    assert len(set(found)) == len(odd)
    assert all(set(one) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:._-") for one in found)


# --- GEXF, nothing, and any text ---


@pytest.mark.parametrize("claims", [False, True])
def test_networkx_reads_gexf_with_time(claims: bool, graph: Dataset) -> None:
    drawing = drawn(graph, claims=claims)
    found = networkx.read_gexf(BytesIO(export(graph, "gexf", Options(claims=claims))))
    assert found.graph["mode"] == "dynamic"
    nodes, edges = written(drawing)
    for values in (*nodes.values(), *(own for *_, own in edges.values())):
        values |= {name: values[day] for name, day in (("start", "first"), ("end", "last")) if day in values}
    assert dict(found.nodes(data=True)) == nodes
    assert {own["id"]: (one, other, own) for one, other, own in found.edges(data=True)} == edges
    assert any("start" in own for own in nodes.values()) and any("start" in own for *_, own in edges.values())


@pytest.mark.filterwarnings("ignore:Could not add edge ids:RuntimeWarning")
@pytest.mark.parametrize("claims", [False, True])
def test_empty_selection_is_a_valid_empty_network(claims: bool, sample: Dataset, tmp_path: Path) -> None:
    for dialect in DIALECTS:
        data = export(sample, "graphml", Options(dialect, claims), selection=NOTHING)
        assert len(networkx.read_graphml(BytesIO(data))) == 0
        path = tmp_path / "empty.graphml"
        path.write_bytes(data)
        assert igraph.Graph.Read_GraphML(str(path)).vcount() == 0
    assert len(networkx.read_gexf(BytesIO(export(sample, "gexf", Options(claims=claims), selection=NOTHING)))) == 0


@given(st.text())
def test_any_text_comes_back_from_xml_with_pictures_for_what_xml_cannot_hold(label: str) -> None:
    node = Node("unit:x", {"label": label})
    edge = Edge("statement:x", "unit:x", "unit:x", label, True, {"label": label})
    drawing = PropertyGraph((Column("label"),), (Column("label"),), (node,), (edge,))
    out = BytesIO()
    graphml(drawing, "gephi", out)
    root = ElementTree.fromstring(out.getvalue())
    assert [one.text or "" for one in root.iter(f"{GRAPHML}data")] == [shown(label), shown(label)]
    assert next(root.iter(f"{GRAPHML}edge")).get("label") == shown(label)
