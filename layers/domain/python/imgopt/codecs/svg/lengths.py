"""The size of an SVG, in CSS pixels."""

import math
import re
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.document import read_root

# CSS Values 4, 6.2; em, rem and ex for browsers' default font size of 16 px.
PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 96 / 72,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
}
# Possessive quantifiers (`++`) prevent backtracking: a value may be as long as the file.
NUMBER = r"[+-]?+(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][+-]?+\d{1,3}+(?!\d))?+"
LENGTH = re.compile(rf"\s*+({NUMBER})\s*+([a-zA-Z]*+)\s*+", re.ASCII)
VIEW_BOX = re.compile(r"\s*+" + r"[\s,]++".join([f"({NUMBER})"] * 4) + r"\s*+", re.ASCII)
# Browsers' default size: CSS 2.1, 10.3.2.
DEFAULT_WIDTH, DEFAULT_HEIGHT = 300.0, 150.0
LARGEST = 1e6


def read_size(data: bytes) -> tuple[int, int]:
    """Returns width and height in pixels, rounded half up as in browsers, at least 1. Raises as
    `document.parse` does.
    """
    size, _ = read_proportion(data)
    return size


def read_proportion(data: bytes) -> tuple[tuple[int, int], float | None]:
    """Returns the same, and the exact width / height where rounding changed it."""
    width, height = intrinsic(read_root(data))
    whole = _whole(width), _whole(height)
    return whole, None if whole == (width, height) else width / height


def intrinsic(root: Element) -> tuple[float, float]:
    """Returns width and height in pixels: as stated, else by the view box, else 300 x 150 (CSS Images 3, 5.1)."""
    width, height = length(root.get("width")), length(root.get("height"))
    box = view_box(root)
    if width and height:
        return width, height
    if box is None:
        return width or DEFAULT_WIDTH, height or DEFAULT_HEIGHT
    _, _, box_width, box_height = box
    if width:
        return width, _bounded(width * box_height / box_width)
    if height:
        return _bounded(height * box_width / box_height), height
    return _bounded(box_width), _bounded(box_height)


def length(text: str | None) -> float | None:
    """Returns the pixels of a length above 0; None for a percentage, and for an invalid length."""
    match = LENGTH.fullmatch(text or "")
    if match is None or match[2].lower() not in PIXELS:
        return None
    value = float(match[1]) * PIXELS[match[2].lower()]
    return _bounded(value) if value > 0 else None


def view_box(root: Element) -> tuple[float, float, float, float] | None:
    """Returns left, top, width and height; None where they are missing, or the last two aren't above 0."""
    match = VIEW_BOX.fullmatch(root.get("viewBox", ""))
    if match is None:
        return None
    left, top, width, height = map(float, match.groups())
    return (left, top, width, height) if 0 < width < math.inf and 0 < height < math.inf else None


def _bounded(value: float) -> float:
    return min(value, LARGEST)


def _whole(value: float) -> int:
    return max(1, math.floor(round(value, 3) + 0.5))  # 33.4999999 is a rounding error of unit conversion
