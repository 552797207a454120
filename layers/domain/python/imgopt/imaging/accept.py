"""Which formats a client takes, by media types as in HTTP's Accept (RFC 9110, 12.5.1)."""

from collections.abc import Iterable

from imgopt.codecs.formats import FORMATS

ANY_IMAGE_TYPE, ANYTHING = "image/*", "*/*"
# Formats that an image can be given in as it suits it best, by media type.
FORMAT_CHOICES = {each.mime_type: each for each in FORMATS.values() if each.suits or each.vector}
LONGEST_HEADER = 1000


def check_media_type(media_type: str) -> str:
    """In lower case. Raises ValueError, naming what is allowed."""
    known = media_type.strip().lower()
    if known not in FORMAT_CHOICES and known not in (ANY_IMAGE_TYPE, ANYTHING):
        raise ValueError(f"Use {', '.join(FORMAT_CHOICES)}, {ANY_IMAGE_TYPE} or {ANYTHING}.")
    return known


def read_accept_header(accept: str) -> tuple[str, ...] | None:
    """The media types of an Accept header that name an image format of ours; None where it names none.

    What has the weight 0 is not taken. Other weights don't count: all that is taken is shown.
    """
    named = (_read_range(each) for each in accept[:LONGEST_HEADER].split(","))
    taken = tuple(dict.fromkeys(media_type for media_type in named if media_type in (*FORMAT_CHOICES, ANY_IMAGE_TYPE)))
    return taken if any(each in FORMAT_CHOICES for each in taken) else None


def _read_range(text: str) -> str | None:
    """A media type in lower case; None where its weight is 0 or no number."""
    media_type, *parameters = (part.strip().lower() for part in text.split(";"))
    weights = [value for name, _, value in (each.partition("=") for each in parameters) if name == "q"]
    try:
        return media_type if all(float(weight) > 0 for weight in weights) else None
    except ValueError:
        return None


def accepted_formats(media_types: Iterable[str] | None) -> frozenset[str]:
    """Names of formats. Wildcards, and saying nothing, stand for those that every browser of today shows."""
    stated = set(media_types or (ANYTHING,))
    is_open = not stated.isdisjoint({ANY_IMAGE_TYPE, ANYTHING})
    chosen = (
        each for each in FORMAT_CHOICES.values() if each.mime_type in stated or (is_open and each.is_shown_everywhere)
    )
    return frozenset(each.name for each in chosen)
