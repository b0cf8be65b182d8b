"""What a shape demands, in words: on what it is checked, and what must hold there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg.rdf.namespaces import PREFIXES, shorten
from kg.shacl import Shape
from kg.shacl.graph import Alternative, Chain, Path, Repeat, Step, literal

_XSD, _RDF = PREFIXES["xsd"], PREFIXES["rdf"]
_DATATYPES = {
    f"{_RDF}langString": "text with a language tag",
    f"{_XSD}anyURI": "an address",
    f"{_XSD}boolean": "true or false",
    f"{_XSD}date": "a day",
    f"{_XSD}decimal": "a decimal number",
    f"{_XSD}integer": "a whole number",
    f"{_XSD}string": "text without a language tag",
}
#: What is written in Turtle as it is.
_PLAIN = {f"{_XSD}{name}" for name in ("boolean", "decimal", "integer")}
_KINDS = {
    "BlankNode": "a blank node",
    "BlankNodeOrIRI": "a thing, named or not, and not a literal",
    "BlankNodeOrLiteral": "a blank node or a literal, not a named thing",
    "IRI": "a named thing, neither a blank node nor a literal",
    "IRIOrLiteral": "a named thing or a literal, not a blank node",
    "Literal": "a literal",
}


@dataclass(frozen=True, slots=True)
class Glossary:
    """What terms are called and what they mean, by IRI; none of both leaves the short names."""

    labels: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)

    def named(self, iri: str) -> str:
        """Return `certainty (kg:certainty)`, or the short name where there is no label."""
        return f"{self.labels[iri]} ({shorten(iri)})" if iri in self.labels else shorten(iri)

    def told(self, iri: str) -> str:
        """Return the name with the definition where there is one."""
        return f"{self.named(iri)}: {self.definitions[iri].rstrip('.')}" if iri in self.definitions else self.named(iri)


@dataclass(frozen=True, slots=True)
class Demand:
    """What must hold, in words without a full stop; `parts` say it in detail."""

    text: str
    parts: "tuple[Demand, ...]" = ()

    def __str__(self) -> str:
        """Return the demand with its parts on one line."""
        said = list(map(str, self.parts))
        if any(" " in one for one in said):
            return f"{self.text} {'; '.join(f'({one})' if '; ' in one else one for one in said)}"
        return " ".join(filter(None, (self.text, ", ".join(said))))


def checked(shape: Shape, glossary: Glossary) -> str:
    """Return in words on what a shape with targets is checked, and at which property."""
    if shape.property and shape.targets == (("targetSubjectsOf", shape.property),):
        return f"every use of {glossary.named(shape.property[1:-1])}"
    words = {
        "targetClass": ("every {}", " or "),
        "targetNode": ("{}", " and "),
        "targetObjectsOf": ("every value of {}", " or "),
        "targetSubjectsOf": ("everything that has {}", " or "),
    }
    found = []
    for kind, (text, mark) in words.items():
        if names := [glossary.named(term[1:-1]) for one, term in shape.targets if one == kind]:
            found.append(text.format(_listed(names, mark)))
    at = f", at {_way(shape.path, glossary)}" if shape.path else ""
    return f"{'; '.join(found)}{at}"


def demands(shape: Shape, glossary: Glossary) -> tuple[Demand, ...]:
    """Return what a shape demands of each thing on which it is checked."""
    return (*_counted(shape), *_valued(shape, glossary), *_composed(shape, glossary))


def predicates(shape: Shape) -> frozenset[str]:
    """Return the IRIs of the predicates by which a shape aims, and of which it speaks."""
    aims = [term for kind, term in shape.targets if kind.endswith("Of")]
    others = [text for name in ("disjoint", "equals", "lessThan", "lessThanOrEquals") for text in _given(shape, name)]
    found = {text[1:-1] for text in (*aims, *others, *(_steps(shape.path) if shape.path else ()))}
    return frozenset(found).union(*(predicates(one) for name in shape.shapes for one in _members(shape, name)))


def allowed(shape: Shape) -> frozenset[str] | None:
    """Return the IRIs of the predicates that a closed shape allows; None for one that is not closed."""
    if all(literal(text)[0] not in ("true", "1") for text in _given(shape, "closed")):
        return None
    declared = (one.property for one in _members(shape, "property") if one.property)
    return frozenset(text[1:-1] for text in (*_given(shape, "ignoredProperties"), *declared))


def paragraph(shape: Shape) -> str:
    """Return on what the shape is checked and what it demands, as one line without labels."""
    plain = Glossary()
    return f"Checked on {checked(shape, plain)}: {'; '.join(map(str, demands(shape, plain)))}."


def value(text: str) -> str:
    """Return a term's N-Triples text as it stands in Turtle: short names, plain numbers."""
    if not text.startswith('"'):
        return shorten(text[1:-1]) if text.startswith("<") else text
    form, datatype, language = literal(text)
    if datatype in _PLAIN:
        return form
    quoted = f'"{form}"'
    if language:
        return f"{quoted}@{language}"
    return quoted if datatype == f"{_XSD}string" else f"{quoted}^^{shorten(datatype)}"


def _listed(names: Sequence[str], mark: str) -> str:
    """Return `a, b or c`."""
    return mark.join(filter(None, (", ".join(names[:-1]), names[-1])))


def _way(path: Path, glossary: Glossary) -> str:
    match path:
        case Step(predicate, backwards):
            name = glossary.named(predicate[1:-1])
            return f"what refers to it by {name}" if backwards else name
        case Alternative(paths):
            ways = [f"({way})" if "," in (way := _way(one, glossary)) else way for one in paths]
            return _listed(ways, " or ")
        case Chain(paths):
            return ", then ".join(_way(one, glossary) for one in paths)
        case Repeat(repeated, _, _):
            return f"{_way(repeated, glossary)}, over and over"


def _steps(path: Path) -> Iterator[str]:
    """Give the predicates of a path."""
    match path:
        case Step(predicate, _):
            yield predicate
        case Alternative(paths) | Chain(paths):
            for one in paths:
                yield from _steps(one)
        case Repeat(repeated, _, _):
            yield from _steps(repeated)


def _given(shape: Shape, name: str) -> tuple[str, ...]:
    return shape.values.get(name, ())


def _counted(shape: Shape) -> Iterator[Demand]:
    least, most = (_number(shape, name) for name in ("minCount", "maxCount"))
    if least is not None and least == most:
        yield Demand(f"exactly {_many(least)}")
        return
    if least:
        yield Demand(f"at least {_many(least)}")
    if most is not None:
        yield Demand(f"at most {_many(most)}" if most else "no value")


def _many(number: int) -> str:
    return f"{number} values" if number != 1 else "one value"


def _number(shape: Shape, name: str) -> int | None:
    return int(literal(shape.values[name][0])[0]) if name in shape.values else None


def _valued(shape: Shape, glossary: Glossary) -> Iterator[Demand]:
    """Give what holds of each value, or of the thing itself where the shape has no path."""
    who = "it" if shape.path is None else "each value" if _number(shape, "maxCount") != 1 else "the value"
    for name, say in _WORDS.items():
        for text in _given(shape, name):
            yield Demand(f"{who} {say(text, glossary)}")
    if codes := _given(shape, "in"):
        told = [_told(text, glossary) for text in codes]
        yield Demand(f"{who} is one of", tuple(map(Demand, told))) if told[1:] else Demand(f"{who} is {told[0]}")
    if tags := _given(shape, "languageIn"):
        yield Demand(f"{who} is text with the language tag {_listed([literal(tag)[0] for tag in tags], ' or ')}")
    if pattern := _given(shape, "pattern"):
        text = literal(pattern[0])[0]
        flags = "".join(literal(one)[0] for one in _given(shape, "flags"))
        says = "is not blank" if text == r"\S" else f"matches {text}"
        which = who if shape.path else "its name in full"
        yield Demand(f"{which} {says}{f' (flags {flags})' if flags else ''}")
    if any(literal(text)[0] in ("true", "1") for text in _given(shape, "uniqueLang")):
        yield Demand("no two values have the same language tag")
    for text in _given(shape, "hasValue"):
        yield Demand(f"{'a value' if shape.path else 'it'} is {_told(text, glossary)}")


def _told(text: str, glossary: Glossary) -> str:
    return glossary.told(text[1:-1]) if text.startswith("<") else value(text)


def _datatype(text: str, _: Glossary) -> str:
    iri = text[1:-1]
    return f"is {_DATATYPES[iri]} ({shorten(iri)})" if iri in _DATATYPES else f"is of type {shorten(iri)}"


def _class(text: str, glossary: Glossary) -> str:
    return f"is {with_article(glossary.told(text[1:-1]))}"


def with_article(name: str) -> str:
    """Return the name behind `a` or `an`, as its label or its prefix is spoken."""
    vowel = name.startswith(("oa:", "owl:", "rdf:", "rdfs:", "sh:", "xsd:")) or name[0] in "aeio"
    return f"{'an' if vowel else 'a'} {name}"


#: What a constraint with one value says of the value of a property.
_WORDS: dict[str, Callable[[str, Glossary], str]] = {
    "nodeKind": lambda text, _: f"is {_KINDS[text[1:-1].rpartition('#')[2]]}",
    "datatype": _datatype,
    "class": _class,
    "minInclusive": lambda text, _: f"is {value(text)} or more",
    "minExclusive": lambda text, _: f"is more than {value(text)}",
    "maxInclusive": lambda text, _: f"is {value(text)} or less",
    "maxExclusive": lambda text, _: f"is less than {value(text)}",
    "minLength": lambda text, _: f"has at least {literal(text)[0]} characters",
    "maxLength": lambda text, _: f"has at most {literal(text)[0]} characters",
    "equals": lambda text, glossary: f"is also a value of {glossary.named(text[1:-1])}, and the other way round",
    "disjoint": lambda text, glossary: f"is not a value of {glossary.named(text[1:-1])} as well",
    "lessThan": lambda text, glossary: f"is less than each value of {glossary.named(text[1:-1])}",
    "lessThanOrEquals": lambda text, glossary: f"is at most each value of {glossary.named(text[1:-1])}",
}


def _composed(shape: Shape, glossary: Glossary) -> Iterator[Demand]:
    """Give what is said by other shapes, and what may not be there beside them."""
    for name in ("property", "node", "and"):
        # Only lists have an order of their own.
        yield from sorted((_whole(one, glossary) for one in _members(shape, name)), key=str)
    for refused in sorted((_whole(one, glossary) for one in _members(shape, "not")), key=str):
        yield Demand("not this:", (refused,))
    for name, text in (("or", "at least one of these:"), ("xone", "exactly one of these:")):
        lists = (tuple(_whole(one, glossary) for one in members) for members in shape.shapes.get(name, ()))
        yield from sorted((Demand(text, parts) for parts in lists), key=str)
    for one in _members(shape, "qualifiedValueShape"):
        least, most = (_number(shape, f"qualified{name}Count") for name in ("Min", "Max"))
        ends = [f"{word} {end}" for word, end in (("at least", least), ("at most", most)) if end is not None]
        yield Demand(f"of the values {' and '.join(ends)} with this:", (_whole(one, glossary),))
    if (closed := allowed(shape)) is not None:
        yield Demand("no properties but", tuple(Demand(glossary.named(iri)) for iri in sorted(closed, key=shorten)))


def _members(shape: Shape, name: str) -> Iterator[Shape]:
    for members in shape.shapes.get(name, ()):
        yield from members


def _whole(shape: Shape, glossary: Glossary) -> Demand:
    """Return all that a shape within another demands as one."""
    found = demands(shape, glossary)
    at = f"{_way(shape.path, glossary)}: " if shape.path else ""
    if len(found) == 1:
        return Demand(f"{at}{found[0].text}", found[0].parts)
    if any(one.parts for one in found):
        return Demand(f"{at}all of these:", found)
    return Demand(f"{at}{'; '.join(one.text for one in found)}")
