"""People who hide their names: planted violations are stopped at the gate, in whatever leaves the tool."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat
from support.identifying_texts import HIDDEN, PLANTED, PREFIX_LINES

from kg.errors import PrivacyError
from kg.privacy.gate import gate, violations
from kg.project.dataset import Dataset, load
from kg.rdf.namespaces import PREFIXES


@pytest.fixture(params=sorted(PLANTED))
def planted(request: pytest.FixtureRequest, sample_root: Path, tmp_path: Path) -> Path:
    file, line, added = PLANTED[request.param]
    root = tmp_path / "project"
    shutil.copytree(sample_root, root)
    path = root / "graph" / file
    text = path.read_text()
    assert line in text
    path.write_text(PREFIX_LINES + text.replace(line, f"{line}\n{added}", 1))
    return root


def test_the_real_graph_and_the_sample_pass(real: Dataset, sample: Dataset) -> None:
    assert list(violations(real.store)) == []
    assert list(violations(sample.store)) == []


def test_each_planted_violation_is_stopped(planted: Path) -> None:
    with pytest.raises(PrivacyError, match="export refused until this is fixed: kg validate shows where"):
        gate(load(planted).store)


def test_each_planted_violation_is_a_finding(planted: Path) -> None:
    from kg.validation.validate import validate

    findings = [one for one in validate(planted).findings if one.severity == "violation"]
    assert any(one.file == "graph/people.ttl" for one in findings)


@pytest.mark.parametrize(
    "claim",
    [
        'rdf:predicate kg:name ; rdf:object "Fritz Example"@en',
        "rdf:predicate kg:refersTo ; rdf:object person:ann-author",
    ],
)
def test_a_claim_that_unmasks_is_stopped(sample_root: Path, claim: str) -> None:
    store = load(sample_root).store
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    store.load(f"{head}claim:x a kg:Claim ; rdf:subject person:falcon ; {claim} .".encode(), format=RdfFormat.TURTLE)
    with pytest.raises(PrivacyError, match="claim:x: a claim must not identify person:falcon"):
        gate(store)


@pytest.mark.parametrize("added", HIDDEN.values(), ids=HIDDEN)
def test_what_is_incomplete_or_at_odds_is_protected_too(sample_root: Path, added: str) -> None:
    store = load(sample_root).store
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    store.load(f"{head}{added}".encode(), format=RdfFormat.TURTLE)
    with pytest.raises(PrivacyError):
        gate(store)


def test_a_person_without_identity_is_protected(sample_root: Path, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(sample_root, root)
    path = root / "graph" / "people.ttl"
    text = path.read_text().replace("    kg:identity kg:Pseudonymous ;\n", '    skos:altLabel "Fritz"@en ;\n', 1)
    path.write_text(PREFIX_LINES + text)
    with pytest.raises(PrivacyError):
        gate(load(root).store)


@pytest.mark.parametrize(
    "words",
    [
        ("show", "person:falcon"),
        ("search", "falcon"),
        ("stats",),
        ("query", "names", "-p", "unit", "unit:sample-legion"),
        ("query", "-e", "SELECT ?s WHERE { ?s a kg:Person }"),
        ("coverage",),
    ],
)
def test_no_command_gives_anything_away(sample_root: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    root = tmp_path / "project"
    shutil.copytree(sample_root, root)
    path = root / "graph" / "people.ttl"
    line = "    kg:identity kg:Pseudonymous ;"
    path.write_text(PREFIX_LINES + path.read_text().replace(line, f'{line}\n    skos:altLabel "Fritz Example"@en ;', 1))
    done = subprocess.run([sys.executable, "-m", "kg", "-C", str(root), *words], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"person:falcon: a protected person must not have skos:altLabel" in done.stderr
    assert b"Fritz" not in done.stderr
