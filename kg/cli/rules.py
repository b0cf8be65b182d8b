"""Commands about rules: explain; and the rules that a call knows."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import Options, completion, pass_options
from kg.cli.output import Output, text_options, width
from kg.errors import SourceError

if TYPE_CHECKING:
    from kg.rules.registry import Rule


@completion
def names_of_rules(options: Options, _: str) -> dict[str, str | None]:
    """Return the names of rules with their sentences."""
    return {rule.name: rule.sentence for rule in rules_of(options.root, (), []).values()}


shapes_option = click.option(
    "--shapes",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Include the shapes (.ttl) or the SPARQL rule (.rq) in FILE.",
)


def rules_of(root: Path, files: Iterable[Path], faults: list[SourceError] | None = None) -> "dict[str, Rule]":
    """Return the rules of the project and of further files by name; the errors of files go to `faults`."""
    from kg.rules.registry import catalogue, of_file

    faults = [] if faults is None else faults
    rules = catalogue(root, faults)
    for path in files:
        try:
            rules |= {rule.name: rule for rule in of_file(path, Path(os.path.relpath(path, root)).as_posix())}
        except SourceError as error:
            faults.append(error)
    return rules


@click.command
@click.argument("rule", required=False, shell_complete=names_of_rules)
@text_options
@shapes_option
@pass_options
def explain(options: Options, rule: str | None, output: Output, shapes: tuple[Path, ...]) -> None:
    """Explain RULE: where it applies, its requirements, how to fix a violation, and a right and a wrong example.

    RULE is a name as findings show it, with or without the part before the colon; a family, such as privacy, stands for
    all of its rules. Without RULE, list all rules; the formats md and json explain them, too.

    \b
    Example:  kg explain shape:Claim-speaker
              kg explain --format md -o rules.md
    """
    from kg.output.rules import listed, manual
    from kg.rules.explain import explain as explained
    from kg.validation.filter import named

    root, faults = options.root, list[SourceError]()
    known = rules_of(root, shapes, faults)
    for fault in faults:
        options.say(f"skipped: {fault}")
    family = [known_rule for known_rule in known.values() if rule in (known_rule.family, None)]
    names = named(rule, known) if rule is not None and not family else frozenset()
    rules = family or [known[name] for name in known if name in names]
    columns = min(width(), 100)
    if rule is None and output.text_format == "text":
        output.write(listed(rules, columns, output.color))
    else:
        output.write(manual(explained(root, rules), output.text_format, columns, output.color))
