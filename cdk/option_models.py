"""Groups of context options as Pydantic models. Errors are reported by key, one line each.

A field's description says what its value has to be. It completes the sentence "gpu_spot: maybe is not …".
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

T = TypeVar("T", bound=BaseModel)


def read_options(kind: type[T], given: Mapping[str, Any]) -> T:
    """The options. Raises ValueError if a key is unknown or missing, or a value is not valid."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise ValueError("\n".join(dict.fromkeys(_describe(kind, given, error)))) from None


def _describe(kind: type[BaseModel], given: Mapping[str, Any], error: ValidationError) -> Iterator[str]:
    wanted = {field.alias: field.description for field in kind.model_fields.values()}
    for fault in error.errors():
        key = str(fault["loc"][0]) if fault["loc"] else ""
        if not key:
            yield fault["msg"].removeprefix("Value error, ")
        elif key not in wanted:
            yield f"{key} is not a known key of the context"
        elif key not in given:
            yield f"{key} is missing: set it to {wanted[key]}"
        else:
            yield f"{key}: {given[key]} is not {wanted[key]}"
