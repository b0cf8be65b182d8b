"""The network of entities and the shortest paths through it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Store
from support.invented_claims import iri
from support.labelled_pairs import Case, store_of
from support.paths import ROOT

from kg.analysis.network import Link, Step, joining, network, paths
from kg.claims.background import KG
from kg.errors import NameUnknownError
from kg.project.dataset import read, sources

CHAIN = (
    "post-may-4 | person:captain-vex kg:memberOf unit:heron-company",
    "herald-may-5 | person:captain-vex kg:memberOf unit:heron-company",
    "post-may-4 | unit:heron-company kg:fightsAgainst unit:otter-battalion",
    "post-may-4 | person:clerk-imra kg:memberOf unit:otter-battalion",
)
VEX, HERON, OTTER, IMRA = (
    iri(name) for name in ("person:captain-vex", "unit:heron-company", "unit:otter-battalion", "person:clerk-imra")
)


def of(*lines: str) -> Store:
    return store_of(Case("", "", tuple(zip("abcdefgh", lines, strict=False)), "", ""))


def real() -> Store:
    store = Store()
    for source in sources(ROOT):
        read(store, source)
    return store


def test_a_path_gives_each_step_with_its_statements_and_their_claims() -> None:
    assert paths(of(*CHAIN), VEX, OTTER) == (
        (
            Step(VEX, HERON, (Link(f"{KG}memberOf", True, (iri("claim:a"), iri("claim:b")), 2),)),
            Step(HERON, OTTER, (Link(f"{KG}fightsAgainst", True, (iri("claim:c"),), 1),)),
        ),
    )


def test_a_step_may_go_against_its_statement() -> None:
    (path,) = paths(of(*CHAIN), VEX, IMRA)
    assert [(step.end, [link.forward for link in step.links]) for step in path] == [
        (HERON, [True]),
        (OTTER, [True]),
        (IMRA, [False]),
    ]


def test_all_shortest_paths_are_returned_in_order_up_to_the_limit() -> None:
    store = of(
        "post-may-4 | person:captain-vex kg:supports topic:strict",
        "post-may-4 | person:captain-vex kg:supports topic:easy",
        "post-may-4 | person:clerk-imra kg:opposes topic:easy",
        "post-may-4 | person:clerk-imra kg:opposes topic:strict",
    )
    through = [path[0].end for path in paths(store, VEX, IMRA)]
    assert through == [iri("topic:easy"), iri("topic:strict")]
    assert [path[0].end for path in paths(store, VEX, IMRA, limit=1)] == through[:1]


def test_only_statements_with_enough_origins_count() -> None:
    store = of(*CHAIN)
    assert len(paths(store, VEX, HERON, independent=2)) == 1
    assert paths(store, VEX, OTTER, independent=2) == ()


def test_planned_and_denied_statements_join_no_entities() -> None:
    store = of(
        "post-may-4 | person:captain-vex kg:memberOf unit:heron-company | denied",
        "post-may-4 | person:captain-vex kg:memberOf unit:heron-company | planned",
        "post-may-4 | person:captain-vex kg:did topic:easy",
        "post-may-4 | unit:heron-company kg:did topic:strict",
    )
    assert paths(store, VEX, HERON) == ()


def test_a_number_of_people_joins_no_entities() -> None:
    strength = "kg:strength 48 person | counts Serving"
    assert not list(
        joining(of(f"post-may-4 | unit:heron-company {strength}", f"post-may-4 | unit:otter-battalion {strength}"))
    )


def test_a_path_from_an_entity_to_itself_has_no_steps() -> None:
    assert paths(of(*CHAIN), VEX, VEX) == ((),)


def test_an_entity_that_no_claim_joins_is_named_with_a_near_miss() -> None:
    with pytest.raises(
        NameUnknownError, match="no claim connects 'unit:heron-compani' to another entity; did you mean 'unit:heron"
    ):
        paths(of(*CHAIN), iri("unit:heron-compani"), OTTER)


def test_each_edge_of_the_network_is_a_statement_with_its_claims() -> None:
    graph = network(of(*CHAIN))
    edges = [(start, end, data["predicate"], data["origins"]) for start, end, data in graph.edges(data=True)]
    assert sorted(edges) == [
        (VEX, HERON, f"{KG}memberOf", 2),
        (IMRA, OTTER, f"{KG}memberOf", 1),
        (HERON, OTTER, f"{KG}fightsAgainst", 1),
    ]


@settings(deadline=None, max_examples=8)
@given(st.data())
def test_paths_through_the_real_graph_connect_and_are_as_many_in_both_directions(data: st.DataObject) -> None:
    store = real()
    nodes = sorted(network(store))
    start, end = data.draw(st.sampled_from(nodes)), data.draw(st.sampled_from(nodes))
    there, back = paths(store, start, end, limit=50), paths(store, end, start, limit=50)
    assert len(there) == len(back)
    for path in there:
        places = [start, *(step.end for step in path)]
        assert places[-1] == end
        assert [step.start for step in path] == places[:-1]
        assert all(step.links and all(link.claims for link in step.links) for step in path)
