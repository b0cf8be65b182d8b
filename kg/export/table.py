"""The claims as one flat file of comma-separated values, a claim a line, for a spreadsheet."""

import re
from math import isfinite
from typing import BinaryIO

from pyoxigraph import Literal

from kg.claims.background import Background, background
from kg.claims.claim import Claim
from kg.claims.passages import passages
from kg.escape import BETWEEN, without_controls
from kg.export.selection import Chosen
from kg.rdf.namespaces import shorten

#: What makes a spreadsheet take a cell for a formula, which could send data away or start a program.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")

_COLUMNS = (
    *("claim", "label", "subject", "subject_label", "predicate", "predicate_label", "object", "object_label"),
    *("low", "high", "unit", "counts", "where", "where_label", "polarity", "modality", "certainty", "attribution"),
    *("basis", "speakers", "speakers_label", "speaks_for", "speaks_for_label", "via", "via_label"),
    *("not_before", "not_after", "extent", "time_wording", "article", "article_label", "publisher", "publisher_label"),
    *("published_not_before", "published_not_after", "passages", "characters", "derived_from", "revises", "notes"),
)


def table(chosen: Chosen, dialect: str, out: BinaryIO) -> None:
    """Write CSV in UTF-8; the dialect `excel` begins with a byte-order mark, without which Excel garbles letters.

    Names are short; `characters` gives offsets into the article's text in code points, end exclusive. Before a cell
    that a spreadsheet would run as a formula stands an apostrophe.
    """
    import csv  # not needed for the others
    import io

    facts = background(chosen.store)
    spans = {one.iri: f"{one.start}..{one.end}" for one in passages(chosen.store)}
    text = io.TextIOWrapper(out, encoding="utf-8-sig" if dialect == "excel" else "utf-8", newline="")
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for claim in chosen.claims:
        row = {**_said(claim, facts), **_told(claim, facts, spans)}
        writer.writerow({name: _cell(value) for name, value in row.items()})
    text.detach()  # writes what is left; whoever gave the file closes it


def _cell(value: str) -> str:
    runs = value.startswith(_FORMULA) and not _NUMBER.match(value)
    return f"'{without_controls(value)}" if runs else without_controls(value)


def _number(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else str(bound)


def _named(column: str, iris: tuple[str, ...], facts: Background) -> dict[str, str]:
    labels = BETWEEN.join(facts.labels.get(iri, shorten(iri)) for iri in iris)
    return {column: _short(iris), f"{column}_label": labels}


def _short(iris: tuple[str, ...]) -> str:
    return BETWEEN.join(map(shorten, iris))


def _said(claim: Claim, facts: Background) -> dict[str, str]:
    """Return what the claim says, and how."""
    value = claim.object
    row = {"claim": shorten(claim.iri), "label": claim.label, "object": value.value, "object_label": value.value}
    row |= _named("subject", (claim.subject,), facts) | _named("predicate", (claim.predicate,), facts)
    if not isinstance(value, Literal):
        row |= _named("object", (value.value,), facts)
        if (quantity := facts.quantities.get(value.value)) is not None:
            bounds = {"low": quantity.low, "high": quantity.high}
            row |= {name: _number(bound) for name, bound in bounds.items() if isfinite(bound)}
            row["unit"] = quantity.unit
    row |= _named("where", (claim.where,) if claim.where else (), facts)
    codes = {"counts": claim.counts, "polarity": claim.polarity, "modality": claim.modality, "basis": claim.basis}
    codes |= {"certainty": claim.certainty, "attribution": claim.attribution, "extent": claim.extent}
    row |= {name: facts.labels.get(code, shorten(code)) for name, code in codes.items() if code}
    days = {"not_before": claim.not_before, "not_after": claim.not_after}
    row |= {name: day.isoformat() for name, day in days.items() if day}
    return row | {"time_wording": claim.time_wording or ""}


def _told(claim: Claim, facts: Background, spans: dict[str, str]) -> dict[str, str]:
    """Return who says it, in which article, and where there."""
    row = _named("speakers", claim.speakers, facts) | _named("speaks_for", claim.speaks_for, facts)
    row |= _named("via", claim.via, facts) | _named("article", (claim.article,), facts)
    if (article := facts.articles.get(claim.article)) is not None:
        row |= _named("publisher", (article.publisher,) if article.publisher else (), facts)
        days = {"published_not_before": article.not_before, "published_not_after": article.not_after}
        row |= {name: day.isoformat() for name, day in days.items() if day}
    row["passages"] = _short(claim.passages)
    row["characters"] = BETWEEN.join(spans[iri] for iri in claim.passages if iri in spans)
    row |= {"derived_from": _short(claim.derived_from), "revises": _short(claim.revises)}
    return row | {"notes": BETWEEN.join(claim.notes)}
