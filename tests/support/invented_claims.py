"""Invented claims for properties that hold of all claims: a background, and hypothesis strategies."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from math import inf

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pyoxigraph import Literal, NamedNode

from kg.claims.background import DEFAULT_TOLERANCE, KG, Article, Background, Profile, Quantity
from kg.claims.claim import Claim
from kg.rdf.namespaces import PREFIXES

#: For every property: an example may take any time.
untimed = settings(deadline=None)

START = date(2021, 5, 1)
#: Quantities of all ranges between these numbers, so that each can be widened to another.
NUMBERS = (0, 8, 10, 12, 50)
SPEAKERS = ("person:orlo", "person:vex")
UNIT, OTHER, SIEGE = "unit:heron", "unit:otter", "event:siege"


def iri(name: str) -> str:
    """Return the IRI of a short name."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def day(number: int) -> date:
    """Return the day this many days after the first invented day."""
    return START + timedelta(days=number)


def _profile(name: str, values: str, measure: str | None = None, **more: tuple[str, ...]) -> Profile:
    own = {"measured_from": (), "excludes": (), "comparable_with": (), **more}
    return Profile(
        KG + name,
        name,
        KG + values,
        KG + measure if measure else None,
        tuple(KG + one for one in own["measured_from"]),
        tuple(KG + one for one in own["excludes"]),
        tuple(KG + one for one in own["comparable_with"]),
        DEFAULT_TOLERANCE,
    )


def quantity(low: int, high: float, unit: str = "person") -> str:
    """Return the short name of the quantity with this range."""
    return f"quantity:{unit}-{low}-{'more' if high == inf else int(high)}"


def _quantities() -> Iterable[Quantity]:
    for unit in ("person", "day"):
        for low in NUMBERS:
            for high in (*(number for number in NUMBERS if number >= low), inf):
                name = quantity(low, high, unit)
                yield Quantity(iri(name), name, low, high, unit)


def _article(name: str, outlet: str, published: int | None, origin: str, parent: str = "", kind: str = "") -> Article:
    day_ = None if published is None else day(published)
    derivation = KG + kind if kind else None
    parents = (iri(f"article:{parent}"),) if parent else ()
    return Article(iri(f"article:{name}"), name, iri(outlet), (), day_, day_, KG + origin, derivation, parents)


POST, HERALD = "organisation:post", "organisation:herald"
ARTICLES = (
    _article("post-1", POST, 2, "Original"),
    _article("post-2", POST, 6, "Original"),
    _article("herald-1", HERALD, 4, "Original"),
    _article("reprint", "organisation:gazette", 4, "Derived", "post-1", "Repost"),
    _article("retelling", "organisation:leaf", 7, "Derived", "reprint", "Rewrite"),
    _article("update", POST, 7, "Derived", "post-1", "Update"),
    _article("blog", "organisation:blog", None, "UnknownOrigin"),
    _article("from-wire", "organisation:weekly", 5, "Derived", "wire", "Rewrite"),
    _article("wire", "organisation:wire", None, "Original"),
)
PROFILES = (
    _profile("strength", "One", "Stock"),
    _profile("applications", "One", "Flow", comparable_with=("strength",)),
    _profile("casualties", "One", "Cumulative"),
    _profile("ledBy", "One"),
    _profile("formed", "OneEver"),
    _profile("memberOf", "Many"),
    _profile("supports", "Many", excludes=("opposes",)),
    _profile("opposes", "Many"),
    _profile("occurredOn", "OneEver"),
    _profile("duration", "One", "Stock", measured_from=("occurredOn",)),
)
WORLD = Background(
    {profile.iri: profile for profile in PROFILES},
    {one.iri: one for one in _quantities()},
    {article.iri: article for article in ARTICLES},
    {iri("place:tarn"): frozenset({iri("place:valley")})},
    {},
)


def claim(name: str = "a", subject: str = UNIT, predicate: str = "memberOf", object_: str = OTHER) -> Claim:
    """Return a claim that an article affirms as certain, actual and undated."""
    object_term = _object(object_)
    return Claim(
        iri=iri(f"claim:{name}"),
        label=name,
        subject=iri(subject),
        predicate=KG + predicate,
        object=object_term,
        article=iri("article:post-1"),
        passages=(),
        attribution=f"{KG}Unattributed",
        speakers=(),
        speaks_for=(),
        via=(),
        basis=None,
        certainty=f"{KG}Certain",
        polarity=f"{KG}Affirmed",
        modality=f"{KG}Actual",
        not_before=None,
        not_after=None,
        extent=None,
        time_wording=None,
        counts=None,
        where=None,
        derived_from=(),
        revises=(),
        notes=(),
    )


def _object(name: str) -> NamedNode | Literal:
    if name[0].isdigit():
        return Literal(name, datatype=NamedNode(f"{PREFIXES['xsd']}date"))
    return NamedNode(iri(name))


def dated(one: Claim, first: int, last: int, extent: str = "Throughout") -> Claim:
    """Return the claim with bounds, in days after the beginning."""
    return replace(one, not_before=day(first), not_after=day(last), extent=KG + extent)


_RANGES = st.tuples(st.sampled_from(NUMBERS), st.sampled_from((*NUMBERS, inf))).filter(lambda ends: ends[0] <= ends[1])


def _families() -> tuple[SearchStrategy[tuple[str, str, str, str | None]], ...]:
    """Return a strategy for each family of predicates; it draws subject, predicate, object and population."""
    people = _RANGES.map(lambda ends: quantity(*ends))
    counts = st.sampled_from(("Serving", "Serving", "Serving", "Deployed")).map(lambda name: KG + name)
    things = st.sampled_from((OTHER, "unit:newt"))
    days = st.integers(0, 12).map(lambda number: day(number).isoformat())
    lasting = _RANGES.map(lambda ends: quantity(*ends, "day"))
    unit, siege = st.just(UNIT), st.just(SIEGE)
    return (
        st.tuples(unit, st.sampled_from(("strength", "strength", "strength", "applications")), people, counts),
        st.tuples(unit, st.just("applications"), people, counts),
        st.tuples(unit, st.just("casualties"), people, counts),
        st.tuples(unit, st.just("ledBy"), things, st.none()),
        st.tuples(unit, st.just("memberOf"), things, st.none()),
        st.tuples(unit, st.sampled_from(("supports", "opposes")), things, st.none()),
        st.tuples(unit, st.just("formed"), st.one_of(st.just("event:founding"), days), st.none()),
        st.one_of(
            st.tuples(siege, st.just("occurredOn"), st.one_of(siege, days), st.none()),
            st.tuples(siege, st.just("duration"), lasting, st.none()),
        ),
    )


FAMILIES = _families()


_BOUNDS = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 10), st.integers(0, 4), st.sampled_from(("Throughout", "Throughout", "SometimeWithin"))),
)
_USUALLY = (
    ("Affirmed",) * 4 + ("Denied",),
    ("Actual",) * 6 + ("Planned", "Hoped", "Hypothetical"),
    ("Certain",) * 4 + ("Possible",),
)


@st.composite
def any_claim(draw: st.DrawFn, name: str = "a", family: int | None = None) -> Claim:
    """Draw a claim, of one family if given, from few values and days, so that claims often meet."""
    number = draw(st.integers(0, len(FAMILIES) - 1)) if family is None else family
    subject, predicate, object_, counts = draw(FAMILIES[number])
    one = claim(name, subject, predicate, object_)
    polarity, modality, certainty = (KG + draw(st.sampled_from(values)) for values in _USUALLY)
    speakers = draw(st.sampled_from(((), (), *((iri(speaker),) for speaker in SPEAKERS))))
    where = draw(st.sampled_from((None, None, None, None, iri("place:tarn"), iri("place:valley"), iri("place:hill"))))
    article = draw(st.sampled_from(ARTICLES)).iri
    one = replace(one, article=article, speakers=speakers, where=where, counts=counts)
    one = replace(one, polarity=polarity, modality=modality, certainty=certainty)
    bounds = draw(_BOUNDS)
    return dated(one, bounds[0], bounds[0] + bounds[1], bounds[2]) if bounds else one


@st.composite
def two_claims(draw: st.DrawFn) -> tuple[Claim, Claim]:
    """Draw two claims of one family, for the second often with the content of the first."""
    family = draw(st.integers(0, len(FAMILIES) - 1))
    first, second = draw(any_claim("a", family)), draw(any_claim("b", family))
    if draw(st.booleans()):
        second = replace(second, predicate=first.predicate, object=first.object, subject=first.subject)
    return first, second


@st.composite
def some_claims(draw: st.DrawFn, least: int = 2, most: int = 9) -> list[Claim]:
    """Draw several claims of one family, of which a few are carried over from, or correct, an earlier one."""
    family = draw(st.integers(0, len(FAMILIES) - 1))
    drawn = [draw(any_claim(f"c{number}", family)) for number in range(draw(st.integers(least, most)))]
    found: list[Claim] = []
    for one in drawn:
        link = draw(st.sampled_from((None,) * 6 + ("derived_from", "revises"))) if found else None
        if link == "derived_from":
            earlier = draw(st.sampled_from(found))
            one = replace(one, derived_from=(earlier.iri,), object=earlier.object, predicate=earlier.predicate)
        elif link == "revises":
            one = replace(one, revises=(draw(st.sampled_from(found)).iri,))
        found.append(one)
    return found
