"""What all commands share: the project of the call, names on the command line, formats, where output goes."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kg.errors import KgError, PrivacyError, SourceError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from pyoxigraph import Store

    from kg.__main__ import Reading
    from kg.dataset import Dataset
    from kg.endpoint import Endpoint

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
        if self._remote is None and self.endpoint:
            from kg.endpoint import Endpoint
            from kg.remote import admit

            remote = Endpoint(self.endpoint, self.patience)
            admit(remote)
            self._remote = remote
        return self._remote

    def about(self, iri: str | None, *, wide: bool = False) -> "Store":
        """Return a store that has what commands about the thing need; `wide` where claims are compared."""
        if iri is not None and self._loaded is None and self.remote is not None:
            from kg.remote import near

            return near(self.remote, iri, wide=wide)
        store = self.dataset.store
        if iri is None or self.endpoint or self.index is None:
            return store
        from kg.near import AtHand, part

        found = part(AtHand(store), iri, wide=wide)  # on disk what is not read costs nothing
        return store if found is None else found

    def _read_remote(self, url: str) -> "Dataset":
        from kg.dataset import Dataset
        from kg.endpoint import Endpoint
        from kg.privacy import gate
        from kg.remote import whole

        root = self.root  # for the stored questions
        with progress("reading the graph", self.quiet) as report:
            found = whole(Endpoint(url, self.patience), report)
        gate(found)
        return Dataset(root, (), found)

    @property
    def index(self) -> Path | None:
        """Return the directory of the store, None where all is in memory."""
        from kg.dataset import store_of

        return store_of(self.root, self.store)

    def _read(self, root: Path, index: Path | None) -> "tuple[Dataset, str]":
        """Return the project and why the gate refuses it, or ""."""
        if index is None:
            from kg.dataset import load
            from kg.privacy import refusal

            dataset = load(root)
            return dataset, refusal(dataset.store)
        from kg.store import open as bring

        with progress("bringing the store in step", self.quiet) as report:
            synced = bring(root, index, say=self.say, report=report, late=True)
        return synced.dataset, synced.refusal

    def resolve(self, name: str, class_: str | None = None) -> str:
        """Return the IRI of the thing that a name or a label on the command line stands for."""
        if self._loaded is None and self.remote is not None:
            from kg.remote import find

            return find(self.remote, name, class_)
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
        from kg.table import visible  # a name of a file may hold what a terminal obeys

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

    from kg.dataset import find_root, load, store_of
    from kg.store import current
    from kg.things import completions

    given = context.parent.params if context.parent else {}
    try:
        root = given.get("directory") or find_root(here())
        index = store_of(root, given.get("store"))
        synced = current(root, index) if index else None
        dataset = synced.dataset if synced else load(root)
    except KgError:
        return []
    return [CompletionItem(name) for name in completions(dataset.store, start)]


def format_option(*formats: str) -> Callable[[Command], Command]:
    """Return the option --format with these choices."""
    return click.option(
        "--format", "form", type=click.Choice(formats), help="Format; by default after -o's ending, else the terminal."
    )


def _no_dash(_: click.Context, __: click.Parameter, output: Path | None) -> Path | None:
    return None if output == Path("-") else output


def _output_option(place: str, *, directory: bool) -> Callable[[Command], Command]:
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, dir_okay=directory, allow_dash=True),
        callback=_no_dash,
        help=f"Write to this {place}, at once or not at all; - is standard output.",
    )


output_option = _output_option("file", directory=False)
file_or_directory_option = _output_option("file, or for parquet directory", directory=True)


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
    write_all([(text, output)])


def write_all(parts: Sequence[tuple[str | bytes, Path | None]]) -> None:
    """Write several data as `write` does: the files appear all or none, and then the rest is written."""
    rest: list[tuple[bytes, Path | None]] = []
    staged: list[tuple[Path, Path]] = []
    try:
        for text, output in parts:
            # A directory's name need not be UTF-8, and messages have it.
            data = text if isinstance(text, bytes) else text.encode(errors="backslashreplace")
            with _refusal(output):
                if output is None or (output.exists() and not output.is_file()):
                    rest.append((data, output))
                else:
                    staged.append((_staged(output, [data]), output))
        for temporary, output in staged:
            with _refusal(output):
                temporary.replace(output.resolve())
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
    for data, output in rest:
        with _refusal(output):
            output.write_bytes(data) if output else _to_standard_output(data)


def pour(pieces: Iterable[str], output: Path | None) -> None:
    """Write text as `write` does, but piece by piece, so that it is never held whole."""
    data = (piece.encode(errors="backslashreplace") for piece in pieces)
    if output is not None and (output.is_file() or not output.exists()):
        with _refusal(output):
            temporary = _staged(output, data)
            try:
                temporary.replace(output.resolve())
            finally:
                temporary.unlink(missing_ok=True)
        return
    with _refusal(output), output.open("wb") if output else nullcontext() as file:
        for one in data:
            file.write(one) if file else _to_standard_output(one)


@contextmanager
def _refusal(output: Path | None) -> Iterator[None]:
    """Turn the system's refusal to write into a sentence."""
    try:
        yield
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


def _staged(output: Path, data: Iterable[bytes]) -> Path:
    """Return a new file that has the data, beside the one that it is to replace."""
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile("wb", dir=output.resolve().parent, prefix=".kg-", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.writelines(data)
            file.close()
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    return temporary


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
