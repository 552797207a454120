"""Options as a text that is the same for all URLs that ask for the same pixels."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from imgopt.transform.options import TransformOptions


def canonical(transform: TransformOptions) -> str:
    """By name, all that is not as it would be without being asked; empty where nothing is asked."""
    default = TransformOptions()
    asked = {each.name: getattr(transform, each.name) for each in fields(transform)}
    return ";".join(
        f"{name}={_write(value)}" for name, value in sorted(asked.items()) if value != getattr(default, name)
    )


def _write(value: Any) -> str:
    if is_dataclass(value):
        return f"({','.join(_write(getattr(value, each.name)) for each in fields(value))})"
    if isinstance(value, Mapping):
        return ",".join(f"{name}:{_write(part)}" for name, part in sorted(value.items()))
    if isinstance(value, tuple):
        return ",".join(map(_write, value))
    if isinstance(value, bool | int | float):
        return f"{value + 0:.17g}"  # 2.0 is 2, and -0 is 0
    return str(value)
