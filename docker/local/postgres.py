"""PostgreSQL 15: an own cluster on a unix socket, one owner role per site and no rights beyond it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

from local import process
from local.failure import Failure
from local.process import Part
from local.progress import step
from local.site import Site, as_user, give_to

BIN = Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "postgres"

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0777
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
password_encryption = scram-sha-256
shared_buffers = 256MB
max_connections = 100
log_min_duration_statement = 5000
"""

ACCESS = """
local all {superuser} peer map=superuser
local all all scram-sha-256
"""


def part(site: Site) -> Part:
    """The server process."""
    return Part(
        name="postgres",
        title="数据库 PostgreSQL",
        command=[*as_user(SUPERUSER), str(BIN / "postgres"), "-D", str(_data(site))],
        ready=lambda: _psql(site, "postgres", "select 1", check=False).returncode == 0,
        version=_version(),
        directory=Path("/"),
        stop_signal=signal.SIGINT,
        state=_settings(site),
    )


def ensure(site: Site) -> None:
    """Make the cluster at the first start; write its configuration at every start."""
    data = _data(site)
    if not (data / "PG_VERSION").exists():
        with step("建立数据库集群"):
            shutil.rmtree(data, ignore_errors=True)
            give_to(SUPERUSER, data)
            data.chmod(0o700)
            init = ["initdb", "-D", str(data), "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8"]
            _run([*as_user(SUPERUSER), str(BIN / init[0]), *init[1:], "--auth=peer"])
    give_to(SUPERUSER, site.sockets)
    if process.pid_of(site, "postgres") is None:
        _clear_remains(site)
    _write(data / "govshare.conf", _settings(site))
    _write(data / "pg_hba.conf", ACCESS.format(superuser=SUPERUSER))
    _write(data / "pg_ident.conf", f"superuser {data.owner()} {SUPERUSER}\n")
    main = data / "postgresql.conf"
    include = "include 'govshare.conf'\n"
    if not main.read_text().endswith(include):
        main.write_text(main.read_text() + include)


def _clear_remains(site: Site) -> None:
    """After a kill -9: end the orphaned backends and forget the lock of a server that is no more.

    The server would clear its lock itself, but takes a dead process that nobody has waited for, as in
    a container without an init, for a running one.
    """
    data = _data(site)
    while orphans := process.working_in(data):
        for pid in orphans:
            process.send(pid, signal.SIGTERM)
        time.sleep(process.PAUSE)
    for lock in (data / "postmaster.pid", site.sockets / ".s.PGSQL.5432.lock"):
        if lock.exists() and not process.alive(int(lock.read_text().split()[0])):
            lock.unlink()


def create_site(site: Site, name: str) -> None:
    """Roles and databases of one CKAN: `<name>` and `<name>_datastore`, owner, writer and reader."""
    values = {"site": name}
    for word, role in (("owner", name), ("writer", f"{name}_rw"), ("reader", f"{name}_ro")):
        values[f"{word}_password"] = site.secret(f"postgres-{role}")
    settings = "".join(f"\\set {key} {value}\n" for key, value in values.items())
    run_sql(site, settings + (site.root / "docker/site.sql").read_text())


def drop_site(site: Site, name: str) -> None:
    """Remove both databases of a CKAN, for tests that begin afresh."""
    for database in (name, f"{name}_datastore"):
        _psql(site, "postgres", f"drop database if exists {database} with (force)")


def run_sql(site: Site, script: str) -> None:
    """Run a script with psql commands as the superuser."""
    _run(_psql_command(site, "postgres"), script)


def url(site: Site, database: str, role: str) -> str:
    """SQLAlchemy address over the unix socket."""
    return f"postgresql://{role}:{site.secret(f'postgres-{role}')}@/{database}?host={site.sockets}"


def _data(site: Site) -> Path:
    return site.servants / "postgres"


def _settings(site: Site) -> str:
    return SETTINGS.format(sockets=site.sockets)


def _version() -> str:
    words = subprocess.run([BIN / "postgres", "--version"], capture_output=True, text=True, check=True)
    return words.stdout.split()[2]


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o644)


def _psql_command(site: Site, database: str) -> list[str]:
    options = ["-XqAt", "-v", "ON_ERROR_STOP=1", "-h", str(site.sockets), "-U", SUPERUSER]
    return [*as_user(SUPERUSER), str(BIN / "psql"), *options, database]


def _psql(site: Site, database: str, sql: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
    return _run(_psql_command(site, database), sql, check=check)


def _run(command: list[str], script: str = "", *, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False, cwd="/")
    if check and done.returncode:
        raise Failure(f"数据库命令失败：{done.stderr.strip()}", "A database command failed, see above.")
    return done
