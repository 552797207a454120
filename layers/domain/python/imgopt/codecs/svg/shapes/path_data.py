"""Converts path data (SVG 2, 9.3) to cubic curves, and back."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from imgopt.codecs.svg.lengths import NUMBER
from imgopt.codecs.svg.shapes.matrices import Matrix, map_point

Point = tuple[float, float]
# Two control points and the end; a line has its control points at its thirds.
Curve = tuple[Point, Point, Point]
COMMAND = re.compile(r"[\s,]*+([MmZzLlHhVvCcSsQqTtAa])")
VALUE = re.compile(rf"[\s,]*+({NUMBER})")
FLAG = re.compile(r"[\s,]*+([01])")
COUNTS = {"m": 2, "z": 0, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7}


@dataclass
class Subpath:
    start: Point
    curves: list[Curve] = field(default_factory=list)
    closed: bool = False

    @property
    def end(self) -> Point:
        return self.curves[-1][2] if self.curves else self.start

    def line_to(self, end: Point) -> None:
        self.curves.append((_between(self.end, end, 1 / 3), _between(self.end, end, 2 / 3), end))


def parse_path(text: str) -> list[Subpath]:
    """Parses up to the first error, as browsers do."""
    made: list[Subpath] = []
    control: Point | None = None
    kind_before = ""
    for command, values in _commands(text):
        kind = command.lower()
        if not made and kind != "m":
            break
        here = made[-1].end if made else (0.0, 0.0)
        if made and made[-1].closed:
            here = made[-1].start
            if kind not in "mz":
                made.append(Subpath(here))
        dx, dy = here if command.islower() else (0.0, 0.0)
        smooth = control if kind_before in {"s": "cs", "t": "qt"}.get(kind, "") else None
        control = _draw(made, kind, _placed(kind, values, dx, dy), smooth or here)
        kind_before = kind
    return made


def _commands(text: str) -> Iterator[tuple[str, list[float]]]:
    position, command = 0, ""
    while True:
        found = COMMAND.match(text, position)
        if found:
            command, position = found[1], found.end()
        elif command.lower() in ("", "z"):
            return
        values, position = _read_values(text, position, command.lower())
        if len(values) < COUNTS[command.lower()]:
            return
        yield command, values
        command = {"m": "l", "M": "L"}.get(command, command)


def _read_values(text: str, position: int, kind: str) -> tuple[list[float], int]:
    values: list[float] = []
    for number in range(COUNTS[kind]):
        found = (FLAG if kind == "a" and number in (3, 4) else VALUE).match(text, position)
        if found is None:
            break
        values.append(float(found[1]))
        position = found.end()
    return values, position


def _placed(kind: str, values: list[float], dx: float, dy: float) -> list[float]:
    """Returns absolute coordinates."""
    if kind == "h":
        return [values[0] + dx]
    if kind == "v":
        return [values[0] + dy]
    if kind == "a":
        return [*values[:5], values[5] + dx, values[6] + dy]
    return [value + (dy if number % 2 else dx) for number, value in enumerate(values)]


def _draw(made: list[Subpath], kind: str, values: list[float], smooth: Point) -> Point | None:
    """Draws a command. Returns the control point for a smooth curve after it; `smooth` is that of the command
    before.
    """
    if kind == "m":
        made.append(Subpath((values[0], values[1])))
        return None
    path = made[-1]
    here = path.end
    if kind == "z":
        path.closed = True
    elif kind in "lhv":
        path.line_to((values[0], here[1]) if kind == "h" else (here[0], values[0]) if kind == "v" else _pair(values))
    elif kind == "a":
        path.curves += arc(
            here, _pair(values[5:]), (values[0], values[1], values[2]), large=values[3] > 0, sweep=values[4] > 0
        )
    elif kind in "cs":
        first = _pair(values) if kind == "c" else _mirrored(smooth, here)
        second, end = _pair(values[-4:]), _pair(values[-2:])
        path.curves.append((first, second, end))
        return second
    else:
        middle = _pair(values) if kind == "q" else _mirrored(smooth, here)
        end = _pair(values[-2:])
        path.curves.append((_between(here, middle, 2 / 3), _between(end, middle, 2 / 3), end))
        return middle
    return None


def _pair(values: Sequence[float]) -> Point:
    return values[0], values[1]


def _mirrored(point: Point, at: Point) -> Point:
    return 2 * at[0] - point[0], 2 * at[1] - point[1]


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def arc(
    start: Point, end: Point, radii: tuple[float, float, float], *, large: bool = False, sweep: bool = True
) -> list[Curve]:
    """Returns an elliptic arc as curves of at most a quarter (SVG 2, B.2.4). `radii` are two radii, and the rotation in
    degrees.
    """
    rx, ry, turn = abs(radii[0]), abs(radii[1]), radii[2]
    if start == end:
        return []
    if not rx or not ry or not all(map(math.isfinite, (rx, ry, turn, *start, *end))):
        return [(_between(start, end, 1 / 3), _between(start, end, 2 / 3), end)]
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    half_x, half_y = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = (cosine * half_x + sine * half_y) / rx, (-sine * half_x + cosine * half_y) / ry
    reach = x * x + y * y
    if reach > 1:
        rx, ry, x, y, reach = rx * reach**0.5, ry * reach**0.5, x / reach**0.5, y / reach**0.5, 1.0
    factor = math.sqrt(max(0.0, 1 / reach - 1)) * (1 if large != sweep else -1)
    center_x, center_y = factor * y, -factor * x
    first = math.atan2(y - center_y, x - center_x)
    span = (math.atan2(-y - center_y, -x - center_x) - first) % (2 * math.pi)
    span = span if sweep else span - 2 * math.pi
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    placed = (cosine * rx, sine * rx, -sine * ry, cosine * ry, *middle)
    shifted: Matrix = (*placed[:4], *map_point(placed, (center_x, center_y)))
    curves = [tuple(map_point(shifted, point) for point in each) for each in _circle_curves(first, span)]
    return [(one, two, three) for one, two, three in curves]


def _circle_curves(first: float, span: float) -> Iterator[Curve]:
    count = max(1, math.ceil(abs(span) / (math.pi / 2) - 1e-9))
    step = span / count
    reach = 4 / 3 * math.tan(step / 4)
    for number in range(count):
        begin, end = first + number * step, first + (number + 1) * step
        yield (
            (math.cos(begin) - reach * math.sin(begin), math.sin(begin) + reach * math.cos(begin)),
            (math.cos(end) + reach * math.sin(end), math.sin(end) - reach * math.cos(end)),
            (math.cos(end), math.sin(end)),
        )


def transformed(paths: Sequence[Subpath], matrix: Matrix) -> list[Subpath]:
    return [
        Subpath(
            map_point(matrix, path.start),
            [(map_point(matrix, a), map_point(matrix, b), map_point(matrix, c)) for a, b, c in path.curves],
            path.closed,
        )
        for path in paths
    ]


def write_path(paths: Sequence[Subpath]) -> str:
    parts = []
    for path in paths:
        parts.append(f"M{path.start[0]:.7g} {path.start[1]:.7g}")
        for curve in path.curves:
            parts.append("C" + " ".join(f"{value:.7g}" for point in curve for value in point))
        parts.append("Z" if path.closed else "")
    return "".join(parts)
