"""File names: what users call their files, and what results are called."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import chain, count
from pathlib import PurePosixPath

# Bytes in UTF-8: file systems take 255 (POSIX, NAME_MAX), and programs put something of their own before or behind.
MOST_NAME_BYTES = 200
# Besides control characters: those that turn the direction of what follows (Unicode's property Bidi_Control), so that
# one type looks like another; ends of lines and paragraphs; halves of surrogate pairs, which nothing can store.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Devices of Windows, whatever follows the first dot (Microsoft, Naming Files, Paths, and Namespaces).
DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\xb9\xb2\xb3]) *+(?:\.|\Z)", re.IGNORECASE)
# What follows a character and belongs to it: marks, joiners, and the skin tones of emoji (Unicode, UAX 29).
EXTENDING, JOINER = frozenset({"Mn", "Me", "Mc"}), "\u200d"
SKIN_TONES, FLAGS = range(0x1F3FB, 0x1F400), range(0x1F1E6, 0x1F200)
NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


def clean_filename(filename: str | None, extension: str) -> str:
    """The last part of a client's path; `image.<extension>` where nothing is left of it."""
    name = last_part(filename or "")
    return name if split_suffix(name)[0].strip(". ") else f"image.{extension}"


def last_part(filename: str) -> str:
    """Of a client's path, as one that can be stored and seen for what it is."""
    return make_safe(filename.replace("\\", "/").rsplit("/", 1)[-1])


def make_safe(name: str) -> str:
    """Without what can't be seen, no device's (`con.png` becomes `_con.png`), of at most `MOST_NAME_BYTES`."""
    visible = UNSEEN.sub("", name).strip()
    return _join(*split_suffix(f"_{visible}" if DEVICE.match(visible) else visible))


def result_filename(original_filename: str, extension: str, mark: str = "") -> str:
    """`hero.png` optimized to WebP is `hero.tinified.webp`, or `hero-400w.tinified.webp` with the mark `-400w`.

    Names were kept as they came once.
    """
    safe = make_safe(split_suffix(original_filename)[0])
    return _join(safe, f"{mark}.tinified.{extension}")


def number_names(names: Sequence[str]) -> list[str]:
    """The same names, each once: the second `a.png` becomes `a-2.png`, whatever the case of its letters."""
    taken: set[str] = set()
    return [_take(name, taken) for name in names]


def _take(name: str, taken: set[str]) -> str:
    stem, suffix = split_suffix(name)
    names = chain((name,), (_join(stem, f"-{number}{suffix}") for number in count(2)))
    free = next(each for each in names if each.casefold() not in taken)
    taken.add(free.casefold())
    return free


def ascii_filename(filename: str) -> str:
    """A name of letters, digits, dots, dashes and underscores, for headers that can carry no more."""
    stem, suffix = (to_plain(part) for part in split_suffix(filename))
    return _join(stem.strip("-.") or "image", suffix)


def to_plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return NOT_PLAIN.sub("-", decomposed)


def _join(stem: str, suffix: str) -> str:
    """Of the stem, as much as leaves room for the suffix."""
    return _cut(stem, MOST_NAME_BYTES - len(suffix.encode())) + suffix


def _cut(text: str, most: int) -> str:
    """At most so many bytes in UTF-8, and no part of what is seen as one character, but for one that is too long."""
    kept = text.encode()[: max(0, most)].decode(errors="ignore")
    end = len(kept)
    while 0 < end < len(text) and _belongs(text, end):
        end -= 1
    return text[:end] or kept


def _belongs(text: str, at: int) -> bool:
    """Whether the character there is seen as one with that before it."""
    if JOINER in text[at - 1 : at + 1] or unicodedata.category(text[at]) in EXTENDING:
        return True
    if ord(text[at]) in FLAGS:  # two of them are one flag
        before = len(text[:at]) - len(text[:at].rstrip("".join(map(chr, FLAGS))))
        return before % 2 == 1
    return ord(text[at]) in SKIN_TONES


def split_suffix(filename: str) -> tuple[str, str]:
    """Stem and suffix; a suffix is a dot and at most ten characters."""
    path = PurePosixPath(filename)
    return (path.stem, path.suffix) if 1 < len(path.suffix) <= 11 else (filename, "")
