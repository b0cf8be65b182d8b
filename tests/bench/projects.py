"""The projects that are measured: made once for each size, kept in a directory, made anew when what they stem from is.

Five articles are the graph that ships; any other number is invented by `generate.py`. Each project has the ontology
and the questions of this checkout, and one thing without a label, so that there is something to find fault with.
"""

import hashlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measure import BIN, ROOT, FailedError, installed, run, say

#: As many articles as the graph that ships has.
SHIPPED = 5
#: A question that does not ask for the graph of a claim: some peers have but one graph.
QUESTION = "gaps"
_PARTS = ("graph", "ontology", "queries", "tests/bench/generate.py", "tests/bench/projects.py")
_PLANTED = """PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX unit: <https://w3id.org/hearsay/unit/>

unit:planted
    a kg:Unit ;
.
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A project in the forms in which it is measured: its folder, its files, one file of all, stores that hold it."""

    articles: int
    folder: Path

    @property
    def root(self) -> Path:
        """Return the directory of the project itself."""
        return self.folder / "project"

    @property
    def turtle(self) -> Path:
        """Return all files in one, without the shapes."""
        return self.folder / "all.ttl"

    @property
    def quads(self) -> Path:
        """Return all files in one, each in its graph."""
        return self.folder / "all.nq"

    @property
    def store(self) -> Path:
        """Return the index of kg."""
        return self.folder / "kg.index"

    @property
    def oxigraph(self) -> Path:
        """Return the same store as the command of Oxigraph makes it."""
        return self.folder / "oxigraph.store"

    @property
    def question(self) -> Path:
        """Return the stored question with its parameter bound."""
        return self.folder / "question.rq"

    @property
    def dossier(self) -> Path:
        """Return a query for the triples that a dossier of the unit stands on."""
        return self.folder / "dossier.rq"

    @property
    def unit(self) -> str:
        """Return a unit of which much is said."""
        return "unit:siberian-battalion" if self.articles == SHIPPED else "unit:company-0-0"


def project(articles: int, data: Path) -> Project:
    """Return the project of so many articles, made in the directory where it is not there as it must be."""
    found = Project(articles, data / str(articles))
    stamp, wanted = found.folder / "stamp", _state()
    if not (stamp.is_file() and stamp.read_text() == wanted):
        say(f"making the project of {articles:,} articles in {found.folder}")
        shutil.rmtree(found.folder, ignore_errors=True)
        found.folder.mkdir(parents=True)
        _make(found)
        stamp.write_text(wanted)
    _sync(found)
    return found


@contextmanager
def changed(one: Project) -> Iterator[None]:
    """Change the label of a claim in one file, and put the file back in the end."""
    files = sorted((one.root / "graph" / "articles").glob("*.ttl"))
    texts = ((path, path.read_text(encoding="utf-8")) for path in files)
    path, text = next((path, text) for path, text in texts if "a kg:Claim" in text)
    head, claim, tail = text.partition("a kg:Claim")
    path.write_text(head + claim + tail.replace('."@en', ', or so."@en', 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def _make(one: Project) -> None:
    if one.articles == SHIPPED:
        for part in ("graph", "ontology"):
            shutil.copytree(ROOT / part, one.root / part)
    else:  # in a process of its own: what measures must stay small
        run([sys.executable, ROOT / "tests" / "bench" / "generate.py", str(one.articles), one.root])
    shutil.copytree(ROOT / "queries", one.root / "queries")
    (one.root / "graph" / "planted.ttl").write_text(_PLANTED, encoding="utf-8")
    run([sys.executable, ROOT / "tests" / "bench" / "inside.py", "merge", one.root, one.turtle, one.quads])
    kg = (BIN / "kg", "-C", one.root, "--index", "off")
    bound = run([*kg, "query", QUESTION, "-p", "unit", one.unit, "--show"], environment=installed()).output
    one.question.write_bytes(bound)
    kind, _, slug = one.unit.partition(":")
    iri = f"https://w3id.org/hearsay/{kind}/{slug}"
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    query = f"SELECT ?claim ?path ?value WHERE {{ ?claim <{rdf}subject> <{iri}> ; ?path ?value }}\n"
    one.dossier.write_text(query, encoding="utf-8")


def _sync(one: Project) -> None:
    """Bring the index of kg in step, or rebuild it if another version built it."""
    sync = (BIN / "kg", "-C", one.root, "--index", one.store, "index", "sync")
    try:
        run(sync, environment=installed())
    except FailedError:
        run([*sync, "--rebuild"], environment=installed())


def _state() -> str:
    """Return a digest of all that the projects are made of."""
    digest = hashlib.sha256()
    for part in _PARTS:
        top = ROOT / part
        for path in [top] if top.is_file() else sorted(top.rglob("*.*")):
            if path.is_file():
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
