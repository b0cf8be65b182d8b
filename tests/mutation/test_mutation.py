"""The mutation test of validation: no damage to the shipped graph escapes it.

`--mutants N` sets how many mutants are judged: all 2,100 take some twenty minutes of processor time, so that without it
two of each operator are. Damage that only the texts show is judged with `--texts DIR`.
"""

from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Store
from support.paths import SHAPES

from kg.project.dataset import load
from kg.rdf.namespaces import expand, shorten
from mutation import tables
from mutation.damage import Damage, Mutant, mutant
from mutation.excuses import MAY_LACK, OPTIONAL, READER, RENAMED, SAME, TEXTS, UNMENTIONED, excuse
from mutation.files import World
from mutation.judging import Verdict, judged
from mutation.sample import OPERATORS, ROOT, SEED, mutants

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mutation")]


@pytest.fixture(scope="module")
def every() -> list[Mutant]:
    """Return all mutants."""
    return list(mutants())


@pytest.fixture(scope="module")
def texts(pytestconfig: pytest.Config) -> Path | None:
    """Return the directory of the texts, or None where `--texts` does not name it."""
    directory: Path | None = pytestconfig.getoption("--texts")
    return directory


@pytest.fixture(scope="module")
def verdicts(pytestconfig: pytest.Config, texts: Path | None) -> list[Verdict]:
    """Return the outcome of each mutant."""
    return list(judged(mutants(SEED, pytestconfig.getoption("--mutants") or 2 * len(OPERATORS)), texts))


# --- The mutants ---


def test_there_are_many_operators_and_more_than_two_thousand_mutants(every: list[Mutant]) -> None:
    assert len(OPERATORS) >= 25
    assert len(every) >= 2000


def test_the_same_seed_gives_the_same_mutants_and_another_seed_others() -> None:
    one, again, other = (list(mutants(seed, 2 * len(OPERATORS))) for seed in (SEED, SEED, SEED + 1))
    assert one == again
    assert len({(made.file, made.text) for made in one} & {(made.file, made.text) for made in other}) < len(one) / 4


def test_mutants_are_spread_over_operators_and_files(every: list[Mutant]) -> None:
    counts = Counter(made.operator for made in every)
    assert set(counts) == set(OPERATORS)
    assert sum(count < max(counts.values()) - 1 for count in counts.values()) <= 6, "operators with few places"
    files = Counter(made.file for made in every)
    assert set(files) == {source.name for source in World.read(ROOT).sources}
    assert min(files.values()) >= 30
    assert len({(made.operator, made.file, made.text) for made in every}) == len(every)


def test_a_mutant_is_another_text_whose_damaged_lines_are_known(every: list[Mutant]) -> None:
    for made in every[::10]:
        text = (ROOT / made.file).read_text(encoding="utf-8")
        lines = made.text.splitlines()
        first = next(
            (at for at, pair in enumerate(zip(text.splitlines(), lines, strict=False)) if pair[0] != pair[1]), -1
        )
        assert made.text != text, made
        assert first < 0 or made.line <= first + 1, made
        assert made.line in made.rows, made


def test_a_damage_is_undone(tmp_path: Path) -> None:
    made = next(mutants(SEED, 1))
    path = tmp_path / made.file
    path.parent.mkdir(parents=True)
    path.write_bytes((ROOT / made.file).read_bytes())
    with made.inflicted(tmp_path):
        assert path.read_text(encoding="utf-8") == made.text
    assert path.read_bytes() == (ROOT / made.file).read_bytes()


# --- What the check says ---


def test_every_mutant_is_found_or_there_is_a_reason_why_not(verdicts: list[Verdict]) -> None:
    assert tables.told(tables.escaped(verdicts)) == "", tables.by_operator(verdicts)


def test_what_is_found_is_found_at_its_place(verdicts: list[Verdict]) -> None:
    found = sum(bool(one.found) for one in verdicts)
    assert len(tables.misplaced(verdicts)) <= 0.02 * found, tables.told(tables.misplaced(verdicts))


def test_reasons_are_few(verdicts: list[Verdict], texts: Path | None) -> None:
    """Most of what is damaged is found: reasons are no rug."""
    excused = [one for one in verdicts if one.excuse]
    assert len(excused) <= (0.08 if texts else 0.12) * len(verdicts), tables.by_operator(verdicts)
    assert texts is None or {one.excuse for one in excused} <= set(tables.REASONS) - {TEXTS}


@pytest.mark.usefixtures("article_texts")
def test_what_is_left_to_the_texts_is_found_by_them(verdicts: list[Verdict]) -> None:
    found = {one.mutant for one in verdicts if one.found}
    without = list(judged([one.mutant for one in verdicts[::5]], None))
    assert tables.escaped(without) == []
    assert len(tables.misplaced(without)) <= max(1, 0.02 * len(without)), tables.told(tables.misplaced(without))
    left = [one.mutant for one in without if one.excuse == TEXTS]
    assert [str(one) for one in left if one not in found] == []


# --- Reasons ---

CLAIM = "claim:icaro-defectors-joined-battalion"
ICARO = "graph/articles/icaro-siberian-battalion.ttl"


@pytest.fixture(scope="module")
def store() -> Store:
    return load(ROOT).store


def changed(old: str, new: str, file: str = ICARO) -> Mutant:
    """Return the mutant that writes `new` for the first `old` behind the claim's name, or in the file."""
    source = next(one for one in World.read(ROOT).sources if one.name == file)
    start = source.text.index(old, source.text.index(f"\n{CLAIM}\n") if f"\n{CLAIM}\n" in source.text else 0)
    return mutant(0, "a test", source, Damage(((start, start + len(old), new),), "a test"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("    kg:modality kg:Actual ;\n", "    kg:modality kg:Actual ;\n    kg:modality kg:Actual ;\n", SAME),
        (" ;\n.\n", "\n.\n", SAME),
        (" ,\n        passage:icaro-siberian-battalion-04 ;", " ;", OPTIONAL),
        ("    kg:modality kg:Actual ;\n", "", ""),
        ("kg:modality kg:Actual", "kg:modality kg:Planned", READER),
        ("kg:modality kg:Actual", "kg:modality kg:Certain", ""),
        ("unit:siberian-battalion ;", "unit:wagner-group ;", READER),
        ("unit:siberian-battalion ;", '"Siberian Battalion"@en ;', ""),
        ('"2024-03-17"^^xsd:date', '"2024-03-07"^^xsd:date', READER),
        ('"2024-03-17"^^xsd:date', '"2024-03-17"', ""),
        ("\"Russians who went over to Ukraine's side are", '"Russians who went are', READER),
        ('"Russians who went over to Ukraine\'s side are members of the Siberian Battalion."', '""', ""),
        (f"\n{CLAIM}\n", "\nclaim:icaro-another-name\n", RENAMED),
        ("oa:end 101 ;", "oa:end 110 ;", TEXTS),
    ],
)
def test_a_reason_is_given_only_where_it_holds(store: Store, old: str, new: str, reason: str) -> None:
    made = changed(old, new)
    assert excuse(made, (ROOT / made.file).read_text(encoding="utf-8"), store, texts=False) == reason


def test_with_texts_nothing_is_left_to_them(store: Store) -> None:
    made = changed("oa:end 101 ;", "oa:end 110 ;")
    assert excuse(made, (ROOT / made.file).read_text(encoding="utf-8"), store, texts=True) == ""


def test_a_thing_less_is_excused_only_where_nothing_speaks_of_it(store: Store) -> None:
    world = World.read(ROOT)
    for subject, reason in ((CLAIM, UNMENTIONED), ("unit:siberian-battalion", "")):
        source, block = world.source(subject), world.blocks[subject]
        made = mutant(0, "a test", source, Damage(((block.start, block.end + 1, ""),), "a test"))
        assert excuse(made, source.text, store, texts=True) == reason


def test_the_reasons_know_what_the_shapes_demand() -> None:
    """What is said to be optional is nowhere demanded of the whole class."""
    shapes = Store()
    for path in SHAPES:
        shapes.load(path=path, format=RdfFormat.TURTLE)

    def values(shape: object, term: str) -> set[str]:
        assert isinstance(shape, NamedNode | BlankNode)
        quads = shapes.quads_for_pattern(shape, NamedNode(expand(term)), None)
        return {shorten(quad.object.value) for quad in quads if isinstance(quad.object, NamedNode)}

    demanding = {quad.subject for quad in shapes.quads_for_pattern(None, NamedNode(expand("sh:minCount")), None)}
    demanded = {
        (kind, path) for one in demanding for kind in values(one, "sh:targetClass") for path in values(one, "sh:path")
    }
    assert ("kg:Claim", "kg:polarity") in demanded
    assert {(kind, path) for kind, paths in MAY_LACK.items() for path in paths.split()} & demanded == set()
