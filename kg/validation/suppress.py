"""The suppression of results that only follow from others: from a wrong class, from an unreadable or missing name."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode, Store

from kg.rdf.namespaces import KINDS, PREFIXES, kind
from kg.rules.severity import Severity
from kg.validation.finding import RuleResult

_TYPE = NamedNode(f"{PREFIXES['rdf']}type")
#: The shapes that say how an entity of a class is named, with the kind that its name shows: `shape:Unit-name`.
_NAMINGS = {f"shape:{one.capitalize()}-name": one for one in KINDS}


@dataclass(frozen=True, slots=True)
class Absent:
    """The files that cannot be read, all names in them, and whether a file is so unreadable that it shows none.

    `spaces` are namespaces of which a file that is empty, or cut off, may have described any name.
    """

    files: tuple[str, ...]
    names: frozenset[str]
    blind: bool
    spaces: frozenset[str] = frozenset()

    def mentions(self, iri: str) -> bool:
        """Return whether the name may be described in a file that cannot be read."""
        return self.blind or iri in self.names or iri.startswith(tuple(self.spaces))

    def explains(self, result: RuleResult, store: Store) -> bool:
        """Return whether a result may vanish once the files can be read.

        The result of a shape depends on its value, and on the focus where no other file describes it; that of a rule on
        all values of its focus. Only entities count: terms occur in every file. Most warnings miss a statement, and
        the content of a file after the point where it is cut off is unknown.
        """
        if self.spaces and result.severity == Severity.WARNING:
            return True
        about: set[object] = set() if result.verb else {result.value}
        focus = result.focus
        if isinstance(focus, NamedNode):
            if not result.rule.startswith("shape:"):
                about |= {focus, *(quad.object for quad in store.quads_for_pattern(focus, None, None))}
            elif not any(store.quads_for_pattern(focus, _TYPE, None)):
                about.add(focus)
        return any(isinstance(term, NamedNode) and kind(term.value) and term.value in self.names for term in about)


def remaining(
    results: Collection[RuleResult], undescribed: Collection[str], absent: Absent, store: Store
) -> list[RuleResult]:
    """Return the results but those that only follow from others, from undescribed names (IRIs) or from absent files.

    A name that no file describes is one finding, not one more for each rule that misses its description. A wrong class
    is one finding, too.
    """
    wrong = {result.focus for result in results if _is_cause(result)}

    def follows(result: RuleResult) -> bool:
        return (
            (not _is_cause(result) and (result.focus in wrong or result.value in wrong))
            or any(isinstance(one, NamedNode) and one.value in undescribed for one in (result.path, result.value))
            or absent.explains(result, store)
        )

    return [result for result in results if not follows(result)]


def at_class(result: RuleResult) -> RuleResult:
    """Return the result; one about a name that fits another class becomes one about the class, at the class's place."""
    if not isinstance(result.focus, NamedNode) or result.rule not in _NAMINGS:
        return result
    named = kind(result.focus.value)
    if named in (None, _NAMINGS[result.rule]):
        return result
    message = f"{result.message} Change the class or the name."
    return replace(result, path=_TYPE, value=None, message=message)


def _is_cause(result: RuleResult) -> bool:
    return result.rule in _NAMINGS and result.path == _TYPE
