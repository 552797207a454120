"""Cleans text of models and clients."""

import re
import unicodedata

# Bidirectional controls, invisible characters, and surrogates, which can't be displayed.
UNDISPLAYABLE = re.compile(r"[\ud800-\udfff\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
# No valid answer is longer. Unicode composition takes quadratic time in the number of combining marks.
LONGEST_SAID = 4096
OPEN_ENDS = " ,;:([-\u2013\u2014"


def clean(text: str) -> str:
    """Returns the beginning of a text: composed, on one line, without control characters and repeated spaces."""
    shown = unicodedata.normalize("NFC", UNDISPLAYABLE.sub("", text[:LONGEST_SAID]))
    return " ".join("".join(" " if unicodedata.category(each) == "Cc" else each for each in shown).split())


def cut(text: str, longest: int) -> str:
    """Returns at most `longest` characters, cut at a space where there is one."""
    if len(text) <= longest:
        return text
    space = text.rfind(" ", 0, longest + 1)
    return text[: space if space > longest // 2 else longest].rstrip(OPEN_ENDS)


def has_letters_or_digits(text: str) -> bool:
    return any(each.isalnum() for each in text)
