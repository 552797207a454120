"""Options as a canonical text, equal for all URLs that ask for the same pixels."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from imgopt.transform.options import TransformOptions


def canonical(transform: TransformOptions) -> str:
    """Returns all options that differ from their defaults, sorted by name; empty where none does."""
    default = TransformOptions()
    values = {each.name: getattr(transform, each.name) for each in fields(transform)}
    return ";".join(
        f"{name}={_write(value)}" for name, value in sorted(values.items()) if value != getattr(default, name)
    )


def _write(value: Any) -> str:
    if is_dataclass(value):
        return f"({','.join(_write(getattr(value, each.name)) for each in fields(value))})"
    if isinstance(value, Mapping):
        return ",".join(f"{name}:{_write(part)}" for name, part in sorted(value.items()))
    if isinstance(value, tuple):
        return ",".join(map(_write, value))
    if isinstance(value, bool | int | float):
        return f"{value + 0:.17g}"  # 2.0 is written as 2, and -0 as 0
    return str(value)
