"""Where the nodes of a drawn network go: forces between boxes, the same to the last bit on every machine.

networkx's own layouts need NumPy, whose sums differ between processors; here is nothing but + - * / and square roots,
which are exact by IEEE 754. Time grows with the square of the nodes: 200 take about a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random

_SEED = 20220224
_ROUNDS = 260
#: Boxes are pushed apart at most so many times; what then still overlaps stays so.
_PUSHES = 200
#: How much wider than high the picture is: it stands between two columns, or on a telephone.
_ASPECT = 1.0
#: Which part of the picture the boxes fill.
_FILL = 0.6
_REPULSION = 700.0
_ATTRACTION = 0.05
_GRAVITY = 0.06


@dataclass(frozen=True, slots=True)
class Box:
    """What a node takes: its width and height with its label, in the units of the picture, and its weight."""

    width: float
    height: float
    weight: float


def layout(boxes: Sequence[Box], edges: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return the centres of the boxes, around (0, 0): what is joined lies near, what is not lies apart.

    Edges are pairs of indices; a pair given several times pulls more. The order of boxes and edges decides the
    outcome, so give them sorted.
    """
    chance = Random(_SEED)  # no secret, only a start that is always the same
    side = 40.0 * sqrt(len(boxes))
    xs = [(chance.random() - 0.5) * side for _ in boxes]
    ys = [(chance.random() - 0.5) * side for _ in boxes]
    pulls: dict[tuple[int, int], int] = {}
    for one, other in edges:
        if one != other:
            pair = (min(one, other), max(one, other))
            pulls[pair] = pulls.get(pair, 0) + 1
    degrees = [1.0] * len(boxes)
    for one, other in pulls:
        degrees[one] += 1.0
        degrees[other] += 1.0
    for turn in range(_ROUNDS):
        limit = 60.0 * (1.0 - turn / _ROUNDS) + 0.5
        _step(xs, ys, degrees, pulls, limit)
    _fit(xs, ys, boxes)
    _part(xs, ys, boxes)
    return list(zip(xs, ys, strict=True))


def _step(
    xs: list[float], ys: list[float], degrees: list[float], pulls: dict[tuple[int, int], int], limit: float
) -> None:
    """Move all nodes once, none farther than `limit`."""
    count = len(xs)
    roots = [sqrt(degree) for degree in degrees]
    fx = [-_GRAVITY * root * x for x, root in zip(xs, roots, strict=True)]
    fy = [-_GRAVITY * root * y for y, root in zip(ys, roots, strict=True)]
    for one in range(count):
        x, y, charge = xs[one], ys[one], _REPULSION * roots[one]
        here_x = here_y = 0.0
        for other in range(one + 1, count):
            dx = x - xs[other]
            dy = y - ys[other]
            force = charge * roots[other] / (dx * dx + dy * dy + 1.0)
            dx *= force
            dy *= force
            here_x += dx
            here_y += dy
            fx[other] -= dx
            fy[other] -= dy
        fx[one] += here_x
        fy[one] += here_y
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
    """Centre the picture and stretch it to its shape, so large that the boxes fill their part of it."""
    area = sum(box.width * box.height for box in boxes) / _FILL
    height = sqrt(area / _ASPECT)
    for places, size in ((xs, height * _ASPECT), (ys, height)):
        low, high = min(places, default=0.0), max(places, default=0.0)
        scale = size / (high - low) if high > low else 1.0
        places[:] = [(place - (low + high) / 2) * scale for place in places]


def _part(xs: list[float], ys: list[float], boxes: Sequence[Box]) -> None:
    """Push overlapping boxes apart, along the side on which they overlap less; the lighter one gives way more."""
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
    a, b = boxes[one], boxes[other]
    dx, dy = xs[other] - xs[one], ys[other] - ys[one]
    over_x = (a.width + b.width) / 2 - abs(dx)
    over_y = (a.height + b.height) / 2 - abs(dy)
    if over_x <= 0.5 or over_y <= 0.5:
        return False
    share = b.weight / (a.weight + b.weight)
    if over_y <= over_x:
        shift = over_y * 0.6 * (1.0 if dy >= 0 else -1.0)
        ys[one] -= shift * share
        ys[other] += shift * (1.0 - share)
    else:
        shift = over_x * 0.6 * (1.0 if dx >= 0 else -1.0)
        xs[one] -= shift * share
        xs[other] += shift * (1.0 - share)
    return True
