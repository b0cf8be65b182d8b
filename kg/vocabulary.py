"""The closed vocabulary: every name in the project's own namespaces that is used has to be described."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store

from kg.dataset import Dataset, Source, read_text
from kg.errors import SourceError
from kg.findings import Absent, Finding, name
from kg.query import TOKEN
from kg.terms import BASE, PREFIXES, shorten, suggest

_TYPE = NamedNode(f"{PREFIXES['rdf']}type")
#: What looks like a declaration, be it in a string; cheaper than to read all tokens of every file.
_PREFIX = re.compile(r"prefix\s+([\w.-]*):\s*<([^>\n]*)>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text: what is written, its IRI ("" where the prefix is not declared), the offset."""

    written: str
    iri: str
    offset: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """A PREFIX in a text: the prefix without colon, its namespace, the offset of the namespace."""

    prefix: str
    namespace: str
    offset: int


def names(text: str) -> Iterator[Name | Declaration]:
    """Give the names and the PREFIX declarations of a SPARQL or Turtle text, which may be broken.

    What stands in strings and comments is none. The project's prefixes need no declaration.
    """
    spaces = dict(PREFIXES)
    waiting: str | None = None  # what is being declared: None for nothing, "" while its prefix is still to come
    for token in TOKEN.finditer(text):
        written, iri = token["name"], token["iri"]
        if (token["word"] or "").lower().lstrip("@") == "prefix":
            waiting = ""
        elif waiting == "" and written and written.endswith(":"):
            waiting = written
        elif waiting and iri:
            spaces[waiting[:-1]] = iri[1:-1]
            yield Declaration(waiting[:-1], iri[1:-1], token.start())
            waiting = None
        elif iri:
            yield Name(iri, iri[1:-1], token.start())
        elif written and not written.startswith("_:"):
            prefix, _, local = written.rstrip(".").partition(":")
            whole = spaces[prefix] + local.replace("\\", "") if prefix in spaces else ""
            yield Name(written.rstrip("."), whole, token.start())


def absent(root: Path, errors: Iterable[SourceError]) -> Absent:
    """Return what the Turtle files that cannot be read would have told, by the names that stand in them."""
    files = sorted({error.file for error in errors if error.file.endswith(".ttl")})
    found: set[str] = set()
    blind = False
    for file in files:
        try:
            text = (root / file).read_bytes().decode(errors="replace")
        except OSError:
            blind = True
        else:
            found.update(one.iri for one in names(text) if isinstance(one, Name))
    return Absent(tuple(files), frozenset(found), blind)


def described(*stores: Store) -> frozenset[str]:
    """Return the IRIs of all things that have a type in one of the stores."""
    return frozenset(
        quad.subject.value
        for store in stores
        for quad in store.quads_for_pattern(None, _TYPE, None)
        if isinstance(quad.subject, NamedNode)
    )


def undescribed(dataset: Dataset, known: frozenset[str]) -> dict[Source, frozenset[str]]:
    """Return for each file of the dataset the project's IRIs that it uses and that are not known."""
    found: dict[str, set[str]] = {}
    for quad in dataset.store:
        for term in (quad.subject, quad.predicate, quad.object):
            one = term.datatype if isinstance(term, Literal) else term
            if isinstance(one, NamedNode) and one.value.startswith(BASE) and one.value not in known:
                found.setdefault(str(quad.graph_name), set()).add(one.value)
    return {source: frozenset(found[graph]) for source in dataset.sources if (graph := f"<{source.graph}>") in found}


def in_graph(source: Source, unknown: frozenset[str], known: frozenset[str]) -> Iterator[Finding]:
    """Give every place in a Turtle file where one of the unknown names is used."""
    from kg.turtle import read  # brings rdflib, so only where there is something to locate

    places = read(read_text(source.path, source.name), source.name)
    seen: set[int] = set()
    for one in places.statements:
        for term, offset, path, value in (
            (one.subject, one.block, None, None),
            (one.predicate, one.verb, one.predicate, None),
            (one.object, one.value, one.predicate, one.object),
        ):
            iri = term.datatype.value if isinstance(term, Literal) else term.value
            if iri in unknown and offset not in seen:
                seen.add(offset)
                triple = (name(one.subject), name(path), name(value))
                yield _undefined(source.name, places.place(offset), iri, known, triple)


def in_query(file: str, text: str, known: frozenset[str]) -> Iterator[Finding]:
    """Give every place in a query where a name that is not known or a prefix that is not declared is used."""
    found = list(names(text))
    declared = [one.prefix for one in found if isinstance(one, Declaration)]
    for one in found:
        if isinstance(one, Declaration):
            continue
        prefix = one.written.partition(":")[0]
        if not one.written.startswith("<") and prefix not in declared:
            message = f"The prefix '{prefix}:' is not declared{suggest(prefix, declared, ':')}"
            yield _in_text("syntax:sparql", file, text, one.offset, one.written, message)
        elif one.iri.startswith(BASE) and one.iri not in known:
            yield _undefined(file, _place(text, one.offset), one.iri, known)


def prefixes(sources: Iterable[Source], queries: Mapping[str, str]) -> Iterator[Finding]:
    """Give every place in Turtle files and queries where a prefix of the project stands for another namespace."""
    for source in sources:
        try:
            text = read_text(source.path, source.name)
        except SourceError:
            continue  # a finding already, since the file could not be loaded
        if any(PREFIXES.get(found[1], found[2]) != found[2] for found in _PREFIX.finditer(text)):
            yield from _prefixes(source.name, text)
    for file, text in queries.items():
        yield from _prefixes(file, text)


def _prefixes(file: str, text: str) -> Iterator[Finding]:
    for one in names(text):
        if isinstance(one, Declaration) and (space := PREFIXES.get(one.prefix, one.namespace)) != one.namespace:
            message = f"The prefix '{one.prefix}:' stands for <{space}>."
            yield _in_text("rule:prefix", file, text, one.offset, f"<{one.namespace}>", message)


def _undefined(
    file: str,
    place: tuple[int, int],
    iri: str,
    known: frozenset[str],
    triple: tuple[str | None, str | None, str | None] = (None, None, None),
) -> Finding:
    focus, path, value = triple
    message = f"{shorten(iri)} is described nowhere{_near(iri, known)}"
    return Finding("violation", "rule:undefined-term", file, *place, focus, path, value or shorten(iri), message)


@cache
def _near(iri: str, known: frozenset[str]) -> str:
    """Return the near miss among the known names of the same namespace, if there is one."""
    space = iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]
    near = suggest(shorten(iri), [shorten(one) for one in known if one.startswith(space)])
    return near if near.endswith("?") else ""


def _in_text(rule: str, file: str, text: str, offset: int, value: str, message: str) -> Finding:
    return Finding("violation", rule, file, *_place(text, offset), None, None, value, message)


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
