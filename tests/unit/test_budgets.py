"""The budget that credits pay for, and the planning of work by it."""

import pytest

from imgopt.codecs.format import ImageHeader
from imgopt.credits import budgets
from imgopt.credits.budgets import LEAST_SECONDS, STAGE_SECONDS, budget_for_pixels, budget_for_tagging
from imgopt.imaging.options import ProcessingSettings
from imgopt.sandbox.budget import UNLIMITED, Budget, Meter
from imgopt.settings import Settings
from imgopt.units import MEBIBYTE


def header(width: int, height: int, format_name: str = "png", frames: int = 1) -> ImageHeader:
    return ImageHeader(format_name, f"image/{format_name}", width, height, frames=frames)


def seconds(image: ImageHeader, **options: object) -> float:
    return budget_for_pixels(image, ProcessingSettings(**options)).cpu_seconds


@pytest.mark.parametrize("side", [1, 10, 1000, 3000, 10_000])
def test_no_credit_pays_for_more_than_15_seconds(side):
    assert seconds(header(side, side)) <= 3 * 15
    assert seconds(header(side, side), output_width=8192) <= 4 * 15
    assert budget_for_tagging(header(side, side)).cpu_seconds <= 15


def test_small_pictures_have_less_than_is_paid_for():
    assert LEAST_SECONDS < seconds(header(100, 100)) < LEAST_SECONDS + 1


def test_output_pixels_count_as_input_pixels_do():
    assert seconds(header(1, 1), output_width=1500, output_height=1500) > seconds(header(1, 1)) + 8


def test_a_drawing_may_take_all_that_is_paid_for():
    assert seconds(header(10, 10, "svg")) == 3 * 15 - STAGE_SECONDS


def test_frames_that_are_paid_for_count():
    one = seconds(header(2000, 2000, "gif"))
    assert one < seconds(header(2000, 2000, "gif", frames=2)) <= 2 * 3 * 15


def test_frames_are_not_paid_for_where_one_is_wanted():
    assert seconds(header(1000, 1000, "gif", frames=400), gif_frame_limit=1) <= 3 * 15


def test_no_stage_takes_longer_than_its_function_has():
    assert seconds(header(1000, 1000, "gif", frames=400)) == 180


def test_free_work_is_limited_by_its_pixels_alone(monkeypatch):
    monkeypatch.setattr(budgets, "settings", lambda: Settings(cost_compress=0))
    monkeypatch.setattr(budgets, "cost_of_output", lambda *_: 0)
    assert seconds(header(10_000, 10_000)) == 180


def test_memory_follows_the_pixels_and_has_an_end():
    small, large = (budget_for_pixels(header(side, side), ProcessingSettings()) for side in (10, 10_000))
    assert 1024 * MEBIBYTE <= small.memory_bytes < 1025 * MEBIBYTE
    assert large.memory_bytes == 2000 * MEBIBYTE


def test_a_meter_tells_what_is_left():
    now = [100.0]
    meter = Meter(Budget(10, 1 << 30), lambda: now[0])
    assert meter.allows(7)
    now[0] += 4
    assert (meter.spent, meter.seconds_left) == (4, 6)
    assert meter.allows(4)
    assert not meter.allows(5)
    now[0] += 40
    assert meter.seconds_left == 0


def test_meter_without_a_budget_allows_any_work():
    meter = Meter()
    assert meter.allows(1e9)
    assert meter.memory_left == UNLIMITED.memory_bytes
