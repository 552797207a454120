"""Objects in place of their ids, as `expand` asks for it."""

from copy import deepcopy
from typing import Any

from tests.billing.reference import Refusal

DEEPEST = 4


def expand(answer: Any, paths: list[str], things: dict[str, Any]) -> Any:
    """Raises Refusal for a path that is too deep, or leads to what can't be expanded."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise Refusal(400, f"You cannot expand more than {DEEPEST} levels of a property. Property: {path}")
        walk(answer, steps, things)
    return answer


def walk(place: Any, steps: list[str], things: dict[str, Any]) -> None:
    if isinstance(place, list):
        for each in place:
            walk(each, steps, things)
        return
    name, *rest = steps
    value = place.get(name)
    if isinstance(value, str):
        if value not in things:
            raise Refusal(400, f"This property cannot be expanded ({name}).", param="expand")
        place[name] = value = deepcopy(things[value])
    if value is not None and rest:
        walk(value, rest, things)
