"""Converts CSS values to attribute values that resvg supports."""

import math
import re
from collections.abc import Callable

from imgopt.codecs.svg.css.cascade import Computed
from imgopt.codecs.svg.css.numbers import Measure, evaluate, length_of, tokens_of
from imgopt.codecs.svg.css.properties import LENGTHS, family_names
from imgopt.codecs.svg.drawing.fonts import with_substitutes

NATIVE = re.compile(r"[+-]?+(?:\d++\.?+\d*+|\.\d++)(?:e[+-]?+\d++)?+(?:px|em|ex|in|cm|mm|pt|pc|%)?+", re.IGNORECASE)
HORIZONTAL, VERTICAL = frozenset({"x", "width", "cx", "rx"}), frozenset({"y", "height", "cy", "ry"})
OPACITIES = frozenset({"opacity", "fill-opacity", "stroke-opacity", "stop-opacity", "flood-opacity"})
SIZE_WORDS = {
    "xx-small": 0.6,
    "x-small": 0.75,
    "small": 8 / 9,
    "medium": 1.0,
    "large": 1.2,
    "x-large": 1.5,
    "xx-large": 2.0,
    "xxx-large": 3.0,
}
PATH = re.compile(r"path\(\s*+(?:(?:evenodd|nonzero)\s*+,\s*+)?+[\"']([^\"']*+)[\"']\s*+\)", re.IGNORECASE)
DEFAULT_SIZE = 16.0


def resvg_value(name: str, value: str, measure: Measure) -> str:
    """Returns the value; "" where the attribute should be left out."""
    if name in LENGTHS:
        return _length(name, value, measure)
    if name in OPACITIES and "(" in value:
        number = length_of(value, Measure(percent=1.0))
        return "" if number is None else f"{min(max(number, 0.0), 1.0):.6g}"
    if name == "stroke-dasharray":
        return _dashes(value, measure)
    return REWRITTEN[name](value) if name in REWRITTEN else value


def _path(value: str) -> str:
    found = PATH.fullmatch(value.strip())
    return found[1] if found else ""


REWRITTEN: dict[str, Callable[[str], str]] = {
    "background-color": lambda _: "",
    "d": _path,
    "font-family": lambda value: with_substitutes(family_names(value)),
    "mask": lambda value: value[: value.find(")") + 1] if value.startswith("url(") else value,
    "overflow": lambda value: {"clip": "hidden"}.get(value, value),
    "text-transform": lambda _: "",
}


def base_of(name: str, measure: Measure) -> float:
    """Returns the length of 100 % (SVG 2, 8.9)."""
    if name == "font-size":
        return measure.font_size
    if name in HORIZONTAL or name in VERTICAL:
        return measure.width if name in HORIZONTAL else measure.height
    return math.hypot(measure.width, measure.height) / math.sqrt(2)


def font_pixels(computed: Computed) -> float:
    """Returns the font size of an element in pixels."""
    if computed.font_size is None:
        above = font_pixels(computed.parent) if computed.parent else DEFAULT_SIZE
        computed.font_size = _font_size(computed.values.get("font-size", ""), above)
    return computed.font_size


def _font_size(own: str, above: float) -> float:
    if not own:
        return above
    if own in SIZE_WORDS:
        return SIZE_WORDS[own] * DEFAULT_SIZE
    if own in ("larger", "smaller"):
        return above * 1.2 if own == "larger" else above / 1.2
    found = length_of(own, Measure(font_size=above, percent=above))
    return above if found is None else found


def _length(name: str, value: str, measure: Measure) -> str:
    if value.lower() in ("auto", "normal"):
        return "" if value.lower() == "auto" else value
    if NATIVE.fullmatch(value) or (name == "font-size" and value.isascii() and value.replace("-", "").isalpha()):
        return value
    pixels = length_of(value, Measure(measure.width, measure.height, measure.font_size, base_of(name, measure)))
    return "" if pixels is None else f"{pixels:.9g}"


def _dashes(value: str, measure: Measure) -> str:
    if value == "none" or all(NATIVE.fullmatch(part) for part in value.replace(",", " ").split()):
        return value
    by = Measure(measure.width, measure.height, measure.font_size, base_of("", measure))
    tokens = [token for token in tokens_of(value) if token.type != "literal"]
    pixels = [evaluate(token, by) for token in tokens]
    return " ".join(f"{each:.9g}" for each in pixels if each is not None) if None not in pixels else "none"
