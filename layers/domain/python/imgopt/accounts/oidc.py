"""Verifies tokens of an OIDC issuer (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725)."""

from typing import Any

from imgopt.accounts import jwks
from imgopt.errors import Unauthorized

Claims = dict[str, Any]
LEEWAY_SECONDS = 30
LONGEST_EMAIL = 320  # 64 before the @, and 255 after it (RFC 3696, 3)
REFUSED = "Invalid or expired credentials."
# Token types that identify a user. The same keys sign other types, such as logout tokens.
TOKEN_TYPES = ("jwt", "at+jwt")
MEDIA = "application/"
# Values of Cognito's claim `token_use`.
USES = ("id", "access")
# Claims that only ID tokens have (OpenID Connect Core 1.0, 2 and 3.3.2.11), for issuers without `token_use`.
OF_ID_TOKENS = ("nonce", "at_hash", "c_hash")


def verify(token: str, *, issuer: str, audience: str) -> Claims:
    """Returns the claims of a token that the issuer signed for an audience. `audience` may have several, separated by
    commas.

    Raises Unauthorized for all other tokens, and where issuer or audience is empty; Unavailable where the issuer's keys
    can't be fetched.
    """
    wanted = [part.strip() for part in audience.split(",") if part.strip()]
    if not issuer or not wanted:
        raise Unauthorized(REFUSED)
    claims = _read(token, issuer)
    named = _audiences(claims)
    if (
        not any(each in named for each in wanted)
        or claims.get("token_use", USES[0]) not in USES
        or not _has_subject(claims)
    ):
        raise Unauthorized(REFUSED)
    return claims


def verify_access(token: str, *, issuer: str, audience: str, scope: str = "") -> Claims:
    """Like `verify`, for an access token. ID tokens are refused as far as they can be told apart.

    With a `scope`, the token must have it. Raises as `verify` does.
    """
    claims = verify(token, issuer=issuer, audience=audience)
    is_identity = any(name in claims for name in OF_ID_TOKENS)
    if claims.get("token_use", USES[1]) != USES[1] or is_identity or (scope and scope not in _scopes(claims)):
        raise Unauthorized(REFUSED)
    return claims


def verify_identity(token: str, *, issuer: str, client: str) -> Claims:
    """Like `verify`, for an ID token of `client`. Where it has several audiences, it must be issued for the client
    (Core, 3.1.3.7).
    """
    claims = verify(token, issuer=issuer, audience=client)
    party, is_for_others = claims.get("azp"), len(_audiences(claims)) > 1
    is_access = claims.get("token_use", USES[0]) != USES[0]
    if is_access or party not in (client, None) or (is_for_others and party is None):
        raise Unauthorized(REFUSED)
    return claims


def verified_email(claims: Claims) -> str | None:
    """Returns the e-mail address; None where it is malformed or not verified. Some issuers write the boolean
    as text.
    """
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") not in (True, "true"):
        return None
    return email if email.isprintable() and len(email) <= LONGEST_EMAIL else None


def _read(token: str, issuer: str) -> Claims:
    import jwt

    try:
        header = jwt.get_unverified_header(token)
        claims: Claims = jwt.decode(
            token,
            _find_key(header, issuer),
            algorithms=list(jwks.ALGORITHMS),
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "sub"], "verify_aud": False, "enforce_minimum_key_length": True},
        )
    except (jwt.exceptions.PyJWTError, ValueError, RecursionError) as error:
        raise Unauthorized(REFUSED) from error
    return claims


def _find_key(header: dict[str, Any], issuer: str) -> Any:
    """Returns the key of a token. Keys are only fetched for a token whose header is acceptable."""
    kid, kind = header.get("kid"), str(header.get("typ", TOKEN_TYPES[0])).lower().removeprefix(MEDIA)
    if header.get("alg") not in jwks.ALGORITHMS or kind not in TOKEN_TYPES or not isinstance(kid, str):
        raise Unauthorized(REFUSED)
    key = jwks.find_key(issuer, kid)
    if key is None:
        raise Unauthorized(REFUSED)
    return key


def _audiences(claims: Claims) -> list[Any]:
    """Returns the audiences. Cognito's access tokens have the client id instead."""
    if claims.get("token_use") == "access" and "aud" not in claims:
        return [claims.get("client_id")]
    named = claims.get("aud")
    return named if isinstance(named, list) else [named]


def _has_subject(claims: Claims) -> bool:
    return isinstance(claims["sub"], str) and bool(claims["sub"]) and claims["sub"].isprintable()


def _scopes(claims: Claims) -> list[Any]:
    """Returns the scopes (RFC 9068, 2.2.3). Some issuers use a list, or the claim `scp`."""
    named = claims.get("scope", claims.get("scp", ""))
    return named.split() if isinstance(named, str) else named if isinstance(named, list) else []
