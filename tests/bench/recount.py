"""100,000 open clocks under a new notice on holidays: preview, then the import that moves, journals and tells.

    ./govshare bench recount [ROWS]

In a schema of its own, each step in a process of its own, so that memory is the step's. Two measures from the same
rows and the same run: what PostgreSQL takes to write as many days by one UPDATE, without counting, journal or
notices; and what the plain loop takes, one case after the other with the same journal row and the same two notices.
"""

from __future__ import annotations

import io
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import _asked
import _scratch
import sqlalchemy as sa

ROWS, OFFICES, SEED = 100_000, 20, 7
PLAIN_ROWS = 2_000  # of the plain loop, from which its time for all is told
YEAR = 2031
LINE = {"name": "元旦", "from": "2031-01-01", "to": "2031-01-04", "work": ["2031-01-11"]}
NOTICE = {"number": "测速1号", "issued": "2025-11-03", "source": "", "holidays": [LINE]}
TABLES = (
    "user", "group", "member", "govshare_application", "govshare_application_entry", "govshare_calendar_notice",
    "govshare_journal", "govshare_journal_link", "govshare_journal_head", "govshare_journal_anchor",
    "govshare_notice", "govshare_outbox",
)  # fmt: skip
COLUMNS = (
    "id", "number", "organization_id", "applicant_id", "applicant_kind", "idempotency_key", "state", "version",
    "form", "identity", "received_at", "due_on", "calendar_version", "supplement_missing", "extension_reason",
    "supplement_asked_at", "supplement_days", "supplement_due_on",
)  # fmt: skip
DUMMY = "\\\\x" + "5a" * 600  # as long as a sealed form
STEPS = ("preview", "update", "plain", "take", "again")
WORDS = {
    "preview": "预览 preview",
    "update": "同样多行的一条 UPDATE, bare",
    "plain": f"逐件循环 plain loop ({PLAIN_ROWS} 件)",
    "take": "导入生效 import",
    "again": "再预览 preview again",
}


def main() -> int:
    """Print every step; 1 when the outcome is not what it must be."""
    if sys.argv[1:2] == ["--step"]:
        return step(sys.argv[2], sys.argv[3])
    (rows,) = _asked.numbers(__doc__, rows=ROWS)
    found = {}
    with _scratch.schema(*TABLES) as schema:
        app = _scratch.portal(schema)
        with app.test_request_context():
            fill(rows, offices())
        for name in STEPS:
            command = [sys.executable, __file__, "--step", name, schema]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found[name] = json.loads(done.stdout.splitlines()[-1])
            told = found[name]
            print(
                f"{WORDS[name]:<40} {told['seconds']:7.2f} s（处理器 processor {told['busy']:.2f} s）"
                f"  内存 memory +{told['megabytes']:.0f} MB  {told['outcome']}",
                flush=True,
            )
    moved = found["take"]["outcome"]["moved"]
    share = moved / found["plain"]["outcome"]["moved"]
    plain, busy = found["plain"]["seconds"] * share, found["plain"]["busy"] * share
    taken, bare = found["take"]["seconds"], found["update"]["seconds"]
    print(
        f"{rows} 个在办期限 open clocks，{moved} 个顺延 moved: 逐件 plain {plain:.0f} s → {taken:.1f} s，"
        f"快 {plain / taken:.1f} 倍 times faster（处理器 processor {busy / found['take']['busy']:.1f} 倍）；"
        f"裸 UPDATE 的 {taken / bare:.1f} 倍 times the bare UPDATE"
    )
    whole = found["take"]["outcome"] == {**found["preview"]["outcome"], "told": 2 * moved, "chain": "whole"}
    return 0 if whole and moved and not found["again"]["outcome"]["moved"] else 1


def offices() -> list[str]:
    """Make departments with a clerk each."""
    from ckan import model

    made = []
    for number in range(OFFICES):
        name = f"bench-{number}"
        group = model.Group(name=name, title=name, is_organization=True, type="organization")
        user = model.User(name=f"{name}-clerk", email=f"{name}@example.org", fullname=name)
        model.Session.add_all([group, user])
        model.Session.flush()
        member = {"table_name": "user", "table_id": user.id, "capacity": "editor"}
        model.Session.add(model.Member(group=group, **member))
        made.append(str(group.id))
    model.Session.commit()
    return made


def fill(rows: int, departments: list[str]) -> None:
    """Write the open applications by COPY, each due when the calendar in force says; and the chain's beginning."""
    from ckan import model

    model.Session.remove()
    connection = model.meta.engine.raw_connection()
    with connection.cursor() as cursor:
        text = io.StringIO("".join("\t".join(row) + "\n" for row in applications(rows, departments)))
        cursor.copy_expert(f"COPY govshare_application ({', '.join(COLUMNS)}) FROM STDIN", text)
        cursor.execute("INSERT INTO govshare_journal_head VALUES (true, 0, '')")
        # The copy of a table has no foreign keys; the journal's is part of the price.
        cursor.execute(
            "ALTER TABLE govshare_journal ADD FOREIGN KEY (id) REFERENCES govshare_journal_link (journal_id)"
            " DEFERRABLE INITIALLY DEFERRED"
        )
        cursor.execute("ANALYZE govshare_application")
    connection.commit()
    connection.close()


def applications(rows: int, departments: list[str]) -> Iterator[list[str]]:
    """Make the pile: received in December and at New Year; one in ten waits for what was missing."""
    from ckanext.govshare import rulebook
    from ckanext.govshare.domain.deadline import SHANGHAI, Facts, due

    chance, calendar, reply = random.Random(SEED), rulebook.calendar(), rulebook.duty("open_reply")
    for number in range(rows):
        key, waits = str(uuid4()), number % 10 == 0
        at = datetime(2030, 12, 6, 9, tzinfo=SHANGHAI) + timedelta(hours=chance.randrange(33 * 24))
        due_on = due(reply, Facts(at), calendar).due_on
        asked = calendar.add(at.date(), 5).isoformat() if waits else "\\N"
        yield [
            key, f"BENCH-{number:07d}", chance.choice(departments), f"person-{number}", "person", key,
            "supplementing" if waits else chance.choice(("submitted", "accepted")), "1", DUMMY, "\\\\x00",
            at.isoformat(), "\\N" if waits else due_on.isoformat(), calendar.version, "[]", "",
            at.isoformat() if waits else "\\N", "5" if waits else "\\N", asked,
        ]  # fmt: skip


def step(name: str, schema: str) -> int:
    """Do one step in this process; print seconds, memory and what came of it."""
    app = _scratch.portal(schema)
    with app.test_request_context():
        from ckanext.govshare.logic.calendar import importing  # noqa: F401 - loaded before memory is looked at

        work = {"preview": preview, "update": update, "plain": plain, "take": take, "again": preview}[name]
        before = resident(peak_from_now=True)
        began, busy = time.perf_counter(), time.process_time()
        tell = work()
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        grown = (resident() - before) / 1024
        outcome = tell()
        found = {"seconds": outcome.pop("seconds", seconds), "busy": busy, "megabytes": grown}
        print(json.dumps({**found, "outcome": outcome}))
    return 0


def resident(*, peak_from_now: bool = False) -> int:
    """Return the most memory that this process has had resident, in KB; from now on what counts may begin anew."""
    if peak_from_now:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


def preview() -> Callable[[], dict[str, Any]]:
    """What the bureau is shown before it decides; once the notice is in force nothing is left to move."""
    from ckan import model
    from ckanext.govshare.logic.calendar import importing, recounting
    from ckanext.govshare.logic.deadline import calendars
    from ckanext.govshare.model import calendar as stored

    if stored.imported(model.Session()):
        found = recounting.preview(model.Session(), calendars.current())
        return lambda: {"moved": found.moved, "kept": found.kept}
    told = importing.preview((notice(),))
    return lambda: {"moved": told["moved"], "kept": told["kept"]}


def take() -> Callable[[], dict[str, Any]]:
    """The import; afterwards, not measured: what was told, and whether the journal's chain holds."""
    from ckan import model
    from ckanext.govshare.logic.calendar import importing
    from ckanext.govshare.logic.journal import chain
    from ckanext.govshare.model import Notice

    told = importing.take((notice(),), "bench")

    def tell() -> dict[str, Any]:
        notices = model.Session.scalar(sa.select(sa.func.count()).select_from(Notice))
        broken = chain.verify()[1]
        return {
            "moved": told["moved"],
            "kept": told["kept"],
            "told": notices,
            "chain": "whole" if broken is None else f"{broken.kind} {broken.number}",
        }

    return tell


def update() -> Callable[[], dict[str, Any]]:
    """Write as many days by one statement, and take them back; only the statement is measured."""
    from ckan import model
    from ckanext.govshare.logic.calendar import importing
    from ckanext.govshare.model import Application

    moved = importing.preview((notice(),))["moved"]
    table = Application.__table__
    some = sa.select(table.c.id).limit(moved)
    began = time.perf_counter()
    done = model.Session.execute(
        sa.update(table).where(table.c.id.in_(some)).values(due_on=date(YEAR, 1, 20), calendar_version="x")
    )
    seconds = time.perf_counter() - began
    model.Session.rollback()
    return lambda: {"moved": done.rowcount, "seconds": seconds}


def plain() -> Callable[[], dict[str, Any]]:
    """One case after the other as the moves of an application do it: loaded, locked, written, journalled, told."""
    from ckan import model
    from ckanext.govshare import notices as notes
    from ckanext.govshare import rulebook
    from ckanext.govshare.domain.calendar_change import recount
    from ckanext.govshare.logic.application import clocks
    from ckanext.govshare.model import Application, journal

    calendar, moved = rulebook.calendar((notice(),)), 0
    for found in clocks.open_applications(model.Session(), None):
        seen = recount(found.counted_by, found.facts, found.due_on, calendar)
        if not seen.moves:
            continue
        row = model.Session.get_one(Application, found.case_id, with_for_update=True)
        row.due_on, row.calendar_version = seen.holds, calendar.version
        case = {"case_kind": "application", "case_id": row.id, "organization_id": row.organization_id}
        facts = {"number": row.number, "due_on_before": "", "due_on": seen.holds.isoformat(), "why": "x"}
        journal.record(
            model.Session, actor="bench", move="recount", from_state="", to_state="", facts=facts, **case
        )
        for move in ("open_reply_recount", "recount"):
            told = {"by": "bench", "authors": (row.applicant_id,), "facts": facts}
            notes.tell_of_move(model.Session, move=move, **case, **told)
        model.Session.flush()
        moved += 1
        if moved == PLAIN_ROWS:
            break
    model.Session.rollback()
    return lambda: {"moved": moved}


def notice() -> Any:
    """The notice that moves the days."""
    from ckanext.govshare.domain.holidays import notice_of

    return notice_of(NOTICE, YEAR)


if __name__ == "__main__":
    sys.exit(main())
