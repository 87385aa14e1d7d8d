"""What every room of tests knows: where the project is, and where the data of real offices is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

# The same examples on every machine, however slow it is.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


@dataclass(frozen=True)
class Peer:
    """An unmodified CKAN 2.12.0 and the token of its sysadmin."""

    url: str
    token: str
    name: str
    password: str


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real catalogs and tables beside the project; skips, saying so, where it is absent."""
    folder = Path(os.environ.get("GOVSHARE_SHARED") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the folder of real catalogs and tables is absent: {folder}")
    return folder


@pytest.fixture(scope="session")
def peer() -> Iterator[Peer]:
    """The peer of the stack under test, started when the first test asks for it."""
    from local import ckan, process, stack
    from local import peer as peer_part
    from local.site import Site

    site = Site.of(ROOT)
    stack.start_peer(site)
    account = json.loads(peer_part.account(site).read_text())
    yield Peer(url=ckan.PEER.address(site), **account)
    process.stop(site, ckan.PEER.name)
