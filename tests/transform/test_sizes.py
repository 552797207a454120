"""Sizes and rounding of image URLs, by imgproxy's formula for a source of 500 x 280."""

import pytest

from imgopt.imaging.geometry import Size
from imgopt.transform.options import (
    Crop,
    Extend,
    Gravity,
    GravityType,
    Padding,
    ResizingType,
    TransformOptions,
)
from imgopt.transform.orientation import Turn
from imgopt.transform.sizes import measure_result, place_inside, plan_transform

SOURCE = Size(500, 280)
EXTEND = Extend()


def result(options: TransformOptions, source: Size = SOURCE) -> tuple[int, int]:
    """Width and height that come out."""
    return measure_result(plan_transform(source, options), options)


def asked(kind: str, width: int = 0, height: int = 0, **others) -> TransformOptions:
    return TransformOptions(resizing_type=ResizingType(kind), width=width, height=height, **others)


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (asked("fill", 380, 380), (380, 280)),
        (asked("fill-down", 380, 380), (280, 280)),
        (asked("fill", 380, 380, enlarge=True), (380, 380)),
        (asked("force", 200, 560), (100, 280)),
        (asked("auto", 300, 400), (300, 168)),
        (asked("auto", 300, 300), (300, 280)),
        (asked("fit", min_width=800), (800, 448)),
        (asked("fit", 600, 600, extend=EXTEND), (600, 600)),
        (asked("fit", 600, 600, extend_aspect_ratio=EXTEND), (500, 500)),
        (TransformOptions(crop=Crop(0.5, 1)), (250, 1)),
    ],
)
def test_figures_of_the_contract(options, size):
    assert result(options) == size


def test_dpr_alone_changes_no_size():
    assert result(TransformOptions(dpr=2)) == (500, 280)


def test_dpr_is_capped_at_the_source_for_paddings_too():
    options = TransformOptions(dpr=2, width=400, padding=Padding(10, 10, 10, 10))
    assert plan_transform(SOURCE, options).dpr == 1.25
    assert result(options) == (524, 304)


def test_dpr_below_one_makes_up_for_what_is_too_large():
    assert result(TransformOptions(dpr=0.5, width=1000, height=1000)) == (500, 280)


def test_dpr_counts_whole_with_enlarge():
    assert result(TransformOptions(dpr=2, width=400, enlarge=True)) == (800, 448)


def test_zoom_scales_the_picture_and_no_padding():
    options = TransformOptions(width=100, zoom_x=2, zoom_y=2, padding=Padding(10, 10, 10, 10))
    assert result(options) == (200 + 20, 112 + 20)


@pytest.mark.parametrize(("width", "height"), [(250, 140), (125, 70), (33, 18), (333, 186)])
def test_the_missing_side_follows_and_is_rounded_half_up(width, height):
    assert result(TransformOptions(width=width)) == (width, height)


def test_half_a_pixel_is_rounded_up():
    assert result(TransformOptions(width=50), Size(100, 5)) == (50, 3)


def test_the_height_alone_decides_too():
    assert result(TransformOptions(height=140)) == (250, 140)


def test_no_side_falls_below_a_pixel():
    assert result(TransformOptions(width=1), Size(1000, 10)) == (1, 1)


def test_fill_cuts_and_fit_does_not():
    assert result(asked("fill", 100, 100)) == (100, 100)
    assert result(asked("fit", 100, 100)) == (100, 56)


def test_a_standing_source_is_filled_by_what_stands_with_auto():
    assert result(asked("auto", 100, 200), Size(280, 500)) == (100, 200)


def test_a_minimum_of_height_keeps_proportions_and_is_cut():
    options = TransformOptions(width=100, min_height=140)
    assert plan_transform(SOURCE, options).scaled == Size(250, 140)
    assert result(options) == (100, 140)


@pytest.mark.parametrize(("crop", "size"), [(Crop(200, 100), (200, 100)), (Crop(0.5, 0.25), (250, 70))])
def test_a_crop_is_a_share_below_one_and_pixels_from_there(crop, size):
    assert result(TransformOptions(crop=crop)) == size


def test_a_crop_is_scaled_as_a_source_is():
    assert result(TransformOptions(crop=Crop(200, 100), width=100)) == (100, 50)


def test_a_result_that_is_too_large_becomes_smaller_as_a_whole():
    options = TransformOptions(padding=Padding(10, 50, 10, 50))
    assert measure_result(plan_transform(SOURCE, options, largest=300), options) == (300, 150)


def test_a_drawing_may_become_larger():
    assert plan_transform(SOURCE, TransformOptions(width=1000), is_vector=True).scaled == Size(1000, 560)


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("ce", (50, 40)),
        ("no", (50, 0)),
        ("so", (50, 80)),
        ("we", (0, 40)),
        ("ea", (100, 40)),
        ("nowe", (0, 0)),
        ("noea", (100, 0)),
        ("sowe", (0, 80)),
        ("soea", (100, 80)),
    ],
)
def test_gravity_says_where_the_inner_lies(kind, place):
    assert place_inside(Size(200, 100), Size(100, 20), Gravity(GravityType(kind)), 1) == place


@pytest.mark.parametrize(
    ("gravity", "place"),
    [
        (Gravity(GravityType.CENTER, 10, -0.1), (60, 30)),
        (Gravity(GravityType.SOUTH_EAST, 10, 0.1), (90, 70)),
        (Gravity(GravityType.NORTH_WEST, 500, -3), (100, 0)),
    ],
)
def test_offsets_count_inwards_as_shares_or_pixels_and_are_clamped(gravity, place):
    assert place_inside(Size(200, 100), Size(100, 20), gravity, 1) == place


def test_offsets_in_pixels_grow_with_dpr():
    assert place_inside(Size(200, 100), Size(100, 20), Gravity(GravityType.WEST, 5, 0), 2.5)[0] == 12


def test_odd_room_in_the_middle_is_rounded_half_to_even():
    starts = [place_inside(Size(each, 1), Size(1, 1), Gravity(), 1)[0] for each in (2, 4, 6, 8)]
    assert starts == [1, 2, 3, 4]
    assert [place_inside(Size(each, 1), Size(2, 1), Gravity(), 1)[0] for each in (3, 5, 7)] == [1, 2, 3]


def test_a_focus_point_lies_in_the_middle_as_far_as_the_picture_goes():
    near, edge = Gravity(GravityType.FOCUS_POINT, 0.5, 0.5), Gravity(GravityType.FOCUS_POINT, 1, 0)
    assert place_inside(Size(200, 100), Size(100, 20), near, 1) == (50, 40)
    assert place_inside(Size(200, 100), Size(100, 20), edge, 1) == (100, 0)


def test_a_watermark_may_overhang():
    assert place_inside(
        Size(200, 100), Size(100, 20), Gravity(GravityType.NORTH_WEST, -30, -99), 1, overhangs=True
    ) == (
        -30,
        -19,
    )


def covered(gravity: Gravity, outer: Size, inner: Size) -> set[tuple[int, int]]:
    left, top = place_inside(outer, inner, gravity, 1)
    return {(x, y) for x in range(left, left + inner.width) for y in range(top, top + inner.height)}


def turned(pixels: set[tuple[int, int]], size: Size, turn: Turn) -> set[tuple[int, int]]:
    """Returns where the pixels of an unchanged image are after the rotation."""
    for quarters, mirrors in ((turn.quarters, turn.mirrors), (turn.requested_quarters, False)):
        for _ in range(quarters):
            pixels, size = {(size.height - 1 - y, x) for x, y in pixels}, Size(size.height, size.width)
        if mirrors:
            pixels = {(size.width - 1 - x, y) for x, y in pixels}
    return pixels


@pytest.mark.parametrize(
    "gravity",
    [
        *[Gravity(GravityType(each), 2, 1) for each in ("ce", "no", "so", "ea", "we", "noea", "nowe", "soea", "sowe")],
        Gravity(GravityType.FOCUS_POINT, 0.25, 0.75),
    ],
)
def test_a_crop_before_the_turn_is_that_of_the_turned_image(gravity):
    untouched, inner = Size(20, 16), Size(8, 4)
    for turn in (
        Turn(quarters, mirrors, then) for quarters in range(4) for mirrors in (False, True) for then in range(4)
    ):
        check_crop(gravity, turn, untouched, inner)


def check_crop(gravity: Gravity, turn: Turn, untouched: Size, inner: Size) -> None:
    before = Size(inner.height, inner.width) if turn.swaps_sides else inner
    after = Size(untouched.height, untouched.width) if turn.swaps_sides else untouched
    taken = covered(turn.gravity_before(gravity), untouched, before)
    assert turned(taken, untouched, turn) == covered(gravity, after, inner)
