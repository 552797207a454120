"""Profiles that are sRGB's own, and the effect of the others."""

import struct

import pytest
from PIL import Image, ImageCms

from imgopt.codecs.shared import matrix_profile
from imgopt.codecs.shared.code_points import PRIMARIES, SRGB_CURVE, SRGB_PRIMARIES, Curve
from imgopt.imaging.steps.decode import decode
from tests.pictures import encode, swapped_profile

FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (matrix_profile.build_profile(SRGB_PRIMARIES, SRGB_CURVE), True),
        (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), True),
        (matrix_profile.build_profile(SRGB_PRIMARIES, Curve(1)), False),
        (matrix_profile.build_profile(SRGB_PRIMARIES, Curve(2.2)), False),
        (matrix_profile.build_profile(PRIMARIES[12], SRGB_CURVE), False),
        (matrix_profile.build_profile(PRIMARIES[22], SRGB_CURVE), False),
        (matrix_profile.build_profile(SRGB_PRIMARIES, SRGB_CURVE, grey=True), False),
        (swapped_profile(), False),
        (b"no profile", False),
        (b"", False),
    ],
)
def test_a_profile_is_srgb_by_primaries_and_curve(profile, expected):
    assert matrix_profile.is_srgb(profile) is expected


@pytest.mark.parametrize("count", [2, 256, 1024])
def test_a_sampled_curve_counts_by_its_shape(count):
    samples = [round(65_535 * SRGB_CURVE.light(index / (count - 1))) for index in range(count)]
    curve = struct.pack(f">4s4xI{count}H", b"curv", count, *samples)
    tags = matrix_profile.build_profile(SRGB_PRIMARIES, SRGB_CURVE)
    begin = tags.index(b"para")
    profile = tags + curve
    entry = struct.pack(">II", begin, 32)
    assert matrix_profile.is_srgb(profile.replace(entry, struct.pack(">II", len(tags), len(curve)))) is (count > 2)


@pytest.mark.parametrize("pillow_name", FORMATS)
def test_a_linear_profile_is_applied_whatever_it_is_called(pillow_name):
    profile = matrix_profile.build_profile(SRGB_PRIMARIES, Curve(1)).replace(
        "imgopt".encode("utf-16-be"), "sRGB00".encode("utf-16-be")
    )
    data = encode(Image.new("RGB", (8, 8), (128, 128, 128)), pillow_name, icc_profile=profile, quality=100)
    assert decode(data, FORMATS[pillow_name]).image.getpixel((0, 0)) == pytest.approx((188,) * 3, abs=2)


def test_a_grey_profile_is_applied_to_grey():
    """The picture also has dark pixels, at which a linear profile is steep."""
    profile = matrix_profile.build_profile(SRGB_PRIMARIES, Curve(1), grey=True)
    picture = Image.frombytes("L", (4, 1), bytes((1, 4, 25, 128)))
    image = decode(encode(picture, "PNG", icc_profile=profile), "png").image
    assert list(image.tobytes()) == pytest.approx([13, 34, 89, 188], abs=1)


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (0, [2.2], False),
        (1, [2.4, 1 / 1.055, 0.055 / 1.055], False),
        (2, [2.4, 1 / 1.055, 0.055 / 1.055, 0.0], False),
        (4, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0.0, 0.0], True),
        (4, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0.02, 0.02], False),
    ],
)
def test_curves_by_parameters_count_by_their_shape(kind, values, expected):
    fixed = [round(value * 65_536) for value in values]
    curve = struct.pack(f">4s4xHH{len(values)}i", b"para", kind, 0, *fixed)
    tags = matrix_profile.build_profile(SRGB_PRIMARIES, SRGB_CURVE)
    entry = struct.pack(">II", tags.index(b"para"), 32)
    profile = (tags + curve).replace(entry, struct.pack(">II", len(tags), len(curve)))
    assert matrix_profile.is_srgb(profile) is expected
