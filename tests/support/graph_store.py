"""A graph store that fails as a test says, and pushes to it as the command line makes them."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store
from support.cli import environment
from support.http_server import Request, Response, Server, habit, hasty

from kg.cli.main import cli
from kg.endpoint.fetch import RECORDS, RUN
from kg.endpoint.http import Connection
from kg.endpoint.push import Plan, carry_out, digests, graph_store, plan_push
from kg.project.dataset import load, sources
from kg.rdf.namespaces import BASE

PEOPLE, TOPICS, NEW = (f"{BASE}graph/{name}" for name in ("people", "topics", "new"))
TURTLE = b"<http://a.example/s> <http://a.example/p> 1 ."
_FORMS = {"text/turtle": RdfFormat.TURTLE, "application/n-triples": RdfFormat.N_TRIPLES}


class Place:
    """A graph store that accepts a number of `changes`, and then answers each with `refusal`.

    With `spared` the records are no change. What is to happen after a graph has come stands in `then`. `server` is what
    it calls itself, `most` how many changes were under way at once.
    """

    def __init__(self) -> None:
        self.store = Store()
        self.changes = sys.maxsize
        self.refusal: Response | None = None
        self.spared = False
        self.then: Callable[[str], object] = lambda _: None
        self.waits: list[float] = []
        self.server = "Place"
        self.most = self._under_way = 0
        self._lock = threading.Lock()

    def at(self, server: Server) -> None:
        """Bind to the server that answers with this store."""
        self.url, self.asked = server.url, server.asked
        self.endpoint, self.connection = hasty(self.url), Connection(graph_store(self.url), pause=self.waits.append)

    def answer(self, asked: Request) -> Response | None:
        """Answer a request."""
        if asked.path == "/sparql":
            return habit(self.store)(asked)
        (graph,) = asked.all("graph")
        with self._lock:
            self.changes -= not (self.spared and graph == RECORDS)
            if self.changes < 0 and not (self.spared and graph == RECORDS):
                return self.refusal
        known = self.store.contains_named_graph(NamedNode(graph))
        if asked.method in ("PUT", "DELETE"):
            self.store.remove_graph(NamedNode(graph))
        if asked.method == "DELETE":
            return Response(status=204 if known else 404)
        self.store.load(asked.body, format=_FORMS[asked.headers["content-type"]], to_graph=NamedNode(graph))
        with self._lock:
            self._under_way += 1
            self.most = max(self.most, self._under_way)
        self.then(graph)
        with self._lock:
            self._under_way -= 1
        return Response(status=204, headers={"Server": self.server})

    def changed(self) -> list[tuple[str, str]]:
        """Return the changes since the last call, as method and graph, those of the records included."""
        done = sorted((one.method, *one.all("graph")) for one in self.asked if one.path != "/sparql")
        self.asked.clear()
        return [(method, graph) for method, graph in done]

    def begin_another(self, *, beside: bool = False) -> Quad:
        """Record that another push began, instead of the last one or next to it; return the record."""
        records, run = NamedNode(RECORDS), NamedNode(RUN)
        for quad in [] if beside else list(self.store.quads_for_pattern(records, run, None)):
            self.store.remove(quad)
        self.store.add(begun := Quad(records, run, Literal("another"), records))
        return begun

    def ours(self) -> set[Quad]:
        """Return all quads but the records."""
        return {quad for quad in self.store if quad.graph_name != NamedNode(RECORDS)}

    def planned(self, project: Path) -> Plan:
        """Return what a push would do."""
        return plan_push(self.endpoint, sources(project), digests(sources(project)))

    def send(self, found: Plan, report: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Push without waiting where a server is busy."""
        carry_out(self.endpoint, self.connection, found, report)


def push(project: Path, url: str, *words: str, before: tuple[str, ...] = ()) -> tuple[str, str]:
    """Push as the command line does, and return standard output and standard error."""
    call = ["-C", str(project), *before, "push", "--endpoint", url, *words]
    done = CliRunner().invoke(cli, call, prog_name="kg")
    if done.exception:
        raise done.exception
    return done.stdout, done.stderr


def shell(project: Path, url: str, **more: str) -> tuple[int, str, str]:
    """Push in a separate process, and return its exit code, standard output and standard error."""
    words = [sys.executable, "-m", "kg", "-C", str(project), "push", "--endpoint", url]
    own = environment(NETRC=str(project / "no-netrc"), **more)
    done = subprocess.run(words, capture_output=True, text=True, env=own, check=False)
    return done.returncode, done.stdout, done.stderr


def local(project: Path) -> set[Quad]:
    """Return the quads of the project."""
    return set(load(project).store)


def change(project: Path) -> None:
    """Change the graph of people, delete that of topics, and add a new one."""
    with (project / "graph" / "people.ttl").open("ab") as people:
        people.write(b"\n" + TURTLE)
    (project / "graph" / "topics.ttl").rename(project / "graph" / "new.ttl")
