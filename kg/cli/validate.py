"""The command `kg validate`: the choice of findings, the exit code, and the report in each form."""

import os
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import DONE, SAYS_NO, Options, here, names_of_entities, pass_options, texts_option
from kg.cli.multi_output import Target, Targeted
from kg.cli.output import many, on_terminal, width, write_all
from kg.cli.rules import names_of_rules, rules_of
from kg.errors import NameUnknownError, SourceError

if TYPE_CHECKING:
    from kg.output.reports.formats import Setting
    from kg.rules.severity import Severity
    from kg.validation.filter import Filter
    from kg.validation.finding import Report

#: The same as in `output.reports.formats` and `validation.filter`, which a test compares: help must not import them.
FORMS = ("text", "json", "sarif", "github", "junit", "turtle")
PARTS = ("syntax", "shapes", "vocabulary", "evidence", "privacy")
_SEVERITIES = ("violation", "warning", "none")


@click.command(cls=Targeted)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "forms",
    multiple=True,
    type=click.Choice(FORMS),
    help="Form of the next -o, or of standard output [default: text].",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write the form before it, or that of its ending, to FILE, completely or not at all; '-' is standard output.",
    metavar="FILE",
)
@texts_option
@click.option(
    "--shapes",
    "own",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Validate with the shapes (.ttl) or the rule (.rq) in FILE, too.",
)
@click.option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    default="violation",
    show_default=True,
    help="Exit 1 for findings of this severity or a graver one.",
)
@click.option("--max-warnings", type=click.IntRange(min=0), metavar="N", help="Exit 1 for more than N warnings.")
@click.option(
    "--shape",
    "rules",
    multiple=True,
    metavar="NAME",
    shell_complete=names_of_rules,
    help="Show only findings of this shape or rule, or of a family of rules such as evidence.",
)
@click.option(
    "--focus",
    "foci",
    multiple=True,
    metavar="ENTITY",
    shell_complete=names_of_entities,
    help="Show only findings about ENTITY.",
)
@click.option(
    "--only",
    "parts",
    multiple=True,
    type=click.Choice(PARTS),
    help="Show only this part; shapes includes SPARQL rules, privacy the shapes and rules with that tag.",
)
@click.option(
    "--changed",
    is_flag=False,
    flag_value="HEAD",
    metavar="[REV]",
    help="Show only findings in files changed since REV of git, but count all for the exit code [default: HEAD]; "
    "REV... is the fork point of the branch.",
)
@pass_options
def validate(
    options: Options,
    paths: tuple[Path, ...],
    targets: tuple[Target, ...],
    texts: Path | None,
    own: tuple[Path, ...],
    fail_on: str,
    max_warnings: int | None,
    rules: tuple[str, ...],
    foci: tuple[str, ...],
    parts: tuple[str, ...],
    changed: str | None,
) -> int:
    """Validate syntax, shapes, vocabulary, privacy and, with source texts, evidence.

    Read the whole project, then show and count the findings that fit PATHs and all options, and at least one value of
    a repeated option. --changed only hides findings: the exit code stays that of the whole graph. A file that cannot be
    read, so that others cannot be validated, is always shown. The form turtle is the whole report of SHACL itself. kg
    explain describes a rule.

    \b
    Example:  kg validate
              kg validate --texts ~/articles graph/articles
              kg validate --changed origin/main... --only privacy --only syntax
              kg validate --shape Claim-speaker --shape evidence --focus claim:low-sofrep-formed
              kg validate --shapes house.ttl --shapes rules/age.rq --max-warnings 0
              kg validate --format sarif -o kg.sarif --format junit -o kg.xml --format github
    """
    from dataclasses import replace

    from kg.claims.texts import texts_directory
    from kg.output.reports.formats import Setting
    from kg.project.git import prefix
    from kg.validation import filter
    from kg.validation.validate import validate as check

    for path in own:
        if path.suffix not in (".rq", ".ttl"):
            raise SourceError(f"'{path}' is not a file of rules: expected shapes (.ttl) or a SPARQL rule (.rq)")
    root, texts = _root(options), texts_directory(texts) if texts else None
    selection = _selection(root, paths, parts, changed)
    whole = check(root, texts, own, options.index_directory)
    needed = rules or parts or any(form in ("sarif", "github") for form, _ in targets)
    known = rules_of(root, own) if needed else {}
    selection = replace(selection, rules=_rules(rules, [*known, *(one.rule for one in whole.findings)]))
    if texts is None and _is_evidence(selection):
        texts_directory(None)  # only the texts can tell: to pass would be wrong
    selection = replace(selection, foci=_foci(root, foci, whole))
    report = filter.apply(selection, whole, known)
    # A change may break files that it does not touch.
    counted = filter.apply(replace(selection, changed=None), whole, known)
    failing = _failing(counted, fail_on, max_warnings)
    _write(options, report, targets, Setting(root, known, prefix(root), failing), own)
    _say(options, whole, report, {form for form, _ in targets})
    _point(options, report, root, own)
    failed, shown = (any(one.severity in failing for one in part.findings) for part in (counted, report))
    if failed and not shown:
        options.say("findings in unchanged files fail the validation: show them without --changed")
    return SAYS_NO if failed else DONE


def _root(options: Options) -> Path:
    """Return the project; say so where it is the shipped graph, since that passes."""
    root = options.root
    if options.directory is None and not here().is_relative_to(root):
        options.say("no project here: validating the graph that ships with kg; choose another with kg -C DIR")
    return root


def _selection(root: Path, paths: tuple[Path, ...], parts: tuple[str, ...], changed: str | None) -> "Filter":
    """Return the filter by paths, parts and changed files, whose errors must not wait for the validation."""
    from kg.project.git import unchanged
    from kg.validation.filter import Filter, changed_since

    try:
        test = changed_since(root, unchanged(root, changed)) if changed is not None else None
    except SourceError as error:
        hint = "; a PATH stands before --changed" if changed and Path(changed).exists() else ""
        raise SourceError(f"--changed: {error}{hint}") from error
    return Filter(paths=_relative(root, paths), parts=frozenset(parts), changed=test)


def _rules(names: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    from kg.validation.filter import named

    known = frozenset(known)
    return frozenset(rule for name in names for rule in named(name, known))


def _foci(root: Path, names: Iterable[str], report: "Report") -> frozenset[str]:
    """Return the short names of entities; raises NameUnknownError for one neither described nor in a finding."""
    foci = {finding.focus for finding in report.findings}
    return frozenset(short if (short := _short(name)) in foci else _described(root, name, short) for name in names)


def _short(name: str) -> str:
    from kg.rdf.namespaces import expand, shorten

    try:
        return shorten(expand(name))
    except NameUnknownError:
        return ""  # it may be a label


def _described(root: Path, name: str, short: str) -> str:
    """Return the short name of the entity with a name or a label, even if its file cannot be read."""
    from kg.claims.entities import resolve
    from kg.project.dataset import load
    from kg.rdf.namespaces import expand, shorten
    from kg.validation.inputs import Files
    from kg.validation.vocabulary import absent

    faults: list[SourceError] = []
    store = load(root, faults).store
    try:
        return shorten(resolve(store, name))
    except NameUnknownError:
        if short and absent(Files(root, {}).glance, faults).mentions(expand(name)):
            return short
        raise


def _is_evidence(selection: "Filter") -> bool:
    """Return whether only findings on evidence are chosen."""
    return selection.parts == {"evidence"} or (
        bool(selection.rules) and all(one.startswith("evidence:") for one in selection.rules)
    )


def _failing(report: "Report", fail_on: str, max_warnings: int | None) -> "frozenset[Severity]":
    """Return the severities for which the exit code is 1."""
    from kg.rules.severity import Severity

    ranked = list(Severity)
    failing = set(ranked[: ranked.index(Severity(fail_on)) + 1]) if fail_on != "none" else set()
    if max_warnings is not None and _counts(report)[Severity.WARNING] > max_warnings:
        failing.add(Severity.WARNING)
    return frozenset(failing)


def _write(
    options: Options, report: "Report", targets: Iterable[Target], setting: "Setting", shapes: tuple[Path, ...]
) -> None:
    """Write each form to its file, and the summary for GitHub if the environment names a file for it."""
    from dataclasses import replace

    from kg.output.reports.formats import findings
    from kg.validation.validate import report as w3c

    parts = []
    for form, output in targets:
        shown = output is None
        own = replace(setting, color=shown and options.colored, source=shown and (options.colored or on_terminal()))
        own = replace(own, width=width())
        parts.append((w3c(setting.root, shapes) if form == "turtle" else findings(report, form, own), output))
    write_all(parts)
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if name and any(form == "github" for form, _ in targets):
        _summarise(Path(name), report, setting)


def _summarise(file: Path, report: "Report", setting: "Setting") -> None:
    """Append a summary to the file that GitHub shows with the step, within its limit of size."""
    from kg.output.reports.formats import summary
    from kg.output.reports.github import ROOM

    try:
        taken = file.stat().st_size if file.exists() else 0
        with file.open("ab") as out:
            out.write(summary(report, setting, ROOM - taken).encode(errors="backslashreplace"))
    except OSError as error:
        raise SourceError(f"GITHUB_STEP_SUMMARY: '{file}' cannot be written: {error.strerror}") from error


def _say(options: Options, whole: "Report", report: "Report", forms: Collection[str]) -> None:
    from kg.output.reports.sarif import LIMIT

    for line in report.skipped:
        options.say(f"skipped: {line}")
    if "sarif" in forms and len(report.findings) > LIMIT:
        options.say(f"sarif has the {LIMIT:,} gravest of {len(report.findings):,} findings, the limit of GitHub")
    counts, all_ = _counts(report), _counts(whole)
    if counts != all_:
        options.say(f"not shown: {', '.join(many(all_[one] - counts[one], one) for one in counts)}")
    options.say(f"{', '.join(many(counts[one], one) for one in counts)} in {many(report.files, 'file')}")


def _point(options: Options, report: "Report", root: Path, own: tuple[Path, ...]) -> None:
    """Say the command that explains the rule with the most findings, violations first."""
    grave = [one for one in report.findings if one.severity == "violation"]
    rules = Counter(one.rule for one in grave or report.findings)
    if not own and rules:
        options.say(f"explain a rule: kg explain {min(rules, key=lambda rule: (-rules[rule], rule))}")
        return
    from shlex import join

    project = rules_of(root, ()) if rules else {}
    known = {**project, **rules_of(root, own)} if rules else {}
    if explained := [rule for rule in rules if rule in known]:
        rule = min(explained, key=lambda rule: (-rules[rule], rule))
        files = () if rule in project else [word for path in own for word in ("--shapes", str(path))]
        options.say(f"explain a rule: {join(['kg', 'explain', *files, rule])}")


def _counts(report: "Report") -> "dict[Severity, int]":
    from kg.rules.severity import Severity

    return {level: sum(one.severity == level for one in report.findings) for level in Severity}


def _relative(root: Path, paths: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the paths relative to the project; raises SourceError for one that does not exist or is outside it."""
    found = []
    for path in paths:
        # Seen from here or from the project, whichever is there and in the project.
        there = [one for one in (path, root / path) if one.exists()]
        if not there:
            raise SourceError(f"'{path}' does not exist")
        inside = [own for one in there if (own := _within(root, one)) is not None]
        if not inside:
            raise SourceError(f"'{path}' is not in the project '{root}'")
        found.append(inside[0].as_posix())
    return tuple(found)


def _within(root: Path, path: Path) -> Path | None:
    """Return the path relative to the directory, or None; links are followed only if it is not inside without that."""
    plain, followed = ([make(one) for one in (path, root)] for make in (_plain, Path.resolve))
    return next((one.relative_to(base) for one, base in (plain, followed) if one.is_relative_to(base)), None)


def _plain(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))
