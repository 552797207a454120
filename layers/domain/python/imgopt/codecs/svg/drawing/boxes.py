"""Bounding boxes of elements, in their own user space."""

import math
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.cascade import Computed
from imgopt.codecs.svg.css.numbers import Measure, length_of
from imgopt.codecs.svg.document import XLINK_HREF
from imgopt.codecs.svg.drawing.styling import Styled
from imgopt.codecs.svg.drawing.values import base_of
from imgopt.codecs.svg.shapes.matrices import IDENTITY, Box, Matrix, read_transform
from imgopt.codecs.svg.shapes.outlines import OUTLINED, bounds, outline_of, rectangle

CONTAINERS = frozenset({"a", "g", "svg", "switch", "symbol"})
MAX_LEVELS = 32
# Estimated sizes of a letter, in units of the font size: its width, and its extent above and below the baseline.
LETTER, ABOVE, BELOW = 0.5, 0.9, 0.2


class Boxes:
    """A cache of boxes, valid while the elements are unchanged."""

    def __init__(self, styled: Styled) -> None:
        self.styled = styled
        self.by_id = {element.get("id"): element for element in styled.tree.root.iter()}
        self._known: dict[Element, Box | None] = {}

    def fill_box(self, element: Element, level: int = 0) -> Box | None:
        """Returns the fill box; None where nothing is visible, or the size is unknown."""
        if level > MAX_LEVELS:
            return None
        if element not in self._known:
            self._known[element] = self._measure(element, level)
        return self._known[element]

    def stroke_box(self, element: Element, computed: Computed) -> Box | None:
        box = self.fill_box(element)
        if box is None or computed.get("stroke") in (None, "none"):
            return box
        wide = stroke_width(computed, self.styled.measure(element, computed)) / 2
        return box[0] - wide, box[1] - wide, box[2] + 2 * wide, box[3] + 2 * wide

    def _measure(self, element: Element, level: int) -> Box | None:
        viewport = self.styled.viewports.get(element, (0.0, 0.0))
        if element.tag in OUTLINED:
            return bounds(outline_of(element, viewport))
        if element.tag == "text":
            return _text_box(element)
        if element.tag == "use":
            return self._used(element, viewport, level)
        if element.tag in CONTAINERS:
            parts = (self._placed(child, level) for child in element)
            return union([box for box in parts if box is not None])
        return None

    def _placed(self, child: Element, level: int) -> Box | None:
        if child.get("display") == "none":
            return None
        box = self.fill_box(child, level + 1)
        text = child.get("transform")
        matrix = read_transform(text, (0, 0, 0, 0), Measure()) if text else IDENTITY
        return box and moved(box, matrix or IDENTITY)

    def _used(self, use: Element, viewport: tuple[float, float], level: int) -> Box | None:
        target = self.by_id.get((use.get("href") or use.get(XLINK_HREF) or "")[1:])
        box = self._placed(target, level) if target is not None else None
        x, y = (length_of(use.get(name, "0"), Measure(percent=side)) for name, side in zip("xy", viewport, strict=True))
        return box and (box[0] + (x or 0.0), box[1] + (y or 0.0), box[2], box[3])


def stroke_width(computed: Computed, measure: Measure) -> float:
    by = Measure(measure.width, measure.height, measure.font_size, base_of("stroke-width", measure))
    found = length_of(computed.get("stroke-width") or "1", by)
    return 1.0 if found is None else found


def moved(box: Box, matrix: Matrix) -> Box:
    return bounds(rectangle(box), matrix) or box


def union(boxes: list[Box]) -> Box | None:
    if not boxes:
        return None
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top


def _text_box(element: Element) -> Box | None:
    """Estimates the size of a text, because only resvg has the fonts."""
    size = length_of(element.get("font-size", "16"), Measure()) or 16.0
    letters = len("".join(element.itertext()).strip())
    x, y = (length_of(element.get(name, "0").split()[0] if element.get(name) else "0", Measure()) for name in "xy")
    wide = letters * size * LETTER
    shift = {"middle": wide / 2, "end": wide}.get(element.get("text-anchor", ""), 0.0)
    if not letters or x is None or y is None or not math.isfinite(wide):
        return None
    return x - shift, y - size * ABOVE, wide, size * (ABOVE + BELOW)
