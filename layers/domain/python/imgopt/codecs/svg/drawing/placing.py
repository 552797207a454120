"""Converts CSS transforms to the attribute `transform`."""

from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.cascade import Computed
from imgopt.codecs.svg.css.numbers import Measure, tokens_of
from imgopt.codecs.svg.drawing.boxes import Boxes
from imgopt.codecs.svg.drawing.styling import Styled
from imgopt.codecs.svg.shapes.matrices import (
    IDENTITY,
    Box,
    around,
    multiply,
    read_individual,
    read_position,
    read_transform,
    write,
)

INDIVIDUAL = ("translate", "rotate", "scale")
ON_PAINT = {
    "linearGradient": "gradientTransform",
    "pattern": "patternTransform",
    "radialGradient": "gradientTransform",
}


def place_element(styled: Styled, boxes: Boxes, element: Element, computed: Computed) -> None:
    """Sets the attribute, unless no CSS transforms the element."""
    values = computed.values
    moves = "transform" in values or "transform-origin" in values or any(name in values for name in INDIVIDUAL)
    if not moves:
        return
    if element.tag in ON_PAINT:
        _turn_paint(styled, element, computed)
        return
    if element is styled.tree.root:
        styled.left_out.add("a transform of the whole picture")
        return
    box = _reference_box(styled, boxes, element, computed)
    if box is None:
        styled.left_out.add(f"a transform of {element.tag} by its box")
        return
    measure = styled.measure(element, computed)
    text = values.get("transform", "none") if "transform" in values else element.get("transform", "none")
    shape = read_transform(text or "none", box, measure)
    shift, turn, size = (values.get(name) or "none" for name in INDIVIDUAL)
    own = read_individual((shift, turn, size), box, measure)
    origin = _origin(values.get("transform-origin", ""), box, measure)
    whole = around(multiply(own or IDENTITY, shape or IDENTITY), origin)
    if whole == IDENTITY:
        element.attrib.pop("transform", None)
    else:
        element.set("transform", write(whole))


def _turn_paint(styled: Styled, element: Element, computed: Computed) -> None:
    """Handles gradients and patterns, whose transform attributes have other names (SVG 2, 14.2.2)."""
    text = computed.values.get("transform", "")
    viewport = styled.viewports[element]
    matrix = read_transform(text, (0.0, 0.0, *viewport), styled.measure(element, computed)) if text else None
    if matrix is not None:
        element.set(ON_PAINT[element.tag], write(matrix))


def _origin(text: str, box: Box, measure: Measure) -> tuple[float, float]:
    found = read_position(tokens_of(text), box, measure) if text else None
    return found or (box[0], box[1])


def _reference_box(styled: Styled, boxes: Boxes, element: Element, computed: Computed) -> Box | None:
    """Returns the reference box (CSS Transforms 1, 8): the viewport unless the element's own box is named."""
    kind = computed.values.get("transform-box", "view-box")
    if kind in ("fill-box", "content-box"):
        return boxes.fill_box(element)
    if kind in ("stroke-box", "border-box"):
        return boxes.stroke_box(element, computed)
    return (0.0, 0.0, *styled.viewports[element])
