"""The stage of the mirror's measurements: one target under a mark of its own, commands, and both databases."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ckanapi
import psycopg2
import requests
import yaml
from local import ckan, peer, postgres, process, solr, stack
from local.ckan import Ckan
from local.site import Site

RELAYS = ("worker", "scheduler")  # parts of the portal that serve the mirrors by themselves
FOUND_AT_ONCE = 1000


@dataclass
class Stage:
    """Portal and peer, with a target whose names and mark nobody else has."""

    site: Site
    word: str = field(default_factory=lambda: f"b{random.randrange(16**6):06x}")

    def __post_init__(self) -> None:
        """Keep the targets that are configured, to be written back."""
        account = json.loads(Path(os.environ["GOVSHARE_PEER_ACCOUNT"]).read_text())
        self.url = os.environ["GOVSHARE_PEER_URL"]
        self.token = account["token"]
        self.there = ckanapi.RemoteCKAN(self.url, apikey=self.token)
        self.targets = ckan.mirror_targets(self.site, ckan.PORTAL)
        self.before = self.targets.read_text() if self.targets.exists() else None

    def aim(self, url: str) -> None:
        """Make the peer, spoken to at ``url``, the only target."""
        peer.enroll(self.site)
        row = yaml.safe_load(self.targets.read_text())["targets"]["portal"]
        own = {"prefix": f"{self.word}-", "mark": f"origin_{self.word}"}
        file = self.targets.with_name(f"mirror-{self.word}.yaml")
        file.write_text(
            yaml.safe_dump(yaml.safe_load(Path(row["mapping"]).read_text()) | own, allow_unicode=True)
        )
        row |= {"url": url, "mapping": str(file), "title": self.word}
        self.targets.write_text(yaml.safe_dump({"targets": {self.word: row}}, allow_unicode=True))

    def aim_at_nothing(self) -> None:
        """Let there be no target."""
        self.targets.unlink(missing_ok=True)

    def tear_down(self) -> None:
        """Write the targets back and take away what stands at the peer under our mark."""
        self.targets.with_name(f"mirror-{self.word}.yaml").unlink(missing_ok=True)
        if self.before is None:
            self.aim_at_nothing()
        else:
            self.targets.write_text(self.before)
        self.purge()
        for table, key in (("ledger", "target"), ("run", "target"), ("target", "name")):
            statement = f"DELETE FROM govshare_mirror_{table} WHERE {key} = %s"  # noqa: S608 - our own words
            self.execute(ckan.PORTAL, statement, [self.word])

    def mirror(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``ckan govshare mirror …`` to its end."""
        command = ckan.command(self.site, ckan.PORTAL, "govshare", "mirror", *arguments)
        return subprocess.run(
            command,
            env=self.site.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def at_peer(self) -> list[dict[str, Any]]:
        """What stands at the peer under our mark."""
        question = {"fq": f"origin_{self.word}:*", "rows": FOUND_AT_ONCE, "sort": "id asc"}
        found: list[dict[str, Any]] = []
        while page := self.there.action.package_search(**question, start=len(found))["results"]:
            found += page
        return found

    def stranger_sees(self, name: str) -> dict[str, Any] | None:
        """What anybody reads of one of our entries at the peer."""
        url = f"{self.url}/api/3/action/package_show"
        answer = requests.post(url, json={"id": f"{self.word}-{name}"}, timeout=60)
        return answer.json()["result"] if answer.ok else None

    def execute(self, of: Ckan, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement in a database of the stack; return its rows."""
        connection = psycopg2.connect(postgres.url(self.site, of.name, of.name))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    @property
    def peer_workers(self) -> int:
        """How many processes of the peer answer; the same ones for whoever asks."""
        pid = process.pid_of(self.site, "peer")
        return len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()) if pid else 0

    def index_peer(self) -> None:
        """Let the peer index what its database has and its index lacks."""
        command = ckan.command(self.site, ckan.PEER, "search-index", "rebuild", "--only-missing", "--quiet")
        subprocess.run(command, env=self.site.environment, capture_output=True, check=True)

    def purge(self) -> None:
        """Take away everything at the peer that has our prefix, from its database and from its index."""
        ours = "(SELECT id FROM package WHERE name LIKE %s)"
        files = f"(SELECT id FROM resource WHERE package_id IN {ours})"  # noqa: S608 - our own words
        for table, key, held in (
            ("resource_view", "resource_id", files),
            ("resource", "package_id", ours),
            ("package_tag", "package_id", ours),
            ("member", "table_id", ours),
            ("package", "id", ours),
        ):
            statement = f"DELETE FROM {table} WHERE {key} IN {held}"  # noqa: S608 - our own words
            self.execute(ckan.PEER, statement, [f"{self.word}-%"])
        url = f"{solr.url(self.site, ckan.PEER.core)}/update?commit=true"
        gone = {"delete": {"query": f"name:{self.word}-*"}}
        requests.post(url, json=gone, timeout=60).raise_for_status()

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time that the peer, its stores and our own commands have used so far."""
        spent = {name: _cpu_of(process.pid_of(self.site, name)) for name in ("peer", "solr", "postgres")}
        own = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {**spent, "ours": own.ru_utime + own.ru_stime + time.process_time()}

    @contextmanager
    def only_our_relay(self) -> Iterator[None]:
        """Stop the parts that would serve the target beside the measurement."""
        for name in RELAYS:
            process.stop(self.site, name)
        try:
            yield
        finally:
            with stack.only_one(self.site):
                stack.start_portal(self.site)


def _cpu_of(pid: int | None) -> float:
    """Return the processor time of a process, of its children, and of those that have ended."""
    if pid is None:
        return 0.0
    ticks = sum(
        int(number) for number in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    )
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return ticks / os.sysconf("SC_CLK_TCK") + sum(_cpu_of(int(child)) for child in children)
