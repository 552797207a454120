"""What an image is of, as far as three networks agree: one that classifies it, one that finds things, one for faces.

Of people nothing is said but how many there are: neither sex, age nor origin.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from imgopt.detection.things import Thing
from imgopt.tagging.subjects import Probabilities, Subject, find_class, find_kind
from imgopt.tagging.taxonomy import HERE, read_numbers

PERSON = "person"
COUNTS = {1: "person", 2: "two people", 3: "three people"}
MANY, MOST_COUNTED, MOST_THINGS = "people", 3, 2
# How sure the detector must be of a person: without a face in the image and with one; of each further one that is
# counted, and of one that may be another.
SURE_PERSON, PERSON_WITH_FACE, FURTHER_PERSON, UNSURE_PERSON = 0.6, 0.5, 0.6, 0.3
# How sure detector and classifier must each be of a thing, and both together; and the detector of what no class is.
LEAST_SEEN, LEAST_CLASSIFIED, BOTH_TOGETHER, SEEN_ALONE = 0.45, 0.15, 0.75, 0.8
# All that is said of drawings, charts and the like: the networks were trained on photographs, and take a curve for an
# oscilloscope and a skyline at night for a screen.
SCREENSHOT, CHART = "screenshot", "chart"
SCREENSHOT_CLASS, OSCILLOSCOPE_CLASS = 916, 688
# What the classes must have on average: that of screens with so many lines of text or without, and that of charts.
SCREEN_WITH_TEXT, MUCH_TEXT, SURE_SCREEN, SURE_CHART = 0.2, 8, 0.55, 0.6


@dataclass(frozen=True)
class Sight:
    """What networks see in one image: `looks` of the classifier, things, how many faces and lines of text there are."""

    looks: Sequence[Probabilities]
    things: Sequence[Thing]
    faces: int
    lines: int
    is_graphic: bool


def find_scene(seen: Sight) -> Subject | None:
    """None where nothing is certain."""
    if subject := _find_page(seen):
        return subject
    if seen.is_graphic:
        return None
    people, things = _count_people(seen), list(dict.fromkeys(_find_things(seen)))
    if people:
        return _join(COUNTS.get(people, MANY), *things[:1])
    return find_class(seen.looks) or (_join(*things[:MOST_THINGS]) if things else find_kind(seen.looks))


def _join(*names: str) -> Subject:
    return Subject(" with ".join(names), parts=names if len(names) > 1 else ())


def _find_page(seen: Sight) -> Subject | None:
    """Screens, also photo-like ones with much text, and charts."""
    if _mean(seen, [SCREENSHOT_CLASS]) >= (SCREEN_WITH_TEXT if seen.lines >= MUCH_TEXT else SURE_SCREEN):
        return Subject(SCREENSHOT)
    is_chart = seen.is_graphic and _mean(seen, [OSCILLOSCOPE_CLASS]) >= SURE_CHART
    return Subject(CHART) if is_chart else None


def _count_people(seen: Sight) -> int:
    """More than can be counted, where there may be more than those that are seen for certain."""
    scores = [thing.box.score for thing in seen.things if thing.name == PERSON]
    surest = max(scores, default=0.0)
    if surest < (PERSON_WITH_FACE if seen.faces else SURE_PERSON):
        return 0
    sure, unsure = (sum(score >= least for score in scores) for least in (FURTHER_PERSON, UNSURE_PERSON))
    return MOST_COUNTED + 1 if sure > 1 and unsure > sure else max(1, sure)


def _find_things(seen: Sight) -> Iterator[str]:
    """Other than people, the surest first. They are not counted: one of them often has two boxes."""
    return (thing.name for thing in seen.things if thing.name != PERSON and _is_certain(thing, seen))


def _is_certain(thing: Thing, seen: Sight) -> bool:
    score, classes = thing.box.score, read_things()[thing.name]
    if not classes:
        return score >= SEEN_ALONE
    classified = _mean(seen, classes)
    return score >= LEAST_SEEN and classified >= LEAST_CLASSIFIED and score + classified >= BOTH_TOGETHER


def _mean(seen: Sight, classes: Sequence[int]) -> float:
    """What the classes have together, on average over the looks."""
    return sum(look[number] for look in seen.looks for number in classes) / len(seen.looks)


@cache
def read_things() -> dict[str, tuple[int, ...]]:
    """The detector's names, with the numbers of classes that are the same."""
    table = tomllib.loads((HERE / "things.toml").read_text())
    return {name: tuple(read_numbers(classes)) for name, classes in table.items()}
