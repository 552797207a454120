"""What resvg draws as browsers draw the SVG, and what of that it leaves out."""

import copy
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.media import Screen
from imgopt.codecs.svg.document import parse, serialize
from imgopt.codecs.svg.drawing import clipping, pictures, placing, strokes, switches
from imgopt.codecs.svg.drawing.boxes import Boxes
from imgopt.codecs.svg.drawing.styling import Styled, apply_styles
from imgopt.codecs.svg.lengths import intrinsic, view_box
from imgopt.codecs.svg.shapes.matrices import Matrix

# Written in any of these ways, resvg doesn't know it. All else it reads as it is, at no cost.
UNKNOWN = (
    *(
        "<style",
        "<switch",
        "requiredfeatures",
        "systemlanguage",
        "requiredextensions",
        "pathlength=",
        "vector-effect",
        "transform-origin",
        "transform-box",
    ),
    *("var(", "calc(", "min(", "max(", "clamp(", "hsl", "hwb(", "lab(", "lch(", "color(", "color-mix(", "light-dark("),
    *("circle(", "ellipse(", "inset(", "polygon(", "path(", "xywh(", "rect(", "deg)", "rebeccapurple"),
    *('"unset"', '"initial"', '"revert"', '"canvas', '"linktext', '"buttonface', "text-transform", "system-ui"),
    *("data:image/svg", "data:image/avif", "data:image/bmp", "data:image/x-icon"),
    *("courier", "consolas", "menlo", "monaco", "times", "georgia", "mono"),
)
STYLE = re.compile(r'\sstyle="([^"]*+)"')
PART = r"\s*+[\d.]++%?+\s*+"
SIMPLE = re.compile(
    rf"(?:\s*+-?+[a-z]++(?:-[a-z]++)*+\s*+:(?:url\(#[^)(;]++\)|rgb\({PART},{PART},{PART}\)|[^;:()!\"'&\\/{{}}])*+(?:;|\Z))*+\s*+"
)
OF_SHEETS = re.compile(
    r"(?:^|;)\s*+(?:x|y|cx|cy|r|rx|ry|d|width|height|translate|rotate|scale|transform|background(?:-color|-image)?+|"
    r"animation(?:-name)?+|text-shadow|clip|font)\s*+:|inherit|unset|initial|revert"
)
MODERN = re.compile(r"rgba?\([^,()]*+\)|=\"[-+.\d]++(?:r[ec]m|ch|vw|vh|vmin|vmax|q)\"")


@dataclass(frozen=True)
class Adapted:
    root: Element
    left_out: frozenset[str]


def is_plain(text: str) -> bool:
    """Whether resvg draws a serialized SVG as browsers do without any help."""
    low = text.lower()
    if any(each in low for each in UNKNOWN) or MODERN.search(low):
        return False
    return all(SIMPLE.fullmatch(each) and not OF_SHEETS.search(each) for each in {*STYLE.findall(text)})


def adapt(root: Element, width: int, height: int, *, dark: bool = False) -> Adapted:
    """A copy for a canvas of that many pixels, which is the screen as well. Raises TooLarge as `apply_styles` does."""
    made = copy.deepcopy(root)
    left_out = pictures.adapt_pictures(made, _adapt_drawing)
    switches.decide_switches(made)
    styled = apply_styles(made, Screen(width, height, dark))
    boxes, clips = Boxes(styled), list[Element]()
    base = _base(made, width, height)
    for element, computed in reversed(styled.later):  # what is within before what is around it
        placing.place_element(styled, boxes, element, computed)
    for element, computed in styled.later:
        made_for_it = clipping.clip(styled, boxes, element, computed)
        clips += [made_for_it] if made_for_it is not None else []
        strokes.measure_dashes(styled, element, computed)
        strokes.keep_stroke(styled, boxes, element, computed, base)
    _finish(styled, clips)
    return Adapted(made, left_out | styled.left_out)


def _adapt_drawing(data: bytes) -> tuple[bytes, frozenset[str]]:
    """A drawing in a drawing, which has a screen of its own size."""
    root = parse(data)
    if is_plain(data.decode()):
        return data, frozenset()
    width, height = intrinsic(root)
    done = adapt(root, max(1, round(width)), max(1, round(height)))
    return serialize(done.root), done.left_out


def _base(root: Element, width: int, height: int) -> Matrix:
    own_width, own_height = intrinsic(root)
    box = view_box(root) or (0.0, 0.0, own_width, own_height)
    wide, high = width / own_width, height / own_height
    inner = min(own_width / box[2], own_height / box[3])
    if root.get("preserveAspectRatio") == "none":
        return (wide * own_width / box[2], 0, 0, high * own_height / box[3], 0, 0)
    return (wide * inner, 0, 0, high * inner, 0, 0)


def _finish(styled: Styled, clips: list[Element]) -> None:
    root = styled.tree.root
    if clips:
        definitions = Element("defs")
        definitions[:] = clips
        root.append(definitions)
    if styled.background and styled.background not in ("transparent", "rgba(0,0,0,0)"):
        left, top, width, height = view_box(root) or (0.0, 0.0, *intrinsic(root))
        box = {"x": f"{left:.9g}", "y": f"{top:.9g}", "width": f"{width:.9g}", "height": f"{height:.9g}"}
        root.insert(0, Element("rect", {**box, "fill": styled.background}))
