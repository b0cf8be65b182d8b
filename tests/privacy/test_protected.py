"""A person is protected unless stated to be named and nothing else, whoever asks."""

import pytest
from pyoxigraph import RdfFormat, Store

from kg.privacy.gate import refusal
from kg.privacy.protected import concerns_protected, is_protected, protected_persons, values_in
from kg.rdf.namespaces import PREFIXES
from kg.shacl import Index

HEAD = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
FULL = "<https://w3id.org/hearsay/ns#{}>"
#: Statements on person:x, and whether they leave the person protected.
STATED = {
    "named": ("person:x a kg:Person ; kg:identity kg:Named .", False),
    "named, as a full IRI": (f"person:x a kg:Person ; kg:identity {FULL.format('Named')} .", False),
    "named in another prefix": (f"@prefix n: {FULL.format('')} .\nperson:x n:identity n:Named .", False),
    "pseudonymous": ("person:x a kg:Person ; kg:identity kg:Pseudonymous .", True),
    "pseudonymous, as a full IRI": (f"person:x {FULL.format('identity')} {FULL.format('Pseudonymous')} .", True),
    "anonymous in another prefix": (
        f"@prefix n: {FULL.format('')} .\nperson:x a n:Person ; n:identity n:Anonymous .",
        True,
    ),
    "named and pseudonymous": ("person:x kg:identity kg:Named , kg:Pseudonymous .", True),
    "without identity": ("person:x a kg:Person .", True),
    "with a text as the identity": ('person:x kg:identity "Named" .', True),
    "without class and identity": ('person:x rdfs:label "X" .', True),
}


@pytest.mark.parametrize("name", STATED)
def test_stores_graphs_of_shapes_and_the_gate_agree_on_who_is_protected(name: str) -> None:
    stated, protected = STATED[name]
    store = Store()
    store.load(
        f"{HEAD}{stated}\nclaim:c rdf:subject person:x .\nclaim:d rdf:object person:x .".encode(), RdfFormat.TURTLE
    )
    graph = Index(store)
    person = f"<{PREFIXES['person']}x>"
    for values in (values_in(store), lambda node, by: graph.follow(by, [node]).get(node, ())):
        assert is_protected(person, values) == protected
        assert all(concerns_protected(f"<{PREFIXES['claim']}{one}>", values) == protected for one in "cd")
    assert [str(one) for one in protected_persons(store)] == ([person] if protected else [])
    store.load(f'{HEAD}person:x skos:altLabel "Fritz" .'.encode(), RdfFormat.TURTLE)
    assert bool(refusal(store)) == protected


def test_whoever_has_a_class_but_no_name_of_the_project_is_protected_too() -> None:
    store = Store()
    store.load(f'{HEAD}<https://a.example/x> a kg:Person ; skos:altLabel "Fritz" .'.encode(), RdfFormat.TURTLE)
    assert is_protected("<https://a.example/x>", values_in(store))
    assert refusal(store).startswith("<…>: a protected person must not have skos:altLabel")


def test_units_and_texts_are_not_protected_but_a_blank_node_may_be_a_person() -> None:
    values = values_in(Store())
    assert [is_protected(one, values) for one in (f"<{PREFIXES['unit']}x>", '"x"', "_:x")] == [False, False, True]


@pytest.mark.parametrize("link", ["owl:sameAs", "skos:exactMatch", "skos:closeMatch"])
def test_the_gate_does_not_repeat_the_other_end_of_a_link(link: str) -> None:
    store = Store()
    for other in ("person:fritz", "<https://a.example/fritz>"):
        store.load(f"{HEAD}person:x a kg:Person . {other} {link} person:x .".encode(), RdfFormat.TURTLE)
    assert refusal(store).startswith(f"person:x: no {link} must lead to a protected person; export refused")
