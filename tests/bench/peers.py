"""What is measured: for each task the command of Hearsay, then the peers that do the same work on the same data."""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from measure import BIN, FailedError, installed, run
from projects import QUESTION, Project, changed

from kg.project.dataset import shapes

HERE = Path(__file__).resolve().parent
#: Where a peer comes from; what of it is not here is named as absent.
SOURCES = {
    "oxigraph": "pip install oxigraph",
    "sparqlquery": "pip install rdflib",
    "pyshacl": "pip install pyshacl",
    "comunica-sparql-file": "npm install --no-package-lock --prefix tests/bench",
    "roqet": "Debian's rasqal-utils",
}
_SH = "http://www.w3.org/ns/shacl#"
_BASE = "https://w3id.org/hearsay/"

#: What is done before a measured run and after it, on no clock; it is given the time-out.
Around = Callable[[float], AbstractContextManager[None]]


def _nothing(_: float) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Contestant:
    """A command that is measured: its name, whether it is ours, its words, how to read what it answers.

    With `inner` it prints the seconds that count, as `inside.py` does. `done` are the exit codes that are no failure.
    """

    name: str
    words: tuple[str | Path, ...]
    own: bool = False
    inner: bool = False
    answer: Callable[[bytes], object] | None = None
    around: Around = _nothing
    done: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Task:
    """What is set against each other: a name, what is on the clock, and the contestants, ours first."""

    name: str
    title: str
    contestants: tuple[Contestant, ...]


def found(command: str) -> Path | None:
    """Return where a command of a peer is: beside Python, beside this file, on the PATH, or nowhere."""
    places = (BIN / command, HERE / "node_modules" / ".bin" / command)
    there = next((place for place in places if place.is_file()), None)
    other = shutil.which(command)
    return there or (Path(other) if other else None)


def absent() -> dict[str, str]:
    """Return the peers that are not here, each with where it comes from."""
    return {command: source for command, source in SOURCES.items() if found(command) is None}


def versions() -> dict[str, str]:
    """Return what is measured in which version, by name; peers that are not here are left out."""
    known = {"Python": sys.version.split()[0]}
    for package in ("click", "pyoxigraph", "oxigraph", "rdflib", "pyshacl", "networkx"):
        with suppress(PackageNotFoundError):
            known[package] = version(package)
    if file := found("comunica-sparql-file"):
        described = file.resolve().parent.parent / "package.json"
        known["Comunica"] = str(json.loads(described.read_text(encoding="utf-8"))["version"])
    if file := found("roqet"):
        known["roqet"] = run([file, "--version"]).output.decode().strip()
    return known


def start() -> Task:
    """Return the task that no data play a part in."""
    python = {
        code: Contestant(f"python -c '{code}'", (sys.executable, "-c", code)) for code in ("import click", "pass")
    }
    return Task("start", "whole process, no data", (_own("kg --help", BIN / "kg", "--help"), *python.values()))


def tasks(one: Project) -> Iterator[Task]:
    """Give the tasks on a project, those that change nothing on the disk first."""
    yield _load(one)
    yield _load_store(one)
    yield from _push(one)
    yield _warm(one)
    yield _query(one)
    yield _query_store(one)
    yield _show(one)
    yield _show_store(one)
    yield _conflicts(one)
    yield _export(one)
    yield _validate(one)


def _load(one: Project) -> Task:
    return Task(
        "load",
        "the files into memory, without imports",
        (
            _inside("kg.project.dataset.load", "load", one.root, own=True),
            _inside("bulk_load, file by file", "bulk_files", one.root),
            _inside("bulk_load, one file", "bulk_one", one.quads),
        ),
    )


def _load_store(one: Project) -> Task:
    mine, other = one.folder / "made.kg", one.folder / "made.oxigraph"
    kg = _own("kg index sync", *_kg(one, mine), "index", "sync", around=lambda _: _without(mine))
    words = ("load", "--location", other, "--file", one.quads)
    peers = _peer("oxigraph load", "oxigraph", *words, around=lambda _: _without(other))
    return Task("load to disk", "the files into a new store, whole process", (kg, *peers))


def _push(one: Project) -> Iterator[Task]:
    """Give the task where there is a server."""
    program = found("oxigraph")
    if program is None:
        return
    port = _port()
    place, around = f"http://127.0.0.1:{port}", partial(_served, program, one.folder / "served", port)
    words = ("push", "--endpoint", f"{place}/query")
    kg = _own("kg push", *_kg(one), *words, around=around)
    kept = _own("kg --index on push", *_kg(one, one.store), *words, around=around)
    peer = _inside("one POST of N-Quads", "post", f"{place}/store", one.quads, inner=False, around=around)
    yield Task("push", "the files into a server that keeps them on disk, whole process", (kg, kept, peer))


def _warm(one: Project) -> Task:
    kg = _inside("kg.query.engine.run", "ask_kg", one.root, one.question, own=True, answer=_inner)
    pyoxigraph = _inside("pyoxigraph", "ask_pyoxigraph", one.turtle, one.question, answer=_inner)
    rdflib = _inside("rdflib", "ask_rdflib", one.turtle, one.question, answer=_inner)
    return Task("warm query", "a question of a loaded graph; memory with the graph", (kg, pyoxigraph, rdflib))


def _query(one: Project) -> Task:
    words = ("query", QUESTION, "-p", "unit", one.unit, "--format", "json")
    kg = _own("kg query", *_kg(one), *words, answer=_rows)
    query, form = one.question, "application/sparql-results+json"
    peers = (
        *_peer("sparqlquery (rdflib)", "sparqlquery", one.turtle, "-qf", query, "-f", "json", answer=_rows),
        *_peer("Comunica", "comunica-sparql-file", one.turtle, "-f", query, "-t", form, answer=_rows),
    )
    return Task("query", "one question, whole process, from the files", (kg, *peers))


def _query_store(one: Project) -> Task:
    words = ("query", QUESTION, "-p", "unit", one.unit, "--format", "json")
    kg = _own("kg --index on query", *_kg(one, one.store), *words, answer=_rows)
    peers = _oxigraph(one, one.question, answer=_rows)
    return Task("query from disk", "the same question, whole process, from a store", (kg, *peers))


def _show(one: Project) -> Task:
    kg, query = _own("kg show", *_kg(one), "show", one.unit), one.dossier
    form = "application/sparql-results+json"
    peers = (
        *_peer("sparqlquery, triples only", "sparqlquery", one.turtle, "-qf", query, "-f", "json", answer=_rows),
        *_peer("Comunica, triples only", "comunica-sparql-file", one.turtle, "-f", query, "-t", form, answer=_rows),
        # It cannot answer the stored question, which has a MINUS.
        *_peer("roqet, triples only", "roqet", "-q", "-F", "turtle", "-r", "csv", "-D", one.turtle, query),
    )
    return Task("show", "a dossier, whole process, from the files", (kg, *peers))


def _show_store(one: Project) -> Task:
    kg = _own("kg --index on show", *_kg(one, one.store), "show", one.unit)
    peers = _oxigraph(one, one.dossier, name="oxigraph, triples only")
    return Task("show from disk", "a dossier, whole process, from a store", (kg, *peers))


def _conflicts(one: Project) -> Task:
    kg = _own("kg conflicts", *_kg(one), "conflicts", "--format", "json")
    pyoxigraph = _inside("all pairs, pyoxigraph", "join_pyoxigraph", one.turtle, inner=False)
    rdflib = _inside("all pairs, rdflib", "join_rdflib", one.turtle, inner=False)
    return Task("conflicts", "claims against claims, whole process", (kg, pyoxigraph, rdflib))


def _export(one: Project) -> Task:
    kg = _inside("kg.export.graphml.graphml", "write_kg", one.root, own=True)
    peer = _inside("networkx write_graphml", "write_networkx", one.root)
    return Task("export", "GraphML of a network in memory; memory with the graph", (kg, peer))


def _validate(one: Project) -> Task:
    options = ("validate", "--only", "shapes", "--format", "json")
    kg = _own("kg validate", *_kg(one), *options, answer=_foci_of_kg, done=(0, 1))
    words = (*_kg(one, one.store), *options)
    around = partial(_one_changed, one, words)
    after = _own("kg --index on validate", *words, answer=_foci_of_kg, around=around, done=(0, 1))
    checked = (*(word for source in shapes(one.root) for word in ("-s", source.path)), "-f", "nt", one.turtle)
    peers = _peer("pyshacl", "pyshacl", *checked, answer=_foci_of_pyshacl, done=(0, 1))
    return Task("validate", "the shapes (ours: and the rules), whole process", (kg, after, *peers))


# --- Commands ---


def _kg(one: Project, store: Path | None = None) -> tuple[str | Path, ...]:
    return (BIN / "kg", "-C", one.root, "--index", store or "off")


def _own(
    name: str,
    *words: str | Path,
    answer: Callable[[bytes], object] | None = None,
    around: Around = _nothing,
    done: tuple[int, ...] = (0,),
) -> Contestant:
    return Contestant(name, words, own=True, answer=answer, around=around, done=done)


def _peer(
    name: str,
    command: str,
    *words: str | Path,
    answer: Callable[[bytes], object] | None = None,
    around: Around = _nothing,
    done: tuple[int, ...] = (0,),
) -> tuple[Contestant, ...]:
    """Return the peer, or nothing where it is not here."""
    program = found(command)
    if program is None:
        return ()
    return (Contestant(name, (program, *words), answer=answer, around=around, done=done),)


def _inside(
    name: str,
    work: str,
    *words: str | Path,
    own: bool = False,
    inner: bool = True,
    answer: Callable[[bytes], object] | None = None,
    around: Around = _nothing,
) -> Contestant:
    return Contestant(name, (sys.executable, HERE / "inside.py", work, *words), own, inner, answer, around)


def _oxigraph(
    one: Project, query: Path, name: str = "oxigraph query", answer: Callable[[bytes], object] | None = None
) -> tuple[Contestant, ...]:
    words = ("query", "--location", one.oxigraph, "--query-file", query, "--union-default-graph")
    return _peer(
        name, "oxigraph", *words, "--results-format", "json", answer=answer, around=partial(_loaded, one.oxigraph, one)
    )


# --- Around a run ---


@contextmanager
def _without(directory: Path) -> Iterator[None]:
    """Take the directory away before and after."""
    shutil.rmtree(directory, ignore_errors=True)
    yield
    shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _loaded(directory: Path, one: Project, timeout: float) -> Iterator[None]:
    """Make the store of Oxigraph's command where it is not there yet."""
    program = found("oxigraph")
    if not directory.is_dir() and program is not None:
        part = directory.with_name("part")
        shutil.rmtree(part, ignore_errors=True)
        run([program, "load", "--location", part, "--file", one.quads], timeout)
        part.rename(directory)
    yield


def _port() -> int:
    """Return a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def _served(program: Path, directory: Path, port: int, timeout: float) -> Iterator[None]:
    """Let Oxigraph's server, which holds nothing yet, listen on the port."""
    words = (program, "serve", "--location", directory, "--bind", f"127.0.0.1:{port}")
    with _without(directory), subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as own:
        try:
            end = time.monotonic() + timeout
            while not _listens(port) and own.poll() is None and time.monotonic() < end:
                time.sleep(0.05)
            if own.poll() is not None or not _listens(port):
                raise FailedError(f"{program.name} does not serve")
            yield
        finally:
            own.kill()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@contextmanager
def _one_changed(one: Project, words: Sequence[str | Path], timeout: float) -> Iterator[None]:
    """Let the check remember the whole project, then change one file; put all back in the end."""
    run(words, timeout, installed(), done=(0, 1))
    with changed(one):
        yield
    run([*_kg(one, one.store), "index", "sync"], timeout, installed())


# --- Answers ---


def _inner(output: bytes) -> object:
    return json.loads(output)["answer"]


def _rows(output: bytes) -> object:
    """Return the rows of SPARQL results in JSON, in no order of theirs."""
    rows = json.loads(output)["results"]["bindings"]
    return sorted(sorted([name, term["value"]] for name, term in row.items()) for row in rows)


def _foci_of_kg(output: bytes) -> object:
    """Return what the shapes say something against, once for each time."""
    findings = json.loads(output)["findings"]
    return sorted(one["focus"].replace(":", "/", 1) for one in findings if one["rule"].startswith("shape:"))


def _foci_of_pyshacl(output: bytes) -> object:
    report = output.decode()
    results = set(re.findall(rf"<{_SH}result> (_:\S+) \.", report))
    foci = re.findall(rf"(_:\S+) <{_SH}focusNode> <{_BASE}([^>]*)> \.", report)
    return sorted(focus for result, focus in foci if result in results)
