"""The explanation of a rule: nodes, requirements, fix, right and wrong examples."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store

from kg import shacl
from kg.errors import KgError
from kg.project.dataset import Source, read, read_text, sources
from kg.rdf.namespaces import BASE, PREFIXES, shorten
from kg.rdf.tokens import Name, names
from kg.rules import examples
from kg.rules.describe import Requirement, Terms, allowed, checked, predicates, requirements
from kg.rules.examples import Excerpt
from kg.rules.registry import Rule


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule with its nodes, requirements and examples, where it has any; both examples depend on `given`."""

    rule: Rule
    checked: str
    requirements: tuple[Requirement, ...]
    right: tuple[Excerpt, ...]
    wrong: tuple[Excerpt, ...]
    given: tuple[Excerpt, ...] = ()


def explain(root: Path, rules: Iterable[Rule]) -> tuple[Explanation, ...]:
    """Return the explanations of the rules, in their order.

    Shapes and vocabulary that cannot be read are left out; `kg validate` reports them.
    """
    rules = list(rules)
    files = {rule.file for rule in rules if rule.file and rule.file.endswith(".ttl")}
    shapes = {shorten(shape.node[1:-1]): shape for file in sorted(files) for shape in _shapes(root / file, file)}
    terms, library = _terms(root), examples.files(root)
    return tuple(_explained(root, rule, shapes.get(rule.name), terms, library) for rule in rules)


def _explained(
    root: Path, rule: Rule, shape: shacl.Shape | None, terms: Terms, library: Mapping[str, Sequence[Path]]
) -> Explanation:
    if rule.file is None:
        return Explanation(rule, "", (), *examples.of_builtin(library.get(rule.name.replace(":", "-"), ())))
    blocks = _blocks(rule.name.partition(":")[2], library)
    if shape:
        words = checked(shape, terms), requirements(shape, terms)
        return Explanation(rule, *words, *examples.of_shape(blocks, predicates(shape), allowed(shape)))
    text = read_text(root / rule.file, rule.file) if rule.file and rule.file.endswith(".rq") else ""
    query = examples.Query(frozenset(name.iri for name in names(text) if isinstance(name, Name)), text)
    pair = examples.of_query(blocks, query)
    world = _blocks(examples.WORLD, library)
    return Explanation(rule, "", (), *pair, examples.given(rule.name.partition(":")[2], world, pair, query))


def _blocks(name: str, library: Mapping[str, Sequence[Path]]) -> list[examples.Block]:
    return [block for path in library.get(name, ()) for block in examples.blocks(path)]


def _shapes(path: Path, file: str) -> tuple[shacl.Shape, ...]:
    store = Store()
    try:
        read(store, Source(path, file, graph=f"{BASE}shapes"))
        return shacl.read(store)
    except KgError:
        return ()


def _terms(root: Path) -> Terms:
    store = Store()
    for source in sources(root):
        if source.name.startswith("ontology/"):
            try:
                read(store, source)
            except KgError:
                continue
    return Terms(_texts(store, f"{PREFIXES['rdfs']}label"), _texts(store, f"{PREFIXES['skos']}definition"))


def _texts(store: Store, predicate: str) -> dict[str, str]:
    pairs = ((quad.subject, quad.object) for quad in store.quads_for_pattern(None, NamedNode(predicate), None))
    return {one.value: text.value for one, text in pairs if isinstance(one, NamedNode) and isinstance(text, Literal)}
