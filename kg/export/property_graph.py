"""Property graph for network programs: entities joined by statements, or claims as nodes, with their attributes.

An edge never says more than its sources do: its label says whether it is denied, planned, hoped or hypothetical.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from pyoxigraph import Literal, NamedNode, Store

from kg.analysis.conflicts import conflicts
from kg.analysis.network import JOINABLE, joined
from kg.analysis.origins import Independence, Statement, independence, statements
from kg.analysis.verdicts import VERDICTS
from kg.analysis.wording import value_words
from kg.claims.background import KG, RDF, Background, background
from kg.claims.claim import Claim, uncollected
from kg.escape import BETWEEN
from kg.export.selection import Selected, asserted, bounds, claims_by_entity
from kg.rdf.namespaces import PREFIXES, kind, shorten
from kg.validation.vocabulary import described

#: From the highest to the lowest.
_CERTAINTIES = [f"{KG}{name}" for name in ("Certain", "Probable", "Possible", "Unconfirmed")]
#: Characters that an XML name token cannot contain, and the one that escapes them.
_NOT_IN_TOKEN = re.compile(r"[^A-Za-z0-9:.-]")

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """An attribute of all nodes or of all edges: its name, and its type: string, int or double."""

    name: str
    type: str = "string"


@dataclass(frozen=True, slots=True)
class Node:
    """An entity or a claim; the values are by name of column."""

    id: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Edge:
    """A directed edge; no two edges from one source to one target have the same `type`.

    `asserted` is whether it is affirmed as actual.
    """

    id: str
    source: str
    target: str
    type: str
    asserted: bool
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class PropertyGraph:
    """A network with its columns; nodes and edges are in the order of their ids, which are all different."""

    node_columns: tuple[Column, ...]
    edge_columns: tuple[Column, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


_NODE = (*map(Column, ("label", "kind", "iri", "names", "first", "last")), Column("claims", "int"))
_CLAIM = tuple(map(Column, ("predicate", "value", "certainty", "polarity", "modality", "article", "verdicts")))
_EDGE = (
    # The id is a column, too, because igraph gives edges the ids of nodes unless it finds them here.
    *map(Column, ("id", "label", "predicate")),
    *(Column(name, "int") for name in ("claims", "articles", "outlets", "origins")),
    Column("weight", "double"),
    *map(Column, ("certainty", "polarity", "modality", "where", "first", "last", "claim_ids", "verdicts")),
)


def property_graph(selected: Selected, *, claims: bool) -> PropertyGraph:
    """Return the network of the selected claims, on request with each claim as a node of its own.

    A selection of the whole graph has entities that no claim is about, too.
    """
    with uncollected():
        builder = _Builder(selected)
        edges = tuple(_numbered(builder.roles() if claims else builder.statements()))
        nodes = sorted([*builder.entities(), *(builder.claims() if claims else ())], key=lambda node: node.id)
    return PropertyGraph((*_NODE, *_CLAIM) if claims else _NODE, _EDGE, tuple(nodes), edges)


def identifier(iri: str) -> str:
    """Return the short name as an XML name token; two names never have the same one."""
    return _NOT_IN_TOKEN.sub(lambda match: f"_{ord(match[0]):x}_", shorten(iri).strip("<>"))


def label_of(facts: Background, iri: str) -> str:
    """Return the label of an entity, or its short name where it has none or a blank one."""
    label = facts.labels.get(iri, "")
    return label if label.strip() else shorten(iri)


def values_by_subject(store: Store, property_: str) -> dict[str, list[str]]:
    """Return the values of a property as text, by subject."""
    values: dict[str, list[str]] = {}
    for quad in store.quads_for_pattern(None, NamedNode(property_), None):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            values.setdefault(quad.subject.value, []).append(quad.object.value)
    return values


def _numbered(edges: Iterable[Edge]) -> Iterator[Edge]:
    """Yield the edges in order, with a number to the type of each further edge of one type between the same ends."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for edge in sorted(edges, key=lambda edge: edge.id):
        key = (edge.source, edge.target, edge.type)
        seen[key] += 1
        yield edge if seen[key] == 1 else replace(edge, type=f"{edge.type} [{seen[key]}]")


class _Builder:
    """The data that nodes and edges are made from, gathered once; entities come last, because edges add to them."""

    def __init__(self, selected: Selected) -> None:
        self._selected = selected
        self._claims = {claim.iri for claim in selected.claims}
        self._facts = background(selected.store)
        self._label = partial(label_of, self._facts)
        self._by_entity = claims_by_entity(selected.claims)
        self._verdicts: dict[str, set[str]] = {}
        self._ends: set[str] = set()
        for conflict in conflicts(selected.store, counted=0).shown if selected.claims else ():
            for iri in conflict.claims:
                self._verdicts.setdefault(iri, set()).add(conflict.verdict)

    def entities(self) -> Iterator[Node]:
        """Yield the entities that the claims are about, the ends of the edges, and the centre of the selection."""
        store, selection = self._selected.store, self._selected.selection
        iris = {iri for iri in self._by_entity if kind(iri) in JOINABLE} | self._ends
        if selection.whole or selection.around:
            iris |= {iri for iri in described(store) if selection.around in (None, iri) and kind(iri) in JOINABLE}
        names = values_by_subject(store, f"{PREFIXES['skos']}altLabel")
        for iri in iris - self._claims:
            claims = self._by_entity.get(iri, [])
            values: dict[str, Value] = {"label": self._label(iri), "kind": kind(iri), "iri": iri}
            values |= {"names": BETWEEN.join(sorted(names.get(iri, ()))) or None, "claims": len(claims)}
            yield Node(identifier(iri), values | _span(claims))

    def claims(self) -> Iterator[Node]:
        """Yield the selected claims as nodes."""
        for claim in self._selected.claims:
            label = claim.label.strip() or shorten(claim.iri)
            values: dict[str, Value] = {"label": label, "kind": "claim", "iri": claim.iri, "claims": 1}
            values |= {**_span([claim]), "predicate": shorten(claim.predicate), "article": identifier(claim.article)}
            values["verdicts"] = self._verdicts_of([claim.iri])
            if kind(claim.object.value) not in (*JOINABLE, "claim"):
                values["value"] = value_words(claim, self._facts)
            yield Node(identifier(claim.iri), values | self._stance(claim, claim.certainty))

    def statements(self) -> Iterator[Edge]:
        """Yield the statements that join two entities, each with those of its claims that are selected."""
        for statement in statements(self._selected.store):
            claims = [self._selected.every[iri] for iri in statement.claims if iri in self._claims]
            if claims and (target := joined(statement)) is not None:
                sources: Statement | Independence = statement
                if len(claims) < len(statement.claims):
                    sources = independence(claims, self._facts, self._selected.every)
                # A claim belongs to one statement, so its first claim names it, whatever else is selected.
                name = f"statement:{identifier(statement.claims[0]).partition(':')[2]}"
                certainty = max((claim.certainty for claim in claims), key=_certainty_rank)
                values = self._content(statement, statement.predicate, certainty)
                values |= {"articles": sources.articles, "outlets": sources.outlets, "origins": sources.origins}
                values["where"] = self._label(statement.where) if statement.where else None
                yield self._edge(name, (statement.subject, target), claims, asserted(statement), values)

    def roles(self) -> Iterator[Edge]:
        """Yield an edge from each claim to each entity, article or other selected claim that it names."""
        for claim in self._selected.claims:
            for role, end in _roles(claim):
                if kind(end) in (*JOINABLE, "article") or end in self._claims:
                    name = f"{identifier(claim.iri)}.{shorten(role).partition(':')[2]}.{identifier(end)}"
                    values: dict[str, Value] = {"label": self._label(role), "predicate": shorten(role)}
                    # The speaker of a denial is its speaker all the same: only subject and object may not hold.
                    if content := role in (f"{RDF}subject", f"{RDF}object"):
                        values = self._content(claim, role, claim.certainty)
                    values |= dict.fromkeys(("articles", "outlets", "origins"), 1)
                    yield self._edge(name, (claim.iri, end), [claim], asserted(claim) or not content, values)

    def _edge(
        self, name: str, ends: tuple[str, str], claims: list[Claim], asserted: bool, values: dict[str, Value]
    ) -> Edge:
        self._ends.update(ends)
        values |= {"id": name, "claims": len(claims), "weight": float(values["origins"] or 0), **_span(claims)}
        values["claim_ids"] = BETWEEN.join(identifier(claim.iri) for claim in claims)
        values["verdicts"] = self._verdicts_of(claim.iri for claim in claims)
        return Edge(name, identifier(ends[0]), identifier(ends[1]), str(values["label"]), asserted, values)

    def _content(self, source: Claim | Statement, predicate: str, certainty: str) -> dict[str, Value]:
        """Return label, predicate and stance; the label says whether it is denied, planned, hoped or hypothetical."""
        words = [self._label(source.modality)] if source.modality != f"{KG}Actual" else []
        words += [self._label(source.polarity)] if source.polarity != f"{KG}Affirmed" else []
        label = f"{', '.join(words)}: {self._label(predicate)}" if words else self._label(predicate)
        return {"label": label, "predicate": shorten(predicate), **self._stance(source, certainty)}

    def _stance(self, source: Claim | Statement, certainty: str) -> dict[str, Value]:
        codes = {"certainty": certainty, "polarity": source.polarity, "modality": source.modality}
        return {column: self._label(code) if code else None for column, code in codes.items()}

    def _verdicts_of(self, claims: Iterable[str]) -> Value:
        verdicts = {verdict for iri in claims for verdict in self._verdicts.get(iri, ())}
        return BETWEEN.join(sorted(verdicts, key=VERDICTS.index)) or None


def _roles(claim: Claim) -> Iterator[tuple[str, str]]:
    """Yield the properties by which a claim names entities and claims, each with its value."""
    yield f"{RDF}subject", claim.subject
    if isinstance(claim.object, NamedNode):
        yield f"{RDF}object", claim.object.value
    yield f"{PREFIXES['oa']}hasSource", claim.article
    if claim.where:
        yield f"{KG}where", claim.where
    for property_, iris in (
        ("speaker", claim.speakers),
        ("speaksFor", claim.speaks_for),
        ("via", claim.via),
        ("derivedFromClaim", claim.derived_from),
        ("revises", claim.revises),
    ):
        yield from ((f"{KG}{property_}", iri) for iri in iris)


def _certainty_rank(certainty: str) -> int:
    return -_CERTAINTIES.index(certainty) if certainty in _CERTAINTIES else -len(_CERTAINTIES)


def _span(claims: Iterable[Claim]) -> dict[str, Value]:
    """Return the first and the last day to which any of the claims can refer."""
    pairs = [bounds(claim) for claim in claims]
    first = min((first for first, _ in pairs if first), default=None)
    last = max((last for _, last in pairs if last), default=None)
    return {"first": first.isoformat() if first else None, "last": last.isoformat() if last else None}
