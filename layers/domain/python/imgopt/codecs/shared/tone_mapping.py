"""Converts HDR pictures, PQ and HLG (ITU-R BT.2100), to sRGB by libvips, strip by strip.

Reference white is 203 cd/m2 (ITU-R BT.2408, 2.1), and becomes sRGB's white. Brighter light is compressed below it by
the EETF of ITU-R BT.2390, 5.4.1, which doesn't change dark tones. It is applied to the largest of red, green and blue;
the others are scaled alike, so that the hue stays.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import vips
from imgopt.codecs.shared.code_points import NOMINAL_PEAK, Hdr, NamedColor
from imgopt.codecs.shared.matrix_profile import to_linear_srgb, to_xyz

if TYPE_CHECKING:
    from PIL.Image import Image

REFERENCE_WHITE = 203.0
# BT.2100, table 4.
PQ_M1, PQ_M2 = 2610 / 16384, 2523 / 4096 * 128
PQ_C1, PQ_C2, PQ_C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
PQ_PEAK = 10_000.0
# BT.2100, table 5: the curve, and the gamma of a display of 1,000 cd/m2.
HLG_A, HLG_B, HLG_C, HLG_GAMMA = 0.17883277, 0.28466892, 0.55991073, 1.2
# Tables have 12 bits, as many as PQ uses at most. Their index is the fourth root of the light.
LEVELS, ROOT = 4096, 0.25


def to_sdr(image: "Image", color: NamedColor) -> "Image":
    """Converts an image in mode L, LA, RGB or RGBA, in the same mode."""
    return vips.to_pillow(map_tones(vips.from_pillow(image), color))


def map_tones(pixels: Any, color: NamedColor) -> Any:
    """Converts a vips image of 1 to 4 bands with 8 or 16 bits to 8 bits of sRGB or grey."""
    bands, deep = pixels.bands, pixels.format == "ushort"
    colors = pixels[0].bandjoin([pixels[0], pixels[0]]) if bands < 3 else pixels[:3]
    codes = colors >> 4 if deep else colors
    mapped = _map_codes(codes.cast("ushort") if deep else codes, color, LEVELS if deep else 256)
    plain = mapped[0] if bands < 3 else mapped
    if bands in (1, 3):
        return plain.copy(interpretation="b-w" if bands == 1 else "srgb")
    alpha = pixels[bands - 1] >> 8 if deep else pixels[bands - 1]
    return plain.bandjoin(alpha.cast("uchar")).copy(interpretation="b-w" if bands == 2 else "srgb")


def _map_codes(codes: Any, color: NamedColor, levels: int) -> Any:
    """Maps codes of `levels` values. Intermediate light is 1 at reference white."""
    shine = _shine_of_hlg if color.transfer is Hdr.HLG else _shine_of_pq
    linear = shine(codes, color, levels).recomb(_matrix(to_linear_srgb(color.primaries)))
    return linear.copy(interpretation="scrgb").colourspace("srgb")


def _shine_of_pq(codes: Any, color: NamedColor, levels: int) -> Any:
    """Returns the light of PQ. The gain is that of the largest code, because light rises with the code."""

    def light(sample: float) -> float:
        return pq_light(sample) / REFERENCE_WHITE

    def gain(sample: float) -> float:
        return _gain(pq_light(sample), color.peak)

    expand = _expand_narrow if color.narrow else _keep
    table, gains = _table(light, levels, expand), _table(gain, levels, expand)
    return codes.maplut(table) * _brightest(codes).maplut(gains)


def _shine_of_hlg(codes: Any, color: NamedColor, levels: int) -> Any:
    """Returns the display light of HLG by the OOTF of BT.2100, table 5, which depends on the scene's luminance."""
    scene = codes.maplut(_table(hlg_light, levels, _expand_narrow if color.narrow else _keep))
    luminance = scene.recomb(_matrix(to_xyz(color.primaries)[1:2]))
    shown = scene * luminance ** (HLG_GAMMA - 1)
    places = (_brightest(shown) ** ROOT * (LEVELS - 1)).cast("ushort")

    def gain(sample: float) -> float:
        return _gain(sample ** (1 / ROOT) * NOMINAL_PEAK, NOMINAL_PEAK)

    return shown * (NOMINAL_PEAK / REFERENCE_WHITE) * places.maplut(_table(gain, LEVELS, _keep))


def _brightest(pixels: Any) -> Any:
    return pixels[0].maxpair(pixels[1]).maxpair(pixels[2])


def _table(function: Callable[[float], float], levels: int, expand: Callable[[float], float]) -> Any:
    values = [function(expand(level / (levels - 1))) for level in range(levels)]
    return vips.library().Image.new_from_array([values]).cast("float")


def _matrix(rows: Any) -> Any:
    return vips.library().Image.new_from_array([list(row) for row in rows])


def _keep(sample: float) -> float:
    return sample


def _expand_narrow(sample: float) -> float:
    """Expands narrow range: black is 16, white 235 of 255 (H.273, 8.3)."""
    return min(1.0, max(0.0, (sample * 255 - 16) / 219))


def _gain(light: float, peak: float) -> float:
    return compress_light(light, peak) / light if light > 0 else 1.0


def pq_light(sample: float) -> float:
    """Returns the light in cd/m2 of a sample, 0 to 1 (BT.2100, table 4, EOTF)."""
    root = float(sample ** (1 / PQ_M2))
    return PQ_PEAK * float((max(root - PQ_C1, 0) / (PQ_C2 - PQ_C3 * root)) ** (1 / PQ_M1))


def pq_sample(light: float) -> float:
    """Returns the sample, 0 to 1, of light in cd/m2 (BT.2100, table 4, inverse EOTF)."""
    root = float((light / PQ_PEAK) ** PQ_M1)
    return float(((PQ_C1 + PQ_C2 * root) / (1 + PQ_C3 * root)) ** PQ_M2)


def hlg_light(sample: float) -> float:
    """Returns the scene light, 0 to 1, of a sample, 0 to 1 (BT.2100, table 5, inverse OETF)."""
    from math import exp

    return sample * sample / 3 if sample <= 0.5 else (exp((sample - HLG_C) / HLG_A) + HLG_B) / 12


def compress_light(light: float, peak: float) -> float:
    """Compresses light in cd/m2, up to `peak`, below reference white by the EETF of BT.2390, 5.4.1."""
    source, target = pq_sample(min(max(peak, REFERENCE_WHITE), PQ_PEAK)), pq_sample(REFERENCE_WHITE)
    most = target / source
    knee = 1.5 * most - 0.5
    sample = min(pq_sample(light) / source, 1.0)
    if sample <= knee:
        return light
    t = (sample - knee) / (1 - knee)
    spline = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * most
    return pq_light(spline * source)
