"""Converts one argument of an option to its value. All functions raise ValueError, with a sentence, for
invalid ones.
"""

import re
from collections.abc import Sequence
from math import isfinite

from imgopt.transform.options import Rgb

TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,15}")
DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")
HEXADECIMAL_RGB = re.compile(r"[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
BYTE = re.compile(r"[0-9]{1,3}")
MEGAPIXEL = 1_000_000
# The formats of imgproxy, by imgproxy's names.
FORMATS = {
    **{name: name for name in ("jpg", "png", "webp", "avif", "gif", "ico", "svg", "heic", "bmp", "tiff", "jxl")},
    "jpeg": "jpg",
}
PRO_FORMATS = frozenset({"best", "mp4"})


def at_most(arguments: Sequence[str], most: int) -> Sequence[str]:
    if len(arguments) > most:
        raise ValueError(f"there are {len(arguments)} arguments, but at most {most} are allowed")
    return arguments


def only_argument(arguments: Sequence[str]) -> str:
    return at_most(arguments, 1)[0]


def to_boolean(text: str) -> bool:
    """Returns whether the text is a true value. As in imgproxy, all other texts are false."""
    return text in TRUE


def to_whole(text: str) -> int:
    if not WHOLE_NUMBER.fullmatch(text):
        raise ValueError(f"{show(text)} is not a whole number")
    return int(text)


def to_natural(text: str) -> int:
    if (number := to_whole(text)) < 0:
        raise ValueError(f"{show(text)} is below 0")
    return number


def to_positive_whole(text: str) -> int:
    if (number := to_whole(text)) <= 0:
        raise ValueError(f"{show(text)} is not above 0")
    return number


def to_quality(text: str) -> int:
    if (number := to_natural(text)) > 100:
        raise ValueError(f"{show(text)} is above 100")
    return number


def to_number(text: str) -> float:
    """Converts to a finite number."""
    number = float(text) if DECIMAL.fullmatch(text) else float("nan")
    if not isfinite(number):
        raise ValueError(f"{show(text)} is not a number")
    return number


def to_not_negative(text: str) -> float:
    if (number := to_number(text)) < 0:
        raise ValueError(f"{show(text)} is below 0")
    return number


def to_positive(text: str) -> float:
    if (number := to_number(text)) <= 0:
        raise ValueError(f"{show(text)} is not above 0")
    return number


def to_share(text: str) -> float:
    if not 0 <= (number := to_number(text)) <= 1:
        raise ValueError(f"{show(text)} is not between 0 and 1")
    return number


def to_pixels(text: str) -> int:
    """Converts megapixels to pixels."""
    number = to_not_negative(text) * MEGAPIXEL
    if number >= 10**15:
        raise ValueError(f"{show(text)} is too many megapixels")
    return int(number)


def to_color(text: str) -> Rgb:
    """Converts RGB or RRGGBB, without #."""
    if not HEXADECIMAL_RGB.fullmatch(text):
        raise ValueError(f"{show(text)} is not a colour as RGB or RRGGBB, without #")
    digits = text if len(text) == 6 else "".join(2 * each for each in text)
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def to_byte(text: str) -> int:
    number = int(text) if BYTE.fullmatch(text) else -1
    if not 0 <= number <= 255:
        raise ValueError(f"{show(text)} is not a number from 0 to 255")
    return number


def to_format(text: str) -> str:
    if text in PRO_FORMATS:
        raise ValueError(f"{text} is only supported by imgproxy Pro")
    if text not in FORMATS:
        raise ValueError(f"{show(text)} is not one of the formats {', '.join(FORMATS)}")
    return FORMATS[text]


def show(text: str, longest: int = 40) -> str:
    """Returns a text for a message: quoted, shortened, on one line, with unprintable characters replaced."""
    short = text if len(text) <= longest else f"{text[:longest]}…"
    plain = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in short)
    return f"'{plain}'"
