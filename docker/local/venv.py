"""The Python environment: CKAN with its pinned requirements, and this project, editable."""

from __future__ import annotations

import hashlib
import subprocess
import sys

from local.failure import Failure
from local.progress import step
from local.site import Site

CKAN = "ckan[requirements]==2.12.0"


def ensure(site: Site, *, extra: str = "serve") -> None:
    """Bring the environment in line with setup.py; does nothing when it already is."""
    state = hashlib.sha256((site.root / "setup.py").read_bytes() + sys.version.encode() + CKAN.encode())
    stamp = site.venv / f".govshare-{extra}"
    fresh = f"{site.root} {state.hexdigest()}"
    if stamp.exists() and stamp.read_text() == fresh:
        return
    if not site.python.exists():
        with step("创建 Python 环境"):
            _run(site, [sys.executable, "-m", "venv", str(site.venv)])
    with step(f"安装 CKAN 2.12.0 与本项目（{extra}）"):
        pip = [str(site.python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--use-pep517"]
        _run(site, [*pip, CKAN, "-e", f"{site.root}[{extra}]"])
    stamp.write_text(fresh)


def _run(site: Site, command: list[str]) -> None:
    site.venv.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(
            f"Python 环境安装失败：\n{(done.stderr or done.stdout)[-2000:]}",
            f"`{' '.join(command[:6])} …` failed; check network and disk space, then start again.",
        )
