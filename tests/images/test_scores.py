"""The score of a result: its similarity to the picture that was encoded."""

import sys

import pytest
from PIL import Image
from pydantic import ValidationError

from imgopt.codecs.formats import FORMATS, encoder_of
from imgopt.codecs.shared.encoding import NO_METADATA, Encoding
from imgopt.errors import InvalidImage
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.scores import model
from imgopt.imaging.scores.effort import (
    LEAST_COMPARED,
    MOST_COMPARED,
    PROCESS_NANOSECONDS,
    READ_NANOSECONDS,
    effort_for,
    whole_effort,
)
from imgopt.imaging.scores.model import Score, score_by
from imgopt.imaging.scores.ssimulacra2 import NEEDS_NEWER_PYTHON, compare
from imgopt.imaging.scores.stills import compare_seen, score_still
from imgopt.imaging.scores.tiles import TILE_EDGE, WHOLE_PICTURE, spread
from imgopt.imaging.steps.decode import decode
from imgopt.imaging.steps.scored import USUAL_QUALITY
from tests import pictures

needs_scorer = pytest.mark.skipif(not pictures.HAS_SCORER, reason="there are wheels for Python 3.12 and later")
SIDE = 96


def gradient(side: int = SIDE) -> Image.Image:
    bands = [Image.linear_gradient("L").rotate(turn).resize((side, side)) for turn in (0, 90, 180)]
    return Image.merge("RGB", bands)


def coarse(image: Image.Image) -> Image.Image:
    return pictures.open_image(pictures.encode(image, "JPEG", quality=40))


@needs_scorer
def test_score_falls_with_the_quality():
    scores = [pictures.run(pictures.png(), output_format="jpg", output_quality=each).score for each in (90, 60, 20)]
    assert 100 > scores[0] > scores[1] > scores[2]


@needs_scorer
@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif", "jxl", "gif", "ico"])
def test_score_is_told_with_its_metric_in_each_format_of_pixels(target):
    done = pictures.run(pictures.png(), output_format=target)
    assert (0 < done.score <= 100, done.score_metric, done.warning) == (True, "ssimulacra2", None)


def test_score_of_what_lost_nothing_is_100_without_being_computed(monkeypatch):
    monkeypatch.setattr(model, "budget", None)
    done = pictures.run(pictures.png(), output_format="png", output_quality=100, output_width=24)
    assert (done.score, done.score_metric) == (100, "ssimulacra2")


def test_score_of_a_returned_original_is_100():
    smallest = pictures.run(pictures.jpeg()).data
    again = pictures.run(smallest)
    assert (again.original_returned, again.score, again.score_metric) == (True, 100, "ssimulacra2")


def test_score_of_a_drawing_that_stays_one_is_none_without_a_warning():
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"> <rect width="4.0" height="4.000"/></svg>'
    done = pictures.run(drawing, output_width=18)
    assert (done.score, done.score_metric, done.warning) == (None, None, None)


@needs_scorer
def test_score_of_an_animation_is_that_of_its_frames():
    done = pictures.run(pictures.gif(frames=3), output_format="webp", keep_animation=True, output_quality=30)
    assert 0 < done.score <= 100


@pytest.mark.parametrize("target", ["jpg", "webp", "jxl", "avif", "png"])
@pytest.mark.parametrize("pixels", [300_000, 1_000_000, 3_000_000, 12_000_000])
def test_score_of_a_photo_costs_a_small_part_of_its_job(target, pixels):
    effort, each = effort_for(pixels, pixels, FORMATS[target], grounds=1), FORMATS[target].encode_nanoseconds
    assert effort.seconds < 0.15 * (PROCESS_NANOSECONDS + pixels * (READ_NANOSECONDS + each)) / 1e9


@pytest.mark.parametrize("target", ["webp", "jxl"])
@pytest.mark.parametrize("alpha", [255, 90])
def test_result_is_read_for_its_score_with_the_pixels_that_others_see(target, alpha):
    picture = gradient().convert("RGBA")
    picture.putalpha(alpha)
    data = FORMATS[target].encode(picture, 60, NO_METADATA).data
    seen = decode(data, target).image.convert("RGBA")
    assert FORMATS[target].decode_made(data).convert("RGBA").tobytes() == seen.tobytes()


@pytest.mark.parametrize("target", ["webp", "jxl"])
@pytest.mark.parametrize("kept", [10, 30, 200])
def test_result_that_is_cut_off_is_not_read_for_its_score(target, kept):
    data = FORMATS[target].encode(gradient(), 60, NO_METADATA).data
    with pytest.raises(InvalidImage):
        FORMATS[target].decode_made(data[:kept])


def test_sample_says_what_the_whole_has_lost_though_its_seams_hide_a_part():
    sample = spread(1000, 1000, LEAST_COMPARED)
    assert [sample.estimate_whole(score) for score in (100, 80)] == [100, 79]
    assert WHOLE_PICTURE.estimate_whole(80) == 80
    assert sample.estimate_whole(80, loss=1.0) == 80


@pytest.mark.parametrize("name", [each.name for each in FORMATS.values() if each.native_of])
def test_qualities_of_one_native_number_make_one_file(name):
    image, target = Image.effect_noise((48, 48), 50), FORMATS[name]
    number = target.native_of(image)
    same = next(quality for quality in range(30, 100) if number(quality) == number(quality + 1))
    first, second = (encoder_of(target)(image, quality, NO_METADATA).data for quality in (same, same + 1))
    assert first == second


@needs_scorer
@pytest.mark.parametrize("target", ["jpg", "jxl"])
def test_sample_that_is_encoded_apart_has_the_score_of_the_whole(target):
    picture = gradient().resize((640, 480))
    made, encode_sample = FORMATS[target].encode(picture, 60, NO_METADATA), FORMATS[target].encode_sample
    apart = decode(encode_sample(picture, 60, made.encoder), target).image
    assert compare(picture, apart) == pytest.approx(compare(picture, decode(made.data, target).image), abs=0.1)


def test_compare_says_100_of_equal_pictures():
    assert compare(gradient(), gradient()) == 100


@needs_scorer
def test_compare_takes_pictures_of_a_single_pixel():
    assert compare(Image.new("RGB", (1, 1), "red"), Image.new("RGB", (1, 1), "blue")) < 50


@needs_scorer
@pytest.mark.parametrize("ground", [0, 255])
def test_compare_sees_what_shows_on_one_ground_alone(ground):
    """Lost alpha of white shows on black, and of black on white."""
    clear = Image.new("RGBA", (SIDE, SIDE), (ground, ground, ground, 0))
    clear.paste((200, 30, 30, 255), (0, 0, 40, SIDE))
    opaque = clear.copy()
    opaque.putalpha(255)
    assert compare_seen(clear, opaque) < 50


def test_compare_ignores_the_colour_of_what_is_not_seen():
    red, blue = (Image.new("RGBA", (SIDE, SIDE), (*color, 0)) for color in ((255, 0, 0), (0, 0, 255)))
    assert compare_seen(red, blue) == 100


@needs_scorer
def test_score_without_the_scorer_is_none_and_says_why(monkeypatch):
    monkeypatch.delattr("imgopt.imaging.scores.plugin", raising=False)
    monkeypatch.setitem(sys.modules, "imgopt.imaging.scores.plugin", None)
    done = pictures.run(pictures.png(), output_format="jpg")
    assert (done.score, done.score_metric, done.warning) == (None, None, NEEDS_NEWER_PYTHON)


def test_score_that_fails_is_none_and_says_so():
    damaged = Encoding(b"\xff\xd8\xff", "jpegli")
    effort = whole_effort(SIDE * SIDE, FORMATS["jpg"], 1)
    assert score_still(gradient(), damaged, 80, FORMATS["jpg"], effort) == Score(warning=model.NOT_COMPARABLE)


@pytest.mark.parametrize(("seconds", "memory"), [(1e12, 0), (0, 1e15)])
def test_score_that_the_job_has_no_room_for_is_none_and_says_so(seconds, memory, monkeypatch):
    monkeypatch.setattr(model.budget, "current", lambda: model.budget.Meter(model.budget.Budget(10, 2**32)))
    assert score_by(lambda: 50.0, seconds, memory) == Score(warning=model.TOO_LITTLE_LEFT)


def test_score_is_rounded_and_within_the_scale():
    assert [score_by(lambda each=each: each, 0, 0).value for each in (-3.0, 71.26, 100.4)] == [0, 71.3, 100]


@needs_scorer
def test_sample_has_about_the_score_of_the_whole():
    original = Image.effect_noise((480, 480), 60).convert("RGB")
    distorted = coarse(original)
    tiles = spread(*original.size, LEAST_COMPARED)
    assert tiles is not WHOLE_PICTURE
    assert abs(compare(tiles.cut(original), tiles.cut(distorted)) - compare(original, distorted)) < 5


@pytest.mark.parametrize(("width", "height"), [(2000, 1000), (1000, 2000), (5000, 60), (300, 300), (4001, 2999)])
def test_tiles_lie_within_the_picture_and_apart(width, height):
    places = spread(width, height, LEAST_COMPARED).places
    assert all(0 <= left <= width - TILE_EDGE and 0 <= top <= height - TILE_EDGE for left, top in places)
    assert len({*places}) == len(places)


@pytest.mark.parametrize("size", [(40, 4000), (200, 200)])
def test_small_and_narrow_pictures_are_taken_whole(size):
    assert spread(*size, LEAST_COMPARED) is WHOLE_PICTURE


def test_effort_is_all_where_encoding_takes_long_and_a_sample_apart_where_it_is_quick():
    jpeg, png = (effort_for(0, 2_000_000, FORMATS[name], 1) for name in ("jpg", "png"))
    assert (jpeg.decodes, png.decodes) == (False, True)
    assert LEAST_COMPARED <= jpeg.pixels < 150_000 < png.pixels


def test_effort_decodes_a_jpeg_that_was_much_larger():
    assert effort_for(50_000_000, 500_000, FORMATS["jpg"], 1).decodes


def test_effort_has_a_limit():
    assert effort_for(100_000_000, 100_000_000, FORMATS["avif"], 1).pixels == MOST_COMPARED


def textured() -> bytes:
    noise = Image.effect_noise((160, 120), 50).convert("RGB").resize((320, 240), Image.Resampling.BICUBIC)
    return pictures.encode(noise, "PNG")


@needs_scorer
@pytest.mark.parametrize("target", ["jpg", "webp"])
def test_target_is_reached_by_another_quality_than_the_usual_one(target):
    done = pictures.run(textured(), output_format=target, output_quality_target=70)
    assert 70 <= done.score <= 75
    assert done.warning is None


@needs_scorer
def test_target_that_is_out_of_reach_is_told_with_the_best_score():
    done = pictures.run(textured(), output_format="avif", output_quality_target=99.5, output_width=64)
    assert done.score < 99.5
    assert done.warning == f"The target of 99.5 was not reached: the score is {done.score:g}."


@needs_scorer
def test_limit_on_bytes_comes_before_the_target_and_the_warning_says_so():
    settings = {"output_format": "jpg", "output_quality_target": 85, "output_file_size_limit": 8000}
    done = pictures.run(textured(), **settings, output_width=320)
    assert (done.size_limit_met, "target of 85 was not reached" in done.warning) == (True, True)


@needs_scorer
def test_target_without_the_scorer_is_taken_for_its_usual_quality(monkeypatch):
    monkeypatch.delattr("imgopt.imaging.scores.plugin", raising=False)
    monkeypatch.setitem(sys.modules, "imgopt.imaging.scores.plugin", None)
    done = pictures.run(textured(), output_format="jpg", output_quality_target=70)
    assert (done.score, done.quality) == (None, 74)
    assert done.warning == f"{NEEDS_NEWER_PYTHON} {USUAL_QUALITY}"


@needs_scorer
def test_target_of_an_animation_is_searched_by_its_frames():
    frames = [Image.effect_noise((64, 48), 30 + 20 * each).convert("RGB") for each in range(3)]
    done = pictures.run(
        pictures.encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100),
        output_format="webp",
        keep_animation=True,
        output_quality_target=60,
    )
    assert done.score >= 60
    assert done.frames == 3


@pytest.mark.parametrize(("asked", "score"), [("high", 80), (" Visually_Lossless", 90), (72.5, 72.5), ("45", 45)])
def test_target_is_a_name_or_a_number(asked, score):
    assert ProcessingSettings(output_quality_target=asked).output_quality_target == score


@pytest.mark.parametrize("asked", ["best", 29, 101, 10**400, "nan", True, [], float("inf")])
def test_target_that_is_unknown_is_refused_naming_what_is_allowed(asked):
    allowed = "Use one of visually_lossless, high, medium, low, or a number from 30 to 100."
    with pytest.raises(ValidationError, match=allowed):
        ProcessingSettings(output_quality_target=asked)
