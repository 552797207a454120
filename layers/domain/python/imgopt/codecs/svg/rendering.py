"""Draws SVG by resvg. Functions that aren't called from other modules run in a child process."""

import json
from dataclasses import dataclass
from io import BytesIO
from itertools import filterfalse
from math import isclose
from xml.etree.ElementTree import Element

from imgopt.codecs.capabilities import Drawn
from imgopt.codecs.svg.document import parse, serialize
from imgopt.codecs.svg.drawing.fonts import font_options
from imgopt.codecs.svg.drawing.letters import MISSING_LETTERS, lacks_letters
from imgopt.codecs.svg.drawing.plainness import is_plain
from imgopt.codecs.svg.embedding import SVG_TYPE
from imgopt.codecs.svg.lengths import intrinsic, view_box
from imgopt.codecs.svg.sanitizer import clean_tree
from imgopt.codecs.svg.vocabulary import ANIMATION, FONTS_IN_FILE, OF_TEXT
from imgopt.errors import TooLarge
from imgopt.sandbox import spawning

DPI = 96.0
# resvg aborts where memory is exhausted. 16,384 x 16,384 pixels exceed all limits of this service.
LARGEST_SIDE, MOST_PIXELS = 32_767, 268_435_456
SAME_ASPECT = 1e-3
SECONDS = 60.0
# The canvas is held up to four times: layers, the result, and the PNG for the transfer.
BASE_MEMORY, BYTES_PER_PIXEL = 1 << 30, 24
REFUSAL = "The SVG could not be rendered: it is damaged, or needs too much memory or time."


@dataclass(frozen=True)
class Drawing:
    """A picture, and the names of what isn't in it."""

    png: bytes
    left_out: frozenset[str]


def render_svg(data: bytes, width: int, height: int) -> Drawn:
    """Draws the SVG in exactly width x height pixels, mode RGBA. No other files are read.

    Raises TooLarge where the canvas or the SVG is too large, InvalidImage where it can't be drawn within time and
    memory.
    """
    from PIL import Image

    check_drawable(width, height)
    pixels = width * height
    limits = spawning.ChildLimits(SECONDS, BASE_MEMORY + pixels * BYTES_PER_PIXEL)
    answer = spawning.call_spawned(f"{__name__}:draw_described", data, limits, REFUSAL, width=width, height=height)
    described, _, png = answer.partition(b"\n")
    Image.MAX_IMAGE_PIXELS = None  # the size is the requested one
    with Image.open(BytesIO(png), formats=["PNG"]) as image:
        return Drawn(image.convert("RGBA"), frozenset(map(str, json.loads(described))))


def check_drawable(width: int, height: int) -> None:
    """Raises TooLarge where an SVG can't be drawn in width x height pixels."""
    if max(width, height) > LARGEST_SIDE or width * height > MOST_PIXELS:
        raise TooLarge(
            f"Image too large: an SVG can't be rendered in {width} x {height} pixels. Ask for a smaller size."
        )


def draw_described(data: bytes, width: int, height: int) -> bytes:
    """Runs in the child process. Returns a line of JSON with the names of what is left out, followed by the PNG."""
    drawing = draw(data, width, height)
    return json.dumps(sorted(drawing.left_out)).encode() + b"\n" + drawing.png


def draw(data: bytes, width: int, height: int) -> Drawing:
    """Draws in this process."""
    root = parse(data)
    left_out = clean_tree(root)
    tags = {element.tag for element in root.iter()}
    if tags & ANIMATION:
        left_out |= {"animations"}
    drawing = _rasterize(root, width, height, dark=False)
    if "text" in tags and lacks_letters(root, font_options()):
        left_out |= {MISSING_LETTERS}
    return Drawing(drawing.png, drawing.left_out | left_out)


def rasterize(root: Element, width: int, height: int, *, dark: bool = False) -> bytes:
    """Returns a PNG of a sanitized tree. resvg would read every file that an unsanitized one names."""
    return _rasterize(root, width, height, dark=dark).png


def _rasterize(root: Element, width: int, height: int, *, dark: bool) -> Drawing:
    import resvg_py

    text, left_out = serialize(_at_size(root, width, height)).decode(), frozenset[str]()
    if dark or not is_plain(text):
        from imgopt.codecs.svg.drawing.adaptation import adapt

        adapted = adapt(root, width, height, dark=dark)
        text, left_out = serialize(_at_size(adapted.root, width, height)).decode(), adapted.left_out
    has_text = "<text" in text or SVG_TYPE in text
    fonts = font_options() if has_text else {"skip_system_fonts": True}
    png = bytes(resvg_py.svg_to_bytes(svg_string=text, dpi=DPI, **fonts))
    return Drawing(png, left_out if has_text else frozenset(filterfalse(_is_of_text, left_out)))


def _is_of_text(name: str) -> bool:
    return name == FONTS_IN_FILE or OF_TEXT.fullmatch(name) is not None


def _at_size(root: Element, width: int, height: int) -> Element:
    """Returns a root of the requested size, which stretches the original viewport, usually by less than a pixel."""
    own_width, own_height = intrinsic(root)
    box = view_box(root) or (0, 0, own_width, own_height)
    if isclose(own_width * box[3], own_height * box[2], rel_tol=SAME_ASPECT):
        outer = Element("svg", {key: value for key, value in root.attrib.items() if key not in ("x", "y")})
        outer[:] = list(root)
    else:  # the root has margins or crops; a root around it is exact, but takes three times as long to draw
        box = (0, 0, own_width, own_height)
        outer = Element("svg")
        outer.append(_fixed(root, own_width, own_height))
    frame = {"viewBox": " ".join(f"{number:.9g}" for number in box), "preserveAspectRatio": "none"}
    outer.attrib |= {"width": str(width), "height": str(height), **frame}
    return outer


def _fixed(root: Element, width: float, height: float) -> Element:
    inner = Element("svg", {key: value for key, value in root.attrib.items() if key not in ("x", "y")})
    inner.attrib |= {"width": f"{width:.9g}", "height": f"{height:.9g}"}
    inner[:] = list(root)
    return inner
