"""What a finding adds to its rule's sentence: what was found, what is allowed, what may have been meant."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from kg.privacy.protected import concerns_protected
from kg.privacy.redaction import without_text
from kg.rdf.namespaces import PREFIXES, shorten, suggest
from kg.rules.describe import allowed, value, with_article
from kg.shacl import Graph, Result, Shape
from kg.shacl.graph import TYPE, literal, walk

_RDF = PREFIXES["rdf"]
#: So many characters of a literal are shown, and so many values or names.
_LONGEST = 60
_MOST = 12


def advice(graph: Graph, shape: Shape, result: Result) -> str:
    """Return in a sentence, on one line, what the graph has against a shape and what the shape allows.

    Nothing is added, and "" returned, where the rule says it all. What texts say of a person who hides is not repeated,
    for findings travel further than the graph.
    """
    said = _SAID.get(result.component.removesuffix("ConstraintComponent"))
    if said is None:
        return ""
    if result.value and _concerns_protected(graph, result.focus):
        result = replace(result, value=without_text(result.value))
    return said(graph, shape, result)


def _concerns_protected(graph: Graph, focus: str) -> bool:
    return concerns_protected(focus, lambda node, predicate: graph.follow(predicate, [node]).get(node, ()))


def _shown(text: str) -> str:
    """Return a term in short; what a literal has of line ends and control characters is blank."""
    if text.startswith("_:"):
        return "[]"  # it has another name at each reading
    found = value(text)
    if not text.startswith('"'):
        return found
    found = "".join(one if one.isprintable() else " " for one in found)
    return found if len(found) <= _LONGEST else f"{found[: _LONGEST - 1]}…"


def _listed(terms: Sequence[str]) -> str:
    return ", ".join([*map(_shown, terms[:_MOST]), *(["…"] if len(terms) > _MOST else [])])


def _found(result: Result) -> str:
    """Return the value, or the thing itself where the shape speaks of that."""
    return _shown(result.value or result.focus)


def _values(graph: Graph, shape: Shape, result: Result) -> list[str]:
    values = sorted(walk(graph, shape.path, [result.focus]).get(result.focus, ())) if shape.path else []
    return list(map(without_text, values)) if values and _concerns_protected(graph, result.focus) else values


def _limit(shape: Shape, name: str) -> str:
    return ", ".join(map(value, shape.values[name]))


@lru_cache
def _near(found: str, allowed: tuple[str, ...]) -> str:
    """Return the near miss among the allowed names of the same prefix or texts, if there is one, or a full stop."""
    if found.startswith('"'):
        near = suggest(found.strip('"'), [name.strip('"') for name in allowed])
    else:
        prefix = found[: found.find(":") + 1]
        names = [name.removeprefix(prefix) for name in allowed if name.startswith(prefix)]
        near = suggest(found.removeprefix(prefix), names, prefix=prefix)
    return near if near.endswith("?") else "."


def _in(graph: Graph, shape: Shape, result: Result) -> str:
    allowed = tuple(map(value, shape.values["in"]))
    return f"Found: {_found(result)}; allowed: {', '.join(allowed)}{_near(_found(result), allowed)}"


def _class(graph: Graph, shape: Shape, result: Result) -> str:
    node = result.value or result.focus
    types = sorted(graph.follow(TYPE, [node]).get(node, ()))
    if node.startswith('"'):
        what = "a literal"
    elif types:
        what = " and ".join(with_article(value(one)) for one in types)
    else:
        what = "which has no class"
    return f"Found: {_shown(node)}, {what}."


def _datatype(graph: Graph, shape: Shape, result: Result) -> str:
    node, wanted = result.value or result.focus, shape.values["datatype"][0]
    if not node.startswith('"'):
        return f"Found: {_shown(node)}, a name."
    form, datatype, _ = literal(node)
    if f"<{datatype}>" == wanted:
        return f"Found: {_shown(node)}, which is no {value(wanted)}."
    plain = _shown(f'"{form}"') if datatype != f"{_RDF}langString" else _shown(node)
    return f"Found: {plain}, {with_article(shorten(datatype))}."


def _node_kind(graph: Graph, shape: Shape, result: Result) -> str:
    node = result.value or result.focus
    what = {"<": "a name", "_": "a blank node"}.get(node[0], "a literal")
    return f"Found: {_shown(node)}, {what}."


def _min_count(graph: Graph, shape: Shape, result: Result) -> str:
    values = _values(graph, shape, result)
    return f"Given: {_listed(values)}." if values else "None is given."


def _max_count(graph: Graph, shape: Shape, result: Result) -> str:
    values = _values(graph, shape, result)
    return f"{len(values):,} {'is' if len(values) == 1 else 'are'} given: {_listed(values)}." if values else ""


def _pattern(graph: Graph, shape: Shape, result: Result) -> str:
    # What a name must look like the rule's sentence says better than a pattern.
    text = literal(shape.values["pattern"][0])[0]
    wanted = "" if not (result.value or "").startswith('"') or text == r"\S" else f"; it must match {text}"
    return f"Found: {_found(result)}{wanted}."


def _language_in(graph: Graph, shape: Shape, result: Result) -> str:
    tags = ", ".join(f"@{literal(text)[0]}" for text in shape.values["languageIn"])
    return f"Found: {_found(result)}; allowed: {tags}."


def _closed(graph: Graph, shape: Shape, result: Result) -> str:
    found = value(result.path or "")
    near = _near(found, tuple(sorted(map(shorten, allowed(shape) or ()))))
    return f"Found: {found} {_found(result)}{near}"


def _disjoint(graph: Graph, shape: Shape, result: Result) -> str:
    return f"Found: {_found(result)}, which is a value of {_limit(shape, 'disjoint')}, too."


def _has_value(graph: Graph, shape: Shape, result: Result) -> str:
    values = _values(graph, shape, result)
    return f"Given: {_listed(values) or 'none'}; one must be {_limit(shape, 'hasValue')}."


def _plain(graph: Graph, shape: Shape, result: Result) -> str:
    # A thing as a whole has its name in the finding already.
    return f"Found: {_found(result)}." if result.value and result.value != result.focus else ""


_SAID: dict[str, Callable[[Graph, Shape, Result], str]] = {
    "Class": _class,
    "Closed": _closed,
    "Datatype": _datatype,
    "Disjoint": _disjoint,
    "HasValue": _has_value,
    "In": _in,
    "LanguageIn": _language_in,
    "MaxCount": _max_count,
    "MaxExclusive": _plain,
    "MaxInclusive": _plain,
    "MaxLength": _plain,
    "MinCount": _min_count,
    "MinExclusive": _plain,
    "MinInclusive": _plain,
    "MinLength": _plain,
    "NodeKind": _node_kind,
    "Or": _plain,
    "Pattern": _pattern,
}
