"""Files that claim to be huge are refused by their headers, before their pixels are in memory."""

import struct
import tracemalloc
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs.header import read_header
from imgopt.errors import InvalidImage, TooLarge
from tests import inputs, pictures
from tests.pictures import LIMITS

SIDE = 30_000
MOST_BYTES = 2_000_000


def claim(name: str, marker: bytes, offset: int, layout: str, side: int = SIDE) -> bytes:
    """A small file whose header says another size, `offset` bytes behind a marker."""
    data = bytearray(inputs.data_of(name))
    struct.pack_into(layout, data, data.index(marker) + offset, side, side)
    return bytes(data)


BOMBS = {
    "jpg": claim("jpg", b"\xff\xc0", 5, ">HH"),
    "jpg progressive": claim("jpg progressive", b"\xff\xc2", 5, ">HH"),
    "png": claim("png", b"IHDR", 4, ">II"),
    "webp": claim("webp", b"\x9d\x01\x2a", 3, "<HH", 16_383),
    "gif": claim("gif", b"GIF8", 6, "<HH"),
    "avif": claim("avif", b"ispe", 8, ">II"),
    "heic": claim("heic", b"ispe", 8, ">II"),
    "bmp": claim("bmp", b"BM", 18, "<ii"),
    "ico": claim("ico", b"IHDR", 4, ">II"),
    "ico bitmap": claim("ico bitmap", struct.pack("<Iii", 40, 32, 64), 4, "<ii"),
    "tiff": struct.pack("<2sHIHHHIIHHIII", b"II", 42, 8, 2, 256, 4, 1, SIDE, 257, 4, 1, SIDE, 0),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_claim_of_900_megapixels_is_refused_by_the_header(name):
    tracemalloc.start()
    with pytest.raises((TooLarge, InvalidImage)):
        read_header(BytesIO(BOMBS[name]), LIMITS)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MOST_BYTES


@pytest.mark.parametrize("name", sorted(set(BOMBS) - {"png"}))
def test_the_message_names_the_limit(name):
    with pytest.raises(TooLarge, match="100 megapixels"):
        read_header(BytesIO(BOMBS[name]), LIMITS)


def test_a_small_frame_on_a_huge_screen_counts_as_the_screen():
    data = bytearray(inputs.data_of("gif animated"))
    struct.pack_into("<HH", data, 6, 9_000, 9_000)
    assert pictures.header(bytes(inputs.data_of("gif animated"))).frames == 4
    with pytest.raises(TooLarge):
        read_header(BytesIO(bytes(data)), pictures.Limits(10**8, 1000, 10**8))


@pytest.mark.parametrize("part", ["first", "second"])
def test_a_tile_that_is_larger_than_its_claim_is_no_way_around(part):
    """libheif trusts neither the size of a tile nor that of the grid."""
    data = bytearray(inputs.heic("grid"))
    at = data.index(b"ispe") if part == "first" else data.rindex(b"ispe")
    struct.pack_into(">II", data, at + 8, 16, 16)
    with pytest.raises(InvalidImage):
        pictures.run(bytes(data))


def test_an_avif_whose_bitstream_is_larger_than_its_boxes_say_is_refused():
    data = bytearray(pictures.encode(Image.new("RGB", (1200, 1200)), "AVIF", speed=10))
    at = data.index(b"ispe") + 8
    struct.pack_into(">II", data, at, 48, 32)
    with pytest.raises(TooLarge, match="1200 x 1200"):
        read_header(BytesIO(bytes(data)), replace(LIMITS, pixels=1_000_000))


def test_an_avif_without_a_bitstream_is_refused():
    data = bytearray(pictures.encode(Image.new("RGB", (64, 64)), "AVIF", speed=10))
    start = data.index(b"mdat") + 4
    data[start:] = bytes(len(data) - start)
    with pytest.raises(InvalidImage):
        read_header(BytesIO(bytes(data)), LIMITS)


def with_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    data = pictures.jpeg(progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * count + data[-2:]


def test_a_jpeg_of_too_many_scans_is_refused():
    assert read_header(BytesIO(with_scans(50)), LIMITS).format == "jpg"
    with pytest.raises(TooLarge, match="too many scans"):
        read_header(BytesIO(with_scans(101)), LIMITS)
