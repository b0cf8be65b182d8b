"""What all commands share: the project of the call, names on the command line, formats, where output goes."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kg.errors import KgError, SourceError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kg.__main__ import Reading
    from kg.dataset import Dataset

DONE, SAYS_NO, WRONG_CALL, OUTSIDE, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130


@dataclass
class Call:
    """What the options before the command say: where the project is and how to speak."""

    directory: Path | None = None
    color: str = "auto"
    verbose: bool = False
    quiet: bool = False
    ahead: "Reading | None" = None
    _loaded: "Dataset | None" = field(default=None, repr=False)

    @property
    def root(self) -> Path:
        """Return the project directory."""
        from kg.dataset import find_root, is_project

        if self.directory is None:
            return find_root(here())
        if not self.directory.is_dir():
            raise SourceError(f"'{self.directory}' is no directory")
        if not is_project(self.directory):
            raise SourceError(f"'{self.directory}' is no project: a project has graph/ and ontology/")
        return self.directory

    @property
    def dataset(self) -> "Dataset":
        """Return the loaded project, once nothing in it gives away a person who hides."""
        from kg.dataset import load
        from kg.privacy import gate

        if self._loaded is None:
            root = self.root
            self._loaded = (self.ahead.of(root) if self.ahead else None) or load(root)
            gate(self._loaded.store)
        return self._loaded

    def resolve(self, name: str, class_: str | None = None) -> str:
        """Return the IRI of the thing that a name or a label on the command line stands for."""
        from kg.things import resolve

        return resolve(self.dataset.store, name, class_)

    @property
    def colored(self) -> bool:
        """Say whether standard output takes colour: as --color has it, else FORCE_COLOR, NO_COLOR, the terminal."""
        if self.color != "auto" or os.environ.get("FORCE_COLOR"):
            return self.color != "never"
        return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and on_terminal()

    def say(self, words: str) -> None:
        """Write words for the person, not data, to standard error."""
        if not self.quiet:
            click.echo(words, err=True)


def here() -> Path:
    """Return the working directory; raises SourceError where it is gone."""
    try:
        return Path.cwd()
    except OSError as error:
        raise SourceError(
            f"the working directory cannot be read: {error.strerror}; name a project with -C DIR"
        ) from error


def on_terminal() -> bool:
    """Say whether standard output is a terminal; Python has none where the caller has closed it."""
    return sys.stdout is not None and sys.stdout.isatty()


#: A command before click has made it one; its result is an exit code or nothing.
Command = TypeVar("Command", bound=Callable[..., object])

pass_call = click.make_pass_decorator(Call)


def names_of_queries(context: click.Context, _: click.Parameter, start: str) -> "list[CompletionItem]":
    """Complete the name of a stored question."""
    from click.shell_completion import CompletionItem

    from kg.dataset import find_root
    from kg.query import catalogue

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

    from kg.dataset import find_root, load
    from kg.things import completions

    directory = context.parent.params.get("directory") if context.parent else None
    try:
        store = load(directory or find_root(here())).store
    except KgError:
        return []
    return [CompletionItem(name) for name in completions(store, start)]


def format_option(*formats: str) -> Callable[[Command], Command]:
    """Return the option --format with these choices."""
    return click.option(
        "--format", "form", type=click.Choice(formats), help="Format; by default after -o's ending, else the terminal."
    )


output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, at once or not at all."
)


texts_option = click.option(
    "--texts",
    type=click.Path(path_type=Path),
    envvar="KG_TEXTS",
    metavar="DIR",
    help="Directory of the articles' texts, <article>.txt (or KG_TEXTS).",
)


def width() -> int:
    """Return how many characters a line of the terminal takes; 100 where there is none."""
    from shutil import get_terminal_size

    return get_terminal_size((100, 24)).columns


def row_format(form: str | None, output: Path | None, of_graph: bool = False) -> str:
    """Return the format: as asked, else after the file's ending, else a table on a terminal and CSV in a pipe."""
    from kg.render import ENDINGS

    if form:
        return form
    if output is not None:
        if output.suffix not in ENDINGS:
            raise KgError(f"'{output}': no format has the ending '{output.suffix}'; known: {', '.join(ENDINGS)}")
        return ENDINGS[output.suffix]
    if of_graph:
        return "turtle"
    return "table" if on_terminal() else "csv"


def write_rows(
    call: Call, columns: Sequence[str], cells: Sequence[Sequence[str]], form: str | None, output: Path | None
) -> None:
    """Write a table of text in the format that the call asks for."""
    from kg.table import rows

    write(rows(columns, cells, row_format(form, output), width(), call.colored and output is None), output)


def write(text: str | bytes, output: Path | None) -> None:
    """Write data to standard output, or to a file that appears whole or not at all.

    A symbolic link stays one, and a device or a named pipe is written to as it is. Raises SourceError where the data
    find no room.
    """
    # A directory's name need not be UTF-8, and messages have it.
    data = text if isinstance(text, bytes) else text.encode(errors="backslashreplace")
    try:
        if output is None:
            _to_standard_output(data)
        elif output.exists() and not output.is_file():
            output.write_bytes(data)
        else:
            _replace(output.resolve(), data)
    except BrokenPipeError:
        raise
    except OSError as error:
        name = f"'{output}'" if output else "standard output"
        raise SourceError(f"{name} cannot be written: {error.strerror}") from error


def _to_standard_output(data: bytes) -> None:
    if sys.stdout is None:
        raise SourceError("standard output is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError:
        # What Python still holds must not be flushed there once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def _replace(target: Path, data: bytes) -> None:
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile("wb", dir=target.parent, prefix=".kg-", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(data)
            file.close()
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def by_name(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the values of -p by the names of the parameters; raises UsageError for a name that comes twice."""
    values = dict(given)
    if len(values) < len(given):
        names = [name for name, _ in given]
        raise click.UsageError(f"parameter '{next(one for one in names if names.count(one) > 1)}' is given twice")
    return values


def many(number: int, one: str, more: str = "") -> str:
    """Return a number with its noun, `1 row`, `2,000 rows`."""
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


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


@contextmanager
def progress(what: str, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told how much is done of how much; after a second it shows that on a terminal."""
    start, shown = time.monotonic(), -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // max(total, 1)
        if percent != shown and time.monotonic() - start > 1:
            shown = percent
            click.echo(f"\r{what}: {percent} %", nl=False, err=True)

    def silent(done: int, total: int) -> None:
        """Show nothing."""

    try:
        yield silent if quiet or not sys.stderr.isatty() else report
    finally:
        if shown >= 0:
            click.echo("\r\033[K", nl=False, err=True)


def standard_input() -> str:
    """Return all of standard input without a byte-order mark; raises SourceError where it is closed or not UTF-8."""
    if sys.stdin is None:
        raise SourceError("standard input is closed")
    try:
        return sys.stdin.buffer.read().decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError("standard input is not UTF-8") from error


def text_format(form: str | None, output: Path | None) -> str:
    """Return the format of a text to read: as asked, after the file's ending, else text."""
    return form or ({".md": "md", ".json": "json"}.get(output.suffix, "text") if output else "text")
