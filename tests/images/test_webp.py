"""WebP: lossy or without loss."""

import pytest
from PIL import Image, ImageDraw

from imgopt.codecs.shared.color import flatten
from imgopt.codecs.webp import codec as webp
from tests import pictures


def chart() -> Image.Image:
    image = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(image)
    for bar in range(20):
        draw.rectangle((bar * 20, 300 - bar * 13, bar * 20 + 12, 300), fill=(bar * 12, 90, 200))
    return image


def test_few_colours_are_kept_exactly_where_that_is_smaller():
    encoding = webp.encode(chart(), 60)
    assert encoding.lossless
    assert pictures.open_image(encoding.data).convert("RGB").tobytes() == chart().tobytes()


def test_a_photo_is_lossy():
    assert not webp.encode(pictures.draw(size=(256, 256)).effect_spread(9), 80).lossless


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
def test_the_highest_quality_loses_nothing(mode):
    image = pictures.draw(mode, (96, 64))
    encoding = webp.encode(image, 100)
    assert encoding.lossless
    shown, meant = (flatten(each.convert("RGBA")) for each in (pictures.open_image(encoding.data), image))
    assert shown.tobytes() == meant.tobytes()
