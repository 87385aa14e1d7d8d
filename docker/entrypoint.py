"""Entry of the container: write the ini from the same template as ./govshare, then become one part.

    entrypoint.py prepare|web|worker|scheduler|mail

Addresses and passwords of the stores come from the environment (see compose.yaml); the portal's own
secrets are made at the first start and stay in the volume.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docker"))

from local.site import Site, write_private  # noqa: E402
from local.template import fill  # noqa: E402

STATE = Path("/var/lib/govshare")
INI = STATE / "govshare.ini"
PERMISSIONS = STATE / ".permissions.sql"


def values() -> dict[str, object]:
    """What the places of config/ckan/govshare.ini are filled with."""
    site = Site(ROOT, STATE, STATE)
    host = os.environ["DATABASE_HOST"]

    def database(role: str, password: str, name: str) -> str:
        return f"postgresql://{role}:{os.environ[password]}@{host}/{name}"

    return {
        "SECRET_KEY": site.secret("portal-session"),
        "CSRF_SECRET": site.secret("portal-csrf"),
        "TOKEN_SECRET": site.secret("portal-token"),
        "SITE_ID": "govshare",
        "SITE_URL": os.environ["SITE_URL"],
        "DATABASE_URL": database("portal", "OWNER_PASSWORD", "portal"),
        "DATASTORE_WRITE_URL": database("portal_rw", "WRITER_PASSWORD", "portal_datastore"),
        "DATASTORE_READ_URL": database("portal_ro", "READER_PASSWORD", "portal_datastore"),
        "SOLR_URL": os.environ["SOLR_URL"],
        "REDIS_URL": os.environ["REDIS_URL"],
        "STORAGE_PATH": site.directory("storage"),
        "ARTIFACT_PATH": site.directory("artifacts"),
        "WORK_PATH": site.directory("work"),
        "VAULT_PATH": site.directory("vault"),
        "KEYRING_PATH": os.environ["KEYRING"],
        "MIRROR_TARGETS": STATE / "mirror.yaml",
        "CONFIG_PATH": ROOT / "config",
        "SMTP_SERVER": os.environ["SMTP_SERVER"],
        "MAIL_FROM": os.environ["MAIL_FROM"],
        "DEVELOPMENT": "false",
    }


def prepare() -> None:
    """Migrations and catalogs by the portal's owner, then the DataStore's rights by the superuser."""
    program = [sys.executable, str(ROOT / "docker/prepare.py"), str(INI), "--permissions", str(PERMISSIONS)]
    subprocess.run(program, check=True)
    superuser = os.environ | {"PGPASSWORD": os.environ["POSTGRES_PASSWORD"]}
    psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", os.environ["DATABASE_HOST"], "-U", "postgres"]
    subprocess.run([*psql, "-f", str(PERMISSIONS)], env=superuser, check=True)


def commands() -> dict[str, list[str]]:
    """The long-running parts: what the container becomes."""
    workers = str(max(2, os.cpu_count() or 2))
    gunicorn = ["gunicorn", "--workers", workers, "--bind", "0.0.0.0:8000", "--timeout", "120"]
    gunicorn += ["--chdir", str(ROOT / "docker"), "--no-control-socket"]
    return {
        "web": [*gunicorn, "wsgi:application"],
        "worker": ["ckan", "-c", str(INI), "jobs", "worker", "default", "govshare"],
        "scheduler": [sys.executable, str(ROOT / "docker/scheduler.py"), str(INI)],
        "mail": [sys.executable, str(ROOT / "docker/mailbox.py"), "1025", str(STATE / "mail"), "0.0.0.0"],
    }


def main(part: str) -> None:
    """Run one part."""
    if part != "mail":
        write_private(INI, fill(ROOT / "config/ckan/govshare.ini", values()))
    if part == "prepare":
        prepare()
        return
    command = commands()[part]
    os.execvpe(command[0], command, os.environ | {"CKAN_INI": str(INI)})


if __name__ == "__main__":
    main(sys.argv[1])
