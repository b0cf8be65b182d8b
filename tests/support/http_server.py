"""HTTP servers on loopback that answer as a test says: well, badly, or as a SPARQL engine with limits."""

import gc
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)
from pyoxigraph import serialize as put

from kg.endpoint.client import Endpoint

JSON, TRIPLES = "application/sparql-results+json", "application/n-triples"
#: The answer to an ASK.
YES = b'{"head":{},"boolean":true}'


@dataclass(frozen=True)
class Request:
    """A request; `pairs` are the parameters of its URL and of its form."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    pairs: list[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        """Return the values of a parameter."""
        return [value for key, value in self.pairs if key == name]


@dataclass(frozen=True)
class Response:
    """A response, `missing` bytes shorter than announced, with `drip` seconds between bytes and `delay` before it."""

    body: bytes = b""
    type: str = JSON
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    drip: float = 0
    delay: float = 0


#: The response to a request; with None the server hangs up.
Behaviour = Callable[[Request], Response | None]


def in_turn(answers: "list[Response | None]") -> "Behaviour":
    """Return the behaviour of giving these responses, one after another."""
    return lambda _: answers.pop(0)


@dataclass
class Server:
    """A running server: its URL, and the requests that it received."""

    url: str
    asked: list[Request] = field(default_factory=list)


@contextmanager
def serving(habit: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Yield a server with this behaviour."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Otherwise a client waits 40 ms between the head of a response and its body.
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            pairs = parse_qsl(parts.query, keep_blank_values=True)
            if self.headers.get("Content-Type") == "application/x-www-form-urlencoded":
                pairs += parse_qsl(body.decode(), keep_blank_values=True)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Request(self.command, parts.path, headers, body, pairs)
            server.asked.append(asked)
            if (given := habit(asked)) is None:
                self.close_connection = True
                return
            time.sleep(given.delay)
            self.send_response(given.status)
            for name, value in {"Content-Type": given.type, **given.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(given.body) + given.missing))
            self.end_headers()
            try:
                for part in [given.body] if not given.drip else [bytes([one]) for one in given.body]:
                    self.wfile.write(part)
                    self.wfile.flush()
                    time.sleep(given.drip)
            except OSError:
                pass  # the client hung up
            self.close_connection = self.close_connection or given.missing > 0

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - names that the base class calls

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    listener.block_on_close = False
    listener.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls is not None:
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)
    server = Server(f"http{'s' if tls else ''}://127.0.0.1:{listener.server_port}/sparql")
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        with _collected_here():
            yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


@contextmanager
def _collected_here() -> Iterator[None]:
    """Collect garbage in this thread only: results of pyoxigraph must not be freed by another."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def habit(store: Store, *, cap: int | None = None, union: bool = True, silent: bool = True) -> Behaviour:
    """Return the behaviour of an engine that answers from a store, and knows `default-graph-uri`.

    It gives at most `cap` rows, and says so in a header unless it is `silent`; without `union` its own default graph
    is apart from the named ones.
    """
    lock = threading.Lock()

    def answer(asked: Request) -> Response:
        default: list[NamedNode | BlankNode | DefaultGraph] = [*map(NamedNode, asked.all("default-graph-uri"))]
        named: list[NamedNode | BlankNode] = [*map(NamedNode, asked.all("named-graph-uri"))]
        (text,) = asked.all("query")
        with lock:
            found = store.query(
                text, use_default_graph_as_union=union, default_graph=default or None, named_graphs=named or None
            )
            if isinstance(found, QueryTriples):
                return Response(put(islice(found, cap), format=RdfFormat.N_TRIPLES) or b"", TRIPLES)
            if isinstance(found, QueryBoolean):
                return Response(found.serialize(format=QueryResultsFormat.JSON) or b"")
            assert isinstance(found, QuerySolutions)
            whole = found.serialize(format=QueryResultsFormat.JSON) or b""
        return _cut(whole, cap, silent)

    return answer


def _cut(results: bytes, cap: int | None, silent: bool) -> Response:
    import json

    read = json.loads(results)
    rows = read["results"]["bindings"]
    if cap is None or len(rows) <= cap:
        return Response(results)
    read["results"]["bindings"] = rows[:cap]
    return Response(json.dumps(read).encode(), headers={} if silent else {"X-SPARQL-MaxRows": str(cap)})


def hasty(url: str, timeout: float = 10) -> Endpoint:
    """Return an endpoint that does not wait before it repeats a request."""
    return Endpoint(url, timeout, pause=lambda _: None)


def told(answer: object) -> object:
    """Return an answer as values that can be compared: rows in their order, triples sorted."""
    if isinstance(answer, QueryBoolean):
        return bool(answer)
    if isinstance(answer, QuerySolutions):
        columns = [variable.value for variable in answer.variables]
        return [columns, *([str(row[name]) for name in columns] for row in answer)]
    assert isinstance(answer, Iterator)
    return sorted(map(str, answer))


def copied(store: Store) -> Store:
    """Return a copy of the store."""
    own = Store()
    own.extend(store)
    return own
