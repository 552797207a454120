"""Sign-out at the issuer. Without it, the next click would sign the same user in without a password."""

from urllib.parse import urlsplit

from imgopt.accounts import jwks, sign_in
from imgopt.settings import settings

END_SESSION, AUTHORIZATION = "end_session_endpoint", "authorization_endpoint"
COGNITO = "cognito-idp."


def logout_url(back: str) -> str | None:
    """Returns the URL that ends the issuer's session and then returns to `back`; None where the issuer has none.

    By OpenID Connect RP-Initiated Logout 1.0, section 2. Raises NotConfigured, or Unavailable where the issuer does not
    answer.
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
    """Returns whether the issuer is Cognito, whose logout has its own parameter, and isn't always in its
    configuration.
    """
    return (urlsplit(issuer).hostname or "").startswith(COGNITO)


def cognito_logout(authorize: str) -> str:
    """Returns Cognito's logout URL, on the same domain as its authorization endpoint."""
    parts = urlsplit(authorize)
    return f"{parts.scheme}://{parts.netloc}/logout"
