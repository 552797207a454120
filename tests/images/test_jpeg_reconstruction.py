"""A JPEG becomes JPEG XL without loss, and is restored byte for byte."""

import random

import pytest
from PIL import Image

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.errors import InvalidImage, InvalidRequest
from imgopt.imaging.artifact import ArtifactFile
from imgopt.imaging.effects import find_without_effect
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import check_image
from tests import inputs, pictures
from tests.pictures import draw, encode, header

CLEANED = "The restored file lacks metadata: only keep_metadata `all` restores every byte."


def with_words() -> bytes:
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = "Ada", 6
    return encode(draw(size=(640, 480)), "JPEG", quality=90, exif=exif, comment=b"said to nobody")


def repacked(data: bytes, output_format: str, **asked: object) -> ArtifactFile:
    return optimize(data, header(data), wanted(output_format, **asked))


def wanted(output_format: str, **asked: object) -> ProcessingSettings:
    return ProcessingSettings(output_format=output_format, jpeg_reconstruction=True, **asked)


@pytest.mark.parametrize(
    "jpeg",
    [
        pictures.jpeg(),
        pictures.jpeg(progressive=True),
        encode(draw("L"), "JPEG", quality=60),
        encode(draw(size=(95, 61)), "JPEG", quality=90, subsampling="4:4:4", restart_marker_blocks=2),
    ],
    ids=["plain", "progressive", "grey", "4:4:4 with restarts"],
)
def test_jpeg_comes_back_byte_for_byte(jpeg):
    made = repacked(jpeg, "jxl", keep_metadata="all")
    assert (made.artifact.format, made.artifact.quality, made.artifact.warning) == ("jxl", None, None)
    assert (made.artifact.score, made.artifact.score_metric) == (100.0, "ssimulacra2")
    assert repacked(made.data, "jpg", keep_metadata="all").data == jpeg


def test_jpeg_without_metadata_comes_back_whatever_is_kept():
    made = repacked(pictures.jpeg(), "jxl")
    assert (repacked(made.data, "jpg").data, made.artifact.warning) == (pictures.jpeg(), None)


def test_jpeg_with_metadata_comes_back_with_it_where_all_is_kept():
    jpeg = with_words()
    made = repacked(jpeg, "jxl", keep_metadata="all")
    assert (made.artifact.width, made.artifact.height) == (480, 640)
    assert len(made.data) < len(jpeg)
    assert repacked(made.data, "jpg", keep_metadata="all").data == jpeg


def test_metadata_that_is_not_kept_is_not_in_what_comes_back():
    made = repacked(with_words(), "jxl")
    back = repacked(made.data, "jpg")
    assert (made.artifact.warning, back.artifact.warning) == (CLEANED, None)
    assert b"Ada" not in back.data
    assert b"nobody" not in back.data
    shown = FORMATS["jpg"].open_image(with_words())
    assert FORMATS["jpg"].open_image(back.data).tobytes() == shown.tobytes()


def test_metadata_that_came_along_is_taken_out_of_the_jpeg():
    packed = repacked(with_words(), "jxl", keep_metadata="all").data
    back = repacked(packed, "jpg", keep_metadata=KeepMetadata.COPYRIGHT)
    assert b"Ada" in back.data
    assert b"nobody" not in back.data
    assert back.artifact.warning == CLEANED


def test_cmyk_is_refused():
    with pytest.raises(InvalidImage, match="CMYK"):
        repacked(inputs.data_of("jpg cmyk"), "jxl")


def test_jpeg_xl_that_holds_no_jpeg_is_refused():
    with pytest.raises(InvalidImage, match="contains no JPEG that can be restored"):
        repacked(inputs.data_of("jxl"), "jpg")


@pytest.mark.parametrize(
    "asked", [{"output_width": 9}, {"output_height": 9}, {"output_upscale_factor": 2}, {"output_file_size_limit": 99}]
)
def test_change_of_pixels_is_refused_beside_reconstruction(asked):
    with pytest.raises(InvalidRequest, match=f"can't be combined with {next(iter(asked))}"):
        check_image(header(pictures.jpeg()), wanted("jxl", **asked))


def test_reconstruction_without_effect_is_said():
    said = list(find_without_effect(header(pictures.png()), wanted("jxl")))
    assert said == ["jpeg_reconstruction has no effect: it is for JPEG to JPEG XL, and back."]
    assert list(find_without_effect(header(pictures.jpeg()), wanted("jxl"))) == []


def test_damaged_file_is_refused():
    packed = bytearray(repacked(pictures.jpeg(), "jxl").data)
    rolled = random.Random(1)
    for at in rolled.sample(range(40, len(packed)), 20):
        packed[at] ^= 0xFF
    with pytest.raises(InvalidImage):
        repacked(bytes(packed), "jpg")
