"""Adapts an SVG so that resvg draws it as browsers do, and names what is left out."""

import copy
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.media import Screen
from imgopt.codecs.svg.document import parse, serialize
from imgopt.codecs.svg.drawing import clipping, filters, pictures, placing, strokes, switches
from imgopt.codecs.svg.drawing.boxes import Boxes
from imgopt.codecs.svg.drawing.plainness import is_plain
from imgopt.codecs.svg.drawing.styling import Styled, apply_styles
from imgopt.codecs.svg.lengths import intrinsic, view_box
from imgopt.codecs.svg.shapes.matrices import Matrix


@dataclass(frozen=True)
class Adapted:
    root: Element
    left_out: frozenset[str]


def adapt(root: Element, width: int, height: int, *, dark: bool = False) -> Adapted:
    """Returns an adapted copy for a canvas of this size in pixels, which is also the screen. Raises TooLarge as
    `apply_styles` does.
    """
    made = copy.deepcopy(root)
    left_out = pictures.adapt_pictures(made, _adapt_drawing)
    switches.decide_switches(made)
    styled = apply_styles(made, Screen(width, height, dark))
    filters.drop_missing(made)
    boxes, clips = Boxes(styled), list[Element]()
    base = _base(made, width, height)
    for element, computed in reversed(styled.later):  # inner elements before outer ones
        placing.place_element(styled, boxes, element, computed)
    for element, computed in styled.later:
        made_for_it = clipping.clip(styled, boxes, element, computed)
        clips += [made_for_it] if made_for_it is not None else []
        strokes.measure_dashes(styled, element, computed)
        strokes.keep_stroke(styled, element, computed, base)
    _finish(styled, clips)
    return Adapted(made, left_out | styled.left_out)


def _adapt_drawing(data: bytes) -> tuple[bytes, frozenset[str]]:
    """Adapts an embedded drawing, which has a screen of its own size."""
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
