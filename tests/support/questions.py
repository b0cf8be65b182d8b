"""The stored questions: values for their parameters on the sample, and their answers as plain rows."""

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions
from support.paths import ROOT

from kg.claims.entities import resolve
from kg.project.dataset import Dataset
from kg.query.binding import bind
from kg.query.engine import Answer, run
from kg.query.questions import Question, catalogue, question
from kg.rdf.namespaces import shorten

QUESTIONS = catalogue(ROOT)
NAMES = sorted(QUESTIONS)
SELECTS = [name for name in NAMES if "\nSELECT" in QUESTIONS[name].text]
#: Column to value: short names, literals without language and datatype, an unbound variable as "".
Row = dict[str, str]

#: A value on the sample for each parameter; the golden answers use those of the required ones.
SAMPLE_VALUES: dict[str, dict[str, str]] = {
    "accusations": {"who": "unit:sample-legion"},
    "admission": {"unit": "unit:sample-legion"},
    "allegiances": {"who": "person:falcon"},
    "applications-and-recruits": {"unit": "unit:example-battalion"},
    "articles": {"publisher": "organisation:sample-post"},
    "battles": {"unit": "unit:example-battalion"},
    "claims-of-an-article": {"article": "article:questions-about-the-legion"},
    "contradiction": {"about": "unit:sample-legion"},
    "dated-claims": {"from": "2030-12-31", "until": "2029-09-01", "about": "person:heron"},
    "denied-claims": {"about": "unit:sample-legion"},
    "deployments": {"who": "unit:example-battalion", "place": "place:sample-city"},
    "formations": {"unit": "unit:sample-legion"},
    "former-posts-and-units": {"who": "person:bert-sample"},
    "gaps": {"unit": "unit:sample-legion"},
    "losses": {"side": "unit:northland-army"},
    "members-and-posts": {"unit": "unit:example-battalion"},
    "members-by-origin": {"unit": "unit:sample-legion", "origin": "place:hill-province"},
    "motives-and-goals": {"who": "person:falcon", "speaker": "person:heron"},
    "names": {"unit": "unit:sample-legion"},
    "nested-speech": {"via": "article:wire-on-the-legion", "speaker": "person:falcon"},
    "plans-and-actuals": {"about": "unit:sample-legion"},
    "protected-persons": {"person": "person:heron"},
    "relative-dates": {"article": "article:questions-about-the-legion"},
    "reprint-only-claims": {"article": "article:legion-reprinted"},
    "self-reports": {"who": "unit:sample-legion"},
    "single-speaker-statements": {"about": "unit:northland-army", "speaker": "person:ada-example"},
    "spokespeople": {"principal": "unit:northland-army"},
    "strength": {"unit": "unit:sample-legion", "from": "2030-12-31", "until": "2030-05-11"},
    "symbols-and-slogans": {"who": "unit:sample-legion"},
    "training-and-equipment": {"who": "unit:sample-legion"},
    "unconfirmed-claims": {"about": "person:bert-sample"},
}


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
    """Return the rows of an answer as `ask` does."""
    if isinstance(answer, QueryBoolean):
        return [{"answer": "true" if answer else "false"}]
    if isinstance(answer, QuerySolutions):
        columns = [variable.value for variable in answer.variables]
        return [{column: plain(row[column]) for column in columns} for row in answer]
    triples = sorted((plain(triple.subject), plain(triple.predicate), plain(triple.object)) for triple in answer)
    return [dict(zip(("subject", "predicate", "object"), triple, strict=True)) for triple in triples]
