"""CSV export: one flat table with a line for each claim, for a spreadsheet."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from math import isfinite
from typing import BinaryIO

from pyoxigraph import Literal

from kg.analysis.wording import named
from kg.claims.background import Background, background
from kg.claims.claim import Claim
from kg.claims.passages import passages
from kg.escape import BETWEEN, without_controls
from kg.export.selection import Selected
from kg.rdf.namespaces import shorten

#: Characters that make a spreadsheet take a cell for a formula, which could send data away or start a program.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")

_COLUMNS = (
    *("claim", "label", "subject", "subject_label", "predicate", "predicate_label", "object", "object_label"),
    *("low", "high", "unit", "counts", "where", "where_label", "polarity", "modality", "certainty", "attribution"),
    *("basis", "speakers", "speakers_label", "speaks_for", "speaks_for_label", "via", "via_label"),
    *("not_before", "not_after", "extent", "time_wording", "article", "article_label", "publisher", "publisher_label"),
    *("published_not_before", "published_not_after", "passages", "characters", "derived_from", "revises", "notes"),
)


def table(selected: Selected, dialect: str, out: BinaryIO) -> None:
    """Write CSV in UTF-8; the dialect `excel` begins with a byte-order mark, without which Excel garbles letters.

    Names are short; `characters` gives offsets into the article's text in code points, end exclusive. An apostrophe
    precedes a cell that a spreadsheet would run as a formula.
    """
    import csv  # not needed for the others
    import io

    facts = background(selected.store)
    spans = {passage.iri: f"{passage.start}..{passage.end}" for passage in passages(selected.store)}
    text = io.TextIOWrapper(out, encoding="utf-8-sig" if dialect == "excel" else "utf-8", newline="")
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for claim in selected.claims:
        row = {**_content(claim, facts), **_source(claim, facts, spans)}
        writer.writerow({column: _cell(value) for column, value in row.items()})
    text.detach()  # flushes, and leaves the file open for the caller


def _cell(value: str) -> str:
    runs = value.startswith(_FORMULA) and not _NUMBER.match(value)
    return f"'{without_controls(value)}" if runs else without_controls(value)


def _number(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else str(bound)


def _pair(column: str, iris: Iterable[str | None], facts: Background) -> dict[str, str]:
    """Return the short names and the labels, as two columns."""
    given = [iri for iri in iris if iri]
    labels = BETWEEN.join(named(iri, facts) for iri in given)
    return {column: _short(given), f"{column}_label": labels}


def _short(iris: Iterable[str]) -> str:
    return BETWEEN.join(map(shorten, iris))


def _days(days: Mapping[str, date | None]) -> dict[str, str]:
    return {column: day.isoformat() for column, day in days.items() if day}


def _content(claim: Claim, facts: Background) -> dict[str, str]:
    """Return the columns on the content of the claim: proposition, quantity, place, modality and time."""
    value = claim.object
    row = {"claim": shorten(claim.iri), "label": claim.label, "object": value.value, "object_label": value.value}
    row |= _pair("subject", [claim.subject], facts) | _pair("predicate", [claim.predicate], facts)
    if not isinstance(value, Literal):
        row |= _pair("object", [value.value], facts)
        if (quantity := facts.quantities.get(value.value)) is not None:
            bounds = {"low": quantity.low, "high": quantity.high}
            row |= {column: _number(bound) for column, bound in bounds.items() if isfinite(bound)}
            row["unit"] = quantity.unit
    row |= _pair("where", [claim.where], facts)
    codes = {"counts": claim.counts, "polarity": claim.polarity, "modality": claim.modality, "basis": claim.basis}
    codes |= {"certainty": claim.certainty, "attribution": claim.attribution, "extent": claim.extent}
    row |= {column: named(code, facts) for column, code in codes.items() if code}
    row |= _days({"not_before": claim.not_before, "not_after": claim.not_after})
    return row | {"time_wording": claim.time_wording or ""}


def _source(claim: Claim, facts: Background, spans: dict[str, str]) -> dict[str, str]:
    """Return the columns on the source of the claim: speakers, article, passages and derivation."""
    row = _pair("speakers", claim.speakers, facts) | _pair("speaks_for", claim.speaks_for, facts)
    row |= _pair("via", claim.via, facts) | _pair("article", [claim.article], facts)
    if (article := facts.articles.get(claim.article)) is not None:
        row |= _pair("publisher", [article.publisher], facts)
        row |= _days({"published_not_before": article.not_before, "published_not_after": article.not_after})
    row["passages"] = _short(claim.passages)
    row["characters"] = BETWEEN.join(spans[iri] for iri in claim.passages if iri in spans)
    row |= {"derived_from": _short(claim.derived_from), "revises": _short(claim.revises)}
    return row | {"notes": BETWEEN.join(claim.notes)}
