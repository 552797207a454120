"""Where a request comes from. Addresses are personal: they are counted by, and never logged."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from starlette.requests import HTTPConnection

from imgopt.settings import settings

Address = IPv4Address | IPv6Address
# What one subscriber is given at least, and at most (RFC 6177); who has one has all addresses of it.
IPV6_PREFIX, IPV6_SITE = 64, 48
UNKNOWN_ADDRESS = "unknown"


def origin_of(request: HTTPConnection) -> str:
    """What a client is counted by: its IPv4 address, or the /64 of its IPv6 address; `unknown` is one for all."""
    return network_of(find_client(request))


def networks_of(request: HTTPConnection) -> tuple[str, ...]:
    """The same, and of an IPv6 address the site, which may have 65,536 of them."""
    client = find_client(request)
    if client is None or client.version == 4:
        return (network_of(client),)
    return network_of(client), str(ip_network((client, IPV6_SITE), strict=False))


def network_of(address: Address | None) -> str:
    if address is None:
        return UNKNOWN_ADDRESS
    return str(ip_network((address, IPV6_PREFIX), strict=False)) if address.version == 6 else str(address)


def find_client(request: HTTPConnection) -> Address | None:
    """The peer, unless it is one of the trusted proxies: then the last hop before these, by `X-Forwarded-For`.

    Anybody can write anything into that header, but each proxy adds its own peer at the end of it. What stands before
    the first that is not trusted, counted from there, is hearsay.

    A proxy that is known by its secret may tell the address in a header of its own. Then all requests come through it:
    what lacks the secret was refused before (functions/api/origin_secret.py).
    """
    told = settings().client_address_header
    if told:
        return read_address(request.headers.get(told, ""))
    client = read_address(peer_of(request.scope))
    for hop in reversed(forwarded_for(request)):
        before = read_address(hop)
        if before is None or client is None or not is_trusted(client):
            break
        client = before
    return client


def peer_of(scope: Any) -> str:
    """By API Gateway's own account on Lambda, else the other end of the connection."""
    if "aws.event" in scope:
        return str(scope["aws.event"]["requestContext"]["identity"]["sourceIp"])
    return scope["client"][0] if scope.get("client") else ""


def forwarded_for(request: HTTPConnection) -> list[str]:
    return ",".join(request.headers.getlist("x-forwarded-for")).split(",")


def read_address(text: str) -> Address | None:
    """None where it is none. An IPv4 address that is mapped to IPv6 is itself."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return mapped or address


def is_trusted(address: Address) -> bool:
    networks: Iterable[Any] = settings().trusted_proxies
    return any(address in network for network in networks)
