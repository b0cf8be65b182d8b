"""Graphs that are searched for many nodes at once: terms as N-Triples text, triples by predicate, property paths."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.rdf.namespaces import PREFIXES
from kg.rdf.tokens import unescaped

Term = NamedNode | BlankNode | Literal
#: The values of each node, each once. Nodes without values are left out.
Values = Mapping[str, Sequence[str]]

TYPE = f"<{PREFIXES['rdf']}type>"
SUBCLASS = f"<{PREFIXES['rdfs']}subClassOf>"
#: From this length on, a list of values has a set for searches.
_MANY = 50


class Index:
    """A whole store in memory, the union of its graphs: predicate, then subject, then objects."""

    def __init__(self, store: Store) -> None:
        self._objects: dict[str, dict[str, list[str]]] = {}
        self._subjects: dict[str, dict[str, list[str]]] = {}
        self._terms = same = dict[str, str]()  # one string object a term: most comparisons then end at identity
        many: dict[int, set[str]] = {}  # the values of long lists
        for quad in store:
            objects = self._objects.setdefault(str(quad.predicate), {})
            subject, value = str(quad.subject), str(quad.object)
            subject, value = same.setdefault(subject, subject), same.setdefault(value, value)
            known = objects.get(subject)
            if known is None:
                objects[subject] = [value]
                continue
            seen = known if len(known) < _MANY else many.get(id(known)) or many.setdefault(id(known), set(known))
            if value not in seen:
                known.append(value)
                if isinstance(seen, set):
                    seen.add(value)

    def follow(self, predicate: str, nodes: Collection[str], inverse: bool = False) -> Values:
        """Return the objects of each node's triples with the predicate; inverse, the subjects."""
        found = self._inverse(predicate) if inverse else self._objects.get(predicate, {})
        if len(nodes) < len(found):
            return {node: found[node] for node in nodes if node in found}
        wanted = nodes if isinstance(nodes, set | frozenset) else set(nodes)
        return found if found.keys() <= wanted else {node: found[node] for node in found if node in wanted}

    def having(self, predicate: str, inverse: bool = False) -> Collection[str]:
        """Return the subjects of all triples with the predicate; inverse, the objects."""
        return (self._inverse(predicate) if inverse else self._objects.get(predicate, {})).keys()

    def properties(self, nodes: Collection[str], but: Collection[str]) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Yield node, predicate and objects of all triples of the nodes, except those with the predicates in `but`."""
        for predicate in self._objects.keys() - set(but):
            for node, values in self.follow(predicate, nodes).items():
                yield node, predicate, values

    def names(self, start: str) -> set[str]:
        """Return the IRIs with this start, those of predicates and datatypes included."""
        iris, types = f"<{start}", f"^^<{start}"
        found = {term[1:-1] for term in chain(self._terms, self._objects) if term.startswith(iris)}
        literals = (term for term in self._terms if term.endswith(">") and types in term and term.startswith('"'))
        return found | {literal(term)[1] for term in literals if literal(term)[1].startswith(start)}

    def _inverse(self, predicate: str) -> dict[str, list[str]]:
        if (found := self._subjects.get(predicate)) is None:
            found = self._subjects[predicate] = {}
            for subject, values in self._objects.get(predicate, {}).items():
                for value in values:
                    found.setdefault(value, []).append(subject)
        return found


class Lookup:
    """A store that is searched node by node, for few nodes of many."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def follow(self, predicate: str, nodes: Collection[str], inverse: bool = False) -> Values:
        """Return the objects of each node's triples with the predicate; inverse, the subjects."""
        found = ((node, self._values(predicate, node, inverse)) for node in nodes)
        return {node: values for node, values in found if values}

    def _values(self, predicate: str, node: str, inverse: bool) -> list[str]:
        term, by = to_term(node), NamedNode(predicate[1:-1])
        if inverse:
            return list(dict.fromkeys(str(quad.subject) for quad in self._store.quads_for_pattern(None, by, term)))
        if isinstance(term, Literal):
            return []
        return list(dict.fromkeys(str(quad.object) for quad in self._store.quads_for_pattern(term, by, None)))

    def having(self, predicate: str, inverse: bool = False) -> Collection[str]:
        """Return the subjects of all triples with the predicate; inverse, the objects."""
        quads = self._store.quads_for_pattern(None, NamedNode(predicate[1:-1]), None)
        return {str(quad.object if inverse else quad.subject) for quad in quads}

    def properties(self, nodes: Collection[str], but: Collection[str]) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Yield node, predicate and objects of all triples of the nodes, except those with the predicates in `but`."""
        for node in nodes:
            if isinstance(term := to_term(node), Literal):
                continue
            found: dict[str, dict[str, None]] = {}
            for quad in self._store.quads_for_pattern(term, None, None):
                found.setdefault(str(quad.predicate), {})[str(quad.object)] = None
            for predicate in found.keys() - set(but):
                yield node, predicate, list(found[predicate])


#: A graph of either kind, which the shapes search.
Graph = Index | Lookup


@dataclass(frozen=True, slots=True)
class Step:
    """One predicate, forward or inverse."""

    predicate: str
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """One path after the other; without paths, the node itself."""

    paths: "tuple[Path, ...]" = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of several paths."""

    paths: "tuple[Path, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A path that is repeated: at least `least` (0 or 1) times, at most once unless `many`."""

    path: "Path"
    least: int
    many: bool


Path = Step | Chain | Alternative | Repeat
#: From a class to itself and all its subclasses.
_BELOW = Repeat(Step(SUBCLASS, inverse=True), 0, many=True)


def inverse(path: Path) -> Path:
    """Return the inverse path."""
    match path:
        case Step(predicate, backwards):
            return Step(predicate, not backwards)
        case Chain(paths):
            return Chain(tuple(map(inverse, reversed(paths))))
        case Alternative(paths):
            return Alternative(tuple(map(inverse, paths)))
        case Repeat(repeated, least, many):
            return Repeat(inverse(repeated), least, many)


def walk(graph: Graph, path: Path, nodes: Collection[str]) -> Values:
    """Return the nodes at the ends of a path from each of the nodes."""
    match path:
        case Step(predicate, backwards):
            return graph.follow(predicate, nodes, backwards)
        case Chain(paths):
            found: Values = {node: (node,) for node in nodes}
            for step in paths:
                found = _after(found, walk(graph, step, distinct(found)))
            return found
        case Alternative(paths):
            return _either([walk(graph, choice, nodes) for choice in paths])
        case Repeat(repeated, least, many):
            here: Values = {node: (node,) for node in nodes} if least == 0 else {}
            return _either([here, (_closure if many else walk)(graph, repeated, nodes)])


def distinct(values: Values) -> set[str]:
    """Return all values."""
    return set(chain.from_iterable(values.values()))


def _after(found: Values, further: Values) -> Values:
    ends = {
        node: tuple(dict.fromkeys(chain.from_iterable(further.get(value, ()) for value in values)))
        for node, values in found.items()
    }
    return {node: values for node, values in ends.items() if values}


def _either(parts: Sequence[Values]) -> Values:
    nodes = dict.fromkeys(chain.from_iterable(parts))
    return {node: tuple(dict.fromkeys(chain.from_iterable(part.get(node, ()) for part in parts))) for node in nodes}


def _closure(graph: Graph, path: Path, nodes: Collection[str]) -> Values:
    """Return the nodes that are reached by one or more repetitions of the path."""
    steps: dict[str, Sequence[str]] = {}
    new = set(nodes)
    while new:
        found = walk(graph, path, new)
        steps.update({node: found.get(node, ()) for node in new})
        new = distinct(found) - steps.keys()
    return {node: reached for node in nodes if (reached := _reached(steps, node))}


def _reached(steps: Mapping[str, Sequence[str]], node: str) -> tuple[str, ...]:
    reached: dict[str, None] = {}
    waiting = list(steps[node])
    while waiting:
        if (node := waiting.pop()) not in reached:
            reached[node] = None
            waiting += steps[node]
    return tuple(reached)


def instances(graph: Graph, class_: str, among: Collection[str] | None = None) -> set[str]:
    """Return the instances of a class or of its subclasses, of all nodes or of those in `among`."""
    below = {*walk(graph, _BELOW, [class_])[class_]}
    if among is None:
        return distinct(graph.follow(TYPE, below, inverse=True))
    return {node for node, types in graph.follow(TYPE, among).items() if not below.isdisjoint(types)}


def to_term(text: str) -> Term:
    """Return the term that the N-Triples text stands for."""
    if text.startswith("<"):
        return NamedNode(text[1:-1])
    if text.startswith("_:"):
        return BlankNode(text[2:])
    lexical, datatype, language = literal(text)
    return Literal(lexical, language=language) if language else Literal(lexical, datatype=NamedNode(datatype))


def literal(text: str) -> tuple[str, str, str]:
    """Return lexical form, IRI of the datatype and language tag ("" for none) of a literal's N-Triples text."""
    end = text.rindex('"')
    lexical, rest = text[1:end], text[end + 1 :]
    if "\\" in lexical:
        lexical = unescaped(lexical)
    if rest.startswith("@"):
        return lexical, f"{PREFIXES['rdf']}langString", rest[1:]
    return lexical, rest[3:-1] if rest else f"{PREFIXES['xsd']}string", ""
