"""Parses the browser's preferences from headers, and rounds them, so that they lead to few variants."""

from collections.abc import Mapping
from math import ceil

from imgopt.codecs.formats import FORMATS
from imgopt.imaging.accept import LONGEST_HEADER
from imgopt.settings import settings
from imgopt.variants.model import ClientPreferences

DPR_HEADER, WIDTH_HEADER, SAVE_DATA_HEADER = "sec-ch-dpr", "sec-ch-width", "save-data"
HEADER_OF_HINT = {"dpr": DPR_HEADER, "width": WIDTH_HEADER, "save-data": SAVE_DATA_HEADER}
DPRS = (1.0, 1.5, 2.0, 3.0, 4.0)
WIDTH_STEP, WIDEST = 160, 3840


def read_preferences(headers: Mapping[str, str]) -> ClientPreferences:
    """Returns the preferences. Header names are in lower case. Invalid hints, and those that the settings don't allow,
    count as missing.
    """
    hints = settings().url_client_hints
    return ClientPreferences(
        formats=accepted_formats_of(headers.get("accept", "")),
        dpr=round_dpr(headers.get(DPR_HEADER, "")) if "dpr" in hints else 0.0,
        width=round_width(headers.get(WIDTH_HEADER, "")) if "width" in hints else 0,
        saves_data="save-data" in hints and headers.get(SAVE_DATA_HEADER, "").strip().lower() == "on",
    )


def accepted_formats_of(accept: str) -> frozenset[str]:
    """Returns the formats that are named: wildcards don't count, because every browser sends */*."""
    taken = {part.strip().lower() for part in _taken_ranges(accept[:LONGEST_HEADER])}
    return frozenset(each for each in settings().url_auto_formats if FORMATS[each].mime_type in taken)


def _taken_ranges(accept: str) -> list[str]:
    """Returns the media types without those of weight 0."""
    parts = [part.partition(";") for part in accept.split(",")]
    return [name for name, _, parameters in parts if parameters.replace(" ", "").rstrip("0.") != "q="]


def round_dpr(text: str) -> float:
    dpr = _positive_number(text)
    return next((each for each in DPRS if each >= dpr), DPRS[-1]) if dpr else 0.0


def round_width(text: str) -> int:
    width = _positive_number(text)
    return min(WIDEST, ceil(width / WIDTH_STEP) * WIDTH_STEP) if width else 0


def _positive_number(text: str) -> float:
    """Returns a number; 0 for other texts."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if 0 < number < WIDEST * 100 else 0.0


def varying_headers(*, chooses_format: bool) -> tuple[str, ...]:
    """Returns the headers for `Vary`."""
    hints = [HEADER_OF_HINT[each] for each in sorted(settings().url_client_hints)]
    return ("accept", *hints) if chooses_format and settings().url_auto_formats else tuple(hints)
