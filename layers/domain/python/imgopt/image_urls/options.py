"""All options by each of their names, and their application in sequence."""

from collections.abc import Iterable

from imgopt.errors import ForbiddenImageUrl, InvalidImageUrl
from imgopt.image_urls.answering import ANSWERING, LIMITING
from imgopt.image_urls.appearance import APPEARANCE
from imgopt.image_urls.arguments import show
from imgopt.image_urls.model import RequestedOptions, UrlRules, WrittenOption
from imgopt.image_urls.pro import PRO_OPTIONS
from imgopt.image_urls.sizing import SIZING
from imgopt.image_urls.url_option import UrlOption

URL_OPTIONS: tuple[UrlOption, ...] = (*SIZING, *APPEARANCE, *ANSWERING, *LIMITING)
PRESET, PRESET_NAMES = "preset", ("preset", "pr")
BY_NAME = {name: option for option in URL_OPTIONS for name in (option.name, *option.shorts)}
# Options of presets count. A client's library writes about twelve.
MOST_APPLIED = 256


def full_name(name: str) -> str:
    """Returns the full name of an option; an unknown name is returned unchanged."""
    if name in PRESET_NAMES:
        return PRESET
    return BY_NAME[name].name if name in BY_NAME else name


def apply_all(written: Iterable[WrittenOption], rules: UrlRules) -> RequestedOptions:
    """Applies all options of a URL; later ones override earlier ones.

    Raises InvalidImageUrl, or ForbiddenImageUrl for options that set limits where these aren't allowed.
    """
    requested = RequestedOptions()
    for count, each in enumerate(written):
        if count >= MOST_APPLIED:
            raise InvalidImageUrl(f"Invalid URL: it has more than {MOST_APPLIED} options, with those of its presets.")
        requested = _apply(requested, each, rules)
    return requested


def _apply(requested: RequestedOptions, written: WrittenOption, rules: UrlRules) -> RequestedOptions:
    option = _find(written.name)
    if option.is_limit and not rules.allow_security_options:
        raise ForbiddenImageUrl(f"Invalid URL: {describe_option(written)} is not allowed here.")
    try:
        return option.apply(requested, written.arguments)
    except ValueError as error:
        raise InvalidImageUrl(
            f"Invalid URL: {describe_option(written)}: {error}. It takes {option.name}:{option.arguments}."
        ) from error


def _find(name: str) -> UrlOption:
    if name in BY_NAME:
        return BY_NAME[name]
    if name in PRO_OPTIONS:
        raise InvalidImageUrl(f"Invalid URL: the option {name} is only supported by imgproxy Pro.")
    raise InvalidImageUrl(f"Invalid URL: the option {show(name)} is unknown.")


def describe_option(written: WrittenOption) -> str:
    """Returns an option's name for a message: as written, and its full name."""
    full = full_name(written.name)
    return f"the option {written.name}" + ("" if full == written.name else f" ({full})")
