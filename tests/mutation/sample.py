"""The sample of mutants: from one seed, spread evenly over operators, files and kinds of lines."""

from collections.abc import Callable, Iterator
from inspect import getmembers, isfunction
from pathlib import Path
from random import Random

from mutation import mixups, slips
from mutation.damage import Damage, Mutant, mutant
from mutation.files import Source, World
from mutation.slips import Operator

ROOT = Path(__file__).resolve().parents[2]
SEED = 20240314
COUNT = 2100


def _operators() -> dict[str, Operator]:
    """Return the operators by name: the public functions of the modules that take a world, a source and a Random."""
    found: dict[str, Operator] = {}
    for module in (slips, mixups):
        for name, function in getmembers(module, isfunction):
            if function.__module__ == module.__name__ and tuple(function.__annotations__)[:3] == (
                "world",
                "source",
                "random",
            ):
                found[name.replace("_", " ")] = function
    return found


OPERATORS = dict(sorted(_operators().items()))


def mutants(seed: int = SEED, count: int = COUNT, root: Path = ROOT) -> Iterator[Mutant]:
    """Yield at most `count` different mutants of the project in `root`, in the order of the operators.

    The same seed gives the same mutants on every machine. An operator with fewer places than its share uses them all.
    """
    world = World.read(root)
    share, more = divmod(count, len(OPERATORS))
    for number, (name, operator) in enumerate(OPERATORS.items()):
        yield from _of_operator(seed, name, operator, world, share + (number < more))


def _of_operator(seed: int, name: str, operator: Operator, world: World, count: int) -> Iterator[Mutant]:
    """Yield the mutants of one operator, in turn from each file, and in each from each kind of line."""
    turns = [
        (source, _in_turn(list(operator(world, source, random)), random))
        for source in world.sources
        for random in [Random(f"{seed} {name} {source.name}")]
    ]
    Random(f"{seed} {name}").shuffle(turns)
    seen: set[tuple[str, str]] = set()
    while turns and len(seen) < count:
        for turn in list(turns):
            source, damages = turn
            made = next(
                (one for one in map(_maker(seed, name, source), damages) if (one.file, one.text) not in seen), None
            )
            if made is None:
                turns.remove(turn)
            elif len(seen) < count:
                seen.add((made.file, made.text))
                yield made


def _maker(seed: int, name: str, source: Source) -> Callable[[Damage], Mutant]:
    return lambda damage: mutant(seed, name, source, damage)


def _in_turn(damages: list[Damage], random: Random) -> Iterator[Damage]:
    """Yield all damages, in turn from each kind of line."""
    random.shuffle(damages)
    kinds: dict[str, list[Damage]] = {}
    for one in damages:
        kinds.setdefault(one.what, []).append(one)
    names = sorted(kinds)
    random.shuffle(names)
    while names:
        for name in list(names):
            yield kinds[name].pop()
            if not kinds[name]:
                names.remove(name)
