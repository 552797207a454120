"""Pictures of 16 bits per sample: kept in lossless results, otherwise reduced with a warning."""

from dataclasses import replace

import pytest

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.png import deep
from imgopt.codecs.shared import matrix_profile, vips
from imgopt.codecs.shared.code_points import SRGB_CURVE, SRGB_PRIMARIES, Curve
from tests.pictures import open_image, run
from tests.png_files import Chunk, cicp, gama, iccp, png_of

DEPTH_AT = 24
RAMP = [(257 * level + 100, 40_000, 1_000) for level in range(64)]
GREYS = [(257 * level + 100,) for level in range(64)]
GHOSTS = [(257 * level + 100, 40_000, 1_000, 20_000 + level) for level in range(64)]


def samples_of(data: bytes) -> list[tuple[int, ...]]:
    pixels = vips.library().Image.pngload_buffer(data)
    return [tuple(round(sample) for sample in pixels(x, 0)) for x in range(pixels.width)]


def kept(pixels: list[tuple[int, ...]], *chunks: Chunk, **settings: object) -> bytes:
    return run(png_of(pixels, chunks, bits=16), **{"output_quality": 100, **settings}).data


@pytest.mark.parametrize("pixels", [RAMP, GREYS, GHOSTS], ids=["rgb", "grey", "rgba"])
@pytest.mark.parametrize("quality", [97, 100])
def test_sixteen_bits_stay_where_nothing_is_to_be_lost(pixels, quality):
    data = kept(pixels, output_quality=quality)
    assert data[DEPTH_AT] == 16
    assert samples_of(data) == pixels


def test_a_lower_quality_has_eight_bits_and_says_its_number():
    done = run(png_of(RAMP, bits=16), output_quality=80)
    assert done.data[DEPTH_AT] == 8
    assert done.quality == 80
    assert done.warning is None


def test_eight_bits_without_loss_are_told():
    done = run(png_of(RAMP, bits=16), output_quality=100, output_format="webp")
    assert done.quality == 100
    assert done.warning == "The image has 16 bits per sample, the result has 8."


def tiff_of_16_bits() -> bytes:
    ramp = vips.library().Image.identity(ushort=True, size=64).linear(1000, 0).cast("ushort")
    return bytes(ramp.copy(interpretation="grey16").tiffsave_buffer())


def avif_of_10_bits() -> bytes:
    ramp = vips.library().Image.identity(ushort=True, size=64).replicate(1, 16).linear(1000, 0).cast("ushort")
    return bytes(ramp.copy(interpretation="grey16").heifsave_buffer(compression="av1", bitdepth=10))


@pytest.mark.parametrize(("make", "bits"), [(tiff_of_16_bits, 16), (avif_of_10_bits, 10)])
def test_other_formats_of_more_than_eight_bits_are_told(make, bits):
    done = run(make(), output_quality=100, output_format="png")
    assert done.quality == 100
    assert done.warning == f"The image has {bits} bits per sample, the result has 8."


def test_pictures_that_are_too_large_for_16_bits_are_told(monkeypatch):
    smaller = replace(FORMATS["png"].deep, most_pixels=63)
    monkeypatch.setitem(FORMATS.loaded, "png", replace(FORMATS["png"], deep=smaller))
    done = run(png_of(RAMP, bits=16), output_quality=100, output_width=32)
    assert done.data[DEPTH_AT] == 8
    assert done.quality == 100
    assert done.warning


def test_resized_pictures_keep_their_bits():
    data = kept(RAMP, output_width=32)
    samples = samples_of(data)
    assert data[DEPTH_AT] == 16
    assert len(samples) == 32
    assert all(abs(sample[0] - (514 * x + 228)) < 40 for x, sample in enumerate(samples[3:-3], 3))
    assert all(abs(sample[1] - 40_000) <= 1 for sample in samples)


def test_a_pad_is_white_or_transparent():
    white = samples_of(kept(RAMP[:4], output_width=8, output_height=1))
    clear = samples_of(kept(GHOSTS[:4], output_width=8, output_height=1))
    assert white[0] == (65_535,) * 3
    assert clear[0][3] == 0
    assert white[2:6] == RAMP[:4]
    assert clear[2:6] == GHOSTS[:4]


def test_a_crop_takes_the_part_that_is_shown():
    data = kept(RAMP, output_width=16, output_height=1, output_resize_behavior="crop")
    assert open_image(data).size == (16, 1)
    assert set(samples_of(data)) <= set(RAMP)


def test_resized_colours_count_as_much_as_they_are_seen():
    pixels = [(60_000, 0, 0, 65_535), (0, 60_000, 0, 0)] * 8
    red, green, _, _ = samples_of(kept(pixels, output_width=4))[1]
    assert red > 59_000
    assert green < 1_000


@pytest.mark.parametrize(
    ("chunk", "expected"),
    [
        (gama(1.0), 48_193),
        (cicp(1, 8), 48_193),
        (cicp(1, 13), 32_768),
        (iccp(matrix_profile.build_profile(SRGB_PRIMARIES, Curve(1))), 48_193),
        (iccp(matrix_profile.build_profile(SRGB_PRIMARIES, SRGB_CURVE)), 32_768),
    ],
)
def test_colours_are_brought_to_srgb_in_all_bits(chunk, expected):
    """Half of the light is sRGB's 0.7354."""
    data = kept([(32_768, 32_768, 32_769)] * 2, chunk, output_width=1)
    assert samples_of(data)[0] == pytest.approx((expected,) * 3, abs=30)


def test_a_grey_picture_with_a_curve_stays_grey():
    data = kept([(32_768,), (32_769,)], gama(1.0), output_width=1)
    assert samples_of(data)[0] == pytest.approx((48_193,), abs=30)


def test_hdr_becomes_eight_bits_and_says_so():
    done = run(png_of(RAMP, [cicp(9, 16)], bits=16), output_quality=100, output_width=32)
    assert done.data[DEPTH_AT] == 8
    assert done.warning == "The image has 16 bits per sample, the result has 8."


def test_a_turned_picture_is_turned():
    exif = b"MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
    data = png_of(RAMP, [(b"eXIf", exif)], bits=16)
    pixels = deep.read(data)
    assert (pixels.width, pixels.height) == (1, 64)


@pytest.mark.parametrize("density", [None, 11_811])
def test_the_resolution_is_that_of_the_source_and_none_is_made_up(density):
    chunks = [] if density is None else [(b"pHYs", density.to_bytes(4) * 2 + b"\1")]
    data = kept(RAMP, *chunks, output_width=32)
    assert (b"pHYs" in data) is (density is not None)
    assert open_image(data).info.get("dpi") == (pytest.approx((300, 300), abs=0.1) if density else None)


def test_shadows_of_linear_grey_are_right():
    data = kept([(257 * 5,), (257 * 128,)], gama(1.0), output_format="webp")
    assert [open_image(data).convert("L").getpixel((x, 0)) for x in (0, 1)] == pytest.approx([38, 188], abs=1)


def test_colours_outside_of_srgb_end_at_its_edge():
    red, green, blue = samples_of(kept([(155 * 257, 240 * 257, 183 * 257)], cicp(9, 13)))[0]
    assert (red // 257, green // 257, blue // 257) == pytest.approx((0, 248, 176), abs=1)
