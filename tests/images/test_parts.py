"""Files with more parts than any image needs are refused before a library reads each part."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.gif import reader as gif
from imgopt.codecs.header import read_header
from imgopt.codecs.jpeg import application_segments
from imgopt.codecs.shared import metadata
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.errors import InvalidImage
from tests import inputs, pictures
from tests.pictures import LIMITS
from tests.work import count_calls

MOST_CALLS = 2_000_000


def read(data: bytes) -> ImageHeader:
    return read_header(BytesIO(data), LIMITS)


def segment(marker: int, data: bytes = b"") -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def riff(body: bytes) -> bytes:
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def icon(entries: int) -> bytes:
    entry = struct.pack("<BBBBHHII", 1, 1, 0, 0, 1, 32, 40, 6 + 16 * entries)
    return struct.pack("<HHH", 0, 1, entries) + entry * entries + struct.pack("<Iii", 40, 1, 2) + bytes(28)


def put(data: bytes, at: int, part: bytes) -> bytes:
    return data[:at] + part + data[at:]


JPEG, PNG, WEBP, GIF = (inputs.data_of(name) for name in ("jpg", "png", "webp", "gif"))
SCREEN = 13 + (3 << ((GIF[10] & 7) + 1))
COMMENT = b"\x21\xfe\1a\0"
TOO_MANY = {
    "segments": put(JPEG, 2, segment(0xE3) * 5000),
    "segments behind the pixels": put(JPEG, len(JPEG) - 2, segment(0xE3) * 5000),
    "bytes between segments": put(JPEG, 20, bytes(100_000)),
    "fill bytes": put(JPEG, 2, b"\xff" * 100_000),
    "EXIF in parts": put(JPEG, 2, segment(0xE1, b"Exif\0\0" + bytes(1000)) * 300),
    "chunks": put(PNG, 33, chunk(b"abCd") * 70_000),
    "empty pixels": put(PNG, 33, chunk(b"IDAT") * 70_000),
    "WebP chunks": riff(WEBP[8:] + b"ABCD\0\0\0\0" * 9000),
    "extensions": put(GIF, SCREEN, b"\x21\xfe\0" * 70_000),
    "sub-blocks": put(GIF, SCREEN, b"\x21\xff" + b"\1a" * 1_000_001 + b"\0"),
    "icons": icon(257),
}


@pytest.mark.parametrize("name", TOO_MANY)
def test_parts_over_the_limit_are_refused(name):
    with pytest.raises(InvalidImage, match=r"than an? \w+ needs|too many blocks|more than 256"):
        read(TOO_MANY[name])
    assert count_calls(read, TOO_MANY[name]) < MOST_CALLS


MANY = {
    "segments": put(JPEG, 2, segment(0xE3) * 3000),
    "bytes between segments": put(JPEG, 20, bytes(60_000)),
    "EXIF in parts": put(JPEG, 2, segment(0xE1, b"Exif\0\0" + bytes(60_000)) * 4),
    "chunks": put(PNG, 33, chunk(b"abCd") * 20_000),
    "WebP chunks": riff(WEBP[8:] + b"ABCD\0\0\0\0" * 5000),
    "extensions": put(GIF, SCREEN, COMMENT * 5000),
    "sub-blocks": put(GIF, SCREEN, b"\x21\xff" + b"\1a" * 200_000 + b"\0"),
    "icons": icon(256),
}


@pytest.mark.parametrize("name", MANY)
def test_parts_within_the_limit_are_accepted(name):
    assert read(MANY[name]).width in (pictures.WIDTH, 1)


def test_fill_bytes_in_a_scan_and_before_a_marker_mean_nothing():
    padded = put(JPEG, len(JPEG) - 2, b"\xff" * 50)
    assert read(padded).width == pictures.WIDTH
    cleaned = application_segments.clean(padded, metadata.NO_METADATA)
    with Image.open(BytesIO(cleaned)) as after, Image.open(BytesIO(JPEG)) as before:
        assert after.tobytes() == before.tobytes()


def test_comments_are_taken_out_before_pillow_joins_them():
    with gif.open_image(put(GIF, SCREEN, b"\x21\xfe" + b"\1a" * 300_000 + b"\0")) as image:
        assert "comment" not in image.info
        assert image.size == (pictures.WIDTH, pictures.HEIGHT)


def test_a_frame_beyond_its_screen_enlarges_it():
    """Pillow and browsers do so for the first frame."""
    data = bytearray(GIF)
    struct.pack_into("<HH", data, 6, 1, 1)
    with Image.open(BytesIO(data)) as image:
        assert (read(bytes(data)).width, read(bytes(data)).height) == image.size == (pictures.WIDTH, pictures.HEIGHT)


def repeated_tag(number: int) -> bytes:
    entry = struct.pack("<HHII", 273, 4, number, 14 + 12 * number)
    sizes = struct.pack("<HHII", 256, 3, 1, 5) + struct.pack("<HHII", 257, 3, 1, 6)
    return b"II*\0" + struct.pack("<IH", 8, number + 2) + sizes + entry * number + bytes(4 + 4 * number)


def test_a_tag_is_read_once():
    data = repeated_tag(20_000)
    page = read(data)
    assert (page.width, page.height) == (5, 6)
    assert count_calls(read, data) < MOST_CALLS


def exif_of(entries: int) -> bytes:
    """Each entry is all of the EXIF."""
    size = 14 + 12 * entries
    return b"II*\0" + struct.pack("<IH", 8, entries) + struct.pack("<HHII", 700, 7, size, 0) * entries + bytes(4)


def test_exif_that_is_too_long_is_not_taken_apart():
    data = put(PNG, 33, chunk(b"eXIf", exif_of(65_535)))
    assert read(data).width == pictures.WIDTH
    with Image.open(BytesIO(data)) as image:
        kept = metadata.read_metadata(image, KeepMetadata.ALL)
    assert (kept.exif, kept.unread) == (b"", ("EXIF",))


def test_the_orientation_is_found_in_long_exif():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a" * 200_000
    data = pictures.encode(pictures.draw(), "PNG", exif=exif)
    assert (read(data).width, read(data).height) == (pictures.HEIGHT, pictures.WIDTH)


@pytest.mark.parametrize("first", [b"", chunk(b"abCd"), chunk(b"IHDR", bytes(5)), chunk(b"IDAT", b"a")])
def test_a_png_begins_with_its_header(first):
    with pytest.raises(InvalidImage, match="not a valid PNG"):
        read(PNG[:8] + first + PNG[33:])


def test_a_second_header_of_a_png_is_no_way_to_an_error_of_ours():
    with pytest.raises(InvalidImage):
        read(put(PNG, 33, chunk(b"IHDR", bytes(5))))
