"""Keys of TinyPNG's clients. A key is the password of HTTP Basic (RFC 7617); the user name is ignored.

It is an API key, or the session token of a guest.
"""

from base64 import b64decode
from binascii import Error

from imgopt.accounts.api_keys import KEY_PREFIX

# The session token and the Authorization header with which other routes would get the credential.
KeyCredentials = tuple[str | None, str | None]


def credentials_of(authorization: str | None) -> KeyCredentials:
    key = password_of(authorization or "")
    return credentials_by_key(key) if key else (None, None)


def credentials_by_key(key: str) -> KeyCredentials:
    return (None, f"Bearer {key}") if key.startswith(KEY_PREFIX) else (key, None)


def password_of(authorization: str) -> str | None:
    """The password. None if there is none, or if the header has another scheme."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        user_and_password = b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (Error, ValueError):
        return None
    return user_and_password.partition(":")[2] or None
