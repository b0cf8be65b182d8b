"""Slips of the hand: lines lost, doubled or torn, signs left out, words misspelt, digits turned round."""

import re
from collections.abc import Callable, Iterator
from random import Random

from mutation.damage import Damage
from mutation.files import Source, Value, World

#: An operator gives all damages that it can do to a file; chance decides between equal ways to do one.
Operator = Callable[[World, Source, Random], Iterator[Damage]]

_INTEGER = re.compile(r"\d+")
_NUMBERS = ("kg:textLength", "kg:tolerance", "oa:end", "oa:start", "schema:maxValue", "schema:minValue")
_DATE = re.compile(r'"(\d{4})-(\d{2})-(\d{2})"\^\^xsd:date')


def put(value: Value, written: str, *names: str) -> Damage:
    """Return the damage that writes something else for a value."""
    return Damage(((value.start, value.end, written),), value.what, frozenset(names))


def declared_in(source: Source) -> set[str]:
    """Return the prefixes that a file declares."""
    return set(re.findall(r"(?m)^PREFIX (\w+):", source.text))


def used_in(text: str) -> set[str]:
    """Return the prefixes that a text uses."""
    return set(re.findall(r"(?<![\w:])(\w+):(?=\w)", re.sub(r'"(\\.|[^"\\])*"', "", text)))


# --- Lines and blocks ---


def drop_property(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        for predicate in dict.fromkeys(one.predicate for one in block.values):
            values = block.of(predicate)
            start, end = source.lines(values)
            yield Damage(((start, end, ""),), values[0].what)


def drop_value(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        for predicate in dict.fromkeys(one.predicate for one in block.values if not one.alone):
            *others, last = block.of(predicate)
            for one in others:
                yield Damage(((*source.line(one), ""),), one.what)
            if others:
                yield Damage(((others[-1].end, last.end, ""),), last.what)


def drop_block(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Drop a block; it shows where the thing is used, at what it alone spoke of, and at the passages beside it."""
    passages = [block.subject for block in source.blocks if block.kind == "kg:Passage"]
    for block in source.blocks:
        beside: list[str] = []
        if block.kind == "kg:Passage":
            at = passages.index(block.subject)
            beside = passages[max(at - 1, 0) : at + 2]
        names = {block.subject, *beside, *(one.written for one in block.values if one.written in world.blocks)}
        yield Damage(((block.start, block.end + 1, ""),), block.kind, frozenset(names - {block.kind}))


def double_line(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        start, end = source.line(one)
        line = source.text[start:end]
        if not one.alone and line.endswith(" ;\n"):
            line = f"{line[:-3]} ,\n{line}"
            yield Damage(((start, end, line),), one.what)
        else:
            yield Damage(((end, end, line),), one.what)


def double_block(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        yield Damage(((block.end, block.end, f"\n{source.text[block.start : block.end]}"),), block.kind)


def begin_from_a_copy(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Copy a block to make a new one of it, change its first own value and forget the name."""
    for block in source.blocks:
        own = next((one for one in block.values if re.match(r'"|\d', one.written)), None)
        if own is not None:
            new = re.sub(r"\w+", lambda found: found[0][::-1], own.written, count=1)
            copy = source.text[block.start : own.start] + new + source.text[own.end : block.end]
            yield Damage(((block.end, block.end, f"\n{copy}"),), block.kind)


def keep_the_label_of_a_copy(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Copy a block, change its name and one code or thing, and forget the label."""
    for block in source.blocks:
        if block.kind in ("kg:Claim", "kg:Topic", "kg:Group", "kg:Person", "kg:Place", "kg:Unit", "kg:Event"):
            copy = source.text[block.start : block.end].replace(block.subject, f"{block.subject}-too", 1)
            copy = copy.replace("kg:Certain ;", "kg:Probable ;")
            yield Damage(((block.end, block.end, f"\n{copy}"),), block.kind)


def copy_from_another_file(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Copy a claim or a thing, with all that is said of it, into a file where it does not belong."""
    declared = declared_in(source)
    others = [one for one in world.sources if one.name.startswith("graph/") and one.name != source.name]
    blocks = [(other, block) for other in others for block in other.blocks]
    if source.name.startswith("graph/"):
        for other, block in random.sample(blocks, len(blocks)):
            copy = other.text[block.start : block.end]
            if block.kind not in ("kg:Article", "kg:Passage") and declared >= used_in(copy):
                end = len(source.text)
                yield Damage(((end, end, f"\n{copy}"),), block.kind)


def empty_file(world: World, source: Source, random: Random) -> Iterator[Damage]:
    if source.name.startswith("graph/"):
        names = frozenset(block.subject for block in source.blocks)
        mentioned = {one.written for one in source.values() if one.written in world.blocks}
        yield Damage(((0, len(source.text), ""),), "file", names | mentioned)


def cut_file_off(world: World, source: Source, random: Random) -> Iterator[Damage]:
    names = frozenset(block.subject for block in source.blocks)
    for block in source.blocks[1:]:
        for one in block.values:
            later = frozenset(name for name in names if world.blocks[name].start >= block.start)
            yield Damage(((source.line(one)[1], len(source.text), ""),), "file", later)


# --- Signs ---


def leave_out_semicolon(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if source.text[one.end : one.end + 2] == " ;":
            yield Damage(((one.end, one.end + 2, ""),), one.what)


def leave_out_comma(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if source.text[one.end : one.end + 2] == " ,":
            yield Damage(((one.end, one.end + 2, ""),), one.what)


def semicolon_for_comma(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if source.text[one.end : one.end + 2] == " ,":
            yield Damage(((one.end, one.end + 2, " ;"),), one.what)


def comma_for_semicolon(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if source.text[one.end : one.end + 2] == " ;":
            yield Damage(((one.end, one.end + 2, " ,"),), one.what)


def leave_out_full_stop(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        yield Damage(((block.end - 2, block.end, ""),), block.kind)


def leave_out_quote(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if one.written.startswith('"'):
            at = random.choice((one.start, one.start + one.written.rindex('"')))
            yield Damage(((at, at + 1, ""),), one.what)


def curly_quotes(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if one.written.startswith('"'):
            last = one.written.rindex('"')
            yield put(one, f"\u201c{one.written[1:last]}\u201d{one.written[last + 1 :]}")


def bare_quote_within(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Quote a word within a text without a backslash."""
    for one in source.values():
        words = list(re.finditer(r"\w+", one.written[1 : one.written.rindex('"')])) if one.written[0] == '"' else []
        if len(words) > 3:
            word = random.choice(words[1:-1])
            start, end = one.start + 1 + word.start(), one.start + 1 + word.end()
            yield Damage(((start, start, '"'), (end, end, '"')), one.what)


def leave_out_colon(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if re.fullmatch(r"\w+:\S+", one.written):
            yield put(one, one.written.replace(":", "", 1))


def leave_a_conflict(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Leave the marks of a merge around a line."""
    for one in source.values():
        start, end = source.line(one)
        line = source.text[start:end]
        yield Damage(((start, end, f"<<<<<<< HEAD\n{line}=======\n{line}>>>>>>> other\n"),), one.what)


# --- Words ---


def misspell_keyword(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for found in re.finditer(r"(?m)^PREFIX (\w+:)", source.text):
        new = random.choice(("PREFX", "PERFIX", "PREFIXES", "@PREFIX"))
        # Where the keyword is none, the file begins with something else, and that may be seen a word later.
        yield Damage(((found.start(), found.start() + 6, new),), "PREFIX")
    for block in source.blocks:
        at = source.text.index("    a ", block.start) + 4
        yield Damage(((at, at + 1, random.choice(("A", "an", "is"))),), block.kind)


def misspell_prefix(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if found := re.fullmatch(r"(\w+):(\S+)", one.written):
            yield put(one, f"{_slip(found[1], random)}:{found[2]}")


def misspell_namespace(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for found in re.finditer(r"(?m)^PREFIX (\w+): <(\S+)>$", source.text):
        start, end = found.span(2)
        yield Damage(((start, end, _slip(found[2], random)),), "PREFIX")


def misspell_declared_prefix(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Misspell a prefix where it is declared; it shows where the prefix is used."""
    for found in re.finditer(r"(?m)^PREFIX (\w+): <(\S+)>$", source.text):
        start, end = found.span(1)
        yield Damage(((start, end, _slip(found[1], random)),), "PREFIX", frozenset({f"{found[1]}:"}))


def misspell_property(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        for predicate in dict.fromkeys(one.predicate for one in block.values if one.predicate != "a"):
            first = block.of(predicate)[0]
            at = source.text.rindex(f"    {predicate}", block.start, first.start) + 4
            prefix, _, local = predicate.partition(":")
            yield Damage(((at, at + len(predicate), f"{prefix}:{_slip(local, random)}"),), first.what)


def misspell_code_or_class(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if one.written.startswith("kg:"):
            yield put(one, f"kg:{_slip(one.written[3:], random)}")


def misspell_thing(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        prefix, _, local = one.written.partition(":")
        if one.written in world.blocks and prefix != "kg":
            yield put(one, f"{prefix}:{_slip(local, random)}", one.written)


def misspell_subject(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for block in source.blocks:
        prefix, _, local = block.subject.partition(":")
        new = f"{prefix}:{_slip(local, random)}"
        yield Damage(((block.start, block.start + len(block.subject), new),), block.kind, frozenset({block.subject}))


def capital_or_underscore(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Name a thing against the custom, there and wherever the file speaks of it."""
    places: dict[str, list[int]] = {}
    for found in re.finditer(r"(?<!\S)\w+:[\w-]+(?=\s)", source.text):
        places.setdefault(found[0], []).append(found.start())
    for block in source.blocks:
        name, (prefix, _, local) = block.subject, block.subject.partition(":")
        if prefix != "kg":
            new = f"{prefix}:{local.replace('-', '_') if '-' in local else local.title()}"
            yield Damage(tuple((at, at + len(name), new) for at in places[name]), block.kind, frozenset({name}))


def unknown_concept(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        prefix, _, _ = one.written.partition(":")
        if one.written in world.blocks and one.predicate != "a":
            new = "kg:Rumoured" if prefix == "kg" else f"{prefix}:{random.choice(('new', 'other', 'yet-another'))}-one"
            yield put(one, new, one.written)


# --- Tags and types ---


def drop_language(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if one.written.endswith("@en"):
            yield put(one, one.written[:-3])


def wrong_language(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if one.written.endswith("@en"):
            yield put(one, one.written[:-2] + random.choice(("de", "em", "en-GB", "eng")))


def wrong_datatype(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if one.written.endswith("^^xsd:date"):
            yield put(one, one.written[:-4] + random.choice(("dateTime", "string", "gYear", "data")))
        elif one.written.endswith("^^xsd:anyURI"):
            yield put(one, one.written[:-12])
        elif _INTEGER.fullmatch(one.written):
            yield put(one, random.choice((f'"{one.written}"', f"{one.written}.0", f"{one.written}e0")))
        elif one.written == "true":
            yield put(one, '"true"')


def drop_datatype(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if "^^" in one.written:
            yield put(one, one.written.partition("^^")[0])


def date_with_zone(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if _DATE.fullmatch(one.written):
            yield put(one, one.written.replace('"^^', f'{random.choice(("Z", "+02:00"))}"^^'))


def impossible_day(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if found := _DATE.fullmatch(one.written):
            year, month, day = found.groups()
            new = random.choice((f"{year}-02-30", f"{year}-{month}-32", f"{year}-13-{day}", f"{day}.{month}.{year}"))
            yield put(one, f'"{new}"^^xsd:date')


# --- Digits ---


def transpose_in_offset(world: World, source: Source, random: Random) -> Iterator[Damage]:
    return _transposed(source, random, "oa:end", "oa:start")


def transpose_in_number(world: World, source: Source, random: Random) -> Iterator[Damage]:
    return _transposed(source, random, "kg:textLength", "kg:tolerance", "schema:maxValue", "schema:minValue")


def transpose_in_date(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if _DATE.fullmatch(one.written):
            yield from _transposed_in(one, r"\d(?=-?\d)", random)


def transpose_in_digest(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values("kg:digest", "kg:textDigest"):
        yield from _transposed_in(one, r"(?<=sha256:)[0-9a-f]+|[0-9a-f](?=[0-9a-f])", random)


def transpose_in_text(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values("rdfs:label", "kg:wording", "kg:timeWording", "rdf:object"):
        if one.written.startswith('"') and "^^" not in one.written:
            yield from _transposed_in(one, r"\d(?=\d)", random)


def one_digit_too_many(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values(*_NUMBERS):
        if _INTEGER.fullmatch(one.written):
            yield put(one, one.written + one.written[-1] * random.choice((1, 1, 20)))


def one_digit_too_few(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values(*_NUMBERS):
        if len(one.written) > 1:
            yield put(one, one.written[:-1])


def off_by_one(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values("oa:end", "oa:start"):
        yield put(one, str(int(one.written) + random.choice((-1, 1))))


# --- Texts ---


def empty_text(world: World, source: Source, random: Random) -> Iterator[Damage]:
    for one in source.values():
        if one.written.startswith('"') and not one.written.startswith('""'):
            yield put(one, '""' + one.written[one.written.rindex('"') + 1 :])


def break_off_text(world: World, source: Source, random: Random) -> Iterator[Damage]:
    """Break off a sentence in the middle."""
    for one in source.values():
        if one.written.startswith('"') and one.written.count(" ") > 3:
            words = one.written[1 : one.written.rindex('"')].split(" ")
            kept = " ".join(words[: random.randrange(2, len(words))])
            if not kept.endswith((".", "\\", "?", "!")) and kept.count('\\"') % 2 == 0:
                yield put(one, f'"{kept}{one.written[one.written.rindex(chr(34)) :]}')


def _transposed(source: Source, random: Random, *predicates: str) -> Iterator[Damage]:
    for one in source.values(*predicates):
        yield from _transposed_in(one, r"\d(?=\d)", random)


def _transposed_in(one: Value, pattern: str, random: Random) -> Iterator[Damage]:
    """Turn round two neighbouring digits that differ, somewhere in the value."""
    places = []
    for found in re.finditer(pattern, one.written):
        at, then = found.start(), found.end() + (one.written[found.end() : found.end() + 1] == "-")
        if then < len(one.written) and len(found[0]) == 1 and one.written[at] != one.written[then]:
            places.append((at, then))
    if places:
        at, then = random.choice(places)
        written = list(one.written)
        written[at], written[then] = written[then], written[at]
        yield put(one, "".join(written))


def _slip(word: str, random: Random) -> str:
    """Return a word as it is mistyped: two letters turned round, one left out, one doubled, one beside its key."""
    letters = [at for at, sign in enumerate(word) if sign.isalnum()]
    at = random.choice(letters)
    turned = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    ways = [word[:at] + word[at:][1:], word[:at] + word[at] + word[at:], turned, word[:at] + "x" + word[at + 1 :]]
    return next(
        new for new in random.sample(ways, len(ways)) if new != word and new[-1:].isalnum() == word[-1].isalnum()
    )
