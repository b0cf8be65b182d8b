"""A SPARQL 1.1 endpoint: queries sent over HTTP, answers parsed; it is only read.

What is sent for the user was read by our own parser as a query before, so that no update goes out even where an
endpoint would take one for a query. Each way in which an answer can be wrong (a web page, half of it, cut by the
server, another type) is a sentence of its own.
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

from kg.endpoint.http import TIMEOUT, Pairs, Reply, Wire
from kg.errors import OutsideError
from kg.query.engine import Answer, reading, run
from kg.rdf.namespaces import BASE, PREFIXES
from kg.rdf.tokens import TOKEN

#: So many rows are asked for at once: what many servers give at most.
PAGE = 10_000
#: No server is known to cut an answer that is shorter than this.
UNCUT = 1000
#: Longer requests go as POST: servers, and those between, refuse long URLs.
_LONGEST = 2000
#: JSON first: the parser drops blanks at the ends of literals that come as XML.
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
#: True where the default graph holds what the named graphs hold.
_IS_UNION = "ASK { GRAPH ?file { ?article a kg:Article } ?article a kg:Article }"
#: How Oxigraph is asked for that: by itself its default graph has nothing of the named ones.
_AS_UNION = (("union-default-graph", "true"),)
#: Virtuoso's names of nodes without a name are IRIs, which the parser does not take.
_NODE = re.compile(rb'("type" *: *"bnode" *, *"value" *: *")nodeID://')
#: What Virtuoso calls the only column of its answer to an ASK.
_ASKED = "__ASK_RETVAL"

Form = TypeVar("Form")
Item = TypeVar("Item")


class Endpoint:
    """An endpoint: the connection to it, and what has to be sent along so that its default graph is the union."""

    def __init__(self, url: str, timeout: float = TIMEOUT, *, pause: Callable[[float], None] = time.sleep) -> None:
        """Take its URL and the seconds that one request may take, 0 for no limit; nothing is sent yet."""
        self.wire = Wire(url, timeout, pause=pause)
        self._dataset: Pairs | None = None

    def run(self, text: str, *, service: bool = False, file: str = "query") -> Answer:
        """Return the answer to a query of the user as `query.run` gives it; its default graph is the union of all.

        Raises QueryError for what `query.run` refuses, before anything is sent, and OutsideError where the endpoint
        fails or gives less than the whole answer.
        """
        form = reading(text, service=service, file=file)
        # On an empty store; what asks another endpoint must not do so here.
        run(Store(), _without_service(text), file=file)
        text = _without_comments(text)
        dataset = () if _has_word(text, "FROM") else self.dataset
        if form in ("SELECT", "ASK"):
            found = self._rows(self._send(text, _ROWS, dataset))
            if form == "ASK":
                return _truth(found, self.wire)
            if isinstance(found, QueryBoolean):
                raise self.wire.failure("answers a question for rows with yes or no")
            return found
        store = Store()
        self.load(store, self._send(text, _TRIPLES, dataset))
        answer: Answer = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        return answer

    @property
    def dataset(self) -> Pairs:
        """Return the parameters that make the default graph the union of the named graphs; asked for once."""
        if self._dataset is None:
            self._dataset = next((pairs for pairs in ((), _AS_UNION) if self._holds_all(pairs)), None)
        if self._dataset is None:
            # The protocol's own way, which is no way for very many graphs.
            if not (graphs := self.graphs()):
                raise self.of_nothing()
            pairs = [(name, graph) for name in ("default-graph-uri", "named-graph-uri") for graph in graphs]
            if not self._holds_all(pairs):
                raise self.wire.failure("cannot be asked about all of its named graphs at once")
            self._dataset = pairs
        return self._dataset

    def _holds_all(self, pairs: Pairs) -> bool:
        try:
            return bool(_truth(self._rows(self._send(_IS_UNION, _ROWS, pairs)), self.wire))
        except OutsideError:
            if pairs:
                return False  # it does not know the parameter
            raise

    def graphs(self) -> dict[str, int]:
        """Return the IRIs of our graphs, sorted, each with the number of its triples."""
        pattern = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), {Literal(BASE)}))"
        rows = self.pages("?g (COUNT(*) AS ?n)", pattern, "g", "GROUP BY ?g")
        return {str(row["g"].value): int(row["n"].value) for row in rows}

    def of_nothing(self) -> OutsideError:
        """Return the error for an endpoint without a graph of ours."""
        return self.wire.failure("holds no graph of Hearsay; 'kg push' sends one")

    def rows(self, text: str, *, union: bool = False) -> list[QuerySolution]:
        """Return the rows of a query of ours; with `union` its default graph is the union of the named graphs."""
        found = self._rows(self._send(text, _ROWS, self.dataset if union else ()))
        return [] if isinstance(found, QueryBoolean) else list(found)

    def pages(
        self, columns: str, pattern: str, key: str, tail: str = "", *, union: bool = False
    ) -> Iterator[QuerySolution]:
        """Give the rows of a pattern in the order of a key, an IRI, asked for in parts: servers cut what is long.

        What has another term for its key is left out.
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
            # The last key may have more rows than stand on the page.
            whole = [row for row in page if row[key] != page[-1][key]] or page
            yield from whole
            last = str(whole[-1][key].value)

    def triples(self, text: str) -> Reply:
        """Return the answer to a CONSTRUCT of ours, which is for `load`."""
        return self._send(text, _TRIPLES, ())

    def load(self, store: Store, reply: Reply, graph: str | None = None) -> None:
        """Read triples that came into a graph of the store, the default graph where none is named."""
        form = self._type(reply, _TRIPLE_TYPES, "RDF")
        try:
            store.load(reply.body, format=form, to_graph=NamedNode(graph) if graph else None)
        except SyntaxError as error:
            raise self._broken(reply, error) from error

    def _send(self, text: str, accept: str, pairs: Pairs) -> Reply:
        """Send a query and return the answer, if it is one and whole."""
        whole = [("query", f"{prologue(text)}{text}"), *pairs]
        headers = {"Accept": accept}
        if len(form := urlencode(whole)) < _LONGEST:
            reply = self.wire.send("GET", whole, None, headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            reply = self.wire.send("POST", (), form.encode(), headers)
        if reply.status != 200:
            raise self.wire.failure(_refusal(reply.status) + self.wire.words(reply))
        if most := reply.headers.get("x-sparql-maxrows"):
            raise self.wire.failure(f"gives no more than {most} rows and has cut the answer: ask for less with LIMIT")
        if "S1TAT" in reply.headers.get("x-sql-state", ""):
            raise self.wire.failure("ran out of time and gave a part of the answer")
        return reply

    def _rows(self, reply: Reply) -> QuerySolutions | QueryBoolean:
        form = self._type(reply, _ROW_TYPES, "results of SPARQL")
        body = _NODE.sub(rb"\1", reply.body)
        try:
            found = parse_query_results(body, format=form)
            if isinstance(found, QuerySolutions):
                # Whether it is whole is seen at its end, and those who take rows are not prepared for a fault.
                for _ in found:
                    pass
                return parse_query_results(body, format=form)
        except SyntaxError as error:
            raise self._broken(reply, error) from error
        return found

    def _type(self, reply: Reply, known: Mapping[str, Form], what: str) -> Form:
        if reply.type in known:
            return known[reply.type]
        page = "a web page" if "html" in reply.type else f"'{reply.type}'" if reply.type else "something without a type"
        raise self.wire.failure(f"answers with {page}, not with {what}: is this the URL for queries?")

    def _broken(self, reply: Reply, error: SyntaxError) -> OutsideError:
        why = "nothing" if not reply.body.strip() else f"no whole {reply.type}"
        return self.wire.failure(f"the answer is {why}: {str(error.msg).splitlines()[0]}")


def _refusal(status: int) -> str:
    """Return what a status means, as the beginning of a sentence."""
    if status in (400, 422):
        return f"refuses the query ({status})"
    if status in (404, 405, 410):
        return f"answers no queries here ({status})"
    return f"fails ({status})" if status >= 500 else f"answers with {status}"


def _truth(found: QuerySolutions | QueryBoolean, wire: Wire) -> QueryBoolean:
    """Return the answer to an ASK; Virtuoso says yes with a row that holds 1, and no with none or one that holds 0."""
    if isinstance(found, QueryBoolean):
        return found
    if [one.value for one in found.variables] != [_ASKED]:
        raise wire.failure("answers a question of yes or no with rows")
    yes = any(row[0].value in ("1", "true") for row in found)
    truth = parse_query_results(
        '{"head":{},"boolean":%s}' % ("true" if yes else "false"), format=QueryResultsFormat.JSON
    )
    assert isinstance(truth, QueryBoolean)
    return truth


def prologue(text: str) -> str:
    """Return the declarations that a query lacks, on one line: the prefixes of the project need not be declared."""
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
    """Return the query without what only people read, in which one server may see an end of line and another none."""
    return TOKEN.sub(lambda token: "" if token["comment"] else token[0], text)


def _without_service(text: str) -> str:
    """Return a query that is right where this one is, and asks nobody else."""
    plain = {"SERVICE": "GRAPH  ", "SILENT": "      "}
    return TOKEN.sub(lambda token: plain.get((token["word"] or "").upper(), token[0]), text)


def portions(items: Iterable[Item], size: int) -> Iterator[Sequence[Item]]:
    """Give the items in their order, at most so many at a time."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
