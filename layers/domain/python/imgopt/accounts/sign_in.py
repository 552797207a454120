"""Signing in on a page of ours: OpenID Connect's code flow with PKCE (RFC 7636), state and nonce.

All that a sign-in has to remember is one secret in the browser that began it. The rest follows from that: the issuer
learns the state and the nonce, and from neither can the secret or the verifier be found. So nobody can have someone
else finish a sign-in that is not theirs.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import quote, urlencode

from imgopt import clock
from imgopt.accounts import issuer, jwks, oidc, users
from imgopt.accounts.model import User
from imgopt.accounts.sessions import RECENT
from imgopt.errors import InvalidSignature, NotConfigured, Unavailable
from imgopt.settings import settings
from imgopt.storage import secrets

SCOPE = "openid email"
FAILED = "The sign-in did not succeed. Please begin it again."


@dataclass(frozen=True)
class Attempt:
    """A sign-in that was begun in a browser, which alone has the `secret`."""

    secret: str = field(repr=False)
    redirect_uri: str

    def derive(self, purpose: str) -> str:
        """256 bits for one purpose, in 43 letters of base64url."""
        return _encode(sha256(f"{purpose}:{self.secret}".encode()).digest())

    @property
    def challenge(self) -> str:
        return _encode(sha256(self.derive("verifier").encode()).digest())


def require_issuer() -> None:
    """Raises NotConfigured where there is no issuer."""
    if not settings().oidc_issuer or not client_id():
        raise NotConfigured("Signing in is not set up.")


def client_id() -> str:
    """Of these pages: where others sign in by clients of their own, ours is the first audience."""
    return settings().oidc_client_id or settings().oidc_audience.partition(",")[0].strip()


def authorization_url(attempt: Attempt, *, anew: bool = False) -> str:
    """Where the browser goes to sign in. With `anew` the issuer asks for a password even where it knows the browser.

    The parameters are those of OpenID Connect Core 1.0, 3.1.2.1.

    Raises NotConfigured, or Unavailable where the issuer does not answer.
    """
    query = {
        "response_type": "code",
        "client_id": client_id(),
        "redirect_uri": attempt.redirect_uri,
        "scope": SCOPE,
        "state": attempt.derive("state"),
        "nonce": attempt.derive("nonce"),
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": str(int(RECENT.total_seconds()))} if anew else {}),
    }
    return with_query(endpoint("authorization_endpoint"), query)


def with_query(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def complete_sign_in(attempt: Attempt, state: str, code: str) -> tuple[User, datetime]:
    """Who has signed in, and when.

    Raises InvalidSignature where it is not this browser's sign-in, or the issuer says no.
    """
    if not compare_digest(state.encode(), attempt.derive("state").encode()):
        raise InvalidSignature(FAILED)
    claims = oidc.verify_identity(_exchange(attempt, code), issuer=settings().oidc_issuer, client=client_id())
    if not compare_digest(str(claims.get("nonce", "")).encode(), attempt.derive("nonce").encode()):
        raise InvalidSignature(FAILED)
    return users.find_or_add(claims), authenticated_at(claims)


def authenticated_at(claims: oidc.Claims) -> datetime:
    """When a password was asked for, as the claim `auth_time` has it; now where there is none."""
    said, now = claims.get("auth_time"), clock.now()
    if not isinstance(said, int | float) or not 0 <= said <= now.timestamp():
        return now
    return datetime.fromtimestamp(said, UTC)


def _exchange(attempt: Attempt, code: str) -> str:
    """The ID token for a code."""
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": client_id(),
        "redirect_uri": attempt.redirect_uri,
        "code_verifier": attempt.derive("verifier"),
    }
    status, found = issuer.post_form(endpoint("token_endpoint"), given, _client_credentials(secrets.read))
    if found.get("error") == "invalid_client" and settings().oidc_client_secret_arn:
        credentials = _client_credentials(secrets.renew)  # the secret may have been replaced
        status, found = issuer.post_form(endpoint("token_endpoint"), given, credentials)
    token = found.get("id_token")
    if status != 200 or not isinstance(token, str):
        raise InvalidSignature(FAILED)
    return token


def _client_credentials(read: Callable[[str], str]) -> Mapping[str, str]:
    """RFC 6749, 2.3.1. A client without a secret has PKCE alone."""
    known = settings()
    secret = known.oidc_client_secret or (read(known.oidc_client_secret_arn) if known.oidc_client_secret_arn else "")
    if not secret:
        return {}
    pair = f"{quote(client_id(), safe='')}:{quote(secret, safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def endpoint(name: str) -> str:
    """Raises NotConfigured, or Unavailable where the issuer does not answer, or has no such endpoint."""
    require_issuer()
    found = jwks.configuration_of(settings().oidc_issuer).get().get(name)
    if not isinstance(found, str):
        raise Unavailable(issuer.ISSUER_SILENT)
    issuer.check_address(found)
    return found


def _encode(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
