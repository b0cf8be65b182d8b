"""What is measured inside a process, called by `table.py`: `python tests/bench/inside.py WORK ARGUMENT…`.

Each work prints one line of JSON: the seconds that it is about, without the imports and what must be there before, and
its answer where it has one.
"""

import json
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median

from measure import clocked, say

#: A warm question is asked so many times, or for so many seconds.
_TIMES, _SECONDS = 5, 10.0

Row = list[tuple[str, str]]


def load(root: str) -> None:
    """Load the project as every command does."""
    from kg.project.dataset import load as read

    _tell(clocked(lambda: read(Path(root))))


def bulk_files(root: str) -> None:
    """Load the files of the project with the engine alone, each into its graph."""
    from pyoxigraph import NamedNode, RdfFormat, Store

    from kg.project.dataset import sources

    def fill() -> None:
        store = Store()
        for source in sources(Path(root)):
            store.bulk_load(path=source.path, format=RdfFormat.TURTLE, to_graph=NamedNode(source.graph))

    _tell(clocked(fill))


def bulk_one(quads: str) -> None:
    """Load one N-Quads file of the whole project with the engine alone."""
    from pyoxigraph import RdfFormat, Store

    _tell(clocked(lambda: Store().bulk_load(path=quads, format=RdfFormat.N_QUADS)))


def ask_kg(root: str, query: str) -> None:
    """Ask a question of the loaded project."""
    from pyoxigraph import QuerySolutions

    from kg.project.dataset import load as read
    from kg.query.engine import run

    store, text = read(Path(root)).store, Path(query).read_text(encoding="utf-8")

    def ask() -> list[Row]:
        found = run(store, text)
        assert isinstance(found, QuerySolutions)
        names = [variable.value for variable in found.variables]
        return [[(name, _value(row[name])) for name in names] for row in found]

    _tell(*_warm(ask))


def ask_pyoxigraph(turtle: str, query: str) -> None:
    """Ask the same question of the engine alone, all in one graph."""
    from pyoxigraph import QuerySolutions, RdfFormat, Store

    store, text = Store(), Path(query).read_text(encoding="utf-8")
    store.bulk_load(path=turtle, format=RdfFormat.TURTLE)

    def ask() -> list[Row]:
        found = store.query(text)
        assert isinstance(found, QuerySolutions)
        names = [variable.value for variable in found.variables]
        return [[(name, _value(row[name])) for name in names] for row in found]

    _tell(*_warm(ask))


def ask_rdflib(turtle: str, query: str) -> None:
    """Ask the same question of rdflib."""
    from rdflib import Graph
    from rdflib.query import ResultRow

    graph, text = Graph(), Path(query).read_text(encoding="utf-8")
    graph.parse(turtle, format="turtle")

    def ask() -> list[Row]:
        rows = [row for row in graph.query(text) if isinstance(row, ResultRow)]
        return [[(name, str(value)) for name, value in row.asdict().items()] for row in rows]

    _tell(*_warm(ask))


def join_pyoxigraph(turtle: str) -> None:
    """Find conflicts by a join of all pairs in pyoxigraph."""
    from conflicts import JOIN
    from pyoxigraph import QuerySolutions, RdfFormat, Store

    store = Store()
    store.bulk_load(path=turtle, format=RdfFormat.TURTLE)

    def ask() -> int:
        found = store.query(JOIN)
        assert isinstance(found, QuerySolutions)
        return sum(1 for _ in found)

    _tell(clocked(ask))


def join_rdflib(turtle: str) -> None:
    """Find conflicts by a join of all pairs in rdflib."""
    from conflicts import JOIN
    from rdflib import Graph

    graph = Graph()
    graph.parse(turtle, format="turtle")
    _tell(clocked(lambda: list(graph.query(JOIN))))


def write_kg(root: str) -> None:
    """Write the network of the project as GraphML."""
    from export import drawn

    from kg.export.graphml import graphml

    drawing = drawn(Path(root))
    _tell(clocked(lambda: graphml(drawing, "plain", BytesIO())))


def write_networkx(root: str) -> None:
    """Write the same network with networkx."""
    import networkx
    from export import as_networkx, drawn

    graph = as_networkx(drawn(Path(root)))
    _tell(clocked(lambda: networkx.write_graphml_xml(graph, BytesIO())))


def post(url: str, quads: str) -> None:
    """Send a file of N-Quads to a graph store in one request, as its own loader takes it."""
    import http.client
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    with Path(quads).open("rb") as file:
        size = {"Content-Length": str(Path(quads).stat().st_size)}
        connection.request("POST", parts.path, file, {"Content-Type": "application/n-quads", **size})
    status = connection.getresponse().status
    if status not in (200, 201, 204):
        sys.exit(f"{url} answers {status}")


def merge(root: str, turtle: str, quads: str) -> None:
    """Write all files of the project into one of Turtle, without graphs, and one of N-Quads, with them."""
    from pyoxigraph import RdfFormat

    from kg.project.dataset import load, text_of

    dataset = load(Path(root))
    Path(turtle).write_text("\n".join(map(text_of, dataset.sources)), encoding="utf-8")
    dataset.store.dump(quads, RdfFormat.N_QUADS)


def _warm(ask: Callable[[], list[Row]]) -> tuple[float, list[Row]]:
    """Return the median of the seconds of several asks after a first one, and the rows."""
    rows = ask()
    taken: list[float] = []
    until = time.perf_counter() + _SECONDS
    while len(taken) < _TIMES and (not taken or time.perf_counter() < until):
        taken.append(clocked(ask))
    return median(taken), sorted(sorted(pair for pair in row if pair[1]) for row in rows)


def _value(term: object) -> str:
    return "" if term is None else str(getattr(term, "value", term))


def _tell(seconds: float, answer: object = None) -> None:
    say(json.dumps({"seconds": seconds, "answer": answer}))


WORKS = {
    work.__name__: work
    for work in (
        merge,
        load,
        bulk_files,
        bulk_one,
        ask_kg,
        ask_pyoxigraph,
        ask_rdflib,
        join_pyoxigraph,
        join_rdflib,
        write_kg,
        write_networkx,
        post,
    )
}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in WORKS:
        sys.exit(f"usage: python tests/bench/inside.py WORK ARGUMENT…; WORK is one of {', '.join(WORKS)}")
    WORKS[sys.argv[1]](*sys.argv[2:])
