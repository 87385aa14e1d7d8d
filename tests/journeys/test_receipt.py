"""The receipt is the commit: whatever dies a moment after it was answered, the application, its journal and its notice are there, once."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Any
from uuid import uuid4

import psycopg2
import requests

from tests.journeys.acting import PATIENCE, in_days
from tests.journeys.conftest import eventually
from tests.journeys.post import letters
from tests.journeys.test_stack import launcher, status


def form(version: str) -> dict[str, Any]:
    """A complete form of a company that does not exist."""
    return {
        "applicant_kind": "company",
        "applicant_name": "断电测试有限公司",
        "uscc": "91350100M000100Y43",
        "legal_representative": "断电甲",
        "contact_name": "断电乙",
        "contact_phone": "0454-8888888",
        "contact_email": "power@example.org",
        "supply_form": "file",
        "frequency": "once",
        "purpose_kind": "research",
        "purpose": "研究断电",
        "use_until": in_days(365),
        "storage_place": "本单位机房",
        "protection_level": "none",
        "security_measures": "加密保存",
        "incident_contact": "断电丙",
        "incident_phone": "0454-8888888",
        "commitment": version,
    }


class Applicant:
    """The demonstration company, by the API."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base, self.headers = base_url, {"Authorization": token}

    def act(self, action: str, **data: Any) -> Any:
        """Call an action."""
        answer = requests.post(
            f"{self.base}/api/3/action/{action}", json=data, headers=self.headers, timeout=PATIENCE
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def free_entry(self) -> str:
        """An entry for which this applicant has nothing under way."""
        mine = self.act("govshare_application_list", limit=200)["results"]
        busy = "".join(row["title"] for row in mine if not row["closed_at"])
        found = self.act("package_search", fq="+openness:conditional", rows=100)["results"]
        return next(row["id"] for row in found if row["title"] not in busy)


def kill_everything(root: Any) -> None:
    """Every process of every part at once: PostgreSQL as when it must stop this instant, the others with -9."""
    rows = status(root)
    for name in ("portal", "worker", "scheduler", "nginx", "redis", "solr", "mail"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(rows[name]["pid"], signal.SIGKILL)
    os.kill(rows["postgres"]["pid"], signal.SIGQUIT)


def test_receipts_that_were_answered_outlive_everything(root, base_url, accounts, ini):
    """Once its letter is out, and at once: the same number, one journal row, one notice, one letter each."""
    applicant = Applicant(base_url, accounts["company"]["token"])
    handed_in = [hand_in(applicant)]
    assert eventually(lambda: len(receipts(root, handed_in[0][0])) > 0)
    handed_in.append(hand_in(applicant))
    kill_everything(root)
    done = launcher(root, "up", "--detach", "--empty")
    assert done.returncode == 0, done.stdout + done.stderr
    try:
        for number, given in handed_in:
            shown = applicant.act("govshare_application_show", id=number)
            assert (shown["state"], [line["move"] for line in shown["history"]]) == ("submitted", ["submit"])
            # Sent again under its key it is the same application.
            assert applicant.act("govshare_application_create", **given)["number"] == number
            assert counted(ini, shown["id"]) == {"journal": 1, "receipts": 1, "applications": 1}
            assert eventually(lambda number=number: len(receipts(root, number)) > 0)
            assert len(receipts(root, number)) == 1
            address = f"{base_url}/application/{number}/receipt"
            assert number in requests.get(address, headers=applicant.headers, timeout=PATIENCE).text
    finally:
        for number, _given in handed_in:
            applicant.act("govshare_application_move", id=number, move="withdraw", version=1)


def hand_in(applicant: Applicant) -> tuple[str, dict[str, Any]]:
    """Apply for an entry; return the receipt's number and what was sent."""
    given = {**form("2026-01"), "entries": [{"id": applicant.free_entry()}], "key": uuid4().hex}
    return applicant.act("govshare_application_create", **given)["number"], given


def counted(ini: Any, case_id: str) -> dict[str, int]:
    """What the database has of it."""
    queries = {
        "journal": "SELECT count(*) FROM govshare_journal WHERE case_id = %s AND move = 'submit'",
        "receipts": "SELECT count(*) FROM govshare_notice WHERE case_id = %s AND kind = 'application.receipt'",
        "applications": "SELECT count(*) FROM govshare_application WHERE id = %s",
    }
    url = ini["sqlalchemy.url"].replace("postgresql+psycopg2", "postgresql")
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        found = {}
        for name, query in queries.items():
            cursor.execute(query, [case_id])
            found[name] = cursor.fetchone()[0]
    return found


def receipts(root: Any, number: str) -> set[str]:
    """The receipt's letters by their ids: one that was sent again after a crash is the same letter."""
    subjects = ((letter["Message-ID"], str(letter["Subject"])) for letter in letters(root))
    return {name for name, subject in subjects if number in subject and "已收到" in subject}
