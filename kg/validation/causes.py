"""Causes and what follows from them: a thing of the wrong class breaks every rule of that class, and is one fault."""

from collections.abc import Collection
from dataclasses import replace

from pyoxigraph import NamedNode

from kg.rdf.namespaces import KINDS, PREFIXES, kind
from kg.validation.finding import Fault

_TYPE = NamedNode(f"{PREFIXES['rdf']}type")
#: The shapes that say how a thing of a class is named, with the kind that its name shows: `shape:Unit-name`.
_NAMINGS = {f"shape:{one.capitalize()}-name": one for one in KINDS}


def at_class(fault: Fault) -> Fault:
    """Return the fault, but one about a name that is right for another class as one about the class, at its place."""
    if not isinstance(fault.focus, NamedNode) or fault.rule not in _NAMINGS:
        return fault
    named = kind(fault.focus.value)
    if named in (None, _NAMINGS[fault.rule]):
        return fault
    message = f"{fault.message} Change the class or the name."
    return replace(fault, path=_TYPE, value=None, message=message)


def consequences(faults: Collection[Fault]) -> set[Fault]:
    """Return the faults that follow from others: all else about a thing of the wrong class, and about its use."""
    wrong = {fault.focus for fault in faults if _is_cause(fault)}
    return (
        {one for one in faults if not _is_cause(one) and (one.focus in wrong or one.value in wrong)} if wrong else set()
    )


def _is_cause(fault: Fault) -> bool:
    return fault.rule in _NAMINGS and fault.path == _TYPE
