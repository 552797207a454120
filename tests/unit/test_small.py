"""The jobs of the smaller function for pixels."""

from dataclasses import replace

import pytest

from imgopt.codecs.format import ImageHeader
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.small import is_small

PHOTO = ImageHeader("jpg", "image/jpeg", 2000, 1500)


@pytest.mark.parametrize(
    ("image", "asked"),
    [
        (PHOTO, {}),
        (PHOTO, {"output_format": "auto", "output_width": 800}),
        (replace(PHOTO, width=2000, height=2000), {}),
        (replace(PHOTO, format="png", width=3000, height=2000), {"output_width": 400}),
    ],
)
def test_pictures_of_few_pixels_are_small(image, asked):
    assert is_small(image, ProcessingSettings(**asked))


@pytest.mark.parametrize(
    ("image", "asked"),
    [
        (replace(PHOTO, width=2001, height=2000), {}),
        (PHOTO, {"output_width": 4000}),
        (replace(PHOTO, width=100, height=100), {"output_upscale_factor": 2}),
        (PHOTO, {"outputs": [{"output_width": 100}, {"output_width": 4000}]}),
        (PHOTO, {"output_width": 100, "output_height": 100, "output_resize_behavior": "crop"}),
        (PHOTO, {"output_format": "svg"}),
        (replace(PHOTO, format="tiff"), {}),
        (replace(PHOTO, format="webp", frames=3), {}),
    ],
)
def test_pictures_that_may_take_more_memory_are_not_small(image, asked):
    assert not is_small(image, ProcessingSettings(**asked))
