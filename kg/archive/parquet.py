"""The schema of an archive of claims in Parquet, and the writing and reading of its parts.

A part is a directory with a table for each entry of `TABLES` (`claims.parquet` and so on) and `part.json`, which names
the version of the schema. Names are full IRIs. A column means the same as the attribute of that name in the class of
the rows (`Claim`, `Article`, `Quantity`, `Profile`); an object with a datatype is a literal.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

from pyoxigraph import BaseDirection, Literal, NamedNode, Store

from kg.claims.background import KG, Article, Background, Profile, Quantity, background, enclosing, ranked_labels
from kg.claims.claim import Claim, claims
from kg.errors import OutsideError, SourceError
from kg.privacy.gate import gate
from kg.rdf.namespaces import PREFIXES, shorten

if TYPE_CHECKING:
    import pyarrow

#: The version of the tables and columns below; a change of them counts it up.
VERSION = 1
#: The file that makes a directory a part.
MANIFEST = "part.json"
_ARCHIVE = "hearsay-archive"
#: The number of claims held in memory while a project is written.
_BATCH = 10_000

Cell = str | Sequence[str] | date | float | bool | None
Row = Sequence[Cell]
T = TypeVar("T")

_TEXT, _MAYBE, _TEXTS, _DAY, _NUMBER, _FLAG = "text", "text or nothing", "texts", "day or nothing", "number", "flag"
#: The columns that are empty if the object of a claim is an entity.
LITERAL = ("object_datatype", "object_language", "object_direction")

#: The tables with their columns, and the kind of their cells.
TABLES: Mapping[str, Mapping[str, str]] = {
    "claims": {
        **dict.fromkeys(("iri", "label", "subject", "predicate", "object"), _TEXT),
        **dict.fromkeys(LITERAL, _MAYBE),
        "article": _TEXT,
        "passages": _TEXTS,
        "attribution": _TEXT,
        **dict.fromkeys(("speakers", "speaks_for", "via"), _TEXTS),
        "basis": _MAYBE,
        **dict.fromkeys(("certainty", "polarity", "modality"), _TEXT),
        **dict.fromkeys(("not_before", "not_after"), _DAY),
        **dict.fromkeys(("extent", "time_wording", "counts", "where"), _MAYBE),
        **dict.fromkeys(("derived_from", "revises", "notes"), _TEXTS),
    },
    "articles": {
        **{"iri": _TEXT, "publisher": _MAYBE, "authors": _TEXTS, "not_before": _DAY, "not_after": _DAY},
        **{"origin": _MAYBE, "derivation": _MAYBE, "derived_from": _TEXTS},
    },
    "quantities": {"iri": _TEXT, "low": _NUMBER, "high": _NUMBER, "unit": _TEXT},
    "profiles": {
        **{"iri": _TEXT, "values_at_once": _TEXT, "measure": _MAYBE},
        **{"measured_from": _TEXTS, "excludes": _TEXTS, "comparable_with": _TEXTS, "tolerance": _NUMBER},
    },
    "places": {"iri": _TEXT, "within": _TEXTS},
    "labels": {"iri": _TEXT, "foreign": _FLAG, "label": _TEXT},
}
#: The tables that are small compared with that of the claims.
GROUND = tuple(name for name in TABLES if name != "claims")


@dataclass(frozen=True, slots=True)
class Part:
    """A part as its `part.json` describes it, with the digest of its claims."""

    path: str
    claims: int
    digest: str


# --- Writing ---


def write(store: Store, directory: Path, only: Sequence[Claim] | None = None, *, force: bool = False) -> int:
    """Write all claims of the store, or `only` some, as a part, completely or not at all; return their number.

    Raises PrivacyError if anything in the graph would identify a protected person, SourceError if the directory cannot
    be written or exists; with `force` it is replaced if it is a part.
    """
    gate(store)
    if directory.exists() and not (force and (directory / MANIFEST).is_file()):
        reason = (
            "is not a part of an archive, so --force does not replace it: name another directory"
            if force
            else "exists already: name another directory, or replace it with --force"
        )
        raise SourceError(f"'{directory}' {reason}")
    selected = _all_claims(store) if only is None else only
    try:
        return _replace(directory.resolve(), selected, background(store), ranked_labels(store, PREFIXES["claim"]))
    except OSError as error:
        raise SourceError(f"'{directory}' cannot be written: {error.strerror or error}") from error


def _replace(
    target: Path, selected: Iterable[Claim], ground: Background, ranked: Mapping[str, tuple[bool, str]]
) -> int:
    from tempfile import TemporaryDirectory

    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=".kg-") as directory:
        new, old = Path(directory) / "new", Path(directory) / "old"
        new.mkdir()
        written = fill(new, selected, ground, ranked)
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except BaseException:
            if old.exists():
                old.rename(target)
            raise
    return written


def fill(directory: Path, selected: Iterable[Claim], ground: Background, ranked: Mapping[str, tuple[bool, str]]) -> int:
    """Write claims, their background and labels as of `ranked_labels` into an empty directory; return their number."""
    import hashlib
    import json

    tables: dict[str, Iterable[Row]] = {
        "claims": map(row_of, selected),
        "articles": _facts("articles", ground.articles),
        "quantities": _facts("quantities", ground.quantities),
        "profiles": _facts("profiles", ground.profiles),
        "places": ((place, sorted(ground.within[place])) for place in sorted(ground.within)),
        "labels": ((iri, *ranked[iri]) for iri in sorted(ranked)),
    }
    counts = {name: _write(directory, name, iter(rows)) for name, rows in tables.items()}
    with (directory / "claims.parquet").open("rb") as file:
        digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    facts = {"format": _ARCHIVE, "version": VERSION, "claims": counts["claims"], "digest": digest}
    (directory / MANIFEST).write_text(json.dumps(facts) + "\n", encoding="utf-8")
    return counts["claims"]


def _all_claims(store: Store) -> Iterator[Claim]:
    """Yield all claims in the order of their IRIs, `_BATCH` held at a time."""
    kinds = store.quads_for_pattern(None, NamedNode(f"{PREFIXES['rdf']}type"), NamedNode(f"{KG}Claim"))
    names = sorted({quad.subject.value for quad in kinds if isinstance(quad.subject, NamedNode)})
    for start in range(0, len(names), _BATCH):
        yield from claims(store, names[start : start + _BATCH])


def _facts(table: str, known: Mapping[str, object]) -> Iterator[Row]:
    return (tuple(getattr(known[iri], name) for name in TABLES[table]) for iri in sorted(known))


def _write(directory: Path, table: str, rows: Iterator[Row]) -> int:
    """Write a table, `_BATCH` rows held at a time, and return the number of rows."""
    if not installed("pyarrow"):
        raise OutsideError("Parquet needs pyarrow, which is not installed: pip install 'hearsay-kg[spark]'")
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema(
        [pyarrow.field(name, _type(kind), nullable=name not in required(table)) for name, kind in TABLES[table].items()]
    )
    count = 0
    with parquet.ParquetWriter(directory / f"{table}.parquet", schema, compression="zstd") as writer:
        while batch := list(islice(rows, _BATCH)):
            cells = [
                pyarrow.array(column, field.type)
                for column, field in zip(zip(*batch, strict=True), schema, strict=True)
            ]
            writer.write_batch(pyarrow.record_batch(cells, schema=schema))
            count += len(batch)
    return count


def installed(package: str) -> bool:
    """Return whether a package of the extra `spark` is installed."""
    from importlib.util import find_spec

    return find_spec(package) is not None


def _type(kind: str) -> object:
    """Return the type of a column in pyarrow."""
    import pyarrow

    types = {_TEXTS: pyarrow.list_(pyarrow.string()), _DAY: pyarrow.date32(), _NUMBER: pyarrow.float64()}
    return pyarrow.bool_() if kind == _FLAG else types.get(kind, pyarrow.string())


# --- Rows ---


def row_of(claim: Claim) -> Row:
    """Return the claim as a row of the table of claims."""
    cells = cells_of(claim.object)
    return tuple(cells[name] if name in cells else getattr(claim, name) for name in TABLES["claims"])


def cells_of(term: NamedNode | Literal) -> dict[str, Cell]:
    """Return an object as the cells of a row, by column; the inverse of `term_of`."""
    if isinstance(term, NamedNode):
        return {"object": term.value, **dict.fromkeys(LITERAL)}
    direction = term.direction.value if term.direction else None
    return {"object": term.value, **dict(zip(LITERAL, (term.datatype.value, term.language, direction), strict=True))}


def term_of(value: str, datatype: str | None, language: str | None, direction: str | None) -> NamedNode | Literal:
    """Return the object in these cells of a claim's row."""
    if datatype is None:
        return NamedNode(value)
    if language is not None:
        return Literal(value, language=language, direction=BaseDirection(direction) if direction else None)
    return Literal(value, datatype=NamedNode(datatype))


# --- Reading ---


def required(table: str) -> tuple[str, ...]:
    """Return the columns of the table that must not be empty in any row."""
    return tuple(name for name, kind in TABLES[table].items() if kind not in (_MAYBE, _DAY))


def directory_of(file: str) -> str:
    """Return the directory of a file that Spark names by a URI."""
    return unquote(file).rpartition("/")[0]


def shown(place: str) -> str:
    """Return the path of a part as people write it."""
    return re.sub(r"\Afile:/+", "/", place)


def part_of(path: str, text: str) -> Part:
    """Return the part that the text of its `part.json` describes.

    Raises SourceError if it describes none, or one with another version of the schema.
    """
    import json

    try:
        facts = json.loads(text)
    except ValueError:
        facts = None
    kinds = {"format": str, "version": int, "claims": int, "digest": str}
    sound = isinstance(facts, dict) and all(isinstance(facts.get(name), kind) for name, kind in kinds.items())
    if not sound or facts["format"] != _ARCHIVE:
        raise SourceError(f"'{shown(path)}/{MANIFEST}' does not describe a part of an archive of claims")
    if (version := facts["version"]) != VERSION:
        fix = "update kg" if version > VERSION else "export the part again"
        raise SourceError(
            f"'{shown(path)}' has version {version} of the schema, but this kg reads version {VERSION}: {fix}"
        )
    return Part(path, facts["claims"], facts["digest"])


def check_columns(part: str, table: str, columns: Mapping[str, str]) -> None:
    """Raise SourceError for the first column of a table that is missing or has another type.

    `columns` are names with types of Spark; columns that the schema does not have are ignored.
    """
    types = {_TEXTS: "array<string>", _DAY: "date", _NUMBER: "double", _FLAG: "boolean"}
    for name, kind in TABLES[table].items():
        due = types.get(kind, "string")
        if name not in columns:
            raise SourceError(f"'{shown(part)}/{table}.parquet' has no column '{name}': export the part again")
        if columns[name] != due:
            raise SourceError(f"'{shown(part)}/{table}.parquet': column '{name}' holds {columns[name]}, not {due}")


def claims_of(batch: "pyarrow.RecordBatch", names: dict[str, str]) -> Iterator[Claim]:
    """Yield the claims in the rows of an Arrow batch; `names` makes equal strings one object."""
    columns = []
    for name, kind in TABLES["claims"].items():
        column = batch.column(name)
        # Most texts occur in many rows: each is decoded once.
        coded = (column.flatten() if kind == _TEXTS else column).dictionary_encode()
        texts = [*(names.setdefault(text, text) for text in coded.dictionary.to_pylist()), None]
        cells = [texts[number] for number in coded.indices.fill_null(-1).to_pylist()]
        if kind == _TEXTS:
            first, *ends = column.offsets.to_pylist()
            cells = [tuple(cells[start - first : end - first]) for start, end in pairwise((first, *ends))]
        columns.append(cells)
    for iri, label, subject, predicate, value, datatype, language, direction, *rest in zip(*columns, strict=True):
        yield Claim(iri, label, subject, predicate, term_of(value, datatype, language, direction), *rest)


def joined(tables: "Mapping[str, pyarrow.Table]") -> Background:
    """Return the background of all parts from their tables, which have an additional column `file_path`.

    Its labels and enclosing places are those of one project with all the parts. Raises SourceError if parts describe an
    article, a quantity or a predicate differently.
    """
    for name in GROUND:
        for column in required(name):
            if tables[name].column(column).null_count:
                raise SourceError(f"column '{column}' is empty in a row of {name}.parquet: export the parts again")
    ranked: dict[str, tuple[bool, str]] = {}
    for row in tables["labels"].to_pylist():
        rank = (row["foreign"], row["label"])
        ranked[row["iri"]] = min(ranked.get(row["iri"], rank), rank)
    labels = {iri: label for iri, (_, label) in ranked.items()}
    holders: dict[str, set[str]] = {}
    for row in tables["places"].to_pylist():
        holders.setdefault(row["iri"], set()).update(row["within"])
    return Background(
        _agreed("profiles", Profile, tables, labels),
        _agreed("quantities", Quantity, tables, labels),
        _agreed("articles", Article, tables, labels),
        enclosing(holders),
        labels,
    )


def _agreed(
    name: str, kind: Callable[..., T], tables: "Mapping[str, pyarrow.Table]", labels: Mapping[str, str]
) -> dict[str, T]:
    """Return the entities of a table by IRI; parts may describe an entity several times, but not differently."""
    first: dict[str, Mapping[str, Cell]] = {}
    for row in tables[name].to_pylist():
        other = first.setdefault(row["iri"], row)
        if differing := [column for column in TABLES[name] if row[column] != other[column]]:
            where = " and ".join(sorted(f"'{shown(directory_of(str(cells['file_path'])))}'" for cells in (row, other)))
            raise SourceError(f"{where} describe {shorten(row['iri'])} differently: {', '.join(differing)}")
    return {iri: kind(label=labels.get(iri, shorten(iri)), **_values(name, row)) for iri, row in first.items()}


def _values(table: str, row: Mapping[str, Cell]) -> dict[str, Cell]:
    cells = ((name, row[name]) for name in TABLES[table])
    return {name: tuple(cell) if isinstance(cell, list) else cell for name, cell in cells}
