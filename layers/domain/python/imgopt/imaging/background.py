"""The colour that a client names for what is transparent, and for what a pad leaves free."""

import re

from imgopt.codecs.shared.color import WHITE, Color

NAMED = {"white": "#ffffff", "black": "#000000"}
HEXADECIMAL = re.compile(r"#[0-9a-f]{6}")


def check_color(text: str) -> str:
    """As `#rrggbb` in lower case. Raises ValueError, naming what is allowed."""
    known = text.strip().lower()
    color = NAMED.get(known, known)
    if not HEXADECIMAL.fullmatch(color):
        raise ValueError(f"Use {', '.join(NAMED)}, or a colour as #rrggbb.")
    return color


def rgb_of(color: str | None) -> Color:
    """Of a colour that was checked; white where none is named."""
    return (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)) if color else WHITE
