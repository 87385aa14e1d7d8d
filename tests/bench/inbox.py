"""The inbox of 100,000 applications, filtered by "due within 3 working days": the database's part and the whole page.

    ./govshare bench inbox [ROWS]

Two piles: years of work with one application in twenty-five still open, and a disaster with all of them open. The
statements are those that the production code sends, caught and explained; then the same without their indexes.
"""

from __future__ import annotations

import io
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import _asked
import _scratch
import requests
import sqlalchemy as sa
from flask_login import FlaskLoginClient

ROWS, OFFICES = 100_000, 20
GOAL_MS = 50
TURNS, PAGES = 7, 15
SEED = 3
TABLES = ("user", "group", "member", "govshare_application", "govshare_application_entry")
DUMMY = "\\\\x" + "5a" * 600  # as long as a sealed form
COLUMNS = (
    "id", "number", "organization_id", "applicant_id", "applicant_kind", "idempotency_key", "state", "version",
    "form", "identity", "received_at", "due_on", "calendar_version", "supplement_missing", "extension_reason",
    "decided_at", "closed_at",
)  # fmt: skip
PILES = {"案卷累积，1/25 在办 one in 25 open": 0.04, "全部在办 all open": 1.0}


def main() -> int:
    """Print both piles; 1 when the database takes longer than the goal."""
    (rows,) = _asked.numbers(__doc__, rows=ROWS)
    worst = 0.0
    with _scratch.schema(*TABLES) as schema:
        app = _scratch.portal(schema)
        with app.test_request_context():
            people, offices = town()
            for name, share in PILES.items():
                began = time.perf_counter()
                fill(rows, offices, share)
                print(
                    f"\n{name}: {rows} 件 rows，准备 prepared in {time.perf_counter() - began:.1f} s",
                    flush=True,
                )
                for user in people.values():
                    seal_shown(user)
                vacuum()
                for who, user in people.items():
                    worst = max(worst, look(app, who, user))
                figures()
            without_indexes(schema, people["主管部门 bureau"])
    peer_page()
    print(f"数据库最慢 slowest in SQL: {worst:.1f} ms（目标 goal < {GOAL_MS} ms）")
    return 0 if worst < GOAL_MS else 1


def town() -> tuple[dict[str, Any], list[str]]:
    """Make the bureau, the departments, and one officer of each kind; return officers and departments."""
    from ckan import model
    from ckan.plugins import toolkit

    def office(name: str) -> str:
        made = model.Group(name=name, title=name, is_organization=True, type="organization")
        model.Session.add(made)
        model.Session.flush()
        return str(made.id)

    def officer(name: str, group: str, capacity: str) -> Any:
        user = model.User(name=name, email=f"{name}@example.org", fullname=name)
        model.Session.add(user)
        model.Session.flush()
        member = {"table_name": "user", "table_id": user.id, "capacity": capacity}
        model.Session.add(model.Member(group=model.Session.get(model.Group, group), **member))
        return user

    bureau = office(toolkit.config["ckanext.govshare.bureau"])
    offices = [office(f"bench-{number}") for number in range(OFFICES)]
    people = {
        "主管部门 bureau": officer("bench-bureau", bureau, "admin"),
        "部门经办 clerk": officer("bench-clerk", offices[0], "editor"),
    }
    model.Session.commit()
    return people, offices


def fill(rows: int, offices: list[str], share: float) -> None:
    """Write a new pile by COPY; forms are dummies until :func:`seal_shown`."""
    from ckan import model

    model.Session.remove()  # what it has read would hold up the emptying
    connection = model.meta.engine.raw_connection()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE govshare_application, govshare_application_entry")
        pile = list(applications(rows, offices, share))
        copy(cursor, "govshare_application", COLUMNS, pile)
        entries = ([row[0], "e", row[3], "0", "停车场名录", "[]", "f"] for row in pile)
        columns = ("application_id", "entry_id", "applicant_id", "position", "title", "columns", "open")
        copy(cursor, "govshare_application_entry", columns, entries)
    connection.commit()
    connection.close()


def vacuum() -> None:
    """Do what autovacuum does by the next morning."""
    from ckan import model

    with model.meta.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
        plain.execute(sa.text("VACUUM ANALYZE govshare_application"))
        plain.execute(sa.text("VACUUM ANALYZE govshare_application_entry"))


def applications(rows: int, offices: list[str], share: float) -> Iterator[list[str]]:
    """Make the pile: what is open is due from two working days ago to ten ahead, the rest was answered long ago."""
    from ckanext.govshare import runtime
    from ckanext.govshare.logic.deadline import calendars

    chance, now = random.Random(SEED), runtime.now()
    calendar = calendars.current()
    today = runtime.in_shanghai(now).date()
    due = {ahead: calendar.add(today, ahead) for ahead in range(-2, 11)}
    for number in range(rows):
        key, is_open = str(uuid4()), chance.random() < share
        ahead = chance.randint(-2, 10)
        received = now - timedelta(days=20 - ahead if is_open else chance.randint(40, 2000))
        over = "\\N" if is_open else (received + timedelta(days=10)).isoformat()
        yield [
            key,
            f"BENCH-{number:07d}",
            chance.choice(offices),
            f"person-{number}",
            "person",
            key,
            chance.choice(("submitted", "accepted")) if is_open else chance.choice(("approved", "refused")),
            "1",
            DUMMY,
            "\\\\x00",
            received.isoformat(),
            due[ahead].isoformat() if is_open else (received + timedelta(days=14)).date().isoformat(),
            "bench",
            "[]",
            "",
            over,
            over,
        ]


def seal_shown(user: Any) -> None:
    """Give the rows of an officer's first page real sealed forms, for the page opens them."""
    from ckan import model
    from ckanext.govshare.logic.application import inbox, sealed, showing
    from ckanext.govshare.model import Application

    form = {"applicant_kind": "person", "applicant_name": "测试甲", "purpose": "研究停车需求" * 20}
    brief, shown = showing.brief, []
    showing.brief = lambda row, *_rest: shown.append(row.id) or {}
    try:
        inbox.of_offices(user.id, state="open", due="soon")
    finally:
        showing.brief = brief
    for key in shown:
        sealed_form = sealed.seal(form, row=key)
        model.Session.execute(sa.update(Application).filter_by(id=key).values(form=sealed_form))
    model.Session.commit()


def copy(cursor: Any, table: str, columns: tuple[str, ...], rows: Any) -> None:
    """Send rows as COPY takes them."""
    text = io.StringIO("".join("\t".join(row) + "\n" for row in rows))
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text)


def look(app: Any, who: str, user: Any) -> float:
    """Print one officer's figures; return the database's milliseconds."""
    from ckanext.govshare.logic.application import inbox

    statements = caught(lambda: inbox.of_offices(user.id, state="open", due="soon"))
    count = inbox.of_offices(user.id, state="open", due="soon", limit=1)["count"]
    listed = [one for one in statements if "govshare_application" in one[0]]
    spent = explained(listed)
    page = pages(app, user)
    print(
        f"  {who:<16} 命中 found {count:>6}  SQL {spent:6.1f} ms / {len(listed)} 条语句  整页 page {page:6.0f} ms"
    )
    return spent


def figures() -> None:
    """Print what the public figures of this year take: the home page's, those of /statistics, and asked once more."""
    from ckanext.govshare import runtime
    from ckanext.govshare.logic.application import counted
    from ckanext.govshare.logic.application import figures as counting
    from ckanext.govshare.logic.deadline import calendars

    at, calendar, spent = runtime.now(), calendars.current(), []
    for breakdown in (False, True):
        turns = []
        for _ in range(TURNS):
            began = time.perf_counter()
            rows = counting.of_year(at.year, at, calendar, breakdown=breakdown)
            turns.append((time.perf_counter() - began) * 1000)
        spent.append(statistics.median(turns))
    counted.of_year(at.year, at, calendar, breakdown=True)
    turns = []
    for _ in range(TURNS):
        began = time.perf_counter()
        counted.of_year(at.year, at, calendar, breakdown=True)
        turns.append((time.perf_counter() - began) * 1000)
    total = next(row for month, office, row in rows if month is None and office is None)
    print(
        f"  公开统计 figures  本年 this year {total['received']:>6}  首页 home {spent[0]:6.0f} ms  整页 all {spent[1]:6.0f} ms"
        f"  无变化再问 asked again {statistics.median(turns):.1f} ms"
    )


def caught(work: Any) -> list[tuple[str, Any]]:
    """Return every statement that ``work`` sends, with its parameters."""
    from ckan import model

    seen: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        seen.append((statement, parameters))

    sa.event.listen(model.meta.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(model.meta.engine, "before_cursor_execute", note)
        model.Session.remove()
    return seen


def explained(statements: list[tuple[str, Any]]) -> float:
    """Return planning and execution of all statements in milliseconds, as PostgreSQL says; the median of some turns."""
    from ckan import model

    def once(connection: Any, statement: str, parameters: Any) -> float:
        explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
        plan = connection.exec_driver_sql(explain, parameters).scalar()
        found = (json.loads(plan) if isinstance(plan, str) else plan)[0]
        return float(found["Planning Time"] + found["Execution Time"])

    with model.meta.engine.connect() as connection:
        turns = [
            sum(once(connection, statement, parameters) for statement, parameters in statements)
            for _ in range(TURNS)
        ]
    return statistics.median(turns)


def pages(app: Any, user: Any) -> float:
    """Return the median time of the whole page in milliseconds, rendered in this process."""
    app.test_client_class = FlaskLoginClient
    client, spent = app.test_client(user=user), []
    for _ in range(PAGES):
        began = time.perf_counter()
        answer = client.get("/workbench/application?due=soon&state=open")
        spent.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200 or b"gs-inbox" not in answer.data:
            raise SystemExit(f"The page answered {answer.status_code}.")
    return statistics.median(spent)


def without_indexes(schema: str, user: Any) -> None:
    """Print what the same statements take when only the keys are left."""
    from ckan import model
    from ckanext.govshare.logic.application import inbox

    model.Session.remove()
    query = """SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = :schema AND c.relname = 'govshare_application' AND NOT i.indisunique"""
    for name in model.Session.scalars(sa.text(query), {"schema": schema}).all():
        model.Session.execute(sa.text(f"DROP INDEX {name}"))
    model.Session.commit()
    statements = caught(lambda: inbox.of_offices(user.id, state="open", due="soon"))
    spent = explained([one for one in statements if "govshare_application" in one[0]])
    print(f"  去掉索引 without the indexes: SQL {spent:6.1f} ms")


def peer_page() -> None:
    """Print what plain CKAN takes for its own list, over the line."""
    spent = []
    for _ in range(PAGES):
        began = time.perf_counter()
        requests.get(f"{os.environ['GOVSHARE_PEER_URL']}/dataset/", timeout=60).raise_for_status()
        spent.append((time.perf_counter() - began) * 1000)
    print(f"\n对照 peer: CKAN 的目录列表 list of datasets {statistics.median(spent):.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
