"""What a check remembers for the next: its faults by shape and rule, so that only what a change touches is asked again.

Kept as JSON in the directory of the store. It says from which files it comes; where these are others it is of no use,
and whatever cannot be read is as good as nothing: the check is then made in full.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from kg import __version__
from kg.errors import Place
from kg.rules.severity import Severity
from kg.shacl.graph import to_term
from kg.validation.finding import Fault, Finding
from kg.validation.incremental.dependencies import Pattern, Read, Step, Way

_FORMAT = 3


@dataclass(frozen=True, slots=True)
class Memory:
    """The outcome of a check.

    `key` is a digest of all that is asked, `state` of the files that were checked. `faults` go by the node of a shape
    or the file of a rule, each with its finding; `unknown` has the names without a description that a file uses,
    `prefixes` the findings about prefixes of data files; `reads` what each rule reads, by a digest of its text.
    """

    key: str
    state: str
    faults: Mapping[str, tuple[tuple[Fault, Finding], ...]]
    unknown: Mapping[str, frozenset[str]]
    prefixes: tuple[Finding, ...]
    reads: Mapping[str, tuple[Read, ...] | None]


def digest(texts: Iterable[str]) -> str:
    """Return a digest of texts in their order."""
    found = hashlib.sha256(f"{_FORMAT} {__version__}".encode())
    for text in texts:
        found.update(f"\0{len(text)}\0{text}".encode(errors="surrogatepass"))
    return found.hexdigest()


def recall(path: Path) -> Memory | None:
    """Return what is remembered, or None where there is nothing that can be used."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Memory(
            kept["key"],
            kept["state"],
            {key: tuple((_fault(one), _finding(two)) for one, two in pairs) for key, pairs in kept["faults"].items()},
            {file: frozenset(names) for file, names in kept["unknown"].items()},
            tuple(map(_finding, kept["prefixes"])),
            {key: None if found is None else tuple(map(_read, found)) for key, found in kept["reads"].items()},
        )
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None


def remember(path: Path, memory: Memory) -> None:
    """Write what is to be remembered, whole or not at all; where that fails the next check is made in full."""
    kept = {
        "key": memory.key,
        "state": memory.state,
        "faults": {
            key: [[_of_fault(fault), _of_finding(finding)] for fault, finding in pairs]
            for key, pairs in memory.faults.items()
            if pairs
        },
        "unknown": {file: sorted(names) for file, names in memory.unknown.items()},
        "prefixes": [_of_finding(one) for one in memory.prefixes],
        "reads": {
            key: None if found is None else [_of_read(one) for one in found] for key, found in memory.reads.items()
        },
    }
    new = path.with_suffix(".new")
    with suppress(OSError):
        new.write_text(json.dumps(kept), encoding="utf-8")
        new.replace(path)


def _of_finding(one: Finding) -> list[object]:
    return [*astuple(one.place), one.severity, one.rule, one.focus, one.path, one.value, one.message]


def _finding(kept: list) -> Finding:  # type: ignore[type-arg]
    file, line, column, severity, rule, focus, path, value, message = kept
    place = Place(file, line, column)
    return Finding(
        severity=Severity(severity), rule=rule, place=place, focus=focus, path=path, value=value, message=message
    )


def _of_fault(one: Fault) -> list[object]:
    path, value = (None if term is None else str(term) for term in (one.path, one.value))
    shown = [term.value for term in one.shown]
    return [one.severity, one.rule, one.message, str(one.focus), path, value, shown, one.graph, one.last, one.verb]


def _fault(kept: list[object]) -> Fault:
    severity, rule, message, focus, path, value, shown, graph, last, verb = kept
    by = None if path is None else to_term(str(path))
    if not (isinstance(shown, list) and isinstance(by, NamedNode | None)):
        raise ValueError("no fault")
    return Fault(
        severity=Severity(str(severity)),
        rule=str(rule),
        message=str(message),
        focus=to_term(str(focus)),
        path=by,
        value=None if value is None else to_term(str(value)),
        shown=tuple(NamedNode(str(one)) for one in shown),
        graph=None if graph is None else str(graph),
        last=bool(last),
        verb=bool(verb),
    )


_Kept = list[object]


def _of_pattern(one: Pattern) -> _Kept:
    return [list(one.ends), list(one.predicates), one.repeated, one.empty]


def _of_read(one: Read) -> _Kept:
    ways = [[way.end, [[_of_pattern(step.pattern), step.start, step.end] for step in way.steps]] for way in one.ways]
    return [_of_pattern(one.pattern), ways]


def _pattern(kept: list) -> Pattern:  # type: ignore[type-arg]
    (subject, value, graph), predicates, repeated, empty = kept
    return Pattern((subject, value, graph), tuple(predicates), repeated, empty)


def _read(kept: list) -> Read:  # type: ignore[type-arg]
    pattern, ways = kept
    return Read(
        _pattern(pattern),
        tuple(
            Way(end, tuple(Step(_pattern(step), start, finish) for step, start, finish in steps)) for end, steps in ways
        ),
    )
