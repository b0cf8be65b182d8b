"""The work of a Spark worker: conflicts and statements of the groups in a partition, as rows."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from kg.analysis.conflicts import Conflict, compare, groups, linked
from kg.analysis.origins import Statement, stated
from kg.analysis.verdict_context import Context
from kg.analysis.verdicts import VERDICTS
from kg.archive.parquet import LITERAL, Row, cells_of, claims_of
from kg.claims.background import Background
from kg.claims.claim import Claim, uncollected

if TYPE_CHECKING:
    import pyarrow
    from pyspark import Broadcast

#: The number of results in a batch that a worker returns.
_PIECE = 10_000
#: The columns that identify a group.
GROUP = ("group_subject", "group_family")
#: The columns of the results, with their types in Spark.
CONFLICT = {"rank": "int", **dict.fromkeys(("verdict", "subject", "predicate", "first", "second", "reason"), "string")}
STATEMENT = {
    **dict.fromkeys(("subject", "predicate", "term", "object"), "string"),
    **dict.fromkeys(LITERAL, "string"),
    **dict.fromkeys(("polarity", "modality", "counts", "where", "reason", "subject_label", "object_label"), "string"),
    **{"not_before": "date", "not_after": "date", "claims": "array<string>"},
    **dict.fromkeys(("articles", "outlets", "origins"), "int"),
}


def conflicts_in(
    known: "Broadcast[Background]",
    at_once: int,
    verdicts: Collection[str],
    about: str | None,
    batches: "Iterable[pyarrow.RecordBatch]",
) -> "Iterator[pyarrow.RecordBatch]":
    """Yield the conflicts of the groups in a partition."""
    for own, named in some_groups(batches, at_once):
        with uncollected():
            conflicts = _judged(own, Context((*named, *own), known.value), verdicts, about)
            rows = (
                (VERDICTS.index(pair.verdict), pair.verdict, pair.subject, pair.predicate, *pair.claims, pair.reason)
                for pair in conflicts
            )
            yield from _batches(rows, CONFLICT)


def _judged(own: Sequence[Claim], context: Context, verdicts: Collection[str], about: str | None) -> Iterator[Conflict]:
    yield from linked(own, context, verdicts, about)
    for group in groups(own, context.background, about):
        yield from compare(group, context, verdicts, about)


def statements_in(
    known: "Broadcast[Background]", at_once: int, batches: "Iterable[pyarrow.RecordBatch]"
) -> "Iterator[pyarrow.RecordBatch]":
    """Yield the statements of the groups in a partition."""
    for own, named in some_groups(batches, at_once):
        with uncollected():
            every = {claim.iri: claim for claim in (*named, *own)}
            rows = (_statement_row(one, every) for one in stated(own, known.value, every))
            yield from _batches(rows, STATEMENT)


def _statement_row(one: Statement, every: Mapping[str, Claim]) -> Row:
    label, of_object = (every[iri].label if iri in every else None for iri in (one.subject, one.object.value))
    cells = {**cells_of(one.object), "term": str(one.object), "subject_label": label, "object_label": of_object}
    return tuple(cells[name] if name in cells else getattr(one, name) for name in STATEMENT)


def some_groups(batches: "Iterable[pyarrow.RecordBatch]", at_once: int) -> Iterator[tuple[list[Claim], list[Claim]]]:
    """Yield the claims of complete groups, `at_once` or a few more, and the claims of other groups that they name."""
    own: list[Claim] = []
    named: list[Claim] = []
    names: dict[str, str] = {}
    last = None
    for batch in batches:
        marks = zip(*(batch.column(name).to_pylist() for name in (*GROUP, "own")), strict=True)
        for (*group, mine), claim in zip(marks, claims_of(batch, names), strict=True):
            if group != last and len(own) >= at_once:
                yield own, named
                own, named, names = [], [], {}
            last = group
            (own if mine else named).append(claim)
    if own:
        yield own, named


def _batches(rows: Iterable[Row], columns: Mapping[str, str]) -> "Iterator[pyarrow.RecordBatch]":
    """Yield the rows as Arrow batches."""
    import pyarrow

    types = {"string": pyarrow.string(), "int": pyarrow.int32(), "date": pyarrow.date32()}
    types["array<string>"] = pyarrow.list_(pyarrow.string())
    schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
    left = iter(rows)
    while batch := list(islice(left, _PIECE)):
        columns_ = zip(zip(*batch, strict=True), schema, strict=True)
        cells = (pyarrow.array(column, field.type) for column, field in columns_)
        yield pyarrow.record_batch(list(cells), schema=schema)


def ddl(columns: Mapping[str, str]) -> str:
    """Return the columns as a schema for Spark."""
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
