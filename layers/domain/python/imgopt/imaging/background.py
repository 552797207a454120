"""The background colour, for transparent pixels and for margins."""

import re

from imgopt.codecs.shared.color import WHITE, Color

NAMED = {"white": "#ffffff", "black": "#000000"}
HEXADECIMAL = re.compile(r"#[0-9a-f]{6}")


def check_color(text: str) -> str:
    """Returns a colour as `#rrggbb` in lower case. Raises ValueError, with the allowed values, for another text."""
    known = text.strip().lower()
    color = NAMED.get(known, known)
    if not HEXADECIMAL.fullmatch(color):
        raise ValueError(f"Use {', '.join(NAMED)}, or a colour as #rrggbb, such as #ff8800.")
    return color


def rgb_of(color: str | None) -> Color:
    """Returns the RGB values of a checked colour; white for None."""
    return (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)) if color else WHITE
