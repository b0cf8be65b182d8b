"""Verdicts: laws for any claims, the labelled pairs, reasons, and the sweep compared with trying all pairs."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from math import inf
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Store
from support.invented_claims import (
    NUMBERS,
    OTHER,
    UNIT,
    WORLD,
    claim,
    dated,
    iri,
    quantity,
    some_claims,
    two_claims,
    untimed,
)
from support.labelled_pairs import Case, cases, judged, store_of
from support.paths import ROOT

from kg.analysis.conflicts import Conflict, compare, conflicts, judge
from kg.analysis.reasons import Dependence, Doubt, Kind, Reason
from kg.analysis.verdict_context import Context
from kg.analysis.verdicts import HIDDEN, SHOWN, VERDICTS, decide, pair_of
from kg.claims.background import KG, Background, background
from kg.claims.claim import Claim, claims
from kg.project.dataset import Source, read, sources

AGREEING = ("agreement", "echo", "refinement")


def verdict_on(a: Claim, b: Claim, beside: Iterable[Claim] = ()) -> str:
    found = judge(pair_of(a, b, Context((a, b, *beside), WORLD)))
    return found.verdict if found else "none"


def by_trying(every: list[Claim], background: Background = WORLD) -> set[Conflict]:
    context = Context(every, background)
    found = (judge(pair_of(a, b, context)) for a, b in combinations(every, 2))
    return {one for one in found if one is not None}


def meet(a: Claim, b: Claim) -> bool:
    if not (a.not_before and a.not_after and b.not_before and b.not_after):
        return False
    return a.not_before <= b.not_after and b.not_before <= a.not_after


def loaded(files: Iterable[Source]) -> Store:
    store = Store()
    for source in files:
        read(store, source)
    return store


# --- Laws ---


@untimed
@given(two_claims())
def test_a_verdict_does_not_depend_on_which_claim_comes_first(two: tuple[Claim, Claim]) -> None:
    context = Context(two, WORLD)
    a, b = two
    assert judge(pair_of(a, b, context)) == judge(pair_of(b, a, context))


@untimed
@given(some_claims(), st.randoms(use_true_random=False))
def test_verdicts_do_not_depend_on_the_order_of_claims(every: list[Claim], random: Random) -> None:
    shuffled = list(every)
    random.shuffle(shuffled)
    assert by_trying(every) == by_trying(shuffled)


@settings(deadline=None, max_examples=5)
@given(st.permutations(sources(ROOT)))
def test_verdicts_do_not_depend_on_the_order_of_files(files: list[Source]) -> None:
    assert conflicts(loaded(files), VERDICTS) == conflicts(loaded(sources(ROOT)), VERDICTS)


@untimed
@given(two_claims(), st.sampled_from(("Planned", "Hoped", "Hypothetical")), st.booleans())
def test_no_claim_contradicts_a_planned_hoped_or_hypothetical_one(
    two: tuple[Claim, Claim], mood: str, both: bool
) -> None:
    a, b = replace(two[0], modality=KG + mood), two[1]
    assert verdict_on(a, replace(b, modality=KG + mood) if both else b) != "contradiction"


@untimed
@given(two_claims())
def test_claims_about_different_days_contradict_each_other_only_about_totals_and_single_events(
    two: tuple[Claim, Claim],
) -> None:
    if verdict_on(*two) == "contradiction" and not meet(*two):
        apart = {f"{KG}formed", f"{KG}occurredOn", f"{KG}duration", f"{KG}casualties"}
        assert {one.predicate for one in two} <= apart


@settings(deadline=None, max_examples=300)
@given(two_claims(), st.integers(0, 3), st.integers(0, 3))
def test_widening_the_days_of_a_claim_makes_no_agreement_a_contradiction(
    two: tuple[Claim, Claim], less: int, more: int
) -> None:
    a, b = two
    if a.not_before and a.not_after and verdict_on(a, b) in AGREEING:
        wider = replace(a, not_before=a.not_before - timedelta(less), not_after=a.not_after + timedelta(more))
        assert verdict_on(wider, b) != "contradiction"


@settings(deadline=None, max_examples=300)
@given(two_claims(), st.data())
def test_widening_the_range_of_a_claim_makes_no_agreement_a_contradiction(
    two: tuple[Claim, Claim], data: st.DataObject
) -> None:
    a, b = two
    known = WORLD.quantities.get(a.object.value) if isinstance(a.object, NamedNode) else None
    if known is not None and verdict_on(a, b) in AGREEING:
        low = data.draw(st.sampled_from([number for number in NUMBERS if number <= known.low]))
        high = data.draw(st.sampled_from([number for number in (*NUMBERS, inf) if number >= known.high]))
        assert verdict_on(replace(a, object=NamedNode(iri(quantity(low, high, known.unit)))), b) != "contradiction"


@untimed
@given(two_claims(), st.integers(0, 8), st.integers(0, 4), st.integers(1, 4))
def test_a_range_split_into_equal_claims_is_judged_as_the_whole(
    two: tuple[Claim, Claim], first: int, part: int, rest: int
) -> None:
    a, b = two
    # An amount over a period is not that over each half of it; of what happened once the bounds are the value.
    if a.predicate in {f"{KG}applications", f"{KG}formed", f"{KG}occurredOn"}:
        return
    middle, last = first + part, first + part + rest
    halves = [dated(a, first, middle), replace(dated(a, middle + 1, last), iri=iri("claim:d"))]
    of_halves = {verdict_on(half, b, halves) for half in halves}
    # A half that does not reach the other claim's days is about other days; the other half decides.
    of_halves -= {"different-time"} if len(of_halves) > 1 else set()
    if a.predicate == f"{KG}duration":
        # Time passes from one half to the other, so that one of them can be further off.
        of_halves = {min(of_halves, key=(*VERDICTS, "none").index)}
    assert of_halves == {verdict_on(dated(a, first, last), b)}


@settings(deadline=None, max_examples=300)
@given(some_claims(most=12))
def test_the_sweep_finds_what_trying_all_pairs_finds(every: list[Claim]) -> None:
    linked = {tuple(sorted((one.iri, other))) for one in every for other in (*one.derived_from, *one.revises)}
    tried = {one for one in by_trying(every) if one.verdict in SHOWN and one.claims not in linked}
    context = Context(every, WORLD)
    by_subject = [[one for one in every if one.subject == subject] for subject in {one.subject for one in every}]
    swept = {one for group in by_subject for one in compare(group, context)}
    assert {one for one in swept if one.claims not in linked} == tried


def test_the_sweep_finds_a_window_over_a_seam_with_both_claims_at_the_seam() -> None:
    case = next(one for one in cases() if one.title.startswith("the window reaches over the seam"))
    found = {one.claims for one in conflicts(store_of(case)).shown}
    assert found == {(iri("claim:a"), iri("claim:b")), (iri("claim:a"), iri("claim:c"))}


# --- The whole graph at once ---


def test_pairs_that_are_not_shown_are_counted_by_verdict() -> None:
    case = next(one for one in cases() if one.title == "two outlets count the same men on the same day")
    store = store_of(case)
    shown, every = conflicts(store), conflicts(store, VERDICTS)
    assert [one.verdict for one in shown.shown] == ["contradiction"] and shown.hidden == {}
    assert every == shown
    assert conflicts(store, HIDDEN).hidden == {"contradiction": 1}


def test_conflicts_of_an_entity_are_those_with_a_claim_about_it() -> None:
    case = next(
        one for one in cases() if one.title == "two who speak for one ministry" or "for one ministry" in one.title
    )
    store = store_of(case)
    assert conflicts(store, VERDICTS, about=iri("person:mayor-orlo")).shown
    assert not conflicts(store, VERDICTS, about=iri("person:captain-vex")).shown


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.file}: {case.title}")
def test_the_sweep_shows_the_labelled_pair_if_it_is_to_be_shown(case: Case) -> None:
    store, pair = store_of(case), (iri("claim:a"), iri("claim:b"))
    swept = {one.claims: one.verdict for one in conflicts(store).shown}
    assert swept.get(pair, "none") == (case.expected if case.expected in SHOWN else "none")
    tried = {one.claims: one.verdict for one in conflicts(store, VERDICTS).shown}
    assert tried.get(pair, "none") == case.expected


@pytest.mark.parametrize("verdicts", [SHOWN, VERDICTS])
def test_conflicts_come_hardest_first_and_sorted(verdicts: tuple[str, ...]) -> None:
    found = conflicts(loaded(sources(ROOT)), verdicts).shown
    keys = [(VERDICTS.index(one.verdict), one.subject, one.predicate, one.claims) for one in found]
    assert keys == sorted(keys)
    assert all(one.claims[0] < one.claims[1] for one in found)
    assert len({one.claims for one in found}) == len(found)


def test_many_claims_that_agree_are_not_compared_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [dated(claim(f"c{number}", UNIT, "memberOf", OTHER), 0, 9) for number in range(300)]
    every.append(replace(every[0], iri=iri("claim:x"), polarity=f"{KG}Denied", article=iri("article:herald-1")))
    looked_at = 0

    def counted(pair: object) -> None:
        nonlocal looked_at
        looked_at += 1

    monkeypatch.setattr("kg.analysis.conflicts.decide", counted)
    compare(every, Context(every, WORLD))
    assert looked_at == 300


# --- The labelled pairs ---


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.file}: {case.title}")
def test_the_verdict_is_that_of_a_careful_reader(case: Case) -> None:
    found = judged(case)
    given_ = found.verdict if found else "none"
    assert given_ == case.expected, f"{case.why}; but: {found.reason if found else 'no verdict'}"


def test_each_verdict_is_labelled_often_and_each_file_has_near_misses() -> None:
    every = cases()
    expected = Counter(case.expected for case in every)
    assert len(every) >= 60
    assert all(expected[name] >= 5 for name in (*VERDICTS, "none")), expected
    for name in (*VERDICTS, "none"):
        own = [case for case in every if case.file == f"{name}.txt"]
        assert any("near miss" in case.title for case in own) or name == "contradiction", name
    assert len({case.title for case in every}) == len(every), "two cases have one title"


# --- Reasons ---


def labelled(title: str) -> Case:
    return next(case for case in cases() if case.title == title)


def decided(case: Case) -> Reason | None:
    store = store_of(case)
    every = {one.iri: one for one in claims(store)}
    decision = decide(pair_of(every[iri("claim:a")], every[iri("claim:b")], Context(every.values(), background(store))))
    return None if decision is None else decision[1]


def test_each_kind_of_reason_is_given_for_a_labelled_pair() -> None:
    reasons = [reason for case in cases() if (reason := decided(case)) is not None]
    assert {reason.kind for reason in reasons} == set(Kind), (
        "add a case to tests/verdicts/ for each kind that is missing"
    )


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        (
            "easy and strict in one article",
            Reason(kind=Kind.ONE_VALUE_AT_A_TIME, one_article=True, doubts=((Doubt.UNDATED, 2),)),
        ),
        ("one side says probably", Reason(kind=Kind.NUMBERS, doubts=((Doubt.UNCERTAIN, 1),))),
        ("two plans for one strength", Reason(kind=Kind.NUMBERS, doubts=((Doubt.PLANNED, 2),))),
        ("a fifth more", Reason(kind=Kind.SPREAD, numbers=(1.2, 1.25))),
        (
            "a reprint",
            Reason(kind=Kind.DEPENDENT, entities=(iri("article:post-may-4"),), dependence=Dependence.SOURCE),
        ),
        (
            "the mayor gives another number for the same day",
            Reason(kind=Kind.SAID_OTHERWISE, entities=(iri("person:mayor-orlo"),), day=date(2021, 6, 20)),
        ),
        ("near miss: of unknown origin", Reason(kind=Kind.SAME, doubts=((Doubt.UNKNOWN_ORIGIN, 2),))),
    ],
)
def test_the_table_gives_reasons_as_values(title: str, reason: Reason) -> None:
    assert decided(labelled(title)) == reason


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("those who fight and those who would like to", "they count different populations"),
        (
            "a duration against the start that the same article gives",
            "796 to 823 days passed from that start to that day, and both are in one article",
        ),
        ("the mayor gives another number for the same day", "Mayor Orlo said something else on 20 June 2021"),
        (
            "one of the numbers has no date",
            "no number fits both; it would be a contradiction if both were dated, but one is not dated",
        ),
        (
            "for and against, undated",
            "'opposes' and 'supports' exclude each other; it would be a contradiction if both were dated",
        ),
        (
            "a number changed on the way",
            "when it was carried over, the value 48 people (deployed) became 480 people (deployed)",
        ),
        ("a reprint", "they agree, but are not independent: both have the same source article, The Post of 4 May"),
        ("near miss: of unknown origin", "they agree, but the origin of both is unknown"),
    ],
)
def test_a_reason_is_rendered_as_a_sentence(title: str, words: str) -> None:
    conflict_ = judged(labelled(title))
    assert conflict_ is not None
    assert f": {words}" in conflict_.reason


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.file}: {case.title}")
def test_no_detail_of_a_reason_is_left_out_of_its_sentence(case: Case) -> None:
    conflict_ = judged(case)
    assert conflict_ is None or not set("{}.") & set(re.sub(r"\d\.\d", "", conflict_.reason))


def test_the_reason_tells_the_two_claims_first() -> None:
    conflict_ = judged(labelled("those who fight and those who would like to"))
    assert conflict_ is not None
    assert conflict_.reason.startswith(
        "'strength' 24 to 99 people (deployed) on 3 May 2021, reported by Harbour Post, against "
        "'applications' more than 300 people (candidate) on 3 May 2021, reported by River Herald: "
    )


def test_the_earlier_report_is_told_first() -> None:
    conflict_ = judged(labelled("the mayor gives another number for the same day"))
    assert conflict_ is not None
    assert conflict_.reason.index("48 people") < conflict_.reason.index("480 people")


# --- Counts ---


def test_with_no_pairs_to_count_the_hidden_ones_are_one_number_and_the_shown_ones_the_same() -> None:
    store = store_of(labelled("one of the numbers has no date"))
    every, few = conflicts(store, ["drift"]), conflicts(store, ["drift"], counted=0)
    assert (every.hidden, every.uncounted) == ({"tension": 1}, 0)
    assert (few.hidden, few.uncounted) == ({}, 1)
    assert conflicts(store, counted=0).shown == conflicts(store).shown
    # Where each pair is looked at anyway, each is counted.
    assert conflicts(store, HIDDEN, counted=0).hidden == {"tension": 1}


def test_pairs_that_do_not_touch_the_entity_are_not_counted() -> None:
    store = store_of(labelled("the mayor gives another number for the same day"))
    for counted in (0, 100):
        assert conflicts(store, ["drift"], iri("person:captain-vex"), counted=counted).hidden == {}
        assert conflicts(store, ["drift"], iri("person:captain-vex"), counted=counted).uncounted == 0
