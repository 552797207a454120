"""The signing keys of an OIDC issuer, cached for each process."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from imgopt.accounts import issuer
from imgopt.errors import Unavailable
from imgopt.ttl_cache import TtlCache

if TYPE_CHECKING:
    from jwt import PyJWK

ALGORITHMS = ("RS256", "ES256")


@cache
def configuration_of(issuer_url: str) -> TtlCache[issuer.JsonDocument]:
    return TtlCache("configuration of the issuer", lambda: fetch_configuration(issuer_url), issuer.ISSUER_SILENT)


@cache
def keys_of(issuer_url: str) -> "TtlCache[dict[str, PyJWK]]":
    return TtlCache("keys of the issuer", lambda: fetch_keys(issuer_url), issuer.ISSUER_SILENT)


def find_key(issuer_url: str, kid: str) -> "PyJWK | None":
    """Returns a key by its id; None without one. Fetches unknown ids once more, as issuers add keys. Raises
    Unavailable.
    """
    keys = keys_of(issuer_url)
    return keys.get().get(kid) or keys.renew().get(kid)


def fetch_configuration(issuer_url: str) -> tuple[issuer.JsonDocument, int | None]:
    """Fetches the issuer's configuration, and its `max-age` in seconds.

    Raises Unavailable, also where the configuration names another issuer (OpenID Connect Discovery 1.0, 4.3).
    """
    found, seconds = issuer.get_json(issuer.configuration_url(issuer_url))
    if found.get("issuer") != issuer_url or not isinstance(found.get("jwks_uri"), str):
        raise Unavailable(issuer.ISSUER_SILENT)
    return found, seconds


def fetch_keys(issuer_url: str) -> "tuple[dict[str, PyJWK], int | None]":
    found, seconds = issuer.get_json(configuration_of(issuer_url).get()["jwks_uri"])
    listed = found.get("keys")
    if not isinstance(listed, list):
        raise Unavailable(issuer.ISSUER_SILENT)
    return dict(usable(listed)), seconds


def usable(listed: list[Any]) -> "Iterable[tuple[str, PyJWK]]":
    """Yields the keys for the supported signature algorithms. Issuers may list other keys."""
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    for each in filter(is_verification_key, listed):
        try:
            key = PyJWK(each)
        except (PyJWTError, ValueError, TypeError):
            continue
        if key.algorithm_name in ALGORITHMS:
            yield each["kid"], key


def is_verification_key(key: Any) -> bool:
    """Returns whether a key is for verifying signatures (RFC 7517, section 4). Its use and algorithm are optional."""
    if not isinstance(key, dict) or not isinstance(key.get("kid"), str):
        return False
    operations = key.get("key_ops", ["verify"])
    is_for_signatures = key.get("use") in (None, "sig") and isinstance(operations, list) and "verify" in operations
    return is_for_signatures and key.get("alg") in (None, *ALGORITHMS)
