"""The position of a crop."""

import pytest
from PIL import Image, ImageDraw

from imgopt.imaging.focus import find_focus
from tests import animations, pictures

HALF = (0.5, 1.0)


def meadow(x: int, y: int) -> Image.Image:
    """An even green with one red ball."""
    image = Image.new("RGB", (400, 300), (90, 140, 70))
    ImageDraw.Draw(image).ellipse((x - 25, y - 25, x + 25, y + 25), fill=(220, 40, 30))
    return image


@pytest.mark.parametrize("x", [50, 90, 350])
def test_object_that_stands_out_is_inside_the_crop(x):
    focus, _ = find_focus([meadow(x, 150)], HALF)
    middle = min(max(focus * 400, 100), 300)
    assert middle - 100 <= x - 25
    assert x + 25 <= middle + 100


def test_focus_is_found_along_the_height_too():
    _, focus = find_focus([meadow(200, 40)], (1.0, 0.4))
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
    assert find_focus([image], HALF) == (0.5, 0.5)


def logo(mode: str, x: int, color: int = 0) -> Image.Image:
    """A disc of one colour on nothing, whose transparent pixels have the same colour."""
    image = Image.new("LA", (400, 200), (color, 0))
    ImageDraw.Draw(image).ellipse((x - 40, 60, x + 40, 140), fill=(color, 255))
    return image.convert(mode)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("color", [0, 255])
@pytest.mark.parametrize("x", [50, 350])
def test_visible_parts_stand_out_in_any_colour(mode, color, x):
    focus, _ = find_focus([logo(mode, x, color)], HALF)
    assert abs(min(max(focus * 400, 100), 300) - x) <= 60


def test_colours_that_cannot_be_seen_do_not_stand_out():
    image = meadow(350, 150).convert("RGBA")
    image.paste((90, 140, 70, 0), (300, 0, 400, 300))
    image.paste((255, 0, 255, 0), (300, 0, 340, 300))
    focus, _ = find_focus([image], HALF)
    assert focus <= 0.5


def test_opaque_alpha_changes_nothing():
    assert find_focus([meadow(90, 100).convert("RGBA")], HALF) == find_focus([meadow(90, 100)], HALF)


def test_animation_is_cropped_around_what_comes_after_an_empty_first_frame():
    frames = [logo("RGBA", 350) if number else Image.new("RGBA", (400, 200)) for number in range(4)]
    data = animations.saved(frames, "WEBP")
    made = pictures.run(data, output_width=100, output_height=100, output_resize_behavior="crop")
    shown = pictures.open_image(made.data)
    shown.seek(1)
    assert sum(shown.convert("RGBA").getchannel("A").histogram()[128:]) > 1200
