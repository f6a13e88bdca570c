"""Which network addresses may be reached: everything public, and the private host:port pairs that a setting names."""

import base64
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import unquote, urlsplit

Pair = tuple[str, int]

# ipaddress.is_private misses several of these, and is_global is true for NAT64, 6to4 and multicast (Python 3.11.7).
# fmt: off
NETS_4 = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
]
NETS_6 = [
    "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "fc00::/7", "fe80::/9",
    "ff00::/8",
]
# fmt: on
REFUSED_4 = tuple(ip_network(net) for net in NETS_4)
REFUSED_6 = tuple(ip_network(net) for net in NETS_6)
NAT64 = ip_network("64:ff9b::/96")
SIX_TO_FOUR = ip_network("2002::/16")
INSIDE = (".local", ".internal", ".localhost", ".lan", ".home.arpa", ".intranet", ".corp")


class AddressRefused(ValueError):
    """This address may not be connected to; the message names it. No OSError: Scrapy would try those again."""


def embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a mapped, NAT64 or 6to4 address leads to."""
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in SIX_TO_FOUR:
        return address.sixtofour
    return None


def is_public(literal: str) -> bool:
    """Whether this IP address (a literal, perhaps with a %zone) is on the public internet."""
    try:
        address = ip_address(literal.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        inner = embedded(address)
        if inner is None:
            return not any(address in net for net in REFUSED_6)
        address = inner
    return not any(address in net for net in REFUSED_4)


def is_inside(host: str) -> bool:
    """Whether a host is of an own network by what it is called: a private address, or a name that is not public."""
    try:
        ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(INSIDE)
    return not is_public(host)


def proxy_authorization(proxy: str) -> dict[str, str]:
    """The header by which a proxy knows us, where its address holds a name: ``http://user:password@host:port``."""
    parts = urlsplit(proxy)
    if not parts.username:
        return {}
    known = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(known).decode()}"}


def pairs(allowed: tuple[str, ...]) -> frozenset[Pair]:
    """``("127.0.0.1:9101", "[::1]:80")`` as host and port; ValueError for a pair without a port."""
    ports = set()
    for pair in allowed:
        host, colon, port = pair.rpartition(":")
        if not colon or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"{pair!r} is no host:port pair")
        ports.add((host.strip("[]").lower(), int(port)))
    return frozenset(ports)
