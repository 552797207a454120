"""Metadata to be kept is found where other programs store it. A warning says what can't be kept."""

from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs.formats import FORMATS
from imgopt.imaging.metadata_limit import METADATA_TOO_LONG
from tests import pictures
from tests.metadata_files import NAMESPACES, XMP, packet_of, png_with
from tests.pictures import draw, encode, open_image, run
from tests.png_files import chunk

SMALLEST_GIF = b"GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0" + b"\x2c\0\0\0\0\1\0\1\0\0" + b"\2\2\x44\1\0" + b"\x3b"


def jpeg_with_rights(**options: object) -> bytes:
    exif = Image.Exif()
    exif[0x8298] = "(c) Ann"
    return encode(draw(), "JPEG", exif=exif, xmp=XMP, **options)


@pytest.mark.parametrize("target", ["ico", "svg"])
@pytest.mark.parametrize(("keep", "is_said"), [("none", False), ("copyright", True), ("all", True)])
def test_pictures_that_keep_no_metadata_say_so(target, keep, is_said):
    done = run(jpeg_with_rights(), output_format=target, keep_metadata=keep)
    assert (done.warning == f"{target.upper()} files can't contain metadata.") == is_said


@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif", "jxl", "gif"])
def test_metadata_that_alone_exceed_a_limit_are_left_out_and_the_picture_keeps_its_pixels(target):
    data = encode(draw(), "JPEG", xmp=XMP.replace(b"Ann", b"Ann" * 4000))
    done = run(data, output_format=target, keep_metadata="all", output_file_size_limit=10_000)
    assert (done.size_limit_met, done.width) == (True, draw().width)
    assert METADATA_TOO_LONG in done.warning


def test_metadata_within_a_limit_are_kept():
    done = run(jpeg_with_rights(), keep_metadata="all", output_file_size_limit=10_000)
    assert (done.size_limit_met, b"Ann" in done.data) == (True, True)
    assert METADATA_TOO_LONG not in (done.warning or "")


def gif_with_xmp(data: bytes) -> bytes:
    """XMP as other programs put it there, with its trailer."""
    trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    end = 13 + 3 * (2 << (data[10] & 7))
    return data[:end] + b"\x21\xff\x0bXMP DataXMP" + XMP + trailer + data[end:]


def test_a_gif_keeps_xmp_and_nothing_else():
    done = run(jpeg_with_rights(), output_format="gif", keep_metadata="copyright")
    assert done.warning == "GIF files can't contain EXIF."
    assert b"Ann" in FORMATS["gif"].read_embedded(BytesIO(done.data)).xmp


def test_xmp_of_a_gif_is_kept_without_the_zeros_behind_it():
    true = XMP.replace(b'tiff:Orientation="6"', b"")
    source = encode(draw().convert("RGB"), "JPEG", xmp=true + bytes(700))
    made = run(source, output_format="gif", keep_metadata="all").data
    assert FORMATS["gif"].read_embedded(BytesIO(made)).xmp == true


def test_a_gif_that_is_given_back_keeps_its_rights():
    done = run(gif_with_xmp(SMALLEST_GIF), keep_metadata="copyright")
    assert (done.original_returned, b"Ann" in done.data, b"secret" in done.data) == (True, True, False)
    assert done.warning is None


def test_xmp_of_a_gif_is_kept_in_formats_that_have_it():
    done = run(gif_with_xmp(pictures.gif()), output_format="png", keep_metadata="copyright")
    assert b"Ann" in packet_of(done.data)
    assert done.warning is None


def test_metadata_of_an_svg_that_are_not_kept_are_said():
    rdf = f"<metadata><rdf:RDF {NAMESPACES}><cc:Work><dc:rights>Ann</dc:rights></cc:Work></rdf:RDF></metadata>"
    data = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{rdf}<rect width="9" height="5"/></svg>'
    for target in ("original", "png"):
        assert run(data.encode(), output_format=target, keep_metadata="all").warning == (
            "Metadata of SVG files are not kept."
        )
        assert run(data.encode(), output_format=target).warning is None


def test_metadata_that_are_too_long_are_said():
    packet = XMP.replace(b"secret", b"secret" * 12_000)
    kept = run(encode(draw(), "WEBP", xmp=packet), output_format="jpg", keep_metadata="all")
    assert kept.warning == "Metadata that is damaged or too long was not kept: XMP."
    damaged = run(encode(draw(), "JPEG", xmp=b"<x"), output_format="png", keep_metadata="all")
    assert damaged.warning == "Metadata that is damaged or too long was not kept: XMP."


LATE_XMP = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)


@pytest.mark.parametrize("frames", [1, 3])
@pytest.mark.parametrize("target", ["original", "webp"])
def test_xmp_behind_the_pixels_of_a_png_is_kept(frames, target):
    done = run(png_with(LATE_XMP, frames=frames), output_format=target, keep_animation=True, keep_metadata="copyright")
    assert b"Ann" in packet_of(done.data)
    assert b"secret" not in done.data


def test_exif_behind_the_pixels_of_a_png_is_kept_and_turns_nothing():
    exif = Image.Exif()
    exif[0x8298], exif[0x0112] = "(c) Ann", 6
    done = run(png_with(chunk(b"eXIf", exif.tobytes()[6:])), output_format="webp", keep_metadata="all")
    kept = open_image(done.data)
    assert (kept.size, kept.getexif()[0x8298], kept.getexif().get(0x0112)) == (draw().size, "(c) Ann", None)


@pytest.mark.parametrize("frames", [1, 3])
@pytest.mark.parametrize(("keep", "title"), [("copyright", False), ("all", True)])
def test_texts_of_a_png_are_said_in_xmp(frames, keep, title):
    texts = chunk(b"tEXt", b"Copyright\0(c) Ann"), chunk(b"tEXt", b"Title\0A harbour")
    done = run(png_with(*texts, frames=frames), output_format="webp", keep_animation=True, keep_metadata=keep)
    kept = packet_of(done.data)
    assert (b"(c) Ann" in kept, b"A harbour" in kept) == (True, title)
