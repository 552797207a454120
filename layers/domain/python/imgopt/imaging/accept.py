"""Which formats a client takes, by media types as in HTTP's Accept (RFC 9110, 12.5.1)."""

from collections.abc import Iterable
from functools import cache

from imgopt.codecs.format import Format
from imgopt.codecs.formats import FORMATS

ANY_IMAGE_TYPE, ANYTHING = "image/*", "*/*"
LONGEST_HEADER = 1000


@cache
def format_choices() -> dict[str, Format]:
    """Formats that an image can be given in as it suits it best, by media type."""
    return {each.mime_type: each for each in FORMATS.values() if each.suits or each.vector}


def shown_everywhere() -> list[str]:
    """The media types of those that every browser of today shows."""
    return [media_type for media_type, each in format_choices().items() if each.is_shown_everywhere]


def check_media_type(media_type: str) -> str:
    """In lower case. Raises ValueError, naming what is allowed."""
    known = media_type.strip().lower()
    if known not in format_choices() and known not in (ANY_IMAGE_TYPE, ANYTHING):
        raise ValueError(f"Use {', '.join(format_choices())}, {ANY_IMAGE_TYPE} or {ANYTHING}.")
    return known


def read_accept_header(accept: str) -> tuple[str, ...] | None:
    """The media types of an Accept header that name an image format of ours; None where it names none.

    What has the weight 0 is not taken, nor by a wildcard. Other weights don't count: all that is taken is shown.
    """
    ranges = dict(map(_read_range, accept[:LONGEST_HEADER].split(",")))
    known = [media_type for media_type in ranges if media_type in format_choices()]
    named = [media_type for media_type in known if ranges[media_type]]
    takes_others = ranges.get(ANY_IMAGE_TYPE, not named)
    if len(named) < len(known) and takes_others:
        return tuple(dict.fromkeys([*named, *(each for each in shown_everywhere() if each not in known)]))
    return (*named, *([ANY_IMAGE_TYPE] if takes_others else [])) if named else None


def _read_range(text: str) -> tuple[str, bool]:
    """A media type in lower case, and whether it is taken: its weight is neither 0 nor anything but a number."""
    media_type, *parameters = (part.strip().lower() for part in text.split(";"))
    pairs = (each.partition("=") for each in parameters)
    weights = [value.strip() for name, _, value in pairs if name.strip() == "q"]
    try:
        return media_type, all(float(weight) > 0 for weight in weights)
    except ValueError:
        return media_type, False


def accepted_formats(media_types: Iterable[str] | None) -> frozenset[str]:
    """Names of formats. Wildcards, and saying nothing, stand for those that every browser of today shows."""
    stated = set(media_types or (ANYTHING,))
    is_open = not stated.isdisjoint({ANY_IMAGE_TYPE, ANYTHING})
    taken = stated.union(shown_everywhere()) if is_open else stated
    return frozenset(each.name for media_type, each in format_choices().items() if media_type in taken)
