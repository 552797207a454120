"""Converts CSS colours (CSS Color 4 and 5) to sRGB, the only space of resvg."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tinycss2.color3 import parse_color as parse_plain_color

from imgopt.codecs.svg.css.color_mixing import Color, interpolate
from imgopt.codecs.svg.css.color_spaces import SPACES, Triple
from imgopt.codecs.svg.css.numbers import MAX_DEPTH, Measure, evaluate, significant, split_at, tokens_of

CURRENT = "currentColor"
# The most frequent notation.
PLAIN = re.compile(r"rgb\(\s*+(\d{1,3})\s*+,\s*+(\d{1,3})\s*+,\s*+(\d{1,3})\s*+\)")
HEXADECIMAL = re.compile(r"#[0-9a-fA-F]{6}")
# The space of each function, and the value of 100 % for each part; 0 for a hue.
FUNCTIONS = {
    "rgb": ("srgb", (255.0, 255.0, 255.0)),
    "rgba": ("srgb", (255.0, 255.0, 255.0)),
    "hsl": ("hsl", (0.0, 100.0, 100.0)),
    "hsla": ("hsl", (0.0, 100.0, 100.0)),
    "hwb": ("hwb", (0.0, 100.0, 100.0)),
    "lab": ("lab", (100.0, 125.0, 125.0)),
    "lch": ("lch", (100.0, 150.0, 0.0)),
    "oklab": ("oklab", (1.0, 0.4, 0.4)),
    "oklch": ("oklch", (1.0, 0.4, 0.0)),
}
LEGACY = frozenset({"rgb", "rgba", "hsl", "hsla"})
MIXED = SPACES | {space for space, _ in FUNCTIONS.values()}
CHANNELS = {"srgb": "rgb", "hsl": "hsl", "hwb": "hwb", "lab": "lab", "lch": "lch", "oklab": "lab", "oklch": "lch"}
# System colours (CSS Color 4, 6.2) as Chromium paints them in a light scheme, with deprecated names.
LIGHT_SYSTEM = {
    "#ffffff": "canvas field window background appworkspace buttonhighlight infobackground",
    "#000000": "canvastext fieldtext buttontext selecteditemtext windowtext captiontext infotext menutext marktext",
    "#efefef": "buttonface threedface",
    "#0000ee": "linktext",
    "#ff0000": "activetext",
    "#551a8b": "visitedtext",
    "#767676": "buttonborder activeborder inactiveborder windowframe threedshadow threedhighlight threeddarkshadow",
    "#808080": "graytext inactivecaptiontext",
    "#ffff00": "mark",
    "#0075ff": "accentcolor",
}
SYSTEM = {name: color for color, names in LIGHT_SYSTEM.items() for name in names.split()}
DARK_SYSTEM = SYSTEM | {"canvas": "#121212", "canvastext": "#ffffff", "linktext": "#9e9eff"}


@dataclass(frozen=True)
class ColorScheme:
    """What colours depend on: the scheme, and the element's own `color`."""

    dark: bool = False
    current: str = "#000000"


@lru_cache(maxsize=4096)
def resolve_color(text: str, scheme: ColorScheme) -> str | None:
    """Returns `#rrggbb`, `rgba(...)` or `currentColor`; None for an invalid colour."""
    if HEXADECIMAL.fullmatch(text):
        return text.lower()
    if (plain := PLAIN.fullmatch(text)) and max(channels := [int(each) for each in plain.groups()]) < 256:
        return "#{:02x}{:02x}{:02x}".format(*channels)
    tokens = tokens_of(text)
    if len(tokens) != 1:
        return None
    if tokens[0].type == "ident" and tokens[0].lower_value == "currentcolor":
        return CURRENT
    color = read_color(tokens[0], scheme)
    return None if color is None else write_color(color)


def write_color(color: Color) -> str:
    """Returns the colour in sRGB. Channels out of range are clipped, as in browsers."""
    red, green, blue = (round(255 * min(max(part or 0.0, 0.0), 1.0)) for part in color.to("srgb").parts)
    if color.alpha >= 1:
        return f"#{red:02x}{green:02x}{blue:02x}"
    return f"rgba({red},{green},{blue},{color.alpha:.4g})"


def read_color(token: Any, scheme: ColorScheme, depth: int = 0) -> Color | None:
    if depth > MAX_DEPTH:
        return None
    if token.type in ("ident", "hash"):
        return _named(token, scheme)
    if token.type != "function":
        return None
    arguments = significant(token.arguments)
    if token.lower_name == "light-dark":
        pair = split_at(arguments)
        both = [read_color(part[0], scheme, depth + 1) for part in pair if len(part) == 1]
        return both[scheme.dark] if len(both) == len(pair) == 2 and None not in both else None
    if token.lower_name == "color-mix":
        return _mix(arguments, scheme, depth)
    return _function(token.lower_name, arguments, scheme, depth)


def _named(token: Any, scheme: ColorScheme) -> Color | None:
    name = token.value.lower()
    if token.type == "ident" and name == "currentcolor":
        return _plain(scheme.current)
    system = (DARK_SYSTEM if scheme.dark else SYSTEM).get(name) if token.type == "ident" else None
    if name == "rebeccapurple":
        system = "#663399"
    return _plain(system or ("#" if token.type == "hash" else "") + name)


def _plain(text: str) -> Color | None:
    """Parses a name, or hexadecimal digits with or without alpha."""
    if text.startswith("#") and len(text) in (5, 9):
        width = (len(text) - 1) // 4
        opaque = _plain(text[:-width])
        digits = text[-width:] * (3 - width)
        try:
            return opaque and Color("srgb", opaque.parts, int(digits, 16) / 255)
        except ValueError:
            return None
    found = parse_plain_color(text)
    if found is None or isinstance(found, str):
        tokens = tokens_of(text) if text.startswith("rgba(") else []
        return _function("rgba", significant(tokens[0].arguments), ColorScheme(), 0) if tokens else None
    return Color("srgb", (found.red, found.green, found.blue), found.alpha)


def _function(name: str, arguments: list[Any], scheme: ColorScheme, depth: int) -> Color | None:
    origin: Color | None = None
    if len(arguments) > 1 and arguments[0].type == "ident" and arguments[0].lower_value == "from":
        origin = read_color(arguments[1], scheme, depth + 1)
        if origin is None:
            return None
        arguments = arguments[2:]
    if name == "color" and arguments and arguments[0].type == "ident":
        space, most = arguments[0].lower_value, (1.0, 1.0, 1.0)
        arguments = arguments[1:]
    elif name in FUNCTIONS:
        space, most = FUNCTIONS[name]
    else:
        return None
    return _from_parts(space, most, arguments, origin, name in LEGACY) if space in MIXED else None


def _from_parts(space: str, most: Triple, arguments: list[Any], origin: Color | None, legacy: bool) -> Color | None:
    commas = split_at(arguments)
    if len(commas) in (3, 4) and legacy and all(len(each) == 1 for each in commas):
        arguments, alpha = [each[0] for each in commas[:3]], commas[3] if len(commas) == 4 else []
    else:
        arguments, *behind = split_at(arguments, "/")
        alpha = behind[0] if behind else []
    scale = 255.0 if most[0] == 255.0 else 1.0
    names = _channels(origin, space, scale) if origin else {}
    parts = [_part(token, full, names) for token, full in zip(arguments, most, strict=False)]
    opacity = _opacity(alpha, names, origin)
    if len(arguments) != 3 or opacity is None or any(part is not None and math.isnan(part) for part in parts):
        return None
    first, second, third = (None if part is None else part / scale for part in parts)
    return Color(space, _bounded(space, (first, second, third)), opacity)


def _part(token: Any, full: float, names: dict[str, float]) -> float | None:
    """Returns None for `none`, and NaN for an invalid part."""
    if token.type == "ident" and token.lower_value == "none":
        return None
    value = evaluate(token, Measure(percent=full or None, names=names))
    return math.nan if value is None or math.isnan(value) else min(max(value, -1e6), 1e6)


def _bounded(space: str, parts: tuple[float | None, ...]) -> tuple[float | None, float | None, float | None]:
    """Clips lightness, chroma and saturation at 0."""
    least = {"lab": 0, "lch": 0, "oklab": 0, "oklch": 0}.get(space)
    first, second, third = parts
    if least is not None and first is not None:
        first = min(max(first, 0.0), 1.0 if space.startswith("ok") else 100.0)
    if space in ("lch", "oklch", "hsl") and second is not None:
        second = max(second, 0.0)
    return first, second, third


def _opacity(tokens: Sequence[Any], names: dict[str, float], origin: Color | None) -> float | None:
    if not tokens:
        return origin.alpha if origin else 1.0
    part = _part(tokens[0], 1.0, names) if len(tokens) == 1 else math.nan
    if part is None:
        return 0.0
    return None if math.isnan(part) else min(max(part, 0.0), 1.0)


def _channels(origin: Color, space: str, scale: float) -> dict[str, float]:
    """Returns the values of a relative colour's channel letters."""
    letters = CHANNELS.get(space, "xyz" if space.startswith("xyz") else "rgb")
    values = (0.0 if part is None else part * scale for part in origin.to(space).parts)
    return {**dict(zip(letters, values, strict=True)), "alpha": origin.alpha}


def _mix(arguments: list[Any], scheme: ColorScheme, depth: int) -> Color | None:
    """Mixes two weighted colours in a space, with a hue interpolation (CSS Color 5, 3)."""
    parts = split_at(arguments)
    if len(parts) == 2:  # the default space is Oklab
        method, pair = ["oklab"], parts
    else:
        words = [token.lower_value for token in parts[0] if token.type == "ident"]
        method, pair = words[1:], parts[1:]
    if len(pair) != 2 or not method or method[0] not in MIXED:
        return None
    colors = [_weighted(part, scheme, depth) for part in pair]
    if colors[0] is None or colors[1] is None:
        return None
    (first, share), (second, other) = colors[0], colors[1]
    if share is None:
        share = 50.0 if other is None else 100 - other
    other = 100 - share if other is None else other
    whole = share + other
    if whole <= 0:
        return None
    mixed = interpolate(first, second, other / whole, method[0], method[1] if len(method) > 1 else "shorter")
    return Color(mixed.space, mixed.parts, mixed.alpha * min(whole / 100, 1.0))


def _weighted(tokens: list[Any], scheme: ColorScheme, depth: int) -> tuple[Color, float | None] | None:
    shares = [token.value for token in tokens if token.type == "percentage"]
    others = [token for token in tokens if token.type != "percentage"]
    color = read_color(others[0], scheme, depth + 1) if len(others) == 1 and len(shares) < 2 else None
    if color is None or any(not 0 <= share <= 100 for share in shares):
        return None
    return color, shares[0] if shares else None
