"""Which addresses the portal may speak to (出站访问): the peers that are configured, and nothing they point to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from ckanext.govshare.domain.decision import Reason

CKAN = "ckan"
WEBHOOK = "webhook"
KINDS = (CKAN, WEBHOOK)

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
SCHEMES = ("https", "http")


def objections_to_url(url: str, networks: Sequence[str] = ()) -> list[Reason]:
    """Name what is wrong with a configured address: no http(s), user data in it, or plain http to strangers.

    Plain http is for loopback and for the networks that the operator names (政务外网).
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in SCHEMES or not host or parts.username or parts.password:
        return [Reason("mirror.bad_url", {"url": host or url[:80]})]
    if parts.scheme == "http" and host not in LOOPBACK_NAMES and not networks:
        return [Reason("mirror.plain_http", {"host": host})]
    return []


def objections_to_listing(url: str, listing: str) -> list[Reason]:
    """Name what is wrong with the address of a receiver's list: it must be the receiver's own."""
    ours, theirs = urlsplit(url), urlsplit(listing)
    if (listing and (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc)) or theirs.query:
        return [Reason("mirror.foreign_listing", {"url": listing[:80]})]
    return []


def objections_to_addresses(
    host: str, addresses: Iterable[str], networks: Sequence[str] = ()
) -> list[Reason]:
    """Name the addresses of a host that the portal does not connect to.

    Loopback only where the configured peer itself is loopback; private addresses only in ``networks``.
    """
    return [
        Reason("mirror.forbidden_address", {"host": host, "address": address})
        for address in addresses
        if not _may_connect(host, address, networks)
    ]


def _may_connect(host: str, address: str, networks: Sequence[str]) -> bool:
    ip = ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if ip.is_loopback:
        return host in LOOPBACK_NAMES
    if any(ip in ip_network(network) for network in networks):
        return True
    return ip.is_global and not ip.is_multicast
