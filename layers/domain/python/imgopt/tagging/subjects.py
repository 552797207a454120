"""Names the subject of an image from a classifier's probabilities."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from imgopt.tagging.taxonomy import Kind, NamingThreshold, read_classes

# The necessary probability of a class: the mean of several crops, for one class and alone; and in each crop. A kind
# needs less, because its classes resemble each other. But a small kind is little more than one class, and a large kind
# gets much probability by chance: two in five classes are animals. So its odds must be a multiple of the odds of its
# share of all classes.
ENOUGH, SURE, LEAST = 0.45, 0.85, 0.2
ENOUGH_OF_KIND, ENOUGH_OF_FEW, FEW, TIMES_CHANCE = 0.4, 0.5, 4, 4
Probabilities = Sequence[float]


@dataclass(frozen=True)
class Subject:
    """A subject. `broader` are the kinds that contain it, the nearest first; `parts` the things in its name."""

    name: str
    broader: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def find_class(looks: Sequence[Probabilities]) -> Subject | None:
    """Returns a class that is certain enough to be named, from the probabilities of the 1000 classes in
    several crops.
    """
    classes = read_classes()
    shares = [_agree(each) for each in zip(*looks, strict=True)]
    best = max(range(len(shares)), key=shares.__getitem__)
    kind = classes.kinds[best]
    if kind.named is NamingThreshold.NEVER or shares[best] < (SURE if kind.named is NamingThreshold.SURE else ENOUGH):
        return None
    return Subject(classes.names[best], _names(kind))


def find_kind(looks: Sequence[Probabilities]) -> Subject | None:
    """Returns the narrowest kind whose classes together are certain enough, or the most probable kind in it."""
    sums = [_sum_up(probabilities) for probabilities in looks]
    shares = {kind: _agree(each[kind] for each in sums) for kind in sums[0] if not kind.silent}
    enough = [kind for kind, share in shares.items() if share >= _least_share(kind)]
    if not enough:
        return None
    widest = max(enough, key=lambda kind: (shares[kind], -len(kind.line())))
    kinds = [kind for kind in enough if widest in kind.line()]
    name, *broader = _names(max(kinds, key=lambda kind: len(kind.line())))
    return Subject(name, tuple(broader))


@cache
def _least_share(kind: Kind) -> float:
    kinds = read_classes().kinds
    classes = sum(kind in each.line() for each in kinds)
    odds = TIMES_CHANCE * classes / (len(kinds) - classes)
    return max(ENOUGH_OF_FEW if classes <= FEW else ENOUGH_OF_KIND, odds / (1 + odds))


def _agree(shares: Iterable[float]) -> float:
    """Returns the mean; 0 where one crop has hardly anything of it."""
    found = tuple(shares)
    return sum(found) / len(found) if min(found) >= LEAST else 0


def _sum_up(probabilities: Probabilities) -> dict[Kind, float]:
    sums: dict[Kind, float] = defaultdict(float)
    for kind, share in zip(read_classes().kinds, probabilities, strict=True):
        for each in kind.line():
            sums[each] += share
    return sums


def _names(kind: Kind) -> tuple[str, ...]:
    return tuple(each.name for each in kind.line() if not each.silent)
