"""The comparison of two encoders in the benchmarks."""

import pytest

from benchmarks.matching import byte_ratios, front, nearest
from benchmarks.trials import Trial


def trial(quality: int, size: int, score: float) -> Trial:
    return Trial(quality, size, score, 0.0)


PEER = [trial(20, 1000, 50), trial(60, 2000, 70), trial(98, 8000, 95)]


def test_half_the_bytes_at_each_score_that_both_reach() -> None:
    ours = [trial(each.quality, each.size // 2, each.score) for each in PEER[:2]]
    assert byte_ratios(ours, PEER) == pytest.approx({60: 0.5, 70: 0.5})


def test_bytes_grow_by_a_factor_between_two_trials() -> None:
    ours = [trial(1, 1000, 60), trial(2, 4000, 80)]
    same_size = [trial(1, 2000, 60), trial(2, 2000.01, 80)]
    assert byte_ratios(ours, same_size)[70] == pytest.approx(1, rel=1e-4)


def test_trials_that_are_larger_and_no_better_are_left_out() -> None:
    assert [each.quality for each in front([*PEER, trial(70, 3000, 65)])] == [20, 60, 98]


def test_no_score_in_common_gives_nothing() -> None:
    assert byte_ratios([trial(100, 500, 100)], PEER) == {}


def test_time_is_taken_where_the_score_is_nearest() -> None:
    assert nearest(PEER) == 60
