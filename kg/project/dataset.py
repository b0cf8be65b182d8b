"""The project on disk and the store in memory: finds the files, reads each into a named graph of its own."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store, parse, serialize

from kg.errors import SourceError
from kg.privacy.redaction import without_words_of_file
from kg.project.files import Entry, File, entries, listed
from kg.project.files import read_text as read_text
from kg.rdf.namespaces import BASE

#: The parser's own words for the place, which the error carries apart.
_PLACE = re.compile(r"\AParser error (at|between) line .*?\d: ")
#: Without these, '~' and '{|' a text has nothing of RDF 1.2. Two searches are faster than one for either.
_TRIPLE, _DIRECTION = re.compile("<<"), re.compile("@[A-Za-z0-9-]*--")
#: The folders below `ontology/` whose files are not part of the vocabulary.
_SECTIONS = ("examples", "rules", "shapes")
#: What in a file's name does not go into an IRI as it is.
_UNSAFE = re.compile(r"[^\w./~-]")


@dataclass(frozen=True, slots=True)
class Source:
    """A Turtle file of the project: where it is, its name relative to the project, the IRI of its graph.

    `fault` says why it cannot be read where that is known before.
    """

    path: Path
    name: str
    graph: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The loaded project: its directory, its Turtle files and the store that holds their triples.

    `hold` is what has to last as long as the store is read.
    """

    root: Path
    sources: Sequence[Source]
    store: Store
    hold: object = field(default=None, repr=False, compare=False)


def sources(root: Path) -> tuple[Source, ...]:
    """Return the Turtle files that make the graph, in the order of their names.

    These are the vocabulary in `ontology/` and the data in `graph/`. An article's file goes into the graph that bears
    the article's IRI, any other into a graph named after the file.
    """
    files = sorted((*ontology_files(root, "", ".ttl"), *listed(root, "graph", ".ttl")), key=lambda file: file.name)
    return tuple(source(root, file.name, file.fault) for file in files)


def shapes(root: Path) -> tuple[Source, ...]:
    """Return the files of shapes, the Turtle files in folders `shapes/` of `ontology/`, in the order of their names."""
    return tuple(source(root, file.name, file.fault) for file in ontology_files(root, "shapes", ".ttl"))


def rules(root: Path) -> tuple[File, ...]:
    """Return the files of rules, the queries in folders `rules/` of `ontology/`, in the order of their names."""
    return ontology_files(root, "rules", ".rq")


def ontology_files(root: Path, wanted: str, ending: str) -> tuple[File, ...]:
    """Return the files with the ending in one section of `ontology/`: "examples", "rules", "shapes"; "" for the rest.

    The uppermost folder with one of these names decides, at whatever depth it is.
    """
    return tuple(file for file in listed(root, "ontology", ending) if section(file.name) == wanted)


def section(name: str) -> str:
    """Return the section of `ontology/` to which a file belongs by its name, or "" for the vocabulary."""
    return next((folder for folder in name.split("/")[1:] if folder in _SECTIONS), "")


def source(root: Path, name: str, fault: str = "") -> Source:
    """Return the source that a file of the project is, by its name relative to the project."""
    return Source(root / name, name, _graph(name), fault)


def held(root: Path) -> Iterator[Entry]:
    """Give the files that `sources` returns, in any order and without paths: a tenth of the time for many files."""
    yield from (entry for entry in entries(root, "ontology", ".ttl") if not section(entry[0]))
    yield from entries(root, "graph", ".ttl")


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


def read(store: Store, source: Source) -> bytes:
    """Read one file into its graph and return what was read, without a byte-order mark.

    Raises SourceError with line and column, and then leaves nothing of the file behind.
    """
    text = text_of(source)
    data, graph = text.encode(), NamedNode(source.graph)
    with _parsing(source):
        store.load(data, format=RdfFormat.TURTLE, to_graph=graph)
    try:
        _refuse_newer(text, source)
    except SourceError:
        store.remove_graph(graph)
        raise
    return data


def triples(text: str, source: Source) -> bytes:
    """Return what the text of one file says, as N-Triples with names of its own for blank nodes.

    Raises SourceError as `read` does.
    """
    with _parsing(source):
        parsed = parse(text.encode(), RdfFormat.TURTLE, rename_blank_nodes=True)
        found = serialize(parsed, format=RdfFormat.N_TRIPLES) or b""
    _refuse_newer(text, source)
    return found


def text_of(source: Source) -> str:
    """Return the text of one file without a byte-order mark; raises SourceError where it cannot be read."""
    if source.fault:
        raise SourceError(source.fault, source.name)
    return read_text(source.path, source.name)


@contextmanager
def _parsing(source: Source) -> Iterator[None]:
    """Turn what the parser says into a sentence with the place."""
    try:
        yield
    except SyntaxError as error:
        message = _PLACE.sub("", error.msg)
        message = without_words_of_file(message) if is_data(source.name) else message
        raise SourceError(message, source.name, error.lineno or 1, error.offset or 1) from error
    except MemoryError as error:
        raise SourceError("holds more in one piece than the 16 MiB that the parser takes", source.name) from error


def is_data(name: str) -> bool:
    """Return whether a file, by its name relative to the project, holds data: it may speak of persons."""
    return name.startswith("graph/")


def _refuse_newer(text: str, source: Source) -> None:
    if is_newer(text):
        from kg.rdf.turtle import refuse_newer

        refuse_newer(text, source.name)


def is_newer(text: str) -> bool:
    """Say whether the text may need RDF 1.2; what says so may stand in a string."""
    if "~" in text or ("{" in text and "{|" in text):
        return True
    return _TRIPLE.search(text) is not None or _DIRECTION.search(text) is not None
