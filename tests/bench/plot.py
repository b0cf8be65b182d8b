"""The plot of cost against size, as SVG by hand: a panel for each task, both axes logarithmic, labels at line ends."""

from collections.abc import Collection, Iterator, Mapping
from html import escape
from math import ceil, floor, log10

#: Both stand out from white and from near black.
OWN, PEER, RULE = "#1f7fd0", "#7b7b7b", "#8888884d"
_COLUMNS, _WIDTH, _HEIGHT = 2, 496, 220
#: Where in its panel a plot lies, and where its labels begin.
_LEFT, _RIGHT, _TOP, _BOTTOM, _LABELS = 52, 248, 40, 190, 262
#: From the middle of a label to the next.
GAP = 16

Points = list[tuple[int, float]]
Stopped = Collection[tuple[str, str, int]]


def plot(lines: Mapping[str, Mapping[str, Points]], own: Collection[str], stopped: Stopped) -> str:
    """Return the drawing: by task and name the points, (articles, seconds); `stopped` are those that took longer."""
    every = [point for task in lines.values() for points in task.values() for point in points]
    if not every:
        raise ValueError("there is nothing to draw: no figures of a size")
    scale = _Scale([size for size, _ in every], [seconds for _, seconds in every])
    rows = ceil(len(lines) / _COLUMNS)
    width, height = _COLUMNS * _WIDTH, rows * _HEIGHT + 10
    body: list[str] = []
    for number, (task, points) in enumerate(lines.items()):
        x, y = number % _COLUMNS * _WIDTH, number // _COLUMNS * _HEIGHT
        panel = _Panel(task, points, own, stopped, scale)
        body += [f'<g transform="translate({x} {y})">', *panel.drawn(), "</g>"]
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="12">',
        '<title id="title">What commands cost, by the number of articles</title>',
        f'<desc id="desc">{escape(_told(lines))}</desc>',
    ]
    return "\n".join([*head, *body, "</svg>"]) + "\n"


def apart(wanted: list[float], least: float, greatest: float) -> list[float]:
    """Return places in the order of those wanted and near them, no two closer than GAP, all within bounds if they fit.

    Places that would be too close move together to where their middle is wanted.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    blocks: list[tuple[float, list[int]]] = []
    for index in order:
        middle, members = wanted[index], [index]
        while blocks and middle - blocks[-1][0] < GAP * (len(members) + len(blocks[-1][1])) / 2:
            _, before = blocks.pop()
            members = before + members
            middle = sum(wanted[one] for one in members) / len(members)
            half = GAP * (len(members) - 1) / 2
            middle = max(least + half, min(greatest - half, middle))
        blocks.append((middle, members))
    places = [0.0] * len(wanted)
    for middle, members in blocks:
        for place, index in enumerate(members):
            places[index] = middle + GAP * (place - (len(members) - 1) / 2)
    return places


class _Scale:
    """From articles and seconds to places, the same in all panels."""

    def __init__(self, sizes: list[int], seconds: list[float]) -> None:
        self.sizes = sorted(set(sizes))
        self.decades = range(floor(log10(min(seconds))), ceil(log10(max(seconds))) + 1)
        self._least, self._span = log10(min(sizes)), (log10(max(sizes)) - log10(min(sizes))) or 1

    def x(self, articles: int) -> float:
        return _LEFT + (log10(articles) - self._least) / self._span * (_RIGHT - _LEFT)

    def y(self, seconds: float) -> float:
        span = (self.decades[-1] - self.decades[0]) or 1
        return _BOTTOM - (log10(seconds) - self.decades[0]) / span * (_BOTTOM - _TOP)


class _Panel:
    """The drawing of one task."""

    def __init__(
        self, task: str, lines: Mapping[str, Points], own: Collection[str], stopped: Stopped, scale: _Scale
    ) -> None:
        self._task, self._own, self._stopped, self._scale = task, own, stopped, scale
        self._lines = {name: points for name, points in lines.items() if points}

    def drawn(self) -> Iterator[str]:
        """Give the elements of the panel."""
        yield _text(_LEFT, 20, self._task, ' font-weight="bold"')
        yield from self._axes()
        ends = [self._scale.y(points[-1][1]) for points in self._lines.values()]
        for (name, points), place in zip(self._lines.items(), apart(ends, _TOP, _BOTTOM), strict=True):
            yield from self._line(name, points, place)

    def _axes(self) -> Iterator[str]:
        for decade in self._scale.decades:
            y = self._scale.y(10.0**decade)
            yield f'<path d="M{_LEFT} {y:.1f}H{_RIGHT}" stroke="{RULE}"/>'
            # Every second line is named where there are many: the names must not touch.
            if len(self._scale.decades) <= 8 or decade % 2 == 0:
                yield _text(_LEFT - 6, y + 4, spoken(10.0**decade), ' text-anchor="end"')
        for size in self._scale.sizes:
            yield _text(self._scale.x(size), _BOTTOM + 18, f"{size:,}", ' text-anchor="middle"')
        yield _text(_LABELS + 10, _BOTTOM + 18, "articles", "")

    def _line(self, name: str, points: Points, place: float) -> Iterator[str]:
        colour, width = (OWN, 2.5) if name in self._own else (PEER, 1.5)
        at = [(self._scale.x(size), self._scale.y(seconds)) for size, seconds in points]
        for (x, y), (size, _) in zip(at, points, strict=True):
            hollow = (self._task, name, size) in self._stopped
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" stroke="{colour}" fill="{"none" if hollow else colour}"/>'
        way = "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
        yield f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
        end, level = at[-1]
        yield (
            f'<path d="M{end + 4:.1f} {level:.1f}L{_LABELS - 4} {place:.1f}" stroke="{colour}" '
            'stroke-width="0.75" stroke-dasharray="2 2"/>'
        )
        weight = ' font-weight="bold"' if name in self._own else ""
        yield _text(_LABELS, place + 4, self._label(name, points[-1]), f' class="label"{weight}', colour)

    def _label(self, name: str, last: tuple[int, float]) -> str:
        size, seconds = last
        return f"{name} {'> ' if (self._task, name, size) in self._stopped else ''}{spoken(seconds)}"


def _text(x: float, y: float, text: str, more: str, colour: str = PEER) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{more}>{escape(text)}</text>'


def spoken(seconds: float) -> str:
    """Return a time as it is read: three figures at most, in the fitting unit."""
    if seconds < 0.0009995:
        return f"{seconds * 1e6:.3g} µs"
    if seconds < 0.9995:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 999.5 else f"{seconds:,.0f} s"


def _told(lines: Mapping[str, Mapping[str, Points]]) -> str:
    """Return what the drawing shows in words."""
    parts = [
        f"{task}: "
        + ", ".join(f"{name} {spoken(points[-1][1])} at {points[-1][0]:,}" for name, points in every.items() if points)
        for task, every in lines.items()
    ]
    return "Seconds against articles, both logarithmic; Hearsay's lines are thick and blue. " + "; ".join(parts) + "."
