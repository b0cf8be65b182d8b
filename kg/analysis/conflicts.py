"""All verdicts of the graph: which pairs can have one, found by sorting and sweeping instead of trying each with each.

Claims are grouped by subject and comparable predicates, and by object where many values hold at once. In a group only
pairs that an analyst must see are looked for: of claims with clashing values on days that meet, of one voice or one
chain of articles with values that differ. Claims of equal value are passed over together, so that n claims that agree
cost n steps and not n². Time grows with the claims and with the pairs shown. What is hidden is told apart up to a
fixed number of pairs and counted in one lump beyond.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from pyoxigraph import NamedNode, Store

from kg.analysis.comparability import Bond, Match, match, spread
from kg.analysis.values import DAYS, Reading
from kg.analysis.verdicts import SHOWN, VERDICTS, Conflict, Context, Pair, decide
from kg.claims.background import KG, Background, background
from kg.claims.claim import Claim, claims, uncollected

#: So many pairs are told apart for the count of what is hidden; the rest is counted in one lump.
TOLD_APART = 100_000

#: Later than any day, and than any period as `_Field._stay` numbers them.
_EVER = 10**15
#: A stay on the days from the first to the second number, and the day on which the claim looks who is there.
Stay = tuple[int, int, int]
#: Called with the number of claims compared and that of all claims.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Survey:
    """The conflicts asked for, the number of pairs of each other verdict, and of pairs that were not told apart."""

    conflicts: tuple[Conflict, ...]
    hidden: dict[str, int]
    untold: int


def conflicts(store: Store, verdicts: Collection[str] = SHOWN, about: str | None = None) -> tuple[Conflict, ...]:
    """Return the pairs with one of the verdicts, hardest first, then by subject, predicate and claims.

    With `about` (an IRI) only pairs in which a claim speaks of it, is said by it, stands in it or is it.
    """
    with uncollected():
        context = Context(claims(store), background(store))
        found = linked(context.claims.values(), context, verdicts)
        for group in groups(context.claims.values(), context.background):
            if about is None or any(touches(claim, about) for claim in group):
                found += compare(group, context, verdicts)
    return _ordered(found, context, about)


def survey(
    store: Store, verdicts: Collection[str] = SHOWN, about: str | None = None, progress: Progress | None = None
) -> Survey:
    """Return the conflicts as `conflicts` does, with a count of the pairs that have other verdicts."""
    with uncollected():
        # In a function of its own, so that all it held is gone when the collector runs again.
        return _survey(Context(claims(store), background(store)), verdicts, about, progress)


def _survey(context: Context, verdicts: Collection[str], about: str | None, progress: Progress | None) -> Survey:
    every = groups(context.claims.values(), context.background)
    wanted = [group for group in every if about is None or any(touches(claim, about) for claim in group)]
    wanted.sort(key=len)
    found: list[Conflict] = linked(context.claims.values(), context, verdicts)
    hidden = dict.fromkeys(VERDICTS, 0)
    budget, untold, done = TOLD_APART, 0, 0
    for group in wanted:
        pairs = len(group) * (len(group) - 1) // 2
        budget -= pairs
        if budget >= 0:
            found += _tell_apart(group, context, verdicts, about, hidden)
        else:
            shown = compare(group, context, verdicts)
            found += shown
            untold += pairs - len(shown)
        done += len(group)
        if progress is not None:
            progress(done, len(context.claims))
    counts = {verdict: count for verdict, count in hidden.items() if count and verdict not in verdicts}
    return Survey(_ordered(found, context, about), counts, untold)


def _ordered(found: Iterable[Conflict], context: Context, about: str | None) -> tuple[Conflict, ...]:
    rank = {verdict: index for index, verdict in enumerate(VERDICTS)}
    wanted = {
        conflict.claims: conflict
        for conflict in found
        if about is None or any(touches(context.claims[iri], about) for iri in conflict.claims)
    }
    return tuple(sorted(wanted.values(), key=lambda one: (rank[one.verdict], one.subject, one.predicate, one.claims)))


def touches(claim: Claim, about: str) -> bool:
    """Say whether the claim speaks of the thing, is said by it, stands in it or is it."""
    object_ = claim.object.value if isinstance(claim.object, NamedNode) else None
    return about in (claim.subject, object_, claim.article, claim.iri) or about in claim.speakers


def _tell_apart(
    group: Sequence[Claim], context: Context, verdicts: Collection[str], about: str | None, counts: dict[str, int]
) -> Iterator[Conflict]:
    """Give the conflicts among all pairs of the group, and count every verdict."""
    readings = [context.read(claim) for claim in group]
    for a, b in combinations(readings, 2):
        pair = Pair(a, b, context)
        found = decide(pair)
        if found is not None and (about is None or touches(a.claim, about) or touches(b.claim, about)):
            counts[found[0]] += 1
            if found[0] in verdicts:
                yield pair.conflict(*found)


def linked(some: Iterable[Claim], context: Context, verdicts: Collection[str] = SHOWN) -> list[Conflict]:
    """Return the conflicts of the claims with those that they name as their sources, whatever they speak of."""
    found: list[Conflict] = []
    for claim in some:
        for other in (*claim.derived_from, *claim.revises):
            if other in context.claims and other != claim.iri:
                found += _judged(claim, context.claims[other], context, verdicts)
    return found


def _judged(a: Claim, b: Claim, context: Context, verdicts: Collection[str]) -> Iterator[Conflict]:
    first, second = (a, b) if a.iri < b.iri else (b, a)
    pair = Pair(context.read(first), context.read(second), context)
    found = decide(pair)
    if found is not None and found[0] in verdicts:
        yield pair.conflict(*found)


def groups(some: Iterable[Claim], facts: Background) -> Iterator[list[Claim]]:
    """Give the groups outside which no two claims compare, those of one claim left out; each sorted by IRI."""
    known = families(facts)
    single = {family for one, family in known.items() if facts.profiles[one].values_at_once != f"{KG}Many"}
    found: dict[tuple[str, ...], list[Claim]] = {}
    for claim in some:
        family = known.get(claim.predicate)
        if family is None:
            # A predicate that is not described has no profile to compare by: `kg validate` names it.
            continue
        key = (claim.subject, family) if family in single else (claim.subject, family, _object(claim, facts))
        found.setdefault(key, []).append(claim)
    for group in found.values():
        if len(group) > 1:
            yield sorted(group, key=lambda claim: claim.iri)


def families(facts: Background) -> dict[str, str]:
    """Return each predicate with the name of its family: all that compare with it, directly or through others."""
    family = {predicate: predicate for predicate in facts.profiles}
    for profile in facts.profiles.values():
        for other in (*profile.comparable_with, *profile.excludes, *profile.measured_from):
            old, new = family.get(other, profile.iri), family[profile.iri]
            family = {predicate: new if own == old else own for predicate, own in family.items()}
    return family


def _object(claim: Claim, facts: Background) -> str:
    if isinstance(claim.object, NamedNode) and (quantity := facts.quantities.get(claim.object.value)) is not None:
        least, greatest = DAYS.get(quantity.unit, (1, 1))
        return f"{quantity.low * least} {quantity.high * greatest} {quantity.unit if quantity.unit not in DAYS else ''}"
    return str(claim.object)


def compare(group: Iterable[Claim], context: Context, verdicts: Collection[str] = SHOWN) -> list[Conflict]:
    """Return the conflicts among claims of one subject, whose predicates compare, that have one of the verdicts.

    Verdicts that are shown are swept for; for the others each pair is looked at.
    """
    readings = [context.read(claim) for claim in sorted(group, key=lambda claim: claim.iri)]
    pairs: Iterable[tuple[int, int]]
    if set(verdicts) <= set(SHOWN):
        pairs = sorted(_candidates(readings, context))
    else:
        pairs = combinations(range(len(readings)), 2)
    found: list[Conflict] = []
    for first, second in pairs:
        pair = Pair(readings[first], readings[second], context)
        decision = decide(pair)
        if decision is not None and decision[0] in verdicts:
            found.append(pair.conflict(*decision))
    return found


def _candidates(readings: Sequence[Reading], context: Context) -> set[tuple[int, int]]:
    """Return the pairs of indices that can have a verdict which is shown, and few others."""
    field = _Field(readings, context)
    found = field.against_starts()
    for local in field.localities():
        if len({field.classes[index] for index in local}) > 1:
            found |= field.sweep(local, field.clashing, loose=False)
            for group in field.by(local, lambda reading: reading.voice):
                found |= field.sweep(group, field.corrected, loose=False)
            for group in field.by(local, lambda reading: context.chain(reading.claim.article)):
                found |= field.sweep(group, field.differing, loose=True)
    return found


class _Field:
    """The readings of a group, sorted into classes of equal content, with what two classes are to each other."""

    def __init__(self, readings: Sequence[Reading], context: Context) -> None:
        self.readings, self.context = readings, context
        numbers: dict[tuple[object, ...], int] = {}
        self.classes = [
            numbers.setdefault((one.claim.predicate, one.value.key, one.denied), len(numbers)) for one in readings
        ]
        self.samples = dict(zip(reversed(self.classes), reversed(readings), strict=True))
        self._matches: dict[tuple[int, int], tuple[Bond | None, Match | None]] = {}

    def localities(self) -> Iterator[list[int]]:
        """Give the claims that have modality, population and measure in common, place by place.

        To the claims of a place belong the denials for places that hold it: these deny it there as well.
        """
        parts: dict[tuple[str | None, ...], dict[str | None, list[int]]] = {}
        for index, reading in enumerate(self.readings):
            claim = reading.claim
            places = parts.setdefault((claim.modality, claim.counts, self._measure(index)), {})
            places.setdefault(claim.where, []).append(index)
        for places in parts.values():
            for place, own in places.items():
                holders = (None, *self.context.background.within.get(place, ())) if place else ()
                wider = [index for holder in holders for index in places.get(holder, ()) if self.readings[index].denied]
                yield own + wider

    def _measure(self, index: int) -> str | None:
        profile = self.context.background.profiles.get(self.readings[index].claim.predicate)
        return profile.measure if profile is not None else None

    def by(self, local: Sequence[int], marks: Callable[[Reading], Iterable[str]]) -> Iterator[list[int]]:
        """Give the claims that share a mark, where their contents are not all equal."""
        groups: dict[str, list[int]] = {}
        for index in local:
            for mark in marks(self.readings[index]):
                groups.setdefault(mark, []).append(index)
        for group in groups.values():
            if len({self.classes[index] for index in group}) > 1:
                yield group

    def clashing(self, mine: int, other: int) -> bool:
        """Say whether the contents of the two classes clash by more than spread; of totals, if the other is higher."""
        joined, found = self._match(mine, other)
        if joined is None or found is None or found.how != "clash" or spread(found, joined) is not None:
            return False
        return not _total(joined, found) or self._higher(mine, other)

    def corrected(self, mine: int, other: int) -> bool:
        """Say whether no value of the two classes contains the other; of totals that clash, if the other is higher."""
        joined, found = self._match(mine, other)
        if joined is None or found is None or not found.differs:
            return False
        return not _total(joined, found) or self._higher(mine, other)

    def differing(self, mine: int, other: int) -> bool:
        """Say whether no value of the two classes contains the other."""
        found = self._match(mine, other)[1]
        return found is not None and found.differs

    def _higher(self, mine: int, other: int) -> bool:
        return self.samples[other].value.low > self.samples[mine].value.low

    def _match(self, mine: int, other: int) -> tuple[Bond | None, Match | None]:
        if (mine, other) not in self._matches:
            a, b = self.samples[mine], self.samples[other]
            joined = self.context.bond(a.claim.predicate, b.claim.predicate)
            found = match(a, b, joined, self.context.background) if joined is not None else None
            self._matches[mine, other] = (joined, found)
        return self._matches[mine, other]

    def sweep(self, local: Sequence[int], rival: Callable[[int, int], bool], *, loose: bool) -> set[tuple[int, int]]:
        """Return the pairs of rivals of which one looks round while the other stays; see `_stay`."""
        events: list[tuple[int, int, int]] = []
        covered = not loose and any(not self.readings[index].throughout for index in local)
        for index in local:
            first, last, call = self._stay(index, loose, covered)
            events.append((call, 1, index))
            if first <= last:
                events += [(first, 0, index), (last, 2, index)]
        events.sort()
        found: set[tuple[int, int]] = set()
        present: dict[int, dict[int, None]] = {}
        for _, what, index in events:
            own = self.classes[index]
            if what == 0:
                present.setdefault(own, {})[index] = None
            elif what == 2:
                del present[own][index]
                if not present[own]:
                    del present[own]
            else:
                for other, there in present.items():
                    if other != own and rival(own, other):
                        found.update((index, one) if index < one else (one, index) for one in there)
        return found

    def _stay(self, index: int, loose: bool, covered: bool) -> Stay:
        """Return on which days others can meet the claim, and the day on which it looks who is there.

        Whatever holds throughout stays for its days and looks round on the first. What holds at some time only looks
        (loosely taken, it stays as well). Without a date it is always there. A total stays from when it is reached for
        ever, and looks round, for higher ones, when it is last heard of. A flow meets those of its own period only.
        """
        reading = self.readings[index]
        joined = self.context.bond(reading.claim.predicate, reading.claim.predicate)
        if reading.days is None or joined is None or joined.ever:
            return (-_EVER, _EVER, _EVER)
        first, last = reading.days
        if joined.measure == f"{KG}Flow":
            period = first * 4_000_000 + last
            return (period, period, period)
        if joined.measure == f"{KG}Cumulative" and not loose:
            if reading.denied:
                return (-_EVER, _EVER, _EVER)
            return (first, _EVER, last) if reading.throughout else (last, _EVER, first)
        if not reading.throughout and not loose:
            return (1, 0, first)
        cover = self.context.cover(reading) if covered else None
        return (*(cover or (first, last)), first)

    def against_starts(self) -> set[tuple[int, int]]:
        """Return the pairs of a duration and a start that do not fit; equal claims are tried once."""
        lasting: dict[tuple[object, ...], list[int]] = {}
        starts: dict[tuple[object, ...], list[int]] = {}
        profiles = self.context.background.profiles
        measured = {one.claim.predicate: profiles[one.claim.predicate].measured_from for one in self.readings}
        sought = {start for own in measured.values() for start in own}
        for index, one in enumerate(self.readings):
            content = (one.claim.predicate, one.value.key, one.denied)
            if measured[one.claim.predicate]:
                lasting.setdefault((*content, one.days or one.claim.article), []).append(index)
            elif one.claim.predicate in sought:
                starts.setdefault(content, []).append(index)
        found: set[tuple[int, int]] = set()
        for mine, yours in product(lasting.values(), starts.values()):
            a, b = self.readings[mine[0]], self.readings[yours[0]]
            joined = self.context.bond(a.claim.predicate, b.claim.predicate)
            if joined is not None and match(a, b, joined, self.context.background) is not None:
                found.update((min(one, other), max(one, other)) for one in mine for other in yours)
        return found


def _total(joined: Bond, found: Match) -> bool:
    return joined.measure == f"{KG}Cumulative" and found.ranges is not None
