"""Names of colours, by the nearest example in CIELAB."""

from functools import cache

LabColor = tuple[float, float, float]

# Some names have several examples, so that colours between them get the right name.
EXAMPLES = {
    "black": ("000000", "1c1c1e"),
    "dark grey": ("505050",),
    "grey": ("8c8c8c",),
    "light grey": ("c8c8c8",),
    "white": ("ffffff", "f3f3f1"),
    "dark red": ("7a1010", "4c1212"),
    "red": ("d42020", "ff0000"),
    "pink": ("f5a0b8", "f060a0"),
    "orange": ("f08020", "ffa500"),
    "brown": ("70482a", "96693c", "4a2e1c", "a0561c"),
    "beige": ("e4d4b4", "cdb891"),
    "yellow": ("f8e020", "f0d060"),
    "olive": ("76762e", "8a8a50", "9c9a20"),
    "dark green": ("144a1c", "2e4a2a", "006400"),
    "green": ("2e9a3c", "5a8a46", "00ff00"),
    "light green": ("a8dc98", "c0e0c0"),
    "turquoise": ("40ccc4", "108080"),
    "light blue": ("a4cce8", "74b4e8"),
    "blue": ("2060d0", "0000ff", "4a7ab8", "3838c8"),
    "dark blue": ("122a60", "000080", "1c3048", "181850"),
    "purple": ("7a30a0", "b080d0", "4a1a5a"),
}
D65 = (0.95047, 1.0, 1.08883)


def color_name(rgb: bytes) -> str:
    """Returns the name of a colour, three bytes of sRGB."""
    lab, places = _to_lab(rgb), _places()
    return min(places, key=lambda name: min(_distance(lab, place) for place in places[name]))


@cache
def _places() -> dict[str, list[LabColor]]:
    return {name: [_to_lab(bytes.fromhex(code)) for code in codes] for name, codes in EXAMPLES.items()}


def _to_lab(rgb: bytes) -> LabColor:
    red, green, blue = (_to_linear(value / 255) for value in rgb)
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = (_to_lightness(value / white) for value, white in zip((x, y, z), D65, strict=True))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _to_linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _to_lightness(value: float) -> float:
    return float(value ** (1 / 3)) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116


def _distance(one: LabColor, other: LabColor) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
