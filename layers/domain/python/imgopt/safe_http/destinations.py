"""Resolves a URL: parses it, looks its host up once, checks all addresses, and chooses one."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from imgopt.errors import Unfetchable
from imgopt.safe_http.addresses import is_public
from imgopt.safe_http.dns import resolve_host
from imgopt.safe_http.errors import NOT_FOUND, unfetchable
from imgopt.settings import settings

LONGEST_URL = 2048
LOOKUP_SECONDS = 5.0
DEFAULT_PORTS = {"http": 80, "https": 443}
# urlsplit silently drops some of these. Surrogates can't be encoded.
FORBIDDEN_CHARACTERS = re.compile(r"[\s\\\x00-\x20\x7f-\x9f\ud800-\udfff]")
HOST = re.compile(r"[a-z0-9._:-]+")
SAFE_CHARACTERS = "%/?:@!$&'()*+,;=-._~[]"


@dataclass(frozen=True)
class Destination:
    """`host` is a name or an address in ASCII without brackets; `address` is the IP address to connect to."""

    scheme: str
    host: str
    port: int
    address: str
    target: str

    @property
    def authority(self) -> str:
        """Returns the Host header: without the port where that is the scheme's default."""
        full = authority(self.host, self.port)
        return full.removesuffix(f":{self.port}") if self.port == DEFAULT_PORTS[self.scheme] else full


def authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def resolve(url: str, seconds: float = LOOKUP_SECONDS) -> Destination:
    """Returns the destination of a URL. DNS is asked once, for 5 seconds at most.

    Raises Unfetchable for anything but http and https to a public host on one of `fetch_ports`. All addresses of the
    host are checked, so that none can hide behind another. `fetch_trusted_hosts` are exempt; where one of them isn't
    found, the error says that a later attempt may succeed.
    """
    scheme, name, port, target = _parse(url)
    host = name.removesuffix(".")
    trusted = _check_port(host, port)
    addresses = resolve_host(name, port, min(seconds, LOOKUP_SECONDS))
    if not addresses or not (trusted or all(is_public(address) for address in addresses)):
        raise unfetchable(NOT_FOUND, passes=trusted)
    return Destination(scheme, host, port, _preferred(addresses), target)


def check_url(url: str) -> None:
    """Raises Unfetchable where nothing may be sent to a URL, as far as that is known without DNS.

    Raises as `resolve` does, and for URLs without TLS, unless the host is trusted.
    """
    scheme, name, port, _ = _parse(url)
    trusted = _check_port(name.removesuffix("."), port)
    if scheme != "https" and not trusted:
        raise Unfetchable("The URL must begin with https://.")


def _check_port(host: str, port: int) -> bool:
    """Returns whether the host is trusted, for which any port and address is allowed. Raises Unfetchable for other
    ports.
    """
    if authority(host, port) in settings().fetch_trusted_hosts:
        return True
    if port not in settings().fetch_ports:
        allowed = " or ".join(str(each) for each in settings().fetch_ports)
        raise Unfetchable(f"The URL must use port {allowed}.")
    return False


def _preferred(addresses: list[str]) -> str:
    """Returns an IPv4 address where there is one, because Lambda has no IPv6."""
    return next((address for address in addresses if ":" not in address), addresses[0])


def _parse(url: str) -> tuple[str, str, int, str]:
    """Returns scheme, host, port and target."""
    if len(url) > LONGEST_URL:
        raise Unfetchable(f"The URL is too long. It may have at most {LONGEST_URL} characters.")
    if FORBIDDEN_CHARACTERS.search(url):
        raise Unfetchable("The URL contains spaces, backslashes or control characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Unfetchable("The URL is not valid.") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise Unfetchable("The URL must begin with http:// or https://.")
    if "@" in parts.netloc:
        raise Unfetchable("The URL must not contain a user name or password.")
    return parts.scheme, _host(parts), DEFAULT_PORTS[parts.scheme] if port is None else port, _target(parts)


def _host(parts: SplitResult) -> str:
    """Returns the host in ASCII and lower case. A final dot is kept, because DNS treats names with and without it
    differently.
    """
    try:
        host = (parts.hostname or "").encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    if not HOST.fullmatch(host):
        raise Unfetchable("The URL has no valid host.")
    return host


def _target(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe=SAFE_CHARACTERS)
