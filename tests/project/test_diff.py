"""What differs between two states of the graph."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import PrivacyError, SourceError
from kg.project.diff import FILE, Change, Item, diff
from kg.rdf.namespaces import expand

STRENGTH = expand("claim:river-strength-may")


@pytest.fixture
def repository(sample_root: Path, tmp_path: Path) -> Path:
    """Make a git repository with the sample in its first commit."""
    root = tmp_path / "project"
    shutil.copytree(sample_root, root)
    _git(root, "init", "-q")
    _git(root, "add", ".")
    _git(root, "commit", "-q", "-m", "first")
    return root


def _git(root: Path, *words: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@a.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(root), *identity, *words], check=True, capture_output=True)


def _edit(root: Path, old: str, new: str, file: str = "graph/articles/legion-at-the-river.ttl") -> None:
    path = root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def _block(root: Path, name: str, file: str = "graph/articles/legion-at-the-river.ttl") -> str:
    (found,) = [block for block in (root / file).read_text().split("\n\n") if block.startswith(f"{name}\n")]
    return f"{found}\n\n"


def test_nothing_differs_from_itself(repository: Path) -> None:
    assert not diff(repository, None, None)
    assert not diff(repository, str(repository), "HEAD")


def test_layout_makes_no_difference(repository: Path) -> None:
    block = _block(repository, "claim:river-side")
    _edit(repository, block, "")
    path = repository / "graph" / "articles" / "legion-at-the-river.ttl"
    path.write_text(f"{path.read_text()}\n# moved to the end\n{block.replace('    ', '  ')}")
    assert not diff(repository, "HEAD", None)


def test_a_changed_value_is_shown_with_what_it_was(repository: Path) -> None:
    block = _block(repository, "claim:river-strength-may")
    changed = block.replace("kg:certainty kg:Certain", "kg:certainty kg:Probable").replace("2030-05-11", "2030-05-12")
    _edit(repository, block, changed)
    (item,) = diff(repository, None, None).changed
    assert item.iri == STRENGTH
    assert Change("kg:certainty", ("kg:Certain",), ("kg:Probable",)) in item.changes
    assert Change("kg:notAfter", ('"2030-05-11"^^xsd:date',), ('"2030-05-12"^^xsd:date',)) in item.changes


def test_removed_and_added_things_are_named_with_their_labels(repository: Path) -> None:
    _edit(repository, _block(repository, "claim:river-side"), "")
    label = "Northlanders who are with the Sample Legion fight on Southland's side."
    found = diff(repository, None, None)
    assert found.removed == (Item(expand("claim:river-side"), label),)
    assert (found.added, found.changed) == ((), ())
    back = diff(repository, str(repository), "HEAD")
    assert back.added == found.removed


def test_a_thing_that_moves_to_another_file_has_changed_its_file(repository: Path) -> None:
    block = _block(repository, "unit:sample-legion", "graph/units.ttl")
    _edit(repository, block, "", "graph/units.ttl")
    prefixes = (repository / "graph" / "units.ttl").read_text().split("\n\n")[0]
    (repository / "graph" / "more.ttl").write_text(f"{prefixes}\n\n{block}")
    (item,) = diff(repository, None, None).changed
    assert item.changes == (Change(FILE, ("graph/units.ttl",), ("graph/more.ttl",)),)


def test_revisions_can_be_compared_with_each_other(repository: Path) -> None:
    _edit(repository, "kg:certainty kg:Certain", "kg:certainty kg:Possible")
    _git(repository, "commit", "-q", "-a", "-m", "second")
    assert len(diff(repository, "HEAD~1", "HEAD").changed) == 1
    assert not diff(repository, "HEAD", None)


@pytest.mark.parametrize("where", ["no-such-revision", "--output=/tmp/x", "HEAD:graph", ""])
def test_what_is_neither_directory_nor_revision_is_refused(repository: Path, where: str) -> None:
    if where:
        with pytest.raises(SourceError, match="neither a directory nor a git revision"):
            diff(repository, where, None)
    else:
        assert not diff(repository, None, None)


def test_a_broken_file_of_a_revision_is_named_with_it(repository: Path) -> None:
    _edit(repository, "    a kg:Claim ;", "    a kg:Claim")
    _git(repository, "commit", "-q", "-a", "-m", "broken")
    with pytest.raises(SourceError, match=r"^HEAD:graph/articles/legion-at-the-river\.ttl:\d+:\d+: "):
        diff(repository, "HEAD", "HEAD~1")


def test_neither_state_may_give_away_a_person_who_hides(repository: Path) -> None:
    line = "    kg:identity kg:Pseudonymous ;"
    _edit(repository, line, f'{line}\n    <https://schema.org/legalName> "Fritz Example" ;', "graph/people.ttl")
    _git(repository, "commit", "-q", "-a", "-m", "planted")
    for states in (("HEAD", "HEAD~1"), ("HEAD~1", "HEAD"), ("HEAD~1", None)):
        with pytest.raises(PrivacyError):
            diff(repository, *states)


def _kg(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg", "-C", str(root), "diff", *words]
    return subprocess.run(command, capture_output=True, check=False, text=True)


def test_the_command_prints_text_markdown_and_json(repository: Path) -> None:
    assert (_kg(repository).stdout, _kg(repository, "--exit-code").returncode) == ("", 0)
    _edit(repository, "kg:certainty kg:Certain", "kg:certainty kg:Possible")
    done = _kg(repository, "--exit-code")
    assert done.returncode == 1
    assert done.stdout.startswith("~ claim:")
    assert "    kg:certainty: kg:Certain → kg:Possible\n" in done.stdout
    assert done.stderr == "0 added, 0 removed, 1 changed\n"
    assert _kg(repository, "--format", "md").stdout.startswith("### Changed\n\n- `claim:")
    (one,) = json.loads(_kg(repository, "--format", "json").stdout)["changed"]
    assert one["changes"] == [{"property": "kg:certainty", "before": ["kg:Certain"], "after": ["kg:Possible"]}]


def test_markdown_calls_nobody_and_has_no_markup_of_the_graph(repository: Path) -> None:
    _edit(repository, 'rdfs:label "Sample Legion"@en', 'rdfs:label "@a_b <b> `c` | \\u001Bd"@en', "graph/units.ttl")
    lines = _kg(repository, "--format", "md").stdout.splitlines()
    thing, value = (line for line in lines if "unit:" in line or "a_b" in line)
    assert thing.endswith("&#64;a&#95;b &#60;b&#62; &#96;c&#96; &#124; &#92;x1bd")
    assert value.startswith('  - rdfs:label: `"Sample Legion"@en` → `` "@a_b')
    assert "\x1b" not in _kg(repository).stdout


@pytest.mark.parametrize(
    ("revision", "hint"),
    [("mian", "did you mean 'main'?"), ("HEAD..main", "; give two revisions as two words: kg diff OLD NEW")],
)
def test_what_may_be_meant_by_a_revision_is_suggested(repository: Path, revision: str, hint: str) -> None:
    _git(repository, "branch", "-M", "main")
    assert hint in _kg(repository, revision).stderr
    assert _kg(repository, "nonsense").returncode == 2
