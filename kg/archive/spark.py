"""Conflicts and origins of an archive that exceeds one machine, on Spark, with the same verdicts as for a project.

The claims are sorted by subject and family of predicates (see `conflicts.families`), so that all claims to compare
reach a worker one after another; it holds one group at a time, or a few small ones. A group also gets the claims of
other groups from which its own derive, or which they correct. Every worker gets the whole background.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING

from kg.analysis.conflicts import Conflict, families
from kg.analysis.origins import Statement
from kg.analysis.verdicts import SHOWN
from kg.archive.parquet import (
    MANIFEST,
    TABLES,
    Part,
    check_columns,
    directory_of,
    joined,
    part_of,
    required,
    shown,
    term_of,
)
from kg.archive.spark_session import why
from kg.archive.spark_worker import CONFLICT, GROUP, STATEMENT, conflicts_in, ddl, statements_in
from kg.claims.background import Background
from kg.errors import NameUnknownError, SourceError
from kg.rdf.namespaces import PREFIXES, expand, shorten, suggest

if TYPE_CHECKING:
    import pyarrow
    from pyspark import Broadcast
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql import Row as SparkRow

#: The number of claims that a worker judges together, since each call costs time; a larger group stays whole.
AT_ONCE = 5_000
#: The values of a claim that can name another claim.
_CLAIMS_SPOKEN_OF = f"filter(array(subject, object), name -> startswith(name, '{PREFIXES['claim']}'))"


class Archive:
    """The parts of an archive, checked, with the background of all of them."""

    def __init__(self, spark: "SparkSession", paths: Sequence[str], at_once: int = AT_ONCE) -> None:
        """Find the parts: each path is a part or a directory of parts, and may be a pattern or a URI that Spark reads.

        A worker judges `at_once` claims together, or one larger group. Raises SourceError if there is no part, if one
        has another version or is damaged, if two describe an entity differently, and for a duplicate part or claim.
        """
        self._spark, self._at_once = spark, at_once
        self.parts = _parts(spark, paths)
        tables = {name: self._table(name) for name in TABLES}
        self._claims = tables.pop("claims")
        _check_claims(self._claims)
        self.background = joined({name: self._collected(name, table) for name, table in tables.items()})
        self._known: Broadcast[Background] = spark.sparkContext.broadcast(self.background)

    def _table(self, name: str) -> "DataFrame":
        """Return a table of all parts with the file of each row; raises SourceError if a column is missing."""
        # Dates are Gregorian, whichever program wrote the file.
        reader = self._spark.read.option("datetimeRebaseMode", "CORRECTED")
        files = [f"{_literally(part.path)}/{name}.parquet" for part in self.parts]
        for part, file in zip(self.parts, files, strict=True):
            with _reading(file):
                single = reader.parquet(file)
            check_columns(part.path, name, dict(single.dtypes))
        rows = single if len(files) == 1 else reader.schema(single.select(*TABLES[name]).schema).parquet(*files)
        return rows.select(*TABLES[name], "_metadata.file_path")

    def _collected(self, name: str, table: "DataFrame") -> "pyarrow.Table":
        """Return the distinct rows of a small table, each with one of its files."""
        from pyspark.sql.functions import min as least

        if len(self.parts) > 1:
            table = table.groupBy(*TABLES[name]).agg(least("file_path").alias("file_path"))
        return table.toArrow()

    def resolve(self, name: str) -> str:
        """Return the IRI of a name or a label; raises NameUnknownError if the archive does not describe it."""
        from pyspark.sql.functions import col

        known = self.background.labels
        labelled = [iri for iri, label in known.items() if label == name]
        iri = labelled[0] if len(labelled) == 1 else expand(name)
        if iri not in known and self._claims.where(col("iri") == iri).isEmpty():
            raise NameUnknownError(f"the archive does not describe '{name}'{suggest(name, map(shorten, known))}")
        return iri

    def conflicts(self, verdicts: Collection[str] = SHOWN, about: str | None = None) -> Iterator[Conflict]:
        """Yield the conflicts of a project with all the parts, in the order of `conflicts.conflicts`."""
        own = self._own(families(self.background))
        # Whether claims that agree are independent depends on their whole lineage.
        far = not set(verdicts) <= set(SHOWN)
        rows = _grouped(own, _named(own, "revises", far=far))
        judge = partial(conflicts_in, self._known, self._at_once, frozenset(verdicts), about)
        # Claims of two groups that name each other are judged in both.
        results = rows.mapInArrow(judge, ddl(CONFLICT)).distinct()
        for row in _ordered(results, ("rank", "subject", "predicate", "first", "second")):
            yield Conflict(
                verdict=row.verdict,
                claims=(row.first, row.second),
                subject=row.subject,
                predicate=row.predicate,
                reason=row.reason,
            )

    def statements(
        self, about: str | None = None, most: int | None = None
    ) -> Iterator[tuple[Statement, dict[str, str]]]:
        """Yield the statements of a project with all the parts, in the order of `independence.statements`.

        `about` keeps those about an entity, `most` those with at most that number of origins. Each comes with the
        labels of the claims that it names; other labels are in the background.
        """
        from pyspark.sql.functions import col

        own = self._own({})
        rows = _grouped(own, _named(own, _CLAIMS_SPOKEN_OF, far=True))
        results = rows.mapInArrow(partial(statements_in, self._known, self._at_once), ddl(STATEMENT))
        if about is not None:
            results = results.where((col("subject") == about) | (col("term") == f"<{about}>"))
        if most is not None:
            results = results.where(col("origins") <= most)
        for row in _ordered(results, ("subject", "predicate", "term", "claims")):
            object_ = term_of(row.object, row.object_datatype, row.object_language, row.object_direction)
            labels = {row.subject: row.subject_label, row.object: row.object_label}
            values = {field.name: getattr(row, field.name) for field in fields(Statement)}
            statement = Statement(**values | {"object": object_, "claims": tuple(row.claims)})
            yield statement, {iri: label for iri, label in labels.items() if label is not None}

    def _own(self, family: Mapping[str, str]) -> "DataFrame":
        """Return the claims with the columns of their groups: the subject, and the predicate or its family."""
        from pyspark.sql.functions import broadcast, coalesce, col, lit

        names = self._spark.createDataFrame(list(family.items()), "member string, family string")
        claims = self._claims.join(broadcast(names), self._claims["predicate"] == names["member"], "left")
        group = (col("subject"), coalesce("family", "predicate"))
        keys = (column.alias(name) for column, name in zip(group, GROUP, strict=True))
        return claims.select(*keys, lit(True).alias("own"), *TABLES["claims"])


def _parts(spark: "SparkSession", paths: Iterable[str]) -> tuple[Part, ...]:
    parts: dict[str, Part] = {}
    for path in paths:
        # The name of an existing directory is no pattern.
        place = _literally(path) if Path(path).exists() else path
        described = _described(spark, f"{place}/{MANIFEST}") or _described(spark, f"{place}/*/{MANIFEST}")
        if not described:
            raise SourceError(f"'{path}' has no part of an archive: kg export parquet -o DIR writes one")
        for part in described:
            twin = parts.setdefault(part.digest if part.claims else part.path, part)
            if twin is not part:
                same = "is named twice" if twin.path == part.path else f"has the same claims as '{shown(twin.path)}'"
                raise SourceError(f"'{shown(part.path)}' {same}: name each part once")
    return tuple(sorted(parts.values(), key=lambda part: part.path))


def _described(spark: "SparkSession", pattern: str) -> list[Part]:
    """Return the parts whose descriptions match the pattern."""
    from pyspark.errors import AnalysisException

    try:
        rows = spark.read.text(pattern, wholetext=True).select("value", "_metadata.file_path").collect()
    except AnalysisException as error:
        if "PATH_NOT_FOUND" not in str(error):
            raise
        return []
    return [part_of(directory_of(row.file_path), row.value) for row in rows]


def _literally(path: str) -> str:
    """Return the path with a backslash before the characters of a pattern in Spark."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", path)


@contextmanager
def _reading(file: str) -> Iterator[None]:
    """Raise SourceError for a file that Spark cannot read."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        reason = "it is missing" if "PATH_NOT_FOUND" in str(error) else why(str(error), None)
        raise SourceError(f"'{shown(file)}' cannot be read: {reason}") from error


def _check_claims(claims: "DataFrame") -> None:
    """Raise SourceError if a claim occurs twice, or a required column is empty."""
    from pyspark.sql.functions import col, count
    from pyspark.sql.functions import max as last
    from pyspark.sql.functions import min as first

    empty = " OR ".join(f"`{name}` IS NULL" for name in required("claims"))
    for row in claims.where(empty).take(1):
        name = next(name for name in required("claims") if row[name] is None)
        raise SourceError(f"'{shown(row.file_path)}': column '{name}' of a claim is empty: export the part again")
    places = (first("file_path").alias("one"), last("file_path").alias("other"))
    repeated = claims.groupBy("iri").agg(count("*").alias("times"), *places).where(col("times") > 1)
    for row in repeated.orderBy("iri").take(1):
        where = " and ".join(sorted({f"'{shown(directory_of(place))}'" for place in (row.one, row.other)}))
        raise SourceError(
            f"{shorten(row.iri)} occurs {row.times} times in {where}: a claim must be in one part "
            "only; export the parts again"
        )


def _named(own: "DataFrame", *direct: str, far: bool) -> "DataFrame":
    """Return for each group the claims that its own name: those from which they derive, and those in `direct`.

    With `far` the claims of the whole lineage are included.
    """
    from pyspark.sql.functions import col, explode, expr

    def naming(names: str) -> "DataFrame":
        return own.select(*GROUP, col("iri").alias("claim"), explode(expr(names)).alias("other"))

    carried = naming("derived_from")
    if far:
        carried = _transitive(carried)
    return reduce(lambda rows, more: rows.union(more), map(naming, direct), carried).select(*GROUP, "other").distinct()


def _transitive(pairs: "DataFrame") -> "DataFrame":
    """Return the transitive closure of the pairs; each round doubles the distance."""
    from pyspark.sql.functions import col

    # Without a checkpoint each round would repeat all rounds before it.
    reached = pairs.distinct().localCheckpoint()
    before, now = -1, reached.count()
    while now > before:
        onward = reached.select(col("claim").alias("through"), col("other").alias("beyond"))
        further = reached.join(onward, col("other") == col("through")).select(*GROUP, "claim", "beyond")
        reached = reached.union(further).distinct().localCheckpoint()
        before, now = now, reached.count()
    return reached


def _grouped(own: "DataFrame", named: "DataFrame") -> "DataFrame":
    """Return the claims by group, with the claims of other groups that they name; no partition splits a group."""
    from pyspark.sql.functions import col, lit

    theirs = own.select(*(col(name).alias(f"their_{name}") for name in GROUP), *TABLES["claims"])
    elsewhere = [col(f"their_{name}") != col(name) for name in GROUP]
    others = named.join(theirs, col("other") == col("iri")).where(elsewhere[0] | elsewhere[1])
    rows = own.union(others.select(*GROUP, lit(False).alias("own"), *TABLES["claims"]))
    return rows.repartition(*GROUP).sortWithinPartitions(*GROUP, "iri")


def _ordered(rows: "DataFrame", by: Sequence[str]) -> "Iterator[SparkRow]":
    """Yield the rows in order, one partition held at a time."""
    from pyspark import StorageLevel

    # Sorting reads the rows twice, and computing them costs more than storing them.
    rows = rows.persist(StorageLevel.DISK_ONLY)
    try:
        yield from rows.orderBy(*by).toLocalIterator()
    finally:
        rows.unpersist()
