"""Commands on the index of a project: index status, index sync, index clear."""

import click

from kg.cli.context import Options, pass_options
from kg.cli.output import Output, many, output_options, progress


@click.group
def index() -> None:
    """Keep an index of the graph on disk, in step with the files of the project.

    It is in the user's cache, or in the directory that --index or KG_INDEX names. Once it exists, commands that read
    the graph use it and bring it in step; it can be rebuilt at any time and needs no backup.

    \b
    Example:  kg index sync
              kg --index ./.kg index status
    """


@index.command(short_help="Print where the index is, its size, and whether it is in step.")
@output_options("text", "json")
@pass_options
def status(options: Options, output: Output) -> None:
    """Print where the index is, its size, and the files that have changed since; write nothing.

    \b
    Example:  kg index status
              kg index status --format json
    """
    from kg.output.results import index_status
    from kg.storage.location import directory_of, other_versions
    from kg.storage.store import status as look

    directory = directory_of(options.root, options.index)
    for other in other_versions(options.root, directory):
        options.say(f"another version of kg has an index in '{other}': kg index clear deletes it as well")
    if (state := look(options.root, directory)) is None:
        options.say(f"there is no index in '{directory}' yet: kg index sync builds it")
    else:
        output.write(index_status(state, output.text_format))


@index.command(short_help="Build the index, or bring it in step with the files.")
@click.option(
    "--rebuild",
    is_flag=True,
    help="Build the index from all files, even if it is damaged or belongs to another project.",
)
@pass_options
def sync(options: Options, rebuild: bool) -> None:
    """Build the index, or bring it in step with the files of the project: only files that have changed are read.

    A file that cannot be read is an error, and the index stays as it was.

    \b
    Example:  kg index sync
              kg index sync --rebuild
    """
    from kg.storage.location import directory_of, is_off
    from kg.storage.store import open as bring

    if is_off(options.root, options.index):
        raise click.UsageError("the index is off (--index, KG_INDEX, or [tool.kg]): no command would use it")
    with progress("reading files", options.quiet) as report:
        directory = directory_of(options.root, options.index)
        synced = bring(options.root, directory, say=options.say, report=report, rebuild=rebuild)
    if synced.before is None:
        options.say(f"index built from {many(len(synced.records), 'file')}")
    else:
        added, removed = f"{many(len(synced.added), 'triple')} added", f"{len(synced.removed):,} removed"
        options.say(f"{many(len(synced.changed), 'file')} changed: {added}, {removed}")


@index.command(short_help="Delete the index.")
@click.option("--force", is_flag=True, help="Delete the index even if it belongs to another project.")
@pass_options
def clear(options: Options, force: bool) -> None:
    """Delete the index of the project, and those of other versions of kg in the user's cache.

    \b
    Example:  kg index clear
              kg --index ./.kg index clear --force
    """
    from kg.storage.location import delete_empty, directory_of, other_versions
    from kg.storage.store import clear as delete

    root = options.root
    directory = directory_of(root, options.index)
    left = {path: delete(root, path, force=force) for path in (directory, *other_versions(root, directory))}
    delete_empty(root)
    options.say("the index is deleted" if any(names is not None for names in left.values()) else "there is no index")
    for path, names in left.items():
        for name in names or ():
            options.say(f"'{path / name}' is not part of the index and was not deleted")
