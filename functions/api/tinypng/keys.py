"""Keys of TinyPNG's clients: the password of HTTP Basic (RFC 7617), whatever the user name is.

One is an API key of ours, or the session token of a guest.
"""

from base64 import b64decode
from binascii import Error

from imgopt.accounts.api_keys import KEY_PREFIX

# What stands for a session token and for an Authorization header, as other calls have them.
KeyCredentials = tuple[str | None, str | None]


def credentials_of(authorization: str | None) -> KeyCredentials:
    key = password_of(authorization or "")
    return credentials_by_key(key) if key else (None, None)


def credentials_by_key(key: str) -> KeyCredentials:
    return (None, f"Bearer {key}") if key.startswith(KEY_PREFIX) else (key, None)


def password_of(authorization: str) -> str | None:
    """None where there is none, or the header is another scheme's."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        user_and_password = b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (Error, ValueError):
        return None
    return user_and_password.partition(":")[2] or None
