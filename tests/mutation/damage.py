"""Damage as a change of a file's text, and the mutant that it makes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mutation.files import Block, Source

#: Two offsets of a file's text, and the text that replaces what is between them.
Change = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Damage:
    """Changes of one file's text, in order; `what` is the kind of line that they hit.

    `names` are entities at which the damage also shows: a name that is no longer described shows where it is used.
    """

    changes: tuple[Change, ...]
    what: str
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mutant:
    """The project with one damage: the file and its text, the damaged lines and blocks, and how they were before.

    `rows` are the lines of the damaged blocks, `line` the first damaged line, each as the damaged file counts them.
    """

    seed: int
    operator: str
    file: str
    line: int
    rows: frozenset[int]
    before: str
    after: str
    text: str
    what: str
    names: frozenset[str]

    def __str__(self) -> str:
        return f"{self.operator} (seed {self.seed}) {self.file}:{self.line}\n  - {self.before}\n  + {self.after}"

    @contextmanager
    def inflicted(self, root: Path) -> Iterator[None]:
        """Damage the project in `root` for a while."""
        path = root / self.file
        before = path.read_bytes()
        path.write_text(self.text, encoding="utf-8")
        try:
            yield
        finally:
            path.write_bytes(before)


def mutant(seed: int, operator: str, source: Source, damage: Damage) -> Mutant:
    """Return the mutant that a damage makes of a file."""
    text, spans, shift, last = [], [], 0, 0
    for start, end, new in damage.changes:
        text += [source.text[last:start], new]
        spans.append((start + shift, start + shift + len(new)))
        shift += len(new) - (end - start)
        last = end
    whole = "".join([*text, source.text[last:]])
    first = whole.count("\n", 0, spans[0][0]) + 1
    # A term shows where it is used.
    terms = {block.subject for block in source.blocks if block.subject.startswith("kg:") and _hit(block, damage)}
    return Mutant(
        seed,
        operator,
        source.name,
        first,
        frozenset(_rows(source, damage.changes, whole)),
        _shown(source.text, [(start, end) for start, end, _ in damage.changes]),
        _shown(whole, spans),
        whole,
        damage.what,
        damage.names | terms,
    )


def _hit(block: Block, damage: Damage) -> bool:
    return any(block.start <= start < block.end for start, _, _ in damage.changes)


def _rows(source: Source, changes: tuple[Change, ...], whole: str) -> Iterator[int]:
    """Yield the lines of the changes and of the blocks in which they begin."""
    for start, end, _ in changes:
        holding = [block for block in source.blocks if block.start <= start <= block.end]
        first = min(start, *(block.start for block in holding)) if holding else start
        last = max(end, *(block.end - 1 for block in holding)) if holding else end
        before = sum(len(new) - (until - since) for since, until, new in changes if since < first)
        within = sum(len(new) - (until - since) for since, until, new in changes if first <= since <= last)
        yield from range(whole.count("\n", 0, first + before) + 1, whole.count("\n", 0, last + before + within) + 2)


def _shown(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the lines of the spans, each in short."""
    lines = dict.fromkeys(
        line.strip()
        for start, end in spans
        for line in text[text.rfind("\n", 0, start) + 1 : max(text.find("\n", end), end)].split("\n")
    )
    short = [line if len(line) <= 90 else f"{line[:89]}…" for line in lines if line]
    return " ⏎ ".join(short[:4]) + (f" ⏎ … {len(short) - 4} more" if len(short) > 4 else "")
