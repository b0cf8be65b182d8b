"""The command `kg`: its options, its commands by name, and the exit code of every error.

A command's module is imported once the command is called, and libraries inside the function that uses them: `kg --help`
imports click alone.
"""

import os
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import click
from click.core import ParameterSource

from kg import __version__
from kg.cli.context import BUG, DONE, INTERRUPTED, OUTSIDE, SAYS_NO, WRONG_CALL, Options
from kg.cli.sources import read_ahead
from kg.errors import KgError, OutsideError, PrivacyError

#: The commands that work on the files of a project; an endpoint has none.
_OF_FILES = frozenset(["anchor", "diff", "explain", "index", "queries", "validate"])
_NO_ENDPOINT = "'{}' works on the files of a project and takes no --endpoint"


class Command(click.Command):
    """A command whose module in `kg.cli` is imported when it is called; one that `reads` the graph reads it ahead."""

    def __init__(self, module: str, name: str, short_help: str, *, reads: bool = True) -> None:
        """Keep the line for `kg --help`."""
        super().__init__(name, short_help=short_help)
        self.module = module
        self.reads = reads

    def load(self) -> click.Command:
        """Return the command itself."""
        command: click.Command = getattr(import_module(f"kg.cli.{self.module}"), str(self.name))
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """Begin to read the graph, import the command, and return the context in which it runs."""
        # Help needs no graph, and an archive is judged without the project.
        aside = any(word in ("-h", "--help") or word.startswith("--archive") for word in args)
        if self.reads and parent and isinstance(parent.obj, Options) and not aside:
            read_ahead(parent, parent.obj)
        return self.load().make_context(info_name, args, parent, **extra)


class Sections(click.Group):
    """A group that lists its commands in sections."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, section by section."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; raises UsageError for a command that has been renamed."""
        if args[0] == "store":
            raise click.UsageError("'kg store' is replaced by 'kg index'")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections."""
        width = max(map(len, self.commands))
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(f"{one.name:{width}}", one.short_help or "") for one in commands])


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-C",
    "--directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Work on the project in DIR [default: the one around the working directory, else the graph that ships].",
)
@click.option(
    "--index",
    envvar="KG_INDEX",
    metavar="MODE",
    help="Read the graph through an index: auto (if it exists), on (build it), off, or the PATH of a directory for it "
    "instead of the user's cache [env: KG_INDEX; default: auto].",
)
@click.option(
    "--endpoint", envvar="KG_ENDPOINT", metavar="URL", help="Read the graph at a SPARQL endpoint [env: KG_ENDPOINT]."
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the output; auto does so on a terminal [env: NO_COLOR, FORCE_COLOR].",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors to standard error.")
@click.option("-v", "--verbose", is_flag=True, help="Print the traceback of an error.")
@click.version_option(__version__, prog_name="kg", help="Print the version and exit.")
@click.pass_context
def cli(context: click.Context, /, **_: object) -> None:
    """Ask a knowledge graph of reported claims: who said what, about whom, in which article, how surely.

    \b
    Example:  kg query strength
              kg show unit:siberian-battalion
    """
    context.obj = _chosen(context, Options(**context.params))


def _chosen(context: click.Context, options: Options) -> Options:
    """Return the options with at most one of index and endpoint: the command line goes before the environment."""
    command = context.invoked_subcommand
    if os.environ.get("KG_STORE"):
        raise click.UsageError("KG_STORE is replaced by KG_INDEX: auto, on, off, or the path of a directory")
    if not options.endpoint:
        return options
    called = {name: context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in ("index", "endpoint")}
    if called["endpoint"] and command in _OF_FILES:
        raise click.UsageError(_NO_ENDPOINT.format(f"kg {command}"))
    if command == "push":
        return options  # an index may record that the graph is admitted
    if options.index in (None, "auto", "off"):
        return options
    if called["index"] == called["endpoint"]:
        raise click.UsageError("--index and --endpoint (or KG_INDEX and KG_ENDPOINT) exclude each other: give one")
    return replace(options, endpoint=None) if called["index"] else options


SECTIONS = {
    "Ask": (
        Command("query", "search", "Find entities by name, and claims by their words."),
        Command("query", "show", "Show all claims about an entity, as a dossier."),
        Command("query", "query", "Ask a stored question, or a SPARQL query of your own."),
        Command("query", "queries", "List the stored questions, or show one in full.", reads=False),
        Command("query", "stats", "Count entities by kind, and claims by their properties."),
        Command("analyse", "timeline", "Show dated claims in order."),
        Command("analyse", "path", "Show how two entities are connected, and by which claims."),
    ),
    "Judge": (
        Command("analyse", "conflicts", "Show which claims disagree, and why."),
        Command("analyse", "origins", "Show how many independent origins each statement has."),
        Command("analyse", "trace", "Show the lineage of a claim."),
        Command("texts", "diff", "Show which claims and entities were added, removed or changed.", reads=False),
    ),
    "Check": (
        Command("validate", "validate", "Check syntax, shapes, vocabulary, privacy and evidence.", reads=False),
        Command("rules", "explain", "Explain a rule, with examples; or list all rules.", reads=False),
        Command("texts", "coverage", "Show how much of each article is covered by claims."),
        Command("texts", "cite", "Print the passages of a claim, checked against their digests."),
    ),
    "Curate": (Command("texts", "anchor", "Print the Turtle of a passage for a quotation."),),
    "Share": (
        Command("export", "export", "Write the graph for other tools, or as a web page."),
        Command("push", "push", "Send the graph to a SPARQL graph store.", reads=False),
        Command("index", "index", "Keep an index of the graph on disk.", reads=False),
    ),
}
for _commands in SECTIONS.values():
    for _command in _commands:
        cli.add_command(_command)

#: The errors with another exit code than that of a wrong call.
_CODES: dict[type[KgError], int] = {OutsideError: OUTSIDE, PrivacyError: SAYS_NO}
#: How the engine's errors begin where an index on disk is damaged; most arise while a query runs.
_DAMAGED = ("Corruption: ", "IO error: ")


def _message(error: click.ClickException) -> str:
    """Return the message of a usage error; for an option of all commands it names the right place."""
    if isinstance(error, click.NoSuchOption) and error.option_name == "--store":
        return "'--store' is replaced by '--index': auto, on, off, or the path of a directory, before the command"
    if isinstance(error, click.NoSuchOption) and error.ctx and error.ctx.command is not cli:
        command = error.ctx.command_path.removeprefix("kg ")
        if error.option_name == "--endpoint" and command.split()[0] in _OF_FILES:
            return _NO_ENDPOINT.format(error.ctx.command_path)
        for option in cli.params:
            if error.option_name in option.opts:
                value = "" if getattr(option, "is_flag", False) else option.metavar or "..."
                call = " ".join(filter(None, ("kg", error.option_name, value, command)))
                return f"'{error.option_name}' goes before the command: {call}"
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
        click.echo(f"{place}: {_message(error)} (see {place} --help)", err=True)
        code = WRONG_CALL
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except BrokenPipeError:
        code = DONE  # the reader of the output has closed it
    except Exception as error:
        if verbose:
            import traceback

            # What led to one of our errors may quote a file; the error itself does not.
            traceback.print_exception(error, chain=not isinstance(error, KgError))
        code, message = _outcome(error)
        click.echo(f"kg: {message}" if verbose or code != BUG else f"kg: {message}; -v shows where", err=True)
    return code if isinstance(code, int) else DONE


def _outcome(error: Exception) -> tuple[int, str]:
    """Return the exit code and the message of an error: of ours, of a damaged index, or else of a bug."""
    if isinstance(error, KgError):
        from kg.escape import visible

        code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), WRONG_CALL)
        return code, visible(str(error))
    if isinstance(error, OSError | RuntimeError) and str(error).startswith(_DAMAGED):
        return OUTSIDE, f"the index cannot be read: {error}; rebuild it with kg index sync --rebuild"
    return BUG, f"this is a bug: {type(error).__name__}: {error}"
