"""Commands that compare the graph with the source texts or with another version: coverage, cite, anchor, diff."""

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.context import DONE, SAYS_NO, Options, names_of_entities, pass_options, standard_input, texts_option
from kg.cli.output import Output, many, output_options, row_options, text_options
from kg.cli.sources import graph_source

if TYPE_CHECKING:
    from pyoxigraph import Store


def _number(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    """Return the share; NaN is refused, since it passes every check of a range."""
    if value is not None and isnan(value):
        raise click.BadParameter("nan is not a number.")
    return value


@click.command
@click.argument("article", required=False, shell_complete=names_of_entities)
@row_options
@texts_option
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    callback=_number,
    metavar="PERCENT",
    help="Exit with 1 if less than PERCENT of an article is covered.",
)
@pass_options
def coverage(
    options: Options, article: str | None, output: Output, texts: Path | None, fail_under: float | None
) -> int:
    """Show how much of each article's text is claimed, set aside or open, and which stretches are open.

    With the source texts only characters other than white space count; without them all characters do.

    \b
    Example:  kg coverage
              kg coverage --texts ~/articles --fail-under 100
    """
    from kg.claims.passages import coverage as cover
    from kg.claims.texts import texts_directory
    from kg.output.results import coverage as rendered
    from kg.rdf.namespaces import shorten

    texts, graph = texts_directory(texts) if texts else None, graph_source(options)
    articles = cover(graph.whole(), texts, graph.resolve(article) if article else None)
    output.write(rendered(articles, *output.style))
    if texts is None:
        options.say("white space between passages counts as open without the source texts: give --texts DIR")
    if other := [shorten(article.article) for article in articles if article.verified is False]:
        options.say(f"the source text is not the one that the graph cites, for {', '.join(other)}: run kg validate")
        return SAYS_NO
    if fail_under is None:
        return DONE
    # No division, since 57 / 100 as a float is less than 57 %.
    missed = any((one.characters - one.open) * 100 < fail_under * one.characters for one in articles)
    return SAYS_NO if missed else DONE


@click.command
@click.argument("entity", metavar="CLAIM|PASSAGE", shell_complete=names_of_entities)
@output_options()
@texts_option
@pass_options
def cite(options: Options, entity: str, output: Output, texts: Path | None) -> int:
    """Print the passages of a claim from the source texts, and check their digests.

    \b
    Example:  kg cite --texts ~/articles claim:icaro-defectors-joined-battalion
              kg cite --texts ~/articles passage:icaro-siberian-battalion-01
    """
    from kg.claims.passages import cite as cited
    from kg.claims.texts import texts_directory
    from kg.output.results import cited as rendered

    graph = graph_source(options)
    iri = graph.resolve(entity)
    passages = cited(graph.whole(), iri, texts_directory(texts))
    output.write("\n".join(map(rendered, passages)))
    return SAYS_NO if any(passage.verified is False for passage in passages) else DONE


@click.command
@click.argument("article", shell_complete=names_of_entities)
@click.argument("text", required=False)
@click.option("--repair", is_flag=True, help="Print the passages that have moved in the source text, with new offsets.")
@output_options()
@texts_option
@pass_options
def anchor(options: Options, article: str, text: str | None, repair: bool, output: Output, texts: Path | None) -> int:
    """Print the Turtle of a passage of ARTICLE: TEXT is a quotation that occurs once ('-' reads standard input).

    Without TEXT, print the beginning of the article's own block; the article need not be in the graph. No file of the
    project is changed.

    \b
    Example:  kg anchor --texts ~/articles article:new-article
              kg anchor --texts ~/articles article:icaro-siberian-battalion 'ICARO Media Group'
              kg anchor --texts ~/new --repair article:icaro-siberian-battalion
    """
    from kg.claims.passages import anchor as place
    from kg.claims.texts import begin, texts_directory
    from kg.output.results import article_turtle, passage_turtle

    if repair and text is not None:
        raise click.UsageError("give either the TEXT to anchor or --repair, not both")
    texts = texts_directory(texts)
    if text is None and not repair:
        output.write(article_turtle(begin(article, texts)))
        return DONE
    graph = graph_source(options)
    iri = graph.resolve(article)
    if repair:
        return _repair(options, graph.whole(), iri, texts, output)
    quotation = standard_input() if text == "-" else str(text)
    output.write(passage_turtle(place(graph.whole(), iri, quotation, texts)))
    return DONE


def _repair(options: Options, store: "Store", article: str, texts: Path, output: Output) -> int:
    from dataclasses import replace

    from kg.claims.passages import repair as locate
    from kg.output.results import passage_turtle
    from kg.rdf.namespaces import shorten

    repairs = locate(store, article, texts)
    moved = [repair for repair in repairs if repair.state in ("moved", "cut")]
    blocks = [passage_turtle(replace(repair.passage, start=repair.start, end=repair.end)) for repair in moved]
    output.write("\n".join(blocks))
    changed = [repair.passage for repair in repairs if repair.state == "changed"]
    for passage in changed:
        options.say(f"{shorten(passage.iri)} at {passage.start}-{passage.end} has changed: anchor it again")
    options.say(f"{many(len(moved), 'passage')} moved, {len(changed)} changed, of {len(repairs)}")
    return SAYS_NO if changed else DONE


@click.command
@click.argument("old", required=False)
@click.argument("new", required=False)
@text_options
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there is a difference.")
@pass_options
def diff(options: Options, old: str | None, new: str | None, output: Output, exit_code: bool) -> int:
    """Show which claims and entities were added, removed or changed, and their changed values.

    OLD and NEW are git revisions or directories of projects [default: HEAD and the files of the project].

    \b
    Example:  kg diff
              kg diff HEAD~1 HEAD --format md
    """
    from kg.output.results import differences
    from kg.project.diff import diff as compare

    difference = compare(options.root, old, new)
    output.write(differences(difference, output.text_format))
    added, removed, changed = difference.added, difference.removed, difference.changed
    options.say(f"{len(added)} added, {len(removed)} removed, {len(changed)} changed")
    return SAYS_NO if exit_code and difference else DONE
