"""The graph sent to a SPARQL 1.1 Graph Store: a named graph a file, only what differs, resumed where it broke off.

The store keeps, in a graph of records, which graphs are ours and the digest of what was sent for each. Before anything
is changed, the records of what is to change are made void; each graph that has arrived is noted again. So whatever
breaks off, at any moment, leaves records that say too little and never too much, and the next push makes up for it.

A push has a number, and its records count as long as it is the last one. Of two at once the later goes on; the earlier
sees at its next note that it is not the last any more, and stops. The graphs are whole in either case; should both have
had different contents for one, push again.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.endpoint.client import Endpoint, portions
from kg.endpoint.fetch import CONNECTIONS, RECORDS, RUN, SENT, VOID
from kg.endpoint.http import Wire, address
from kg.errors import KgError, OutsideError, SourceError
from kg.privacy.gate import gate
from kg.privacy.protected import Object, Subject
from kg.project.dataset import Source, read, read_text
from kg.rdf.namespaces import BASE
from kg.storage.manifest import digest

if TYPE_CHECKING:
    from concurrent.futures import Future

#: So many graphs are sent before the records are brought up to date.
_NOTED = 100
#: So many graphs may vanish without a question; of more, half of all.
_FEW = 10
#: So many threads read files for the gate.
_READERS = 2
#: What the paths of query services end in, and where the same engines have their graph store.
_SERVICES = {"/query": "/store", "/sparql": "/sparql-graph-crud-auth"}
#: More graphs than these are looked up by listing all.
_MANY = 500

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push would do: files to send in this order, graphs to remove, the graphs that stay, each with its digest.

    `digests` are those of the files to send, by graph; `foreign` are the graphs to send that are there already but not
    from a push; `recorded` is the number of graphs that the last push has left.
    """

    send: tuple[Source, ...]
    remove: tuple[str, ...]
    kept: Mapping[str, str]
    digests: Mapping[str, str]
    foreign: tuple[str, ...]
    recorded: int


def graph_store(url: str) -> str:
    """Return the URL of the graph store that belongs to a query service of Oxigraph or Virtuoso."""
    parts = address(url)
    for ending, other in _SERVICES.items():
        if parts.path.rstrip("/").endswith(ending):
            return parts._replace(path=parts.path.rstrip("/").removesuffix(ending) + other, query="").geturl()
    raise KgError(f"where the graph store of '{Wire(url).shown}' is cannot be told: name it with --graph-store URL")


class _Parts:
    """A graph in several stores."""

    def __init__(self, stores: Sequence[Store]) -> None:
        self._stores = stores

    def quads_for_pattern(
        self, subject: Subject | None, predicate: NamedNode | None, object: Object | None, /
    ) -> Iterator[Quad]:
        """Give the quads with these terms, where None is any."""
        return chain.from_iterable(one.quads_for_pattern(subject, predicate, object) for one in self._stores)


def let_through(files: Sequence[Source]) -> None:
    """Let the files through the gate, or raise PrivacyError; raises SourceError for the first that cannot be read.

    For that no store need hold all of them, so each thread reads what it takes into one of its own.
    """
    from concurrent.futures import ThreadPoolExecutor  # only here

    stores: list[Store] = []
    own = threading.local()

    def begin() -> None:
        own.store = Store()
        stores.append(own.store)

    with ThreadPoolExecutor(_READERS, initializer=begin) as pool:
        for _ in pool.map(lambda one: read(own.store, one), files):
            pass
    gate(_Parts(stores))


def digests(files: Iterable[Source]) -> dict[str, str]:
    """Return the digest of what would be sent of each file, by the name of the file."""
    return {one.name: digest(_content(one)) for one in files}


def plan(endpoint: Endpoint, files: Iterable[Source], known: Mapping[str, str], *, every: bool = False) -> Plan:
    """Return what it takes to bring a graph store in step with the files; `every` file is sent on request.

    `known` are their digests. Raises OutsideError where the endpoint fails.
    """
    wanted = {one.graph: one for one in files}
    ours, sent = _recorded(endpoint)
    kept = {
        graph: sent[graph] for graph, one in wanted.items() if not every and sent.get(graph, VOID) == known[one.name]
    }
    # The articles come last: what is said in them is of little use without the names of things.
    changed = (one for graph, one in wanted.items() if graph not in kept)
    send = tuple(sorted(changed, key=lambda one: one.graph.startswith(f"{BASE}article/")))
    unknown = [one.graph for one in send if one.graph not in ours]
    return Plan(
        send,
        tuple(sorted(ours - wanted.keys())),
        kept,
        {one.graph: known[one.name] for one in send},
        tuple(sorted(_present(endpoint, unknown))),
        len(ours),
    )


def _recorded(endpoint: Endpoint) -> tuple[set[str], dict[str, str]]:
    """Return the graphs that are ours, and the digests of those whose content is known."""
    run = _run(endpoint)
    ours: set[str] = set()
    sent: dict[str, str] = {}
    for row in endpoint.pages("?s ?o", f"GRAPH <{RECORDS}> {{ ?s <{SENT}> ?o }}", "s"):
        graph, (number, _, content) = str(row["s"].value), str(row["o"].value).partition(" ")
        ours.add(graph)
        if number == run and content != VOID:
            sent[graph] = content
    return ours, sent


def _run(endpoint: Endpoint) -> str:
    """Return the number of the last push, or "" where there was none, or where two at once have both left theirs."""
    rows = endpoint.rows(f"SELECT ?run WHERE {{ GRAPH <{RECORDS}> {{ <{RECORDS}> <{RUN}> ?run }} }}")
    return str(rows[0]["run"].value) if len(rows) == 1 else ""


def _present(endpoint: Endpoint, graphs: list[str]) -> set[str]:
    """Return those of the graphs that hold anything at the endpoint."""
    if len(graphs) > _MANY:
        return endpoint.graphs().keys() & set(graphs)
    found: set[str] = set()
    for some in portions(graphs, 50):
        values = " ".join(f"<{graph}>" for graph in some)
        pattern = f"VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }}"
        found |= {str(row["g"].value) for row in endpoint.pages("?g (COUNT(*) AS ?n)", pattern, "g", "GROUP BY ?g")}
    return found


def check(found: Plan) -> None:
    """Raise KgError where a push would touch what is not known to be this project's."""
    if found.foreign:
        more = f" and {len(found.foreign) - 1:,} more are" if found.foreign[1:] else " is"
        raise KgError(f"<{found.foreign[0]}>{more} there already, and not from a push: --force writes over that")
    if len(found.remove) > max(_FEW, found.recorded // 2):
        raise KgError(
            f"{len(found.remove):,} of the {found.recorded:,} graphs that were pushed there would go: "
            "if they are not another project's, say --force"
        )


def carry_out(endpoint: Endpoint, store: Wire, found: Plan, report: Progress) -> None:
    """Send and remove what the plan says; `report` is told how many graphs are done of how many.

    Raises OutsideError where the store fails or another push has begun, KgError for a file that has changed since.
    """
    from concurrent.futures import ThreadPoolExecutor, as_completed  # only here
    from secrets import token_hex

    before, number = _run(endpoint), token_hex(8)
    void = dict.fromkeys((*found.digests, *found.remove), VOID)
    _note(store, "PUT", number, {**found.kept, **void})
    # A web server may say yes to all, and another engine takes what is not meant for it.
    if _run(endpoint) == before:
        raise store.failure(f"what it takes does not show at {endpoint.wire.shown}: is it the graph store of that?")
    tasks: list[tuple[str, Source | None]] = [(one.graph, one) for one in found.send]
    tasks += [(graph, None) for graph in found.remove]
    done = 0
    with ThreadPoolExecutor(_at_once(store)) as pool:
        for some in portions(tasks, _NOTED):
            under_way = {pool.submit(_change, store, graph, one, found): graph for graph, one in some}
            try:
                for future in as_completed(under_way):
                    future.result()
                    done += 1
                    report(done, len(tasks))
            except BaseException:
                for future in under_way:
                    future.cancel()
                with suppress(OutsideError):  # the first failure is the one to tell
                    _arrived(endpoint, store, number, found, under_way)
                raise
            _arrived(endpoint, store, number, found, under_way)
    if found.remove:
        _note(store, "PUT", number, {**found.kept, **found.digests})


def _at_once(store: Wire) -> int:
    """Return how many graphs are sent at once: Virtuoso deadlocks over several, and was seen to crash."""
    return 1 if "virtuoso" in store.server.lower() else CONNECTIONS


def _change(store: Wire, graph: str, one: Source | None, found: Plan) -> None:
    """Send a file, or remove a graph for which there is none."""
    if one is None:
        _send(store, "DELETE", graph, None, "", f"cannot remove <{graph}>")
        return
    data = _content(one)
    if digest(data) != found.digests[graph]:
        raise SourceError("has changed since the push began: push again", one.name)
    _send(store, "PUT", graph, data, "text/turtle", f"does not take {one.name}")


def _arrived(
    endpoint: Endpoint, store: Wire, number: str, found: Plan, under_way: "Mapping[Future[None], str]"
) -> None:
    """Note what has arrived, as long as no other push has begun."""
    if _run(endpoint) != number:
        raise store.failure("another push has begun there, and this one ends: push again when that is done")
    whole = [graph for one, graph in under_way.items() if one.done() and not one.cancelled() and not one.exception()]
    _note(store, "POST", number, {graph: found.digests[graph] for graph in whole if graph in found.digests})


def _note(store: Wire, method: str, number: str, contents: Mapping[str, str]) -> None:
    """Write records: in place of all there are (PUT), or to them (POST)."""
    lines = [f"<{graph}> <{SENT}> {Literal(f'{number} {content}')} .\n" for graph, content in contents.items()]
    if method == "PUT":
        lines.append(f"<{RECORDS}> <{RUN}> {Literal(number)} .\n")
    if lines:
        _send(store, method, RECORDS, "".join(lines).encode(), "application/n-triples", "does not take records")


def _send(store: Wire, method: str, graph: str, data: bytes | None, type_: str, failure: str) -> None:
    reply = store.send(method, [("graph", graph)], data, {"Content-Type": type_} if type_ else {})
    # To remove what is not there is no failure.
    if not (reply.status in (200, 201, 204) or (method == "DELETE" and reply.status == 404)):
        raise store.failure(f"{failure} ({reply.status}{store.words(reply)})")


def _content(one: Source) -> bytes:
    """Return what is sent of a file: its bytes without a byte-order mark."""
    if one.fault:
        raise SourceError(one.fault, one.name)
    return read_text(one.path, one.name).encode()
