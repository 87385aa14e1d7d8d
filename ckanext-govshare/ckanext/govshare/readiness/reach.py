"""Who else could reach a server of ours: a loopback address in a setting proves nothing about the server."""

from __future__ import annotations

import contextlib
import ipaddress
import socket

TIMEOUT = 1.0
# Addresses of documentation (RFC 5737, RFC 3849): a datagram socket "connected" there sends nothing,
# but the kernel says from which of our own addresses it would leave.
FAR = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def is_loopback(host: str) -> bool:
    """Tell whether every address of ``host`` is of this machine only."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None)
    except OSError:
        return False
    return all(ipaddress.ip_address(str(row[4][0]).partition("%")[0]).is_loopback for row in found)


def outside_addresses() -> list[str]:
    """Return this machine's own addresses that others can reach."""
    found = set()
    for family, far in FAR:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((far, 9))
                found.add(str(probe.getsockname()[0]))
            except OSError:
                continue
    with contextlib.suppress(OSError):
        found.update(str(row[4][0]) for row in socket.getaddrinfo(socket.gethostname(), None))
    return sorted(a for a in found if not ipaddress.ip_address(a.partition("%")[0]).is_loopback)


def where_to_knock(host: str | None) -> list[str]:
    """Return the addresses at which a server must refuse strangers.

    ``host`` is where we reach it ourselves; None for a unix socket.
    """
    return outside_addresses() if host is None or is_loopback(host) else [host]
