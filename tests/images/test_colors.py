"""Names of colours."""

import pytest
from PIL import Image

from imgopt.tagging.colors import describe_colors, measure_colors

SKY, SNOW = (20, 40, 95), (250, 250, 250)


def stripes(*parts, mode="RGB"):
    """Colours from top to bottom, each of some rows."""
    image = Image.new(mode, (200, sum(rows for _, rows in parts)))
    top = 0
    for color, rows in parts:
        image.paste(color, (0, top, 200, top + rows))
        top += rows
    return image


def said_of(image):
    return describe_colors(measure_colors(image))


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ("#000000", "black"),
        ("#ffffff", "white"),
        ("#808080", "grey"),
        ("#dc143c", "red"),
        ("#8b0000", "dark red"),
        ("#ff69b4", "pink"),
        ("#ff8c00", "orange"),
        ("#8b4513", "brown"),
        ("#f5deb3", "beige"),
        ("#ffd700", "yellow"),
        ("#808000", "olive"),
        ("#006400", "dark green"),
        ("#228b22", "green"),
        ("#90ee90", "light green"),
        ("#40e0d0", "turquoise"),
        ("#87ceeb", "light blue"),
        ("#4169e1", "blue"),
        ("#000080", "dark blue"),
        ("#800080", "purple"),
    ],
)
def test_a_plain_colour_has_its_name(color, name):
    assert said_of(Image.new("RGB", (30, 20), color)) == f"All {name}"


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (stripes((SKY, 60), (SNOW, 40)), "Mostly dark blue and white"),
        (stripes((SKY, 90), (SNOW, 10)), "Mostly dark blue"),
        (stripes((SNOW, 40), ((212, 32, 32), 35), ((0, 0, 0), 25)), "Mostly white, red and black"),
        (Image.new("L", (50, 50), 0), "All black"),
        (Image.new("LA", (50, 50), (255, 255)), "All white"),
        (stripes(((212, 32, 32, 255), 20), ((0, 0, 0, 0), 80), mode="RGBA"), "All red"),
        (Image.new("RGB", (1, 1), "white"), "All white"),
        (Image.new("RGB", (3000, 1), "white"), "All white"),
    ],
)
def test_a_few_colours_are_told_the_largest_first(image, said):
    assert said_of(image) == said


def test_image_of_many_colours_has_no_colour_description():
    rainbow = ["#d42020", "#f08020", "#f8e020", "#2e9a3c", "#2060d0", "#7a30a0"]
    assert said_of(stripes(*((color, 20) for color in rainbow))) is None


def test_invisible_image_has_no_colour_description():
    assert said_of(Image.new("RGBA", (50, 50), (200, 0, 0, 0))) is None


def test_shares_are_those_of_the_pixels():
    shares = measure_colors(stripes((SKY, 60), (SNOW, 40)))
    assert shares["dark blue"] == pytest.approx(0.6, abs=0.02)
    assert sum(shares.values()) == pytest.approx(1)


def test_the_image_is_left_as_it_was():
    image = stripes((SKY, 60), (SNOW, 40))
    before = image.tobytes()
    measure_colors(image)
    assert image.tobytes() == before
