"""FollowTheMoney export, one entity a line: articles, people, organisations, groups and events, and their links.

FollowTheMoney has no form for a denial, a plan or a hope, nor for a range of days. So a link needs a claim that is
affirmed as actual; its status gives the certainty, and its description the denials. A property, which has no status,
also needs certainty. A date is as exact as both bounds of a claim agree on. Numbers, views and aims are left out, and
so are events that no such claim is about.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from hashlib import sha256
from typing import BinaryIO

from pyoxigraph import NamedNode

from kg.claims.background import KG, background
from kg.claims.claim import Claim
from kg.claims.entities import classes
from kg.escape import without_controls
from kg.export.property_graph import identifier, label_of, values_by_subject
from kg.export.selection import Selected, asserted, bounds, claims_by_entity, object_entity
from kg.rdf.namespaces import PREFIXES, kind, shorten
from kg.validation.vocabulary import described

#: The schema of an entity by its kind, and by its class, which has precedence.
_SCHEMAS = {
    "event": "Event",
    "group": "LegalEntity",
    "organisation": "Organization",
    "person": "Person",
    "unit": "Organization",
}
_CLASS_SCHEMAS = {f"{KG}State": "PublicBody"}
#: The schema of a link by predicate, and its properties for subject and object.
_LINKS = {
    f"{KG}formerMemberOf": ("Membership", "member", "organization"),
    f"{KG}ledBy": ("Directorship", "organization", "director"),
    f"{KG}memberOf": ("Membership", "member", "organization"),
    f"{KG}partOf": ("Membership", "member", "organization"),
}
_ANY_LINK = ("UnknownLink", "subject", "object")
_ORGANISATIONS = ("Organization", "PublicBody")
#: The longest name and the longest title that FollowTheMoney accepts, in characters.
_LONGEST_NAME, _LONGEST_TITLE = 384, 1024

#: The values of one entity by property.
Properties = dict[str, list[str]]
#: Id, schema and properties.
Entity = tuple[str, str, Properties]
#: Predicate, subject and object of a link.
Proposition = tuple[str, str, str]


def ftm(selected: Selected, out: BinaryIO) -> None:
    """Write the articles, then people, organisations, groups and events, then the links between them; each in order."""
    import json  # not needed for the others

    builder = _Builder(selected)
    for entities in (builder.articles(), builder.entities(), builder.links()):
        for id_, schema, properties in entities:
            cleaned = {
                name: sorted({without_controls(value) for value in values if value.strip()})
                for name, values in sorted(properties.items())
            }
            present = {name: values for name, values in cleaned.items() if values}
            entity = {"id": id_, "schema": schema, "properties": present}
            out.write(f"{json.dumps(entity, ensure_ascii=False)}\n".encode())


class _Builder:
    """The data that FollowTheMoney entities are made from, gathered once."""

    def __init__(self, selected: Selected) -> None:
        self._store = selected.store
        self._facts = background(selected.store)
        self._label = partial(label_of, self._facts)
        self._urls = values_by_subject(selected.store, f"{PREFIXES['schema']}url")
        self._claims = [claim for claim in selected.claims if asserted(claim)]
        self._denials = [claim for claim in selected.claims if claim.polarity == f"{KG}Denied"]
        self._by_entity = claims_by_entity(self._claims)
        iris = set(self._by_entity)
        if selected.selection.whole:
            iris |= {iri for iri in described(selected.store) if kind(iri) != "event"}
        self._schemas = {iri: self._schema(iri) for iri in sorted(iris) if kind(iri) in _SCHEMAS}

    def articles(self) -> Iterator[Entity]:
        """Yield the articles of the claims."""
        for iri in sorted({claim.article for claim in self._claims} & self._facts.articles.keys()):
            article = self._facts.articles[iri]
            origin = [article.origin, article.derivation, *article.derived_from]
            properties = {
                "title": [_cut(self._label(iri), _LONGEST_TITLE)],
                "fileName": [shorten(iri).partition(":")[2]],
                "author": [self._label(author) for author in article.authors],
                "publisher": [self._label(article.publisher)] if article.publisher else [],
                "publishedAt": _common_date(article.not_before, article.not_after),
                "sourceUrl": self._urls.get(iri, []),
                "notes": [": ".join(self._label(part) for part in origin if part)],
            }
            yield _id(iri), "Article", properties

    def entities(self) -> Iterator[Entity]:
        """Yield people, organisations, groups and events, with the properties that claims about each give it."""
        names, same, identities = (
            values_by_subject(self._store, iri)
            for iri in (f"{PREFIXES['skos']}altLabel", f"{PREFIXES['skos']}exactMatch", f"{KG}identity")
        )
        for iri, schema in self._schemas.items():
            label, claims = " ".join(self._label(iri).split()), self._by_entity.get(iri, [])
            certain = [claim for claim in claims if claim.certainty == f"{KG}Certain"]
            about = [claim for claim in certain if claim.subject == iri]
            wikidata = [match for match in same.get(iri, []) if match.startswith(PREFIXES["wd"])]
            properties: Properties = {
                "name": [_cut(label, _LONGEST_NAME)],
                "summary": [label] if len(label) > _LONGEST_NAME else [],
                "alias": [*names.get(iri, []), *self._objects(about, "name")],
                "wikidataId": [match.rpartition("/")[2] for match in wikidata],
                "proof": [_id(claim.article) for claim in claims],
            }
            if schema == "Person":
                properties["position"] = self._objects(about, "post")
                properties["notes"] = [self._label(code) for code in identities.get(iri, []) if code != f"{KG}Named"]
            if schema == "Event":
                days = [claim for claim in about if claim.predicate == f"{KG}occurredOn"]
                properties["date"] = _dates(days)
                properties["location"] = self._objects(about, "occurredAt")
                involved = [claim.subject for claim in certain if claim.predicate == f"{KG}participatedIn"]
                properties["involved"] = list(map(_id, involved))
            yield _id(iri), schema, properties

    def links(self) -> Iterator[Entity]:
        """Yield the links between two entities, with the claims that assert each and those that deny it."""
        groups: dict[Proposition, list[Claim]] = {}
        for claim in self._claims:
            target = object_entity(claim)
            if target != claim.subject and claim.subject in self._schemas and target in self._schemas:
                groups.setdefault((claim.predicate, claim.subject, target), []).append(claim)
        denials: dict[Proposition, list[str]] = {}
        for claim in self._denials:
            proposition = (claim.predicate, claim.subject, object_entity(claim) or "")
            denials.setdefault(proposition, []).append(f"Denied: {claim.label} ({shorten(claim.iri)})")
        for proposition, claims in sorted(groups.items()):
            yield self._link(proposition, claims, denials.get(proposition, []))

    def _link(self, proposition: Proposition, claims: list[Claim], denials: list[str]) -> Entity:
        predicate, subject, target = proposition
        schema, first, second = _LINKS.get(predicate, _ANY_LINK)
        # A group cannot have members, and an event cannot have a director.
        if schema != _ANY_LINK[0]:
            organisation = subject if first == "organization" else target
            if self._schemas[organisation] not in _ORGANISATIONS:
                schema, first, second = _ANY_LINK
        articles = [self._facts.articles[claim.article] for claim in claims if claim.article in self._facts.articles]
        properties = {
            first: [_id(subject)],
            second: [_id(target)],
            "role": [self._label(predicate)],
            "status": [self._label(claim.certainty) for claim in claims],
            "date": _dates(claims),
            "summary": [claim.label for claim in claims],
            "description": denials,
            "recordId": [shorten(claim.iri) for claim in claims],
            "proof": [_id(claim.article) for claim in claims],
            "publisher": [self._label(article.publisher) for article in articles if article.publisher],
            "sourceUrl": [url for claim in claims for url in self._urls.get(claim.article, [])],
        }
        return f"link-{sha256(' '.join(proposition).encode()).hexdigest()[:24]}", schema, properties

    def _schema(self, iri: str) -> str:
        special = [_CLASS_SCHEMAS[class_] for class_ in classes(self._store, iri) if class_ in _CLASS_SCHEMAS]
        return special[0] if special else _SCHEMAS[str(kind(iri))]

    def _objects(self, claims: Iterable[Claim], predicate: str) -> list[str]:
        """Return the objects of the claims with the predicate as text."""
        objects = [claim.object for claim in claims if claim.predicate == f"{KG}{predicate}"]
        return [self._label(value.value) if isinstance(value, NamedNode) else value.value for value in objects]


def _id(iri: str) -> str:
    """Return the short name in the characters that FollowTheMoney allows in an id."""
    return identifier(iri).replace(":", "-").replace("_", ".")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _dates(claims: Iterable[Claim]) -> list[str]:
    return [day for claim in claims for day in _common_date(*bounds(claim))]


def _common_date(first: date | None, last: date | None) -> list[str]:
    """Return the day, month or year in which both days are, if there is one."""
    if first is None or last is None:
        return []
    same = (first.year == last.year, first.month == last.month, first.day == last.day)
    length = 10 if all(same) else 7 if all(same[:2]) else 4 if same[0] else 0
    return [first.isoformat()[:length]] if length else []
