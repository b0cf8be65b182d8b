"""Values of literals: whether a lexical form belongs to its datatype, and the order of values in SPARQL."""

import operator as operators
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from math import inf

from pyoxigraph import QuerySolutions, Store

from kg.rdf.namespaces import PREFIXES
from kg.shacl.graph import literal

_XSD = PREFIXES["xsd"]
#: Least and greatest value of the datatypes that are derived from xsd:integer.
_WHOLE: dict[str, tuple[float, float]] = {
    "integer": (-inf, inf),
    "nonNegativeInteger": (0, inf),
    "positiveInteger": (1, inf),
    "nonPositiveInteger": (-inf, 0),
    "negativeInteger": (-inf, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
_ZONE = r"(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_CLOCK = r"(([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?|24:00:00(\.0+)?)"
_FORMS = {
    "time": _CLOCK + _ZONE,
    "boolean": "true|false|1|0",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    **dict.fromkeys(("double", "float"), r"([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN)"),
    "gYear": rf"-?([1-9]\d{{3,}}|0\d{{3}}){_ZONE}",
    "gYearMonth": rf"-?([1-9]\d{{3,}}|0\d{{3}})-(0[1-9]|1[0-2]){_ZONE}",
    "gMonth": rf"--(0[1-9]|1[0-2]){_ZONE}",
    "gDay": rf"---(0[1-9]|[12]\d|3[01]){_ZONE}",
    "gMonthDay": rf"--(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]){_ZONE}",
    "duration": r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
    "dayTimeDuration": r"-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
    "yearMonthDuration": r"-?P(?=.)(\d+Y)?(\d+M)?",
    "hexBinary": "([0-9a-fA-F]{2})*",
    "base64Binary": "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
}
_DATE = re.compile(
    r"-?(?P<year>[1-9]\d{3,}|0\d{3})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"
    rf"(?P<time>T{_CLOCK})?{_ZONE}"
)
_COMPARISONS = {"<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge}
_NUMBERS = frozenset({*_WHOLE, "decimal", "double", "float"})


def well_formed(lexical: str, datatype: str, language: str) -> bool:
    """Return whether a lexical form belongs to its datatype; a datatype that XSD does not have takes any."""
    if datatype == f"{PREFIXES['rdf']}langString":
        return bool(language)
    name = datatype.removeprefix(_XSD)
    if name in _WHOLE:
        least, most = _WHOLE[name]
        return re.fullmatch(r"[+-]?[0-9]+", lexical) is not None and least <= Decimal(lexical) <= most
    if name in _FORMS:
        return re.fullmatch(_FORMS[name], lexical, re.ASCII) is not None
    if name in ("date", "dateTime"):
        match = _DATE.fullmatch(lexical)
        if match is None or bool(match["time"]) != (name == "dateTime"):
            return False
        try:  # leap years repeat every 400 years, and a year may have more digits than Python turns into a number
            date(2000 + int(match["year"][-4:]) % 400, int(match["month"]), int(match["day"]))
        except ValueError:
            return False
    return True


def in_order(pairs: Iterable[tuple[str, str]], operator: str) -> set[tuple[str, str]]:
    """Return the pairs of terms, as N-Triples text, for which `left operator right` holds in SPARQL.

    Numbers are compared here, without bounds, other values by the store; terms that do not compare are not in order.
    """
    ordered: set[tuple[str, str]] = set()
    others: list[tuple[str, str]] = []
    for pair in pairs:
        left, right = map(_number, pair)
        if left is None or right is None:
            others += [pair] if all(text.startswith('"') for text in pair) else []
        elif _COMPARISONS[operator](left, right):
            ordered.add(pair)
    return ordered | _by_the_store(others, operator)


def _number(text: str) -> Decimal | None:
    """Return the value of a well-formed number, or None; NaN is none."""
    lexical, datatype, language = literal(text) if text.startswith('"') else ("", "", "")
    if datatype.removeprefix(_XSD) not in _NUMBERS or lexical == "NaN" or not well_formed(lexical, datatype, language):
        return None
    try:
        return Decimal(lexical)
    except InvalidOperation:  # an exponent beyond the range of a decimal
        return None


def _by_the_store(pairs: list[tuple[str, str]], operator: str) -> set[tuple[str, str]]:
    if not pairs:
        return set()
    values = " ".join(f"({left} {right})" for left, right in pairs)
    query = f"SELECT ?left ?right WHERE {{ VALUES (?left ?right) {{ {values} }} FILTER(?left {operator} ?right) }}"
    rows = Store().query(query)
    assert isinstance(rows, QuerySolutions)
    return {(str(row["left"]), str(row["right"])) for row in rows}


def lexical(text: str) -> str | None:
    """Return the text that SPARQL's STR gives for a term, None for a blank node."""
    if text.startswith("<"):
        return text[1:-1]
    return literal(text)[0] if text.startswith('"') else None
