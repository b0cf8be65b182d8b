"""Archives on Spark: the options, the session and the output of the commands that judge them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kg.cli.context import Options
from kg.cli.output import Command, pour, write

if TYPE_CHECKING:
    from kg.archive.spark import Archive

T = TypeVar("T")
#: Formats whose rows are written as they come, with the number of lines in the header.
_HEADS = {"csv": 1, "jsonl": 0, "tsv": 1}
#: Rows held in memory at a time.
_PIECE = 10_000


def archive_options(command: Command) -> Command:
    """Add the options --archive and --master."""
    command = click.option(
        "--master",
        metavar="URL",
        help="Run --archive on the Spark master at URL, such as spark://HOST:7077 [default: local[*]].",
    )(command)
    return click.option(
        "--archive",
        "archives",
        multiple=True,
        metavar="PATH",
        help="Judge the archive at PATH, on Spark: a part written by kg export parquet, or a directory of parts.",
    )(command)


def of_archive(paths: Sequence[str], master: str | None) -> bool:
    """Say whether the call is about an archive."""
    if master is not None and not paths:
        raise click.UsageError("--master applies to an archive: name one with --archive PATH")
    return bool(paths)


@contextmanager
def opened(options: Options, paths: Sequence[str], master: str | None) -> "Iterator[Archive]":
    """Yield the archive in a Spark session; with -v Spark logs to standard error."""
    import logging
    from tempfile import TemporaryDirectory

    from kg.archive.session import session
    from kg.archive.spark import Archive

    if not options.verbose:
        # The bridge to Java logs tracebacks when Ctrl-C interrupts a call.
        logging.disable(logging.CRITICAL)
    with TemporaryDirectory(prefix="kg-") as directory:
        log = None if options.verbose else Path(directory) / "spark.log"
        with session(master, log) as spark:
            yield Archive(spark, paths)


def write_results(items: Iterable[T], text: Callable[[tuple[T, ...]], str], form: str, output: Path | None) -> int:
    """Write the items, rendered by `text` in the format, and return their number.

    Formats in `_HEADS` are written as the items come, so that the items never fill memory.
    """
    count = 0

    def pieces() -> Iterator[str]:
        nonlocal count
        rows = iter(items)
        piece = tuple(islice(rows, _PIECE))
        while piece or count == 0:
            lines = text(piece)
            yield lines if count == 0 else lines.split("\n", _HEADS[form])[-1]
            count += len(piece)
            if not (piece := tuple(islice(rows, _PIECE))):
                return

    if form in _HEADS:
        pour(pieces(), output)
    else:
        rows = tuple(items)
        count = len(rows)
        write(text(rows), output)
    return count
