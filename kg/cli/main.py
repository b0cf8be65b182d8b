"""The command `kg`: reads the call, asks one function of the library, writes what comes back.

Everything but click is imported inside the command that uses it, so that `kg --help` and `kg query` start at once.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

import click
from click.core import ParameterSource

from kg import __version__
from kg.cli.analyse import conflicts, origins, path, timeline, trace
from kg.cli.context import BUG, DONE, INTERRUPTED, OUTSIDE, SAYS_NO, WRONG_CALL, Options
from kg.cli.export import export
from kg.cli.index import index
from kg.cli.push import push
from kg.cli.query import explain, queries, query, search, show, stats
from kg.cli.sources import read_ahead
from kg.cli.texts import anchor, cite, coverage, diff
from kg.cli.validate import validate
from kg.errors import KgError, OutsideError, PrivacyError

#: The commands that read the graph as it is; `validate` reads it in its own way.
_READERS = frozenset(["anchor", "cite", "conflicts", "coverage", "export", "origins", "path", "query", "search"])
_READERS |= frozenset(["show", "stats", "timeline", "trace"])

#: The commands that read or check the files of a project; an endpoint has none.
_OF_FILES = frozenset(["anchor", "diff", "explain", "index", "queries", "validate"])
_NO_ENDPOINT = "{} is about the files of a project, and takes no --endpoint"


class InOrder(click.Group):
    """A group that lists its commands in the order in which they were added: what belongs together stands together."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words name, and make the options; the graph is read from here on."""
        if not ctx.resilient_parsing:  # as a shell completes a word
            ctx.obj = _options(ctx, args[0])
            if args[0] in _READERS and not _goes_without_graph(args):
                read_ahead(ctx, ctx.obj)
        return super().resolve_command(ctx, args)


def _goes_without_graph(words: list[str]) -> bool:
    """Say whether the words after the options ask for help, or name an archive, which is judged without the project."""
    return any(word in ("-h", "--help") or word.startswith("--archive") for word in words)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "--directory", type=click.Path(path_type=Path), metavar="DIR", help="Work on the project in DIR.")
@click.option(
    "--index",
    envvar="KG_INDEX",
    metavar="MODE",
    help="Keep an index of the graph in the user's cache: auto (use it if it exists), on (make it), off; or in the "
    "directory of this PATH.  [env: KG_INDEX; default: auto]",
)
@click.option(
    "--endpoint", envvar="KG_ENDPOINT", metavar="URL", help="Read the graph at this SPARQL endpoint (or KG_ENDPOINT)."
)
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour; auto heeds NO_COLOR."
)
@click.option("-q", "--quiet", is_flag=True, help="No words on standard error but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="kg")
def cli(**_: object) -> None:
    """Ask a knowledge graph of reported claims: who said what, of whom, in which article, how surely.

    Works on the project that it stands in (a directory with graph/ and ontology/), on -C DIR, or on the graph that
    ships with it.

    \b
    Example:  kg query strength
              kg show unit:siberian-battalion
    """


def _options(context: click.Context, command: str) -> Options:
    """Return the options of the call; one on the command line goes before the environment."""
    options = Options(**context.params)
    if os.environ.get("KG_STORE"):
        raise click.UsageError("KG_STORE is replaced by KG_INDEX: auto, on, off, or the path of a directory")
    if command == "store":
        raise click.UsageError("'kg store' is replaced by 'kg index'")
    if not options.endpoint:
        return options
    given = {name: context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in ("index", "endpoint")}
    if given["endpoint"] and command in _OF_FILES:
        raise click.UsageError(_NO_ENDPOINT.format(command))
    if command == "push":
        return options  # an index may tell that the graph is admitted
    if options.index in (None, "auto", "off"):
        return options
    if given["index"] == given["endpoint"]:
        raise click.UsageError("--index and --endpoint (or KG_INDEX and KG_ENDPOINT) exclude each other: give one")
    return replace(options, endpoint=None) if given["index"] else options


for _command in (
    *(query, queries, show, search, stats),
    *(validate, explain, coverage, cite, anchor, diff),
    *(conflicts, origins, trace, timeline, path),
    *(export, index, push),
):
    cli.add_command(_command)


#: The errors that have another exit code than a wrong call.
_CODES: dict[type[KgError], int] = {OutsideError: OUTSIDE, PrivacyError: SAYS_NO}


#: How the engine's errors begin where what it reads from disk is not what it wrote; most are met as a query runs.
_DECAYED = ("Corruption: ", "IO error: ")


def _said(error: click.ClickException) -> str:
    """Return what is wrong with the call, and for an option of all commands where it stands."""
    if isinstance(error, click.NoSuchOption) and error.option_name == "--store":
        return "'--store' is replaced by '--index': auto, on, off, or the path of a directory, before the command"
    if isinstance(error, click.NoSuchOption) and error.ctx and error.ctx.command is not cli:
        words = error.ctx.command_path.removeprefix("kg ")
        if error.option_name == "--endpoint" and words.split()[0] in _OF_FILES:
            return _NO_ENDPOINT.format(words)
        for one in cli.params:
            if error.option_name in one.opts:
                value = "" if getattr(one, "is_flag", False) else one.metavar or "..."
                call = " ".join(filter(None, ("kg", error.option_name, value, words)))
                return f"'{error.option_name}' stands before the command: {call}"
    return " ".join(error.format_message().split())


def run() -> int:
    """Run `kg` and return the exit code: the one place where errors become exit codes."""
    verbose = "-v" in sys.argv or "--verbose" in sys.argv
    try:
        code = cli.main(prog_name="kg", standalone_mode=False)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = WRONG_CALL
    except click.ClickException as error:
        place = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "kg"
        click.echo(f"{place}: {_said(error)} (see {place} --help)", err=True)
        code = WRONG_CALL
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except KgError as error:
        if verbose:
            import traceback

            traceback.print_exc()
        from kg.escape import visible

        click.echo(f"kg: {visible(str(error))}", err=True)
        code = _CODES.get(type(error), WRONG_CALL)
    except BrokenPipeError:
        code = DONE  # whoever read the output has had enough
    except Exception as error:  # a bug, unless an index has decayed: said in one line, with its own exit code
        if verbose:
            import traceback

            traceback.print_exc()
        if isinstance(error, OSError | RuntimeError) and str(error).startswith(_DECAYED):
            click.echo(f"kg: the index cannot be read: {error}: rebuild it with kg index sync --rebuild", err=True)
            code = OUTSIDE
        else:
            hint = "" if verbose else "; -v shows where"
            click.echo(f"kg: this is a bug: {type(error).__name__}: {error}{hint}", err=True)
            code = BUG
    return code if isinstance(code, int) else DONE
