"""Export formats other than HTML and Parquet, by name; writing a selection of the graph in one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import BinaryIO

from pyoxigraph import RdfFormat

from kg.errors import KgError
from kg.export.ftm import ftm
from kg.export.graphml import DIALECTS, gexf, graphml
from kg.export.property_graph import property_graph
from kg.export.rdf import jsonld, quads, turtle
from kg.export.selection import Selected, Selection, select
from kg.export.table import table
from kg.project.dataset import Dataset
from kg.rdf.namespaces import suggest


@dataclass(frozen=True, slots=True)
class Options:
    """The dialect of a format (plain where it has only one), and whether claims become nodes."""

    dialect: str = "plain"
    claims: bool = False


#: Writes the selected claims, with these options, to a file.
Writer = Callable[[Selected, Options, BinaryIO], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its writer, its dialects, and whether claims can be nodes in it.

    `notice` is a sentence on the claims that the format cannot hold and leaves out, or "".
    """

    write: Writer
    dialects: tuple[str, ...] = ("plain",)
    claims: bool = False
    notice: str = ""


def _plain(write: Callable[[Selected, BinaryIO], None]) -> Writer:
    return lambda selected, _, out: write(selected, out)


#: The formats by name.
FORMATS: Mapping[str, Format] = {
    "csv": Format(
        lambda selected, options, out: table(selected, options.dialect, out),
        dialects=("plain", "excel"),
    ),
    "ftm": Format(
        _plain(ftm),
        notice="FollowTheMoney has no denials, plans, hopes, numbers or views: "
        "only what is affirmed as actual is exported.",
    ),
    "gexf": Format(
        lambda selected, options, out: gexf(property_graph(selected, claims=options.claims), out),
        claims=True,
    ),
    "graphml": Format(
        lambda selected, options, out: graphml(property_graph(selected, claims=options.claims), options.dialect, out),
        dialects=tuple(DIALECTS),
        claims=True,
    ),
    "jsonld": Format(_plain(jsonld)),
    "nquads": Format(_plain(partial(quads, RdfFormat.N_QUADS))),
    "nquads-1.2": Format(_plain(partial(quads, RdfFormat.N_QUADS, reified=True))),
    "trig": Format(_plain(partial(quads, RdfFormat.TRIG))),
    "trig-1.2": Format(_plain(partial(quads, RdfFormat.TRIG, reified=True))),
    "turtle": Format(_plain(turtle)),
}


def export(dataset: Dataset, form: str, options: Options | None = None, *, selection: Selection | None = None) -> bytes:
    """Return the graph, or a selection of it, in the format; the same bytes each time.

    Raises PrivacyError where anything in the graph would identify a protected person, KgError for a format, dialect or
    selection that does not exist.
    """
    out = BytesIO()
    write(select(dataset.store, selection or Selection()), form, options or Options(), out)
    return out.getvalue()


def write(selected: Selected, form: str, options: Options, out: BinaryIO) -> None:
    """Write the selected claims in the format.

    Raises KgError for a format or dialect that does not exist; nothing is written then.
    """
    if form not in FORMATS:
        raise KgError(f"unknown format '{form}'{suggest(form, list(FORMATS))}")
    known = FORMATS[form]
    if options.dialect not in known.dialects:
        raise KgError(f"{form} has no dialect '{options.dialect}'{suggest(options.dialect, known.dialects)}")
    if options.claims and not known.claims:
        able = ", ".join(name for name, other in FORMATS.items() if other.claims)
        raise KgError(f"claims can be nodes in {able}, not in {form}")
    known.write(selected, options, out)
