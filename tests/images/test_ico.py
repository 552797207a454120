"""ICO: the image that is read, its transparency, and what is written."""

import struct
from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs.ico import codec
from imgopt.codecs.ico.directory import read_entries
from imgopt.errors import InvalidImage
from tests import bitmaps, pictures, png_samples
from tests.bitmaps import icon, icon_bitmap
from tests.pictures import run

SIDE = 8
RED, BLUE, WHITE = 0xFF0000, 0x0000FF, 0xFFFFFF
COLORS = [(255, 0, 0), (0, 0, 255)]
TOP_ROW_HIDDEN = bytes(4 * (SIDE - 1)) + b"\xff\0\0\0"
STANDARD = [256, 48, 32, 24, 16]


def plain(value: int, side: int = SIDE) -> list[list[int]]:
    return [[value] * side] * side


def square(color: tuple[int, ...], side: int) -> bytes:
    return pictures.encode(Image.new("RGBA", (side, side), color), "PNG")


def shown(data: bytes, **options: object) -> Image.Image:
    return pictures.open_image(run(data, output_format="png", output_quality=100, **options).data).convert("RGBA")


def alone(bits: int, value: int, colors: bitmaps.Colors = (), mask: bytes | None = None) -> bytes:
    return icon((SIDE, SIDE, icon_bitmap(bits, plain(value), colors, mask)))


def drawings(data: bytes) -> dict[int, Image.Image]:
    """Returns the drawings of all entries by their widths, in the order of the file."""
    return {entry.width: codec._open_entry(data, entry).convert("RGBA") for entry in read_entries(BytesIO(data))}


# --- reading ---


@pytest.mark.parametrize(
    ("bits", "value", "colors"),
    [
        (1, 1, COLORS),
        (4, 1, COLORS + [(0, 0, 0)] * 14),
        (8, 1, COLORS + [(0, 0, 0)] * 254),
        (24, BLUE, ()),
        (16, 31, ()),
    ],
)
def test_the_mask_hides_at_every_depth_without_alpha(bits, value, colors):
    image = shown(alone(bits, value, colors, TOP_ROW_HIDDEN))
    assert [image.getpixel((3, 0))[3], image.getpixel((3, 1))] == [0, (0, 0, 255, 255)]


def test_alpha_counts_where_there_is_any_and_the_mask_does_not():
    values = [[0x80000000 | RED] * SIDE] * (SIDE - 1) + [[0xFF000000 | RED] * SIDE]
    image = shown(icon((SIDE, SIDE, icon_bitmap(32, values, mask=b"\xff" * 4 * SIDE))))
    assert (image.getpixel((0, 7))[3], image.getpixel((0, 0))[3]) == (128, 255)


def test_the_mask_decides_where_all_alpha_is_0():
    image = shown(alone(32, RED, mask=TOP_ROW_HIDDEN))
    assert [image.getpixel((3, 0))[3], image.getpixel((3, 1))] == [0, (255, 0, 0, 255)]


@pytest.mark.parametrize("kept", [0, 4 * 3])
def test_rows_that_a_mask_does_not_reach_are_opaque(kept):
    image = shown(alone(24, BLUE, mask=b"\xff" * kept))
    assert [image.getpixel((0, 7 - y))[3] for y in (0, 2, 3, 7)] == ([0, 0, 255, 255] if kept else [255] * 4)


def test_deepest_drawing_of_a_size_is_taken_wherever_it_stands():
    shallow, deep = icon_bitmap(1, plain(0), COLORS), icon_bitmap(32, plain(0xFF000000 | BLUE))
    for parts in ((shallow, deep), (deep, shallow)):
        assert shown(icon(*((SIDE, SIDE, part) for part in parts))).getpixel((0, 0)) == (0, 0, 255, 255)


def test_a_png_is_as_deep_as_it_is():
    shallow = png_samples.write([[(1,)] * SIDE] * SIDE, 1, png_samples.GREY)
    deep = icon_bitmap(24, plain(RED))
    assert shown(icon((SIDE, SIDE, shallow), (SIDE, SIDE, deep))).getpixel((0, 0)) == (255, 0, 0, 255)


def test_a_transparent_colour_of_a_png_in_an_icon_is_transparent():
    part = png_samples.write([[(1,)] * SIDE] * SIDE, 1, png_samples.GREY, png_samples.chunk(b"tRNS", b"\0\1"))
    assert shown(icon((SIDE, SIDE, part))).getextrema()[3] == (0, 0)


def test_a_height_that_leaves_the_mask_out_is_that_of_the_picture():
    part = bitmaps.header(bitmaps.INFO, SIDE, SIDE, 24) + bitmaps.rows(plain(BLUE), 24)
    assert pictures.header(icon((SIDE, SIDE, part))).height == SIDE


def test_a_directory_that_counts_the_mask_too_is_not_believed():
    assert pictures.header(icon((SIDE, 2 * SIDE, icon_bitmap(8, plain(0), COLORS * 128)))).height == SIDE


def test_pixels_that_are_missing_are_damage():
    with pytest.raises(InvalidImage):
        shown(icon((SIDE, SIDE, icon_bitmap(24, plain(BLUE))[:100])))


def test_entries_that_all_hold_the_whole_file_are_refused():
    entry = struct.pack("<BBBBHHII", 1, 1, 0, 0, 1, 32, 4000, 0)
    entries = b"".join(entry[:-4] + struct.pack("<I", 6 + n) for n in range(200))
    with pytest.raises(InvalidImage):
        pictures.header(struct.pack("<HHH", 0, 1, 200) + entries + bytes(4000))


# --- writing ---


def made(**options: object) -> bytes:
    return run(pictures.png("RGBA"), output_format="ico", **options).data


def test_the_largest_stands_first():
    assert list(drawings(made())) == STANDARD


def test_bitmaps_are_written_up_to_48_pixels_and_png_in_32_bits_above():
    data = made()
    for entry in read_entries(BytesIO(data)):
        part = entry.cut(data)
        assert part.startswith(b"\x89PNG") == (entry.width > 48)
        assert entry.bits == 32
    assert {bits for *_, bits, _, _ in struct.iter_unpack("<BBBBHHII", data[6 : 6 + 16 * 5])} == {32}


@pytest.mark.parametrize("side", [1, 16, 33, 48])
def test_the_mask_hides_what_is_wholly_transparent_and_nothing_else(side):
    image = pictures.draw("RGBA", size=(side, side))
    image.putpixel((0, 0), (9, 9, 9, 1))
    part = codec.encode(image, 80).data[22:]
    width, height = struct.unpack_from("<ii", part, 4)
    stride = -(-side // 32) * 4
    mask = part[40 + 4 * side * side :]
    hidden = Image.frombytes("1", (side, side), mask, "raw", "1", stride, -1)
    alpha = image.getchannel("A")
    assert (width, height, len(mask)) == (side, 2 * side, stride * side)
    assert hidden.convert("L").tobytes() == alpha.point(lambda value: 0 if value else 255).tobytes()


def test_small_icons_lose_nothing_at_any_quality():
    image = pictures.draw("RGBA", size=(40, 40))
    encoding = codec.encode(image, 1)
    assert encoding.lossless
    assert codec.open_image(encoding.data).tobytes() == image.tobytes()


def test_a_limit_without_room_for_bitmaps_is_met_by_png():
    done = run(pictures.png("RGBA"), output_format="ico", output_file_size_limit=12_000)
    assert done.size_limit_met
    assert list(drawings(done.data)) == STANDARD


def test_a_limit_drops_the_largest_sizes_and_names_them():
    done = run(pictures.png("RGBA"), output_format="ico", output_file_size_limit=900)
    assert list(drawings(done.data)) == [24, 16]
    assert (done.size_limit_met, done.width, done.quality) == (True, 24, None)
    assert done.warning == "Sizes left out, because of the limit on bytes: 256 x 256, 48 x 48, 32 x 32 px."


def test_a_limit_on_one_size_is_met_by_png():
    done = run(pictures.png(), output_format="ico", output_width=48, output_height=32, output_file_size_limit=2000)
    assert (done.size_limit_met, done.width, done.height) == (True, 48, 32)


# --- ICO to ICO ---

TWO = icon((16, 16, square((255, 0, 0, 255), 16)), (48, 48, square((0, 0, 255, 255), 48)))


def test_each_size_keeps_its_own_drawing():
    kept = drawings(run(TWO).data)
    assert kept.keys() == {16, 48}
    assert (kept[16].getpixel((8, 8)), kept[48].getpixel((8, 8))) == ((255, 0, 0, 255), (0, 0, 255, 255))


def test_a_limit_on_a_set_is_met_by_png_and_then_by_fewer_sizes():
    data = icon((48, 48, icon_bitmap(32, plain(0xFF000000 | RED, 48))), (16, 16, square((0, 0, 255, 255), 16)))
    packed, fewer = run(data, output_file_size_limit=400), run(data, output_file_size_limit=150)
    assert [drawings(each.data).keys() for each in (packed, fewer)] == [{48, 16}, {16}]
    assert (packed.warning, "left out" in fewer.warning, fewer.width) == (None, True, 16)


def test_another_size_is_made_of_the_largest():
    image = drawings(run(TWO, output_width=20, output_height=20).data)[20]
    assert image.getpixel((9, 9)) == (0, 0, 255, 255)


def test_deepest_drawing_of_each_size_stays():
    shallow, deep = icon_bitmap(1, plain(0), COLORS), icon_bitmap(32, plain(0xFF000000 | BLUE))
    data = icon((SIDE, SIDE, shallow), (SIDE, SIDE, deep))
    done = run(data)
    assert len(read_entries(BytesIO(done.data))) == 1
    assert not done.original_returned
    assert drawings(done.data)[SIDE].getpixel((0, 0)) == (0, 0, 255, 255)


def test_a_large_bitmap_becomes_a_png():
    data = icon((64, 64, icon_bitmap(32, plain(0xFF000000 | RED, 64))))
    done = run(data)
    assert len(done.data) < len(data) / 10
    assert drawings(done.data)[64].getpixel((5, 5)) == (255, 0, 0, 255)


def test_a_bitmap_of_few_colours_does_not_grow():
    data = icon((SIDE, SIDE, icon_bitmap(1, plain(1), COLORS)))
    assert len(run(data).data) == len(data)


@pytest.mark.parametrize("mask", [b"", b"\xff" * 4 * SIDE], ids=["none", "one that hides what is opaque"])
@pytest.mark.parametrize("keep", ["none", "all"])
def test_an_icon_with_alpha_is_given_back_with_a_mask_that_agrees(mask, keep):
    values = [[0xFF000000 | RED] * SIDE] * (SIDE - 1) + [[RED] * SIDE]
    data = run(icon((SIDE, SIDE, icon_bitmap(32, values, mask=mask))), keep_metadata=keep).data
    assert data[-4 * SIDE :] == TOP_ROW_HIDDEN


@pytest.mark.parametrize("keep", ["none", "copyright", "all"])
def test_an_icon_of_two_bits_is_given_back(keep):
    data = icon((SIDE, SIDE, icon_bitmap(2, plain(3), COLORS * 2)))
    assert run(data, keep_metadata=keep).data[22:] == data[22:]


def test_metadata_of_a_picture_and_bytes_between_pictures_are_not_given_back():
    part = pictures.encode(Image.new("RGBA", (1, 1)), "PNG", exif=b"II*\0SECRET")
    data = icon((1, 1, part))[:-1] + part[-1:] + b"SECRET"
    assert b"SECRET" not in run(data).data


def test_damaged_picture_does_not_keep_the_largest_from_being_read():
    broken = bitmaps.header(bitmaps.INFO, 4, 8, 7) + bytes(64)
    assert shown(icon((4, 4, broken), (16, 16, square((255, 0, 0, 255), 16)))).getpixel((3, 3)) == (255, 0, 0, 255)


def test_pictures_that_lie_over_each_other_are_refused():
    picture = bitmaps.icon_bitmap(32, [[0xFFFF8000] * 8] * 8)
    at = 6 + 16 * 9
    entries = struct.pack("<BBBBHHII", 8, 8, 0, 0, 1, 32, len(picture), at) * 9
    with pytest.raises(InvalidImage, match="overlap"):
        read_entries(BytesIO(struct.pack("<HHH", 0, 1, 9) + entries + picture))
