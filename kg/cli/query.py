"""Commands that ask: query, queries, show, search, stats, explain."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import (
    DONE,
    SAYS_NO,
    Options,
    by_name,
    guarded,
    names_of_queries,
    names_of_things,
    pass_options,
    standard_input,
)
from kg.cli.output import (
    format_option,
    many,
    on_terminal,
    output_option,
    row_format,
    text_format,
    width,
    write,
    write_rows,
)
from kg.cli.sources import graph_source
from kg.cli.validate import names_of_rules, rules_of
from kg.errors import SourceError

if TYPE_CHECKING:
    from kg.query.questions import Question


@click.command(short_help="Ask a stored question, or a SPARQL query of your own.")
@click.argument("name", required=False, shell_complete=names_of_queries)
@click.option("-e", "--expression", metavar="SPARQL", help="Ask this query.")
@click.option("-f", "--file", type=click.Path(path_type=Path, allow_dash=True), help="Ask the query in this file.")
@click.option("-p", "--param", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="Give a parameter a value.")
@format_option("table", "md", "csv", "tsv", "json", "jsonl", "xml", "turtle", "ntriples", "jsonld")
@output_option
@click.option("--timeout", type=click.FloatRange(min=0), default=60, show_default=True, help="Seconds; 0 for no limit.")
@click.option("--service", is_flag=True, help="Allow SERVICE, which asks other endpoints.")
@click.option("--show", is_flag=True, help="Print the query with its parameters bound, and do not ask it.")
@pass_options
def query(
    options: Options,
    name: str | None,
    expression: str | None,
    file: Path | None,
    given: tuple[tuple[str, str], ...],
    form: str | None,
    output: Path | None,
    timeout: float,
    service: bool,
    show: bool,
) -> int:
    """Ask a stored question by NAME, or a SPARQL query of your own (-e, -f, or - for standard input).

    \b
    Example:  kg query strength -p unit unit:siberian-battalion
              kg query -e 'SELECT ?u WHERE { ?u a kg:Unit } ORDER BY ?u'
    """
    from kg.output.results import GRAPH_FORMATS, answer
    from kg.query import binding, engine

    graph = graph_source(options, timeout)
    asked = _question(options, name, expression, file)
    text = binding.bind(asked, by_name(given), graph.resolve)
    if show:
        write(text if text.endswith("\n") else f"{text}\n", output)
        return DONE
    graph.admit()
    with guarded(timeout), engine.engine():
        source = asked.file or str(file or "query")
        found = graph.run(text, service=service, file=source)
        of_graph = type(found).__name__ == "QueryTriples"
        chosen = row_format(form, output, of_graph)
        data, count = answer(found, chosen, width, options.colored and output is None)
    write(data, output)
    if on_terminal() and count >= 0 and chosen not in GRAPH_FORMATS:
        options.say(many(count, "row"))
    return SAYS_NO if type(found).__name__ == "QueryBoolean" and not found else DONE


def _question(options: Options, name: str | None, expression: str | None, file: Path | None) -> "Question":
    from kg.query.questions import adhoc, question

    if sum(one is not None for one in (name, expression, file)) != 1:
        raise click.UsageError(
            "give one of: the NAME of a stored question, -e SPARQL, -f FILE, or - for standard input"
        )
    if expression is not None:
        return adhoc(expression)
    if name == "-" or str(file) == "-":
        return adhoc(standard_input())
    if file is not None:
        from kg.project.files import read_given

        return adhoc(read_given(file))
    return question(options.root, str(name))


@click.command(short_help="List the stored questions, or show one in full.")
@click.argument("name", required=False, shell_complete=names_of_queries)
@format_option("table", "md", "csv", "tsv", "json", "jsonl")
@output_option
@pass_options
def queries(options: Options, name: str | None, form: str | None, output: Path | None) -> None:
    """List the stored questions with their parameters, or show one in full.

    \b
    Example:  kg queries
              kg queries strength
    """
    from kg.output.results import question as in_full
    from kg.query.questions import catalogue, question

    if name is not None:
        if form is not None:
            raise click.UsageError("--format is for the list of questions")
        write(in_full(question(options.root, name)), output)
        return
    cells = [
        [
            one.name,
            one.summary,
            " ".join(p.name if p.required else f"[{p.name}]" for p in one.parameters),
            " ".join(one.tags),
        ]
        for one in catalogue(options.root).values()
    ]
    write_rows(options, ["name", "question", "parameters", "tags"], cells, form, output)


@click.command(short_help="Show all that is reported of a thing, as a dossier.")
@click.argument("entity", shell_complete=names_of_things)
@format_option("text", "md", "json")
@output_option
@pass_options
def show(options: Options, entity: str, form: str | None, output: Path | None) -> None:
    """Show all that is reported of ENTITY: a name such as unit:x, or a label that names one thing.

    \b
    Example:  kg show unit:siberian-battalion
              kg show article:icaro-siberian-battalion --format md
    """
    from kg.analysis.dossier import dossier
    from kg.output.dossier import dossier as rendered

    graph = graph_source(options)
    iri = graph.resolve(entity)
    found = dossier(graph.about(iri), iri)
    write(rendered(found, text_format(form, output), min(width(), 120)), output)


@click.command(short_help="Find things by their names and claims by their words.")
@click.argument("text")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only things of this kind: unit, person, …")
@format_option("table", "md", "csv", "tsv", "json", "jsonl")
@output_option
@pass_options
def search(options: Options, text: str, kinds: tuple[str, ...], form: str | None, output: Path | None) -> None:
    """Find things by their names and claims by their words.

    \b
    Example:  kg search legion
              kg search kyiv --kind place
    """
    from kg.claims.search import search as find
    from kg.rdf.namespaces import shorten

    hits = find(graph_source(options).whole(), text, kinds)
    cells = [[shorten(hit.iri), hit.label, shorten(hit.kind), hit.match] for hit in hits]
    write_rows(options, ["thing", "label", "class", "match"], cells, form, output)
    if not hits:
        options.say(f"nothing has '{text}' in its names or words")


@click.command(short_help="Count things by kind and claims by what they are.")
@format_option("table", "md", "csv", "tsv", "json", "jsonl")
@output_option
@pass_options
def stats(options: Options, form: str | None, output: Path | None) -> None:
    """Count things by kind, and claims by article, predicate, speaker, certainty, modality and polarity."""
    from kg.analysis.dossier import statistics

    cells = [[one.of, one.name, one.label, str(one.count)] for one in statistics(graph_source(options).whole())]
    write_rows(options, ["of", "name", "label", "count"], cells, form, output)


@click.command(short_help="Explain a rule of the check, with examples; or list all rules.")
@click.argument("rule", required=False, shell_complete=names_of_rules)
@format_option("text", "md", "json")
@output_option
@click.option(
    "--shapes",
    "own",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Know the rules in this file, too: shapes (.ttl) or a rule (.rq).",
)
@pass_options
def explain(options: Options, rule: str | None, form: str | None, output: Path | None, own: tuple[Path, ...]) -> None:
    """Explain RULE: what it wants and of what, a right and a wrong example, and how to mend a fault.

    RULE is named as findings name it, with or without what stands before the colon; a family such as privacy means all
    of it. Without RULE all rules are listed; as md or json they are explained, too.

    \b
    Example:  kg explain shape:Claim-speaker
              kg explain --format md -o rules.md
    """
    from kg.output.rules import listed, manual
    from kg.rules.explain import explain as explained
    from kg.validation.filter import named

    root, faults = options.root, list[SourceError]()
    known = rules_of(root, own, faults)
    for fault in faults:
        options.say(f"left out: {fault}")
    family = [one for one in known.values() if rule in (one.family, None)]
    chosen = named(rule, known) if rule is not None and not family else frozenset()
    rules = family or [one for name, one in known.items() if name in chosen]
    form, color, columns = text_format(form, output), options.colored and output is None, min(width(), 100)
    if rule is None and form == "text":
        write(listed(rules, columns, color), output)
    else:
        write(manual(explained(root, rules), form, columns, color), output)
