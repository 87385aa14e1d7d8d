"""The cases of the edition workflow: receive and read, let the domain decide, save with journal and outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import notices, runtime
from ckanext.govshare.domain.decision import Decision, Reason, Refused
from ckanext.govshare.domain.edition import (
    AWAITING_CHECK,
    EDITION,
    NOT_REQUIRED,
    PENDING,
    READ,
    UNREADABLE,
    VOID,
    WAITING,
)
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.openness import UNCONDITIONAL
from ckanext.govshare.domain.release import EditionFacts, may_deliver_data, may_release_edition
from ckanext.govshare.domain.workflow import Actor
from ckanext.govshare.domain.workflow import Case as Facts
from ckanext.govshare.intake import CORRECTIONS
from ckanext.govshare.intake.limits import MAX_ROWS
from ckanext.govshare.logic import reviews, roles
from ckanext.govshare.logic.edition import files
from ckanext.govshare.logic.edition.progress import tell
from ckanext.govshare.logic.errors import refuse
from ckanext.govshare.logic.places import reason_of
from ckanext.govshare.logic.publication.cases import load_publication
from ckanext.govshare.logic.waking import wake
from ckanext.govshare.model import Edition, Publication, journal, outbox

Context = dict[str, Any]
DataDict = dict[str, Any]

KIND = "edition"
READ_AT_ONCE = 8 * 1024 * 1024  # bytes; larger uploads are read by a job while the officer waits elsewhere


@dataclass(frozen=True)
class EditionCase:
    """An edition, the entry's publication and its package."""

    row: Edition
    publication: Publication
    package: Any


def load(context: Context, edition_id: str, *, lock: bool = False) -> EditionCase:
    """Load an edition for an officer; 404 for everybody else. With ``lock`` publication and edition are locked."""
    row = model.Session.get(Edition, edition_id)
    if row is None or not roles.roles_of(roles.user_id_of(context), row.organization_id):
        raise toolkit.ObjectNotFound(toolkit._("There is no such edition."))
    return locked(row.id) if lock else _case(row)


def locked(edition_id: str) -> EditionCase:
    """Lock publication and edition, in this order everywhere, and read both afresh."""
    row = model.Session.get(Edition, edition_id)
    model.Session.get(Publication, row.entry_id, with_for_update=True, populate_existing=True)
    row = model.Session.get(Edition, edition_id, with_for_update=True, populate_existing=True)
    return _case(row)


def of_entry(entry_id: str) -> list[Edition]:
    """Return all editions of an entry, newest first."""
    query = sa.select(Edition).filter_by(entry_id=entry_id).order_by(Edition.number.desc())
    return list(model.Session.scalars(query))


def current(entry_id: str) -> Edition | None:
    """Return the newest released edition that has not been withdrawn."""
    query = (
        sa.select(Edition)
        .where(Edition.entry_id == entry_id, Edition.released_at.is_not(None), Edition.status != VOID)
        .order_by(Edition.number.desc())
        .limit(1)
    )
    return model.Session.scalar(query)


def create(context: Context, data_dict: DataDict) -> EditionCase:
    """Receive an upload as the entry's next edition, and read it now if it is small, else by a job."""
    entry = load_publication(context, {"id": toolkit.get_or_bust(data_dict, "entry")})
    _refuse_if(may_deliver_data(entry.row.openness))
    edition_id, upload = str(uuid4()), data_dict.get("upload")
    if not getattr(upload, "filename", ""):
        _refuse_if(Refused((Reason("edition.no_file", field="upload"),)))
    options = _options(data_dict)
    try:
        raw_sha256, size = files.receive(edition_id, _stream(upload))
    except RuleError as error:
        _refuse_if(Refused((reason_of(error),)))
    try:
        _insert(context, data_dict, edition_id, upload.filename, raw_sha256, size, options)
    except BaseException:
        files.discard(edition_id)
        raise
    if size <= READ_AT_ONCE:
        read(edition_id)
    else:
        wake()
    return _case(model.Session.get(Edition, edition_id))


def _insert(
    context: Context,
    data_dict: DataDict,
    edition_id: str,
    filename: str,
    raw_sha256: str,
    size: int,
    options: DataDict,
) -> None:
    entry = load_publication(context, {"id": data_dict["entry"]}, lock=True)
    earlier = of_entry(entry.row.entry_id)
    same = [row for row in earlier if row.raw_sha256 == raw_sha256 and row.status != VOID]
    if same:
        model.Session.rollback()
        refuse(Refused((Reason("edition.same_bytes", {"number": same[0].number}, "upload"),)))
    person, at = roles.user_id_of(context), runtime.now()
    row = Edition(
        id=edition_id,
        entry_id=entry.row.entry_id,
        organization_id=entry.row.organization_id,
        number=max((row.number for row in earlier), default=0) + 1,
        filename=filename[-200:],
        raw_sha256=raw_sha256,
        raw_size=size,
        options=options,
        created_by=person,
        created_at=at,
    )
    model.Session.add(row)
    model.Session.flush()
    record(row, person, "create", "", PENDING, facts={"raw_sha256": raw_sha256, "size": size})
    if size > READ_AT_ONCE:
        outbox.put(model.Session, "edition_read", edition_id)
    model.Session.commit()


def reread(context: Context, case: EditionCase, data_dict: DataDict) -> EditionCase:
    """Read the same bytes again with a person's corrections; what was declared or checked before falls."""
    refuse_stale(case, data_dict.get("version"))
    if case.row.status not in (PENDING, AWAITING_CHECK, "rejected", NOT_REQUIRED) or case.row.asked_at:
        refuse(Refused((Reason("edition.closed", {"status": case.row.status}),)))
    before = case.row.status
    row = case.row
    row.options, row.intake, row.content_hash, row.problem = _options(data_dict), WAITING, None, None
    row.declared_by = row.declared_at = row.checked_by = row.checked_at = row.checked_hash = None
    row.status = PENDING
    touch(row)
    record(row, roles.user_id_of(context), "reread", before, PENDING, facts=row.options)
    if row.raw_size > READ_AT_ONCE:
        outbox.put(model.Session, "edition_read", row.id)
    model.Session.commit()
    if row.raw_size <= READ_AT_ONCE:
        read(row.id)
    else:
        wake()
    return _case(model.Session.get(Edition, row.id))


def read(edition_id: str) -> None:
    """Read an upload that waits for it; the table is kept whole or a reason is written down."""
    row = model.Session.get(Edition, edition_id, populate_existing=True)
    if row is None or row.intake != WAITING or row.status == VOID:
        return
    seen, options = row.version, dict(row.options)
    filename = row.filename
    model.Session.rollback()  # nothing stays open while the parser works
    try:
        taken, sha = files.read(
            edition_id, filename, options, lambda rows: tell(edition_id, progress={"rows": rows})
        )
    except RuleError as error:
        result: DataDict = {"intake": UNREADABLE, "problem": {"code": error.code, "facts": error.facts}}
    else:
        table = taken.tables[0]
        columns = [column.as_dict() for column in table.columns]
        result = {
            "intake": READ,
            "problem": None,
            "columns": columns,
            "rows": table.rows,
            "report": [finding.as_dict() for finding in taken.report],
            "content_hash": runtime.content_hash({"table": sha, "columns": columns}),
        }
    case = locked(edition_id)
    if case.row.version == seen and case.row.intake == WAITING:
        for name, value in result.items():
            setattr(case.row, name, value)
        case.row.progress = None
        touch(case.row)
    model.Session.commit()


def move(context: Context, case: EditionCase, data_dict: DataDict) -> None:
    """Decide and take one move of a locked case; everything is saved at once."""
    name = str(data_dict.get("move") or "")
    note = str(data_dict.get("note") or data_dict.get("reason") or "").strip()
    if _is_repeated(case, roles.user_id_of(context), name, data_dict.get("version")):
        model.Session.rollback()
        return
    refuse_stale(case, data_dict.get("version"))
    review, objections = (
        reviews.read(data_dict.get("review"), UNCONDITIONAL) if name == "review" else (None, [])
    )
    actor = roles.actor_of(roles.user_id_of(context), case.row.organization_id)
    decision = judge(case, name, actor, note=note, review_objections=objections)
    if isinstance(decision, Refused):
        model.Session.rollback()
        refuse(decision)
    _save(case, name, actor.person, note, review)
    model.Session.commit()
    if name in ("release", "withdraw"):
        wake()


def judge(
    case: EditionCase, name: str, actor: Actor, *, note: str, review_objections: list[Reason] | None = None
) -> Decision:
    """Let the table of moves decide, with everything that speaks against the move."""
    row = case.row
    unmet = {
        "table": () if row.content_hash else (Reason("edition.not_read", {"intake": row.intake}),),
        "note": () if note else (Reason("workflow.note_missing", field="note"),),
        "unreleased": (Reason("edition.released"),) if row.released_at else (),
        "released": () if row.released_at else (Reason("edition.not_released"),),
        "secrecy_review": tuple(review_objections or ()),
        "gate": gate(case) if name == "release" else (),
    }
    persons = {"declared": row.declared_by, "checked": row.checked_by}
    return EDITION.step(Facts(row.status, persons, unmet), name, actor)


def gate(case: EditionCase) -> tuple[Reason, ...]:
    """Return what the gate holds against releasing this edition, as everything stands now."""
    row = case.row
    decision = may_release_edition(
        EditionFacts(
            publication_state=case.publication.state,
            openness=case.publication.openness,
            content_hash=row.content_hash or "",
            desensitization=row.status,
            operator=row.declared_by or "",
            checker=row.checked_by or "",
            checked_hash=row.checked_hash or "",
            review=reviews.as_fact(reviews.newest(KIND, row.id)),
            blocking_findings=(Reason("edition.release_under_way"),) if row.asked_at else (),
        )
    )
    return decision.reasons if isinstance(decision, Refused) else ()


def record(
    row: Edition, person: str, name: str, before: str, after: str, *, note: str = "", facts: Any = None
) -> None:
    """Add a line to the journal, and tell whom the move concerns."""
    journal.record(
        model.Session,
        actor=person,
        case_kind=KIND,
        case_id=row.id,
        organization_id=row.organization_id,
        move=name,
        from_state=before,
        to_state=after,
        note=note,
        facts={"number": row.number, "content_hash": row.content_hash, **(facts or {})},
    )
    package = model.Package.get(row.entry_id)
    notices.tell_of_move(
        model.Session,
        case_kind=KIND,
        case_id=row.id,
        move=name,
        organization_id=row.organization_id,
        # What a job brought about is told to whoever asked for it as well.
        by=person if EDITION.move(name) else "",
        authors=(row.created_by, row.asked_by),
        facts={"title": package.title, "number": row.number, "page": f"{package.name}/edition/{row.number}"},
    )


def touch(row: Edition) -> None:
    """Count the write, for stale-write checks."""
    row.version += 1
    row.updated_at = runtime.now()


def refuse_stale(case: EditionCase, version: Any) -> None:
    """Refuse who decides about something they have not seen."""
    if str(version) != str(case.row.version):
        model.Session.rollback()
        refuse(Refused((Reason("workflow.stale", {"version": version}, "version"),)))


def _is_repeated(case: EditionCase, person: str, name: str, version: Any) -> bool:
    """Tell a double click: the same person took this very move on that version just now."""
    if str(version) != str(case.row.version - 1):
        return False
    lines = journal.history(model.Session, KIND, case.row.id)
    return bool(lines) and (lines[-1].actor, lines[-1].move) == (person, name)


def _save(case: EditionCase, name: str, person: str, note: str, review: DataDict | None) -> None:
    row, at = case.row, runtime.now()
    before, step = row.status, EDITION.move(name)
    row.status = step.target if step else before
    if name == "declare":
        row.declared_by, row.declared_at, row.reason = person, at, note
    elif name == "confirm":
        row.checked_by, row.checked_at, row.checked_hash = person, at, row.content_hash
    elif name in ("recall", "reject"):
        row.declared_by = row.declared_at = None
    elif name == "review" and review is not None:
        reviews.write(KIND, row.id, person, review, row.content_hash or "", at)
    elif name == "release":
        row.asked_by, row.asked_at, row.problem = person, at, None
    if name in ("release", "withdraw"):
        outbox.put(model.Session, "release", row.entry_id, {"edition": row.id})
    touch(row)
    record(row, person, name, before, row.status, note=note)


def _case(row: Edition) -> EditionCase:
    return EditionCase(row, model.Session.get(Publication, row.entry_id), model.Package.get(row.entry_id))


def _refuse_if(decision: Decision) -> None:
    if isinstance(decision, Refused):
        model.Session.rollback()
        refuse(decision)


def _stream(upload: Any) -> Any:
    return getattr(upload, "stream", upload)


def _options(data_dict: DataDict) -> DataDict:
    given = {name: str(data_dict.get(name) or "").strip() for name in CORRECTIONS}
    options: DataDict = {name: value for name, value in given.items() if value}
    number = options.pop("header_row", "")
    if number and not (number.isascii() and number.isdigit() and 0 < int(number) <= MAX_ROWS):
        refuse(Refused((Reason("edition.bad_header_row", {"value": number}, "header_row"),)))
    if options.get("encoding", "utf-8") not in ENCODINGS:
        refuse(Refused((Reason("edition.bad_encoding", {"value": options["encoding"]}, "encoding"),)))
    return {**options, "header_row": int(number)} if number else options


ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16")
