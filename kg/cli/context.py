"""The context of commands: exit codes, options, completions, the time limit, standard input."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.output import Command, on_terminal
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
            raise SourceError(f"'{self.directory}' is not a directory: name a project with -C DIR")
        if not is_project(self.directory):
            raise SourceError(f"'{self.directory}' is not a project: a project has graph/ and ontology/")
        return self.directory

    @property
    def index_directory(self) -> Path | None:
        """Return the directory of the index, None where the graph is read into memory."""
        from kg.storage.location import directory_in_use

        return directory_in_use(self.root, self.index)

    @property
    def colored(self) -> bool:
        """Return whether to colour standard output: by --color, else FORCE_COLOR, NO_COLOR, the terminal."""
        if self.color != "auto" or os.environ.get("FORCE_COLOR"):
            return self.color != "never"
        return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and on_terminal()

    def say(self, words: str) -> None:
        """Write a message for the user to standard error."""
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


def completion(
    names: Callable[[Options, str], Mapping[str, str | None]],
) -> "Callable[[click.Context, click.Parameter, str], list[CompletionItem]]":
    """Return a shell completion, given a function that returns names with their help by the start of the name."""

    def complete(context: click.Context, _: click.Parameter, start: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        # A shell asks for completions without calling the group, so that its options are parameters of the parent.
        values = context.parent.params if context.parent else {}
        with suppress(KgError):
            matches = names(Options(values.get("directory"), values.get("index")), start).items()
            return [CompletionItem(name, help=help_) for name, help_ in matches if name.startswith(start)]
        return []

    return complete


@completion
def names_of_questions(options: Options, _: str) -> dict[str, str | None]:
    """Return the names of the stored questions with their summaries."""
    from kg.query.questions import catalogue

    return {name: question.summary for name, question in catalogue(options.root).items()}


@completion
def names_of_entities(options: Options, start: str) -> dict[str, str | None]:
    """Return the short names of entities."""
    from kg.claims.entities import completions
    from kg.project.dataset import load
    from kg.storage.store import current

    root, index = options.root, options.index_directory
    synced = current(root, index) if index else None
    return dict.fromkeys(completions((synced.dataset if synced else load(root)).store, start))


texts_option = click.option(
    "--texts",
    type=click.Path(path_type=Path),
    envvar="KG_TEXTS",
    metavar="DIR",
    help="Read the source texts in DIR, one <article>.txt each [env: KG_TEXTS].",
)


def number_option(name: str, text: str, *, default: int | None = None, low: int = 1) -> Callable[[Command], Command]:
    """Return an option for a whole number N, at least `low`."""
    kind = click.IntRange(min=low)
    return click.option(name, type=kind, default=default, show_default=True, metavar="N", help=text)


def _by_name(_: click.Context, __: click.Parameter, parameters: Sequence[tuple[str, str]]) -> dict[str, str]:
    names = [name for name, _ in parameters]
    for name in names:
        if names.count(name) > 1:
            raise click.UsageError(f"parameter '{name}' is given twice: give it once")
    return dict(parameters)


parameters_option = click.option(
    "-p",
    "--param",
    "parameters",
    nargs=2,
    multiple=True,
    callback=_by_name,
    metavar="NAME VALUE",
    help="Set a parameter of the query.",
)


#: Seconds from which on, as for NaN, no limit is set: `select` takes no longer time.
_NO_LIMIT = 1e9


@contextmanager
def guarded(timeout: float) -> Iterator[None]:
    """End the process on Ctrl-C, or after `timeout` seconds, while the engine runs, which Python cannot interrupt."""
    import signal
    import threading
    from select import select

    reader, writer = os.pipe()
    os.set_blocking(writer, False)

    def watch() -> None:
        ready, _, _ = select([reader], [], [], timeout if 0 < timeout < _NO_LIMIT else None)
        if not ready:
            os.write(2, f"kg: the query took longer than {timeout:g} s: allow more with --timeout SECONDS\n".encode())
            os._exit(OUTSIDE)
        if os.read(reader, 1) == bytes([signal.SIGINT]):
            os._exit(INTERRUPTED)

    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.write(writer, b"\0")
        watcher.join()
        os.close(reader)
        os.close(writer)


def standard_input() -> str:
    """Return all of standard input without a byte-order mark; raises SourceError where it is closed or not UTF-8."""
    if sys.stdin is None:
        raise SourceError("standard input is closed")
    try:
        return sys.stdin.buffer.read().decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError("standard input is not UTF-8: convert it to UTF-8") from error
