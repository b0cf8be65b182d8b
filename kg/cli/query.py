"""Commands that ask: query, queries, show, search, stats, explain."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import (
    DONE,
    SAYS_NO,
    Call,
    by_name,
    guarded,
    names_of_queries,
    names_of_things,
    pass_call,
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
@pass_call
def query(
    call: Call,
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

    call.patience = timeout
    asked = _question(call, name, expression, file)
    text = binding.bind(asked, by_name(given), call.resolve)
    if show:
        write(text if text.endswith("\n") else f"{text}\n", output)
        return DONE
    remote = call.remote
    store = None if remote else call.dataset.store
    with guarded(timeout), engine.engine():
        source = f"queries/{asked.name}.rq" if asked.name else str(file or "query")
        if remote:
            found = remote.run(text, service=service, file=source)
        elif store is not None:
            found = engine.run(store, text, service=service, file=source)
        of_graph = type(found).__name__ == "QueryTriples"
        chosen = row_format(form, output, of_graph)
        data, count = answer(found, chosen, width, call.colored and output is None)
    write(data, output)
    if on_terminal() and count >= 0 and chosen not in GRAPH_FORMATS:
        call.say(many(count, "row"))
    return SAYS_NO if type(found).__name__ == "QueryBoolean" and not found else DONE


def _question(call: Call, name: str | None, expression: str | None, file: Path | None) -> "Question":
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
    return question(call.root, str(name))


@click.command(short_help="List the stored questions, or show one in full.")
@click.argument("name", required=False, shell_complete=names_of_queries)
@format_option("table", "md", "csv", "tsv", "json", "jsonl")
@output_option
@pass_call
def queries(call: Call, name: str | None, form: str | None, output: Path | None) -> None:
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
        write(in_full(question(call.root, name)), output)
        return
    cells = [
        [
            one.name,
            one.summary,
            " ".join(p.name if p.required else f"[{p.name}]" for p in one.parameters),
            " ".join(one.tags),
        ]
        for one in catalogue(call.root).values()
    ]
    write_rows(call, ["name", "question", "parameters", "tags"], cells, form, output)


@click.command(short_help="Show all that is reported of a thing, as a dossier.")
@click.argument("entity", shell_complete=names_of_things)
@format_option("text", "md", "json")
@output_option
@pass_call
def show(call: Call, entity: str, form: str | None, output: Path | None) -> None:
    """Show all that is reported of ENTITY: a name such as unit:x, or a label that names one thing.

    \b
    Example:  kg show unit:siberian-battalion
              kg show article:icaro-siberian-battalion --format md
    """
    from kg.analysis.dossier import dossier
    from kg.output.dossier import dossier as rendered

    iri = call.resolve(entity)
    found = dossier(call.about(iri), iri)
    write(rendered(found, text_format(form, output), min(width(), 120)), output)


@click.command(short_help="Find things by their names and claims by their words.")
@click.argument("text")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only things of this kind: unit, person, …")
@format_option("table", "md", "csv", "tsv", "json", "jsonl")
@output_option
@pass_call
def search(call: Call, text: str, kinds: tuple[str, ...], form: str | None, output: Path | None) -> None:
    """Find things by their names and claims by their words.

    \b
    Example:  kg search legion
              kg search kyiv --kind place
    """
    from kg.claims.search import search as find
    from kg.rdf.namespaces import shorten

    hits = find(call.dataset.store, text, kinds)
    cells = [[shorten(hit.iri), hit.label, shorten(hit.kind), hit.match] for hit in hits]
    write_rows(call, ["thing", "label", "class", "match"], cells, form, output)
    if not hits:
        call.say(f"nothing has '{text}' in its names or words")


@click.command(short_help="Count things by kind and claims by what they are.")
@format_option("table", "md", "csv", "tsv", "json", "jsonl")
@output_option
@pass_call
def stats(call: Call, form: str | None, output: Path | None) -> None:
    """Count things by kind, and claims by article, predicate, speaker, certainty, modality and polarity."""
    from kg.analysis.dossier import statistics

    cells = [[one.of, one.name, one.label, str(one.count)] for one in statistics(call.dataset.store)]
    write_rows(call, ["of", "name", "label", "count"], cells, form, output)


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
@pass_call
def explain(call: Call, rule: str | None, form: str | None, output: Path | None, own: tuple[Path, ...]) -> None:
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

    root, faults = call.root, list[SourceError]()
    known = rules_of(root, own, faults)
    for fault in faults:
        call.say(f"left out: {fault}")
    family = [one for one in known.values() if rule in (one.family, None)]
    chosen = named(rule, known) if rule is not None and not family else frozenset()
    rules = family or [one for name, one in known.items() if name in chosen]
    form, color, columns = text_format(form, output), call.colored and output is None, min(width(), 100)
    if rule is None and form == "text":
        write(listed(rules, columns, color), output)
    else:
        write(manual(explained(root, rules), form, columns, color), output)
