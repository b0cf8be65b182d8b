"""Commands that judge: conflicts, origins."""

from pathlib import Path

import click

from kg.cli.base import (
    Call,
    format_option,
    many,
    names_of_things,
    output_option,
    pass_call,
    progress,
    row_format,
    width,
    write,
)

#: As `kg.verdicts.VERDICTS` has them; a test holds the two together, so that help needs not import that.
VERDICTS = (
    "contradiction",
    "tension",
    "drift",
    "revision",
    "spread",
    "different-time",
    "different-scope",
    "refinement",
    "agreement",
    "echo",
)


@click.command()
@click.argument("entity", required=False, shell_complete=names_of_things)
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice([*VERDICTS, "all"]),
    help="Show pairs with this verdict; by default contradiction, tension, drift and revision.",
)
@format_option("table", "md", "csv", "tsv", "json", "jsonl")
@output_option
@pass_call
def conflicts(call: Call, entity: str | None, verdicts: tuple[str, ...], form: str | None, output: Path | None) -> None:
    """Show pairs of claims that disagree, or only seem to, each with its verdict and the reason.

    With ENTITY only pairs in which a claim speaks of it, is said by it, stands in it or is it.

    \b
    Example:  kg conflicts
              kg conflicts unit:freedom-of-russia-legion --verdict all
    """
    from kg.conflicts import survey
    from kg.render import conflicts as rendered
    from kg.verdicts import SHOWN

    chosen = VERDICTS if "all" in verdicts else verdicts or SHOWN
    store = call.dataset.store
    about = call.resolve(entity) if entity else None
    with progress("comparing claims", call.quiet) as report:
        found = survey(store, chosen, about, report)
    write(rendered(found, row_format(form, output), width(), call.colored and output is None), output)
    hidden = ", ".join(f"{count:,} {verdict}" for verdict, count in found.hidden.items())
    more = f"; {found.untold:,} more pairs not told apart" if found.untold else ""
    tail = f"; hidden: {hidden}{more} (--verdict all)" if hidden or more else ""
    call.say(f"{many(len(found.conflicts), 'pair')} shown{tail}")


@click.command()
@click.argument("entity", required=False, shell_complete=names_of_things)
@click.option("--max-origins", type=click.IntRange(min=0), metavar="N", help="Only what rests on at most N origins.")
@format_option("table", "md", "csv", "tsv", "json", "jsonl")
@output_option
@pass_call
def origins(call: Call, entity: str | None, max_origins: int | None, form: str | None, output: Path | None) -> None:
    """Show what each statement rests on: articles, outlets and, as an upper bound, independent origins.

    A statement is what claims say alike. Reprints, translations and retellings, one outlet, one speaker and one
    article make one origin; an article of unknown origin adds none.

    \b
    Example:  kg origins unit:siberian-battalion
              kg origins --max-origins 0
    """
    from pyoxigraph import NamedNode

    from kg.background import labels
    from kg.origins import statements
    from kg.render import origins as rendered

    store = call.dataset.store
    about = NamedNode(call.resolve(entity)) if entity else None
    found = [
        one
        for one in statements(store)
        if (max_origins is None or one.origins <= max_origins)
        and (about is None or about.value == one.subject or about == one.object)
    ]
    write(rendered(found, labels(store), row_format(form, output), width(), call.colored and output is None), output)
    call.say(many(len(found), "statement"))
