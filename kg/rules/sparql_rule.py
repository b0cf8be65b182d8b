"""SPARQL rules as files: the header and the query."""

import re
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SourceError
from kg.rdf.tokens import TOKEN
from kg.rules.severity import Severity

_HEADER = re.compile(r"^#\+ (summary|severity): (.+)$", re.MULTILINE)

#: The rule about the files of rules.
FAULT = "syntax:rule"


@dataclass(frozen=True, slots=True)
class SparqlRule:
    """A rule in SPARQL: its file relative to the project, its sentence, its severity, its query."""

    file: str
    summary: str
    severity: Severity
    text: str

    @property
    def name(self) -> str:
        """Return the name of the rule in findings."""
        return f"rule:{Path(self.file).stem}"


def read(file: str, text: str) -> SparqlRule:
    """Return the rule in a file's text; raises SourceError for an incomplete header or a SERVICE."""
    header = dict(_HEADER.findall(text))
    if not header.get("summary") or header.get("severity") not in list(Severity):
        raise SourceError(
            "the header is incomplete: a rule must begin with '#+ summary:' and '#+ severity: violation' or 'warning'.",
            file,
            rule=FAULT,
        )
    if any((token["word"] or "").upper() == "SERVICE" for token in TOKEN.finditer(text)):
        raise SourceError("the query calls another endpoint: a rule must not use SERVICE.", file, rule=FAULT)
    return SparqlRule(file, header["summary"], Severity(header["severity"]), text)
