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


def of_pixels(asked: RequestedOptions, **changes: Any) -> RequestedOptions:
    return replace(asked, transform=replace(asked.transform, **changes))


def of_answer(asked: RequestedOptions, **changes: Any) -> RequestedOptions:
    return replace(asked, response=replace(asked.response, **changes))


def pixel_field(name: str, read: ReadArgument) -> Apply:
    """Returns a function that sets one field of the pixel options from the option's only argument."""
    return lambda asked, arguments: of_pixels(asked, **{name: read(only_argument(arguments))})


def answer_field(name: str, read: ReadArgument) -> Apply:
    return lambda asked, arguments: of_answer(asked, **{name: read(only_argument(arguments))})


def limit_field(name: str, read: ReadArgument) -> Apply:
    def apply(asked: RequestedOptions, arguments: Sequence[str]) -> RequestedOptions:
        return replace(asked, limits=replace(asked.limits, **{name: read(only_argument(arguments))}))

    return apply


def read_arguments(arguments: Sequence[str], *readers: tuple[str, ReadArgument]) -> dict[str, Any]:
    """Returns the values of the arguments that are not empty, by name."""
    return {name: read(text) for (name, read), text in zip(readers, arguments, strict=False) if text}
