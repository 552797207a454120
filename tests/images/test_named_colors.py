"""Colour spaces named by numbers or chromaticities look as in browsers. The numbers are Chromium's."""

import struct
from itertools import product
from pathlib import Path

import pytest
from PIL import Image

from imgopt.codecs.shared import matrix_profile
from imgopt.codecs.shared.code_points import PRIMARIES, SRGB_PRIMARIES, TRANSFERS, Curve
from imgopt.imaging.steps.decode import decode
from tests.pictures import encode, run, swapped_profile
from tests.png_files import chrm, cicp, gama, iccp, png_of

DATA = Path(__file__).parents[1] / "data"
GREY, COLOR = (128, 128, 128), (128, 190, 64)
P3 = chrm(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
SRGB = (b"sRGB", b"\0")
# What grey of 128 is by each transfer's number, with cICP.
GREYS = {1: 121, 4: 129, 5: 106, 6: 121, 7: 141, 8: 188, 11: 121, 13: 128, 14: 121, 15: 121, 17: 118}
# What COLOR is by each primaries' number, with sRGB's curve.
COLORS = {
    1: (128, 190, 64),
    4: (93, 186, 45),
    5: (124, 190, 67),
    6: (132, 188, 63),
    7: (132, 188, 63),
    8: (95, 194, 38),
    9: (64, 197, 5),
    10: (0, 230, 0),
    11: (114, 192, 28),
    12: (107, 192, 28),
    22: (126, 187, 63),
}


def shown(data: bytes, name: str = "png") -> tuple[int, ...]:
    """The samples of the first pixel."""
    pixel = decode(data, name).image.getpixel((0, 0))
    return pixel if isinstance(pixel, tuple) else (pixel,)


def near(color: tuple[int, ...], expected: tuple[int, ...], tolerance: int = 2) -> bool:
    return len(color) == len(expected) and all(abs(a - b) <= tolerance for a, b in zip(color, expected, strict=True))


def avif(color: tuple[int, int, int], primaries: int, transfer: int, **options: object) -> bytes:
    """Returns an AVIF of one colour with these numbers in its colr box."""
    data = bytearray(encode(Image.new("RGB", (16, 16), color), "AVIF", quality=100, subsampling="4:4:4", **options))
    struct.pack_into(">HH", data, data.index(b"nclx") + 4, primaries, transfer)
    return bytes(data)


@pytest.mark.parametrize(("transfer", "grey"), GREYS.items())
def test_each_transfer_has_its_curve_in_png(transfer, grey):
    assert near(shown(png_of([GREY], [cicp(1, transfer)])), (grey,) * 3)


@pytest.mark.parametrize(("primaries", "color"), COLORS.items())
def test_primaries_of_each_number_are_brought_to_srgb(primaries, color):
    assert near(shown(png_of([COLOR], [cicp(primaries, 13)])), color)


def test_every_pair_of_numbers_keeps_grey_grey_white_white_and_black_black():
    for primaries, transfer in product(PRIMARIES, TRANSFERS):
        image = decode(png_of([GREY, (255,) * 3, (0,) * 3], [cicp(primaries, transfer)]), "png").image
        grey, white, black = (image.getpixel((x, 0)) for x in range(3))
        assert max(grey) - min(grey) <= 2, (primaries, transfer)
        assert min(white) >= 254, (primaries, transfer)
        assert max(black) <= 1, (primaries, transfer)


@pytest.mark.parametrize(
    ("chunks", "color"),
    [
        ([gama(1.0)], (188, 224, 137)),
        ([gama(1.0), P3], (178, 225, 126)),
        ([gama(0.45455)], COLOR),
        ([gama(0.5)], (137, 197, 71)),
        ([P3], COLOR),
        ([SRGB, gama(1.0)], COLOR),
        ([gama(0.0)], COLOR),
        ([iccp(swapped_profile()), gama(1.0)], (190, 128, 64)),
        ([iccp(b"no profile" * 40), gama(1.0)], (188, 224, 137)),
        ([cicp(1, 13), iccp(swapped_profile())], COLOR),
        ([cicp(2, 2), iccp(swapped_profile())], (190, 128, 64)),
        ([cicp(9, 10), gama(1.0)], (188, 224, 137)),
        ([SRGB, cicp(9, 13)], (64, 197, 5)),
        ([(b"cICP", b"\x09\x10")], COLOR),
        ([gama(1.0), chrm(0.3127, 0.329, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3)], COLOR),
    ],
    ids=lambda value: "+".join(kind.decode() for kind, _ in value) if isinstance(value, list) else None,
)
def test_chunks_go_before_others_in_the_order_of_the_specification(chunks, color):
    assert near(shown(png_of([COLOR], chunks)), color)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(
    "values",
    [
        (0,) * 8,
        (0.3, 0, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06),
        (40_000,) * 8,
        (0.3127, 0.329, 0.3, 0.6, 0.3, 0.6, 0.1, 0.1),
    ],
    ids=["zeros", "no luminance", "huge", "two alike"],
)
def test_chromaticities_that_span_no_colours_say_nothing(values, bits):
    color = tuple(sample * 257 if bits == 16 else sample for sample in COLOR)
    assert near(shown(png_of([color], [gama(1.0), chrm(*values)], bits=bits)), COLOR, 1)


@pytest.mark.parametrize("power", [0.00001, 0.1, 10, 40_000])
def test_powers_of_any_size_are_read(power):
    black, white = (shown(png_of([(level,) * 3], [gama(power)])) for level in (0, 255))
    assert near(black, (0, 0, 0))
    assert near(white, (255, 255, 255))


def test_narrow_range_is_widened():
    image = decode(png_of([(16,) * 3, (235,) * 3, (126,) * 3], [cicp(1, 13, full_range=0)]), "png").image
    assert [image.getpixel((x, 0))[0] for x in range(3)] == [0, 255, 128]


def test_grey_and_alpha_are_kept():
    assert decode(png_of([(128,)], [gama(1.0), P3]), "png").image.mode == "L"
    assert near(shown(png_of([(128,)], [gama(1.0), P3])), (188,))
    assert near(shown(png_of([(*COLOR, 77)], [cicp(12, 13)])), (*COLORS[12], 77))
    assert near(shown(png_of([(128, 77)], [cicp(9, 16)])), (181, 77))


def test_a_palette_is_converted():
    picture = Image.new("P", (2, 2), 1)
    picture.putpalette([0, 0, 0, *COLOR])
    data = encode(picture, "PNG")
    whole = data[:33] + png_of([(0,)], [gama(1.0)])[33 : 33 + 16] + data[33:]
    assert near(shown(whole), (188, 224, 137))


def test_animated_png_is_converted_frame_by_frame():
    from imgopt.codecs.formats import decode_animation

    frames = [Image.new("RGB", (4, 4), color) for color in (COLOR, GREY)]
    data = encode(frames[0], "PNG", save_all=True, append_images=frames[1:])
    marked = data[:33] + png_of([(0,)], [gama(1.0)])[33 : 33 + 16] + data[33:]
    colors = [frame.getpixel((0, 0)) for frame in decode_animation(marked, "png").frames]
    assert near(colors[0], (188, 224, 137))
    assert near(colors[1], (188,) * 3)


@pytest.mark.parametrize(
    ("numbers", "color"),
    [
        ((1, 13), COLOR),
        ((1, 1), COLOR),
        ((1, 6), COLOR),
        ((2, 2), COLOR),
        ((1, 4), (129, 191, 61)),
        ((1, 8), (188, 224, 137)),
        ((12, 13), COLORS[12]),
        ((12, 2), COLORS[12]),
        ((9, 1), COLORS[9]),
        ((9, 13), COLORS[9]),
    ],
)
def test_avif_names_colours_by_number(numbers, color):
    assert near(shown(avif(COLOR, *numbers), "avif"), color, 5)


def test_a_profile_goes_before_the_numbers_of_avif():
    picture = Image.new("RGB", (16, 16), COLOR)
    data = encode(picture, "AVIF", quality=100, subsampling="4:4:4", icc_profile=swapped_profile())
    struct_at = data.find(b"nclx")
    if struct_at >= 0:
        data = data[: struct_at + 4] + struct.pack(">HH", 9, 16) + data[struct_at + 8 :]
    assert near(shown(data, "avif"), (190, 128, 64), 4)


def with_numbers_in_stream(data: bytes, primaries: int) -> bytes:
    """Removes the colr box. In the bitstream, primaries, transfer and matrix are a byte each, at any bit."""
    stream = int.from_bytes(data)
    for shift in range(8 * len(data)):
        if stream >> shift & 0xFFFFFF == 0x010D06:
            stream ^= (primaries ^ 1) << shift + 16
    return stream.to_bytes(len(data)).replace(b"colr", b"free")


def test_the_numbers_of_the_av1_stream_count_where_the_boxes_have_none():
    assert near(shown(with_numbers_in_stream(avif(COLOR, 1, 13), 12), "avif"), COLORS[12], 5)


def test_the_numbers_of_the_hevc_stream_count_where_the_boxes_have_none():
    data = with_numbers_in_stream((DATA / "premultiplied-alpha.heic").read_bytes(), 12)
    assert near(shown(data, "heic"), (214, 92, 30, 128))


@pytest.mark.parametrize(
    ("numbers", "color"),
    [((1, 13), (199, 99, 49)), ((1, 1), (199, 99, 49)), ((12, 13), (214, 92, 30)), ((1, 8), (229, 167, 121))],
)
def test_heic_names_colours_by_number(numbers, color):
    data = bytearray((DATA / "premultiplied-alpha.heic").read_bytes())
    struct.pack_into(">HH", data, data.index(b"nclx") + 4, *numbers)
    assert near(shown(bytes(data), "heic"), (*color, 128))


def test_animated_avif_is_converted_frame_by_frame():
    from imgopt.codecs.formats import decode_animation

    frames = [Image.new("RGB", (16, 16), color) for color in (COLOR, GREY)]
    options = {"save_all": True, "append_images": frames[1:], "quality": 100, "subsampling": "4:4:4"}
    data = encode(frames[0], "AVIF", **options).replace(b"nclx\0\1\0\x0d", b"nclx\0\x0c\0\x0d")
    colors = [frame.getpixel((8, 8)) for frame in decode_animation(data, "avif").frames]
    assert near(colors[0], COLORS[12], 5)
    assert near(colors[1], GREY, 3)


@pytest.mark.parametrize("bits", [8, 16])
def test_dark_tones_of_linear_light_stay_apart_at_16_bits(bits):
    """One level of 255 in linear light is already 13 of sRGB's."""
    step = 64 if bits == 16 else 1
    image = decode(png_of([(step * level,) * 3 for level in range(4)], [gama(1.0)], bits=bits), "png").image
    tones = [image.getpixel((x, 0))[0] for x in range(4)]
    assert tones == (pytest.approx([0, 3, 6, 10], abs=1) if bits == 16 else [0, 13, 22, 28])


def test_linear_profile_is_applied_to_16_bits():
    profile = matrix_profile.build_profile(SRGB_PRIMARIES, Curve(1))
    image = decode(png_of([(64 * level,) * 3 for level in range(4)], [iccp(profile)], bits=16), "png").image
    assert [image.getpixel((x, 0))[0] for x in range(4)] == pytest.approx([0, 3, 6, 10], abs=1)


def test_a_png_named_by_number_is_never_given_back():
    """Few readers know the chunk."""
    data = png_of([COLOR] * 4, [cicp(9, 13)])
    done = run(data, output_quality=100)
    assert not done.original_returned
    assert b"cICP" not in done.data
