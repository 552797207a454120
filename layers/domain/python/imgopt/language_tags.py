"""Language tags of BCP 47: `langtag` of RFC 5646, section 2.1. Subtags are recognized by length and characters."""

import re
from itertools import takewhile

# The length that RFC 5646, section 4.4.1, recommends to support.
LONGEST_TAG = 35
# No registered language has four letters or more, but users write "german".
LANGUAGE = re.compile(r"[a-z]{2,3}")
EXTENDED = re.compile(r"[a-z]{3}")
SCRIPT = re.compile(r"[a-z]{4}")
COUNTRY = re.compile(r"[a-z]{2}|[0-9]{3}")
VARIANT = re.compile(r"[a-z0-9]{5,8}|[0-9][a-z0-9]{3}")
# The kinds of subtags in their order, with the maximum number of each.
FOLLOWING = ((EXTENDED, 3), (SCRIPT, 1), (COUNTRY, 1), (VARIANT, LONGEST_TAG))
SINGLETON = re.compile(r"[0-9a-wyz]")
OF_AN_EXTENSION = re.compile(r"[a-z0-9]{2,8}")
PRIVATE = "x"
OF_PRIVATE_USE = re.compile(r"[a-z0-9]{1,8}")


def canonical_language(text: str) -> str:
    """Returns a tag in the case that section 2.1.1 recommends. Raises ValueError for an invalid tag."""
    if len(text) > LONGEST_TAG or not is_well_formed(text):
        raise ValueError(f"Use a BCP 47 tag, such as de, pt-BR or zh-Hant, of at most {LONGEST_TAG} characters.")
    language, *others = text.lower().split("-")
    plain = list(takewhile(lambda each: len(each) > 1, others))
    return "-".join([language, *map(_in_its_case, plain), *others[len(plain) :]])


def is_well_formed(text: str) -> bool:
    language, *left = text.lower().split("-")
    for pattern, most in FOLLOWING:
        left = _skip(left, pattern, most)
    while left and SINGLETON.fullmatch(left[0]):
        after = _skip(left[1:], OF_AN_EXTENSION)
        if len(after) == len(left) - 1:
            return False
        left = after
    if left[:1] == [PRIVATE] and len(left) > 1:
        left = _skip(left[1:], OF_PRIVATE_USE)
    return text.isascii() and bool(LANGUAGE.fullmatch(language)) and not left


def _skip(subtags: list[str], pattern: re.Pattern[str], most: int = LONGEST_TAG) -> list[str]:
    """Returns the subtags without the first ones that match, at most `most`."""
    fitting = len(list(takewhile(pattern.fullmatch, subtags[:most])))
    return subtags[fitting:]


def _in_its_case(subtag: str) -> str:
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.title() if len(subtag) == 4 and subtag.isalpha() else subtag
