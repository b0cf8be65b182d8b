"""The cache of an evaluation: its results by shape and rule, so that the next one covers only the changes.

It is JSON in the directory of the index and names the state of the files that it belongs to. A cache that cannot be
read, or belongs to another state, is ignored, and the evaluation is full.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from kg import __version__
from kg.errors import Place
from kg.rules.severity import Severity
from kg.shacl.graph import to_term
from kg.validation.finding import Finding, RuleResult
from kg.validation.incremental.dependencies import Dependency, Hop, Pattern, Route

_FORMAT = 5
_FINDING, _RESULT = ([one.name for one in fields(kind)] for kind in (Finding, RuleResult))

#: The dependencies of each rule by a digest of its text, None for a rule whose dependencies cannot be determined.
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
        key, state, results, undescribed, lint, dependencies = json.loads(path.read_text(encoding="utf-8"))
        return Memory(
            key,
            state,
            {name: tuple((_result(one), Place(*place)) for one, place in pairs) for name, pairs in results.items()},
            {file: frozenset(names) for file, names in undescribed.items()},
            tuple(map(_finding, lint)),
            {name: None if own is None else tuple(map(_dependency, own)) for name, own in dependencies.items()},
        )
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None


def remember(path: Path, memory: Memory) -> None:
    """Write the outcome, completely or not at all; where that fails the next evaluation is full."""
    new = path.with_suffix(".new")
    with suppress(OSError):
        new.write_text(json.dumps(memory, default=_encoded), encoding="utf-8")
        new.replace(path)


def _encoded(value: object) -> object:
    """Return the list of a dataclass's fields, a sorted set, or a term as N-Triples."""
    if is_dataclass(value):
        return [getattr(value, one.name) for one in fields(value)]
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _finding(data: list[Any]) -> Finding:
    own = dict(zip(_FINDING, data, strict=True))
    return Finding(**own | {"severity": Severity(own["severity"]), "place": Place(*own["place"])})


def _result(data: list[Any]) -> RuleResult:
    own = dict(zip(_RESULT, data, strict=True))
    for name in ("focus", "path", "value"):
        own[name] = own[name] and to_term(own[name])
    own["severity"], own["shown"] = Severity(own["severity"]), tuple(map(to_term, own["shown"]))
    return RuleResult(**own)


def _dependency(data: list[Any]) -> Dependency:
    pattern, routes = data
    return Dependency(
        _pattern(pattern),
        tuple(Route(end, tuple(Hop(_pattern(hop), *ends) for hop, *ends in hops)) for end, hops in routes),
    )


def _pattern(data: list[Any]) -> Pattern:
    (subject, value, graph), predicates, repeated, empty = data
    return Pattern((subject, value, graph), tuple(predicates), repeated, empty)
