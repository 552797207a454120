"""Public IP addresses, as opposed to those of this machine, of private networks, or of special purposes."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# IANA's special-purpose registries, written out because `is_global` differs between versions of Python.
SPECIAL_V4 = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host services, which only look public
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
# Addresses outside are not global unicast: loopback, embedded IPv4, unique-local, link-local, multicast.
UNICAST_V6 = IPv6Network("2000::/3")
# Protocols such as Teredo, documentation, 6to4, AS112, documentation.
SPECIAL_V6 = tuple(
    IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
# In networks with IPv6 only, resolvers return such addresses for IPv4 hosts.
NAT64 = IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Returns whether an address, in the form of getaddrinfo, is global unicast. Addresses with a scope aren't."""
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return _is_public_v4(address)
    if address.scope_id is not None:
        return False
    if address in NAT64:
        return _is_public_v4(IPv4Address(int(address) & 0xFFFFFFFF))
    return _is_public_v6(address)


def _is_public_v4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in SPECIAL_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    special = any(address in network for network in SPECIAL_V6)
    return address in UNICAST_V6 and address.is_global and not special
