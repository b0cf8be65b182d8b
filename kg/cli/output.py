"""Output of commands: formats, files written completely or not at all, tables, progress."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from pathlib import Path

import click

from kg.errors import KgError, SourceError


def on_terminal() -> bool:
    """Return whether standard output is a terminal; it is None where the caller has closed it."""
    return sys.stdout is not None and sys.stdout.isatty()


#: The function of a command, before click wraps it; it returns an exit code or None.
Command = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Output:
    """The output of a command: the format and the file that its options name, and whether to colour it."""

    form: str | None
    path: Path | None
    color: bool

    @property
    def style(self) -> tuple[str, int, bool]:
        """Return the format of rows, the width in characters, and whether to colour."""
        return self.row_format(), width(), self.color

    def row_format(self, *, of_graph: bool = False) -> str:
        """Return the format: the one given, else by the file's ending, else a table on a terminal and CSV in a pipe."""
        from kg.output.results import ENDINGS

        if self.form:
            return self.form
        if self.path is None:
            return "turtle" if of_graph else "table" if on_terminal() else "csv"
        if (ending := self.path.suffix) not in ENDINGS:
            raise KgError(f"'{self.path}': unknown ending '{ending}'; expected one of {', '.join(ENDINGS)}")
        return ENDINGS[ending]

    @property
    def text_format(self) -> str:
        """Return the format of a text for readers: the one given, else by the file's ending, else text."""
        endings = {".md": "md", ".json": "json"}
        return self.form or (endings.get(self.path.suffix, "text") if self.path else "text")

    def write(self, data: str | bytes | Iterable[str]) -> None:
        """Write data as `write_all` does."""
        write_all([(data, self.path)])

    def write_rows(self, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
        """Write a table of text in the format of rows."""
        from kg.output.table import rows

        self.write(rows(columns, cells, *self.style))


def output_options(*formats: str, directory: bool = False) -> Callable[[Command], Command]:
    """Return a decorator that adds --format with these choices, if any, and -o, and passes both as one `Output`."""
    default = "a table on a terminal and CSV in a pipe" if "table" in formats else "text"
    in_format = click.option(
        "--format",
        "format_",
        type=click.Choice(formats),
        help=f"Write in this format [default: by the ending of -o, else {default}].",
    )
    place = "PATH" if directory else "FILE"
    to_path = click.option(
        "-o",
        "--output",
        "path",
        type=click.Path(path_type=Path, dir_okay=directory, allow_dash=True),
        metavar=place,
        help=f"Write to {place}, completely or not at all [default: '-', standard output].",
    )

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_output(*args: object, path: Path | None, format_: str | None = None, **values: object) -> object:
            path = None if path == Path("-") else path
            color = path is None and click.get_current_context().obj.colored
            return command(*args, output=Output(format_, path, color), **values)

        return in_format(to_path(with_output)) if formats else to_path(with_output)

    return decorate


#: The formats of rows.
ROWS = ("table", "md", "csv", "tsv", "json", "jsonl")
row_options = output_options(*ROWS)
text_options = output_options("text", "md", "json")


def width() -> int:
    """Return the width of the terminal in characters; 100 where there is none."""
    from shutil import get_terminal_size

    return get_terminal_size((100, 24)).columns


def write_all(parts: Sequence[tuple[str | bytes | Iterable[str], Path | None]]) -> None:
    """Write data, each to its file or to standard output: all files completely, or none; then the rest.

    Pieces of text are written as they come, so that memory never holds all of them. A symbolic link, a device and a
    named pipe stay what they are. Raises SourceError where the data cannot be written.
    """
    rest: list[tuple[Iterator[bytes], Path | None]] = []
    staged: list[tuple[Path, Path]] = []
    try:
        for data, output in parts:
            pieces = _encoded([data] if isinstance(data, str | bytes) else data)
            with _refusal(output):
                if output is None or (output.exists() and not output.is_file()):
                    rest.append((pieces, output))
                else:
                    staged.append((_staged(output, pieces), output))
        for temporary, output in staged:
            with _refusal(output):
                temporary.replace(output.resolve())
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
    for pieces, output in rest:
        with _refusal(output), output.open("wb") if output else nullcontext() as file:
            for piece in pieces:
                file.write(piece) if file else _to_standard_output(piece)


def _encoded(pieces: Iterable[str | bytes]) -> Iterator[bytes]:
    # Messages contain names of directories, which need not be UTF-8.
    return (piece if isinstance(piece, bytes) else piece.encode(errors="backslashreplace") for piece in pieces)


@contextmanager
def _refusal(output: Path | None) -> Iterator[None]:
    """Raise SourceError for an error of the system in writing."""
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
        # Python would flush its buffer once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


def _staged(output: Path, data: Iterable[bytes]) -> Path:
    """Return a new file with the data, in the directory of the one that it will replace."""
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


def many(number: int, one: str, more: str = "") -> str:
    """Return a number with its noun, `1 row`, `2,000 rows`."""
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


@contextmanager
def progress(what: str, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield a function of (done, total) that shows the percentage on a terminal, from the first second on."""
    start, shown, silent = time.monotonic(), -1, quiet or not sys.stderr.isatty()

    def report(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // max(total, 1)
        if not silent and percent != shown and time.monotonic() - start > 1:
            shown = percent
            click.echo(f"\r{what}: {percent} %", nl=False, err=True)

    try:
        yield report
    finally:
        if shown >= 0:
            click.echo("\r\033[K", nl=False, err=True)
