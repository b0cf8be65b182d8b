"""The results of SPARQL rules, which SHACL Core cannot express: each row of the query is a result."""

import re
from collections.abc import Collection, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store

from kg.errors import QueryError, SourceError
from kg.query.limits import TERMS, check
from kg.rdf.namespaces import shorten
from kg.rules.sparql_rule import FAULT, SparqlRule
from kg.validation.finding import RuleResult
from kg.validation.messages import worded

#: The beginning of the outermost SELECT's pattern; the layout of a rule has no other line like it.
_WHERE = re.compile(r"^WHERE \{$", re.MULTILINE)
_IRI, _LIST = re.compile("<([^<>]+)>"), re.compile("<[^<>]+>(?:, <[^<>]+>)+")


def results(rule: SparqlRule, store: Store, among: Collection[NamedNode] | None = None) -> Iterator[RuleResult]:
    """Yield a result for each row of the rule; with `among`, if the rule can be limited, only rows about these.

    A query that cannot be parsed, which is a finding of its own, has no results. Raises SourceError for a query that is
    not a SELECT with a column ?focus.
    """
    text = rule.text
    if among is not None:
        values = f"VALUES ?focus {{ {' '.join(sorted(map(str, among)))} }}"
        text = _WHERE.sub(lambda match: f"{match[0]}\n  {values}", text, count=1)
    if (rows := _rows(text, store)) is None:
        message = "the query has no column ?focus: a rule must be a SELECT with ?focus among its columns."
        raise SourceError(message, rule.file, rule=FAULT)
    for cells in rows:
        focus, path, value, graph = (cells.get(column) for column in ("focus", "path", "value", "graph"))
        if isinstance(focus, NamedNode | BlankNode):
            yield RuleResult(
                severity=rule.severity,
                rule=rule.name,
                message=worded(_problem(cells), rule.summary),
                focus=focus,
                path=path if isinstance(path, NamedNode) else None,
                value=value if isinstance(value, NamedNode | BlankNode | Literal) else None,
                graph=graph.value if isinstance(graph, NamedNode) else None,
            )


def _rows(text: str, store: Store) -> list[dict[str, object]] | None:
    """Return the rows of a query, None where it has no column ?focus; none for one that the engine refuses.

    The store's own result cannot leave the thread in which it is made.
    """
    try:
        check(text, "", TERMS)
        rows = store.query(text, use_default_graph_as_union=True)
    except (QueryError, SyntaxError):
        return []
    if not isinstance(rows, QuerySolutions) or "focus" not in (columns := [one.value for one in rows.variables]):
        return None
    return [{column: row[column] for column in columns} for row in rows]


def can_be_limited(rule: SparqlRule) -> bool:
    """Return whether the layout of the rule allows to ask it about some entities only."""
    return len(_WHERE.findall(rule.text)) == 1 and not re.search(r"\bAS \?focus\)", rule.text)


def _problem(cells: dict[str, object]) -> str:
    """Return the problem in a row: its ?detail, with short names for <IRIs>, or the place of the value.

    Lists of IRIs are sorted: the order in which the engine concatenates depends on its plan. A value is not repeated,
    because it may identify a protected person.
    """
    detail, path = cells.get("detail"), cells.get("path")
    if isinstance(detail, Literal):
        text = _LIST.sub(lambda match: ", ".join(sorted(match[0].split(", "))), detail.value)
        return _IRI.sub(lambda match: shorten(match[1]), text).rstrip(".")
    return f"{shorten(path.value)} breaks the rule" if isinstance(path, NamedNode) else "this breaks the rule"
