"""The graph's offsets and digests against texts: on the sample, on damaged copies of it, on the real texts."""

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store

from kg.claims.claim import claims
from kg.claims.passages import Passage, anchor, cite, coverage, passages, passages_of, repair
from kg.claims.texts import articles, canonical, digest, text_of
from kg.errors import KgError, NameUnknownError, SourceError
from kg.output.results import passage_turtle
from kg.project.dataset import Dataset, load
from kg.rdf.namespaces import PREFIXES, expand
from kg.validation.evidence import EvidenceResult, results

RIVER = expand("article:legion-at-the-river")
ARTICLE = "graph/articles/legion-at-the-river.ttl"


@pytest.fixture
def copies(sample_texts: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample_texts, tmp_path / "texts")
    return tmp_path / "texts"


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _rules(found: Sequence[EvidenceResult]) -> set[str]:
    return {fault.rule for fault in found}


def test_canonical_text_has_no_mark_one_line_end_and_composed_letters() -> None:
    assert canonical("\ufeffa\r\nb\rcafe\u0301") == "a\nb\ncafé"


@given(st.text())
def test_canonical_text_is_canonical(text: str) -> None:
    once = canonical(text.removeprefix("\ufeff"))
    assert canonical(once.removeprefix("\ufeff")) == once.removeprefix("\ufeff")


def test_the_sample_is_covered_whole_and_without_fault(sample: Dataset, sample_texts: Path) -> None:
    assert results(sample.store, sample_texts) == ()
    for one in coverage(sample.store, sample_texts):
        assert (one.open, one.open_spans, one.share) == (0, (), 1.0)
        assert one.claimed + one.set_aside == one.characters == len("".join(text_of(one.article, sample_texts).split()))


def test_without_texts_white_space_between_passages_is_open(sample: Dataset) -> None:
    (one,) = coverage(sample.store, None, RIVER)
    assert one.verified is None
    assert one.characters == one.claimed + one.set_aside + one.open
    assert one.open == sum(end - start for start, end in one.open_spans) > 0


def test_a_length_that_no_text_has_is_still_counted(sample_root: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_root, tmp_path / "project")
    _edit(tmp_path / "project" / ARTICLE, "kg:textLength 1125 ;", "kg:textLength 999999999999 ;")
    (one,) = coverage(load(tmp_path / "project").store, None, RIVER)
    assert one.characters == 999_999_999_999
    assert one.open_spans[-1][1] == 999_999_999_999


def test_characters_in_two_passages_count_once_and_as_claimed(
    sample_root: Path, sample_texts: Path, tmp_path: Path
) -> None:
    shutil.copytree(sample_root, tmp_path / "project")
    store = load(tmp_path / "project").store
    (before,) = coverage(store, sample_texts, RIVER)
    made = [Passage(f"{expand('passage:over')}-{start}", RIVER, start, start + 60, None, None, 0) for start in (0, 40)]
    store.load(_turtle(made), format=RdfFormat.TURTLE)
    assert coverage(store, sample_texts, RIVER) == (before,)


def _turtle(some: Sequence[Passage]) -> bytes:
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    return (head + "".join(map(passage_turtle, some))).encode()


def test_coverage_counts_the_claims_of_each_article(sample: Dataset) -> None:
    counted = Counter(claim.article for claim in claims(sample.store))
    assert {one.article: one.claims for one in coverage(sample.store, None)} == dict(counted)


def test_passages_are_found_by_name(sample: Dataset) -> None:
    every = passages(sample.store)
    assert passages_of(sample.store, [one.iri for one in every]) == every
    assert passages_of(sample.store, [every[3].iri, expand("passage:unheard-of")]) == (every[3],)


def test_open_spans_are_located(sample_root: Path, sample_texts: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_root, tmp_path / "project")
    path = tmp_path / "project" / ARTICLE
    blocks = path.read_text().split("\n\n")
    path.write_text("\n\n".join(block for block in blocks if not block.startswith("passage:legion-at-the-river-02")))
    (one,) = coverage(load(tmp_path / "project").store, sample_texts, RIVER)
    assert one.open_spans == ((48, 74),)
    assert one.share < 1


def test_one_changed_character_of_a_text_is_found_in_its_passage(sample: Dataset, copies: Path) -> None:
    _edit(copies / "legion-at-the-river.txt", "several dozen", "several dozem")
    found = results(sample.store, copies)
    assert {"evidence:text-digest", "evidence:passage-changed", "evidence:quantity-wording"} <= _rules(found)
    changed = [fault.focus for fault in found if fault.rule == "evidence:passage-changed"]
    text = text_of(RIVER, copies)
    (passage,) = [one for one in passages(sample.store, RIVER) if one.iri in changed]
    assert "several dozem" in text[passage.start : passage.end]


def test_moved_passages_are_found_with_their_new_place(sample: Dataset, copies: Path) -> None:
    _edit(copies / "legion-at-the-river.txt", "By Ann Author", "By  Ann Author")
    found = {fault.focus: fault for fault in results(sample.store, copies) if fault.rule == "evidence:passage-moved"}
    later = [one for one in passages(sample.store, RIVER) if one.start > 74]
    assert len(found) == len(later) > 5
    for one in later:
        assert f"{one.start + 1}-{one.end + 1}" in found[one.iri].message
        assert found[one.iri].value == str(one.start)


def test_repair_gives_the_new_offsets_and_tells_what_changed(sample: Dataset, copies: Path) -> None:
    _edit(copies / "legion-at-the-river.txt", "By Ann Author", "By A. Author")
    states = {one.passage.iri.rsplit("-", 1)[1]: one for one in repair(sample.store, RIVER, copies)}
    assert states["01"].state == "kept"
    assert states["02"].state == "changed"
    assert states["03"].state == "moved"
    assert states["03"].start == states["03"].passage.start - 1


@pytest.mark.parametrize(("property_", "shift"), [("start", 3), ("end", -2), ("end", 4)])
def test_a_wrong_offset_is_told_from_a_changed_text(
    sample_root: Path, sample_texts: Path, tmp_path: Path, property_: str, shift: int
) -> None:
    shutil.copytree(sample_root, tmp_path / "project")
    path = tmp_path / "project" / ARTICLE
    one = passages(load(sample_root).store, RIVER)[4]
    right = getattr(one, property_)
    _edit(path, f"oa:{property_} {right} ;", f"oa:{property_} {right + shift} ;")
    (fault,) = [fault for fault in results(load(tmp_path / "project").store, sample_texts) if "passage" in fault.rule]
    assert (fault.rule, fault.focus, fault.value) == ("evidence:passage-cut", one.iri, str(right + shift))
    assert fault.message == f"oa:{property_} is wrong, because the digest is that of {one.start}-{one.end}"


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("oa:end 46 ;", "oa:end 99999 ;", "evidence:offsets"),
        ("oa:end 46 ;", "oa:end 0 ;", "evidence:offsets"),
        ("oa:end 46 ;", "oa:end 3 ;", "evidence:short-passage"),
        ("reach a strength of 300 before", "reach a strength of 330 before", "evidence:label-number"),
        ("at the front on 11 May 2030", "at the front on 11 May 2033", "evidence:label-number"),
        ("kg:textLength 1125 ;", "kg:textLength 1152 ;", "evidence:text-length"),
        ("rdf:object quantity:several-dozen ;", "rdf:object quantity:several-hundred ;", "evidence:quantity-wording"),
        (
            'rdfs:label "Northlanders who are with the Sample Legion fight',
            'rdfs:label "whoever wants to join applies in writing and is interviewed',
            "evidence:verbatim",
        ),
    ],
)
def test_damage_to_the_graph_is_found(
    sample_root: Path, sample_texts: Path, tmp_path: Path, old: str, new: str, rule: str
) -> None:
    shutil.copytree(sample_root, tmp_path / "project")
    _edit(tmp_path / "project" / ARTICLE, old, new)
    assert rule in _rules(results(load(tmp_path / "project").store, sample_texts))


@pytest.mark.parametrize("wrong", ["3", "000", "3,00", "3.5"])
def test_a_part_of_a_number_is_not_that_number(
    sample_root: Path, sample_texts: Path, tmp_path: Path, wrong: str
) -> None:
    shutil.copytree(sample_root, tmp_path / "project")
    shutil.copytree(sample_texts, tmp_path / "texts")
    label = "reach a strength of 300 before"
    _edit(tmp_path / "texts" / "legion-at-the-river.txt", "300", "3,000")
    _edit(tmp_path / "project" / ARTICLE, label, label.replace("300", "3,000"))
    assert "evidence:label-number" not in _rules(results(load(tmp_path / "project").store, tmp_path / "texts"))
    _edit(tmp_path / "project" / ARTICLE, label.replace("300", "3,000"), label.replace("300", wrong))
    assert "evidence:label-number" in _rules(results(load(tmp_path / "project").store, tmp_path / "texts"))


@pytest.mark.parametrize(("number", "right"), [("300", True), ("3,300", False), ("1.300", False), ("300.5", False)])
def test_a_wording_of_digits_has_to_stand_alone(sample: Dataset, copies: Path, number: str, right: bool) -> None:
    _edit(copies / "legion-at-the-river.txt", "300", number)
    assert ("evidence:quantity-wording" not in _rules(results(sample.store, copies))) == right


def test_a_missing_text_is_a_fault(sample: Dataset, copies: Path) -> None:
    (copies / "legion-at-the-river.txt").unlink()
    (fault,) = [fault for fault in results(sample.store, copies) if fault.rule == "evidence:text-missing"]
    assert fault.focus == RIVER


def test_the_text_of_another_article_is_recognised(sample: Dataset, copies: Path) -> None:
    shutil.copy(copies / "legion-reprinted.txt", copies / "legion-at-the-river.txt")
    (fault,) = [
        one for one in results(sample.store, copies) if one.rule == "evidence:text-digest" and one.focus == RIVER
    ]
    assert fault.message.endswith(", that of article:legion-reprinted")


def test_a_text_in_another_encoding_is_a_fault(sample: Dataset, copies: Path) -> None:
    path = copies / "legion-at-the-river.txt"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    (fault,) = [fault for fault in results(sample.store, copies) if fault.rule == "evidence:text-missing"]
    assert "not UTF-8" in fault.message


def test_a_byte_order_mark_and_other_line_ends_do_no_harm(sample: Dataset, copies: Path) -> None:
    path = copies / "legion-at-the-river.txt"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert results(sample.store, copies) == ()


def test_a_quotation_becomes_a_passage_with_the_next_number(
    sample_root: Path, sample_texts: Path, tmp_path: Path
) -> None:
    store = load(sample_root).store
    made = anchor(store, RIVER, "applies in\n writing", sample_texts)
    text = text_of(RIVER, sample_texts)
    assert text[made.start : made.end] == "applies in writing"
    assert made.digest == digest("applies in writing")
    numbers = [int(one.iri.rsplit("-", 1)[1]) for one in passages(store, RIVER)]
    assert made.iri.endswith(f"-{max(numbers) + 1:02}")


def test_places_of_a_quotation_that_overlap_are_counted(sample: Dataset, copies: Path) -> None:
    (copies / "legion-at-the-river.txt").write_text("ha ha ha, they said")
    with pytest.raises(KgError, match=r"occurs 2 times .*, at 0-5, 3-8"):
        anchor(sample.store, RIVER, "ha ha", copies)


def test_a_new_passage_takes_no_name_of_a_faulty_one(sample_root: Path, sample_texts: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_root, tmp_path / "project")
    path = tmp_path / "project" / ARTICLE
    last = passages(load(sample_root).store, RIVER)[-1]
    _edit(path, f"oa:end {last.end} ;", 'oa:end "somewhere" ;')
    made = anchor(load(tmp_path / "project").store, RIVER, "applies in writing", sample_texts)
    assert made.iri > last.iri


@pytest.mark.parametrize(
    ("quotation", "complaint"),
    [
        ("never written there", "does not occur in the text of article:legion-at-the-river"),
        ("legion", "occurs 3 times in the text of article:legion-at-the-river, at 2-8, "),
        ("  ", "the quotation is empty"),
        ("A legion of Northlanders stands with Southland", "already passage:legion-at-the-river-01"),
    ],
)
def test_a_quotation_that_makes_no_passage_is_refused(
    sample: Dataset, sample_texts: Path, quotation: str, complaint: str
) -> None:
    with pytest.raises(KgError, match=re.escape(complaint)):
        anchor(sample.store, RIVER, quotation, sample_texts)


def test_a_claim_is_cited_with_all_its_passages(sample: Dataset, sample_texts: Path, copies: Path) -> None:
    (cited,) = cite(sample.store, expand("claim:river-side"), sample_texts)
    assert (cited.text, cited.verified) == ("A legion of Northlanders stands with Southland", True)
    _edit(copies / "legion-at-the-river.txt", "A legion", "A Legion")
    (cited,) = cite(sample.store, expand("claim:river-side"), copies)
    assert cited.verified is False


def test_only_claims_and_passages_can_be_cited(sample: Dataset, sample_texts: Path) -> None:
    with pytest.raises(NameUnknownError, match="neither a claim nor a passage"):
        cite(sample.store, RIVER, sample_texts)


def test_a_text_that_ends_before_the_passage_is_an_error(sample: Dataset, copies: Path) -> None:
    (copies / "legion-at-the-river.txt").write_text("short")
    with pytest.raises(SourceError, match="has 5 characters"):
        cite(sample.store, expand("claim:river-side"), copies)


def test_articles_known_by_name_only_have_no_coverage(sample: Dataset, sample_texts: Path) -> None:
    assert len(articles(sample.store)) == 3
    with pytest.raises(NameUnknownError, match="has no text in the graph"):
        coverage(sample.store, sample_texts, expand("article:wire-on-the-legion"))


@pytest.mark.parametrize(
    ("label", "wording", "low", "high", "note", "path"),
    [
        ("400 people", "300", 300, 300, "", "label"),
        ("300 people", "300", 301, 301, "", "minValue"),
        ("several dozen", "several dozen", 34, 99, "At least two dozen. From 24 to 99.", "minValue"),
        ("several dozen", "several dozen", 24, 89, "At least two dozen. From 24 to 99.", "maxValue"),
        ("more than 300", "more than 300", 401, None, "No upper end. From 301 on.", "minValue"),
        ("more than 300", "more than 300", 301, 999, "No upper end. From 301 on.", "maxValue"),
    ],
)
def test_one_changed_digit_of_a_quantity_is_found(
    label: str, wording: str, low: int, high: int | None, note: str, path: str, tmp_path: Path
) -> None:
    quantity = NamedNode(expand("quantity:x"))
    store = Store()

    def said(name: str, value: NamedNode | Literal) -> None:
        store.add(Quad(quantity, NamedNode(expand(name)), value))

    said("rdf:type", NamedNode(expand("kg:Quantity")))
    said("rdfs:label", Literal(label))
    said("kg:wording", Literal(wording))
    said("schema:minValue", Literal(low))
    said("skos:editorialNote", Literal(note))
    if high is not None:
        said("schema:maxValue", Literal(high))
    assert {re.split("[/#]", str(fault.path))[-1] for fault in results(store, tmp_path)} == {path}


def test_the_real_graph_agrees_with_the_texts(real: Dataset, article_texts: Path) -> None:
    assert [(fault.focus, fault.message) for fault in results(real.store, article_texts)] == []


def test_every_character_of_the_real_texts_is_accounted_for(real: Dataset, article_texts: Path) -> None:
    found = coverage(real.store, article_texts)
    assert len(found) >= 5
    assert {one.article: one.open_spans for one in found if one.open} == {}
