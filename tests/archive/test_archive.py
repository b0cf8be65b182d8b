"""An archive of claims: its parts, and that Spark finds in it what one process finds in a project."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BaseDirection, Literal, NamedNode, Quad, Store
from support.difficult_labels import with_difficult_labels
from support.paths import ROOT

from kg.analysis.conflicts import Conflict, compare, conflicts, groups, linked
from kg.analysis.origins import Statement, stated, statements
from kg.analysis.verdict_context import Context
from kg.analysis.verdicts import SHOWN, VERDICTS
from kg.archive.parquet import (
    GROUND,
    LITERAL,
    MANIFEST,
    TABLES,
    VERSION,
    cells_of,
    claims_of,
    fill,
    joined,
    term_of,
    write,
)
from kg.archive.spark import Archive
from kg.archive.spark_session import session
from kg.archive.spark_worker import some_groups
from kg.claims.background import KG, Article, Background, Profile, Quantity, background, ranked_labels
from kg.claims.claim import Claim, claims
from kg.errors import NameUnknownError, OutsideError, PrivacyError, SourceError
from kg.project.dataset import Dataset, load
from kg.rdf.namespaces import PREFIXES, shorten

if TYPE_CHECKING:  # not installed everywhere: see `support.optional`
    from pyarrow import Table
    from pyspark.sql import SparkSession

GENERATOR = ROOT / "tests" / "bench" / "generate.py"


pytestmark = [pytest.mark.usefixtures("spark_installed"), pytest.mark.xdist_group("spark")]


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Return a project of 1,000 invented claims; only to be read."""
    root = tmp_path_factory.mktemp("invented")
    subprocess.run([sys.executable, GENERATOR, "40", root], check=True, cwd=ROOT)
    return load(root)


@pytest.fixture(scope="module")
def part(invented: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return all of that project as one part of an archive; only to be read."""
    directory = tmp_path_factory.mktemp("archives") / "whole"
    assert write(invented.store, directory) == 1000
    return directory


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SparkSession]":
    """Return a Spark session on this machine."""
    with session("local[2]", tmp_path_factory.mktemp("spark") / "log") as running:
        yield running


@pytest.fixture
def copy(part: Path, tmp_path: Path) -> Path:
    """Return a copy of the part, to be damaged."""
    return Path(shutil.copytree(part, tmp_path / "copy"))


def facts(part: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((part / MANIFEST).read_text())
    return found


def altered(part: Path, **more: object) -> None:
    (part / MANIFEST).write_text(json.dumps({**facts(part), **more}))


# --- Parts ---


def test_the_table_of_claims_has_all_that_a_claim_has() -> None:
    assert [name for name in TABLES["claims"] if name not in LITERAL] == [field.name for field in fields(Claim)]
    for table, kind in (("articles", Article), ("profiles", Profile), ("quantities", Quantity)):
        assert [*TABLES[table]] == [field.name for field in fields(kind) if field.name != "label"]


def test_the_readme_tells_of_every_column() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in readme.splitlines() if line.startswith("| `")}
    for table, columns in TABLES.items():
        assert re.findall("`([a-z_]+)`", rows[table]) == [table, *columns]
    assert f"version of the schema ({VERSION})," in readme


@pytest.mark.parametrize(
    "term",
    [
        NamedNode("https://example.org/a"),
        Literal("plain"),
        Literal("mit \N{LATIN SMALL LETTER U WITH DIAERESIS}", language="de"),
        Literal("a", language="ar", direction=BaseDirection.RTL),
        Literal("0800-01-01", datatype=NamedNode(f"{PREFIXES['xsd']}date")),
    ],
)
def test_an_object_comes_back_as_it_was(term: NamedNode | Literal) -> None:
    cells = [str(cell) if cell is not None else None for cell in cells_of(term).values()]
    assert term_of(str(cells[0]), *cells[1:]) == term


def test_claims_and_background_come_back_as_they_were(invented: Dataset, part: Path) -> None:
    from pyarrow import array, parquet

    table = parquet.read_table(part / "claims.parquet")
    names: dict[str, str] = {}
    assert tuple(one for batch in table.to_batches() for one in claims_of(batch, names)) == claims(invented.store)
    tables = {name: parquet.read_table(part / f"{name}.parquet") for name in GROUND}
    tables = {name: one.append_column("file_path", array([""] * len(one))) for name, one in tables.items()}
    assert joined(tables) == background(invented.store)


def test_a_part_is_the_same_bytes_each_time(invented: Dataset, part: Path, tmp_path: Path) -> None:
    write(invented.store, tmp_path / "again")
    names = sorted(path.name for path in part.iterdir())
    assert names == sorted([MANIFEST, *(f"{name}.parquet" for name in TABLES)])
    assert all((part / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names)


def test_a_part_can_hold_some_claims_only(invented: Dataset, tmp_path: Path) -> None:
    some = claims(invented.store)[100:103]
    assert write(invented.store, tmp_path / "few", some) == 3
    assert facts(tmp_path / "few")["claims"] == 3


def test_nothing_leaves_that_gives_away_a_person_who_hides(sample: Dataset, tmp_path: Path) -> None:
    store = Store()
    store.extend(sample.store)
    hidden = next(store.quads_for_pattern(None, NamedNode(f"{KG}identity"), NamedNode(f"{KG}Pseudonymous"))).subject
    store.add(Quad(hidden, NamedNode(f"{PREFIXES['skos']}altLabel"), Literal("Fritz Example")))
    with pytest.raises(PrivacyError):
        write(store, tmp_path / "part")
    assert list(tmp_path.iterdir()) == []


def test_a_part_is_replaced_by_force_and_nothing_else_is(invented: Dataset, copy: Path, tmp_path: Path) -> None:
    some = claims(invented.store)[:3]
    with pytest.raises(SourceError, match="copy' exists already"):
        write(invented.store, copy, some)
    assert facts(copy)["claims"] == 1000
    assert write(invented.store, copy, some, force=True) == 3
    assert facts(copy)["claims"] == 3
    (tmp_path / "letters").mkdir()
    with pytest.raises(SourceError, match="letters' is not a part of an archive"):
        write(invented.store, tmp_path / "letters", some, force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "letters"]


def test_a_part_that_cannot_be_written_leaves_the_old_one(
    invented: Dataset, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kg.archive.parquet._write", full)
    with pytest.raises(SourceError, match="copy' cannot be written: No space left on device"):
        write(invented.store, copy, force=True)
    assert facts(copy)["claims"] == 1000
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_without_pyarrow_it_is_said_what_is_missing(
    invented: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.archive.parquet.installed", lambda _: False)
    with pytest.raises(OutsideError, match=r"pip install 'hearsay-kg\[spark\]'"):
        write(invented.store, tmp_path / "part")
    assert list(tmp_path.iterdir()) == []


# --- The same answers ---


def conflicts_in_one_process(every: Iterable[Claim], facts: Background) -> list[Conflict]:
    context = Context(every, facts)
    found = linked(context.claims.values(), context, VERDICTS)
    for group in groups(context.claims.values(), facts):
        found += compare(group, context, VERDICTS)
    unlike = {one.claims: one for one in found}.values()
    return sorted(unlike, key=lambda one: (VERDICTS.index(one.verdict), one.subject, one.predicate, one.claims))


def statements_in_one_process(every: Iterable[Claim], facts: Background) -> list[Statement]:
    known = {one.iri: one for one in every}
    found = stated(known.values(), facts, known)
    return sorted(found, key=lambda one: (one.subject, one.predicate, str(one.object), one.claims))


def test_parts_side_by_side_are_judged_as_the_whole(spark: "SparkSession", invented: Dataset, tmp_path: Path) -> None:
    # Articles of one story, which derive from each other, lie in different parts, and one part has none.
    every = claims(invented.store)
    articles = sorted({one.article for one in every})
    for number in range(4):
        own = set(articles[number::3]) if number < 3 else set()
        write(invented.store, tmp_path / f"part {number} [of 4]", [one for one in every if one.article in own])
    archive = Archive(spark, [str(tmp_path)], at_once=1)
    assert [part.claims for part in archive.parts] == [350, 325, 325, 0]
    assert tuple(archive.conflicts(VERDICTS)) == conflicts(invented.store, VERDICTS).shown
    assert tuple(one for one, _ in archive.statements()) == statements(invented.store)


def tangled(every: Iterable[Claim], random: Random) -> list[Claim]:
    """Return the claims with links among any of them: carried over from each other in rows and rings, corrected."""
    names = [one.iri for one in every]
    found = []
    for one in every:
        drawn = random.random()
        if drawn < 0.4:
            one = replace(one, derived_from=tuple(sorted(random.sample(names, random.choice((1, 1, 2))))))
        elif drawn < 0.5:
            one = replace(one, revises=(random.choice(names),))
        elif drawn < 0.6:
            one = replace(one, predicate=f"{KG}disputes", object=NamedNode(random.choice(names)))
        elif drawn < 0.65:
            one = replace(one, predicate=f"{KG}unheardOf")
        found.append(one)
    return found


def test_no_link_between_claims_is_lost(spark: "SparkSession", invented: Dataset, tmp_path: Path) -> None:
    every = tangled(claims(invented.store), Random(7))
    known = background(invented.store)
    fill(tmp_path, every, known, ranked_labels(invented.store, PREFIXES["claim"]))
    # One group at a time, so that nothing is there by chance.
    archive = Archive(spark, [str(tmp_path)], at_once=1)
    expected = conflicts_in_one_process(every, known)
    found = list(archive.conflicts(VERDICTS))
    assert found == expected
    by_name = {one.iri: one for one in every}
    apart = [one for one in expected if len({by_name[iri].subject for iri in one.claims}) == 2]
    assert len(apart) > 100 and {"drift", "revision"} == {one.verdict for one in apart}
    assert list(archive.conflicts()) == [one for one in expected if one.verdict in SHOWN]
    told = list(archive.statements())
    assert [one for one, _ in told] == statements_in_one_process(every, known)
    of_claims = {iri: label for _, labels in told for iri, label in labels.items()}
    assert of_claims == {
        one.object.value: by_name[one.object.value].label for one in every if one.predicate == f"{KG}disputes"
    }


def test_nasty_labels_pass_unharmed(spark: "SparkSession", sample: Dataset, tmp_path: Path) -> None:
    store = with_difficult_labels(sample).store
    write(store, tmp_path / "part")
    archive = Archive(spark, [str(tmp_path / "part")])
    assert archive.background == background(store)
    assert tuple(archive.conflicts(VERDICTS)) == conflicts(store, VERDICTS).shown
    assert tuple(one for one, _ in archive.statements()) == statements(store)


def test_an_entity_narrows_what_is_found(spark: "SparkSession", sample: Dataset, tmp_path: Path) -> None:
    write(sample.store, tmp_path / "part")
    archive = Archive(spark, [str(tmp_path / "part")])
    legion = archive.resolve("unit:sample-legion")
    assert archive.resolve("Sample Legion") == legion
    assert tuple(archive.conflicts(VERDICTS, legion)) == conflicts(sample.store, VERDICTS, legion).shown
    few = [one for one in statements(sample.store) if one.origins <= 1 and legion in (one.subject, one.object.value)]
    assert [one for one, _ in archive.statements(legion, 1)] == few
    with pytest.raises(NameUnknownError, match="the archive does not describe 'unit:sample-leg'; did you"):
        archive.resolve("unit:sample-leg")


# --- Groups ---


def test_no_group_is_cut(part: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    table = parquet.read_table(part / "claims.parquet").sort_by([("subject", "ascending"), ("predicate", "ascending")])
    table = table.append_column("group_subject", table["subject"]).append_column("group_family", table["predicate"])
    table = table.append_column("own", pyarrow.array([number % 7 > 0 for number in range(len(table))]))
    pieces = list(some_groups(table.to_batches(max_chunksize=11), 30))
    assert sum(len(own) + len(named) for own, named in pieces) == 1000
    assert len(pieces) > 10
    kinds = [{(one.subject, one.predicate) for one in (*own, *named)} for own, named in pieces]
    assert sum(map(len, kinds)) == len(set().union(*kinds))
    assert all(len(own) >= 30 for own, _ in pieces[:-1])


# --- Bad input ---


def damage_column(part: Path, table: str, change: "Callable[[Table], Table]") -> None:
    from pyarrow import parquet

    file = part / f"{table}.parquet"
    parquet.write_table(change(parquet.read_table(file)), file)


def lose_counts(part: Path) -> None:
    damage_column(part, "claims", lambda table: table.drop_columns(["counts"]))


def change_type(part: Path) -> None:
    def as_text(table: "Table") -> "Table":
        place = table.column_names.index("not_before")
        return table.set_column(place, "not_before", table["not_before"].cast("string"))

    damage_column(part, "claims", as_text)


def empty_article(part: Path) -> None:
    def emptied(table: "Table") -> "Table":
        import pyarrow

        cells = pyarrow.array([None, *table["article"].to_pylist()[1:]], "string")
        return table.set_column(table.column_names.index("article"), "article", cells)

    damage_column(part, "claims", emptied)


def cut_short(part: Path) -> None:
    file = part / "articles.parquet"
    file.write_bytes(file.read_bytes()[:-20])


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda part: altered(part, version=0), "copy' has version 0 of the schema, .* export the part again"),
        (lambda part: altered(part, version=VERSION + 1), f"has version {VERSION + 1} of the schema, .*: update kg"),
        (lambda part: altered(part, format="x"), "copy/part.json' does not describe a part of an archive"),
        (lambda part: (part / MANIFEST).write_text("{"), "copy/part.json' does not describe a part of an archive"),
        (lambda part: (part / MANIFEST).unlink(), "copy' has no part of an archive: kg export parquet -o DIR"),
        (lambda part: (part / "places.parquet").unlink(), "copy/places.parquet' cannot be read: it is missing"),
        (cut_short, "copy/articles.parquet' cannot be read: .*"),
        (lose_counts, "copy/claims.parquet' has no column 'counts'"),
        (change_type, "copy/claims.parquet': column 'not_before' holds string, not date"),
        (empty_article, "copy/claims.parquet': column 'article' of a claim is empty"),
    ],
)
def test_a_damaged_part_is_refused(
    spark: "SparkSession", copy: Path, damage: Callable[[Path], None], complaint: str
) -> None:
    damage(copy)
    with pytest.raises(SourceError, match=complaint):
        Archive(spark, [str(copy)])


def test_a_place_without_parts_is_refused(spark: "SparkSession", tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(SourceError, match=f"'{place}' has no part of an archive"):
            Archive(spark, [str(place)])


def test_a_part_that_comes_twice_is_refused(spark: "SparkSession", part: Path, copy: Path) -> None:
    with pytest.raises(SourceError, match="whole' is named twice"):
        Archive(spark, [str(part), str(part)])
    with pytest.raises(SourceError, match=r"(whole|copy)' has the same claims as '.*(whole|copy)'"):
        Archive(spark, [str(part), str(copy)])


def test_a_claim_that_stands_in_two_parts_is_refused(spark: "SparkSession", invented: Dataset, tmp_path: Path) -> None:
    every = claims(invented.store)
    write(invented.store, tmp_path / "one", every[:10])
    write(invented.store, tmp_path / "other", every[9:20])
    with pytest.raises(SourceError, match=f"{shorten(every[9].iri)} occurs 2 times in '.*one' and '.*other'"):
        Archive(spark, [str(tmp_path)])


def test_parts_that_describe_an_article_differently_are_refused(
    spark: "SparkSession", invented: Dataset, tmp_path: Path
) -> None:
    known, every = background(invented.store), claims(invented.store)
    article = replace(known.articles[every[0].article], publisher="https://w3id.org/hearsay/organisation/other")
    write(invented.store, tmp_path / "one", every[:1])
    (tmp_path / "other").mkdir()
    changed = replace(known, articles={**known.articles, article.iri: article})
    fill(tmp_path / "other", every[1:2], changed, ranked_labels(invented.store, PREFIXES["claim"]))
    with pytest.raises(SourceError, match=f"describe {shorten(article.iri)} differently: publisher"):
        Archive(spark, [str(tmp_path)])


def test_what_spark_needs_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with (
        pytest.raises(OutsideError, match="Spark needs Java 17 or later, but there is no java"),
        session(),
    ):
        pass
    monkeypatch.setattr("kg.archive.spark_session.installed", lambda package: package != "pyspark")
    with pytest.raises(OutsideError, match=r"pyspark is not installed: pip install 'hearsay-kg\[spark\]'"), session():
        pass


# --- The command ---


def kg(*words: str, **more: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "kg", *words]
    return subprocess.run(command, capture_output=True, check=False, env={**os.environ, **more})


def test_the_command_gives_the_same_bytes_for_project_and_archive(invented: Dataset, tmp_path: Path) -> None:
    project, part = ("-C", str(invented.root)), str(tmp_path / "part")
    done = kg(*project, "export", "parquet", "-o", part)
    assert (done.returncode, done.stderr) == (0, b"1,000 claims in this part of the archive\n")
    one = kg(*project, "conflicts", "--format", "jsonl")
    other = kg("conflicts", "--archive", part, "--format", "jsonl", "--master", "local[2]")
    assert (other.returncode, other.stdout) == (0, one.stdout)
    assert other.stderr == f"{one.stdout.count(b'{')} pairs shown\n".encode()


def test_a_submitted_program_gives_the_same_bytes(invented: Dataset, part: Path, tmp_path: Path) -> None:
    import pyspark

    program = tmp_path / "hearsay.py"
    program.write_text("from kg.__main__ import main\n\nmain()\n")
    output = tmp_path / "origins.csv"
    submit = [str(Path(pyspark.__file__).parent / "bin" / "spark-submit"), "--master", "local[2]"]
    submit += ["--driver-java-options", "-XX:TieredStopAtLevel=1", "--conf", "spark.sql.shuffle.partitions=4"]
    done = subprocess.run(
        [*submit, str(program), "origins", "--archive", str(part), "-o", str(output)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYSPARK_PYTHON": sys.executable},
    )
    assert done.returncode == 0, done.stderr
    assert output.read_bytes() == kg("-C", str(invented.root), "origins", "--format", "csv").stdout


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("conflicts", "--master", "local"), 2, "--master applies to an archive"),
        (("export", "parquet"), 2, "parquet writes a directory of tables: name it with -o DIR"),
        (("export", "parquet", "--claims", "-o", "x"), 2, "parquet takes no --dialect and no --claims"),
        (("conflicts", "--archive", "x", "-o", "x.png"), 2, "unknown ending '.png'"),
        (("origins", "--archive", "x"), 3, "Spark needs Java 17 or later"),
    ],
)
def test_a_wrong_call_is_refused_in_a_line(words: tuple[str, ...], code: int, complaint: str, tmp_path: Path) -> None:
    done = kg(*words, JAVA_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (code, b"")
    assert complaint in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_no_command_loads_what_only_an_archive_needs() -> None:
    code = "import kg.cli.main, sys; print(sorted({'pandas', 'pyarrow', 'pyspark'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "[]\n"
