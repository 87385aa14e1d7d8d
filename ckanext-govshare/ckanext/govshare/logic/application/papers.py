"""The papers (附件) of a draft or of an application: whose they are, who knows of them, handed in with their case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import runtime, sealing, vault
from ckanext.govshare.domain import attachment as rules
from ckanext.govshare.domain.application import DRAFT
from ckanext.govshare.model import Application, ApplicationAttachment

DataDict = dict[str, Any]
PART = "attachment"
NAME = "application_attachment.name"


@dataclass(frozen=True)
class Holder:
    """Whose papers: a draft's, or those of the application that it became; ``column`` names it in the table."""

    column: str
    id: str
    state: str
    is_applicant: bool


def of_draft(draft_id: str) -> Holder:
    """Return a draft as a holder of papers; it is its applicant's alone."""
    return Holder("draft_id", draft_id, DRAFT, is_applicant=True)


def of_application(row: Application, person: str) -> Holder:
    """Return an application as a holder of papers, as ``person`` sees it."""
    return Holder("application_id", row.id, row.state, is_applicant=person == row.applicant_id)


def known(holder: Holder) -> list[ApplicationAttachment]:
    """Return what there is for this reader, in the order in which it came."""
    query = (
        sa.select(ApplicationAttachment)
        .filter_by(**{holder.column: holder.id})
        .order_by(ApplicationAttachment.added_at, ApplicationAttachment.id)
    )
    return [row for row in model.Session.scalars(query) if is_there(row, holder)]


def is_there(row: ApplicationAttachment, holder: Holder) -> bool:
    """Tell whether this reader may know of a paper."""
    return rules.may_look(is_applicant=holder.is_applicant, handed_in=row.handed_in_at is not None)


def listed(holder: Holder, *, full: bool = False) -> list[DataDict]:
    """Return the papers as pages and API show them; names masked unless ``full``."""
    return [_shown(row, number, full=full) for number, row in enumerate(known(holder), 1)]


def unsent(person: str) -> int:
    """Return the bytes that somebody keeps beside forms that have not been sent."""
    query = sa.select(sa.func.coalesce(sa.func.sum(ApplicationAttachment.size), 0)).where(
        ApplicationAttachment.applicant_id == person, ApplicationAttachment.draft_id.is_not(None)
    )
    return int(model.Session.scalar(query) or 0)


def one_at_a_time(person: str) -> None:
    """Let uploads of one person beside drafts wait for each other, until the end of the transaction."""
    key = sa.func.hashtextextended(f"papers:{person}", 0)
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def sealed_name(row: ApplicationAttachment, name: str) -> bytes:
    """Return a file's name as it is kept."""
    return sealing.seal_text(name, row=row.id, column=NAME)


def name_of(row: ApplicationAttachment) -> str:
    """Return a file's name; empty once the paper is no longer kept."""
    return sealing.open_text(bytes(row.name), row=row.id, column=NAME) if row.name else ""


def hand_in(draft_id: str | None, application_id: str, at: datetime) -> list[str]:
    """Make what the applicant has added a part of the case and return its digests; the caller commits."""
    mine = (
        ApplicationAttachment.draft_id == draft_id
        if draft_id
        else ApplicationAttachment.application_id == application_id
    )
    moved = (
        sa.update(ApplicationAttachment)
        .where(mine, ApplicationAttachment.handed_in_at.is_(None))
        .values(draft_id=None, application_id=application_id, handed_in_at=at)
        .returning(ApplicationAttachment.sha256)
    )
    return list(model.Session.scalars(moved, execution_options={"synchronize_session": False}))


def journalled(digests: Iterable[str]) -> DataDict:
    """Return what the journal says of papers that were handed in: their SHA-256, so that nobody can exchange them."""
    found = list(digests)
    return {"attachments": found} if found else {}


def forget(draft_ids: Iterable[str]) -> list[str]:
    """Take the rows of drafts that go away; return the parts of the vault to be dropped after the commit."""
    gone = (
        sa.delete(ApplicationAttachment)
        .where(ApplicationAttachment.draft_id.in_(list(draft_ids)))
        .returning(ApplicationAttachment.id)
    )
    return list(model.Session.scalars(gone, execution_options={"synchronize_session": False}))


def destroy(parts: Iterable[str]) -> None:
    """Destroy bytes with their keys."""
    for part in parts:
        vault.drop(part)


def _shown(row: ApplicationAttachment, number: int, *, full: bool) -> DataDict:
    name = name_of(row)
    return {
        "id": row.id,
        "number": number,
        "name": name if full or not name else rules.masked_name(name, row.kind),
        "kind": row.kind,
        "size": row.size,
        "added_at": _instant(row.added_at),
        "handed_in_at": _instant(row.handed_in_at),
        "dropped_at": _instant(row.dropped_at),
    }


def _instant(instant: datetime | None) -> str | None:
    return runtime.in_shanghai(instant).isoformat() if instant else None
