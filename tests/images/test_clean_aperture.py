"""Clean aperture and premultiplied colours of AVIF and HEIC."""

import struct
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from imgopt.imaging.steps.decode import decode
from tests.pictures import encode, header, open_image, run

DATA = Path(__file__).parents[1] / "data"
CROPPED = (DATA / "cropped.avif").read_bytes()
WHOLE = (100, 100)


def cropped_by(width: int, height: int, x: int, y: int) -> bytes:
    """The same picture with another clean aperture: its size, and how far its centre is from the picture's."""
    begin = CROPPED.index(b"clap") + 4
    return CROPPED[:begin] + struct.pack(">iIiIiIiI", width, 1, height, 1, x, 1, y, 1) + CROPPED[begin + 32 :]


@pytest.mark.parametrize(
    ("aperture", "box"),
    [
        ((80, 60, -10, -20), (0, 0, 80, 60)),
        ((80, 60, 10, 20), (20, 40, 100, 100)),
        ((80, 60, 0, 0), (10, 20, 90, 80)),
        ((40, 30, 5, -3), (35, 32, 75, 62)),
        ((100, 100, 0, 0), (0, 0, 100, 100)),
    ],
)
def test_the_clean_aperture_is_cut_out_where_it_is(aperture, box):
    data = cropped_by(*aperture)
    image = decode(data, "avif").image
    assert (header(data).width, header(data).height) == image.size
    assert ImageChops.difference(image, open_image(CROPPED).crop(box)).getbbox() is None


@pytest.mark.parametrize("aperture", [(80, 60, 30, 0), (0, 0, 0, 0), (-80, -60, 0, 0), (101, 100, 0, 0)])
def test_a_clean_aperture_beyond_the_picture_cuts_nothing(aperture):
    data = cropped_by(*aperture)
    assert (header(data).width, header(data).height) == WHOLE
    assert decode(data, "avif").image.size == WHOLE


def test_the_part_at_the_corner_comes_out():
    image = open_image(run(CROPPED, output_format="png", output_quality=100).data).convert("RGB")
    assert image.size == (80, 60)
    assert ImageChops.difference(image, Image.new("RGB", (80, 60), (201, 0, 0))).getextrema()[0][1] <= 3


def test_heic_with_colours_multiplied_by_alpha_has_its_own_colours_again():
    data = (DATA / "premultiplied-alpha.heic").read_bytes()
    image = open_image(run(data, output_format="png", output_quality=100).data).convert("RGBA")
    assert image.getpixel((32, 32)) == pytest.approx((199, 99, 49, 128), abs=2)


def test_avif_with_colours_multiplied_by_alpha_has_its_own_colours_again():
    picture = Image.new("RGBA", (16, 16), (199, 99, 49, 128))
    data = encode(picture, "AVIF", quality=100, subsampling="4:4:4", alpha_premultiplied=True)
    assert b"prem" in data
    assert decode(data, "avif").image.getpixel((8, 8)) == pytest.approx((199, 99, 49, 128), abs=3)
