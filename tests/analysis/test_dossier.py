"""Dossiers: all that is reported about an entity, and the counts of the whole graph."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from kg.analysis.dossier import dossier, statistics
from kg.claims.claim import claims
from kg.project.dataset import Dataset, load
from kg.rdf.namespaces import BASE, expand, kind

RIVER = expand("article:legion-at-the-river")


def _entities(dataset: Dataset) -> list[str]:
    subjects = {quad.subject.value for quad in dataset.store if isinstance(quad.subject, NamedNode)}
    return sorted(iri for iri in subjects if iri.startswith(BASE))


def test_a_dossier_has_every_claim_about_an_entity_and_no_other(sample: Dataset) -> None:
    every = claims(sample.store)
    for iri in _entities(sample):
        said = {
            claim.iri
            for claim in every
            if iri in (claim.iri, claim.subject, claim.predicate, claim.article, *claim.passages, *claim.speakers)
            or (isinstance(claim.object, NamedNode) and claim.object.value == iri)
        }
        shown = Counter(claim.iri for section in dossier(sample.store, iri).sections for claim in section.claims)
        assert set(shown) == said, iri
        if kind(iri) in ("article", "passage"):
            assert set(shown.values()) <= {1}


def test_each_passage_of_a_dossier_has_its_place(sample: Dataset) -> None:
    found = dossier(sample.store, RIVER)
    assert {one for section in found.sections for claim in section.claims for one in claim.passages} <= set(found.spans)


@pytest.mark.parametrize("broken", ['oa:start "early"', ""])
def test_claims_on_a_passage_without_offsets_are_shown(sample_root: Path, tmp_path: Path, broken: str) -> None:
    shutil.copytree(sample_root, tmp_path / "project")
    path = tmp_path / "project" / "graph" / "articles" / "legion-at-the-river.ttl"
    text = path.read_text()
    assert "    oa:start 0 ;\n" in text
    path.write_text(text.replace("    oa:start 0 ;\n", f"    {broken} ;\n" if broken else "", 1))
    store = load(tmp_path / "project").store
    shown = {claim.iri for section in dossier(store, RIVER).sections for claim in section.claims}
    assert shown == {claim.iri for claim in claims(store) if claim.article == RIVER}
    assert dossier(store, RIVER).sections[-1].role == "article"
    (section,) = dossier(store, expand("passage:legion-at-the-river-01")).sections
    assert section.claims


def test_an_entity_that_two_files_describe_is_counted_once(sample_root: Path, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(sample_root, root)
    shutil.copy(root / "graph" / "units.ttl", root / "graph" / "more.ttl")
    once, twice = load(sample_root).store, load(root).store
    assert statistics(twice) == statistics(once)
    assert dossier(twice, expand("unit:sample-legion")).facts == dossier(once, expand("unit:sample-legion")).facts


def test_the_counts_of_claims_add_up(sample: Dataset) -> None:
    counts = Counter[str]()
    for one in statistics(sample.store):
        counts[one.of] += one.count
    total = len(claims(sample.store))
    for of in ("article", "predicate", "certainty", "modality", "polarity"):
        assert counts[f"claims by {of}"] == total
    assert counts["claims by speaker"] >= total
