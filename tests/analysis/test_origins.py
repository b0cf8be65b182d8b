"""Independence of claims: articles, outlets and origins, and the sources that join claims into one origin."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, Store
from support.invented_claims import WORLD, claim, dated, day, iri, some_claims, untimed
from support.labelled_pairs import VERDICTS
from support.paths import ROOT, VOCABULARY

from kg.analysis.origins import Independence, ancestors, independence, roots, statements
from kg.analysis.reasons import Dependence
from kg.claims.background import KG, Article, Background
from kg.claims.claim import Claim, claims
from kg.project.dataset import read, sources


def rest(*every: Claim, world: Background = WORLD) -> Independence:
    return independence(every, world, {one.iri: one for one in every})


def by(article: str, name: str = "", **more: tuple[str, ...]) -> Claim:
    return replace(claim(name or article), article=iri(f"article:{article}"), **more)  # type: ignore[arg-type]


def with_reprint(every: list[Claim], of: Claim) -> tuple[list[Claim], Background]:
    article = Article(
        iri("article:new"),
        "new",
        iri("organisation:new"),
        (),
        day(9),
        day(9),
        f"{KG}Derived",
        f"{KG}Repost",
        (of.article,),
    )
    world = replace(WORLD, articles={**WORLD.articles, article.iri: article})
    return [*every, replace(of, iri=iri("claim:new"), article=article.iri, derived_from=())], world


# --- Laws ---


@untimed
@given(some_claims(least=1))
def test_there_are_no_more_origins_than_outlets_and_no_more_outlets_than_articles(every: list[Claim]) -> None:
    found = rest(*every)
    assert 1 <= found.origins <= found.outlets <= found.articles <= len(every)


@untimed
@given(some_claims(least=1), st.data())
def test_a_reprint_never_raises_the_number_of_origins(every: list[Claim], data: st.DataObject) -> None:
    more, world = with_reprint(every, data.draw(st.sampled_from(every)))
    assert rest(*more, world=world).origins <= rest(*every).origins


@untimed
@given(some_claims(least=1), st.randoms(use_true_random=False))
def test_independence_does_not_depend_on_the_order_of_claims(every: list[Claim], random: Random) -> None:
    shuffled = list(every)
    random.shuffle(shuffled)
    assert rest(*every) == rest(*shuffled)


# --- Sources that join claims ---


def test_two_outlets_that_nothing_joins_are_two_origins() -> None:
    assert rest(by("post-1"), by("herald-1")) == Independence(2, 2, 2)


def test_one_article_is_one_origin_whoever_speaks_in_it() -> None:
    two = [by("post-1", name, speakers=(iri(f"person:{name}"),)) for name in ("orlo", "vex")]
    assert rest(*two) == Independence(1, 1, 1)


def test_a_reprint_and_its_source_are_one_origin() -> None:
    assert rest(by("post-1"), by("reprint")) == Independence(2, 2, 1, ((iri("article:post-1"), Dependence.SOURCE),))


def test_a_retelling_goes_back_through_the_reprint() -> None:
    assert rest(by("post-1"), by("retelling")).origins == 1
    assert ancestors(iri("article:retelling"), WORLD) == tuple(
        iri(f"article:{name}") for name in ("retelling", "reprint", "post-1")
    )


def test_an_update_begins_a_chain_of_its_own_for_drift_but_not_for_origins() -> None:
    update = iri("article:update")
    assert roots(update, WORLD) == {iri("article:post-1")}
    assert roots(update, WORLD, updates=False) == {update}


def test_articles_of_one_outlet_are_one_origin() -> None:
    assert rest(by("post-1"), by("post-2")) == Independence(2, 1, 1, ((iri("organisation:post"), Dependence.OUTLET),))


def test_a_source_outside_the_graph_joins_with_another_article_of_its_outlet() -> None:
    wire = Article(iri("article:wire-2"), "", iri("organisation:wire"), (), None, None, f"{KG}Original", None, ())
    world = replace(WORLD, articles={**WORLD.articles, wire.iri: wire})
    assert rest(by("from-wire"), by("wire-2"), world=world).origins == 1


def test_one_speaker_in_two_outlets_is_one_origin() -> None:
    orlo = (iri("person:orlo"),)
    found = rest(by("post-1", speakers=orlo), by("herald-1", speakers=orlo))
    assert found == Independence(2, 2, 1, ((orlo[0], Dependence.SPEAKER),))


def test_one_principal_is_not_one_speaker() -> None:
    office = (iri("organisation:office"),)
    a = by("post-1", speakers=(iri("person:orlo"),), speaks_for=office)
    b = by("herald-1", speakers=(iri("person:vex"),), speaks_for=office)
    assert rest(a, b).origins == 2


def test_claims_that_one_intermediary_handed_on_have_one_origin() -> None:
    wire = (iri("organisation:wire"),)
    found = rest(by("post-1", via=wire), by("herald-1", via=wire))
    assert found == Independence(2, 2, 1, ((wire[0], Dependence.INTERMEDIARY),))


def test_a_claim_carried_over_has_the_origin_of_its_source_even_beside_it() -> None:
    source = by("post-1")
    copy = by("herald-1", derived_from=(source.iri,))
    every = {one.iri: one for one in (source, copy)}
    other = by("post-2")
    assert independence([copy, other], WORLD, every).origins == 1
    assert independence([replace(copy, derived_from=()), other], WORLD, every).origins == 2


def test_an_article_of_unknown_origin_adds_no_origin_and_is_named() -> None:
    found = rest(by("blog"), by("post-1"), by("herald-1"))
    assert found == Independence(3, 3, 2, unknown=(iri("article:blog"),))
    assert rest(by("blog")) == Independence(1, 1, 1, unknown=(iri("article:blog"),))


def test_an_unknown_origin_does_not_join_two_known_ones() -> None:
    orlo = (iri("person:orlo"),)
    world = replace(
        WORLD,
        articles={
            **WORLD.articles,
            iri("article:blog"): replace(WORLD.articles[iri("article:blog")], publisher=iri("organisation:post")),
        },
    )
    every = (by("post-1"), by("herald-1", speakers=orlo), by("blog", speakers=orlo))
    assert rest(*every, world=world).origins == 2


def test_articles_that_derive_from_each_other_end_the_search() -> None:
    a, b = (
        replace(
            WORLD.articles[iri("article:reprint")], iri=iri(f"article:{one}"), derived_from=(iri(f"article:{other}"),)
        )
        for one, other in (("ring-a", "ring-b"), ("ring-b", "ring-a"))
    )
    world = replace(WORLD, articles={a.iri: a, b.iri: b})
    assert roots(a.iri, world) == roots(b.iri, world) == {iri("article:ring-a")}


# --- Statements ---


def stored(*every: Claim) -> Store:
    """Return a store with the claims and the world of the labelled pairs."""
    store = Store()
    for path in (*VOCABULARY, VERDICTS / "world.ttl"):
        store.load(path.read_bytes(), format=RdfFormat.TURTLE, to_graph=NamedNode(f"urn:{path.name}"))
    for one in every:
        lines = [f"<{one.iri}> a kg:Claim ; rdf:subject <{one.subject}> ; rdf:predicate <{one.predicate}> ;"]
        lines.append(f"rdf:object {one.object} ; kg:polarity <{one.polarity}> ; kg:modality <{one.modality}> ;")
        if one.not_before:
            lines.append(f'kg:notBefore "{one.not_before}"^^xsd:date ; kg:notAfter "{one.not_after}"^^xsd:date ;')
            lines.append(f"kg:extent <{one.extent}> ;")
        head = "".join(
            f"PREFIX {name}: <{value}>\n"
            for name, value in (
                ("kg", KG),
                ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
                ("xsd", "http://www.w3.org/2001/XMLSchema#"),
            )
        )
        text = f"{head}{' '.join(lines)} ."
        store.load(text.encode(), format=RdfFormat.TURTLE, to_graph=NamedNode(one.article))
    return store


def test_claims_that_say_the_same_of_days_that_meet_are_one_statement() -> None:
    every = [
        dated(by("post-may-4", "a"), 0, 5),
        dated(by("herald-may-5", "b"), 5, 9),
        dated(by("courier-june-20", "c"), 20, 25),
    ]
    found = statements(stored(*every))
    assert [(one.claims, one.origins) for one in found] == [
        ((iri("claim:a"), iri("claim:b")), 2),
        ((iri("claim:c"),), 1),
    ]
    assert (found[0].not_before, found[0].not_after) == (day(0), day(9))


def test_undated_claims_join_the_dated_ones_only_where_these_are_of_one_time() -> None:
    undated, may, june = (
        by("post-may-4", "a"),
        dated(by("herald-may-5", "b"), 0, 0),
        dated(by("blog-undated", "c"), 40, 40),
    )
    assert [len(one.claims) for one in statements(stored(undated, may))] == [2]
    assert [len(one.claims) for one in statements(stored(undated, may, june))] == [1, 1, 1]


def test_a_denial_is_another_statement() -> None:
    assert len(statements(stored(by("post-may-4", "a"), replace(by("herald-may-5", "b"), polarity=f"{KG}Denied")))) == 2


def test_every_claim_of_the_real_graph_stands_in_one_statement() -> None:
    store = Store()
    for source in sources(ROOT):
        read(store, source)
    found = statements(store)
    every = [claim_ for one in found for claim_ in one.claims]
    assert sorted(every) == [one.iri for one in claims(store)]
    assert all(1 <= one.origins <= one.outlets <= one.articles <= len(one.claims) for one in found)
