"""All options, by each of their names, and how they are applied one after the other."""

from collections.abc import Iterable

from imgopt.errors import ForbiddenImageUrl, InvalidImageUrl
from imgopt.image_urls.answering import ANSWERING, LIMITING
from imgopt.image_urls.appearance import APPEARANCE
from imgopt.image_urls.applied import UrlOption
from imgopt.image_urls.arguments import show
from imgopt.image_urls.model import AskedOptions, UrlRules, WrittenOption
from imgopt.image_urls.pro import PRO_OPTIONS
from imgopt.image_urls.sizing import SIZING

URL_OPTIONS: tuple[UrlOption, ...] = (*SIZING, *APPEARANCE, *ANSWERING, *LIMITING)
PRESET, PRESET_NAMES = "preset", ("preset", "pr")
BY_NAME = {name: option for option in URL_OPTIONS for name in (option.name, *option.shorts)}
# Those of presets, too. A client's library writes a dozen.
MOST_APPLIED = 256


def full_name(name: str) -> str:
    """Of an option by any of its names; the same where there is none."""
    if name in PRESET_NAMES:
        return PRESET
    return BY_NAME[name].name if name in BY_NAME else name


def apply_all(written: Iterable[WrittenOption], rules: UrlRules) -> AskedOptions:
    """All that a URL asks, what comes later in place of what comes before.

    Raises InvalidImageUrl, or ForbiddenImageUrl for limits where they are not allowed.
    """
    asked = AskedOptions()
    for count, each in enumerate(written):
        if count >= MOST_APPLIED:
            raise InvalidImageUrl(f"Invalid URL: it has more than {MOST_APPLIED} options, those of presets among them.")
        asked = _apply(asked, each, rules)
    return asked


def _apply(asked: AskedOptions, written: WrittenOption, rules: UrlRules) -> AskedOptions:
    option = _find(written.name)
    if option.is_limit and not rules.allow_security_options:
        raise ForbiddenImageUrl(f"Invalid URL: {describe_option(written)} is not allowed here.")
    try:
        return option.apply(asked, written.arguments)
    except ValueError as error:
        raise InvalidImageUrl(
            f"Invalid URL: {describe_option(written)}: {error}. It takes {option.name}:{option.arguments}."
        ) from error


def _find(name: str) -> UrlOption:
    if name in BY_NAME:
        return BY_NAME[name]
    if name in PRO_OPTIONS:
        raise InvalidImageUrl(f"Invalid URL: the option {name} belongs to imgproxy Pro, and is not known here.")
    raise InvalidImageUrl(f"Invalid URL: the option {show(name)} is not known.")


def describe_option(written: WrittenOption) -> str:
    """For errors: the option by the name that it was given, and by its full one."""
    full = full_name(written.name)
    return f"the option {written.name}" + ("" if full == written.name else f" ({full})")
