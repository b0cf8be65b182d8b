"""Results of queries, of texts and of comparisons as text; nothing here reads the graph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, serialize

from kg.errors import KgError
from kg.escape import visible
from kg.output.table import cell_text, document, json_fields, json_line, rows, unmarked
from kg.rdf.namespaces import PREFIXES, shorten

if TYPE_CHECKING:  # the modules that make these values are not needed to show them
    from collections.abc import Callable, Sequence

    from kg.claims.passages import Cited, Coverage, Passage
    from kg.claims.texts import Beginning
    from kg.project.diff import Difference, Item
    from kg.query.questions import Question
    from kg.storage.store import Status

#: The formats of rows and of graphs; a pipe gets the first.
ROW_FORMATS = ("csv", "table", "md", "tsv", "json", "jsonl", "xml")
GRAPH_FORMATS = ("turtle", "ntriples", "jsonld")
#: The format that a file's ending stands for.
ENDINGS = {
    **{f".{form}": form for form in ("csv", "json", "jsonl", "jsonld", "md")},
    **{
        ".nt": "ntriples",
        ".srj": "json",
        ".srx": "xml",
        ".tsv": "tsv",
        ".ttl": "turtle",
        ".txt": "table",
        ".xml": "xml",
    },
}
_RESULTS = {form: QueryResultsFormat.from_extension(form) for form in ("csv", "json", "tsv", "xml")}
_GRAPHS = {"turtle": RdfFormat.TURTLE, "ntriples": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD}


def answer(
    result: QuerySolutions | QueryBoolean | QueryTriples, form: str, width: Callable[[], int], color: bool = False
) -> tuple[str, int]:
    """Return a query's result in the format, and the number of rows or triples.

    W3C formats are the engine's, byte for byte. Raises KgError if the kind of result has no such format.
    """
    if isinstance(result, QueryTriples):
        if form not in GRAPH_FORMATS:
            raise KgError(f"cannot write triples as {form}: choose {', '.join(GRAPH_FORMATS)}")
        triples = sorted(result, key=str)
        return _decoded(serialize(triples, format=_GRAPHS[form], prefixes=PREFIXES)), len(triples)
    if form in GRAPH_FORMATS:
        raise KgError(f"cannot write rows as {form}: choose {', '.join(ROW_FORMATS)}")
    if isinstance(result, QueryBoolean):
        if form in ("json", "xml"):
            return _decoded(result.serialize(format=_RESULTS[form])), 1
        return ("true\n" if result else "false\n"), 1
    if form in _RESULTS:
        return _decoded(result.serialize(format=_RESULTS[form])), -1
    columns = [variable.value for variable in result.variables]
    cells = [[cell_text(row[name]) for name in columns] for row in result]
    if form == "jsonl":
        lines = ({name: cell for name, cell in zip(columns, row, strict=True) if cell is not None} for row in cells)
        return "".join(json_line(line) for line in lines), len(cells)
    text = rows(columns, [["" if cell is None else cell for cell in row] for row in cells], form, width(), color)
    return text, len(cells)


def _decoded(text: bytes | None) -> str:
    # The engine returns None only when it writes to a file.
    return (text or b"").decode()


def question(found: Question) -> str:
    """Return a stored question in full: its summary, its parameters, its text without the header."""
    from textwrap import wrap

    lines = [found.summary, ""]
    if found.description:
        lines += [*wrap(found.description, 100), ""]
    for parameter in found.parameters:
        need = "required" if parameter.required else "optional"
        example = f", for example {parameter.example}" if parameter.example else ""
        lines.append(f"  -p {parameter.name} VALUE   {parameter.help or parameter.type} ({need}{example})")
    lines += [""] if found.parameters else []
    body = [line for line in found.text.splitlines() if not line.startswith("#+")]
    return "\n".join([*lines, *body]).strip() + "\n"


def article_turtle(found: Beginning) -> str:
    """Return the beginning of an article's Turtle in the layout of its file; `…` marks values to fill in."""
    return f"""\
{shorten(found.article)}
    a kg:Article ;
    rdfs:label "…"@en ;
    kg:canonicalisation "hearsay-text-1" ;
    kg:origin kg:… ;
    kg:textDigest "{found.digest}" ;
    kg:textLength {found.length} ;
    schema:datePublished "…"^^xsd:date ;
    schema:inLanguage "…" ;
    schema:publisher organisation:… ;
.
"""


def passage_turtle(passage: Passage) -> str:
    """Return the Turtle of a passage in the layout of an article's file."""
    lines = [
        shorten(passage.iri),
        "    a kg:Passage ;",
        *([f'    kg:digest "{passage.digest}" ;'] if passage.digest else []),
        *([f"    kg:setAside {shorten(passage.set_aside)} ;"] if passage.set_aside else []),
        f"    oa:end {passage.end} ;",
        f"    oa:hasSource {shorten(passage.article)} ;",
        f"    oa:start {passage.start} ;",
        ".",
    ]
    return "\n".join(lines) + "\n"


def cited(found: Cited) -> str:
    """Return a passage's offsets, whether its digest agrees, and its text unchanged."""
    passage = found.passage
    place = f"{shorten(passage.iri)} · {shorten(passage.article)} at {passage.start}-{passage.end}"
    state = {True: "digest agrees", False: "DIGEST DIFFERS", None: "no digest recorded"}[found.verified]
    return f"{place} · {state}\n\n{found.text}\n"


def coverage(found: Sequence[Coverage], form: str, width: int, color: bool = False) -> str:
    """Return how much of each article's text is accounted for, as a table or as a JSON object."""
    if form == "json":
        names = ("article", "characters", "claimed", "set_aside", "open", "share", "claims", "open_spans")
        listed = [json_fields(one, names, ("article",)) | {"share": round(one.share, 4)} for one in found]
        return document({"articles": listed})
    columns = ("article", "characters", "claimed", "set aside", "open", "share", "claims", "where")
    cells = []
    for one in found:
        characters = map(str, (one.characters, one.claimed, one.set_aside, one.open))
        spans = " ".join(f"{start}-{end}" for start, end in one.open_spans)
        cells.append([shorten(one.article), *characters, percent(one.share), str(one.claims), spans])
    return rows(columns, cells, form, width, color)


def percent(share: float) -> str:
    """Return a share as a percentage that reads 100.0 % only if it is whole."""
    return f"{min(share, 0.999) if share < 1 else share:.1%}".replace("%", " %")


def differences(found: Difference, form: str) -> str:
    """Return the added (+), removed (-) and changed (~) items as text, as md for a pull request, or as json."""
    parts = (("added", "+", found.added), ("removed", "-", found.removed), ("changed", "~", found.changed))
    if form == "json":
        return document({name: list(map(_item_object, items)) for name, _, items in parts})
    if form not in ("text", "md"):
        raise KgError(f"cannot write differences as {form}: choose text, md or json")
    lines = []
    for name, mark, items in parts:
        if items and form == "md":
            lines += [f"### {name.capitalize()}", ""]
        for item in items:
            short = visible(shorten(item.iri))
            markdown = f"- {_code(short)} {unmarked(item.label)}"
            lines.append(markdown if form == "md" else f"{mark} {short}  {visible(item.label)}")
            for change in item.changes:
                values = (visible("; ".join(values) or "nothing") for values in (change.before, change.after))
                before, after = map(_code, values) if form == "md" else values
                lead = "  - " if form == "md" else "    "
                lines.append(f"{lead}{visible(change.property)}: {before} → {after}")
        if items and form == "md":
            lines.append("")
    return "".join(f"{line}\n" for line in lines)


def _code(text: str) -> str:
    """Return the text as a code span of Markdown, between more backticks than it has in a row."""
    if "`" not in text:
        return f"`{text}`"
    ticks = "`" * (1 + max(len(run) for run in re.findall("`+", text)))
    return f"{ticks} {text} {ticks}"


def index_status(status: Status, form: str) -> str:
    """Return the state of an index, as text or json."""
    values: dict[str, object] = {"index": str(status.directory)} | json_fields(status, ("project", "files", "triples"))
    if form == "json":
        return document(values | {"bytes": status.size, "differing": list(status.differing)})
    if form != "text":
        raise KgError(f"the state of an index is text or json, not {form}")
    values |= {"files": f"{status.files:,}", "triples": f"{status.triples:,}", "size": f"{status.size / 1e6:,.1f} MB"}
    number = len(status.differing)
    values["in step"] = f"no: {number:,} file{'s' if number > 1 else ''} to read" if number else "yes"
    lines = [f"{name:<9}{value}" for name, value in values.items()]
    return "".join(f"{line}\n" for line in (*lines, *(f"  {name}" for name in status.differing)))


def _item_object(item: Item) -> dict[str, object]:
    changes = [json_fields(change, ("property", "before", "after")) for change in item.changes]
    return {"entity": shorten(item.iri), "label": item.label, **({"changes": changes} if changes else {})}
