"""The formats that a client accepts, as media types of the HTTP header Accept (RFC 9110, section 12.5.1)."""

from collections.abc import Iterable
from functools import cache

from imgopt.codecs.format import Format
from imgopt.codecs.formats import FORMATS

ANY_IMAGE_TYPE, ANYTHING = "image/*", "*/*"
LONGEST_HEADER = 1000


@cache
def format_choices() -> dict[str, Format]:
    """Returns the formats that `auto` can choose, by media type."""
    return {each.mime_type: each for each in FORMATS.values() if each.suits or each.vector}


def shown_everywhere() -> list[str]:
    """Returns the media types that every current browser can show."""
    return [media_type for media_type, each in format_choices().items() if each.is_shown_everywhere]


def check_media_type(media_type: str) -> str:
    """Returns the type in lower case. Raises ValueError, with the allowed types, for another one."""
    known = media_type.strip().lower()
    if known not in format_choices() and known not in (ANY_IMAGE_TYPE, ANYTHING):
        raise ValueError(f"Use {', '.join(format_choices())}, {ANY_IMAGE_TYPE} or {ANYTHING}.")
    return known


def read_accept_header(accept: str) -> tuple[str, ...] | None:
    """Returns the media types of supported image formats in an Accept header; None without any.

    A type with the weight 0 is refused, even where a wildcard allows it. Other weights have no effect.
    """
    ranges = dict(map(_read_range, accept[:LONGEST_HEADER].split(",")))
    known = [media_type for media_type in ranges if media_type in format_choices()]
    named = [media_type for media_type in known if ranges[media_type]]
    takes_others = ranges.get(ANY_IMAGE_TYPE, not named)
    if len(named) < len(known) and takes_others:
        return tuple(dict.fromkeys([*named, *(each for each in shown_everywhere() if each not in known)]))
    return (*named, *([ANY_IMAGE_TYPE] if takes_others else [])) if named else None


def _read_range(text: str) -> tuple[str, bool]:
    """Returns a media type in lower case, and whether it is accepted: its weight is a number other than 0."""
    media_type, *parameters = (part.strip().lower() for part in text.split(";"))
    pairs = (each.partition("=") for each in parameters)
    weights = [value.strip() for name, _, value in pairs if name.strip() == "q"]
    try:
        return media_type, all(float(weight) > 0 for weight in weights)
    except ValueError:
        return media_type, False


def accepted_formats(media_types: Iterable[str] | None) -> frozenset[str]:
    """Returns names of formats. Without media types, and for wildcards, these are the formats that every current
    browser shows.
    """
    stated = set(media_types or (ANYTHING,))
    is_open = not stated.isdisjoint({ANY_IMAGE_TYPE, ANYTHING})
    taken = stated.union(shown_everywhere()) if is_open else stated
    return frozenset(each.name for media_type, each in format_choices().items() if media_type in taken)
