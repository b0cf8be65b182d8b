"""The tables of a mutation test: by operator, by rule, and each mutant that escaped."""

from collections.abc import Iterable, Sequence

from kg.rules.registry import catalogue
from mutation.excuses import OPTIONAL, READER, RENAMED, SAME, TEXTS, UNMENTIONED
from mutation.judging import Verdict
from mutation.sample import ROOT

REASONS = (SAME, OPTIONAL, UNMENTIONED, RENAMED, READER, TEXTS)


def by_operator(verdicts: Sequence[Verdict]) -> str:
    """Return a table of operators: how many mutants were found, found at their place, excused, or escaped."""
    rows = [("operator", "mutants", "found", "located", *("abcdef"), "escaped")]
    groups: dict[str, list[Verdict]] = {}
    for one in verdicts:
        groups.setdefault(one.mutant.operator, []).append(one)
    for name, group in [*groups.items(), ("all", list(verdicts))]:
        excused = [sum(one.excuse == reason for one in group) for reason in REASONS]
        found, located = sum(bool(one.found) for one in group), sum(bool(one.located) for one in group)
        counts = (len(group), found, located, *excused, len(escaped(group)))
        rows.append((name, *(str(count or "") for count in counts)))
    legend = "\n".join(f"{letter}  {reason}" for letter, reason in zip("abcdef", REASONS, strict=True))
    return f"{_table(rows)}\n\n{legend}"


def by_rule(verdicts: Sequence[Verdict]) -> str:
    """Return a table of rules: how many mutants each found, at how many it pointed, how many it alone found."""
    rules = catalogue(ROOT)
    rows: list[tuple[str, ...]] = [("rule", "found", "located", "alone")]
    for name in sorted({rule for one in verdicts for rule in one.found}):
        found = [one for one in verdicts if name in one.found]
        counts = (len(found), sum(name in one.located for one in found), sum(one.found == {name} for one in found))
        rows.append((name, *(str(count or "") for count in counts)))
    idle = sorted(set(rules) - {rule for one in verdicts for rule in one.found})
    return f"{_table(rows)}\n\nRules that no mutant broke: {', '.join(idle) or 'none'}."


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return one line: how many mutants were found, found at their place, excused, and escaped."""
    found, located = [one for one in verdicts if one.found], [one for one in verdicts if one.located]
    share = len(located) / len(found) if found else 1.0
    return (
        f"{len(verdicts)} mutants: {len(found)} found, {len(located)} of them at their place ({share:.1%}), "
        f"{len(verdicts) - len(found) - len(escaped(verdicts))} excused, {len(escaped(verdicts))} escaped"
    )


def escaped(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the mutants that no rule found and that have no excuse."""
    return [one for one in verdicts if not one.found and not one.excuse]


def misplaced(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the mutants that were found, but not at their place."""
    return [one for one in verdicts if one.found and not one.located]


def told(verdicts: Iterable[Verdict]) -> str:
    """Return each mutant with its first findings."""
    return "\n".join(
        "\n".join(
            [str(one.mutant), *(f"    {f.file}:{f.line} {f.rule} {f.focus}: {f.message}" for f in one.findings[:3])]
        )
        for one in verdicts
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
