"""Where webhooks may go: https, and nowhere inside a private network (SSRF).

An address is judged by every IP address that its name stands for at that moment, and the
connection goes to one of those that were judged: a name that changes in between gains nothing.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from tenure.base.errors import FieldError, Invalid
from tenure.base.verdicts import Code
from tenure.notices.webhooks.errors import (
    WEBHOOK_ADDRESS_MALFORMED,
    WEBHOOK_ADDRESS_PRIVATE,
    WEBHOOK_ADDRESS_UNSAFE,
)

LONGEST: Final = 1000
MOST_TRIED: Final = 4
"""So many of the addresses that a name stands for are tried."""
_TRANSLATED: Final = ip_network("64:ff9b::/96")
"""Addresses of version 4, dressed as version 6 (RFC 6052)."""
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Permissions:
    """What an installation allows: ``plain`` http, and ``private`` networks."""

    plain: bool = False
    private: bool = False


class AddressForbidden(OSError):
    """The name stands for an address to which nothing is sent."""


def check_address(text: str, permissions: Permissions) -> str:
    """The address, if webhooks may go there; otherwise ``Invalid``, beside the field ``url``.

    Names are not looked up: what they stand for is judged at each delivery.
    """
    problem = _problem(text, permissions)
    if problem is not None:
        raise Invalid([FieldError("url", problem)])
    return text


def _problem(text: str, permissions: Permissions) -> Code | None:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return WEBHOOK_ADDRESS_MALFORMED
    if not _is_well_formed(text, parts) or port == 0:
        return WEBHOOK_ADDRESS_MALFORMED
    if parts.scheme == "http" and not permissions.plain:
        return WEBHOOK_ADDRESS_UNSAFE
    host = parts.hostname or ""
    named = host.rstrip(".").lower()
    literal = _literal(named)
    inside = named == "localhost" or named.endswith((".localhost", ".local", ".internal"))
    if not permissions.private and (inside or (literal is not None and not is_public(literal))):
        return WEBHOOK_ADDRESS_PRIVATE
    return None


def _is_well_formed(text: str, parts: SplitResult) -> bool:
    plain = text.isascii() and text.isprintable() and " " not in text and "\\" not in text
    known = parts.scheme in _PORTS and bool(parts.hostname)
    bare = parts.username is None and parts.password is None and "#" not in text
    return plain and known and bare and len(text) <= LONGEST


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the internet's, whatever it is dressed as."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address in _TRANSLATED:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def port_of(parts: SplitResult) -> int:
    """The port of an address that was checked."""
    return parts.port or _PORTS[parts.scheme]


def reach(host: str, port: int, permissions: Permissions, timeout: float) -> socket.socket:
    """A connection to one of the addresses that ``host`` stands for, in ``timeout`` seconds.

    Raises ``AddressForbidden`` if one of them is private, and ``OSError`` if none answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ways = [(family, str(address[0])) for family, _, _, _, address in found]
    if not permissions.private:
        for _, address in ways:
            if not is_public(ip_address(address.split("%", 1)[0])):
                raise AddressForbidden(host)
    trouble: OSError = OSError(host)
    tried = ways[:MOST_TRIED]
    for _, address in tried:
        try:
            line = socket.create_connection((address, port), timeout / len(tried))
            line.settimeout(timeout)
            return line
        except OSError as problem:
            trouble = problem
    raise trouble
