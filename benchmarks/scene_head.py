"""`python -m benchmarks.scene_head` trains the terms for scenes again, and prints how well they fit other pictures.

Each term is a linear function of the classifiers' features. Of the pictures in benchmarks/labelled/scenes.toml, it
shall be 1 for those that the term fits, and -1 for the others. It is found by least squares with a penalty on the
coefficients, in which both groups have the same weight. To estimate the result on other pictures, each picture is
scored by a term that was trained without it and without similar pictures.
"""

from collections import Counter

import numpy
from numpy.typing import NDArray

from benchmarks.labelled.scenes import Scene, read_scenes
from imgopt.codecs.shared.color import flatten
from imgopt.tagging.classifier import classify_image
from imgopt.tagging.scene_head import WEIGHTS, read_terms
from imgopt.tagging.scenes import LEAST_TERM, SURE_TERM, find_term

PENALTY = 0.3
# Pictures with a larger cosine are similar: they belong to one series.
ALIKE = 0.6
Numbers = NDArray[numpy.float64]


def main() -> None:
    scenes = read_scenes()
    features = numpy.array([_look(scene) for scene in scenes], numpy.float64)
    middle = features.mean(0)
    around = features - middle
    groups = find_groups(around)
    fitted = [fit_term(around, _targets(scenes, term), groups) for term in read_terms()]
    weights = numpy.array([[*line[:-1], line[-1] - line[:-1] @ middle] for line, _ in fitted])
    numpy.save(WEIGHTS, weights.astype(numpy.float16), allow_pickle=False)
    _report(scenes, [scores for _, scores in fitted])


def _look(scene: Scene) -> NDArray[numpy.float32]:
    return classify_image(flatten(scene.open())).features


def _targets(scenes: list[Scene], term: str) -> Numbers:
    """1 if the term fits, -1 if it does not, and 0 if that is uncertain."""
    return numpy.array([0.0 if term in scene.unsure else 1.0 if term in scene.terms else -1.0 for scene in scenes])


def find_groups(around: Numbers) -> NDArray[numpy.int64]:
    """The number of the group of each picture. A picture is similar to at least one other picture of its group."""
    normal = around / numpy.linalg.norm(around, axis=1, keepdims=True)
    groups = numpy.arange(len(around))
    for one, other in zip(*numpy.nonzero(numpy.triu(normal @ normal.T, 1) >= ALIKE), strict=True):
        groups[groups == max(groups[one], groups[other])] = min(groups[one], groups[other])
    return groups


def fit_term(around: Numbers, targets: Numbers, groups: NDArray[numpy.int64]) -> tuple[Numbers, Numbers]:
    """The coefficients, of which the last is the constant, and the score of each picture without its group."""
    known = numpy.flatnonzero(targets)
    roots = numpy.sqrt(_weigh(targets[known]))
    rows = numpy.c_[around, numpy.ones(len(around))]
    weighed, wanted = rows[known] * roots[:, None], targets[known] * roots
    inverse = numpy.linalg.inv(weighed @ weighed.T + PENALTY * numpy.eye(len(known)))
    parts = inverse @ wanted
    scores = rows @ (line := weighed.T @ parts)
    for group in numpy.unique(groups[known]):
        own = numpy.flatnonzero(groups[known] == group)
        left_out = numpy.linalg.solve(inverse[numpy.ix_(own, own)], parts[own])
        scores[known[own]] = targets[known[own]] - left_out / roots[own]
    return line, scores


def _weigh(targets: Numbers) -> Numbers:
    """The weights with which both groups have half of the total weight, which is the number of pictures."""
    fits = targets > 0
    return numpy.where(fits, 0.5 / fits.sum(), 0.5 / (~fits).sum()) * len(targets)


def _report(scenes: list[Scene], scores: list[Numbers]) -> None:
    fits = [dict(zip(read_terms(), each, strict=True)) for each in zip(*scores, strict=True)]
    for least in (LEAST_TERM, SURE_TERM):
        verdicts = Counter(_judge(scene, each, least) for scene, each in zip(scenes, fits, strict=True))
        print(f"{len(scenes)} pictures, from {least} on: {dict(verdicts)}")


def _judge(scene: Scene, scores: dict[str, float], least: float) -> str:
    said = find_term(scores)
    if said is None or scores[said.name] < least:
        return "nothing"
    if said.name in scene.terms | scene.unsure:
        return "right" if said.name in scene.terms else "unsure"
    print(f"{scene.name} is called {said.name}")
    return "wrong"


if __name__ == "__main__":
    main()
