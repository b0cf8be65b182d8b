"""Conflicts as text: pairs of claims with their verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.output.table import document, json_fields, rows
from kg.rdf.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.analysis.conflicts import Conflict


def conflicts(pairs: Iterable[Conflict], form: str, width: int, color: bool = False) -> str:
    """Return pairs of claims with their verdicts, as a table or as a JSON object."""
    if form == "json":
        names = ("verdict", "claims", "subject", "predicate", "reason")
        iris = ("claims", "subject", "predicate")
        return document({"conflicts": [json_fields(pair, names, iris) for pair in pairs]})
    cells = [[pair.verdict, *map(shorten, (pair.subject, pair.predicate, *pair.claims)), pair.reason] for pair in pairs]
    return rows(("verdict", "subject", "predicate", "claim", "other", "reason"), cells, form, width, color)
