"""The parts of metadata that a client wants to keep."""

from enum import Flag, auto
from typing import Any


class KeepMetadata(Flag):
    """Copyright (author, rights, licence), creation time, location, and all others."""

    NONE = 0
    COPYRIGHT = auto()
    CREATION = auto()
    LOCATION = auto()
    OTHERS = auto()
    ALL = COPYRIGHT | CREATION | LOCATION | OTHERS


# The parts that can be named by clients.
PARTS = {each.name.lower(): each for each in KeepMetadata if each.name and each is not KeepMetadata.OTHERS}
WORDS = {"none": KeepMetadata.NONE, **PARTS, "all": KeepMetadata.ALL}


def parse(value: Any) -> KeepMetadata:
    """Parses a word of any letter case, or a list of parts. Raises ValueError, with the allowed values, for others."""
    if isinstance(value, KeepMetadata):
        return value
    known, named = (WORDS, [value]) if isinstance(value, str) else (PARTS, value)
    words = [each.strip().lower() for each in named if isinstance(each, str)] if isinstance(named, list) else []
    if not words or len(words) < len(named) or not known.keys() >= set(words):
        raise ValueError(f"Use {', '.join(WORDS)}, or a list of {', '.join(PARTS)}.")
    kept = KeepMetadata.NONE
    for each in words:
        kept |= known[each]
    return kept


def show(keep: KeepMetadata) -> str | list[str]:
    """Returns the word or list that `parse` accepts."""
    word = next((word for word, each in WORDS.items() if each is keep), None)
    return word or [word for word, each in PARTS.items() if each in keep]
