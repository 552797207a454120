"""Codes that people read from one screen and type into another: `TINI-7X4K-M2P9`."""

import re
import secrets

# No letters or digits that are taken for others, and no vowels, so that no word comes about. 28 to the power of 8 is
# 3.8e11, of which hardly any are in use in the ten minutes of one.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LEAD, CODE_LENGTH, GROUP = "TINI", 8, 4
# Programs for writing make other dashes of those that are typed, and copies bring them along.
BETWEEN = re.compile(r"[\s\u2010-\u2015\u2212-]")
TYPED = re.compile(rf"(?:{LEAD})?([{ALPHABET}]{{{CODE_LENGTH}}})")


def new_user_code() -> str:
    return format_code("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)))


def read_user_code(text: str) -> str | None:
    """A code as it is stored, however it was typed: in small letters, without dashes, or without its beginning."""
    typed = TYPED.fullmatch(BETWEEN.sub("", text[:100]).upper())
    return format_code(typed[1]) if typed else None


def format_code(letters: str) -> str:
    return f"{LEAD}-{letters[:GROUP]}-{letters[GROUP:]}"
