"""The entry of `kg`: reads the graph, or opens its store, while the command line is still being imported."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from kg.project.dataset import Dataset

#: The commands that read the graph as it is; `validate` reads it in its own way.
_READERS = frozenset(["anchor", "cite", "conflicts", "coverage", "export", "origins", "path", "query", "search"])
_READERS |= frozenset(["show", "stats", "timeline", "trace"])


class Reading(Thread):
    """A project on its way into memory, or its store; an error is kept aside, for the command will meet it again."""

    def __init__(self, directory: Path | None, store: str | None) -> None:
        super().__init__()
        self._directory = directory
        self._store = store
        self._index: Path | None = None
        self._found: tuple[Dataset, str] | None = None

    def run(self) -> None:
        """Load the project that the call is about, or open its store where that is in step, and ask the gate."""
        from kg.errors import KgError
        from kg.project.config import find_root, store_of
        from kg.project.dataset import load

        try:
            root = self._directory or find_root(Path.cwd())
            self._index = store_of(root, self._store)
            if self._index is None:
                from kg.privacy.gate import refusal

                dataset = load(root)
                self._found = dataset, refusal(dataset.store)
            else:
                from kg.storage.store import current

                synced = current(root, self._index)
                self._found = (synced.dataset, synced.refusal) if synced else None
        except (KgError, OSError):
            self._found = None

    def of(self, root: Path, index: Path | None) -> "tuple[Dataset, str] | None":
        """Return the dataset and why the gate refuses it, or "", when it is the one meant and could be read."""
        self.join()
        return self._found if self._found and (self._found[0].root, self._index) == (root, index) else None


def reading(words: Sequence[str]) -> Reading | None:
    """Return the started reading of the project that these command line words are about, or None to do without."""
    directory: Path | None = None
    store = os.environ.get("KG_STORE") or None
    rest = iter(words)
    for word in rest:
        if word in ("-C", "--directory"):
            directory = Path(next(rest, "."))
        elif word == "--store":
            store = next(rest, "")
        elif not word.startswith("-"):
            if word not in _READERS or not {"-h", "--help"}.isdisjoint(words):
                return None
            if any(one.startswith("--archive") for one in words):
                return None  # an archive is judged without the project
            if os.environ.get("KG_ENDPOINT"):
                return None  # the graph is elsewhere
            ahead = Reading(directory, store)
            ahead.start()
            return ahead
        elif word not in ("-q", "--quiet", "-v", "--verbose"):
            return None
    return None


def main() -> NoReturn:
    """Run `kg`."""
    ahead = reading(sys.argv[1:])
    from kg.cli.main import run

    run(ahead)


if __name__ == "__main__":
    main()
