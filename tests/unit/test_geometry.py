import pytest

from imgopt.imaging.geometry import Size, canvas_for, place
from imgopt.imaging.options import ResizeBehavior

PAD, CROP, FIT = ResizeBehavior


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (50, None, (50, 25)),
        (None, 50, (100, 50)),
        (400, None, (400, 200)),
        (30, 70, (30, 70)),
        (None, None, (200, 100)),
    ],
)
def test_canvas_keeps_proportions_by_a_single_side_and_takes_both_exactly(width, height, size):
    assert canvas_for(Size(200, 100), width, height) == Size(*size)


def test_no_side_vanishes():
    assert canvas_for(Size(10_000, 1), 100, None) == Size(100, 1)


def test_a_pad_shows_everything_in_the_middle():
    placement = place(Size(200, 100), Size(60, 60), PAD)
    assert placement.box == (0, 0, 200, 100)
    assert placement.scaled == Size(60, 30)
    assert placement.offset == (0, 15)


def test_a_crop_fills_the_canvas():
    placement = place(Size(200, 100), Size(60, 60), CROP)
    assert placement.scaled == placement.canvas == Size(60, 60)
    assert placement.box == (50, 0, 150, 100)


@pytest.mark.parametrize(("focus", "left"), [(0.0, 0), (0.3, 10), (0.9, 100)])
def test_a_crop_follows_its_focus_as_far_as_the_picture_goes(focus, left):
    assert place(Size(200, 100), Size(60, 60), CROP, (focus, 0.5)).box == (left, 0, left + 100, 100)


@pytest.mark.parametrize("behavior", [PAD, CROP])
def test_the_scale_is_the_same_in_both_directions(behavior):
    placement = place(Size(1234, 777), Size(500, 400), behavior)
    left, top, right, bottom = placement.box
    across, down = placement.scaled.width / (right - left), placement.scaled.height / (bottom - top)
    assert across == pytest.approx(down, rel=0.002)


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (50, 50, (50, 25)),
        (190, 10, (20, 10)),
        (50, None, (50, 25)),
        (None, 10, (20, 10)),
        (400, 400, (200, 100)),
        (400, 50, (100, 50)),
        (400, None, (200, 100)),
    ],
)
def test_a_fit_is_inside_the_box_and_never_larger(width, height, size):
    canvas = canvas_for(Size(200, 100), width, height, FIT)
    assert canvas == Size(*size)
    assert place(Size(200, 100), canvas, FIT).scaled == canvas


@pytest.mark.parametrize("behavior", [PAD, CROP])
def test_a_side_rounded_to_a_whole_pixel_adds_no_margin_and_cuts_nothing(behavior):
    long = Size(1510, 10)
    placement = place(long, canvas_for(long, 226, None), behavior)
    assert (placement.box, placement.scaled) == ((0, 0, 1510, 10), Size(226, 1))
