"""The command that gives the graph to other tools: export."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import Options, by_name, names_of_queries, names_of_things, pass_options
from kg.cli.output import file_or_directory_option, many, write
from kg.cli.sources import GraphSource, graph_source
from kg.errors import KgError

if TYPE_CHECKING:
    from kg.export.formats import Selection

#: As `kg.export.FORMATS` has them, with the page and the part of an archive; a test holds the two together, so that
#: help needs not import that.
FORMATS = (
    *("csv", "ftm", "gexf", "graphml", "html", "jsonld", "nquads", "nquads-1.2"),
    *("parquet", "trig", "trig-1.2", "turtle"),
)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(short_help="Write the graph for other tools, or as a page.")
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@file_or_directory_option
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option(
    "--dialect", default="plain", show_default=True, help="graphml: plain, gephi, yed, cytoscape; csv: excel."
)
@click.option("--claims", is_flag=True, help="Draw claims as nodes of their own (graphml, gexf).")
@click.option("--around", metavar="ENTITY", shell_complete=names_of_things, help="Only what lies near this thing.")
@click.option("--hops", type=click.IntRange(min=0), default=1, show_default=True, help="How near: so many steps.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only claims about things of this kind.")
@click.option("--predicate", "predicates", multiple=True, metavar="PREDICATE", help="Only claims of this predicate.")
@click.option("--article", "articles", multiple=True, metavar="ARTICLE", help="Only claims of this article.")
@click.option("--from", "since", type=_DAY, metavar="DAY", help="Only claims that reach this day or a later one.")
@click.option("--until", type=_DAY, metavar="DAY", help="Only claims that reach this day or an earlier one.")
@click.option("--min-origins", type=click.IntRange(min=1), default=1, metavar="N", help="Only statements of N origins.")
@click.option("--only", type=click.Choice(["actual"]), help="Leave out what is denied, planned, hoped or supposed.")
@click.option(
    "--query", "named", metavar="NAME", shell_complete=names_of_queries, help="Only what this CONSTRUCT gives."
)
@click.option("-p", "--param", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="A value for --query.")
@pass_options
def export(
    options: Options,
    form: str,
    output: Path | None,
    force: bool,
    dialect: str,
    claims: bool,
    around: str | None,
    hops: int,
    kinds: tuple[str, ...],
    predicates: tuple[str, ...],
    articles: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    min_origins: int,
    only: str | None,
    named: str | None,
    given: tuple[tuple[str, str], ...],
) -> None:
    """Write the graph, or a part of it, for other tools; html is a page that opens anywhere.

    Parquet is a directory of tables: a part of an archive, for kg conflicts --archive and kg origins --archive.
    Nothing is written over without --force, and nothing that would give away a person who hides.

    \b
    Example:  kg export graphml --dialect gephi -o graph.graphml
              kg export html -o explorer.html
              kg export gexf --around unit:siberian-battalion --hops 2 -o near.gexf
              kg export parquet -o archive/2024-03
    """
    from io import BytesIO

    from kg.export import formats

    if output is not None and output.exists() and not force:
        raise KgError(f"'{output}' is there already; write over it with --force")
    graph = graph_source(options)
    selection = formats.Selection(
        around=graph.resolve(around) if around else None,
        hops=hops,
        kinds=kinds,
        predicates=tuple(graph.resolve(one) for one in predicates),
        articles=tuple(graph.resolve(one) for one in articles),
        since=since.date() if since else None,
        until=until.date() if until else None,
        min_origins=min_origins,
        only_actual=only == "actual",
        construct=_bound(options, graph, named, by_name(given)),
    )
    if form == "html":
        if claims or dialect != "plain":
            raise click.UsageError("html takes no --dialect and no --claims: it is one page for all")
        write(_page(options, graph, selection), output)
        return
    if form == "parquet":
        if claims or dialect != "plain":
            raise click.UsageError("parquet takes no --dialect and no --claims: its tables are for an archive")
        options.say(f"{many(_part(graph, selection, output, force), 'claim')} in this part of an archive")
        return
    chosen, data = formats.choose(graph.whole(), selection), BytesIO()
    formats.write(chosen, form, formats.Options(selection, dialect, claims), data)
    write(data.getvalue(), output)
    kept = many(len(chosen.claims), "claim")
    options.say(kept if chosen.claims else "no claim is in the selection: what was written is empty")
    if formats.FORMATS[form].lacks:
        options.say(formats.FORMATS[form].lacks)


def _bound(options: Options, graph: GraphSource, named: str | None, values: dict[str, str]) -> str | None:
    """Return the text of a stored CONSTRUCT with its parameters, or None where none is named."""
    from kg.query.binding import bind
    from kg.query.questions import question

    if named is None:
        if values:
            raise click.UsageError("-p gives a value to the query of --query NAME")
        return None
    return bind(question(options.root, named), values, graph.resolve)


def _part(graph: GraphSource, selection: "Selection", output: Path | None, force: bool) -> int:
    from kg.archive.parquet import write as put
    from kg.export.formats import choose

    if output is None:
        raise click.UsageError("parquet is a directory of tables: name it with -o DIR")
    store = graph.whole()
    return put(store, output, None if selection.whole else choose(store, selection).claims, force=force)


def _page(options: Options, graph: GraphSource, selection: "Selection") -> str:
    from kg.export.html.explorer import explorer
    from kg.project.dataset import Dataset

    if not selection.whole:
        raise click.UsageError("html is the whole graph: the page itself selects")
    return explorer(Dataset(options.root, (), graph.whole()))
