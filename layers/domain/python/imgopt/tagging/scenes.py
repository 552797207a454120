"""Names the subject of an image where networks agree: classifiers, detectors of things, and a detector of faces.

Subjects without a class are named by terms of this service, which are scored on the classifiers' features.

Of people only the number is stated, never sex, age or origin.
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
# The detector's confidence for a person: without a face, with one, for each further person, and for one who may be
# another.
SURE_PERSON, PERSON_WITH_FACE, FURTHER_PERSON, UNSURE_PERSON = 0.6, 0.5, 0.6, 0.3
# The sum of both detectors' confidences for a person without a face.
BOTH_PERSON = 0.85
# The confidence of detector and classifier for a thing, each; of both together; and of the detector for a thing without
# a class.
LEAST_SEEN, LEAST_CLASSIFIED, BOTH_TOGETHER, SEEN_ALONE = 0.45, 0.15, 0.75, 0.8
# The second detector's confidence: alone; together with the first or the classifier; and the first one's then.
SCORED_ALONE, LEAST_SCORED, SEEN_BESIDE = 0.7, 0.4, 0.4
# In graphics, both this detector and the classifier must be certain.
CLASSIFIED_GRAPHIC = 0.3
# The first detector's confidence for each of two equal things, and their largest overlap: two boxes around one thing
# overlap more.
SURE_OF_SEVERAL, SIDE_BY_SIDE = 0.5, 0.1
# Worn by nearly everybody, so that it says nothing about a person.
WORN = frozenset({"shoe", "shoes"})
# Minimum scores of a term: where nothing else is known, and against a kind of classes. In cross-validation, 3 of 168
# pictures get a wrong term from the first score on, and none of 114 from the second on.
LEAST_TERM, SURE_TERM = 0.3, 0.5
WIDEST_TERM = "landscape"
# Replacements for names that are too specific: the network calls tablets, monitors and television sets the same.
REPLACED_NAMES = {"tv": "screen"}
# The only subjects of drawings and charts, besides terms: the networks were trained on photographs, and confuse a curve
# with an oscilloscope, or a skyline at night with a screen.
SCREENSHOT, CHART = "screenshot", "chart"
SCREENSHOT_CLASS, OSCILLOSCOPE_CLASS = 916, 688
# The mean probability of the classes: of screens with this many lines of text or without, and of charts.
SCREEN_WITH_TEXT, MUCH_TEXT, SURE_SCREEN, SURE_CHART = 0.15, 8, 0.55, 0.6


@dataclass(frozen=True)
class Detections:
    """The networks' results for one image: `looks` of the classifiers, things of the first detector, `scores` of the
    second, `terms` with their scores, and the numbers of faces and lines of text.
    """

    looks: Sequence[Probabilities]
    things: Sequence[Thing]
    scores: Mapping[str, float]
    terms: Mapping[str, float]
    faces: int
    lines: int
    is_graphic: bool


def find_scene(seen: Detections) -> Subject | None:
    """Returns the subject; None where nothing is certain."""
    if subject := _find_page(seen):
        return subject
    things = _find_things(seen)
    if seen.is_graphic:
        return _join(*things[:1]) if things else find_term(seen.terms)
    people = _count_people(seen)
    if people:
        return _join(COUNTS.get(people, MANY), *[thing for thing in things if thing not in WORN][:1])
    return find_class(seen.looks) or (_join(*things[:MOST_THINGS]) if things else _find_broadly(seen))


def _find_broadly(seen: Detections) -> Subject | None:
    """Returns a term; or a kind of classes, where it is narrower, or the term's score is too low against it."""
    term, kind = find_term(seen.terms), find_kind(seen.looks)
    if not (term and kind):
        return term or kind
    is_narrower = term.name in (kind.name, *kind.broader)
    return kind if is_narrower or seen.terms[term.name] < SURE_TERM else term


def find_term(terms: Mapping[str, float]) -> Subject | None:
    """Returns the term with the highest score, if that is high enough. A landscape only counts where no other term
    does.
    """
    fitting = [name for name in terms if terms[name] >= LEAST_TERM]
    best = max(fitting, key=lambda name: (name != WIDEST_TERM, terms[name]), default=None)
    return Subject(best, read_terms()[best]) if best else None


def _join(*names: str) -> Subject:
    return Subject(" with ".join(names), parts=names if len(names) > 1 else ())


def _find_page(seen: Detections) -> Subject | None:
    """Returns a screenshot or chart, also a photo-like screen with much text."""
    if _mean(seen, [SCREENSHOT_CLASS]) >= (SCREEN_WITH_TEXT if seen.lines >= MUCH_TEXT else SURE_SCREEN):
        return Subject(SCREENSHOT)
    is_chart = seen.is_graphic and _mean(seen, [OSCILLOSCOPE_CLASS]) >= SURE_CHART
    return Subject(CHART) if is_chart else None


def _count_people(seen: Detections) -> int:
    """Returns the number of people; more than can be counted, where uncertain detections may be further people.

    A face makes an uncertain person certain.
    """
    scores = [thing.box.score for thing in seen.things if thing.name == PERSON]
    if not _is_person_certain(max(scores, default=0.0), seen):
        return 0
    sure, unsure = (sum(score >= least for score in scores) for least in (FURTHER_PERSON, UNSURE_PERSON))
    counted = max(1, sure, min(seen.faces, unsure))
    may_be_more = seen.faces > counted or (counted > 1 and unsure > counted)
    return MOST_COUNTED + 1 if may_be_more else counted


def _is_person_certain(surest: float, seen: Detections) -> bool:
    if surest >= (PERSON_WITH_FACE if seen.faces else SURE_PERSON):
        return True
    return surest >= UNSURE_PERSON and surest + seen.scores.get(PERSON, 0) >= BOTH_PERSON


def _find_things(seen: Detections) -> list[str]:
    """Returns the things other than people, the most certain first. They are not counted, but the plural is used for
    several.
    """
    surest = {thing.name: thing.box.score for thing in reversed(seen.things)}
    evidence = {
        name: Evidence(surest.get(name, 0), seen.scores.get(name, 0), _classified(name, seen))
        for name in {**surest, **seen.scores}
        if name != PERSON
    }
    is_certain = Evidence.is_certain_of_graphic if seen.is_graphic else Evidence.is_certain
    certain = [name for name, each in evidence.items() if is_certain(each)]
    return [_call(name, seen) for name in sorted(certain, key=lambda name: -evidence[name].sum)]


def _call(name: str, seen: Detections) -> str:
    boxes = [thing.box for thing in seen.things if thing.name == name and thing.box.score >= SURE_OF_SEVERAL]
    are_several = any(overlap(one, other) <= SIDE_BY_SIDE for one, other in combinations(boxes, 2))
    called = REPLACED_NAMES.get(name, name)
    return make_plural(called) if are_several else called


@dataclass(frozen=True)
class Evidence:
    """The confidences for one thing: of both detectors and the classifiers. `classified` is None where there is no
    class.
    """

    seen: float
    scored: float
    classified: float | None

    @property
    def sum(self) -> float:
        return self.seen + self.scored + (self.classified or 0)

    def is_certain(self) -> bool:
        """Whether two networks agree, or one is certain enough alone."""
        if self.classified is None:
            return self.seen >= SEEN_ALONE
        classified = self.classified >= LEAST_CLASSIFIED
        if self.seen >= LEAST_SEEN and classified and self.seen + self.classified >= BOTH_TOGETHER:
            return True
        least = LEAST_SCORED if classified or self.seen >= SEEN_BESIDE else SCORED_ALONE
        return self.scored >= least

    def is_certain_of_graphic(self) -> bool:
        return self.scored >= SCORED_ALONE and (self.classified or 0) >= CLASSIFIED_GRAPHIC


def _classified(name: str, seen: Detections) -> float | None:
    classes = read_things()[name]
    return _mean(seen, classes) if classes else None


def _mean(seen: Detections, classes: Sequence[int]) -> float:
    """Returns the sum of the classes' probabilities, the mean of all crops."""
    return sum(look[number] for look in seen.looks for number in classes) / len(seen.looks)


@cache
def read_things() -> dict[str, tuple[int, ...]]:
    """Returns the detector's names, with the numbers of the equivalent classes."""
    table = tomllib.loads((HERE / "things.toml").read_text())
    return {name: tuple(read_numbers(classes)) for name, classes in table.items()}
