"""The closed vocabulary is checked in files of every layout."""

from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.project.dataset import source
from kg.rdf.namespaces import PREFIXES
from kg.validation.vocabulary import absent, prefixes

KG = PREFIXES["kg"]


def _write(root: Path, text: str) -> None:
    (root / "graph").mkdir()
    (root / "graph" / "a.ttl").write_bytes(text.encode())


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (f"PREFIX kg: <{KG}> kg:a a kg:B .", []),
        (f"BASE <{KG}>\nPREFIX kg: <#>\nkg:a a kg:B .", []),
        (r"PREFIX kg: <https://w3id.org/hearsay/\u006es#> kg:a a kg:B .", []),
        (f'PREFIX kg: <{KG}> kg:a kg:b "prefix kg: <https://a.example/>" .', []),
        (f"# PREFIX kg: <https://a.example/>\nPREFIX kg: <{KG}> kg:a a kg:B .", []),
        ("PREFIX kg: <https://a.example/> kg:a a kg:B .", [(1, 12)]),
        ("BASE <https://a.example/>\r\n@prefix kg:\t<ns#> . kg:a a kg:B .", [(2, 13)]),
        (f"PREFIX kg: <{KG}> kg:a a kg:B .\nprefix # a comment\n  kg: <https://a.example/> kg:a a kg:B .", [(3, 7)]),
    ],
)
def test_a_prefix_for_another_namespace_is_found_in_every_layout(
    text: str, places: list[tuple[int, int]], tmp_path: Path
) -> None:
    _write(tmp_path, text)
    findings = list(prefixes([source(tmp_path, "graph/a.ttl")], {}))
    assert [(one.line, one.column) for one in findings] == places


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX unit: <https://w3id.org/hearsay/unit/>\n\nunit:a\n    a kg:Unit ;\n.\n\nunit:b\n    a",
        "PREFIX unit: <https://w3id.org/hearsay/unit/> unit:a a kg:Unit . unit:b a",
        "@prefix unit: <https://w3id.org/hearsay/unit/> .\r\n\tunit:a a kg:Unit .\r\n\tunit:b a",
        "PREFIX unit: <https://w3id.org/hearsay/unit/> <https://w3id.org/hearsay/unit/b> a kg:Unit , group:x",
    ],
)
def test_a_file_that_is_cut_off_may_have_described_more_of_the_kinds_of_its_subjects(text: str) -> None:
    missing = absent(lambda _: text, [SourceError("", "graph/a.ttl", text.count("\n") + 1)])
    assert missing.spaces == {PREFIXES["unit"]}
