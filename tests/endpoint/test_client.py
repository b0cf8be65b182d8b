"""Graphs that are kept elsewhere: the same answers from real engines, over a protocol that is kept to."""

import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QuerySolution,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
)
from rdflib import Dataset as OtherStore
from rdflib import URIRef
from support.cli import environment
from support.endpoint_commands import COMMANDS, GIVEN_AWAY, HEAD, invoke
from support.engines import Engine
from support.http_server import JSON, TRIPLES, YES, Request, Response, copied, habit, hasty, in_turn, serving, told
from support.paths import ROOT
from support.questions import NAMES, QUESTIONS, SAMPLE_VALUES, SELECTS, bound

from kg.analysis.conflicts import conflicts
from kg.analysis.dossier import dossier
from kg.analysis.lineage import Lineage, lineage
from kg.analysis.origins import statements
from kg.analysis.timeline import timeline
from kg.analysis.verdicts import SHOWN, VERDICTS
from kg.claims.background import background
from kg.claims.entities import resolve
from kg.cli.main import cli
from kg.endpoint.client import PAGE, UNCUT, Endpoint, prologue
from kg.endpoint.fetch import RECORDS, admit, find, near, whole
from kg.endpoint.http import Reply
from kg.errors import KgError, OutsideError, PrivacyError, QueryError
from kg.privacy.gate import gate
from kg.project.dataset import Dataset, read_text
from kg.query.engine import run
from kg.rdf.namespaces import BASE, PREFIXES, kind
from kg.storage.subgraph import StoreGraph, subgraph

#: Processes, servers or many commands: a minute and a half together.
pytestmark = pytest.mark.slow

#: Predicate and object of a triple that may stand anywhere.
_RELABEL = (NamedNode(f"{PREFIXES['rdfs']}label"), Literal("x"))
CLAIMS = "SELECT (COUNT(?claim) AS ?n) WHERE { ?claim a kg:Claim }"


@pytest.fixture(autouse=True)
def nothing_leads_elsewhere(alone: None) -> None:
    """See to it that the environment names no proxy, no token and no endpoint."""


class Local(Endpoint):
    """An endpoint without a wire, which asks a store."""

    def __init__(self, store: Store) -> None:
        super().__init__("http://a.example/sparql")
        self.store = store
        self.asked = 0

    def rows(self, text: str, *, union: bool = False) -> list[QuerySolution]:
        """Return the rows that the store gives."""
        self.asked += 1
        found = run(self.store, text)
        assert isinstance(found, QuerySolutions)
        return list(found)

    def triples(self, text: str) -> Reply:
        """Return the triples that the store gives, as they would come."""
        found = run(self.store, text)
        assert isinstance(found, QueryTriples)
        return Reply(200, "application/n-triples", found.serialize(format=RdfFormat.N_TRIPLES) or b"", {})


def put(target: Engine, dataset: Dataset) -> None:
    target.clear()
    for source in dataset.sources:
        target.put(source.graph, read_text(source.path, source.name).encode())


# --- The same rows from each engine ---


@pytest.fixture(scope="module", params=["sample", "shipped"])
def held(request: pytest.FixtureRequest, engine: Engine, sample: Dataset, real: Dataset) -> Dataset:
    """Return the project whose graph the engine holds."""
    dataset = sample if request.param == "sample" else real
    put(engine, dataset)
    return dataset


def _values(dataset: Dataset, name: str) -> Iterator[dict[str, str]]:
    """Give the values with which a question is asked: those it needs, and each that may be left out."""
    example = {one.name: one.example for one in QUESTIONS[name].parameters}
    known = example if dataset.root == ROOT else SAMPLE_VALUES[name]
    needed = {one.name: known[one.name] for one in QUESTIONS[name].parameters if one.required}
    yield needed
    yield from ({**needed, one.name: known[one.name]} for one in QUESTIONS[name].parameters if not one.required)


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_question_gives_the_same_rows_in_the_same_order(engine: Engine, held: Dataset, name: str) -> None:
    remote = Endpoint(engine.query)
    for values in _values(held, name):
        text = bound(held, QUESTIONS[name], values)
        assert told(remote.run(text)) == told(run(held.store, text)), f"{engine.name} differs with {values}"


@pytest.mark.parametrize(
    "text",
    [
        CLAIMS,
        "SELECT ?g (COUNT(?c) AS ?n) WHERE { GRAPH ?g { ?c a kg:Claim } } GROUP BY ?g ORDER BY ?g",
        "ASK { ?s a kg:Article }",
        "ASK { ?s a kg:Nothing }",
        "# a comment\nPREFIX k: <https://w3id.org/hearsay/ns#>\nSELECT ?s WHERE { ?s a k:Article } ORDER BY ?s",
        "CONSTRUCT { ?s rdfs:label ?label } WHERE { ?s a kg:Person ; rdfs:label ?label }",
    ],
)
def test_a_question_of_one_s_own_gives_the_same(engine: Engine, held: Dataset, text: str) -> None:
    assert told(Endpoint(engine.query).run(text)) == told(run(held.store, text))


def test_all_of_the_graph_comes_as_it_is(engine: Engine, held: Dataset) -> None:
    assert set(whole(Endpoint(engine.query))) == set(held.store)


def test_names_stand_for_the_same(engine: Engine, held: Dataset) -> None:
    remote = Endpoint(engine.query)
    labels = {row["l"].value for row in Local(held.store).rows("SELECT ?l WHERE { ?s a kg:Unit ; rdfs:label ?l }")}
    for name in (*sorted(labels), "unit:northland-army", "unit:freedom-of-russia-legon", "nobody", "kg:strength"):
        assert _outcome(partial(find, remote, name)) == _outcome(partial(resolve, held.store, name))


def _outcome(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except KgError as error:
        return str(error)


# rdflib's own engine calls what rdflib deprecates.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
def test_rdflib_gives_the_same_rows_of_the_shipped_graph(real: Dataset) -> None:
    store = OtherStore(default_union=True)
    for source in real.sources:
        store.graph(URIRef(source.graph)).parse(source.path, format="turtle")
    for name in SELECTS:
        text = bound(real, QUESTIONS[name], next(_values(real, name)))
        ours = run(real.store, text)
        assert isinstance(ours, QuerySolutions)
        columns = [variable.value for variable in ours.variables]
        theirs = [tuple("" if cell is None else str(cell) for cell in row) for row in store.query(text)]  # type: ignore[union-attr]
        mine = [tuple("" if row[one] is None else row[one].value for one in columns) for row in ours]
        assert sorted(theirs) == sorted(mine), name


# --- The same output of each command ---


def test_every_command_that_reads_gives_the_same_output(engine: Engine, sample: Dataset, sample_root: Path) -> None:
    put(engine, sample)
    project = ("-C", str(sample_root))
    for words in COMMANDS:
        assert invoke(*project, "--endpoint", engine.query, *words) == invoke(*project, *words), (engine.name, words)


def test_the_environment_names_an_endpoint_as_well(
    engine: Engine, sample: Dataset, sample_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, sample)
    monkeypatch.setenv("KG_ENDPOINT", engine.query)
    # The shipped graph has no such thing.
    assert "Falcon" in invoke("show", "person:falcon")[1].decode()
    assert invoke("-C", str(sample_root), "validate")[0] == 0, "what reads files does not mind"


# --- What one thing needs is what the whole graph says of it ---


def _from_afar(store: Store, iri: str, *, wide: bool = False) -> Store:
    return near(Local(store), iri, wide=wide)


def _from_disk(store: Store, iri: str, *, wide: bool = False) -> Store:
    return subgraph(StoreGraph(store), iri, wide=wide) or store


@pytest.mark.slow
@pytest.mark.parametrize("read", [_from_afar, _from_disk])
@pytest.mark.parametrize("project", ["sample", "real"])
def test_what_is_read_for_one_thing_says_the_same(
    project: str, read: Callable[..., Store], request: pytest.FixtureRequest
) -> None:
    store: Store = request.getfixturevalue(project).store
    every = statements(store)
    described = {quad.subject for quad in store.quads_for_pattern(None, NamedNode(f"{PREFIXES['rdf']}type"), None)}
    things = sorted(one.value for one in described if isinstance(one, NamedNode))
    for iri in random.Random(project).sample(things, 80 if project == "sample" else 30):
        small, node = read(store, iri), NamedNode(iri)
        assert dossier(small, iri).sections == dossier(store, iri).sections
        assert dossier(small, iri).facts == dossier(store, iri).facts
        assert timeline(small, iri) == timeline(store, iri)
        about = [one for one in every if node in (one.object, NamedNode(one.subject))]
        assert [one for one in statements(small) if node in (one.object, NamedNode(one.subject))] == about
        if kind(iri) == "claim":
            assert _own(lineage(small, iri), small) == _own(lineage(store, iri), small)
        wide = read(store, iri, wide=True)
        for verdicts in (SHOWN, VERDICTS):
            assert conflicts(wide, verdicts, iri) == conflicts(store, verdicts, iri)


def _own(found: Lineage, small: Store) -> Lineage:
    """Return a lineage without what it holds of other things: their names, and how many claims share a passage."""
    labels = {iri: label for iri, label in found.labels.items() if iri in background(small).labels}
    return replace(found, labels=labels, passages=tuple(replace(one, claims=0) for one in found.passages))


def test_one_thing_takes_few_requests(real: Dataset) -> None:
    remote = Local(real.store)
    near(remote, f"{PREFIXES['person']}holod")
    assert remote.asked <= 12


# --- The gate ---


#: What gives nobody away, but looks a little like it.
HARMLESS = {
    "capitals": 'claim:x rdf:subject person:falcon ; rdf:predicate kg:name ; rdf:object "FALCON" .',
    "letters that fold": 'person:y a kg:Person ; kg:identity kg:Pseudonymous ; rdfs:label "Strauß" . '
    'claim:x rdf:subject person:y ; rdf:predicate kg:name ; rdf:object "STRAUSS" .',
    "a group": "claim:x rdf:subject person:falcon ; rdf:predicate kg:refersTo ; rdf:object group:river-people .",
    "a named person": 'person:ann-author skos:altLabel "Anna" .',
}
PLANT = f"{BASE}graph/planted"


def _added(dataset: Dataset, turtle: str) -> Store:
    store = copied(dataset.store)
    store.load(f"{HEAD}{turtle}".encode(), format=RdfFormat.TURTLE, to_graph=NamedNode(PLANT))
    return store


@pytest.mark.parametrize("turtle", GIVEN_AWAY.values(), ids=GIVEN_AWAY)
def test_a_suspicion_is_raised_wherever_the_gate_would_close(sample: Dataset, turtle: str) -> None:
    store = _added(sample, turtle)
    with pytest.raises(PrivacyError) as known:
        gate(store)
    with pytest.raises(PrivacyError) as told:
        admit(Local(store))
    assert str(told.value) == str(known.value)


@pytest.mark.parametrize("turtle", HARMLESS.values(), ids=HARMLESS)
def test_a_suspicion_alone_closes_nothing(sample: Dataset, turtle: str) -> None:
    store = _added(sample, turtle)
    gate(store)
    admit(Local(store))


def test_an_engine_s_graph_that_gives_somebody_away_is_refused(engine: Engine, sample: Dataset) -> None:
    put(engine, sample)
    remote = Endpoint(engine.query)
    admit(remote)
    for name, turtle in {**GIVEN_AWAY, **HARMLESS}.items():
        engine.put(PLANT, f"{HEAD}{turtle}".encode())
        if name in HARMLESS:
            admit(remote)
        else:
            with pytest.raises(PrivacyError) as refused:
                admit(remote)
            assert "Fritz" not in str(refused.value), name


def test_no_command_prints_what_gives_somebody_away(engine: Engine, sample: Dataset, sample_root: Path) -> None:
    put(engine, sample)
    engine.put(PLANT, f"{HEAD}person:falcon skos:altLabel 'Fritz Example'@en .".encode())
    for words in COMMANDS:
        if words != ("query", "-e", "SELECT ?s WHERE { ?s a kgg:Claim }") and words != ("query", "strenght"):
            _, out, said, error = invoke("-C", str(sample_root), "--endpoint", engine.query, *words)
            assert (out, said) == (b"", ""), words
            assert "person:falcon: a protected person must not have skos:altLabel" in error, words
            assert "Fritz" not in error


# --- Engines with habits ---


@pytest.mark.parametrize("cap", [UNCUT, 1500])
@pytest.mark.parametrize("union", [True, False])
def test_a_server_that_cuts_answers_is_read_in_parts(sample: Dataset, cap: int, union: bool) -> None:
    store = copied(sample.store)
    graph = NamedNode(f"{BASE}graph/large")
    label = NamedNode(f"{PREFIXES['rdfs']}label")
    store.extend(Quad(NamedNode(f"{BASE}topic/t{n // 3}"), label, Literal(f"{n}"), graph) for n in range(PAGE + 500))
    with serving(habit(store, cap=cap, union=union)) as server:
        assert set(whole(hasty(server.url, 60))) == set(store)
        assert told(hasty(server.url, 60).run(CLAIMS)) == told(run(store, CLAIMS))


def test_a_default_graph_that_is_no_union_is_made_one(sample: Dataset) -> None:
    with serving(habit(sample.store, union=False)) as server:
        assert told(hasty(server.url).run(CLAIMS)) == told(run(sample.store, CLAIMS))
    last = server.asked[-1]
    assert last.all("default-graph-uri") == last.all("named-graph-uri") == sorted(one.graph for one in sample.sources)


def test_what_others_keep_there_is_not_read(sample: Dataset) -> None:
    store = copied(sample.store)
    for graph in ("http://a.example/graph", RECORDS):
        store.add(
            Quad(NamedNode("http://a.example/s"), NamedNode("http://a.example/p"), Literal("x"), NamedNode(graph))
        )
    with serving(habit(store)) as server:
        assert set(whole(hasty(server.url))) == set(sample.store)


def test_a_query_with_its_own_dataset_keeps_it(sample: Dataset) -> None:
    with serving(habit(sample.store, union=False)) as server:
        hasty(server.url).run(f"SELECT ?s FROM <{sample.sources[0].graph}> WHERE {{ ?s a kg:Article }}")
    assert [one.all("default-graph-uri") for one in server.asked] == [[]]


def test_an_empty_endpoint_says_so() -> None:
    with serving(habit(Store(), union=False)) as server:
        for ask in (lambda one: one.run(CLAIMS), whole):
            with pytest.raises(OutsideError, match=r"holds no graph of Hearsay: send one with kg push\Z"):
                ask(hasty(server.url))


def test_a_change_while_all_is_read_is_noticed(sample: Dataset) -> None:
    store = copied(sample.store)
    answer = habit(store)
    changed: list[Quad] = []

    def changing(asked: Request) -> Response | None:
        given = answer(asked)
        if "CONSTRUCT" in asked.all("query")[0] and not changed:
            changed.append(Quad(NamedNode("http://a.example/s"), *_RELABEL, NamedNode(sample.sources[0].graph)))
            store.extend(changed)
        return given

    with serving(changing) as server, pytest.raises(OutsideError, match="the graph changed while it was read: try"):
        whole(hasty(server.url))


def test_large_graphs_with_nodes_without_names_are_refused(sample: Dataset) -> None:
    store = copied(sample.store)
    graph = NamedNode(f"{BASE}graph/large")
    store.extend(Quad(BlankNode(), *_RELABEL, graph) for _ in range(PAGE + 1))
    with serving(habit(store)) as server, pytest.raises(OutsideError, match=r"too many triples,? and blank nodes"):
        whole(hasty(server.url))


# --- The protocol ---


def test_short_queries_are_got_and_long_ones_posted(sample: Dataset) -> None:
    with serving(habit(sample.store)) as server:
        remote = hasty(server.url)
        remote.run(CLAIMS)
        remote.run(f"{CLAIMS} VALUES ?claim {{ {' '.join(f'claim:c{n}' for n in range(500))} }}")
    assert [one.method for one in server.asked[-2:]] == ["GET", "POST"]
    assert server.asked[-1].headers["content-type"] == "application/x-www-form-urlencoded"


def test_what_is_accepted_follows_the_kind_of_result(sample: Dataset) -> None:
    with serving(habit(sample.store)) as server:
        for text in (CLAIMS, "ASK { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "DESCRIBE kg:Claim"):
            hasty(server.url).run(text)
    rows, truth, triples, described = (one.headers["accept"] for one in server.asked[1::2])
    assert rows == truth and rows.startswith(JSON)
    assert triples == described and triples.startswith(TRIPLES)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "PREFIX a: <a:> DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://a.example/>",
        "CLEAR ALL",
        "SELECT ?s WHERE { ?s ?p ?o } ; DROP ALL",
        "SELECT ?s WHERE { SERVICE <http://a.example/> { ?s ?p ?o } } ; DROP ALL",
    ],
)
def test_no_update_is_ever_sent(text: str) -> None:
    with serving(lambda _: Response()) as server, pytest.raises(QueryError):
        hasty(server.url).run(text, service=True)
    assert server.asked == []


def test_what_servers_read_differently_is_not_sent(sample: Dataset) -> None:
    with serving(habit(sample.store)) as server:
        hasty(server.url).run("SELECT ?s WHERE { ?s a kg:Unit } # \\u000A } ; DROP ALL")
    assert "DROP" not in server.asked[-1].all("query")[0]


def test_a_service_is_asked_by_the_endpoint_and_only_if_allowed() -> None:
    text = "SELECT ?s WHERE { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }"
    results = Response(b'{"head":{"vars":["s"]},"results":{"bindings":[]}}')
    with serving(
        lambda asked: Response(b'{"head":{},"boolean":true}') if "ASK" in asked.all("query")[0] else results
    ) as one:
        with pytest.raises(QueryError, match="allow it with --service"):
            hasty(one.url).run(text)
        assert told(hasty(one.url).run(text, service=True)) == [["s"]]
    assert one.asked[-1].all("query") == [text]


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("SELECT ?s { ?s a kg:Unit }", ["kg"]),
        ("PREFIX kg: <a:> SELECT ?s { ?s a kg:Unit ; rdfs:label 'skos:x' }", ["rdfs"]),
        ("PREFIX  # own\nkg:<a:> SELECT ?s { ?s a kg:Unit }", []),
        ("SELECT ?s { ?s a <kg:Unit> , nobody:knows , _:b }", []),
    ],
)
def test_prefixes_of_the_project_are_declared_where_they_are_not(text: str, declared: list[str]) -> None:
    assert re.findall(r"PREFIX (\w+): <", prologue(text)) == declared


def test_virtuoso_s_answer_to_yes_or_no_is_understood() -> None:
    for value, truth in (("1", True), ("0", False), ("", False)):
        row = '{"__ASK_RETVAL":{"type":"typed-literal","datatype":"http://www.w3.org/2001/XMLSchema#integer","value":"%s"}}'
        rows = row % value if value else ""
        body = f'{{"head":{{"link":[],"vars":["__ASK_RETVAL"]}},"results":{{"bindings":[{rows}]}}}}'
        with serving(in_turn([Response(YES), Response(body.encode())])) as server:
            assert bool(hasty(server.url).run("ASK { ?s ?p ?o }")) is truth


# --- The call ---


@pytest.mark.parametrize(
    ("words", "environment", "error"),
    [
        (("--index", "./s", "--endpoint", "http://127.0.0.1:9/", "stats"), {}, "exclude each other"),
        (("stats",), {"KG_INDEX": "./s", "KG_ENDPOINT": "http://127.0.0.1:9/"}, "exclude each other"),
        (("--endpoint", "http://127.0.0.1:9/", "validate"), {}, "'kg validate' works on the files of a project"),
        (("--endpoint", "http://127.0.0.1:9/", "diff"), {}, "'kg diff' works on the files of a project"),
    ],
)
def test_calls_that_say_two_things_are_refused(
    words: tuple[str, ...], environment: dict[str, str], error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(cli, words, prog_name="kg")
    assert done.exit_code == 2 and error in done.stderr


def test_what_the_call_says_goes_before_the_environment(
    sample: Dataset, sample_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_ENDPOINT", "http://127.0.0.1:9/")
    assert invoke("-C", str(sample_root), "--index", str(tmp_path / "store"), "stats")[0] == 0
    assert invoke("-C", str(sample_root), "--endpoint", "", "stats")[0] == 0
    monkeypatch.setenv("KG_INDEX", str(tmp_path / "store"))
    with serving(habit(sample.store)) as server:
        assert invoke("--endpoint", server.url, "show", "person:falcon")[0] == 0


def test_a_failure_outside_has_its_own_exit_code() -> None:
    with serving(lambda _: Response(b"boom", "text/plain", 500)) as server:
        done = subprocess.run(
            [sys.executable, "-m", "kg", "--endpoint", server.url, "query", "-e", CLAIMS],
            capture_output=True,
            env=environment(),
            check=False,
        )
    said = f"kg: {server.url}: fails (500): boom\n".encode()
    assert (done.returncode, done.stdout, done.stderr) == (3, b"", said)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://me:secret@a.example/sparql", "holds credentials"),
        ("https://token@a.example/sparql", "holds credentials"),
        ("ftp://a.example/", "'ftp://a.example/' is not the URL of an endpoint: write http://HOST/PATH"),
        ("a.example/sparql", "'a.example/sparql' is not the URL of an endpoint"),
        ("http:///sparql", "is not the URL of an endpoint"),
        ("http://a.example:99999/", "cannot read"),
        ("http://[::1/", "cannot read"),
        ("http://a.example/a b", "a URL has no blanks"),
        ("file:///etc/passwd", "is not the URL of an endpoint"),
    ],
)
def test_a_url_that_is_none_is_a_wrong_call(url: str, words: str) -> None:
    code, out, _, error = invoke("--endpoint", url, "stats")
    assert (code, out) == (1, b"") and words in error
    assert "secret" not in error and "token@" not in error
    assert not isinstance(_error("--endpoint", url, "stats"), OutsideError)


def _error(*words: str) -> BaseException | None:
    return CliRunner().invoke(cli, words, prog_name="kg").exception
