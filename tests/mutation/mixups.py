"""Mix-ups of the mind: values exchanged, of another kind, of another article; roles and bounds reversed."""

from collections.abc import Iterator
from random import Random

from mutation.damage import Damage
from mutation.files import Block, Source, Value, World
from mutation.slips import declared_in, put, used_in

#: Where a value may be written that a curator has in mind, but not for this: a thing of each class.
KINDS = (
    "kg:Person",
    "kg:Place",
    "kg:Topic",
    "kg:Quantity",
    "kg:Unit",
    "kg:Event",
    "kg:Group",
    "kg:Passage",
    "kg:Claim",
)
#: Properties with one code each; a second one contradicts the first.
CODED = ("kg:attribution", "kg:certainty", "kg:extent", "kg:identity", "kg:modality", "kg:origin", "kg:polarity")
POPULATIONS = ("kg:Killed", "kg:Candidate", "kg:Wounded", "kg:Captured", "kg:Serving", "kg:Recruit")


def add(source: Source, block: Block, line: str, *names: str) -> Damage:
    """Return the damage that adds a line at the end of a block."""
    at = block.end - 2
    return Damage(((at, at, f"    {line} ;\n"),), f"{block.kind} {line.split()[0]}", frozenset(names))


def exchange(one: Value, other: Value) -> Damage:
    """Return the damage that writes two values of a file each in the other's place."""
    first, second = sorted((one, other), key=lambda value: value.start)
    changes = ((first.start, first.end, second.written), (second.start, second.end, first.written))
    return Damage(changes, f"{one.what}, {other.predicate}")


# --- Exchanged ---


def exchange_in_block(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Exchange the values of two properties of one block."""
    for block in source.blocks:
        single = [one for one in block.values if one.alone]
        for one in single:
            others = [other for other in single if other.written != one.written and other.predicate > one.predicate]
            if others:
                yield exchange(one, random.choice(others))


def exchange_with_neighbour(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Exchange what two neighbouring blocks of a class say by the same property."""
    for block in source.blocks:
        beside = next((one for one in source.blocks if one.kind == block.kind and one.start > block.start), None)
        for one in block.values if beside else ():
            other = next((other for other in beside.of(one.predicate) if other.alone), None) if beside else None
            if other and one.alone and other.written != one.written:
                yield exchange(one, other)


def exchange_subject_and_object(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        subject, object_ = block.of("rdf:subject"), block.of("rdf:object")
        if subject and object_ and subject[0].written != object_[0].written:
            yield exchange(subject[0], object_[0])


def reverse_bounds(world: World, source: Source, random: Random) -> Iterator[Damage]:
    return _reversed(source, "kg:notBefore", "kg:notAfter")


def reverse_offsets(world: World, source: Source, random: Random) -> Iterator[Damage]:
    return _reversed(source, "oa:start", "oa:end")


def reverse_range(world: World, source: Source, random: Random) -> Iterator[Damage]:
    return _reversed(source, "schema:minValue", "schema:maxValue")


def exchange_properties(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Write one property for another: the day it ended for the day it began, the speaker for the one spoken for."""
    twins = {
        "kg:notAfter": "kg:notBefore",
        "kg:notBefore": "kg:notAfter",
        "kg:speaker": "kg:speaksFor",
        "kg:speaksFor": "kg:speaker",
        "kg:via": "kg:speaker",
        "oa:end": "oa:start",
        "oa:start": "oa:end",
        "rdf:object": "rdf:subject",
        "rdf:subject": "rdf:object",
        "rdfs:label": "skos:altLabel",
        "schema:author": "schema:publisher",
        "schema:maxValue": "schema:minValue",
        "schema:minValue": "schema:maxValue",
        "schema:publisher": "schema:author",
        "skos:altLabel": "rdfs:label",
        "skos:definition": "rdfs:label",
        "skos:editorialNote": "rdfs:label",
    }
    for one in source.values(*twins):
        if one.alone:
            at = source.line(one)[0] + 4
            yield Damage(((at, at + len(one.predicate), twins[one.predicate]),), one.what)


# --- Of another kind ---


def thing_of_another_class(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        kind = world.kind(one.written)
        if kind in KINDS and one.predicate != "a":
            other = random.choice([name for name in KINDS if name != kind])
            yield put(one, random.choice(world.by_kind[other]))


def code_of_another_list(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if world.kind(one.written) == "skos:Concept":
            own = world.blocks[one.written].says("skos:inScheme")
            other = random.choice([name for name in world.lists if name != own])
            yield put(one, random.choice(world.lists[other]))


def text_for_a_thing(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Write the label where the name belongs."""
    for one in source.values():
        if one.written in world.blocks and (label := world.blocks[one.written].says("rdfs:label")):
            yield put(one, label)


def thing_for_a_text(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if one.written.startswith('"') and one.kind != "kg:Passage":
            yield put(one, random.choice(world.by_kind[random.choice(KINDS)]))


def wrong_class(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values("a"):
        kinds = sorted(kind for kind in world.by_kind if kind.startswith("kg:") and kind != one.written)
        yield put(one, random.choice(kinds), one.subject)


def second_class(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values("a"):
        kinds = sorted(kind for kind in world.by_kind if kind.startswith("kg:") and kind != one.written)
        yield put(one, f"{one.written} ,\n        {random.choice(kinds)}")


def property_of_another_class(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Add a line that a block of another class has."""
    declared = declared_in(source)
    every = [one for other in world.sources for one in other.values() if one.alone]
    foreign = [one for one in random.sample(every, 500) if used_in(f"{one.predicate} {one.written}") <= declared]
    for block in source.blocks:
        own = {*world.properties[block.kind], "skos:altLabel", "skos:exactMatch", "skos:editorialNote"}
        if fitting := [one for one in random.sample(foreign, min(len(foreign), 20)) if one.predicate not in own]:
            yield add(source, block, f"{fitting[0].predicate} {fitting[0].written}")


def second_code(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values(*CODED, "kg:valuesAtOnce", "kg:measure", "skos:inScheme", "schema:unitText"):
        others = _alike(world, one)
        if one.alone and others:
            yield put(one, f"{one.written} ,\n        {random.choice(others)}")


def second_value(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Give a property of which there is one only the value of the next block of the class, too."""
    single = ("rdf:object", "rdf:predicate", "rdf:subject", "rdfs:label", "oa:start", "oa:end", "kg:digest")
    for one in source.values(*single, "schema:minValue", "schema:publisher", "skos:definition", "kg:inverseLabel"):
        others = [other for other in source.values(one.predicate) if other.written != one.written]
        if one.alone and others:
            yield put(one, f"{one.written} ,\n        {random.choice(others).written}")


# --- Claims ---


def passage_of_another_article(world: World, source: Source, random: Random) -> Iterator[Damage]:
    own = {block.subject for block in source.blocks}
    others = [name for name in world.by_kind["kg:Passage"] if name not in own]
    for one in source.values("kg:passage"):
        yield put(one, random.choice(others))


def passage_elsewhere_in_the_article(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        values = block.of("kg:passage")
        cited = {one.written for one in values}
        others = [one.subject for one in source.blocks if one.kind == "kg:Passage" and one.subject not in cited]
        for one in values if others else ():
            yield put(one, random.choice(others))


def speaker_of_the_unattributed(world: World, source: Source, random: Random) -> Iterator[Damage]:
    people = _people(world, source)
    for block in source.blocks:
        if block.says("kg:attribution") == "kg:Unattributed":
            yield add(source, block, f"kg:speaker {random.choice(people)}")
        elif block.of("kg:speaker"):
            yield put(block.of("kg:attribution")[0], "kg:Unattributed")


def no_speaker(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        if block.says("kg:attribution") == "kg:Unattributed":
            yield put(block.of("kg:attribution")[0], random.choice(("kg:DirectQuote", "kg:IndirectSpeech")))
        elif speakers := block.of("kg:speaker"):
            yield Damage(((*source.lines(speakers), ""),), speakers[0].what)


def anonymous_of_another_article(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Let somebody without a name speak whom another article made known."""
    for one in source.values("kg:speaker"):
        others = [
            name
            for name in world.by_kind["kg:Person"]
            if world.blocks[name].says("kg:identity") == "kg:Anonymous" and f" {name} " not in source.text
        ]
        yield put(one, random.choice(others))


def basis_without_speaker(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        if block.says("kg:attribution") == "kg:Unattributed":
            yield add(source, block, f"kg:basis {random.choice(world.lists['kg:BasisList'])}")


def on_behalf_of_oneself(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        if speaker := block.says("kg:speaker"):
            yield add(source, block, f"{random.choice(('kg:speaksFor', 'kg:via'))} {speaker}")


def via_own_article(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        if block.of("kg:speaker") and not block.of("kg:via"):
            yield add(source, block, f"kg:via {source.article}")


def subject_as_object(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        if (object_ := block.of("rdf:object")) and block.says("rdf:subject") != object_[0].written:
            yield put(object_[0], block.says("rdf:subject"))


def claim_about_itself(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        if object_ := block.of("rdf:object"):
            yield random.choice(
                (
                    put(object_[0], block.subject),
                    add(source, block, f"kg:derivedFromClaim {block.subject}"),
                    add(source, block, f"kg:revises {block.subject}"),
                )
            )


def carried_over_from_anywhere(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Carry a claim over from an article from which this one does not derive."""
    own = {block.subject for block in source.blocks}
    others = [name for name in world.by_kind["kg:Claim"] if name not in own]
    for block in source.blocks:
        if block.kind == "kg:Claim":
            yield add(source, block, f"{random.choice(('kg:derivedFromClaim', 'kg:revises'))} {random.choice(others)}")


def wrong_population(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values("kg:counts"):
        yield put(one, random.choice([name for name in POPULATIONS if name != one.written]))


def population_of_no_people(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        if block.kind == "kg:Claim" and not block.of("kg:counts"):
            yield add(source, block, f"kg:counts {random.choice(POPULATIONS)}")


def quantity_of_something_else(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Take another entry of the codebook, with another unit."""
    for one in source.values("rdf:object"):
        if world.kind(one.written) == "kg:Quantity":
            unit = world.blocks[one.written].says("schema:unitText")
            others = [
                name for name in world.by_kind["kg:Quantity"] if world.blocks[name].says("schema:unitText") != unit
            ]
            yield put(one, random.choice(others))


def report_the_future(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        if block.says("kg:modality") == "kg:Actual" and (days := (*block.of("kg:notAfter"), *block.of("kg:notBefore"))):
            years = random.randrange(3, 9)
            late = [(one.start, one.end, f'"{int(one.written[1:5]) + years}{one.written[5:]}') for one in days]
            yield Damage(tuple(sorted(late)), days[0].what)


def bounds_in_part(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        if days := (*block.of("kg:extent"), *block.of("kg:notAfter"), *block.of("kg:notBefore")):
            one = random.choice(days)
            yield Damage(((*source.line(one), ""),), one.what)


# --- Passages, articles, people, places, numbers ---


def overlap_the_neighbour(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values("oa:end", "oa:start"):
        step = random.randrange(5, 40) * (1 if one.predicate == "oa:end" else -1)
        yield put(one, str(max(int(one.written) + step, 0)))


def set_aside_what_is_claimed(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        if block.kind == "kg:Passage" and not block.of("kg:setAside"):
            yield add(source, block, f"kg:setAside {random.choice(world.lists['kg:SetAsideList'])}")


def derive_by_halves(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Say that an article derives, or from what, or how, without the rest."""
    articles = [name for name in world.by_kind["kg:Article"] if name != source.article]
    for block in source.blocks:
        if block.kind == "kg:Article" and block.says("kg:origin") == "kg:Derived":
            for one in (*block.of("prov:wasDerivedFrom"), *block.of("kg:derivation")):
                yield Damage(((*source.line(one), ""),), one.what)
            yield put(block.of("kg:origin")[0], random.choice(("kg:Original", "kg:UnknownOrigin")))
        elif block.kind == "kg:Article":
            yield put(block.of("kg:origin")[0], "kg:Derived")
            yield add(source, block, "kg:derivation kg:Repost")
            if "PREFIX prov:" in source.text:
                yield add(source, block, f"prov:wasDerivedFrom {random.choice(articles)}")


def unmask(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Tell more of a protected person than the call sign: another name, an identity elsewhere, a birthday, a home."""
    for block in source.blocks:
        if block.says("kg:identity") in ("kg:Pseudonymous", "kg:Anonymous"):
            for line in (
                'skos:altLabel "Ivan Ivanov"@en',
                "skos:exactMatch <http://www.wikidata.org/entity/Q99999999>",
                '<https://schema.org/birthDate> "1990-01-01"^^<http://www.w3.org/2001/XMLSchema#date>',
                "<http://www.w3.org/2002/07/owl#sameAs> <http://www.wikidata.org/entity/Q99999999>",
                '<https://schema.org/telephone> "+1 555 0100"',
            ):
                yield add(source, block, line)


def name_the_protected(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Let a claim tell the legal name of somebody who has a call sign only."""
    for block in source.blocks:
        person = block.says("rdf:subject")
        if world.kind(person) == "kg:Person" and world.blocks[person].says("kg:identity") != "kg:Named":
            predicate, object_ = block.of("rdf:predicate")[0], block.of("rdf:object")[0]
            named = [
                name for name in world.by_kind["kg:Person"] if world.blocks[name].says("kg:identity") == "kg:Named"
            ]
            word, told = random.choice((("kg:name", '"Ivan Ivanov"@en'), ("kg:refersTo", random.choice(named))))
            changes = ((predicate.start, predicate.end, word), (object_.start, object_.end, told))
            yield Damage(changes, predicate.what)


def in_itself(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Let a place lie in itself or in what lies in it, an article derive from itself."""
    for one in source.values("schema:containedInPlace", "prov:wasDerivedFrom"):
        inner = [name for name, block in world.blocks.items() if block.says(one.predicate) == one.subject]
        yield put(one, random.choice((one.subject, *inner)), *inner)


def least_above_greatest(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        low, high = block.of("schema:minValue"), block.of("schema:maxValue")
        if low and high:
            yield put(low[0], str(int(high[0].written) + random.randrange(1, 50)))


def label_of_another(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Give a thing the label of another of its class."""
    for one in source.values("rdfs:label", "skos:altLabel"):
        others = [name for name in world.by_kind[one.kind] if name != one.subject]
        if one.kind != "kg:Claim" and others:
            yield put(one, world.blocks[random.choice(others)].says("rdfs:label"))


def match_of_another(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Match a thing with the item of another, or with something that is no item."""
    matches = [(name, one.written) for name, block in world.blocks.items() for one in block.of("skos:exactMatch")]
    for one in source.values("skos:exactMatch"):
        name, other = random.choice([pair for pair in matches if pair[0] != one.subject])
        yield put(one, random.choice((other, "wd:P31", "<https://en.wikipedia.org/wiki/Kyiv>")), name)


def _alike(world: World, one: Value) -> list[str]:
    """Return other values of the same kind as a code or a unit."""
    block = world.blocks.get(one.written)
    if block is not None and one.predicate == "skos:inScheme":
        return [name for name in world.lists if name != one.written]
    if block is not None:
        return [name for name in world.lists.get(block.says("skos:inScheme"), []) if name != one.written]
    return [unit for unit in ('"person"', '"percent"', '"month"') if unit != one.written]


def _people(world: World, source: Source) -> list[str]:
    """Return people of whom the file speaks already, or all with a name."""
    own = [name for name in world.by_kind["kg:Person"] if f" {name} " in source.text]
    return own or [name for name in world.by_kind["kg:Person"] if world.blocks[name].says("kg:identity") == "kg:Named"]


def _reversed(source: Source, first: str, last: str) -> Iterator[Damage]:
    for block in source.blocks:
        one, other = block.of(first), block.of(last)
        if one and other and one[0].written != other[0].written:
            yield exchange(one[0], other[0])
