"""The metadata of an OIDC issuer: its endpoints and its keys.

The operator configures the issuer, so that its addresses are trusted. Redirects are not followed.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3

from imgopt.errors import Unavailable
from imgopt.setting_types import LOOPBACK
from imgopt.settings import settings

ISSUER_SECONDS = 5.0
MOST_ISSUER_BYTES = 1024 * 1024
ISSUER_SILENT = "The sign-in service did not answer. Please try again."
MAX_AGE = re.compile(r"max-age=(\d+)")
FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
JsonDocument = dict[str, Any]


@cache
def pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(timeout=ISSUER_SECONDS, retries=False)


def configuration_url(issuer: str) -> str:
    """Returns the configured discovery URL; by default, the one below the issuer."""
    config = settings()
    if config.oidc_discovery_url and issuer == config.oidc_issuer:
        return config.oidc_discovery_url
    return published_url(issuer)


def published_url(issuer: str) -> str:
    """Returns the discovery URL below the issuer (OpenID Connect Discovery 1.0, section 4)."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def get_json(url: str) -> tuple[JsonDocument, int | None]:
    """Returns the JSON object at `url`, and its `max-age` in seconds or None. Raises Unavailable."""
    response = _send("GET", url, {})
    found = MAX_AGE.search(response.headers.get("Cache-Control", ""))
    return _read(response, (200,)), int(found[1]) if found else None


def post_form(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, JsonDocument]:
    """Sends a form. Returns status (200, 400 or 401) and JSON object. Raises Unavailable without such an answer."""
    response = _send("POST", url, {**FORM_HEADERS, **headers}, urlencode(fields))
    return response.status, _read(response, (200, 400, 401))


def _send(method: str, url: str, headers: Mapping[str, str], body: str | None = None) -> urllib3.BaseHTTPResponse:
    check_address(url)
    sent = {"Accept": "application/json", **headers}
    try:
        return pool().request(method, url, body=body, headers=sent, redirect=False, preload_content=False)
    except urllib3.exceptions.HTTPError as error:
        raise Unavailable(ISSUER_SILENT) from error


def check_address(url: str) -> None:
    """Raises Unavailable for a URL by plain HTTP, unless it is on this machine: others could read codes and replace
    keys.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise Unavailable(ISSUER_SILENT)


def _read(response: urllib3.BaseHTTPResponse, statuses: tuple[int, ...]) -> JsonDocument:
    try:
        content = response.read(MOST_ISSUER_BYTES)
        found = json.loads(content) if response.status in statuses else None
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise Unavailable(ISSUER_SILENT) from error
    finally:
        response.release_conn()
    if not isinstance(found, dict):
        raise Unavailable(ISSUER_SILENT)
    return found
