"""The difference between two states of the graph, exact, since the graph has no blank nodes."""

import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import Literal, NamedNode

from kg.errors import SourceError
from kg.privacy.gate import gate
from kg.privacy.protected import LABEL
from kg.project import git
from kg.project.config import is_project
from kg.project.dataset import is_data, load
from kg.rdf.namespaces import kind, shorten

#: The property under which a change of file is shown.
FILE = "file"


@dataclass(frozen=True, slots=True)
class Change:
    """A property that differs: the values only before and only after, short names or literals in N-Triples."""

    property: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An entity or claim that was added, removed or changed: its IRI, its label, its changed properties."""

    iri: str
    label: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """The added, removed and changed items, each sorted by kind (claims last) and IRI."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[Item, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


#: The graph at one time: by IRI, the values of each property; and the labels by IRI.
_State = tuple[dict[str, dict[str, set[str]]], dict[str, str]]


def diff(root: Path, old: str | None, new: str | None) -> Difference:
    """Return the difference between `old` and `new`, each a directory or a git revision.

    By default `old` is HEAD and `new` the files of the project. Raises SourceError for a name that is neither, and for
    a file of either state that cannot be read.
    """
    (before, old_labels), (after, labels) = _state(root, old or "HEAD"), _state(root, new)
    changes = {iri: tuple(_changes(before[iri], after[iri])) for iri in before.keys() & after.keys()}
    return Difference(
        _ordered(Item(iri, labels.get(iri, "")) for iri in after.keys() - before.keys()),
        _ordered(Item(iri, old_labels.get(iri, "")) for iri in before.keys() - after.keys()),
        _ordered(Item(iri, labels.get(iri, ""), changed) for iri, changed in changes.items() if changed),
    )


def _ordered(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: (kind(item.iri) == "claim", kind(item.iri) or "", item.iri)))


def _changes(before: dict[str, set[str]], after: dict[str, set[str]]) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, set()), after.get(name, set())
        if old != new:
            yield Change(name, tuple(sorted(old - new)), tuple(sorted(new - old)))


def _state(root: Path, where: str | None) -> _State:
    """Return the triples of `graph/` in a directory (None: the project as it is) or at a git revision."""
    if where is None or Path(where).is_dir():
        directory = root if where is None else Path(where)
        if not is_project(directory):
            raise SourceError(f"'{where}' is not a project: a project has graph/ and ontology/")
        return _read(directory)
    process = git.run(root, "archive", "--format=tar", "--end-of-options", where, "graph")
    if process.returncode:
        reason = git.hint(root, where) or f": {git.reason(process)}"
        raise SourceError(f"'{where}' is neither a directory nor a git revision with graph/{reason}")
    with TemporaryDirectory() as name, tarfile.open(fileobj=io.BytesIO(process.stdout)) as archive:
        archive.extractall(name, filter="data")
        (Path(name) / "ontology").mkdir()
        try:
            return _read(Path(name))
        except SourceError as error:
            raise SourceError(error.message, f"{where}:{error.file}", error.line, error.column) from error


def _read(root: Path) -> _State:
    items: dict[str, dict[str, set[str]]] = {}
    labels: dict[str, str] = {}
    dataset = load(root)
    gate(dataset.store)
    for source in [source for source in dataset.sources if is_data(source.name)]:
        for quad in dataset.store.quads_for_pattern(None, None, None, NamedNode(source.graph)):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                values = items.setdefault(quad.subject.value, {})
                values.setdefault(shorten(quad.predicate.value), set()).add(_value(quad.object))
                values.setdefault(FILE, set()).add(source.name)
                if quad.predicate == LABEL:
                    labels[quad.subject.value] = quad.object.value
    return items, labels


def _value(term: NamedNode | Literal) -> str:
    """Return a term as Turtle writes it, with short names."""
    if isinstance(term, NamedNode):
        return shorten(term.value)
    text, separator, datatype = str(term).rpartition("^^<")
    return f"{text}^^{shorten(datatype.removesuffix('>'))}" if separator else str(term)
