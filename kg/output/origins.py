"""Origins as text: the statements with their counts, the columns of `kg origins`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.output.table import ASSERTED, document, json_fields, label_of, rows
from kg.rdf.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.analysis.origins import Statement


def origins(
    statements: Sequence[Statement], labels: Mapping[str, str], form: str, width: int, color: bool = False
) -> str:
    """Return statements with the articles, outlets and origins that they rest on, as a table or as a JSON object."""
    if form == "json":
        iris = ("subject", "predicate", "polarity", "modality", "claims")
        names = (*iris[:2], "object", *iris[2:], "articles", "outlets", "origins", "reason")
        return document({"statements": [json_fields(one, names, iris) for one in statements]})
    cells = []
    for one in statements:
        counts = [str(one.articles), str(one.outlets), f"at most {one.origins}"]
        cells.append([_statement(one, labels), *counts, one.reason, " ".join(map(shorten, one.claims))])
    return rows(("statement", "articles", "outlets", "origins", "reason", "claims"), cells, form, width, color)


def _statement(statement: Statement, labels: Mapping[str, str]) -> str:
    """Return a statement by its labels, with the marks that are not the rule: denial, modality, population, place."""
    odd = [mark for mark in (statement.polarity, statement.modality) if not mark.endswith(ASSERTED)]
    marks = [label_of(mark, labels) for mark in (*odd, statement.counts, statement.where) if mark]
    parts = (label_of(term, labels) for term in (statement.subject, statement.predicate, statement.object))
    return " | ".join(parts) + (f" ({', '.join(marks)})" if marks else "")
