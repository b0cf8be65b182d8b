"""The tables of the mutation test: `PYTHONPATH=tests python -m mutation [COUNT [SEED]]` prints them, asserting nothing.

With KG_TEXTS, the directory of the articles' texts, the evidence is checked as well.
"""

import os
import sys
from pathlib import Path

from mutation import tables
from mutation.judging import judged
from mutation.sample import COUNT, SEED, mutants


def main() -> None:
    """Make the mutants, check each, and print the tables."""
    count, seed = (*map(int, sys.argv[1:]), *(COUNT, SEED)[len(sys.argv) - 1 :])
    texts = os.environ.get("KG_TEXTS")
    verdicts = list(judged(mutants(seed, count), Path(texts) if texts else None))
    for part in (
        f"seed {seed}, {'with' if texts else 'without'} texts",
        tables.by_operator(verdicts),
        tables.by_rule(verdicts),
        f"Found elsewhere only:\n{tables.told(tables.misplaced(verdicts)) or 'none'}",
        f"Escaped:\n{tables.told(tables.escaped(verdicts)) or 'none'}",
        tables.summary(verdicts),
    ):
        sys.stdout.write(f"{part}\n\n")


if __name__ == "__main__":
    main()
