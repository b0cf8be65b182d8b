"""The command `kg`: reads the call, asks one function of the library, writes what comes back."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kg import __version__
from kg.errors import KgError, OutsideError, PrivacyError, SourceError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kg.__main__ import Reading
    from kg.dataset import Dataset
    from kg.query import Question

# Everything else is imported inside the command that uses it: `kg --help` and `kg query` start at once.

DONE, SAYS_NO, WRONG_CALL, OUTSIDE, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130


@dataclass
class Call:
    """What the options before the command say: where the project is and how to speak."""

    directory: Path | None = None
    color: str = "auto"
    verbose: bool = False
    quiet: bool = False
    ahead: "Reading | None" = None
    _loaded: "Dataset | None" = field(default=None, repr=False)

    @property
    def root(self) -> Path:
        """Return the project directory."""
        from kg.dataset import find_root, is_project

        if self.directory is None:
            return find_root(Path.cwd())
        if not self.directory.is_dir():
            raise SourceError(f"'{self.directory}' is no directory")
        if not is_project(self.directory):
            raise SourceError(f"'{self.directory}' is no project: a project has graph/ and ontology/")
        return self.directory

    @property
    def dataset(self) -> "Dataset":
        """Return the loaded project, once nothing in it gives away a person who hides."""
        from kg.dataset import load
        from kg.privacy import gate

        if self._loaded is None:
            root = self.root
            self._loaded = (self.ahead.of(root) if self.ahead else None) or load(root)
            gate(self._loaded.store)
        return self._loaded

    def resolve(self, name: str, class_: str | None = None) -> str:
        """Return the IRI of the thing that a name or a label on the command line stands for."""
        from kg.things import resolve

        return resolve(self.dataset.store, name, class_)

    def say(self, words: str) -> None:
        """Write words for the person, not data, to standard error."""
        if not self.quiet:
            click.echo(words, err=True)


pass_call = click.make_pass_decorator(Call)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "--directory", type=click.Path(path_type=Path), metavar="DIR", help="Work on the project in DIR.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour; auto heeds NO_COLOR."
)
@click.option("-q", "--quiet", is_flag=True, help="No words on standard error but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="kg")
@click.pass_context
def cli(context: click.Context, directory: Path | None, color: str, quiet: bool, verbose: bool) -> None:
    """Ask a knowledge graph of reported claims: who said what, of whom, in which article, how surely.

    Works on the project that it stands in (a directory with graph/ and ontology/), on -C DIR, or on the graph that
    ships with it.

    \b
    Example:  kg query strengths
              kg show unit:siberian-battalion
    """
    context.obj = Call(directory, color, verbose, quiet, context.obj)


def _names_of_queries(context: click.Context, _: click.Parameter, start: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from kg.dataset import find_root
    from kg.query import catalogue

    # A shell asks for completions without calling the group, so its options stand in the parent's parameters.
    directory = context.parent.params.get("directory") if context.parent else None
    try:
        questions = catalogue(directory or find_root(Path.cwd()))
    except KgError:
        return []
    return [CompletionItem(name, help=one.summary) for name, one in questions.items() if name.startswith(start)]


def _names_of_things(context: click.Context, _: click.Parameter, start: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from kg.dataset import find_root, load
    from kg.things import completions

    directory = context.parent.params.get("directory") if context.parent else None
    try:
        store = load(directory or find_root(Path.cwd())).store
    except KgError:
        return []
    return [CompletionItem(name) for name in completions(store, start)]


def _format_option(*formats: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        "--format", "form", type=click.Choice(formats), help="Format; by default after -o's ending, else the terminal."
    )


_output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, at once or not at all."
)


_texts_option = click.option(
    "--texts",
    type=click.Path(path_type=Path),
    envvar="KG_TEXTS",
    metavar="DIR",
    help="Directory of the articles' texts, <article>.txt (or KG_TEXTS).",
)


def _width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size((100, 24)).columns


def _row_format(form: str | None, output: Path | None, of_graph: bool = False) -> str:
    """Return the format: as asked, else after the file's ending, else a table on a terminal and CSV in a pipe."""
    from kg.render import ENDINGS

    if form:
        return form
    if output is not None:
        if output.suffix not in ENDINGS:
            raise KgError(f"'{output}': no format has the ending '{output.suffix}'; known: {', '.join(ENDINGS)}")
        return ENDINGS[output.suffix]
    if of_graph:
        return "turtle"
    return "table" if sys.stdout.isatty() else "csv"


def _write(text: str, output: Path | None) -> None:
    """Write data to standard output, or to a file that appears whole or not at all."""
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    from tempfile import NamedTemporaryFile

    try:
        with NamedTemporaryFile("wb", dir=output.parent, prefix=f".{output.name}.", delete=False) as file:
            file.write(text.encode())
        temporary = Path(file.name)
    except OSError as error:
        raise SourceError(f"'{output}' cannot be written: {error.strerror}") from error
    try:
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(output)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SourceError(f"'{output}' cannot be written: {error.strerror}") from error


def _many(number: int, one: str, more: str = "") -> str:
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


@contextmanager
def _guarded(timeout: float) -> Iterator[None]:
    """Let the engine, which Python cannot interrupt, be ended by Ctrl-C and by a time limit in seconds."""
    import signal
    import threading
    from select import select

    heard, told = os.pipe()
    os.set_blocking(told, False)

    def watch() -> None:
        ready, _, _ = select([heard], [], [], timeout or None)
        if not ready:
            os.write(2, f"kg: the query took longer than {timeout:g} s; give it more with --timeout\n".encode())
            os._exit(OUTSIDE)
        if os.read(heard, 1) == bytes([signal.SIGINT]):
            os._exit(INTERRUPTED)

    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.write(told, b"\0")
        watcher.join()
        os.close(heard)
        os.close(told)


@cli.command()
@click.argument("name", required=False, shell_complete=_names_of_queries)
@click.option("-e", "--expression", metavar="SPARQL", help="Ask this query.")
@click.option("-f", "--file", type=click.Path(path_type=Path, allow_dash=True), help="Ask the query in this file.")
@click.option("-p", "--param", "given", nargs=2, multiple=True, metavar="NAME VALUE", help="Give a parameter a value.")
@_format_option("table", "md", "csv", "tsv", "json", "jsonl", "xml", "turtle", "ntriples", "jsonld")
@_output_option
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
    Example:  kg query strengths -p unit unit:siberian-battalion
              kg query -e 'SELECT ?u WHERE { ?u a kg:Unit } ORDER BY ?u'
    """
    from kg import query as queries
    from kg.render import GRAPH_FORMATS, answer

    asked = _question(call, name, expression, file)
    values = dict(given)
    if len(values) < len(given):
        twice = next(one for one, _ in given if sum(1 for other, _ in given if other == one) > 1)
        raise click.UsageError(f"parameter '{twice}' is given twice")
    text = queries.bind(asked, values, call.resolve)
    if show:
        _write(text if text.endswith("\n") else f"{text}\n", output)
        return DONE
    store = call.dataset.store
    with _guarded(timeout), queries.engine():
        found = queries.run(store, text, service=service)
        of_graph = type(found).__name__ == "QueryTriples"
        chosen = _row_format(form, output, of_graph)
        data, count = answer(found, chosen, _width)
    _write(data, output)
    if sys.stdout.isatty() and count >= 0 and chosen not in GRAPH_FORMATS:
        call.say(_many(count, "row"))
    return SAYS_NO if data == "false\n" or (type(found).__name__ == "QueryBoolean" and not found) else DONE


def _question(call: Call, name: str | None, expression: str | None, file: Path | None) -> "Question":
    from kg.query import adhoc, question

    if sum(one is not None for one in (name, expression, file)) != 1:
        raise click.UsageError(
            "give one of: the NAME of a stored question, -e SPARQL, -f FILE, or - for standard input"
        )
    if expression is not None:
        return adhoc(expression)
    if name == "-" or str(file) == "-":
        return adhoc(_standard_input())
    if file is not None:
        from kg.dataset import read_text

        return adhoc(read_text(file, str(file)))
    return question(call.root, str(name))


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise SourceError("standard input is not UTF-8") from error


@cli.command()
@click.argument("name", required=False, shell_complete=_names_of_queries)
@_format_option("table", "md", "csv", "tsv", "json", "jsonl")
@_output_option
@pass_call
def queries(call: Call, name: str | None, form: str | None, output: Path | None) -> None:
    """List the stored questions with their parameters, or show one in full.

    \b
    Example:  kg queries
              kg queries strengths
    """
    from kg.query import catalogue, question
    from kg.render import question as in_full
    from kg.render import rows

    if name is not None:
        if form is not None:
            raise click.UsageError("--format is for the list of questions")
        _write(in_full(question(call.root, name)), output)
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
    _write(rows(["name", "question", "parameters", "tags"], cells, _row_format(form, output), _width()), output)


@cli.command()
@click.argument("entity", shell_complete=_names_of_things)
@_format_option("text", "md", "json")
@_output_option
@pass_call
def show(call: Call, entity: str, form: str | None, output: Path | None) -> None:
    """Show all that is reported of ENTITY: a name such as unit:x, or a label that names one thing.

    \b
    Example:  kg show unit:siberian-battalion
              kg show article:icaro-siberian-battalion --format md
    """
    from kg.dossier import dossier
    from kg.render import dossier as rendered

    found = dossier(call.dataset.store, call.resolve(entity))
    _write(rendered(found, _text_format(form, output), min(_width(), 120)), output)


def _text_format(form: str | None, output: Path | None) -> str:
    return form or ({".md": "md", ".json": "json"}.get(output.suffix, "text") if output else "text")


@cli.command()
@click.argument("text")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only things of this kind: unit, person, …")
@_format_option("table", "md", "csv", "tsv", "json", "jsonl")
@_output_option
@pass_call
def search(call: Call, text: str, kinds: tuple[str, ...], form: str | None, output: Path | None) -> None:
    """Find things by their names and claims by their words.

    \b
    Example:  kg search legion
              kg search kyiv --kind place
    """
    from kg.render import rows
    from kg.terms import shorten
    from kg.things import search as find

    hits = find(call.dataset.store, text, kinds)
    cells = [[shorten(hit.iri), hit.label, shorten(hit.kind), hit.match] for hit in hits]
    _write(rows(["thing", "label", "class", "match"], cells, _row_format(form, output), _width()), output)
    if not hits:
        call.say(f"nothing has '{text}' in its names or words")


@cli.command()
@_format_option("table", "md", "csv", "tsv", "json", "jsonl")
@_output_option
@pass_call
def stats(call: Call, form: str | None, output: Path | None) -> None:
    """Count things by kind, and claims by article, predicate, speaker, certainty, modality and polarity."""
    from kg.dossier import statistics
    from kg.render import rows

    cells = [[one.of, one.name, one.label, str(one.count)] for one in statistics(call.dataset.store)]
    _write(rows(["of", "name", "label", "count"], cells, _row_format(form, output), _width()), output)


_SEVERITIES = ("violation", "warning", "none")


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_format_option("text", "json")
@_output_option
@_texts_option
@click.option(
    "--fail-on", type=click.Choice(_SEVERITIES), default="violation", show_default=True, help="Exit 1 from here on."
)
@pass_call
def validate(
    call: Call, paths: tuple[Path, ...], form: str | None, output: Path | None, texts: Path | None, fail_on: str
) -> int:
    """Check syntax, shapes, vocabulary, privacy and, with texts at hand, the evidence.

    The whole project is read; with PATHs only findings in these files and directories are shown.

    \b
    Example:  kg validate
              kg validate --texts ~/articles graph/articles
    """
    from kg.evidence import texts_directory
    from kg.render import findings
    from kg.validate import validate as check

    texts = texts_directory(texts) if texts else None
    report = check(call.root, texts).within(_relative(call.root, paths))
    _write(findings(report, form or ("json" if output and output.suffix == ".json" else "text")), output)
    for line in report.skipped:
        call.say(f"skipped: {line}")
    counts = {level: sum(one.severity == level for one in report.findings) for level in _SEVERITIES[:2]}
    call.say(
        f"{_many(counts['violation'], 'violation')}, {_many(counts['warning'], 'warning')} "
        f"in {_many(report.files, 'file')}"
    )
    failing = _SEVERITIES[: _SEVERITIES.index(fail_on) + 1] if fail_on != "none" else ()
    return SAYS_NO if any(counts.get(level) for level in failing) else DONE


def _relative(root: Path, paths: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the paths relative to the project; raises SourceError for one that is not there or not in it."""
    found = []
    for path in paths:
        whole = next((one for one in (path, root / path) if one.exists()), None)
        if whole is None:
            raise SourceError(f"'{path}' does not exist")
        if not whole.resolve().is_relative_to(root.resolve()):
            raise SourceError(f"'{path}' is not in the project '{root}'")
        found.append(whole.resolve().relative_to(root.resolve()).as_posix())
    return tuple(found)


@cli.command()
@click.argument("article", required=False, shell_complete=_names_of_things)
@_format_option("table", "md", "csv", "tsv", "json", "jsonl")
@_output_option
@_texts_option
@click.option("--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Exit 1 below this share.")
@pass_call
def coverage(
    call: Call, article: str | None, form: str | None, output: Path | None, texts: Path | None, fail_under: float | None
) -> int:
    """Show how much of each article's text is claimed, set aside or still open, and where it is open.

    With the texts at hand only non-space characters count; without them white space between passages counts as open.

    \b
    Example:  kg coverage --texts ~/articles --fail-under 100
    """
    from kg.evidence import coverage as cover
    from kg.evidence import texts_directory
    from kg.render import coverage as rendered

    texts = texts_directory(texts) if texts else None
    found = cover(call.dataset.store, texts, call.resolve(article) if article else None)
    _write(rendered(found, _row_format(form, output), _width()), output)
    if texts is None:
        call.say("without the texts (--texts DIR) white space between passages counts as open")
    return SAYS_NO if fail_under is not None and any(one.share * 100 < fail_under for one in found) else DONE


@cli.command()
@click.argument("entity", metavar="CLAIM|PASSAGE", shell_complete=_names_of_things)
@_output_option
@_texts_option
@pass_call
def cite(call: Call, entity: str, output: Path | None, texts: Path | None) -> int:
    """Print the passage that a claim rests on, from the texts that you hold, with its digest checked.

    \b
    Example:  kg cite --texts ~/articles passage:icaro-siberian-battalion-01
    """
    from kg.evidence import cite as cited
    from kg.evidence import texts_directory
    from kg.render import cited as rendered

    iri = call.resolve(entity)
    found = cited(call.dataset.store, iri, texts_directory(texts))
    _write("\n".join(map(rendered, found)), output)
    return SAYS_NO if any(one.verified is False for one in found) else DONE


@cli.command()
@click.argument("article", shell_complete=_names_of_things)
@click.argument("text", required=False)
@click.option("--repair", is_flag=True, help="Print the passages that have moved in the text at hand, mended.")
@_output_option
@_texts_option
@pass_call
def anchor(call: Call, article: str, text: str | None, repair: bool, output: Path | None, texts: Path | None) -> int:
    """Print the Turtle of a passage of ARTICLE: TEXT is a quotation that occurs once ('-' reads standard input).

    Nothing is written to the project.

    \b
    Example:  kg anchor --texts ~/articles article:icaro-siberian-battalion 'ICARO Media Group'
              kg anchor --texts ~/new --repair article:icaro-siberian-battalion
    """
    from kg.evidence import anchor as place
    from kg.evidence import texts_directory
    from kg.render import passage_turtle

    if repair == (text is not None):
        raise click.UsageError("give either the TEXT to anchor or --repair")
    iri, texts = call.resolve(article), texts_directory(texts)
    if repair:
        return _repair(call, iri, texts, output)
    quotation = _standard_input() if text == "-" else str(text)
    _write(passage_turtle(place(call.dataset.store, iri, quotation, texts)), output)
    return DONE


def _repair(call: Call, article: str, texts: Path, output: Path | None) -> int:
    from dataclasses import replace

    from kg.evidence import repair as locate
    from kg.render import passage_turtle
    from kg.terms import shorten

    found = locate(call.dataset.store, article, texts)
    moved = [one for one in found if one.state in ("moved", "cut")]
    blocks = [passage_turtle(replace(one.passage, start=one.start, end=one.end)) for one in moved]
    _write("\n".join(blocks), output)
    changed = [one for one in found if one.state == "changed"]
    for one in changed:
        call.say(f"{shorten(one.passage.iri)} at {one.passage.start}-{one.passage.end}: changed, anchor it anew")
    call.say(f"{_many(len(moved), 'passage')} moved, {len(changed)} changed, of {len(found)}")
    return SAYS_NO if changed else DONE


#: The errors that have another exit code than a wrong call.
_CODES: dict[type[KgError], int] = {OutsideError: OUTSIDE, PrivacyError: SAYS_NO}


def run(ahead: "Reading | None" = None) -> NoReturn:
    """Run `kg` and exit: the one place where errors become exit codes."""
    verbose = "-v" in sys.argv or "--verbose" in sys.argv
    try:
        code = cli.main(prog_name="kg", standalone_mode=False, obj=ahead)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = WRONG_CALL
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except KgError as error:
        if verbose:
            import traceback

            traceback.print_exc()
        click.echo(f"kg: {error}", err=True)
        code = _CODES.get(type(error), WRONG_CALL)
    except BrokenPipeError:
        # Whoever read the output has had enough; what Python still holds must not be flushed to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    except Exception as error:  # a bug: said in one line, with its own exit code
        if verbose:
            import traceback

            traceback.print_exc()
        hint = "" if verbose else "; -v shows where"
        click.echo(f"kg: this is a bug: {type(error).__name__}: {error}{hint}", err=True)
        code = BUG
    sys.exit(code if isinstance(code, int) else DONE)
