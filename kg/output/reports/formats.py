"""The forms of a report, by name and by the ending of a file."""

from kg.errors import KgError
from kg.output.reports.github import annotations, summary
from kg.output.reports.junit import junit
from kg.output.reports.sarif import sarif
from kg.output.reports.setting import Setting
from kg.output.reports.text import text
from kg.validation.finding import Report

__all__ = ["ENDINGS", "FORMS", "Setting", "findings", "summary"]

#: The forms; turtle is the report of SHACL itself.
FORMS = ("text", "json", "sarif", "github", "junit", "turtle")
#: The form by the ending of a file.
ENDINGS = {".json": "json", ".sarif": "sarif", ".ttl": "turtle", ".txt": "text", ".xml": "junit"}


def findings(report: Report, form: str, setting: Setting) -> str:
    """Return the findings in any form but turtle; raises KgError for an unknown form."""
    if form == "json":
        return _json(report)
    makers = {"text": text, "sarif": sarif, "github": annotations, "junit": junit}
    if form not in makers:
        raise KgError(f"findings come as json, {', '.join(makers)}, not as {form}")
    return makers[form](report, setting)


def _json(report: Report) -> str:
    """Return a JSON object, one finding a line: with an indent a million of them take minutes."""
    from json import JSONEncoder

    encode = JSONEncoder(ensure_ascii=False).encode
    keys = ("severity", "rule", "file", "line", "column", "focus", "path", "value", "message")
    lines = ("\n" + encode({key: getattr(one, key) for key in keys}) for one in report.findings)
    return f'{{"conforms": {encode(report.conforms)}, "findings": [{",".join(lines)}]}}\n'
