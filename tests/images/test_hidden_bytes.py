"""Bytes that no decoder reads are removed from returned originals, or the original is not returned."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs.cleaning import clean, trim
from imgopt.codecs.gif import blocks
from imgopt.codecs.ico.directory import write_icon
from imgopt.codecs.png.frames import walk_chunks
from imgopt.codecs.shared import av1, isobmff
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.codecs.webp import chunks
from tests import animations, pictures
from tests.metadata_files import cleaned, png_with, riff_chunk
from tests.pictures import draw, encode, open_image, run
from tests.png_files import chunk

HIDDEN = b"private words"


def chunks_of(data: bytes) -> list[tuple[bytes, bytes]]:
    return [(place.kind, data[place.start : place.end]) for place in walk_chunks(data)]


def to_png_file(chunks: list[tuple[bytes, bytes]]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def changed_stream(kind: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """An animation of two frames, each in one chunk, with another stream of compressed pixels in one of them."""
    plain = png_with(frames=2)
    keep = 4 if kind == b"fdAT" else 0
    return to_png_file(
        [(name, body[:keep] + change(body[keep:]) if name == kind else body) for name, body in chunks_of(plain)]
    )


@pytest.mark.parametrize("kind", [b"IDAT", b"fdAT"])
@pytest.mark.parametrize(
    "change",
    [
        lambda stream: stream + HIDDEN,
        lambda stream: zlib.compress(zlib.decompress(stream) + HIDDEN, 0),
    ],
)
def test_a_png_with_more_than_its_pixels_is_not_given_back(kind, change):
    data = changed_stream(kind, change)
    assert HIDDEN in data
    assert clean(data, "png", KeepMetadata.NONE) is None
    done = run(data)
    assert (done.original_returned, done.frames, HIDDEN in done.data) == (False, 2, False)


def test_a_png_with_more_chunks_of_pixels_than_its_stream_needs_is_not_given_back():
    plain = pictures.png()
    assert clean(plain[:-12] + chunk(b"IDAT", HIDDEN) + plain[-12:], "png", KeepMetadata.NONE) is None


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_a_file_with_more_than_a_profile_in_its_place_is_not_given_back(name):
    profile = pictures.swapped_profile()
    data = encode(draw(), name, icc_profile=profile + HIDDEN)
    assert clean(data, pictures.header(data).format, KeepMetadata.NONE) is None
    sound = encode(draw(), name, icc_profile=profile)
    assert clean(sound, pictures.header(sound).format, KeepMetadata.NONE) is not None


def test_a_picture_of_an_icon_with_more_than_its_pixels_is_written_anew():
    icon = encode(draw(size=(64, 64)), "ICO", sizes=[(64, 64)])
    start = icon.index(b"\x89PNG")
    png = icon[start:-12] + chunk(b"IDAT", HIDDEN) + icon[-12:]
    data = write_icon([((64, 64), png)])
    assert clean(data, "ico", KeepMetadata.NONE) is None
    assert HIDDEN not in run(data).data


def test_more_than_the_fields_of_chunks_leaves_a_webp():
    plain = animations.saved([draw("RGBA"), draw("RGBA").rotate(90)], "WEBP", duration=50, lossless=True)
    head, at = plain[:12], plain.index(b"ANIM")
    body = plain[12:at] + riff_chunk(b"ANIM", plain[at + 8 : at + 14] + HIDDEN) + plain[at + 14 :]
    made = cleaned(head[:4] + struct.pack("<I", len(body) + 4) + head[8:] + body)
    assert HIDDEN not in made
    assert len(made) == len(plain)


def test_more_than_the_fields_of_a_frame_leaves_a_gif():
    plain = pictures.gif(2)
    at = plain.index(b"\x21\xf9\x04")
    longer = plain[: at + 7] + bytes((len(HIDDEN),)) + HIDDEN + plain[at + 7 :]
    assert cleaned(longer) == clean(plain, "gif", KeepMetadata.NONE)


AVIF_STILL = encode(draw("RGBA"), "AVIF")


def grown(data: bytes, path: tuple[bytes, ...], more: bytes) -> bytes:
    """Adds bytes at the end of a box, and moves all offsets that count from the start of the file."""
    made, at, end = bytearray(data), 0, len(data)
    for kind in path:
        at = data.index(kind, at) - 4
        end = at + int.from_bytes(data[at : at + 4])
        made[at : at + 4] = (end - at + len(more)).to_bytes(4)
        at += 8
    made[end:end] = more
    if end <= data.index(b"mdat"):
        for extents in isobmff.read_items(BytesIO(data)).extents.values():
            for offset, _ in extents:
                place = data.index(offset.to_bytes(4), data.index(b"iloc"))
                place += len(more) if place >= end else 0
                made[place : place + 4] = (offset + len(more)).to_bytes(4)
    return bytes(made)


def test_bytes_that_no_picture_refers_to_leave_an_avif():
    assert HIDDEN not in cleaned(grown(AVIF_STILL, (b"mdat",), HIDDEN))


def test_avif_without_its_exif_is_opened_by_libavif():
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    data = encode(draw(), "AVIF", exif=exif)
    made = cleaned(data)
    assert b"a secret" in data
    assert b"a secret" not in made
    assert "exif" not in open_image(made).info


def test_names_of_items_leave_an_avif():
    named = AVIF_STILL.replace(b"Color\0", b"Clara\0").replace(b"Alpha\0", b"Clara\0")
    made = cleaned(named)
    assert b"Clara" in named
    assert b"Clara" not in made


def test_names_and_times_leave_an_animated_avif():
    plain = animations.saved([draw(), draw("L").convert("RGB")], "AVIF", duration=50)
    made = cleaned(plain)
    for kind in (b"mvhd", b"tkhd", b"mdhd"):
        at = made.index(kind) + 8
        assert made[at : at + 16 if made[at - 4] else at + 8].strip(b"\0") == b""
    assert b"AOM Coding" in plain
    assert b"AOM Coding" not in made
    assert open_image(made).n_frames == 2


def test_pictures_that_are_not_shown_leave_an_avif():
    """References between items show which of them belong to the picture and not to its thumbnail."""
    assert clean(AVIF_STILL, "avif", KeepMetadata.NONE) is not None
    thumbnail = AVIF_STILL.replace(b"auxl", b"thmb")
    assert clean(thumbnail, "avif", KeepMetadata.NONE) is None


@pytest.mark.parametrize(
    ("unit", "stays"),
    [
        (b"\x2a\x05\1\0\0\0\0", True),  # the light level of content
        (b"\x2a\x05\4abcd", False),  # somebody's own data
        (b"\x7a\x05abcde", False),  # padding
    ],
)
def test_an_av1_stream_with_private_units_is_not_plain(unit, stays):
    items = isobmff.read_items(BytesIO(AVIF_STILL))
    ((offset, length),) = items.extents[items.primary]
    stream = AVIF_STILL[offset : offset + length]
    assert av1.holds_pictures_alone(stream)
    assert av1.holds_pictures_alone(unit + stream) == stays


def gif_with_more_codes() -> bytes:
    """Behind the code that ends the first of two pictures, in a sub-block of its own."""
    data = animations.saved(animations.photo_frames(2), "GIF")
    _, end = gif_pictures(data)[0]
    return data[: end - 1] + bytes((len(HIDDEN),)) + HIDDEN + data[end - 1 :]


def gif_pictures(data: bytes) -> list[tuple[int, int]]:
    walked = blocks.Blocks(data)
    return [(start, walked.position) for kind, start in walked.walk() if kind == blocks.PICTURE]


def pixels_shown(data: bytes) -> list[tuple[bytes, int]]:
    return [(image.tobytes(), duration) for image, duration in animations.shown(data)]


def test_codes_behind_the_end_of_a_gifs_picture_are_cut_off():
    data = gif_with_more_codes()
    trimmed = trim(data, "gif", KeepMetadata.NONE)
    assert HIDDEN in data
    assert HIDDEN not in trimmed
    assert pixels_shown(trimmed) == pixels_shown(data)
    assert trim(trimmed, "gif", KeepMetadata.NONE) == trimmed


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 2}])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("size", [(48, 32), (96, 80)])
def test_a_jpeg_with_bytes_behind_its_last_pixel_is_not_given_back(size, mode, options):
    plain = encode(draw(mode, size), "JPEG", **options)
    assert trim(plain, "jpg", KeepMetadata.NONE) == plain
    assert trim(plain[:-2] + HIDDEN + plain[-2:], "jpg", KeepMetadata.NONE) is None


def test_a_jpeg_with_bytes_before_a_restart_is_not_given_back():
    plain = encode(draw(), "JPEG", restart_marker_blocks=2)
    at = plain.index(b"\xff\xd1")
    assert trim(plain[:at] + HIDDEN + plain[at:], "jpg", KeepMetadata.NONE) is None


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [False, True])
def test_a_webp_with_bytes_behind_its_last_pixel_is_not_given_back(mode, lossless):
    plain = encode(draw(mode, (64, 48)), "WEBP", lossless=lossless)
    hidden = 3 * HIDDEN + b" "
    parts = [plain[start:end] for _, start, end in chunks.read_chunks(BytesIO(plain))]
    assert trim(plain, "webp", KeepMetadata.NONE) == plain
    for number in (at for at, part in enumerate(parts) if part[:4] in chunks.FRAME_CHUNKS):
        kind, length = parts[number][:4], int.from_bytes(parts[number][4:8], "little")
        longer = chunks.write_chunk(kind, parts[number][8 : 8 + length] + hidden)
        changed = chunks.write_riff([*parts[:number], longer, *parts[number + 1 :]])
        assert trim(changed, "webp", KeepMetadata.NONE) is None


def test_a_jpeg_loses_what_it_hides_where_it_would_be_given_back():
    plain = encode(draw(size=(64, 48)), "JPEG", quality=20, progressive=True, optimize=True)
    assert run(plain, output_quality=95).original_returned
    done = run(plain[:-2] + HIDDEN + plain[-2:], output_quality=95)
    assert (done.original_returned, HIDDEN in done.data) == (False, False)
