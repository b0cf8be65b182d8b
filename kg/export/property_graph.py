"""The network as it is drawn: things and what is said to join them, or the claims themselves, with all that is shown.

An edge never says more than its sources do: what is denied, planned, hoped or supposed says so in its own label.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode

from kg.analysis.conflicts import conflicts
from kg.analysis.independence import Independence, Statement, independence, statements
from kg.analysis.network import JOINABLE, joined
from kg.analysis.verdicts import VERDICTS
from kg.analysis.wording import value_words
from kg.claims.background import KG, RDF, background
from kg.claims.claim import Claim, uncollected
from kg.escape import BETWEEN
from kg.export.selection import Chosen, days, holds, thing
from kg.rdf.namespaces import PREFIXES, kind, shorten
from kg.validation.vocabulary import described

_CERTAINTIES = [f"{KG}{one}" for one in ("Certain", "Probable", "Possible", "Unconfirmed")]

_OTHER_NAME = NamedNode(f"{PREFIXES['skos']}altLabel")
#: What an XML name token cannot hold, with the sign that stands for it.
_NO_TOKEN = re.compile(r"[^A-Za-z0-9:.-]")

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """What is shown of all nodes or of all edges: its name, and its type: string, int or double."""

    name: str
    type: str = "string"


@dataclass(frozen=True, slots=True)
class Node:
    """A thing or a claim; the values are by name of column."""

    id: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Edge:
    """What joins two nodes; of all edges with its ends none has the same `sort`. `held`: put as actual and affirmed."""

    id: str
    source: str
    target: str
    sort: str
    held: bool
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A network with its columns; nodes and edges are in the order of their ids, which are all different."""

    node_columns: tuple[Column, ...]
    edge_columns: tuple[Column, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


_NODE = (*(Column(name) for name in ("label", "kind", "iri", "names", "first", "last")), Column("claims", "int"))
_CLAIM = tuple(
    Column(name) for name in ("predicate", "value", "certainty", "polarity", "modality", "article", "verdicts")
)
_EDGE = (
    # The id is told twice, because igraph gives edges the ids of nodes unless it finds them here.
    *(Column("id"), Column("label"), Column("predicate")),
    *(Column(name, "int") for name in ("claims", "articles", "outlets", "origins")),
    Column("weight", "double"),
    *(
        Column(name)
        for name in ("certainty", "polarity", "modality", "where", "first", "last", "claim_ids", "verdicts")
    ),
)


def draw(chosen: Chosen, *, claims: bool) -> Drawing:
    """Return the network of the chosen claims, on request with each claim as a node of its own.

    Where nothing was left out, things that no claim speaks of are there as well.
    """
    with uncollected():
        pen = _Pen(chosen)
        edges = tuple(_sorted_apart(pen.roles() if claims else pen.joins()))
        nodes = sorted([*pen.things(), *(pen.claims() if claims else ())], key=lambda node: node.id)
    return Drawing((*_NODE, *_CLAIM) if claims else _NODE, _EDGE, tuple(nodes), edges)


def identifier(iri: str) -> str:
    """Return the short name as an XML name token; of two names never the same one."""
    return _NO_TOKEN.sub(lambda found: f"_{ord(found[0]):x}_", shorten(iri).strip("<>"))


def _sorted_apart(edges: Iterable[Edge]) -> Iterator[Edge]:
    """Give the edges in order, with a number to each further one that is of the same sort between the same ends."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for edge in sorted(edges, key=lambda edge: edge.id):
        between = (edge.source, edge.target, edge.sort)
        seen[between] += 1
        yield edge if seen[between] == 1 else replace(edge, sort=f"{edge.sort} [{seen[between]}]")


class _Pen:
    """What is known of all that is drawn, gathered once."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._kept = {claim.iri for claim in chosen.claims}
        self._facts = background(chosen.store)
        self._about: dict[str, list[Claim]] = {}
        self._verdicts: dict[str, set[str]] = {}
        self._ends: set[str] = set()
        for claim in chosen.claims:
            for end in {claim.subject, thing(claim) or claim.subject, claim.article}:
                self._about.setdefault(end, []).append(claim)
        for one in conflicts(chosen.store, counted=0).shown if chosen.claims else ():
            for iri in one.claims:
                self._verdicts.setdefault(iri, set()).add(one.verdict)

    def things(self) -> Iterator[Node]:
        """Give the things that the chosen claims speak of, the ends of the edges, and those asked for by name."""
        store, selection = self._chosen.store, self._chosen.selection
        wanted = {iri for iri in self._about if kind(iri) in JOINABLE} | self._ends
        if selection.whole or selection.around:
            wanted |= {iri for iri in described(store) if selection.around in (None, iri) and kind(iri) in JOINABLE}
        names: dict[str, list[str]] = {}
        for quad in store.quads_for_pattern(None, _OTHER_NAME, None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                names.setdefault(quad.subject.value, []).append(quad.object.value)
        for iri in wanted - self._kept:
            about = self._about.get(iri, [])
            values: dict[str, Value] = {"label": self._label(iri), "kind": kind(iri), "iri": iri}
            values |= {"names": BETWEEN.join(sorted(names.get(iri, ()))) or None, "claims": len(about), **_span(about)}
            yield Node(identifier(iri), values)

    def claims(self) -> Iterator[Node]:
        """Give the chosen claims as nodes."""
        for claim in self._chosen.claims:
            values: dict[str, Value] = {
                "label": claim.label.strip() or shorten(claim.iri),
                "kind": "claim",
                "iri": claim.iri,
                "claims": 1,
            }
            values |= {**_span([claim]), "predicate": shorten(claim.predicate), "article": identifier(claim.article)}
            values |= {"verdicts": self._judged([claim.iri])}
            if kind(claim.object.value) not in (*JOINABLE, "claim"):
                values["value"] = value_words(claim, self._facts)
            yield Node(identifier(claim.iri), values | self._stance(claim, claim.certainty))

    def joins(self) -> Iterator[Edge]:
        """Give the statements that join two things, with as many of their claims as are chosen."""
        for one in statements(self._chosen.store):
            claims = [self._chosen.every[iri] for iri in one.claims if iri in self._kept]
            if claims and (target := joined(one)) is not None:
                rest: Statement | Independence = one
                if len(claims) < len(one.claims):
                    rest = independence(claims, self._facts, self._chosen.every)
                # A claim belongs to one statement only, so the first of its claims names it, whatever else is chosen.
                name = f"statement:{identifier(one.claims[0]).partition(':')[2]}"
                values = self._said(one, one.predicate, max((claim.certainty for claim in claims), key=_surety))
                values |= {"articles": rest.articles, "outlets": rest.outlets, "origins": rest.origins}
                values |= {"where": self._label(one.where) if one.where else None}
                yield self._edge(name, (one.subject, target), claims, holds(one), values)

    def roles(self) -> Iterator[Edge]:
        """Give what each chosen claim has to do with things, with its article and with other chosen claims."""
        for claim in self._chosen.claims:
            for role, end in _roles(claim):
                if kind(end) in (*JOINABLE, "article") or end in self._kept:
                    name = f"{identifier(claim.iri)}.{shorten(role).partition(':')[2]}.{identifier(end)}"
                    values: dict[str, Value] = {"label": self._label(role), "predicate": shorten(role)}
                    # Whoever denies something is its speaker all the same: only what it is about may not hold.
                    if about := role in (f"{RDF}subject", f"{RDF}object"):
                        values = self._said(claim, role, claim.certainty)
                    values |= dict.fromkeys(("articles", "outlets", "origins"), 1)
                    yield self._edge(name, (claim.iri, end), [claim], holds(claim) or not about, values)

    def _edge(
        self, name: str, ends: tuple[str, str], claims: list[Claim], held: bool, values: dict[str, Value]
    ) -> Edge:
        self._ends.update(ends)
        source, target = map(identifier, ends)
        values |= {"id": name, "claims": len(claims), "weight": float(values["origins"] or 0), **_span(claims)}
        values["claim_ids"] = BETWEEN.join(identifier(claim.iri) for claim in claims)
        values["verdicts"] = self._judged(claim.iri for claim in claims)
        return Edge(name, source, target, str(values["label"]), held, values)

    def _said(self, said: Claim | Statement, predicate: str, certainty: str) -> dict[str, Value]:
        """Return what is said and how, with a label that nobody can take for a fact where it is none."""
        words = [self._label(said.modality)] if said.modality != f"{KG}Actual" else []
        words += [self._label(said.polarity)] if said.polarity != f"{KG}Affirmed" else []
        label = ": ".join(([", ".join(words)] if words else []) + [self._label(predicate)])
        return {"label": label, "predicate": shorten(predicate), **self._stance(said, certainty)}

    def _stance(self, said: Claim | Statement, certainty: str) -> dict[str, Value]:
        codes = {"certainty": certainty, "polarity": said.polarity, "modality": said.modality}
        return {name: self._label(code) if code else None for name, code in codes.items()}

    def _judged(self, claims: Iterable[str]) -> Value:
        found = {verdict for iri in claims for verdict in self._verdicts.get(iri, ())}
        return BETWEEN.join(sorted(found, key=VERDICTS.index)) or None

    def _label(self, iri: str) -> str:
        label = self._facts.labels.get(iri, "")
        return label if label.strip() else shorten(iri)


def _roles(claim: Claim) -> Iterator[tuple[str, str]]:
    """Give what a claim names, each with the property by which it does."""
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


def _surety(certainty: str) -> int:
    return -_CERTAINTIES.index(certainty) if certainty in _CERTAINTIES else -len(_CERTAINTIES)


def _span(claims: Iterable[Claim]) -> dict[str, Value]:
    """Return the first and the last day of which any of the claims speaks."""
    bounds = [days(claim) for claim in claims]
    first = min((one for one, _ in bounds if one), default=None)
    last = max((one for _, one in bounds if one), default=None)
    return {"first": first.isoformat() if first else None, "last": last.isoformat() if last else None}
