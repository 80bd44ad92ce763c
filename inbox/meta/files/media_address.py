"""Which addresses a file may be fetched from: Meta's file servers, and nothing of our own network.

An address is judged once and looked up once; whoever connects uses the numbers found here, so
that a name which answers differently a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

from inbox.meta.files.media_errors import MediaRefusedError, MediaUnavailableError

Resolve = Callable[[str, int], Sequence[str]]
"""From a name and a port to IP addresses; raises OSError when the name is unknown."""

MOST_LETTERS = 8192
# A name of letters, digits and hyphens, or an address in brackets; then perhaps a port. What does
# not fit (a user part, a final dot, an underscore, `%`, letters that only look like ASCII) is
# nothing that Meta writes.
NETLOC = re.compile(
    r"(?P<host>[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])"
    r"(:(?P<port>[0-9]{1,5}))?"
)
PORTS = {"http": 80, "https": 443}
MALFORMED = "Its address is malformed."
# IANA's special-purpose registries (RFC 6890), and what carries an IPv4 address inside an IPv6 one:
# mapped and compatible (::/64), NAT64 (64:ff9b::), Teredo (in 2001::/23), 6to4 (2002::).
NOT_PUBLIC = [
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/3", "4000::/2", "8000::/1"),  # all but 2000::/3, the only part in public use
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
]


@dataclass(frozen=True)
class Place:
    """Where one request goes. `target` is path and query; `addresses` are IP addresses."""

    scheme: str
    host: str
    port: int
    target: str
    addresses: tuple[str, ...]


def look_up(host: str, port: int) -> Sequence[str]:
    """What the system's resolver answers."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in found))


def place_of(url: str, hosts: Sequence[str], resolve: Resolve = look_up) -> Place:
    """Where to fetch `url` from, if `hosts` (the entries of MEDIA_HOSTS) allow it.

    An entry allows its name and every name below it, on the usual port or on the one it states.
    An entry that is an IP address or `localhost`, with a port, is the operator's permission for
    exactly that; nothing else reaches an address that is not public.

    Raises MediaRefusedError, or MediaUnavailableError when the name cannot be looked up.
    """
    scheme, host, port, target = _parts(url)
    entries = [found for entry in hosts if (found := NETLOC.fullmatch(entry.lower().strip(".")))]
    is_own = any(_is_own(host, port, entry) for entry in entries)
    if not is_own and not any(_is_below(host, port, PORTS[scheme], entry) for entry in entries):
        raise MediaRefusedError("It is not on one of Meta's file servers.")
    if is_own and _is_address(host):
        return Place(scheme, host, port, target, (host.strip("[]"),))
    addresses = _addresses(host, port, resolve)
    if not all(_is_loopback(it) if is_own else is_public(it) for it in addresses):
        raise MediaRefusedError("Its address leads into a private network.")
    return Place(scheme, host, port, target, addresses)


def is_public(address: str) -> bool:
    """Is this an IP address of the public internet?"""
    parsed = _parsed(address)
    return parsed is not None and not any(parsed in network for network in NOT_PUBLIC)


def _parts(url: str) -> tuple[str, str, int, str]:
    # Before anything parses it: urlsplit drops some of these, others read `\` as `/`.
    if len(url) > MOST_LETTERS or any(letter <= " " or letter in "\\\x7f" for letter in url):
        raise MediaRefusedError(MALFORMED)
    try:
        parts = urlsplit(url)
    except ValueError:
        raise MediaRefusedError(MALFORMED) from None
    found = NETLOC.fullmatch(parts.netloc.lower())
    if parts.scheme not in PORTS or not parts.netloc.isascii() or found is None:
        raise MediaRefusedError(MALFORMED)
    port = int(found["port"] or PORTS[parts.scheme])
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, found["host"], port, quote(target, safe="/?:@!$&'()*+,;=-._~%[]|")


def _is_own(host: str, port: int, entry: re.Match[str]) -> bool:
    is_named = host == "localhost" or _is_address(host)
    return is_named and entry["host"] == host and entry["port"] == str(port)


def _is_below(host: str, port: int, usual_port: int, entry: re.Match[str]) -> bool:
    name = entry["host"]
    is_port = port == int(entry["port"] or usual_port)
    return is_port and (host == name or host.endswith(f".{name}"))


def _addresses(host: str, port: int, resolve: Resolve) -> tuple[str, ...]:
    try:
        found = tuple(resolve(host, port))
    except OSError:
        found = ()
    if not found:
        raise MediaUnavailableError("The name of Meta's file server could not be looked up.")
    return found


def _is_loopback(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


def _is_address(host: str) -> bool:
    return _parsed(host.strip("[]")) is not None


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
