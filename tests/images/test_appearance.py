"""A placeholder and dominant colours of an image, in a few bytes."""

from base64 import b64decode
from dataclasses import replace

import pytest
from PIL import Image

from imgopt.codecs import svg as svg_format
from imgopt.codecs.formats import FORMATS
from imgopt.imaging import optimize
from imgopt.imaging.appearance import describe_appearance
from imgopt.imaging.thumbhash import make_thumbhash
from tests import pictures


def flag(*stripes: tuple[str, int], mode: str = "RGB") -> Image.Image:
    """Stripes side by side, each so many pixels wide."""
    image, left = Image.new(mode, (sum(width for _, width in stripes), 60)), 0
    for color, width in stripes:
        image.paste(Image.new(mode, (width, 60), color), (left, 0))
        left += width
    return image


# Made by rgbaToThumbHash of npm's thumbhash 0.1.1, of the pictures that `ramp` makes.
KNOWN = {
    ("RGB", 32, 24): "5c570a3d9a7087778176775987679788837009f868",
    ("RGB", 9, 30): "db570e3a1c80716787848a7781810fe867",
    ("RGBA", 16, 16): "a1a786150624a487a089978777c4b53ffb5470778888878878",
}


def ramp(mode: str, width: int, height: int) -> Image.Image:
    """Every channel rises in another way."""
    pixels = [
        (
            x * 255 // (width - 1),
            y * y * 255 // (height - 1) ** 2,
            (x * 7 + y * 13) % 256,
            255 if mode == "RGB" else x * 8,
        )
        for y in range(height)
        for x in range(width)
    ]
    image = Image.new("RGBA", (width, height))
    image.putdata(pixels)
    return image


@pytest.mark.parametrize(("picture", "known"), KNOWN.items(), ids=str)
def test_hash_is_that_of_the_reference_implementation(picture, known):
    """Coefficients of waves that the picture lacks may differ: 7 or 8 of 15."""
    made = make_thumbhash(ramp(*picture)).hex()
    assert len(made) == len(known)
    assert made[:10] == known[:10]
    assert max(abs(int(one, 16) - int(other, 16)) for one, other in zip(made, known, strict=True)) <= 1


def test_colours_are_those_that_cover_most_first():
    assert describe_appearance(flag(("#ff0000", 20), ("#0000ff", 100), ("#ffffff", 60))).colors[0] == "#0000ff"
    assert {"#ff0000", "#0000ff"} <= {*describe_appearance(flag(("#ff0000", 64), ("#0000ff", 128))).colors}


def test_colours_that_are_nearly_the_same_are_one():
    assert len(describe_appearance(flag(("#ff0000", 64), ("#f40606", 64))).colors) == 1


def test_colours_that_can_not_be_seen_do_not_count():
    assert describe_appearance(flag(("#ff0000", 64), ("#0000ff00", 128), mode="RGBA")).colors == ("#ff0000",)


def test_picture_that_can_not_be_seen_has_no_colours():
    assert describe_appearance(Image.new("RGBA", (50, 50))).colors == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1)], ids=str)
def test_picture_of_any_proportions_has_an_appearance(size):
    appearance = describe_appearance(Image.new("RGB", size, "teal"))
    assert appearance.colors == ("#008080",)
    assert len(b64decode(appearance.thumbhash)) > 5


@pytest.mark.parametrize(
    ("data", "settings"),
    [(pictures.jpeg(), {}), (pictures.gif(frames=3), {}), (pictures.gif(frames=3), {"output_format": "png"})],
    ids=["still", "animation", "first-frame"],
)
def test_result_tells_its_appearance(data, settings):
    made = pictures.run(data, **settings)
    assert made.thumbhash and made.dominant_colors


def test_drawing_tells_its_appearance():
    made = pictures.run(
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    )
    assert made.dominant_colors == ("#000000",)


@pytest.mark.parametrize("side", [2_000, 40_000])
def test_drawing_that_stays_one_is_drawn_no_larger_than_it_takes(side, monkeypatch):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}"><rect width="9" height="9"/></svg>'
    drawn, drawing = [], svg_format.FORMAT.vector
    watched = replace(drawing, render=lambda *args: drawn.append(args[1:]) or drawing.render(*args))
    monkeypatch.setitem(FORMATS.loaded, "svg", replace(svg_format.FORMAT, vector=watched))
    made = pictures.run(svg.encode())
    assert (made.width, drawn) == (side, [(64, 64)])
    assert made.thumbhash


def test_picture_that_can_not_be_seen_has_no_hash_and_is_no_failure(monkeypatch):
    def refuse(_image):
        raise MemoryError

    monkeypatch.setattr(optimize, "describe_appearance", refuse)
    assert pictures.run(pictures.png()).thumbhash is None
