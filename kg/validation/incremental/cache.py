"""The cache of an evaluation: its results by shape and rule, so that the next one asks only about what has changed.

It is JSON in the directory of the index and names the state of the files that it belongs to. A cache that cannot be
read, or belongs to another state, is ignored, and the evaluation is full.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from kg import __version__
from kg.errors import Place
from kg.rules.severity import Severity
from kg.shacl.graph import to_term
from kg.validation.finding import Finding, RuleResult
from kg.validation.incremental.dependencies import Dependency, Hop, Pattern, Route

_FORMAT = 4

#: The dependencies of each rule by a digest of its text, None for a rule whose dependencies cannot be told.
Dependencies = Mapping[str, tuple[Dependency, ...] | None]


@dataclass(frozen=True, slots=True)
class Memory:
    """The outcome of an evaluation.

    `key` is a digest of shapes, rules and vocabulary, `state` of the files that were checked. `results` go by the node
    of a shape or the file of a rule, each with its place; `undescribed` has the names without a description by the file
    that uses them, `lint` the findings on the texts of data files.
    """

    key: str
    state: str
    results: Mapping[str, tuple[tuple[RuleResult, Place], ...]]
    undescribed: Mapping[str, frozenset[str]]
    lint: tuple[Finding, ...]
    dependencies: Dependencies


def digest(texts: Iterable[str]) -> str:
    """Return a digest of texts in their order."""
    sha = hashlib.sha256(f"{_FORMAT} {__version__}".encode())
    for text in texts:
        sha.update(f"\0{len(text)}\0{text}".encode(errors="surrogatepass"))
    return sha.hexdigest()


def recall(path: Path) -> Memory | None:
    """Return the cached outcome, None where there is none that can be used."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Memory(
            data["key"],
            data["state"],
            {
                key: tuple((_result(one), Place(*place)) for one, place in pairs)
                for key, pairs in data["results"].items()
            },
            {file: frozenset(names) for file, names in data["undescribed"].items()},
            tuple(map(_finding, data["lint"])),
            {key: None if own is None else tuple(map(_dependency, own)) for key, own in data["dependencies"].items()},
        )
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None


def remember(path: Path, memory: Memory) -> None:
    """Write the outcome, completely or not at all; where that fails the next evaluation is full."""
    data = {
        "key": memory.key,
        "state": memory.state,
        "results": {
            key: [[_of_result(result), astuple(place)] for result, place in pairs]
            for key, pairs in memory.results.items()
            if pairs
        },
        "undescribed": {file: sorted(names) for file, names in memory.undescribed.items()},
        "lint": [_of_finding(finding) for finding in memory.lint],
        # Dataclasses within: their fields in order.
        "dependencies": {key: own and [astuple(one) for one in own] for key, own in memory.dependencies.items()},
    }
    new = path.with_suffix(".new")
    with suppress(OSError):
        new.write_text(json.dumps(data), encoding="utf-8")
        new.replace(path)


def _of_finding(finding: Finding) -> list[object]:
    place, severity = astuple(finding.place), finding.severity
    return [place, severity, finding.rule, finding.focus, finding.path, finding.value, finding.message]


def _finding(data: list[Any]) -> Finding:
    place, severity, rule, focus, path, value, message = data
    return Finding(
        severity=Severity(severity),
        rule=rule,
        place=Place(*place),
        focus=focus,
        path=path,
        value=value,
        message=message,
    )


def _of_result(result: RuleResult) -> list[object]:
    path, value = (None if term is None else str(term) for term in (result.path, result.value))
    shown = [term.value for term in result.shown]
    head = [result.severity, result.rule, result.message, str(result.focus), path, value]
    return [*head, shown, result.graph, result.last, result.verb]


def _result(data: list[Any]) -> RuleResult:
    severity, rule, message, focus, path, value, shown, graph, last, verb = data
    return RuleResult(
        severity=Severity(severity),
        rule=rule,
        message=message,
        focus=to_term(focus),
        path=None if path is None else NamedNode(path[1:-1]),
        value=None if value is None else to_term(value),
        shown=tuple(map(NamedNode, shown)),
        graph=graph,
        last=last,
        verb=verb,
    )


def _dependency(data: list[Any]) -> Dependency:
    pattern, routes = data
    return Dependency(
        _pattern(pattern),
        tuple(Route(end, tuple(Hop(_pattern(hop), *ends) for hop, *ends in hops)) for end, hops in routes),
    )


def _pattern(data: list[Any]) -> Pattern:
    (subject, value, graph), predicates, repeated, empty = data
    return Pattern((subject, value, graph), tuple(predicates), repeated, empty)
