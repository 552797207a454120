"""The search for the quality of a score, with encoders of known scores."""

from collections.abc import Callable, Sequence

import pytest

from imgopt.codecs.shared.encoding import Encoding
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.scores.curve import (
    EVERY_QUALITY,
    ScoreCurve,
    steps_of,
    usual_curve_through,
    usual_quality,
    usual_score,
)
from imgopt.imaging.scores.model import Score
from imgopt.imaging.steps.compress import Attempts, Compressed
from imgopt.imaging.steps.scored import choose_scored
from imgopt.imaging.steps.target import (
    ENOUGH_FOR_A_STEP,
    MOST_ENCODES,
    MOST_SAMPLES,
    TARGET_STOPPED,
    Prediction,
    Scored,
    SearchBounds,
    enough_above,
    predict,
    search,
)
from imgopt.sandbox.budget import Budget, Meter

Curve = Callable[[int], float]


class Run:
    """A search on a curve; bytes grow with the quality unless `size` says otherwise."""

    def __init__(
        self,
        curve: Curve,
        seconds: float = 0.0,
        size: Curve = lambda quality: quality * 10,
        *,
        is_exact: bool = False,
    ) -> None:
        self.curve, self.size, self.seconds, self.now, self.is_exact = curve, size, seconds, 0.0, is_exact
        self.tried: list[int] = []

    def encode(self, quality: int, _scale: float) -> Encoding:
        self.tried.append(quality)
        self.now += self.seconds
        return Encoding(bytes(int(self.size(quality))), "test", lossless=self.is_exact)

    def score_of(self, made: Compressed) -> Score:
        return Score(self.curve(made.quality))

    def search(
        self,
        target: float,
        start: int | None = None,
        budget: float = 100.0,
        steps: Sequence[int] = EVERY_QUALITY,
        rival: int | None = None,
    ) -> Scored:
        attempts = Attempts(self.encode, Meter(Budget(budget, 1), lambda: self.now))
        first = predict(lambda _: None, target) if start is None else Prediction(start)
        return search(attempts, self.score_of, target, first, SearchBounds(steps, rival))


def shifted(points: float, slope: float = 1.0) -> Curve:
    return lambda quality: min(max(usual_score(quality) * slope + points, -50.0), 100.0)


@pytest.mark.parametrize("target", [40, 60, 70, 80, 88])
@pytest.mark.parametrize("points", [-8, -3, 0, 4, 9])
@pytest.mark.parametrize("slope", [0.9, 1.0, 1.1])
def test_search_reaches_the_target_closely_in_four_encodings_or_fewer(target, points, slope):
    run = Run(shifted(points, slope))
    reachable = run.curve(100) >= target
    found = run.search(target)
    assert len(run.tried) <= MOST_ENCODES
    assert found.reaches(target) == reachable
    if reachable and run.curve(1) < target:
        below = run.curve(found.made.quality - 1)
        enough = ENOUGH_FOR_A_STEP * enough_above(target)
        assert found.score.value <= target + enough or below < target or len(run.tried) == MOST_ENCODES


def test_points_above_a_low_target_count_less_as_they_take_fewer_bytes():
    assert enough_above(90) == enough_above(80) < enough_above(70) < enough_above(60) < 3


def test_search_is_done_after_one_encoding_where_the_start_is_right():
    run = Run(shifted(0))
    assert run.search(74, start=81).made.quality == 81
    assert run.tried == [81]


def test_search_for_what_is_out_of_reach_ends_with_the_best():
    run = Run(shifted(-20))
    found = run.search(90)
    assert (found.made.quality, found.reaches(90), found.score.value) == (100, False, 74)
    assert len(run.tried) <= 2


def test_search_does_not_go_beyond_the_highest_quality():
    run = Run(lambda quality: 100.0 if quality == 100 else 70.0)
    assert not run.search(90, steps=EVERY_QUALITY[:-1]).reaches(90)
    assert max(run.tried) == 99


def test_search_tries_no_quality_that_makes_the_same_file():
    coarse = steps_of(lambda quality: quality // 6)
    run = Run(shifted(3))
    assert run.search(70, start=71, steps=coarse).reaches(70)
    assert set(run.tried) <= set(coarse)


def test_steps_are_the_lowest_qualities_of_each_number_and_the_highest():
    assert steps_of(lambda quality: quality // 25) == (1, 25, 50, 75, 100)
    assert steps_of(lambda quality: min(quality, 3)) == (1, 2, 3, 100)


def test_search_is_done_above_the_target_where_the_step_below_is_thought_too_low():
    run = Run(shifted(0))
    assert run.search(70, start=79, steps=(1, 66, 79, 100)).made.quality == 79
    assert run.tried == [79]


@pytest.mark.parametrize("score", [100.0, 80.0])
def test_search_on_a_flat_curve_that_is_enough_ends_with_the_smallest(score):
    run = Run(lambda _: score)
    found = run.search(60)
    assert found.made.quality == min(run.tried)
    assert len(run.tried) <= MOST_ENCODES


@pytest.mark.parametrize("is_exact", [True, False])
def test_search_ends_where_what_is_enough_comes_out_again_in_the_same_bytes(is_exact):
    run = Run(lambda _: 100.0, size=lambda quality: 500, is_exact=is_exact)
    assert run.search(70, start=60).reaches(70)
    assert len(run.tried) == 2


def test_search_ends_with_what_lost_nothing_where_all_below_is_thought_too_low():
    run = Run(lambda quality: 100.0, is_exact=True)
    attempts = Attempts(run.encode)
    sampled = Prediction(80, usual_curve_through({80: 70.2}))
    assert search(attempts, run.score_of, 70, sampled).made.quality == 80
    assert run.tried == [80]


def test_search_leaves_steps_on_which_all_is_too_low():
    run = Run(lambda quality: 79.8 if quality < 60 else 93.0)
    assert run.search(80, start=21).reaches(80)
    assert len(run.tried) <= MOST_ENCODES


def test_search_on_steps_that_are_too_low_ends_with_the_highest():
    run = Run(lambda quality: 100.0 if quality == 100 else 79.8)
    assert run.search(80, start=21).made.quality == 100


@pytest.mark.parametrize(
    ("size", "score", "is_given_up"),
    [
        (500, 78, False),
        (510, 78, True),  # what has the target is larger still
        (600, 82, False),
        (900, 82, True),  # two points are not worth so much
        (1400, 90, False),
        (1500, 90, True),
    ],
)
def test_search_is_given_up_where_a_rival_is_surely_smaller(size, score, is_given_up):
    run = Run(lambda quality: score if quality == 60 else 80.0, size=lambda _: size)
    run.search(80, start=60, rival=500)
    assert (len(run.tried) == 1) == is_given_up


@pytest.mark.parametrize(("rival", "is_given_up"), [(500, False), (350, True)])
def test_lossless_file_may_become_much_smaller(rival, is_given_up):
    run = Run(lambda quality: 100.0 if quality == 60 else 80.0, size=lambda _: 2000, is_exact=True)
    run.search(80, start=60, rival=rival)
    assert (len(run.tried) == 1) == is_given_up


def test_search_on_a_flat_curve_that_is_too_low_is_bounded():
    run = Run(lambda _: 40.0)
    assert not run.search(80).reaches(80)
    assert len(run.tried) <= MOST_ENCODES


@pytest.mark.parametrize("start", [20, 50, 70, 90])
def test_search_on_a_curve_that_falls_now_and_then_keeps_what_reaches(start):
    run = Run(lambda quality: usual_score(quality) + (6 if quality % 7 < 3 else 0))
    found = run.search(70, start=start)
    assert len(run.tried) <= MOST_ENCODES
    assert found.reaches(70) == any(run.curve(each) >= 70 for each in run.tried)


def test_search_climbs_a_curve_of_few_steps():
    run = Run(lambda quality: 100.0 if quality > 96 else 50.0)
    assert run.search(80).made.quality > 96


def test_search_takes_the_smallest_file_that_reaches_though_its_quality_is_higher():
    run = Run(shifted(15), size=lambda quality: 1000 if quality < 60 else 500)
    found = run.search(70)
    assert found.made.size == min(run.size(each) for each in run.tried if run.curve(each) >= 70)


def test_search_ends_with_the_budget_and_says_so():
    run = Run(shifted(12), seconds=10.0)
    found = run.search(70, budget=15.0)
    assert (len(run.tried), found.score.warning) == (1, TARGET_STOPPED)


def test_search_without_scores_makes_one_encoding():
    run = Run(shifted(0))
    run.score_of = lambda _: Score(warning="No score.")
    assert run.search(70).score.warning == "No score."
    assert run.tried == [predict(lambda _: None, 70).quality]


@pytest.mark.parametrize("points", [-10, 0, 6])
def test_prediction_by_a_sample_is_close_after_few_looks(points):
    looks: list[int] = []

    def score_at(quality: int) -> float:
        looks.append(quality)
        return shifted(points)(quality)

    assert abs(shifted(points)(predict(score_at, 75).quality) - 75) < 2
    assert len(looks) <= MOST_SAMPLES


def test_prediction_does_not_take_what_lost_nothing_for_the_score_of_others():
    start = predict(lambda quality: 100.0 if quality >= 60 else shifted(0)(quality), 70)
    assert start.expected(90) == pytest.approx(usual_score(90), abs=1)


@pytest.mark.parametrize("score", [-20, 30, 55.5, 80, 99])
def test_usual_qualities_and_scores_are_inverse_within_the_scale(score):
    within = min(max(score, usual_score(1)), usual_score(100))
    assert usual_score(usual_quality(score)) == pytest.approx(within)


def test_curve_goes_on_as_slowly_as_it_rose_up_and_down():
    curve = ScoreCurve({50: 60.0, 60: 62.0})
    assert curve.quality_for(66) > ScoreCurve({60: 62.0}).quality_for(66)
    assert curve.quality_for(58) < ScoreCurve({50: 60.0}).quality_for(58)


def test_curve_that_hardly_rose_is_not_taken_to_go_on_so_where_others_are_steep():
    curve = ScoreCurve({22: 69.0, 52: 76.0})
    assert curve.quality_for(60) > 8


def scored(size: int, score: float | None) -> tuple[Compressed, Score]:
    return Compressed(Encoding(bytes(size), "e"), 50), Score(score)


def test_smallest_of_several_encoders_that_has_the_target_is_taken():
    options = ProcessingSettings(output_quality_target=80)
    tried = [scored(900, 80.5), scored(700, 80.1), scored(500, 79.0)]
    assert choose_scored(tried, options) == tried[1]


def test_best_looking_of_several_encoders_is_taken_where_none_has_the_target():
    options = ProcessingSettings(output_quality_target=90)
    tried = [scored(900, 70.0), scored(990, 71.0)]
    assert choose_scored(tried, options) == tried[1]
