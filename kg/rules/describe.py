"""The words for a shape: the nodes on which it is checked, and its constraints."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

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
#: The datatypes whose literals Turtle writes without quotation marks.
_PLAIN = {f"{_XSD}{name}" for name in ("boolean", "decimal", "integer")}
_KINDS = {
    "BlankNode": "a blank node",
    "BlankNodeOrIRI": "an IRI or a blank node, not a literal",
    "BlankNodeOrLiteral": "a blank node or a literal, not an IRI",
    "IRI": "an IRI, not a blank node or a literal",
    "IRIOrLiteral": "an IRI or a literal, not a blank node",
    "Literal": "a literal",
}
_TARGETS = {
    "targetClass": "every ",
    "targetNode": "",
    "targetObjectsOf": "every value of ",
    "targetSubjectsOf": "every node with ",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The labels and definitions of terms, by IRI; a term without a label has its short name."""

    labels: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)

    def named(self, iri: str) -> str:
        """Return `certainty (kg:certainty)`, or the short name where there is no label."""
        return f"{self.labels[iri]} ({shorten(iri)})" if iri in self.labels else shorten(iri)

    def defined(self, iri: str) -> str:
        """Return the name with the definition, if there is one."""
        return f"{self.named(iri)}: {self.definitions[iri].rstrip('.')}" if iri in self.definitions else self.named(iri)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement in words without a full stop; `parts` give its details."""

    text: str
    parts: "tuple[Requirement, ...]" = ()

    def __str__(self) -> str:
        """Return the requirement with its parts on one line."""
        parts = list(map(str, self.parts))
        if any(" " in part for part in parts):
            return f"{self.text} {'; '.join(f'({part})' if '; ' in part else part for part in parts)}"
        return " ".join(filter(None, (self.text, ", ".join(parts))))


def checked(shape: Shape, terms: Terms) -> str:
    """Return in words the nodes on which a shape with targets is checked, and the path."""
    if shape.property and shape.targets == (("targetSubjectsOf", shape.property),):
        return f"every use of {terms.named(shape.property[1:-1])}"
    nodes = []
    for kind, text in _TARGETS.items():
        if names := [terms.named(term[1:-1]) for target, term in shape.targets if target == kind]:
            nodes.append(f"{text}{_listed(names, ' or ' if text else ' and ')}")
    at = f", at {name_of(shape.path, terms)}" if shape.path else ""
    return f"{'; '.join(nodes)}{at}"


def requirements(shape: Shape, terms: Terms) -> tuple[Requirement, ...]:
    """Return the requirements of a shape for each node on which it is checked."""
    return (*_counted(shape), *_valued(shape, terms), *_composed(shape, terms))


def predicates(shape: Shape) -> frozenset[str]:
    """Return the IRIs of the predicates in the targets and constraints of a shape."""
    targets = [term for kind, term in shape.targets if kind.endswith("Of")]
    others = [text for name in ("disjoint", "equals", "lessThan", "lessThanOrEquals") for text in _given(shape, name)]
    own = {text[1:-1] for text in (*targets, *others, *_steps(shape.path))}
    return frozenset(own).union(*(predicates(member) for name in shape.shapes for member in _members(shape, name)))


def allowed(shape: Shape) -> frozenset[str] | None:
    """Return the IRIs of the predicates that a closed shape allows; None for an open shape."""
    if all(literal(text)[0] not in ("true", "1") for text in _given(shape, "closed")):
        return None
    declared = (member.property for member in _members(shape, "property") if member.property)
    return frozenset(text[1:-1] for text in (*_given(shape, "ignoredProperties"), *declared))


def paragraph(shape: Shape) -> str:
    """Return the nodes and the requirements of a shape, as one line without labels."""
    plain = Terms()
    return f"Checked on {checked(shape, plain)}: {'; '.join(map(str, requirements(shape, plain)))}."


def requirement(shape: Shape) -> str:
    """Return the requirements of a shape without targets, as one clause without labels."""
    return str(_whole(shape, Terms()))


def value(text: str) -> str:
    """Return a term, given as N-Triples text, as Turtle writes it: short names, plain numbers."""
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


def name_of(path: Path, terms: Terms = Terms()) -> str:
    """Return a path in words."""
    match path:
        case Step(predicate, backwards):
            name = terms.named(predicate[1:-1])
            return f"a reference by {name}" if backwards else name
        case Alternative(paths):
            names = [f"({name})" if "," in (name := name_of(part, terms)) else name for part in paths]
            return _listed(names, " or ")
        case Chain(paths):
            return ", then ".join(name_of(part, terms) for part in paths)
        case Repeat(repeated, _, _):
            return f"{name_of(repeated, terms)}, repeated"


def _steps(path: Path | None) -> Iterator[str]:
    match path:
        case Step(predicate, _):
            yield predicate
        case Alternative(paths) | Chain(paths):
            for part in paths:
                yield from _steps(part)
        case Repeat(repeated, _, _):
            yield from _steps(repeated)


def _given(shape: Shape, name: str) -> tuple[str, ...]:
    return shape.values.get(name, ())


def _counted(shape: Shape) -> Iterator[Requirement]:
    least, most = (_number(shape, name) for name in ("minCount", "maxCount"))
    if least is not None and least == most:
        yield Requirement(f"exactly {_many(least)}")
        return
    if least:
        yield Requirement(f"at least {_many(least)}")
    if most is not None:
        yield Requirement(f"at most {_many(most)}" if most else "no value")


def _many(number: int) -> str:
    return f"{number} values" if number != 1 else "one value"


def _number(shape: Shape, name: str) -> int | None:
    return int(literal(shape.values[name][0])[0]) if name in shape.values else None


def _valued(shape: Shape, terms: Terms) -> Iterator[Requirement]:
    """Yield the requirements for each value, or for the node itself where the shape has no path."""
    who = "it" if shape.path is None else "each value" if _number(shape, "maxCount") != 1 else "the value"
    for name, say in _WORDS.items():
        for text in _given(shape, name):
            yield Requirement(f"{who} {say(text, terms)}")
    if codes := _given(shape, "in"):
        names = [_defined(text, terms) for text in codes]
        parts = tuple(map(Requirement, names))
        yield Requirement(f"{who} is one of", parts) if names[1:] else Requirement(f"{who} is {names[0]}")
    if tags := _given(shape, "languageIn"):
        yield Requirement(f"{who} is text with the language tag {_listed([literal(tag)[0] for tag in tags], ' or ')}")
    if pattern := _given(shape, "pattern"):
        text = literal(pattern[0])[0]
        flags = "".join(literal(flag)[0] for flag in _given(shape, "flags"))
        says = "is not blank" if text == r"\S" else f"matches {text}"
        which = who if shape.path else "its IRI"
        yield Requirement(f"{which} {says}{f' (flags {flags})' if flags else ''}")
    if any(literal(text)[0] in ("true", "1") for text in _given(shape, "uniqueLang")):
        yield Requirement("no two values have the same language tag")
    for text in _given(shape, "hasValue"):
        yield Requirement(f"{'a value' if shape.path else 'it'} is {_defined(text, terms)}")


def _defined(text: str, terms: Terms) -> str:
    return terms.defined(text[1:-1]) if text.startswith("<") else value(text)


def _datatype(text: str, _: Terms) -> str:
    iri = text[1:-1]
    return f"is {_DATATYPES[iri]} ({shorten(iri)})" if iri in _DATATYPES else f"is of type {shorten(iri)}"


def with_article(name: str) -> str:
    """Return the name after `a` or `an`, by the sound of its label or prefix."""
    vowel = name.startswith(("oa:", "owl:", "rdf:", "rdfs:", "sh:", "xsd:")) or name[0] in "aeio"
    return f"{'an' if vowel else 'a'} {name}"


#: The words for each constraint with one parameter.
_WORDS: dict[str, Callable[[str, Terms], str]] = {
    "nodeKind": lambda text, _: f"is {_KINDS[text[1:-1].rpartition('#')[2]]}",
    "datatype": _datatype,
    "class": lambda text, terms: f"is {with_article(terms.defined(text[1:-1]))}",
    "minInclusive": lambda text, _: f"is {value(text)} or more",
    "minExclusive": lambda text, _: f"is more than {value(text)}",
    "maxInclusive": lambda text, _: f"is {value(text)} or less",
    "maxExclusive": lambda text, _: f"is less than {value(text)}",
    "minLength": lambda text, _: f"has at least {literal(text)[0]} characters",
    "maxLength": lambda text, _: f"has at most {literal(text)[0]} characters",
    "equals": lambda text, terms: f"is also a value of {terms.named(text[1:-1])}, and the other way round",
    "disjoint": lambda text, terms: f"is not a value of {terms.named(text[1:-1])} as well",
    "lessThan": lambda text, terms: f"is less than each value of {terms.named(text[1:-1])}",
    "lessThanOrEquals": lambda text, terms: f"is at most each value of {terms.named(text[1:-1])}",
}


def _composed(shape: Shape, terms: Terms) -> Iterator[Requirement]:
    """Yield the requirements of the shapes inside, and the list of allowed properties."""
    for name in ("property", "node", "and"):
        # Only lists have an order of their own.
        yield from sorted((_whole(member, terms) for member in _members(shape, name)), key=str)
    for refused in sorted((_whole(member, terms) for member in _members(shape, "not")), key=str):
        yield Requirement("not this:", (refused,))
    for name, text in (("or", "at least one of these:"), ("xone", "exactly one of these:")):
        lists = (tuple(_whole(member, terms) for member in members) for members in shape.shapes.get(name, ()))
        yield from sorted((Requirement(text, parts) for parts in lists), key=str)
    for member in _members(shape, "qualifiedValueShape"):
        least, most = (_number(shape, f"qualified{name}Count") for name in ("Min", "Max"))
        ends = [f"{word} {end}" for word, end in (("at least", least), ("at most", most)) if end is not None]
        yield Requirement(f"of the values {' and '.join(ends)} with this:", (_whole(member, terms),))
    if (closed := allowed(shape)) is not None:
        names = [terms.named(iri) for iri in sorted(closed, key=shorten)]
        yield Requirement("only these properties:", tuple(map(Requirement, names)))


def _members(shape: Shape, name: str) -> Iterator[Shape]:
    return chain.from_iterable(shape.shapes.get(name, ()))


def _whole(shape: Shape, terms: Terms) -> Requirement:
    """Return the requirements of a shape inside another as one."""
    found = requirements(shape, terms)
    at = f"{name_of(shape.path, terms)}: " if shape.path else ""
    if len(found) == 1:
        return Requirement(f"{at}{found[0].text}", found[0].parts)
    if any(part.parts for part in found):
        return Requirement(f"{at}all of these:", found)
    return Requirement(f"{at}{'; '.join(part.text for part in found)}")
