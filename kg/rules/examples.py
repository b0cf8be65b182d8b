"""The examples of rules: their files, and the lines of each that concern the rule."""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KgError
from kg.project.config import shipped
from kg.project.dataset import ontology_files, read_text
from kg.rdf.namespaces import expand

#: Rules about terms of the vocabulary, by the first word of their names.
TERMS = ("ClaimPredicate", "Code", "Term")
_BLOCK = re.compile(r"^(\w+:\S+)\n((?: .*\n)*\.)$", re.MULTILINE)
#: A predicate with all its values, in the layout of the project: values on lines of their own are indented further.
_STATEMENT = re.compile(r"^    \S.*(?:\n {5,}.*)*(?:\n    \) ;)?", re.MULTILINE)
#: A query that asks for any property of the focus, or for references to it by any property.
_OF_FOCUS = re.compile(r"\?focus (\?\w+) \?\w+")
_VALUES = re.compile(r"\bVALUES (\?\w+)")
_FRAME = re.compile(r"\s*(SELECT|GROUP BY|ORDER BY) ")
_TO_FOCUS = re.compile(r"\?\w+ \?\w+ \?focus\b")
#: The example on which all others depend, and the article for examples that have none of their own.
WORLD = "sample"
ARTICLE = """
article:{slug}
    a kg:Article ;
    rdfs:label "The article of {slug}"@en ;
    kg:canonicalisation "hearsay-text-1" ;
    kg:origin kg:Original ;
    kg:textDigest "sha256:{digest:064x}" ;
    kg:textLength 1000 ;
    schema:author organisation:sample-outlet ;
    schema:datePublished "2030-05-12"^^xsd:date ;
    schema:inLanguage "en" ;
    schema:publisher organisation:sample-outlet ;
.
"""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a file, which has its name relative to the project (texts/ for texts), or "" if irrelevant."""

    file: str
    text: str


#: In the examples of a rule in code: a heading, or a file by its name with its lines in a fence.
_PART = re.compile(r"^## (Given|Right|Wrong)$|^`([^`\n]+)`\n\n```\w+\n(.*?)\n?^```$", re.MULTILINE | re.DOTALL)

#: The right and the wrong examples.
Pair = tuple[tuple[Excerpt, ...], tuple[Excerpt, ...]]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of an example: the file for which it is meant, the subject's short name, the text."""

    file: str
    subject: str
    text: str

    @property
    def verdict(self) -> str:
        """Return "valid", "invalid", or "" for a block that only completes an example."""
        match = re.match(r"\w+:(valid|invalid)-", self.subject)
        return match[1] if match else ""

    def mentions(self, name: str) -> bool:
        """Return whether the block mentions the name outside its subject."""
        return _mentions(self.text.partition("\n")[2], name)


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\S){re.escape(name)}(?!\S)", text) is not None


def files(root: Path) -> dict[str, tuple[Path, ...]]:
    """Return the files of examples by the local name of their shape or rule: the project's, else those that ship.

    Those of a rule in code are called after its whole name: `evidence-offsets.md`.
    """
    library: dict[str, tuple[Path, ...]] = {}
    for place in (shipped(), root):
        paths: dict[str, list[Path]] = {}
        for file in (*ontology_files(place, "examples", ".ttl"), *ontology_files(place, "examples", ".md")):
            if not file.fault:
                paths.setdefault(file.path.name.partition(".")[0], []).append(file.path)
        library |= {name: tuple(sorted(found, key=lambda path: len(path.name))) for name, found in paths.items()}
    return library


def blocks(path: Path) -> Iterator[Block]:
    """Yield the blocks of a file of examples; an article begins a file of its own."""
    name, slug = path.stem, path.stem.lower()
    file = f"graph/articles/{slug}.ttl"
    if name.endswith(".graph"):
        file = f"graph/{slug.removesuffix('.graph')}.ttl"
    elif name.partition("-")[0] in TERMS:
        file = f"ontology/{slug}.ttl"
    for found in _BLOCK.finditer(read_text(path, path.name)):
        if found[1].startswith("article:") and file.startswith("graph/articles/"):
            file = f"graph/articles/{found[1].removeprefix('article:')}.ttl"
        yield Block(file, found[1], found[0])


def of_builtin(paths: Sequence[Path]) -> tuple[tuple[Excerpt, ...], tuple[Excerpt, ...], tuple[Excerpt, ...]]:
    """Return the right and the wrong example of a rule in code, and the files that both need."""
    parts: dict[str, list[Excerpt]] = {"Right": [], "Wrong": [], "Given": []}
    heading = ""
    for path in paths:
        for match in _PART.finditer(read_text(path, path.name)):
            heading = match[1] or heading
            if match[2] and heading:
                parts[heading].append(Excerpt(match[2], match[3]))
    return tuple(parts["Right"]), tuple(parts["Wrong"]), tuple(parts["Given"])


def of_shape(some: Sequence[Block], predicates: Set[str], allowed: Set[str] | None) -> Pair:
    """Return the right and the wrong blocks, cut to the lines with one of the predicates (IRIs) of a shape.

    For a closed shape, right blocks are whole, and wrong ones keep the lines with predicates that are not `allowed`.
    """
    if allowed is None:
        return _pair(some, lambda one, predicate, _: predicate in predicates)
    examples = [one for one in some if one.verdict]
    return _pair(examples, lambda one, predicate, _: one.verdict == "valid" or predicate not in allowed)


@dataclass(frozen=True, slots=True)
class Query:
    """The parts of a SPARQL rule that select lines of its examples: predicates (IRIs), variables and graphs."""

    predicates: Set[str]
    text: str

    @property
    def whole(self) -> bool:
        """Return whether the query asks for any property of the focus, not for a list of them."""
        return not set(_OF_FOCUS.findall(self._pattern)) <= set(_VALUES.findall(self.text))

    @property
    def backwards(self) -> bool:
        """Return whether the query asks for references to the focus by any property."""
        return _TO_FOCUS.search(self._pattern) is not None

    @property
    def of_files(self) -> bool:
        """Return whether the file of a statement matters to the query."""
        return re.search(r"\bGRAPH\b", self.text) is not None

    @property
    def _pattern(self) -> str:
        return "\n".join(line for line in self.text.splitlines() if not _FRAME.match(line))


def of_query(some: Sequence[Block], query: Query) -> Pair:
    """Return the right and the wrong blocks, cut to the lines that matter to a query."""
    examples = {one.subject for one in some if one.verdict} if query.backwards else set()
    return _pair(
        some,
        lambda _, predicate, values: query.whole or predicate in query.predicates or not examples.isdisjoint(values),
        named=query.of_files,
    )


def given(name: str, world: Sequence[Block], shown: Pair, query: Query) -> tuple[Excerpt, ...]:
    """Return the context of the examples shown: parts of the common world and of the added article."""
    if query.whole:
        return ()
    texts = "\n".join(one.text for some in shown for one in some)
    files = {one.file for some in shown for one in some}
    own = Block("", f"article:{name}", ARTICLE.format(slug=name, digest=0).strip())
    found = [one for one in world if _mentions(texts, one.subject)]
    found += [own] if _mentions(texts, own.subject) or f"graph/articles/{name}.ttl" in files else []
    cut = (_cut(one, lambda _, predicate, __: predicate in query.predicates) for one in found)
    return tuple(Excerpt("", text) for text, relevant in cut if relevant)


def _pair(some: Sequence[Block], matters: Callable[[Block, str, Sequence[str]], bool], named: bool = False) -> Pair:
    shown: dict[str, list[Excerpt]] = {"valid": [], "invalid": []}
    for one in some:
        text, relevant = _cut(one, matters)
        if one.verdict or relevant:
            for verdict in {one.verdict} if one.verdict else _completed(one, some):
                shown[verdict].append(Excerpt(one.file if named else "", text))
    return tuple(shown["valid"]), tuple(shown["invalid"])


def _completed(block: Block, some: Sequence[Block]) -> Set[str]:
    """Return the verdicts of the examples that a block completes, by a mention or else by the file.

    A block of a file that has examples of both or of neither is shown with the wrong ones.
    """
    examples = [one for one in some if one.verdict]
    tied = {one.verdict for one in examples if one.mentions(block.subject) or block.mentions(one.subject)}
    same_file = {one.verdict for one in examples if one.file == block.file}
    return tied or (same_file if len(same_file) == 1 else {"invalid"})


def _cut(block: Block, matters: Callable[[Block, str, Sequence[str]], bool]) -> tuple[str, bool]:
    """Return the block with `…` for irrelevant lines, and whether any line but the class is relevant."""
    head, _, body = block.text.partition("\n")
    classes, relevant, rest = [], [], []
    for statement in _STATEMENT.findall(body):
        predicate, *_ = statement.split(maxsplit=1)
        if predicate == "a":
            classes.append(statement)
        elif matters(block, _iri(predicate), re.findall(r"\w+:[\w-]+", statement.partition(predicate)[2])):
            relevant.append(statement)
        else:
            rest = ["    …"]
    return "\n".join([head, *classes, *relevant, *rest, "."]), bool(relevant)


def _iri(predicate: str) -> str:
    with suppress(KgError):
        return expand(predicate)
    return ""
