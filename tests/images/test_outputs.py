"""Several results of one upload, from the pixels on."""

import pytest
from PIL import Image
from pydantic import ValidationError

from imgopt.codecs.format import ImageHeader
from imgopt.credits.budgets import budget_for_pixels
from imgopt.credits.cost import cost_of
from imgopt.errors import InvalidRequest
from imgopt.imaging import optimize, still_source
from imgopt.imaging.optimize import optimize_all, optimize_upscaled
from imgopt.imaging.options import MOST_OUTPUTS, ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import Step, check_image, steps_for, upscaled_frames
from imgopt.imaging.upscaled import Upscaled
from imgopt.sandbox.budget import Budget, Meter
from imgopt.settings import settings
from tests import pictures

PHOTO = ImageHeader("jpg", "image/jpeg", 4000, 3000)


def asked(*outputs: dict, **shared: object) -> ProcessingSettings:
    return ProcessingSettings.model_validate({**shared, "outputs": outputs})


def test_output_has_the_shared_settings_but_for_its_own():
    first, second = outputs_of(asked({"output_width": 400}, {"output_quality": 50}, output_quality=70, output_height=9))
    assert (first.output_width, first.output_height, first.output_quality) == (400, 9, 70)
    assert (second.output_width, second.output_height, second.output_quality) == (None, 9, 50)


def test_settings_without_outputs_have_one_result():
    options = ProcessingSettings(output_width=400)
    assert outputs_of(options) == (options,)


def test_outputs_are_stored_with_no_more_than_was_asked():
    options = asked({"output_width": 400}, {"output_format": "avif"})
    assert options.model_dump(mode="json")["outputs"] == [{"output_width": 400}, {"output_format": "avif"}]
    assert ProcessingSettings.model_validate(options.model_dump(mode="json")) == options


@pytest.mark.parametrize(
    "outputs",
    [
        [],
        [{}] * (MOST_OUTPUTS + 1),
        [{"output_width": 0}],
        [{"output_format": "psd"}],
        [{"output_upscale_factor": 2}],
        [{"outputs": [{}]}],
    ],
    ids=str,
)
def test_outputs_that_can_not_be_made_are_refused(outputs):
    with pytest.raises(ValidationError):
        asked(*outputs)


@pytest.mark.parametrize("settings", [{"outputs": [{"output_width": 0}]}, {"accept": ["image/psd"]}])
def test_mistake_in_a_list_is_the_only_one_that_is_told(settings):
    with pytest.raises(ValidationError) as error:
        ProcessingSettings.model_validate(settings)
    assert len(error.value.errors()) == 1


def test_results_are_made_in_the_order_of_the_outputs():
    data = pictures.jpeg()
    options = asked({"output_width": 24}, {"output_format": "webp"}, {"output_format": "png", "output_width": 12})
    made = [each.artifact for each in optimize_all(data, pictures.header(data), options)]
    assert [(each.format, each.width) for each in made] == [("jpg", 24), ("webp", 48), ("png", 12)]


def test_result_of_several_is_the_same_as_that_of_its_settings_alone():
    data = pictures.png()
    shared = {"output_format": "webp", "output_height": 20}
    both = optimize_all(data, pictures.header(data), asked({"output_quality": 40}, {"output_format": "png"}, **shared))
    alone = optimize_all(data, pictures.header(data), ProcessingSettings(**{**shared, "output_quality": 40}))
    assert both[0] == alone[0]


def test_each_output_leaves_the_others_their_part_of_the_time(monkeypatch):
    meter = Meter(Budget(100.0, 2**40), clock=lambda: 0.0)
    monkeypatch.setattr(optimize.budget, "current", lambda: meter)
    reserved, make = [], optimize._make
    monkeypatch.setattr(optimize, "_make", lambda *args: reserved.append(meter.reserved) or make(*args))
    data = pictures.png()
    optimize_all(data, pictures.header(data), asked({}, {"output_width": 24}, {"output_width": 24}))
    assert reserved == pytest.approx([100 / 3, 50, 0])
    meter.reserve(0.75)
    assert (meter.allows(19), meter.allows(20)) == (True, False)


def test_picture_is_decoded_once_for_its_largest_result(monkeypatch):
    decoded, decode = [], still_source.decode
    monkeypatch.setattr(still_source, "decode", lambda *args, **kw: decoded.append(kw) or decode(*args, **kw))
    data = pictures.jpeg()
    optimize_all(data, pictures.header(data), asked({"output_width": 6}, {"output_width": 24}, {"output_width": 12}))
    assert decoded == [{"scale": 0.5}]


def test_original_may_be_one_of_the_results():
    data = pictures.run(pictures.jpeg()).data
    made = optimize_all(data, pictures.header(data), asked({}, {"output_width": 24}))
    assert [each.artifact.original_returned for each in made] == [True, False]
    assert made[0].data == data


def test_animation_and_still_come_of_one_upload():
    data = pictures.gif(frames=4)
    made = optimize_all(data, pictures.header(data), asked({}, {"output_format": "png"}))
    assert [each.artifact.frames for each in made] == [4, 1]


def test_each_output_is_paid_for_and_the_upscaling_and_the_tags_once():
    config = settings()
    options = asked({"output_width": 400}, {"output_format": "avif"}, output_upscale_factor=2, output_seo_tag_gen=True)
    once = config.cost_upscale + config.cost_tag
    assert cost_of(PHOTO, options) == once + config.cost_resize + 2 * config.cost_compress


def test_steps_are_those_of_any_output():
    assert Step.RESIZE in steps_for(asked({}, {"output_width": 400}))
    assert Step.RESIZE not in steps_for(asked({}, {"output_quality": 40}))


def test_work_on_several_outputs_may_take_as_long_as_that_on_each():
    alone = budget_for_pixels(PHOTO, ProcessingSettings()).cpu_seconds
    assert budget_for_pixels(PHOTO, asked({}, {}, {})).cpu_seconds == min(3 * alone, settings().stage_cpu_seconds)


def test_each_output_is_checked_before_anything_is_charged():
    options = asked({}, {"output_format": "webp", "output_quality": 100, "output_width": 8192})
    with pytest.raises(InvalidRequest):
        check_image(ImageHeader("svg", "image/svg+xml", 100, 10_000), options)


def test_frames_are_upscaled_for_the_output_that_needs_the_most():
    moving = ImageHeader("gif", "image/gif", 10, 10, frames=7)
    assert upscaled_frames(moving, asked({"output_format": "png"}, {})) == 7
    assert upscaled_frames(moving, asked({"output_format": "png"}, {"output_format": "jpg"})) == 1


def test_still_result_of_an_upscaled_animation_stays_one_though_another_moves():
    frames = [Image.new("RGB", (8, 6), color) for color in ("red", "blue")]
    larger = pictures.encode(frames[0], "PNG", save_all=True, append_images=frames[1:])
    upscaled = Upscaled("key", 8, 6, 2, has_alpha=False, model="m", device="cpu", seconds=1, tiles=1)
    source = ImageHeader("gif", "image/gif", 4, 3, frames=2)
    options = asked({"output_format": "png"}, {"output_format": "gif"}, output_upscale_factor=2)
    made = [each.artifact for each in optimize_upscaled(larger, source, upscaled, options)]
    assert [(each.format, each.frames) for each in made] == [("png", 1), ("gif", 2)]
