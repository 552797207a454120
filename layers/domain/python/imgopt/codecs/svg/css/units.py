"""Checks the units in transforms: CSS requires them, SVG attributes don't."""

from collections.abc import Sequence
from typing import Any

from imgopt.codecs.svg.css.numbers import ANGLES, MATH, significant, tokens_of

COUNTED = frozenset({"matrix", "matrix3d", "perspective", "scale", "scale3d", "scalex", "scaley", "scalez"})
TURNED = frozenset({"rotate", "rotatex", "rotatey", "rotatez", "skew", "skewx", "skewy"})
SHIFTED = frozenset({"translate", "translate3d", "translatex", "translatey", "translatez"})


def is_css_transform(name: str, text: str) -> bool:
    """Returns whether a value of `transform`, or of one of the individual transform properties, is valid."""
    tokens = tokens_of(text)
    if text.lower() == "none":
        return True
    if name == "transform":
        return bool(tokens) and all(token.type == "function" and _is_valid(token) for token in tokens)
    values = [token for token in tokens if token.type != "ident"]
    return bool(values) and _all_fit(name, values if name != "rotate" else values[-1:])


def _is_valid(token: Any) -> bool:
    values = [each for each in significant(token.arguments) if each.type != "literal"]
    if token.lower_name == "rotate3d":
        return len(values) == 4 and _all_fit("rotate", values[3:])
    return bool(values) and _all_fit(token.lower_name, values)


def _all_fit(name: str, values: Sequence[Any]) -> bool:
    if name in COUNTED:
        return all(token.type in ("number", "percentage") or _is_math(token) for token in values)
    if name in TURNED:
        return all(_is_zero(token) or _is_math(token) or _is_angle(token) for token in values)
    return name in SHIFTED and all(
        token.type == "percentage" or _is_zero(token) or _is_math(token) or _is_length(token) for token in values
    )


def _is_zero(token: Any) -> bool:
    return bool(token.type == "number" and token.value == 0)


def _is_math(token: Any) -> bool:
    return bool(token.type == "function" and token.lower_name in {"calc", *MATH})


def _is_angle(token: Any) -> bool:
    return bool(token.type == "dimension" and token.lower_unit in ANGLES)


def _is_length(token: Any) -> bool:
    return bool(token.type == "dimension" and token.lower_unit not in ANGLES)
