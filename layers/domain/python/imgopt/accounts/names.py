"""Names that people give to things: whether they can be told from others, wherever they are shown."""

from unicodedata import category

# Control characters, halves of pairs, ends of lines and paragraphs.
REFUSED_CATEGORIES = ("Cc", "Cs", "Zl", "Zp")
# They turn the direction of what comes after them, also beyond the name (Unicode Standard Annex 9, 2).
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
VISIBLE_CATEGORIES = "LMNPS"
MAX_LABEL_LENGTH = 100


def check_name(name: str) -> str:
    """The name, in any language. Raises ValueError unless it is one short line with something to see in it."""
    if len(name) > MAX_LABEL_LENGTH:
        raise ValueError(f"write at most {MAX_LABEL_LENGTH} characters")
    kinds = [category(letter) for letter in name]
    if (
        TURNING & set(name)
        or set(kinds) & set(REFUSED_CATEGORIES)
        or not any(kind[0] in VISIBLE_CATEGORIES for kind in kinds)
    ):
        raise ValueError("write it in one line, in letters that can be seen")
    return name
