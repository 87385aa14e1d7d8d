"""Receive an upload as an edition and read it; what a person corrects about the reading starts it anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import runtime
from ckanext.govshare.domain.decision import Reason, Refused
from ckanext.govshare.domain.edition import PENDING, READ, UNREADABLE, VOID, WAITING
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.domain.release import may_deliver_data
from ckanext.govshare.intake import CORRECTIONS, Table
from ckanext.govshare.intake.limits import MAX_ROWS
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.logic.edition import cases, files, scanning, tables
from ckanext.govshare.logic.edition.cases import EditionCase
from ckanext.govshare.logic.edition.progress import tell
from ckanext.govshare.logic.errors import refuse
from ckanext.govshare.logic.places import reason_of
from ckanext.govshare.logic.publication.cases import load_publication
from ckanext.govshare.logic.waking import wake
from ckanext.govshare.model import Edition, EditionTable, outbox

Context = dict[str, Any]
DataDict = dict[str, Any]

READ_AT_ONCE = 8 * 1024 * 1024  # bytes; larger uploads are read by a job while the officer waits elsewhere
ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16")


def create(context: Context, data_dict: DataDict) -> EditionCase:
    """Receive an upload as the entry's next edition, and read it now if it is small, else by a job."""
    entry = load_publication(context, {"id": toolkit.get_or_bust(data_dict, "entry")})
    moving.refuse_if(may_deliver_data(entry.row.openness))
    edition_id, upload = str(uuid4()), data_dict.get("upload")
    if not getattr(upload, "filename", ""):
        moving.refuse_if(Refused((Reason("edition.no_file", field="upload"),)))
    options = _options(data_dict)
    try:
        raw_sha256, size = files.receive(edition_id, _stream(upload))
    except RuleError as error:
        moving.refuse_if(Refused((reason_of(error),)))
    try:
        _insert(context, data_dict, edition_id, upload.filename, raw_sha256, size, options)
    except BaseException:
        files.discard(edition_id)
        raise
    _read_now_or_soon(edition_id, size)
    return cases.of(model.Session.get(Edition, edition_id))


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
    earlier = cases.of_entry(entry.row.entry_id)
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
    cases.record(row, person, "create", "", PENDING, facts={"raw_sha256": raw_sha256, "size": size})
    if size > READ_AT_ONCE:
        outbox.put(model.Session, "edition_read", edition_id)
    model.Session.commit()


def reread(context: Context, case: EditionCase, data_dict: DataDict) -> EditionCase:
    """Read the same bytes again with a person's corrections; what was declared or checked before falls."""
    moving.refuse_stale(case.row.version, data_dict.get("version"))
    if case.row.status == VOID or case.row.released_at or case.row.asked_at:
        refuse(Refused((Reason("edition.closed", {"status": case.row.status}),)))
    before, given_up = case.row.status, tables.given_up(case.row)
    row = case.row
    row.options, row.intake, row.content_hash, row.problem = _options(data_dict), WAITING, None, None
    row.tables = []
    row.declared_by = row.declared_at = row.checked_by = row.checked_at = row.checked_hash = None
    row.planned_by = row.planned_at = row.mask_asked_at = row.masked_at = row.progress = None
    row.status = PENDING
    cases.touch(row)
    cases.record(row, roles.user_id_of(context), "reread", before, PENDING, facts={**row.options, **given_up})
    if row.raw_size > READ_AT_ONCE:
        outbox.put(model.Session, "edition_read", row.id)
    model.Session.commit()
    _read_now_or_soon(row.id, row.raw_size)
    return cases.of(model.Session.get(Edition, row.id))


def read(edition_id: str) -> None:
    """Read an upload that waits for it; its tables are kept, all of them, or a reason is written down."""
    row = model.Session.get(Edition, edition_id, populate_existing=True)
    if row is None or row.intake != WAITING or row.status == VOID:
        return
    seen, options, entry_id = row.version, dict(row.options), row.entry_id
    filename = row.filename
    model.Session.rollback()  # nothing stays open while the parser works

    def placed(read: Sequence[Table]) -> list[int]:
        found = tables.placed(edition_id, entry_id, read)
        model.Session.rollback()
        return found

    try:
        taken, kept = files.read(
            edition_id, filename, options, placed, lambda rows: tell(edition_id, progress={"rows": rows})
        )
    except RuleError as error:
        _write(edition_id, seen, UNREADABLE, problem={"code": error.code, "facts": error.facts})
    else:
        report = [finding.as_dict() for finding in taken.report]
        made = [
            _row(edition_id, place, table, sha)
            for (place, sha), table in zip(kept.items(), taken.tables, strict=True)
        ]
        _write(edition_id, seen, READ, problem=None, report=report, tables=made)


def _row(edition_id: str, place: int, table: Table, sha: str) -> EditionTable:
    columns = [column.as_dict() for column in table.columns]
    return EditionTable(
        edition_id=edition_id,
        place=place,
        name=table.name,
        columns=columns,
        rows=table.rows,
        content_hash=tables.table_hash(sha, columns),
    )


def _write(edition_id: str, seen: int, state: str, **values: Any) -> None:
    """Write down how a reading ended, unless another one was asked for meanwhile."""
    row = cases.locked(edition_id).row
    if row.version == seen and row.intake == WAITING:
        for name, value in {"intake": state, "progress": None, **values}.items():
            setattr(row, name, value)
        if state == READ:
            row.content_hash = tables.hash_of(row)
            outbox.put(model.Session, "edition_scan", edition_id)
        cases.touch(row)
    model.Session.commit()


def _read_now_or_soon(edition_id: str, size: int) -> None:
    """Read and scan what is small at once; the scan of a process that dies here is still due in the outbox."""
    if size > READ_AT_ONCE:
        wake()
        return
    read(edition_id)
    scanning.scan(edition_id)


def _said(name: str, value: Any) -> str | list[str]:
    """Return a correction as it is kept: a text, or for those that may be several the names."""
    if name not in files.SEVERAL:
        return str(value or "").strip()
    names = value if isinstance(value, (list, tuple)) else [value]
    return [str(one).strip() for one in names if str(one or "").strip()]


def _stream(upload: Any) -> Any:
    return getattr(upload, "stream", upload)


def _options(data_dict: DataDict) -> DataDict:
    given = {name: _said(name, data_dict.get(name)) for name in CORRECTIONS}
    options: DataDict = {name: value for name, value in given.items() if value}
    number = options.pop("header_row", "")
    if number and not (number.isascii() and number.isdigit() and 0 < int(number) <= MAX_ROWS):
        refuse(Refused((Reason("edition.bad_header_row", {"value": number}, "header_row"),)))
    if options.get("encoding", "utf-8") not in ENCODINGS:
        refuse(Refused((Reason("edition.bad_encoding", {"value": options["encoding"]}, "encoding"),)))
    return {**options, "header_row": int(number)} if number else options
