"""JPEG, by both encoders."""

from functools import cache
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from imgopt.codecs.jpeg import codec, jpegli
from imgopt.codecs.jpeg.segments import SCAN, check_complete, read_segments
from imgopt.codecs.shared.encoding import Metadata
from tests import pictures

ENCODERS = {"jpegli": codec.encode_by_jpegli, "mozjpeg": codec.encode_by_mozjpeg}
APP0, TABLES = 0xE0, 0xDB


def drawing(mode: str = "RGB") -> Image.Image:
    """Grey text and boxes on white."""
    image = Image.new(mode, (400, 300), "white")
    draw = ImageDraw.Draw(image)
    for top in range(10, 290, 20):
        draw.text((10, top), "words on a page", fill="black")
        draw.rectangle((200, top, 200 + top, top + 9), fill="gray")
    return image


@cache
def photo() -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((400, 300), 20 + 10 * band).resize((800, 600)) for band in range(3)])


def test_trellis_is_for_grey_drawings_at_a_low_quality():
    assert codec.encode(drawing(), 40).encoder == "mozjpeg"
    assert codec.encode(drawing("L"), 40).encoder == "mozjpeg"
    assert codec.encode(drawing().crop((0, 0, 160, 160)), 75).encoder == "mozjpeg"
    assert codec.encode(drawing(), 75).encoder == "jpegli"
    assert codec.encode(photo(), 40).encoder.startswith("jpegli")


@pytest.mark.parametrize("side", [200, 300])
def test_a_lower_quality_takes_no_larger_file_where_the_encoder_is_another(side):
    sizes = [len(codec.encode(Image.new("RGB", (side, side), "white"), quality).data) for quality in (50, 60, 78, 80)]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("name", ENCODERS)
def test_an_encoder_can_be_asked_for_by_name(name):
    for image in (photo(), drawing(), drawing("L"), pictures.draw(size=(64, 48)).convert("RGBA")):
        encoding = ENCODERS[name](image, 70, Metadata(dpi=300))
        assert encoding.encoder.startswith(name)
        with Image.open(BytesIO(encoding.data)) as decoded:
            assert decoded.size == image.size
            assert decoded.mode == ("L" if image.mode == "L" else "RGB")
            assert decoded.info["dpi"] == (300, 300)
            assert decoded.info["progressive"]


@pytest.mark.parametrize("name", ENCODERS)
def test_jfif_segment_is_the_first_and_the_only_one(name):
    markers = [marker for marker, _ in read_segments(ENCODERS[name](drawing(), 50, Metadata()).data)]
    assert markers[0] == APP0
    assert markers.count(APP0) == 1


@pytest.mark.parametrize("name", ENCODERS)
def test_a_higher_quality_takes_more_bytes(name):
    image = photo().resize((200, 150))
    sizes = [len(ENCODERS[name](image, quality, Metadata()).data) for quality in (1, 20, 40, 60, 80, 95, 100)]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("quality", [1, 100])
def test_steps_are_those_of_a_baseline_jpeg(quality):
    data = jpegli.encode(photo(), quality, full_chroma=False)
    tables = b"".join(part[4:] for marker, part in read_segments(data) if marker == TABLES)
    assert len(tables) % 65 == 0
    assert all(tables[at] < 16 and min(tables[at + 1 : at + 65]) for at in range(0, len(tables), 65))


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("full_chroma", [False, True])
def test_scans_by_bands_hold_the_pixels_of_a_level_in_about_as_few_bytes(mode, full_chroma):
    image = photo().convert(mode)
    by_bands, by_level = (
        jpegli.encode(image, 80, full_chroma=full_chroma, scans=scans) for scans in (jpegli.QUICK_BANDS, 1)
    )
    assert Image.open(BytesIO(by_bands)).tobytes() == Image.open(BytesIO(by_level)).tobytes()
    assert len(by_bands) <= 1.02 * len(by_level)


def test_header_is_read_by_all_but_the_scans():
    data = codec.encode_by_jpegli(photo(), 80, Metadata(xmp=b"<told/>")).data + b"behind"
    scans = sum(len(part) for marker, part in read_segments(data) if marker == SCAN)
    told = check_complete(BytesIO(data))
    assert len(told) == len(data) - scans
    assert b"<told/>" in told
    assert told.endswith(b"behind")


def test_encoders_of_a_photo_are_jpegli_alone():
    assert codec.choose_encoders(photo()) == (codec.encode_by_jpegli,)
    assert codec.choose_encoders(drawing()) == (codec.encode_by_jpegli, codec.encode_by_mozjpeg)


def test_large_drawing_in_colour_is_sampled_by_both_encoders():
    small = drawing()
    ImageDraw.Draw(small).rectangle((10, 10, 390, 290), outline="red")
    large = small.resize((800, 600), Image.Resampling.NEAREST)
    assert codec.choose_encoders(small) == (codec.encode_by_jpegli,)
    assert codec.choose_encoders(large) == (codec.encode_by_jpegli, codec.encode_by_mozjpeg)


def test_smaller_file_of_both_encoders_is_taken_where_a_score_is_asked_for(monkeypatch):
    data = pictures.encode(drawing(), "PNG")
    both = pictures.run(data, output_format="jpg", output_quality_target=70)
    monkeypatch.setattr(codec, "may_be_smaller_by_trellis", lambda _: False)
    alone = pictures.run(data, output_format="jpg", output_quality_target=70)
    assert alone.encoder.startswith("jpegli")
    assert len(both.data) <= len(alone.data)
