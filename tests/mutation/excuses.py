"""Reasons why a mutant cannot be found, each with a check that it holds."""

from collections import Counter
from functools import cache

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple

from kg.rdf.namespaces import expand, shorten
from mutation.damage import Mutant

SAME = "the same RDF"
OPTIONAL = "an optional statement is missing"
UNMENTIONED = "an entity is missing that nothing else needs"
RENAMED = "an entity that nothing mentions has another name"
READER = "as good a statement: only a reader of the article can tell"
TEXTS = "only the texts can tell"

#: Properties that an entity of each class may lack by the model.
MAY_LACK = {
    "kg:Article": "kg:notAfter prov:wasDerivedFrom schema:author schema:datePublished schema:inLanguage schema:url",
    "kg:Claim": "kg:basis kg:speaker kg:speaksFor kg:timeWording kg:via kg:where",
    "kg:ClaimPredicate": "kg:comparableWith kg:excludes kg:expectsPopulation kg:expectsUnit kg:measuredFrom"
    " kg:quasiIdentifier kg:tolerance",
    "kg:Place": "schema:containedInPlace",
    "kg:Quantity": "schema:maxValue",
}
#: Properties that any entity may lack, and those of which it may lack one value of several.
MAY_ALWAYS_LACK = "skos:altLabel skos:editorialNote skos:exactMatch skos:example skos:scopeNote"
MAY_LACK_ONE = "kg:expectsObject kg:expectsSubject kg:passage kg:wording"
#: Properties whose values only a reader of the article, the codebook or the world can judge.
BY_READING = """
kg:attribution kg:basis kg:certainty kg:comparableWith kg:counts kg:derivation kg:excludes kg:expectsObject
kg:expectsPopulation kg:expectsSubject kg:expectsUnit kg:extent kg:identity kg:inverseLabel kg:measure kg:measuredFrom
kg:modality kg:notAfter kg:notBefore kg:origin kg:passage kg:polarity kg:quasiIdentifier kg:setAside kg:speaker
kg:speaksFor kg:timeWording kg:tolerance kg:valuesAtOnce kg:via kg:where kg:wording prov:wasDerivedFrom rdf:object
rdf:predicate rdf:subject rdf:type rdfs:label schema:author schema:containedInPlace schema:datePublished
schema:publisher schema:unitText schema:url skos:altLabel skos:definition skos:editorialNote skos:exactMatch
skos:inScheme
"""
#: Properties whose values the texts, or the numbers of the codebook, prove wrong.
BY_TEXTS = "kg:digest kg:textDigest kg:textLength oa:end oa:start schema:maxValue schema:minValue"


def excuse(mutant: Mutant, original: str, store: Store, *, texts: bool) -> str:
    """Return why the mutant need not be found, or "" where it must be.

    `original` is the text of the file before the damage, `store` holds the project without it.
    """
    before, after = _triples(original), _triples(mutant.text)
    gone, new = before - after, after - before
    if not gone and not new:
        return SAME
    kinds = _kinds(store)
    if not new and _optional(gone, after, kinds):
        return OPTIONAL
    if not new and _unmentioned(gone, after, store):
        return UNMENTIONED
    if _renamed(gone, new, store):
        return RENAMED
    changed = {shorten(triple.predicate.value) for triple in gone | new}
    if not texts and changed <= set(BY_TEXTS.split()):
        return TEXTS
    if _as_good(gone, new, kinds):
        return READER
    return ""


def _triples(text: str) -> frozenset[Triple]:
    # By way of a store, for which 0 and 00 are the same.
    store = Store()
    store.load(text.encode(), format=RdfFormat.TURTLE)
    return frozenset(quad.triple for quad in store)


@cache
def _kinds(store: Store) -> dict[object, str]:
    """Return the class of each entity; of a code its list."""
    found: dict[object, str] = {}
    for quad in store.quads_for_pattern(None, NamedNode(expand("rdf:type")), None):
        found[quad.subject] = shorten(quad.object.value) if isinstance(quad.object, NamedNode) else ""
    for quad in store.quads_for_pattern(None, NamedNode(expand("skos:inScheme")), None):
        found[quad.subject] = str(quad.object)
    return found


def _optional(gone: frozenset[Triple], after: frozenset[Triple], kinds: dict[object, str]) -> bool:
    """Say whether each entity is still described, and may lack the statements that it lost."""
    left = Counter((triple.subject, triple.predicate) for triple in after)
    described = {triple.subject for triple in after}
    for triple in gone:
        predicate = shorten(triple.predicate.value)
        allowed = (f"{MAY_LACK.get(kinds.get(triple.subject, ''), '')} {MAY_ALWAYS_LACK}").split()
        if predicate in MAY_LACK_ONE.split() or predicate in ("skos:altLabel",):
            allowed = [predicate] if left[(triple.subject, triple.predicate)] else allowed
        if triple.subject not in described or predicate not in allowed:
            return False
    return True


def _unmentioned(gone: frozenset[Triple], after: frozenset[Triple], store: Store) -> bool:
    """Say whether whole entities are missing, and nothing mentions them."""
    subjects = {triple.subject for triple in gone}
    if subjects & {triple.subject for triple in after}:
        return False
    return not any(
        quad.subject not in subjects for one in subjects for quad in store.quads_for_pattern(None, None, one)
    )


def _renamed(gone: frozenset[Triple], new: frozenset[Triple], store: Store) -> bool:
    """Say whether one entity has another name in all its statements, and nothing mentions it."""
    old, other = {triple.subject for triple in gone}, {triple.subject for triple in new}
    if len(old) != 1 or len(other) != 1:
        return False
    (one,) = old
    said = {(triple.predicate, triple.object) for triple in gone}
    return said == {(triple.predicate, triple.object) for triple in new} and not any(
        store.quads_for_pattern(None, None, one)
    )


def _as_good(gone: frozenset[Triple], new: frozenset[Triple], kinds: dict[object, str]) -> bool:
    """Say whether only values changed that an article decides, each to one of the same kind."""
    if any(isinstance(triple.object, Literal) and not triple.object.value.strip() for triple in new):
        return False
    old = Counter((triple.subject, triple.predicate, _kind(triple.object, kinds)) for triple in gone)
    other = Counter((triple.subject, triple.predicate, _kind(triple.object, kinds)) for triple in new)
    return old == other and {shorten(predicate.value) for _, predicate, _ in old} <= set(BY_READING.split())


def _kind(term: object, kinds: dict[object, str]) -> str:
    """Return the list of a code, the datatype of a literal, and "thing" for an entity of any class."""
    if isinstance(term, Literal):
        return term.datatype.value
    known = kinds.get(term, "elsewhere")
    return "thing" if known.startswith("kg:") and known != "kg:ClaimPredicate" else known
