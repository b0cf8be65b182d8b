"""The timeline: in order, with bounds as bounds, the undated apart."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.invented_claims import iri, untimed
from support.labelled_pairs import Case, store_of

from kg.analysis.timeline import Timeline, timeline
from kg.analysis.wording import span_words


def of(*lines: str, about: str | None = None) -> Timeline:
    numbered = tuple((name, line) for name, line in zip("abcdefgh", lines, strict=False))
    return timeline(store_of(Case("", "", numbered, "", "")), about)


def test_entries_come_in_the_order_of_their_first_then_last_day() -> None:
    found = of(
        "post-may-4 | unit:heron-company kg:deployedTo place:tarn | throughout 2021-05-03 2021-05-09",
        "post-may-4 | unit:heron-company kg:did topic:easy | throughout 2021-05-03",
        "post-may-4 | unit:heron-company kg:formed 2020-03-01",
    )
    assert [one.claims for one in found.dated] == [(iri("claim:c"),), (iri("claim:b"),), (iri("claim:a"),)]
    assert not found.undated


def test_undated_claims_stand_apart() -> None:
    found = of("post-may-4 | unit:heron-company kg:did topic:easy")
    assert not found.dated
    assert [(one.first, one.when) for one in found.undated] == [(None, "undated")]


def test_claims_that_say_the_same_of_the_same_days_are_one_entry() -> None:
    line = "unit:heron-company kg:strength 48 person | counts Serving | throughout 2021-05-03"
    found = of(f"post-may-4 | {line}", f"herald-may-5 | {line}")
    assert [one.claims for one in found.dated] == [(iri("claim:a"), iri("claim:b"))]


def test_a_claim_that_dates_something_once_for_all_is_an_event() -> None:
    found = of(
        "post-may-4 | event:siege-of-tarn kg:occurredOn event:siege-of-tarn | within 2021-04-01 2021-04-05",
        "post-may-4 | unit:heron-company kg:did topic:easy | throughout 2021-05-03",
    )
    assert [(one.kind, one.when) for one in found.dated] == [
        ("event", "between 1 and 5 April 2021"),
        ("claim", "on 3 May 2021"),
    ]


def test_only_claims_about_the_entity_are_shown_on_request() -> None:
    lines = (
        "post-may-4 | unit:heron-company kg:deployedTo place:tarn | throughout 2021-05-03",
        "post-may-4 | unit:otter-battalion kg:did topic:easy | throughout 2021-05-03 | at place:tarn",
        "post-may-4 | unit:otter-battalion kg:did topic:strict | throughout 2021-05-03",
    )
    assert len(of(*lines).dated) == 3
    assert len(of(*lines, about=iri("place:tarn")).dated) == 2


@pytest.mark.parametrize(
    ("first", "last", "throughout", "words"),
    [
        ("2022-05-11", "2022-05-11", True, "on 11 May 2022"),
        ("2022-05-11", "2022-05-11", False, "on 11 May 2022"),
        ("2022-04-01", "2022-04-05", False, "between 1 and 5 April 2022"),
        ("2022-04-01", "2022-04-05", True, "from 1 to 5 April 2022"),
        ("2022-02-24", "2022-03-10", False, "between 24 February and 10 March 2022"),
        ("2021-12-31", "2022-01-01", True, "from 31 December 2021 to 1 January 2022"),
        ("2022-02-01", "2022-02-28", False, "in February 2022"),
        ("2024-02-01", "2024-02-28", False, "between 1 and 28 February 2024"),
        ("2023-01-01", "2023-12-31", False, "in 2023"),
        ("2023-01-01", "2023-12-31", True, "all through 2023"),
        ("2023-01-01", "2024-12-31", False, "between 1 January 2023 and 31 December 2024"),
    ],
)
def test_bounds_are_worded_as_bounds(first: str, last: str, throughout: bool, words: str) -> None:
    assert span_words(date.fromisoformat(first), date.fromisoformat(last), throughout=throughout) == words


@untimed
@given(st.dates(), st.dates(), st.booleans())
def test_different_bounds_have_different_words(one: date, other: date, throughout: bool) -> None:
    first, last = sorted((one, other))
    words = span_words(first, last, throughout=throughout)
    assert str(first.year) in words and str(last.year) in words
    if first != last:
        assert words != span_words(first, last, throughout=not throughout)
