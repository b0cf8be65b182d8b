"""Results as text: tables for a terminal, CSV for a pipe, Markdown, JSON; nothing here reads the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    serialize,
)

from kg.errors import KgError
from kg.terms import PREFIXES, shorten

if TYPE_CHECKING:  # the modules that make these values are not needed to show them
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kg.background import Quantity
    from kg.claims import Claim
    from kg.conflicts import Survey
    from kg.dossier import Dossier, Section
    from kg.evidence import Cited, Coverage, Passage
    from kg.origins import Statement
    from kg.query import Question
    from kg.validate import Report

#: The formats of rows, and of graphs; the first is what a pipe gets.
ROW_FORMATS = ("csv", "table", "md", "tsv", "json", "jsonl", "xml")
GRAPH_FORMATS = ("turtle", "ntriples", "jsonld")
#: What a file's ending says about the format.
ENDINGS = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".jsonld": "jsonld",
    ".md": "md",
    ".nt": "ntriples",
    ".srj": "json",
    ".srx": "xml",
    ".tsv": "tsv",
    ".ttl": "turtle",
    ".txt": "table",
    ".xml": "xml",
}
_RESULTS = {
    "csv": QueryResultsFormat.CSV,
    "json": QueryResultsFormat.JSON,
    "tsv": QueryResultsFormat.TSV,
    "xml": QueryResultsFormat.XML,
}
_GRAPHS = {"turtle": RdfFormat.TURTLE, "ntriples": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD}


def answer(
    found: QuerySolutions | QueryBoolean | QueryTriples, form: str, width: Callable[[], int], color: bool = False
) -> tuple[str, int]:
    """Return a query's result in the format, and the number of rows or triples.

    W3C formats are byte for byte the engine's. Raises KgError where the kind of result has no such format.
    """
    if isinstance(found, QueryTriples):
        if form not in GRAPH_FORMATS:
            raise KgError(f"triples come as {', '.join(GRAPH_FORMATS)}, not as {form}")
        triples = sorted(found, key=str)
        text = serialize(triples, format=_GRAPHS[form], prefixes=PREFIXES)
        return _decoded(text), len(triples)
    if form in GRAPH_FORMATS:
        raise KgError(f"rows come as {', '.join(ROW_FORMATS)}, not as {form}")
    if isinstance(found, QueryBoolean):
        if form in ("json", "xml"):
            return _decoded(found.serialize(format=_RESULTS[form])), 1
        return ("true\n" if found else "false\n"), 1
    if form in _RESULTS:
        return _decoded(found.serialize(format=_RESULTS[form])), -1
    columns = [variable.value for variable in found.variables]
    cells = [[_cell(row[name]) for name in columns] for row in found]
    if form == "jsonl":
        lines = ({name: cell for name, cell in zip(columns, row, strict=True) if cell is not None} for row in cells)
        return "".join(_line(line) for line in lines), len(cells)
    return rows(columns, [["" if cell is None else cell for cell in row] for row in cells], form, width(), color), len(
        cells
    )


def _decoded(text: bytes | None) -> str:
    # The engine gives None only where it writes to a file.
    return (text or b"").decode()


def _cell(term: object) -> str | None:
    if isinstance(term, NamedNode):
        return shorten(term.value)
    if isinstance(term, Literal):
        return term.value
    return None if term is None else str(term)


def _line(value: object) -> str:
    import json  # the engine writes what W3C formats need

    return json.dumps(value, ensure_ascii=False) + "\n"


def document(value: object) -> str:
    """Return the value as an indented JSON document."""
    import json

    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def rows(columns: Sequence[str], cells: Sequence[Sequence[str]], form: str, width: int, color: bool = False) -> str:
    """Return a table of text in one of the row formats except xml; raises KgError for that."""
    makers: dict[str, Callable[[], str]] = {
        "table": lambda: _table(columns, cells, width, color),
        "md": lambda: _markdown(columns, cells),
        "csv": lambda: _separated(columns, cells, ","),
        "tsv": lambda: _separated(columns, cells, "\t"),
        "json": lambda: document([dict(zip(columns, row, strict=True)) for row in cells]),
        "jsonl": lambda: "".join(_line(dict(zip(columns, row, strict=True))) for row in cells),
    }
    if form not in makers:
        raise KgError(f"this comes as {', '.join(makers)}, not as {form}")
    return makers[form]()


def _separated(columns: Sequence[str], cells: Sequence[Sequence[str]], mark: str) -> str:
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, lineterminator="\r\n" if mark == "," else "\n")
    writer.writerow(columns)
    writer.writerows(cells)
    return out.getvalue()


def _markdown(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    def line(row: Iterable[str]) -> str:
        safe = (cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in row)
        return f"| {' | '.join(' '.join(cell.split()) for cell in safe)} |\n"

    return line(columns) + line("---" for _ in columns) + "".join(map(line, cells))


def _table(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int, color: bool) -> str:
    """Return columns fitted to the width; where they would be too narrow to read, one block a row."""
    # rich knows how wide a character is on a terminal; it is slow to import, so only here.
    import io

    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = [[_visible(cell) for cell in row] for row in cells]
    longest = [max(map(cell_len, [name, *(row[place] for row in shown)])) for place, name in enumerate(columns)]
    # A name is to be copied whole and a number read whole; sentences are what gives way.
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
    blocks = [
        "".join(
            f"{line}\n"
            for name, cell in zip(columns, row, strict=True)
            if cell
            for line in _wrapped(cell, max(width, indent + 20), name.ljust(indent), " " * indent)
        )
        for row in cells
    ]
    return "\n".join(blocks) if blocks else "  ".join(columns) + "\n"


#: From so many characters on a cell with a space in it may be broken.
_SHORT = 12
#: A column of sentences is at least so wide.
_SENTENCE_WIDTH = 16
#: Up to so many characters a word in a table is not broken.
_NAME_WIDTH = 48


def _visible(text: str) -> str:
    """Return the text with control characters shown and not obeyed: a terminal runs them."""
    return "".join(one if one.isprintable() else " " if one in "\n\t" else f"\\x{ord(one):02x}" for one in text)


def question(found: Question) -> str:
    """Return a stored question in full: what it asks, its parameters, its text without the header."""
    from textwrap import wrap

    lines = [found.summary, ""]
    if found.description:
        lines += [*wrap(found.description, 100), ""]
    for one in found.parameters:
        need = "required" if one.required else "optional"
        example = f", for example {one.example}" if one.example else ""
        lines.append(f"  -p {one.name} VALUE   {one.help or one.type} ({need}{example})")
    lines += [""] if found.parameters else []
    body = [line for line in found.text.splitlines() if not line.startswith("#+")]
    return "\n".join([*lines, *body]).strip() + "\n"


def when(claim: Claim) -> str:
    """Return a claim's time: a day, `from … to …` (throughout) or `between … and …` (sometime within); or nothing."""
    first, last = claim.not_before, claim.not_after
    if first is None and last is None:
        return ""
    if first == last:
        return f"on {first}"
    if first is None or last is None:
        return f"until {last}" if first is None else f"from {first}"
    through = claim.extent is not None and claim.extent.endswith("Throughout")
    return f"from {first} to {last}" if through else f"between {first} and {last}"


def dossier(found: Dossier, form: str, width: int) -> str:
    """Return a dossier as text, md or json."""
    if form == "json":
        return document(_dossier_object(found))
    if form not in ("text", "md"):
        raise KgError(f"a dossier comes as text, md or json, not as {form}")
    label = found.labels.get(found.iri, shorten(found.iri))
    kinds = ", ".join(found.labels.get(one, shorten(one)) for one in found.classes)
    lines = [f"# {label}", ""] if form == "md" else [label]
    lines.append(f"{shorten(found.iri)} · {kinds}" if form == "text" else f"`{shorten(found.iri)}`, {kinds}")
    if found.names:
        lines.append(f"also: {'; '.join(found.names)}")
    for fact in found.facts:
        values = "; ".join(_fact(value, found) for value in fact.values)
        name = found.labels.get(fact.property, shorten(fact.property))
        lines += _wrapped(f"{name}: {values}", width, "", "  ")
    total = sum(len(section.claims) for section in found.sections)
    if not total:
        lines += ["", "No article says anything of it."]
    role = ""
    for section in found.sections:
        if section.role != role and section.role in _ROLES:
            lines += ["", f"## {_ROLES[section.role]}" if form == "md" else _ROLES[section.role].upper()]
        role = section.role
        lines += ["", _heading(section, found, form)]
        for claim in section.claims:
            lines += _claim_lines(claim, section, found, form, width)
    return "\n".join(lines) + "\n"


_ROLES = {"subject": "What is said of it", "object": "In what is said of others", "speaker": "What it said"}


def _heading(section: Section, found: Dossier, form: str) -> str:
    heading = section.heading
    if section.role == "passage":
        start, end = found.spans[section.iri]
        heading = f"{heading} at {start}-{end}"
    return f"### {heading}" if form == "md" else heading


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, max(width, 40), initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _claim_lines(claim: Claim, section: Section, found: Dossier, form: str, width: int) -> list[str]:
    mark = "- " if form == "md" else "  "
    lines = _wrapped(claim.label, width, mark, "  " if form == "md" else "    ")
    details = [_proposition(claim, section.role, found), *_qualifiers(claim, found.labels)]
    for text in (
        " · ".join(part for part in details if part),
        _said(claim, found.labels),
        _evidence(claim, section, found),
        *(f"note: {note}" for note in claim.notes),
    ):
        lines += _wrapped(text, width, "      ", "        ")
    return lines


def _proposition(claim: Claim, role: str, found: Dossier) -> str:
    """Return what the heading does not say already: the object, the subject, or the whole."""
    subject = found.labels.get(claim.subject, shorten(claim.subject))
    if role == "object":
        return subject
    said = claim.object
    if isinstance(said, Literal):
        object_ = said.value
    else:
        object_ = found.labels.get(said.value, shorten(said.value))
        if (quantity := found.quantities.get(said.value)) is not None:
            object_ += amount(quantity)
    if role == "subject":
        return object_
    return f"{subject} | {found.labels.get(claim.predicate, shorten(claim.predicate))} | {object_}"


def amount(quantity: Quantity) -> str:
    """Return the range for which a wording stands, ` (24 to 99)`, or nothing where it is one number."""
    low, high = f"{quantity.low:,g}", f"{quantity.high:,g}"
    if low == high:
        return ""
    return f" ({low} or more)" if high == "inf" else f" ({low} to {high})"


def _qualifiers(claim: Claim, labels: dict[str, str]) -> list[str]:
    marked = [labels.get(one, shorten(one)) for one in (claim.polarity, claim.modality) if not one.endswith(_PLAIN)]
    counted = [labels.get(claim.counts, shorten(claim.counts))] if claim.counts else []
    where = [f"in {labels.get(claim.where, shorten(claim.where))}"] if claim.where else []
    wording = f' ("{claim.time_wording}")' if claim.time_wording else ""
    sure = [labels.get(claim.certainty, shorten(claim.certainty))]
    return [*counted, f"{when(claim)}{wording}", *where, *(one.upper() for one in marked), *sure]


#: What needs no mark in a dossier, because it is the rule.
_PLAIN = ("Affirmed", "Actual")


def _said(claim: Claim, labels: dict[str, str]) -> str:
    def names(iris: tuple[str, ...]) -> str:
        return ", ".join(labels.get(iri, shorten(iri)) for iri in iris)

    if not claim.speakers:
        said = "said by the article in its own voice"
    else:
        said = f"said by {names(claim.speakers)}"
        said += f" for {names(claim.speaks_for)}" if claim.speaks_for else ""
        said += f", handed on by {names(claim.via)}" if claim.via else ""
        said += f" ({labels.get(claim.attribution, shorten(claim.attribution))})"
    return said + (f"; knows it as {labels.get(claim.basis, '')}" if claim.basis else "")


def _evidence(claim: Claim, section: Section, found: Dossier) -> str:
    places = [f"{start}-{end}" for start, end in (found.spans[one] for one in claim.passages if one in found.spans)]
    where = f"{shorten(claim.article)} at {', '.join(places)} · " if section.role != "passage" else ""
    return f"{where}{shorten(claim.iri)}"


def _fact(value: NamedNode | Literal, found: Dossier) -> str:
    if isinstance(value, NamedNode):
        label, short = found.labels.get(value.value), shorten(value.value)
        return f"{label} ({short})" if label and short.startswith(("kg:", "<")) is False else label or short
    return value.value


def claim_object(claim: Claim) -> dict[str, object]:
    """Return a claim as an object for JSON: names short, days ISO, empty fields left out."""
    said = claim.object
    value: dict[str, object] = {
        "claim": shorten(claim.iri),
        "label": claim.label,
        "subject": shorten(claim.subject),
        "predicate": shorten(claim.predicate),
        "object": said.value if isinstance(said, Literal) else shorten(said.value),
        "article": shorten(claim.article),
        "passages": [shorten(one) for one in claim.passages],
        "attribution": shorten(claim.attribution),
        "speakers": [shorten(one) for one in claim.speakers],
        "speaks_for": [shorten(one) for one in claim.speaks_for],
        "via": [shorten(one) for one in claim.via],
        "basis": shorten(claim.basis) if claim.basis else None,
        "certainty": shorten(claim.certainty),
        "polarity": shorten(claim.polarity),
        "modality": shorten(claim.modality),
        "not_before": claim.not_before.isoformat() if claim.not_before else None,
        "not_after": claim.not_after.isoformat() if claim.not_after else None,
        "extent": shorten(claim.extent) if claim.extent else None,
        "time_wording": claim.time_wording,
        "counts": shorten(claim.counts) if claim.counts else None,
        "where": shorten(claim.where) if claim.where else None,
        "derived_from": [shorten(one) for one in claim.derived_from],
        "revises": [shorten(one) for one in claim.revises],
        "notes": list(claim.notes),
    }
    return {key: one for key, one in value.items() if one not in (None, [])}


def _dossier_object(found: Dossier) -> dict[str, object]:
    return {
        "thing": shorten(found.iri),
        "label": found.labels.get(found.iri, ""),
        "classes": [shorten(one) for one in found.classes],
        "names": list(found.names),
        "facts": {shorten(fact.property): [_cell(value) for value in fact.values] for fact in found.facts},
        "sections": [
            {
                "role": section.role,
                "heading": section.heading,
                "of": shorten(section.iri),
                "claims": [claim_object(claim) for claim in section.claims],
            }
            for section in found.sections
        ],
    }


def passage_turtle(passage: Passage) -> str:
    """Return the Turtle of a passage, in the layout of an article's file."""
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
    """Return a passage's place, whether the digest agrees, and its text."""
    one = found.passage
    state = {True: "digest agrees", False: "DIGEST DIFFERS", None: "no digest recorded"}[found.verified]
    return f"{shorten(one.iri)} · {shorten(one.article)} at {one.start}-{one.end} · {state}\n\n{found.text}\n"


def coverage(found: Sequence[Coverage], form: str, width: int) -> str:
    """Return how far articles are accounted for: a table, or the JSON object of the checks."""
    if form == "json":
        keys = ("characters", "claimed", "set_aside", "open")
        listed = [
            {
                "article": shorten(one.article),
                **{key: getattr(one, key) for key in keys},
                "share": round(one.share, 4),
                "claims": one.claims,
                "open_spans": [list(span) for span in one.open_spans],
            }
            for one in found
        ]
        return document({"articles": listed})
    columns = ("article", "characters", "claimed", "set aside", "open", "share", "claims", "where")
    cells = [
        [
            shorten(one.article),
            *map(str, (one.characters, one.claimed, one.set_aside, one.open)),
            percent(one.share),
            str(one.claims),
            " ".join(f"{start}-{end}" for start, end in one.open_spans),
        ]
        for one in found
    ]
    return rows(columns, cells, form, width)


def conflicts(found: Survey, form: str, width: int, color: bool = False) -> str:
    """Return pairs of claims with their verdicts: a table, or the JSON object of the checks."""
    if form == "json":
        listed = [
            {
                "verdict": one.verdict,
                "claims": [shorten(claim) for claim in one.claims],
                "subject": shorten(one.subject),
                "predicate": shorten(one.predicate),
                "reason": one.reason,
            }
            for one in found.conflicts
        ]
        return document({"conflicts": listed})
    columns = ("verdict", "subject", "predicate", "claim", "other", "reason")
    cells = [
        [one.verdict, shorten(one.subject), shorten(one.predicate), *map(shorten, one.claims), one.reason]
        for one in found.conflicts
    ]
    return rows(columns, cells, form, width, color)


def origins(found: Sequence[Statement], labels: Mapping[str, str], form: str, width: int, color: bool = False) -> str:
    """Return what statements rest on: a table, or the JSON object of the checks."""
    if form == "json":
        listed = [
            {
                "subject": shorten(one.subject),
                "predicate": shorten(one.predicate),
                "object": _cell(one.object),
                "polarity": shorten(one.polarity),
                "modality": shorten(one.modality),
                "claims": [shorten(claim) for claim in one.claims],
                "articles": one.articles,
                "outlets": one.outlets,
                "origins": one.origins,
                "reason": one.reason,
            }
            for one in found
        ]
        return document({"statements": listed})
    columns = ("statement", "articles", "outlets", "origins", "reason", "claims")
    cells = [
        [
            _statement(one, labels),
            str(one.articles),
            str(one.outlets),
            f"at most {one.origins}",
            one.reason,
            " ".join(map(shorten, one.claims)),
        ]
        for one in found
    ]
    return rows(columns, cells, form, width, color)


def _statement(one: Statement, labels: Mapping[str, str]) -> str:
    """Return a statement by its labels, with what is not the rule: population, place, denial, mood."""
    said = one.object
    object_ = said.value if isinstance(said, Literal) else labels.get(said.value, shorten(said.value))
    marks = [labels.get(mark, shorten(mark)) for mark in (one.polarity, one.modality) if not mark.endswith(_PLAIN)]
    marks += [labels.get(mark, shorten(mark)) for mark in (one.counts, one.where) if mark]
    subject, predicate = (labels.get(name, shorten(name)) for name in (one.subject, one.predicate))
    return f"{subject} | {predicate} | {object_}" + (f" ({', '.join(marks)})" if marks else "")


def percent(share: float) -> str:
    """Return a share as a percentage that reads 100.0 % only when it is whole."""
    return f"{min(share, 0.999) if share < 1 else share:.1%}".replace("%", " %")


def findings(report: Report, form: str) -> str:
    """Return the findings one a line in the manner of compilers, or as the JSON object of the checks."""
    if form == "json":
        keys = ("severity", "rule", "file", "line", "column", "focus", "path", "value", "message")
        listed = [{key: getattr(one, key) for key in keys} for one in report.findings]
        return document({"conforms": report.conforms, "findings": listed})
    if form != "text":
        raise KgError(f"findings come as text or json, not as {form}")
    return "".join(
        " ".join(part for part in (f"{one.file}:{one.line}:{one.column}: {one.severity} {one.rule}", one.focus) if part)
        + f": {one.message}\n"
        for one in report.findings
    )
