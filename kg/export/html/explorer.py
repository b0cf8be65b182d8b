"""Explorer: the graph as one HTML page that works from disk, without a network, for readers without a terminal.

This module gathers the data of the page, which the scripts in `page/` show. The data are a JSON object in the page:
names are short, empty values are left out, and a claim is referred to by its index in `claims`, which are in reading
order: by article, then by passage.
"""

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, Store

from kg.analysis.conflicts import Conflict, conflicts
from kg.analysis.network import joined
from kg.analysis.origins import Statement, statements
from kg.analysis.timeline import Entry, timeline
from kg.analysis.verdicts import SHOWN, VERDICTS
from kg.analysis.wording import amount_words, day_words, named, time_words, value_words
from kg.claims.background import KG, Article, Background, background
from kg.claims.claim import Claim, claims
from kg.claims.passages import Passage, passages
from kg.export.html.drawing import drawing
from kg.privacy.gate import gate
from kg.project.dataset import Dataset
from kg.rdf.namespaces import PREFIXES, kind, shorten

#: The most pairs whose verdict is no disagreement; more than these are only counted.
PAIRS = 2000

#: The parts of the script, in order of dependence.
_SCRIPTS = ("data", "build", "filters", "views", "viewport", "network", "panel", "main")

Record = dict[str, object]
_EMPTY: tuple[object, ...] = (None, "", (), [], {})
#: Characters that data in a script element must escape: of tags, of entities, and line ends of JavaScript only.
_UNSAFE = re.compile("[<>&\u2028\u2029]")
_SLOT = re.compile(r"\{\{(\w+)\}\}")
_SKOS, _SCHEMA = PREFIXES["skos"], PREFIXES["schema"]


def explorer(dataset: Dataset) -> str:
    """Return the page: HTML that needs no other file, byte for byte the same for the same graph.

    Raises PrivacyError where the graph would identify a protected person.
    """
    gate(dataset.store)
    style = _file("page.css")
    script = "\n".join(['"use strict";', "(() => {", *(_file(f"{name}.js") for name in _SCRIPTS), "})();", ""])
    parts = {"style": style, "script": script, "data": embedded(_data(dataset.store))}
    parts |= {"style_hash": _digest(style), "script_hash": _digest(script)}
    return _SLOT.sub(lambda match: parts[match[1]], _file("page.html"))


def _file(name: str) -> str:
    return (files("kg.export.html") / "page" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return the digest with which the content security policy of the page allows an inline element."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def embedded(value: object) -> str:
    """Return JSON for a script element: no text in it can end the element or begin another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _data(store: Store) -> Record:
    facts, stated, dates = background(store), statements(store), timeline(store)
    spans = {passage.iri: passage for passage in passages(store)}
    ordered = sorted(claims(store), key=lambda claim: _reading_order(claim, spans, facts))
    index = {claim.iri: number for number, claim in enumerate(ordered)}
    joins = {(one.subject, target) for one in stated if (target := joined(one)) is not None}
    counts = Counter(end for claim in ordered for end in _ends(claim))
    pairs, omitted = _pairs(store)
    codes = store.quads_for_pattern(None, NamedNode(f"{_SKOS}inScheme"), None)
    return {
        "predicates": _terms(store, {claim.predicate for claim in ordered}, facts),
        "codes": _terms(store, {quad.subject.value for quad in codes if isinstance(quad.subject, NamedNode)}, facts),
        "entities": list(_entities(store, ordered, facts)),
        "articles": list(_articles(store, facts, spans.values())),
        "claims": [_claim(claim, spans, facts) for claim in ordered],
        "statements": [_statement(one, index) for one in stated if joined(one) or len(one.claims) > 1],
        "drawing": drawing(joins, counts, facts.labels),
        "verdicts": [_verdict(pair, index) for pair in pairs],
        "omitted": omitted,
        "timeline": [_entry(entry, index) for entry in dates.dated],
        "undated": [index[iri] for entry in dates.undated for iri in entry.claims],
    }


def _record(**values: object) -> Record:
    """Return the values that are not empty."""
    return {name: value for name, value in values.items() if value not in _EMPTY}


def _reading_order(claim: Claim, spans: Mapping[str, Passage], facts: Background) -> tuple[object, ...]:
    article = facts.articles.get(claim.article)
    day = article.not_before if article and article.not_before else date.max
    start = min((spans[iri].start for iri in claim.passages if iri in spans), default=0)
    return (day, claim.article, start, claim.iri)


def _short(iri: str | None) -> str:
    return shorten(iri) if iri else ""


def _all_short(iris: Iterable[str]) -> list[str]:
    return [shorten(iri) for iri in iris]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _texts(store: Store, iri: str, property_: str) -> list[str]:
    quads = store.quads_for_pattern(NamedNode(iri), NamedNode(property_), None)
    return sorted({quad.object.value for quad in quads if isinstance(quad.object, NamedNode | Literal)})


def _text(store: Store, iri: str, property_: str) -> str:
    return next(iter(_texts(store, iri, property_)), "")


def _terms(store: Store, iris: Iterable[str], facts: Background) -> dict[str, Record]:
    return {
        shorten(iri): _record(
            label=named(iri, facts),
            inverse=_text(store, iri, f"{KG}inverseLabel"),
            definition=_text(store, iri, f"{_SKOS}definition"),
        )
        for iri in sorted(iris)
    }


def _entities(store: Store, every: Iterable[Claim], facts: Background) -> Iterator[Record]:
    """Yield all entities and articles that claims name or that have a label."""
    iris = set(facts.labels)
    for claim in every:
        iris |= {*_ends(claim), *claim.speakers, *claim.speaks_for, *claim.via, claim.article}
    for iri in sorted(iris, key=shorten):
        if kind(iri) not in (None, "claim", "passage"):
            label, quantity = named(iri, facts), facts.quantities.get(iri)
            classes = [class_ for class_ in _texts(store, iri, f"{PREFIXES['rdf']}type") if class_.startswith(KG)]
            yield _record(
                id=shorten(iri),
                label=label,
                kind=kind(iri),
                sort=", ".join(named(class_, facts) for class_ in classes),
                names=[name for name in _texts(store, iri, f"{_SKOS}altLabel") if name != label],
                identity=_short(_text(store, iri, f"{KG}identity")),
                means=amount_words(quantity.low, quantity.high, quantity.unit) if quantity else None,
                within=_all_short(_texts(store, iri, f"{_SCHEMA}containedInPlace")),
                notes=_texts(store, iri, f"{_SKOS}editorialNote"),
            )


def _ends(claim: Claim) -> set[str]:
    return {claim.subject, claim.object.value} if isinstance(claim.object, NamedNode) else {claim.subject}


def _articles(store: Store, facts: Background, spans: Iterable[Passage]) -> Iterator[Record]:
    """Yield the articles by day; with the length of the text and the passages where the text is cited."""
    cited: dict[str, list[list[object]]] = {}
    for span in sorted(spans, key=lambda span: (span.start, span.end, span.iri)):
        reason = named(span.set_aside, facts) if span.set_aside else ""
        cited.setdefault(span.article, []).append([span.start, span.end, reason])
    for article in sorted(facts.articles.values(), key=lambda article: (article.not_before or date.max, article.iri)):
        urls = _texts(store, article.iri, f"{_SCHEMA}url")
        yield _record(
            id=shorten(article.iri),
            publisher=_short(article.publisher),
            authors=_all_short(article.authors),
            published=_published(article),
            origin=_short(article.origin),
            derivation=_short(article.derivation),
            parents=_all_short(article.derived_from),
            url=[url for url in urls if url.startswith(("https://", "http://"))],
            length=int(_text(store, article.iri, f"{KG}textLength") or 0) or None,
            passages=cited.get(article.iri),
        )


def _published(article: Article) -> str:
    """Return the day of publication, or the bounds of it as briefly as possible."""
    first, last = article.not_before, article.not_after
    if first is None or last is None:
        return ""
    if first == last:
        return day_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\u2013{day_words(last)}"
    return f"{day_words(first)} \u2013 {day_words(last)}"


def _claim(claim: Claim, spans: Mapping[str, Passage], facts: Background) -> Record:
    target = claim.object.value if isinstance(claim.object, NamedNode) else None
    cited = sorted((spans[iri] for iri in claim.passages if iri in spans), key=lambda span: span.start)
    dated: Record = {}
    if claim.not_before and claim.not_after:
        dated = {"first": _iso(claim.not_before), "last": _iso(claim.not_after), "when": time_words(claim)}
    return _record(
        id=shorten(claim.iri),
        label=claim.label,
        subject=shorten(claim.subject),
        predicate=shorten(claim.predicate),
        object=_short(target),
        value=value_words(claim, facts) if target is None or target in facts.quantities else "",
        article=shorten(claim.article),
        passages=[[shorten(span.iri), span.start, span.end] for span in cited],
        attribution=_short(claim.attribution),
        speakers=_all_short(claim.speakers),
        behalf=_all_short(claim.speaks_for),
        via=_all_short(claim.via),
        basis=_short(claim.basis),
        certainty=_short(claim.certainty),
        polarity=_short(claim.polarity),
        modality=_short(claim.modality),
        **dated,
        wording=claim.time_wording,
        counts=_short(claim.counts),
        where=_short(claim.where),
        carried=_all_short(claim.derived_from),
        revises=_all_short(claim.revises),
        notes=list(claim.notes),
    )


def _statement(statement: Statement, index: Mapping[str, int]) -> Record:
    return _record(
        subject=shorten(statement.subject),
        target=_short(joined(statement)),
        claims=sorted(index[iri] for iri in statement.claims),
        articles=statement.articles,
        outlets=statement.outlets,
        origins=statement.origins,
        reason=statement.reason,
    )


def _pairs(store: Store) -> tuple[Sequence[Conflict], int]:
    """Return the pairs with a verdict and the number of those left out: not disagreements, and more than `PAIRS`."""
    disagreements = conflicts(store, SHOWN)
    rest = sum(disagreements.hidden.values()) + disagreements.uncounted
    return (conflicts(store, VERDICTS).shown, 0) if rest <= PAIRS else (disagreements.shown, rest)


def _verdict(pair: Conflict, index: Mapping[str, int]) -> Record:
    return {
        "verdict": pair.verdict,
        "claims": [index[iri] for iri in pair.claims],
        "subject": shorten(pair.subject),
        "predicate": shorten(pair.predicate),
        "reason": pair.reason,
    }


def _entry(entry: Entry, index: Mapping[str, int]) -> Record:
    return _record(
        first=_iso(entry.first),
        last=_iso(entry.last),
        throughout=entry.throughout or None,
        event=entry.kind == "event" or None,
        when=entry.when,
        claims=sorted(index[iri] for iri in entry.claims),
    )
