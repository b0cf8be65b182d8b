"""Print how long the page takes to make, how large it is, and when a browser paints it first.

Run it as `python tests/bench/explorer.py [DIRECTORY [ROUNDS]]`; the graph is by default the one that ships. Nothing
is asserted.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measure import say
from support.browser import DESK, TELEPHONE, browsing, missing, opened

from kg.export.html.explorer import explorer
from kg.project.config import find_root
from kg.project.dataset import load

#: When the first text or picture was painted, and when the last of the script's first work was done; milliseconds.
PAINT = """() => new Promise((done) => {
  new PerformanceObserver((list) => {
    const first = list.getEntriesByName("first-contentful-paint")[0];
    if (first) done([first.startTime, performance.getEntriesByType("navigation")[0].loadEventEnd]);
  }).observe({ type: "paint", buffered: true });
})"""


def main() -> None:
    """Make the page and open it several times at both widths; print medians."""
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else find_root(Path(__file__).resolve().parent)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    dataset = load(directory)
    start = time.perf_counter()
    page = explorer(dataset)
    say(f"made in {time.perf_counter() - start:.2f} s, {len(page.encode()):,} bytes")
    if reason := missing():
        say(f"not opened: {reason}")
        return
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        file = Path(folder) / "explorer.html"
        file.write_text(page, encoding="utf-8")
        for name, size in (("desk", DESK), ("telephone", TELEPHONE)):
            times: list[tuple[float, float]] = []
            for _ in range(rounds):
                with opened(browser, file, size=size) as (tab, _):
                    painted, loaded = tab.evaluate(PAINT)
                    times.append((float(painted), float(loaded)))
            painted, loaded = (median(values) for values in zip(*times, strict=True))
            say(f"{name}: first paint after {painted:.0f} ms, loaded and drawn after {loaded:.0f} ms")


if __name__ == "__main__":
    main()
