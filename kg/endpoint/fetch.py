"""The graph at an endpoint, checked by the gate and read into memory: all of it, or the part about one entity.

The graphs of Hearsay are the named graphs below `BASE`, one for each file of the project. Other graphs are not read.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.claims.entities import resolve
from kg.endpoint.client import PAGE, UNCUT, Endpoint, batches
from kg.endpoint.http import Reply
from kg.errors import NameUnknownError
from kg.privacy.gate import SUSPECTS, gate
from kg.rdf.namespaces import BASE, KINDS, PREFIXES, SLUG, expand, kind
from kg.storage.subgraph import TERMS, subgraph

#: The graph of records of a push: a record of each graph, and the number of the push.
RECORDS = f"{BASE}push"
SENT, RUN = f"{RECORDS}#sent", f"{RECORDS}#run"
#: The digest of a graph whose content is not known; it sorts before all digests.
VOID = "-"
#: Concurrent requests while the whole graph is read.
CONNECTIONS = 4
#: Entities per query: their triples are fewer than any server truncates.
_AT_ONCE = 50
#: The properties that name entities.
_NAMES = "rdfs:label skos:altLabel kg:wording schema:url"
_SUBJECT, _OBJECT = (NamedNode(f"{PREFIXES['rdf']}{name}") for name in ("subject", "object"))

#: A graph that the last push has begun to send or remove and has not recorded again.
_UNFINISHED = f"""SELECT ?graph WHERE {{
  GRAPH <{RECORDS}> {{ <{RECORDS}> <{RUN}> ?run . ?graph <{SENT}> ?record }}
  FILTER(STRSTARTS(STR(?record), STR(?run)))
}} GROUP BY ?graph HAVING (STRENDS(MAX(STR(?record)), " {VOID}")) LIMIT 1"""

Progress = Callable[[int, int], None]


def _nothing(*_: object) -> None:
    """Report no progress."""


# --- Privacy ---


def admit(endpoint: Endpoint) -> None:
    """Raise PrivacyError if the graph at the endpoint would identify a protected person.

    The endpoint lists suspects, mostly none; the gate decides on each.
    """
    pairs = [(row["person"], row["place"]) for row in endpoint.rows(SUSPECTS, union=True)]
    if len(pairs) >= UNCUT or not all(isinstance(term, NamedNode) for pair in pairs for term in pair):
        # There may be more suspects, or one is a blank node, which cannot be queried.
        gate(whole(endpoint))
        return
    for batch in batches(pairs, _AT_ONCE // 2):
        store = Store()
        _describe(endpoint, store, {str(term.value) for pair in batch for term in pair}, ours=False)
        ends = {quad.object for end in (_SUBJECT, _OBJECT) for quad in store.quads_for_pattern(None, end, None)}
        _describe(endpoint, store, {end.value for end in ends if isinstance(end, NamedNode)}, ours=False)
        gate(store)


# --- All of it ---


def is_part(endpoint: Endpoint) -> bool:
    """Return whether the last push there has not ended, so that graphs may be missing or out of date."""
    return bool(endpoint.rows(_UNFINISHED))


def whole(endpoint: Endpoint, report: Progress = _nothing) -> Store:
    """Return all graphs of Hearsay; `report` receives the number of triples read and of all.

    Raises OutsideError if the graph changes meanwhile or cannot be read completely.
    """
    before = _state(endpoint)
    sizes = {graph: size for graph, size in before[0].items() if graph != RECORDS}
    if not sizes:
        raise endpoint.empty_error()
    store, done, total = Store(), 0, sum(sizes.values())
    for graph, reply in _fetched(endpoint, [graph for graph, size in sizes.items() if size <= PAGE]):
        endpoint.load(store, reply, graph)
        done += sizes[graph]
        report(done, total)
    if len(store) != total:
        # Graphs that are too large for one answer, or that the server has truncated.
        for graph, size in sizes.items():
            if sum(1 for _ in store.quads_for_pattern(None, None, None, NamedNode(graph))) != size:
                _read_in_parts(endpoint, store, graph)
                report(len(store), total)
    if len(store) != total or _state(endpoint) != before:
        raise endpoint.connection.failure("the graph changed while it was read: try again")
    return store


def _state(endpoint: Endpoint) -> tuple[dict[str, int], list[str]]:
    """Return the graphs with their sizes, and the number of the last push; every change of the graph shows here."""
    pushed = endpoint.rows(f"SELECT ?run WHERE {{ GRAPH <{RECORDS}> {{ <{RECORDS}> <{RUN}> ?run }} }}")
    return endpoint.graphs(), sorted(str(row["run"].value) for row in pushed)


def _fetched(endpoint: Endpoint, graphs: Iterable[str]) -> Iterator[tuple[str, Reply]]:
    """Yield the graphs with their answers, requested several at a time."""
    from concurrent.futures import ThreadPoolExecutor

    def ask(graph: str) -> Reply:
        return endpoint.triples(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for batch in batches(graphs, 16 * CONNECTIONS):
            yield from zip(batch, pool.map(ask, batch), strict=True)


def _read_in_parts(endpoint: Endpoint, store: Store, graph: str) -> None:
    blank = f"SELECT ?s WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o FILTER(isBlank(?s) || isBlank(?o)) }} }} LIMIT 1"
    if endpoint.rows(blank):
        raise endpoint.connection.failure(
            f"cannot send <{graph}> in one answer: it has too many triples, and blank nodes; "
            "raise the limit of the server"
        )
    _read(endpoint, store, f"VALUES ?g {{ <{graph}> }} GRAPH ?g {{ ?s ?p ?o }}")


# --- The part about one entity ---


def find(endpoint: Endpoint, name: str, class_: str | None = None) -> str:
    """Return the IRI of the entity with this name or label, as `kg.claims.entities.resolve` does."""
    store, name = Store(), name.strip()
    candidates = [f"{PREFIXES[prefix]}{name}" for prefix in KINDS if SLUG.match(name)]
    with suppress(NameUnknownError):
        candidates.append(expand(name))
    _vocabulary(endpoint, store)
    _describe(endpoint, store, candidates)
    short = candidates[-1:] if ":" in name else []
    if not short:
        folded = f"FILTER(LCASE(STR(?o)) = LCASE({Literal(name)}))"
        _describe(endpoint, store, _read(endpoint, store, f"VALUES ?p {{ {_NAMES} }} GRAPH ?g {{ ?s ?p ?o }} {folded}"))
    with suppress(NameUnknownError):
        return resolve(store, name, class_)
    # For an unknown name, near misses are found among all names.
    start = f"{BASE}{kind(short[0]) or ''}" if short else BASE
    pattern = f"VALUES ?p {{ rdf:type {_NAMES} }} GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?s), {Literal(start)}))"
    _read(endpoint, store, pattern if short else f"{pattern} FILTER(!STRSTARTS(STR(?s), {Literal(PREFIXES['claim'])}))")
    return resolve(store, name, class_)


def near(endpoint: Endpoint, iri: str, *, wide: bool = False) -> Store:
    """Return the subgraph on which commands about one entity answer as on the whole graph."""
    part = subgraph(_Remote(endpoint), iri, wide=wide)
    return whole(endpoint) if part is None else part


class _Remote:
    """The graph at an endpoint, read in parts."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def vocabulary(self, store: Store) -> None:
        """Read the descriptions of all terms into the store."""
        _vocabulary(self._endpoint, store)

    def describe(self, store: Store, entities: Iterable[str]) -> set[str]:
        """Read the triples of entities into the store, and return the individuals that they mention."""
        return _describe(self._endpoint, store, entities)

    def pointing(self, properties: Iterable[str], entities: Iterable[str]) -> set[str]:
        """Return the subjects that have one of the entities as a value of one of the properties."""
        subjects: set[str] = set()
        for batch in batches(sorted(entities), _AT_ONCE):
            values = f"VALUES ?o {{ {_nodes(batch)} }} VALUES ?p {{ {' '.join(properties)} }}"
            subjects |= _subjects(self._endpoint, f"{values} GRAPH ?g {{ ?s ?p ?o }}")
        return subjects

    def claims_in(self, article: str) -> set[str]:
        """Return the claims of an article."""
        return _subjects(self._endpoint, f"GRAPH <{article}> {{ ?s a kg:Claim }}")


def _subjects(endpoint: Endpoint, pattern: str) -> set[str]:
    return {str(row["s"].value) for row in endpoint.pages("?s", pattern, "s")}


def _vocabulary(endpoint: Endpoint, store: Store) -> None:
    ours = f"FILTER(STRSTARTS(STR(?g), {Literal(BASE)}))"
    _read(endpoint, store, f"VALUES ?class {{ {' '.join(TERMS)} }} GRAPH ?g {{ ?s a ?class ; ?p ?o }} {ours}")


def _describe(endpoint: Endpoint, store: Store, entities: Iterable[str], *, ours: bool = True) -> set[str]:
    """Read the triples of entities into the store, and return the individuals that they mention."""
    mentioned: set[str] = set()
    for batch in batches(sorted(entities), _AT_ONCE):
        mentioned |= _read(endpoint, store, f"VALUES ?s {{ {_nodes(batch)} }} GRAPH ?g {{ ?s ?p ?o }}", ours=ours)
    return mentioned


def _read(endpoint: Endpoint, store: Store, pattern: str, *, ours: bool = True) -> set[str]:
    """Read the triples ?s ?p ?o of a pattern into graphs ?g, and return the individuals in them, graphs included."""
    mentioned: set[str] = set()
    for row in endpoint.pages("?g ?s ?p ?o", pattern, "s"):
        graph, subject, predicate, value = row["g"], row["s"], row["p"], row["o"]
        if ours and not _is_ours(graph.value):
            continue
        store.add(Quad(subject, predicate, value, graph))
        mentioned |= {
            term.value for term in (graph, subject, value) if isinstance(term, NamedNode) and kind(term.value)
        }
    return mentioned


def _is_ours(graph: str) -> bool:
    return graph.startswith(BASE) and graph != RECORDS


def _nodes(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris)
