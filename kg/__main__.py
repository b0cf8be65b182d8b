"""The entry of `kg`: reads the graph on a second core while the command line is still being imported."""

import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from kg.dataset import Dataset

#: The commands that read the graph as it is; `validate` reads it in its own way.
_READERS = frozenset(["anchor", "cite", "conflicts", "coverage", "export", "origins", "path", "query", "search"])
_READERS |= frozenset(["show", "stats", "timeline", "trace"])


class Reading(Thread):
    """A project on its way into memory; an error is kept aside, for the command will meet it again in its turn."""

    def __init__(self, directory: Path | None) -> None:
        super().__init__()
        self._directory = directory
        self._dataset: Dataset | None = None

    def run(self) -> None:
        """Load the project that the call is about."""
        from kg.dataset import find_root, load
        from kg.errors import KgError

        try:
            self._dataset = load(self._directory or find_root(Path.cwd()))
        except (KgError, OSError):
            self._dataset = None

    def of(self, root: Path) -> "Dataset | None":
        """Return the dataset when it is that of the directory and could be read."""
        self.join()
        return self._dataset if self._dataset is not None and self._dataset.root == root else None


def reading(words: Sequence[str]) -> Reading | None:
    """Return the started reading of the project that these command line words are about, or None to do without."""
    directory: Path | None = None
    rest = iter(words)
    for word in rest:
        if word in ("-C", "--directory"):
            directory = Path(next(rest, "."))
        elif not word.startswith("-"):
            if word not in _READERS or not {"-h", "--help"}.isdisjoint(words):
                return None
            ahead = Reading(directory)
            ahead.start()
            return ahead
        elif word not in ("-q", "--quiet", "-v", "--verbose"):
            return None
    return None


def main() -> NoReturn:
    """Run `kg`."""
    ahead = reading(sys.argv[1:])
    from kg.cli import run

    run(ahead)


if __name__ == "__main__":
    main()
