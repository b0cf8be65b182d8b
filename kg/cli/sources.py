"""The graph that a command reads: files in memory, an index on disk, or an endpoint, behind one protocol."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Protocol

import click

from kg.cli.context import Options
from kg.cli.output import progress
from kg.errors import KgError, OutsideError, PrivacyError

if TYPE_CHECKING:
    from pyoxigraph import Store

    from kg.endpoint.client import Endpoint
    from kg.project.dataset import Dataset
    from kg.query.engine import Answer

#: Key of the thread that reads ahead in the contexts of click.
_AHEAD = "kg.cli.sources.ahead"


class GraphSource(Protocol):
    """A graph; every method first lets it through the privacy gate, or raises PrivacyError."""

    def admit(self) -> None:
        """Open the graph, so that a time limit which starts now counts the query alone."""

    def whole(self) -> "Store":
        """Return the whole graph."""

    def about(self, iri: str | None, *, wide: bool = False) -> "Store":
        """Return a store on which commands about one entity answer as on the whole graph; without one, the whole graph.

        With `wide` it also holds the claims with which those about the entity are compared.
        """

    def resolve(self, name: str, class_: str | None = None) -> str:
        """Return the IRI of the entity that a name or a label on the command line stands for."""

    def run(self, query: str, *, service: bool = False, file: str = "query") -> "Answer":
        """Return the answer to a query; messages name the file."""


class _LocalSource(ABC):
    """A graph of a project on this machine, which answers names and queries itself."""

    def __init__(self, options: Options, root: Path) -> None:
        self._options = options
        self._root = root
        #: The dataset, and why the privacy gate refuses it, or "".
        self._opened: tuple[Dataset, str] | None = None

    @abstractmethod
    def read_ahead(self) -> None:
        """Open the graph where that takes no message and writes nothing."""

    @abstractmethod
    def about(self, iri: str | None, *, wide: bool = False) -> "Store":
        """Return the part of the graph about an entity."""

    @abstractmethod
    def _open(self) -> "tuple[Dataset, str]": ...

    def admit(self) -> None:
        """Admit the graph."""
        self.whole()

    def whole(self) -> "Store":
        """Return the whole graph."""
        if self._opened is None:
            self._opened = self._open()
        dataset, refusal = self._opened
        if refusal:
            raise PrivacyError(refusal)
        return dataset.store

    def resolve(self, name: str, class_: str | None = None) -> str:
        """Return the IRI that a name stands for."""
        from kg.claims.entities import resolve

        return resolve(self.whole(), name, class_)

    def run(self, query: str, *, service: bool = False, file: str = "query") -> "Answer":
        """Return the answer to a query."""
        from kg.query.engine import run

        return run(self.whole(), query, service=service, file=file)


class FileSource(_LocalSource):
    """The files of a project, read into memory."""

    def read_ahead(self) -> None:
        """Open the graph where that takes no message and writes nothing."""
        self._opened = self._open()

    def _open(self) -> "tuple[Dataset, str]":
        from kg.privacy.gate import refusal
        from kg.project.dataset import load

        dataset = load(self._root)
        return dataset, refusal(dataset.store)

    def about(self, iri: str | None, *, wide: bool = False) -> "Store":
        """Return the whole graph, which is in memory."""
        return self.whole()


class IndexSource(_LocalSource):
    """The index of a project on disk, brought in step with the files."""

    def __init__(self, options: Options, root: Path, directory: Path) -> None:
        super().__init__(options, root)
        self._directory = directory

    def read_ahead(self) -> None:
        """Open the graph where that takes no message and writes nothing."""
        from kg.storage.store import current

        if synced := current(self._root, self._directory):
            self._opened = synced.dataset, synced.refusal

    def _open(self) -> "tuple[Dataset, str]":
        from kg.storage.store import open as bring

        options = self._options
        with advised(), progress("updating the index", options.quiet) as report:
            synced = bring(self._root, self._directory, say=options.say, report=report, late=True)
        return synced.dataset, synced.refusal

    def about(self, iri: str | None, *, wide: bool = False) -> "Store":
        """Return the part about the entity, since triples that are not read from disk take no time."""
        from kg.storage.subgraph import StoreGraph, subgraph

        part = None if iri is None else subgraph(StoreGraph(self.whole()), iri, wide=wide)
        return self.whole() if part is None else part


class EndpointSource:
    """The graph at a SPARQL endpoint, of which a command reads only the triples that it needs."""

    def __init__(self, options: Options, url: str, timeout: float) -> None:
        self._options = options
        self._url = url
        self._timeout = timeout
        self._connected: Endpoint | None = None
        self._admitted = False
        self._store: Store | None = None

    def _endpoint(self) -> "Endpoint":
        from kg.endpoint.client import Endpoint
        from kg.endpoint.fetch import is_part

        if self._connected is None:
            endpoint = Endpoint(self._url, self._timeout)
            if is_part(endpoint):
                self._options.say(
                    f"{endpoint.connection.shown}: the last push there has not ended: something may be missing or older"
                )
            self._connected = endpoint
        return self._connected

    def admit(self) -> None:
        """Admit the graph."""
        from kg.endpoint.fetch import admit

        if not self._admitted:
            admit(self._endpoint())
            self._admitted = True

    def whole(self) -> "Store":
        """Return the whole graph."""
        from kg.endpoint.fetch import whole
        from kg.privacy.gate import gate

        if self._store is None:
            with progress("reading the graph", self._options.quiet) as report:
                store = whole(self._endpoint(), report)
            gate(store)
            self._store = store
        return self._store

    def about(self, iri: str | None, *, wide: bool = False) -> "Store":
        """Return the part about the entity, unless the whole graph is read already."""
        from kg.endpoint.fetch import near

        if iri is None or self._store is not None:
            return self.whole()
        self.admit()
        return near(self._endpoint(), iri, wide=wide)

    def resolve(self, name: str, class_: str | None = None) -> str:
        """Return the IRI that a name stands for."""
        if self._store is not None:
            from kg.claims.entities import resolve

            return resolve(self._store, name, class_)
        from kg.endpoint.fetch import find

        self.admit()
        return find(self._endpoint(), name, class_)

    def run(self, query: str, *, service: bool = False, file: str = "query") -> "Answer":
        """Return the answer to a query."""
        self.admit()
        return self._endpoint().run(query, service=service, file=file)


def graph_source(options: Options, timeout: float = 60) -> GraphSource:
    """Return the graph that the options name; a request to an endpoint may take `timeout` seconds, 0 for no limit."""
    if options.endpoint:
        return EndpointSource(options, options.endpoint, timeout)
    ahead: _Ahead | None = click.get_current_context().meta.get(_AHEAD)
    return (ahead.source() if ahead else None) or _local(options)


def _local(options: Options) -> _LocalSource:
    root, index = options.root, options.index_directory
    return FileSource(options, root) if index is None else IndexSource(options, root, index)


class _Ahead(Thread):
    """The thread that opens the graph while the modules of the command are imported."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self._options = options
        self._source: _LocalSource | None = None

    def run(self) -> None:
        with suppress(KgError, OSError):  # the command repeats the reading, and raises the error
            source = _local(self._options)
            source.read_ahead()
            self._source = source

    def source(self) -> _LocalSource | None:
        """Return the source once it is read, None where that failed."""
        self.join()
        return self._source


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
