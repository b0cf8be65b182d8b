"""The command `kg validate`: the choice of findings, the exit code, and the report in each form."""

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import DONE, SAYS_NO, Options, here, names_of_entities, number_option, pass_options, texts_option
from kg.cli.multi_output import Target, Targeted
from kg.cli.output import many, on_terminal, width, write_all
from kg.cli.rules import names_of_rules, rules_of, shapes_option
from kg.errors import NameUnknownError, SourceError

if TYPE_CHECKING:
    from kg.output.reports.formats import Setting
    from kg.rules.severity import Severity
    from kg.validation.filter import Filter
    from kg.validation.finding import Report

#: The same as in `output.reports.formats` and `validation.filter`, which a test compares: help must not import them.
FORMS = ("text", "json", "sarif", "github", "junit", "turtle")
PARTS = ("syntax", "shapes", "vocabulary", "evidence", "privacy")


@click.command(cls=Targeted)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "forms",
    multiple=True,
    type=click.Choice(FORMS),
    help="Write the next -o, or standard output, in this format [default: text].",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write to FILE, completely or not at all, in the --format before it, else by its ending; "
    "'-' is standard output.",
    metavar="FILE",
)
@texts_option
@shapes_option
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "none"]),
    default="violation",
    show_default=True,
    help="Exit with 1 if there are findings of this severity or a higher one.",
)
@number_option("--max-warnings", "Exit with 1 if there are more than N warnings [default: no limit].", low=0)
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
    help="Show only findings of this part; shapes includes SPARQL rules, privacy the rules tagged privacy.",
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
    shapes: tuple[Path, ...],
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

    for path in shapes:
        if path.suffix not in (".rq", ".ttl"):
            raise SourceError(f"'{path}' is not a file of rules: expected shapes (.ttl) or a SPARQL rule (.rq)")
    root, texts = options.root, texts_directory(texts) if texts else None
    if options.directory is None and not here().is_relative_to(root):
        options.say("no project here: validating the graph that ships with kg; choose another with kg -C DIR")
    selection = _selection(root, paths, parts, changed)
    whole = check(root, texts, shapes, options.index_directory)
    forms = {form for form, _ in targets}
    known = rules_of(root, shapes) if rules or parts or forms & {"sarif", "github"} else {}
    names = frozenset([*known, *(finding.rule for finding in whole.findings)])
    chosen = frozenset(rule for name in rules for rule in filter.named(name, names))
    of_evidence = [rule.startswith("evidence:") for rule in chosen]
    if texts is None and (selection.parts == {"evidence"} or (of_evidence and all(of_evidence))):
        texts_directory(None)  # only the texts can show it, so the command must not pass
    foci_found = {finding.focus for finding in whole.findings}
    chosen_foci = frozenset(_focus(root, name, foci_found) for name in foci)
    selection = replace(selection, rules=chosen, foci=chosen_foci)
    report = filter.apply(selection, whole, known)
    # A change may break files that it does not touch.
    counted = filter.apply(replace(selection, changed=None), whole, known)
    failing = _failing(counted, fail_on, max_warnings)
    _write(options, report, targets, Setting(root, known, prefix(root), failing, width=width()), shapes)
    _say(options, whole, report, forms)
    _point(options, report, root, shapes)
    failed, shown = (any(finding.severity in failing for finding in part.findings) for part in (counted, report))
    if failed and not shown:
        options.say("findings in unchanged files fail the validation: show them without --changed")
    return SAYS_NO if failed else DONE


def _selection(root: Path, paths: tuple[Path, ...], parts: tuple[str, ...], changed: str | None) -> "Filter":
    """Return the filter by paths, parts and changed files, whose errors must not wait for the validation."""
    from kg.project.git import unchanged
    from kg.validation.filter import Filter, changed_since

    try:
        test = changed_since(root, unchanged(root, changed)) if changed is not None else None
    except SourceError as error:
        hint = "; a PATH stands before --changed" if changed and Path(changed).exists() else ""
        raise SourceError(f"--changed: {error}{hint}") from error
    return Filter(tuple(_relative(root, path) for path in paths), parts=frozenset(parts), changed=test)


def _relative(root: Path, path: Path) -> str:
    """Return the path relative to the project; raises SourceError for one that does not exist or is outside it."""

    def plain(path: Path) -> Path:
        return Path(os.path.normpath(path.absolute()))

    # Seen from here or from the project; links are followed only if the path is not inside without that.
    makers: tuple[Callable[[Path], Path], ...] = (plain, Path.resolve)
    existing = [seen for seen in (path, root / path) if seen.exists()]
    for seen, make in product(existing, makers):
        if make(seen).is_relative_to(make(root)):
            return make(seen).relative_to(make(root)).as_posix()
    raise SourceError(
        f"'{path}' is not in the project '{root}': give paths inside it, or choose the project with -C DIR"
        if existing
        else f"'{path}' does not exist"
    )


def _focus(root: Path, name: str, foci: Collection[str | None]) -> str:
    """Return the short name of the entity with a name or a label, even if its file cannot be read.

    Raises NameUnknownError for one that is neither described nor in a finding.
    """
    from kg.claims.entities import resolve
    from kg.project.dataset import load
    from kg.rdf.namespaces import expand, shorten
    from kg.validation.inputs import Files
    from kg.validation.vocabulary import absent

    short = ""
    with suppress(NameUnknownError):  # it may be a label
        short = shorten(expand(name))
    if short in foci:
        return short
    faults: list[SourceError] = []
    store = load(root, faults).store
    try:
        return shorten(resolve(store, name))
    except NameUnknownError:
        if short and absent(Files(root, {}).glance, faults).mentions(expand(name)):
            return short
        raise


def _failing(report: "Report", fail_on: str, max_warnings: int | None) -> "frozenset[Severity]":
    """Return the severities for which the exit code is 1."""
    from kg.rules.severity import Severity

    order = list(Severity)
    failing = order[: order.index(Severity(fail_on)) + 1] if fail_on != "none" else []
    many_warnings = max_warnings is not None and _counts(report)[Severity.WARNING] > max_warnings
    return frozenset([*failing, Severity.WARNING] if many_warnings else failing)


def _write(
    options: Options, report: "Report", targets: Iterable[Target], setting: "Setting", shapes: tuple[Path, ...]
) -> None:
    """Write each form to its file, and the summary for GitHub if the environment names a file for it."""
    from dataclasses import replace

    from kg.output.reports.formats import findings, summary
    from kg.output.reports.github import ROOM
    from kg.validation.validate import report as w3c

    shown = replace(setting, color=options.colored, source=options.colored or on_terminal())
    parts = [
        (
            w3c(setting.root, shapes) if form == "turtle" else findings(report, form, setting if output else shown),
            output,
        )
        for form, output in targets
    ]
    write_all(parts)
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name or all(form != "github" for form, _ in targets):
        return
    file = Path(name)
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
        options.say(
            f"sarif has only the {LIMIT:,} most severe of {len(report.findings):,} findings, "
            "which is the limit of GitHub"
        )
    counts, all_ = _counts(report), _counts(whole)
    if counts != all_:
        options.say(f"not shown: {', '.join(many(all_[level] - counts[level], level) for level in counts)}")
    options.say(f"{', '.join(many(counts[level], level) for level in counts)} in {many(report.files, 'file')}")


def _counts(report: "Report") -> "dict[Severity, int]":
    from kg.rules.severity import Severity

    return {level: sum(finding.severity == level for finding in report.findings) for level in Severity}


def _point(options: Options, report: "Report", root: Path, shapes: tuple[Path, ...]) -> None:
    """Say the command that explains the rule with the most findings, violations first."""
    from shlex import join

    grave = [finding for finding in report.findings if finding.severity == "violation"]
    counts = Counter(finding.rule for finding in grave or report.findings)
    rules, files = sorted(counts, key=lambda rule: (-counts[rule], rule)), list[str]()
    if shapes and rules:
        known = rules_of(root, shapes)
        rules = [rule for rule in rules if rule in known]
        if rules and rules[0] not in rules_of(root, ()):
            files = [word for path in shapes for word in ("--shapes", str(path))]
    if rules:
        options.say(f"explain a rule: {join(['kg', 'explain', *files, rules[0]])}")
