"""Fast tests of texts miss nothing: they know the layout of the project, and each unusual declaration of a prefix."""

import pytest
from support.paths import ROOT

from kg.project.dataset import sources
from kg.rdf.layout import is_house_layout, may_rebind_prefix

HEAD = "PREFIX kg: <https://w3id.org/hearsay/ns#>\nPREFIX unit: <https://w3id.org/hearsay/unit/>\n\n"
BLOCK = 'unit:x\n    a kg:Unit ;\n    kg:via "A \\"b\\""@en ;\n    kg:partOf\n        unit:y ,\n        unit:z ;\n.\n'


def test_the_files_of_the_project_are_in_its_layout() -> None:
    assert [source.name for source in sources(ROOT) if not is_house_layout(source.path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("old", "new", "house"),
    [
        ("", "", True),
        ("unit:x\n", "# A comment.\nunit:x\n", True),
        ('"A ', "'A ", False),
        ("kg:via", "\tkg:via", False),
        (" ;\n", " ;\r\n", False),
        (" ;\n    kg:via", " ; kg:via", False),
        ("kg:via", "<https://w3id.org/hearsay/ns#via>", False),
        ("unit:y", "<https://w3id.org/hearsay/unit/y>", False),
        ("unit:y", "<https://a.example/y>", True),
        ("unit:y ,", "unit:y , # A comment.", False),
        ("unit:y", "[]", False),
        ("a kg:Unit", "rdf:type kg:Unit", False),
        ('"A', '"\\u0041', False),
        ("PREFIX kg:", "@prefix kg:", False),
        ("hearsay/unit/", "hearsay/units/", False),
        (".\n", ".\nunit:y\n    a kg:Unit ;\n.\n", False),
        (".\n", "", False),
    ],
)
def test_a_text_is_in_the_layout_of_the_project_or_not(old: str, new: str, house: bool) -> None:
    text = HEAD + BLOCK
    assert old in text
    assert is_house_layout(text.replace(old, new, 1) if old != ".\n" else text.removesuffix(old) + new) == house


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (HEAD + BLOCK, False),
        ("@prefix kg: <https://w3id.org/hearsay/ns#> .", False),
        ("prefix other: <https://a.example/>", False),
        ("PREFIX kg: <https://a.example/>", True),
        ("BASE <https://a.example/> PREFIX kg: <ns#>", True),
        ("PREFIX # a comment\nkg: <https://a.example/>", True),
        ("PREFIX kg:\r<https://a.example/>", True),
        (r"PREFIX kg: <https://w3id.org/hearsay/\u006es#>", True),
    ],
)
def test_every_declaration_that_may_rebind_a_prefix_is_noticed(text: str, may: bool) -> None:
    assert may_rebind_prefix(text) == may
