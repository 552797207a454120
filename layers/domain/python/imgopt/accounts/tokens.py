"""Secrets that the service issues: 256 random bits, shown once. Only their SHA-256 is stored.

The time of a lookup by hash reveals nothing about the secret. A slow hash would only help against guessing, which is
hopeless for 256 bits.
"""

import secrets
from hashlib import sha256

BYTES = 32


def new_token(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(BYTES)


def hash_token(token: str) -> str:
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
