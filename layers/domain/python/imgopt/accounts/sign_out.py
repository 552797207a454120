"""Signing out where people sign in: else the next click signs the same person in, without a password."""

from urllib.parse import urlsplit

from imgopt.accounts import jwks, sign_in
from imgopt.settings import settings

END_SESSION, AUTHORIZATION = "end_session_endpoint", "authorization_endpoint"
COGNITO = "cognito-idp."


def logout_url(back: str) -> str | None:
    """Where the browser goes to end the issuer's session, which leads it `back`.

    By OpenID Connect RP-Initiated Logout 1.0, 2. None where the issuer has no such address.

    Raises NotConfigured, or Unavailable where it does not answer.
    """
    sign_in.require_issuer()
    issuer = settings().oidc_issuer
    named = jwks.configuration_of(issuer).get()
    if is_cognito(issuer):
        known = END_SESSION in named
        address = sign_in.endpoint(END_SESSION) if known else cognito_logout(sign_in.endpoint(AUTHORIZATION))
        return sign_in.with_query(address, {"client_id": sign_in.client_id(), "logout_uri": back})
    if END_SESSION not in named:
        return None
    query = {"client_id": sign_in.client_id(), "post_logout_redirect_uri": back}
    return sign_in.with_query(sign_in.endpoint(END_SESSION), query)


def is_cognito(issuer: str) -> bool:
    """Its logout has a parameter of its own, and not all of its pools name the address."""
    return (urlsplit(issuer).hostname or "").startswith(COGNITO)


def cognito_logout(authorize: str) -> str:
    """On the domain of the pool, beside the address for signing in."""
    parts = urlsplit(authorize)
    return f"{parts.scheme}://{parts.netloc}/logout"
