"""The labelled pairs of `tests/verdicts/` (see its README), read into stores and claims."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store
from support.paths import VOCABULARY

from kg.analysis.conflicts import Conflict, judge
from kg.analysis.verdict_context import Context
from kg.analysis.verdicts import pair_of
from kg.claims.background import KG, RDF, background
from kg.claims.claim import claims
from kg.rdf.namespaces import PREFIXES, expand

HERE = Path(__file__).resolve().parents[1]
VERDICTS = HERE / "verdicts"

_XSD = PREFIXES["xsd"]
_SCHEMA = PREFIXES["schema"]
_CODES = {
    **{word: ("polarity", word.capitalize()) for word in ("denied",)},
    **{word: ("modality", word.capitalize()) for word in ("planned", "hoped", "hypothetical")},
    **{word: ("certainty", word.capitalize()) for word in ("probable", "possible", "unconfirmed")},
}
_NAMES = {"speaker": "speaker", "for": "speaksFor", "via": "via", "at": "where"}
_LINKS = {"carried-from": "derivedFromClaim", "revises": "revises"}
_AMOUNT = re.compile(r"(\d+)(\.\.(\d*))? (\w+)\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled pair: file and title, the lines of its claims, the expected verdict, and why."""

    file: str
    title: str
    lines: tuple[tuple[str, str], ...]
    expected: str
    why: str


def cases() -> tuple[Case, ...]:
    """Return all labelled pairs in the order of their files."""
    return tuple(case for path in sorted(VERDICTS.glob("*.txt")) for case in _read(path))


def _read(path: Path) -> Iterator[Case]:
    for block in path.read_text(encoding="utf-8").split("== ")[1:]:
        title, *rest = [line for line in block.splitlines() if line.strip()]
        expected, _, why = rest.pop().removeprefix("-> ").partition(": ")
        lines = tuple((name, content) for name, _, content in (line.partition(": ") for line in rest))
        yield Case(path.name, title, lines, expected, why)


def store_of(case: Case) -> Store:
    """Return a store with the ontology, the background of all pairs and the claims of this one."""
    store = Store()
    store.extend(_world())
    for name, line in case.lines:
        article, content, *details = [part.strip() for part in line.split("|")]
        graph = NamedNode(expand(f"article:{article}"))
        for quad in _claim(NamedNode(expand(f"claim:{name}")), content, details, graph):
            store.add(quad)
    return store


@cache
def _world() -> tuple[Quad, ...]:
    store = Store()
    for path in (*VOCABULARY, VERDICTS / "world.ttl"):
        store.load(path.read_bytes(), format=RdfFormat.TURTLE, to_graph=NamedNode(f"urn:{path.name}"))
    return tuple(store)


def _claim(node: NamedNode, content: str, details: list[str], graph: NamedNode) -> Iterator[Quad]:
    subject, predicate, object_ = content.split(" ", 2)
    values: dict[str, NamedNode | Literal] = {
        f"{RDF}type": NamedNode(f"{KG}Claim"),
        f"{RDF}subject": NamedNode(expand(subject)),
        f"{RDF}predicate": NamedNode(expand(predicate)),
        f"{KG}polarity": NamedNode(f"{KG}Affirmed"),
        f"{KG}modality": NamedNode(f"{KG}Actual"),
        f"{KG}certainty": NamedNode(f"{KG}Certain"),
    }
    if amount := _AMOUNT.match(object_):
        quantity = NamedNode(expand(f"quantity:{re.sub('[^a-z0-9]+', '-', object_)}"))
        values[f"{RDF}object"] = quantity
        yield from _quantity(quantity, amount)
    else:
        values[f"{RDF}object"] = _object(object_)
    for detail in details:
        values |= _detail(*detail.split())
    for property_, value in values.items():
        yield Quad(node, NamedNode(property_), value, graph)


def _object(word: str) -> NamedNode | Literal:
    if _DAY.match(word):
        return _day(word)
    return Literal(word.strip('"'), language="en") if word.startswith('"') else NamedNode(expand(word))


def _detail(word: str, *rest: str) -> dict[str, NamedNode | Literal]:
    if word in ("throughout", "within"):
        extent = "Throughout" if word == "throughout" else "SometimeWithin"
        bounds = {f"{KG}notBefore": _day(rest[0]), f"{KG}notAfter": _day(rest[-1])}
        return {f"{KG}extent": NamedNode(f"{KG}{extent}"), **bounds}
    if word in _CODES:
        return {f"{KG}{_CODES[word][0]}": NamedNode(f"{KG}{_CODES[word][1]}")}
    if word in _LINKS:
        return {f"{KG}{_LINKS[word]}": NamedNode(expand(f"claim:{rest[0]}"))}
    if word == "counts":
        return {f"{KG}counts": NamedNode(f"{KG}{rest[0]}")}
    return {f"{KG}{_NAMES[word]}": NamedNode(expand(rest[0]))}


def _quantity(node: NamedNode, amount: re.Match[str]) -> Iterator[Quad]:
    low, more, high, unit = amount.groups()
    facts: dict[str, NamedNode | Literal] = {
        f"{RDF}type": NamedNode(f"{KG}Quantity"),
        f"{_SCHEMA}minValue": _integer(low),
        f"{_SCHEMA}unitText": Literal(unit),
    }
    if high or not more:
        facts[f"{_SCHEMA}maxValue"] = _integer(high or low)
    for property_, value in facts.items():
        yield Quad(node, NamedNode(property_), value, NamedNode("urn:quantities"))


def _day(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(f"{_XSD}date"))


def _integer(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(f"{_XSD}integer"))


def judged(case: Case) -> Conflict | None:
    """Return the verdict of the program on the pair."""
    store = store_of(case)
    every = {claim.iri: claim for claim in claims(store)}
    context = Context(every.values(), background(store))
    return judge(pair_of(every[expand("claim:a")], every[expand("claim:b")], context))
