"""What SHACL Core cannot say: set-based rules in SPARQL, every row of which is a fault."""

import re
from collections.abc import Collection, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store

from kg.errors import QueryError, SourceError
from kg.query.limits import TERMS, check
from kg.rdf.namespaces import shorten
from kg.rules.sparql_rule import FAULT, Rule
from kg.validation.finding import Fault
from kg.validation.messages import worded

#: Where the pattern of the outermost SELECT begins; a rule is laid out so that no other line begins so.
_WHERE = re.compile(r"^WHERE \{$", re.MULTILINE)


def faults(rule: Rule, store: Store, among: Collection[NamedNode] | None = None) -> Iterator[Fault]:
    """Give a fault for each row of the rule; with `among`, of a rule that `bounds` these, for each about one of them.

    Raises SourceError for a query that is no SELECT with a column ?focus; of one that cannot be parsed nothing comes.
    """
    text = rule.text if among is None else _WHERE.sub(lambda found: _bound(found[0], among), rule.text, count=1)
    rows = _rows(text, store)
    if rows is None:
        raise SourceError("A rule is a SELECT with ?focus among its columns.", rule.file, rule=FAULT)
    for cells in rows:
        focus, path, value, graph = (cells.get(column) for column in ("focus", "path", "value", "graph"))
        if isinstance(focus, NamedNode | BlankNode):
            yield Fault(
                severity=rule.severity,
                rule=rule.name,
                message=worded(_problem(cells), rule.summary),
                focus=focus,
                path=path if isinstance(path, NamedNode) else None,
                value=value if isinstance(value, NamedNode | BlankNode | Literal) else None,
                graph=graph.value if isinstance(graph, NamedNode) else None,
            )


def _rows(text: str, store: Store) -> list[dict[str, object]] | None:
    """Return the rows of a query, or None where it has no column ?focus.

    Of one that the engine refuses or would not bear there are none.
    The store's own result does not outlive the thread in which it is made.
    """
    try:
        check(text, "", TERMS)
        rows = store.query(text, use_default_graph_as_union=True)
    except (QueryError, SyntaxError):
        return []  # a finding already, since all queries are parsed
    columns = [one.value for one in rows.variables] if isinstance(rows, QuerySolutions) else []
    if not isinstance(rows, QuerySolutions) or "focus" not in columns:
        return None
    return [{column: row[column] for column in columns} for row in rows]


def bounds(rule: Rule) -> bool:
    """Say whether the rule is laid out so that it can be asked of some things only."""
    return len(_WHERE.findall(rule.text)) == 1 and not re.search(r"\bAS \?focus\)", rule.text)


def _bound(where: str, among: Collection[NamedNode]) -> str:
    return f"{where}\n  VALUES ?focus {{ {' '.join(sorted(map(str, among)))} }}"


def _problem(cells: dict[str, object]) -> str:
    """Return the problem in a row: its ?detail, with short names for <IRIs>, or the place of the value.

    A value is not repeated, because it may tell who a protected person is.
    """
    detail, path = cells.get("detail"), cells.get("path")
    if isinstance(detail, Literal):
        return re.sub("<([^<>]+)>", lambda match: shorten(match[1]), detail.value).rstrip(".")
    return f"{shorten(path.value)} breaks the rule" if isinstance(path, NamedNode) else "this breaks the rule"
