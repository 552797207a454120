"""Gravities: where a part is cut out, or placed. Arguments are `type:x:y`."""

from collections.abc import Sequence
from dataclasses import replace

from imgopt.image_urls.arguments import show, to_number, to_share
from imgopt.transform.options import Gravity, GravityType

SIDES = tuple(each for each in GravityType if each not in ("sm", "fp", "re"))
OF_CROPS = (*SIDES, GravityType.SMART, GravityType.FOCUS_POINT)
OF_EXTENDING = (*SIDES, GravityType.FOCUS_POINT)
OF_WATERMARKS = (*SIDES, GravityType.REPLICATE)
PRO_TYPES = frozenset({"obj", "objw", "ch"})


def to_gravity_type(text: str, known: Sequence[GravityType]) -> GravityType:
    if text in PRO_TYPES:
        raise ValueError(f"the gravity {text} is only supported by imgproxy Pro")
    if text not in known:
        raise ValueError(f"{show(text)} is not one of {', '.join(known)}")
    return GravityType(text)


def to_gravity(arguments: Sequence[str], before: Gravity, known: Sequence[GravityType]) -> Gravity:
    """Parses a gravity. Missing or empty offsets keep their values from `before`, except those of a focus point."""
    kind = to_gravity_type(arguments[0], known)
    if kind is GravityType.SMART:
        return _smart(arguments)
    if kind is GravityType.FOCUS_POINT:
        return _focus_point(arguments)
    if len(arguments) > 3:
        raise ValueError("a gravity has at most two offsets")
    given = zip(("x", "y"), arguments[1:], strict=False)
    kept = Gravity() if before.type is GravityType.FOCUS_POINT else before
    return replace(kept, type=kind, **{name: to_number(text) for name, text in given if text})


def _smart(arguments: Sequence[str]) -> Gravity:
    if len(arguments) > 1:
        raise ValueError("sm takes no offsets")
    return Gravity(GravityType.SMART)


def _focus_point(arguments: Sequence[str]) -> Gravity:
    if len(arguments) != 3:
        raise ValueError("fp needs two numbers from 0 to 1")
    return Gravity(GravityType.FOCUS_POINT, to_share(arguments[1]), to_share(arguments[2]))
