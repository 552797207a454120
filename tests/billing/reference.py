"""The parameters and answers of Stripe, from the types of its SDK, which Stripe generates from its OpenAPI document.

Parameters are refused as Stripe refuses them: by name, by place, where they are required, and for values that are none.
"""

import builtins
import sys
import typing
from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Any, Literal, NotRequired, Required, Union

from stripe._request_options import RequestOptions
from typing_extensions import is_typeddict

Parameters = dict[str, Any]


class Refusal(Exception):
    """A request that is wrong: `status` of HTTP, and Stripe's error object."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error", **more: str) -> None:
        super().__init__(message)
        self.status, self.error = status, {"type": kind, "message": message, **more}


class Anything:
    """Replaces types that exist only for type checkers."""

    def __class_getitem__(cls, _: object) -> type:
        return cls


class Names(dict):
    """The names that a definition may use."""

    def __init__(self, module: str) -> None:
        self.module = vars(sys.modules[module])

    def __missing__(self, name: str) -> object:
        return self.module.get(name, getattr(builtins, name, Anything))


@cache
def fields(definition: type) -> dict[str, Any]:
    """The type of each parameter, or of each field of an object. How a request is sent is no parameter of it."""
    hints = typing.get_type_hints(definition, localns=Names(definition.__module__), include_extras=True)
    return {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}


def check(given: Parameters, definition: type, place: str = "") -> None:
    """Raises Refusal for what the definition of an operation's parameters doesn't have."""
    known = fields(definition)
    for name in given.keys() - known.keys():
        param = inside(place, name)
        raise Refusal(400, f"Received unknown parameter: {param}", code="parameter_unknown", param=param)
    for name in definition.__required_keys__ & known.keys() - given.keys():
        param = inside(place, name)
        raise Refusal(400, f"Missing required param: {param}.", code="parameter_missing", param=param)
    for name, value in given.items():
        check_value(value, known[name], inside(place, name))


def check_value(value: Any, kind: Any, place: str) -> None:
    """Against the alternative of a type that is of the value's shape: a number, a list, or an object."""
    kinds = list(alternatives(kind))
    if isinstance(value, str):
        check_text(value, kinds, place)
        return
    lists = [typing.get_args(each)[0] for each in kinds if typing.get_origin(each) is list]
    objects = [each for each in kinds if is_typeddict(each)]
    if isinstance(value, list) and lists:
        for index, each in enumerate(value):
            check_value(each, lists[0], f"{place}[{index}]")
    elif isinstance(value, dict) and objects:
        check(value, objects[0], place)
    elif not any(typing.get_origin(each) is dict for each in kinds):
        raise Refusal(400, f"Invalid {type(value).__name__}", param=place)


def check_text(value: str, kinds: list[Any], place: str) -> None:
    """Checks a text. Stripe refuses unknown names of a choice, although the SDK's types accept them."""
    choices = {name for each in kinds for name in typing.get_args(each) if typing.get_origin(each) is Literal}
    if value in choices or (str in kinds and choices <= {""}):
        return
    if int in kinds and value.removeprefix("-").isdigit():
        return
    if bool in kinds and value in ("true", "false"):
        return
    raise Refusal(400, f"Invalid {place}: {value}", param=place)


def alternatives(kind: Any) -> Iterator[Any]:
    if typing.get_origin(kind) in (NotRequired, Required, Union, UnionType):
        for each in typing.get_args(kind):
            yield from alternatives(each)
    else:
        yield kind


def inside(place: str, name: str) -> str:
    return f"{place}[{name}]" if place else name
