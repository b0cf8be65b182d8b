"""The project's Turtle files as a curator sees them: blocks of lines, each line a property with a value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

#: What is damaged: the graph, and of the vocabulary what curators add to.
PATTERNS = ("graph/**/*.ttl", "ontology/*/codes.ttl", "ontology/*/predicates.ttl")
_SUBJECT = re.compile(r"(?m)^(?=\w+:\S+$)")
_PROPERTY = re.compile(r"    (\S+)(?: (\S.*) [;,])?$")
_FURTHER = re.compile(r"        (\S.*) [;,]$")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a block: its subject with class, its property, how it is written, and its offsets.

    `row` is its line, counted from 1; `alone` says that the property has no other value in the block, so that the value
    is on the property's line.
    """

    subject: str
    kind: str
    predicate: str
    written: str
    start: int
    end: int
    row: int
    alone: bool

    @property
    def what(self) -> str:
        """Return the kind of line: the class of the subject and the property."""
        return f"{self.kind} {self.predicate}"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a file: from the line of its subject to that of the full stop, the end exclusive."""

    subject: str
    kind: str
    start: int
    end: int
    first: int
    last: int
    values: tuple[Value, ...]

    def of(self, predicate: str) -> tuple[Value, ...]:
        """Return the values of a property."""
        return tuple(one for one in self.values if one.predicate == predicate)

    def says(self, predicate: str) -> str:
        """Return the first value of a property as it is written, or nothing."""
        return next((one.written for one in self.of(predicate)), "")


@dataclass(frozen=True, slots=True)
class Source:
    """A file: its name relative to the project, its text, its blocks."""

    name: str
    text: str
    blocks: tuple[Block, ...]

    @property
    def article(self) -> str:
        """Return the article whose file it is, or nothing."""
        return f"article:{Path(self.name).stem}" if "/articles/" in self.name else ""

    def values(self, *predicates: str) -> Iterator[Value]:
        """Yield the values of these properties, or of all."""
        for block in self.blocks:
            for one in block.values:
                if not predicates or one.predicate in predicates:
                    yield one

    def line(self, value: Value) -> tuple[int, int]:
        """Return the offsets of the whole line of a value, the end exclusive and behind the line feed."""
        return self.text.rfind("\n", 0, value.start) + 1, self.text.index("\n", value.end) + 1

    def lines(self, values: tuple[Value, ...]) -> tuple[int, int]:
        """Return the offsets of all lines of a property, given all its values."""
        start = self.line(values[0])[0]
        if not values[0].alone:
            start = self.text.rfind("\n", 0, start - 1) + 1
        return start, self.line(values[-1])[1]


@dataclass(frozen=True)
class World:
    """All files, and what operators look up in them: things by class, codes by list, claims' and passages' blocks."""

    sources: tuple[Source, ...]
    blocks: dict[str, Block] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path) -> "World":
        """Return the files of the project in `root`."""
        paths = sorted({path for pattern in PATTERNS for path in root.glob(pattern)})
        found = tuple(_source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
        return cls(found, {block.subject: block for source in found for block in source.blocks})

    @cached_property
    def by_kind(self) -> dict[str, list[str]]:
        """Return the things of each class."""
        found: dict[str, list[str]] = {}
        for name, block in self.blocks.items():
            found.setdefault(block.kind, []).append(name)
        return found

    @cached_property
    def lists(self) -> dict[str, list[str]]:
        """Return the codes of each list."""
        found: dict[str, list[str]] = {}
        for name, block in self.blocks.items():
            if scheme := block.says("skos:inScheme"):
                found.setdefault(scheme, []).append(name)
        return found

    @cached_property
    def properties(self) -> dict[str, list[str]]:
        """Return the properties that the things of each class have."""
        found: dict[str, set[str]] = {}
        for block in self.blocks.values():
            found.setdefault(block.kind, set()).update(one.predicate for one in block.values)
        return {kind: sorted(names) for kind, names in found.items()}

    def kind(self, name: str) -> str:
        """Return the class of a thing, nothing for a literal or a name that no file describes."""
        return self.blocks[name].kind if name in self.blocks else ""

    def source(self, name: str) -> Source:
        """Return the file that describes a thing."""
        return next(source for source in self.sources if any(block.subject == name for block in source.blocks))


def _source(name: str, text: str) -> Source:
    starts = [found.start() for found in _SUBJECT.finditer(text)]
    return Source(name, text, tuple(_block(text, start) for start in starts))


def _block(text: str, start: int) -> Block:
    end = text.index("\n.\n", start) + 3
    first = text.count("\n", 0, start) + 1
    lines = text[start:end].splitlines()
    subject, kind = lines[0], next(line.split()[1] for line in lines if line.startswith("    a "))
    values: list[Value] = []
    offset, predicate = start + len(lines[0]) + 1, ""
    for row, line in enumerate(lines[1:-1], start=first + 1):
        head = _PROPERTY.fullmatch(line)
        written = head[2] if head else found[1] if (found := _FURTHER.fullmatch(line)) else None
        predicate = head[1] if head else predicate
        if written is not None:
            at = offset + line.index(written)
            values.append(Value(subject, kind, predicate, written, at, at + len(written), row, head is not None))
        offset += len(line) + 1
    return Block(subject, kind, start, end, first, first + len(lines) - 1, tuple(values))
