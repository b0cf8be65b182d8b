"""The command as a person meets it: output, errors in one line, exit codes."""

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from support.cli import Outcome, call, environment, kg
from support.paths import ROOT

from kg.claims.texts import digest
from kg.cli.main import Command, cli

QUERY = "SELECT ?unit WHERE { ?unit a kg:Unit } ORDER BY ?unit"
#: Takes longer than anybody waits: all ways to put six triples in a row.
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER(?c = ?l && ?f < ?i) }"


@pytest.fixture
def project(sample_root: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample_root, tmp_path / "project")
    return tmp_path / "project"


def _refused(done: Outcome, code: int, *words: str) -> None:
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_says_what_it_does(name: str) -> None:
    entry = cli.commands[name]
    assert isinstance(entry, Command)
    command = entry.load()
    assert command.name == name
    assert command.help
    assert command.short_help is None, "the line in kg --help is in kg.cli.main"
    assert str(entry.short_help).endswith(".")
    shown = call(name, "--help").stdout
    assert shown.startswith(f"Usage: kg {name}")
    assert len(re.findall(rf"  kg .*\b{name}\b", shown)) >= 2, "every command has two examples"
    for option in command.params:
        assert isinstance(option, click.Argument) or getattr(option, "help", None), option.name


def test_help_lists_all_commands_and_imports_none_of_them() -> None:
    code = "import sys; from kg.cli.main import run; run(); print(*(set(sys.modules) - before), file=sys.stderr)"
    words = [sys.executable, "-c", f"import sys, click; before = set(sys.modules); sys.argv = ['kg', '--help']; {code}"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    for name, command in cli.commands.items():
        assert any(line.split() == [name, *str(command.short_help).split()] for line in lines), name
    loaded = {name for name in done.stderr.split() if name.startswith(("kg", "pyoxigraph", "threading"))}
    assert loaded <= {"kg", "kg.cli", "kg.cli.context", "kg.cli.main", "kg.cli.output", "kg.cli.sources", "kg.errors"}


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_a_command_imports_no_module_of_another_command(name: str) -> None:
    modules = {command.module for command in cli.commands.values() if isinstance(command, Command)}
    shared = {"validate": {"rules"}}
    code = f"import sys; from kg.cli.main import cli; cli.commands[{name!r}].load(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    own = cli.commands[name]
    assert isinstance(own, Command)
    used = {module for module in modules if f"kg.cli.{module}" in loaded}
    assert used == {own.module} | shared.get(own.module, set())
    assert not {"pyoxigraph", "rdflib", "rich", "httpx"} & set(loaded)


def test_the_version_is_the_package_s() -> None:
    from kg import __version__

    assert kg("--version").stdout == f"kg, version {__version__}\n"


def test_a_project_is_found_from_within_it(project: Path) -> None:
    done = kg("query", "-e", QUERY, cwd=project / "graph")
    assert "https://w3id.org/hearsay/unit/sample-legion" in done.stdout
    assert done.returncode == 0


def test_outside_a_project_the_shipped_graph_answers(tmp_path: Path) -> None:
    assert "https://w3id.org/hearsay/unit/siberian-battalion" in kg("query", "-e", QUERY, cwd=tmp_path).stdout


def test_rows_are_w3c_csv_in_a_pipe(project: Path) -> None:
    done = kg("-C", str(project), "query", "-e", 'SELECT (1 AS ?a) ("x, y" AS ?b) WHERE {}')
    assert done.stdout == 'a,b\r\n1,"x, y"\r\n'
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("table", "a"),
        ("md", "| a |"),
        ("csv", "a\r\n"),
        ("tsv", "?a\n"),
        ("json", '{"head":'),
        ("jsonl", '{"a": "unit:x"}\n'),
        ("xml", "<?xml"),
    ],
)
def test_rows_come_in_each_format(project: Path, form: str, start: str, tmp_path: Path) -> None:
    words = ["-C", str(project), "query", "-e", "SELECT (unit:x AS ?a) WHERE {}"]
    assert call(*words, "--format", form).stdout.startswith(start)


@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "jsonl", "xml", "md", "txt", "srj", "srx"])
def test_the_format_follows_the_ending(project: Path, ending: str, tmp_path: Path) -> None:
    form = {"txt": "table", "srj": "json", "srx": "xml"}.get(ending, ending)
    words = ["-C", str(project), "query", "-e", QUERY]
    assert call(*words, "-o", str(tmp_path / f"out.{ending}")).returncode == 0
    assert (tmp_path / f"out.{ending}").read_bytes().decode() == call(*words, "--format", form).stdout


@pytest.mark.parametrize("form", ["turtle", "ntriples", "jsonld"])
def test_triples_come_in_each_format_and_stay_the_same(project: Path, form: str) -> None:
    words = ["-C", str(project), "query", "-e", "CONSTRUCT WHERE { ?s a kg:Unit ; rdfs:label ?l }", "--format", form]
    first = call(*words)
    assert first.returncode == 0
    assert "sample-legion" in first.stdout
    assert call(*words).stdout == first.stdout


def test_an_ask_that_is_false_exits_1(project: Path) -> None:
    assert (yes := kg("-C", str(project), "query", "-e", "ASK { ?s ?p ?o }")).returncode == 0
    assert (no := kg("-C", str(project), "query", "-e", "ASK { kg:x kg:y kg:z }")).returncode == 1
    assert (yes.stdout, no.stdout) == ("true\n", "false\n")
    for form in ("json", "xml"):
        assert kg("-C", str(project), "query", "-e", "ASK { kg:x kg:y kg:z }", "--format", form).returncode == 1


def test_a_query_is_read_from_standard_input_and_from_a_file(project: Path, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text(QUERY)
    direct = kg("-C", str(project), "query", "-e", QUERY).stdout
    assert kg("-C", str(project), "query", "-", given=QUERY).stdout == direct
    assert kg("-C", str(project), "query", "-f", str(tmp_path / "q.rq")).stdout == direct


def test_show_prints_the_bound_query_and_does_not_ask(project: Path) -> None:
    done = kg("-C", str(project), "query", "strength", "-p", "unit", "unit:sample-legion", "--show")
    assert "<https://w3id.org/hearsay/unit/sample-legion>" in done.stdout
    assert "?__unit_iri" not in done.stdout


def test_a_label_is_taken_where_a_name_is_due(project: Path) -> None:
    by_label = kg("-C", str(project), "query", "strength", "-p", "unit", "sample legion")
    by_name = kg("-C", str(project), "query", "strength", "-p", "unit", "unit:sample-legion")
    assert by_label.stdout == by_name.stdout
    assert by_label.stdout.count("\r\n") > 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("query", "strenght"), "unknown query 'strenght'; did you mean 'strength'?"),
        (("query", "strength", "-p", "untt", "x"), "has no parameter 'untt'; did you mean 'unit'?"),
        (("query", "strength", "-p", "from", "spring"), "parameter 'from' takes a day as YYYY-MM-DD, not 'spring'"),
        (("query", "strength", "-p", "unit", "unit:a", "-p", "unit", "unit:b"), "parameter 'unit' is given twice"),
        (("query", "strength", "-p", "unit", "unit:sample-legoin"), "did you mean 'unit:sample-legion'?"),
        (("query", "strength", "-p", "unit", "untt:x"), "unknown prefix 'untt:'"),
        (("query", "strength", "-p", "unit", "topic:peace"), "no entity is described as 'topic:peace'"),
        (("query", "strength", "-p", "unit", "place:example-river"), "'place:example-river' is not of class actor"),
        (("query", "strength", "-p", "unit", "https://a.example/%zz"), "'https://a.example/%zz' is not an IRI"),
        (("query", "strength", "-p", "from", "\udcff"), "which is not UTF-8"),
        (("query", "-e", "ASK { ?s ?p '\udcff' }"), "the query is not UTF-8"),
        (("show", "\udcff"), "no entity is named"),
        (("export", "graphml", "-p", "a", "1", "-p", "a", "2"), "parameter 'a' is given twice"),
        (("export", "html", "--claims"), "html takes no --dialect and no --claims"),
        (("query",), "expected one query: the NAME"),
        (("query", "strength", "-e", QUERY), "expected one query: the NAME"),
        (("query", "strength", "--format", "yaml"), "'yaml' is not one of"),
        (("query", "strength", "--format", "turtle"), "cannot write rows as turtle: choose csv, table,"),
        (
            ("query", "-e", "CONSTRUCT WHERE { ?s a kg:Unit }", "--format", "csv"),
            "cannot write triples as csv: choose turtle,",
        ),
        (("query", "-e", "DROP ALL"), "DROP is an update"),
        (("query", "-e", "SELECT ?x WHERE { SERVICE <https://a.example/> { ?x ?y ?z } }"), "--service"),
        (("query", "-e", "SELECT ?x WHERE { nope:x ?p ?x }"), "query:1:19: unknown prefix 'nope:'"),
        (("query", "-f", "missing.rq"), "missing.rq:1:1: cannot be read"),
        (("query", "strength", "-o", "out.docx"), "unknown ending '.docx'"),
        (("query", "strength", "-o", "missing/out.csv"), "'missing/out.csv' cannot be written: No such file"),
        (("queries", "nothing"), "unknown query 'nothing'"),
        (("show", "unit:none"), "no entity is described as 'unit:none'"),
        (("show", "Nobody at all"), "no entity is named 'Nobody at all'"),
        (("search", "x", "--kind", "unti"), "unknown kind 'unti'; did you mean 'unit'?"),
        (("coverage", "unit:sample-legion"), "'unit:sample-legion' is not an article"),
        (("coverage", "--texts", "nowhere"), "'nowhere' is not a directory"),
        (("cite", "claim:river-side"), "name their directory with --texts DIR or KG_TEXTS"),
        (("anchor", "article:legion-at-the-river"), "name their directory with --texts DIR or KG_TEXTS"),
        (("anchor", "article:legion-at-the-river", "x", "--repair"), "give either the TEXT to anchor or --repair"),
        (("validate", "nowhere.ttl"), "'nowhere.ttl' does not exist"),
        (("validate", "/"), "is not in the project"),
        (("shwo",), "No such command 'shwo'"),
        (("query", "--fromat", "csv"), "No such option '--fromat'"),
        (("query", "names", "--index", "x"), "kg query: '--index' goes before the command: kg --index MODE query"),
        (("index", "sync", "-q"), "kg index sync: '-q' goes before the command: kg -q index sync"),
        (("index", "sync", "--endpoint", "u"), "'kg index sync' works on the files of a project"),
        (("show", "x", "--color", "never"), "kg show: '--color' goes before the command: kg --color ... show"),
    ],
)
def test_a_wrong_call_is_refused_in_a_line_with_code_2(
    project: Path, tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    _refused(call("-C", str(project), *words, cwd=tmp_path), 2, complaint)


def test_a_directory_that_is_no_project_is_named(tmp_path: Path) -> None:
    _refused(kg("-C", str(tmp_path), "stats"), 2, f"'{tmp_path}' is not a project: a project has graph/ and ontology/")
    _refused(kg("-C", str(tmp_path / "none"), "stats"), 2, "is not a directory")


def test_an_empty_project_answers_with_nothing(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "ontology").mkdir()
    assert kg("-C", str(tmp_path), "query", "-e", QUERY).stdout == "unit\r\n"
    assert kg("-C", str(tmp_path), "queries").stdout == "name,question,parameters,tags\r\n"
    _refused(kg("-C", str(tmp_path), "query", "strength"), 2, "unknown query 'strength'; there are none")
    assert kg("-C", str(tmp_path), "coverage").returncode == 0


def test_broken_turtle_stops_other_commands_with_its_place(project: Path) -> None:
    path = project / "graph" / "units.ttl"
    path.write_text(path.read_text().replace("    a kg:Unit ;", "    a kg:Unit", 1))
    _refused(kg("-C", str(project), "stats"), 2, "kg: graph/units.ttl:")


def test_a_file_that_is_not_utf_8_is_named(project: Path) -> None:
    (project / "graph" / "units.ttl").write_bytes(b"# \xff\n")
    _refused(kg("-C", str(project), "stats"), 2, "graph/units.ttl:1:3: not UTF-8")
    _refused(kg("-C", str(project), "query", "-", given=b"ASK { \xff }"), 2, "standard input is not UTF-8")


def test_a_target_that_cannot_be_written_is_left_as_it_was(project: Path, tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    _refused(kg("-C", str(project), "query", "-e", QUERY, "-o", str(tmp_path / "out.csv")), 2, "is a directory")
    (tmp_path / "old.csv").write_text("kept")
    _refused(kg("-C", str(project), "query", "-e", "SELECT ?x WHERE {", "-o", str(tmp_path / "old.csv")), 2)
    assert (tmp_path / "old.csv").read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.csv", "out.csv", "project"]


def test_a_link_stays_a_link_to_what_was_written(project: Path, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert kg("-C", str(project), "stats", "-o", str(tmp_path / "link.csv")).returncode == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("of,name,label,count")


def test_what_is_no_file_is_written_to_and_not_replaced(project: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        assert kg("-C", str(project), "stats", "-o", str(pipe)).returncode == 0
        assert reader.communicate(timeout=20)[0].startswith(b"of,name,label,count")
    assert pipe.is_fifo()


def test_a_file_that_finds_no_room_leaves_nothing_behind(project: Path, tmp_path: Path) -> None:
    # A limit on the size of files stands for a full disk.
    shell = 'ulimit -f 1; exec "$@"'
    words = [sys.executable, "-B", "-m", "kg", "-C", str(project), "search", "e", "-o", str(tmp_path / "out.csv")]
    done = subprocess.run(["bash", "-c", shell, "bash", *words], capture_output=True, env=environment(), check=False)
    assert (done.returncode, b"out.csv' cannot be written: File too large" in done.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["project"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_standard_output_that_is_full_is_said_in_a_line(project: Path) -> None:
    words = [sys.executable, "-m", "kg", "-C", str(project), "stats"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
    message = b"kg: standard output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, message)


@pytest.mark.parametrize(
    ("words", "closed", "message"),
    [
        (("stats",), ">&-", "kg: standard output is closed\n"),
        (("query", "-e", "ASK {}"), ">&-", "kg: standard output is closed\n"),
        (("query", "-"), "<&-", "kg: standard input is closed\n"),
    ],
)
def test_a_closed_stream_is_said_in_a_line(project: Path, words: tuple[str, ...], closed: str, message: str) -> None:
    call = [sys.executable, "-m", "kg", "-C", str(project), *words]
    shell = ["bash", "-c", f'exec "$@" {closed}', "bash", *call]
    done = subprocess.run(shell, stderr=subprocess.PIPE, env=environment(), check=False)
    assert (done.returncode, done.stderr.decode()) == (2, message)


def test_a_working_directory_that_is_gone_is_said_in_a_line(project: Path, tmp_path: Path) -> None:
    shell = f'mkdir gone && cd gone && rmdir ../gone && "{sys.executable}" -m kg stats'
    variables = environment(PYTHONPATH=str(ROOT))
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, env=variables, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"kg: the working directory cannot be read: No such file")


@pytest.mark.parametrize("limit", ["0", "inf", "nan", "1e300"])
def test_a_limit_that_no_clock_reaches_is_none(project: Path, limit: str) -> None:
    done = kg("-C", str(project), "query", "-e", "ASK {}", "--timeout", limit)
    assert (done.returncode, done.stdout, done.stderr) == (0, "true\n", "")


def test_rows_that_look_like_a_no_are_none(project: Path) -> None:
    done = kg("-C", str(project), "query", "-e", "SELECT ?false WHERE { FILTER(false) }", "--format", "table")
    assert (done.returncode, done.stdout) == (0, "false\n")


def test_a_wrong_option_does_not_wait_for_the_graph(project: Path) -> None:
    # A pipe among the files of the graph: whoever reads it waits for ever.
    os.mkfifo(project / "graph" / "endless.ttl")
    assert kg("-C", str(project), "stats", "--fromat", "csv").returncode == 2


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["show", "unit:x"], True),
        (["validate"], False),
        (["show", "--help"], False),
        (["query", "strength", "-h"], False),
        (["conflicts", "--archive=x"], False),
        (["--endpoint", "http://127.0.0.1:1/", "show", "x"], False),
    ],
)
def test_the_graph_is_read_ahead_where_the_command_reads_it(
    monkeypatch: pytest.MonkeyPatch, project: Path, words: list[str], read: bool
) -> None:
    started: list[str] = []
    monkeypatch.setattr("threading.Thread.start", lambda thread: started.append(type(thread).__name__))
    monkeypatch.setattr(
        Command, "load", lambda _: click.Command("x", context_settings={"ignore_unknown_options": True})
    )
    CliRunner().invoke(cli, ["-C", str(project), *words])
    assert started == (["_Ahead"] if read else [])


def test_an_error_met_while_reading_ahead_is_raised_once(project: Path) -> None:
    (project / "graph" / "units.ttl").write_text("unit:x .")
    done = kg("-C", str(project), "query", "-e", "ASK {}")
    _refused(done, 2, "kg: graph/units.ttl:1:")
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_a_link_to_one_beside_the_graph_can_be_checked(project: Path, tmp_path: Path) -> None:
    path = project / "graph" / "units.ttl"
    path.rename(project / "elsewhere.ttl")
    path.symlink_to("../elsewhere.ttl")
    (tmp_path / "elsewhere.ttl").touch()
    for words in ((str(path),), ("graph/units.ttl",), ("graph/../graph/units.ttl",)):
        assert kg("-C", str(project), "validate", *words).stderr.endswith("0 warnings in 1 file\n")
    _refused(kg("-C", str(project), "validate", str(tmp_path / "elsewhere.ttl")), 2, "is not in the project")


def test_a_project_behind_a_link_can_be_checked(project: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(project)
    for root, file in (("link", "project"), ("project", "link")):
        path = tmp_path / file / "graph" / "units.ttl"
        assert kg("-C", str(tmp_path / root), "validate", str(path)).stderr.endswith("0 warnings in 1 file\n")


def test_a_query_that_runs_away_is_ended(project: Path) -> None:
    _refused(
        kg("-C", str(project), "query", "-e", ENDLESS, "--timeout", "0.5"),
        3,
        "the query took longer than 0.5 s: allow more with --timeout",
    )


def test_ctrl_c_ends_a_query_at_once(project: Path) -> None:
    words = [sys.executable, "-m", "kg", "-C", str(project), "query", "-e", ENDLESS]
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        # Tests that a shell has put into the background are deaf to it, and so would be what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        time.sleep(2)
        assert running.poll() is None
        running.send_signal(signal.SIGINT)
        out, error = running.communicate(timeout=10)
    assert running.returncode == 130
    assert (out, b"Traceback" in error) == (b"", False)


def test_a_closed_pipe_is_no_error(project: Path) -> None:
    words = [sys.executable, "-m", "kg", "-C", str(project), "query", "-e", "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.read(10)
        running.stdout.close()
        error = running.stderr.read()
    assert (running.returncode, error) == (0, b"")


def test_a_service_that_cannot_be_reached_is_an_outside_failure(project: Path) -> None:
    query = "SELECT ?x WHERE { SERVICE <http://127.0.0.1:1/> { ?x ?y ?z } }"
    _refused(kg("-C", str(project), "query", "-e", query, "--service"), 3, "the query failed: ")


def test_show_gathers_what_is_said_of_a_thing_on_others_and_by_it(project: Path) -> None:
    shown = kg("-C", str(project), "show", "unit:sample-legion").stdout
    assert shown.startswith("Sample Legion\nunit:sample-legion · unit\n")
    assert "CLAIMS ABOUT IT" in shown
    assert "(24 to 99)" in shown
    markdown = kg("-C", str(project), "show", "Sample Legion", "--format", "md").stdout
    assert markdown.startswith("# Sample Legion\n")
    found = json.loads(kg("-C", str(project), "show", "unit:sample-legion", "--format", "json").stdout)
    assert found["entity"] == "unit:sample-legion"
    assert {"role", "heading", "of", "claims"} <= set(found["sections"][0])


def test_show_of_an_article_runs_as_its_text_runs(project: Path) -> None:
    found = json.loads(kg("-C", str(project), "show", "article:legion-at-the-river", "--format", "json").stdout)
    places = [section["of"] for section in found["sections"]]
    assert places == sorted(places)
    assert {section["role"] for section in found["sections"]} == {"passage"}


@pytest.mark.parametrize(
    "name", ["kg:strength", "kg:Certain", "kg:Claim", "claim:river-side", "quantity:several-dozen"]
)
def test_terms_claims_and_passages_can_be_shown_too(project: Path, name: str) -> None:
    assert name in call("-C", str(project), "show", name).stdout


def test_search_finds_names_that_sources_use(project: Path) -> None:
    found = kg("-C", str(project), "search", "Legion of Samples").stdout
    assert found.splitlines()[1].startswith("unit:sample-legion,")
    assert kg("-C", str(project), "search", "qqqq").stderr == "no entity and no claim matches 'qqqq'\n"


def test_coverage_prints_the_object_of_the_contract(project: Path, sample_texts: Path) -> None:
    words = ["-C", str(project), "coverage", "--format", "json"]
    found = json.loads(kg(*words, KG_TEXTS=str(sample_texts)).stdout)
    (one,) = [one for one in found["articles"] if one["article"] == "article:legion-at-the-river"]
    assert one["share"] == 1
    keys = ["article", "characters", "claimed", "set_aside", "open", "share", "claims", "open_spans"]
    assert list(one) == keys
    assert kg(*words, "--fail-under", "100", KG_TEXTS=str(sample_texts)).returncode == 0
    assert kg(*words, "--fail-under", "100").returncode == 1


def test_a_share_that_is_just_reached_is_reached(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "x.ttl").write_text(
        "PREFIX kg: <https://w3id.org/hearsay/ns#>\nPREFIX oa: <http://www.w3.org/ns/oa#>\n"
        "PREFIX article: <https://w3id.org/hearsay/article/>\nPREFIX passage: <https://w3id.org/hearsay/passage/>\n"
        'article:x a kg:Article ; kg:textDigest "sha256:0" ; kg:textLength 100 .\n'
        "passage:x-01 a kg:Passage ; oa:hasSource article:x ; oa:start 0 ; oa:end 57 .\n"
    )
    assert kg("-C", str(tmp_path), "coverage", "--fail-under", "57").returncode == 0
    assert kg("-C", str(tmp_path), "coverage", "--fail-under", "57.1").returncode == 1


def test_coverage_of_another_text_says_so_and_no(project: Path, sample_texts: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_texts, tmp_path / "texts")
    path = tmp_path / "texts" / "legion-at-the-river.txt"
    path.write_text(path.read_text().replace("several dozen", "several dozem"))
    done = kg("-C", str(project), "coverage", "--texts", str(tmp_path / "texts"))
    assert done.returncode == 1
    assert "the source text is not the one that the graph cites, for article:legion-at-the-river" in done.stderr


def test_a_wrong_header_of_a_stored_question_is_a_finding(project: Path) -> None:
    path = project / "queries" / "core" / "strength.rq"
    path.write_text(path.read_text().replace("#+ summary:", "#+ sumary:", 1))
    done = kg("-C", str(project), "validate", "queries")
    assert done.returncode == 1
    assert "queries/core/strength.rq:1:1: violation syntax:header" in done.stdout


def test_cite_prints_the_passage_and_checks_it(project: Path, sample_texts: Path) -> None:
    done = kg("-C", str(project), "cite", "claim:river-side", "--texts", str(sample_texts))
    assert done.stdout.endswith("digest agrees\n\nA legion of Northlanders stands with Southland\n")


def test_anchor_prints_a_block_that_validates_in_its_place(project: Path, sample_texts: Path) -> None:
    words = ["-C", str(project), "anchor", "article:legion-at-the-river", "--texts", str(sample_texts)]
    done = kg(*words, "applies in writing")
    assert done.returncode == 0
    assert done.stdout.startswith("passage:legion-at-the-river-")
    assert '    kg:digest "sha256:' in done.stdout
    assert kg(*words, "-", given="applies in writing").stdout == done.stdout


def test_anchor_begins_the_block_of_an_article_that_is_not_there_yet(project: Path, tmp_path: Path) -> None:
    (tmp_path / "new-article.txt").write_text("Ten signs.")
    done = kg("-C", str(project), "anchor", "article:new-article", "--texts", str(tmp_path))
    assert done.stdout.startswith("article:new-article\n    a kg:Article ;\n")
    assert "    kg:textLength 10 ;\n" in done.stdout
    assert f'    kg:textDigest "{digest("Ten signs.")}" ;\n' in done.stdout
    assert kg("-C", str(project), "anchor", "new-article", "--texts", str(tmp_path)).stdout == done.stdout
    _refused(kg("-C", str(project), "anchor", "No Name", "--texts", str(tmp_path)), 2, "is not the name of an article")
    _refused(kg("-C", str(project), "anchor", "article:none", "--texts", str(tmp_path)), 2, "no text 'none.txt'")


def test_anchor_repair_prints_what_moved_and_writes_nothing(project: Path, sample_texts: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_texts, tmp_path / "texts")
    path = tmp_path / "texts" / "legion-at-the-river.txt"
    path.write_text("Update.\n" + path.read_text())
    before = {file: file.read_bytes() for file in project.rglob("*.ttl")}
    words = ["--repair", "legion-at-the-river", "--texts", str(tmp_path / "texts")]
    done = kg("-C", str(project), "anchor", *words)
    assert done.returncode == 0
    assert "    oa:start 8 ;" in done.stdout
    assert {file: file.read_bytes() for file in project.rglob("*.ttl")} == before


def test_conflicts_print_the_object_of_the_contract_and_say_what_is_hidden(project: Path) -> None:
    done = kg("-C", str(project), "conflicts", "--format", "json")
    found = json.loads(done.stdout)["conflicts"]
    assert {tuple(one) for one in found} == {("verdict", "claims", "subject", "predicate", "reason")}
    assert {one["verdict"] for one in found} <= {"contradiction", "tension", "drift", "revision"}
    assert ["claim:reprint-strength", "claim:river-strength-may"] in [one["claims"] for one in found]
    assert "hidden: " in done.stderr
    whole = json.loads(kg("-C", str(project), "conflicts", "--verdict", "all", "--format", "json").stdout)["conflicts"]
    assert len(whole) > len(found)
    only = kg("-C", str(project), "conflicts", "--verdict", "echo", "--format", "csv").stdout.splitlines()[1:]
    assert only
    assert all(line.startswith("echo,") for line in only)


def test_conflicts_of_one_thing_speak_of_it(project: Path) -> None:
    words = ["-C", str(project), "conflicts", "--format", "json"]
    found = json.loads(kg(*words, "person:ada-example").stdout)["conflicts"]
    assert found
    assert len(found) < len(json.loads(kg(*words).stdout)["conflicts"])


def test_origins_print_the_object_of_the_contract(project: Path) -> None:
    words = ["-C", str(project), "origins", "--format", "json"]
    found = json.loads(kg(*words).stdout)["statements"]
    assert {"subject", "predicate", "object", "claims", "articles", "outlets", "origins"} <= set(found[0])
    assert all(one["origins"] <= one["outlets"] <= one["articles"] for one in found)
    single = json.loads(kg(*words, "--max-origins", "1").stdout)["statements"]
    assert single == [one for one in found if one["origins"] <= 1]
    assert "at most 1" in kg("-C", str(project), "origins").stdout


def test_a_trace_shows_the_way_and_what_changed_on_it(project: Path) -> None:
    words = ["-C", str(project), "trace", "claim:reprint-strength"]
    tree = kg(*words, "--format", "table").stdout
    assert "├─ article article:legion-reprinted" in tree
    assert "│  └─ repost of article:legion-at-the-river" in tree
    assert "│  └─ changed value: 24 to 99" in tree
    rows = json.loads(kg(*words, "--format", "json").stdout)["trace"]
    assert ("said by", "person:ada-example") in [(row["relation"], row["name"]) for row in rows]
    assert kg(*words).stdout.startswith("depth,relation,name,words\r\n")
    assert kg(*words, "--format", "md").stdout.startswith("- claim: ")
    _refused(kg("-C", str(project), "trace", "unit:sample-legion"), 2, "no claim 'unit:sample-legion'")


def test_a_timeline_is_in_order_and_keeps_the_undated_apart(project: Path) -> None:
    words = ["-C", str(project), "timeline", "unit:sample-legion"]
    found = json.loads(kg(*words, "--format", "json").stdout)
    days = [(one["first"], one["last"]) for one in found["dated"]]
    assert days == sorted(days)
    assert found["undated"]
    assert all(one["first"] is None for one in found["undated"])
    chart = kg(*words, "--format", "table").stdout
    assert "░" in chart
    assert "█" in chart
    assert len(kg(*words).stdout.splitlines()) == len(found["dated"]) + len(found["undated"]) + 1


def test_a_path_names_the_claims_of_each_step(project: Path) -> None:
    words = ["-C", str(project), "path", "Bert Sample", "organisation:southland"]
    found = json.loads(kg(*words, "--format", "json").stdout)["paths"]
    assert found
    for way in found:
        ends = [(step["from"], step["to"]) for step in way["steps"]]
        assert all(one[1] == other[0] for one, other in itertools.pairwise(ends))
        assert all(link["claims"] for step in way["steps"] for link in step["statements"])
    done = kg(*words, "--independent", "9")
    assert (done.returncode, done.stderr) == (0, "no statements connect the two entities\n")
    _refused(kg("-C", str(project), "path", "unit:sample-legion", "unit:none"), 2, "no entity is described as")


def test_the_verdicts_on_the_command_line_are_those_of_the_library() -> None:
    from kg.analysis import verdicts
    from kg.cli import analyse

    assert set(analyse.VERDICTS) == set(verdicts.VERDICTS)


def test_output_is_the_same_from_run_to_run(project: Path) -> None:
    for words in (("stats",), ("search", "sample"), ("show", "unit:sample-legion"), ("queries",)):
        assert kg("-C", str(project), *words).stdout == kg("-C", str(project), *words, PYTHONHASHSEED="7").stdout


def test_a_bug_has_its_own_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from kg.cli import main as module

    def broken(**_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("kg.cli.query.stats.callback", broken)
    monkeypatch.setattr(sys, "argv", ["kg", "stats"])
    assert module.run() == 70
    assert capsys.readouterr().err == "kg: this is a bug: ZeroDivisionError: by zero; -v shows where\n"


def test_the_shell_completes_queries_and_things(project: Path) -> None:
    def completed(*words: str) -> str:
        return kg(
            _KG_COMPLETE="bash_complete", COMP_WORDS=" ".join(("kg", *words)), COMP_CWORD=str(len(words)), cwd=project
        ).stdout

    assert "plain,strength" in completed("query", "stren")
    assert "plain,unit:sample-legion" in completed("show", "unit:sam")
