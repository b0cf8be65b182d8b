"""Print the labelled verdicts against those of the program, as a table: `python tests/bench/confusion.py`."""

import sys
from collections import Counter

from support.labelled_pairs import cases, judged

from kg.analysis.verdicts import VERDICTS


def main() -> None:
    """Judge each labelled pair; rows are what is due, columns what is given."""
    names = (*VERDICTS, "none")
    every = [(case, found.verdict if (found := judged(case)) else "none") for case in cases()]
    table = Counter((case.expected, given) for case, given in every)
    lines = [f"{'due / given':<16}" + "".join(f"{name[:9]:>10}" for name in names)]
    for due in names:
        counts = [table[due, given] for given in names]
        lines.append(f"{due:<16}" + "".join(f"{count or '.':>10}" for count in counts))
    right = sum(count for (due, given), count in table.items() if due == given)
    lines.append(f"{right} of {len(every)} as labelled")
    lines += [
        f"{case.file}: {case.title}: {case.expected}, but given {given}"
        for case, given in every
        if case.expected != given
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
