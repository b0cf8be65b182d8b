"""Which part of a report is meant: of some files, rules and things, or of what changed; the rest is left out."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import NameUnknownError
from kg.rdf.namespaces import suggest
from kg.rules.registry import Rule
from kg.validation.finding import Finding, Report

#: The parts of the check; privacy is the part of the shapes that keeps people from being recognised.
PARTS = ("syntax", "shapes", "vocabulary", "evidence", "privacy")
#: A fault of these rules keeps others from being found.
_BLOCKING = frozenset(["rule:prefix", "syntax:empty", "syntax:rule", "syntax:shapes", "syntax:sparql", "syntax:turtle"])
#: The rules by which a part can be told for what the catalogue does not have, such as a shape of one's own.
_BY_FAMILY = {"syntax": "syntax", "evidence": "evidence"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What is meant, each empty for all: paths, names of rules, parts of the check, foci; files to take by a test."""

    paths: tuple[str, ...] = ()
    rules: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    foci: frozenset[str] = frozenset()
    changed: Callable[[str], bool] | None = None


def select(report: Report, selection: Selection, rules: Mapping[str, Rule]) -> Report:
    """Return the part of the report that is meant, with all that kept it from being checked: it is not right unseen."""
    blocking = frozenset(filter(_blocks, report.findings))
    whole, report = report, report.within(selection.paths)
    files = {file: selection.changed is None or selection.changed(file) for file in _files(report)}

    def meant(one: Finding) -> bool:
        return (
            files[one.file]
            and (not selection.rules or one.rule in selection.rules)
            and (not selection.parts or not selection.parts.isdisjoint(parts(one.rule, rules)))
            and (not selection.foci or one.focus in selection.foci)
        )

    checked = tuple(file for file in report.checked if files[file])
    kept = tuple(filter(meant, report.findings))
    if blocking:
        of_either = blocking.union(kept)
        kept = tuple(one for one in whole.findings if one in of_either)
    return replace(report, findings=kept, checked=checked)


def _blocks(finding: Finding) -> bool:
    """Say whether what is found keeps something from being checked; nothing is checked by a stored question."""
    return finding.rule in _BLOCKING and not finding.file.startswith("queries/")


def _files(report: Report) -> set[str]:
    return {*report.checked, *(one.file for one in report.findings)}


def parts(rule: str, rules: Mapping[str, Rule]) -> frozenset[str]:
    """Return the parts of the check that a rule belongs to: a rule of privacy is one of the shapes, too."""
    family = rules[rule].family if rule in rules else _BY_FAMILY.get(rule.partition(":")[0], "shapes")
    return frozenset([family, "shapes"] if family == "privacy" else [family])


def named(name: str, known: Iterable[str]) -> frozenset[str]:
    """Return the rules that a name stands for: `shape:Claim-speaker`, `Claim-speaker`, or a family such as `evidence`.

    A shape of one's own is known by its IRI, too. Raises NameUnknownError, with the near miss, for a name that stands
    for none.
    """
    known = frozenset(known)
    if whole := {name, f"<{name}>"} & known:
        return frozenset(whole)
    if found := {one for one in known if name in (_local(one), one.partition(":")[0])}:
        return frozenset(found)
    families = {one.partition(":")[0] for one in known if not one.startswith("<")}
    near = suggest(name, {*known, *families, *map(_local, known if ":" not in name else ())})
    # All names are too many for a line.
    raise NameUnknownError(f"no rule is named '{name}'{near if near.endswith('?') else '; kg explain lists them'}")


def _local(rule: str) -> str:
    """Return the name of a rule without its prefix or namespace."""
    return re.split(r"[#/]", rule.strip("<>"))[-1] if rule.startswith("<") else rule.partition(":")[2]


def changes(root: Path, unchanged: frozenset[Path]) -> Callable[[str], bool]:
    """Return the test whether a file of the project is other than it was, given what is as it was.

    A link is followed: the file that it leads to counts, and on the way there every link.
    """
    base = root.resolve()

    def changed(file: str) -> bool:
        path = base / file
        ways = [one for one in (path, *path.parents) if one.is_relative_to(base) and one.is_symlink()]
        try:
            return any(one not in unchanged for one in (path.resolve(), *ways))
        except (OSError, RuntimeError):
            return True  # a link that leads to itself

    return changed
