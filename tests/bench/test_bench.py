"""The table of measurements and its plot: ratios and notes from invented commands, the drawing, one short run."""

import json
import re
import sys
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from peers import Contestant, Task, found, tasks
from plot import GAP, OWN, PEER, apart, plot, spoken
from projects import SHIPPED, Project, changed
from support.paths import ROOT
from table import Figures, Row, contest, drawn, main, ratio, read, rendered, summary, written

BENCH = ROOT / "tests" / "bench"


def python(name: str, code: str, **more: object) -> Contestant:
    return Contestant(name, (sys.executable, "-c", code), **more)  # type: ignore[arg-type]


def says(seconds: float, answer: str = "") -> str:
    return f"print('{json.dumps({'seconds': seconds, 'answer': answer})}')"


def run(*contestants: Contestant, rounds: int = 1, timeout: float = 30, before: Figures | None = None) -> Figures:
    figures = before or Figures(rounds, timeout, {}, {})
    contest(Task("task", "what it is", contestants), 7, figures)
    return figures


def test_a_ratio_is_the_median_over_that_of_the_first_of_its_task_and_size() -> None:
    rows = [
        Row("load", 5, "kg", True, [1.0, 100.0, 2.0]),
        Row("load", 5, "peer", False, [6.0, 5.0, 7.0]),
        Row("load", 9, "kg", True, [4.0]),
        Row("load", 9, "peer", False, [1.0]),
        Row("load", 9, "late", False, [], beyond=300),
        Row("show", 9, "kg", True, [], note="failed"),
        Row("show", 9, "peer", False, [3.0]),
    ]
    assert [ratio(row, rows) for row in rows] == [1.0, 3.0, 1.0, 0.25, None, None, None]


def test_the_table_shows_median_spread_peak_and_ratio() -> None:
    rows = [
        Row("load", 1000, "kg", True, [0.5, 0.25, 1.5], 2048),
        Row("load", 1000, "peer", False, [1.0], 3072, note="another answer"),
        Row("load", 1000, "late", False, beyond=300, note="since 100 articles"),
        Row("load", 1000, "inside", False, beyond=300, inner=True),
    ]
    lines = rendered(rows, {"load": "from files"}).splitlines()
    assert lines[0] == "load, 1,000 articles: from files"
    assert [re.split(r"\s{2,}", line.strip()) for line in lines[1:]] == [
        ["median", "least to greatest", "peak", "ratio"],
        ["kg", "500 ms", "250 ms to 1.5 s", "2 MiB", "1.00"],
        ["peer", "1 s", "1 s to 1 s", "3 MiB", "2.00", "another answer"],
        ["late", "> 300 s", "since 100 articles"],
        ["inside", "> 300 s", "loading"],
    ]
    assert summary(rows).splitlines()[-1].endswith("| peer: 2; late: over 600; inside: - |")


def test_contestants_take_turns_and_tell_the_seconds_that_count(tmp_path: Path) -> None:
    log = tmp_path / "log"
    one, other = (
        python(name, f"open({str(log)!r}, 'a').write('{name}'); {says(seconds)}", inner=True)
        for name, seconds in (("a", 0.5), ("b", 1.25))
    )
    figures = run(one, other, rounds=2)
    assert log.read_text() == "abab"
    assert [row.seconds for row in figures.rows] == [[0.5, 0.5], [1.25, 1.25]]
    assert all(row.memory > 1000 for row in figures.rows)


def test_a_peer_that_takes_too_long_is_stopped_and_not_asked_again() -> None:
    figures = run(python("kg", says(1), own=True), python("slow", "import time; time.sleep(60)"), timeout=3)
    assert [(row.beyond, bool(row.seconds)) for row in figures.rows] == [(None, True), (3, False)]
    contest(Task("task", "what it is", (python("slow", "0"),)), 70, figures)
    assert (figures.rows[-1].beyond, figures.rows[-1].note) == (3, "since 7 articles")


def test_a_peer_that_fails_or_answers_otherwise_is_told() -> None:
    def answer(output: bytes) -> object:
        return json.loads(output)["answer"]

    figures = run(
        python("kg", says(1, "x"), answer=answer),
        python("same", says(1, "x"), answer=answer),
        python("other", says(1, "y"), answer=answer),
        python("broken", "import sys; sys.exit('no such thing')"),
    )
    assert [row.note.partition(":")[0] for row in figures.rows] == ["", "", "another answer", "failed"]
    assert "no such thing" in figures.rows[-1].note
    assert figures.wrong == ["other, task, 7 articles"]


def test_figures_are_read_as_they_were_written(tmp_path: Path) -> None:
    figures = Figures(3, 300, {"Python": "3"}, {"roqet": "Debian"}, [Row("load", 5, "kg", True, [1.5], 7)], ["x"])
    written(figures, tmp_path / "figures.json")
    assert read(tmp_path / "figures.json") == figures


def test_the_readme_sums_up_the_figures_that_are_kept(request: pytest.FixtureRequest) -> None:
    readme = ROOT / "README.md"
    text, figures = readme.read_text(encoding="utf-8"), read(BENCH / "cost.json")
    before, _, rest = text.partition("<!-- figures -->\n")
    shown, _, after = rest.partition("<!-- end figures -->")
    if request.config.getoption("--update-golden"):
        readme.write_text(
            f"{before}<!-- figures -->\n{summary(figures.rows)}<!-- end figures -->{after}", encoding="utf-8"
        )
        (BENCH / "cost.svg").write_text(drawn(figures), encoding="utf-8")
    else:
        assert shown == summary(figures.rows)
        assert (BENCH / "cost.svg").read_text(encoding="utf-8") == drawn(figures)


def test_what_was_measured_again_takes_the_place_of_what_was() -> None:
    figures = run(python("kg", says(1), own=True))
    contest(Task("task", "what it is", (python("kg", says(2), inner=True),)), 7, figures)
    assert [row.seconds for row in figures.rows] == [[2.0]]


def test_ours_come_first_in_each_task_and_names_are_told_apart() -> None:
    for task in tasks(Project(SHIPPED, Path("nowhere"))):
        names = [one.name for one in task.contestants]
        assert task.contestants[0].own
        assert len(set(names)) == len(names)


def test_a_changed_project_is_put_back(sample_root: Path, tmp_path: Path) -> None:
    one = Project(SHIPPED, tmp_path)
    (one.root / "graph").mkdir(parents=True)
    articles = one.root / "graph" / "articles"
    articles.symlink_to(tmp_path / "articles")
    (tmp_path / "articles").mkdir()
    for path in (sample_root / "graph" / "articles").glob("*.ttl"):
        (tmp_path / "articles" / path.name).write_bytes(path.read_bytes())
    before = {path.name: path.read_text() for path in articles.glob("*.ttl")}
    with changed(one):
        during = {path.name: path.read_text() for path in articles.glob("*.ttl")}
    assert sum(during[name] != before[name] for name in before) == 1
    assert {path.name: path.read_text() for path in articles.glob("*.ttl")} == before


# --- The plot ---


def test_the_plot_is_what_the_figures_beside_it_give() -> None:
    again = "python tests/bench/table.py --draw tests/bench/cost.json --plot tests/bench/cost.svg"
    assert (BENCH / "cost.svg").read_text() == drawn(read(BENCH / "cost.json")), again


def test_no_two_labels_of_a_panel_touch_and_all_are_within_the_drawing() -> None:
    svg = (BENCH / "cost.svg").read_text()
    (width,) = re.findall(r'viewBox="0 0 (\d+) ', svg)
    for panel in svg.split("<g ")[1:]:
        found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*class="label"[^>]*>([^<]*)<', panel)
        levels = sorted(float(y) for _, y, _ in found)
        assert all(below - above >= 13 for above, below in pairwise(levels)), found
        # A letter of a bold sans-serif of 12 is 6.8 wide in the mean.
        assert all(float(x) + 6.8 * len(unescape(text)) <= int(width) / 2 for x, _, text in found), found


@pytest.mark.parametrize("wanted", [[50.0] * 5, [40.0, 41.0, 190.0], [189.0, 190.0, 40.0, 188.0], [100.0]])
def test_places_are_kept_apart_in_their_order_and_within_bounds(wanted: list[float]) -> None:
    places = apart(wanted, 40, 190)
    assert all(40 <= place <= 190 for place in places)
    levels = sorted(places)
    assert all(below - above >= GAP - 1e-9 for above, below in pairwise(levels))
    for one, place in zip(wanted, places, strict=True):
        assert all(place < other for mark, other in zip(wanted, places, strict=True) if one < mark)


def test_what_was_stopped_is_drawn_hollow_and_labelled_so() -> None:
    lines = {"load": {"kg": [(5, 0.1), (100, 1.0)], "slow": [(5, 10.0), (100, 300.0)]}}
    svg = plot(lines, {"kg"}, {("load", "slow", 100)})
    assert svg.count('fill="none"/>') == 1
    assert "slow &gt; 300 s" in svg
    assert "kg 1 s" in svg
    assert "<title" in svg
    assert "kg 1 s at 100" in svg[svg.index("<desc") : svg.index("</desc>")]


@pytest.mark.parametrize("ground", ["#ffffff", "#0d1117"])
@pytest.mark.parametrize("colour", [OWN, PEER])
def test_the_colours_stand_out_in_light_and_in_dark(colour: str, ground: str) -> None:
    def luminance(code: str) -> float:
        parts = [int(code[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(colour), luminance(ground)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.00002, "20 µs"), (0.0009999, "1 ms"), (0.1234, "123 ms"), (0.9999, "1 s"), (99.94, "99.9 s"), (300, "300 s")],
)
def test_times_are_spoken_in_three_figures(seconds: float, words: str) -> None:
    assert spoken(seconds) == words


# --- One run ---


@pytest.mark.slow
def test_one_round_on_the_graph_that_ships(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the quick tasks only; the rest are run by hand."""
    file, plotted = tmp_path / "cost.json", tmp_path / "cost.svg"
    options = ["--sizes", "5", "--rounds", "1", "--tasks", "start,load,push,query from disk", "--data", str(tmp_path)]
    assert main([*options, "--json", str(file), "--plot", str(plotted)]) == 0
    printed = capsys.readouterr().out
    rows = read(file).rows
    assert {row.task for row in rows} - {"push"} == {"start", "load", "query from disk"}
    assert any(row.task == "push" for row in rows) == (found("oxigraph") is not None)
    assert all(row.seconds and row.memory and not row.note for row in rows)
    assert "load, 5 articles: " in printed
    assert plotted.read_text().startswith("<svg")
