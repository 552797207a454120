"""Converts `clip-path` with a CSS shape (CSS Shapes 1) to a `clipPath` element."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.cascade import Computed
from imgopt.codecs.svg.css.numbers import Measure, evaluate, significant, split_at, tokens_of
from imgopt.codecs.svg.drawing.boxes import Boxes
from imgopt.codecs.svg.drawing.styling import Styled
from imgopt.codecs.svg.shapes.matrices import Box, by, read_position
from imgopt.codecs.svg.shapes.outlines import ellipse, rounded
from imgopt.codecs.svg.shapes.path_data import Subpath, parse_path, transformed, write_path

FILL_BOXES, VIEW_BOXES = frozenset({"fill-box", "content-box", "padding-box"}), frozenset({"view-box"})


def clip(styled: Styled, boxes: Boxes, element: Element, computed: Computed) -> Element | None:
    """Returns the new `clipPath`, to which the element refers; None where there is no shape, or it can't be
    converted.
    """
    text = computed.values.get("clip-path", "")
    if text in ("", "none") or text.startswith("url("):
        return None
    tokens = tokens_of(text)
    shapes = [token for token in tokens if token.type == "function"]
    words = {token.lower_value for token in tokens if token.type == "ident"}
    box = _reference_box(styled, boxes, element, computed, words)
    paths = _shape(shapes[0], Frame(box, styled.measure(element, computed))) if len(shapes) == 1 and box else None
    element.attrib.pop("clip-path", None)
    if paths is None:
        styled.left_out.add("a clip path of CSS")
        return None
    return _clip_path(boxes, element, paths, shapes[0])


def _clip_path(boxes: Boxes, element: Element, paths: list[Subpath], shape: Any) -> Element:
    identity = f"clip-{len(boxes.by_id)}"
    while identity in boxes.by_id:
        identity += "-"
    made = Element("clipPath", {"id": identity})
    boxes.by_id[identity] = made
    rule = {token.lower_value for token in shape.arguments if token.type == "ident"} & {"evenodd"}
    path = Element("path", {"d": write_path(paths), **({"clip-rule": "evenodd"} if rule else {})})
    made.append(path)
    element.set("clip-path", f"url(#{identity})")
    return made


def _reference_box(styled: Styled, boxes: Boxes, element: Element, computed: Computed, words: set[str]) -> Box | None:
    """Returns the reference box (CSS Masking 1, 5.1): the stroke box unless another one is named."""
    if words & VIEW_BOXES:
        return (0.0, 0.0, *styled.viewports[element])
    return boxes.fill_box(element) if words & FILL_BOXES else boxes.stroke_box(element, computed)


@dataclass(frozen=True)
class Frame:
    """The box to which a shape's lengths refer."""

    box: Box
    measure: Measure

    def lengths(self, tokens: Sequence[Any], sides: Sequence[float]) -> list[float] | None:
        """Returns lengths in pixels; None where one is invalid."""
        values = [evaluate(token, by(self.measure, side)) for token, side in zip(tokens, sides, strict=False)]
        known = [value for value in values if value is not None and math.isfinite(value)]
        return known if len(known) == len(tokens) else None


def _shape(token: Any, frame: Frame) -> list[Subpath] | None:
    tokens = significant(token.arguments)
    name = token.lower_name
    if name == "polygon":
        return _polygon(tokens, frame)
    if name == "path":
        texts = [each.value for each in tokens if each.type == "string"]
        return transformed(parse_path(texts[0]), (1, 0, 0, 1, *frame.box[:2])) if texts else None
    if name in ("circle", "ellipse"):
        return _round(tokens, frame, circle=name == "circle")
    return _rectangle(name, tokens, frame) if name in ("inset", "rect", "xywh") else None


def _polygon(tokens: list[Any], frame: Frame) -> list[Subpath] | None:
    parts = split_at(tokens)
    if parts and len(parts[0]) == 1 and parts[0][0].type == "ident":
        parts = parts[1:]
    left, top, *sides = frame.box
    pairs = [frame.lengths(part, sides) for part in parts]
    points = [(left + pair[0], top + pair[1]) for pair in pairs if pair and len(pair) == 2]
    if not points or len(points) != len(pairs):
        return None
    made = Subpath(points[0], closed=True)
    for point in points[1:]:
        made.line_to(point)
    return [made]


def _round(tokens: list[Any], frame: Frame, *, circle: bool) -> list[Subpath] | None:
    words = [token.lower_value if token.type == "ident" else "" for token in tokens]
    at = words.index("at") if "at" in words else len(tokens)
    center = read_position(tokens[at + 1 :], frame.box, frame.measure)
    if center is None or at > 2:
        return None
    if circle:
        radii = [_circle_radius(tokens[0] if at else None, frame, center)]
    else:
        sizes = [*tokens[:at], None, None][:2]
        radii = [_radius(token, frame, center, axis) for axis, token in enumerate(sizes)]
    known = [radius for radius in radii if radius is not None]
    if len(known) != len(radii):
        return None
    return ellipse(*center, known[0], known[-1]) or [Subpath(center)]


def _circle_radius(token: Any, frame: Frame, center: tuple[float, float]) -> float | None:
    if token is None or token.type == "ident":
        sides = [each for axis in (0, 1) for each in _distances(frame, center, axis)]
        return max(sides) if token is not None and token.lower_value == "farthest-side" else min(sides)
    found = frame.lengths([token], [math.hypot(*frame.box[2:]) / math.sqrt(2)])
    return max(found[0], 0.0) if found else None


def _radius(token: Any, frame: Frame, center: tuple[float, float], axis: int) -> float | None:
    if token is None or token.type == "ident":
        sides = _distances(frame, center, axis)
        return max(sides) if token is not None and token.lower_value == "farthest-side" else min(sides)
    found = frame.lengths([token], [frame.box[2 + axis]])
    return max(found[0], 0.0) if found else None


def _distances(frame: Frame, center: tuple[float, float], axis: int) -> list[float]:
    """Returns the distances to both sides."""
    begin, length = frame.box[axis], frame.box[2 + axis]
    return [abs(edge - center[axis]) for edge in (begin, begin + length)]


def _rectangle(name: str, tokens: list[Any], frame: Frame) -> list[Subpath] | None:
    """Converts rectangles: `inset()` has distances from the edges, `rect()` from top and left, `xywh()` a corner and a
    size.
    """
    words = [token.lower_value if token.type == "ident" else "" for token in tokens]
    at = words.index("round") if "round" in words else len(tokens)
    left, top, width, height = frame.box
    sides = [width, height] * 2 if name == "xywh" else [height, width] * 2
    autos = [0.0, width, height, 0.0]
    values = [
        [autos[number]] if name == "rect" and words[number] == "auto" else frame.lengths([token], [sides[number]])
        for number, token in enumerate(tokens[: min(at, 4)])
    ]
    if not values or None in values:
        return None
    edges = _four([value[0] for value in values if value])
    radii = _corners(tokens[at + 1 :], frame)
    x, y, wide, high = _placed(name, edges, width, height)
    placed = (left + x, top + y, max(wide, 0.0), max(high, 0.0))
    return None if radii is None else rounded(placed, _fitted(radii, placed))


def _placed(name: str, edges: Box, width: float, height: float) -> Box:
    a, b, c, d = edges
    if name == "xywh":
        return edges
    return (d, a, b - d, c - a) if name == "rect" else (d, a, width - b - d, height - a - c)


def _four(values: list[float]) -> tuple[float, float, float, float]:
    """Returns top, right, bottom and left. Missing values equal the opposite side's."""
    top = values[0]
    right = values[1] if len(values) > 1 else top
    bottom = values[2] if len(values) > 2 else top
    return top, right, bottom, values[3] if len(values) > 3 else right


def _corners(tokens: list[Any], frame: Frame) -> list[tuple[float, float]] | None:
    if not tokens:
        return [(0.0, 0.0)] * 4
    across, *down = split_at(tokens, "/")
    wide = frame.lengths(across[:4], [frame.box[2]] * 4)
    high = frame.lengths((down[0] if down else across)[:4], [frame.box[3]] * 4)
    if not wide or not high:
        return None
    return list(zip(_four(wide), _four(high), strict=True))


def _fitted(radii: list[tuple[float, float]], box: Box) -> list[tuple[float, float]]:
    """Scales all radii down where two of them don't fit a side (CSS Backgrounds 3, 4.5)."""
    (a, b), (c, d), (e, f), (g, h) = radii
    sums = ((a + c, box[2]), (e + g, box[2]), (b + h, box[3]), (d + f, box[3]))
    share = min([1.0, *(side / both for both, side in sums if both > 0)])
    return [(wide * share, high * share) for wide, high in radii]
