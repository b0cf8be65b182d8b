"""Force-directed layout of boxes, the same to the last bit on every machine.

The layouts of networkx need NumPy, whose sums differ between processors; this one uses only + - * / and square roots,
which are exact by IEEE 754. Time grows with the square of the number of boxes: 200 take about a second.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import sqrt
from random import Random

_SEED = 20220224
_ROUNDS = 260
#: The most rounds in which overlapping boxes are pushed apart; boxes that still overlap then stay so.
_PUSHES = 200
#: The share of the picture, a square, that the boxes fill.
_FILL = 0.6
_REPULSION = 700.0
_ATTRACTION = 0.05
_GRAVITY = 0.06


@dataclass(frozen=True, slots=True)
class Box:
    """The size of a node with its label, in the units of the picture, and its weight."""

    width: float
    height: float
    weight: float


def layout(boxes: Sequence[Box], edges: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return the centres of the boxes, around (0, 0): joined boxes are near each other, others apart.

    Edges are pairs of indices; repeated pairs attract more. The result depends on the order of boxes and edges, so
    pass them sorted.
    """
    random = Random(_SEED)  # not for secrets: each call starts from the same positions
    side = 40.0 * sqrt(len(boxes))
    xs, ys = ([(random.random() - 0.5) * side for _ in boxes] for _ in range(2))
    pulls = Counter((min(edge), max(edge)) for edge in edges if edge[0] != edge[1])
    degrees = [1.0] * len(boxes)
    for index in chain.from_iterable(pulls):
        degrees[index] += 1.0
    roots = [sqrt(degree) for degree in degrees]
    for turn in range(_ROUNDS):
        _step(xs, ys, roots, pulls, limit=60.0 * (1.0 - turn / _ROUNDS) + 0.5)
    _fit(xs, ys, boxes)
    _separate(xs, ys, boxes)
    return list(zip(xs, ys, strict=True))


def _step(
    xs: list[float], ys: list[float], roots: list[float], pulls: Mapping[tuple[int, int], int], limit: float
) -> None:
    """Move all boxes once, none farther than `limit`; `roots` are the square roots of their degrees."""
    count = len(xs)
    fx = [-_GRAVITY * root * x for x, root in zip(xs, roots, strict=True)]
    fy = [-_GRAVITY * root * y for y, root in zip(ys, roots, strict=True)]
    for one in range(count):
        x, y, charge = xs[one], ys[one], _REPULSION * roots[one]
        sum_x = sum_y = 0.0
        for other in range(one + 1, count):
            dx = x - xs[other]
            dy = y - ys[other]
            force = charge * roots[other] / (dx * dx + dy * dy + 1.0)
            dx *= force
            dy *= force
            sum_x += dx
            sum_y += dy
            fx[other] -= dx
            fy[other] -= dy
        fx[one] += sum_x
        fy[one] += sum_y
    for (one, other), times in pulls.items():
        strength = _ATTRACTION * (1.0 + sqrt(times))
        dx = (xs[other] - xs[one]) * strength
        dy = (ys[other] - ys[one]) * strength
        fx[one] += dx
        fy[one] += dy
        fx[other] -= dx
        fy[other] -= dy
    for index in range(count):
        length = sqrt(fx[index] * fx[index] + fy[index] * fy[index])
        scale = limit / length if length > limit else 1.0
        xs[index] += fx[index] * scale
        ys[index] += fy[index] * scale


def _fit(xs: list[float], ys: list[float], boxes: Sequence[Box]) -> None:
    """Centre the picture and stretch it to a square of which the boxes fill their share."""
    size = sqrt(sum(box.width * box.height for box in boxes) / _FILL)
    for places in (xs, ys):
        low, high = min(places, default=0.0), max(places, default=0.0)
        scale = size / (high - low) if high > low else 1.0
        places[:] = [(place - (low + high) / 2) * scale for place in places]


def _separate(xs: list[float], ys: list[float], boxes: Sequence[Box]) -> None:
    """Push overlapping boxes apart, along the axis on which they overlap less; the lighter one moves more."""
    widest = max((box.width for box in boxes), default=0.0)
    for _ in range(_PUSHES):
        moved = False
        ranked = sorted(range(len(boxes)), key=lambda index: (xs[index], index))
        for place, one in enumerate(ranked):
            for other in ranked[place + 1 :]:
                if xs[other] - xs[one] > widest:
                    break
                moved = _push(xs, ys, boxes, one, other) or moved
        if not moved:
            break


def _push(xs: list[float], ys: list[float], boxes: Sequence[Box], one: int, other: int) -> bool:
    """Push two boxes apart if they overlap, and return whether they did."""
    a, b = boxes[one], boxes[other]
    dx, dy = xs[other] - xs[one], ys[other] - ys[one]
    over_x = (a.width + b.width) / 2 - abs(dx)
    over_y = (a.height + b.height) / 2 - abs(dy)
    if over_x <= 0.5 or over_y <= 0.5:
        return False
    share = b.weight / (a.weight + b.weight)
    places, overlap, distance = (ys, over_y, dy) if over_y <= over_x else (xs, over_x, dx)
    shift = overlap * 0.6 * (1.0 if distance >= 0 else -1.0)
    places[one] -= shift * share
    places[other] += shift * (1.0 - share)
    return True
