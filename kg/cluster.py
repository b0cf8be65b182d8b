"""Conflicts and origins of an archive that no machine holds at once, on Spark: the verdicts are those of `conflicts`.

The claims are sorted by subject and family of predicates (see `conflicts.families`), so that all claims that compare
with each other come to a worker one after another; it holds one group at a time, or some small ones. To a group come
the claims from elsewhere that its own were carried over from, or correct. The background goes to every worker whole.
"""

import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial, reduce
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from kg.archive import (
    LITERAL,
    MANIFEST,
    TABLES,
    Part,
    Row,
    cells_of,
    check_columns,
    claims_of,
    directory_of,
    installed,
    joined,
    part_of,
    required,
    shown,
    term_of,
)
from kg.background import Background
from kg.claims import Claim, uncollected
from kg.conflicts import compare, families, groups, linked, touches
from kg.errors import NameUnknownError, OutsideError, SourceError
from kg.origins import Statement, stated
from kg.terms import PREFIXES, expand, shorten, suggest
from kg.verdicts import SHOWN, VERDICTS, Conflict, Context

if TYPE_CHECKING:
    import pyarrow
    from pyspark import Broadcast
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql import Row as Found

#: A worker judges so many claims together, because each time has its price, or one group where that is larger.
AT_ONCE = 5_000
#: So many results go from a worker in one piece.
_PIECE = 10_000
#: What makes a group.
_GROUP = ("group_subject", "group_family")
_CONFLICT = {"rank": "int", **dict.fromkeys(("verdict", "subject", "predicate", "first", "second", "reason"), "string")}
_STATEMENT = {
    **dict.fromkeys(("subject", "predicate", "term", "object"), "string"),
    **dict.fromkeys(LITERAL, "string"),
    **dict.fromkeys(("polarity", "modality", "counts", "where", "reason", "subject_label", "object_label"), "string"),
    **{"not_before": "date", "not_after": "date", "claims": "array<string>"},
    **dict.fromkeys(("articles", "outlets", "origins"), "int"),
}
#: What of a claim can be the name of another claim of which it speaks.
_CLAIMS_SPOKEN_OF = f"filter(array(subject, object), name -> startswith(name, '{PREFIXES['claim']}'))"
_RANK = {verdict: rank for rank, verdict in enumerate(VERDICTS)}


# --- Spark ---


@contextmanager
def session(master: str | None = None, log: Path | None = None) -> "Iterator[SparkSession]":
    """Give a Spark session on the master ("local[4]", "spark://host:7077", "yarn"; by default all of this machine).

    A program that `spark-submit` started has the session that it was given. What Spark says of itself goes to `log`,
    or to standard error. Raises OutsideError where Spark is not there, does not start or fails in between.
    """
    _check_installed()
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException, PythonException

    try:
        spark = _started(master, log)
        try:
            yield spark
        finally:
            spark.stop()
    except PythonException as error:
        raise _of_worker(str(error)) from error
    except (PySparkException, Py4JError) as error:
        raise OutsideError(f"Spark failed: {_why(str(error), log)}") from error
    except (ConnectionRefusedError, ConnectionResetError, EOFError) as error:
        raise OutsideError("Spark failed: its Java process is gone") from error


def _check_installed() -> None:
    for package in ("pyspark", "pyarrow", "pandas"):
        if not installed(package):
            raise OutsideError(
                f"an archive is judged by Spark, but {package} is not installed: pip install 'hearsay[spark]'"
            )
    if not _submitted():
        from shutil import which

        home = os.environ.get("JAVA_HOME")
        if which("java", path=f"{home}/bin" if home else None) is None:
            where = f"in JAVA_HOME, '{home}'" if home else "on the PATH"
            raise OutsideError(
                f"Spark needs Java 17 or later, and there is none {where}: apt-get install default-jre-headless"
            )


def _submitted() -> bool:
    """Say whether `spark-submit` started this program."""
    return "PYSPARK_GATEWAY_PORT" in os.environ


def _started(master: str | None, log: Path | None) -> "SparkSession":
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    if _submitted():
        return SparkSession.builder.getOrCreate()
    settings = {"spark.app.name": "kg", "spark.master": master or "local[*]"}
    if settings["spark.master"].startswith("local["):
        # On this machine nobody else has to reach it, and the workers are to be of this very Python.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        settings |= {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
        # Java's second compiler costs more than it saves here: 64 seconds of processor time for 36, at 250,000 claims.
        settings["spark.driver.extraJavaOptions"] = "-XX:TieredStopAtLevel=1"
        # Spark cuts work into 200 pieces by default, which is for clusters: here each would cost more than its work.
        settings["spark.sql.shuffle.partitions"] = str(2 * (os.cpu_count() or 1))
    conf = SparkConf().setAll(list(settings.items()))
    if log is None:
        return SparkSession(SparkContext(conf=conf))
    with log.open("ab") as file:
        return SparkSession(SparkContext(conf=conf, gateway=launch_gateway(conf, {"stderr": file})))


def _why(text: str, log: Path | None) -> str:
    """Return in one line why Spark failed; where it did not even start, only its log tells."""
    if "Python worker exited unexpectedly" in text:
        return "a worker died, as one does that has no room: it must hold the background and the largest group"
    lines = [line.strip() for line in text.splitlines()]
    # What Java threw stands below the call in which it did.
    thrown = [line[2:] for line in lines if line.startswith(": ")] or [line for line in lines if line]
    unstarted = "JAVA_GATEWAY_EXITED" in text or "SparkContext" in text
    if log is not None and unstarted:
        with log.open(encoding="utf-8", errors="replace") as file:
            told = [line.strip() for line in file if re.match(r"Error|Exception|Caused by|\S+ \S+ ERROR ", line)]
        thrown = told or thrown
    return thrown[0] if thrown else "no reason given"


def _of_worker(text: str) -> Exception:
    """Return the error for a worker's traceback: what a worker lacks is no bug."""
    last = next((line.strip() for line in reversed(text.splitlines()) if "Error" in line), text.strip())
    if last.startswith(("MemoryError", "ModuleNotFoundError", "ImportError", "OSError")):
        return OutsideError(f"a worker failed: {last}; a worker needs kg with its packages and room for a group")
    return RuntimeError(f"in a worker: {last}")


# --- The archive ---


class Archive:
    """The parts of an archive, checked, with the background of all of them."""

    def __init__(self, spark: "SparkSession", paths: Sequence[str], at_once: int = AT_ONCE) -> None:
        """Find the parts: each path is one, or a directory of some; patterns are allowed, and what Spark can read.

        A worker judges `at_once` claims together, or one group where that is larger.
        Raises SourceError where there is none, where one is of another version or damaged, where two describe a thing
        differently, and where a part or a claim comes twice.
        """
        self._spark, self._at_once = spark, at_once
        self.parts = _parts(spark, paths)
        tables = {name: self._table(name) for name in TABLES}
        self._claims = tables.pop("claims")
        _check_claims(self._claims)
        self.background = joined({name: self._collected(name, table) for name, table in tables.items()})
        self._known: Broadcast[Background] = spark.sparkContext.broadcast(self.background)

    def _table(self, name: str) -> "DataFrame":
        """Return a table of all parts, with the file of each row; raises SourceError where one lacks a column."""
        # Days are counted as everybody does today, whoever wrote the file.
        reader = self._spark.read.option("datetimeRebaseMode", "CORRECTED")
        files = [f"{_literally(part.path)}/{name}.parquet" for part in self.parts]
        for part, file in zip(self.parts, files, strict=True):
            with _reading(file):
                one = reader.parquet(file)
            check_columns(part.path, name, dict(one.dtypes))
        every = one if len(files) == 1 else reader.schema(one.select(*TABLES[name]).schema).parquet(*files)
        return every.select(*TABLES[name], "_metadata.file_path")

    def _collected(self, name: str, table: "DataFrame") -> "pyarrow.Table":
        """Return the different rows of a small table, each with one of the files that have it."""
        from pyspark.sql.functions import min as least

        if len(self.parts) > 1:
            table = table.groupBy(*TABLES[name]).agg(least("file_path").alias("file_path"))
        return table.toArrow()

    def resolve(self, name: str) -> str:
        """Return the IRI that a name or a label stands for; raises NameUnknownError where nothing is described so."""
        from pyspark.sql.functions import col

        known = self.background.labels
        labelled = [iri for iri, label in known.items() if label == name]
        iri = labelled[0] if len(labelled) == 1 else expand(name)
        if iri not in known and self._claims.where(col("iri") == iri).isEmpty():
            raise NameUnknownError(
                f"nothing in the archive is described as '{name}'{suggest(name, map(shorten, known))}"
            )
        return iri

    def conflicts(self, verdicts: Collection[str] = SHOWN, about: str | None = None) -> Iterator[Conflict]:
        """Give what `conflicts.conflicts` returns of a project that holds all the parts, in the same order."""
        own = self._own(families(self.background))
        # Whether claims that agree are independent depends on all that they were carried over from, however far back.
        far = not set(verdicts) <= set(SHOWN)
        rows = _grouped(own, _named(own, "revises", far=far))
        judge = partial(_conflicts_in, self._known, self._at_once, frozenset(verdicts), about)
        # Claims that name each other across groups are judged in both.
        found = rows.mapInArrow(judge, _ddl(_CONFLICT)).distinct()
        for row in _ordered(found, ("rank", "subject", "predicate", "first", "second")):
            yield Conflict(row.verdict, (row.first, row.second), row.subject, row.predicate, row.reason)

    def statements(
        self, about: str | None = None, most: int | None = None
    ) -> Iterator[tuple[Statement, dict[str, str]]]:
        """Give what `origins.statements` returns of a project that holds all the parts, in the same order.

        Only those about a thing, or with so many origins at most. With each come the labels of the claims that it
        speaks of; those of other things are in the background.
        """
        from pyspark.sql.functions import col

        own = self._own({})
        rows = _grouped(own, _named(own, _CLAIMS_SPOKEN_OF, far=True))
        found = rows.mapInArrow(partial(_statements_in, self._known, self._at_once), _ddl(_STATEMENT))
        if about is not None:
            found = found.where((col("subject") == about) | (col("term") == f"<{about}>"))
        if most is not None:
            found = found.where(col("origins") <= most)
        for row in _ordered(found, ("subject", "predicate", "term", "claims")):
            object_ = term_of(row.object, row.object_datatype, row.object_language, row.object_direction)
            told = (row.polarity, row.modality, row.counts, row.where, row.not_before, row.not_after)
            rests = (tuple(row.claims), row.articles, row.outlets, row.origins, row.reason)
            labels = {row.subject: row.subject_label, row.object: row.object_label}
            statement = Statement(row.subject, row.predicate, object_, *told, *rests)
            yield statement, {iri: label for iri, label in labels.items() if label is not None}

    def _own(self, family: Mapping[str, str]) -> "DataFrame":
        """Return the claims with what makes their groups: the subject, and the predicate or its family."""
        from pyspark.sql.functions import broadcast, coalesce, col, lit

        names = self._spark.createDataFrame(list(family.items()), "member string, family string")
        every = self._claims.join(broadcast(names), self._claims["predicate"] == names["member"], "left")
        group = (col("subject"), coalesce("family", "predicate"))
        keys = (one.alias(name) for one, name in zip(group, _GROUP, strict=True))
        return every.select(*keys, lit(True).alias("own"), *TABLES["claims"])


def _parts(spark: "SparkSession", paths: Iterable[str]) -> tuple[Part, ...]:
    found: dict[str, Part] = {}
    for path in paths:
        # A directory whose name looks like a pattern is meant as it is.
        place = _literally(path) if Path(path).exists() else path
        given = _described(spark, f"{place}/{MANIFEST}") or _described(spark, f"{place}/*/{MANIFEST}")
        if not given:
            raise SourceError(f"no part of an archive in '{path}': kg export parquet -o DIR writes one")
        for part in given:
            twin = found.setdefault(part.digest if part.claims else part.path, part)
            if twin is not part:
                same = "comes twice" if twin.path == part.path else f"has the same claims as '{shown(twin.path)}'"
                raise SourceError(f"'{shown(part.path)}' {same}: name each part once")
    return tuple(sorted(found.values(), key=lambda part: part.path))


def _described(spark: "SparkSession", pattern: str) -> list[Part]:
    """Return the parts whose descriptions lie where the pattern says."""
    from pyspark.errors import AnalysisException

    try:
        rows = spark.read.text(pattern, wholetext=True).select("value", "_metadata.file_path").collect()
    except AnalysisException as error:
        if "PATH_NOT_FOUND" not in str(error):
            raise
        return []
    return [part_of(directory_of(row.file_path), row.value) for row in rows]


def _literally(path: str) -> str:
    """Return the path with a backslash before what Spark would take for a pattern."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", path)


@contextmanager
def _reading(file: str) -> Iterator[None]:
    """Turn what Spark says of a file that it cannot read into an error in our input."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        why = "it is not there" if "PATH_NOT_FOUND" in str(error) else _why(str(error), None)
        raise SourceError(f"'{shown(file)}' cannot be read: {why}") from error


def _check_claims(claims: "DataFrame") -> None:
    """Raise SourceError where a claim stands twice, or lacks what every claim has."""
    from pyspark.sql.functions import col, count
    from pyspark.sql.functions import max as last
    from pyspark.sql.functions import min as first

    empty = " OR ".join(f"`{name}` IS NULL" for name in required("claims"))
    for row in claims.where(empty).take(1):
        name = next(name for name in required("claims") if row[name] is None)
        raise SourceError(f"'{shown(row.file_path)}': a claim has nothing in column '{name}': export the part again")
    places = (first("file_path").alias("one"), last("file_path").alias("other"))
    found = claims.groupBy("iri").agg(count("*").alias("times"), *places).where(col("times") > 1)
    for row in found.orderBy("iri").take(1):
        where = " and ".join(sorted({f"'{shown(directory_of(place))}'" for place in (row.one, row.other)}))
        raise SourceError(f"{shorten(row.iri)} stands {row.times} times in {where}: a claim belongs to one part")


# --- Groups ---


def _named(own: "DataFrame", *direct: str, far: bool) -> "DataFrame":
    """Return for the groups which claims their own name: those they were carried over from, and by other expressions.

    With `far` come also those from which these were carried over, however far back.
    """
    from pyspark.sql.functions import col, explode, expr

    def naming(names: str) -> "DataFrame":
        return own.select(*_GROUP, col("iri").alias("claim"), explode(expr(names)).alias("other"))

    carried = naming("derived_from")
    if far:
        carried = _however_far(carried)
    return reduce(lambda one, more: one.union(more), map(naming, direct), carried).select(*_GROUP, "other").distinct()


def _however_far(pairs: "DataFrame") -> "DataFrame":
    """Return the pairs with those that they make when one follows on another, twice as far in each round."""
    from pyspark.sql.functions import col

    # A checkpoint, because otherwise each round would do all those before it again.
    reached = pairs.distinct().localCheckpoint()
    before, now = -1, reached.count()
    while now > before:
        onward = reached.select(col("claim").alias("through"), col("other").alias("beyond"))
        further = reached.join(onward, col("other") == col("through")).select(*_GROUP, "claim", "beyond")
        reached = reached.union(further).distinct().localCheckpoint()
        before, now = now, reached.count()
    return reached


def _grouped(own: "DataFrame", named: "DataFrame") -> "DataFrame":
    """Return the claims group by group, with those from elsewhere that they name; no group lies in two partitions."""
    from pyspark.sql.functions import col, lit

    theirs = own.select(*(col(name).alias(f"their_{name}") for name in _GROUP), *TABLES["claims"])
    elsewhere = [col(f"their_{name}") != col(name) for name in _GROUP]
    others = named.join(theirs, col("other") == col("iri")).where(elsewhere[0] | elsewhere[1])
    rows = own.union(others.select(*_GROUP, lit(False).alias("own"), *TABLES["claims"]))
    return rows.repartition(*_GROUP).sortWithinPartitions(*_GROUP, "iri")


def _ordered(found: "DataFrame", by: Sequence[str]) -> "Iterator[Found]":
    """Give the rows in order, one partition of them held at a time."""
    from pyspark import StorageLevel

    # Sorting looks at the rows twice, and they cost more to find than to keep.
    found = found.persist(StorageLevel.DISK_ONLY)
    try:
        yield from found.orderBy(*by).toLocalIterator()
    finally:
        found.unpersist()


# --- Workers ---


def _conflicts_in(
    known: "Broadcast[Background]",
    at_once: int,
    verdicts: Collection[str],
    about: str | None,
    batches: "Iterable[pyarrow.RecordBatch]",
) -> "Iterator[pyarrow.RecordBatch]":
    """Give the conflicts of the groups in a partition."""
    for own, named in _some_groups(batches, at_once):
        with uncollected():
            found = _judged(own, Context((*named, *own), known.value), verdicts, about)
            rows = (
                (_RANK[one.verdict], one.verdict, one.subject, one.predicate, *one.claims, one.reason) for one in found
            )
            yield from _batches(rows, _CONFLICT)


def _judged(own: Sequence[Claim], context: Context, verdicts: Collection[str], about: str | None) -> Iterator[Conflict]:
    yield from (one for one in linked(own, context, verdicts) if _touched(one, context, about))
    for group in groups(own, context.background):
        if about is None or any(touches(claim, about) for claim in group):
            yield from (one for one in compare(group, context, verdicts) if _touched(one, context, about))


def _touched(one: Conflict, context: Context, about: str | None) -> bool:
    return about is None or any(touches(context.claims[iri], about) for iri in one.claims)


def _statements_in(
    known: "Broadcast[Background]", at_once: int, batches: "Iterable[pyarrow.RecordBatch]"
) -> "Iterator[pyarrow.RecordBatch]":
    """Give the statements of the groups in a partition."""
    for own, named in _some_groups(batches, at_once):
        with uncollected():
            every = {claim.iri: claim for claim in (*named, *own)}
            rows = (_statement_row(one, every) for one in stated(own, known.value, every))
            yield from _batches(rows, _STATEMENT)


def _statement_row(one: Statement, every: Mapping[str, Claim]) -> Row:
    label, of_object = (every[iri].label if iri in every else None for iri in (one.subject, one.object.value))
    cells = {**cells_of(one.object), "term": str(one.object), "subject_label": label, "object_label": of_object}
    return tuple(cells[name] if name in cells else getattr(one, name) for name in _STATEMENT)


def _some_groups(batches: "Iterable[pyarrow.RecordBatch]", at_once: int) -> Iterator[tuple[list[Claim], list[Claim]]]:
    """Give the claims of some groups, whole, and those from elsewhere that they name; so many at once, or one group."""
    own: list[Claim] = []
    named: list[Claim] = []
    names: dict[str, str] = {}
    last = None
    for batch in batches:
        marks = zip(*(batch.column(name).to_pylist() for name in (*_GROUP, "own")), strict=True)
        for (*group, mine), claim in zip(marks, claims_of(batch, names), strict=True):
            if group != last and len(own) >= at_once:
                yield own, named
                own, named, names = [], [], {}
            last = group
            (own if mine else named).append(claim)
    if own:
        yield own, named


def _batches(rows: Iterable[Row], columns: Mapping[str, str]) -> "Iterator[pyarrow.RecordBatch]":
    """Give the rows as Spark takes them."""
    import pyarrow

    types = {"string": pyarrow.string(), "int": pyarrow.int32(), "date": pyarrow.date32()}
    types["array<string>"] = pyarrow.list_(pyarrow.string())
    schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
    left = iter(rows)
    while batch := list(islice(left, _PIECE)):
        cells = (pyarrow.array(column, one.type) for column, one in zip(zip(*batch, strict=True), schema, strict=True))
        yield pyarrow.record_batch(list(cells), schema=schema)


def _ddl(columns: Mapping[str, str]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
