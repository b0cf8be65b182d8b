"""Source texts: the texts of articles, held outside the project, and their digests."""

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Store

from kg.claims.background import KG
from kg.errors import NameUnknownError, SourceError
from kg.project.dataset import read_text
from kg.rdf.namespaces import PREFIXES, SLUG, kind, shorten, suggest


@dataclass(frozen=True, slots=True)
class Beginning:
    """The digest of an article's canonical text, and its length in code points."""

    article: str
    digest: str
    length: int


def canonical(text: str) -> str:
    """Return the text under `hearsay-text-1`: no byte-order mark, line ends as U+000A, Unicode NFC."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain)


def digest(text: str) -> str:
    """Return "sha256:" and the hexadecimal digest of the text in UTF-8."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def slug(article: str) -> str:
    """Return the local name of an article's IRI, which is also the stem of its text's file."""
    return article.removeprefix(PREFIXES["article"])


def text_of(article: str, texts: Path) -> str:
    """Return the canonical text of the article; raises SourceError where it is missing or not UTF-8."""
    path = texts / f"{slug(article)}.txt"
    if not path.is_file():
        names = [file.stem for file in texts.glob("*.txt")] if texts.is_dir() else []
        raise SourceError(f"no text '{path.name}' in '{texts}'{suggest(slug(article), names)}")
    return canonical(read_text(path, str(path)))


def articles(store: Store) -> tuple[str, ...]:
    """Return the articles whose text the graph cites (they have a digest of it), in the order of their IRIs."""
    quads = store.quads_for_pattern(None, NamedNode(f"{KG}textDigest"), None)
    return tuple(sorted({quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}))


def article(store: Store, iri: str) -> str:
    """Return `iri` where it is an article whose text the graph cites; raises NameUnknownError otherwise."""
    known = articles(store)
    if iri not in known:
        what = "has no text in the graph" if kind(iri) == "article" else "is not an article"
        raise NameUnknownError(f"'{shorten(iri)}' {what}{suggest(shorten(iri), [shorten(one) for one in known])}")
    return iri


def begin(article_: str, texts: Path) -> Beginning:
    """Return the digest and length of an article's text; the article (`article:slug` or `slug`) need not be described.

    Raises NameUnknownError for a name that no article can have, SourceError where its text is missing.
    """
    name = article_.removeprefix("article:")
    if not SLUG.match(name):
        raise NameUnknownError(
            f"'{article_}' is not the name of an article: expected words of a-z and 0-9, joined by hyphens"
        )
    text = text_of(PREFIXES["article"] + name, texts)
    return Beginning(PREFIXES["article"] + name, digest(text), len(text))


def texts_directory(named: Path | None) -> Path:
    """Return the directory of the source texts; raises SourceError where none is named, or it does not exist."""
    if named is None:
        raise SourceError("the source texts are needed: name their directory with --texts DIR or KG_TEXTS")
    if not named.is_dir():
        raise SourceError(f"'{named}' is not a directory: name the one with <article>.txt by --texts DIR or KG_TEXTS")
    return named
