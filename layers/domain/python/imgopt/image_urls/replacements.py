"""Replacements: short forms of the beginnings of source URLs."""

from collections.abc import Sequence

from imgopt.image_urls.model import Replacement
from imgopt.image_urls.wildcards import match_start


def replace_start(source: str, replacements: Sequence[Replacement]) -> str:
    """Applies each replacement in turn to the beginning of the source."""
    for each in replacements:
        if found := match_start(each.pattern, source):
            taken, values = found
            source = _fill(each.text, values) + source[taken:]
    return source


def read_replacements(text: str) -> tuple[Replacement, ...]:
    """Parses `pattern=text;pattern=text`, imgproxy's syntax. Raises ValueError for an entry without `=`."""
    parts = [part.strip().partition("=") for part in text.split(";") if part.strip()]
    wrong = next((pattern for pattern, mark, _ in parts if not (mark and pattern)), None)
    if wrong is not None:
        raise ValueError(f"{wrong} is not a replacement as pattern=text")
    return tuple(Replacement(pattern, text) for pattern, _, text in parts)


def _fill(text: str, values: Sequence[str]) -> str:
    for number, value in enumerate(values, 1):
        text = text.replace(f"${{{number}}}", value)
    return text
