"""BMP: headers, depths, bit fields, runs and colours, as Chromium reads them."""

import struct
from functools import reduce
from operator import or_

import pytest
from PIL import Image

from imgopt.codecs.bmp import codec
from imgopt.errors import InvalidImage, Unsupported
from tests import bitmaps, pictures
from tests.bitmaps import ALPHA_FIELDS, CORE, FIELDS, INFO, NONE, OS2, RLE4, RLE8, RLE24, V2, V3, V4, V5, bmp, header

WIDTH, HEIGHT = 5, 3
RED, GREEN, BLUE, BLACK, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0), (255, 255, 255)


def shown(data: bytes) -> Image.Image:
    """Through the whole pipeline, without loss."""
    return pictures.open_image(pictures.run(data, output_format="png", output_quality=100).data).convert("RGBA")


def one(pixel: int, bits: int, masks: tuple[int, ...], size: int = INFO, compression: int = FIELDS) -> tuple[int, ...]:
    """Returns the colour of a pixel beside an opaque white one."""
    white = reduce(or_, masks)
    data = bmp(header(size, 2, 1, bits, compression, masks=masks), b"", bitmaps.rows([[pixel, white]], bits))
    return shown(data).getpixel((0, 0))


def numbered(bits: int, size: int = INFO, *, top_down: bool = False, **fields: object) -> bytes:
    """Returns rows that count upwards from their own number. Colour n has n as its red."""
    most = min(1 << bits, 16)
    values = [[(x + y) % most for x in range(WIDTH)] for y in range(HEIGHT)]
    colors = bitmaps.palette([(number * 15, 7, 9) for number in range(1 << bits)], 3 if size == CORE else 4)
    head = header(size, WIDTH, -HEIGHT if top_down else HEIGHT, bits, **fields)
    return bmp(head, colors, bitmaps.rows(values if top_down else values[::-1], bits))


@pytest.mark.parametrize("size", [CORE, 16, 36, INFO, V2, V3, OS2, V4, V5])
@pytest.mark.parametrize("bits", [1, 2, 4])
def test_colours_by_number_under_every_header(size, bits):
    image = shown(numbered(bits, size))
    assert image.getpixel((3, 1)) == ((4 % min(1 << bits, 16)) * 15, 7, 9, 255)
    assert image.size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_the_first_row_is_the_upper_one_where_the_height_is_negative(bits):
    assert shown(numbered(bits, top_down=True)).tobytes() == shown(numbered(bits)).tobytes()


@pytest.mark.parametrize(("size", "entry"), [(INFO, 4), (CORE, 3)])
def test_numbers_that_a_short_palette_lacks_are_black(size, entry):
    head = header(size, 3, 1, 8)
    data = bmp(head, bitmaps.palette([RED, GREEN], entry), bitmaps.rows([[0, 1, 200]], 8))
    assert [shown(data).getpixel((x, 0))[:3] for x in range(3)] == [RED, GREEN, BLACK]


def test_more_colours_than_the_bits_can_number_are_passed_over():
    head = header(INFO, 2, 1, 1, colors=300)
    data = bmp(head, bitmaps.palette([RED, GREEN] * 150), bitmaps.rows([[0, 1]], 1))
    assert [shown(data).getpixel((x, 0))[:3] for x in range(2)] == [RED, GREEN]


def test_pixels_may_begin_behind_a_gap():
    data = bmp(header(INFO, 1, 1, 24), b"", bitmaps.rows([[0xFF0000]], 24), gap=37)
    assert shown(data).getpixel((0, 0))[:3] == RED


def test_grey_colours_become_a_grey_picture():
    levels = bitmaps.palette([(n, n, n) for n in range(256)])
    assert codec.open_image(bmp(header(INFO, 1, 1, 8), levels, bitmaps.rows([[9]], 8))).mode == "L"


@pytest.mark.parametrize(
    ("bits", "masks", "pixel", "wanted"),
    [
        (16, (0xF800, 0x7E0, 0x1F), 0x8400, (132, 130, 0, 255)),
        (16, (0x7C00, 0x3E0, 0x1F), 0x4210, (132, 132, 132, 255)),
        (16, (0xF00, 0xF0, 0xF), 0x123, (17, 34, 51, 255)),
        (16, (0xE000, 0x1F00, 0xFF), 0x8180, (146, 8, 128, 255)),
        (16, (0x1F, 0x3E0, 0x7C00), 0x1F, (255, 0, 0, 255)),
        (32, (0xFF, 0xFF00, 0xFF0000), 0x030201, (1, 2, 3, 255)),
        (32, (0xFF000000, 0xFF0000, 0xFF00), 0x01020309, (1, 2, 3, 255)),
        (32, (0x3FF00000, 0xFFC00, 0x3FF), 0x20040100, (128, 64, 64, 255)),
        (32, (0xFFE00000, 0x1FFC00, 0x3FF), 0x80000000, (128, 0, 0, 255)),
        (32, (0xFFFF0000, 0xFFFF, 0), 0x80004000, (128, 64, 0, 255)),
    ],
)
def test_bit_fields_of_any_width_and_order(bits, masks, pixel, wanted):
    for size in (INFO, V2):
        got = one(pixel, bits, masks, size)
        assert all(abs(a - b) <= 1 for a, b in zip(got, wanted, strict=True)), got


@pytest.mark.parametrize(
    ("bits", "masks", "pixel", "alpha"),
    [
        (16, (0xF00, 0xF0, 0xF, 0xF000), 0x8FFF, 136),
        (16, (0x7C00, 0x3E0, 0x1F, 0x8000), 0x7FFF, 0),
        (32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000), 0x40FFFFFF, 64),
        (32, (0xFF000000, 0xFF0000, 0xFF00, 0xFF), 0xFFFFFF40, 64),
        (32, (0x3FF, 0xFFC00, 0x3FF00000, 0xC0000000), 0x7FFFFFFF, 85),
    ],
)
def test_a_mask_of_alpha_counts_wherever_a_header_has_one(bits, masks, pixel, alpha):
    for size, compression in ((V3, FIELDS), (V4, FIELDS), (V5, FIELDS), (INFO, ALPHA_FIELDS)):
        assert one(pixel, bits, masks, size, compression)[3] == alpha


@pytest.mark.parametrize("size", [V3, V4, V5])
def test_alpha_counts_without_bit_fields_too(size):
    masks = (0, 0, 0, 0xFF000000)
    data = bmp(header(size, 2, 1, 32, masks=masks), b"", bitmaps.rows([[0x3CFF0000, 0xFF0000FF]], 32))
    assert [shown(data).getpixel((x, 0)) for x in range(2)] == [(*RED, 60), (*BLUE, 255)]


@pytest.mark.parametrize(
    ("size", "alpha"), [(INFO, 60), (V4, 0)], ids=["no mask of alpha", "alpha that is 0 everywhere"]
)
def test_the_fourth_byte_alone_is_not_alpha(size, alpha):
    masks = (0, 0, 0, 0xFF000000) if size == V4 else ()
    data = bmp(header(size, 1, 1, 32, masks=masks), b"", bitmaps.rows([[alpha << 24 | 0xFF0000]], 32))
    assert shown(data).getpixel((0, 0)) == (*RED, 255)


@pytest.mark.parametrize(("bits", "red"), [(16, 0x7C00), (32, 0xFF0000)])
def test_masks_without_a_bit_stand_for_the_usual_ones(bits, red):
    data = bmp(header(INFO, 1, 1, bits, FIELDS, masks=(0, 0, 0)), b"", bitmaps.rows([[red]], bits))
    assert shown(data).getpixel((0, 0)) == (*RED, 255)


@pytest.mark.parametrize("masks", [(0xF800, 0x7F0, 0x1F), (0xA000, 0x7E0, 0x1F)], ids=["shared", "with holes"])
def test_masks_that_make_no_sense_are_refused(masks):
    with pytest.raises(InvalidImage):
        one(0, 16, masks)


# --- runs: the lower row comes first ---

COLORS = bitmaps.palette([BLACK, RED, GREEN, BLUE])


def run_length(compression: int, bits: int, runs: bytes, height: int = 2) -> Image.Image:
    colors = b"" if bits == 24 else COLORS
    count = 0 if bits == 24 else 4
    return shown(bmp(header(OS2 if bits == 24 else INFO, 4, height, bits, compression, colors=count), colors, runs))


def row(image: Image.Image, y: int) -> list[tuple[int, ...] | None]:
    """Returns the colours of a row; None for a transparent pixel."""
    pixels = [image.getpixel((x, y)) for x in range(image.width)]
    return [pixel[:3] if pixel[3] else None for pixel in pixels]


@pytest.mark.parametrize(
    ("compression", "bits", "runs"),
    [
        (RLE8, 8, b"\4\1\0\0" + b"\0\3\2\3\2\0" + b"\1\1\0\1"),
        (RLE4, 4, b"\4\x11\0\0" + b"\0\3\x23\x20" + b"\1\x10\0\1"),
        (RLE24, 24, b"\4\0\0\xff\0\0" + b"\0\3" + b"\0\xff\0\xff\0\0\0\xff\0\0" + b"\1\0\0\xff\0\1"),
    ],
)
def test_runs_and_literal_pixels(compression, bits, runs):
    image = run_length(compression, bits, runs)
    assert row(image, 1) == [RED] * 4
    assert row(image, 0) == [GREEN, BLUE, GREEN, RED]
    assert image.getextrema()[3] == (255, 255)


def test_a_run_of_four_bits_alternates():
    assert row(run_length(RLE4, 4, b"\4\x12\0\1", height=1), 0) == [RED, GREEN, RED, GREEN]


@pytest.mark.parametrize(
    ("runs", "lower", "upper"),
    [
        (b"\1\1\0\0\4\2\0\1", [RED, None, None, None], [GREEN] * 4),
        (b"\1\1\0\2\2\0\1\2\0\1", [RED, None, None, GREEN], [None] * 4),
        (b"\1\1\0\2\1\1\1\2\0\1", [RED, None, None, None], [None, None, GREEN, None]),
        (b"\0\1", [None] * 4, [None] * 4),
    ],
    ids=["an early end of a row", "a step to the right", "a step up", "an early end"],
)
def test_pixels_that_no_run_draws_are_transparent(runs, lower, upper):
    image = run_length(RLE8, 8, runs)
    assert (row(image, 1), row(image, 0)) == (lower, upper)


def test_runs_end_with_the_row():
    assert row(run_length(RLE8, 8, b"\x09\1\0\0\4\2\0\1"), 0) == [GREEN] * 4


def test_the_end_may_go_without_saying_where_all_is_drawn():
    assert row(run_length(RLE8, 8, b"\4\1\0\0\4\2"), 0) == [GREEN] * 4


@pytest.mark.parametrize(
    "runs", [b"", b"\4", b"\4\1\0\0", b"\0\2\1", b"\0\4\1\1"], ids=["nothing", "half", "a row", "a step", "literals"]
)
def test_runs_that_are_cut_off_are_refused(runs):
    with pytest.raises(InvalidImage):
        run_length(RLE8, 8, runs)


@pytest.mark.parametrize("step", [b"\0\2\5\0", b"\0\2\0\2", b"\0\2\xff\xff"])
def test_steps_out_of_the_picture_are_refused(step):
    with pytest.raises(InvalidImage):
        run_length(RLE8, 8, step + b"\1\1\0\1")


# --- colours ---


def described(space: int, tail: bytes = b"", profile: bytes = b"") -> bytes:
    rest = struct.pack("<I", space) + tail.ljust(48, b"\0") + bytes(4) + struct.pack("<II", V5 + 4, len(profile))
    head = header(V5, 1, 1, 24, tail=rest)
    return bmp(head, b"", bitmaps.rows([[0xDC2828]], 24)) + profile


def test_an_embedded_profile_is_applied():
    assert shown(described(0x4D424544, profile=pictures.swapped_profile())).getpixel((0, 0))[:3] == (40, 220, 40)


@pytest.mark.parametrize("space", [0x73524742, 0x57696E20, 0x4C494E4B, 0x4D424544], ids=["sRGB", "Win", "LINK", "none"])
def test_colours_are_those_of_srgb_where_nothing_usable_is_said(space):
    assert shown(described(space)).getpixel((0, 0))[:3] == (220, 40, 40)


def calibrated(gamma: float) -> bytes:
    """Returns the fields for sRGB's own primaries and this exponent."""
    ends = [0.64, 0.33, 0.03, 0.3, 0.6, 0.1, 0.15, 0.06, 0.79]
    return struct.pack("<9I3I", *(round(value * (1 << 30)) for value in ends), *[round(gamma * 65536)] * 3)


def test_colours_may_be_described_by_primaries_and_an_exponent():
    red, green, blue = shown(described(0, calibrated(1.0))).getpixel((0, 0))[:3]
    assert abs(red - 239) <= 1
    assert abs(green - 110) <= 1
    assert abs(blue - 110) <= 1


@pytest.mark.parametrize("tail", [bytes(48), calibrated(0)], ids=["no primaries", "no exponent"])
def test_a_description_that_says_nothing_is_ignored(tail):
    assert shown(described(0, tail)).getpixel((0, 0))[:3] == (220, 40, 40)


# --- what stands in place of the pixels, and what is refused ---


@pytest.mark.parametrize(("code", "inner"), [(4, pictures.jpeg), (5, pictures.png)])
def test_a_jpeg_or_png_in_place_of_the_pixels_is_read(code, inner):
    data = bmp(header(INFO, pictures.WIDTH, pictures.HEIGHT, 0, code), b"", inner())
    assert pictures.distance(shown(data), pictures.draw()) < 6


@pytest.mark.parametrize("code", [4, 5])
def test_another_size_than_that_of_the_picture_in_place_of_the_pixels_is_refused(code):
    data = bmp(header(INFO, 9, 9, 0, code), b"", pictures.jpeg() if code == 4 else pictures.png())
    with pytest.raises(InvalidImage):
        pictures.header(data)


@pytest.mark.parametrize(("bits", "code", "word"), [(1, 3, "Huffman"), (64, 0, "64 bits")])
def test_a_kind_that_is_not_read_is_named(bits, code, word):
    with pytest.raises(Unsupported, match=word):
        pictures.header(bmp(header(OS2, 1, 1, bits, code), b"", bytes(64)))


def test_the_resolution_is_told():
    assert pictures.header(numbered(4)).dpi == 72


@pytest.mark.parametrize("bits", [1, 8, 16, 24, 32])
def test_missing_pixels_are_told_before_a_file_is_taken(bits):
    whole = bmp(header(INFO, 5, 5, bits), bytes(1024), bitmaps.rows([[0] * 5] * 5, bits))
    pictures.header(whole[:-1] if bits < 32 else whole)  # what fills up a row is not needed
    with pytest.raises(InvalidImage, match="truncated"):
        pictures.header(whole[:-4])


def test_words_that_begin_alike_are_no_bitmap():
    with pytest.raises(Unsupported):
        pictures.header(b"BMW and other makers of cars, in a text")


def test_a_plain_bitmap_without_alpha_becomes_a_jpeg_and_one_with_gaps_a_png():
    assert pictures.run(bmp(header(INFO, 2, 1, 24, NONE), b"", bitmaps.rows([[0, 9]], 24))).format == "jpg"
    assert pictures.run(bmp(header(INFO, 2, 1, 8, RLE8), bytes(1024), b"\1\1\0\1")).format == "png"
