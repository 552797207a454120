"""Converts colours between spaces (CSS Color 4, 10 and 18, whose sample code has the matrices)."""

import math
from collections.abc import Callable
from functools import cache

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]
Change = Callable[[Triple], Triple]

# Matrices from linear light to XYZ; D50 for ProPhoto, D65 for the others.
TO_XYZ: dict[str, Matrix] = {
    "srgb": (
        (0.41239079926595934, 0.357584339383878, 0.1804807884018343),
        (0.21263900587151027, 0.715168678767756, 0.07219231536073371),
        (0.01933081871559182, 0.11919477979462598, 0.9505321522496607),
    ),
    "display-p3": (
        (0.4865709486482162, 0.26566769316909306, 0.1982172852343625),
        (0.2289745640697488, 0.6917385218365064, 0.079286914093745),
        (0.0, 0.04511338185890264, 1.043944368900976),
    ),
    "a98-rgb": (
        (0.5766690429101305, 0.1855582379065463, 0.1882286462349947),
        (0.29734497525053605, 0.6273635662554661, 0.07529145849399788),
        (0.02703136138641234, 0.07068885253582723, 0.9913375368376388),
    ),
    "prophoto-rgb": (
        (0.7977666449006423, 0.13518129740053308, 0.0313477341283922),
        (0.2880748288194013, 0.711835234241873, 0.00008993693872564),
        (0.0, 0.0, 0.8251046025104602),
    ),
    "rec2020": (
        (0.6369580483012914, 0.14461690358620832, 0.1688809751641721),
        (0.2627002120112671, 0.6779980715188708, 0.05930171646986196),
        (0.0, 0.028072693049087428, 1.060985057710791),
    ),
}
D50_TO_D65: Matrix = (
    (0.9554734527042182, -0.023098536874261423, 0.0632593086610217),
    (-0.028369706963208136, 1.0099954580058226, 0.021041398966943008),
    (0.012314001688319899, -0.020507696433477912, 1.3303659366080753),
)
XYZ_TO_LMS: Matrix = (
    (0.819022437996703, 0.3619062600528904, -0.1288737815209879),
    (0.0329836539323885, 0.9292868615863434, 0.0361446663506424),
    (0.0481771893596242, 0.2642395317527308, 0.6335478284694309),
)
LMS_TO_OKLAB: Matrix = (
    (0.210454268309314, 0.7936177747023054, -0.0040720430116193),
    (1.9779985324311684, -2.4285922420485799, 0.450593709617411),
    (0.0259040424655478, 0.7827717124575296, -0.8086757549230774),
)
D50_WHITE = (0.3457 / 0.3585, 1.0, (1.0 - 0.3457 - 0.3585) / 0.3585)
KAPPA, EPSILON = 24389 / 27, 216 / 24389
# The rectangular space of each polar one.
POLAR = {"lch": "lab", "oklch": "oklab"}
# The index of the hue in each polar space.
HUES = {"hsl": 0, "hwb": 0, "lch": 2, "oklch": 2}


def convert_color(color: Triple, source: str, target: str) -> Triple:
    """Converts a colour. RGB is 0 to 1, hues are degrees, all others are as in CSS without percent signs.

    Raises KeyError for an unknown space.
    """
    if source == target:
        return color
    if source in ("hsl", "hwb") and target == "srgb":
        return FROM[source](color)
    return _from_xyz(_to_xyz(color, source), target)


def _to_xyz(color: Triple, space: str) -> Triple:
    """Returns XYZ for D65."""
    if space in ("xyz", "xyz-d65"):
        return color
    if space == "xyz-d50":
        return _multiply(D50_TO_D65, color)
    if space in POLAR:
        return _to_xyz(_to_rectangular(color), POLAR[space])
    if space in FROM:
        return FROM[space](color) if space in ("lab", "oklab") else _to_xyz(FROM[space](color), "srgb")
    base = space.removesuffix("-linear")
    light = color if base != space else _each(color, _DECODE.get(base, _decode_srgb))
    xyz = _multiply(TO_XYZ[base], light)
    return _multiply(D50_TO_D65, xyz) if base == "prophoto-rgb" else xyz


def _from_xyz(xyz: Triple, space: str) -> Triple:
    if space in ("xyz", "xyz-d65"):
        return xyz
    if space == "xyz-d50":
        return _multiply(_inverse(D50_TO_D65), xyz)
    if space in POLAR:
        return _to_polar(_from_xyz(xyz, POLAR[space]))
    if space in TO:
        return TO[space](xyz if space in ("lab", "oklab") else _from_xyz(xyz, "srgb"))
    base = space.removesuffix("-linear")
    based = _multiply(_inverse(D50_TO_D65), xyz) if base == "prophoto-rgb" else xyz
    light = _multiply(_inverse(TO_XYZ[base]), based)
    return light if base != space else _each(light, _ENCODE.get(base, _encode_srgb))


def _multiply(matrix: Matrix, color: Triple) -> Triple:
    x, y, z = (sum(factor * value for factor, value in zip(row, color, strict=True)) for row in matrix)
    return x, y, z


@cache
def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / whole, (c * h - b * i) / whole, (b * f - c * e) / whole),
        ((f * g - d * i) / whole, (a * i - c * g) / whole, (c * d - a * f) / whole),
        ((d * h - e * g) / whole, (b * g - a * h) / whole, (a * e - b * d) / whole),
    )


def _each(color: Triple, curve: Callable[[float], float]) -> Triple:
    """Applies a curve, extended below 0 by mirroring."""
    first, second, third = (math.copysign(curve(abs(value)), value) for value in color)
    return first, second, third


def _decode_srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encode_srgb(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


_DECODE: dict[str, Callable[[float], float]] = {
    "a98-rgb": lambda value: value ** (563 / 256),
    "prophoto-rgb": lambda value: value / 16 if value <= 16 / 512 else value**1.8,
    "rec2020": lambda value: value**2.4,
}
_ENCODE: dict[str, Callable[[float], float]] = {
    "a98-rgb": lambda value: value ** (256 / 563),
    "prophoto-rgb": lambda value: value * 16 if value < 1 / 512 else value ** (1 / 1.8),
    "rec2020": lambda value: value ** (1 / 2.4),
}


def _to_rectangular(color: Triple) -> Triple:
    lightness, chroma, hue = color
    return lightness, chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))


def _to_polar(color: Triple) -> Triple:
    lightness, a, b = color
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _lab_to_xyz(color: Triple) -> Triple:
    lightness, a, b = color
    y = (lightness + 16) / 116
    x, z = a / 500 + y, y - b / 200
    shares = (
        x**3 if x**3 > EPSILON else (116 * x - 16) / KAPPA,
        y**3 if lightness > KAPPA * EPSILON else lightness / KAPPA,
        z**3 if z**3 > EPSILON else (116 * z - 16) / KAPPA,
    )
    return _multiply(D50_TO_D65, (shares[0] * D50_WHITE[0], shares[1], shares[2] * D50_WHITE[2]))


def _xyz_to_lab(xyz: Triple) -> Triple:
    based = _multiply(_inverse(D50_TO_D65), xyz)
    x, y, z = (
        math.cbrt(value / white) if value / white > EPSILON else (KAPPA * value / white + 16) / 116
        for value, white in zip(based, D50_WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _oklab_to_xyz(color: Triple) -> Triple:
    first, second, third = _multiply(_inverse(LMS_TO_OKLAB), color)
    return _multiply(_inverse(XYZ_TO_LMS), (first**3, second**3, third**3))


def _xyz_to_oklab(xyz: Triple) -> Triple:
    first, second, third = _multiply(XYZ_TO_LMS, xyz)
    return _multiply(LMS_TO_OKLAB, (math.cbrt(first), math.cbrt(second), math.cbrt(third)))


def _hsl_to_srgb(color: Triple) -> Triple:
    hue, saturation, lightness = color[0] % 360 / 30, color[1] / 100, color[2] / 100
    reach = saturation * min(lightness, 1 - lightness)
    turned = ((number + hue) % 12 for number in (0, 8, 4))
    first, second, third = (lightness - reach * max(-1.0, min(at - 3, 9 - at, 1.0)) for at in turned)
    return first, second, third


def _srgb_to_hsl(color: Triple) -> Triple:
    most, least = max(color), min(color)
    lightness, spread = (most + least) / 2, most - least
    if spread < 1e-9:
        return 0.0, 0.0, lightness * 100
    red, green, blue = color
    hue = {red: (green - blue) / spread, green: (blue - red) / spread + 2, blue: (red - green) / spread + 4}[most]
    edge = min(lightness, 1 - lightness)
    return hue * 60 % 360, (most - lightness) / edge * 100 if edge else 0.0, lightness * 100


def _hwb_to_srgb(color: Triple) -> Triple:
    hue, white, black = color[0], color[1] / 100, color[2] / 100
    if white + black >= 1:
        grey = white / (white + black)
        return grey, grey, grey
    first, second, third = (value * (1 - white - black) + white for value in _hsl_to_srgb((hue, 100, 50)))
    return first, second, third


def _srgb_to_hwb(color: Triple) -> Triple:
    return _srgb_to_hsl(color)[0], min(color) * 100, (1 - max(color)) * 100


FROM: dict[str, Change] = {"lab": _lab_to_xyz, "oklab": _oklab_to_xyz, "hsl": _hsl_to_srgb, "hwb": _hwb_to_srgb}
TO: dict[str, Change] = {"lab": _xyz_to_lab, "oklab": _xyz_to_oklab, "hsl": _srgb_to_hsl, "hwb": _srgb_to_hwb}
SPACES = frozenset({*TO_XYZ, "srgb-linear", "display-p3-linear", "xyz", "xyz-d50", "xyz-d65"})
