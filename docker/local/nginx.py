"""nginx, the only part that visitors reach: limits, headers, static and released files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from local import ckan, portal
from local.process import Part, log_of
from local.site import LOOPBACK, Site, in_use
from local.template import fill

PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin") or "/usr/sbin/nginx"


def ensure(site: Site) -> None:
    """Write the configuration from its template."""
    text = fill(site.root / "docker/nginx.conf", _values(site))
    _configuration(site).write_text(text)


def part(site: Site) -> Part:
    """The server process on the address of the portal."""
    port = site.port("http")
    configuration = _configuration(site)
    return Part(
        name="nginx",
        title="网关 nginx",
        command=[PROGRAM, "-e", "stderr", "-p", str(site.directory("nginx")), "-c", str(configuration)],
        ready=lambda: in_use(port),
        version=_version(),
        port=port,
        state=configuration.read_text(),
    )


def _configuration(site: Site) -> Path:
    return site.directory("nginx") / "nginx.conf"


def _values(site: Site) -> dict[str, object]:
    # Started by root its workers stay root, like the portal itself: both must reach a clone below /root.
    user = "user root;" if os.geteuid() == 0 else ""
    return {
        "MAIN": f"daemon off;\n{user}",
        "RUN_PATH": site.directory("nginx"),
        "LOG_PATH": log_of(site, "access"),
        "ERROR_PATH": site.root / "docker/errors",
        "STATIC_PATH": site.directory(f"storage/{ckan.PORTAL.name}"),
        "THEME_PATH": site.root / "theme/public/govshare",
        "ARTIFACT_PATH": site.directory(f"artifacts/{ckan.PORTAL.name}"),
        "UPSTREAM": portal.bind_of(site),
        "LISTEN": f"{LOOPBACK}:{site.port('http')}",
    }


def _version() -> str:
    words = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True)
    return words.stderr.rpartition("/")[2].split()[0]
