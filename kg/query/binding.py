"""Binding: the values of a question's parameters, put in place of its variables."""

import re
from collections.abc import Callable, Mapping

from pyoxigraph import Literal, NamedNode

from kg.errors import QueryError
from kg.query.questions import _TYPES, _XSD, Parameter, Question, _called, _is_text
from kg.rdf.namespaces import suggest
from kg.rdf.tokens import TOKEN

# How a stored question does without a thing, and is quick with one. An optional parameter stands in a filter that holds
# for all where it is not given: `FILTER(COALESCE(?__unit_iri, ?unit) = ?unit)`. Where in its group it stands means
# nothing in SPARQL. So it stands first, behind the `{`, if the patterns of the group that are not optional bind ?unit
# in every solution, and no BIND does: then, and only then, the rows are those of `VALUES ?unit { <…> }`, which `bind`
# writes in its place. With that an engine begins; with the filter it ends. A MINUS, an OPTIONAL of several patterns and
# each side of a UNION are read whole unless they begin with the filter too; it takes nothing from the answer, since the
# rows outside have the same unit. A UNION has it before it as well: Virtuoso would make a string of the unit.
# What a question itself picks out of few, such as predicates, stands in VALUES behind the patterns and before the first
# OPTIONAL: with that an engine begins as well, and rdflib is quick only if it does not stand first.
# An OPTIONAL of several patterns is read apart, so where it would read very much it repeats what leads to it.
_FIRST = re.compile(r"(?<=\{)\s*(?:FILTER\(COALESCE\(\?__\w+_iri, (\?\w+)\) = \1\)\s*)+")


_HELD = re.compile(r"FILTER\(COALESCE\(\?(?P<parameter>\w+), (?P<thing>\?\w+)\) = (?P=thing)\)")


def bind(question: Question, values: Mapping[str, str], resolve: Callable[[str, str | None], str]) -> str:
    """Return the query's text with each given parameter's tokens replaced by an RDF term.

    `resolve` turns a name and a class (or None) into an IRI. Raises QueryError for a parameter that is unknown,
    missing or not of its type. An optional parameter without a value stays a variable. A filter with which a
    group begins becomes VALUES.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in values:
        if name not in known:
            raise QueryError(f"{_called(question)} has no parameter '{name}'{suggest(name, list(known))}")
    for parameter in question.parameters:
        if parameter.required and parameter.name not in values:
            example = f", for example -p {parameter.name} {parameter.example}" if parameter.example else ""
            raise QueryError(f"{_called(question)} needs parameter '{parameter.name}'{example}")
    terms = {known[name].variable: str(_term(known[name], value, resolve)) for name, value in values.items()}

    def place(token: re.Match[str]) -> str:
        variable = token["variable"]
        return terms.get(variable[1:], variable) if variable else token[0]

    return TOKEN.sub(place, _begun(question.text, terms))


def _begun(text: str, terms: Mapping[str, str]) -> str:
    """Return the query with VALUES in place of the filters that stand first and whose parameters have a term."""

    def values(held: re.Match[str]) -> str:
        term = terms.get(held["parameter"])
        return f"VALUES {held['thing']} {{ {term} }}" if term else held[0]

    def begun(first: re.Match[str]) -> str:
        return _HELD.sub(values, first[0]) if text.index("FILTER", first.start()) in words else first[0]

    words = {token.start() for token in TOKEN.finditer(text) if token["word"]}  # none within a string or a comment
    return _FIRST.sub(begun, text)


def _term(parameter: Parameter, value: str, resolve: Callable[[str, str | None], str]) -> NamedNode | Literal:
    wrong = f"parameter '{parameter.name}' takes {_TYPES.get(parameter.type, 'text')}, not '{value}'"
    if not _is_text(value):
        raise QueryError(f"{wrong}, which is not UTF-8")
    match parameter.type:
        case "iri":
            return NamedNode(resolve(value, parameter.class_))
        case "integer":
            if not re.fullmatch(r"[+-]?[0-9]+", value):
                raise QueryError(wrong)
            return Literal(value, datatype=NamedNode(f"{_XSD}integer"))
        case "number":
            if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)", value):
                raise QueryError(wrong)
            return Literal(value, datatype=NamedNode(f"{_XSD}decimal"))
        case "xsd_date":
            if not _is_day(value):
                raise QueryError(wrong)
            return Literal(value, datatype=NamedNode(f"{_XSD}date"))
        case "literal":
            return Literal(value)
        case language:
            return Literal(value, language=language)


def _is_day(value: str) -> bool:
    from datetime import date  # only where a day is given

    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
