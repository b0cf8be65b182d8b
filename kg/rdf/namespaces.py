"""Names: the prefixes of the project, short names and IRIs, and the kind that an IRI shows."""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from kg.errors import NameUnknownError

BASE = "https://w3id.org/hearsay/"

#: Every kind of individual, with one prefix and one namespace each.
KINDS = "article", "claim", "event", "group", "organisation", "passage", "person", "place", "quantity", "topic", "unit"

#: Prefix to namespace, for data, queries and output; sorted.
PREFIXES = {kind: f"{BASE}{kind}/" for kind in KINDS} | {
    "dcterms": "http://purl.org/dc/terms/",
    "kg": f"{BASE}ns#",
    "oa": "http://www.w3.org/ns/oa#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "sh": "http://www.w3.org/ns/shacl#",
    "shape": f"{BASE}shapes#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "wd": "http://www.wikidata.org/entity/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
PREFIXES = dict(sorted(PREFIXES.items()))

#: The local name of an individual.
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")

_LOCAL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")
#: The characters that an IRI must not have; surrogates stand for bytes of the command line that are not UTF-8.
_NOT_IN_IRI = r"\s<>\"{}|^`\\\x00-\x20\ud800-\udfff"
_ABSOLUTE = re.compile(rf"<([A-Za-z][A-Za-z0-9+.-]*:[^{_NOT_IN_IRI}]+)>\Z|(https?:[^{_NOT_IN_IRI}]+)\Z")
#: Comparison of more names takes seconds, so that only names are compared that differ by one slip.
_MANY = 5000
#: Every namespace ends in `/` or `#`, so the IRI shows where the local name begins.
_BY_NAMESPACE = {namespace: prefix for prefix, namespace in PREFIXES.items()}
#: The namespaces of the project and of vocabularies: a name in them does not identify a person.
SPACES = tuple(space for prefix, space in PREFIXES.items() if prefix != "wd")


def expand(name: str) -> str:
    """Return the IRI that `name` stands for: `unit:x`, `<scheme:…>` or `https://…`.

    Raises NameUnknownError for a prefix that the project does not have, or for text that is not a name.
    """
    if whole := _ABSOLUTE.match(name):
        return whole[1] or whole[2]
    if name.startswith("<") or "://" in name:
        raise NameUnknownError(f"'{name}' is not an IRI: write <scheme:…> or https://…, without blanks and brackets")
    prefix, colon, local = name.partition(":")
    if not colon:
        raise NameUnknownError(f"'{name}' is not a name: write prefix:name, or an IRI; prefixes: {', '.join(PREFIXES)}")
    if prefix not in PREFIXES:
        raise NameUnknownError(f"unknown prefix '{prefix}:' in '{name}'{suggest(prefix, PREFIXES, ':')}")
    if not _LOCAL.match(local):
        raise NameUnknownError(f"'{name}' is not a name: after '{prefix}:' write letters, digits and inner hyphens")
    return PREFIXES[prefix] + local


def shorten(iri: str) -> str:
    """Return `prefix:name` where a prefix of the project fits, else `<iri>`, or "" for ""; `expand` undoes it."""
    start = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = _BY_NAMESPACE.get(iri[:start])
    if prefix is not None and _LOCAL.match(iri[start:]):
        return f"{prefix}:{iri[start:]}"
    return f"<{iri}>" if iri else ""


def kind(iri: str) -> str | None:
    """Return the kind of individual that the IRI shows ("unit", "claim", …), or None for anything else."""
    if not iri.startswith(BASE):
        return None
    head, _, local = iri[len(BASE) :].partition("/")
    return head if head in KINDS and local else None


def suggest(wrong: str, known: Iterable[str], suffix: str = "") -> str:
    """Return the end of a message: `; did you mean 'x'?`, or twelve known names; the suffix is shown after each."""
    names = sorted(set(known))
    if (near := nearest(wrong, names)) is not None:
        return f"; did you mean '{near}{suffix}'?"
    shown = ", ".join(f"{name}{suffix}" for name in names[:12])
    return f"; known: {shown}{', …' if len(names) > 12 else ''}" if names else "; there are none"


def nearest(wrong: str, known: Sequence[str]) -> str | None:
    """Return the known name that is most similar, or None."""
    from difflib import get_close_matches  # only in error messages

    likely = known if len(known) <= _MANY else [name for name in known if _one_slip(wrong, name)]
    return next(iter(get_close_matches(wrong, likely, n=1, cutoff=0.6)), None)


def _one_slip(wrong: str, name: str) -> bool:
    """Return whether the names differ in one place only, by two characters at most."""
    if abs(len(wrong) - len(name)) > 2:
        return False
    start = _alike(wrong, name)
    ends = wrong[start:][::-1], name[start:][::-1]
    return max(map(len, ends)) - _alike(*ends) <= 2


def _alike(left: str, right: str) -> int:
    """Return the number of equal characters at the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))
