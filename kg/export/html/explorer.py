"""The graph as one page for a browser: opened from disk, without a network, by people who use no terminal.

What the page shows is gathered here and laid out beforehand; how it shows it stands in `page/`. The data are a JSON
object in the page. Names are short, what is empty is left out, and a claim is told by its place in `claims`, which
stand as one reads them: by article, then by passage.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from importlib.resources import files
from math import sqrt
from textwrap import wrap

from pyoxigraph import Literal, NamedNode, Store

from kg.analysis.conflicts import Conflict, conflicts
from kg.analysis.independence import Statement, statements
from kg.analysis.network import joined
from kg.analysis.timeline import Entry, timeline
from kg.analysis.verdicts import SHOWN, VERDICTS
from kg.analysis.wording import amount_words, day_words, time_words, value_words
from kg.claims.background import KG, Article, Background, background
from kg.claims.claim import Claim, claims
from kg.claims.passages import Passage, passages
from kg.export.html.layout import Box, layout
from kg.privacy.gate import gate
from kg.project.dataset import Dataset
from kg.rdf.namespaces import PREFIXES, kind, shorten

#: At most so many things are drawn, those of which most is reported; all are in the lists.
DRAWN = 240
#: Pairs that only seem to disagree are told as long as there are no more of them.
PAIRS = 2000
#: A label in the drawing has lines of so many letters, two at most; a letter is so wide, a line so high.
_LETTERS, _LETTER, _LINE = 22, 6.2, 13.0

#: The parts of the script, in the order in which they build on each other.
_SCRIPT = ("data", "build", "filters", "views", "stage", "network", "panel", "page")

Record = dict[str, object]
#: What stands for nothing in a record.
_EMPTY: tuple[object, ...] = (None, "", (), [], {})
#: What a script must not find in data: an end tag, an entity, a line end that only JavaScript knows.
_UNSAFE = re.compile("[<>&\u2028\u2029]")
_SLOT = re.compile(r"\{\{(\w+)\}\}")
_SKOS, _SCHEMA = PREFIXES["skos"], PREFIXES["schema"]


def explorer(dataset: Dataset) -> str:
    """Return the page: HTML that is whole in itself and byte for byte the same for the same graph.

    Raises PrivacyError where the graph would identify a protected person.
    """
    gate(dataset.store)
    style, script = _part("page.css"), _script()
    parts = {"style": style, "script": script, "data": embedded(_data(dataset.store))}
    parts |= {"style_hash": _hash(style), "script_hash": _hash(script)}
    return _SLOT.sub(lambda found: parts[found[1]], _part("page.html"))


def _part(name: str) -> str:
    return (files("kg.export.html") / "page" / name).read_text(encoding="utf-8")


def _script() -> str:
    """Return the parts of the script as one, which shares its names with nothing else in the browser."""
    return "\n".join(['"use strict";', "(() => {", *(_part(f"{name}.js") for name in _SCRIPT), "})();", ""])


def _hash(text: str) -> str:
    """Return the digest by which a content security policy lets an inline element pass."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def embedded(value: object) -> str:
    """Return JSON that can stand in a script element: no text in it can end the element or begin another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _data(store: Store) -> Record:
    facts = background(store)
    spans = {one.iri: one for one in passages(store)}
    every = sorted(claims(store), key=lambda claim: _order(claim, spans, facts))
    place = {claim.iri: number for number, claim in enumerate(every)}
    said = statements(store)
    terms = {claim.predicate for claim in every}
    pairs, untold = _pairs(store)
    told = timeline(store)
    return {
        "predicates": {shorten(iri): _term(store, iri, facts) for iri in sorted(terms)},
        "codes": {shorten(iri): _term(store, iri, facts) for iri in _codes(store)},
        "things": list(_things(store, every, facts)),
        "articles": list(_articles(store, facts, spans.values())),
        "claims": [_claim(claim, spans, facts) for claim in every],
        "statements": [_statement(one, place) for one in said if joined(one) or len(one.claims) > 1],
        "picture": _picture(said, every, facts),
        "verdicts": [_verdict(one, place) for one in pairs],
        "untold": untold,
        "timeline": [_entry(one, place) for one in told.dated],
        "undated": [place[iri] for entry in told.undated for iri in entry.claims],
    }


def _full(**values: object) -> Record:
    return {name: value for name, value in values.items() if value not in _EMPTY}


def _order(claim: Claim, spans: dict[str, Passage], facts: Background) -> tuple[object, ...]:
    article = facts.articles.get(claim.article)
    day = article.not_before if article and article.not_before else date.max
    start = min((spans[iri].start for iri in claim.passages if iri in spans), default=0)
    return (day, claim.article, start, claim.iri)


def _names(iris: Iterable[str]) -> list[str]:
    return [shorten(iri) for iri in iris]


def _texts(store: Store, iri: str, property_: str) -> list[str]:
    found = store.quads_for_pattern(NamedNode(iri), NamedNode(property_), None)
    return sorted({quad.object.value for quad in found if isinstance(quad.object, NamedNode | Literal)})


def _text(store: Store, iri: str, property_: str) -> str:
    return next(iter(_texts(store, iri, property_)), "")


def _term(store: Store, iri: str, facts: Background) -> Record:
    return _full(
        label=facts.labels.get(iri, shorten(iri)),
        inverse=_text(store, iri, f"{KG}inverseLabel"),
        definition=_text(store, iri, f"{_SKOS}definition"),
    )


def _codes(store: Store) -> list[str]:
    found = store.quads_for_pattern(None, NamedNode(f"{_SKOS}inScheme"), None)
    return sorted({quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)})


def _things(store: Store, every: Iterable[Claim], facts: Background) -> Iterator[Record]:
    """Give everything that is spoken of, described or not, but claims and passages."""
    used = {iri for claim in every for iri in (*_ends(claim), *claim.speakers, *claim.speaks_for, *claim.via)}
    used |= {claim.article for claim in every}
    for iri in sorted({*used, *facts.labels}, key=shorten):
        if kind(iri) not in (None, "claim", "passage"):
            label = facts.labels.get(iri, shorten(iri))
            quantity = facts.quantities.get(iri)
            yield _full(
                id=shorten(iri),
                label=label,
                kind=kind(iri),
                sort=", ".join(facts.labels.get(one, shorten(one)) for one in _classes(store, iri)),
                names=[name for name in _texts(store, iri, f"{_SKOS}altLabel") if name != label],
                identity=shorten(_text(store, iri, f"{KG}identity") or KG).removesuffix("<" + KG + ">"),
                means=amount_words(quantity.low, quantity.high, quantity.unit) if quantity else None,
                within=_names(_texts(store, iri, f"{_SCHEMA}containedInPlace")),
                notes=_texts(store, iri, f"{_SKOS}editorialNote"),
            )


def _classes(store: Store, iri: str) -> list[str]:
    return [one for one in _texts(store, iri, f"{PREFIXES['rdf']}type") if one.startswith(KG)]


def _ends(claim: Claim) -> tuple[str, ...]:
    return (claim.subject, claim.object.value) if isinstance(claim.object, NamedNode) else (claim.subject,)


def _articles(store: Store, facts: Background, spans: Iterable[Passage]) -> Iterator[Record]:
    """Give the articles by day; those whose text is cited with its length and its passages."""
    own: dict[str, list[list[object]]] = {}
    for one in sorted(spans, key=lambda one: (one.start, one.end, one.iri)):
        reason = facts.labels.get(one.set_aside, shorten(one.set_aside)) if one.set_aside else ""
        own.setdefault(one.article, []).append([one.start, one.end, reason])
    for article in sorted(facts.articles.values(), key=lambda one: (one.not_before or date.max, one.iri)):
        yield _full(
            id=shorten(article.iri),
            publisher=shorten(article.publisher) if article.publisher else None,
            authors=_names(article.authors),
            published=_published(article),
            origin=shorten(article.origin) if article.origin else None,
            derivation=shorten(article.derivation) if article.derivation else None,
            parents=_names(article.derived_from),
            url=[one for one in _texts(store, article.iri, f"{_SCHEMA}url") if one.startswith(("https://", "http://"))],
            length=int(_text(store, article.iri, f"{KG}textLength") or 0) or None,
            passages=own.get(article.iri),
        )


def _published(article: Article) -> str:
    """Return the day of publication, or the days between which it lies, as short as they can be said."""
    first, last = article.not_before, article.not_after
    if first is None or last is None:
        return ""
    if first == last:
        return day_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\u2013{day_words(last)}"
    return f"{day_words(first)} \u2013 {day_words(last)}"


def _claim(claim: Claim, spans: dict[str, Passage], facts: Background) -> Record:
    thing = isinstance(claim.object, NamedNode)
    plain = thing and claim.object.value not in facts.quantities
    return _full(
        id=shorten(claim.iri),
        label=claim.label,
        subject=shorten(claim.subject),
        predicate=shorten(claim.predicate),
        object=shorten(claim.object.value) if thing else None,
        value=None if plain else value_words(claim, facts),
        article=shorten(claim.article),
        passages=[
            [shorten(iri), spans[iri].start, spans[iri].end]
            for iri in sorted(claim.passages, key=lambda iri: spans[iri].start if iri in spans else 0)
            if iri in spans
        ],
        attribution=shorten(claim.attribution) if claim.attribution else None,
        speakers=_names(claim.speakers),
        behalf=_names(claim.speaks_for),
        via=_names(claim.via),
        basis=shorten(claim.basis) if claim.basis else None,
        certainty=shorten(claim.certainty) if claim.certainty else None,
        polarity=shorten(claim.polarity) if claim.polarity else None,
        modality=shorten(claim.modality) if claim.modality else None,
        first=claim.not_before.isoformat() if claim.not_before and claim.not_after else None,
        last=claim.not_after.isoformat() if claim.not_before and claim.not_after else None,
        when=time_words(claim) if claim.not_before and claim.not_after else None,
        wording=claim.time_wording,
        counts=shorten(claim.counts) if claim.counts else None,
        where=shorten(claim.where) if claim.where else None,
        carried=_names(claim.derived_from),
        revises=_names(claim.revises),
        notes=list(claim.notes),
    )


def _statement(one: Statement, place: dict[str, int]) -> Record:
    target = joined(one)
    return _full(
        subject=shorten(one.subject),
        target=shorten(target) if target else None,
        claims=sorted(place[iri] for iri in one.claims),
        articles=one.articles,
        outlets=one.outlets,
        origins=one.origins,
        reason=one.reason,
    )


def _pairs(store: Store) -> tuple[Sequence[Conflict], int]:
    """Return the pairs with a verdict; where too many only seem to disagree, these are left out and counted."""
    found = conflicts(store, SHOWN)
    rest = sum(found.hidden.values()) + found.uncounted
    return (conflicts(store, VERDICTS).shown, 0) if rest <= PAIRS else (found.shown, rest)


def _verdict(one: Conflict, place: dict[str, int]) -> Record:
    return {
        "verdict": one.verdict,
        "claims": [place[iri] for iri in one.claims],
        "subject": shorten(one.subject),
        "predicate": shorten(one.predicate),
        "reason": one.reason,
    }


def _entry(one: Entry, place: dict[str, int]) -> Record:
    return _full(
        first=one.first.isoformat() if one.first else None,
        last=one.last.isoformat() if one.last else None,
        throughout=one.throughout or None,
        event=one.kind == "event" or None,
        when=one.when,
        claims=sorted(place[iri] for iri in one.claims),
    )


def _picture(said: Iterable[Statement], every: Iterable[Claim], facts: Background) -> Record:
    """Return where the drawn things stand: name, place, radius and the lines of the label; and the frame of all."""
    pairs = sorted({(one.subject, target) for one in said if (target := joined(one)) is not None})
    count: dict[str, int] = {}
    for claim in every:
        for end in set(_ends(claim)):
            count[end] = count.get(end, 0) + 1
    chosen = _drawn(pairs, count)
    lines = [_lines(facts.labels.get(iri, shorten(iri))) for iri in chosen]
    sizes = [_radius(count[iri]) for iri in chosen]
    boxes = [
        Box(max(2 * size, _LETTER * max(map(len, label))) + 8, 2 * size + _LINE * len(label) + 6, count[iri])
        for iri, label, size in zip(chosen, lines, sizes, strict=True)
    ]
    number = {iri: index for index, iri in enumerate(chosen)}
    spots = layout(boxes, [(number[one], number[two]) for one, two in pairs if one in number and two in number])
    nodes: list[list[object]] = []
    low_x = low_y = high_x = high_y = 0.0
    for iri, label, size, box, (x, y) in zip(chosen, lines, sizes, boxes, spots, strict=True):
        low_x, high_x = min(low_x, x - box.width / 2), max(high_x, x + box.width / 2)
        low_y, high_y = min(low_y, y - box.height / 2), max(high_y, y + box.height / 2)
        # The box holds the sign above and the label below it.
        nodes.append([shorten(iri), round(x, 1), round(y - box.height / 2 + size + 3, 1), round(size, 1), label])
    frame = [int(low_x) - 10, int(low_y) - 10, int(high_x - low_x) + 20, int(high_y - low_y) + 20]
    return {"frame": frame, "nodes": nodes}


def _drawn(pairs: Iterable[tuple[str, str]], count: dict[str, int]) -> list[str]:
    """Return what is drawn: whatever is joined to something else, but of the topics only those that join two things."""
    near: dict[str, set[str]] = {}
    for one, two in pairs:
        near.setdefault(one, set()).add(two)
        near.setdefault(two, set()).add(one)
    kept = {iri for iri, others in near.items() if kind(iri) != "topic" or len(others) > 1}
    kept = {iri for iri in kept if near[iri] & kept}
    return sorted(sorted(kept, key=lambda iri: (-count[iri], iri))[:DRAWN])


def _radius(number: int) -> float:
    return min(22.0, 4.0 + 1.8 * sqrt(number))


def _lines(label: str) -> list[str]:
    """Return the label in two short lines at most."""
    lines = wrap(" ".join(label.split()), _LETTERS, max_lines=2, placeholder=" …") or [shorten(label)]
    return [line if len(line) <= _LETTERS + 2 else f"{line[:_LETTERS]}…" for line in lines]
