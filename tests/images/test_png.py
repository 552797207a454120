"""PNG: when colours are reduced, how far, and when not at all."""

import pytest
from PIL import Image, ImageDraw

from imgopt.codecs.png import codec as png
from tests import pictures

GREEN = (38, 150, 80)


def page() -> Image.Image:
    """A page of dark text with one green word, as applications show it."""
    image = Image.new("RGB", (640, 480), (244, 246, 250))
    draw = ImageDraw.Draw(image)
    for line in range(36):
        draw.text((10, 4 + 13 * line), "the quick brown fox jumps over the lazy dog " * 2, fill=(30, 36, 52))
    draw.rectangle((300, 199, 360, 213), fill=(244, 246, 250))
    draw.text((302, 200), "+6 today", fill=GREEN)
    return image


def how_green(color: tuple[int, int, int]) -> int:
    return color[1] - max(color[0], color[2])


def noise() -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((96, 96), 200) for _ in range(3)])


@pytest.mark.parametrize("quality", [50, 80, 90])
def test_coloured_word_on_a_page_keeps_its_colour(quality):
    image = pictures.open_image(png.encode(page(), quality).data).convert("RGB").crop((300, 199, 360, 213))
    assert max(how_green(color) for _, color in image.getcolors()) > 0.7 * how_green(GREEN)


def test_a_page_takes_few_colours():
    assert len(pictures.open_image(png.encode(page(), 80).data).getcolors()) < 100


def test_image_that_256_colours_cannot_show_stays_lossless():
    image = noise()
    encoding = png.encode(image, 90)
    assert encoding.lossless
    assert pictures.open_image(encoding.data).tobytes() == image.tobytes()


@pytest.mark.parametrize("quality", [97, 100])
def test_the_highest_qualities_lose_nothing(quality):
    image = pictures.draw("RGBA")
    encoding = png.encode(image, quality)
    assert encoding.lossless
    assert pictures.open_image(encoding.data).convert("RGBA").tobytes() == image.tobytes()


def test_shapes_of_similar_colours_stay_apart():
    image = Image.new("RGB", (256, 192), (5, 44, 70))
    ImageDraw.Draw(image).rectangle((40, 80, 200, 192), fill=(0, 53, 78))
    assert pictures.open_image(png.encode(image, 30).data).convert("RGB").tobytes() == image.tobytes()


def test_half_transparent_colours_are_kept():
    image = Image.new("RGBA", (64, 64), (200, 30, 30, 128))
    image.paste((30, 30, 200, 40), (0, 0, 32, 64))
    done = pictures.open_image(png.encode(image, 80).data).convert("RGBA")
    assert abs(done.getpixel((50, 9))[3] - 128) < 6
    assert abs(done.getpixel((9, 9))[3] - 40) < 6
