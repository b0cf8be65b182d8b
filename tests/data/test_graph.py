"""The graph that ships: it conforms, and what its articles name can be found in it."""

import os
import re
from pathlib import Path

import pytest

from kg.claims.search import search
from kg.claims.texts import articles, slug, text_of
from kg.project.dataset import Dataset
from kg.rdf.namespaces import kind
from kg.validation.validate import validate

TEXTS = os.environ.get("KG_TEXTS")
needs_texts = pytest.mark.skipif(not TEXTS, reason="KG_TEXTS does not name the directory of the articles' texts")

#: Words of the texts that name nothing: page furniture, words run together or joined, a form of address.
FURNITURE = {
    "anti-imperial-struggle": {"Daddy", "Federationagainst", "Ukrainewhere"},
    "icaro-siberian-battalion": {"Russian-held", "Russian-occupied"},
    "low-legion-captures-ukrainians": {"Comment", "Pro-Russia", "Pro-Ukraine"},
    "timbol-russians-fighting-putin": {"100", "Data", "Patreon", "Paypal", "Tampering"},
}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
#: A word with a capital that does not begin a sentence, a line or a quotation.
_NAME = re.compile(r"(?<=[a-z,;)] )[A-Z][A-Za-z-]+")


def test_the_graph_conforms(real: Dataset) -> None:
    report = validate(real.root, Path(TEXTS) if TEXTS else None)
    assert [finding for finding in report.findings if finding.severity == "violation"] == []


def test_only_protected_people_of_whom_much_is_told_are_warned_of(real: Dataset) -> None:
    warned = {(one.rule, one.focus) for one in validate(real.root).findings}
    assert warned == {("rule:person-traits", "person:vitya"), ("rule:person-traits", "person:yan")}


def test_five_articles_have_their_texts_cited(real: Dataset) -> None:
    assert len(articles(real.store)) == 5
    assert all(kind(one) == "article" for one in articles(real.store))


@needs_texts
def test_every_number_and_name_of_the_texts_is_found(real: Dataset) -> None:
    for article in articles(real.store):
        text = text_of(article, Path(str(TEXTS)))
        words = {*_NUMBER.findall(text), *_NAME.findall(text)} - FURNITURE.get(slug(article), set())
        assert len(words) > 5
        assert {word for word in words if not search(real.store, word)} == set(), slug(article)
