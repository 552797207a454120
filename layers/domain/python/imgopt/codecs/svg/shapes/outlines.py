"""Outlines of shapes, their bounds and lengths."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element

from imgopt.codecs.svg.css.numbers import Measure, length_of
from imgopt.codecs.svg.lengths import NUMBER
from imgopt.codecs.svg.shapes.matrices import IDENTITY, Box, Matrix
from imgopt.codecs.svg.shapes.path_data import Point, Subpath, arc, parse_path, transformed

NUMBERS = re.compile(NUMBER)
OUTLINED = frozenset({"circle", "ellipse", "image", "line", "path", "polygon", "polyline", "rect"})
# The relative tolerance of a measured curve length.
EXACT = 1e-3
MAX_HALVINGS = 5


def outline_of(element: Element, viewport: tuple[float, float], font_size: float = 16.0) -> list[Subpath]:
    """Returns the outline in user units; empty for other elements, and for shapes without a size."""
    sides = {"x": viewport[0], "y": viewport[1]}
    diagonal = math.hypot(*viewport) / math.sqrt(2)

    def size(name: str) -> float | None:
        axis = "x" if name in ("x", "cx", "rx", "width", "x1", "x2") else "" if name == "r" else "y"
        measure = Measure(*viewport, font_size, sides.get(axis, diagonal))
        return length_of(element.get(name, ""), measure)

    if element.tag == "path":
        return parse_path(element.get("d", ""))
    if element.tag in ("polygon", "polyline"):
        return _polygon(element.get("points", ""), closed=element.tag == "polygon")
    if element.tag == "line":
        first, second = (size("x1") or 0.0, size("y1") or 0.0), (size("x2") or 0.0, size("y2") or 0.0)
        made = Subpath(first)
        made.line_to(second)
        return [made]
    if element.tag in ("circle", "ellipse"):
        wide, high = (size("r"),) * 2 if element.tag == "circle" else (size("rx"), size("ry"))
        wide, high = wide if wide is not None else high, high if high is not None else wide
        return ellipse(size("cx") or 0.0, size("cy") or 0.0, wide or 0.0, high or 0.0)
    if element.tag in ("rect", "image"):
        box = (size("x") or 0.0, size("y") or 0.0, size("width") or 0.0, size("height") or 0.0)
        return rectangle(box, size("rx"), size("ry"))
    return []


def _polygon(points: str, *, closed: bool) -> list[Subpath]:
    values = [float(each[0]) for each in NUMBERS.finditer(points)]
    pairs = list(zip(values[::2], values[1::2], strict=False))
    if not pairs:
        return []
    made = Subpath(pairs[0], closed=closed)
    for pair in pairs[1:]:
        made.line_to(pair)
    return [made]


def ellipse(x: float, y: float, wide: float, high: float) -> list[Subpath]:
    """Returns an ellipse clockwise from the right (SVG 2, 10.3)."""
    if wide <= 0 or high <= 0:
        return []
    made = Subpath((x + wide, y), closed=True)
    for end in ((x, y + high), (x - wide, y), (x, y - high), (x + wide, y)):
        made.curves += arc(made.end, end, (wide, high, 0.0))
    return [made]


def rectangle(box: Box, wide: float | None = None, high: float | None = None) -> list[Subpath]:
    """Returns a rectangle clockwise from the top left, with elliptic corners of these radii, if any."""
    _, _, width, height = box
    if width <= 0 or height <= 0:
        return []
    wide, high = wide if wide is not None else high, high if high is not None else wide
    rx, ry = min(max(wide or 0.0, 0.0), width / 2), min(max(high or 0.0, 0.0), height / 2)
    return rounded(box, [(rx, ry)] * 4)


def rounded(box: Box, radii: Sequence[tuple[float, float]]) -> list[Subpath]:
    """Returns a rectangle with corner radii, clockwise from the top left."""
    left, top, width, height = box
    right, bottom = left + width, top + height
    (a, b), (c, d), (e, f), (g, h) = radii
    made = Subpath((left + a, top), closed=True)
    corners = [
        ((right - c, top), (right, top + d), c, d),
        ((right, bottom - f), (right - e, bottom), e, f),
        ((left + g, bottom), (left, bottom - h), g, h),
        ((left, top + b), (left + a, top), a, b),
    ]
    for begin, end, rx, ry in corners:
        if begin != made.end:
            made.line_to(begin)
        if rx > 0 and ry > 0:
            made.curves += arc(begin, end, (rx, ry, 0.0))
    return [made]


def bounds(paths: Sequence[Subpath], matrix: Matrix = IDENTITY) -> Box | None:
    """Returns left, top, width and height of the filled area; None for an empty one."""
    xs: list[float] = []
    ys: list[float] = []
    for path in transformed(paths, matrix) if matrix != IDENTITY else paths:
        here = path.start
        xs.append(here[0])
        ys.append(here[1])
        for curve in path.curves:
            xs.extend(_extremes(here[0], curve[0][0], curve[1][0], curve[2][0]))
            ys.extend(_extremes(here[1], curve[0][1], curve[1][1], curve[2][1]))
            here = curve[2]
    if not xs or not all(map(math.isfinite, (*xs, *ys))):
        return None
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _extremes(start: float, first: float, second: float, end: float) -> Iterator[float]:
    """Yields the end, and the turning points of the curve."""
    yield end
    low, high = min(start, end), max(start, end)
    if low <= first <= high and low <= second <= high:
        return
    a, b, c = end - 3 * second + 3 * first - start, 2 * (second - 2 * first + start), first - start
    for at in _roots(a, b, c):
        if 0 < at < 1:
            rest = 1 - at
            yield rest**3 * start + 3 * rest * rest * at * first + 3 * rest * at * at * second + at**3 * end


def _roots(a: float, b: float, c: float) -> list[float]:
    if abs(a) < 1e-12:
        return [-c / b] if b else []
    inner = b * b - 4 * a * c
    return [(-b + sign * math.sqrt(inner)) / (2 * a) for sign in (1, -1)] if inner >= 0 else []


def length_along(paths: Sequence[Subpath]) -> float:
    """Returns the length of all subpaths, including closing lines."""
    total = 0.0
    for path in paths:
        here = path.start
        for curve in path.curves:
            total += _curve_length((here, *curve), MAX_HALVINGS)
            here = curve[2]
        total += math.dist(here, path.start) if path.closed else 0.0
    return total


def _curve_length(points: tuple[Point, Point, Point, Point], halvings: int) -> float:
    chord = math.dist(points[0], points[3])
    around = sum(math.dist(one, two) for one, two in pairwise(points))
    if halvings == 0 or around - chord <= EXACT * around:
        return (chord + around) / 2
    left, right = _halves(points)
    return _curve_length(left, halvings - 1) + _curve_length(right, halvings - 1)


def _halves(points: tuple[Point, Point, Point, Point]) -> tuple[tuple[Point, Point, Point, Point], ...]:
    a, b, c, d = points
    ab, bc, cd = _middle(a, b), _middle(b, c), _middle(c, d)
    abc, bcd = _middle(ab, bc), _middle(bc, cd)
    at = _middle(abc, bcd)
    return (a, ab, abc, at), (at, bcd, cd, d)


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
