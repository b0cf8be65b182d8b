"""Write a project of n invented articles with 25 claims each: `python tests/bench/generate.py N DIR`.

The same n gives the same bytes on every machine. Articles come in stories of twenty, each with units, people,
places and events of its own and a truth that its claims report, mostly rightly; two claims of each article speak of
things that all stories share, so that there are statements which very many articles make alike. A fifth of the
articles derive from an earlier one of their story, and some of what they carry over has changed on the way.
"""

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from kg.rdf.namespaces import PREFIXES

CLAIMS = 25
STORY = 20
PASSAGES = 13
ONTOLOGY = Path(__file__).resolve().parents[2] / "ontology"

#: Slug, wording, least and greatest number, unit of each entry of the codebook.
QUANTITIES = (
    *((f"exactly-{number}", str(number), number, number, "person") for number in range(10, 1000, 30)),
    ("dozens", "dozens", 24, 120, "person"),
    ("several-dozen", "several dozen", 24, 99, "person"),
    ("hundreds", "hundreds", 200, 999, "person"),
    ("about-100", "about 100", 90, 110, "person"),
    ("more-than-300", "more than 300", 301, None, "person"),
    *((f"{number}-days", f"{number} days", number, number, "day") for number in range(3, 60, 4)),
    *((f"{number}-months", f"{number} months", number, number, "month") for number in range(1, 12)),
)
PEOPLE_COUNTED = [entry for entry in QUANTITIES if entry[4] == "person"]
TOPICS = ("bridge-guard", "drill", "flag", "ferry-tax", "fishing-rights", "lighthouse", "river-law", "salt-toll")
EASE = ("easy", "strict")
SHARED_UNITS = ("northern-army", "southern-army")
CERTAINTIES = ("Certain",) * 7 + ("Probable", "Possible", "Unconfirmed")
DERIVATIONS = ("Repost", "Excerpt", "Translation", "Rewrite")

Values = Iterable[tuple[str, str | list[str]]]


@dataclass
class Story:
    """What the twenty articles of one story speak of, and how things stand there in truth."""

    number: int
    random: Random
    start: date
    units: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    strength: dict[str, int] = field(default_factory=dict)
    leader: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    side: dict[str, str] = field(default_factory=dict)


@dataclass
class Statement:
    """One claim in the making: what it says and how, without its article."""

    subject: str
    predicate: str
    object: str
    counts: str | None = None
    bounds: tuple[date, date] | None = None
    extent: str = "Throughout"
    polarity: str = "Affirmed"
    modality: str = "Actual"
    certainty: str = "Certain"
    speaker: str | None = None
    derived_from: str | None = None


def write_project(articles: int, directory: Path) -> None:
    """Write ontology and graph of the project into the directory, which is made where it is missing."""
    shutil.copytree(ONTOLOGY, directory / "ontology", dirs_exist_ok=True)
    graph = directory / "graph"
    (graph / "articles").mkdir(parents=True, exist_ok=True)
    stories = [_story(number) for number in range((articles + STORY - 1) // STORY)]
    used: set[str] = set()
    for story in stories:
        told: list[tuple[str, date, list[tuple[str, Statement]]]] = []
        for index in range(min(STORY, articles - story.number * STORY)):
            slug = f"story-{story.number}-report-{index}"
            published = story.start + timedelta(days=30 + index * 2)
            origin = story.random.choice(told) if told and story.random.random() < 0.2 else None
            statements = _statements(story, published, origin)
            named = [(f"claim:{slug}-{number}", statement) for number, statement in enumerate(statements)]
            text = _article(story, slug, published, origin[0] if origin else None, named)
            (graph / "articles" / f"{slug}.ttl").write_text(text, encoding="utf-8")
            told.append((slug, published, named))
            used.add(_outlet(story.number, index))
            for statement in statements:
                used |= {statement.subject, statement.object, statement.speaker or ""}
    _write_things(graph, stories, used)


def _story(number: int) -> Story:
    random = Random(number)
    story = Story(number, random, date(2015, 1, 1) + timedelta(days=number * 7 % 3000))
    story.units = [f"unit:company-{number}-{index}" for index in range(6)]
    story.people = [f"person:speaker-{number}-{index}" for index in range(8)]
    story.places = [f"place:village-{number}-{index}" for index in range(5)]
    story.events = [f"event:skirmish-{number}-{index}" for index in range(4)]
    for unit in story.units:
        story.strength[unit] = random.randrange(10, 900)
        story.leader[unit] = random.choice(story.people)
        story.side[unit] = random.choice(SHARED_UNITS)
    for thing in (*story.units, *story.events):
        story.days[thing] = story.start + timedelta(days=random.randrange(30))
    return story


def _statements(
    story: Story, published: date, origin: tuple[str, date, list[tuple[str, Statement]]] | None
) -> list[Statement]:
    random = story.random
    statements = [_shared(random, published) for _ in range(2)]
    if origin is not None:
        for claim, old in random.sample(origin[2][2:], 10):
            statements.append(_carried(story, claim, old))
    while len(statements) < CLAIMS:
        statements.append(_say(story, published))
    return statements


def _shared(random: Random, published: date) -> Statement:
    unit = random.choice(SHARED_UNITS)
    bounds = (published, published) if random.random() < 0.5 else None
    return Statement(f"unit:{unit}", random.choice(("kg:supports", "kg:seeks")), f"topic:{unit}-cause", bounds=bounds)


def _carried(story: Story, claim: str, old: Statement) -> Statement:
    new = Statement(**{name: getattr(old, name) for name in Statement.__dataclass_fields__})
    new.derived_from = claim
    if story.random.random() < 0.1:
        new.certainty = "Possible" if old.certainty == "Certain" else "Certain"
    return new


def _say(story: Story, published: date) -> Statement:
    random = story.random
    makers, weights = zip(*_MAKERS, strict=True)
    maker: Callable[[Story, date], Statement] = random.choices(makers, weights)[0]
    statement = maker(story, published)
    statement.certainty = random.choice(CERTAINTIES)
    if random.random() < 0.05:
        statement.modality = random.choice(("Planned", "Hoped", "Hypothetical"))
    if random.random() < 0.6:
        statement.speaker = random.choice(story.people)
    return statement


def _when(story: Story, published: date) -> tuple[tuple[date, date] | None, str]:
    draw = story.random.random()
    if draw < 0.3:
        return None, "Throughout"
    if draw < 0.7:
        return (published, published), "Throughout"
    first = published - timedelta(days=story.random.randrange(1, 25))
    return (first, published), "Throughout" if draw < 0.85 else "SometimeWithin"


def _near(story: Story, number: int) -> str:
    """Return an entry of the codebook that holds the number or comes nearest to it; now and then any."""
    if story.random.random() < 0.05:
        return f"quantity:{story.random.choice(PEOPLE_COUNTED)[0]}"
    holding = [entry for entry in PEOPLE_COUNTED if entry[2] <= number <= (entry[3] or number)]
    nearest = min(PEOPLE_COUNTED[:33], key=lambda entry: abs(entry[2] - number))
    return f"quantity:{story.random.choice([*holding, nearest])[0]}"


def _strength(story: Story, published: date) -> Statement:
    unit = story.random.choice(story.units)
    counts = story.random.choice(("Serving", "Serving", "Deployed"))
    number = story.strength[unit] if counts == "Serving" else story.strength[unit] // 3
    bounds, extent = _when(story, published)
    return Statement(unit, "kg:strength", _near(story, number), counts, bounds, extent)


def _applications(story: Story, published: date) -> Statement:
    unit = story.random.choice(story.units)
    bounds = (published - timedelta(days=story.random.choice((1, 7, 30))), published)
    return Statement(unit, "kg:applications", _near(story, 300), "Candidate", bounds)


def _casualties(story: Story, published: date) -> Statement:
    event = story.random.choice(story.events)
    number = 20 + max(0, (published - story.days[event]).days) * 3
    counts = story.random.choice(("Killed", "Wounded"))
    return Statement(event, "kg:casualties", _near(story, number), counts, (published, published))


def _formed(story: Story, published: date) -> Statement:
    unit = story.random.choice(story.units)
    return Statement(unit, "kg:formed", _day(_report(story, story.days[unit])))


def _occurred(story: Story, published: date) -> Statement:
    event = story.random.choice(story.events)
    return Statement(event, "kg:occurredOn", _day(_report(story, story.days[event])))


def _report(story: Story, day: date) -> date:
    return day + timedelta(days=story.random.randrange(1, 20)) if story.random.random() < 0.06 else day


def _duration(story: Story, published: date) -> Statement:
    event = story.random.choice(story.events)
    days = (published - story.days[event]).days
    if story.random.random() < 0.15:
        days //= 3
    nearest = min((entry for entry in QUANTITIES if entry[4] == "day"), key=lambda entry: abs(entry[2] - days))
    return Statement(event, "kg:duration", f"quantity:{nearest[0]}", None, (published, published))


def _led(story: Story, published: date) -> Statement:
    unit = story.random.choice(story.units)
    leader = story.random.choice(story.people) if story.random.random() < 0.06 else story.leader[unit]
    bounds, extent = _when(story, published)
    return Statement(unit, "kg:ledBy", leader, None, bounds, extent)


def _admission(story: Story, published: date) -> Statement:
    unit = story.random.choice(story.units)
    ease = EASE[story.strength[unit] % 2] if story.random.random() < 0.9 else story.random.choice(EASE)
    return Statement(unit, "kg:admissionDifficulty", f"topic:{ease}", None, _when(story, published)[0])


def _fights(story: Story, published: date) -> Statement:
    unit = story.random.choice(story.units)
    side = story.side[unit]
    other = SHARED_UNITS[1 - SHARED_UNITS.index(side)]
    bounds, extent = _when(story, published)
    if story.random.random() < 0.03:
        other = side
    if story.random.random() < 0.5:
        return Statement(unit, "kg:fightsFor", f"unit:{side}", None, bounds, extent)
    return Statement(unit, "kg:fightsAgainst", f"unit:{other}", None, bounds, extent)


def _plain(predicate: str, subjects: str, objects: str) -> Callable[[Story, date], Statement]:
    def say(story: Story, published: date) -> Statement:
        subject = story.random.choice(getattr(story, subjects))
        choice = [f"topic:{topic}" for topic in TOPICS] if objects == "topics" else getattr(story, objects)
        bounds, extent = _when(story, published)
        polarity = "Denied" if story.random.random() < 0.02 else "Affirmed"
        return Statement(subject, predicate, story.random.choice(choice), None, bounds, extent, polarity)

    return say


#: What an article says, and how often in comparison.
_MAKERS: tuple[tuple[Callable[[Story, date], Statement], int], ...] = (
    (_strength, 6),
    (_applications, 1),
    (_casualties, 4),
    (_formed, 2),
    (_occurred, 3),
    (_duration, 1),
    (_led, 2),
    (_admission, 1),
    (_fights, 2),
    (_plain("kg:memberOf", "people", "units"), 6),
    (_plain("kg:participatedIn", "units", "events"), 5),
    (_plain("kg:deployedTo", "units", "places"), 4),
    (_plain("kg:supports", "people", "topics"), 4),
    (_plain("kg:opposes", "people", "topics"), 3),
    (_plain("kg:did", "units", "topics"), 5),
    (_plain("kg:motivatedBy", "people", "topics"), 4),
)


def _write_things(graph: Path, stories: list[Story], used: set[str]) -> None:
    """Describe the things that claims speak of, and no others."""
    units = [f"unit:{name}" for name in SHARED_UNITS] + [unit for story in stories for unit in story.units]
    topics = [f"topic:{name}" for name in (*TOPICS, *EASE, *(f"{unit}-cause" for unit in SHARED_UNITS))]
    outlets = {_outlet(story.number, index) for story in stories for index in range(STORY)}
    named: Values = [("kg:identity", "kg:Named")]
    for file, names, kind, more in (
        ("units", units, "kg:Unit", ()),
        ("topics", topics, "kg:Topic", ()),
        ("places", [place for story in stories for place in story.places], "kg:Place", ()),
        ("events", [event for story in stories for event in story.events], "kg:Battle", ()),
        ("people", [person for story in stories for person in story.people], "kg:Person", named),
        ("organisations", outlets, "kg:Outlet", ()),
    ):
        _write(graph / f"{file}.ttl", (_thing(name, kind, more) for name in sorted(used.intersection(names))))
    quantities = (_quantity(*entry) for entry in sorted(QUANTITIES) if f"quantity:{entry[0]}" in used)
    _write(graph / "quantities.ttl", quantities)


def _outlet(story: int, index: int) -> str:
    return f"organisation:herald-{(story // 10) * 12 + index * 7 % 12}"


def _thing(name: str, kind: str, more: Values = ()) -> str:
    words = name.partition(":")[2].replace("-", " ")
    return _block(name, [("a", kind), ("rdfs:label", f'"{words.capitalize()}"@en'), *more])


def _quantity(slug: str, wording: str, least: int, greatest: int | None, unit: str) -> str:
    values: list[tuple[str, str | list[str]]] = [("a", "kg:Quantity"), ("rdfs:label", f'"{wording} ({unit})"@en')]
    values.append(("kg:wording", f'"{wording}"@en'))
    if greatest is not None:
        values.append(("schema:maxValue", str(greatest)))
    values += [("schema:minValue", str(least)), ("schema:unitText", f'"{unit}"')]
    if least != greatest:
        values.append(("skos:editorialNote", '"Coding rule: made up."@en'))
    return _block(f"quantity:{slug}", values)


def _article(story: Story, slug: str, published: date, origin: str | None, claims: list[tuple[str, Statement]]) -> str:
    unknown = origin is None and story.random.random() < 0.1
    values: list[tuple[str, str | list[str]]] = [("a", "kg:Article"), ("rdfs:label", f'"{slug} in full"@en')]
    values.append(("kg:canonicalisation", '"hearsay-text-1"'))
    if origin:
        values.append(("kg:derivation", f"kg:{story.random.choice(DERIVATIONS)}"))
    values.append(("kg:origin", "kg:Derived" if origin else "kg:UnknownOrigin" if unknown else "kg:Original"))
    values += [("kg:textDigest", _digest(slug)), ("kg:textLength", str(PASSAGES * 100))]
    if origin:
        values.append(("prov:wasDerivedFrom", f"article:{origin}"))
    outlet = _outlet(story.number, int(slug.rpartition("-")[2]))
    values += [("schema:author", outlet), ("schema:datePublished", _day(published))]
    values += [("schema:inLanguage", '"en"'), ("schema:publisher", outlet)]
    blocks = [_block(f"article:{slug}", values)]
    for number in range(PASSAGES):
        blocks.append(_passage(slug, number))
        carried = [entry for index, entry in enumerate(claims) if index % PASSAGES == number]
        blocks += [_claim(name, statement, f"passage:{slug}-{number}") for name, statement in carried]
    return _text(blocks)


def _passage(slug: str, number: int) -> str:
    values = [("a", "kg:Passage"), ("kg:digest", _digest(f"{slug} {number}"))]
    values += [("oa:end", str(number * 100 + 99)), ("oa:hasSource", f"article:{slug}"), ("oa:start", str(number * 100))]
    return _block(f"passage:{slug}-{number}", values)


def _claim(name: str, statement: Statement, passage: str) -> str:
    words = " ".join(part.partition(":")[2].replace("-", " ") for part in (statement.subject, statement.predicate))
    label = f'"Of {words}, {name.rpartition("-")[2]}."@en'
    values: list[tuple[str, str | list[str]]] = [("a", "kg:Claim"), ("rdfs:label", label)]
    values += [("rdf:subject", statement.subject), ("rdf:predicate", statement.predicate)]
    values += [("rdf:object", statement.object)]
    values.append(("kg:attribution", "kg:IndirectSpeech" if statement.speaker else "kg:Unattributed"))
    values.append(("kg:certainty", f"kg:{statement.certainty}"))
    if statement.counts:
        values.append(("kg:counts", f"kg:{statement.counts}"))
    if statement.derived_from:
        values.append(("kg:derivedFromClaim", statement.derived_from))
    if statement.bounds:
        values.append(("kg:extent", f"kg:{statement.extent}"))
    values.append(("kg:modality", f"kg:{statement.modality}"))
    if statement.bounds:
        values += [("kg:notAfter", _day(statement.bounds[1])), ("kg:notBefore", _day(statement.bounds[0]))]
    values += [("kg:passage", passage), ("kg:polarity", f"kg:{statement.polarity}")]
    if statement.speaker:
        values.append(("kg:speaker", statement.speaker))
    return _block(name, values)


def _day(day: date) -> str:
    return f'"{day.isoformat()}"^^xsd:date'


def _digest(words: str) -> str:
    return f'"sha256:{hashlib.sha256(words.encode()).hexdigest()}"'


def _block(subject: str, values: Values) -> str:
    return f"{subject}\n" + "".join(f"    {name} {value} ;\n" for name, value in values) + ".\n"


def _text(blocks: Iterable[str]) -> str:
    body = "\n".join(blocks)
    used = [prefix for prefix in PREFIXES if f" {prefix}:" in body or f"\n{prefix}:" in body or f"^^{prefix}:" in body]
    head = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in used)
    return f"{head}\n{body}"


def _write(path: Path, blocks: Iterable[str]) -> None:
    path.write_text(_text(blocks), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        sys.exit("usage: python tests/bench/generate.py N DIR")
    write_project(int(sys.argv[1]), Path(sys.argv[2]))
