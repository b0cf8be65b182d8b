"""The engine: one SPARQL query run on a store, and its errors as ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store

from kg.errors import OutsideError, QueryError
from kg.query.limits import FORMS, UPDATES, check, explained
from kg.rdf.namespaces import PREFIXES
from kg.rdf.tokens import TOKEN

#: The result of a query: rows, a truth value, or triples.
Answer = QuerySolutions | QueryBoolean | QueryTriples


def reading(text: str, *, service: bool = False, file: str = "query") -> str:
    """Return the form of a query that only reads: SELECT, ASK, CONSTRUCT or DESCRIBE. Messages name the file.

    Raises QueryError for an update, for SERVICE unless `service` allows it, and for a query too large for the engine.
    """
    words = [token["word"].upper() for token in TOKEN.finditer(text) if token["word"]]
    if (form := next((word for word in words if word in FORMS or word in UPDATES), "")) in UPDATES:
        raise QueryError(f"{form} is an update, but kg only reads: use SELECT, ASK, CONSTRUCT or DESCRIBE")
    if "SERVICE" in words and not service:
        raise QueryError("SERVICE queries another endpoint: allow it with --service")
    check(text, file)
    return form


def run(store: Store, text: str, *, service: bool = False, file: str = "query") -> Answer:
    """Run a query; the prefixes of the project need not be declared. Messages name the file.

    Raises QueryError for a query that `reading` or the engine refuses, OutsideError if a service fails.
    """
    reading(text, service=service, file=file)
    try:
        with engine():
            return store.query(text, use_default_graph_as_union=True, prefixes=PREFIXES)
    except SyntaxError as error:
        raise explained(error, text, file) from error
    except OutsideError as error:
        if service and "SERVICE" in text.upper():
            raise
        raise QueryError(str(error)) from error  # no service was queried


@contextmanager
def engine() -> Iterator[None]:
    """Raise OutsideError for a failure of the engine; read the rows inside, since they are computed while read."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise OutsideError(f"the query failed: {next(iter(str(error).splitlines()), type(error).__name__)}") from error
