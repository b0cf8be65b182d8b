"""The command push: the graph sent to a SPARQL graph store."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from kg.cli.context import Options, pass_options
from kg.cli.output import ROWS, Output, many, progress
from kg.cli.sources import advised
from kg.errors import PrivacyError

if TYPE_CHECKING:
    from kg.project.dataset import Source


@click.command
@click.option("--endpoint", "url", metavar="URL", help="Push to this SPARQL endpoint [env: KG_ENDPOINT].")
@click.option("--graph-store", "place", metavar="URL", help="Send graphs to this URL [default: from the endpoint].")
@click.option("--all", "every", is_flag=True, help="Send all graphs, even if the last push sent the same.")
@click.option("--force", is_flag=True, help="Overwrite graphs that no push has sent, and delete many.")
@click.option("--dry-run", is_flag=True, help="Print the graphs to send and to delete, and change nothing.")
@click.option("--format", "form", type=click.Choice(ROWS), help="Print the graphs of --dry-run in this format.")
@pass_options
def push(
    options: Options, url: str | None, place: str | None, every: bool, force: bool, dry_run: bool, form: str | None
) -> None:
    """Send the graph to a SPARQL 1.1 Graph Store: one named graph for each file that differs from the last push.

    Graphs that no push has sent are not touched. The next push continues an interrupted one. The push is refused if a
    graph would identify a protected person.

    \b
    Example:  kg push --endpoint http://localhost:7878/query --dry-run
              kg push --endpoint https://a.example/sparql --graph-store https://a.example/rdf-graphs
    """
    from kg.endpoint.client import Endpoint
    from kg.endpoint.http import Connection
    from kg.endpoint.push import carry_out, check_plan, digests, graph_store, plan_push
    from kg.project.dataset import sources

    url = url or options.endpoint
    if not url:
        raise click.UsageError("no endpoint is named: give --endpoint URL, or set KG_ENDPOINT")
    if form and not dry_run:
        raise click.UsageError("--format is only for --dry-run, which prints a table")
    endpoint, store = Endpoint(url), Connection(place or graph_store(url))
    files = sources(options.root)
    # Before the gate reads the files, so that a file that changes in between counts as changed.
    known = digests(files)
    _admit(options, files, known)
    plan = plan_push(endpoint, files, known, every=every)
    if dry_run:
        cells = [["send", file.graph, file.name] for file in plan.send]
        cells += [["remove", graph, ""] for graph in plan.remove]
        Output(form, None, options.colored).write_rows(["action", "graph", "file"], cells)
    if not force:
        check_plan(plan)
    if not dry_run and (plan.send or plan.remove):
        with progress("sending", options.quiet) as report:
            carry_out(endpoint, store, plan, report)
    would = "would be " if dry_run else ""
    deleted = f", {len(plan.remove):,} {would}deleted" if plan.remove else ""
    options.say(f"{many(len(plan.send), 'graph')} {would}sent{deleted}, {len(plan.kept):,} unchanged")


def _admit(options: Options, files: "Sequence[Source]", known: "Mapping[str, str]") -> None:
    """Raise PrivacyError if the gate refuses the files; an index of exactly these files has recorded its verdict."""
    from kg.endpoint.push import admit_files
    from kg.storage.store import current

    with advised():
        directory = options.index_directory
        synced = current(options.root, directory) if directory else None
    if synced is None or synced.records != known:
        admit_files(files)
    elif synced.refusal:
        raise PrivacyError(synced.refusal)
