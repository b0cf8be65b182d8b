"""Fast tests of Turtle texts by regular expressions, exact or necessary conditions, with the parser behind them."""

import re

from kg.rdf.namespaces import PREFIXES

_NAME = r"[a-z]++:[\w-]++(?:\.[\w-]++)*+"
#: An IRI that no prefix of the project shortens, so that each IRI has one form.
_IRI = rf"<(?!{'|'.join(map(re.escape, PREFIXES.values()))})[^<>\s\\]++>"
_STRING = rf'"(?:[^"\\\n\r]++|\\[^uU\n\r])*+"(?:@[A-Za-z0-9-]++|\^\^{_NAME})?+'
_VALUE = rf"(?:{_STRING}|{_NAME}|{_IRI}|-?[0-9]++(?:\.[0-9]++)?+|true|false)"
_PREDICATE = rf"(?!rdf:type\b){_NAME}"
_ONE_VALUE = rf"[ ]{{4}}{_PREDICATE}[ ]{_VALUE}[ ];\n"
_VALUES = rf"[ ]{{4}}(?!oa:){_PREDICATE}\n(?:[ ]{{8}}{_VALUE}[ ],\n)++[ ]{{8}}{_VALUE}[ ];\n"
_BLOCK = rf"(?:{_NAME}|{_IRI})\n[ ]{{4}}a[ ]{_NAME}[ ];\n(?:{_ONE_VALUE}|{_VALUES})*+\.\n(?=\n|\Z)"
_DECLARATION = "|".join(re.escape(f"PREFIX {prefix}: <{namespace}>\n") for prefix, namespace in PREFIXES.items())
_HOUSE = re.compile(rf"(?:{_DECLARATION}|\#[^\n]*+\n|\n|{_BLOCK})*+\Z")

_PLAIN_DECLARATION = re.compile(r"prefix[ \t]+([\w.-]*):[ \t]*<([^<>\\\s]*)>", re.IGNORECASE)


def is_house_layout(text: str) -> bool:
    """Return whether a Turtle text is wholly in the layout of the project: one block per subject, one value per line.

    In such a text each name and value has one form, so lines can be compared as text.
    """
    return _HOUSE.match(text) is not None


def may_rebind_prefix(text: str) -> bool:
    """Return whether a Turtle text may declare a prefix of the project for another namespace.

    True where anything says "prefix" that is not a plain declaration of the right namespace, be it in a string.
    """
    plain = _PLAIN_DECLARATION.findall(text)
    return len(plain) != text.lower().count("prefix") or any(
        PREFIXES.get(prefix, namespace) != namespace for prefix, namespace in plain
    )
