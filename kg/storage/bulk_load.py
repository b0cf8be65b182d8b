"""One TriG document of many Turtle files, each in its graph, which the engine reads once, as fast as its own dump.

Files loaded one by one make files of their own in the index, which takes ten times as long; as N-Quads each would be
read twice. So a file goes into the document as it is, between braces, if its text shows that it means the same there
as alone. Otherwise it is parsed, and goes in as N-Triples.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from pyoxigraph import NamedNode

from kg.project.dataset import Source, is_newer, text_of, triples

#: Declarations, comments and empty lines at the start of a file, in the usual layout; any other is not recognised.
_HEAD = re.compile(
    r"(?:[ \t]*(?:(?:@prefix[ \t]+[A-Za-z][\w-]*:[ \t]*<[^<>\"{}|^`\\\s]*>[ \t]*\."
    r"|PREFIX[ \t]+[A-Za-z][\w-]*:[ \t]*<[^<>\"{}|^`\\\s]*>)[ \t]*)?(?:#[^\r\n]*)?\r?\n)*+",
    re.ASCII,
)
_PREFIX = re.compile(r"^[ \t]*(?:@prefix|PREFIX)[ \t]+([\w-]+):", re.MULTILINE | re.ASCII)
#: A later declaration, which no graph may contain, or a line that looks like one.
_LATER = re.compile(r"^[ \t]*(?:@|prefix\b|base\b|version\b)", re.MULTILINE | re.IGNORECASE)
#: Tokens that could end the graph, belong to one file alone, or run on into the next file.
_OUTSIDE = ("}", "_:", '"""', "'''")
#: The end of the last statement.
_END = re.compile(r"\s\.\s*\Z")
#: The most prefixes of a document: each file is searched for all those that it does not declare itself.
_MOST = 100


class Bundle:
    """A document in the making: its parts, joined in order, are TriG with the graphs that `load` reads from the files.

    A syntax error in a file that is copied as it is makes the whole document unreadable.
    """

    def __init__(self) -> None:
        self._declared: frozenset[str] = frozenset()

    def part(self, source: Source) -> tuple[bytes, bytes]:
        """Return the content of a file, without a byte-order mark, and its part of the document.

        Raises SourceError for a file that cannot be read; if it is parsed, as `read` does.
        """
        text = text_of(source)
        match = None if is_newer(text) else _HEAD.match(text)
        head = match[0] if match else ""
        body, graph = text[len(head) :], NamedNode(source.graph)
        if not (head and self._is_plain(head, body)):
            return text.encode(), b"GRAPH %s {\n%s}\n" % (str(graph).encode(), triples(text, source))
        self._declared |= _declared(head)
        return text.encode(), f"{head}GRAPH {graph} {{\n{body}\n}}\n".encode()

    def _is_plain(self, head: str, body: str) -> bool:
        """Return whether a file means the same in the document as alone."""
        if not _END.search(body, max(0, len(body) - 100)) or "#" in body[body.rstrip().rfind("\n") + 1 :]:
            return False  # between braces the last full stop may be missing
        if any(token in body for token in _OUTSIDE) or _LATER.search(body):
            return False
        # A prefix that only another file declares would be known here as well.
        own = _declared(head)
        return len(self._declared | own) <= _MOST and not any(f"{name}:" in body for name in self._declared - own)


@lru_cache(maxsize=64)
def _declared(head: str) -> frozenset[str]:
    """Return the prefixes that a file declares; cached, since many files have the same beginning."""
    return frozenset(_PREFIX.findall(head))


class Stream:
    """A file object that reads the parts of a document one after another."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes more; none at the end."""
        while not self._rest and (part := next(self._parts, None)) is not None:
            self._rest = memoryview(part)
        data, self._rest = self._rest[:size], self._rest[size:]
        return bytes(data)
