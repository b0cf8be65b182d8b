"""Rows as text: tables for a terminal, CSV for a pipe, Markdown, JSON."""

import io
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from kg.errors import KgError
from kg.escape import visible
from kg.rdf.namespaces import shorten

#: A cell with a space in it is wrapped if it has at least this many characters.
_SHORT = 12
#: The least width of a column of sentences, and the greatest length of a word that is never broken.
_SENTENCE_WIDTH, _NAME_WIDTH = 16, 48
#: Endings of the codes of polarity and modality that need no mark, because they are the rule.
ASSERTED = ("Affirmed", "Actual")


def cell_text(term: object) -> str | None:
    """Return an RDF term as text for people: a short name, a literal's text, None for an unbound variable."""
    if isinstance(term, NamedNode):
        return shorten(term.value)
    if isinstance(term, Literal):
        return term.value
    return None if term is None else str(term)


def label_of(term: str | NamedNode | Literal, labels: Mapping[str, str]) -> str:
    """Return an entity's label, or its short name if it has none; a literal's text; "" for ""."""
    if isinstance(term, Literal):
        return term.value
    iri = term if isinstance(term, str) else term.value
    return labels.get(iri) or shorten(iri)


def json_fields(record: object, names: Iterable[str], iris: Collection[str] = ()) -> dict[str, object]:
    """Return the named fields of a record as JSON values: nodes and those in `iris` as short names, days as ISO."""
    return {name: _json_value(getattr(record, name), name in iris) for name in names}


def _json_value(value: object, iri: bool) -> object:
    if isinstance(value, tuple):
        return [_json_value(item, iri) for item in value]
    if iri and isinstance(value, str):
        return shorten(value)
    return value if value is None or isinstance(value, str | int) else cell_text(value)


def json_line(value: object) -> str:
    """Return the value as JSON on one line."""
    import json  # the engine writes the W3C formats

    return json.dumps(value, ensure_ascii=False) + "\n"


def document(value: object) -> str:
    """Return the value as an indented JSON document."""
    import json

    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def rows(columns: Sequence[str], cells: Sequence[Sequence[str]], form: str, width: int, color: bool = False) -> str:
    """Return a table of text in one of the row formats except xml; raises KgError for another format."""
    makers: dict[str, Callable[[], str]] = {
        "table": lambda: _table(columns, cells, width, color),
        "md": lambda: _markdown(columns, cells),
        "csv": lambda: _separated(columns, cells, ","),
        "tsv": lambda: _separated(columns, cells, "\t"),
        "json": lambda: document([dict(zip(columns, row, strict=True)) for row in cells]),
        "jsonl": lambda: "".join(json_line(dict(zip(columns, row, strict=True))) for row in cells),
    }
    if form not in makers:
        raise KgError(f"cannot write this as {form}: choose {', '.join(makers)}")
    return makers[form]()


def unmarked(text: str) -> str:
    """Return the text on one line, escaped for Markdown: no markup, no HTML, no name that GitHub would notify."""
    return re.sub(r"[!#&*<>@\[\\\]_`|~]", lambda match: f"&#{ord(match[0])};", visible(text))


def _separated(columns: Sequence[str], cells: Sequence[Sequence[str]], mark: str) -> str:
    import csv

    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator="\r\n" if mark == "," else "\n").writerows([columns, *cells])
    return out.getvalue()


def _markdown(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    def line(row: Iterable[str]) -> str:
        safe = (cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in row)
        return f"| {' | '.join(' '.join(cell.split()) for cell in safe)} |\n"

    return line(columns) + line("---" for _ in columns) + "".join(map(line, cells))


def _table(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int, color: bool) -> str:
    """Return columns fitted to the width, or one block a row where they would be too narrow to read."""
    # rich is slow to import.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = [[visible(cell) for cell in row] for row in cells]
    longest = [max(map(cell_width, [name, *(row[place] for row in shown)])) for place, name in enumerate(columns)]
    # Names and numbers stay whole, because they are copied and read whole; sentences are wrapped.
    whole = [
        longest[place] <= _NAME_WIDTH and all(" " not in row[place] or len(row[place]) < _SHORT for row in shown)
        for place in range(len(columns))
    ]
    least = [size if fixed else min(size, _SENTENCE_WIDTH) for size, fixed in zip(longest, whole, strict=True)]
    if sum(least) + 2 * (len(columns) - 1) > width:
        return _records(columns, shown, width)
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, padding=(0, 2, 0, 0))
    for name, fixed, size in zip(columns, whole, least, strict=True):
        table.add_column(Text(name), overflow="fold", no_wrap=fixed, min_width=size)
    for row in shown:
        table.add_row(*map(Text, row))
    out = io.StringIO()
    Console(file=out, width=width, color_system=None, highlight=False, emoji=False).print(table)
    head, *lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "".join(f"{line}\n" for line in [f"\x1b[1m{head}\x1b[0m" if color else head, *lines])


def _records(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> str:
    indent = max(map(len, columns), default=0) + 2
    blocks = []
    for row in cells:
        filled = ((name.ljust(indent), cell) for name, cell in zip(columns, row, strict=True) if cell)
        lines = (line for name, cell in filled for line in wrapped(cell, max(width, indent + 20), name, " " * indent))
        blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join(blocks) if blocks else "  ".join(columns) + "\n"


def cell_width(text: str) -> int:
    """Return the number of columns that the text takes on a terminal."""
    from rich.cells import cell_len  # knows wide characters and those without a width; slow to import

    return cell_len(text)


def wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    """Return the text wrapped to the width, with one indent for the first line and one for the rest."""
    from textwrap import wrap

    return wrap(text, max(width, 40), initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
