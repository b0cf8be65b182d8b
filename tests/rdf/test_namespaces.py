"""Names short and long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import NameUnknownError
from kg.rdf.namespaces import BASE, KINDS, PREFIXES, expand, kind, shorten, suggest

SLUGS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True)


@given(st.sampled_from(sorted(PREFIXES)), SLUGS)
def test_expand_undoes_shorten(prefix: str, local: str) -> None:
    assert expand(shorten(PREFIXES[prefix] + local)) == PREFIXES[prefix] + local


@given(st.sampled_from(["https://example.org/", "urn:isbn:", *PREFIXES.values()]), st.text("abc:/.#-_é", max_size=12))
def test_shorten_gives_what_expand_takes_for_any_iri(start: str, tail: str) -> None:
    assert expand(shorten(f"{start}a{tail}")) == f"{start}a{tail}"


def test_nothing_is_short_for_nothing() -> None:
    assert shorten("") == ""


def test_each_kind_has_its_own_prefix() -> None:
    assert all(PREFIXES[one] == f"{BASE}{one}/" for one in KINDS)


def test_kind_is_read_from_the_iri() -> None:
    assert kind(expand("unit:sample-legion")) == "unit"
    assert kind(expand("kg:strength")) is None
    assert kind(f"{BASE}unit/") is None
    assert kind("https://example.org/unit/x") is None


def test_unknown_prefix_names_the_near_one() -> None:
    with pytest.raises(NameUnknownError, match="unknown prefix 'untt:' in 'untt:x'; did you mean 'unit:'"):
        expand("untt:x")


def test_unknown_prefix_far_from_any_names_the_known_ones() -> None:
    with pytest.raises(NameUnknownError, match="known: article:, claim:"):
        expand("zzzzzzzz:x")


@pytest.mark.parametrize("name", ["plain", "unit:", "unit:a b", "unit:x>", "unit:x#y", "", ":x", "unit:x\n"])
def test_text_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(NameUnknownError):
        expand(name)


@pytest.mark.parametrize("name", ["<https://a.example/x", "https://a.example/x>", "<x>", "https://a.example/\udcff"])
def test_what_looks_like_an_iri_and_is_none_is_called_so(name: str) -> None:
    with pytest.raises(NameUnknownError, match="is not an IRI"):
        expand(name)


def test_a_near_miss_is_found_among_very_many_names() -> None:
    names = [f"claim:story-{number}" for number in range(20_000)] + ["unit:sample-legion"]
    assert suggest("unit:sample-legoin", names) == "; did you mean 'unit:sample-legion'?"
    assert suggest("unit:smaple-legion", names) == "; did you mean 'unit:sample-legion'?"


def test_what_is_known_is_named_once() -> None:
    assert suggest("zzz", ["a", "b", "a"]) == "; known: a, b"


def test_suggestion_says_when_there_is_nothing_to_suggest() -> None:
    assert suggest("x", []) == "; there are none"


def test_where_a_local_name_begins_can_be_seen_from_every_namespace() -> None:
    assert all(namespace.endswith(("/", "#")) for namespace in PREFIXES.values())
