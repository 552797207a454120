"""Transparent parts and margins, in a colour that the client names."""

import pytest
from PIL import Image

from imgopt.imaging.effects import NO_BACKGROUND, find_without_effect
from imgopt.imaging.options import ProcessingSettings
from tests import pictures
from tests.pictures import draw, encode, open_image, run

TEAL, TEAL_RGB = "#10a0b0", (16, 160, 176)
CLOSE = 6
# In the quarter that is transparent, and in the margin above.
THROUGH, MARGIN = (pictures.WIDTH - 6, pictures.HEIGHT - 6), (pictures.WIDTH // 2, 2)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"><rect width="20" height="20"/></svg>'


def is_near(pixel: tuple[int, ...], color: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= CLOSE for one, other in zip(pixel, color, strict=True))


def seen(data: bytes, at: tuple[int, int]) -> tuple[int, ...]:
    image = open_image(data)
    assert image.convert("RGBA").getchannel("A").getextrema() == (255, 255)
    return image.convert("RGB").getpixel(at)


@pytest.mark.parametrize(("named", "rgb"), [("white", (255,) * 3), ("BLACK", (0,) * 3), (" #10A0b0", TEAL_RGB)])
@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif", "gif"])
def test_transparent_parts_have_the_colour_in_every_format(target, named, rgb):
    done = run(pictures.png("RGBA"), output_format=target, output_quality=95, output_background=named)
    assert is_near(seen(done.data, THROUGH), rgb)
    assert is_near(seen(done.data, (4, 4)), pictures.CORNER)


def test_grey_takes_a_colour():
    done = run(pictures.png("LA"), output_quality=100, output_background=TEAL)
    assert seen(done.data, THROUGH) == TEAL_RGB
    padded = run(pictures.png("L"), output_quality=100, output_background=TEAL, output_width=48, output_height=64)
    assert seen(padded.data, MARGIN) == TEAL_RGB


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("target", ["png", "jpg"])
def test_margins_have_the_colour(mode, target):
    settings = {"output_width": 48, "output_height": 64, "output_background": TEAL, "output_quality": 95}
    assert is_near(seen(run(pictures.png(mode), output_format=target, **settings).data, MARGIN), TEAL_RGB)


def test_an_original_is_not_given_back_in_place_of_its_background():
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    done = run(encode(image, "PNG", optimize=True), output_background="black")
    assert not done.original_returned
    assert seen(done.data, (4, 4)) == (0, 0, 0)


@pytest.mark.parametrize("target", ["webp", "png"])
def test_every_frame_of_an_animation_has_it(target):
    frames = [draw("RGBA"), draw("RGBA").rotate(180)]
    data = encode(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=100)
    done = run(data, output_format=target, keep_animation=True, output_background=TEAL, output_quality=95)
    image = open_image(done.data)
    assert image.n_frames == 2
    for number, at in enumerate((THROUGH, (4, 4))):
        image.seek(number)
        pixel = image.convert("RGBA").getpixel(at)
        assert is_near(pixel, (*TEAL_RGB, 255))


def test_a_drawing_is_drawn_on_it():
    assert seen(run(SVG, output_format="png", output_background=TEAL).data, THROUGH) == TEAL_RGB


def test_an_icon_has_it_in_its_margins():
    done = run(pictures.png("RGBA"), output_format="ico", output_background=TEAL)
    assert is_near(seen(done.data, (1, 1)), TEAL_RGB)


def test_sixteen_bits_become_eight_and_that_is_said():
    data = encode(Image.new("I;16", (16, 16), 40_000), "PNG")
    done = run(data, output_quality=100, output_width=16, output_height=32, output_background=TEAL)
    assert seen(done.data, (8, 2)) == TEAL_RGB
    assert done.warning == "The image has 16 bits per sample, the result has 8."


@pytest.mark.parametrize("color", ["red", "#fff", "#1234567", "rgb(0,0,0)", "", 5])
def test_other_colours_are_refused(color):
    with pytest.raises(ValueError, match="output_background"):
        ProcessingSettings(output_background=color)


@pytest.mark.parametrize(
    ("data", "settings", "is_told"),
    [
        (pictures.jpeg(), {}, True),
        (pictures.jpeg(), {"output_width": 96, "output_height": 64}, True),
        (pictures.jpeg(), {"output_width": 40, "output_height": 64}, False),
        (pictures.jpeg(), {"output_width": 40, "output_height": 64, "output_resize_behavior": "crop"}, True),
        (pictures.jpeg(), {"output_format": "ico"}, False),
        (pictures.png("RGBA"), {}, False),
        (SVG, {}, True),
        (SVG, {"output_format": "webp"}, False),
    ],
)
def test_a_background_that_nothing_shows_is_told(data, settings, is_told):
    found = find_without_effect(pictures.header(data), ProcessingSettings(output_background="black", **settings))
    assert [each for each in found if "output_background" in each] == [NO_BACKGROUND] * is_told
