"""The journal's chain: written right before the commit of each transaction that wrote journal rows.

The head is one row that every such transaction locks last of all, so the order of links is the order of commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan.plugins import toolkit
from sqlalchemy.orm import Mapped, Session, mapped_column

from ckanext.govshare import config
from ckanext.govshare.domain.journal_chain import COLUMNS, START, Head, Link, follow
from ckanext.govshare.model.journal import WRITTEN, WRITTEN_AT_ONCE, JournalRow

BATCH = 5000


class JournalLink(toolkit.BaseModel):
    """The place of one journal row in the chain; every journal row must have one when its transaction commits."""

    __tablename__ = "govshare_journal_link"

    number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    journal_id: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, unique=True)
    algorithm: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    hash: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)


class JournalHead(toolkit.BaseModel):
    """Where the chain ends; one row, locked by whoever lengthens the chain."""

    __tablename__ = "govshare_journal_head"
    __table_args__ = (sa.CheckConstraint("one", name="govshare_journal_head_one"),)

    one: Mapped[bool] = mapped_column(sa.Boolean, primary_key=True, default=True)
    number: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    hash: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)


class JournalAnchor(toolkit.BaseModel):
    """Where the chain ended at an instant, also written to the log, so that a cut end is seen (锚点)."""

    __tablename__ = "govshare_journal_anchor"

    number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)


@sa.event.listens_for(Session, "before_commit")
def lengthen(session: Session) -> None:
    """Chain the journal rows that this transaction wrote; other writers wait only from here to its commit."""
    info = session.info
    if session.in_nested_transaction() or not (info.get(WRITTEN) or info.get(WRITTEN_AT_ONCE)):
        return
    session.flush()
    ids = [row.id for row in info.pop(WRITTEN, ()) if row in session]
    ids = sorted([*ids, *info.pop(WRITTEN_AT_ONCE, ())])
    if not ids:
        return
    head, algorithm = _locked_head(session), config.text("journal_hash")
    for begin in range(0, len(ids), BATCH):
        links = []
        for row in _rows(session, JournalRow.id.in_(ids[begin : begin + BATCH])):
            head = follow(head, algorithm, row)
            links.append(
                {"number": head.number, "journal_id": row["id"], "algorithm": algorithm, "hash": head.hash}
            )
        if links:  # none of what a savepoint has taken back
            session.execute(sa.insert(JournalLink.__table__), links)
    session.execute(sa.update(JournalHead.__table__).values(number=head.number, hash=head.hash))


def head(session: Session) -> Head:
    """Return where the chain ends."""
    row = session.execute(sa.select(JournalHead.number, JournalHead.hash)).one_or_none()
    return Head(row.number, row.hash) if row else START


def links(session: Session) -> Iterator[Link]:
    """Return the chain as it is found, by number; rows that were never chained come last."""
    link, row = JournalLink.__table__, JournalRow.__table__
    query = (
        sa.select(link.c.number, link.c.algorithm, link.c.hash, *(row.c[name] for name in COLUMNS))
        .select_from(link.join(row, row.c.id == link.c.journal_id, full=True))
        .order_by(link.c.number.nulls_last(), row.c.id)
        .execution_options(yield_per=BATCH)
    )
    for found in session.execute(query).mappings():
        values = {name: found[name] for name in COLUMNS}
        yield Link(
            found["number"],
            found["algorithm"] or "",
            found["hash"] or "",
            None if found["id"] is None else values,
        )


def anchors(session: Session) -> list[Head]:
    """Return where the chain ended whenever it was anchored."""
    query = sa.select(JournalAnchor.number, JournalAnchor.hash).order_by(JournalAnchor.number)
    return [Head(row.number, row.hash) for row in session.execute(query)]


def anchor(session: Session, at: datetime) -> Head | None:
    """Note where the chain ends, unless that has been noted; return it when it is new. The caller commits."""
    now = head(session)
    known = session.scalar(sa.select(sa.func.max(JournalAnchor.number))) or 0
    if now.number == known:
        return None
    session.add(JournalAnchor(number=now.number, hash=now.hash, at=at))
    return now


def last_anchored(session: Session) -> datetime | None:
    """Return when the chain was anchored last."""
    return session.scalar(sa.select(sa.func.max(JournalAnchor.at)))


def _locked_head(session: Session) -> Head:
    row = session.execute(sa.select(JournalHead.number, JournalHead.hash).with_for_update()).one()
    return Head(row.number, row.hash)


def _rows(session: Session, where: Any) -> Iterator[Any]:
    table = JournalRow.__table__
    query = sa.select(*(table.c[name] for name in COLUMNS)).where(where).order_by(table.c.id)
    yield from session.execute(query).mappings()
