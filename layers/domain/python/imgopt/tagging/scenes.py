"""What an image is of, as far as networks agree: one kind classifies it, two others find things, another one faces.

What no class stands for is told by terms of our own, which fit what the classifiers see of it.

Of people nothing is said but how many there are: neither sex, age nor origin.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from imgopt.detection.boxes import overlap
from imgopt.detection.things import Thing
from imgopt.tagging.plurals import make_plural
from imgopt.tagging.scene_head import read_terms
from imgopt.tagging.subjects import Probabilities, Subject, find_class, find_kind
from imgopt.tagging.taxonomy import HERE, read_numbers

PERSON = "person"
COUNTS = {1: "person", 2: "two people", 3: "three people"}
MANY, MOST_COUNTED, MOST_THINGS = "people", 3, 2
# How sure the detector must be of a person: without a face in the image and with one; of each further one that is
# counted, and of one that may be another.
SURE_PERSON, PERSON_WITH_FACE, FURTHER_PERSON, UNSURE_PERSON = 0.6, 0.5, 0.6, 0.3
# What the first detector and the second must have together, to be sure of a person without a face.
BOTH_PERSON = 0.85
# How sure detector and classifier must each be of a thing, and both together; and the detector of what no class is.
LEAST_SEEN, LEAST_CLASSIFIED, BOTH_TOGETHER, SEEN_ALONE = 0.45, 0.15, 0.75, 0.8
# How sure the second detector must be: alone, with the first one or the classifier; and what the first must have then.
SCORED_ALONE, LEAST_SCORED, SEEN_BESIDE = 0.7, 0.4, 0.4
# In graphics it and the classifier must both be sure.
CLASSIFIED_GRAPHIC = 0.3
# How sure the first detector must be of each of two things, for there to be several, and how much they may overlap: of
# two boxes around one thing, one is mostly in the other.
SURE_OF_SEVERAL, SIDE_BY_SIDE = 0.5, 0.1
# What nearly everybody wears, and nobody is described by.
WORN = frozenset({"shoe", "shoes"})
# How well a term must fit: where nothing else is known, and against a kind of classes. Of the pictures that terms are
# made with, 3 in 168 are called what they aren't from the first on, and none of 114 from the second on, each by terms
# that are made without it.
LEAST_TERM, SURE_TERM = 0.3, 0.5
WIDEST_TERM = "landscape"
# What a thing is called where its name says too much: the same network finds tablets, monitors and television sets.
CALLED = {"tv": "screen"}
# All that is said of drawings, charts and the like, beside terms: the networks were trained on photographs, and take a
# curve for an oscilloscope and a skyline at night for a screen.
SCREENSHOT, CHART = "screenshot", "chart"
SCREENSHOT_CLASS, OSCILLOSCOPE_CLASS = 916, 688
# What the classes must have on average: that of screens with so many lines of text or without, and that of charts.
SCREEN_WITH_TEXT, MUCH_TEXT, SURE_SCREEN, SURE_CHART = 0.15, 8, 0.55, 0.6


@dataclass(frozen=True)
class Sight:
    """What networks see in one image: `looks` of the classifiers, things by the first detector, `scores` of things
    by the second, `terms` with how well each fits, how many faces and lines of text there are.
    """

    looks: Sequence[Probabilities]
    things: Sequence[Thing]
    scores: Mapping[str, float]
    terms: Mapping[str, float]
    faces: int
    lines: int
    is_graphic: bool


def find_scene(seen: Sight) -> Subject | None:
    """None where nothing is certain."""
    if subject := _find_page(seen):
        return subject
    things = _find_things(seen)
    if seen.is_graphic:
        return _join(*things[:1]) if things else find_term(seen.terms)
    people = _count_people(seen)
    if people:
        return _join(COUNTS.get(people, MANY), *[thing for thing in things if thing not in WORN][:1])
    return find_class(seen.looks) or (_join(*things[:MOST_THINGS]) if things else _find_broadly(seen))


def _find_broadly(seen: Sight) -> Subject | None:
    """A term, or a kind of classes that is narrower, or that the term is not sure enough against."""
    term, kind = find_term(seen.terms), find_kind(seen.looks)
    if not (term and kind):
        return term or kind
    is_narrower = term.name in (kind.name, *kind.broader)
    return kind if is_narrower or seen.terms[term.name] < SURE_TERM else term


def find_term(terms: Mapping[str, float]) -> Subject | None:
    """The one that fits best, where it fits well enough; a landscape only if no other does."""
    fitting = [name for name in terms if terms[name] >= LEAST_TERM]
    best = max(fitting, key=lambda name: (name != WIDEST_TERM, terms[name]), default=None)
    return Subject(best, read_terms()[best]) if best else None


def _join(*names: str) -> Subject:
    return Subject(" with ".join(names), parts=names if len(names) > 1 else ())


def _find_page(seen: Sight) -> Subject | None:
    """Screens, also photo-like ones with much text, and charts."""
    if _mean(seen, [SCREENSHOT_CLASS]) >= (SCREEN_WITH_TEXT if seen.lines >= MUCH_TEXT else SURE_SCREEN):
        return Subject(SCREENSHOT)
    is_chart = seen.is_graphic and _mean(seen, [OSCILLOSCOPE_CLASS]) >= SURE_CHART
    return Subject(CHART) if is_chart else None


def _count_people(seen: Sight) -> int:
    """More than can be counted, where there may be more than those that are seen for certain.

    A person is certain, too, where there is a face for one that isn't by itself.
    """
    scores = [thing.box.score for thing in seen.things if thing.name == PERSON]
    if not _is_person_certain(max(scores, default=0.0), seen):
        return 0
    sure, unsure = (sum(score >= least for score in scores) for least in (FURTHER_PERSON, UNSURE_PERSON))
    counted = max(1, sure, min(seen.faces, unsure))
    may_be_more = seen.faces > counted or (counted > 1 and unsure > counted)
    return MOST_COUNTED + 1 if may_be_more else counted


def _is_person_certain(surest: float, seen: Sight) -> bool:
    if surest >= (PERSON_WITH_FACE if seen.faces else SURE_PERSON):
        return True
    return surest >= UNSURE_PERSON and surest + seen.scores.get(PERSON, 0) >= BOTH_PERSON


def _find_things(seen: Sight) -> list[str]:
    """Other than people, the surest first. They are not counted, but several are told from one."""
    surest = {thing.name: thing.box.score for thing in reversed(seen.things)}
    evidence = {
        name: Evidence(surest.get(name, 0), seen.scores.get(name, 0), _classified(name, seen))
        for name in {**surest, **seen.scores}
        if name != PERSON
    }
    is_certain = Evidence.is_certain_of_graphic if seen.is_graphic else Evidence.is_certain
    certain = [name for name, each in evidence.items() if is_certain(each)]
    return [_call(name, seen) for name in sorted(certain, key=lambda name: -evidence[name].sum)]


def _call(name: str, seen: Sight) -> str:
    boxes = [thing.box for thing in seen.things if thing.name == name and thing.box.score >= SURE_OF_SEVERAL]
    are_several = any(overlap(one, other) <= SIDE_BY_SIDE for one, other in combinations(boxes, 2))
    called = CALLED.get(name, name)
    return make_plural(called) if are_several else called


@dataclass(frozen=True)
class Evidence:
    """Of one thing: how sure both detectors and the classifiers are; `classified` is None of what no class is."""

    seen: float
    scored: float
    classified: float | None

    @property
    def sum(self) -> float:
        return self.seen + self.scored + (self.classified or 0)

    def is_certain(self) -> bool:
        """Where two agree, or one is sure enough alone."""
        if self.classified is None:
            return self.seen >= SEEN_ALONE
        classified = self.classified >= LEAST_CLASSIFIED
        if self.seen >= LEAST_SEEN and classified and self.seen + self.classified >= BOTH_TOGETHER:
            return True
        least = LEAST_SCORED if classified or self.seen >= SEEN_BESIDE else SCORED_ALONE
        return self.scored >= least

    def is_certain_of_graphic(self) -> bool:
        return self.scored >= SCORED_ALONE and (self.classified or 0) >= CLASSIFIED_GRAPHIC


def _classified(name: str, seen: Sight) -> float | None:
    classes = read_things()[name]
    return _mean(seen, classes) if classes else None


def _mean(seen: Sight, classes: Sequence[int]) -> float:
    """What the classes have together, on average over the looks."""
    return sum(look[number] for look in seen.looks for number in classes) / len(seen.looks)


@cache
def read_things() -> dict[str, tuple[int, ...]]:
    """The detector's names, with the numbers of classes that are the same."""
    table = tomllib.loads((HERE / "things.toml").read_text())
    return {name: tuple(read_numbers(classes)) for name, classes in table.items()}
