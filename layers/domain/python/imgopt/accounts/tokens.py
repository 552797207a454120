"""Secrets that the service gives out: 256 random bits, shown once, of which only the SHA-256 is stored.

A search for a hash tells nothing by its time about the secret behind it; a slow hash would only help against guessing,
which 256 bits need no help with.
"""

import secrets
from hashlib import sha256

BYTES = 32


def new_token(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(BYTES)


def hash_token(token: str) -> str:
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
