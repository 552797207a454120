"""The size of an SVG, in CSS pixels."""

import math
import re
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.document import read_root

# Browsers' default font size.
FONT_SIZE = 16.0
# CSS Values 4, 6.2; em, rem and ex for the default font size.
PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 96 / 72,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
    "em": FONT_SIZE,
    "rem": FONT_SIZE,
    "ex": FONT_SIZE / 2,
}
OF_THE_FONT = frozenset({"em", "rem", "ex"})
# Possessive quantifiers (`++`) prevent backtracking: a value may be as long as the file.
NUMBER = r"[+-]?+(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][+-]?+\d{1,3}+(?!\d))?+"
LENGTH = re.compile(rf"\s*+({NUMBER})\s*+([a-zA-Z]*+)\s*+", re.ASCII)
STYLED_FONT_SIZE = re.compile(r"(?:^|;)\s*+font-size\s*+:([^;]*+)", re.ASCII | re.IGNORECASE)
VIEW_BOX = re.compile(r"\s*+" + r"[\s,]++".join([f"({NUMBER})"] * 4) + r"\s*+", re.ASCII)
# Browsers' default size: CSS 2.1, 10.3.2.
DEFAULT_WIDTH, DEFAULT_HEIGHT = 300.0, 150.0
# Sides in pixels. Outside of them, quotients of sides may be 0, or too large to be stored.
LEAST, LARGEST = 1e-6, 1e6


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
    font_size = _font_size(root)
    width, height = (length(root.get(side), font_size) for side in ("width", "height"))
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


def length(text: str | None, font_size: float = FONT_SIZE) -> float | None:
    """Returns the pixels of a length above 0, at a font size in pixels; None for a percentage, and for an invalid
    length.
    """
    match = LENGTH.fullmatch(text or "")
    if match is None or (unit := match[2].lower()) not in PIXELS:
        return None
    value = float(match[1]) * PIXELS[unit] * (font_size / FONT_SIZE if unit in OF_THE_FONT else 1)
    return _bounded(value) if value > 0 else None


def _font_size(root: Element) -> float:
    """Returns the root's own font size in pixels. Style sheets are not read for it."""
    styled = STYLED_FONT_SIZE.search(root.get("style", ""))
    text = styled[1] if styled else root.get("font-size")
    return length(text) or FONT_SIZE


def view_box(root: Element) -> tuple[float, float, float, float] | None:
    """Returns left, top, width and height; None where they are missing, or the last two aren't above 0."""
    match = VIEW_BOX.fullmatch(root.get("viewBox", ""))
    if match is None:
        return None
    left, top, width, height = map(float, match.groups())
    return (left, top, width, height) if 0 < width < math.inf and 0 < height < math.inf else None


def _bounded(value: float) -> float:
    return min(max(value, LEAST), LARGEST)


def _whole(value: float) -> int:
    return max(1, math.floor(round(value, 3) + 0.5))  # 33.4999999 is a rounding error of unit conversion
