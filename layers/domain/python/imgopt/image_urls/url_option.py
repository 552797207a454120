"""Applies an option's arguments to the options that were parsed before it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from imgopt.image_urls.arguments import only_argument
from imgopt.image_urls.model import RequestedOptions

Apply = Callable[[RequestedOptions, Sequence[str]], RequestedOptions]
ReadArgument = Callable[[str], Any]


@dataclass(frozen=True)
class UrlOption:
    """An option of image URLs. `apply` raises ValueError, with a sentence, for invalid arguments."""

    name: str
    shorts: tuple[str, ...]
    arguments: str
    default: str
    apply: Apply
    is_limit: bool = False


def of_pixels(requested: RequestedOptions, **changes: Any) -> RequestedOptions:
    return replace(requested, transform=replace(requested.transform, **changes))


def of_answer(requested: RequestedOptions, **changes: Any) -> RequestedOptions:
    return replace(requested, response=replace(requested.response, **changes))


def pixel_field(name: str, read: ReadArgument) -> Apply:
    """Returns a function that sets one field of the pixel options from the option's only argument."""
    return lambda requested, arguments: of_pixels(requested, **{name: read(only_argument(arguments))})


def answer_field(name: str, read: ReadArgument) -> Apply:
    return lambda requested, arguments: of_answer(requested, **{name: read(only_argument(arguments))})


def limit_field(name: str, read: ReadArgument) -> Apply:
    def apply(requested: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
        return replace(requested, limits=replace(requested.limits, **{name: read(only_argument(arguments))}))

    return apply


def read_arguments(arguments: Sequence[str], *readers: tuple[str, ReadArgument]) -> dict[str, Any]:
    """Returns the values of the arguments that are not empty, by name."""
    return {name: read(text) for (name, read), text in zip(readers, arguments, strict=False) if text}
