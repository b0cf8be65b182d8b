"""The vocabulary is complete, ordered and in use: a word for each thing, and no word for nothing."""

import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store
from support import layout_lint
from support.paths import ONTOLOGY, ROOT, SHAPES, VOCABULARY

from kg import __version__
from kg.rdf.namespaces import KINDS, PREFIXES, shorten
from kg.rdf.tokens import Name, names

KG = PREFIXES["kg"]
#: What needs no claim: a word that people who add articles will want beside its opposites.
KEPT = {"kg:confirms"}


def load(*files: Path) -> Store:
    store = Store()
    for file in files:
        store.load(path=file, format=RdfFormat.TURTLE)
    return store


STORE = load(*VOCABULARY)


def described(kind: str) -> set[str]:
    """Return the short names of all terms of a class, as `owl:Class`."""
    prefix, _, local = kind.partition(":")
    quads = STORE.quads_for_pattern(None, NamedNode(f"{PREFIXES['rdf']}type"), NamedNode(PREFIXES[prefix] + local))
    return {shorten(quad.subject.value) for quad in quads if isinstance(quad.subject, NamedNode)}


def texts(term: str, predicate: str) -> list[Literal]:
    prefix, _, local = predicate.partition(":")
    quads = STORE.quads_for_pattern(NamedNode(KG + term.removeprefix("kg:")), NamedNode(PREFIXES[prefix] + local), None)
    return [quad.object for quad in quads if isinstance(quad.object, Literal)]


CLASSES = described("owl:Class")
PROPERTIES = described("owl:ObjectProperty") | described("owl:DatatypeProperty")
PREDICATES = described("kg:ClaimPredicate")
CODES = described("skos:Concept")
LISTS = described("skos:ConceptScheme")
TERMS = sorted(CLASSES | PROPERTIES | PREDICATES | CODES | LISTS)


@pytest.mark.parametrize("term", TERMS)
def test_a_term_has_one_label_and_one_definition_in_english(term: str) -> None:
    (label,) = texts(term, "rdfs:label")
    (definition,) = texts(term, "skos:definition")
    assert label.language == definition.language == "en"
    assert re.match(r"[A-Z].*[.]\Z", definition.value), "a definition is a sentence with a full stop"


@pytest.mark.parametrize("term", sorted(CLASSES))
def test_a_class_is_a_noun_defined_by_kind_and_difference(term: str) -> None:
    assert re.fullmatch(r"kg:[A-Z][A-Za-z]+", term)
    assert re.match("(A|An) ", texts(term, "skos:definition")[0].value)


@pytest.mark.parametrize("term", sorted(PROPERTIES | PREDICATES))
def test_a_property_relates_a_thing_to_a_thing(term: str) -> None:
    assert re.fullmatch(r"kg:[a-z][A-Za-z]+", term)
    assert texts(term, "skos:definition")[0].value.startswith("Relates ")


@pytest.mark.parametrize("term", sorted(CODES | LISTS))
def test_codes_are_upper_camel_and_lists_say_so(term: str) -> None:
    assert re.fullmatch(r"kg:[A-Z][A-Za-z]+", term)
    assert term.endswith("List") == (term in LISTS)


def test_every_list_has_at_least_two_codes() -> None:
    scheme = NamedNode(f"{PREFIXES['skos']}inScheme")
    for name in LISTS:
        assert len(list(STORE.quads_for_pattern(None, scheme, NamedNode(KG + name[3:])))) > 1, name


def used(*folders: str) -> set[str]:
    """Return the short names in all Turtle files and queries of these folders, but where a block describes them."""
    found: set[str] = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in (".ttl", ".rq"):
                text = re.sub(r"(?m)^kg:\S+$", "", path.read_text(encoding="utf-8"))
                found |= {shorten(one.iri) for one in names(text) if isinstance(one, Name) and one.iri}
    return found


@pytest.fixture(scope="module")
def everywhere() -> set[str]:
    return used("graph", "ontology", "queries")


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_used(everywhere: set[str], term: str) -> None:
    assert term in everywhere | KEPT, "no data, shape, rule, question or profile uses it: take it out"


@pytest.mark.parametrize("term", sorted(PREDICATES - KEPT))
def test_a_claim_predicate_is_used_by_a_claim(term: str) -> None:
    claims = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "graph" / "articles").glob("*.ttl"))
    assert f"rdf:predicate {term} ;" in claims, "a predicate that no claim uses: take it out"


@pytest.mark.parametrize("folder", ["ontology", "queries"])
def test_the_core_names_no_term_that_only_the_shipped_graph_needs(folder: str) -> None:
    subjects = {quad.subject for path in VOCABULARY if "core" not in path.parts for quad in load(path)}
    own = {shorten(subject.value) for subject in subjects if isinstance(subject, NamedNode)}
    assert own
    assert used(f"{folder}/core") & own == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_individual_has_a_class(kind: str) -> None:
    assert f"kg:{kind.capitalize()}" in CLASSES


def test_borrowed_terms_say_how_they_are_used_here() -> None:
    for term in described("rdf:Property"):
        prefix, _, local = term.partition(":")
        note = NamedNode(f"{PREFIXES['skos']}scopeNote")
        (quad,) = STORE.quads_for_pattern(NamedNode(PREFIXES[prefix] + local), note, None)
        assert isinstance(quad.object, Literal)
        assert re.match(r"Here: .*\.\Z", quad.object.value), term


def test_every_borrowed_property_of_the_data_is_described() -> None:
    data = load(*(ROOT / "graph").rglob("*.ttl"))
    properties = {shorten(quad.predicate.value) for quad in data} - {"rdf:type", "rdfs:label"}
    assert properties - PROPERTIES <= described("rdf:Property")


def test_the_vocabulary_has_the_version_of_the_package() -> None:
    versions = STORE.quads_for_pattern(None, NamedNode(f"{PREFIXES['owl']}versionInfo"), None)
    released = __version__.partition(".dev")[0]
    assert [quad.object.value for quad in versions if isinstance(quad.object, Literal)] == [released]


def test_nothing_is_imported_restricted_or_inverted() -> None:
    owl = {shorten(quad.predicate.value) for quad in STORE if quad.predicate.value.startswith(PREFIXES["owl"])}
    assert owl == {"owl:versionInfo"}


IN_ORDER = [path for path in (*VOCABULARY, *SHAPES) if path.name != "predicates.ttl"]


@pytest.mark.parametrize("path", IN_ORDER, ids=lambda path: path.relative_to(ONTOLOGY).as_posix())
def test_terms_stand_by_the_alphabet_under_their_banners(path: Path) -> None:
    """A list stands before its codes, a class's shapes before those of its properties."""
    for section in re.split(r"(?m)^# --- .* ---$", path.read_text(encoding="utf-8")):
        subjects = [subject for subject, _ in layout_lint.subjects(section) if subject not in LISTS]
        assert subjects == sorted(subjects, key=place)


def place(subject: str) -> tuple[str, bool, bool, str]:
    """Return the key of a term; of a shape: by its class, that on names before all others on properties."""
    class_, _, part = subject.partition("-")
    return class_, part != "", part != "name", part
