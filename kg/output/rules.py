"""Explanations of rules as text, Markdown and JSON, and the list of all rules."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from kg.errors import KgError
from kg.escape import visible
from kg.output.table import document, json_fields, wrapped
from kg.rules.describe import Requirement
from kg.rules.examples import Excerpt
from kg.rules.explain import Explanation
from kg.rules.registry import Rule

#: Characters that Markdown would read as markup.
_MARKS = re.compile(r"([\\`*_\[\]<>|~])")


def manual(found: Sequence[Explanation], form: str, width: int, color: bool = False) -> str:
    """Return explanations as text, md (several as a page with a heading for each family) or json."""
    if form == "json":
        return document({"rules": [_object(one) for one in found]})
    if form not in ("text", "md"):
        raise KgError(f"format {form} is not available for explanations; use text, md or json")
    if form == "text":
        return "\n".join("".join(f"{line}\n" for line in _text(one, width, color)) for one in found)
    if len(found) < 2:
        return "\n".join(line for one in found for line in _markdown(one)) + "\n"
    lines = ["# Rules"]
    for family, explanations in groupby(found, key=lambda one: one.rule.family):
        lines += ["", f"## {family.capitalize()}"]
        lines += [line for one in explanations for line in ("", *_markdown(one))]
    return "\n".join(lines) + "\n"


def listed(rules: Iterable[Rule], width: int, color: bool = False) -> str:
    """Return the rules with their sentences, family by family, with a mark for warnings."""
    lines: list[str] = []
    for family, of_family in groupby(rules, key=lambda rule: rule.family):
        lines += [*([""] if lines else []), _heading(family, color)]
        for rule in of_family:
            mark = " (warning)" if rule.severity == "warning" else ""
            lines += [f"  {rule.name}", *wrapped(visible(f"{rule.sentence}{mark}"), width, "      ", "      ")]
    return "".join(f"{line}\n" for line in lines)


def _heading(text: str, color: bool) -> str:
    return f"\x1b[1m{text.upper()}\x1b[0m" if color else text.upper()


def _place(rule: Rule) -> str:
    return f"{rule.file}:{rule.line}" if rule.file else "built into kg"


def _text(one: Explanation, width: int, color: bool) -> Iterator[str]:
    rule = one.rule
    yield f"\x1b[1m{rule.name}\x1b[0m" if color else rule.name
    yield from wrapped(visible(rule.sentence), width, "", "")
    yield f"{rule.severity} · {rule.family} · {_place(rule)}"
    if one.checked:
        yield from ("", _heading("Checked on", color), *wrapped(visible(one.checked), width, "  ", "  "))
    if one.requirements:
        yield from ("", _heading("Requirements", color))
        for indent, text in _items(one.requirements, "  "):
            yield from wrapped(visible(text), width, f"{indent}- ", f"{indent}  ")
    if rule.fix:
        yield from ("", _heading("How to fix it", color), *wrapped(visible(rule.fix), width, "  ", "  "))
    for heading, excerpts in _examples(one):
        yield from ("", _heading(heading, color))
        prose = all(excerpt.file.startswith("texts/") for excerpt in excerpts)
        for line in _joined(excerpts):
            # Prose is wrapped; Turtle and SPARQL stay as they are, to be copied.
            yield from wrapped(line, width, "  ", "  ") if prose else [f"  {visible(line)}".rstrip()]


def _items(requirements: Iterable[Requirement], indent: str) -> Iterator[tuple[str, str]]:
    """Yield the requirements and their parts as items of a nested list: indent and text."""
    for requirement in requirements:
        yield indent, requirement.text
        yield from _items(requirement.parts, f"{indent}  ")


def _markdown(one: Explanation) -> Iterator[str]:
    rule = one.rule
    yield from (f"### `{rule.name}`", "", _escaped(rule.sentence), "")
    place = f"[{_place(rule)}]({rule.file}#L{rule.line})" if rule.file else _place(rule)
    yield f"{rule.severity.capitalize()}, {place}"
    if one.checked:
        yield from ("", f"Checked on {_escaped(one.checked)}:", "")
        yield from (f"{indent}- {_escaped(text)}" for indent, text in _items(one.requirements, ""))
    if rule.fix:
        yield from ("", f"How to fix it: {_escaped(rule.fix)}")
    for heading, excerpts in _examples(one):
        language = {"rq": "sparql", "txt": "text"}.get(excerpts[0].file.rpartition(".")[2], "turtle")
        yield from ("", f"{heading}:", "", f"```{language}", *_joined(excerpts), "```")


def _examples(one: Explanation) -> Iterator[tuple[str, tuple[Excerpt, ...]]]:
    yield from filter(itemgetter(1), (("Given", one.given), ("Right", one.right), ("Wrong", one.wrong)))


def _joined(excerpts: Sequence[Excerpt]) -> Iterator[str]:
    """Yield the lines of the excerpts, under the name of their file."""
    before = ""
    for place, excerpt in enumerate(excerpts):
        yield from [""] if place else []
        yield from [f"# {excerpt.file}"] if excerpt.file != before else []
        yield from excerpt.text.splitlines()
        before = excerpt.file


def _escaped(text: str) -> str:
    """Return the text with markup escaped, except between backticks."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else _MARKS.sub(r"\\\1", part) for part in parts)


def _object(one: Explanation) -> dict[str, object]:
    facts = json_fields(one.rule, ("name", "sentence", "severity", "family", "file", "line", "column", "fix", "help"))
    parts = ("given", "right", "wrong")
    shown = {part: [json_fields(excerpt, ("file", "text")) for excerpt in getattr(one, part)] for part in parts}
    return {**facts, "checked": one.checked, "requirements": list(map(_requirement_object, one.requirements)), **shown}


def _requirement_object(requirement: Requirement) -> dict[str, object]:
    parts = list(map(_requirement_object, requirement.parts))
    return {"text": requirement.text} | ({"parts": parts} if parts else {})
