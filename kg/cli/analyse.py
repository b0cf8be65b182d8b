"""Commands that analyse claims: conflicts, origins, trace, timeline, path."""

from collections import ChainMap
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from kg.cli.archive import archive_options, write_results
from kg.cli.context import Options, names_of_entities, number_option, pass_options
from kg.cli.output import Output, many, progress, row_options
from kg.cli.sources import graph_source

if TYPE_CHECKING:
    from kg.archive.spark import Archive

#: As `kg.verdicts.VERDICTS` has them; a test holds the two together, so that help needs not import that.
VERDICTS = (
    *("contradiction", "tension", "drift", "revision", "spread"),
    *("different-time", "different-scope", "refinement", "agreement", "echo"),
)


@click.command
@click.argument("entity", required=False, shell_complete=names_of_entities)
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice([*VERDICTS, "all"]),
    help="Show pairs with this verdict [default: contradiction, tension, drift, revision].",
)
@row_options
@archive_options
@pass_options
def conflicts(
    options: Options,
    entity: str | None,
    verdicts: tuple[str, ...],
    output: Output,
    archive: "AbstractContextManager[Archive] | None",
) -> None:
    """Show pairs of claims that disagree, or only seem to disagree, each with its verdict and the reason.

    With ENTITY, show the pairs in which it is the subject, the speaker or the article of a claim, or a claim itself.

    \b
    Example:  kg conflicts
              kg conflicts unit:freedom-of-russia-legion --verdict all
    """
    from kg.analysis.conflicts import conflicts as compared
    from kg.analysis.verdicts import SHOWN
    from kg.output.conflicts import conflicts as rendered

    chosen = VERDICTS if "all" in verdicts else verdicts or SHOWN
    if archive:
        with archive as judged:
            some = judged.conflicts(chosen, judged.resolve(entity) if entity else None)
            shown = write_results(some, lambda pairs: rendered(pairs, *output.style), output)
        options.say(f"{many(shown, 'pair')} shown")
        return
    graph = graph_source(options)
    about = graph.resolve(entity) if entity else None
    store = graph.about(about, wide=True)
    with progress("comparing claims", options.quiet) as report:
        found = compared(store, chosen, about, progress=report)
    output.write(rendered(found.shown, *output.style))
    hidden = ", ".join(f"{count:,} {verdict}" for verdict, count in found.hidden.items())
    more = f"; {found.uncounted:,} more pairs not counted by verdict" if found.uncounted else ""
    tail = f"; hidden: {hidden}{more} (--verdict all)" if hidden or more else ""
    options.say(f"{many(len(found.shown), 'pair')} shown{tail}")


@click.command
@click.argument("entity", required=False, shell_complete=names_of_entities)
@number_option("--max-origins", "Show only statements with at most N origins.")
@row_options
@archive_options
@pass_options
def origins(
    options: Options,
    entity: str | None,
    max_origins: int | None,
    output: Output,
    archive: "AbstractContextManager[Archive] | None",
) -> None:
    """Show for each statement its articles, its outlets and, as an upper bound, its independent origins.

    A statement is the common content of claims. Reprints, translations and retellings count as one origin, as do the
    claims of one outlet, one speaker or one article; an article of unknown origin counts as none.

    \b
    Example:  kg origins unit:siberian-battalion
              kg origins --max-origins 1
    """
    from pyoxigraph import NamedNode

    from kg.analysis.origins import Statement, statements
    from kg.claims.background import labels
    from kg.output.origins import origins as rendered

    if archive:
        with archive as judged:
            known = judged.background.labels

            def text(rows: tuple[tuple[Statement, dict[str, str]], ...]) -> str:
                of_claims = dict(ChainMap(*(own for _, own in rows)))
                return rendered([statement for statement, _ in rows], ChainMap(of_claims, known), *output.style)

            some = judged.statements(judged.resolve(entity) if entity else None, max_origins)
            count = write_results(some, text, output)
        options.say(many(count, "statement"))
        return
    graph = graph_source(options)
    about = NamedNode(graph.resolve(entity)) if entity else None
    store = graph.about(about.value if about else None)
    found = [
        one
        for one in statements(store)
        if (max_origins is None or one.origins <= max_origins)
        and (about is None or about.value == one.subject or about == one.object)
    ]
    output.write(rendered(found, labels(store), *output.style))
    options.say(many(len(found), "statement"))


@click.command
@click.argument("claim", shell_complete=names_of_entities)
@row_options
@pass_options
def trace(options: Options, claim: str, output: Output) -> None:
    """Show the lineage of CLAIM: its passages, its article and the articles behind it, its speakers, and the changes.

    \b
    Example:  kg trace claim:low-arestovich-strength
              kg trace claim:low-arestovich-strength --format md
    """
    from kg.analysis.lineage import lineage
    from kg.output.lineage import lineage as rendered

    graph = graph_source(options)
    iri = graph.resolve(claim)
    found = lineage(graph.about(iri), iri)
    output.write(rendered(found, *output.style))


@click.command
@click.argument("entity", required=False, shell_complete=names_of_entities)
@row_options
@pass_options
def timeline(options: Options, entity: str | None, output: Output) -> None:
    """Show dated claims in order, with the bounds of their dates; then undated claims.

    With ENTITY, show the claims of which it is the subject, the object or the place.

    \b
    Example:  kg timeline unit:siberian-battalion
              kg timeline --format csv -o timeline.csv
    """
    from kg.analysis.timeline import timeline as order
    from kg.output.timeline import timeline as rendered

    graph = graph_source(options)
    about = graph.resolve(entity) if entity else None
    found = order(graph.about(about), about)
    output.write(rendered(found, *output.style))
    options.say(f"{many(len(found.dated), 'entry', 'entries')} dated, {len(found.undated):,} undated")


@click.command
@click.argument("start", metavar="A", shell_complete=names_of_entities)
@click.argument("end", metavar="B", shell_complete=names_of_entities)
@number_option("--independent", "Follow only statements with at least N origins.", default=1)
@number_option("--limit", "Show at most N paths.", default=10)
@row_options
@pass_options
def path(options: Options, start: str, end: str, independent: int, limit: int, output: Output) -> None:
    """Show the shortest paths between the entities A and B, and the claims of each step.

    Only statements that are asserted, not those denied, planned, hoped or hypothetical, connect two entities.

    \b
    Example:  kg path person:igor-volobuev organisation:ukraine
              kg path person:igor-volobuev organisation:ukraine --independent 2
    """
    from kg.analysis.network import paths
    from kg.claims.background import labels
    from kg.output.paths import paths as rendered

    graph = graph_source(options)
    store = graph.whole()
    found = paths(store, graph.resolve(start), graph.resolve(end), independent, limit)
    output.write(rendered(found, labels(store), *output.style))
    options.say(many(len(found), "path") if found else "no statements connect the two entities")
