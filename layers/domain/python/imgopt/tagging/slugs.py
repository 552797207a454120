"""Slugs: names for files and URLs, of a-z, 0-9 and single dashes."""

import re
import unicodedata
from collections.abc import Iterable

from imgopt.tagging.text import LONGEST_SAID

MAX_SLUG_LENGTH = 60
# The slug where there is no word.
NAMELESS = "image"

SEPARATORS_OF_WORDS = re.compile(r"[^a-z0-9]+")
WORD = re.compile(r"[a-z]{2}")
APOSTROPHE = re.compile(r"['’`]")  # noqa: RUF001 - letters of names
# The Unicode blocks of Chinese characters: CJK and its extensions.
IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
SUFFIX = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|jxl|svg|ico|heic|tiff?|bmp)\s*$", re.IGNORECASE)
# Letters that Unicode doesn't decompose, and the usual transliteration of Cyrillic and Greek.
LATIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})  # noqa: RUF001 - letters of names
CYRILLIC = str.maketrans("абвгдезийклмнопрстуфыэіґ", "abvgdeziyklmnoprstufyeig", "ъь")
LONG_CYRILLIC = str.maketrans(
    {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ї": "yi", "є": "ye"}  # noqa: RUF001 - letters of names
)
GREEK = str.maketrans("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo")
LONG_GREEK = str.maketrans({"θ": "th", "χ": "ch", "ψ": "ps"})
ASCII = LATIN | CYRILLIC | LONG_CYRILLIC | GREEK | LONG_GREEK
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def make_slug(candidates: Iterable[str], language: str) -> str:
    """Returns the slug of the first candidate with a word in it, at most 60 characters; never empty."""
    slugs = (_cut(to_words(candidate, language), MAX_SLUG_LENGTH) for candidate in candidates)
    return next((slug for slug in slugs if WORD.search(slug)), NAMELESS)


def number_slug(slug: str, number: int) -> str:
    """Returns the slug for number 1, and with `-2` … appended for further ones; at most 60 characters."""
    mark = f"-{number}" if number > 1 else ""
    return f"{_cut(slug, MAX_SLUG_LENGTH - len(mark))}{mark}"


def to_words(text: str, language: str) -> str:
    """Returns words with dashes between them, and around each Chinese character, because these have no spaces."""
    small = unicodedata.normalize("NFC", SUFFIX.sub("", text[:LONGEST_SAID]).lower())
    umlauts = small.translate(UMLAUTS) if language.lower().partition("-")[0] == "de" else small
    spelled = "".join(each if each.isascii() else _spell(each) for each in umlauts.translate(ASCII))
    return SEPARATORS_OF_WORDS.sub("-", APOSTROPHE.sub("", spelled).lower()).strip("-")


def _spell(letter: str) -> str:
    """Returns a letter without diacritics, or else its transliteration by anyascii, which reads Chinese as Mandarin."""
    from anyascii import anyascii

    parts = unicodedata.normalize("NFKD", letter).translate(ASCII)
    plain = "".join(each for each in parts if not unicodedata.combining(each))
    kind = unicodedata.category(letter)[0]
    if plain and plain.isascii():
        return plain
    if kind not in "LM":
        return " "
    return f" {anyascii(letter)} " if IDEOGRAPH.match(letter) else anyascii(letter)


def _cut(slug: str, longest: int) -> str:
    if len(slug) <= longest:
        return slug
    dash = slug.rfind("-", 0, longest + 1)
    return slug[: dash if dash > 0 else longest].rstrip("-")
