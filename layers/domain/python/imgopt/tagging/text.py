"""Plain text of what models say."""

import re
import unicodedata

# Marks that turn the writing of what follows around, and halves of surrogate pairs: nothing can show either.
UNSHOWN = re.compile(r"[\ud800-\udfff\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
# Nothing that is said needs more. To compose marks takes time that grows with the square of their number.
LONGEST_SAID = 4096
OPEN_ENDS = " ,;:([-\u2013\u2014"


def clean(text: str) -> str:
    """The beginning, composed, on one line, without control characters and doubled spaces."""
    shown = unicodedata.normalize("NFC", UNSHOWN.sub("", text[:LONGEST_SAID]))
    return " ".join("".join(" " if unicodedata.category(each) == "Cc" else each for each in shown).split())


def cut(text: str, longest: int) -> str:
    """At most so many characters: up to a space, or to anywhere in writing that has none."""
    if len(text) <= longest:
        return text
    space = text.rfind(" ", 0, longest + 1)
    return text[: space if space > longest // 2 else longest].rstrip(OPEN_ENDS)


def says_something(text: str) -> bool:
    return any(each.isalnum() for each in text)
