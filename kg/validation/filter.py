"""The part of a report to show: the findings in some files, of some rules, about some entities, or in changed files."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import NameUnknownError
from kg.rdf.namespaces import suggest
from kg.rules.registry import Rule
from kg.validation.finding import Finding, Report

#: The parts of validation; privacy is the part of the shapes that protects persons.
PARTS = ("syntax", "shapes", "vocabulary", "evidence", "privacy")
#: The rules whose findings keep others from being found.
_BLOCKING = frozenset(["rule:prefix", "syntax:empty", "syntax:rule", "syntax:shapes", "syntax:sparql", "syntax:turtle"])


@dataclass(frozen=True, slots=True)
class Filter:
    """The conditions on findings, each empty for all: paths, names of rules, parts of validation, foci, changed files.

    `changed` is a predicate on the names of files.
    """

    paths: tuple[str, ...] = ()
    rules: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    foci: frozenset[str] = frozenset()
    changed: Callable[[str], bool] | None = None

    def has_file(self, file: str) -> bool:
        """Return whether a file meets the conditions on files."""
        below = not self.paths or any(path == "." or f"{file}/".startswith(f"{path}/") for path in self.paths)
        return below and (self.changed is None or self.changed(file))


def apply(filter_: Filter, report: Report, rules: Mapping[str, Rule]) -> Report:
    """Return the part of the report that meets the conditions, with all findings that blocked the validation of it."""
    files = {file: filter_.has_file(file) for file in {*report.checked, *(one.file for one in report.findings)}}

    def fits(finding: Finding) -> bool:
        return _blocks(finding) or (
            files[finding.file]
            and (not filter_.rules or finding.rule in filter_.rules)
            and (not filter_.parts or not filter_.parts.isdisjoint(parts(finding.rule, rules)))
            and (not filter_.foci or finding.focus in filter_.foci)
        )

    checked = tuple(file for file in report.checked if files[file])
    return replace(report, findings=tuple(filter(fits, report.findings)), checked=checked)


def _blocks(finding: Finding) -> bool:
    """Return whether a finding keeps others from being found; those on questions do not."""
    return finding.rule in _BLOCKING and not finding.file.startswith("queries/")


def parts(rule: str, rules: Mapping[str, Rule]) -> frozenset[str]:
    """Return the parts of validation that a rule belongs to: a rule of privacy is one of the shapes, too."""
    prefix = rule.partition(":")[0]
    # The registry does not have a shape of the user's own.
    family = rules[rule].family if rule in rules else prefix if prefix in ("syntax", "evidence") else "shapes"
    return frozenset([family, "shapes"] if family == "privacy" else [family])


def named(name: str, known: Iterable[str]) -> frozenset[str]:
    """Return the rules that a name stands for: `shape:Claim-speaker`, `Claim-speaker`, or a family such as `evidence`.

    A shape of the user's own is known by its IRI, too. Raises NameUnknownError, with the near miss, for an unknown
    name.
    """
    known = frozenset(known)
    if whole := {name, f"<{name}>"} & known:
        return frozenset(whole)
    if matches := {rule for rule in known if name in (_local(rule), rule.partition(":")[0])}:
        return frozenset(matches)
    families = {rule.partition(":")[0] for rule in known if not rule.startswith("<")}
    near = suggest(name, {*known, *families, *map(_local, known if ":" not in name else ())})
    # All names are too many for a line.
    raise NameUnknownError(f"no rule is named '{name}'{near if near.endswith('?') else '; kg explain lists them'}")


def _local(rule: str) -> str:
    """Return the name of a rule without its prefix or namespace."""
    return re.split(r"[#/]", rule.strip("<>"))[-1] if rule.startswith("<") else rule.partition(":")[2]


def changed_since(root: Path, unchanged: frozenset[Path]) -> Callable[[str], bool]:
    """Return a predicate `changed(file)` on the names of files, given the set of unchanged files.

    A link is followed: the file that it leads to counts, and every link on the path there.
    """
    base = root.resolve()

    def changed(file: str) -> bool:
        path = base / file
        links = [one for one in (path, *path.parents) if one.is_relative_to(base) and one.is_symlink()]
        try:
            return any(one not in unchanged for one in (path.resolve(), *links))
        except (OSError, RuntimeError):
            return True  # a link that leads to itself

    return changed
