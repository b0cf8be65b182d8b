"""The command export: the graph in the formats of other programs."""

from datetime import datetime

import click

from kg.cli.context import (
    Options,
    names_of_entities,
    names_of_questions,
    number_option,
    parameters_option,
    pass_options,
)
from kg.cli.output import Output, many, output_options
from kg.cli.sources import GraphSource, graph_source
from kg.errors import KgError

#: The names in `kg.export.formats.FORMATS`, html and parquet, repeated so that --help imports none of them.
FORMATS = (
    *("csv", "ftm", "gexf", "graphml", "html", "jsonld", "nquads", "nquads-1.2"),
    *("parquet", "trig", "trig-1.2", "turtle"),
)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@output_options(directory=True)
@click.option("--force", is_flag=True, help="Replace an existing file.")
@click.option(
    "--dialect",
    metavar="NAME",
    default="plain",
    show_default=True,
    help="Write for one program: gephi, yed or cytoscape for graphml, excel for csv.",
)
@click.option("--claims", is_flag=True, help="Write claims as nodes (graphml, gexf).")
@click.option(
    "--around",
    metavar="ENTITY",
    shell_complete=names_of_entities,
    help="Write only claims about ENTITY and its neighbours.",
)
@number_option("--hops", "Include neighbours at most N steps from --around.", default=1, low=0)
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Write only claims about entities of KIND.")
@click.option("--predicate", "predicates", multiple=True, metavar="PREDICATE", help="Write only claims with PREDICATE.")
@click.option("--article", "articles", multiple=True, metavar="ARTICLE", help="Write only claims of ARTICLE.")
@click.option("--from", "since", type=_DAY, metavar="DAY", help="Write only claims about DAY (YYYY-MM-DD) or later.")
@click.option("--until", type=_DAY, metavar="DAY", help="Write only claims about DAY or earlier.")
@number_option("--min-origins", "Write only statements with at least N origins.", default=1)
@click.option(
    "--only", type=click.Choice(["actual"]), help="Skip claims that are denied, planned, hoped or hypothetical."
)
@click.option(
    "--query",
    "question",
    metavar="NAME",
    shell_complete=names_of_questions,
    help="Write only claims that a stored CONSTRUCT question selects.",
)
@parameters_option
@pass_options
def export(
    options: Options,
    form: str,
    output: Output,
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
    question: str | None,
    parameters: dict[str, str],
) -> None:
    """Write the graph, or a selection of it, for other programs.

    FORMAT is csv (a table of claims), ftm (FollowTheMoney), gexf or graphml (a network), html (a web page that works
    without a network connection), jsonld, nquads, trig or turtle (RDF), nquads-1.2 or trig-1.2 (RDF 1.2), or parquet
    (a directory of tables, which kg conflicts --archive and kg origins --archive read). The export is refused if the
    graph would identify a protected person.

    \b
    Example:  kg export graphml --dialect gephi -o graph.graphml
              kg export html -o explorer.html
              kg export gexf --around unit:siberian-battalion --hops 2 -o near.gexf
              kg export parquet -o archive/2024-03
    """
    from io import BytesIO

    from kg.export import formats
    from kg.export.selection import Selection, select

    if output.path and output.path.exists() and not force:
        raise KgError(f"'{output.path}' exists; replace it with --force")
    graph = graph_source(options)
    selection = Selection(
        around=graph.resolve(around) if around else None,
        hops=hops,
        kinds=kinds,
        predicates=tuple(map(graph.resolve, predicates)),
        articles=tuple(map(graph.resolve, articles)),
        since=since.date() if since else None,
        until=until.date() if until else None,
        min_origins=min_origins,
        only_actual=only == "actual",
        construct=_construct(options, graph, question, parameters),
    )
    if form in ("html", "parquet") and (claims or dialect != "plain"):
        raise click.UsageError(f"{form} takes no --dialect and no --claims")
    if form == "html":
        from kg.export.html.explorer import explorer
        from kg.project.dataset import Dataset

        if not selection.whole:
            raise click.UsageError(
                "html takes the whole graph, because its readers select in the page: leave out the selection"
            )
        output.write(explorer(Dataset(options.root, (), graph.whole())))
        return
    if form == "parquet":
        from kg.archive import parquet

        if output.path is None:
            raise click.UsageError("parquet writes a directory of tables: name it with -o DIR")
        chosen = None if selection.whole else select(graph.whole(), selection).claims
        count = parquet.write(graph.whole(), output.path, chosen, force=force)
        options.say(f"{many(count, 'claim')} in this part of the archive")
        return
    selected, data = select(graph.whole(), selection), BytesIO()
    formats.write(selected, form, formats.Options(dialect, claims), data)
    output.write(data.getvalue())
    count = len(selected.claims)
    options.say(many(count, "claim") if count else "no claim matches the selection: the output is empty")
    if notice := formats.FORMATS[form].notice:
        options.say(notice)


def _construct(options: Options, graph: GraphSource, name: str | None, values: dict[str, str]) -> str | None:
    """Return the text of a stored question with its parameters, or None where none is named."""
    from kg.query.binding import bind
    from kg.query.questions import question

    if name is None:
        if values:
            raise click.UsageError("-p sets a parameter of a stored question: name it with --query NAME")
        return None
    return bind(question(options.root, name), values, graph.resolve)
