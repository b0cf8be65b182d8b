"""The graph of a project at an endpoint: let through the gate, and read into memory, all of it or what a thing needs.

Ours are the named graphs below `BASE`, one a file as `dataset` has them. What the engine or others keep beside them is
not read.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.claims.entities import resolve
from kg.endpoint.client import PAGE, UNCUT, Endpoint, portions
from kg.endpoint.http import Reply
from kg.errors import NameUnknownError
from kg.privacy.gate import SUSPECTS, gate
from kg.rdf.namespaces import BASE, KINDS, PREFIXES, SLUG, expand, kind
from kg.storage.subgraph import TERMS, part

#: The graph in which a push keeps what it has sent: what it says of each graph, and of itself.
RECORDS = f"{BASE}push"
SENT, RUN = f"{RECORDS}#sent", f"{RECORDS}#run"
#: What stands there in place of a digest while the content of a graph is not known; less than any digest.
VOID = "-"
#: So many requests are under way at once while all is read.
CONNECTIONS = 4
#: So many things are asked about at once: what is said of them is below what any server cuts.
_AT_ONCE = 50
#: These give things their names.
_NAMES = "rdfs:label skos:altLabel kg:wording schema:url"
_SUBJECT, _OBJECT = (NamedNode(f"{PREFIXES['rdf']}{name}") for name in ("subject", "object"))

#: A graph that the last push has begun to send, or to remove, and not noted again: by then its record says a digest.
_LEFT = f"""SELECT ?graph WHERE {{
  GRAPH <{RECORDS}> {{ <{RECORDS}> <{RUN}> ?run . ?graph <{SENT}> ?record }}
  FILTER(STRSTARTS(STR(?record), STR(?run)))
}} GROUP BY ?graph HAVING (STRENDS(MAX(STR(?record)), " {VOID}")) LIMIT 1"""

Progress = Callable[[int, int], None]


def _nothing(*_: object) -> None:
    """Do nothing."""


# --- Privacy ---


def admit(endpoint: Endpoint) -> None:
    """Let a query at the endpoint through, or raise PrivacyError where the graph there would identify who hides.

    The endpoint names what is suspicious, which is mostly nothing; whether it breaks the rule is for the one gate.
    """
    pairs = [(row["person"], row["place"]) for row in endpoint.rows(SUSPECTS, union=True)]
    if len(pairs) >= UNCUT or not all(isinstance(term, NamedNode) for pair in pairs for term in pair):
        # There may be more than was told, or it has no name by which to ask for it.
        gate(whole(endpoint))
        return
    for some in portions(pairs, _AT_ONCE // 2):
        store = Store()
        _describe(endpoint, store, {str(term.value) for pair in some for term in pair}, ours=False)
        ends = {quad.object for end in (_SUBJECT, _OBJECT) for quad in store.quads_for_pattern(None, end, None)}
        _describe(endpoint, store, {end.value for end in ends if isinstance(end, NamedNode)}, ours=False)
        gate(store)


# --- All of it ---


def is_part(endpoint: Endpoint) -> bool:
    """Say whether the last push there is under way or was broken off, so that something may be missing or older."""
    return bool(endpoint.rows(_LEFT))


def whole(endpoint: Endpoint, report: Progress = _nothing) -> Store:
    """Return all of our graphs; `report` is told how many triples are read of how many.

    Raises OutsideError where the graph changes meanwhile or cannot be read whole.
    """
    before = _state(endpoint)
    sizes = {graph: size for graph, size in before[0].items() if graph != RECORDS}
    if not sizes:
        raise endpoint.of_nothing()
    store, done, total = Store(), 0, sum(sizes.values())
    for graph, reply in _fetched(endpoint, [graph for graph, size in sizes.items() if size <= PAGE]):
        endpoint.load(store, reply, graph)
        done += sizes[graph]
        report(done, total)
    if len(store) != total:
        # What is too much for one answer, and what a server that gives less than we ask for has cut.
        for graph, size in sizes.items():
            if sum(1 for _ in store.quads_for_pattern(None, None, None, NamedNode(graph))) != size:
                _read_in_parts(endpoint, store, graph)
                report(len(store), total)
    if len(store) != total or _state(endpoint) != before:
        raise endpoint.wire.failure("the graph changed while it was read: try again")
    return store


def _state(endpoint: Endpoint) -> tuple[dict[str, int], list[str]]:
    """Return what cannot stay the same where the graph changes: the graphs with their sizes, and who pushed last."""
    pushed = endpoint.rows(f"SELECT ?run WHERE {{ GRAPH <{RECORDS}> {{ <{RECORDS}> <{RUN}> ?run }} }}")
    return endpoint.graphs(), sorted(str(row["run"].value) for row in pushed)


def _fetched(endpoint: Endpoint, graphs: Iterable[str]) -> Iterator[tuple[str, Reply]]:
    """Give the graphs with what the endpoint sends of them, several at once but never all."""
    from concurrent.futures import ThreadPoolExecutor  # only here

    def ask(graph: str) -> Reply:
        return endpoint.triples(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for some in portions(graphs, 16 * CONNECTIONS):
            yield from zip(some, pool.map(ask, some), strict=True)


def _read_in_parts(endpoint: Endpoint, store: Store, graph: str) -> None:
    blank = f"SELECT ?s WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o FILTER(isBlank(?s) || isBlank(?o)) }} }} LIMIT 1"
    if endpoint.rows(blank):
        raise endpoint.wire.failure(f"<{graph}> has too many triples for one answer, and nodes without a name")
    _read(endpoint, store, f"VALUES ?g {{ <{graph}> }} GRAPH ?g {{ ?s ?p ?o }}")


# --- What one thing needs ---


def find(endpoint: Endpoint, name: str, class_: str | None = None) -> str:
    """Return the IRI of the described thing that a name or a label stands for, as `things.resolve` does."""
    store, name = Store(), name.strip()
    meant = [f"{PREFIXES[one]}{name}" for one in KINDS if SLUG.match(name)]
    with suppress(NameUnknownError):
        meant.append(expand(name))
    _vocabulary(endpoint, store)
    _describe(endpoint, store, meant)
    short = meant[-1:] if ":" in name else []
    if not short:
        folded = f"FILTER(LCASE(STR(?o)) = LCASE({Literal(name)}))"
        _describe(endpoint, store, _read(endpoint, store, f"VALUES ?p {{ {_NAMES} }} GRAPH ?g {{ ?s ?p ?o }} {folded}"))
    with suppress(NameUnknownError):
        return resolve(store, name, class_)
    # What is near a name that stands for nothing shows only in the names of all.
    start = f"{BASE}{kind(short[0]) or ''}" if short else BASE
    pattern = f"VALUES ?p {{ rdf:type {_NAMES} }} GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?s), {Literal(start)}))"
    _read(endpoint, store, pattern if short else f"{pattern} FILTER(!STRSTARTS(STR(?s), {Literal(PREFIXES['claim'])}))")
    return resolve(store, name, class_)


def near(endpoint: Endpoint, iri: str, *, wide: bool = False) -> Store:
    """Return a store in which the commands about one thing find the same as in the whole graph, as `kg.near` has it."""
    found = part(_There(endpoint), iri, wide=wide)
    return whole(endpoint) if found is None else found


class _There:
    """The graph at an endpoint, read in parts."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def vocabulary(self, store: Store) -> None:
        """Read the descriptions of all terms into the store."""
        _vocabulary(self._endpoint, store)

    def describe(self, store: Store, things: Iterable[str]) -> set[str]:
        """Read all that is said of the things, and return the individuals to which that refers."""
        return _describe(self._endpoint, store, things)

    def pointing(self, properties: Iterable[str], things: Iterable[str]) -> set[str]:
        """Return what has one of the things for a value of one of the properties."""
        found: set[str] = set()
        for some in portions(sorted(things), _AT_ONCE):
            values = f"VALUES ?o {{ {_nodes(some)} }} VALUES ?p {{ {' '.join(properties)} }}"
            found |= _subjects(self._endpoint, f"{values} GRAPH ?g {{ ?s ?p ?o }}")
        return found

    def claims_in(self, article: str) -> set[str]:
        """Return the claims of an article."""
        return _subjects(self._endpoint, f"GRAPH <{article}> {{ ?s a kg:Claim }}")


def _subjects(endpoint: Endpoint, pattern: str) -> set[str]:
    return {str(row["s"].value) for row in endpoint.pages("?s", pattern, "s")}


def _vocabulary(endpoint: Endpoint, store: Store) -> None:
    ours = f"FILTER(STRSTARTS(STR(?g), {Literal(BASE)}))"
    _read(endpoint, store, f"VALUES ?class {{ {' '.join(TERMS)} }} GRAPH ?g {{ ?s a ?class ; ?p ?o }} {ours}")


def _describe(endpoint: Endpoint, store: Store, things: Iterable[str], *, ours: bool = True) -> set[str]:
    """Read all that is said of the things, and return the individuals to which that refers."""
    found: set[str] = set()
    for some in portions(sorted(things), _AT_ONCE):
        found |= _read(endpoint, store, f"VALUES ?s {{ {_nodes(some)} }} GRAPH ?g {{ ?s ?p ?o }}", ours=ours)
    return found


def _read(endpoint: Endpoint, store: Store, pattern: str, *, ours: bool = True) -> set[str]:
    """Read the triples that a pattern gives as ?g ?s ?p ?o, and return the individuals in them, graphs included."""
    found: set[str] = set()
    for row in endpoint.pages("?g ?s ?p ?o", pattern, "s"):
        graph, subject, predicate, value = row["g"], row["s"], row["p"], row["o"]
        if ours and not _is_ours(graph.value):
            continue
        store.add(Quad(subject, predicate, value, graph))
        found |= {term.value for term in (graph, subject, value) if isinstance(term, NamedNode) and kind(term.value)}
    return found


def _is_ours(graph: str) -> bool:
    return graph.startswith(BASE) and graph != RECORDS


def _nodes(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris)
