"""Dossiers as text to read, as Markdown and as JSON."""

from dataclasses import fields

from pyoxigraph import Literal, NamedNode

from kg.analysis.dossier import Dossier, Section
from kg.claims.background import Quantity
from kg.claims.claim import Claim
from kg.errors import KgError
from kg.escape import visible
from kg.output.table import ASSERTED, cell_text, document, json_fields, label_of, wrapped
from kg.rdf.namespaces import shorten

_ROLES = {"subject": "Claims about it", "object": "Claims about others that name it", "speaker": "Claims that it made"}


def when(claim: Claim) -> str:
    """Return a claim's time: a day, `from … to …` (throughout) or `between … and …` (sometime within); or nothing."""
    first, last = claim.not_before, claim.not_after
    if first is None and last is None:
        return ""
    if first == last:
        return f"on {first}"
    if first is None or last is None:
        return f"until {last}" if first is None else f"from {first}"
    throughout = claim.extent is not None and claim.extent.endswith("Throughout")
    return f"from {first} to {last}" if throughout else f"between {first} and {last}"


def dossier(found: Dossier, form: str, width: int) -> str:
    """Return a dossier as text, md or json; raises KgError for another format."""
    if form == "json":
        return document(_dossier_object(found))
    if form not in ("text", "md"):
        raise KgError(f"cannot show a dossier as {form}: choose text, md or json")
    lines = [*_head(found, form, width), *_body(found, form, width)]
    # A terminal runs control characters, and a reader of Markdown runs HTML.
    safe = [visible(line) if form == "text" else " ".join(line.replace("<", "&lt;").splitlines()) for line in lines]
    return "\n".join(safe) + "\n"


def _head(found: Dossier, form: str, width: int) -> list[str]:
    """Return the entity's name and classes, and the facts that the graph itself states about it."""
    label, iri = label_of(found.iri, found.labels), shorten(found.iri)
    kinds = ", ".join(label_of(class_, found.labels) for class_ in found.classes)
    facts = [f"also: {'; '.join(found.names)}"] if found.names else []
    for fact in found.facts:
        values = "; ".join(_fact(value, found) for value in fact.values)
        facts.append(f"{label_of(fact.property, found.labels)}: {values}")
    if form == "text":
        return [label, f"{iri} · {kinds}", *(line for fact in facts for line in wrapped(fact, width, "", "  "))]
    listed = [line for fact in facts for line in wrapped(fact, width, "- ", "  ")]
    return [f"# {label}", "", f"`{iri}`, {kinds}", *([""] if listed else []), *listed]


def _body(found: Dossier, form: str, width: int) -> list[str]:
    """Return the claims, section by section."""
    lines = [] if any(section.claims for section in found.sections) else ["", "No article reports anything about it."]
    role = ""
    for section in found.sections:
        if section.role != role and section.role in _ROLES:
            lines += ["", f"## {_ROLES[section.role]}" if form == "md" else _ROLES[section.role].upper()]
        role = section.role
        span = found.spans.get(section.iri) if role == "passage" else None
        heading = f"{section.heading} at {span[0]}-{span[1]}" if span else section.heading
        lines += ["", f"### {heading}" if form == "md" else heading]
        for claim in section.claims:
            lines += _claim_lines(claim, section, found, form, width)
    return lines


def _claim_lines(claim: Claim, section: Section, found: Dossier, form: str, width: int) -> list[str]:
    indents = ("- ", "  ", "  - ", "    ") if form == "md" else ("  ", "    ", "      ", "        ")
    lines = wrapped(claim.label, width, *indents[:2])
    details = (_proposition(claim, section.role, found), *_qualifiers(claim, found.labels))
    notes = (f"note: {note}" for note in claim.notes)
    texts = (" · ".join(filter(None, details)), _speech(claim, found.labels), _evidence(claim, section, found), *notes)
    return lines + [line for text in texts for line in wrapped(text, width, *indents[2:])]


def _proposition(claim: Claim, role: str, found: Dossier) -> str:
    """Return the part of the proposition that the heading leaves out: the object, the subject, or the whole."""
    subject = label_of(claim.subject, found.labels)
    if role == "object":
        return subject
    object_ = label_of(claim.object, found.labels)
    if isinstance(claim.object, NamedNode) and (quantity := found.quantities.get(claim.object.value)) is not None:
        object_ += amount(quantity)
    return object_ if role == "subject" else f"{subject} | {label_of(claim.predicate, found.labels)} | {object_}"


def amount(quantity: Quantity) -> str:
    """Return the range for which a wording stands, ` (24 to 99)`, or nothing if it is one number."""
    low, high = f"{quantity.low:,g}", f"{quantity.high:,g}"
    if low == high:
        return ""
    return f" ({low} or more)" if high == "inf" else f" ({low} to {high})"


def _qualifiers(claim: Claim, labels: dict[str, str]) -> list[str]:
    where = f"in {label_of(claim.where, labels)}" if claim.where else ""
    wording = f' ("{claim.time_wording}")' if claim.time_wording else ""
    marks = (label_of(code, labels).upper() for code in (claim.polarity, claim.modality) if not code.endswith(ASSERTED))
    time = f"{when(claim)}{wording}"
    return [label_of(claim.counts or "", labels), time, where, *marks, label_of(claim.certainty, labels)]


def _speech(claim: Claim, labels: dict[str, str]) -> str:
    def names(iris: tuple[str, ...]) -> str:
        return ", ".join(label_of(iri, labels) for iri in iris)

    if not claim.speakers:
        speech = "said by the article in its own voice"
    else:
        speech = f"said by {names(claim.speakers)}"
        speech += f" for {names(claim.speaks_for)}" if claim.speaks_for else ""
        speech += f", handed on by {names(claim.via)}" if claim.via else ""
        speech += f" ({label_of(claim.attribution, labels)})" if claim.attribution else ""
    return speech + (f"; knows it as {label_of(claim.basis, labels)}" if claim.basis else "")


def _evidence(claim: Claim, section: Section, found: Dossier) -> str:
    if section.role == "passage":
        return shorten(claim.iri)
    places = [f"{start}-{end}" for start, end in (found.spans[iri] for iri in claim.passages if iri in found.spans)]
    at = f" at {', '.join(places)}" if places else ""
    return f"{shorten(claim.article)}{at} · {shorten(claim.iri)}"


def _fact(value: NamedNode | Literal, found: Dossier) -> str:
    if isinstance(value, Literal):
        return value.value
    label, short = found.labels.get(value.value), shorten(value.value)
    return f"{label} ({short})" if label and not short.startswith(("kg:", "<")) else label or short


def _claim_object(claim: Claim) -> dict[str, object]:
    """Return a claim as an object for JSON: names short, days in ISO form, empty fields left out."""
    names = [field.name for field in fields(claim) if field.name != "iri"]
    values = json_fields(claim, names, {*names} - {"label", "time_wording", "notes"})
    needed = ("label", "subject", "predicate", "object", "article")
    filled = {name: value for name, value in values.items() if name in needed or value not in (None, "", [])}
    return {"claim": shorten(claim.iri), **filled}


def _dossier_object(found: Dossier) -> dict[str, object]:
    return {
        "entity": shorten(found.iri),
        "label": found.labels.get(found.iri, ""),
        "classes": [shorten(class_) for class_ in found.classes],
        "names": list(found.names),
        "facts": {shorten(fact.property): [cell_text(value) for value in fact.values] for fact in found.facts},
        "sections": [
            json_fields(section, ("role", "heading"))
            | {"of": shorten(section.iri), "claims": list(map(_claim_object, section.claims))}
            for section in found.sections
        ],
    }
