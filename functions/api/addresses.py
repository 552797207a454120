"""The IP address of a client. Addresses are personal data: they are keys of rate limits, and are never logged."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from starlette.requests import HTTPConnection

from imgopt.settings import settings

Address = IPv4Address | IPv6Address
# The smallest and the largest IPv6 network of one subscriber (RFC 6177), who can use all addresses of it.
IPV6_PREFIX, IPV6_SITE = 64, 48
UNKNOWN_ADDRESS = "unknown"


def origin_of(request: HTTPConnection) -> str:
    """The key that a client is counted by: its IPv4 address, the /64 of its IPv6 address, or `unknown`."""
    return network_of(find_client(request))


def networks_of(request: HTTPConnection) -> tuple[str, ...]:
    """The key of `origin_of`; for an IPv6 address also its /48, which contains 65,536 networks of size /64."""
    client = find_client(request)
    if client is None or client.version == 4:
        return (network_of(client),)
    return network_of(client), str(ip_network((client, IPV6_SITE), strict=False))


def network_of(address: Address | None) -> str:
    if address is None:
        return UNKNOWN_ADDRESS
    return str(ip_network((address, IPV6_PREFIX), strict=False)) if address.version == 6 else str(address)


def find_client(request: HTTPConnection) -> Address | None:
    """The client's address, or None if it is not known.

    It is the peer's address. If the peer is a trusted proxy, it is the last address in `X-Forwarded-For` that is not a
    trusted proxy's: each proxy appends its peer to the header. Entries before that one are not trusted, as a client can
    send any.

    A proxy that sends a secret may state the address in a header of its own. Then all requests come through that proxy,
    as functions/api/origin_secret.py refuses requests without the secret.
    """
    header = settings().client_address_header
    if header:
        return read_address(request.headers.get(header, ""))
    client = read_address(peer_of(request.scope))
    for hop in reversed(forwarded_for(request)):
        before = read_address(hop)
        if before is None or client is None or not is_trusted(client):
            break
        client = before
    return client


def peer_of(scope: Any) -> str:
    """The peer's address: on Lambda the one that API Gateway reports, else the other end of the connection."""
    if "aws.event" in scope:
        return str(scope["aws.event"]["requestContext"]["identity"]["sourceIp"])
    return scope["client"][0] if scope.get("client") else ""


def forwarded_for(request: HTTPConnection) -> list[str]:
    return ",".join(request.headers.getlist("x-forwarded-for")).split(",")


def read_address(text: str) -> Address | None:
    """Parses an address; None if it is not one. An IPv4-mapped IPv6 address becomes the IPv4 address."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return mapped or address


def is_trusted(address: Address) -> bool:
    networks: Iterable[Any] = settings().trusted_proxies
    return any(address in network for network in networks)
