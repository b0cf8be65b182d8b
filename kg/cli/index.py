"""Commands that keep the graph on disk: store status, store sync, store clear."""

from pathlib import Path

import click

from kg.cli.context import Options, pass_options
from kg.cli.output import format_option, many, output_option, progress, text_format, write


@click.group(short_help="Keep the graph on disk, in step with the files.")
def store() -> None:
    """Keep the graph on disk, in the directory that --store, KG_STORE or the project's pyproject.toml names.

    Commands that read bring it in step by themselves; nothing in it is worth a backup.

    \b
    Example:  kg --store .kg store sync
              kg --store .kg store status
    """


def _directory(options: Options) -> Path:
    if (index := options.index_directory) is None:
        raise click.UsageError(
            "no store is named: kg --store DIR, KG_STORE, or store in [tool.kg] of the project's pyproject.toml"
        )
    return index


@store.command(short_help="Show what the store holds, and whether it is in step.")
@format_option("text", "json")
@output_option
@pass_options
def status(options: Options, form: str | None, output: Path | None) -> None:
    """Show what the store holds, and which files have changed since; nothing is written."""
    from kg.output.results import kept
    from kg.storage.store import status as look

    directory = _directory(options)
    found = look(options.root, directory)
    if found is None:
        options.say(f"there is no store in '{directory}' yet: kg store sync makes it")
        return
    write(kept(found, text_format(form, output)), output)


@store.command(short_help="Bring the store in step with the files.")
@click.option("--rebuild", is_flag=True, help="Make it anew, whatever it is: damaged, older, of another project.")
@pass_options
def sync(options: Options, rebuild: bool) -> None:
    """Bring the store in step with the files of the project; only what has changed is read.

    A file that cannot be read is an error, and the store stays as it was.
    """
    from kg.storage.store import open as bring

    directory = _directory(options)
    with progress("reading files", options.quiet) as report:
        found = bring(options.root, directory, say=options.say, report=report, rebuild=rebuild)
    if found.before is None:
        options.say(f"made anew: {many(len(found.records), 'file')}")
    else:
        added, removed = f"{many(len(found.added), 'triple')} added", f"{len(found.removed):,} removed"
        options.say(f"{many(len(found.changed), 'file')} changed: {added}, {removed}")


@store.command(short_help="Remove the store.")
@click.option("--force", is_flag=True, help="Remove it even if it is another project's.")
@pass_options
def clear(options: Options, force: bool) -> None:
    """Remove the store, and its directory where nothing else is in it."""
    from kg.storage.store import clear as delete

    directory = _directory(options)
    if (left := delete(options.root, directory, force=force)) is None:
        options.say(f"there is no store in '{directory}'")
        return
    options.say(f"the store in '{directory}' is removed")
    for name in left:
        options.say(f"'{directory / name}' is not of it and stays")
