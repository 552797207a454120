"""The sources that may be fetched, by scheme, host and path. Hosts are compared as a whole, never by prefix."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from imgopt.image_urls.model import AllowedSource
from imgopt.image_urls.wildcards import match_start, matches_whole

SCHEME_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}")
BEHIND_AUTHORITY = re.compile(r"[/?#]")
# A host, with or without brackets, and an optional port.
AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:@\\%\s]*)(?::([0-9]{1,5}))?")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
PORTS_OF_SCHEMES = {"http": 80, "https": 443}
DOTS = frozenset({".", ".."})


def split_source(url: str) -> AllowedSource | None:
    """Returns the parts of a URL. None where parsers could disagree about its host, or where it has user
    information.
    """
    scheme, mark, rest = url.partition("://")
    if CONTROL_CHARACTERS.search(url) or not (mark and SCHEME_NAME.fullmatch(scheme)):
        return None
    end = BEHIND_AUTHORITY.search(rest)
    authority = AUTHORITY.fullmatch(rest[: end.start()] if end else rest)
    if not authority or not (host := _to_ascii(authority[1])):
        return None
    port = int(authority[2]) if authority[2] else PORTS_OF_SCHEMES.get(scheme.lower())
    return AllowedSource(scheme.lower(), host, port, rest[end.start() :] if end else "/")


def read_allowed(text: str) -> AllowedSource:
    """Parses one entry of the setting, in imgproxy's syntax: `https://*.example.com/`, `s3://bucket/folder/`, `s3://`.

    Raises ValueError where it has no scheme, or an invalid host.
    """
    scheme, mark, rest = text.partition("://")
    if mark and scheme and not rest.strip("/"):
        return AllowedSource(scheme.lower(), "", None, "/")
    found = split_source(text)
    if not found:
        raise ValueError(f"{text} is not the beginning of a URL, such as https://example.com/")
    return found


def is_allowed(source: AllowedSource, allowed: Sequence[AllowedSource]) -> bool:
    return not allowed or any(_fits(source, each) for each in allowed)


def _fits(source: AllowedSource, allowed: AllowedSource) -> bool:
    if source.scheme != allowed.scheme:
        return False
    if not allowed.host:
        return True
    is_same_host = source.port == allowed.port and matches_whole(allowed.host, source.host)
    return is_same_host and (allowed.path == "/" or _begins(source, allowed.path))


def _begins(source: AllowedSource, path: str) -> bool:
    """Returns whether the path begins with the source's. Paths with dot segments don't, because servers
    resolve these.
    """
    plain = unquote(source.path).replace("\\", "/").partition("?")[0]
    goes_up = source.scheme in PORTS_OF_SCHEMES and not DOTS.isdisjoint(plain.split("/"))
    return not goes_up and match_start(path, source.path) is not None


def _to_ascii(host: str) -> str:
    """Returns a host in lower case and ASCII, without a final dot; "" for an invalid one."""
    plain = host.removesuffix(".").lower()
    if plain.isascii():
        return plain
    try:
        return plain.encode("idna").decode()
    except UnicodeError:
        return ""
