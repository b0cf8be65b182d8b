"""What messages may repeat: nothing that identifies a protected person, for they travel further than the graph."""

import re
from collections.abc import Iterable

from kg.errors import NameUnknownError
from kg.rdf.namespaces import PREFIXES, SPACES, expand, kind

#: Stands in place of a text that is not repeated.
PLACEHOLDER = "…"
#: Properties whose value identifies a person even where it is a name of the project.
LINKS = tuple(
    f"{PREFIXES[prefix]}{name}" for prefix, name in (("owl", "sameAs"), ("skos", "closeMatch"), ("skos", "exactMatch"))
)

#: Every word of the parser's own messages, and the prefixes of the project; others come from the file that it reads.
_WORDS = PREFIXES.keys() | set(
    re.findall(
        r"\w+",
        "1 16 2 8 A An Annotations BASE Expecting Found ID IP IPv6 IRI IRIs Invalid Line No PREFIX RDF The TriG "
        "Turtle UTF Unexpected VERSION a absolute address after all allowed always an and another are as at base be "
        "been beginning blank block but by can cannot character characters close code collection datatype decimal "
        "declaration declared digits directions dot double eight empty encoding end ends escape escaped escapes ex "
        "expected expecting exponent file followed for found from graph has have hexadecimal high host in integer "
        "invalid is it its jumps keyword language length letter like line literal literals ltr maximum may missing "
        "must n name node not number object of on only or path percent point port predicate prefix prefixes quoted "
        "reference relative rtl scheme sequence set should single start statement statements string subject subtag "
        "surrogate syntax tag term that the there this to token triple two unexpected unicode use valid value "
        "variable version with",
    )
)
_IRI = re.compile(r"<[^<>\s]+>")
_WORD = re.compile(r"[^\W_]\w*")
#: The parts of the parser's messages that repeat the file.
_REPEATED = re.compile(
    r"\A(?s:.+)(?= is not a valid [a-z ]+(?::|\Z))"
    r"|(?<=\Athe prefix )\S+(?=: has not been declared)"
    r"|(?<=, found )(?s:.+)\Z"
    r"|(?<=')[^\n]*(?=')",
    re.IGNORECASE,
)


def without_words_of_file(message: str) -> str:
    """Return a parser's message without the words of the file, but for prefixes of the project.

    A file that cannot be parsed may be about any person, so none of its words is known to be harmless.
    """

    def shown(repeated: re.Match[str]) -> str:
        harmless = len(repeated[0]) == 1 or not _WORD.search(repeated[0]) or repeated[0].removesuffix(":") in _WORDS
        return repeated[0] if harmless else PLACEHOLDER

    message = _REPEATED.sub(shown, message)
    return _WORD.sub(lambda word: word[0] if word[0] in _WORDS else PLACEHOLDER, message)


def without_texts(message: str, texts: Iterable[str]) -> str:
    """Return a message without IRIs of other namespaces and these texts, of which it may have the first part."""
    message = _IRI.sub(lambda iri: without_text(iri[0]), message)
    for text in sorted(filter(str.strip, texts), key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", PLACEHOLDER, message)
        start = message.find(text[:40]) if len(text) > 40 else -1
        message = message if start < 0 else message[:start] + PLACEHOLDER
    return message


def without_text(term: str, *, of_person: bool = False) -> str:
    """Return a term (N-Triples text) with a placeholder for a literal's text or for an IRI of another namespace.

    `of_person`: the term is a value of a protected person, whom an entity of the project would identify, too.
    """
    if term.startswith("<"):
        harmless = term[1:].startswith(SPACES) and not (of_person and kind(term[1:-1]))
        return term if harmless else f"<{PLACEHOLDER}>"
    if term.startswith('"'):
        return f'"{PLACEHOLDER}"{term.rpartition(chr(34))[2]}'
    return term


def is_harmless(value: str) -> bool:
    """Return whether a value, as a finding shows it, is a name of the project or of one of its vocabularies."""
    try:
        return expand(value).startswith(SPACES)
    except NameUnknownError:
        return value == "[]"
