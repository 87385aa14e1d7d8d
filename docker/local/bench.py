"""Measurements: `./govshare bench NAME` runs `tests/bench/NAME.py` against the running portal.

A measurement finds its stack in the environment: GOVSHARE_URL and GOVSHARE_INI of the portal,
GOVSHARE_PEER_URL and GOVSHARE_PEER_ACCOUNT (name, password, token) of the unmodified CKAN, which is
started for it; its folder tests/bench/ is on the module path. It prints its figures. Those that only ask
the rules start nothing.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from local import ckan, peer, stack, venv
from local.failure import Failure
from local.progress import say
from local.site import Site

WITHOUT_PORTAL = ("clock", "intake", "mask", "scan")


def run(site: Site, arguments: list[str]) -> int:
    """Run one measurement, or list them all."""
    folder = site.root / "tests/bench"
    names = sorted(file.stem for file in folder.glob("*.py") if not file.stem.startswith("_"))
    if not arguments:
        say("\n".join(["可用的性能测试 benches:", *(f"  ./govshare bench {name}" for name in names)]))
        return 0
    if arguments[0] not in names:
        raise Failure(
            f"没有名为 {arguments[0]} 的性能测试；现有：{'、'.join(names) or '无'}",
            "No such bench; the names are listed above.",
        )
    if arguments[0] in WITHOUT_PORTAL:
        venv.ensure(site)
        venv.ensure(site, extra="test")
    else:
        _start(site)
    program = [str(site.python), str(folder / f"{arguments[0]}.py"), *arguments[1:]]
    return subprocess.run(program, env=site.environment | environment(site), check=False).returncode


def _start(site: Site) -> None:
    """Start the portal and its peer."""
    with stack.only_one(site):
        stack.install(site)
        stack.start_stores(site)
        stack.start_portal(site)
        stack.start_peer(site)


def environment(site: Site) -> dict[str, str]:
    """Where tests and measurements find the portal and its peer."""
    return {
        "GOVSHARE_URL": ckan.PORTAL.address(site),
        "GOVSHARE_INI": str(ckan.PORTAL.ini(site)),
        "GOVSHARE_ACCOUNTS": str(ckan.accounts(site)),
        "GOVSHARE_PEER_URL": ckan.PEER.address(site),
        "GOVSHARE_PEER_ACCOUNT": str(Path(peer.account(site))),
    }
