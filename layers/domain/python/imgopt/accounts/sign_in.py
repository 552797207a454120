"""Sign-in on the service's own pages: OpenID Connect's code flow with PKCE (RFC 7636), state and nonce.

The browser keeps one secret for each sign-in. State, nonce and verifier are hashes of it. The issuer learns state and
nonce, which reveal neither the secret nor the verifier. So no one can make another browser complete a foreign sign-in.
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
    """A sign-in that was begun in a browser. Only that browser has the `secret`."""

    secret: str = field(repr=False)
    redirect_uri: str

    def derive(self, purpose: str) -> str:
        """Returns a value of 256 bits for one purpose, as 43 characters of base64url."""
        return _encode(sha256(f"{purpose}:{self.secret}".encode()).digest())

    @property
    def challenge(self) -> str:
        return _encode(sha256(self.derive("verifier").encode()).digest())


def require_issuer() -> None:
    """Raises NotConfigured where there is no issuer or client."""
    if not settings().oidc_issuer or not client_id():
        raise NotConfigured("Signing in is not set up.")


def client_id() -> str:
    """Returns the client id of the service's own pages: the setting, or else the first audience."""
    return settings().oidc_client_id or settings().oidc_audience.partition(",")[0].strip()


def authorization_url(attempt: Attempt, *, anew: bool = False) -> str:
    """Returns the URL at which the browser signs in. With `anew` the issuer asks for a password even from a known
    browser.

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
    """Completes a sign-in. Returns the user, and when the user entered a password.

    Raises InvalidSignature where the sign-in began in another browser, or the issuer refuses it.
    """
    if not compare_digest(state.encode(), attempt.derive("state").encode()):
        raise InvalidSignature(FAILED)
    claims = oidc.verify_identity(_exchange(attempt, code), issuer=settings().oidc_issuer, client=client_id())
    if not compare_digest(str(claims.get("nonce", "")).encode(), attempt.derive("nonce").encode()):
        raise InvalidSignature(FAILED)
    return users.find_or_add(claims), authenticated_at(claims)


def authenticated_at(claims: oidc.Claims) -> datetime:
    """Returns the time of the claim `auth_time`; the present where there is none."""
    auth_time, now = claims.get("auth_time"), clock.now()
    if not isinstance(auth_time, int | float) or not 0 <= auth_time <= now.timestamp():
        return now
    return datetime.fromtimestamp(auth_time, UTC)


def _exchange(attempt: Attempt, code: str) -> str:
    """Exchanges a code for an ID token."""
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
    """Returns the client's credentials (RFC 6749, 2.3.1). A client without a secret relies on PKCE alone."""
    config = settings()
    secret = config.oidc_client_secret or (read(config.oidc_client_secret_arn) if config.oidc_client_secret_arn else "")
    if not secret:
        return {}
    pair = f"{quote(client_id(), safe='')}:{quote(secret, safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def endpoint(name: str) -> str:
    """Returns the URL of an endpoint. Raises NotConfigured, or Unavailable where the issuer does not answer or has
    none.
    """
    require_issuer()
    found = jwks.configuration_of(settings().oidc_issuer).get().get(name)
    if not isinstance(found, str):
        raise Unavailable(issuer.ISSUER_SILENT)
    issuer.check_address(found)
    return found


def _encode(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
