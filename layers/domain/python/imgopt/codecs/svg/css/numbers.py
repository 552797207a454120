"""Parses numbers, lengths, angles and percentages of CSS, with `calc()` and other math functions (CSS Values 4)."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from tinycss2 import parse_component_value_list

from imgopt.codecs.svg.lengths import PIXELS

# The limit on nested functions, more than anybody writes.
MAX_DEPTH = 32
BRACKET = re.compile(r"[\[({})\]]")
ANGLES = {"deg": 1.0, "grad": 0.9, "rad": 180 / math.pi, "turn": 360.0}
CONSTANTS = {"pi": math.pi, "e": math.e, "infinity": math.inf, "-infinity": -math.inf, "nan": math.nan}
WHITE = frozenset({"whitespace", "comment"})
Reduction = Callable[[Sequence[float]], float]
MATH: dict[str, Reduction] = {
    "min": min,
    "max": max,
    "clamp": lambda each: max(each[0], min(each[1], each[2])),
    "abs": lambda each: abs(each[0]),
    "sign": lambda each: math.copysign(1, each[0]) if each[0] else 0.0,
    "hypot": lambda each: math.hypot(*each),
    "sqrt": lambda each: math.sqrt(each[0]),
    "pow": lambda each: each[0] ** each[1],
    "mod": lambda each: each[0] % each[1],
    "round": lambda each: round(each[0] / (each[1] if len(each) > 1 else 1)) * (each[1] if len(each) > 1 else 1),
}


@dataclass(frozen=True)
class Measure:
    """The reference for lengths, in pixels: the viewport, the font size, and 100 %.

    `percent` is None where percentages are invalid. `names` are keywords that stand for numbers.
    """

    width: float = 0.0
    height: float = 0.0
    font_size: float = 16.0
    percent: float | None = None
    names: Mapping[str, float] = field(default_factory=dict)

    def pixels(self, unit: str) -> float | None:
        """Returns the pixels of one `unit`; None where it isn't a length (CSS Values 4, 6)."""
        by_viewport = {"vw": self.width, "vh": self.height, "vi": self.width, "vb": self.height}
        by_viewport |= {"vmin": min(self.width, self.height), "vmax": max(self.width, self.height)}
        if unit in ("em", "ex", "ch", "lh"):
            return self.font_size * {"em": 1.0, "ex": 0.5, "ch": 0.5, "lh": 1.2}[unit]
        plain = unit[1:] if unit[:1] in "sld" and unit[1:] in by_viewport else unit
        return by_viewport[plain] / 100 if plain in by_viewport else PIXELS.get(unit)


def significant(tokens: Sequence[Any]) -> list[Any]:
    """Returns the tokens without white space and comments."""
    return [token for token in tokens if token.type not in WHITE]


def tokens_of(text: str) -> list[Any]:
    """Returns the component values of a text; none where it can't be parsed."""
    if nests_deeply(text):
        return []
    try:
        return significant(parse_component_value_list(text, skip_comments=True))
    except ValueError:  # Python limits the digits of a number
        return []


def nests_deeply(text: str) -> bool:
    """Returns whether brackets are nested deeper than `MAX_DEPTH`. Those in strings count too."""
    if sum(text.count(each) for each in "([{") <= MAX_DEPTH:
        return False
    depth = 0
    for found in BRACKET.finditer(text):
        depth += 1 if found[0] in "([{" else -1
        if depth > MAX_DEPTH:
            return True
        depth = max(depth, 0)
    return False


def split_at(tokens: Sequence[Any], sign: str = ",") -> list[list[Any]]:
    """Splits tokens at a literal sign."""
    parts: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == sign:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def evaluate(token: Any, measure: Measure, depth: int = 0) -> float | None:
    """Returns a number, a length in pixels, an angle in degrees, or a share of `measure.percent`; None for other
    tokens.
    """
    if token.type == "number":
        return float(token.value)
    if token.type == "percentage":
        return None if measure.percent is None else token.value / 100 * measure.percent
    if token.type == "dimension":
        factor = ANGLES.get(token.lower_unit) or measure.pixels(token.lower_unit)
        return None if factor is None else token.value * factor
    if token.type == "ident":
        name = token.lower_value
        return measure.names.get(name, CONSTANTS.get(name) if depth else None)
    return _calculate(token, measure, depth + 1) if _is_calculation(token) else None


def length_of(text: str, measure: Measure) -> float | None:
    """Returns a single value; None for invalid texts."""
    tokens = tokens_of(text)
    value = evaluate(tokens[0], measure) if len(tokens) == 1 else None
    return value if value is not None and math.isfinite(value) else None


def _is_calculation(token: Any) -> bool:
    return token.type == "() block" or (token.type == "function" and token.lower_name in {"calc", *MATH})


def _calculate(token: Any, measure: Measure, depth: int) -> float | None:
    if depth > MAX_DEPTH:
        return None
    inner = significant(token.content if token.type == "() block" else token.arguments)
    values = [_sum(part, measure, depth) for part in split_at(inner)]
    known = [value for value in values if value is not None]
    if len(known) != len(values):
        return None
    name = "" if token.type == "() block" else token.lower_name
    try:
        return MATH[name](known) if name in MATH else known[0] if len(known) == 1 else None
    except (ArithmeticError, ValueError, IndexError, TypeError):
        return None


def _sum(tokens: list[Any], measure: Measure, depth: int) -> float | None:
    """Evaluates products joined by signs."""
    terms: list[list[Any]] = [[]]
    signs = [1.0]
    for token in tokens:
        if token.type == "literal" and token.value in "+-" and terms[-1]:
            signs.append(-1.0 if token.value == "-" else 1.0)
            terms.append([])
        else:
            terms[-1].append(token)
    values = [_product(term, measure, depth) for term in terms]
    if any(value is None for value in values):
        return None
    return sum(sign * value for sign, value in zip(signs, values, strict=True) if value is not None)


def _product(tokens: list[Any], measure: Measure, depth: int) -> float | None:
    if len(tokens) % 2 == 0:
        return None
    factors = [evaluate(token, measure, depth) for token in tokens[::2]]
    signs = [token.value if token.type == "literal" else "" for token in tokens[1::2]]
    if any(factor is None for factor in factors) or any(sign not in ("*", "/") for sign in signs):
        return None
    first, *rest = (factor for factor in factors if factor is not None)
    try:
        return reduce(_apply, zip(signs, rest, strict=True), first)
    except ZeroDivisionError:
        return math.inf


def _apply(value: float, step: tuple[str, float]) -> float:
    sign, factor = step
    return value * factor if sign == "*" else value / factor
