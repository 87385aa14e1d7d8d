"""`ckan govshare journal verify` at 100,000 rows: how long, and how much memory beyond the portal's own.

    ./govshare bench journal [ROWS]

The rows are chained in a schema of their own; each check runs in a process of its own, a tenth of the rows first, so
that memory which grew with the rows would show.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import _asked
import _scratch

ROWS = 100_000
TABLES = ("govshare_journal", "govshare_journal_link", "govshare_journal_head", "govshare_journal_anchor")
BATCH = 5_000
BEGAN = datetime(2026, 1, 1, tzinfo=timezone.utc)
MOST_GROWTH_MB = 64


def main() -> int:
    """Print both sizes; 1 when the chain does not hold or memory grew with the rows."""
    if sys.argv[1:2] == ["--check"]:
        return check(sys.argv[2])
    (rows,) = _asked.numbers(__doc__, rows=ROWS)
    worst, links, written = 0.0, iter(chained(rows)), 0
    with _scratch.schema(*TABLES) as schema:
        for until in (rows // 10, rows):
            fill(schema, links, until - written)
            written = until
            done = subprocess.run(
                [sys.executable, __file__, "--check", schema], check=True, capture_output=True, text=True
            )
            found = json.loads(done.stdout.splitlines()[-1])
            worst = max(worst, found["megabytes"])
            print(
                f"{until:>8} 行 rows: {found['seconds']:6.2f} s（处理器 processor {found['busy']:.2f} s）"
                f"  内存增加 memory +{found['megabytes']:.1f} MB  {found['outcome']}",
                flush=True,
            )
            if found["outcome"] != "whole":
                return 1
    return 0 if worst < MOST_GROWTH_MB else 1


def chained(rows: int) -> Any:
    """Give journal rows as long as real ones with their links, chained as the portal chains them."""
    from ckanext.govshare.domain.journal_chain import COLUMNS, SHA256, START, follow

    head = START
    for number in range(1, rows + 1):
        row = dict.fromkeys(COLUMNS, "")
        row |= {
            "id": number,
            "at": BEGAN + timedelta(seconds=number),
            "actor": f"officer-{number % 90}",
            "case_kind": "application",
            "case_id": f"case-{number // 8}",
            "organization_id": f"office-{number % 20}",
            "move": "accept",
            "from_state": "submitted",
            "to_state": "accepted",
            "note": "经审查，申请材料齐全，现予受理。" * 3,
            "facts": {"version": 2, "due_on": "2026-03-06", "calendar_version": "2025-11-04-abcdef12"},
            "rule_version": "0123456789ab",
        }
        head = follow(head, SHA256, row)
        yield row, head


def fill(schema: str, links: Any, count: int) -> None:
    """Write the next rows by COPY, and where the chain ends by then."""
    import os

    import sqlalchemy as sa
    from ckan.cli import CKANConfigLoader
    from ckanext.govshare.domain.journal_chain import COLUMNS, SHA256

    engine = sa.create_engine(CKANConfigLoader(os.environ["GOVSHARE_INI"]).get_config()["sqlalchemy.url"])
    connection = engine.raw_connection()
    with connection.cursor() as cursor:
        for begin in range(0, count, BATCH):
            batch = [next(links) for _ in range(min(BATCH, count - begin))]
            journal = "".join("\t".join(cell(row[name]) for name in COLUMNS) + "\n" for row, _head in batch)
            chain = "".join(f"{head.number}\t{row['id']}\t{SHA256}\t{head.hash}\n" for row, head in batch)
            copy = f"COPY {schema}.govshare_journal ({', '.join(COLUMNS)}) FROM STDIN"
            cursor.copy_expert(copy, io.StringIO(journal))
            cursor.copy_expert(f"COPY {schema}.govshare_journal_link FROM STDIN", io.StringIO(chain))
        head = batch[-1][1]
        cursor.execute(f"TRUNCATE {schema}.govshare_journal_head")
        ends = io.StringIO(f"t\t{head.number}\t{head.hash}\n")
        cursor.copy_expert(f"COPY {schema}.govshare_journal_head (one, number, hash) FROM STDIN", ends)
        cursor.execute(f"ANALYZE {schema}.govshare_journal")
        cursor.execute(f"ANALYZE {schema}.govshare_journal_link")
    connection.commit()
    connection.close()
    engine.dispose()


def cell(value: Any) -> str:
    """Write a value as COPY takes it."""
    if isinstance(value, dict):
        return json.dumps(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def check(schema: str) -> int:
    """Verify the chain that the schema holds; print seconds, memory and outcome."""
    app = _scratch.portal(schema)
    with app.test_request_context():
        from ckanext.govshare.logic.journal import chain

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began, busy = time.perf_counter(), time.process_time()
        _head, broken = chain.verify()
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    outcome = "whole" if broken is None else f"{broken.kind} {broken.number}"
    print(json.dumps({"seconds": seconds, "busy": busy, "megabytes": grown, "outcome": outcome}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
