"""Print what Hearsay costs against named peers on the same data: `python tests/bench/table.py`; --help tells more.

One interleaved run: in each round every contestant of a task runs once, in a process of its own, ours first. What is
shown are medians, the least and the greatest, the greatest peak of memory (never below that of this process), and the
ratio to our median: 3.0 is a peer that takes three times as long. A peer that is not here is named; one that takes too
long is shown with the time-out, and not asked again about more data.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from measure import FailedError, installed, run, say
from peers import Contestant, Task, absent, start, tasks, versions
from plot import plot, spoken
from projects import project

#: From so many articles on a size is one to be summed up.
_LARGE = 1_000
#: Multiples from here on are whole.
_ROUND = 10


@dataclass(slots=True)
class Row:
    """What one contestant took for a task on so many articles (0 where they play no part).

    `seconds` are those of each round, `memory` the greatest peak in KiB, `beyond` the seconds after which it was
    stopped, `note` what is to be said of it. Of one that is `inner` only a part is on the clock, so that it was stopped
    says nothing of that part.
    """

    task: str
    articles: int
    name: str
    own: bool
    seconds: list[float] = field(default_factory=list)
    memory: int = 0
    beyond: float | None = None
    note: str = ""
    inner: bool = False


@dataclass(slots=True)
class Figures:
    """All that was measured, under what conditions, and which contestants gave another answer than they must."""

    rounds: int
    timeout: float
    versions: Mapping[str, str]
    absent: Mapping[str, str]
    rows: list[Row] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def ratio(row: Row, rows: Iterable[Row]) -> float | None:
    """Return the row's median as a multiple of that of the first of its task and size, None where one has none."""
    first = next((one for one in rows if (one.task, one.articles) == (row.task, row.articles)), row)
    if not (row.seconds and first.seconds):
        return None
    return median(row.seconds) / median(first.seconds)


def contest(task: Task, articles: int, figures: Figures) -> None:
    """Run the contestants of a task in turn, round by round, and add a row for each to the figures."""
    rows = [Row(task.name, articles, one.name, one.own, inner=one.inner) for one in task.contestants]
    figures.rows = [row for row in figures.rows if (row.task, row.articles) != (task.name, articles)]
    late = {row.name: row for row in figures.rows if row.task == task.name and row.beyond is not None}
    answers: dict[str, object] = {}
    for row in rows:
        if before := late.get(row.name):
            row.beyond, row.note = before.beyond, before.note or f"since {before.articles:,} articles"
    for _ in range(figures.rounds):
        for one, row in zip(task.contestants, rows, strict=True):
            if row.beyond is None and not row.note:
                _once(one, row, figures.timeout, answers)
    for row in rows:
        if row.name in answers and answers[row.name] != next(iter(answers.values())):
            row.note = "another answer"
            figures.wrong.append(f"{row.name}, {row.task}, {articles:,} articles")
    figures.rows += rows


def _once(one: Contestant, row: Row, timeout: float, answers: dict[str, object]) -> None:
    try:
        with one.around(timeout):
            done = run(one.words, timeout, installed(), one.done)
    except TimeoutError:
        row.beyond, row.seconds = timeout, []
        return
    except FailedError as error:
        row.note, row.seconds = f"failed: {error}", []
        return
    row.seconds.append(float(json.loads(done.output)["seconds"]) if one.inner else done.seconds)
    row.memory = max(row.memory, done.memory)
    if one.answer:
        answers[one.name] = one.answer(done.output)


def rendered(rows: Sequence[Row], titles: Mapping[str, str]) -> str:
    """Return the table: a block for each task and size."""
    lines: list[str] = []
    block: tuple[str, int] | None = None
    for row in rows:
        if block != (block := (row.task, row.articles)):
            size = f", {row.articles:,} articles" if row.articles else ""
            lines += ["", f"{row.task}{size}: {titles[row.task]}", f"  {'':<28}{_HEAD}"]
        lines.append(f"  {row.name:<28}{_cells(row, ratio(row, rows))}".rstrip())
    return "\n".join(lines[1:])


_HEAD = f"{'median':>10}  {'least to greatest':>19}  {'peak':>9}  {'ratio':>7}"


def _cells(row: Row, compared: float | None) -> str:
    if row.beyond is not None:
        note = ", ".join(filter(None, (row.note, "loading" if row.inner else "")))
        return f"{f'> {row.beyond:g} s':>10}  {note}"
    if not row.seconds:
        return f"{'-':>10}  {row.note}"
    spread = f"{spoken(min(row.seconds))} to {spoken(max(row.seconds))}"
    cells = f"{spoken(median(row.seconds)):>10}  {spread:>19}  {row.memory / 1024:>5,.0f} MiB"
    return f"{cells}  {'' if compared is None else f'{compared:.2f}':>7}  {row.note}"


def summary(rows: Sequence[Row]) -> str:
    """Return what ours cost at each size from 1,000 articles on, and peers as multiples of that, as Markdown."""
    lines = ["| task | articles | Hearsay | peak | peers, as multiples of its time |", "|---|--:|--:|--:|---|"]
    for own in rows:
        if own.own and own.seconds and (own.articles >= _LARGE or not own.articles):
            block = [row for row in rows if (row.task, row.articles) == (own.task, own.articles) and not row.own]
            peers = "; ".join(filter(None, (_multiple(row, own) for row in block)))
            size = f"{own.articles:,}" if own.articles else ""
            cells = (f"{own.task}: `{own.name}`", size, spoken(median(own.seconds)), f"{own.memory / 1024:,.0f} MiB")
            lines.append(f"| {' | '.join((*cells, peers))} |")
    return "\n".join(lines) + "\n"


def _multiple(row: Row, own: Row) -> str:
    if row.beyond is not None:
        return f"{row.name}: {'-' if row.inner else f'over {row.beyond / median(own.seconds):,.0f}'}"
    if not row.seconds:
        return ""
    times = median(row.seconds) / median(own.seconds)
    return f"{row.name}: {times:,.0f}" if times >= _ROUND else f"{row.name}: {times:.2g}"


def measured(sizes: Iterable[int], only: Collection[str], data: Path, figures: Figures, file: Path | None) -> None:
    """Measure the tasks at each size, print each block when it is done, and keep the figures in the file meanwhile."""

    def one(task: Task, articles: int) -> None:
        if only and task.name not in only:
            return
        contest(task, articles, figures)
        rows = [row for row in figures.rows if (row.task, row.articles) == (task.name, articles)]
        say(f"{rendered(rows, {task.name: task.title})}\n")
        if file:
            written(figures, file)

    one(start(), 0)
    for articles in sorted(sizes):
        for task in tasks(project(articles, data)):
            one(task, articles)


def written(figures: Figures, file: Path) -> None:
    """Write the figures as JSON."""
    file.write_text(json.dumps(asdict(figures), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(file: Path) -> Figures:
    """Return the figures of a file that `written` wrote."""
    values = json.loads(file.read_text(encoding="utf-8"))
    return Figures(**{**values, "rows": [Row(**row) for row in values["rows"]]})


def drawn(figures: Figures) -> str:
    """Return the plot of the figures as SVG."""
    lines: dict[str, dict[str, list[tuple[int, float]]]] = {}
    own = {row.name for row in figures.rows if row.own}
    stopped = {(row.task, row.name, row.articles) for row in figures.rows if row.beyond is not None}
    for row in figures.rows:
        if not row.articles:
            continue
        points = lines.setdefault(row.task, {}).setdefault(row.name, [])
        if row.seconds:
            points.append((row.articles, median(row.seconds)))
        elif (
            row.beyond is not None
            and not row.inner
            and not any((row.task, row.name, size) in stopped for size, _ in points)
        ):
            points.append((row.articles, row.beyond))
    return plot(lines, own, stopped)


def main(words: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; 1 where somebody gave another answer than ours."""
    call = _arguments().parse_args(words)
    if call.draw:
        call.plot.write_text(drawn(read(call.draw)), encoding="utf-8")
        say(summary(read(call.draw).rows))
        return 0
    figures = Figures(call.rounds, call.timeout, versions(), absent())
    if call.add and call.json:
        figures.rows = read(call.json).rows
    say(", ".join(f"{name} {number}" for name, number in figures.versions.items()))
    for name, source in figures.absent.items():
        say(f"absent: {name} ({source})")
    say()
    measured(call.sizes, call.tasks, call.data, figures, call.json)
    if call.plot:
        call.plot.write_text(drawn(figures), encoding="utf-8")
    for one in figures.wrong:
        say(f"another answer than ours: {one}")
    return 1 if figures.wrong else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    data = Path(tempfile.gettempdir()) / "hearsay-bench"
    parser.add_argument(
        "--sizes", type=_sizes, default=[5, 100, 1_000], help="numbers of articles, by commas: 5,100,1000"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each runs")
    parser.add_argument("--timeout", type=float, default=300, help="seconds after which a run is stopped")
    parser.add_argument("--tasks", type=lambda text: text.split(","), default=[], help="only these, by commas")
    parser.add_argument("--data", type=Path, default=data, help="where the projects are kept from run to run")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    parser.add_argument("--add", action="store_true", help="keep what the file has of other tasks and sizes")
    parser.add_argument("--plot", type=Path, help="draw cost against size into this file")
    parser.add_argument("--draw", type=Path, metavar="JSON", help="only draw these figures, and sum them up")
    return parser


def _sizes(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
