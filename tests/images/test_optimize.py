"""Every input to every output: format, dimensions, colours, frames."""

import pytest
from PIL import Image

from imgopt.codecs.format import ImageHeader
from imgopt.errors import InvalidImage
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import ProcessingSettings
from tests import pictures
from tests.pictures import distance, run

INPUTS = {"jpg": pictures.jpeg(), "png": pictures.png(), "webp": pictures.webp(), "gif": pictures.gif()}
OUTPUTS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
CLOSE = 12.0


@pytest.mark.parametrize("source", INPUTS)
@pytest.mark.parametrize("target", OUTPUTS)
def test_every_format_becomes_every_other(source, target):
    done = run(INPUTS[source], output_format=target, output_quality=90)
    image = pictures.open_image(done.data)
    assert (done.format, image.format) == (target, OUTPUTS[target])
    assert (done.width, done.height) == image.size == (pictures.WIDTH, pictures.HEIGHT)
    assert distance(image, pictures.draw()) < CLOSE


@pytest.mark.parametrize("source", INPUTS)
def test_original_keeps_the_format(source):
    assert run(INPUTS[source]).format == source


@pytest.mark.parametrize("target", ["jpg", "webp"])
def test_a_lower_quality_is_a_smaller_file(target):
    data = pictures.encode(pictures.draw(size=(256, 256)).effect_spread(9), "PNG")
    sizes = [len(run(data, output_format=target, output_quality=quality).data) for quality in (10, 40, 70, 95)]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == len(sizes)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_are_turned_upright(orientation):
    done = run(pictures.upright(pictures.draw(), orientation), output_format="png")
    assert distance(pictures.open_image(done.data), pictures.draw()) < CLOSE


def test_damaged_exif_does_no_harm():
    data = pictures.upright(pictures.draw(), 6).replace(b"\x01\x12\x00\x03", b"\x01\x12\xff\xff")
    assert run(data, output_format="png").width == pictures.HEIGHT


def test_colours_are_brought_to_srgb_before_the_profile_is_dropped():
    data = pictures.encode(pictures.draw(), "PNG", icc_profile=pictures.swapped_profile())
    image = pictures.open_image(run(data, output_format="webp").data)
    red, green, _ = image.convert("RGB").getpixel((2, 2))
    assert green > 200 > red
    assert "icc_profile" not in image.info


def test_cmyk_becomes_rgb():
    image = pictures.open_image(run(pictures.encode(pictures.draw("CMYK"), "JPEG", quality=98)).data)
    assert image.mode == "RGB"
    assert distance(image, pictures.draw()) < CLOSE


@pytest.mark.parametrize("target", ["jpg", "png"])
def test_grey_stays_grey(target):
    done = run(pictures.png("L"), output_format=target)
    assert pictures.open_image(done.data).mode == "L"


def test_sixteen_bits_are_scaled_not_clipped():
    ramp = Image.frombytes("I;16", (256, 4), b"".join((n * 257).to_bytes(2, "little") for n in range(256)) * 4)
    image = pictures.open_image(run(pictures.encode(ramp, "PNG"), output_format="webp", output_quality=100).data)
    assert [image.convert("L").getpixel((x, 0)) for x in (0, 128, 255)] == [0, 128, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("target", ["png", "webp"])
def test_alpha_is_kept_where_the_format_has_it(mode, target):
    image = pictures.open_image(run(pictures.png(mode), output_format=target).data).convert("RGBA")
    assert image.getpixel((2, 2))[3] == 255
    assert image.getpixel((pictures.WIDTH - 2, pictures.HEIGHT - 2))[3] == 0


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_parts_turn_white_in_jpeg(mode):
    image = pictures.open_image(run(pictures.png(mode), output_format="jpg").data).convert("RGB")
    assert min(image.getpixel((pictures.WIDTH - 3, pictures.HEIGHT - 3))) > 245


def test_a_transparent_palette_keeps_its_holes():
    picture = pictures.draw().quantize(8)
    hole = picture.getpixel((2, 2))
    data = pictures.encode(picture, "PNG", transparency=hole)
    image = pictures.open_image(run(data, output_format="webp").data).convert("RGBA")
    assert image.getpixel((2, 2))[3] == 0


@pytest.mark.parametrize("quality", [100, 80, 30])
def test_an_animation_keeps_frames_timing_and_loops(quality):
    data = pictures.gif(frames=7, duration=70)
    image = pictures.open_image(run(data, output_quality=quality).data)
    assert (image.n_frames, image.info["duration"], image.info["loop"]) == (7, 70, 0)


def test_an_animation_shows_the_same_at_full_quality():
    data = pictures.gif(frames=4)
    before, after = pictures.open_image(data), pictures.open_image(run(data, output_quality=100).data)
    for frame in range(4):
        before.seek(frame)
        after.seek(frame)
        assert distance(before, after) == 0


def test_formats_without_animation_get_the_first_frame():
    data = pictures.gif(frames=4)
    image = pictures.open_image(run(data, output_format="png").data)
    assert distance(image, pictures.open_image(data)) < CLOSE


def test_png_of_full_quality_loses_nothing():
    done = run(pictures.png("RGBA"), output_format="png", output_quality=100)
    assert pictures.open_image(done.data).tobytes() == pictures.draw("RGBA").tobytes()
    assert done.quality is None


def test_the_original_is_returned_where_it_could_not_be_made_smaller():
    smallest = run(pictures.png()).data
    again = run(smallest)
    assert (again.data, again.original_returned, again.encoder) == (smallest, True, "none")


def saved(share: float, **settings: object) -> Artifact:
    """Returns the artifact if the least saving is above what compression saves, about a tenth, by `share`."""
    original = run(pictures.jpeg(quality=95), output_quality=90).data
    smaller = len(run(original, output_quality=84).data) / len(original)
    options = ProcessingSettings(output_quality=84, **settings)
    return optimize(original, pictures.header(original), options, 1 - smaller + share).artifact


def test_original_is_returned_where_less_than_the_least_is_saved():
    assert (saved(0.01).original_returned, saved(-0.01).original_returned) == (True, False)


def test_least_saving_is_not_asked_of_what_has_to_fit_a_limit():
    original = run(pictures.jpeg(quality=95), output_quality=90).data
    options = ProcessingSettings(output_quality=84, output_file_size_limit=len(original) - 1)
    made = optimize(original, pictures.header(original), options, 0.9).artifact
    assert (made.original_returned, made.size_limit_met) == (False, True)


def test_least_saving_is_not_asked_of_another_size_or_format():
    original = pictures.jpeg()
    for settings in ({"output_width": pictures.WIDTH}, {"output_format": "png"}):
        options = ProcessingSettings(**settings)
        assert not optimize(original, pictures.header(original), options, 0.99).artifact.original_returned


def test_original_is_never_returned_for_another_format():
    small = run(pictures.jpeg(quality=20), output_quality=20).data
    assert not run(small, output_format="png").original_returned


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("png", pictures.png()),
        ("webp", pictures.webp(lossless=True)),
        ("gif", pictures.gif()),
        ("jpg", b"\xff\xd8\xff"),
    ],
)
def test_damaged_pixels_are_a_clear_error(source, data):
    half = len(data) // 2
    with pytest.raises(InvalidImage, match=r"damaged|truncated"):
        optimize(data[:half] + b"\xff" * half, ImageHeader(source, "", 48, 32), ProcessingSettings(output_format="jpg"))


def test_a_damaged_animation_is_a_clear_error():
    data = pictures.gif(frames=3)
    with pytest.raises(InvalidImage, match="damaged"):
        optimize(data[: len(data) // 8], ImageHeader("gif", "image/gif", 48, 32, frames=3), ProcessingSettings())
