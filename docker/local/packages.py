"""Debian packages the stack needs; what is missing is installed by root, or named in one line."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.failure import Failure
from local.progress import step

SERVE = {
    "postgresql-15": "/usr/lib/postgresql/15/bin/postgres",
    "redis-server": "redis-server",
    "nginx-light": "nginx",
    "openjdk-17-jdk-headless": "javac",
    "maven": "mvn",
    "gcc": "gcc",
    "libpq-dev": "pg_config",
    "libmagic1": "/usr/lib/*-linux-gnu/libmagic.so.1",
    "libpangoft2-1.0-0": "/usr/lib/*-linux-gnu/libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "/usr/lib/*-linux-gnu/libharfbuzz-subset.so.0",
    "fonts-noto-cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
}
"""Package → a command or a file that shows it is there."""

PYTHON = {
    "python3-venv": "/usr/lib/python3*/ensurepip/__init__.py",
    "python3-dev": "/usr/include/python3*/Python.h",
}
"""Only for Debian's own Python; others bring both."""

BROWSER = {
    "chromium-headless-shell": "/usr/lib/chromium/chromium-headless-shell",
}
"""Only the journeys need these."""

NO_START = Path("/usr/sbin/policy-rc.d")


def ensure(*, browser: bool = False) -> None:
    """Install what is missing; Failure with the one line to run when not root."""
    wanted = SERVE | (PYTHON if Path("/usr/bin/python3").resolve() == _own_python() else {})
    wanted |= BROWSER if browser else {}
    missing = [package for package, proof in wanted.items() if not _present(proof)]
    if not missing:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failure(
            f"缺少系统软件包，请先运行：sudo {line}",
            "System packages are missing; run the line above, then start again.",
        )
    with step(f"安装系统软件包 {' '.join(missing)}"), _services_stay_off():
        _apt("apt-get update -q", line)


def _present(proof: str) -> bool:
    if not proof.startswith("/"):
        return shutil.which(proof, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin") is not None
    return any(Path("/").glob(proof[1:]))


def _own_python() -> Path:
    import sys

    return Path(sys.base_prefix, "bin", "python3").resolve()


def _apt(*lines: str) -> None:
    """Run apt; its output is shown only when it fails."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for line in lines:
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(line.split(), stdout=output, stderr=output, env=environment, check=False)
            if done.returncode:
                output.seek(0)
                raise Failure(
                    f"系统软件包安装失败：\n{output.read()[-1500:]}",
                    f"`{line}` failed; mend the package sources or run it by hand, then start again.",
                )


@contextmanager
def _services_stay_off() -> Iterator[None]:
    """Keep Debian from starting its own PostgreSQL, Redis and nginx beside ours."""
    if NO_START.exists():
        yield
        return
    NO_START.write_text("#!/bin/sh\nexit 101\n")
    NO_START.chmod(0o755)
    try:
        yield
    finally:
        NO_START.unlink(missing_ok=True)
