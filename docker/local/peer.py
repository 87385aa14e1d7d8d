"""The peer: an unmodified CKAN 2.12.0 with its own database, core and port."""

from __future__ import annotations

import hashlib
from pathlib import Path

from local import ckan, portal
from local.process import Part
from local.site import LOOPBACK, Site


def account(site: Site) -> Path:
    """File with name, password and token of the peer's sysadmin."""
    return site.var / "peer.json"


def part(site: Site) -> Part:
    """Its web workers, on a port of their own, without nginx."""
    state = hashlib.sha256(ckan.PEER.ini(site).read_bytes()).hexdigest()
    return portal.web(site, ckan.PEER, "对照 CKAN", f"{LOOPBACK}:{site.port('peer')}", state)
