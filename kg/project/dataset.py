"""The graph of a project in memory: its Turtle files, each in a named graph of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store, parse, serialize

from kg.errors import SourceError
from kg.privacy.redaction import without_words_of_file
from kg.project.files import Entry, File, entries, listed
from kg.project.files import read_text as read_text
from kg.rdf.namespaces import BASE

#: The place in the parser's message, which the error has as fields.
_PLACE = re.compile(r"\AParser error (at|between) line .*?\d: ")
#: A text without these, '~' and '{|' has nothing of RDF 1.2. Two searches are faster than one for either.
_TRIPLE, _DIRECTION = re.compile("<<"), re.compile("@[A-Za-z0-9-]*--")
#: The folders below `ontology/` whose files are not part of the vocabulary.
_SECTIONS = ("examples", "rules", "shapes")
#: Characters of a file name that are percent-encoded in an IRI.
_UNSAFE = re.compile(r"[^\w./~-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(File):
    """A Turtle file of the project, with the IRI of its graph."""

    graph: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A loaded project: its directory, Turtle files and store; `hold` keeps alive an object that the store needs."""

    root: Path
    sources: Sequence[Source]
    store: Store
    hold: object = field(default=None, repr=False, compare=False)


def sources(root: Path, unsaved: Mapping[str, str] | None = None) -> tuple[Source, ...]:
    """Return the Turtle files that make the graph, sorted by name.

    These are the vocabulary in `ontology/` and the data in `graph/`. The named graph of an article's file has the
    article's IRI; that of another file is named after the file. `unsaved` has texts by name that stand in for files.
    """
    files = (*ontology_files(root, "", ".ttl", unsaved), *listed(root, "graph", ".ttl", unsaved=unsaved))
    return tuple(source(root, file.name, file.fault, file.text) for file in sorted(files, key=lambda file: file.name))


def shapes(root: Path, unsaved: Mapping[str, str] | None = None) -> tuple[Source, ...]:
    """Return the files of shapes, sorted by name: the Turtle files below folders `shapes/` in `ontology/`."""
    files = ontology_files(root, "shapes", ".ttl", unsaved)
    return tuple(source(root, file.name, file.fault, file.text) for file in files)


def rules(root: Path, unsaved: Mapping[str, str] | None = None) -> tuple[File, ...]:
    """Return the files of rules, sorted by name: the queries below folders `rules/` in `ontology/`."""
    return ontology_files(root, "rules", ".rq", unsaved)


def ontology_files(root: Path, wanted: str, ending: str, unsaved: Mapping[str, str] | None = None) -> tuple[File, ...]:
    """Return the files with the ending in one section of `ontology/`: "examples", "rules", "shapes"; "" for the rest.

    The uppermost folder with one of these names decides, at whatever depth it is.
    """
    return tuple(file for file in listed(root, "ontology", ending, unsaved=unsaved) if section(file.name) == wanted)


def section(name: str) -> str:
    """Return the section of `ontology/` to which a file belongs by its name, or "" for the vocabulary."""
    return next((folder for folder in name.split("/")[1:] if folder in _SECTIONS), "")


def source(root: Path, name: str, fault: str = "", text: str | None = None) -> Source:
    """Return the source for a file, given its name relative to the project."""
    return Source(root / name, name, fault, text, graph=graph_of(name))


def source_entries(root: Path) -> Iterator[Entry]:
    """Yield the files that `sources` returns, unsorted and without paths: a tenth of the time for many files."""
    yield from (entry for entry in entries(root, "ontology", ".ttl") if not section(entry[0]))
    yield from entries(root, "graph", ".ttl")


def graph_of(name: str) -> str:
    """Return the IRI of a file's graph; characters that an IRI cannot have, such as a space, are percent-encoded."""
    stem = _UNSAFE.sub(
        lambda char: f"%{char[0].encode(errors='surrogateescape').hex('%').upper()}", name.removesuffix(".ttl")
    )
    return BASE + re.sub(r"\Agraph/articles/", "article/", stem)


def load(root: Path, faults: list[SourceError] | None = None, unsaved: Mapping[str, str] | None = None) -> Dataset:
    """Return the project with all its files read into a store.

    Raises SourceError for the first file that cannot be read; if `faults` is a list, appends the error to it, skips
    the file and goes on.
    """
    files, store = sources(root, unsaved), Store()
    for source in files:
        try:
            read(store, source)
        except SourceError as error:
            if faults is None:
                raise
            faults.append(error)
    return Dataset(root, files, store)


def read(store: Store, source: Source) -> bytes:
    """Read one file into its graph; return its bytes without a byte-order mark.

    Raises SourceError with line and column; nothing of the file is then in the store.
    """
    text, graph = text_of(source), NamedNode(source.graph)
    data = text.encode()
    try:
        with _parsing(text, source):
            store.load(data, format=RdfFormat.TURTLE, to_graph=graph)
    except SourceError:
        store.remove_graph(graph)
        raise
    return data


def triples(text: str, source: Source) -> bytes:
    """Return a text's triples as N-Triples, with new names for blank nodes; raises SourceError like `read`."""
    with _parsing(text, source):
        parsed = parse(text.encode(), RdfFormat.TURTLE, rename_blank_nodes=True)
        return serialize(parsed, format=RdfFormat.N_TRIPLES) or b""


def text_of(source: Source) -> str:
    """Return the text of one file without a byte-order mark; raises SourceError if it cannot be read."""
    if source.fault:
        raise SourceError(source.fault, source.name)
    return read_text(source.path, source.name) if source.text is None else source.text


@contextmanager
def _parsing(text: str, source: Source) -> Iterator[None]:
    """Raise the errors of the parser as SourceError with the place, and one where the text then uses RDF 1.2."""
    try:
        yield
    except SyntaxError as error:
        message = _PLACE.sub("", error.msg)
        message = without_words_of_file(message) if is_data(source.name) else message
        raise SourceError(message, source.name, error.lineno or 1, error.offset or 1) from error
    except MemoryError as error:
        raise SourceError("has a term of more than 16 MiB, which is the limit of the parser", source.name) from error
    if is_newer(text):
        from kg.rdf.turtle import refuse_newer

        refuse_newer(text, source.name)


def is_data(name: str) -> bool:
    """Return whether a file, by its name relative to the project, holds data: it may speak of persons."""
    return name.startswith("graph/")


def is_newer(text: str) -> bool:
    """Return whether the text may use RDF 1.2; its sign may also be part of a string."""
    marked = "~" in text or ("{" in text and "{|" in text)
    return marked or _TRIPLE.search(text) is not None or _DIRECTION.search(text) is not None
