"""What all commands share: the project of the call, names on the command line, the time limit."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.output import on_terminal
from kg.errors import KgError, SourceError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

DONE, SAYS_NO, WRONG_CALL, OUTSIDE, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130


@dataclass(frozen=True, slots=True)
class Options:
    """The options before the command: where the graph is, and how the command writes."""

    directory: Path | None = None
    index: str | None = None
    endpoint: str | None = None
    color: str = "auto"
    verbose: bool = False
    quiet: bool = False

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
    def index_directory(self) -> Path | None:
        """Return the directory of the index, None where the graph is read into memory."""
        from kg.storage.location import directory_in_use

        return directory_in_use(self.root, self.index)

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


def here() -> Path:
    """Return the working directory; raises SourceError where it is gone."""
    try:
        return Path.cwd()
    except OSError as error:
        raise SourceError(
            f"the working directory cannot be read: {error.strerror}; name a project with -C DIR"
        ) from error


pass_options = click.make_pass_decorator(Options)


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
    from kg.project.config import find_root
    from kg.project.dataset import load
    from kg.storage.location import directory_in_use
    from kg.storage.store import current

    given = context.parent.params if context.parent else {}
    try:
        root = given.get("directory") or find_root(here())
        index = directory_in_use(root, given.get("index"))
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
