"""Which parts of a file's metadata are kept, as the client asked."""

from enum import Flag, auto
from typing import Any


class KeepMetadata(Flag):
    """What tells of author, rights and licence, of when and of where an image was made, and all else."""

    NONE = 0
    COPYRIGHT = auto()
    CREATION = auto()
    LOCATION = auto()
    OTHERS = auto()
    ALL = COPYRIGHT | CREATION | LOCATION | OTHERS


# Those that can be kept alone, and several of them together.
PARTS = {each.name.lower(): each for each in KeepMetadata if each.name and each is not KeepMetadata.OTHERS}
WORDS = {"none": KeepMetadata.NONE, **PARTS, "all": KeepMetadata.ALL}


def parse(value: Any) -> KeepMetadata:
    """Of a word, whatever the case of its letters, or of a list of parts. Raises ValueError, naming what is allowed."""
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
    """As it can be parsed again."""
    word = next((word for word, each in WORDS.items() if each is keep), None)
    return word or [word for word, each in PARTS.items() if each in keep]
