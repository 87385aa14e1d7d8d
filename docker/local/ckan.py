"""One CKAN site of a stack: its database, core, Redis number, ini; made and kept up to date here."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local import postgres, redis, solr
from local.failure import Failure
from local.progress import say, step
from local.site import LOOPBACK, Site, write_private
from local.template import fill


@dataclass(frozen=True)
class Ckan:
    """What tells one CKAN of the stack from another; `name` also names its databases and roles."""

    name: str
    core: str
    redis_number: int
    template: str
    port: str | None = None

    def ini(self, site: Site) -> Path:
        """The written configuration."""
        return site.var / f"{'govshare' if self.name == 'portal' else self.name}.ini"

    def address(self, site: Site) -> str:
        """Address of the site for people and tests."""
        return f"http://{LOOPBACK}:{site.port(self.port)}" if self.port else "http://test.ckan.net"


PORTAL = Ckan("portal", "ckan", 0, "govshare.ini", port="http")
PYTEST = Ckan("pytest", "pytest", 1, "govshare.ini")
PEER = Ckan("peer", "peer", 2, "peer.ini", port="peer")


def configure(site: Site, ckan: Ckan) -> None:
    """Write the ini from its template; its secrets are made once."""
    text = fill(site.root / "config/ckan" / ckan.template, _values(site, ckan))
    if not ckan.ini(site).exists() or ckan.ini(site).read_text() != text:
        write_private(ckan.ini(site), text)


def test_ini(site: Site) -> Path:
    """The configuration tests/portal boots CKAN with: ours, plus what CKAN's test client expects."""
    configure(site, PYTEST)
    file = site.var / "pytest-run.ini"
    write_private(file, fill(site.root / "config/ckan/pytest.ini", {"BASE": PYTEST.ini(site)}))
    return file


def prepare(site: Site, ckan: Ckan, *, sysadmin: Path | None = None) -> None:
    """Database, DataStore rights, index and catalogs; skipped when nothing has changed since."""
    stamp = site.var / f".prepared-{ckan.name}.json"
    known = json.loads(stamp.read_text()) if stamp.exists() else {}
    wanted = {"site": _fingerprint(site, ckan), "index": solr.configset_fingerprint(site, ckan.core)}
    if known == wanted:
        return
    with step(f"准备 {ckan.name} 的数据库与索引"):
        postgres.create_site(site, ckan.name)
        permissions = site.var / f".permissions-{ckan.name}.sql"
        command = [str(site.python), str(site.root / "docker/prepare.py"), str(ckan.ini(site))]
        command += ["--permissions", str(permissions)]
        command += ["--sysadmin", str(sysadmin)] if sysadmin else []
        command += ["--reindex"] if known and known["index"] != wanted["index"] else []
        _run(site, command)
        postgres.run_sql(site, permissions.read_text())
        permissions.unlink()
    stamp.write_text(json.dumps(wanted))


def forget(site: Site, ckan: Ckan) -> None:
    """Empty the stores of a CKAN that is down, so that the next `prepare` begins afresh."""
    postgres.drop_site(site, ckan.name)
    solr.empty(site, ckan.core)
    redis.empty(site, ckan.redis_number)
    for folder in ("storage", "artifacts", "work", "vault"):
        shutil.rmtree(site.var / folder / ckan.name, ignore_errors=True)
    for stamp in (f".prepared-{ckan.name}.json", ".seeded"):
        (site.var / stamp).unlink(missing_ok=True)


def command(site: Site, ckan: Ckan, *arguments: str) -> list[str]:
    """The CKAN command line with this site's configuration."""
    return [str(site.venv / "bin/ckan"), "-c", str(ckan.ini(site)), *arguments]


def mirror_targets(site: Site, ckan: Ckan) -> Path:
    """File of the sites that must follow this one; absent where there are none."""
    return site.var / f"mirror-{ckan.name}.yaml"


def accounts(site: Site) -> Path:
    """File of the demonstration accounts."""
    return site.var / "accounts.json"


def seed(site: Site, ckan: Ckan) -> None:
    """Fill the demonstration city, unless this very one is there."""
    stamp = site.var / ".seeded"
    city = sorted(file for file in (site.root / "config/demo").rglob("*") if file.is_file())
    wanted = hashlib.sha256(b"\0".join(file.read_bytes() for file in city)).hexdigest()
    if not (stamp.exists() and accounts(site).exists() and stamp.read_text() == wanted):
        with step("建立演示城市"):
            arguments = ("govshare", "demo", "seed", "--accounts", str(accounts(site)))
            _run(site, command(site, ckan, *arguments), show=True)
        stamp.write_text(wanted)


def _values(site: Site, ckan: Ckan) -> dict[str, object]:
    storage = site.directory(f"storage/{ckan.name}")
    artifacts = site.directory(f"artifacts/{ckan.name}")
    name = ckan.name
    return {
        "SECRET_KEY": site.secret(f"{name}-session"),
        "CSRF_SECRET": site.secret(f"{name}-csrf"),
        "TOKEN_SECRET": site.secret(f"{name}-token"),
        "SITE_ID": "govshare" if name == "portal" else name,
        "SITE_URL": ckan.address(site),
        "DATABASE_URL": postgres.url(site, name, name),
        "DATASTORE_WRITE_URL": postgres.url(site, f"{name}_datastore", f"{name}_rw"),
        "DATASTORE_READ_URL": postgres.url(site, f"{name}_datastore", f"{name}_ro"),
        "SOLR_URL": solr.url(site, ckan.core),
        "REDIS_URL": redis.url(site, ckan.redis_number),
        "STORAGE_PATH": storage,
        "ARTIFACT_PATH": artifacts,
        "WORK_PATH": site.directory(f"work/{ckan.name}"),
        "VAULT_PATH": site.directory(f"vault/{name}"),
        "KEYRING_PATH": site.keyring(name),
        "MIRROR_TARGETS": mirror_targets(site, ckan),
        "CONFIG_PATH": site.root / "config",
        "SMTP_SERVER": f"{LOOPBACK}:{site.port('smtp')}",
        "MAIL_FROM": "portal@localhost",
        "DEVELOPMENT": "true",
    }


def _fingerprint(site: Site, ckan: Ckan) -> str:
    """Changes when migrations, rights, catalogs or the configuration have."""
    sources = [ckan.ini(site), site.root / "setup.py", site.root / "docker/prepare.py"]
    sources += sorted((site.root / "ckanext-govshare").rglob("migration/govshare/versions/*.py"))
    sources += sorted((site.root / "i18n").rglob("*.po"))
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


def _run(site: Site, command: list[str], *, show: bool = False) -> None:
    """Run a program of ours into `var/log/prepare.log`; `show` lets its lines be seen while it works."""
    lines: list[str] = []
    with (
        (site.directory("log") / "prepare.log").open("a") as log,
        subprocess.Popen(
            command, env=site.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as child,
    ):
        for line in child.stdout or ():
            log.write(line)
            lines.append(line)
            if show:
                say(f"    {line.rstrip()}")
    if child.returncode:
        raise Failure(
            f"命令失败，日志 {site.var / 'log/prepare.log'} 的末尾：\n{''.join(lines[-40:])}",
            f"`{' '.join(command[:6])} …` failed, see above.",
        )
