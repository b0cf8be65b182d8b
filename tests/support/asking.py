"""Ask a stored question as `kg query` does, and get plain rows."""

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions

from kg.claims.entities import resolve
from kg.project.dataset import Dataset
from kg.query.binding import bind
from kg.query.engine import Answer, run
from kg.query.questions import Question, question
from kg.rdf.namespaces import shorten

#: Column to value: names short, literals without language and datatype, nothing as "".
Row = dict[str, str]


def plain(term: object) -> str:
    """Return the term as a cell of a row."""
    if isinstance(term, NamedNode):
        return shorten(term.value)
    return term.value if isinstance(term, Literal) else ""


def bound(dataset: Dataset, asked: Question, values: Mapping[str, str]) -> str:
    """Return the question's text with the values in place."""
    return bind(asked, values, lambda name, class_: resolve(dataset.store, name, class_))


def ask(dataset: Dataset, name: str, values: Mapping[str, str] | None = None) -> list[Row]:
    """Return the rows of a stored question.

    An ASK gives one row with the column `answer`; a CONSTRUCT gives its triples, sorted, as subject, predicate, object.
    """
    return rows_of(run(dataset.store, bound(dataset, question(dataset.root, name), values or {})))


def rows_of(answer: Answer) -> list[Row]:
    """Return the rows of an answer, as `ask` does."""
    if isinstance(answer, QueryBoolean):
        return [{"answer": "true" if answer else "false"}]
    if isinstance(answer, QuerySolutions):
        columns = [variable.value for variable in answer.variables]
        return [{column: plain(row[column]) for column in columns} for row in answer]
    triples = sorted((plain(triple.subject), plain(triple.predicate), plain(triple.object)) for triple in answer)
    return [dict(zip(("subject", "predicate", "object"), triple, strict=True)) for triple in triples]
