"""Archives on Spark: the options, the session and the output of the commands that judge them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kg.cli.output import Command, Output

if TYPE_CHECKING:
    from kg.archive.spark import Archive

T = TypeVar("T")
#: Formats whose rows are written as they come, with the number of lines in the header.
_HEADS = {"csv": 1, "jsonl": 0, "tsv": 1}
#: Rows held in memory at a time.
_PIECE = 10_000


def archive_options(command: Command) -> Command:
    """Add the options --archive and --master, and pass the archive that they name, not opened yet, or None."""

    @wraps(command)
    def with_archive(
        *args: object, paths: tuple[str, ...], master: str | None, output: Output, **values: object
    ) -> object:
        if master is not None and not paths:
            raise click.UsageError("--master applies to an archive: name one with --archive PATH")
        output.row_format()  # a wrong format is refused before Spark starts
        verbose = click.get_current_context().obj.verbose
        archive = _opened(paths, master, verbose=verbose) if paths else None
        return command(*args, archive=archive, output=output, **values)

    to_master = click.option(
        "--master",
        metavar="URL",
        help="Run --archive on the Spark master at URL, such as spark://HOST:7077 [default: local[*]].",
    )
    of_paths = click.option(
        "--archive",
        "paths",
        multiple=True,
        metavar="PATH",
        help="Judge the archive at PATH, on Spark: a part written by kg export parquet, or a directory of parts.",
    )
    return of_paths(to_master(with_archive))


@contextmanager
def _opened(paths: Sequence[str], master: str | None, *, verbose: bool) -> "Iterator[Archive]":
    """Yield the archive in a Spark session; with `verbose` Spark logs to standard error."""
    import logging
    from tempfile import TemporaryDirectory

    from kg.archive.spark import Archive
    from kg.archive.spark_session import session

    if not verbose:
        # The bridge to Java logs tracebacks when Ctrl-C interrupts a call.
        logging.disable(logging.CRITICAL)
    with TemporaryDirectory(prefix="kg-") as directory:
        log = None if verbose else Path(directory) / "spark.log"
        with session(master, log) as spark:
            yield Archive(spark, paths)


def write_results(items: Iterable[T], text: Callable[[tuple[T, ...]], str], output: Output) -> int:
    """Write the items, rendered by `text` in the format of rows, and return their number.

    Formats in `_HEADS` are written as the items come, so that the items never fill memory.
    """
    if (form := output.row_format()) not in _HEADS:
        rows = tuple(items)
        output.write(text(rows))
        return len(rows)
    count = 0

    def pieces() -> Iterator[str]:
        nonlocal count
        rows = iter(items)
        while (piece := tuple(islice(rows, _PIECE))) or count == 0:
            lines = text(piece)
            yield lines if count == 0 else lines.split("\n", _HEADS[form])[-1]
            if not piece:
                return
            count += len(piece)

    output.write(pieces())
    return count
