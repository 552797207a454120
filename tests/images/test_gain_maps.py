"""HDR: JPEGs keep a gain map (ISO 21496-1), and other results have a warning."""

from dataclasses import replace
from io import BytesIO

import pytest
import pyvips
from PIL import Image

from imgopt.codecs.cleaning import clean
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.jpeg import gain_map
from imgopt.codecs.shared.gain_map import GainMap
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.imaging.optimize import optimize_upscaled
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.upscaled import Upscaled
from tests import pictures

WIDTH, HEIGHT = 96, 64
DROPPED = "The HDR gain map was dropped: the result has standard dynamic range (SDR)."
# Stops above the white of other screens.
BRIGHT = 2.0


def half_bright(orientation: int | None = None) -> bytes:
    """Grey, and four times as bright as white on an HDR screen in its left half; made by libultrahdr."""
    light = pyvips.Image.black(WIDTH // 2, HEIGHT, bands=3) + 4.0
    scene = light.join(pyvips.Image.black(WIDTH // 2, HEIGHT, bands=3) + 0.2, "horizontal")
    linear = scene.cast("float").copy(interpretation="scrgb")
    if orientation:
        linear = linear.copy()
        linear.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    data: bytes = linear.uhdrsave_buffer(Q=95)
    return data


def brightness(data: bytes) -> list[float]:
    """Returns the mean brightness of the left and right half on an HDR screen; 1 is the white of other screens."""
    linear = pyvips.Image.new_from_buffer(data, "").uhdr2scRGB()
    middle = linear.width // 2
    halves = linear.crop(0, 0, middle, linear.height), linear.crop(middle, 0, linear.width - middle, linear.height)
    return [each.avg() for each in halves]


@pytest.fixture(scope="module")
def photo() -> bytes:
    return half_bright()


def test_header_tells_that_there_is_a_gain_map(photo):
    assert pictures.header(photo).has_gain_map is True
    assert pictures.header(pictures.jpeg()).has_gain_map is False


@pytest.mark.parametrize(
    "settings", [{"output_quality": 60}, {"output_width": 48}, {"output_width": 30, "output_height": 20}]
)
def test_result_is_as_bright_on_an_hdr_screen(photo, settings):
    made = pictures.run(photo, **settings)
    assert (made.has_gain_map, made.warning) == (True, None)
    assert brightness(made.data) == pytest.approx(brightness(photo), rel=0.12)


def test_crop_takes_the_same_part_of_picture_and_map(photo):
    made = pictures.run(photo, output_width=20, output_height=64, output_resize_behavior="crop")
    picture = pictures.open_image(made.data)
    left, right = brightness(made.data)
    shown = [
        picture.crop(box).convert("L").resize((1, 1)).getpixel((0, 0)) for box in ((0, 0, 10, 64), (10, 0, 20, 64))
    ]
    assert (left > right) == (shown[0] > shown[1])
    assert max(left, right) > 0.3


def test_margins_are_no_brighter_than_white(photo):
    made = pictures.run(photo, output_width=96, output_height=192)
    linear = pyvips.Image.new_from_buffer(made.data, "").uhdr2scRGB()
    assert linear.crop(0, 0, 96, 40).max() == pytest.approx(1, abs=0.1)


def test_map_is_turned_with_the_picture(photo):
    exif = Image.Exif()
    exif[0x0112] = 3
    turned = photo[:2] + gain_map.write_segment(0xE1, exif.tobytes()) + photo[2:]
    left, right = brightness(photo)
    assert brightness(pictures.run(turned, output_quality=70).data) == pytest.approx([right, left], rel=0.12)


def test_cleaned_original_keeps_its_map(photo):
    cleaned = clean(photo, "jpg", KeepMetadata.NONE)
    assert brightness(cleaned) == pytest.approx(brightness(photo), rel=0.001)
    assert b"Exif" not in cleaned
    assert b"Source: google" not in cleaned


def test_original_that_is_given_back_keeps_its_map(colored):
    noise = pictures.encode(Image.effect_noise((96, 64), 90).convert("RGB"), "JPEG", quality=20)
    made = pictures.run(gain_map.insert(noise, colored, 90), output_quality=100)
    assert (made.original_returned, made.has_gain_map, made.warning) == (True, True, None)
    assert gain_map.read(made.data).most == pytest.approx(colored.most, abs=1e-5)


@pytest.mark.parametrize("target", ["png", "webp", "avif"])
def test_other_formats_say_that_the_map_was_dropped(photo, target):
    made = pictures.run(photo, output_format=target)
    assert (made.has_gain_map, made.warning) == (False, DROPPED)


def test_upscaled_picture_says_that_the_map_was_dropped(photo):
    upscaled = Upscaled("key", 96, 64, 1, has_alpha=False, model="m", device="cpu", seconds=1, tiles=1)
    options = ProcessingSettings(output_upscale_factor=2)
    (made,) = optimize_upscaled(pictures.png(), pictures.header(photo), upscaled, options)
    assert pictures.without_missing_scorer(made.artifact.warning) == DROPPED


def test_size_limit_counts_the_map(photo):
    made = pictures.run(photo, output_quality=95, output_file_size_limit=2_000)
    assert (made.size_limit_met, made.has_gain_map) == (True, True)
    assert len(made.data) <= 2_000


def test_readers_that_know_no_maps_see_the_picture(photo):
    with Image.open(BytesIO(pictures.run(photo, output_quality=70).data)) as seen:
        assert (seen.format, seen.n_frames, seen.size) == ("MPO", 2, (WIDTH, HEIGHT))
        seen.seek(1)
        assert seen.size == (WIDTH // 2, HEIGHT // 2)


@pytest.fixture
def colored() -> GainMap:
    return GainMap(
        Image.new("RGB", (8, 8), (10, 100, 250)),
        least=(-1.0, 0.0, 0.25),
        most=(1.0, 2.5, 3.0),
        gamma=(1.0, 0.5, 2.0),
        base_offset=(1 / 64, 0.0, 1 / 64),
        alternate_offset=(1 / 64, 1 / 32, 0.0),
        least_headroom=0.0,
        most_headroom=BRIGHT,
        in_base_colors=False,
        profile=b"",
    )


def test_numbers_of_a_map_are_kept(colored):
    made = gain_map.read(gain_map.insert(pictures.jpeg(), colored, 90))
    assert made is not None
    for name in ("least", "most", "gamma", "base_offset", "alternate_offset"):
        assert getattr(made, name) == pytest.approx(getattr(colored, name), abs=1e-5), name
    assert (made.least_headroom, made.most_headroom, made.in_base_colors) == (0.0, BRIGHT, False)
    assert made.image.mode == "RGB"


@pytest.mark.parametrize(
    ("least", "most", "gamma", "sample"), [(0, 2, 1, 0), (-1, 1, 1, 128), (-1, 1, 2, 64), (1, 2, 1, 0), (0, 0, 1, 0)]
)
def test_sample_without_gain_follows_from_the_range_and_gamma(colored, least, most, gamma, sample):
    numbers = {"least": (least,) * 3, "most": (most,) * 3, "gamma": (gamma,) * 3}
    assert replace(colored, **numbers).no_gain() == (sample,) * 3


@pytest.mark.parametrize("sign", gain_map.SIGNS)
def test_map_that_can_not_be_read_is_dropped_with_a_warning(sign):
    data = pictures.jpeg(quality=100)
    broken = data[:2] + gain_map.write_segment(0xE2, sign + bytes(4)) + data[2:]
    made = pictures.run(broken, output_quality=30)
    assert (made.has_gain_map, made.warning) == (False, DROPPED)


def test_map_larger_than_its_picture_is_not_read(colored):
    larger = replace(colored, image=Image.new("RGB", (64, 64)))
    assert gain_map.read(gain_map.insert(pictures.jpeg(), larger, 90)) is None


def test_damaged_map_is_dropped_and_the_picture_is_not(colored):
    noisy = replace(colored, image=Image.effect_noise((40, 30), 60))
    data = gain_map.insert(pictures.jpeg(), noisy, 90)
    at = data.rfind(b"\xff\xda") + 20  # in the pixels of the map
    made = pictures.run(data[:at] + b"\xff" * 40 + data[at + 40 :], output_quality=60)
    assert (made.has_gain_map, made.warning) == (False, DROPPED)


def test_map_stays_as_much_smaller_though_the_picture_is_decoded_with_fewer_pixels(colored):
    source = pictures.encode(Image.effect_noise((160, 120), 40).convert("RGB"), "JPEG")
    made = pictures.run(
        gain_map.insert(source, replace(colored, image=Image.new("RGB", (80, 60))), 90), output_width=16
    )
    assert gain_map.read(made.data).image.size == (8, 6)


def test_numbers_that_no_map_has_are_not_read(colored):
    odd = replace(colored, alternate_offset=(1900.5,) * 3)
    assert gain_map.read(gain_map.insert(pictures.jpeg(), odd, 90)) is None


def test_xmp_that_is_written_into_a_finished_file_leaves_the_map_in_reach(photo):
    done = pictures.run(photo, output_quality=70).data
    for packet in (b"<x/>" * 100, b"<x/>"):
        done = FORMATS["jpg"].write_xmp(done, packet)
        assert brightness(done) == pytest.approx(brightness(photo), rel=0.12)
        with Image.open(BytesIO(done)) as seen:
            seen.seek(1)
            assert seen.convert("L").getextrema()[1] > 0
            assert seen.mpinfo[0xB002][0]["Size"] + gain_map_bytes(done) == len(done)


def gain_map_bytes(data: bytes) -> int:
    with Image.open(BytesIO(data)) as seen:
        return seen.mpinfo[0xB002][1]["Size"]
