"""Commands that ask the graph: query, queries, show, search, stats."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import (
    DONE,
    SAYS_NO,
    Options,
    guarded,
    names_of_entities,
    names_of_questions,
    parameters_option,
    pass_options,
    standard_input,
)
from kg.cli.output import ROWS, Output, many, on_terminal, output_options, row_options, text_options, width
from kg.cli.sources import graph_source

if TYPE_CHECKING:
    from kg.query.questions import Question


@click.command
@click.argument("name", required=False, shell_complete=names_of_questions)
@click.option("-e", "--expression", metavar="SPARQL", help="Run this query.")
@click.option(
    "-f", "--file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True), help="Run the query in FILE."
)
@parameters_option
@output_options(*ROWS, "xml", "turtle", "ntriples", "jsonld")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Stop the query after SECONDS; 0 sets no limit.",
)
@click.option("--service", is_flag=True, help="Allow SERVICE, which queries other endpoints.")
@click.option("--show", is_flag=True, help="Print the query with its parameters bound, and do not run it.")
@pass_options
def query(
    options: Options,
    name: str | None,
    expression: str | None,
    file: Path | None,
    parameters: dict[str, str],
    output: Output,
    timeout: float,
    service: bool,
    show: bool,
) -> int:
    """Ask a stored question by NAME, or a SPARQL query of your own (-e, -f, or - for standard input).

    The prefixes of the project need not be declared. An ASK that is false exits with 1.

    \b
    Example:  kg query strength -p unit unit:siberian-battalion
              kg query -e 'SELECT ?u WHERE { ?u a kg:Unit } ORDER BY ?u'
    """
    from kg.output.results import GRAPH_FORMATS, answer
    from kg.query import binding, engine

    graph = graph_source(options, timeout)
    question = _question(options, name, expression, file)
    text = binding.bind(question, parameters, graph.resolve)
    if show:
        output.write(text if text.endswith("\n") else f"{text}\n")
        return DONE
    graph.admit()
    with guarded(timeout), engine.engine():
        source = question.file or str(file or "query")
        result = graph.run(text, service=service, file=source)
        form = output.row_format(of_graph=type(result).__name__ == "QueryTriples")
        data, count = answer(result, form, width, output.color)
    output.write(data)
    if on_terminal() and count >= 0 and form not in GRAPH_FORMATS:
        options.say(many(count, "row"))
    return SAYS_NO if type(result).__name__ == "QueryBoolean" and not result else DONE


def _question(options: Options, name: str | None, expression: str | None, file: Path | None) -> "Question":
    from kg.query.questions import adhoc, question

    if [name, expression, file].count(None) != 2:
        raise click.UsageError(
            "expected one query: the NAME of a stored question, -e SPARQL, -f FILE, or - for standard input"
        )
    if expression is not None:
        return adhoc(expression)
    if name == "-" or str(file) == "-":
        return adhoc(standard_input())
    if file is not None:
        from kg.project.files import read_given

        return adhoc(read_given(file))
    return question(options.root, str(name))


@click.command
@click.argument("name", required=False, shell_complete=names_of_questions)
@row_options
@pass_options
def queries(options: Options, name: str | None, output: Output) -> None:
    """List the stored questions with their parameters, or show one in full.

    \b
    Example:  kg queries
              kg queries strength
    """
    from kg.output.results import question as in_full
    from kg.query.questions import catalogue, question

    if name is not None:
        if output.form is not None:
            raise click.UsageError("--format applies to the list of questions: leave out the NAME, or --format")
        output.write(in_full(question(options.root, name)))
        return
    cells = [
        [
            entry.name,
            entry.summary,
            " ".join(p.name if p.required else f"[{p.name}]" for p in entry.parameters),
            " ".join(entry.tags),
        ]
        for entry in catalogue(options.root).values()
    ]
    output.write_rows(["name", "question", "parameters", "tags"], cells)


@click.command
@click.argument("entity", shell_complete=names_of_entities)
@text_options
@pass_options
def show(options: Options, entity: str, output: Output) -> None:
    """Show all claims about ENTITY: a short name such as unit:x, or a label that names one entity.

    \b
    Example:  kg show unit:siberian-battalion
              kg show article:icaro-siberian-battalion --format md
    """
    from kg.analysis.dossier import dossier
    from kg.output.dossier import dossier as rendered

    graph = graph_source(options)
    iri = graph.resolve(entity)
    output.write(rendered(dossier(graph.about(iri), iri), output.text_format, min(width(), 120)))


@click.command
@click.argument("text")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Find entities of KIND only: unit, person, …")
@row_options
@pass_options
def search(options: Options, text: str, kinds: tuple[str, ...], output: Output) -> None:
    """Find entities by label, other name or web address, and claims by their words.

    \b
    Example:  kg search legion
              kg search kyiv --kind place
    """
    from kg.claims.search import search as find
    from kg.rdf.namespaces import shorten

    hits = find(graph_source(options).whole(), text, kinds)
    cells = [[shorten(hit.iri), hit.label, shorten(hit.kind), hit.match] for hit in hits]
    output.write_rows(["entity", "label", "class", "match"], cells)
    if not hits:
        options.say(f"no entity and no claim matches '{text}'")


@click.command
@row_options
@pass_options
def stats(options: Options, output: Output) -> None:
    """Count entities by kind, and claims by article, predicate, speaker, certainty, modality and polarity.

    \b
    Example:  kg stats
              kg stats --format json -o stats.json
    """
    from kg.analysis.dossier import statistics

    cells = [[row.of, row.name, row.label, str(row.count)] for row in statistics(graph_source(options).whole())]
    output.write_rows(["of", "name", "label", "count"], cells)
