"""The ledger (台账) of a target: which entries are due there, one claimed at a time, and what came of it.

An entry has one row, locked while it is being sent: changes of one entry go out in order, different entries
side by side. A process that dies gives its lock back, and the row is due again. What it had sent may still arrive:
so a write is announced in the row before it begins, and an announcement without an end is looked into twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.mirror import RESTRICTING, Found, hash_of
from ckanext.govshare.domain.mirror_relay import concerns_entry, doubt_ends, is_dead, rest_after, wait_after
from ckanext.govshare.model import MirrorChange, MirrorLedgerRow, MirrorTarget

Row = MirrorLedgerRow
# The announcement's commit gives up the row's lock for a moment, in which nobody else shall take the row.
TAKEN = timedelta(seconds=5)


def target_row(session: Session, name: str) -> MirrorTarget:
    """Return the target's own row, locked; made when it is missing."""
    session.execute(insert(MirrorTarget).values(name=name, spread=0, attempts=0).on_conflict_do_nothing())
    return session.get_one(MirrorTarget, name, with_for_update=True, populate_existing=True)


def spread(session: Session, name: str, at: datetime) -> int:
    """Bring the changes that are new since the last time into the target's ledger; return the last number.

    Of several changes of an entry the last counts; a new change revives what had been given up.
    """
    target = target_row(session, name)
    latest = session.scalar(sa.select(sa.func.max(MirrorChange.number))) or 0
    urgency = sa.case((MirrorChange.kind.in_(RESTRICTING), 0), else_=1)
    grouped = (
        sa.select(
            MirrorChange.entry_id,
            sa.func.max(MirrorChange.number).label("wanted"),
            sa.func.min(urgency).label("urgency"),
            sa.func.min(MirrorChange.at).label("since"),
        )
        .where(MirrorChange.number > target.spread, MirrorChange.number <= latest)
        .group_by(MirrorChange.entry_id)
        .subquery()
    )
    new = sa.select(
        sa.literal(name), grouped.c.entry_id, grouped.c.wanted, grouped.c.urgency, grouped.c.since,
        sa.literal(0), sa.literal(0), sa.literal(at, sa.DateTime(timezone=True)),
    )  # fmt: skip
    columns = [
        "target",
        "entry_id",
        "wanted",
        "urgency",
        "waiting_since",
        "shown",
        "attempts",
        "available_at",
    ]
    statement = insert(Row).from_select(columns, new)
    waiting = Row.shown < Row.wanted
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["target", "entry_id"],
            set_={
                "wanted": statement.excluded.wanted,
                "urgency": sa.case(
                    (waiting, sa.func.least(Row.urgency, statement.excluded.urgency)),
                    else_=statement.excluded.urgency,
                ),
                "waiting_since": sa.case(
                    (waiting, Row.waiting_since), else_=statement.excluded.waiting_since
                ),
                "attempts": 0,
                "available_at": at,
                "dead_at": None,
            },
        )
    )
    target.spread = latest
    session.commit()
    return latest


def claim(session: Session, name: str, at: datetime) -> MirrorLedgerRow | None:
    """Lock and return the entry that is due first, what takes something away before what adds; None when none is.

    No other row stays locked: who looks for work locks rows that turn out to be taken, and whoever has announced a
    write there waits for them.
    """
    due = (Row.target == name, Row.shown < Row.wanted, Row.dead_at.is_(None), Row.available_at <= at)
    first = sa.select(Row.entry_id).where(*due).order_by(Row.urgency, Row.wanted).limit(1)
    while (entry_id := session.scalar(first.with_for_update(skip_locked=True))) is not None:
        session.rollback()
        found = sa.select(Row).where(*due, Row.entry_id == entry_id).with_for_update(skip_locked=True)
        row = session.scalar(found.execution_options(populate_existing=True))
        if row is not None:
            return row
        session.rollback()
    session.rollback()
    return None


class OvertakenError(Exception):
    """Another relay has taken the row over."""


def announce(session: Session, row: MirrorLedgerRow, at: datetime, removal_fits: str | None = None) -> None:
    """Write down for everybody that a write begins, and keep the row; :class:`OvertakenError` when it cannot be kept.

    ``removal_fits``: of a deletion, what the entry must still be known by there for it to fit.
    """
    row.writing_since, row.available_at = at, at + TAKEN
    row.removal_fits = removal_fits or row.removal_fits
    query = sa.select(Row).where(
        Row.target == row.target,
        Row.entry_id == row.entry_id,
        Row.writing_since == at,
        Row.attempts == row.attempts,
        Row.sent_at.is_not_distinct_from(row.sent_at),
    )
    session.commit()
    # Waited for, not skipped: who looked for work in that moment holds the row until they have seen what they took.
    query = query.with_for_update().execution_options(populate_existing=True)
    session.execute(sa.text(f"SET LOCAL lock_timeout = '{TAKEN.seconds}s'"))
    try:
        kept = session.scalar(query)
    except OperationalError as error:
        raise OvertakenError from error
    if kept is None:
        raise OvertakenError


def look_again(row: MirrorLedgerRow, doubt: datetime) -> None:
    """Let an entry wait until a write that somebody else began at ``doubt`` can no longer arrive."""
    row.shown, row.gone_at = min(row.shown, row.wanted - 1), None
    row.writing_since, row.available_at = doubt, doubt_ends(doubt)


def acknowledge(
    row: MirrorLedgerRow, change: MirrorChange, found: Found | None, at: datetime, *, proven_gone: bool
) -> None:
    """Write down that the target shows ``change``, what it answered, and when something was proven gone."""
    number = change.number or 0
    row.shown = number
    row.wanted = max(row.wanted, number)
    row.sent_hash, row.sent_at = change.hash, at
    row.answer = {"hash": hash_of(found.content)} if found else {"gone": True}
    row.remote_id = found.remote_id if found else row.remote_id
    row.gone_at = at if proven_gone else row.gone_at
    row.attempts, row.problem, row.dead_at, row.writing_since = 0, None, None, None
    row.removal_fits = None


def put_off(row: MirrorLedgerRow, fault: RuleError, at: datetime, jitter: float) -> None:
    """Write down why the target did not take an entry, and when it is tried again, if ever."""
    row.attempts += 1
    row.problem = told(fault)
    row.available_at = at + wait_after(row.attempts, jitter)
    if concerns_entry(fault.code) and is_dead(row.attempts):
        row.dead_at = at


def send_again(session: Session, name: str, entry_ids: list[str] | None, at: datetime) -> int:
    """Make entries due once more, all of them with ``None``; what stands there already is not written again."""
    rows = sa.update(Row).where(Row.target == name)
    if entry_ids is not None:
        rows = rows.where(Row.entry_id.in_(entry_ids))
    # Who waits already keeps since when; who agreed until now begins to wait now.
    since = sa.case((Row.shown < Row.wanted, Row.waiting_since), else_=at)
    done = session.execute(
        rows.values(
            shown=sa.func.least(Row.shown, Row.wanted - 1),
            waiting_since=since,
            available_at=at,
            attempts=0,
            dead_at=None,
        )
    )
    session.commit()
    return int(done.rowcount)


def revive(row: MirrorLedgerRow, at: datetime) -> None:
    """Make one locked row due now, as if it had never failed; what stands there is not written again."""
    row.shown = min(row.shown, row.wanted - 1)
    row.attempts, row.available_at, row.dead_at = 0, at, None


def rest(session: Session, name: str, fault: RuleError, at: datetime, jitter: float) -> None:
    """Let the whole target rest after a fault of its own; its entries keep their places."""
    row = target_row(session, name)
    row.attempts += 1
    row.available_at = at + rest_after(row.attempts, jitter)
    row.unreachable_since = row.unreachable_since or at
    row.problem = told(fault)
    session.commit()


def reached(session: Session, name: str) -> None:
    """Write down that the target answers."""
    row = target_row(session, name)
    row.attempts, row.available_at, row.unreachable_since, row.problem = 0, None, None, None
    session.commit()


def told(fault: RuleError) -> dict[str, Any]:
    """Return a fault as the rows keep it."""
    return {"code": fault.code, "facts": {name: str(value) for name, value in fault.facts.items()}}
