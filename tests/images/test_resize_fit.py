"""`fit`: in proportion, no larger than either side, and never larger than the image."""

import pytest

from tests import pictures
from tests.pictures import distance, draw, encode, open_image, run

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"><rect width="48" height="32"/></svg>'


def fit(data: bytes, width: int | None, height: int | None, **settings: object):
    return run(data, output_width=width, output_height=height, output_resize_behavior="fit", **settings)


@pytest.mark.parametrize(
    ("sides", "size"),
    [
        ((24, 24), (24, 16)),
        ((40, 8), (12, 8)),
        ((24, None), (24, 16)),
        ((None, 16), (24, 16)),
        ((500, 16), (24, 16)),
        ((500, 400), (48, 32)),
        ((96, None), (48, 32)),
    ],
)
@pytest.mark.parametrize("data", [pictures.jpeg(), pictures.png("RGBA"), pictures.gif(frames=3), SVG])
def test_an_image_goes_into_the_box_and_is_never_enlarged(data, sides, size):
    done = fit(data, *sides)
    assert (done.width, done.height) == size
    if done.format == "svg":
        assert f'width="{size[0]}" height="{size[1]}"'.encode() in done.data
    else:
        assert open_image(done.data).size == size


def test_a_fit_cuts_nothing_and_pads_nothing():
    done = fit(encode(draw(size=(480, 320)), "JPEG", quality=95), 48, 48, output_format="png")
    assert distance(open_image(done.data), draw()) < 12


@pytest.mark.parametrize("size", [(1999, 1333), (997, 3), (1000, 667), (333, 1001)])
def test_a_jpeg_that_is_decoded_smaller_has_no_margin(size):
    """The JPEG decoder rounds sides differently from our code."""
    done = fit(encode(draw(size=size), "JPEG", quality=95), 100, 100, output_format="png", output_background="#00ff00")
    image = open_image(done.data).convert("RGB")
    edges = [image.getpixel((x, y)) for x in (0, image.width - 1) for y in (0, image.height - 1)]
    assert not any(green > 250 and red < 30 and blue < 30 for red, green, blue in edges)


def test_an_upscaled_image_is_not_enlarged_beyond_its_new_size():
    done = fit(SVG, 90, None, output_upscale_factor=2.0, output_format="png")
    assert (done.width, done.height) == (90, 60)
