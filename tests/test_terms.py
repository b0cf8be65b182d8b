"""Names short and long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import NameUnknownError
from kg.terms import BASE, KINDS, PREFIXES, expand, kind, shorten, suggest

SLUGS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True)


@given(st.sampled_from(sorted(PREFIXES)), SLUGS)
def test_expand_undoes_shorten(prefix: str, local: str) -> None:
    assert expand(shorten(PREFIXES[prefix] + local)) == PREFIXES[prefix] + local


@given(st.text(alphabet="abc:/.#-_<é ", max_size=12))
def test_shorten_gives_what_expand_takes_for_any_iri(tail: str) -> None:
    iri = f"https://example.org/{tail}".replace(" ", "").replace("<", "")
    assert expand(shorten(iri)) == iri


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


@pytest.mark.parametrize("name", ["plain", "unit:", "unit:a b", "unit:x>", "unit:x#y", "", ":x"])
def test_text_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(NameUnknownError):
        expand(name)


def test_suggestion_says_when_there_is_nothing_to_suggest() -> None:
    assert suggest("x", []) == "; there are none"
