"""What all commands share: the project of the call, names on the command line, the time limit."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.output import on_terminal, progress
from kg.errors import KgError, OutsideError, PrivacyError, SourceError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from pyoxigraph import Store

    from kg.__main__ import Reading
    from kg.endpoint.client import Endpoint
    from kg.project.dataset import Dataset

DONE, SAYS_NO, WRONG_CALL, OUTSIDE, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130


@dataclass
class Call:
    """What the options before the command say: where the project is and how to speak."""

    directory: Path | None = None
    color: str = "auto"
    verbose: bool = False
    quiet: bool = False
    ahead: "Reading | None" = None
    store: str | None = None
    endpoint: str | None = None
    #: Seconds that a request to the endpoint may take, 0 for no limit.
    patience: float = 60
    _loaded: "Dataset | None" = field(default=None, repr=False)
    _remote: "Endpoint | None" = field(default=None, repr=False)
    _admitted: bool = field(default=False, repr=False)

    @property
    def root(self) -> Path:
        """Return the project directory."""
        from kg.project.config import find_root, is_project

        if self.directory is None:
            return find_root(here())
        if not self.directory.is_dir():
            raise SourceError(f"'{self.directory}' is no directory")
        if not is_project(self.directory):
            raise SourceError(f"'{self.directory}' is no project: a project has graph/ and ontology/")
        return self.directory

    @property
    def dataset(self) -> "Dataset":
        """Return the project, loaded or in its store, once nothing in it gives away a person who hides."""
        if self._loaded is None and self.endpoint:
            self._loaded = self._read_remote(self.endpoint)
        if self._loaded is None:
            root, index = self.root, self.index
            found, refusal = (self.ahead.of(root, index) if self.ahead else None) or self._read(root, index)
            if refusal:
                raise PrivacyError(refusal)
            self._loaded = found
        return self._loaded

    @property
    def remote(self) -> "Endpoint | None":
        """Return the endpoint where one is meant, once nothing there gives away a person who hides."""
        if self.endpoint and not self._admitted:
            from kg.endpoint.fetch import admit

            admit(self._opened(self.endpoint))
            self._admitted = True
        return self._remote

    def about(self, iri: str | None, *, wide: bool = False) -> "Store":
        """Return a store that has what commands about the thing need; `wide` where claims are compared."""
        if iri is not None and self._loaded is None and self.remote is not None:
            from kg.endpoint.fetch import near

            return near(self.remote, iri, wide=wide)
        store = self.dataset.store
        if iri is None or self.endpoint or self.index is None:
            return store
        from kg.storage.subgraph import AtHand, part

        found = part(AtHand(store), iri, wide=wide)  # on disk what is not read costs nothing
        return store if found is None else found

    def _read_remote(self, url: str) -> "Dataset":
        from kg.endpoint.fetch import whole
        from kg.privacy.gate import gate
        from kg.project.dataset import Dataset

        root = self.root  # for the stored questions
        with progress("reading the graph", self.quiet) as report:
            found = whole(self._opened(url), report)
        gate(found)
        return Dataset(root, (), found)

    def _opened(self, url: str) -> "Endpoint":
        from kg.endpoint.client import Endpoint
        from kg.endpoint.fetch import is_part

        if self._remote is None:
            remote = Endpoint(url, self.patience)
            if is_part(remote):
                self.say(f"{remote.wire.shown}: the last push there has not ended: something may be missing or older")
            self._remote = remote
        return self._remote

    @property
    def index(self) -> Path | None:
        """Return the directory of the store, None where all is in memory."""
        from kg.project.config import store_of

        return store_of(self.root, self.store)

    def _read(self, root: Path, index: Path | None) -> "tuple[Dataset, str]":
        """Return the project and why the gate refuses it, or ""."""
        if index is None:
            from kg.privacy.gate import refusal
            from kg.project.dataset import load

            dataset = load(root)
            return dataset, refusal(dataset.store)
        from kg.storage.store import open as bring

        with advised(), progress("bringing the store in step", self.quiet) as report:
            synced = bring(root, index, say=self.say, report=report, late=True)
        return synced.dataset, synced.refusal

    def resolve(self, name: str, class_: str | None = None) -> str:
        """Return the IRI of the thing that a name or a label on the command line stands for."""
        if self._loaded is None and self.remote is not None:
            from kg.endpoint.fetch import find

            return find(self.remote, name, class_)
        from kg.claims.entities import resolve

        return resolve(self.dataset.store, name, class_)

    @property
    def colored(self) -> bool:
        """Say whether standard output takes colour: as --color has it, else FORCE_COLOR, NO_COLOR, the terminal."""
        if self.color != "auto" or os.environ.get("FORCE_COLOR"):
            return self.color != "never"
        return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and on_terminal()

    def say(self, words: str) -> None:
        """Write words for the person, not data, to standard error."""
        from kg.escape import visible

        if not self.quiet:
            click.echo(visible(words), err=True)


@contextmanager
def advised() -> Iterator[None]:
    """Let whoever cannot use the store know how to do without."""
    try:
        yield
    except OutsideError as error:
        raise OutsideError(f"{error}; kg --store '' does without it") from error


def here() -> Path:
    """Return the working directory; raises SourceError where it is gone."""
    try:
        return Path.cwd()
    except OSError as error:
        raise SourceError(
            f"the working directory cannot be read: {error.strerror}; name a project with -C DIR"
        ) from error


pass_call = click.make_pass_decorator(Call)


def names_of_queries(context: click.Context, _: click.Parameter, start: str) -> "list[CompletionItem]":
    """Complete the name of a stored question."""
    from click.shell_completion import CompletionItem

    from kg.project.config import find_root
    from kg.query.questions import catalogue

    # A shell asks for completions without calling the group, so its options stand in the parent's parameters.
    directory = context.parent.params.get("directory") if context.parent else None
    try:
        questions = catalogue(directory or find_root(here()))
    except KgError:
        return []
    return [CompletionItem(name, help=one.summary) for name, one in questions.items() if name.startswith(start)]


def names_of_things(context: click.Context, _: click.Parameter, start: str) -> "list[CompletionItem]":
    """Complete the short name of a thing."""
    from click.shell_completion import CompletionItem

    from kg.claims.entities import completions
    from kg.project.config import find_root, store_of
    from kg.project.dataset import load
    from kg.storage.store import current

    given = context.parent.params if context.parent else {}
    try:
        root = given.get("directory") or find_root(here())
        index = store_of(root, given.get("store"))
        synced = current(root, index) if index else None
        dataset = synced.dataset if synced else load(root)
    except KgError:
        return []
    return [CompletionItem(name) for name in completions(dataset.store, start)]


texts_option = click.option(
    "--texts",
    type=click.Path(path_type=Path),
    envvar="KG_TEXTS",
    metavar="DIR",
    help="Directory of the articles' texts, <article>.txt (or KG_TEXTS).",
)


def by_name(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the values of -p by the names of the parameters; raises UsageError for a name that comes twice."""
    values = dict(given)
    if len(values) < len(given):
        names = [name for name, _ in given]
        raise click.UsageError(f"parameter '{next(one for one in names if names.count(one) > 1)}' is given twice")
    return values


#: So many seconds, or what is no number, are no limit: the system cannot count them.
_EVER = 1e9


@contextmanager
def guarded(timeout: float) -> Iterator[None]:
    """Let the engine, which Python cannot interrupt, be ended by Ctrl-C and by a time limit in seconds."""
    import signal
    import threading
    from select import select

    heard, told = os.pipe()
    os.set_blocking(told, False)

    def watch() -> None:
        ready, _, _ = select([heard], [], [], timeout if 0 < timeout < _EVER else None)
        if not ready:
            os.write(2, f"kg: the query took longer than {timeout:g} s; give it more with --timeout\n".encode())
            os._exit(OUTSIDE)
        if os.read(heard, 1) == bytes([signal.SIGINT]):
            os._exit(INTERRUPTED)

    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.write(told, b"\0")
        watcher.join()
        os.close(heard)
        os.close(told)


def standard_input() -> str:
    """Return all of standard input without a byte-order mark; raises SourceError where it is closed or not UTF-8."""
    if sys.stdin is None:
        raise SourceError("standard input is closed")
    try:
        return sys.stdin.buffer.read().decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError("standard input is not UTF-8") from error
