"""User codes, which users read from one screen and type into another: `TINI-7X4K-M2P9`."""

import re
import secrets

# Without characters that look alike, and without vowels, so that no words appear. 28 to the power of 8 is 3.8e11;
# hardly any codes are in use during the ten minutes of one.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LEAD, CODE_LENGTH, GROUP = "TINI", 8, 4
# Word processors replace typed hyphens by other dashes, which are copied with the code.
SEPARATORS = re.compile(r"[\s\u2010-\u2015\u2212-]")
TYPED_CODE = re.compile(rf"(?:{LEAD})?([{ALPHABET}]{{{CODE_LENGTH}}})")


def new_user_code() -> str:
    return format_code("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)))


def read_user_code(text: str) -> str | None:
    """Returns a code in its stored form. It may be typed in lower case, without dashes, or without its prefix. None if
    invalid.
    """
    typed = TYPED_CODE.fullmatch(SEPARATORS.sub("", text[:100]).upper())
    return format_code(typed[1]) if typed else None


def format_code(letters: str) -> str:
    return f"{LEAD}-{letters[:GROUP]}-{letters[GROUP:]}"
