"""The graph for other tools: what goes out, in which format; nothing goes out that would identify who hides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

from pyoxigraph import Store

from kg.claims.claim import Claim
from kg.errors import KgError
from kg.export.ftm import ftm
from kg.export.graphml import DIALECTS, gexf, graphml
from kg.export.property_graph import draw
from kg.export.rdf import jsonld, nquads, nquads_12, trig, trig_12, turtle
from kg.export.selection import Chosen, Selection, choose
from kg.export.table import table
from kg.project.dataset import Dataset
from kg.rdf.namespaces import suggest

__all__ = ["FORMATS", "Chosen", "Format", "Options", "Selection", "choose", "export", "write"]


@dataclass(frozen=True, slots=True)
class Options:
    """What to take, in which dialect of the format (plain where it has one only), with claims as nodes or not."""

    selection: Selection = field(default_factory=Selection)
    dialect: str = "plain"
    claims: bool = False


#: Writes what was chosen, as the options have it, to a file.
Put = Callable[[Chosen, Options, BinaryIO], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it is in a few words, the ending of its files, its dialects, whether claims can be nodes in it.

    `lacks` is a sentence on what the format cannot hold and is therefore left out of it, or nothing.
    """

    summary: str
    ending: str
    put: Put
    dialects: tuple[str, ...] = ("plain",)
    claims: bool = False
    lacks: str = ""


def _linked(put: Callable[[Store, tuple[Claim, ...] | None, BinaryIO], None]) -> Put:
    return lambda chosen, _, out: put(chosen.store, chosen.only, out)


#: The formats by name.
FORMATS: Mapping[str, Format] = {
    "csv": Format(
        "one line a claim, for a spreadsheet",
        ".csv",
        lambda chosen, options, out: table(chosen, options.dialect, out),
        dialects=("plain", "excel"),
    ),
    "ftm": Format(
        "FollowTheMoney entities: only what is affirmed as actual",
        ".ftm.json",
        lambda chosen, _, out: ftm(chosen, out),
        lacks="FollowTheMoney has no denials, plans, hopes, numbers or views: only what is affirmed as actual goes in.",
    ),
    "gexf": Format(
        "a network with time, for Gephi",
        ".gexf",
        lambda chosen, options, out: gexf(draw(chosen, claims=options.claims), out),
        claims=True,
    ),
    "graphml": Format(
        "a network",
        ".graphml",
        lambda chosen, options, out: graphml(draw(chosen, claims=options.claims), options.dialect, out),
        dialects=tuple(DIALECTS),
        claims=True,
    ),
    "jsonld": Format("JSON-LD that reads as schema.org where it can", ".jsonld", _linked(jsonld)),
    "nquads": Format("RDF, one named graph an article", ".nq", _linked(nquads)),
    "nquads-1.2": Format("RDF 1.2, propositions as triple terms", ".nq", _linked(nquads_12)),
    "trig": Format("RDF, one named graph an article, to be read", ".trig", _linked(trig)),
    "trig-1.2": Format("RDF 1.2, propositions as triple terms, to be read", ".trig", _linked(trig_12)),
    "turtle": Format("RDF in one graph, to be read", ".ttl", _linked(turtle)),
}


def export(dataset: Dataset, form: str, options: Options | None = None) -> bytes:
    """Return the graph, or what the options select of it, in the format: the same bytes each time.

    Raises PrivacyError where anything in the graph would identify a protected person, KgError for a format, dialect or
    selection that does not exist.
    """
    options = options or Options()
    out = BytesIO()
    write(choose(dataset.store, options.selection), form, options, out)
    return out.getvalue()


def write(chosen: Chosen, form: str, options: Options, out: BinaryIO) -> None:
    """Write what was chosen in the format; the selection in the options does nothing any more.

    Raises KgError for a format or dialect that does not exist; nothing is written then.
    """
    if form not in FORMATS:
        raise KgError(f"unknown format '{form}'{suggest(form, list(FORMATS))}")
    known = FORMATS[form]
    if options.dialect not in known.dialects:
        raise KgError(f"{form} has no dialect '{options.dialect}'{suggest(options.dialect, known.dialects)}")
    if options.claims and not known.claims:
        drawn = ", ".join(name for name, one in FORMATS.items() if one.claims)
        raise KgError(f"claims can be nodes in {drawn}, not in {form}")
    known.put(chosen, options, out)
