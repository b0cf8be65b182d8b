"""The closed vocabulary: each name that is used in the namespaces of the project must be described."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.errors import Place, SourceError
from kg.project.dataset import Dataset, Source, text_of
from kg.rdf.layout import may_rebind_prefix
from kg.rdf.namespaces import BASE, PREFIXES, nearest, shorten, suggest
from kg.rdf.tokens import Declaration, Name, names
from kg.rules.builtin import sentence
from kg.rules.severity import Severity
from kg.validation.finding import Finding, name
from kg.validation.messages import worded
from kg.validation.suppress import Absent

_TYPE = NamedNode(f"{PREFIXES['rdf']}type")


def absent(glance: Callable[[str], str | None], errors: Iterable[SourceError]) -> Absent:
    """Return the entities that may be missing because Turtle files cannot be read, from the names in these files."""
    turtle = [error for error in errors if not (error.file.endswith(".rq") or f"{error.file}/".startswith("queries/"))]
    lines = {error.file: error.line for error in turtle}
    texts = {file: glance(file) for file in lines}
    iris: set[str] = set()
    spaces: set[str] = set()
    for file, text in texts.items():
        used = [name for name in names(text or "") if isinstance(name, Name)]
        meant = {_meant(name.written) for name in used}
        iris |= meant | {name.iri for name in used}
        if text is not None and not any(meant):
            spaces.add(BASE)
        elif text is not None and lines[file] > text.rstrip().count("\n"):  # it may be cut off
            spaces.update(map(_space, _subjects(text)))
    return Absent(tuple(sorted(lines)), frozenset(iris), None in texts.values(), frozenset(spaces - {""}))


def _subjects(text: str) -> Iterator[str]:
    """Yield the IRIs of the subjects of a Turtle text, which may be broken, by the prefixes of the project."""
    from kg.rdf.turtle_tokens import tokens  # only where a file cannot be parsed

    begins, declares = True, False
    for token in tokens(text):
        if declares:
            declares = token.kind != "iri"
        elif begins and token.text.lower().lstrip("@") in ("base", "prefix"):
            declares = True
        else:
            if begins and token.kind in ("name", "iri"):
                yield token.text[1:-1] if token.kind == "iri" else _meant(token.text)
            begins = token.text == "."


def _meant(written: str) -> str:
    """Return the IRI of a name by the prefixes of the project, or ""."""
    prefix, _, local = written.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else ""


def _space(iri: str) -> str:
    """Return the namespace of one of the project's IRIs, or ""."""
    return iri[: max(iri.rfind("/"), iri.rfind("#")) + 1] if iri.startswith(BASE) else ""


def described(*stores: Store) -> frozenset[str]:
    """Return the IRIs of all entities and terms that have a type in one of the stores."""
    return frozenset(
        quad.subject.value
        for store in stores
        for quad in store.quads_for_pattern(None, _TYPE, None)
        if isinstance(quad.subject, NamedNode)
    )


class Described:
    """The IRIs that have a type in one of the stores, looked up one by one, and others; iteration reads all types."""

    def __init__(self, *stores: Store, others: frozenset[str] = frozenset()) -> None:
        self._stores, self._others = stores, others

    def __contains__(self, iri: str) -> bool:
        return iri in self._others or any(
            True for store in self._stores for _ in store.quads_for_pattern(NamedNode(iri), _TYPE, None)
        )

    def __iter__(self) -> Iterator[str]:
        return iter(described(*self._stores) | self._others)

    def __or__(self, others: frozenset[str]) -> "Described":
        return Described(*self._stores, others=self._others | others)


#: The IRIs that are described, in memory or looked up.
Known = frozenset[str] | Described


def undescribed(dataset: Dataset, known: Known) -> dict[Source, frozenset[str]]:
    """Return by file the IRIs of the project that it uses and that are not known."""
    unknown: dict[str, set[str]] = {}
    for quad in dataset.store:
        for term in (quad.subject, quad.predicate, quad.object):
            node = term.datatype if isinstance(term, Literal) else term
            if isinstance(node, NamedNode) and node.value.startswith(BASE) and node.value not in known:
                unknown.setdefault(str(quad.graph_name), set()).add(node.value)
    return {
        source: frozenset(unknown[graph]) for source in dataset.sources if (graph := f"<{source.graph}>") in unknown
    }


def undescribed_since(
    data: Dataset, known: Known, before: Mapping[str, frozenset[str]], removed: Iterable[Quad], changed: Collection[str]
) -> dict[str, frozenset[str]]:
    """Return by file the IRIs that are not described, from those before and the files that changed since.

    All files are searched for the IRIs that a changed file no longer describes.
    """
    found = {file: {iri for iri in iris if iri not in known} for file, iris in before.items() if file not in changed}
    for source in data.sources:
        if source.name in changed:
            part = Store()
            part.extend(data.store.quads_for_pattern(None, None, None, NamedNode(source.graph)))
            found[source.name] = set().union(*undescribed(Dataset(data.root, (source,), part), known).values())
    files = {f"<{source.graph}>": source.name for source in data.sources}
    untyped = {quad.subject for quad in removed if quad.predicate == _TYPE and isinstance(quad.subject, NamedNode)}
    for node in (node for node in untyped if node.value.startswith(BASE) and node.value not in known):
        for pattern in ((node, None, None), (None, node, None), (None, None, node)):
            for quad in data.store.quads_for_pattern(*pattern):
                if (file := files.get(str(quad.graph_name))) is not None:
                    found.setdefault(file, set()).add(node.value)
    return {file: frozenset(iris) for file, iris in found.items() if iris}


def in_graph(source: Source, unknown: frozenset[str], known: Known) -> Iterator[Finding]:
    """Yield a finding for each use of one of the unknown IRIs in a Turtle file."""
    from kg.rdf.turtle import read

    places = read(text_of(source), source.name)
    seen: set[int] = set()
    for triple in places.statements:
        for term, offset, path, value in (
            (triple.subject, triple.block, None, None),
            (triple.predicate, triple.verb, triple.predicate, None),
            (triple.object, triple.value, triple.predicate, triple.object),
        ):
            iri = term.datatype.value if isinstance(term, Literal) else term.value
            if iri in unknown and offset not in seen:
                seen.add(offset)
                finding = _undefined(Place(source.name, *places.place(offset)), iri, known)
                yield replace(finding, focus=name(triple.subject), path=name(path), value=name(value) or finding.value)


def in_query(file: str, text: str, known: Known, absent: Absent) -> Iterator[Finding]:
    """Yield a finding for each use of an unknown name or of an undeclared prefix in a query.

    Names that a file may describe which cannot be read are skipped, as are names with a prefix that is declared for a
    wrong namespace: the declaration is the violation.
    """
    found = list(names(text))
    declarations = [one for one in found if isinstance(one, Declaration)]
    declared = [one.prefix for one in declarations]
    wrong = {one.prefix for one in declarations if PREFIXES.get(one.prefix, one.namespace) != one.namespace}
    for one in found:
        if isinstance(one, Declaration):
            continue
        prefix = one.written.partition(":")[0]
        if not one.written.startswith("<") and prefix not in declared:
            message = f"the prefix '{prefix}:' is not declared{suggest(prefix, declared, ':')}"
            yield _in_text("syntax:sparql", file, text, one.offset, one.written, message)
        elif one.iri.startswith(BASE) and prefix not in wrong and not (one.iri in known or absent.mentions(one.iri)):
            yield _undefined(Place.of(file, text, one.offset), one.iri, known)


def prefixes(sources: Iterable[Source], queries: Mapping[str, str]) -> Iterator[Finding]:
    """Yield every declaration in Turtle files and queries of a project's prefix for another namespace."""
    for source in sources:
        try:
            text = text_of(source)
            if may_rebind_prefix(text):
                from kg.rdf.turtle import read

                yield from _rebound(source.name, text, read(text, source.name).prefixes)
        except SourceError:
            continue  # a finding already, since the file could not be loaded
    for file, text in queries.items():
        yield from _rebound(file, text, names(text))


def _rebound(file: str, text: str, declarations: Iterable[Declaration | Name]) -> Iterator[Finding]:
    for one in declarations:
        if isinstance(one, Declaration) and PREFIXES.get(one.prefix, one.namespace) != one.namespace:
            message = worded(f"the prefix {one.prefix}: is not <{PREFIXES[one.prefix]}>", sentence("rule:prefix"))
            yield _in_text("rule:prefix", file, text, one.offset, f"<{one.namespace}>", message)


def _undefined(place: Place, iri: str, known: Known) -> Finding:
    rule, value = "rule:undefined-term", shorten(iri)
    message = worded(f"{value} is not described{_near(iri, known)}", sentence(rule))
    return Finding(severity=Severity.VIOLATION, rule=rule, place=place, value=value, message=message)


@cache
def _near(iri: str, known: Known) -> str:
    """Return a suggestion among the known names of the same namespace, or ""."""
    space = _space(iri)
    near = nearest(shorten(iri), sorted(shorten(name) for name in known if name.startswith(space)))
    return f" (did you mean {near}?)" if near is not None else ""


def _in_text(rule: str, file: str, text: str, offset: int, value: str, message: str) -> Finding:
    place = Place.of(file, text, offset)
    return Finding(severity=Severity.VIOLATION, rule=rule, place=place, value=value, message=message)
