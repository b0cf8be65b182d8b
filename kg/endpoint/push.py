"""Push: the files of a project sent to a SPARQL 1.1 Graph Store, one named graph for each, only those that differ.

A graph of records in the store names the pushed graphs and the digest of each. Before a push changes anything, it
voids the records of the graphs to change; each graph that has arrived is recorded again. An interruption at any moment
therefore leaves records that claim too little, never too much, and the next push sends the rest.

A push has a number, and its records count while it is the last push. Of two concurrent pushes the later one goes on;
the earlier one sees at its next record that it is not the last any more, and stops. Each graph is complete in either
case; if the two had different contents, push again.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.endpoint.client import Endpoint, batches
from kg.endpoint.fetch import CONNECTIONS, RECORDS, RUN, SENT, VOID
from kg.endpoint.http import Connection, address
from kg.errors import KgError, OutsideError, SourceError
from kg.privacy.gate import gate
from kg.privacy.protected import Object, Subject
from kg.project.dataset import Source, read, read_text
from kg.rdf.namespaces import BASE
from kg.storage.manifest import digest

if TYPE_CHECKING:
    from concurrent.futures import Future

#: Graphs sent between two updates of the records.
_BATCH = 100
#: Graphs that a push may remove without --force; of more than twice as many, half.
_FEW = 10
#: Threads that read files for the gate.
_READERS = 2
#: The ends of the paths of query services, and the path of the graph store of the same engine.
_SERVICES = {"/query": "/store", "/sparql": "/sparql-graph-crud-auth"}
#: More graphs than these are looked up by listing all graphs.
_MANY = 500

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """The work of a push: files to send, in order; graphs to remove; unchanged graphs, each with its digest.

    `digests` has the digests of the files to send, by graph; `foreign` the graphs to send that exist there although no
    push sent them; `recorded` is the number of graphs of the last push.
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
    raise KgError(f"cannot tell where the graph store of '{Connection(url).shown}' is: pass --graph-store URL")


class _Parts:
    """The union of several stores."""

    def __init__(self, stores: Sequence[Store]) -> None:
        self._stores = stores

    def quads_for_pattern(
        self, subject: Subject | None, predicate: NamedNode | None, object: Object | None, /
    ) -> Iterator[Quad]:
        """Yield the quads with these terms; None matches any."""
        return chain.from_iterable(store.quads_for_pattern(subject, predicate, object) for store in self._stores)


def admit_files(files: Sequence[Source]) -> None:
    """Raise PrivacyError if the gate refuses the files, SourceError for the first that cannot be read.

    Each thread reads its files into a store of its own.
    """
    from concurrent.futures import ThreadPoolExecutor

    stores: list[Store] = []
    thread = threading.local()

    def begin() -> None:
        thread.store = Store()
        stores.append(thread.store)

    with ThreadPoolExecutor(_READERS, initializer=begin) as pool:
        for _ in pool.map(lambda file: read(thread.store, file), files):
            pass
    gate(_Parts(stores))


def digests(files: Iterable[Source]) -> dict[str, str]:
    """Return the digest of the content to send, by the name of the file."""
    return {file.name: digest(_content(file)) for file in files}


def plan_push(endpoint: Endpoint, files: Iterable[Source], known: Mapping[str, str], *, every: bool = False) -> Plan:
    """Return the plan that brings a graph store in step with the files, whose digests are `known`.

    With `every`, all files are sent. Raises OutsideError if the endpoint fails.
    """
    wanted = {file.graph: file for file in files}
    ours, sent = _recorded(endpoint)
    kept = {
        graph: sent[graph] for graph, file in wanted.items() if not every and sent.get(graph, VOID) == known[file.name]
    }
    # The articles come last: their claims are of little use without the names of entities.
    changed = (file for graph, file in wanted.items() if graph not in kept)
    send = tuple(sorted(changed, key=lambda file: file.graph.startswith(f"{BASE}article/")))
    unknown = [file.graph for file in send if file.graph not in ours]
    return Plan(
        send,
        tuple(sorted(ours - wanted.keys())),
        kept,
        {file.graph: known[file.name] for file in send},
        tuple(sorted(_present(endpoint, unknown))),
        len(ours),
    )


def _recorded(endpoint: Endpoint) -> tuple[set[str], dict[str, str]]:
    """Return the pushed graphs, and the digests of those whose content is known."""
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
    """Return the number of the last push, "" if there was none or two concurrent ones left theirs."""
    rows = endpoint.rows(f"SELECT ?run WHERE {{ GRAPH <{RECORDS}> {{ <{RECORDS}> <{RUN}> ?run }} }}")
    return str(rows[0]["run"].value) if len(rows) == 1 else ""


def _present(endpoint: Endpoint, graphs: list[str]) -> set[str]:
    """Return the graphs that are not empty at the endpoint."""
    if len(graphs) > _MANY:
        return endpoint.graphs().keys() & set(graphs)
    present: set[str] = set()
    for batch in batches(graphs, 50):
        values = " ".join(f"<{graph}>" for graph in batch)
        pattern = f"VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }}"
        present |= {str(row["g"].value) for row in endpoint.pages("?g (COUNT(*) AS ?n)", pattern, "g", "GROUP BY ?g")}
    return present


def check_plan(plan: Plan) -> None:
    """Raise KgError if a push would overwrite or remove graphs that may be another project's."""
    if plan.foreign:
        more = f" and {len(plan.foreign) - 1:,} more exist" if plan.foreign[1:] else " exists"
        raise KgError(f"<{plan.foreign[0]}>{more} there, but no push sent it: overwrite with --force")
    if len(plan.remove) > max(_FEW, plan.recorded // 2):
        raise KgError(
            f"the push would delete {len(plan.remove):,} of the {plan.recorded:,} graphs that were pushed there: "
            "if they belong to this project, delete them with --force"
        )


def carry_out(endpoint: Endpoint, store: Connection, plan: Plan, report: Progress) -> None:
    """Carry out the plan; `report` receives the number of graphs done and of all.

    Raises OutsideError if the store fails or another push has begun, SourceError for a file that has changed since.
    """
    from concurrent.futures import ThreadPoolExecutor, as_completed
    from secrets import token_hex

    before, number = _run(endpoint), token_hex(8)
    void = dict.fromkeys((*plan.digests, *plan.remove), VOID)
    _note(store, "PUT", number, {**plan.kept, **void})
    # A web server may accept any request, and another engine may accept graphs that are not meant for it.
    if _run(endpoint) == before:
        raise store.failure(
            f"accepts graphs that {endpoint.connection.shown} does not show: is it the graph store of that endpoint?"
        )
    tasks: list[tuple[str, Source | None]] = [(file.graph, file) for file in plan.send]
    tasks += [(graph, None) for graph in plan.remove]
    done = 0
    with ThreadPoolExecutor(_at_once(store)) as pool:
        for batch in batches(tasks, _BATCH):
            under_way = {pool.submit(_change, store, graph, file, plan): graph for graph, file in batch}
            try:
                for future in as_completed(under_way):
                    future.result()
                    done += 1
                    report(done, len(tasks))
            except BaseException:
                for future in under_way:
                    future.cancel()
                with suppress(OutsideError):  # the first failure is reported
                    _arrived(endpoint, store, number, plan, under_way)
                raise
            _arrived(endpoint, store, number, plan, under_way)
    if plan.remove:
        _note(store, "PUT", number, {**plan.kept, **plan.digests})


def _at_once(store: Connection) -> int:
    """Return how many graphs to send at once: Virtuoso deadlocks over several, and was seen to crash."""
    return 1 if "virtuoso" in store.server.lower() else CONNECTIONS


def _change(store: Connection, graph: str, file: Source | None, plan: Plan) -> None:
    """Send a file, or remove a graph without one."""
    if file is None:
        _send(store, "DELETE", graph, None, "", f"cannot delete <{graph}>")
        return
    data = _content(file)
    if digest(data) != plan.digests[graph]:
        raise SourceError("has changed since the push began: push again", file.name)
    _send(store, "PUT", graph, data, "text/turtle", f"does not accept {file.name}")


def _arrived(
    endpoint: Endpoint, store: Connection, number: str, plan: Plan, under_way: "Mapping[Future[None], str]"
) -> None:
    """Record the graphs that have arrived; raises OutsideError if another push has begun."""
    if _run(endpoint) != number:
        raise store.failure("this push has stopped, because another has begun there: push again when that is done")
    whole = [
        graph
        for future, graph in under_way.items()
        if future.done() and not future.cancelled() and not future.exception()
    ]
    _note(store, "POST", number, {graph: plan.digests[graph] for graph in whole if graph in plan.digests})


def _note(store: Connection, method: str, number: str, contents: Mapping[str, str]) -> None:
    """Write records: replace all (PUT), or add (POST)."""
    lines = [f"<{graph}> <{SENT}> {Literal(f'{number} {content}')} .\n" for graph, content in contents.items()]
    if method == "PUT":
        lines.append(f"<{RECORDS}> <{RUN}> {Literal(number)} .\n")
    if lines:
        _send(store, method, RECORDS, "".join(lines).encode(), "application/n-triples", "does not accept records")


def _send(store: Connection, method: str, graph: str, data: bytes | None, type_: str, failure: str) -> None:
    reply = store.send(method, [("graph", graph)], data, {"Content-Type": type_} if type_ else {})
    # Removing a graph that does not exist is no failure.
    if not (reply.status in (200, 201, 204) or (method == "DELETE" and reply.status == 404)):
        raise store.failure(f"{failure} ({reply.status}{store.words(reply)})")


def _content(file: Source) -> bytes:
    """Return the content to send of a file: its bytes without a byte-order mark."""
    if file.fault:
        raise SourceError(file.fault, file.name)
    return read_text(file.path, file.name).encode()
