"""File names: those of uploads, and those of results."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import chain, count
from pathlib import PurePosixPath

# In UTF-8. File systems allow 255 bytes (POSIX, NAME_MAX), and programs add prefixes or suffixes.
MOST_NAME_BYTES = 200
# Control characters; bidirectional controls (Unicode's property Bidi_Control), which can disguise a file's type; line
# and paragraph separators; surrogates, which can't be stored.
INVISIBLE_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Device names of Windows, also with a suffix (Microsoft, Naming Files, Paths, and Namespaces).
WINDOWS_DEVICE_NAME = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\xb9\xb2\xb3]) *+(?:\.|\Z)", re.IGNORECASE
)
# Characters that belong to their predecessor: marks, joiners, and the skin tones of emoji (Unicode, UAX 29).
EXTENDING, JOINER = frozenset({"Mn", "Me", "Mc"}), "\u200d"
SKIN_TONES, FLAGS = range(0x1F3FB, 0x1F400), range(0x1F1E6, 0x1F200)
NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


def clean_filename(filename: str | None, extension: str) -> str:
    """Returns the last part of a client's path; `image.<extension>` where nothing is left of it."""
    name = last_part(filename or "")
    return name if split_suffix(name)[0].strip(". ") else f"image.{extension}"


def last_part(filename: str) -> str:
    """Returns the last part of a client's path, made safe."""
    return make_safe(filename.replace("\\", "/").rsplit("/", 1)[-1])


def make_safe(name: str) -> str:
    """Removes invisible characters, renames devices (`con.png` becomes `_con.png`), and limits to `MOST_NAME_BYTES`."""
    visible = INVISIBLE_CHARACTERS.sub("", name).strip()
    return _join(*split_suffix(f"_{visible}" if WINDOWS_DEVICE_NAME.match(visible) else visible))


def result_filename(original_filename: str, extension: str, mark: str = "") -> str:
    """Returns the name of a result: `hero.png` to WebP is `hero.tinified.webp`, with the mark `-400w`
    `hero-400w.tinified.webp`.

    Names are made safe again here, because older uploads were stored with their original names.
    """
    safe = make_safe(split_suffix(original_filename)[0])
    return _join(safe, f"{mark}.tinified.{extension}")


def number_names(names: Sequence[str]) -> list[str]:
    """Makes names unique: the second `a.png` becomes `a-2.png`. Names that differ in case only count as equal."""
    taken: set[str] = set()
    return [_take(name, taken) for name in names]


def _take(name: str, taken: set[str]) -> str:
    stem, suffix = split_suffix(name)
    names = chain((name,), (_join(stem, f"-{number}{suffix}") for number in count(2)))
    free = next(each for each in names if each.casefold() not in taken)
    taken.add(free.casefold())
    return free


def ascii_filename(filename: str) -> str:
    """Returns a name of letters, digits, dots, dashes and underscores, for headers in ASCII."""
    stem, suffix = (to_plain(part) for part in split_suffix(filename))
    return _join(stem.strip("-.") or "image", suffix)


def to_plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return NOT_PLAIN.sub("-", decomposed)


def _join(stem: str, suffix: str) -> str:
    """Joins stem and suffix, and shortens the stem to the limit."""
    return _cut(stem, MOST_NAME_BYTES - len(suffix.encode())) + suffix


def _cut(text: str, most: int) -> str:
    """Returns at most `most` bytes of UTF-8. Doesn't split a character sequence that is displayed as one, unless that
    is too long.
    """
    kept = text.encode()[: max(0, most)].decode(errors="ignore")
    end = len(kept)
    while 0 < end < len(text) and _belongs(text, end):
        end -= 1
    return text[:end] or kept


def _belongs(text: str, at: int) -> bool:
    """Returns whether the character at `at` is displayed as one with the character before it."""
    if JOINER in text[at - 1 : at + 1] or unicodedata.category(text[at]) in EXTENDING:
        return True
    if ord(text[at]) in FLAGS:  # two of them make one flag
        before = len(text[:at]) - len(text[:at].rstrip("".join(map(chr, FLAGS))))
        return before % 2 == 1
    return ord(text[at]) in SKIN_TONES


def split_suffix(filename: str) -> tuple[str, str]:
    """Returns stem and suffix. A suffix is a dot and at most ten characters."""
    path = PurePosixPath(filename)
    return (path.stem, path.suffix) if 1 < len(path.suffix) <= 11 else (filename, "")
