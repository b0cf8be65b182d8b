"""SPARQL engines that tests start on loopback, each with a graph store: Oxigraph's server and Virtuoso."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

NAMES = ("oxigraph", "virtuoso")
#: Seconds until an engine must have answered for the first time.
_START = 120
#: Virtuoso as Debian sets it up, but small, on loopback only, and with everything in its working directory.
_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
ThreadsPerQuery = 2
DirsAllowed = .

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 10
MaxKeepAlives = 10
KeepAliveTimeout = 10
Charset = UTF-8

[SPARQL]
ResultSetMaxRows = 10000
MaxQueryExecutionTime = 60
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine: the URLs of its queries and of its graph store, and a netrc file with its credentials."""

    name: str
    query: str
    store: str
    netrc: Path

    def client(self) -> httpx.Client:
        """Return a client that may change every graph; to be closed."""
        auth = httpx.DigestAuth("dba", "dba") if self.name == "virtuoso" else None
        return httpx.Client(auth=auth, timeout=60, trust_env=False)

    def put(self, graph: str, turtle: bytes) -> None:
        """Write a graph without `kg`."""
        with self.client() as client:
            client.put(
                self.store, params={"graph": graph}, content=turtle, headers={"Content-Type": "text/turtle"}
            ).raise_for_status()

    def graphs(self) -> dict[str, int]:
        """Return all named graphs with their sizes."""
        text = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        with self.client() as client:
            reply = client.post(
                self.query, data={"query": text}, headers={"Accept": "application/sparql-results+json"}
            ).raise_for_status()
        rows = parse_query_results(reply.content, format=QueryResultsFormat.JSON)
        assert isinstance(rows, QuerySolutions)
        return {str(row["g"].value): int(row["n"].value) for row in rows}

    def clear(self) -> None:
        """Delete all graphs but the engine's own."""
        with self.client() as client:
            for graph in self.graphs():
                if "openlinksw" not in graph and not graph.startswith(
                    ("http://localhost", "urn:", "http://www.w3.org")
                ):
                    client.delete(self.store, params={"graph": graph}).raise_for_status()


def missing(name: str) -> str:
    """Return why the engine cannot be tested with, or ""."""
    if name == "oxigraph":
        return "" if _oxigraph() else "oxigraph is not installed: pip install -e '.[dev]'"
    return "" if shutil.which("virtuoso-t") else "Virtuoso is not installed: apt-get install virtuoso-opensource-7-bin"


def _oxigraph() -> str | None:
    beside = Path(sys.executable).parent / "oxigraph"
    return str(beside) if beside.exists() else shutil.which("oxigraph")


@contextmanager
def running(name: str, directory: Path) -> Iterator[Engine]:
    """Yield a running engine without graphs, which keeps its files in the directory."""
    netrc = directory / "netrc"
    netrc.write_text("machine 127.0.0.1 login dba password dba\n")
    netrc.chmod(0o600)
    http, sql = _port(), _port()
    place = f"http://127.0.0.1:{http}"
    if name == "oxigraph":
        engine = Engine(name, f"{place}/query", f"{place}/store", netrc)
        words = [str(_oxigraph()), "serve", "--bind", f"127.0.0.1:{http}"]
    else:
        engine = Engine(name, f"{place}/sparql", f"{place}/sparql-graph-crud-auth", netrc)
        (directory / "virtuoso.ini").write_text(_VIRTUOSO.format(http=http, sql=sql))
        words = ["virtuoso-t", "-f", "-c", "virtuoso.ini"]
    with (
        (directory / "said").open("wb") as said,
        subprocess.Popen(words, cwd=directory, stdout=said, stderr=said) as own,
    ):
        try:
            _await(engine, own)
            yield engine
        finally:
            own.kill()


def _await(engine: Engine, own: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START
    with engine.client() as client:
        while True:
            try:
                if client.get(engine.query, params={"query": "ASK { ?s ?p ?o }"}).status_code == 200:
                    return
            except httpx.TransportError:
                assert own.poll() is None, f"{engine.name} ended with {own.returncode} before it answered"
                assert time.monotonic() < end, f"{engine.name} has not answered within {_START} seconds"
            time.sleep(0.1)


def _port() -> int:
    """Return a free port of loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
