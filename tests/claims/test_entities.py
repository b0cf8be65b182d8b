"""Entities found by name."""

from itertools import permutations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.claims.entities import completions, is_a, label, resolve, superclasses
from kg.claims.search import search
from kg.errors import NameUnknownError
from kg.project.dataset import Dataset
from kg.rdf.namespaces import PREFIXES, expand

LEGION = expand("unit:sample-legion")


@pytest.mark.parametrize(
    "name",
    [
        "unit:sample-legion",
        "<https://w3id.org/hearsay/unit/sample-legion>",
        "Sample Legion",
        "sample legion",
        "sample-legion",
        " unit:sample-legion ",
        " sample-legion ",
    ],
)
def test_an_entity_is_found_by_each_of_its_names(sample: Dataset, name: str) -> None:
    assert resolve(sample.store, name) == LEGION


def test_an_entity_of_another_class_is_refused(sample: Dataset) -> None:
    assert resolve(sample.store, "unit:sample-legion", expand("kg:Actor")) == LEGION
    with pytest.raises(NameUnknownError, match="'unit:sample-legion' is not of class person"):
        resolve(sample.store, "unit:sample-legion", expand("kg:Person"))


def _described(*entities: tuple[str, str, str | None]) -> Store:
    """Return a store with units, each given by its name, a label, and the label's language."""
    store = Store()
    for name, text, language in entities:
        node = NamedNode(expand(name))
        store.add(Quad(node, NamedNode(f"{PREFIXES['rdf']}type"), NamedNode(expand("kg:Unit"))))
        store.add(Quad(node, NamedNode(f"{PREFIXES['rdfs']}label"), Literal(text, language=language)))
    return store


def test_a_label_of_two_entities_is_refused_with_both() -> None:
    with pytest.raises(NameUnknownError, match="'twin' names 2 entities; give one of group:a, unit:a"):
        resolve(_described(("unit:a", "Twin", "en"), ("group:a", "Twin", "en")), "twin")


@pytest.mark.parametrize("typed", ["Café", "Cafe\u0301", "CAFE\u0301"])
@pytest.mark.parametrize("written", ["Café", "Cafe\u0301"])
def test_letters_are_compared_as_they_look(typed: str, written: str) -> None:
    store = _described(("unit:a", written, "fr"))
    assert resolve(store, typed) == expand("unit:a")
    assert [hit.iri for hit in search(store, typed)] == [expand("unit:a")]


def test_of_several_labels_the_english_one_counts_and_then_the_alphabet() -> None:
    some = [("unit:a", "Zug", "de"), ("unit:a", "Alpha", "fr"), ("unit:a", "Beta", "fr")]
    for order in permutations(some):
        assert label(_described(*order), expand("unit:a")) == "Alpha"
    assert label(_described(*some, ("unit:a", "Zulu", "en")), expand("unit:a")) == "Zulu"


def test_an_iri_that_is_none_for_the_store_is_refused() -> None:
    with pytest.raises(NameUnknownError, match=r"'https://a\.example/%zz' is not an IRI: "):
        resolve(Store(), "https://a.example/%zz")


def test_a_near_miss_is_suggested(sample: Dataset) -> None:
    with pytest.raises(NameUnknownError, match="did you mean 'unit:sample-legion'"):
        resolve(sample.store, "unit:sample-legoin")
    with pytest.raises(NameUnknownError, match="did you mean 'Sample Legion'"):
        resolve(sample.store, "Sample Legoin")


def test_a_cycle_of_classes_does_no_harm() -> None:
    store = Store()
    a, b = NamedNode("https://a.example/a"), NamedNode("https://a.example/b")
    for one, other in ((a, b), (b, a)):
        store.add(Quad(one, NamedNode(f"{PREFIXES['rdfs']}subClassOf"), other))
    assert superclasses(store, a.value) == {a.value, b.value}


def test_kinds_are_inherited(sample: Dataset) -> None:
    assert is_a(sample.store, LEGION, expand("kg:Organisation"))
    assert not is_a(sample.store, LEGION, expand("kg:Person"))


def test_a_label_falls_back_to_the_short_name(sample: Dataset) -> None:
    assert label(sample.store, LEGION) == "Sample Legion"
    assert label(sample.store, expand("unit:unheard-of")) == "unit:unheard-of"


def test_search_puts_equal_names_first_and_claims_last(sample: Dataset) -> None:
    hits = search(sample.store, "sample legion")
    assert hits[0].iri == LEGION
    kinds = [hit.iri.startswith(PREFIXES["claim"]) for hit in hits]
    assert kinds == sorted(kinds)
    assert True in kinds


def test_blanks_around_a_search_change_nothing(sample: Dataset) -> None:
    assert search(sample.store, "  Sample \t Legion ") == search(sample.store, "Sample Legion")


def test_search_keeps_to_the_kinds_asked_for(sample: Dataset) -> None:
    assert {hit.iri for hit in search(sample.store, "sample", ("unit",))} == {LEGION}
    assert search(sample.store, "   ") == ()
    with pytest.raises(NameUnknownError, match="unknown kind 'unti'; did you mean 'unit'"):
        search(sample.store, "x", ("unti",))


def test_completion_offers_claims_only_when_asked(sample: Dataset) -> None:
    assert "unit:sample-legion" in completions(sample.store, "unit:")
    assert not any(name.startswith("claim:") for name in completions(sample.store, "c"))
    assert all(name.startswith("claim:") for name in completions(sample.store, "claim:"))
    assert completions(sample.store, "claim:")
