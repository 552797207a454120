"""Reading and writing of images that are too large for full effort. Small ones count as huge here."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from imgopt.codecs.gif import codec as gif
from imgopt.codecs.png import codec as png
from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.webp import codec as webp
from imgopt.codecs.webp import libwebp
from imgopt.imaging.steps.decode import decode
from tests import pictures

SIZE = (300, 200)


@pytest.fixture(autouse=True)
def everything_is_huge(monkeypatch):
    for codec in (gif, png, libwebp):
        monkeypatch.setattr(codec, "HUGE_PIXELS", 0)


def difference(data: bytes, image: Image.Image) -> float:
    with Image.open(BytesIO(data)) as seen:
        assert seen.size == image.size
        shown, expected = seen.convert("RGBA"), image.convert("RGBA")
    alphas = ImageChops.difference(shown.getchannel("A"), expected.getchannel("A"))
    colors = ImageChops.difference(flatten(shown), flatten(expected))  # those of transparent pixels don't count
    return max(ImageStat.Stat(alphas).mean + ImageStat.Stat(colors).mean)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("codec", [webp, png, gif], ids=lambda codec: codec.__name__.split(".")[-1])
def test_pictures_look_the_same_with_less_effort(codec, mode):
    image = pictures.draw(mode, SIZE)
    assert difference(codec.encode(image, 90).data, image) < 4


@pytest.mark.parametrize("codec", [webp, png])
def test_the_highest_quality_loses_nothing(codec):
    image = pictures.draw("RGBA", SIZE)
    made = codec.encode(image, 100)
    assert made.lossless
    assert difference(made.data, image) == 0


def test_a_png_has_few_colors_where_they_are_enough_and_all_where_not():
    drawing, noise = pictures.draw(size=SIZE), Image.effect_noise(SIZE, 90)
    noise = Image.merge("RGB", [noise.rotate(angle) for angle in (0, 90, 180)])
    assert Image.open(BytesIO(png.encode(drawing, 80).data)).mode == "P"
    exact = png.encode(noise, 80)
    assert exact.lossless
    assert difference(exact.data, noise) == 0


@pytest.mark.parametrize("codec", [png, gif], ids=["png", "gif"])
def test_color_of_a_small_part_is_kept_wherever_it_is(codec):
    image = Image.merge("RGB", [pictures.draw("L", (2400, 1600))] * 3)
    image.paste((230, 120, 20), (860, 560, 960, 660))
    data = codec.encode(image, 80).data
    assert difference(data, image) < 4
    red, _, blue = Image.open(BytesIO(data)).convert("RGB").getpixel((910, 610))
    assert red - blue > 150


def test_black_is_not_taken_for_a_hole_in_a_gif():
    image = Image.new("RGBA", SIZE, (0, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 50, 50))
    with Image.open(BytesIO(gif.encode(image, 80).data)) as seen:
        rgba = seen.convert("RGBA")
    assert rgba.getpixel((100, 100)) == (0, 0, 0, 255)
    assert rgba.getpixel((10, 10))[3] == 0


def test_metadata_are_kept_in_a_webp():
    exif = Image.Exif()
    exif[0x8298] = "Someone"
    data = webp.encode(pictures.draw(size=SIZE), 80, Metadata(exif.tobytes(), b"<x/>")).data
    with Image.open(BytesIO(data)) as seen:
        assert seen.getexif()[0x8298] == "Someone"


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_webp_is_read_as_pillow_reads_it(mode, monkeypatch):
    data = pictures.webp(mode)
    huge = decode(data, "webp").image
    monkeypatch.setattr(libwebp, "HUGE_PIXELS", 1 << 30)
    ordinary = decode(data, "webp").image
    assert (huge.mode, huge.size) == (ordinary.mode, ordinary.size)
    assert ImageStat.Stat(ImageChops.difference(huge.convert("RGBA"), ordinary.convert("RGBA"))).mean == [0, 0, 0, 0]
