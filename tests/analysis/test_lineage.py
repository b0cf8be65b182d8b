"""Lineage of a claim: passages, article, the article's derivation, and changes of claims carried over."""

import pytest
from pyoxigraph import Store
from support.invented_claims import iri
from support.labelled_pairs import Case, store_of
from support.paths import ROOT

from kg.analysis.lineage import Derivation, lineage
from kg.claims.claim import claims
from kg.errors import NameUnknownError
from kg.project.dataset import read, sources

LINES = (
    (
        "a",
        "post-may-4 | unit:heron-company kg:strength 48 person | counts Serving | speaker person:mayor-orlo | probable",
    ),
    ("b", "gazette-may-6 | unit:heron-company kg:strength 480 person | counts Serving | carried-from a"),
    ("c", "leaf-may-9 | unit:heron-company kg:strength 480 person | counts Serving | carried-from b"),
    ("d", "herald-july-1 | unit:heron-company kg:strength 50 person | counts Serving | revises c"),
)


def store() -> Store:
    return store_of(Case("", "", LINES, "", ""))


def chain(derivation: Derivation) -> list[str]:
    return [derivation.article.label, *(label for parent in derivation.parents for label in chain(parent))]


def test_the_chain_goes_to_the_root() -> None:
    assert chain(lineage(store(), iri("claim:c")).derivation) == [
        "The Leaf's retelling of the Gazette's reprint",
        "The Gazette's reprint of the Post of 4 May",
        "The Post of 4 May",
    ]


def test_changes_are_told_for_each_claim_that_was_carried_over() -> None:
    found = lineage(store(), iri("claim:c"))
    (nearer,) = found.parents
    assert (nearer.claim.iri, nearer.changes) == (iri("claim:b"), ())
    (source,) = nearer.parents
    assert source.claim.iri == iri("claim:a")
    assert source.changes == (
        ("value", "48 people (serving) became 480 people (serving)"),
        ("certainty", "probable became certain"),
        ("speaker", "Mayor Orlo became Island Gazette"),
    )


def test_claims_carried_over_from_it_and_claims_that_correct_it_are_named() -> None:
    assert lineage(store(), iri("claim:a")).onward == (iri("claim:b"),)
    assert lineage(store(), iri("claim:c")).revised_by == (iri("claim:d"),)


def test_an_article_that_stands_in_the_tree_already_is_not_expanded_again() -> None:
    ring = store()
    text = b"""PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX article: <https://w3id.org/hearsay/article/>
    article:post-may-4 prov:wasDerivedFrom article:gazette-may-6 ."""
    from pyoxigraph import RdfFormat

    ring.load(text, format=RdfFormat.TURTLE)
    derivation = lineage(ring, iri("claim:b")).derivation
    assert derivation.parents[0].parents[0].again


def test_a_claim_that_does_not_exist_is_named_with_a_near_miss() -> None:
    with pytest.raises(NameUnknownError, match="no claim 'claim:legion-strenght'"):
        lineage(store(), iri("claim:legion-strenght"))


def test_each_claim_of_the_real_graph_has_passages_and_an_article() -> None:
    real = Store()
    for source in sources(ROOT):
        read(real, source)
    some = [one.iri for one in claims(real)][::25]
    for one in some:
        found = lineage(real, one)
        assert found.passages
        assert found.derivation.article.iri == found.claim.article
        assert {passage.iri for passage in found.passages} == set(found.claim.passages)
