"""Many Turtle files as one TriG document, each in its graph, which the engine reads once and as fast as its own dump.

Each file loaded by itself makes files of its own in the index, which takes ten times as long; and turned into N-Quads
each would be read twice. So a file goes into the document as it is, between braces, where it can mean nothing else
there than alone. Where that is not plain from its text it is parsed, and goes in as N-Triples.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from pyoxigraph import NamedNode

from kg.project.dataset import Source, is_newer, text_of, triples

#: Declarations, comments and empty lines, as they begin a file; what is written otherwise is not recognised.
_HEAD = re.compile(
    r"(?:[ \t]*(?:(?:@prefix[ \t]+[A-Za-z][\w-]*:[ \t]*<[^<>\"{}|^`\\\s]*>[ \t]*\."
    r"|PREFIX[ \t]+[A-Za-z][\w-]*:[ \t]*<[^<>\"{}|^`\\\s]*>)[ \t]*)?(?:#[^\r\n]*)?\r?\n)*+",
    re.ASCII,
)
_PREFIX = re.compile(r"^[ \t]*(?:@prefix|PREFIX)[ \t]+([\w-]+):", re.MULTILINE | re.ASCII)
#: A declaration behind the first ones, which no graph may hold; or what looks like one.
_LATER = re.compile(r"^[ \t]*(?:@|prefix\b|base\b|version\b)", re.MULTILINE | re.IGNORECASE)
#: What could end the graph, what belongs to one file alone, what can run on into the next.
_OUTSIDE = ("}", "_:", '"""', "'''")
#: The end of the last statement.
_END = re.compile(r"\s\.\s*\Z")
#: So many prefixes the document has at most: all that a file does not declare itself are looked for in it.
_MANY = 100


class Bundle:
    """A document in the making. Its parts, joined in their order, are TriG that holds what `load` finds in the files.

    A fault of a file that is taken as it is makes the whole document one that cannot be read.
    """

    def __init__(self) -> None:
        self._declared: frozenset[str] = frozenset()

    def part(self, source: Source) -> tuple[bytes, bytes]:
        """Return what is in a file, without a byte-order mark, and its part of the document.

        Raises SourceError where it cannot be read, and where it is parsed as `read` does.
        """
        text = text_of(source)
        found = None if is_newer(text) else _HEAD.match(text)
        head = found[0] if found else ""
        body, graph = text[len(head) :], NamedNode(source.graph)
        if not (head and self._is_plain(head, body)):
            return text.encode(), b"GRAPH %s {\n%s}\n" % (str(graph).encode(), triples(text, source))
        self._declared |= _declared(head)
        return text.encode(), f"{head}GRAPH {graph} {{\n{body}\n}}\n".encode()

    def _is_plain(self, head: str, body: str) -> bool:
        """Say whether a file means the same in the document as alone."""
        if not _END.search(body, max(0, len(body) - 100)) or "#" in body[body.rstrip().rfind("\n") + 1 :]:
            return False  # between braces the last full stop may be missing
        if any(one in body for one in _OUTSIDE) or _LATER.search(body):
            return False
        # A prefix that only another file declares would be known here as well.
        own = _declared(head)
        return len(self._declared | own) <= _MANY and not any(f"{one}:" in body for one in self._declared - own)


@lru_cache(maxsize=64)
def _declared(head: str) -> frozenset[str]:
    """Return the prefixes that a file declares: many files begin alike."""
    return frozenset(_PREFIX.findall(head))


class Stream:
    """Parts of a document, read as one file as they come."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Return some more bytes, so many at most; none at the end."""
        while not self._rest and (part := next(self._parts, None)) is not None:
            self._rest = memoryview(part)
        found, self._rest = self._rest[:size], self._rest[size:]
        return bytes(found)
