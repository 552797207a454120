"""PNG: when colours are reduced, how far, and when not at all."""

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

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


def shadow() -> Image.Image:
    """A soft black shadow under a white card, on nothing."""
    alpha = Image.new("L", (300, 200))
    ImageDraw.Draw(alpha).rounded_rectangle((60, 60, 240, 140), 20, fill=180)
    image = Image.new("RGBA", alpha.size)
    image.putalpha(alpha.filter(ImageFilter.GaussianBlur(16)))
    ImageDraw.Draw(image).rounded_rectangle((90, 70, 210, 120), 10, fill=(250, 250, 255, 255))
    return image


def glow() -> Image.Image:
    """Light in the middle of a dark ground."""
    return Image.radial_gradient("L").point(lambda value: 20 + (255 - value) // 4).convert("RGB")


def mesh() -> Image.Image:
    """Three gradients, one a channel."""
    across = Image.linear_gradient("L").rotate(90)
    return Image.merge("RGB", (across, across.rotate(90), Image.radial_gradient("L"))).crop((0, 0, 128, 128))


SMOOTH = (shadow, glow, mesh)


@pytest.mark.parametrize("draw", SMOOTH)
def test_smooth_pictures_get_no_bands(draw):
    before = draw().convert("RGBa")
    after = pictures.open_image(png.encode(draw(), 80).data).convert("RGBA").convert("RGBa")
    visible = [sum(channel.histogram()[3:]) for channel in ImageChops.difference(before, after).split()]
    assert max(visible) < 0.005 * before.width * before.height


@pytest.mark.parametrize("quality", [20, 60, 90])
def test_wholly_transparent_and_wholly_opaque_pixels_stay_so(quality):
    image = shadow()
    before = image.getchannel("A")
    after = pictures.open_image(png.encode(image, quality).data).convert("RGBA").getchannel("A")
    for value in (0, 255):
        there = before.point([255 if alpha == value else 0 for alpha in range(256)])
        assert not sum(count for alpha, count in enumerate(after.histogram(there)) if alpha != value)


@pytest.mark.parametrize("draw", [*SMOOTH, noise, lambda: page().crop((200, 100, 520, 260))])
def test_bytes_fall_with_quality_and_never_exceed_those_without_loss(draw):
    image = draw()
    sizes = [len(png.encode(image, quality).data) for quality in (20, 50, 70, 80, 90, 100)]
    assert sizes == sorted(sizes)


def test_grey_slope_is_smaller_without_loss_than_in_few_colours():
    image = Image.radial_gradient("L").filter(ImageFilter.GaussianBlur(3))
    assert png.encode(image, 80).lossless
