"""Print how fast `kg` starts and answers, as ratios of one interleaved run against named peers.

Run it as `python tests/bench/start.py [ROUNDS]` with the project installed; nothing is asserted.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median

from measure import BIN, ROOT, installed, run, say

from kg.project.dataset import ontology_files

#: A question that does not ask for the graph of a claim: the peer has but one graph.
NAME = "gaps"
VALUES = ("-p", "unit", "unit:siberian-battalion")


def _commands(query: Path) -> dict[str, list[str]]:
    python = sys.executable
    files = [str(file.path) for file in ontology_files(ROOT, "", ".ttl")]
    files += [str(path) for path in sorted(ROOT.glob("graph/**/*.ttl"))]
    return {
        "python": [python, "-c", "pass"],
        "import click": [python, "-c", "import click"],
        "import click, pyoxigraph": [python, "-c", "import click, pyoxigraph"],
        "kg --help": [str(BIN / "kg"), "--help"],
        f"kg query {NAME}": [str(BIN / "kg"), "-C", str(ROOT), "query", NAME, *VALUES],
        "kg query names": [str(BIN / "kg"), "-C", str(ROOT), "query", "names", *VALUES],
        "sparqlquery (rdflib)": [str(BIN / "sparqlquery"), *files, "-qf", str(query)],
    }


def main() -> None:
    """Run each command in turn, several times, and print medians and ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    environment = installed()
    with tempfile.TemporaryDirectory() as directory:
        query = Path(directory) / "query.rq"
        bound = [str(BIN / "kg"), "-C", str(ROOT), "query", NAME, *VALUES, "--show"]
        query.write_bytes(run(bound).output)
        commands = _commands(query)
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, words in commands.items():
                taken[name].append(run(words, environment=environment).seconds)
    # The first round only warms the caches of the machine.
    times = {name: median(values[1:]) for name, values in taken.items()}
    for name, value in times.items():
        say(f"{name:<28}{value * 1000:8.1f} ms")
    say()
    for one, other, wanted in (
        ("kg --help", "import click", "below 1.5"),
        ("kg query names", "import click, pyoxigraph", "at most 2.0"),
        (f"kg query {NAME}", "import click, pyoxigraph", "at most 2.0"),
        (f"kg query {NAME}", "sparqlquery (rdflib)", "at most 0.4"),
    ):
        say(f"{one} / {other}: {times[one] / times[other]:.2f} ({wanted})")


if __name__ == "__main__":
    main()
