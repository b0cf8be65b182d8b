"""The outcome of a mutant: found or not, at its place or not, and if not found, the reason."""

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from kg.project.dataset import load
from kg.validation.finding import Finding
from kg.validation.validate import validate
from mutation.damage import Mutant
from mutation.excuses import excuse
from mutation.sample import ROOT


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a mutant: the rules that found it, those that point at its damage, and the findings.

    `excuse` is the reason why no rule could find it, or "".
    """

    mutant: Mutant
    found: frozenset[str]
    located: frozenset[str]
    excuse: str
    findings: tuple[Finding, ...]


class Bench:
    """A copy of the project in which one mutant after the other is made and validated."""

    def __init__(self, directory: Path, texts: Path | None, root: Path = ROOT) -> None:
        self._root, self._texts = directory, texts
        for name in ("graph", "ontology"):
            shutil.copytree(root / name, directory / name)
        self._store = load(directory).store
        self._usual = {_key(one) for one in validate(directory, texts).findings}

    def judge(self, mutant: Mutant) -> Verdict:
        """Return the outcome of the mutant, from the findings that the undamaged project does not have."""
        original = (self._root / mutant.file).read_text(encoding="utf-8")
        with mutant.inflicted(self._root):
            new = [one for one in validate(self._root, self._texts).findings if _key(one) not in self._usual]
            located = frozenset(one.rule for one in new if self._shows(one, mutant))
        reason = "" if new else excuse(mutant, original, self._store, texts=self._texts is not None)
        return Verdict(mutant, frozenset(one.rule for one in new), located, reason, tuple(new))

    def _shows(self, finding: Finding, mutant: Mutant) -> bool:
        """Say whether the finding points at the damage: a line of its block, or an entity at which it also shows."""
        if finding.file == mutant.file:
            told = re.search(r"\bline (\d+)\b", finding.message)
            if finding.line in mutant.rows or (told and int(told[1]) in mutant.rows) or finding.rule == "syntax:empty":
                return True
        if {finding.focus, finding.value} & mutant.names:
            return True
        said = f"{self._line(finding.file, finding.line)} {finding.message}"
        return any(re.search(rf"(?<![\w:-]){re.escape(name)}", said) for name in mutant.names)

    def _line(self, file: str, row: int) -> str:
        lines = (self._root / file).read_text(encoding="utf-8").splitlines()
        return lines[row - 1] if 0 < row <= len(lines) else ""


def _key(finding: Finding) -> tuple[object, ...]:
    """Return the identity of a finding over versions of a file: all but line and column."""
    return finding.rule, finding.file, finding.focus, finding.path, finding.value, finding.message


def judged(some: Iterable[Mutant], texts: Path | None, processes: int = 2) -> Iterator[Verdict]:
    """Yield the outcome of each mutant; every process has its own copy of the project."""
    with (
        tempfile.TemporaryDirectory() as directory,
        get_context("spawn").Pool(processes, _begin, (directory, texts)) as pool,
    ):
        yield from pool.imap(_judge, some, chunksize=4)


_BENCH: list[Bench] = []


def _begin(directory: str, texts: Path | None) -> None:
    _BENCH.append(Bench(Path(tempfile.mkdtemp(dir=directory)), texts))


def _judge(mutant: Mutant) -> Verdict:
    return _BENCH[0].judge(mutant)
