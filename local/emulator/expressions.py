"""Caches parsed expressions of DynamoDB, and copies items faster. The emulator does both several times a request.

The service has only some dozens of expressions, as values are separate, so the cache stays small.
"""

import copy
from collections.abc import Callable
from functools import lru_cache
from typing import Any

KEPT_EXPRESSIONS = 1024
# The types in an item's JSON besides objects and lists.
PLAIN_TYPES = (str, bool, int, float, type(None))


def parse_expressions_once() -> None:
    """Patches the emulator, for all later requests. Raises AttributeError if the emulator has changed."""
    from ministack.services import dynamodb

    emulator: Any = dynamodb
    emulator._tokenize = remembering(lambda expression, read=emulator._tokenize: tuple(read(expression)))
    emulator._condition_syntax_error = remembering(emulator._condition_syntax_error)
    emulator.copy = Copying()


def remembering(read: Callable[..., Any]) -> Any:
    return lru_cache(KEPT_EXPRESSIONS)(read)


def copy_json(value: Any) -> Any:
    """A deep copy of JSON. It takes a quarter of the time of `copy.deepcopy`, which looks for shared objects."""
    kind = type(value)
    if kind is dict:
        return {name: copy_json(each) for name, each in value.items()}
    if kind is list:
        return [copy_json(each) for each in value]
    return value if kind in PLAIN_TYPES else copy.deepcopy(value)


class Copying:
    """Replaces the module `copy` in the emulator's DynamoDB."""

    deepcopy = staticmethod(copy_json)

    def __getattr__(self, name: str) -> Any:
        return getattr(copy, name)
