from dataclasses import replace

import pytest

from imgopt.codecs.format import ImageHeader
from imgopt.errors import InvalidRequest, TooLarge
from imgopt.imaging.geometry import Size
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, canvas_of, check_image, needs_network, steps_for, upscaled_pixels
from imgopt.settings import settings

PHOTO = ImageHeader("jpg", "image/jpeg", 800, 600)
DRAWING = ImageHeader("svg", "image/svg+xml", 800, 600)


def test_compress_always_runs():
    assert steps_for(ProcessingSettings()) == (Step.COMPRESS,)


def test_steps_run_in_the_order_upscale_resize_compress_tag():
    everything = ProcessingSettings(output_seo_tag_gen=True, output_width=10, output_upscale_factor=2)
    assert steps_for(everything) == (Step.UPSCALE, Step.RESIZE, Step.COMPRESS, Step.TAG)


@pytest.mark.parametrize("asked", ["output_seo_tag_gen", "output_seo_rename"])
def test_a_name_is_made_of_words_as_well(asked):
    assert Step.TAG in steps_for(ProcessingSettings(**{asked: True}))


@pytest.mark.parametrize(
    ("image", "factor", "needed"), [(PHOTO, 1.1, True), (PHOTO, 1, False), (PHOTO, 0.5, False), (DRAWING, 4, False)]
)
def test_a_network_makes_up_pixels_where_there_are_too_few(image, factor, needed):
    assert needs_network(image, ProcessingSettings(output_upscale_factor=factor)) is needed


def test_sides_are_those_of_the_upscaled_image_in_proportion():
    assert canvas_of(PHOTO, ProcessingSettings(output_upscale_factor=2)) == Size(1600, 1200)
    assert canvas_of(PHOTO, ProcessingSettings(output_upscale_factor=2, output_width=400)) == Size(400, 300)


@pytest.mark.parametrize(("asked", "frames"), [({}, 10), ({"gif_frame_limit": 4}, 4), ({"output_format": "jpg"}, 1)])
def test_upscaled_pixels_count_the_frames_that_stay(asked, frames):
    wanted = ProcessingSettings(output_upscale_factor=2, **asked)
    assert upscaled_pixels(replace(PHOTO, format="gif", frames=10), wanted) == 1600 * 1200 * frames


def test_upscales_that_take_too_long_are_refused():
    check_image(PHOTO, ProcessingSettings(output_upscale_factor=10))
    with pytest.raises(TooLarge, match="at most 50 megapixels"):
        check_image(replace(PHOTO, width=1100), ProcessingSettings(output_upscale_factor=10))


def test_drawings_may_be_as_large_as_other_images():
    check_image(replace(DRAWING, width=1100), ProcessingSettings(output_upscale_factor=10, output_format="png"))


@pytest.mark.parametrize(("target", "side"), [("webp", 16_383), ("gif", 65_535), ("jpg", 65_500)])
def test_an_image_too_large_for_the_wanted_format_is_refused(target, side):
    wanted = ProcessingSettings(output_format=target)
    check_image(ImageHeader("png", "image/png", side, 1), wanted)
    with pytest.raises(InvalidRequest, match=f"at most {side} pixels"):
        check_image(ImageHeader("png", "image/png", 1, side + 1), wanted)


def test_outputs_that_need_more_memory_than_a_job_has_are_refused():
    wanted = ProcessingSettings(output_format="webp", output_quality=100)
    check_image(ImageHeader("png", "image/png", 8000, 8000), wanted)
    with pytest.raises(InvalidRequest, match="at most 64 megapixels"):
        check_image(ImageHeader("png", "image/png", 8000, 8001), wanted)
    check_image(ImageHeader("png", "image/png", 10_000, 10_000), wanted.model_copy(update={"output_width": 1000}))


def test_more_alpha_than_webp_can_be_written_with_is_refused():
    wanted, canvas = ProcessingSettings(output_format="webp"), ImageHeader("png", "image/png", 8001, 8000)
    check_image(canvas, wanted)
    with pytest.raises(InvalidRequest, match="alpha channel have at most 64 megapixels"):
        check_image(replace(canvas, has_alpha=True), wanted)


def test_a_picture_is_refused_that_takes_more_memory_than_a_job_has(environment, monkeypatch):
    large = ImageHeader("png", "image/png", 10_000, 10_000)
    check_image(large, ProcessingSettings())
    monkeypatch.setenv("IMGOPT_STAGE_MEMORY_BYTES", "1000000000")
    settings.cache_clear()
    check_image(large, ProcessingSettings(output_width=1000))
    with pytest.raises(TooLarge, match="memory"):
        check_image(large, ProcessingSettings())


@pytest.mark.parametrize("target", ["gif", "webp", "avif", "png"])
def test_an_animation_of_huge_frames_is_refused(target):
    wanted = ProcessingSettings(output_format=target, keep_animation=True)
    check_image(ImageHeader("webp", "image/webp", 1000, 1000, frames=200), wanted)
    with pytest.raises(TooLarge, match="memory"):
        check_image(ImageHeader("webp", "image/webp", 8000, 8000, frames=4), wanted)
    check_image(ImageHeader("webp", "image/webp", 8000, 8000, frames=4), wanted.model_copy(update={"output_width": 99}))
