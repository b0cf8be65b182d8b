"""Binding: a question's text with the values of its parameters in place of their variables."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress

from pyoxigraph import Literal, NamedNode

from kg.errors import QueryError
from kg.query.questions import TYPES, Parameter, Question, is_utf8
from kg.rdf.namespaces import PREFIXES, suggest
from kg.rdf.tokens import TOKEN

# How a stored question is fast with an optional parameter, and works without it. The parameter is in a filter that
# holds for every solution while it has no value: `FILTER(COALESCE(?__unit_iri, ?unit) = ?unit)`. SPARQL gives the
# position of a filter in its group no meaning. The filter comes first, after the `{`, if the patterns of the group
# outside OPTIONAL bind ?unit in every solution, and no BIND does: then, and only then, the rows are those of `VALUES
# ?unit { <…> }`, which `bind` writes in its place. An engine evaluates VALUES first, a filter last. It evaluates a
# MINUS, an OPTIONAL of several patterns and each side of a UNION in full, unless they begin with the filter, too; this
# removes no row, since the rows outside have the same unit. A UNION also has the filter before it: without it Virtuoso
# returns the unit as a string. A choice of a few terms in the question itself, such as predicates, is in VALUES after
# the patterns and before the first OPTIONAL: an engine evaluates it first as well, and rdflib is fast only if it is not
# at the beginning. An OPTIONAL of several patterns is evaluated by itself; where that would read many triples, it
# repeats the patterns that lead to it.
_FILTERS = re.compile(r"(?<=\{)\s*(?:FILTER\(COALESCE\(\?__\w+_iri, (\?\w+)\) = \1\)\s*)+")
_FILTER = re.compile(r"FILTER\(COALESCE\(\?(?P<parameter>\w+), (?P<variable>\?\w+)\) = (?P=variable)\)")
#: The datatype and the form of the values of a type.
_DATATYPES = {
    "integer": (NamedNode(f"{PREFIXES['xsd']}integer"), r"[+-]?[0-9]+"),
    "number": (NamedNode(f"{PREFIXES['xsd']}decimal"), r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)"),
    "xsd_date": (NamedNode(f"{PREFIXES['xsd']}date"), r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}


def bind(question: Question, values: Mapping[str, str], resolve: Callable[[str, str | None], str]) -> str:
    """Return the query's text with each given parameter's tokens replaced by an RDF term.

    `resolve` turns a name and a class (or None) into an IRI. Raises QueryError for a parameter that is unknown,
    missing or not of its type. An optional parameter without a value stays a variable. A filter with which a
    group begins becomes VALUES.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in values:
        if name not in known:
            raise QueryError(f"{question.title} has no parameter '{name}'{suggest(name, list(known))}")
    for parameter in question.parameters:
        if parameter.required and parameter.name not in values:
            example = f", for example -p {parameter.name} {parameter.example}" if parameter.example else ""
            raise QueryError(f"{question.title} needs parameter '{parameter.name}'{example}")
    terms = {known[name].variable: str(_term(known[name], value, resolve)) for name, value in values.items()}

    def place(token: re.Match[str]) -> str:
        variable = token["variable"]
        return terms.get(variable[1:], variable) if variable else token[0]

    return TOKEN.sub(place, _with_values(question.text, terms))


def _with_values(text: str, terms: Mapping[str, str]) -> str:
    """Return the query with VALUES in place of the filters that begin a group and whose parameters have a term."""

    def values(match: re.Match[str]) -> str:
        term = terms.get(match["parameter"])
        return f"VALUES {match['variable']} {{ {term} }}" if term else match[0]

    def bound(filters: re.Match[str]) -> str:
        return _FILTER.sub(values, filters[0]) if text.index("FILTER", filters.start()) in words else filters[0]

    words = {token.start() for token in TOKEN.finditer(text) if token["word"]}  # not in a string or a comment
    return _FILTERS.sub(bound, text)


def _term(parameter: Parameter, value: str, resolve: Callable[[str, str | None], str]) -> NamedNode | Literal:
    wrong = f"parameter '{parameter.name}' takes {TYPES.get(parameter.type, 'text')}, not '{value}'"
    if not is_utf8(value):
        raise QueryError(f"{wrong}, which is not UTF-8")
    if parameter.type == "iri":
        return NamedNode(resolve(value, parameter.class_))
    if parameter.type in _DATATYPES:
        datatype, form = _DATATYPES[parameter.type]
        if not re.fullmatch(form, value) or (parameter.type == "xsd_date" and not _is_day(value)):
            raise QueryError(wrong)
        return Literal(value, datatype=datatype)
    return Literal(value) if parameter.type == "literal" else Literal(value, language=parameter.type)


def _is_day(value: str) -> bool:
    from datetime import date  # imported for a day only

    with suppress(ValueError):
        return bool(date.fromisoformat(value))
    return False
