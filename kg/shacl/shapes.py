"""The shapes of SHACL Core, read from their graph: targets, paths and parameters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.errors import KgError
from kg.rdf.namespaces import PREFIXES, suggest
from kg.shacl import regex
from kg.shacl.graph import Alternative, Chain, Path, Repeat, Step, inverse

SH = PREFIXES["sh"]
TARGETS = ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")
KINDS = ("BlankNode", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRI", "IRIOrLiteral", "Literal")
_TYPE, _FIRST, _REST, _NIL = (f"{PREFIXES['rdf']}{name}" for name in ("type", "first", "rest", "nil"))
_CLASS = NamedNode(f"{PREFIXES['rdfs']}Class")
_SHAPES = (NamedNode(f"{SH}NodeShape"), NamedNode(f"{SH}PropertyShape"))

#: The greatest depth of shapes and paths within one another.
_DEPTH = 50
#: Parameters without meaning for conformance.
_SILENT = ("defaultValue", "description", "group", "name", "order")
#: Parameters by the number and the kind of their values.
_NUMBERS = ("maxCount", "maxLength", "minCount", "minLength", "qualifiedMaxCount", "qualifiedMinCount")
_BOUNDS = ("maxExclusive", "maxInclusive", "minExclusive", "minInclusive")
_FLAGS = ("closed", "deactivated", "qualifiedValueShapesDisjoint", "uniqueLang")
_IRIS = ("class", "datatype", "disjoint", "equals", "lessThan", "lessThanOrEquals", "nodeKind")
_LISTS = ("ignoredProperties", "in", "languageIn")
_OF_SHAPES = ("node", "not", "property", "qualifiedValueShape")
_OF_SHAPE_LISTS = ("and", "or", "xone")
_TEXTS = ("flags", "pattern")
_ONCE = ("datatype", "nodeKind", "severity", "path", *_NUMBERS, *_BOUNDS, *_FLAGS, *_LISTS, *_TEXTS)
_KNOWN = frozenset((
    *_SILENT, *_NUMBERS, *_BOUNDS, *_FLAGS, *_IRIS, *_LISTS, *_OF_SHAPES, *_OF_SHAPE_LISTS, *_TEXTS, *TARGETS,
    "hasValue", "message", "path", "severity",
))  # fmt: skip
#: Parameters of property shapes only.
_OF_PATHS = ("lessThan", "lessThanOrEquals", "maxCount", "minCount", "uniqueLang")
#: Parameters beyond SHACL Core, which need another engine.
_BEYOND = ("entailment", "expression", "js", "rule", "sparql", "target", "validator", "parameter", "labelTemplate")

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal


class ShapeError(KgError):
    """A shape is not valid; `shape` is the nearest one with a name."""

    def __init__(self, message: str, shape: Node) -> None:
        super().__init__(message)
        self.shape = shape


class BeyondCoreError(KgError):
    """The shapes need more than SHACL Core."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape; terms are N-Triples text, parameters have their local names.

    `path` is None for a node shape; `property` is the predicate of a path of one step. `values` maps each parameter to
    its values, or to the members of its list; `shapes` to one tuple of shapes a value. `siblings` are the qualified
    shapes of the same parent to which a value must not conform as well. A deactivated shape is empty.
    """

    node: str
    path: Path | None
    property: str | None
    targets: tuple[tuple[str, str], ...]
    severity: str
    message: str
    values: dict[str, tuple[str, ...]]
    shapes: "dict[str, tuple[tuple[Shape, ...], ...]]"
    siblings: "tuple[Shape, ...]" = ()


def read(store: Store) -> tuple[Shape, ...]:
    """Return the active shapes with a target, sorted by name; raises ShapeError and BeyondCoreError."""
    reader = _Reader(store)
    return tuple(shape for shape in map(reader.shape, reader.nodes()) if shape.targets)


class _Reader:
    """Reads each shape once."""

    def __init__(self, store: Store) -> None:
        self._facts: dict[Term, dict[str, list[Term]]] = {}
        for quad in sorted(store, key=str):  # sorted by subject first, since a store has no order
            predicate = quad.predicate.value
            if isinstance(quad.subject, Node) and isinstance(quad.object, Term):
                self._facts.setdefault(quad.subject, {}).setdefault(predicate, []).append(quad.object)
            if predicate.startswith(SH) and predicate.removeprefix(SH) in _BEYOND:
                raise BeyondCoreError(f"sh:{predicate.removeprefix(SH)} is not part of SHACL Core")
        self._done: dict[Node, Shape] = {}
        self._doing: list[Node] = []

    def nodes(self) -> list[Node]:
        """Return the nodes that are shapes by their types or targets, sorted by name."""
        targets = {f"{SH}{name}" for name in TARGETS}
        return [
            node
            for node, facts in self._facts.items()
            if isinstance(node, Node)
            and (not targets.isdisjoint(facts) or any(kind in facts.get(_TYPE, ()) for kind in _SHAPES))
        ]

    def shape(self, node: Node) -> Shape:
        """Return the shape of a node."""
        if node not in self._done:
            if node in self._doing:
                raise self._error(node, "a shape refers to itself")
            if len(self._doing) >= _DEPTH:
                raise self._error(node, f"shapes are nested more than {_DEPTH} deep")
            self._doing.append(node)
            try:
                self._done[node] = self._shape(node)
            finally:
                self._doing.pop()
        return self._done[node]

    def _error(self, node: Node, message: str) -> ShapeError:
        named = (outer for outer in reversed(self._doing) if isinstance(outer, NamedNode))
        return ShapeError(message, next(named, node))

    def _shape(self, node: Node) -> Shape:
        facts = self._facts.get(node, {})
        values = {key.removeprefix(SH): terms for key, terms in facts.items() if key.startswith(SH)}
        self._check(node, values, facts.get(_TYPE, []))
        if any(flag.value == "true" for flag in values.pop("deactivated", ())):
            return Shape(str(node), None, None, (), "", "", {}, {})
        path = self._path(node, values["path"][0]) if "path" in values else None
        targets = [(name, str(term)) for name in TARGETS for term in values.get(name, ())]
        if _CLASS in facts.get(_TYPE, ()):
            targets.append(("targetClass", str(node)))
        return Shape(
            str(node),
            path,
            path.predicate if isinstance(path, Step) and not path.inverse else None,
            tuple(targets),
            values["severity"][0].value if "severity" in values else f"{SH}Violation",
            min((message.value for message in values.get("message", ())), default=""),
            dict(self._values(node, values)),
            dict(self._shapes(node, values)),
            tuple(self._siblings(node)) if "qualifiedValueShapesDisjoint" in values else (),
        )

    def _check(self, node: Node, values: dict[str, list[Term]], types: list[Term]) -> None:
        """Refuse unknown parameters, and values that are not of their kind."""
        for name, terms in values.items():
            if name not in _KNOWN:
                raise self._error(node, f"sh:{name} is not a parameter of SHACL Core{suggest(name, sorted(_KNOWN))}")
            if name in _ONCE and len(terms) > 1:
                raise self._error(node, f"sh:{name} has {len(terms)} values: at most one is allowed")
            for term in terms:
                if wanted := _misses(name, term):
                    raise self._error(node, f"sh:{name} {term}: expected {wanted}")
        if "path" not in values and _SHAPES[1] in types:
            raise self._error(node, "a property shape must have a sh:path")
        if "path" in values and _SHAPES[0] in types:
            raise self._error(node, "a node shape must not have a sh:path")
        if "path" not in values and (wrong := sorted(set(_OF_PATHS) & values.keys())):
            raise self._error(node, f"sh:{wrong[0]} is allowed in property shapes only")
        if "qualifiedValueShape" in values and not {"qualifiedMinCount", "qualifiedMaxCount"} & values.keys():
            raise self._error(node, "sh:qualifiedValueShape needs sh:qualifiedMinCount or sh:qualifiedMaxCount")
        flags = "".join(str(flag.value) for flag in values.get("flags", ()))
        for pattern in values.get("pattern", ()):
            if wrong_pattern := regex.fault(str(pattern.value), flags):
                raise self._error(node, f"sh:pattern {wrong_pattern}")

    def _values(self, node: Node, values: dict[str, list[Term]]) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name, terms in values.items():
            if name in _LISTS:
                yield name, tuple(map(str, self._list(node, terms[0])))
            elif name not in (*_OF_SHAPES, *_OF_SHAPE_LISTS, *TARGETS, "path", "message", "severity"):
                yield name, tuple(map(str, terms))

    def _shapes(self, node: Node, values: dict[str, list[Term]]) -> Iterator[tuple[str, tuple[tuple[Shape, ...], ...]]]:
        for name in (*_OF_SHAPES, *_OF_SHAPE_LISTS):
            if name in values:
                members = [self._list(node, term) if name in _OF_SHAPE_LISTS else [term] for term in values[name]]
                yield name, tuple(tuple(self._members(node, name, terms)) for terms in members)

    def _members(self, node: Node, name: str, terms: list[Term]) -> Iterator[Shape]:
        for term in terms:
            if isinstance(term, Literal) or term not in self._facts:
                raise self._error(node, f"sh:{name} {term}: the shape does not exist")
            has_path = f"{SH}path" in self._facts[term]
            if name == "property" and not has_path:
                raise self._error(node, f"sh:property {term}: expected a property shape")
            if name == "node" and has_path:
                raise self._error(node, f"sh:node {term}: expected a node shape")
            yield self.shape(term)

    def _siblings(self, node: Node) -> Iterator[Shape]:
        """Yield the qualified shapes of the other properties of the parents of this one."""
        qualified, facts = f"{SH}qualifiedValueShape", self._facts
        own = facts[node].get(qualified, ())
        if not own or all(flag.value != "true" for flag in facts[node][f"{SH}qualifiedValueShapesDisjoint"]):
            return
        families = [parent[f"{SH}property"] for parent in facts.values() if node in parent.get(f"{SH}property", ())]
        others = (shape for family in families for child in family for shape in facts[child].get(qualified, ()))
        for shape in dict.fromkeys(others):
            if shape not in own and not isinstance(shape, Literal):
                yield self.shape(shape)

    def _list(self, node: Node, head: Term) -> list[Term]:
        items: dict[Term, Term] = {}
        while head != NamedNode(_NIL):
            facts = self._facts.get(head, {})
            if head in items or len(facts.get(_FIRST, ())) != 1 or len(facts.get(_REST, ())) != 1:
                raise self._error(node, f"{head} is not a list")
            items[head] = facts[_FIRST][0]
            head = facts[_REST][0]
        return list(items.values())

    def _path(self, node: Node, term: Term, above: tuple[Term, ...] = ()) -> Path:
        if isinstance(term, NamedNode):
            return Step(str(term))
        facts = self._facts.get(term, {})
        if isinstance(term, Literal) or term in above or not facts:
            raise self._error(node, f"sh:path {term}: expected a property or a path of properties")
        if len(above) >= _DEPTH:
            raise self._error(node, f"a sh:path is more than {_DEPTH} deep")
        above = (*above, term)
        if _FIRST in facts:
            return Chain(tuple(self._path(node, item, above) for item in self._list(node, term)))
        (key, (inner, *_)), *more = facts.items()
        name = key.removeprefix(SH)
        if more or name not in ("inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"):
            raise self._error(node, f"<{key}> does not make a path")
        if name == "alternativePath":
            return Alternative(tuple(self._path(node, item, above) for item in self._list(node, inner)))
        path = self._path(node, inner, above)
        if name == "inversePath":
            return inverse(path)
        return Repeat(path, 1 if name == "oneOrMorePath" else 0, many=name != "zeroOrOnePath")


def _misses(name: str, term: Term) -> str | None:
    """Return the kind of term that a parameter takes where the term is not one, else None."""
    if name in _NUMBERS:
        whole = isinstance(term, Literal) and re.fullmatch(r"\+?\d{1,18}", term.value, re.ASCII)
        return None if whole else "a whole number"
    if name in _FLAGS:
        return None if isinstance(term, Literal) and term.value in ("true", "false", "1", "0") else "true or false"
    if name in _BOUNDS or name in _TEXTS or name == "message":
        return None if isinstance(term, Literal) else "a literal"
    if name == "nodeKind":
        named = term.value.startswith(SH) and term.value.removeprefix(SH) in KINDS
        return None if named else f"one of {', '.join(f'sh:{kind}' for kind in KINDS)}"
    if name in _IRIS or name in ("severity", "targetClass", "targetObjectsOf", "targetSubjectsOf"):
        return None if isinstance(term, NamedNode) else "an IRI"
    return None
