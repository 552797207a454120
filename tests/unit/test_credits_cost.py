import pytest

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import decode_animation
from imgopt.credits.cost import cost_of
from imgopt.imaging.options import ProcessingSettings
from imgopt.settings import settings
from tests import pictures

PHOTO = ImageHeader("jpg", "image/jpeg", 400, 300)
GIF = ImageHeader("gif", "image/gif", 400, 300, frames=12, fps=10.0)
RESIZED, UPSCALED, TAGGED = {"output_width": 100}, {"output_upscale_factor": 2.0}, {"output_seo_tag_gen": True}


def cost(image: ImageHeader, **options: object) -> int:
    return cost_of(image, ProcessingSettings(**options))


@pytest.mark.parametrize(
    ("options", "price"),
    [
        ({}, 3),
        (RESIZED, 4),
        ({"output_height": 100}, 4),
        ({"output_width": 100, "output_height": 100}, 4),
        (UPSCALED, 5),
        (TAGGED, 4),
        ({**RESIZED, **UPSCALED, **TAGGED}, 7),
        ({"output_format": "avif", "output_quality": 30, "output_file_size_limit": 9, "keep_metadata": "all"}, 3),
    ],
)
def test_an_image_costs_what_its_steps_do(options, price):
    assert cost(PHOTO, **options) == price


@pytest.mark.parametrize(
    ("options", "price"),
    [
        ({}, 12 * 3),
        (RESIZED, 12 * 4),
        (UPSCALED, 12 * 5),
        ({**RESIZED, **UPSCALED}, 12 * 6),
        ({**RESIZED, **UPSCALED, **TAGGED}, 12 * 6 + 1),
        ({"gif_frame_limit": 5}, 5 * 3),
        ({"gif_frame_limit": 100}, 12 * 3),
        ({"output_format": "webp", "keep_animation": True}, 12 * 3),
    ],
)
def test_an_animation_that_stays_one_costs_as_many_times_as_it_has_frames_left(options, price):
    assert cost(GIF, **options) == price


@pytest.mark.parametrize("options", [{"output_format": "webp"}, {"output_format": "jpg", "keep_animation": True}])
def test_an_animation_of_which_one_picture_is_made_costs_as_much_as_a_picture(options):
    assert cost(GIF, gif_frame_limit=5, **options) == 3


@pytest.mark.parametrize("source", ["heic", "tiff", "svg", "ico"])
def test_no_format_costs_more_than_another(source):
    assert cost(ImageHeader(source, "image/*", 64, 64), **RESIZED) == 4


@pytest.mark.parametrize("limit", [1, 3, 4, 7, 9, 100])
def test_frames_are_charged_as_many_as_are_decoded(limit):
    data = pictures.gif(frames=9)
    decoded = decode_animation(data, "gif", limit)
    assert cost(pictures.header(data), gif_frame_limit=limit) == 3 * len(decoded.frames)


@pytest.mark.usefixtures("environment")
def test_prices_are_settings(monkeypatch):
    for number, step in enumerate(("COMPRESS", "RESIZE", "UPSCALE", "TAG")):
        monkeypatch.setenv(f"IMGOPT_COST_{step}", str(10**number))
    settings.cache_clear()
    assert cost(GIF, gif_frame_limit=2, **RESIZED, **UPSCALED, **TAGGED) == 2 * 111 + 1000
