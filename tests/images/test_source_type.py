"""The mark of the part that software had in an image: written after upscaling, and otherwise kept."""

from dataclasses import replace
from io import BytesIO

import pytest

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.header import read_header
from imgopt.codecs.shared import provenance
from imgopt.codecs.shared.animation import Animation
from imgopt.codecs.shared.encoding import NO_METADATA, Metadata
from imgopt.codecs.shared.provenance import ENHANCED, VOCABULARY, mark
from imgopt.imaging.optimize import optimize_upscaled
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.upscaled import Upscaled
from tests import animations, pictures
from tests.metadata_files import XMP, packet_of
from tests.pictures import draw, encode, open_image, run

GENERATED = "trainedAlgorithmicMedia"
WRITTEN = ["jpg", "png", "webp", "avif", "gif", "jxl"]


def upscaled(source: bytes, larger: bytes | None = None, frames: int = 1, tiles: int = 1, **settings: object):
    """Returns the result for a picture that was enlarged twice; by a network if `tiles` is not 0."""
    options = ProcessingSettings(output_upscale_factor=2, **settings)
    data = larger or encode(draw(size=(96, 64)).convert("RGB"), "PNG")
    size = open_image(data).size
    known = Upscaled("key", *size, frames, has_alpha=False, model="m", device="cpu", seconds=1, tiles=tiles)
    (made,) = optimize_upscaled(data, pictures.header(source), known, options)
    return made


def source_type_of(data: bytes) -> str | None:
    return pictures.header(data).source_type


def generated(name: str = "WEBP", term: str = GENERATED) -> bytes:
    packet = mark(NO_METADATA, term).xmp
    return encode(draw().convert("RGB"), name, xmp=packet)


@pytest.mark.parametrize("target", WRITTEN)
def test_a_picture_that_a_network_has_enlarged_says_so(target):
    made = upscaled(pictures.jpeg(), output_format=target)
    assert source_type_of(made.data) == ENHANCED
    assert made.artifact.warning is None


@pytest.mark.parametrize("target", ["gif", "png", "webp", "avif", "jxl"])
def test_animation_that_a_network_has_enlarged_says_so(target):
    source = pictures.gif(frames=3)
    larger = encode(draw().convert("RGB"), "PNG", save_all=True, append_images=[draw("L").convert("RGB")])
    made = upscaled(source, larger, frames=2, output_format=target, keep_animation=True)
    assert (made.artifact.frames, source_type_of(made.data)) == (2, ENHANCED)


@pytest.mark.parametrize("target", WRITTEN)
def test_enlarged_picture_says_nothing_where_that_is_switched_off(target):
    made = upscaled(pictures.jpeg(), output_format=target, mark_upscaled=False)
    assert b"digitalsourcetype" not in made.data


def test_pixel_art_whose_pixels_became_larger_says_nothing():
    assert b"digitalsourcetype" not in upscaled(pictures.png(), output_format="png", tiles=0).data
    assert source_type_of(upscaled(generated(), output_format="png", tiles=0).data) == GENERATED


def test_resampled_picture_says_nothing():
    assert b"digitalsourcetype" not in run(pictures.png(), output_upscale_factor=0.5).data
    assert b"digitalsourcetype" not in run(pictures.png(), output_width=200, output_height=200).data


@pytest.mark.parametrize("target", ["ico", "svg"])
def test_a_format_that_has_no_place_for_it_says_that(target):
    made = upscaled(pictures.png(), output_format=target)
    assert f"{target.upper()} files can't contain metadata." in str(made.artifact.warning)


def test_mark_counts_for_a_limit_on_bytes():
    made = upscaled(pictures.jpeg(), output_format="jpg", output_file_size_limit=1500)
    assert (made.artifact.size_limit_met, source_type_of(made.data)) == (True, ENHANCED)
    assert len(made.data) <= 1500


@pytest.mark.parametrize("switched_on", [True, False])
def test_generated_picture_stays_so_when_it_is_enlarged(switched_on):
    made = upscaled(generated(), output_format="jpg", mark_upscaled=switched_on)
    assert source_type_of(made.data) == GENERATED


@pytest.mark.parametrize("term", ["digitalCapture", "humanEdits", "somethingNew"])
def test_other_terms_give_way(term):
    made = upscaled(generated(term=term), output_format="jpg")
    assert source_type_of(made.data) == ENHANCED
    assert term.encode() not in made.data


@pytest.mark.parametrize(("keep", "is_kept"), [("none", False), ("copyright", True), ("all", True)])
def test_mark_goes_with_the_metadata_that_is_kept(keep, is_kept):
    larger = encode(draw(size=(96, 64)).convert("RGB"), "PNG")
    known = FORMATS["png"].write_xmp(larger, XMP)
    made = upscaled(encode(draw(), "JPEG", xmp=XMP), known, output_format="webp", keep_metadata=keep)
    packet = packet_of(made.data)
    assert (source_type_of(made.data), b"Ann" in packet, b"secret" in packet) == (ENHANCED, is_kept, keep == "all")


# Uploaded again


@pytest.mark.parametrize("keep", ["none", "copyright", "all"])
@pytest.mark.parametrize("target", WRITTEN)
def test_mark_stays_when_the_file_is_uploaded_again(target, keep):
    first = upscaled(pictures.jpeg(), output_format=target).data
    for settings in ({}, {"output_width": 40}, {"output_format": "webp"}):
        assert source_type_of(run(first, keep_metadata=keep, **settings).data) == ENHANCED


@pytest.mark.parametrize("keep", ["none", "copyright"])
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_file_that_is_given_back_keeps_that_and_no_more(name, keep):
    packet = mark(Metadata(xmp=XMP), GENERATED).xmp
    data = encode(draw().convert("RGB"), name, quality=3) if name != "PNG" else pictures.png()
    written = FORMATS[pictures.header(data).format].write_xmp(data, packet)
    done = run(written, output_quality=100, keep_metadata=keep)
    assert (source_type_of(done.data), b"secret" in done.data) == (GENERATED, False)


def test_capture_is_no_reason_to_keep_anything():
    assert b"digitalsourcetype" not in run(generated(term="digitalCapture")).data


def test_a_jpeg_in_a_jpeg_xl_keeps_it():
    data = FORMATS["jpg"].write_xmp(pictures.jpeg(), mark(Metadata(xmp=XMP), GENERATED).xmp)
    held = run(data, output_format="jxl", jpeg_reconstruction=True).data
    released = run(held, output_format="jpg", jpeg_reconstruction=True).data
    assert (source_type_of(released), b"secret" in released) == (GENERATED, False)


# How it is read and written


@pytest.mark.parametrize(
    "written",
    [
        'Iptc4xmpExt:DigitalSourceType="{}"',
        'Iptc4xmpExt:DigitalSourceType="{}" Iptc4xmpExt:Event="x"',
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_attributes_are_read_and_replaced(written, scheme):
    address = VOCABULARY.replace("http", scheme) + "algorithmicMedia"
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f"{written.format(address)}/></rdf:RDF></x:xmpmeta>"
    ).encode()
    assert provenance.read_source_type(packet) == "algorithmicMedia"
    marked = mark(Metadata(xmp=packet), GENERATED).xmp
    assert (marked.count(b"DigitalSourceType"), provenance.read_source_type(marked)) == (2, GENERATED)


def test_a_packet_that_leaves_no_room_gives_way():
    marked = mark(Metadata(xmp=XMP.replace(b"secret", b"secret" * 11_000)), ENHANCED)
    assert (b"secret" in marked.xmp, marked.unread) == (False, ("XMP",))


def test_a_damaged_packet_gives_way():
    assert provenance.read_source_type(mark(Metadata(xmp=b"<x"), ENHANCED).xmp) == ENHANCED


@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].write_xmp])
def test_xmp_is_written_into_files_whose_pixels_stay_as_they_are(name):
    written = FORMATS[name]
    still = written.encode(draw().convert("RGB"), 80).data
    frames = Animation(tuple(animations.photo_frames(3)), (100, 200, 100), 0)
    moving = written.encode_animation(frames, 80).data if written.encode_animation else still
    for data in (still, moving):
        once = written.write_xmp(data, mark(NO_METADATA, GENERATED).xmp)
        twice = written.write_xmp(once, mark(NO_METADATA, ENHANCED).xmp)
        assert source_type_of(twice) == ENHANCED
        assert GENERATED.encode() not in twice
        before, after = pictures.header(data), pictures.header(twice)
        assert replace(after, source_type=None) == before
        assert open_frames(twice, name) == open_frames(data, name)


def open_frames(data: bytes, name: str) -> list[bytes]:
    decode = FORMATS[name].decode_animation
    if decode is None:
        return [open_image(data).convert("RGBA").tobytes()]
    return [frame.convert("RGBA").tobytes() for frame in decode(data, None, None).frames]


def test_a_header_tells_it_of_formats_that_are_only_read():
    data = encode(draw().convert("RGB"), "TIFF", tiffinfo={700: mark(NO_METADATA, GENERATED).xmp})
    assert read_header(BytesIO(data), pictures.LIMITS).source_type == GENERATED
