"""PNG: when and how far colours are reduced."""

import math
import random

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from imgopt.codecs.png import codec as png
from imgopt.codecs.png.estimate import is_surely_below_lossless
from imgopt.codecs.png.indexed import pack_indexed
from imgopt.codecs.shared.sampling import take_strips
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


@pytest.mark.parametrize("quality", [80, 97])
def test_smooth_greys_take_no_more_bytes_than_the_differences_of_neighbours(quality):
    waves = [127 + 80 * math.sin(x / 37 + y / 53) + 40 * math.sin(x * y / 9000) for y in range(120) for x in range(200)]
    image = Image.new("L", (200, 120))
    image.putdata([int(value) for value in waves])
    assert len(png.encode(image, quality).data) <= len(png.pack(png.write(image), ("sub",), 2))


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


def numbered(colors: list[tuple[int, int, int, int]], numbers: list[int]) -> Image.Image:
    """A row of pixels, by their numbers in a palette."""
    image = Image.new("P", (len(numbers), 1))
    image.putdata(numbers)
    image.putpalette([sample for color in colors for sample in color], "RGBA")
    return image


def discs(seed: int, colors: int, side: int = 96) -> Image.Image:
    """A small drawing of smooth edges, another one for each seed."""
    chance, large = random.Random(seed), 4 * side
    image = Image.new("RGB", (large, large), (250, 250, 245))
    draw, fills = ImageDraw.Draw(image), [tuple(chance.randrange(256) for _ in range(3)) for _ in range(colors)]
    for _ in range(9):
        x, y, reach = chance.randrange(large), chance.randrange(large), chance.randrange(40, large // 2)
        box = (x - reach, y - reach, x + reach, y + reach)
        draw.ellipse(box, fill=chance.choice(fills), outline=chance.choice(fills), width=chance.randrange(1, 20))
    return image.resize((side, side), Image.Resampling.LANCZOS)


@pytest.mark.parametrize(("seed", "colors", "quality"), [(15, 8, 48), (20, 4, 28), (54, 4, 48), (112, 4, 28)])
def test_a_lower_quality_takes_no_larger_palette_file(seed, colors, quality):
    lower, higher = (png.encode(discs(seed, colors), each).data for each in (quality, quality + 4))
    assert len(lower) <= len(higher)


def test_few_colours_are_not_taken_for_smaller_than_grey_that_is_stored_as_colours():
    grey = Image.effect_noise((300, 300), 12)
    size = len(png.encode(grey, 100).data)
    assert not is_surely_below_lossless(size + size // 10, grey.convert("RGB"))
    assert not is_surely_below_lossless(size + size // 10, grey.convert("RGBA"))


@pytest.mark.parametrize(("colors", "bits"), [(2, 1), (3, 2), (5, 4), (16, 4), (17, 8), (256, 8)])
def test_numbers_of_colours_take_as_few_bits_as_they_need(colors, bits):
    image = numbered([(number, 0, 255 - number, 255) for number in range(256)], [*range(colors), 0, 0])
    data = pack_indexed(image)
    assert data[24] == bits
    assert pictures.open_image(data).convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


def test_numbers_take_whole_bytes_where_these_pack_better():
    colors = [(16 * number, 0, 255 - number, 255) for number in range(9)]
    chance, lengths = random.Random(1), (5, 7, 10)
    phrases = [[chance.randrange(9) for _ in range(length)] for length in lengths]
    image = numbered(colors, [number for _ in range(60) for number in chance.choice(phrases)])
    data = pack_indexed(image)
    assert data[24] == 8
    assert pictures.open_image(data).convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


def test_a_palette_holds_what_is_used_and_alphas_where_there_are_some():
    white, red, half, unused = (255, 255, 255, 255), (255, 0, 0, 255), (0, 0, 255, 128), (9, 9, 9, 255)
    image = numbered([unused, white, red, half], [1, 2, 2, 3])
    done = pictures.open_image(pack_indexed(image))
    assert done.getpalette()[:9] == [0, 0, 255, 255, 0, 0, 255, 255, 255]
    assert done.info["transparency"] == b"\x80"
    assert done.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


@pytest.mark.parametrize("height", [128, 129, 1000])
def test_strips_stand_for_a_whole_picture(height):
    strips = take_strips(Image.linear_gradient("L").resize((2, height)), 16, 8)
    assert strips.size == (2, 128)
    assert strips.getextrema()[0] < 3
    assert strips.getextrema()[1] > 252


@pytest.mark.parametrize("draw", [noise, glow, mesh, shadow])
def test_a_file_is_called_below_one_without_loss_only_where_it_is(draw):
    image = draw().resize((300, 300))
    size = len(png.encode(image, 100).data)
    assert is_surely_below_lossless(size // 4, image)
    assert not is_surely_below_lossless(size + size // 4, image)
