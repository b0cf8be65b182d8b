"""The graph that a command reads: files in memory, an index on disk, or an endpoint, behind one class."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from kg.cli.context import Options
from kg.cli.output import progress
from kg.errors import KgError, OutsideError, PrivacyError

if TYPE_CHECKING:
    from pyoxigraph import Store

    from kg.endpoint.client import Endpoint
    from kg.query.engine import Answer

#: Key of the thread that reads ahead in the contexts of click.
_AHEAD = "kg.cli.sources.ahead"


class GraphSource(ABC):
    """A graph; every method first lets it through the privacy gate, or raises PrivacyError."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def admit(self) -> None:
        """Open the graph, so that a time limit which starts now counts the query alone."""
        self.whole()

    @abstractmethod
    def whole(self) -> "Store":
        """Return the whole graph."""

    def about(self, iri: str | None, *, wide: bool = False) -> "Store":
        """Return a store on which commands about one entity answer as on the whole graph; without one, the whole graph.

        With `wide` it also holds the claims with which those about the entity are compared.
        """
        return self.whole()

    def resolve(self, name: str, class_: str | None = None) -> str:
        """Return the IRI of the entity that a name or a label on the command line stands for."""
        from kg.claims.entities import resolve

        return resolve(self.whole(), name, class_)

    def run(self, query: str, *, service: bool = False, file: str = "query") -> "Answer":
        """Return the answer to a query; messages name the file."""
        from kg.query.engine import run

        return run(self.whole(), query, service=service, file=file)


class FileSource(GraphSource):
    """The files of a project, read into memory."""

    @cached_property
    def opened(self) -> "tuple[Store, str]":
        """Return the graph, and why the privacy gate refuses it, or ""."""
        from kg.privacy.gate import refusal
        from kg.project.dataset import load

        store = load(self._options.root).store
        return store, refusal(store)

    def read_ahead(self) -> None:
        """Open the graph where that takes no message and writes nothing."""
        _ = self.opened

    def whole(self) -> "Store":
        """Return the whole graph."""
        store, refusal = self.opened
        if refusal:
            raise PrivacyError(refusal)
        return store


class IndexSource(FileSource):
    """The index of a project on disk, brought in step with the files."""

    def __init__(self, options: Options, directory: Path) -> None:
        super().__init__(options)
        self._directory = directory

    def read_ahead(self) -> None:
        """Open the index if it is in step with the files."""
        from kg.storage.store import current

        if synced := current(self._options.root, self._directory):
            self.opened = synced.dataset.store, synced.refusal

    @cached_property
    def opened(self) -> "tuple[Store, str]":
        """Return the graph, and why the privacy gate refuses it, or ""."""
        from kg.storage.store import open as bring

        options = self._options
        with advised(), progress("updating the index", options.quiet) as report:
            synced = bring(options.root, self._directory, say=options.say, report=report, late=True)
        return synced.dataset.store, synced.refusal

    def about(self, iri: str | None, *, wide: bool = False) -> "Store":
        """Return the part about the entity, since triples that are not read from disk take no time."""
        from kg.storage.subgraph import StoreGraph, subgraph

        whole = self.whole()
        part = None if iri is None else subgraph(StoreGraph(whole), iri, wide=wide)
        return whole if part is None else part


class EndpointSource(GraphSource):
    """The graph at a SPARQL endpoint, of which a command reads only the triples that it needs."""

    _store: "Store | None" = None

    def __init__(self, options: Options, url: str, timeout: float) -> None:
        super().__init__(options)
        self._url, self._timeout = url, timeout

    @cached_property
    def _endpoint(self) -> "Endpoint":
        from kg.endpoint.client import Endpoint
        from kg.endpoint.fetch import is_part

        endpoint = Endpoint(self._url, self._timeout)
        if is_part(endpoint):
            place = endpoint.connection.shown
            self._options.say(
                f"{place}: the last push there is incomplete, so claims may be missing or old; repeat kg push"
            )
        return endpoint

    @cached_property
    def _admitted(self) -> "Endpoint":
        """Return the endpoint, once the privacy gate has admitted its graph."""
        from kg.endpoint.fetch import admit

        admit(self._endpoint)
        return self._endpoint

    def admit(self) -> None:
        """Admit the graph without reading it."""
        _ = self._admitted

    def whole(self) -> "Store":
        """Return the whole graph."""
        from kg.endpoint.fetch import whole
        from kg.privacy.gate import gate

        if self._store is None:
            with progress("reading the graph", self._options.quiet) as report:
                store = whole(self._endpoint, report)
            gate(store)
            self._store = store
        return self._store

    def about(self, iri: str | None, *, wide: bool = False) -> "Store":
        """Return the part about the entity, unless the whole graph is read already."""
        from kg.endpoint.fetch import near

        return self.whole() if iri is None or self._store is not None else near(self._admitted, iri, wide=wide)

    def resolve(self, name: str, class_: str | None = None) -> str:
        """Return the IRI that a name stands for; the endpoint finds it, unless the whole graph is read already."""
        from kg.endpoint.fetch import find

        return find(self._admitted, name, class_) if self._store is None else super().resolve(name, class_)

    def run(self, query: str, *, service: bool = False, file: str = "query") -> "Answer":
        """Return the answer to a query, which the endpoint computes."""
        return self._admitted.run(query, service=service, file=file)


def graph_source(options: Options, timeout: float = 60) -> GraphSource:
    """Return the graph that the options name; a request to an endpoint may take `timeout` seconds, 0 for no limit."""
    if options.endpoint:
        return EndpointSource(options, options.endpoint, timeout)
    ahead: _Ahead | None = click.get_current_context().meta.get(_AHEAD)
    if ahead is None:
        return _local(options)
    ahead.join()
    return ahead.source or _local(options)


def _local(options: Options) -> FileSource:
    directory = options.index_directory
    return FileSource(options) if directory is None else IndexSource(options, directory)


class _Ahead(Thread):
    """The thread that opens a graph, its `source`, while the modules of the command are imported."""

    source: FileSource | None = None

    def __init__(self, options: Options) -> None:
        super().__init__()
        self._options = options

    def run(self) -> None:
        with suppress(KgError, OSError):  # the command repeats the reading, and raises the error
            source = _local(self._options)
            source.read_ahead()
            self.source = source


def read_ahead(context: click.Context, options: Options) -> None:
    """Start to read the graph of the project, for the command that is about to run in this context."""
    if not options.endpoint:
        context.meta[_AHEAD] = thread = _Ahead(options)
        thread.start()


def is_reading() -> bool:
    """Say whether a thread still reads ahead, so that Python would wait for it at its exit."""
    from threading import enumerate as running

    return any(isinstance(thread, _Ahead) for thread in running())


@contextmanager
def advised() -> Iterator[None]:
    """Add to an error of the index how a command does without it."""
    try:
        yield
    except OutsideError as error:
        raise OutsideError(f"{error}; kg --index off does without it") from error
