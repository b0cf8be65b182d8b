"""The graph as FollowTheMoney entities, one a line: who belongs where, what happened, and the articles that prove it.

FollowTheMoney has no form for a denial, a plan or a hope, nor for a range of days. So only what a source affirms as
actual makes a link, where its status tells how surely and its description who denies it; and a property, which cannot
tell, only what is certain besides. A date is given as far as both ends of a claim's bounds agree on it. Numbers, views
and aims are left out, and so are events that no such claim speaks of.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import BinaryIO

from pyoxigraph import Literal, NamedNode

from kg.claims.background import KG, background
from kg.claims.claim import Claim
from kg.claims.entities import classes
from kg.escape import without_controls
from kg.export.property_graph import identifier
from kg.export.selection import Chosen, days, holds, thing
from kg.rdf.namespaces import PREFIXES, kind, shorten
from kg.validation.vocabulary import described

#: The schema of each kind of thing that has one, before that of a class.
_SCHEMATA = {
    "event": "Event",
    "group": "LegalEntity",
    "organisation": "Organization",
    "person": "Person",
    "unit": "Organization",
}
_OF_CLASS = {f"{KG}State": "PublicBody"}
#: Predicates with a link of their own: its schema, and what subject and object are called in it.
_LINKS = {
    f"{KG}formerMemberOf": ("Membership", "member", "organization"),
    f"{KG}ledBy": ("Directorship", "organization", "director"),
    f"{KG}memberOf": ("Membership", "member", "organization"),
    f"{KG}partOf": ("Membership", "member", "organization"),
}
_ANY_LINK = ("UnknownLink", "subject", "object")
_ORGANISATIONS = ("Organization", "PublicBody")
#: The longest name that FollowTheMoney takes, in characters.
_NAME = 384

#: Values by property of one entity.
Properties = dict[str, list[str]]
#: Id, schema and properties.
Entity = tuple[str, str, Properties]
#: What a link says: predicate, subject and object.
Proposition = tuple[str, str, str]


def ftm(chosen: Chosen, out: BinaryIO) -> None:
    """Write the articles, then people, organisations, groups and events, then what links them; each in order."""
    import json  # not needed for the others

    case = _Case(chosen)
    for entities in (case.articles(), case.things(), case.links()):
        for identity, schema, properties in entities:
            cleaned = {
                name: sorted({without_controls(one) for one in own if one.strip()}) for name, own in properties.items()
            }
            shown = {name: own for name, own in sorted(cleaned.items()) if own}
            entity = {"id": identity, "schema": schema, "properties": shown}
            out.write(f"{json.dumps(entity, ensure_ascii=False)}\n".encode())


class _Case:
    """The chosen claims that are affirmed and actual, by what they speak of, with what is known beside them."""

    def __init__(self, chosen: Chosen) -> None:
        self._store = chosen.store
        self._facts = background(chosen.store)
        self._urls = self._texts(f"{PREFIXES['schema']}url")
        self._claims = [claim for claim in chosen.claims if holds(claim)]
        self._denied = [claim for claim in chosen.claims if claim.polarity == f"{KG}Denied"]
        self._about: dict[str, list[Claim]] = {}
        for claim in self._claims:
            for end in {claim.subject, thing(claim) or claim.subject}:
                self._about.setdefault(end, []).append(claim)
        wanted = set(self._about)
        if chosen.selection.whole:
            wanted |= {iri for iri in described(chosen.store) if kind(iri) != "event"}
        self._schemata = {iri: self._schema(iri) for iri in sorted(wanted) if kind(iri) in _SCHEMATA}

    def articles(self) -> Iterator[Entity]:
        """Give the articles in which the claims stand."""
        for iri in sorted({claim.article for claim in self._claims} & self._facts.articles.keys()):
            article = self._facts.articles[iri]
            origins = [article.origin, article.derivation, *article.derived_from]
            yield (
                _id(iri),
                "Article",
                {
                    "title": [_cut(self._label(iri), 1024)],
                    "fileName": [shorten(iri).partition(":")[2]],
                    "author": [self._label(one) for one in article.authors],
                    "publisher": [self._label(article.publisher)] if article.publisher else [],
                    "publishedAt": _shared(article.not_before, article.not_after),
                    "sourceUrl": self._urls.get(iri, []),
                    "notes": [": ".join(self._label(one) for one in origins if one)],
                },
            )

    def things(self) -> Iterator[Entity]:
        """Give people, organisations, groups and events, with what the claims tell of each alone."""
        names, same = self._texts(f"{PREFIXES['skos']}altLabel"), self._texts(f"{PREFIXES['skos']}exactMatch")
        identities = self._texts(f"{KG}identity")
        for iri, schema in self._schemata.items():
            label, claims = " ".join(self._label(iri).split()), self._about.get(iri, [])
            sure = [claim for claim in claims if claim.certainty == f"{KG}Certain"]
            own = [claim for claim in sure if claim.subject == iri]
            found: Properties = {
                "name": [_cut(label, _NAME)],
                "summary": [label] if len(label) > _NAME else [],
                "alias": [*names.get(iri, []), *self._values(own, "name")],
                "wikidataId": [one.rpartition("/")[2] for one in same.get(iri, []) if one.startswith(PREFIXES["wd"])],
                "proof": [_id(claim.article) for claim in claims],
            }
            if schema == "Person":
                found["position"] = self._values(own, "post")
                found["notes"] = [self._label(one) for one in identities.get(iri, []) if one != f"{KG}Named"]
            if schema == "Event":
                found["date"] = [day for claim in own if claim.predicate == f"{KG}occurredOn" for day in _day(claim)]
                found["location"] = self._values(own, "occurredAt")
                found["involved"] = [_id(one.subject) for one in sure if one.predicate == f"{KG}participatedIn"]
            yield _id(iri), schema, found

    def links(self) -> Iterator[Entity]:
        """Give what joins two entities, with the claims that say so and those that deny it."""
        groups: dict[Proposition, list[Claim]] = {}
        for claim in self._claims:
            end = thing(claim)
            if end != claim.subject and claim.subject in self._schemata and end in self._schemata:
                groups.setdefault((claim.predicate, claim.subject, end), []).append(claim)
        denied: dict[Proposition, list[str]] = {}
        for claim in self._denied:
            proposition = (claim.predicate, claim.subject, thing(claim) or "")
            denied.setdefault(proposition, []).append(f"Denied: {claim.label} ({shorten(claim.iri)})")
        for proposition, claims in sorted(groups.items()):
            yield self._link(proposition, claims, denied.get(proposition, []))

    def _link(self, proposition: Proposition, claims: list[Claim], denied: list[str]) -> Entity:
        predicate, subject, end = proposition
        schema, first, second = _LINKS.get(predicate, _ANY_LINK)
        ends = {first: subject, second: end}
        # A group is nothing that one can be a member of, and an event nothing that one can direct.
        if schema != _ANY_LINK[0] and self._schemata[ends["organization"]] not in _ORGANISATIONS:
            schema, first, second = _ANY_LINK
        publishers = [
            self._facts.articles[one.article].publisher for one in claims if one.article in self._facts.articles
        ]
        return (
            f"link-{sha256(' '.join(proposition).encode()).hexdigest()[:24]}",
            schema,
            {
                first: [_id(subject)],
                second: [_id(end)],
                "role": [self._label(predicate)],
                "status": [self._label(claim.certainty) for claim in claims],
                "date": [day for claim in claims for day in _day(claim)],
                "summary": [claim.label for claim in claims],
                "description": denied,
                "recordId": [shorten(claim.iri) for claim in claims],
                "proof": [_id(claim.article) for claim in claims],
                "publisher": [self._label(one) for one in publishers if one],
                "sourceUrl": [url for claim in claims for url in self._urls.get(claim.article, [])],
            },
        )

    def _schema(self, iri: str) -> str:
        own = [_OF_CLASS[one] for one in classes(self._store, iri) if one in _OF_CLASS]
        return own[0] if own else _SCHEMATA[str(kind(iri))]

    def _values(self, claims: Iterable[Claim], predicate: str) -> list[str]:
        """Return the objects of the claims of the predicate in words."""
        objects = [claim.object for claim in claims if claim.predicate == f"{KG}{predicate}"]
        return [self._label(one.value) if isinstance(one, NamedNode) else one.value for one in objects]

    def _label(self, iri: str) -> str:
        label = self._facts.labels.get(iri, "")
        return label if label.strip() else shorten(iri)

    def _texts(self, property_: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for quad in self._store.quads_for_pattern(None, NamedNode(property_), None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                found.setdefault(quad.subject.value, []).append(quad.object.value)
        return found


def _id(iri: str) -> str:
    """Return the name in the letters that FollowTheMoney's ids have."""
    return identifier(iri).replace(":", "-").replace("_", ".")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _day(claim: Claim) -> list[str]:
    return _shared(*days(claim))


def _shared(first: date | None, last: date | None) -> list[str]:
    """Return the day, month or year in which both days lie, if there is one."""
    if first is None or last is None:
        return []
    same = (first.year == last.year, first.month == last.month, first.day == last.day)
    length = 10 if all(same) else 7 if all(same[:2]) else 4 if same[0] else 0
    return [first.isoformat()[:length]] if length else []
