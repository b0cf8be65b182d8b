"""Paths between two entities as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.output.table import document, json_fields, label_of, rows
from kg.rdf.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.analysis.network import Path, Step


def paths(found: Sequence[Path], labels: Mapping[str, str], form: str, width: int, color: bool = False) -> str:
    """Return paths between two entities, a step a row, with the claims that make each step."""
    if form == "json":
        return document({"paths": [{"steps": list(map(_step_object, path))} for path in found]})
    cells = []
    for number, path in enumerate(found, start=1):
        for step in path:
            start, end = label_of(step.start, labels), label_of(step.end, labels)
            for link in step.links:
                name = label_of(link.predicate, labels)
                by = f"{name} →" if link.forward else f"← {name}"
                claims = " ".join(map(shorten, link.claims))
                cells.append([str(number), start, by, end, f"at most {link.origins}", claims])
    return rows(("path", "from", "by", "to", "origins", "claims"), cells, form, width, color)


def _step_object(step: Step) -> dict[str, object]:
    names = ("predicate", "forward", "origins", "claims")
    links = [json_fields(link, names, ("predicate", "claims")) for link in step.links]
    return {"from": shorten(step.start), "to": shorten(step.end), "statements": links}
