"""The graph sent to a graph store: all of it, then what differs; broken off, and taken up; others left alone."""

import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, RdfFormat
from support.endpoint_commands import COMMANDS, GIVEN_AWAY, HEAD, invoke
from support.engines import Engine
from support.graph_store import NEW, PEOPLE, TOPICS, TURTLE, Place, change, local, push, shell
from support.http_server import Request, Response, copied, serving

from kg.cli.main import cli
from kg.endpoint.client import Endpoint
from kg.endpoint.fetch import RECORDS, RUN, SENT, is_part, whole
from kg.endpoint.http import ATTEMPTS, Connection
from kg.endpoint.push import Plan, admit_files, carry_out, check_plan, digests, graph_store, plan_push
from kg.errors import KgError, OutsideError, PrivacyError, SourceError
from kg.privacy.gate import gate
from kg.project.dataset import load, sources
from kg.rdf.namespaces import BASE
from kg.storage.lock import writing
from kg.storage.store import open as bring

#: Processes, servers or many commands: a minute and a half together.
pytestmark = pytest.mark.slow

#: The graph of somebody else, below the same address as ours.
OTHERS = f"{BASE}graph/of-somebody-else"


@pytest.fixture(autouse=True)
def nothing_leads_elsewhere(alone: None) -> None:
    """See to it that the environment names no proxy, no token and no endpoint."""


@pytest.fixture
def project(sample_root: Path, tmp_path: Path) -> Path:
    """Return the sample as a project that may be changed."""
    return Path(shutil.copytree(sample_root, tmp_path / "project"))


@pytest.fixture
def empty(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Return an engine that holds nothing and lets us write."""
    engine.clear()
    monkeypatch.setenv("NETRC", str(engine.netrc))
    return engine


@pytest.fixture
def place(alone: None) -> Iterator[Place]:
    """Return a graph store of our own that holds nothing."""
    own = Place()
    with serving(own.answer) as server:
        own.at(server)
        yield own


# --- The gate ---


@pytest.mark.parametrize("name", ["planted", "planted-2", "a"])
@pytest.mark.parametrize("turtle", GIVEN_AWAY.values(), ids=GIVEN_AWAY)
def test_the_gate_says_the_same_of_files_as_of_the_whole(project: Path, name: str, turtle: str) -> None:
    files = sources(project)
    admit_files(files)
    (project / "graph" / f"{name}.ttl").write_text(f"{HEAD}{turtle}\n")
    with pytest.raises(PrivacyError) as known:
        gate(load(project).store)
    files = sources(project)
    for some in (files, files[1:] + files[:1], files[::-1]):
        with pytest.raises(PrivacyError) as told:
            admit_files(some)
        assert str(told.value) == str(known.value)


def test_of_files_that_cannot_be_read_the_first_is_named(project: Path) -> None:
    for name in ("groups", "people", "units"):
        (project / "graph" / f"{name}.ttl").write_text("person:falcon a")
    with pytest.raises(SourceError) as known:
        load(project)
    for _ in range(5):
        with pytest.raises(SourceError) as told:
            admit_files(sources(project))
        assert str(told.value) == str(known.value)


@pytest.mark.parametrize("store", ["in step", "behind", "held by another"])
def test_what_a_store_has_let_through_is_only_what_it_has(
    place: Place, project: Path, tmp_path: Path, store: str
) -> None:
    home = tmp_path / "store"
    bring(project, home)
    words = ("--index", str(home), "push", "--endpoint", place.url)
    if store == "in step":
        assert CliRunner().invoke(cli, ["-C", str(project), *words]).exit_code == 0
        assert place.ours() == local(project)
    (project / "graph" / "planted.ttl").write_text(f"{HEAD}{GIVEN_AWAY['other name']}\n")
    if store == "in step":
        bring(project, home)
    place.asked.clear()
    with writing(home) if store == "held by another" else nullcontext():
        done = CliRunner().invoke(cli, ["-C", str(project), *words])
    assert isinstance(done.exception, PrivacyError)
    assert place.asked == []


def graphs(project: Path) -> int:
    """Return the number of graphs that the files of a project make."""
    return len(sources(project))


# --- Real engines ---


def test_the_graph_arrives_whole_and_answers_as_the_files_do(empty: Engine, project: Path) -> None:
    text = "\ufeff<http://a.example/s> <http://a.example/p> 'a  ', '', '1\\n2', '\\U0001D11E'@de-AT .\r\n"
    (project / "graph" / "odd näme (a+b) 100%.ttl").write_text(text)
    assert push(project, empty.query) == ("", f"{graphs(project)} graphs sent, 0 unchanged\n")
    assert set(whole(Endpoint(empty.query))) == local(project)
    for words in (one for one in COMMANDS if one[0] in ("show", "stats")):
        assert invoke("-C", str(project), "--endpoint", empty.query, *words) == invoke("-C", str(project), *words), (
            words
        )
    assert push(project, empty.query) == ("", f"0 graphs sent, {graphs(project)} unchanged\n")


def test_what_differs_is_brought_in_step_and_what_others_keep_is_left(empty: Engine, project: Path) -> None:
    for graph in (OTHERS, "http://a.example/graph"):
        empty.put(graph, TURTLE)
    push(project, empty.query)
    change(project)
    assert push(project, empty.query) == ("", f"2 graphs sent, 1 deleted, {graphs(project) - 2} unchanged\n")
    held = empty.graphs()
    sizes = Counter(str(quad.graph_name.value) for quad in local(project))  # type: ignore[union-attr]
    assert {graph: held[graph] for graph in held if graph.startswith(BASE) and graph != RECORDS} == {**sizes, OTHERS: 1}
    assert held["http://a.example/graph"] == 1
    assert push(project, empty.query) == ("", f"0 graphs sent, {graphs(project)} unchanged\n")


def test_an_interrupted_push_is_taken_up(empty: Engine, project: Path) -> None:
    remote, store, files = Endpoint(empty.query), Connection(graph_store(empty.query)), sources(project)
    assert store.shown == empty.store

    def interrupted(done: int, total: int) -> None:
        if done == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(remote, store, plan_push(remote, files, digests(files)), interrupted)
    left = plan_push(remote, files, digests(files))
    assert len(left.kept) >= 8 and not left.foreign
    assert is_part(remote)
    assert f" sent, {len(left.kept)} unchanged" in push(project, empty.query)[1]
    assert set(whole(remote)) == local(project) and not is_part(remote)


def test_a_push_has_ended_when_all_has_arrived_and_gone(empty: Engine, project: Path) -> None:
    remote = Endpoint(empty.query)
    assert not is_part(remote), "there was none"
    push(project, empty.query)
    assert not is_part(remote)
    change(project)
    files = sources(project)
    seen: list[bool] = []

    def look(done: int, total: int) -> None:
        seen.append(is_part(remote))

    carry_out(remote, Connection(graph_store(empty.query)), plan_push(remote, files, digests(files)), look)
    assert seen == [True] * 3 and not is_part(remote)


def test_a_command_says_once_that_a_push_has_not_ended(place: Place, project: Path) -> None:
    push(project, place.url)
    (run,) = place.store.quads_for_pattern(None, NamedNode(RUN), None)
    void = Literal(f"{run.object.value} -")  # type: ignore[union-attr]
    (record,) = place.store.quads_for_pattern(NamedNode(PEOPLE), NamedNode(SENT), void)
    around = ("export", "graphml", "--around", "person:falcon", "-o", str(project / "out.graphml"), "--force")
    told = f"{place.url}: the last push there is incomplete, so claims may be missing or old; repeat kg push\n"
    for quad in list(place.store.quads_for_pattern(NamedNode(PEOPLE), NamedNode(SENT), None)):
        place.store.remove(quad)
    for times in (0, 1):
        for words in (("query", "allegiances"), ("stats",), around):
            code, _, said, error = invoke("-C", str(project), "--endpoint", place.url, *words)
            assert (code, said.count(told), error) == (0, times, ""), words
        place.store.add(record)


# --- Only what differs ---


def test_only_what_has_changed_is_sent(place: Place, project: Path) -> None:
    push(project, place.url)
    assert len(place.changed()) == graphs(project) + 2, "the graphs, and the records before and after"
    assert push(project, place.url)[1] == f"0 graphs sent, {graphs(project)} unchanged\n"
    assert place.changed() == []
    change(project)
    push(project, place.url)
    done = [one for one in place.changed() if one[1] != RECORDS]
    assert done == [("DELETE", TOPICS), ("PUT", NEW), ("PUT", PEOPLE)]
    assert place.ours() == local(project)
    (project / "graph" / "new.ttl").unlink()
    assert (place.planned(project).remove, place.planned(project).recorded) == ((NEW,), graphs(project) + 1)


def test_the_articles_are_sent_last(place: Place, project: Path) -> None:
    push(project, place.url)
    graphs = [graph for one in place.asked if one.method == "PUT" for graph in one.all("graph")]
    sent = [graph.startswith(f"{BASE}article/") for graph in graphs if graph != RECORDS]
    first = sent.index(True)
    assert sent.count(False) - sent[:first].count(False) <= 3, "several are under way at once"


@pytest.mark.parametrize(("server", "alone"), [("Virtuoso/07.20.3229 (Linux)", True), ("Oxigraph/0.5", False)])
def test_an_engine_that_bears_but_one_at_a_time_gets_one(place: Place, project: Path, server: str, alone: bool) -> None:
    place.server, place.then = server, lambda _: time.sleep(0.05)
    push(project, place.url)
    assert (place.most == 1) is alone


@pytest.mark.parametrize("gone", [True, False], ids=["removed", "changed"])
def test_what_others_did_to_our_graph_stays_until_all_is_sent(place: Place, project: Path, gone: bool) -> None:
    push(project, place.url)
    if gone:
        place.store.remove_graph(NamedNode(PEOPLE))
    else:
        place.store.load(TURTLE, format=RdfFormat.TURTLE, to_graph=NamedNode(PEOPLE))
    assert push(project, place.url)[1] == f"0 graphs sent, {graphs(project)} unchanged\n"
    assert place.ours() != local(project)
    assert push(project, place.url, "--all")[1] == f"{graphs(project)} graphs sent, 0 unchanged\n"
    assert place.ours() == local(project)


@pytest.mark.parametrize("many", [0, 500], ids=["all listed", "asked for"])
def test_a_graph_that_is_no_push_s_is_written_over_by_force_only(
    place: Place, project: Path, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.endpoint.push._MANY", many)
    place.store.load(TURTLE, format=RdfFormat.TURTLE, to_graph=NamedNode(PEOPLE))
    said = rf"\A<{PEOPLE}> exists there, but no push sent it: overwrite with --force\Z"
    for words in ((), ("--all",), ("--dry-run",)):
        with pytest.raises(KgError, match=said):
            push(project, place.url, *words)
    assert place.changed() == []
    assert push(project, place.url, "--force")[1] == f"{graphs(project)} graphs sent, 0 unchanged\n"
    assert place.ours() == local(project)


@pytest.mark.parametrize(("gone", "of", "refused"), [(10, 10, False), (11, 22, False), (11, 21, True), (9, 1, False)])
def test_many_graphs_go_by_force_only(gone: int, of: int, refused: bool) -> None:
    found = Plan((), tuple(map(str, range(gone))), {}, {}, (), of)
    told = pytest.raises(
        KgError, match=rf"\Athe push would delete {gone} of the {of} graphs .* delete them with --force\Z"
    )
    with told if refused else nullcontext():
        check_plan(found)


# --- What is said ---


def test_a_dry_run_says_what_would_be_and_does_nothing(place: Place, project: Path) -> None:
    files = sorted(sources(project), key=lambda one: one.graph.startswith(f"{BASE}article/"))
    every = [f"send,{one.graph},{one.name}" for one in files]
    out, said = push(project, place.url, "--dry-run", "--format", "csv")
    assert (out.splitlines()[1:], said) == (every, f"{len(files)} graphs would be sent, 0 unchanged\n")
    assert place.changed() == []
    place.send(place.planned(project))
    place.changed()
    change(project)
    out, said = push(project, place.url, "--dry-run", "--format", "csv")
    assert out.splitlines()[1:] == [f"send,{NEW},graph/new.ttl", f"send,{PEOPLE},graph/people.ttl", f"remove,{TOPICS},"]
    assert said == f"2 graphs would be sent, 1 would be deleted, {graphs(project) - 2} unchanged\n"
    assert place.changed() == []


def test_a_quiet_push_says_nothing_but_data(place: Place, project: Path, tmp_path: Path) -> None:
    before = ("-q", "--index", str(tmp_path / "store"))
    assert push(project, place.url, before=before) == ("", "")
    assert place.ours() == local(project)
    assert push(project, place.url, "--dry-run", "--format", "json", before=before) == ("[]\n", "")


def test_progress_is_told_graph_by_graph(place: Place, project: Path) -> None:
    told: list[tuple[int, int]] = []
    place.send(place.planned(project))
    change(project)
    place.send(place.planned(project), lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


# --- Broken off ---


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Response(b"boom", "text/plain", 500), r"does not accept \S+\.ttl \(500: boom\)"),
        (Response(b"busy", "text/plain", 503, {"Retry-After": "9"}), rf"answers 503: busy; tried {ATTEMPTS} times"),
        (Response(b"", status=503, headers={"Retry-After": "600"}), "answers 503 and asks to wait for 600 seconds: .*"),
        (None, rf"did not answer in HTTP; tried {ATTEMPTS} times"),
        (Response(b"", missing=9), rf"broke off in the middle of its answer; tried {ATTEMPTS} times"),
    ],
)
def test_a_push_that_broke_off_is_taken_up(
    place: Place, project: Path, refusal: Response | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.endpoint.push._BATCH", 10)
    place.changes, place.spared, place.refusal = 8, True, refusal
    with pytest.raises(OutsideError, match=rf"\A{place.connection.shown}: {words}\Z"):
        place.send(place.planned(project))
    assert len(set(place.changed())) <= 12, "not all is tried where one fails"
    place.changes = sys.maxsize
    left = place.planned(project)
    # Of what has come, three may have been on their way when another failed, and are sent again.
    assert 5 <= len(left.kept) <= 8 and not left.foreign
    place.send(left)
    assert {graph for _, graph in place.changed()} == {RECORDS, *(one.graph for one in left.send)}
    assert place.ours() == local(project)


def test_wherever_a_push_ends_its_records_say_no_more_than_arrived(
    place: Place, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.endpoint.push._BATCH", 2)
    old = tmp_path / "old"
    shutil.copytree(project, old)
    change(project)
    contents = {root: local(root) for root in (old, project)}
    place.send(place.planned(old))
    before, place.refusal = place.store, Response(status=500)
    # Two are sent and one is removed: a note before, one after the first two, and one when all is done.
    for after in range(6):
        place.store, place.changes = copied(before), after
        with pytest.raises(OutsideError, match="accept records" if after in (0, 3, 5) else "graph/|cannot remove"):
            place.send(place.planned(project))
        place.changes = sys.maxsize
        for root, content in contents.items():
            for graph in map(NamedNode, place.planned(root).kept):
                held = set(place.store.quads_for_pattern(None, None, None, graph))
                assert held == {one for one in content if one.graph_name == graph}, (after, root.name, graph)
        left = place.planned(project)
        assert not left.foreign, (after, "what is ours is known as ours")
        assert (len(left.send), left.remove) == (0 if after > 3 else 2, (TOPICS,)), after
        place.send(left)
        assert place.ours() == contents[project], after
        assert not place.planned(project).remove


def test_a_server_that_asks_for_time_is_given_it(place: Place, project: Path) -> None:
    answer, seen = place.answer, set[str]()

    def busy(asked: Request) -> Response | None:
        key = "".join(asked.all("graph"))
        if asked.path == "/sparql" or key in seen:
            return answer(asked)
        seen.add(key)
        return Response(status=503, headers={"Retry-After": "7"})

    with serving(busy) as server:
        place.at(server)
        place.send(place.planned(project))
    assert place.waits == [7.0] * (graphs(project) + 1)
    assert place.ours() == local(project)


def test_a_file_that_changes_during_a_push_is_not_taken_for_sent(place: Place, project: Path) -> None:
    found = place.planned(project)
    change(project)
    (project / "graph" / "new.ttl").rename(project / "graph" / "topics.ttl")
    with pytest.raises(SourceError, match=r"\Agraph/people.ttl:1:1: has changed since the push began: push again\Z"):
        place.send(found)
    place.send(place.planned(project))
    assert place.ours() == local(project)


def test_of_two_pushes_at_once_the_earlier_ends(place: Place, project: Path) -> None:
    place.send(place.planned(project))
    place.begin_another(beside=True)
    assert not place.planned(project).kept, "who was the last is not known"
    place.begin_another()
    found = place.planned(project)
    assert (len(found.send), found.foreign, found.remove) == (graphs(project), (), ()), (
        "what an earlier one says does not count"
    )
    place.then = lambda graph: graph == PEOPLE and place.begin_another()
    with pytest.raises(OutsideError, match="this push has stopped, because another has begun there: push again when"):
        place.send(found)
    assert not place.planned(project).kept


# --- Refused ---


@pytest.mark.parametrize("status", [401, 403])
def test_who_may_not_write_is_told_and_no_token_is_shown(place: Place, sample_root: Path, status: int) -> None:
    place.changes, place.refusal = 0, Response(b"secret-token is no good", "text/plain", status)
    said = f"kg: {place.connection.shown}: does not let KG_TOKEN do this ({status}: … is no good)\n"
    assert shell(sample_root, place.url, KG_TOKEN="secret-token") == (3, "", said)
    assert {one.headers["authorization"] for one in place.asked} == {"Bearer secret-token"}
    with pytest.raises(OutsideError, match=r"auth: needs credentials: set KG_TOKEN or use netrc \("):
        push(sample_root, place.url)
    assert len(place.store) == 0


@pytest.mark.parametrize("status", [200, 404, 501])
def test_what_is_no_graph_store_is_told_before_a_graph_is_sent(place: Place, sample_root: Path, status: int) -> None:
    place.changes, place.refusal = 0, Response(b"<html><h1>Welcome</h1></html>", "text/html", status)
    words = f"does not accept records ({status}: Welcome)"
    if status == 200:
        words = f"accepts graphs that {place.url} does not show: is it the graph store of that endpoint?"
    assert shell(sample_root, place.url) == (3, "", f"kg: {place.connection.shown}: {words}\n")
    assert place.changed() == [("PUT", RECORDS)]


def test_a_graph_store_may_be_named(place: Place, project: Path) -> None:
    with serving(place.answer) as other:
        push(project, place.url, "--graph-store", other.url.replace("/sparql", "/rdf-graphs"))
    assert {one.path for one in other.asked} == {"/rdf-graphs"} and place.changed() == []
    assert place.ours() == local(project)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no endpoint is named: give --endpoint URL, or set KG_ENDPOINT"),
        (("--endpoint", "nowhere"), "'nowhere' is not the URL of an endpoint: write http://HOST/PATH"),
        (
            ("--endpoint", "http://a.example/?key=secret"),
            "cannot tell where the graph store of 'http://a.example/' is: pass --graph-store",
        ),
        (("--endpoint", "http://a.example/query", "--graph-store", "ftp://a.example/"), "'ftp://a.example/' is no"),
        (("--endpoint", "http://a.example/query", "--graph-store", "http://:secret@a.example/"), "holds credentials"),
        (
            ("--endpoint", "http://a.example/query", "--format", "json"),
            "--format is only for --dry-run, which prints a table",
        ),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_asked(sample_root: Path, words: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(cli, ["-C", str(sample_root), "push", *words], prog_name="kg")
    assert not isinstance(done.exception, OutsideError)
    error = str(done.exception) if isinstance(done.exception, KgError) else done.stderr
    assert said in error and "secret" not in error and done.stdout == ""


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--force", "--all")])
@pytest.mark.parametrize(
    ("turtle", "error", "said"),
    [
        (GIVEN_AWAY["other name"], PrivacyError, "export refused until this is fixed: kg validate shows where"),
        ("person:falcon a", SourceError, r"\Agraph/planted.ttl:\d+:\d+: "),
    ],
    ids=["gives somebody away", "cannot be read"],
)
def test_a_project_that_is_refused_is_not_sent(
    place: Place, project: Path, words: tuple[str, ...], turtle: str, error: type[KgError], said: str
) -> None:
    (project / "graph" / "planted.ttl").write_text(f"{HEAD}{turtle}\n")
    with pytest.raises(error, match=said):
        push(project, place.url, *words)
    assert place.asked == []
