"""The project on disk and the store in memory: finds the files, reads each into a named graph of its own."""

import re
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store

from kg.errors import SourceError
from kg.terms import BASE

#: The parser's own words for the place, which the error carries apart.
_PLACE = re.compile(r"\AParser error (at|between) line .*?\d: ")
#: What in a file's name does not go into an IRI as it is.
_UNSAFE = re.compile(r"[^\w./~-]")


@dataclass(frozen=True, slots=True)
class Source:
    """A Turtle file of the project: where it is, its name relative to the project, the IRI of its graph."""

    path: Path
    name: str
    graph: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """The loaded project: its directory, its Turtle files and the store that holds their triples."""

    root: Path
    sources: tuple[Source, ...]
    store: Store


def find_root(start: Path) -> Path:
    """Return the project directory: the nearest parent of `start` with `graph/` and `ontology/`, else what ships."""
    for directory in (start, *start.parents):
        if is_project(directory):
            return directory
    here = Path(__file__).resolve().parent
    for directory in (here / "share", here.parent):
        if is_project(directory):
            return directory
    raise SourceError(f"no project in '{start}' or above it (a project has graph/ and ontology/); name one with -C DIR")


def is_project(directory: Path) -> bool:
    """Say whether the directory has what makes a project."""
    return (directory / "graph").is_dir() and (directory / "ontology").is_dir()


def sources(root: Path) -> tuple[Source, ...]:
    """Return the Turtle files that make the graph, in the order of their names.

    The vocabulary is read from `ontology/` without the shapes, the data from all of `graph/`. An article's file
    goes into the graph that bears the article's IRI, any other into a graph named after the file.
    """
    found = [path for path in (root / "ontology").glob("*.ttl") if path.name != "shapes.ttl"]
    found += (root / "graph").rglob("*.ttl")
    names = sorted((path.relative_to(root).as_posix(), path) for path in found)
    return tuple(Source(path, name, _graph(name)) for name, path in names)


def _graph(name: str) -> str:
    """Return the IRI for a file's graph; what an IRI cannot hold, such as a blank, is percent-encoded."""
    stem = _UNSAFE.sub(_percent, name.removesuffix(".ttl"))
    if stem.startswith("graph/articles/"):
        return f"{BASE}article/{stem.removeprefix('graph/articles/')}"
    return f"{BASE}{stem}"


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode(errors="surrogateescape"))


def load(root: Path, faults: list[SourceError] | None = None) -> Dataset:
    """Read all files of the project into a store.

    Raises SourceError at the first file that cannot be read; with a list in `faults`, notes the error there, leaves
    that file out and goes on.
    """
    files = sources(root)
    store = Store()
    for source in files:
        try:
            read(store, source)
        except SourceError as error:
            if faults is None:
                raise
            faults.append(error)
    return Dataset(root, files, store)


def read(store: Store, source: Source) -> None:
    """Read one file into its graph; raises SourceError with line and column, and then leaves nothing of it behind."""
    text = read_text(source.path, source.name)
    try:
        store.load(text.encode(), format=RdfFormat.TURTLE, to_graph=NamedNode(source.graph))
    except SyntaxError as error:
        raise SourceError(_PLACE.sub("", error.msg), source.name, error.lineno or 1, error.offset or 1) from error


def read_text(path: Path, name: str) -> str:
    """Return the file's text without a byte-order mark.

    Raises SourceError where it cannot be read or is not UTF-8, with the place.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", name) from error
    try:
        return raw.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode().removeprefix("\ufeff")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise SourceError("not UTF-8: save the file as UTF-8", name, line, column) from error
