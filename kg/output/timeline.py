"""Timelines as text, with a chart where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.output.table import ASSERTED, cell_text, document, json_fields, rows
from kg.rdf.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.analysis.timeline import Entry, Timeline

#: The width of a timeline's chart, in characters.
_CHART = 24


def timeline(found: Timeline, form: str, width: int, color: bool = False) -> str:
    """Return the dated entries in order, then the undated ones."""
    if form == "json":
        parts = {"dated": found.dated, "undated": found.undated}
        return document({name: list(map(_entry_object, part)) for name, part in parts.items()})
    entries = (*found.dated, *found.undated)
    if form == "table":
        # There is no room for both bars and names of claims, and bars tell more.
        bars = _chart(found.dated)
        cells = [[one.when, bars.get(place, ""), one.kind, _marked(one)] for place, one in enumerate(entries)]
        return rows(("when", "chart", "kind", "label"), cells, form, width, color)
    columns = ("first", "last", "throughout", "when", "kind", "subject", "predicate", "object", "label")
    cells = []
    for entry in entries:
        throughout = str(entry.throughout).lower() if entry.first else None
        fields = _entry_object(entry) | {"label": _marked(entry), "throughout": throughout}
        cells.append([*(cell_text(fields[name]) or "" for name in columns), " ".join(map(shorten, entry.claims))])
    return rows((*columns, "claims"), cells, form, width, color)


def _entry_object(entry: Entry) -> dict[str, object]:
    names = ("subject", "predicate", "object", "label", "modality", "polarity")
    of_claim = json_fields(entry.claim, names, ("subject", "predicate", "modality", "polarity"))
    return (
        json_fields(entry, ("first", "last", "throughout", "when", "kind"))
        | of_claim
        | {"claims": list(map(shorten, entry.claims))}
    )


def _marked(entry: Entry) -> str:
    marks = [shorten(mark).removeprefix("kg:") for mark in (entry.claim.polarity, entry.claim.modality)]
    shown = [mark.upper() for mark in marks if mark and mark not in ASSERTED]
    return f"{entry.claim.label} ({', '.join(shown)})" if shown else entry.claim.label


def _chart(entries: Sequence[Entry]) -> dict[int, str]:
    """Return a bar for each entry between the first and the last day of all: full throughout, light sometime within."""
    spans = {place: (one.first, one.last) for place, one in enumerate(entries) if one.first and one.last}
    low = min((first.toordinal() for first, _ in spans.values()), default=0)
    days = max((last.toordinal() for _, last in spans.values()), default=0) - low + 1
    bars = {}
    for place, (first, last) in spans.items():
        start = (first.toordinal() - low) * _CHART // days
        end = max(start + 1, -((last.toordinal() - low + 1) * -_CHART // days))
        fill = "█" if entries[place].throughout or first == last else "░"
        bars[place] = ("·" * start + fill * (end - start)).ljust(_CHART, "·")
    return bars
