"""Evaluates media queries (Media Queries 4) and `@supports` conditions (Conditional 3)."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from imgopt.codecs.svg.css.numbers import MAX_DEPTH, Measure, evaluate, significant, split_at

Holds = Callable[[Any, int], bool]
COMPARED = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
TYPES = frozenset({"all", "screen"})
# Media features of a screen with default settings.
USUAL = {
    "prefers-reduced-motion": "no-preference",
    "prefers-reduced-transparency": "no-preference",
    "prefers-reduced-data": "no-preference",
    "prefers-contrast": "no-preference",
    "forced-colors": "none",
    "inverted-colors": "none",
    "color-gamut": "srgb",
    "dynamic-range": "standard",
    "video-dynamic-range": "standard",
    "hover": "hover",
    "any-hover": "hover",
    "pointer": "fine",
    "any-pointer": "fine",
    "update": "fast",
    "overflow-block": "scroll",
    "overflow-inline": "scroll",
    "scripting": "none",
    "scan": "progressive",
    "display-mode": "browser",
}
OFF = frozenset({"none", "no-preference"})


@dataclass(frozen=True)
class Screen:
    """The screen has the picture's size in pixels, and a light scheme unless it is `dark`."""

    width: float
    height: float
    dark: bool = False


def holds_on(tokens: Sequence[Any], screen: Screen) -> bool:
    """Returns whether a list of media queries matches; an empty one does."""
    queries = split_at(significant(tokens))
    return queries == [[]] or any(_query(query, screen) for query in queries)


def holds(tokens: Sequence[Any], is_true: Holds, depth: int = 0) -> bool:
    """Evaluates conditions joined by `and`, `or` and `not`. `is_true` decides on each block or function."""
    if depth > MAX_DEPTH or not tokens:
        return False
    if _word(tokens[0]) == "not":
        return not holds(tokens[1:], is_true, depth + 1)
    words = {_word(token) for token in tokens[1::2]}
    if len(tokens) % 2 == 0 or not words <= {"and", "or"} or len(words) > 1:
        return False
    each = (_single(token, is_true, depth) for token in tokens[::2])
    return any(each) if words == {"or"} else all(each)


def _single(token: Any, is_true: Holds, depth: int) -> bool:
    if token.type != "() block":
        return is_true(token, depth)
    inner = significant(token.content)
    nested = inner and (inner[0].type in ("() block", "function") or _word(inner[0]) == "not")
    return holds(inner, is_true, depth + 1) if nested else is_true(token, depth)


def _query(tokens: list[Any], screen: Screen) -> bool:
    """Evaluates a media type with conditions, or conditions alone."""

    def is_true(token: Any, _depth: int) -> bool:
        return token.type == "() block" and _feature(significant(token.content), screen)

    if not tokens:
        return False
    prefix = _word(tokens[0])
    rest = tokens[1:] if prefix in ("not", "only") and len(tokens) > 1 and tokens[1].type == "ident" else tokens
    kind = _word(rest[0])
    if not kind or kind == "not":
        return holds(tokens, is_true)
    conditions = rest[1:]
    if conditions and _word(conditions[0]) != "and":
        return False
    met = kind in TYPES and (not conditions or holds(conditions[1:], is_true))
    return met != (prefix == "not")


def _feature(tokens: list[Any], screen: Screen) -> bool:
    if not tokens:
        return False
    name = _word(tokens[0])
    if len(tokens) == 1:
        return _is_on(name, screen)
    if name and tokens[1].type == "literal" and tokens[1].value == ":":
        return _equals(name, tokens[2:], screen)
    return _in_range(tokens, screen)


def _numbers(screen: Screen) -> dict[str, float]:
    ratio = screen.width / screen.height if screen.height else 0.0
    sides = {"width": screen.width, "height": screen.height, "aspect-ratio": ratio}
    devices = {f"device-{name}": value for name, value in sides.items()}
    return {**sides, **devices, "resolution": 1.0, "color": 8.0, "color-index": 0.0, "monochrome": 0.0, "grid": 0.0}


def _is_on(name: str, screen: Screen) -> bool:
    numbers = _numbers(screen)
    if name in numbers:
        return numbers[name] != 0
    return name in ("prefers-color-scheme", "orientation") or USUAL.get(name, "none") not in OFF


def _equals(name: str, tokens: list[Any], screen: Screen) -> bool:
    least, most = name.startswith("min-"), name.startswith("max-")
    own = _numbers(screen).get(name[4:] if least or most else name)
    if own is not None:
        wanted = _number(tokens, screen)
        if wanted is None:
            return False
        return own >= wanted if least else own <= wanted if most else own == wanted
    word = _word(tokens[0]) if len(tokens) == 1 else ""
    if name == "prefers-color-scheme":
        return word == ("dark" if screen.dark else "light")
    if name == "orientation":
        return word == ("landscape" if screen.width > screen.height else "portrait")
    return bool(word) and USUAL.get(name) == word


def _number(tokens: list[Any], screen: Screen) -> float | None:
    """Returns a number; a ratio is divided, and a resolution is in pixels per CSS pixel."""
    measure = Measure(screen.width, screen.height)
    if len(tokens) == 3 and tokens[1].type == "literal" and tokens[1].value == "/":
        above, below = (evaluate(token, measure) for token in (tokens[0], tokens[2]))
        return above / below if above is not None and below else None
    if len(tokens) != 1:
        return None
    dots = {"dppx": 1.0, "x": 1.0, "dpi": 1 / 96, "dpcm": 2.54 / 96}
    if tokens[0].type == "dimension" and tokens[0].lower_unit in dots:
        return float(tokens[0].value * dots[tokens[0].lower_unit])
    return evaluate(tokens[0], measure)


def _in_range(tokens: list[Any], screen: Screen) -> bool:
    """Evaluates `width > 30px`, `30px < width` or `30px < width <= 60px`."""
    parts: list[list[Any]] = [[]]
    signs: list[str] = []
    for token in tokens:
        if token.type == "literal" and token.value in "<>=":
            if parts[-1]:
                parts.append([])
                signs.append("")
            signs[-1:] = [(signs[-1] if signs else "") + token.value]
        else:
            parts[-1].append(token)
    names = [number for number, part in enumerate(parts) if len(part) == 1 and _word(part[0])]
    if len(names) != 1 or not signs or any(sign not in COMPARED for sign in signs):
        return False
    own, at = _numbers(screen).get(_word(parts[names[0]][0])), names[0]
    bounds = [(MIRRORED[signs[at - 1]], parts[at - 1])] if at else []
    bounds += [(signs[at], parts[at + 1])] if at + 1 < len(parts) else []
    values = [(COMPARED[sign], _number(part, screen)) for sign, part in bounds]
    return own is not None and all(value is not None and test(own, value) for test, value in values)


def _word(token: Any) -> str:
    return str(token.lower_value) if token.type == "ident" else ""
