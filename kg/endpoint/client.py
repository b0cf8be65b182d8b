"""A SPARQL 1.1 endpoint, read only: queries sent over HTTP, answers parsed.

The engine parses each query of the user before it is sent, so that no update goes out, even to an endpoint that would
accept one. Each kind of wrong answer (a web page, a truncated body, a row limit, another media type) has its own error.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    RdfFormat,
    Store,
    parse_query_results,
)

from kg.endpoint.http import TIMEOUT, Connection, Pairs, Reply
from kg.errors import OutsideError
from kg.query.engine import Answer, reading, run
from kg.rdf.namespaces import BASE, PREFIXES
from kg.rdf.tokens import TOKEN

#: Rows per request: the limit of many servers.
PAGE = 10_000
#: No server is known to truncate an answer with fewer rows.
UNCUT = 1000
#: Longer requests are sent by POST: servers and proxies refuse long URLs.
_LONGEST = 2000
#: JSON first: the parser strips blanks from literals in XML.
_ROWS = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
_TRIPLES = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"
_ROW_TYPES = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
}
_TRIPLE_TYPES = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/plain": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/x-turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
#: True if the default graph is the union of the named graphs.
_IS_UNION = "ASK { GRAPH ?file { ?article a kg:Article } ?article a kg:Article }"
#: The parameter by which Oxigraph makes it so.
_AS_UNION = (("union-default-graph", "true"),)
#: Virtuoso writes blank nodes as IRIs, which the parser refuses.
_NODE = re.compile(rb'("type" *: *"bnode" *, *"value" *: *")nodeID://')
#: The only column of Virtuoso's answer to an ASK.
_ASK_COLUMN = "__ASK_RETVAL"

Form = TypeVar("Form")
Item = TypeVar("Item")


class Endpoint:
    """An endpoint: the connection, and the parameters that make its default graph the union of the named graphs."""

    def __init__(self, url: str, timeout: float = TIMEOUT, *, pause: Callable[[float], None] = time.sleep) -> None:
        """Take the URL and the time limit of a request in seconds, 0 for none; nothing is sent yet."""
        self.connection = Connection(url, timeout, pause=pause)
        self._dataset: Pairs | None = None

    def run(self, text: str, *, service: bool = False, file: str = "query") -> Answer:
        """Return the answer to a user's query, as `kg.query.engine.run` does; the default graph is the union of all.

        Raises QueryError for a query that `run` refuses, before anything is sent, and OutsideError if the endpoint
        fails or truncates the answer.
        """
        form = reading(text, service=service, file=file)
        # Runs on an empty store, which refuses text that is not a query; SERVICE must not be called from here.
        run(Store(), _without_service(text), file=file)
        text = _without_comments(text)
        dataset = () if _has_word(text, "FROM") else self.dataset
        if form in ("SELECT", "ASK"):
            rows = self._rows(self._send(text, _ROWS, dataset))
            if form == "ASK":
                return _truth(rows, self.connection)
            if isinstance(rows, QueryBoolean):
                raise self.connection.failure("answers a SELECT with true or false")
            return rows
        store = Store()
        self.load(store, self._send(text, _TRIPLES, dataset))
        answer: Answer = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        return answer

    @property
    def dataset(self) -> Pairs:
        """Return the parameters that make the default graph the union of the named graphs; found out once."""
        if self._dataset is None:
            self._dataset = next((pairs for pairs in ((), _AS_UNION) if self._holds_all(pairs)), None)
        if self._dataset is None:
            # The parameters of the protocol, which fail with very many graphs.
            if not (graphs := self.graphs()):
                raise self.empty_error()
            pairs = [(name, graph) for name in ("default-graph-uri", "named-graph-uri") for graph in graphs]
            if not self._holds_all(pairs):
                raise self.connection.failure("cannot query all of its named graphs at once")
            self._dataset = pairs
        return self._dataset

    def _holds_all(self, pairs: Pairs) -> bool:
        try:
            return bool(_truth(self._rows(self._send(_IS_UNION, _ROWS, pairs)), self.connection))
        except OutsideError:
            if pairs:
                return False  # the parameter is unknown there
            raise

    def graphs(self) -> dict[str, int]:
        """Return the IRIs of the graphs of Hearsay, sorted, each with its number of triples."""
        pattern = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), {Literal(BASE)}))"
        rows = self.pages("?g (COUNT(*) AS ?n)", pattern, "g", "GROUP BY ?g")
        return {str(row["g"].value): int(row["n"].value) for row in rows}

    def empty_error(self) -> OutsideError:
        """Return the error for an endpoint without a graph of Hearsay."""
        return self.connection.failure("holds no graph of Hearsay: send one with kg push")

    def rows(self, text: str, *, union: bool = False) -> list[QuerySolution]:
        """Return the rows of an internal query; with `union` the default graph is the union of the named graphs."""
        rows = self._rows(self._send(text, _ROWS, self.dataset if union else ()))
        return [] if isinstance(rows, QueryBoolean) else list(rows)

    def pages(
        self, columns: str, pattern: str, key: str, tail: str = "", *, union: bool = False
    ) -> Iterator[QuerySolution]:
        """Yield the rows of a pattern ordered by a key, page by page, since servers truncate long answers.

        Rows whose key is not an IRI are left out.
        """
        last = ""
        while True:
            more = f"FILTER(isIRI(?{key}) && STR(?{key}) > {Literal(last)})"
            page = self.rows(
                f"SELECT {columns} WHERE {{ {pattern} {more} }} {tail} ORDER BY STR(?{key}) LIMIT {PAGE}", union=union
            )
            if len(page) < UNCUT:
                yield from page
                return
            # The last key may have more rows than the page.
            whole = [row for row in page if row[key] != page[-1][key]] or page
            yield from whole
            last = str(whole[-1][key].value)

    def triples(self, text: str) -> Reply:
        """Return the answer to an internal CONSTRUCT, for `load`."""
        return self._send(text, _TRIPLES, ())

    def load(self, store: Store, reply: Reply, graph: str | None = None) -> None:
        """Load the triples of an answer into a graph of the store, by default the default graph."""
        form = self._type(reply, _TRIPLE_TYPES, "RDF")
        try:
            store.load(reply.body, format=form, to_graph=NamedNode(graph) if graph else None)
        except SyntaxError as error:
            raise self._broken(reply, error) from error

    def _send(self, text: str, accept: str, pairs: Pairs) -> Reply:
        """Send a query and return the complete answer; raises OutsideError otherwise."""
        whole = [("query", f"{prologue(text)}{text}"), *pairs]
        headers = {"Accept": accept}
        if len(form := urlencode(whole)) < _LONGEST:
            reply = self.connection.send("GET", whole, None, headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            reply = self.connection.send("POST", (), form.encode(), headers)
        if reply.status != 200:
            raise self.connection.failure(_refusal(reply.status) + self.connection.words(reply))
        if most := reply.headers.get("x-sparql-maxrows"):
            raise self.connection.failure(
                f"returns at most {most} rows and has truncated the answer: ask for fewer with LIMIT"
            )
        if "S1TAT" in reply.headers.get("x-sql-state", ""):
            raise self.connection.failure("ran out of time and returned a part of the answer")
        return reply

    def _rows(self, reply: Reply) -> QuerySolutions | QueryBoolean:
        form = self._type(reply, _ROW_TYPES, "SPARQL results")
        body = _NODE.sub(rb"\1", reply.body)
        try:
            results = parse_query_results(body, format=form)
            if isinstance(results, QuerySolutions):
                # A truncated body shows at its end only, and callers that iterate expect no error.
                for _ in results:
                    pass
                return parse_query_results(body, format=form)
        except SyntaxError as error:
            raise self._broken(reply, error) from error
        return results

    def _type(self, reply: Reply, known: Mapping[str, Form], expected: str) -> Form:
        if reply.type in known:
            return known[reply.type]
        page = "a web page" if "html" in reply.type else f"'{reply.type}'" if reply.type else "no media type"
        raise self.connection.failure(f"answers with {page}, not with {expected}: is this the URL for queries?")

    def _broken(self, reply: Reply, error: SyntaxError) -> OutsideError:
        why = "empty" if not reply.body.strip() else f"not complete {reply.type}"
        return self.connection.failure(f"the answer is {why}: {str(error.msg).splitlines()[0]}")


def _refusal(status: int) -> str:
    """Return the meaning of a status, as the beginning of a sentence."""
    if status in (400, 422):
        return f"refuses the query ({status})"
    if status in (404, 405, 410):
        return f"answers no queries at this URL ({status})"
    return f"fails ({status})" if status >= 500 else f"answers with {status}"


def _truth(results: QuerySolutions | QueryBoolean, connection: Connection) -> QueryBoolean:
    """Return the answer to an ASK, which Virtuoso gives as a row with 1 for true, and 0 or no row for false."""
    if isinstance(results, QueryBoolean):
        return results
    if [variable.value for variable in results.variables] != [_ASK_COLUMN]:
        raise connection.failure("answers an ASK with rows")
    yes = any(row[0].value in ("1", "true") for row in results)
    truth = parse_query_results(
        '{"head":{},"boolean":%s}' % ("true" if yes else "false"), format=QueryResultsFormat.JSON
    )
    assert isinstance(truth, QueryBoolean)
    return truth


def prologue(text: str) -> str:
    """Return the missing PREFIX declarations of a query, on one line: the project's prefixes need none."""
    used: set[str] = set()
    declared: set[str] = set()
    declares = False
    for token in TOKEN.finditer(text):
        if name := token["name"]:
            (declared if declares else used).add(name.partition(":")[0])
        if token.lastgroup != "comment":
            declares = (token["word"] or "").upper() == "PREFIX"
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in sorted(used - declared) if name in PREFIXES)


def _has_word(text: str, word: str) -> bool:
    return any((token["word"] or "").upper() == word for token in TOKEN.finditer(text))


def _without_comments(text: str) -> str:
    """Return the query without comments, whose ends servers see in different places."""
    return TOKEN.sub(lambda token: "" if token["comment"] else token[0], text)


def _without_service(text: str) -> str:
    """Return a query that is valid if this one is, and calls no other endpoint."""
    plain = {"SERVICE": "GRAPH  ", "SILENT": "      "}
    return TOKEN.sub(lambda token: plain.get((token["word"] or "").upper(), token[0]), text)


def batches(items: Iterable[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items in their order, in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
