"""Names that users give to keys and devices: checked so that they can be read wherever they are shown."""

from unicodedata import category

# Control characters, surrogates, line separators and paragraph separators.
REFUSED_CATEGORIES = ("Cc", "Cs", "Zl", "Zp")
# Bidirectional controls, which also change text behind the name (Unicode Standard Annex 9, section 2).
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
VISIBLE_CATEGORIES = "LMNPS"
MAX_LABEL_LENGTH = 100


def check_name(name: str) -> str:
    """Returns the name, stripped. Raises ValueError unless it is one short line with visible characters."""
    if len(name) > MAX_LABEL_LENGTH:
        raise ValueError(f"write at most {MAX_LABEL_LENGTH} characters")
    kinds = [category(letter) for letter in name]
    if (
        BIDI_CONTROLS & set(name)
        or set(kinds) & set(REFUSED_CATEGORIES)
        or not any(kind[0] in VISIBLE_CATEGORIES for kind in kinds)
    ):
        raise ValueError("write one line of visible characters")
    return name
