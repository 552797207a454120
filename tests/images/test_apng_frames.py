"""Frames of animated PNG, by the clauses of the PNG specification (3rd ed., 11.3.6 and 13.16)."""

import zlib
from fractions import Fraction

import pytest
from PIL import Image

from imgopt.codecs.formats import decode_animation
from imgopt.codecs.png import animation as png_animation
from imgopt.errors import InvalidImage
from imgopt.imaging.steps.decode import decode
from tests import pictures
from tests.animation_files import (
    BACKGROUND,
    GREY,
    GREY_ALPHA,
    INDEXED,
    OVER,
    PREVIOUS,
    RGB,
    RGBA,
    SOURCE,
    ApngFrame,
    Sheet,
    chunk,
    flat,
)

SIZE = (4, 4)
WHOLE, INNER = (0, 0, 4, 4), (1, 1, 2, 2)
RED, GREEN, BLUE = (220, 30, 30, 255), (30, 200, 40, 255), (40, 60, 220, 255)
HALF = (0, 0, 200, 128)
NOTHING = (0, 0, 0, 0)
SHEET = Sheet(SIZE)
Pixels = list[tuple[int, ...]]


def fill(color: tuple[int, ...], box=WHOLE, **said) -> ApngFrame:
    return ApngFrame(box, bytes(color) * (box[2] * box[3]), **said)


def dot(color: tuple[int, ...] = BLUE, **said) -> ApngFrame:
    """The pixel at the top left."""
    return fill(color, (0, 0, 1, 1), **said)


def seen(frame: Image.Image) -> Pixels:
    return [pixel if pixel[3] else NOTHING for pixel in frame.convert("RGBA").get_flattened_data()]


def frames_of(data: bytes) -> list[Pixels]:
    return [seen(frame) for frame in decode_animation(data, "png").frames]


def pixel(data: bytes, frame: int, x: int, y: int) -> tuple[int, ...]:
    return frames_of(data)[frame][y * SIZE[0] + x]


def over(front: tuple[int, ...], back: tuple[int, ...], most: int = 255) -> tuple[int, ...]:
    """13.16, for samples that are not premultiplied."""
    share, rest = Fraction(front[3], most), Fraction(back[3], most)
    alpha = share + (1 - share) * rest
    if not alpha:
        return NOTHING
    mixed = (share * ahead + (1 - share) * rest * behind for ahead, behind in zip(front[:3], back[:3], strict=True))
    return (*(round(each / alpha) for each in mixed), round(alpha * most))


# --- blending ---


def test_source_replaces_alpha_too():
    data = SHEET.apng(fill(RED), fill(HALF, INNER, blend=SOURCE))
    assert pixel(data, 1, 1, 1) == HALF


def test_over_lays_half_transparent_pixels_on_opaque_ones():
    data = SHEET.apng(fill(RED), fill(HALF, INNER, blend=OVER))
    assert pixel(data, 1, 1, 1) == over(HALF, RED) == (110, 15, 115, 255)
    assert pixel(data, 1, 0, 0) == RED


def test_over_lays_half_transparent_pixels_on_half_transparent_ones():
    back = (200, 100, 0, 64)
    data = SHEET.apng(fill(back), fill(HALF, INNER, blend=OVER))
    assert pixel(data, 1, 1, 1) == over(HALF, back) == (40, 20, 160, 160)


def test_over_leaves_what_is_below_transparent_pixels():
    data = SHEET.apng(fill(RED), fill((9, 9, 9, 0), blend=OVER))
    assert pixel(data, 1, 2, 2) == RED


def test_over_on_nothing_is_the_pixel_itself():
    data = SHEET.apng(fill(NOTHING), fill(HALF, INNER, blend=OVER))
    assert pixel(data, 1, 1, 1) == HALF


# --- disposing ---


def test_disposal_none_leaves_the_frame():
    data = SHEET.apng(fill(RED), fill(GREEN, INNER), dot())
    assert pixel(data, 2, 1, 1) == GREEN


def test_disposal_background_clears_the_frames_area_to_transparent_black():
    data = SHEET.apng(fill(RED), fill(GREEN, INNER, disposal=BACKGROUND), dot())
    assert [pixel(data, 2, *place) for place in ((1, 1), (3, 3))] == [NOTHING, RED]


@pytest.mark.parametrize(("color_type", "sample"), [(RGB, 3), (GREY, 1)])
def test_disposal_background_clears_where_the_file_has_no_alpha(color_type, sample):
    sheet = Sheet(SIZE, color_type)
    data = sheet.apng(fill(RED[:sample], disposal=BACKGROUND), dot(BLUE[:sample]))
    assert [pixel(data, frame, 3, 3)[3] for frame in range(2)] == [255, 0]


def test_disposal_previous_restores_what_was_there():
    data = SHEET.apng(fill(RED), fill(HALF, INNER, disposal=PREVIOUS, blend=OVER), dot())
    assert pixel(data, 2, 1, 1) == RED


def test_disposal_previous_twice_restores_what_was_before_both():
    data = SHEET.apng(fill(RED), fill(GREEN, disposal=PREVIOUS), fill(BLUE, INNER, disposal=PREVIOUS), dot())
    assert [pixel(data, frame, 1, 1) for frame in range(4)] == [RED, GREEN, BLUE, RED]


def test_disposal_previous_of_the_first_frame_is_background():
    data = SHEET.apng(fill(RED, disposal=PREVIOUS), dot())
    assert [pixel(data, 1, *place) for place in ((0, 0), (2, 2))] == [BLUE, NOTHING]


# --- kinds of samples ---


def test_half_transparent_palette_is_laid_over():
    palette = chunk(b"PLTE", flat((RED[:3], HALF[:3]))) + chunk(b"tRNS", bytes((255, 128)))
    sheet = Sheet(SIZE, INDEXED, chunks=palette)
    data = sheet.apng(fill((0,)), fill((1,), INNER, blend=OVER))
    assert pixel(data, 1, 1, 1) == over(HALF, RED)


def test_transparent_color_of_truecolor_is_a_hole():
    sheet = Sheet(SIZE, RGB, chunks=chunk(b"tRNS", b"".join(value.to_bytes(2) for value in GREEN[:3])))
    data = sheet.apng(fill(RED[:3]), fill(GREEN[:3], INNER, blend=OVER), fill(GREEN[:3], (0, 0, 1, 1)))
    assert [pixel(data, 2, *place) for place in ((1, 1), (0, 0))] == [RED, NOTHING]


def test_grey_with_alpha_is_laid_over():
    data = Sheet(SIZE, GREY_ALPHA).apng(fill((200, 255)), fill((0, 128), INNER, blend=OVER))
    assert pixel(data, 1, 1, 1) == over((0, 0, 0, 128), (200, 200, 200, 255))


def test_sixteen_bits_are_laid_over_as_exactly_as_eight_can_show():
    deep = [tuple(value * 257 for value in color) for color in (RED, HALF)]
    samples = [b"".join(value.to_bytes(2) for value in color) for color in deep]
    frames = (ApngFrame(WHOLE, samples[0] * 16), ApngFrame(INNER, samples[1] * 4, blend=OVER))
    shown = pixel(Sheet(SIZE, RGBA, 16).apng(*frames), 1, 1, 1)
    exact = (value / 257 for value in over(deep[1], deep[0], 65_535))
    assert all(abs(value - wanted) <= 1 for value, wanted in zip(shown, exact, strict=True))


def test_color_profile_of_the_file_counts_for_every_frame():
    profile = chunk(b"iCCP", b"swapped\0\0" + zlib.compress(pictures.swapped_profile()))
    data = Sheet(SIZE, RGB, chunks=profile).apng(fill(RED[:3]), fill(RED[:3], INNER))
    assert all(green > red + 100 for red, green, *_ in (pixel(data, 1, 0, 0), pixel(data, 1, 1, 1)))


# --- the picture for other viewers ---


HIDING = Sheet(SIZE, hidden=bytes(BLUE) * 16)


def test_hidden_picture_is_neither_a_frame_nor_seen_below_one():
    data = HIDING.apng(fill(RED, INNER), dot(GREEN))
    assert len(frames_of(data)) == pictures.header(data).frames == 2
    assert [pixel(data, 0, *place) for place in ((0, 0), (1, 1))] == [NOTHING, RED]


@pytest.mark.parametrize("others", [(), (dot(GREEN),)])
def test_still_picture_of_a_file_that_hides_one_is_the_first_frame(others):
    image = decode(HIDING.apng(fill(RED, INNER), *others), "png").image
    assert [seen(image)[place] for place in (0, 5)] == [NOTHING, RED]


@pytest.mark.parametrize("settings", [{}, {"output_format": "webp"}, {"output_format": "png", "output_quality": 100}])
def test_hidden_picture_comes_out_in_no_format_where_one_frame_is_left(settings):
    made = pictures.run(HIDING.apng(fill(RED)), **settings)
    red, green, blue, _ = pictures.open_image(made.data).convert("RGBA").getpixel((1, 1))
    assert (red > 180, green < 80, blue < 80) == (True, True, True)


def test_picture_that_is_the_first_frame_is_opened_as_it_is():
    assert seen(png_animation.open_image(SHEET.apng(fill(RED), dot()))) == [RED] * 16


# --- times ---


def test_plays_and_delays_are_those_of_the_file():
    animation = decode_animation(Sheet(SIZE, plays=3).apng(fill(RED, delay=0), dot(delay=70)), "png")
    assert (animation.plays, animation.durations) == (3, (0, 70))


def test_animation_control_behind_the_pixels_is_ignored():
    data = SHEET.apng(fill(RED), dot())
    control = data[33:53]
    moved = data[:33] + data[53:-12] + control + data[-12:]
    assert pictures.header(moved).frames == len(frames_of(moved)) == 1


# --- damage ---


@pytest.mark.parametrize("box", [(3, 3, 2, 2), (0, 0, 5, 1)])
def test_frame_beyond_the_canvas_is_damage(box):
    with pytest.raises(InvalidImage, match="damaged"):
        decode_animation(SHEET.apng(fill(RED), fill(GREEN, box)), "png")


def test_first_frame_with_the_default_picture_has_to_cover_the_canvas():
    with pytest.raises(InvalidImage, match="damaged"):
        decode_animation(SHEET.apng(fill(RED, INNER), dot()), "png")


def test_chunks_out_of_order_are_damage():
    data = SHEET.apng(fill(RED), dot(), dot(GREEN))
    with pytest.raises(InvalidImage, match="damaged"):
        decode_animation(data.replace(b"fcTL\0\0\0\3", b"fcTL\0\0\0\4"), "png")


@pytest.mark.parametrize("number", [3, 255])
def test_disposal_that_the_specification_does_not_know_is_damage(number):
    with pytest.raises(InvalidImage, match="damaged"):
        decode_animation(SHEET.apng(fill(RED), dot(disposal=number)), "png")
