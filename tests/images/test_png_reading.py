"""PNG: a transparent colour at every depth, and damage in parts that are not needed."""

import struct

import pytest
from PIL import Image

from imgopt.errors import InvalidImage
from tests import animations, pictures, png_samples
from tests.pictures import run
from tests.png_samples import GREY, PALETTE, RGB, chunk

WIDTH, HEIGHT = 13, 9
KINDS = [(GREY, 1), (GREY, 2), (GREY, 4), (GREY, 8), (GREY, 16), (RGB, 8), (RGB, 16)]
WRONG = 1
TEXT = b"Comment\0text"


def samples(color_type: int, depth: int) -> png_samples.Rows:
    """Three values by column: the first is to be transparent, the second next to it, the third far from it."""
    most = (1 << depth) - 1
    values = [most, most - 1, 0]
    return [[(values[(x + y) % 3],) * png_samples.SAMPLES[color_type] for x in range(WIDTH)] for y in range(HEIGHT)]


def keyed(color_type: int, depth: int, extra: int = 0, **options: object) -> bytes:
    """The highest value is transparent. `extra` is set in the bits that the depth doesn't have."""
    key = struct.pack(">H", (1 << depth) - 1 | extra) * png_samples.SAMPLES[color_type]
    return png_samples.write(samples(color_type, depth), depth, color_type, chunk(b"tRNS", key), **options)


def alphas(image: Image.Image) -> list[list[int]]:
    alpha = image.convert("RGBA").getchannel("A")
    return [[alpha.getpixel((x, y)) for x in range(image.width)] for y in range(image.height)]


def wanted() -> list[list[int]]:
    return [[0 if (x + y) % 3 == 0 else 255 for x in range(WIDTH)] for y in range(HEIGHT)]


def shown(data: bytes, **options: object) -> Image.Image:
    return pictures.open_image(run(data, **{"output_format": "png", "output_quality": 100, **options}).data)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("color_type", "depth"), KINDS)
def test_named_colour_is_transparent_and_the_next_one_is_not(color_type, depth, interlaced):
    assert alphas(shown(keyed(color_type, depth, interlaced=interlaced))) == [
        [255 if depth == 1 and (x + y) % 3 == 2 else alpha for x, alpha in enumerate(row)]
        for y, row in enumerate(wanted())
    ]


@pytest.mark.parametrize(("color_type", "depth"), [kind for kind in KINDS if kind[1] < 16])
def test_bits_of_a_transparent_colour_that_its_depth_lacks_count_for_nothing(color_type, depth):
    assert alphas(shown(keyed(color_type, depth, extra=0xA500)))[0][:2] == [0, 255]


@pytest.mark.parametrize("output", ["webp", "avif", "gif", "ico"])
def test_a_transparent_colour_is_transparent_in_every_format_with_alpha(output):
    data = png_samples.write([[(1,)] * 16] * 16, 1, GREY, chunk(b"tRNS", b"\0\1"))
    assert alphas(shown(data, output_format=output))[8][8] == 0


def test_a_transparent_colour_is_white_in_a_jpeg():
    data = png_samples.write([[(0,)] * 16] * 16, 1, GREY, chunk(b"tRNS", b"\0\0"))
    assert shown(data, output_format="jpg").convert("L").getextrema() == (255, 255)


def test_a_palette_may_have_more_colours_than_alphas():
    data = png_samples.write(
        [[(0,), (1,), (2,), (3,)]], 2, PALETTE, chunk(b"PLTE", bytes(range(12))), chunk(b"tRNS", b"\0\x80")
    )
    assert alphas(shown(data)) == [[0, 128, 255, 255]]


@pytest.mark.parametrize("key", [b"", b"\0", b"\0\0\0"])
def test_a_transparent_colour_of_another_length_is_left_out(key):
    data = png_samples.write(samples(GREY, 8), 8, GREY, chunk(b"tRNS", key))
    assert alphas(shown(data)) == [[255] * WIDTH] * HEIGHT


ANCILLARY = {
    "text": (b"tEXt", TEXT),
    "packed text": (b"zTXt", b"Comment\0\0" + b"no zlib"),
    "resolution": (b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
    "gamma": (b"gAMA", struct.pack(">I", 45455)),
    "profile": (b"iCCP", b"name\0\0" + b"no zlib"),
    "orientation": (b"eXIf", b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"),
    "private": (b"prVt", b"anything"),
    "animation": (b"acTL", struct.pack(">II", 2, 0)),
}
SHORT = [b"gAMA", b"cHRM", b"pHYs", b"sRGB", b"acTL"]


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("name", ANCILLARY)
def test_a_chunk_that_can_be_done_without_may_have_a_wrong_checksum(name, behind):
    damaged = chunk(*ANCILLARY[name], wrong=WRONG)
    places = {"after": damaged} if behind else {}
    data = png_samples.write(samples(RGB, 8), 8, RGB, *([] if behind else [damaged]), **places)
    assert pictures.header(data).width == WIDTH
    assert shown(data).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("kind", SHORT)
def test_a_chunk_that_can_be_done_without_may_be_cut_short(kind):
    data = png_samples.write(samples(RGB, 8), 8, RGB, chunk(kind))
    assert pictures.header(data).frames == 1
    assert shown(data).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("body", [b"name\0\1" + bytes(9), b"no end", b""])
@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt"])
def test_chunk_packed_in_an_unknown_way_is_passed_over(kind, body):
    assert shown(png_samples.write(samples(RGB, 8), 8, RGB, chunk(kind, body))).size == (WIDTH, HEIGHT)


def test_a_damaged_chunk_between_those_with_pixels_is_passed_over():
    whole = pictures.png()
    at = whole.index(b"IDAT") - 4
    size = int.from_bytes(whole[at : at + 4])
    body, half = whole[at + 8 : at + 8 + size], size // 2
    parts = chunk(b"IDAT", body[:half]), chunk(b"tEXt", TEXT, wrong=WRONG), chunk(b"IDAT", body[half:])
    data = whole[:at] + b"".join(parts) + whole[at + 12 + size :]
    assert shown(data).convert("RGB").tobytes() == pictures.draw().tobytes()


@pytest.mark.parametrize("kind", [b"IHDR", b"IDAT"])
def test_a_chunk_that_is_needed_may_not_have_a_wrong_checksum(kind):
    data = bytearray(pictures.png())
    at = data.index(kind) - 4
    data[at + 8 + int.from_bytes(data[at : at + 4])] ^= 1
    with pytest.raises(InvalidImage):
        pictures.header(bytes(data))


def test_an_animation_with_a_damaged_text_keeps_its_frames():
    data = animations.saved(animations.photo_frames(3), "PNG", duration=80, loop=0)
    damaged = data[:33] + chunk(b"tEXt", TEXT, wrong=WRONG) + data[33:]
    for output in ("original", "webp"):
        assert run(damaged, output_format=output, keep_animation=True).frames == 3


@pytest.mark.parametrize("keep", ["none", "all"])
def test_an_original_is_given_back_without_what_is_damaged(keep):
    made = run(pictures.png()).data
    data = made[:33] + chunk(b"teXT", TEXT, wrong=WRONG) + made[33:]
    assert b"teXT" not in run(data, keep_metadata=keep).data


def test_metadata_behind_a_damaged_chunk_is_kept():
    exif = chunk(b"eXIf", b"II*\0\x08\0\0\0\1\0\x98\x82\2\0\4\0\0\0Ada\0\0\0\0\0")
    data = png_samples.write(samples(RGB, 8), 8, RGB, chunk(b"tEXt", TEXT, wrong=WRONG), exif)
    assert b"Ada" in run(data, keep_metadata="copyright", output_format="webp").data
