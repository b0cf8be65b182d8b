"""What shapes and rules say of a graph: of all of it, or after a change of what that touches."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg import shacl
from kg.errors import SourceError
from kg.project.dataset import Dataset
from kg.rdf.namespaces import PREFIXES, shorten
from kg.rules import sparql_rule
from kg.rules.severity import Severity
from kg.shacl.graph import SUBCLASS, Term, to_term
from kg.validation import causes, sparql_rules
from kg.validation.finding import Fault
from kg.validation.incremental import affected, dependencies
from kg.validation.incremental.affected import Change
from kg.validation.incremental.cache import Memory, digest
from kg.validation.locate import Locator
from kg.validation.messages import message
from kg.validation.syntax import SHAPES

#: How the message begins where the shapes cannot be asked.
FAULTY = "the shapes are faulty: "
_SH = PREFIXES["sh"]
_ALSO = NamedNode(f"{PREFIXES['rdfs']}seeAlso")

#: The faults by the node of a shape or the file of a rule.
Faults = dict[str, list[Fault]]
#: What rules read, by a digest of their text.
Reads = Mapping[str, tuple[dependencies.Read, ...] | None]
#: What the rules say, by file, once it is known.
Answers = Mapping[str, "Future[list[Fault]]"]


@dataclass(frozen=True, slots=True)
class Asked:
    """The faults; what each rule reads, where that was asked; whether a later check may build on this."""

    faults: Faults
    reads: Reads
    lasting: bool


@contextmanager
def aside(store: Store, asked: Sequence[sparql_rule.Rule]) -> Iterator[Answers]:
    """Let the rules be asked of the whole graph in a thread of its own: the engine does that without Python."""
    with ThreadPoolExecutor(1) as other:
        try:
            yield {rule.file: other.submit(lambda rule: list(sparql_rules.faults(rule, store)), rule) for rule in asked}
        finally:
            other.shutdown(wait=True, cancel_futures=True)


def anew(store: Store, graph: shacl.Graph, shapes: Dataset, answers: Answers, errors: list[SourceError]) -> Asked:
    """Return what all shapes and rules say of the whole graph; notes the shapes or rules that are none."""
    faults: Faults = {}
    try:
        faults |= _of_shapes(store, graph, shapes)
    except SourceError as error:
        errors.append(error)
    for file, rows in answers.items():
        try:
            faults[file] = rows.result()
        except SourceError as error:
            errors.append(error)
    return Asked(faults, {}, lasting=not errors and not any(map(_nameless, _every(faults))))


def again(
    store: Store, shapes: Dataset, asked: Sequence[sparql_rule.Rule], memory: Memory, change: Change
) -> Asked | None:
    """Return what shapes and rules say now, where only what the change touches is asked; None where that will not do.

    The change is not to be one of the vocabulary.
    """
    if not change.quads:
        return Asked(
            {key: [fault for fault, _ in own] for key, own in memory.faults.items()}, memory.reads, lasting=True
        )
    if any(change.of([SUBCLASS])):
        return None
    try:
        wanted = shacl.read(shapes.store)
    except (shacl.BeyondCoreError, shacl.ShapeError):
        return None
    graph, by_node = shacl.Lookup(store), dict(_by_node(wanted))
    faults: Faults = {}
    for shape in wanted:
        among = _among(dependencies.of_shape(shape), change)
        found = shacl.results(graph, [shape], None if among is None else {str(node) for node in among})
        faults[shape.node] = [
            *_kept(memory, shape.node, among),
            *(_fault(result, shapes.store, graph, by_node) for result in found),
        ]
    known = learned(asked, memory.reads)
    for rule in asked:
        among = _among(known[digest([rule.text])], change)
        named = None if among is None else [node for node in among if isinstance(node, NamedNode)]
        new = sparql_rules.faults(rule, store, named) if named is None or named else ()
        faults[rule.file] = [*_kept(memory, rule.file, among), *new]
    if any(map(_nameless, _every(faults))):
        return None
    return Asked(faults, known, lasting=True)


def learned(asked: Sequence[sparql_rule.Rule], known: Reads) -> Reads:
    """Return what each rule reads: what is known, and for the rules that are new what takes a second to find out."""

    def read(rule: sparql_rule.Rule) -> tuple[dependencies.Read, ...] | None:
        return dependencies.of_query(rule.text) if sparql_rules.bounds(rule) else None

    keys = {digest([rule.text]): rule for rule in asked}
    return {key: known[key] if key in known else read(rule) for key, rule in keys.items()}


def _among(read: Collection[dependencies.Read] | None, change: Change) -> set[NamedNode | Literal] | None:
    """Return the things that what is read about makes to be asked again, None for all."""
    return None if read is None else affected.touched(read, change)


def _kept(memory: Memory, key: str, among: Collection[NamedNode | Literal] | None) -> Iterator[Fault]:
    """Give what is remembered of a shape or rule about all that is not asked again."""
    if among is not None:
        yield from (fault for fault, _ in memory.faults.get(key, ()) if fault.focus not in among)


def _every(faults: Faults) -> Iterator[Fault]:
    for found in faults.values():
        yield from found


def _nameless(fault: Fault) -> bool:
    """Say whether a fault is of a blank node, which has another name at each reading."""
    return isinstance(fault.focus, BlankNode) or isinstance(fault.value, BlankNode)


def _of_shapes(store: Store, graph: shacl.Graph, shapes: Dataset) -> Faults:
    try:
        wanted = shacl.read(shapes.store)
    except shacl.BeyondCoreError:
        return _by_pyshacl(store, shapes)
    except shacl.ShapeError as error:
        fault = Fault(severity=Severity.VIOLATION, rule=SHAPES, message=str(error), focus=error.shape)
        place = Locator(shapes).finding(fault)
        raise SourceError(f"{FAULTY}{error}", place.file, place.line, place.column, rule=SHAPES) from error
    by_node = dict(_by_node(wanted))
    return {
        shape.node: [_fault(one, shapes.store, graph, by_node) for one in shacl.results(graph, [shape])]
        for shape in wanted
    }


def _by_node(shapes: Sequence[shacl.Shape]) -> Iterator[tuple[str, shacl.Shape]]:
    """Give all shapes from which a result may come, by their nodes."""
    for shape in shapes:
        yield shape.node, shape
        for members in shape.shapes.get("property", ()):
            yield from _by_node(members)


def _by_pyshacl(store: Store, shapes: Dataset) -> Faults:
    from kg.shacl import pyshacl_adapter  # brings pySHACL

    try:
        return {"": [_fault(one, shapes.store) for one in pyshacl_adapter.results(store, shapes.store)]}
    except pyshacl_adapter.FaultyShapesError as error:
        raise SourceError(f"{FAULTY}{error}", suspect(shapes), rule=SHAPES) from error


def suspect(shapes: Dataset) -> str:
    """Return the file to name for an error that names no shape: the first beyond SHACL Core, else the last."""
    for source in shapes.sources:
        part = Store()
        part.extend(shapes.store.quads_for_pattern(None, None, None, NamedNode(source.graph)))
        try:
            shacl.read(part)
        except shacl.BeyondCoreError:
            return source.name
        except shacl.ShapeError:
            continue
    return shapes.sources[-1].name


def _owner(shapes: Store, shape: Term) -> Term:
    """Return the shape or, where it has no name, the nearest one with a name to which it belongs."""
    seen: set[Term] = set()
    while isinstance(shape, BlankNode) and shape not in seen:
        seen.add(shape)
        above = sorted((quad.subject for quad in shapes.quads_for_pattern(None, None, shape)), key=str)
        shape = next((one for one in above if isinstance(one, NamedNode | BlankNode)), shape)
    return shape


def _fault(
    result: shacl.Result,
    shapes: Store,
    graph: shacl.Graph | None = None,
    by_node: Mapping[str, shacl.Shape] | None = None,
) -> Fault:
    """Return one result of SHACL as a fault; a path of more than one property is none that could be shown."""
    shape, focus = to_term(result.shape), to_term(result.focus)
    path, value = (None if text is None else to_term(text) for text in (result.path, result.value))
    seen = shapes.quads_for_pattern(shape, _ALSO, None) if isinstance(shape, NamedNode) else ()
    owner = _owner(shapes, shape)
    found = Fault(
        severity=Severity.VIOLATION if result.severity == f"{_SH}Violation" else Severity.WARNING,
        rule=shorten(owner.value) if isinstance(owner, NamedNode) else f"shape:{result.component}",
        message=message(result, graph, by_node[result.shape] if by_node else None),
        focus=focus,
        path=path if isinstance(path, NamedNode) else None,
        value=None if value == focus else value,
        shown=tuple(sorted((quad.object for quad in seen if isinstance(quad.object, NamedNode)), key=str)),
        last=result.component == "MaxCountConstraintComponent",
        verb=result.component == "ClosedConstraintComponent",
    )
    return causes.at_class(found)
