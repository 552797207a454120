"""The comparison of two decoders' pixels in the conformance benchmark."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from benchmarks.conformance.pictures import Difference, compare, upright


def grey(value: int, alpha: int = 255, side: int = 16) -> np.ndarray:
    return np.tile(np.array([value, value, value, alpha], np.uint8), (side, side, 1))


def test_nearly_the_same_is_the_same():
    assert compare([grey(100)], [grey(108)], "png") is None


def test_a_difference_says_how_much_and_how_many_pixels():
    other = grey(100)
    other[0, :8, :3] = 130
    found = compare([grey(100)], [other], "png")
    assert isinstance(found, Difference)
    assert (found.largest, found.share) == (30, 8 / 256)


def test_pixels_that_are_transparent_in_both_do_not_count():
    assert compare([grey(0, alpha=0)], [grey(255, alpha=0)], "png") is None


def test_alpha_alone_is_a_difference():
    assert compare([grey(0, alpha=0)], [grey(0)], "png") is not None


def test_frame_that_differs_counts_for_all():
    assert compare([grey(0), grey(0)], [grey(0), grey(99)], "gif") is not None


def test_numbers_of_frames_and_sizes_are_differences():
    assert compare([grey(0)] * 2, [grey(0)] * 3, "gif") == "2 frames, not 3"
    assert compare([grey(0)], [grey(0, side=8)], "png") == "16x16 pixels, not 8x8"


def test_single_pixels_count_only_where_the_format_fixes_them():
    other = grey(100)
    other[5, 5, :3] = 160
    assert compare([grey(100)], [other], "png") is not None
    assert compare([grey(100)], [other], "jpg") is None


def test_a_wrong_last_row_is_seen_where_squares_are_compared():
    other = grey(100, side=17)
    other[16, :, :3] = 200
    assert compare([grey(100, side=17)], [other], "jpg") is not None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turns_are_those_of_exif(orientation):
    pixels = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    image = Image.fromarray(pixels)
    image.getexif()[0x0112] = orientation
    assert np.array_equal(upright(pixels, orientation), np.asarray(ImageOps.exif_transpose(image)))
