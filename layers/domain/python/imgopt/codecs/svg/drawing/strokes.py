"""Adapts strokes that resvg would draw with another width or other dashes: `pathLength` and `vector-effect`."""

import math
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.cascade import Computed
from imgopt.codecs.svg.css.numbers import Measure, evaluate, length_of, tokens_of
from imgopt.codecs.svg.drawing.boxes import stroke_width
from imgopt.codecs.svg.drawing.styling import Styled
from imgopt.codecs.svg.drawing.values import base_of
from imgopt.codecs.svg.lengths import view_box
from imgopt.codecs.svg.shapes.matrices import IDENTITY, Matrix, inverse, multiply, read_transform, write
from imgopt.codecs.svg.shapes.outlines import OUTLINED, length_along, outline_of
from imgopt.codecs.svg.shapes.path_data import transformed, write_path

SHAPE_ATTRIBUTES = frozenset(
    {"cx", "cy", "d", "height", "points", "r", "rx", "ry", "width", "x", "x1", "x2", "y", "y1", "y2"}
)
# Scales that differ by less than this share count as equal.
EVEN = 1e-3


def measure_dashes(styled: Styled, element: Element, computed: Computed) -> None:
    """Scales the dashes of a path with a stated length (SVG 2, 9.6.1)."""
    stated = length_of(element.get("pathLength", ""), Measure())
    dashes = _dashes(styled, element, computed)
    if not stated or stated <= 0 or not dashes or element.tag not in OUTLINED:
        return
    own = length_along(outline_of(element, styled.viewports[element], styled.measure(element, computed).font_size))
    _scale_dashes(element, dashes, _offset(styled, element, computed), own / stated)


def keep_stroke(styled: Styled, element: Element, computed: Computed, base: Matrix) -> None:
    """Applies `non-scaling-stroke`, which keeps a stroke's width on the screen. `base` is the scale of the whole
    picture.
    """
    unscaled = computed.values.get("vector-effect") == "non-scaling-stroke"
    if not unscaled or element.tag not in OUTLINED or computed.get("stroke") in (None, "none"):
        return
    outer = _outer_matrix(styled, element, base)
    whole = multiply(outer, _own(element))
    scale = math.sqrt(abs(whole[0] * whole[3] - whole[1] * whole[2]))
    if not math.isfinite(scale) or scale < 1e-9:
        return
    wide, offset = stroke_width(computed, styled.measure(element, computed)), _offset(styled, element, computed)
    dashes = _dashes(styled, element, computed)
    if _is_even(whole):
        element.set("stroke-width", f"{wide / scale:.9g}")
        _scale_dashes(element, dashes, offset, 1 / scale)
        return
    element.set("stroke-width", f"{wide:.9g}")
    _scale_dashes(element, dashes, offset, 1.0)
    _redraw(styled, element, whole, outer)


def _redraw(styled: Styled, element: Element, whole: Matrix, outer: Matrix) -> None:
    """Replaces the shape by its outline on the screen, with the inverse transform."""
    back = inverse(outer)
    if back is None:
        return
    path = Element("path", {name: value for name, value in element.attrib.items() if name not in SHAPE_ATTRIBUTES})
    path.set("d", write_path(transformed(outline_of(element, styled.viewports[element]), whole)))
    path.set("transform", write(back))
    if (element.get("fill") or "").startswith("url("):  # a paint server refers to the original shape's box
        filled = Element(element.tag, {**element.attrib, "stroke": "none"})
        path.set("fill", "none")
        for each in (filled, path):
            each.attrib.pop("id", None)
        element.tag, element.attrib, element[:] = "g", {"id": element.get("id", "")}, [filled, path]
    else:
        element.tag, element.attrib = path.tag, path.attrib


def _own(element: Element) -> Matrix:
    text = element.get("transform")
    return (read_transform(text, (0, 0, 0, 0), Measure()) if text else None) or IDENTITY


def _outer_matrix(styled: Styled, element: Element, base: Matrix) -> Matrix:
    """Returns the matrix of all ancestors, which is cached for siblings."""
    chain, known, root = [], styled.matrices, styled.tree.root
    for each in styled.tree.ancestors(element):
        if each in known:
            break
        chain.append(each)
    known.setdefault(root, base)
    for each in reversed(chain):
        if each is not root:
            viewport = _viewport_matrix(each, styled.viewports.get(each, (0.0, 0.0)))
            known[each] = multiply(known[styled.tree.parents[each]], multiply(_own(each), viewport))
    parent = styled.tree.parents.get(element)
    return base if parent is None else known[parent]


def _viewport_matrix(element: Element, outer: tuple[float, float]) -> Matrix:
    """Returns the matrix of a nested `svg`, from its view box to its place."""
    if element.tag != "svg":
        return IDENTITY
    named = zip(("x", "y", "width", "height"), ("0", "0", "100%", "100%"), outer * 2, strict=True)
    sides = [length_of(element.get(name, usual), Measure(percent=side)) or 0.0 for name, usual, side in named]
    x, y, width, height = sides
    box = view_box(element)
    if box is None or not width or not height:
        return (1, 0, 0, 1, x, y)
    wide, high = width / box[2], height / box[3]
    if element.get("preserveAspectRatio") != "none":
        wide = high = (max if "slice" in element.get("preserveAspectRatio", "") else min)(wide, high)
    left, top = x + (width - wide * box[2]) / 2, y + (height - high * box[3]) / 2
    return (wide, 0, 0, high, left - wide * box[0], top - high * box[1])


def _is_even(matrix: Matrix) -> bool:
    """Returns whether a matrix only scales uniformly, rotates and translates."""
    a, b, c, d, *_ = matrix
    wide, high = math.hypot(a, b), math.hypot(c, d)
    return abs(wide - high) <= EVEN * max(wide, high) and abs(a * c + b * d) <= EVEN * wide * high


def _dashes(styled: Styled, element: Element, computed: Computed) -> list[float]:
    own = element.get("stroke-dasharray") or computed.get("stroke-dasharray")
    return _read(own, styled.measure(element, computed)) if own and own != "none" else []


def _offset(styled: Styled, element: Element, computed: Computed) -> float:
    own = element.get("stroke-dashoffset") or computed.get("stroke-dashoffset")
    return next(iter(_read(own, styled.measure(element, computed)) if own else []), 0.0)


def _read(text: str, measure: Measure) -> list[float]:
    by = Measure(measure.width, measure.height, measure.font_size, base_of("", measure))
    values = [evaluate(token, by) for token in tokens_of(text) if token.type != "literal"]
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else []


def _scale_dashes(element: Element, dashes: list[float], offset: float, factor: float) -> None:
    if dashes:
        element.set("stroke-dasharray", " ".join(f"{value * factor:.9g}" for value in dashes))
        element.set("stroke-dashoffset", f"{offset * factor:.9g}")
