"""Which formats a client takes, by media types as in HTTP's Accept (RFC 9110, 12.5.1)."""

from collections.abc import Iterable

from imgopt.codecs.formats import FORMATS

ANY_IMAGE_TYPE, ANYTHING = "image/*", "*/*"
# Formats that an image can be given in as it suits it best, by media type.
FORMAT_CHOICES = {each.mime_type: each for each in FORMATS.values() if each.suits or each.vector}
SHOWN_EVERYWHERE = tuple(media_type for media_type, each in FORMAT_CHOICES.items() if each.is_shown_everywhere)
LONGEST_HEADER = 1000


def check_media_type(media_type: str) -> str:
    """In lower case. Raises ValueError, naming what is allowed."""
    known = media_type.strip().lower()
    if known not in FORMAT_CHOICES and known not in (ANY_IMAGE_TYPE, ANYTHING):
        raise ValueError(f"Use {', '.join(FORMAT_CHOICES)}, {ANY_IMAGE_TYPE} or {ANYTHING}.")
    return known


def read_accept_header(accept: str) -> tuple[str, ...] | None:
    """The media types of an Accept header that name an image format of ours; None where it names none.

    What has the weight 0 is not taken, nor by a wildcard. Other weights don't count: all that is taken is shown.
    """
    ranges = dict(map(_read_range, accept[:LONGEST_HEADER].split(",")))
    known = [media_type for media_type in ranges if media_type in FORMAT_CHOICES]
    named = [media_type for media_type in known if ranges[media_type]]
    takes_others = ranges.get(ANY_IMAGE_TYPE, not named)
    if len(named) < len(known) and takes_others:
        return tuple(dict.fromkeys([*named, *(each for each in SHOWN_EVERYWHERE if each not in known)]))
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
    taken = stated.union(SHOWN_EVERYWHERE) if is_open else stated
    return frozenset(each.name for media_type, each in FORMAT_CHOICES.items() if media_type in taken)
