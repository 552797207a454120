"""Affine transforms, and their notation in SVG and CSS (CSS Transforms 1 and 2)."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from imgopt.codecs.svg.css.numbers import Measure, evaluate, significant, split_at, tokens_of

# (a, b, c, d, e, f): x' = a x + c y + e, y' = b x + d y + f.
Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
KEYWORDS = {"left": 0.0, "top": 0.0, "center": 0.5, "right": 1.0, "bottom": 1.0}


def multiply(outer: Matrix, inner: Matrix) -> Matrix:
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)


def inverse(matrix: Matrix) -> Matrix | None:
    """Returns the inverse; None for a degenerate matrix."""
    a, b, c, d, e, f = matrix
    area = a * d - b * c
    if not math.isfinite(area) or abs(area) < 1e-12:
        return None
    return (d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area)


def map_point(matrix: Matrix, point: tuple[float, float]) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f


def write(matrix: Matrix) -> str:
    return f"matrix({' '.join(f'{value:.9g}' for value in matrix)})"


def read_transform(text: str, box: Box, measure: Measure) -> Matrix | None:
    """Parses a list of functions, with percentages of the sides of `box`; None where one is invalid.

    3D transforms are projected orthogonally.
    """
    tokens = [token for token in tokens_of(text) if token.type != "literal" or token.value != ","]
    matrix = IDENTITY
    for token in tokens:
        if token.type == "ident" and token.lower_value == "none":
            continue
        found = _function(token, box, measure) if token.type == "function" else None
        if found is None or not all(map(math.isfinite, found)):
            return None
        matrix = multiply(matrix, found)
    return matrix


def read_individual(values: tuple[str, str, str], box: Box, measure: Measure) -> Matrix | None:
    """Parses `translate`, `rotate` and `scale` (CSS Transforms 2, 5), which apply in this order; each may be `none`."""
    shift, turn, size = values
    moved = _values(shift, [box[2], box[3]], measure) if shift != "none" else [0.0]
    angles = _values(turn, [0.0], measure) if turn != "none" else [0.0]
    factors = _values(size, [1.0], measure) if size != "none" else [1.0]
    if not moved or not angles or not factors:
        return None
    flat = {token.lower_value for token in tokens_of(turn) if token.type == "ident"} & {"x", "y"}
    x, y = (*moved, 0.0)[:2]
    wide, high = (factors * 2)[:2]
    turned = IDENTITY if flat else _turn(angles[-1])
    return multiply(multiply((1, 0, 0, 1, x, y), turned), (wide, 0, 0, high, 0, 0))


def read_position(tokens: Sequence[Any], box: Box, measure: Measure) -> tuple[float, float] | None:
    """Parses a position in a box, by distances from left and top or by keywords; None for an invalid one."""
    at: list[float | None] = [None, None]
    for number, token in enumerate(tokens[:2]):
        word = token.lower_value if token.type == "ident" else ""
        axis = 1 if word in ("top", "bottom") else 0 if word in ("left", "right") else number
        axis = axis if at[axis] is None else 1 - axis
        side = box[2 + axis]
        at[axis] = KEYWORDS[word] * side if word in KEYWORDS else evaluate(token, by(measure, side))
        if at[axis] is None:
            return None
    x, y = (side / 2 if value is None else value for value, side in zip(at, box[2:], strict=True))
    return box[0] + x, box[1] + y


def around(matrix: Matrix, origin: tuple[float, float]) -> Matrix:
    x, y = origin
    return multiply(multiply((1, 0, 0, 1, x, y), matrix), (1, 0, 0, 1, -x, -y))


def by(measure: Measure, percent: float) -> Measure:
    return replace(measure, percent=percent)


def _values(text: str, sides: list[float], measure: Measure) -> list[float]:
    """Returns the values; none where one is invalid."""
    tokens = [token for token in tokens_of(text) if token.type != "ident"]
    values = [
        evaluate(token, by(measure, side)) for token, side in zip(tokens, [*sides, *sides[-1:] * 3], strict=False)
    ]
    known = _known(values)
    return known if len(known) == len(values) else []


def _known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _function(token: Any, box: Box, measure: Measure) -> Matrix | None:
    name, parts = token.lower_name, split_at(significant(token.arguments))
    tokens = [part[0] for part in parts] if all(len(part) == 1 for part in parts) else significant(token.arguments)
    sides = _sides(name, box)
    values = [evaluate(each, by(measure, side)) for each, side in zip(tokens, [*sides, *[1.0] * 16], strict=False)]
    if not values or None in values:
        return None
    return _matrix(name, _known(values))


def _sides(name: str, box: Box) -> list[float]:
    if name.startswith("translate"):
        return [box[3]] if name == "translatey" else [box[2], box[3]]
    return []


def _matrix(name: str, values: list[float]) -> Matrix | None:
    first, *rest = values
    second = rest[0] if rest else None
    if name == "matrix" and len(values) == 6:
        a, b, c, d, e, f = values
        return a, b, c, d, e, f
    if name == "matrix3d" and len(values) == 16:
        return values[0], values[1], values[4], values[5], values[12], values[13]
    if name == "rotate" and len(values) == 3:  # SVG only: rotation around a point
        return around(_turn(first), (values[1], values[2]))
    if name == "rotate3d" and len(values) == 4:
        return _turn(values[3] if values[2] >= 0 else -values[3]) if not (values[0] or values[1]) else IDENTITY
    simple: dict[str, Matrix] = {
        "translate": (1, 0, 0, 1, first, second or 0.0),
        "translate3d": (1, 0, 0, 1, first, second or 0.0),
        "translatex": (1, 0, 0, 1, first, 0),
        "translatey": (1, 0, 0, 1, 0, first),
        "translatez": IDENTITY,
        "scale": (first, 0, 0, first if second is None else second, 0, 0),
        "scale3d": (first, 0, 0, first if second is None else second, 0, 0),
        "scalex": (first, 0, 0, 1, 0, 0),
        "scaley": (1, 0, 0, first, 0, 0),
        "scalez": IDENTITY,
        "rotate": _turn(first),
        "rotatez": _turn(first),
        "rotatex": (1, 0, 0, math.cos(math.radians(first)), 0, 0),
        "rotatey": (math.cos(math.radians(first)), 0, 0, 1, 0, 0),
        "skew": (1, _slope(second or 0.0), _slope(first), 1, 0, 0),
        "skewx": (1, 0, _slope(first), 1, 0, 0),
        "skewy": (1, _slope(first), 0, 1, 0, 0),
        "perspective": IDENTITY,
    }
    return simple.get(name)


def _turn(degrees: float) -> Matrix:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return cosine, sine, -sine, cosine, 0, 0


def _slope(degrees: float) -> float:
    return math.tan(math.radians(degrees))
