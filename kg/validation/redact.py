"""What findings and reports do not repeat, for they travel further than the graph: who a person is that hides."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.errors import NameUnknownError
from kg.project.dataset import HIDING
from kg.project.files import glance
from kg.rdf.namespaces import PREFIXES, SPACES, expand, kind
from kg.validation.finding import Finding

_IDENTITY, _NAMED = NamedNode(f"{PREFIXES['kg']}identity"), NamedNode(f"{PREFIXES['kg']}Named")
_ENDS = tuple(NamedNode(f"{PREFIXES['rdf']}{name}") for name in ("subject", "object"))
#: What says by a name alone who somebody is.
_LINKS = frozenset(["owl:sameAs", "skos:closeMatch", "skos:exactMatch"])
#: What stands in the place of a text that is not repeated.
VEIL = "…"


def hides(store: Store, node: NamedNode | BlankNode) -> bool:
    """Say whether a node is, or has as its subject or object, a person who is not named throughout.

    What has no name of its own may be one.
    """
    about = [node, *(quad.object for end in _ENDS for quad in store.quads_for_pattern(node, end, None))]
    if any(isinstance(one, BlankNode) for one in about):
        return True
    people = (one for one in about if isinstance(one, NamedNode) and kind(one.value) == "person")
    return any({quad.object for quad in store.quads_for_pattern(one, _IDENTITY, None)} != {_NAMED} for one in people)


def veiled(findings: Iterable[Finding], root: Path, store: Store) -> Iterator[Finding]:
    """Give the findings; those on people who hide, and on claims about them, without the texts that are given there.

    A name that leads out of the project is such a text, too. Where Turtle cannot be read nobody knows of whom it
    speaks: of files that have people who hide the line is not repeated.
    """

    @cache
    def texts(focus: str) -> frozenset[str] | None:
        node = _node(focus)
        if not hides(store, node):
            return None
        quads = store.quads_for_pattern(node, None, None) if isinstance(node, NamedNode) else ()
        return frozenset(
            quad.object.value for quad in quads if isinstance(quad.object, Literal) and _is_text(quad.object)
        )

    @cache
    def of_people(file: str) -> bool:
        return HIDING.search(glance(root, file) or "") is not None

    for one in findings:
        if one.rule == "syntax:turtle":
            yield replace(one, veiled=of_people(one.file))
            continue
        said = texts(one.focus) if one.focus else None
        yield one if said is None else _veiled(one, said)


def _veiled(finding: Finding, texts: frozenset[str]) -> Finding:
    value = finding.value
    if value is not None and (finding.path in _LINKS or not _harmless(value)):
        texts, value = texts | {value.removesuffix(VEIL)}, VEIL
    return replace(finding, value=value, message=unsaid(finding.message, texts), veiled=True)


def unsaid(message: str, texts: Iterable[str]) -> str:
    """Return a message in which these texts do not stand, nor the beginning of one with which it breaks off."""
    for text in sorted(filter(str.strip, texts), key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", VEIL, message)
        start = message.find(text[:40]) if len(text) > 40 else -1
        message = message if start < 0 else message[:start] + VEIL
    return message


def _node(focus: str) -> NamedNode | BlankNode:
    try:
        return NamedNode(expand(focus))
    except NameUnknownError:
        return NamedNode(focus[1:-1]) if focus.startswith("<") else BlankNode()


def _is_text(literal: Literal) -> bool:
    return literal.language is not None or literal.datatype.value == f"{PREFIXES['xsd']}string"


def _harmless(value: str) -> bool:
    """Say whether a value is a name of the project or of a vocabulary."""
    try:
        return expand(value).startswith(SPACES)
    except NameUnknownError:
        return value == "[]"
