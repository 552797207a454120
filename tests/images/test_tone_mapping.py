"""HDR pictures converted to sRGB, by BT.2100, BT.2390 and BT.2408."""

import struct
from pathlib import Path

import pytest
from PIL import Image

from imgopt.codecs.png.color import read_png_color
from imgopt.codecs.shared import vips
from imgopt.codecs.shared.code_points import PRIMARIES, Hdr, NamedColor, named
from imgopt.codecs.shared.isobmff import Items
from imgopt.codecs.shared.isobmff_color import color_of
from imgopt.codecs.shared.tone_mapping import compress_light, hlg_light, pq_light, pq_sample, to_sdr
from imgopt.imaging.steps.decode import decode
from tests.png_files import cicp, png_of

PQ = named(9, 16)


def grey_of(light: float, peak: float = 1000) -> int:
    """Returns the grey level of a light in cd/m2 that is stored as PQ in 16 bits."""
    level = round(65_535 * pq_sample(light))
    stated = (b"cLLI", struct.pack(">II", round(peak * 10_000), 0))
    return decode(png_of([(level,) * 3], [cicp(9, 16), stated], bits=16), "png").image.getpixel((0, 0))[0]


@pytest.mark.parametrize(("sample", "light"), [(0, 0), (0.5, 92.2), (0.58, 201), (0.75, 983), (1, 10_000)])
def test_pq_has_the_light_of_bt2100(sample, light):
    assert pq_light(sample) == pytest.approx(light, rel=0.005)
    assert pq_sample(pq_light(sample)) == pytest.approx(sample, abs=1e-6)


@pytest.mark.parametrize(("sample", "light"), [(0, 0), (0.5, 1 / 12), (0.75, 0.265), (1, 1)])
def test_hlg_has_the_light_of_bt2100(sample, light):
    assert hlg_light(sample) == pytest.approx(light, abs=0.001)


@pytest.mark.parametrize("peak", [203, 400, 1000, 4000, 10_000])
def test_light_is_pressed_below_the_reference_white_in_its_order(peak):
    shown = [compress_light(peak * part / 100, peak) for part in range(101)]
    assert shown == sorted(shown)
    assert shown[0] == 0
    assert shown[-1] == pytest.approx(203, rel=0.001)


def test_dark_light_stays_as_it_is():
    assert compress_light(50, 1000) == 50


@pytest.mark.parametrize(
    ("light", "peak", "grey"),
    [(0, 1000, 0), (50, 1000, 136), (203, 203, 255), (100, 203, 186), (1000, 1000, 255), (4000, 4000, 255)],
)
def test_a_page_is_white_and_what_is_darker_is_as_bright_as_it_was(light, peak, grey):
    assert grey_of(light, peak) == pytest.approx(grey, abs=1)


def test_brighter_light_stays_apart_up_to_the_peak():
    tones = [grey_of(light) for light in (100, 203, 400, 600)]
    assert tones == sorted(set(tones))
    assert grey_of(203, peak=4000) < grey_of(203) < 255


def test_the_hue_of_bright_light_stays():
    """A colour within sRGB, four times as bright as a page's: its proportions are those of half the light."""
    color = NamedColor(PRIMARIES[1], Hdr.PQ)
    samples = tuple(round(255 * pq_sample(light)) for light in (800, 400, 400))
    red, green, blue = to_sdr(Image.new("RGB", (1, 1), samples), color).getpixel((0, 0))
    assert red > 240
    assert abs(green - blue) <= 1
    assert (green / red) ** 2.2 == pytest.approx(0.5, abs=0.04)


def test_hlg_is_shown_as_on_a_display_of_1000_candelas():
    """75 % is the reference white (BT.2408, table 1), which is pressed a little for what may be brighter."""
    tones = [
        to_sdr(Image.new("RGB", (1, 1), (level,) * 3), named(9, 18)).getpixel((0, 0))[0] for level in (0, 96, 191, 255)
    ]
    assert tones == pytest.approx([0, 100, 229, 255], abs=1)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_modes_and_alpha_are_kept(mode):
    picture = Image.new(mode, (3, 2), (100,) * len(mode))
    shown = to_sdr(picture, PQ)
    assert (shown.mode, shown.size) == (mode, (3, 2))
    if mode.endswith("A"):
        assert shown.getchannel("A").getextrema() == (100, 100)


def test_narrow_range_is_widened():
    black, white = (to_sdr(Image.new("L", (1, 1), level), named(9, 16, narrow=True)) for level in (16, 235))
    assert black.getpixel((0, 0)) == 0
    assert white.getpixel((0, 0)) == 255


def test_gradients_of_16_bits_have_no_steps_of_eight():
    first, last = (round(65_535 * pq_sample(light)) for light in (20, 40))
    data = png_of([(level,) * 3 for level in range(first, last, 8)], [cicp(9, 16)], bits=16)
    image = decode(data, "png").image
    tones = [image.getpixel((x, 0))[0] for x in range(image.width)]
    assert set(range(min(tones), max(tones) + 1)) == set(tones)


def test_ten_bits_of_avif_are_not_cut_to_eight():
    """A gradient from 20 to 40 cd/m2 has as many tones as sRGB can tell."""
    first, last = (round(65_535 * pq_sample(light)) for light in (20, 40))
    ramp = vips.library().Image.identity(ushort=True, size=last - first).linear(1, first).cast("ushort")
    rows = ramp.replicate(1, 16).copy(interpretation="grey16")
    data = bytearray(rows.heifsave_buffer(compression="av1", bitdepth=10, lossless=True))
    struct.pack_into(">HH", data, data.index(b"nclx") + 4, 9, 16)
    tones = {level for _, level in decode(bytes(data), "avif").image.convert("L").getcolors()}
    assert set(range(min(tones) + 1, max(tones))) <= tones


def test_ten_bits_of_heic_are_not_cut_to_eight():
    """The same in a file that x265 has written."""
    data = (Path(__file__).parents[1] / "data" / "ten-bits-pq.heic").read_bytes()
    tones = {level for _, level in decode(data, "heic").image.convert("L").getcolors()}
    assert set(range(min(tones) + 1, max(tones))) <= tones
    assert (min(tones), max(tones)) == pytest.approx((grey_of(20), grey_of(40)), abs=1)


@pytest.mark.parametrize(
    "stated",
    [(b"clli", b"\1\x90\0\0"), (b"mdcv", bytes(16) + (4_000_000).to_bytes(4) + bytes(4))],
    ids=["clli", "mdcv"],
)
def test_the_peak_of_avif_is_what_the_file_states(stated):
    colr = b"colr", b"nclx\0\x09\0\x10\0\x09\x80"
    items = Items(primary=1, properties={1: [colr, stated]})
    assert color_of(b"", items).peak == 400


def test_the_peak_of_png_is_that_of_its_brightest_pixel_or_of_its_display():
    brightest = (b"cLLI", (3_000_000).to_bytes(4) + bytes(4))
    display = (b"mDCV", bytes(16) + (4_000_000).to_bytes(4) + bytes(4))
    assert read_png_color(png_of([(0,) * 3], [cicp(9, 16), display])).peak == 400
    assert read_png_color(png_of([(0,) * 3], [cicp(9, 16), display, brightest])).peak == 300
    assert read_png_color(png_of([(0,) * 3], [cicp(9, 16)])).peak == 1000
