"""Dossiers as text to read, as Markdown, and as objects for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.errors import KgError
from kg.escape import visible
from kg.output.table import cell_text, document, wrapped
from kg.rdf.namespaces import shorten

if TYPE_CHECKING:
    from kg.analysis.dossier import Dossier, Section
    from kg.claims.background import Quantity
    from kg.claims.claim import Claim


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
    lines = [*_head(found, form, width), *_body(found, form, width)]
    # A terminal runs control characters, and a reader of Markdown runs HTML.
    safe = [visible(line) if form == "text" else " ".join(line.replace("<", "&lt;").splitlines()) for line in lines]
    return "\n".join(safe) + "\n"


def _head(found: Dossier, form: str, width: int) -> list[str]:
    """Return what the thing is, and what the graph itself says of it."""
    label, iri = _named(found.iri, found.labels), shorten(found.iri)
    kinds = ", ".join(_named(one, found.labels) for one in found.classes)
    facts = [f"also: {'; '.join(found.names)}"] if found.names else []
    for fact in found.facts:
        values = "; ".join(_fact(value, found) for value in fact.values)
        facts.append(f"{_named(fact.property, found.labels)}: {values}")
    if form == "text":
        return [label, f"{iri} · {kinds}", *(line for fact in facts for line in wrapped(fact, width, "", "  "))]
    listed = [line for fact in facts for line in wrapped(fact, width, "- ", "  ")]
    return [f"# {label}", "", f"`{iri}`, {kinds}", *([""] if listed else []), *listed]


def _body(found: Dossier, form: str, width: int) -> list[str]:
    """Return the claims, section by section, or that there are none."""
    lines = [] if any(section.claims for section in found.sections) else ["", "No article says anything of it."]
    role = ""
    for section in found.sections:
        if section.role != role and section.role in _ROLES:
            lines += ["", f"## {_ROLES[section.role]}" if form == "md" else _ROLES[section.role].upper()]
        role = section.role
        lines += ["", _heading(section, found, form)]
        for claim in section.claims:
            lines += _claim_lines(claim, section, found, form, width)
    return lines


_ROLES = {"subject": "What is said of it", "object": "In what is said of others", "speaker": "What it said"}


def _heading(section: Section, found: Dossier, form: str) -> str:
    heading = section.heading
    if section.role == "passage" and (span := found.spans.get(section.iri)):
        heading = f"{heading} at {span[0]}-{span[1]}"
    return f"### {heading}" if form == "md" else heading


def _claim_lines(claim: Claim, section: Section, found: Dossier, form: str, width: int) -> list[str]:
    indents = ("- ", "  ", "  - ", "    ") if form == "md" else ("  ", "    ", "      ", "        ")
    lines = wrapped(claim.label, width, *indents[:2])
    details = [_proposition(claim, section.role, found), *_qualifiers(claim, found.labels)]
    for text in (
        " · ".join(part for part in details if part),
        _said(claim, found.labels),
        _evidence(claim, section, found),
        *(f"note: {note}" for note in claim.notes),
    ):
        lines += wrapped(text, width, *indents[2:])
    return lines


def _proposition(claim: Claim, role: str, found: Dossier) -> str:
    """Return what the heading does not say already: the object, the subject, or the whole."""
    subject = _named(claim.subject, found.labels)
    if role == "object":
        return subject
    said = claim.object
    if isinstance(said, Literal):
        object_ = said.value
    else:
        object_ = _named(said.value, found.labels)
        if (quantity := found.quantities.get(said.value)) is not None:
            object_ += amount(quantity)
    if role == "subject":
        return object_
    return f"{subject} | {_named(claim.predicate, found.labels)} | {object_}"


def _named(iri: str, labels: dict[str, str]) -> str:
    """Return the label, the short name where there is none; nothing for what an incomplete claim lacks."""
    return labels.get(iri) or shorten(iri)


def amount(quantity: Quantity) -> str:
    """Return the range for which a wording stands, ` (24 to 99)`, or nothing where it is one number."""
    low, high = f"{quantity.low:,g}", f"{quantity.high:,g}"
    if low == high:
        return ""
    return f" ({low} or more)" if high == "inf" else f" ({low} to {high})"


def _qualifiers(claim: Claim, labels: dict[str, str]) -> list[str]:
    marked = [_named(one, labels) for one in (claim.polarity, claim.modality) if not one.endswith(_PLAIN)]
    counted = [_named(claim.counts, labels)] if claim.counts else []
    where = [f"in {_named(claim.where, labels)}"] if claim.where else []
    wording = f' ("{claim.time_wording}")' if claim.time_wording else ""
    sure = _named(claim.certainty, labels)
    return [*counted, f"{when(claim)}{wording}", *where, *(one.upper() for one in marked), sure]


#: What needs no mark in a dossier, because it is the rule.
_PLAIN = ("Affirmed", "Actual")


def _said(claim: Claim, labels: dict[str, str]) -> str:
    def names(iris: tuple[str, ...]) -> str:
        return ", ".join(_named(iri, labels) for iri in iris)

    if not claim.speakers:
        said = "said by the article in its own voice"
    else:
        said = f"said by {names(claim.speakers)}"
        said += f" for {names(claim.speaks_for)}" if claim.speaks_for else ""
        said += f", handed on by {names(claim.via)}" if claim.via else ""
        said += f" ({_named(claim.attribution, labels)})" if claim.attribution else ""
    return said + (f"; knows it as {_named(claim.basis, labels)}" if claim.basis else "")


def _evidence(claim: Claim, section: Section, found: Dossier) -> str:
    places = [f"{start}-{end}" for start, end in (found.spans[one] for one in claim.passages if one in found.spans)]
    at = f" at {', '.join(places)}" if places else ""
    return f"{'' if section.role == 'passage' else f'{shorten(claim.article)}{at} · '}{shorten(claim.iri)}"


def _fact(value: NamedNode | Literal, found: Dossier) -> str:
    if isinstance(value, NamedNode):
        label, short = found.labels.get(value.value), shorten(value.value)
        return f"{label} ({short})" if label and not short.startswith(("kg:", "<")) else label or short
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
        "attribution": shorten(claim.attribution) or None,
        "speakers": [shorten(one) for one in claim.speakers],
        "speaks_for": [shorten(one) for one in claim.speaks_for],
        "via": [shorten(one) for one in claim.via],
        "basis": shorten(claim.basis) if claim.basis else None,
        "certainty": shorten(claim.certainty) or None,
        "polarity": shorten(claim.polarity) or None,
        "modality": shorten(claim.modality) or None,
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
        "facts": {shorten(fact.property): [cell_text(value) for value in fact.values] for fact in found.facts},
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
