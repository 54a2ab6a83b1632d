"""Which addresses a message may be sent to: public ones, and the networks that settings allow.

A subscriber names a host; what it means is only known when we connect, and may change between two
looks. So the address is looked up once, checked, and then the very address is connected to.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from dunwell.domain.errors import BadInput

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_URL = 2000
ENCRYPTED = {"https": True, "http": False, "tls": True, "nats": False}
"""The schemes that can be sent to: webhooks, and subjects of NATS."""
_SUBJECT = re.compile(r"/[\w-]+(\.[\w-]+)*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def networks(given: Sequence[str]) -> tuple[Network, ...]:
    """The networks of DUNWELL_WEBHOOK_NETWORKS. Raises BadInput."""
    try:
        return tuple(ipaddress.ip_network(text) for text in given)
    except ValueError as failure:
        raise BadInput(
            f"DUNWELL_WEBHOOK_NETWORKS: {failure}; write networks like 10.20.0.0/16."
        ) from failure


def check_url(url: str, allowed: Sequence[Network]) -> SplitResult:
    """A URL that can be sent to, as far as can be told without looking up its host.

    Raises BadInput. Plain HTTP is only for networks that settings allow.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as failure:
        raise BadInput(f"{url!r} is not a URL: {failure}.") from failure
    if len(url) > LONGEST_URL or not url.isascii() or any(c <= " " for c in url):
        raise BadInput(
            f"A URL has at most {LONGEST_URL} characters, all of them printable ASCII;"
            " write a host in other scripts in its xn-- form."
        )
    if parts.scheme not in ENCRYPTED or not host:
        raise BadInput(
            f"{url!r} is not an address to send to; give one like https://host/path or, for NATS,"
            " tls://host/subject."
        )
    if is_subject(parts) and not (_SUBJECT.fullmatch(parts.path) and not parts.query):
        raise BadInput(
            f"{url!r} names no subject of NATS; give one like tls://host:4222/billing.dunwell."
        )
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadInput(
            "A subscriber's URL has neither a user nor a fragment: messages are signed instead."
        )
    encrypted = ENCRYPTED[parts.scheme]
    if not encrypted and not allowed:
        raise BadInput(
            f"{url!r} isn't encrypted; use https or tls, or allow the receiver's own network with"
            " DUNWELL_WEBHOOK_NETWORKS."
        )
    if (literal := _literal(host)) is not None:
        refuse(literal, allowed, encrypted=encrypted)
    return parts


def is_subject(parts: SplitResult) -> bool:
    """Whether a URL is a subject of NATS."""
    return parts.scheme in ("tls", "nats")


def checked(host: str, port: int, allowed: Sequence[Network], *, encrypted: bool) -> list[Address]:
    """The addresses of a host, when all of them may be sent to. Raises BadInput and OSError."""
    found = resolve(host, port)
    for address in found:
        refuse(address, allowed, encrypted=encrypted)
    return found


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def refuse(address: Address, allowed: Sequence[Network], *, encrypted: bool) -> None:
    """Raises BadInput for an address that nothing may be sent to."""
    inner = _inner(address)
    if any(
        each.version == network.version and each in network
        for network in allowed
        for each in {address, inner}
    ):
        return
    if not (inner.is_global and address.is_global) or inner.is_multicast:
        raise BadInput(
            f"{address} is not a public address; allow its network with DUNWELL_WEBHOOK_NETWORKS"
            " if messages may go there."
        )
    if not encrypted:
        raise BadInput(f"{address} is a public address, to which only https or tls may be used.")


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address.sixtofour:
            return address.sixtofour
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host, in the order of the system's preference. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(
        dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found)
    )
