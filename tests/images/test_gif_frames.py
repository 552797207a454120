"""Frames of GIF, by the clauses of GIF89a, and otherwise as in browsers."""

import pytest
from PIL import Image

from imgopt.codecs.formats import decode_animation
from imgopt.codecs.gif import reader
from imgopt.codecs.shared.timing import Timing
from imgopt.errors import InvalidImage
from imgopt.imaging.steps.decode import decode
from tests import pictures
from tests.animation_files import Graphic, gif, lzw

SIZE = (4, 4)
WHOLE, INNER = (0, 0, 4, 4), (1, 1, 2, 2)
BLACK, RED, GREEN, BLUE = (0, 0, 0), (220, 30, 30), (30, 200, 40), (40, 60, 220)
PALETTE = (RED, GREEN, BLUE, BLACK)
OTHERS = ((250, 250, 250), (120, 0, 120), (0, 120, 120), (9, 9, 9))
NOTHING = (0, 0, 0, 0)


def fill(number: int, box=WHOLE, **said) -> Graphic:
    return Graphic(box, [number] * (box[2] * box[3]), **said)


def dot(number: int = 2, **said) -> Graphic:
    """The pixel at the top left."""
    return fill(number, (0, 0, 1, 1), **said)


def seen(frame: Image.Image) -> list[tuple[int, ...]]:
    """Pixels in RGBA, row by row; what is transparent has no colour."""
    return [pixel if pixel[3] else NOTHING for pixel in frame.convert("RGBA").get_flattened_data()]


def frames_of(data: bytes) -> list[list[tuple[int, ...]]]:
    return [seen(frame) for frame in decode_animation(data, "gif").frames]


def pixel(data: bytes, frame: int, x: int, y: int) -> tuple[int, ...]:
    return frames_of(data)[frame][y * SIZE[0] + x]


def solid(color: tuple[int, ...]) -> tuple[int, ...]:
    return (*color, 255)


# --- 18: the screen ---


def test_background_color_is_ignored_where_nothing_is_drawn():
    data = gif(SIZE, PALETTE, fill(1, INNER), dot(), background=2)
    assert pixel(data, 0, 0, 0) == NOTHING
    assert pixel(data, 0, 1, 1) == solid(GREEN)


def test_still_picture_smaller_than_the_screen_leaves_the_rest_transparent():
    image = decode(gif(SIZE, PALETTE, fill(1, INNER), background=2), "gif").image
    assert [seen(image)[place] for place in (0, 5)] == [NOTHING, solid(GREEN)]


def test_still_picture_that_covers_the_screen_has_no_alpha():
    assert decode(gif(SIZE, PALETTE, fill(1)), "gif").image.mode == "RGB"


def test_first_frame_beyond_the_screen_enlarges_it():
    data = gif(SIZE, PALETTE, fill(1, (2, 3, 4, 4)), dot())
    assert decode_animation(data, "gif").size == reader.open_image(data).size == (6, 7)


def test_later_frame_beyond_the_screen_is_cut_off():
    data = gif(SIZE, PALETTE, fill(0), fill(1, (3, 2, 9, 9)), fill(2, (5, 0, 2, 2)))
    assert decode_animation(data, "gif").size == SIZE
    assert [pixel(data, 2, *place) for place in ((3, 1), (3, 2), (3, 3))] == [solid(RED), solid(GREEN), solid(GREEN)]


def test_picture_without_any_palette_has_black_and_white_first():
    data = gif(SIZE, (), fill(0), dot(1))
    assert [pixel(data, 1, *place) for place in ((0, 0), (1, 0))] == [(255, 255, 255, 255), solid(BLACK)]


# --- 20, 21: pictures and their palettes ---


def test_local_palette_counts_for_its_own_picture_alone():
    data = gif(SIZE, PALETTE, fill(0), dot(1, palette=OTHERS), fill(1, (1, 0, 1, 1)))
    assert [pixel(data, 2, *place) for place in ((0, 0), (1, 0))] == [solid(OTHERS[1]), solid(GREEN)]


def test_interlaced_rows_come_in_four_passes():
    rows = [number % 4 for number in range(12) for _ in range(2)]
    plain, interlaced = (gif((2, 12), PALETTE, Graphic((0, 0, 2, 12), rows, interlaced=way)) for way in (False, True))
    assert plain != interlaced
    assert seen(reader.open_image(interlaced)) == seen(reader.open_image(plain))


def test_numbers_beyond_the_palette_are_black():
    assert pixel(gif(SIZE, PALETTE[:2], fill(0), dot(5)), 1, 0, 0) == solid(BLACK)


# --- 22: codes ---


def test_pixels_whose_codes_are_missing_are_not_drawn():
    short = Graphic(WHOLE, (), codes=lzw([1] * 6))
    for first, left in ((fill(0), solid(RED)), (short, NOTHING)):
        data = gif(SIZE, PALETTE, first, short)
        assert [pixel(data, 1, *place) for place in ((1, 1), (2, 1), (3, 3))] == [solid(GREEN), left, left]


def test_pixels_whose_codes_are_missing_are_told_by_numbers_not_by_colors():
    data = gif(SIZE, (RED, RED, GREEN, RED), fill(2), Graphic(WHOLE, (), codes=lzw([1] * 6)))
    assert [pixel(data, 1, *place) for place in ((1, 1), (2, 1))] == [solid(RED), solid(GREEN)]


def test_pixels_whose_codes_are_missing_are_not_drawn_beside_transparent_ones():
    data = gif(SIZE, PALETTE, fill(0), Graphic(WHOLE, (), transparent=3, codes=lzw([1, 3, 1])))
    assert [pixel(data, 1, x, 0) for x in range(4)] == [solid(GREEN), solid(RED), solid(GREEN), solid(RED)]


def test_codes_behind_the_last_pixel_are_ignored():
    data = gif(SIZE, PALETTE, Graphic(WHOLE, (), codes=lzw([1] * 20)), dot())
    assert pixel(data, 0, 3, 3) == solid(GREEN)


def test_still_picture_whose_codes_are_missing_is_damaged():
    with pytest.raises(InvalidImage, match="damaged"):
        decode(gif(SIZE, PALETTE, Graphic(WHOLE, (), codes=lzw([1] * 6))), "gif")


def test_codes_that_stand_for_nothing_are_damage():
    with pytest.raises(InvalidImage, match="damaged"):
        decode_animation(gif(SIZE, PALETTE, fill(0), Graphic(WHOLE, (), codes=b"\2\2\xc4\1\0")), "gif")


def test_picture_far_larger_than_its_screen_is_refused():
    with pytest.raises(InvalidImage, match="larger than its screen"):
        decode_animation(gif(SIZE, PALETTE, fill(0), Graphic((0, 0, 65_535, 65_535), (), codes=lzw([1]))), "gif")


# --- 23: graphic control ---


@pytest.mark.parametrize("disposal", [0, 1, 5, 6, 7])
def test_disposal_that_asks_for_nothing_leaves_the_picture(disposal):
    data = gif(SIZE, PALETTE, fill(0), fill(1, INNER, disposal=disposal), dot())
    assert pixel(data, 2, 1, 1) == solid(GREEN)


def test_disposal_2_clears_the_pictures_area_to_transparent():
    data = gif(SIZE, PALETTE, fill(0), fill(1, INNER, disposal=2), dot(), background=2)
    assert [pixel(data, 2, *place) for place in ((1, 1), (3, 3))] == [NOTHING, solid(RED)]


def test_disposal_2_clears_what_the_picture_left_as_it_was_too():
    data = gif(SIZE, PALETTE, fill(0), fill(1, INNER, transparent=1, disposal=2), dot())
    assert [pixel(data, frame, 1, 1) for frame in (1, 2)] == [solid(RED), NOTHING]


@pytest.mark.parametrize("disposal", [3, 4])
def test_disposal_3_and_4_restore_what_was_there(disposal):
    data = gif(SIZE, PALETTE, fill(0), fill(1, INNER, disposal=disposal), dot())
    assert [pixel(data, frame, 1, 1) for frame in (1, 2)] == [solid(GREEN), solid(RED)]


def test_disposal_3_twice_restores_what_was_before_both():
    data = gif(SIZE, PALETTE, fill(0), fill(1, disposal=3), fill(2, INNER, disposal=3), dot())
    assert [pixel(data, frame, 1, 1) for frame in range(4)] == [solid(color) for color in (RED, GREEN, BLUE, RED)]


def test_disposal_3_of_the_first_picture_clears_it():
    data = gif(SIZE, PALETTE, fill(0, disposal=3), dot())
    assert [pixel(data, 1, *place) for place in ((0, 0), (2, 2))] == [solid(BLUE), NOTHING]


def test_transparent_number_leaves_what_is_there():
    data = gif(SIZE, PALETTE, fill(0), Graphic((0, 0, 2, 1), [3, 1], transparent=3))
    assert [pixel(data, 1, x, 0) for x in range(2)] == [solid(RED), solid(GREEN)]


def test_transparent_number_may_lie_beyond_the_palette():
    data = gif(SIZE, PALETTE, fill(7, transparent=7), dot())
    assert pixel(data, 0, 2, 2) == NOTHING
    assert seen(decode(data, "gif").image)[5] == NOTHING


def test_graphic_control_counts_for_one_picture():
    plain = fill(3).block()[8:]
    data = gif(SIZE, PALETTE, fill(0, transparent=3, disposal=2))[:-1] + plain + b";"
    assert pixel(data, 1, 0, 0) == solid(BLACK)


def test_delays_are_as_the_file_has_them():
    data = gif(SIZE, PALETTE, *(dot(delay=delay) for delay in (0, 1, 7)))
    assert decode_animation(data, "gif").durations == (0, 10, 70)
    assert pictures.header(data).frames == 3
    assert Timing(3, 100 + 100 + 70).fps == pictures.header(data).fps
