"""The format and size of an upload, and the files that are refused before anything is stored."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs.format import ImageHeader, Limits
from imgopt.codecs.header import read_header
from imgopt.codecs.png.chunks import ADAM7
from imgopt.errors import InvalidImage, TooLarge, Unsupported
from tests import inputs, pictures


def read(data: bytes, pixels: int = 100_000_000, frames: int = 1000, animation_pixels: int = 10**9) -> ImageHeader:
    return read_header(BytesIO(data), Limits(pixels, frames, animation_pixels))


def png_of(width: int, height: int, raw: bytes, *, interlaced: bool = False) -> bytes:
    """A well-formed PNG with honest checksums, whatever its pixels are."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlaced)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def png_claiming(width: int, height: int, *, rows: int) -> bytes:
    return png_of(width, height, (b"\0" + bytes(3 * width)) * rows)


FILES = {
    "jpg": pictures.jpeg(),
    "jpg progressive": pictures.jpeg(progressive=True),
    "jpg grey": pictures.encode(pictures.draw("L"), "JPEG"),
    "jpg cmyk": pictures.encode(pictures.draw("CMYK"), "JPEG"),
    "png": pictures.png(),
    "png palette": pictures.encode(pictures.draw().quantize(16), "PNG"),
    "png 1 bit": pictures.png("1"),
    "png alpha": pictures.png("RGBA"),
    "png 16 bit": pictures.encode(pictures.draw("L").convert("I;16"), "PNG"),
    "webp": pictures.webp(),
    "webp alpha": pictures.webp("RGBA"),
    "webp lossless": pictures.webp(lossless=True),
    "avif": pictures.encode(pictures.draw(), "AVIF"),
    "avif alpha": pictures.encode(pictures.draw("RGBA"), "AVIF"),
    "gif": pictures.gif(),
    "gif animated": pictures.gif(frames=5),
}
each_file = pytest.mark.parametrize("name", FILES)


@each_file
def test_format_and_dimensions_are_read_from_the_bytes(name):
    header = read(FILES[name])
    assert (header.format, header.width, header.height) == (name.split()[0], pictures.WIDTH, pictures.HEIGHT)


@each_file
def test_alpha_is_what_the_file_declares(name):
    assert read(FILES[name]).has_alpha == name.endswith(" alpha")


@each_file
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.8, 0.97])
def test_a_truncated_file_is_refused(name, kept):
    data = FILES[name]
    with pytest.raises(InvalidImage):
        read(data[: int(len(data) * kept)])


@pytest.mark.parametrize("data", [b"", b"hello", b"<html>", b"%PDF-1.7", b"PK\3\4" + bytes(40), b"RIFF\0\0\0\0WAVE"])
def test_files_that_are_no_images_are_unsupported(data):
    with pytest.raises(Unsupported, match="Unsupported file type"):
        read(data)


@pytest.mark.parametrize("signature", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\xff\xff\xff\xffWEBP"])
def test_a_signature_alone_is_no_image(signature):
    with pytest.raises(InvalidImage):
        read(signature + bytes(100))


def test_a_header_that_promises_more_rows_than_there_are_is_refused():
    assert read(png_claiming(30, 20, rows=20)).height == 20
    with pytest.raises(InvalidImage, match="fewer pixels"):
        read(png_claiming(30, 20, rows=19))


def test_an_interlaced_png_is_complete():
    data = interlaced_png(4, 3)
    assert (read(data).width, Image.open(BytesIO(data)).info["interlace"]) == (4, 1)


def interlaced_png(width: int, height: int) -> bytes:
    """Pillow reads Adam7 and can't write it."""
    raw = b""
    for x, step_x, y, step_y in ADAM7:
        columns, rows = len(range(x, width, step_x)), len(range(y, height, step_y))
        raw += (b"\0" + bytes(3 * columns)) * rows if columns else b""
    return png_of(width, height, raw, interlaced=True)


@pytest.mark.parametrize("position", [20, 50, 100])
def test_a_png_whose_bytes_changed_on_the_way_is_refused(position):
    data = bytearray(FILES["png"])
    data[position] ^= 1
    with pytest.raises(InvalidImage):
        read(bytes(data))


def test_a_bomb_is_refused_by_its_header_alone():
    with pytest.raises(TooLarge, match="60000 x 60000"):
        read(png_claiming(60_000, 60_000, rows=0))


def test_an_image_at_the_pixel_limit_is_taken():
    pixels = pictures.WIDTH * pictures.HEIGHT
    assert read(FILES["png"], pixels=pixels)
    with pytest.raises(TooLarge):
        read(FILES["png"], pixels=pixels - 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_dimensions_are_those_of_the_upright_image(orientation):
    header = read(pictures.upright(pictures.draw(), orientation))
    assert (header.width, header.height) == (pictures.WIDTH, pictures.HEIGHT)


@pytest.mark.parametrize("data", [pictures.jpeg(dpi=(300, 300)), pictures.png(dpi=(300, 300))])
def test_resolution_is_read(data):
    assert read(data).dpi == 300


def test_an_animations_frames_and_speed_are_counted():
    header = read(pictures.gif(frames=8, duration=50))
    assert (header.frames, header.fps) == (8, 20.0)


def test_a_still_gif_has_one_frame_and_no_speed():
    header = read(pictures.gif())
    assert (header.frames, header.fps) == (1, None)


def test_frames_over_the_limit_are_refused():
    assert read(pictures.gif(frames=8), frames=8)
    with pytest.raises(TooLarge, match="7 frames"):
        read(pictures.gif(frames=8), frames=7)


def test_pixels_of_all_frames_over_the_limit_are_refused():
    pixels = 8 * pictures.WIDTH * pictures.HEIGHT
    assert read(pictures.gif(frames=8), animation_pixels=pixels)
    with pytest.raises(TooLarge, match="in all its frames"):
        read(pictures.gif(frames=8), animation_pixels=pixels - 1)


@pytest.mark.parametrize("pillow_name", ["PNG", "WEBP", "GIF", "AVIF"])
def test_frames_and_their_rate_are_read(pillow_name):
    frames = [pictures.draw().rotate(90 * turn) for turn in range(4)]
    header = read(pictures.encode(frames[0], pillow_name, save_all=True, append_images=frames[1:], duration=50))
    assert (header.frames, header.fps) == (4, 20.0)


def test_bytes_behind_the_image_do_no_harm():
    assert read(pictures.jpeg() + b"maker notes" * 1000).format == "jpg"


@pytest.mark.parametrize("name", [name for name in inputs.MAKERS if name.startswith("tiff")])
def test_a_truncated_tiff_is_refused(name):
    data = inputs.data_of(name)
    with pytest.raises(InvalidImage):
        read(data[: len(data) // 2])


def test_a_tiff_states_its_resolution_in_inches_or_centimetres():
    picture = pictures.draw()
    assert read(pictures.encode(picture, "TIFF", dpi=(300, 300))).dpi == 300
    assert read(pictures.encode(picture, "TIFF", resolution_unit="cm", resolution=100)).dpi == 254
    assert read(pictures.encode(picture, "TIFF")).dpi is None


def test_a_tiff_is_read_in_either_order_of_bytes():
    entries = struct.pack(">HHIHHHHII", 256, 3, 1, 300, 0, 257, 4, 1, 200)
    header = read(b"MM\0*\0\0\0\x08\0\2" + entries + bytes(4))
    assert (header.width, header.height) == (300, 200)


def test_a_tiff_whose_resolution_is_empty_states_none():
    data = pictures.encode(pictures.draw(), "TIFF", dpi=(300, 300))
    entry = struct.pack("<HHI", 282, 5, 1)
    assert entry in data
    assert read(data.replace(entry, struct.pack("<HHI", 282, 5, 0))).dpi is None
