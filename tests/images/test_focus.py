"""Where a crop is taken."""

import pytest
from PIL import Image, ImageDraw

from imgopt.imaging.focus import find_focus

HALF = (0.5, 1.0)


def meadow(x: int, y: int) -> Image.Image:
    """An even green with one red ball."""
    image = Image.new("RGB", (400, 300), (90, 140, 70))
    ImageDraw.Draw(image).ellipse((x - 25, y - 25, x + 25, y + 25), fill=(220, 40, 30))
    return image


@pytest.mark.parametrize("x", [50, 90, 350])
def test_object_that_stands_out_is_inside_the_crop(x):
    focus, _ = find_focus(meadow(x, 150), HALF)
    middle = min(max(focus * 400, 100), 300)
    assert middle - 100 <= x - 25
    assert x + 25 <= middle + 100


def test_focus_is_found_along_the_height_too():
    _, focus = find_focus(meadow(200, 40), (1.0, 0.4))
    assert focus < 0.4


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (300, 200), "white"),
        Image.new("L", (300, 200), 90),
        Image.effect_noise((300, 200), 60),
        Image.new("RGB", (1, 1)),
        Image.new("RGBA", (500, 1), (1, 2, 3, 0)),
    ],
)
def test_focus_of_a_uniform_image_is_its_middle(image):
    assert find_focus(image, HALF) == (0.5, 0.5)
