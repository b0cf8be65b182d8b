"""Commands that look closer: coverage, cite, anchor, diff."""

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import DONE, SAYS_NO, Options, names_of_things, pass_options, standard_input, texts_option
from kg.cli.output import format_option, many, output_option, row_format, text_format, width, write
from kg.cli.sources import graph_source

if TYPE_CHECKING:
    from pyoxigraph import Store


def _number(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    """Return the share; what is no number lies in every range and no share is below it."""
    if value is not None and isnan(value):
        raise click.BadParameter("nan is no number.")
    return value


@click.command(short_help="Show how much of each article is accounted for.")
@click.argument("article", required=False, shell_complete=names_of_things)
@format_option("table", "md", "csv", "tsv", "json", "jsonl")
@output_option
@texts_option
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    callback=_number,
    metavar="PERCENT",
    help="Exit 1 below this share.",
)
@pass_options
def coverage(
    options: Options,
    article: str | None,
    form: str | None,
    output: Path | None,
    texts: Path | None,
    fail_under: float | None,
) -> int:
    """Show how much of each article's text is claimed, set aside or still open, and where it is open.

    With the texts at hand only non-space characters count; without them white space between passages counts as open.

    \b
    Example:  kg coverage --texts ~/articles --fail-under 100
    """
    from kg.claims.passages import coverage as cover
    from kg.claims.texts import texts_directory
    from kg.output.results import coverage as rendered
    from kg.rdf.namespaces import shorten

    texts, graph = texts_directory(texts) if texts else None, graph_source(options)
    found = cover(graph.whole(), texts, graph.resolve(article) if article else None)
    write(rendered(found, row_format(form, output), width(), options.colored and output is None), output)
    if texts is None:
        options.say("without the texts (--texts DIR) white space between passages counts as open")
    if other := [shorten(one.article) for one in found if one.verified is False]:
        options.say(
            f"another text than the graph cites is at hand for {', '.join(other)}: kg validate says where it differs"
        )
        return SAYS_NO
    if fail_under is None:
        return DONE
    # Whole numbers on one side, since 57 of 100 as a float is less than 57 %.
    return SAYS_NO if any((one.characters - one.open) * 100 < fail_under * one.characters for one in found) else DONE


@click.command(short_help="Print the passages that a claim rests on, checked.")
@click.argument("entity", metavar="CLAIM|PASSAGE", shell_complete=names_of_things)
@output_option
@texts_option
@pass_options
def cite(options: Options, entity: str, output: Path | None, texts: Path | None) -> int:
    """Print the passage that a claim rests on, from the texts that you hold, with its digest checked.

    \b
    Example:  kg cite --texts ~/articles passage:icaro-siberian-battalion-01
    """
    from kg.claims.passages import cite as cited
    from kg.claims.texts import texts_directory
    from kg.output.results import cited as rendered

    graph = graph_source(options)
    iri = graph.resolve(entity)
    found = cited(graph.whole(), iri, texts_directory(texts))
    write("\n".join(map(rendered, found)), output)
    return SAYS_NO if any(one.verified is False for one in found) else DONE


@click.command(short_help="Print the Turtle of a passage for a quotation.")
@click.argument("article", shell_complete=names_of_things)
@click.argument("text", required=False)
@click.option("--repair", is_flag=True, help="Print the passages that have moved in the text at hand, mended.")
@output_option
@texts_option
@pass_options
def anchor(
    options: Options, article: str, text: str | None, repair: bool, output: Path | None, texts: Path | None
) -> int:
    """Print the Turtle of a passage of ARTICLE: TEXT is a quotation that occurs once ('-' reads standard input).

    Without TEXT it prints how the article's own block begins, be it in the graph already or not. Nothing is written to
    the project.

    \b
    Example:  kg anchor --texts ~/articles article:new-article
              kg anchor --texts ~/articles article:icaro-siberian-battalion 'ICARO Media Group'
              kg anchor --texts ~/new --repair article:icaro-siberian-battalion
    """
    from kg.claims.passages import anchor as place
    from kg.claims.texts import begin, texts_directory
    from kg.output.results import article_turtle, passage_turtle

    if repair and text is not None:
        raise click.UsageError("give either the TEXT to anchor or --repair")
    texts = texts_directory(texts)
    if text is None and not repair:
        write(article_turtle(begin(article, texts)), output)
        return DONE
    graph = graph_source(options)
    iri = graph.resolve(article)
    if repair:
        return _repair(options, graph.whole(), iri, texts, output)
    quotation = standard_input() if text == "-" else str(text)
    write(passage_turtle(place(graph.whole(), iri, quotation, texts)), output)
    return DONE


def _repair(options: Options, store: "Store", article: str, texts: Path, output: Path | None) -> int:
    from dataclasses import replace

    from kg.claims.passages import repair as locate
    from kg.output.results import passage_turtle
    from kg.rdf.namespaces import shorten

    found = locate(store, article, texts)
    moved = [one for one in found if one.state in ("moved", "cut")]
    blocks = [passage_turtle(replace(one.passage, start=one.start, end=one.end)) for one in moved]
    write("\n".join(blocks), output)
    changed = [one for one in found if one.state == "changed"]
    for one in changed:
        options.say(f"{shorten(one.passage.iri)} at {one.passage.start}-{one.passage.end}: changed, anchor it anew")
    options.say(f"{many(len(moved), 'passage')} moved, {len(changed)} changed, of {len(found)}")
    return SAYS_NO if changed else DONE


@click.command(short_help="Show what was added, removed and changed.")
@click.argument("old", required=False)
@click.argument("new", required=False)
@format_option("text", "md", "json")
@output_option
@click.option("--exit-code", is_flag=True, help="Exit 1 where there is a difference.")
@pass_options
def diff(
    options: Options, old: str | None, new: str | None, form: str | None, output: Path | None, exit_code: bool
) -> int:
    """Show which claims and things were added, removed and changed, and what changed of them.

    OLD and NEW are git revisions or directories of projects; by default OLD is HEAD and NEW the files as they are.

    \b
    Example:  kg diff
              kg diff HEAD~1 HEAD --format md
    """
    from kg.output.results import differences
    from kg.project.diff import diff as compare

    found = compare(options.root, old, new)
    write(differences(found, text_format(form, output)), output)
    options.say(f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed")
    return SAYS_NO if exit_code and found else DONE
