"""The peer: an unmodified CKAN 2.12.0 with its own database, core and port."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from local import ckan, portal
from local.process import Part
from local.site import LOOPBACK, Site, write_private
from local.template import fill


def account(site: Site) -> Path:
    """File with name, password and token of the peer's sysadmin."""
    return site.var / "peer.json"


def part(site: Site) -> Part:
    """Its web workers, on a port of their own, without nginx."""
    state = hashlib.sha256(ckan.PEER.ini(site).read_bytes()).hexdigest()
    return portal.web(site, ckan.PEER, "对照 CKAN", f"{LOOPBACK}:{site.port('peer')}", state)


def enroll(site: Site) -> None:
    """Make the peer the government portal of the demonstration city: the portal's one mirror target."""
    token = site.directory("secrets") / "mirror-portal"
    write_private(token, json.loads(account(site).read_text())["token"])
    values = {
        "PEER_URL": ckan.PEER.address(site),
        "TOKEN_FILE": token,
        "CONFIG_PATH": site.root / "config",
    }
    text = fill(site.root / "config/mirror/targets.yaml", values)
    write_private(ckan.mirror_targets(site, ckan.PORTAL), text)
