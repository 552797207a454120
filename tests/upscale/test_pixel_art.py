"""Pixel art: how it is recognized, and that its pixels only become larger."""

import numpy
import pytest
from PIL import Image, ImageDraw

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.shared.color import flatten
from imgopt.imaging.geometry import Size
from imgopt.imaging.kinds import PictureKind
from imgopt.upscale.models import ANIME_DENOISE0
from imgopt.upscale.pixel_art import STRIP_ROWS, enlarge_pixel_art, is_pixel_art
from imgopt.upscale.service import NEAREST, upscale, upscale_frames
from tests.upscale.fakes import photo, runtime

COLORS = [(20, 12, 28), (208, 70, 72), (109, 170, 44), (222, 238, 214), (48, 52, 109)]
PHOTO_LIKE = photo(60, 40)


def sprite(mode: str = "RGB") -> Image.Image:
    """Blocks of one pixel and of several in five colours, transparent around a disc where there is alpha."""
    numbers = numpy.random.default_rng(2).integers(0, len(COLORS), (24, 32)).repeat(2, 0)
    image = Image.fromarray(numpy.array(COLORS, numpy.uint8)[numbers]).convert(mode)
    if mode == "RGBA":
        alpha = Image.new("1", image.size)
        ImageDraw.Draw(alpha).ellipse((4, 4, 27, 43), fill=1)
        image.putalpha(alpha.convert("L"))
    return image


def smooth() -> Image.Image:
    """The same with what scaling makes of its edges, in no more colours."""
    return sprite().resize((96, 144), Image.Resampling.BICUBIC).quantize(16, dither=Image.Dither.NONE).convert("RGB")


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("times", [1, 3])
def test_few_colours_and_hard_edges_are_pixel_art(mode, times):
    image = sprite(mode)
    assert is_pixel_art(image.resize((32 * times, 48 * times), Image.Resampling.NEAREST))


@pytest.mark.parametrize(
    "image",
    [PHOTO_LIKE, smooth(), Image.new("RGB", (30, 30), "red"), sprite().convert("1").convert("RGB")],
    ids=["many colours", "soft edges", "one colour", "scanned in black and white"],
)
def test_other_pictures_are_not(image):
    assert not is_pixel_art(image)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("factor", [2, 3, 10])
def test_each_pixel_becomes_a_square(mode, factor):
    image = sprite(mode)
    done, report = upscale(image, factor, runtime=runtime())
    assert flatten(done).tobytes() == flatten(image.resize(done.size, Image.Resampling.NEAREST)).tobytes()
    assert (report.model, report.tiles) == (NEAREST, 0)


@pytest.mark.parametrize("size", [Size(81, 120), Size(33, 700), Size(50, 49)])
def test_pixels_of_other_factors_are_means_of_what_is_in_them(size):
    image = Image.linear_gradient("L").resize((32, 48)).convert("RGB")
    whole = image.resize((32 * size.width, 48 * size.height), Image.Resampling.NEAREST)
    expected = whole.reduce((32, 48))
    found = enlarge_pixel_art(image, size)
    assert abs(numpy.asarray(found).astype(int) - numpy.asarray(expected)).max() <= 3
    assert size.height > STRIP_ROWS or found.size == (size.width, size.height)


@pytest.mark.parametrize(
    ("known", "model"),
    [({"loss": Loss.LIGHT}, ANIME_DENOISE0), ({"kind": PictureKind.PHOTO}, ANIME_DENOISE0)],
    ids=["after a loss", "said to be a photo"],
)
def test_networks_have_what_is_pixel_art_no_more(known, model):
    assert upscale(sprite(), 2, runtime=runtime(), **known)[1].model == model.name


def test_frames_of_pixel_art_are_enlarged_alike():
    frames = [sprite(), sprite().transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    done, report = upscale_frames(frames, 2, runtime=runtime())
    assert report.model == NEAREST
    assert [each.tobytes() for each in done] == [upscale(each, 2)[0].tobytes() for each in frames]
