"""Drawing of the network: which entities are drawn, where, how large, and with which label."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import sqrt
from textwrap import wrap

from kg.export.html.layout import Box, layout
from kg.rdf.namespaces import kind, shorten

#: The most entities drawn, those with the most claims.
DRAWN = 240
#: A label has at most two lines of so many letters; width of a letter and height of a line, in units of the drawing.
_LETTERS, _LETTER, _LINE = 22, 6.2, 13.0


def drawing(
    joins: Collection[tuple[str, str]], counts: Mapping[str, int], labels: Mapping[str, str]
) -> dict[str, object]:
    """Return the frame of the network, and of each drawn entity its name, position, radius and lines of the label.

    `joins` are pairs of entities, `counts` the number of claims about each entity.
    """
    pairs = sorted(joins)
    drawn = _drawn(pairs, counts)
    number = {iri: place for place, iri in enumerate(drawn)}
    texts = [_lines(labels.get(iri, shorten(iri))) for iri in drawn]
    radii = [min(22.0, 4.0 + 1.8 * sqrt(counts[iri])) for iri in drawn]
    boxes = [
        Box(max(2 * radius, _LETTER * max(map(len, lines))) + 8, 2 * radius + _LINE * len(lines) + 6, counts[iri])
        for iri, lines, radius in zip(drawn, texts, radii, strict=True)
    ]
    centres = layout(boxes, [(number[one], number[two]) for one, two in pairs if one in number and two in number])
    # The shape is at the top of its box, above the label.
    nodes = [
        [shorten(iri), round(x, 1), round(y - box.height / 2 + radius + 3, 1), round(radius, 1), lines]
        for iri, lines, radius, box, (x, y) in zip(drawn, texts, radii, boxes, centres, strict=True)
    ]
    left, width = _extent([(x, box.width) for box, (x, _) in zip(boxes, centres, strict=True)])
    top, height = _extent([(y, box.height) for box, (_, y) in zip(boxes, centres, strict=True)])
    return {"frame": [left, top, width, height], "nodes": nodes}


def _extent(spans: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """Return the start and length of a frame around the spans, given by centre and length, with a margin of 10."""
    low = min([0.0, *(centre - length / 2 for centre, length in spans)])
    high = max([0.0, *(centre + length / 2 for centre, length in spans)])
    return int(low) - 10, int(high - low) + 20


def _drawn(pairs: Iterable[tuple[str, str]], counts: Mapping[str, int]) -> list[str]:
    """Return the entities to draw: all that are joined to others, but only topics that are joined to two or more."""
    joins: dict[str, set[str]] = {}
    for one, two in pairs:
        joins.setdefault(one, set()).add(two)
        joins.setdefault(two, set()).add(one)
    candidates = {iri for iri, others in joins.items() if kind(iri) != "topic" or len(others) > 1}
    candidates = {iri for iri in candidates if joins[iri] & candidates}
    return sorted(sorted(candidates, key=lambda iri: (-counts[iri], iri))[:DRAWN])


def _lines(label: str) -> list[str]:
    """Return the label in at most two short lines."""
    lines = wrap(" ".join(label.split()), _LETTERS, max_lines=2, placeholder=" …") or [shorten(label)]
    return [line if len(line) <= _LETTERS + 2 else f"{line[:_LETTERS]}…" for line in lines]
