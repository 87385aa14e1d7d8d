"""Attachments (附件): recognized by content and sealed at once, taken back until handed in, looked at by a recorded act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import rulebook, runtime, vault
from ckanext.govshare.domain import attachment as rules
from ckanext.govshare.domain.application import may_see_in_full
from ckanext.govshare.domain.decision import Reason, Refused, decide
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.intake.papers import kind_of_paper
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.logic.application import cases, drafts, form, noting, papers
from ckanext.govshare.logic.publication import cases as publications
from ckanext.govshare.model import ApplicationAttachment

Context = dict[str, Any]
DataDict = dict[str, Any]
CHUNK = 256 * 1024


@dataclass(frozen=True)
class Taken:
    """A paper on its way to somebody who may see it."""

    number: int
    name: str
    kind: str
    media_type: str
    size: int
    pieces: Iterator[bytes]


def add(context: Context, data_dict: DataDict) -> DataDict:
    """Keep one more paper of a draft (``entry``) or of an application to be completed (``application``)."""
    try:
        content = _read(data_dict.get("upload"))
        kind = kind_of_paper(content)
    except RuleError as error:
        moving.refuse_if(Refused((Reason(error.code, error.facts, error.field),)))
    holder = _holder(context, data_dict)
    kept = [row for row in papers.known(holder) if row.dropped_at is None]
    digest = sha256(content).hexdigest()
    same = next((row for row in kept if row.sha256 == digest), None)
    if same is None:
        moving.refuse_if(
            rules.may_add(
                holder.state,
                is_applicant=holder.is_applicant,
                count=len(kept),
                limits=rulebook.attachment_limits(),
                size=len(content),
                unsent=papers.unsent(roles.user_id_of(context)),
            )
        )
        same = ApplicationAttachment(
            id=str(uuid4()),
            applicant_id=roles.user_id_of(context),
            kind=kind,
            size=len(content),
            sha256=digest,
            added_at=runtime.now(),
            **{holder.column: holder.id},
        )
        same.name = papers.sealed_name(same, rules.clean_name(data_dict["upload"].filename))
        _keep(same, [content])
    # Chosen twice, or sent twice: it is there.
    return next(shown for shown in papers.listed(holder, full=True) if shown["id"] == same.id)


def remove(context: Context, data_dict: DataDict) -> DataDict:
    """Take a paper back before it is handed in; key and bytes are destroyed."""
    row, holder = _load(context, data_dict, lock=True)
    handed_in = row.handed_in_at is not None
    moving.refuse_if(rules.may_remove(holder.state, is_applicant=holder.is_applicant, handed_in=handed_in))
    told = {"id": row.id}
    papers.destroy([row.id])
    model.Session.delete(row)
    model.Session.commit()
    return told


def look(context: Context, attachment_id: str, reason: str = "") -> Taken:
    """Hand out a paper: to its applicant, to officers for a reason that is journalled before the first byte leaves.

    个人信息保护法 arts 6, 51: as with every other personal value of the form.
    """
    row, holder = _load(context, {"id": attachment_id})
    if row.application_id:
        case = cases.load(context, {"id": row.application_id})
        moving.refuse_if(may_see_in_full(case.actor, row.applicant_id, reason))
    if row.dropped_at is not None:
        moving.refuse_if(Refused((Reason("attachment.dropped", field="attachments"),)))
    number = [other.id for other in papers.known(holder)].index(row.id) + 1
    name = rules.served_name(papers.name_of(row), row.kind)
    source = vault.open(row.id, papers.PART)
    taken = Taken(number, name, row.kind, rules.KINDS[row.kind].media_type, row.size, _pieces(source))
    if not holder.is_applicant:
        _record_look(case, row.id, reason, number)
    return taken


def carry_over(application_id: str, draft_id: str, person: str) -> None:
    """Copy the papers of an application into a draft of the same applicant, who may take each back; commits.

    What is no longer kept stays behind, and what a draft has no room for: the form says what it holds.
    """
    holder = papers.of_draft(draft_id)
    old = sa.select(ApplicationAttachment).filter_by(application_id=application_id, applicant_id=person)
    old = old.where(ApplicationAttachment.dropped_at.is_(None)).order_by(ApplicationAttachment.added_at)
    for paper in model.Session.scalars(old).all():
        papers.one_at_a_time(person)
        kept = {row.sha256 for row in papers.known(holder)}
        room = rules.may_add(
            holder.state,
            is_applicant=True,
            count=len(kept),
            limits=rulebook.attachment_limits(),
            size=paper.size,
            unsent=papers.unsent(person),
        )
        if paper.sha256 in kept or not room:
            model.Session.rollback()
            continue
        copy = ApplicationAttachment(
            id=str(uuid4()),
            applicant_id=person,
            kind=paper.kind,
            size=paper.size,
            sha256=paper.sha256,
            added_at=runtime.now(),
            draft_id=draft_id,
        )
        copy.name = papers.sealed_name(copy, papers.name_of(paper))
        _keep(copy, _pieces(vault.open(paper.id, papers.PART)))


def _holder(context: Context, data_dict: DataDict) -> papers.Holder:
    """Return whose paper it is to be, locked until the end of the transaction."""
    if data_dict.get("application"):
        case = cases.load(context, {"id": data_dict["application"]}, lock=True)
        return papers.of_application(case.row, case.actor.person)
    entry = publications.visible_entry(context, {"id": toolkit.get_or_bust(data_dict, "entry")})
    moving.refuse_if(decide(form.eligibility([entry])))  # nobody stores here what can never be sent
    person = roles.user_id_of(context)
    draft_id = drafts.touched(person, entry)
    papers.one_at_a_time(person)
    return papers.of_draft(draft_id)


def _load(
    context: Context, data_dict: DataDict, *, lock: bool = False
) -> tuple[ApplicationAttachment, papers.Holder]:
    """Load a paper and its holder; 404 for whoever may not know of it."""
    wanted = str(toolkit.get_or_bust(data_dict, "id"))
    row, holder = model.Session.get(ApplicationAttachment, wanted), None
    if row is not None and row.application_id:
        case = cases.load(context, {"id": row.application_id}, lock=lock)
        holder = papers.of_application(case.row, case.actor.person)
    elif row is not None and row.applicant_id == roles.user_id_of(context):
        holder = papers.of_draft(str(row.draft_id))
    if row is not None and lock:  # after its case, as everybody locks them
        row = model.Session.get(ApplicationAttachment, wanted, with_for_update=True, populate_existing=True)
    if row is not None and holder is not None and papers.is_there(row, holder):
        return row, holder
    model.Session.rollback()
    raise toolkit.ObjectNotFound(toolkit._("There is no such attachment."))


def _read(upload: Any) -> bytes:
    """Return the bytes of an upload, never more than one paper may have."""
    if not getattr(upload, "filename", ""):
        raise RuleError("attachment.no_file", "attachments")
    limit = rulebook.attachment_limits().largest
    content: bytes = getattr(upload, "stream", upload).read(limit + 1)
    if len(content) > limit:
        raise RuleError("attachment.too_large", "attachments", limit=limit // rules.MIB)
    return content


def _keep(row: ApplicationAttachment, content: Iterable[bytes]) -> None:
    try:
        vault.keep(content, row.id, papers.PART)
        model.Session.add(row)
        model.Session.commit()
    except BaseException:
        model.Session.rollback()
        papers.destroy([row.id])
        raise


def _record_look(case: cases.Case, attachment_id: str, reason: str, number: int) -> None:
    facts = {"attachment": attachment_id, "number": number}
    noting.note(case.row, "look", case.actor.person, reason=reason, facts=facts)
    model.Session.commit()


def _pieces(source: Any) -> Iterator[bytes]:
    with source:
        while piece := source.read(CHUNK):
            yield piece
