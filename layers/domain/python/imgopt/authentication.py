"""Authenticates requests: guests by session token; users by a JWT of the issuer, a device token or an API key."""

from collections.abc import Callable

from imgopt import audit
from imgopt.accounts import api_keys, guests, oidc, users
from imgopt.accounts.model import Credential, Principal
from imgopt.audit import AuditEvent
from imgopt.devices import tokens as device_tokens
from imgopt.errors import AccountBlocked, Unauthorized

# The beginning of every JWT: `{"` in base64url.
JWT = "eyJ"


def authenticate(session_token: str | None, authorization: str | None) -> Principal | None:
    """Returns the principal of a request's credentials; None without credentials, and for an expired guest.

    An `Authorization` header overrides a session token. Raises Unauthorized where it is not valid.
    """
    if authorization:
        return _recognize_or_note(authorization)
    return guests.find_by_session_token(session_token) if session_token else None


def _recognize_or_note(authorization: str) -> Principal:
    try:
        return authenticate_token(bearer_token(authorization))
    except (Unauthorized, AccountBlocked) as error:
        audit.record_event(AuditEvent.REFUSED, reason=type(error).__name__)
        raise


def is_for_issuer(authorization: str | None) -> bool:
    """Returns whether the credential is a JWT, for which the issuer's keys may have to be fetched."""
    return (authorization or "").partition(" ")[2].strip().startswith(JWT)


def authenticate_token(token: str) -> Principal:
    """Returns the user of a bearer token, whose kind its prefix tells. Raises Unauthorized."""
    for prefix, find in FINDER_OF_PREFIX.items():
        if token.startswith(prefix):
            return find(token)
    raise Unauthorized(oidc.REFUSED)


def bearer_token(authorization: str) -> str:
    """Returns the token. Raises Unauthorized where the header is no bearer token (RFC 6750, section 2.1)."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized(oidc.REFUSED)
    return token.strip()


def recognize_jwt(token: str) -> Principal:
    return users.principal_of(users.find_by_jwt(token), Credential.JWT)


FINDER_OF_PREFIX: dict[str, Callable[[str], Principal]] = {
    device_tokens.DEVICE_PREFIX: device_tokens.find_by_token,
    api_keys.KEY_PREFIX: api_keys.find_by_key,
    JWT: recognize_jwt,
}
