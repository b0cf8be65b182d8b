"""What the commands that judge an archive on Spark share: the options, the session, answers written as they come."""

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
#: Formats in which an answer can be written before it is known whole, with the number of lines at their head.
_HEADS = {"csv": 1, "jsonl": 0, "tsv": 1}
#: So many rows are held at once.
_PIECE = 10_000


def archive_options(command: Command) -> Command:
    """Add the options --archive and --master."""
    command = click.option(
        "--master", metavar="URL", help="Spark's master for --archive, such as spark://HOST:7077; by default local[*]."
    )(command)
    return click.option(
        "--archive",
        "archives",
        multiple=True,
        metavar="PATH",
        help="Judge this archive, on Spark: a part that kg export parquet wrote, or a directory of parts.",
    )(command)


def of_archive(paths: Sequence[str], master: str | None) -> bool:
    """Say whether the call is about an archive."""
    if master is not None and not paths:
        raise click.UsageError("--master is where an archive is judged: name one with --archive PATH")
    return bool(paths)


@contextmanager
def opened(options: Options, paths: Sequence[str], master: str | None) -> "Iterator[Archive]":
    """Give the archive in these places while a Spark session is open; with -v Spark says what it does."""
    import logging
    from tempfile import TemporaryDirectory

    from kg.archive.session import session
    from kg.archive.spark import Archive

    if not options.verbose:
        # What the bridge to Java logs when Ctrl-C falls into a call is not for the reader.
        logging.disable(logging.CRITICAL)
    with TemporaryDirectory(prefix="kg-") as directory:
        log = None if options.verbose else Path(directory) / "spark.log"
        with session(master, log) as spark:
            yield Archive(spark, paths)


def write_found(found: Iterable[T], text: Callable[[tuple[T, ...]], str], form: str, output: Path | None) -> int:
    """Write what was found, as `text` puts it in the format, and return how much it was.

    Where the format allows, the answer is written as it comes, so that it need not find room in memory.
    """
    count = 0

    def pieces() -> Iterator[str]:
        nonlocal count
        rows = iter(found)
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
        every = tuple(found)
        count = len(every)
        write(text(every), output)
    return count
