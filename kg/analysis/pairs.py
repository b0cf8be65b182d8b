"""Sweep over the claims of a group for the pairs that can have a verdict which is shown.

Only these pairs are looked for: of claims with clashing values on days that overlap, of one voice or one chain of
articles with values that differ. Claims of equal value are passed over together, so that n claims that agree cost
n steps and not n².
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product

from kg.analysis.comparability import Outcome, match, spread
from kg.analysis.values import ComparableClaim
from kg.analysis.verdict_context import Context

#: Later than any day, and than any period as `_Sweep._stay` numbers them.
_EVER = 10**15
#: The ways in which a class of claims is a rival of another: its content clashes by more than spread; neither contains
#: the other (of totals, in both ways, only the higher one is a rival of the lower one); neither contains the other.
_CLASHING, _CORRECTED, _DIFFERING = range(3)
#: Two indices of claims in a group, the lower one first.
Indices = tuple[int, int]


def candidates(claims: Sequence[ComparableClaim], context: Context) -> set[Indices]:
    """Return the pairs of indices that can have a verdict which is shown, and few others."""
    sweep = _Sweep(claims, context)
    pairs = sweep.against_starts()
    for local in sweep.localities():
        if len({sweep.classes[index] for index in local}) > 1:
            pairs |= sweep.sweep(local, _CLASHING)
            for group in sweep.by(local, lambda claim: claim.voice):
                pairs |= sweep.sweep(group, _CORRECTED)
            for group in sweep.by(local, lambda claim: context.chain_roots(claim.claim.article)):
                pairs |= sweep.sweep(group, _DIFFERING)
    return pairs


class _Sweep:
    """The claims of a group, sorted into classes of equal content, with the outcome of comparing two classes."""

    def __init__(self, claims: Sequence[ComparableClaim], context: Context) -> None:
        self.claims, self.context = claims, context
        numbers: dict[tuple[object, ...], int] = {}
        self.classes = [numbers.setdefault(_content(claim), len(numbers)) for claim in claims]
        self.samples = dict(zip(reversed(self.classes), reversed(claims), strict=True))
        self._rivalries: dict[Indices, tuple[bool, bool, bool]] = {}

    def localities(self) -> Iterator[list[int]]:
        """Yield the claims that have modality, population and measure in common, place by place.

        The claims of a place include the denials for places that contain it, which hold there as well.
        """
        parts: dict[tuple[str | None, ...], dict[str | None, list[int]]] = {}
        for index, comparable in enumerate(self.claims):
            claim = comparable.claim
            profile = self.context.background.profiles.get(claim.predicate)
            places = parts.setdefault((claim.modality, claim.counts, profile.measure if profile else None), {})
            places.setdefault(claim.where, []).append(index)
        for places in parts.values():
            for place, local in places.items():
                holders = (None, *self.context.background.within.get(place, ())) if place else ()
                wider = [index for holder in holders for index in places.get(holder, ()) if self.claims[index].denied]
                yield local + wider

    def by(self, local: Sequence[int], marks: Callable[[ComparableClaim], Iterable[str]]) -> Iterator[list[int]]:
        """Yield the claims that share a mark, where their contents are not all equal."""
        groups: dict[str, list[int]] = {}
        for index in local:
            for mark in marks(self.claims[index]):
                groups.setdefault(mark, []).append(index)
        for group in groups.values():
            if len({self.classes[index] for index in group}) > 1:
                yield group

    def _rivalry(self, first: int, second: int) -> tuple[bool, bool, bool]:
        """Say for each way whether the second class is a rival of the first."""
        if (first, second) not in self._rivalries:
            a, b = self.samples[first], self.samples[second]
            predicates = self.context.predicates(a.claim.predicate, b.claim.predicate)
            contents = match(a, b, predicates, self.context.background) if predicates is not None else None
            rivalry = (False, False, False)
            if predicates is not None and contents is not None:
                clashes = contents.outcome is Outcome.CLASH and spread(contents, predicates) is None
                ordered = not predicates.cumulative or contents.ranges is None or b.value.low > a.value.low
                rivalry = (clashes and ordered, contents.differs and ordered, contents.differs)
            self._rivalries[first, second] = rivalry
        return self._rivalries[first, second]

    def sweep(self, local: Sequence[int], way: int) -> set[Indices]:
        """Return the pairs of rivals that meet: one looks for others while the other stays; see `_stay`."""
        events: list[tuple[int, int, int]] = []
        loose = way == _DIFFERING
        covered = not loose and any(not self.claims[index].throughout for index in local)
        for index in local:
            first, last, call = self._stay(index, loose, covered)
            events.append((call, 1, index))
            if first <= last:
                events += [(first, 0, index), (last, 2, index)]
        pairs: set[Indices] = set()
        present: dict[int, dict[int, None]] = {}
        for _, event, index in sorted(events):
            class_ = self.classes[index]
            if event == 0:
                present.setdefault(class_, {})[index] = None
            elif event == 2:
                del present[class_][index]
                if not present[class_]:
                    del present[class_]
            else:
                for other, members in present.items():
                    if other != class_ and self._rivalry(class_, other)[way]:
                        pairs.update((index, member) if index < member else (member, index) for member in members)
        return pairs

    def _stay(self, index: int, loose: bool, covered: bool) -> tuple[int, int, int]:
        """Return the days on which others can meet the claim, and the day on which it looks for others.

        A claim that holds throughout stays for its days and looks on the first. A claim that holds at some time only
        looks (with `loose` it stays as well). A claim without a date always stays. A total stays for ever from the day
        on which it is reached, and looks for higher ones on its last day. A flow meets those of its own period only.
        """
        comparable = self.claims[index]
        predicates = self.context.predicates(comparable.claim.predicate, comparable.claim.predicate)
        if comparable.days is None or predicates is None or predicates.ever:
            return (-_EVER, _EVER, _EVER)
        first, last = comparable.days
        if predicates.flow:
            period = first * 4_000_000 + last
            return (period, period, period)
        if predicates.cumulative and not loose:
            if comparable.denied:
                return (-_EVER, _EVER, _EVER)
            return (first, _EVER, last) if comparable.throughout else (last, _EVER, first)
        if not comparable.throughout and not loose:
            return (1, 0, first)
        cover = self.context.cover(comparable) if covered else None
        return (*(cover or (first, last)), first)

    def against_starts(self) -> set[Indices]:
        """Return the pairs of a duration and a start that do not fit; equal claims are compared once."""
        durations: dict[tuple[object, ...], list[int]] = {}
        starts: dict[tuple[object, ...], list[int]] = {}
        profiles = self.context.background.profiles
        measured = {claim.claim.predicate: profiles[claim.claim.predicate].measured_from for claim in self.claims}
        of_starts = {start for predicates in measured.values() for start in predicates}
        for index, comparable in enumerate(self.claims):
            if measured[comparable.claim.predicate]:
                key = (*_content(comparable), comparable.days or comparable.claim.article)
                durations.setdefault(key, []).append(index)
            elif comparable.claim.predicate in of_starts:
                starts.setdefault(_content(comparable), []).append(index)
        pairs: set[Indices] = set()
        for lasting, starting in product(durations.values(), starts.values()):
            a, b = self.claims[lasting[0]], self.claims[starting[0]]
            predicates = self.context.predicates(a.claim.predicate, b.claim.predicate)
            if predicates is not None and match(a, b, predicates, self.context.background) is not None:
                pairs.update((min(pair), max(pair)) for pair in product(lasting, starting))
        return pairs


def _content(comparable: ComparableClaim) -> tuple[object, ...]:
    return (comparable.claim.predicate, comparable.value.key, comparable.denied)
