"""Carry out what the gate allowed for data: build every format, then make edition, card and rows public together.

Every step may be repeated: a process that dies anywhere leaves the old edition public and the outbox row due.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from ckan import model

from ckanext.govshare import config, exports, runtime
from ckanext.govshare.domain.edition import VOID
from ckanext.govshare.domain.release import may_deliver_data
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports import shelf
from ckanext.govshare.exports.formats import BY_NAME
from ckanext.govshare.logic import indexing
from ckanext.govshare.logic.edition import cases, datastore_rows, files, urls
from ckanext.govshare.logic.edition.progress import tell
from ckanext.govshare.logic.entry import card
from ckanext.govshare.model import Artifact, Edition, Publication

ROWS = "csv"  # the format whose resource carries the rows in the DataStore
RESOURCES = ("csv", "xlsx", "json", "jsonl", "xml", "parquet")


def release(entry_id: str, payload: Mapping[str, Any]) -> None:
    """Build and publish the edition that was asked for, then bring files and rows in step with what is current."""
    edition = model.Session.get(Edition, payload.get("edition", ""), populate_existing=True)
    if edition and edition.asked_at and not edition.released_at and edition.status != VOID:
        _release(edition.id)
    bring_in_step(entry_id)


def bring_in_step(entry_id: str) -> None:
    """Make the entry's resources and rows those of its current edition, or take them away; safe to repeat."""
    publication = model.Session.get(Publication, entry_id, with_for_update=True, populate_existing=True)
    package = model.Package.get(entry_id)
    if publication is None or package is None:
        model.Session.rollback()
        return
    edition = cases.current(entry_id) if may_deliver_data(publication.openness) else None
    _write_resources(package, edition)
    event = indexing.announce(entry_id)
    model.Session.commit()
    _load_rows(entry_id, edition)
    indexing.follow(event, {})


def resource_id(entry_id: str, format_name: str) -> str:
    """Return the id of the entry's resource in one format; it stays the same from edition to edition."""
    return str(uuid5(NAMESPACE_URL, f"govshare:{entry_id}:{format_name}"))


def artifacts(edition_id: str) -> dict[str, Artifact]:
    """Return the files of an edition by format, in the order in which they are offered."""
    found = {a.format: a for a in model.Session.scalars(sa.select(Artifact).filter_by(edition_id=edition_id))}
    order = [*exports.FORMATS, "dictionary_csv", "dictionary_json", exports.CHECKSUMS]
    return {name: found[name] for name in order if name in found}


def place(artifact: Artifact) -> Path:
    """Return where the file's bytes lie."""
    return shelf.place(config.folder("artifact_path"), artifact.sha256)


def _release(edition_id: str) -> None:
    case = cases.locked(edition_id)
    if _refused(case):
        return
    number, content_hash = case.row.number, case.row.content_hash
    stem = urls.stem(case.package.title, number)
    columns = [Column.from_dict(column) for column in case.row.columns]
    meanings = _meanings(case.package)
    rows = case.row.rows
    model.Session.rollback()  # nothing stays locked while files are built
    try:
        built = _build(edition_id, stem, columns, rows, meanings)
    except Exception:
        tell(edition_id, problem={"code": "edition.build_failed", "facts": {}})
        raise
    _publish(edition_id, content_hash, built)


def _build(
    edition_id: str, stem: str, columns: list[Column], rows: int, meanings: dict[str, str]
) -> list[exports.Built]:
    """Write every format that can hold the rows; progress is seen at once."""
    target = config.folder("artifact_path")
    formats = exports.possible(rows)
    shelf.sweep(target, (runtime.now() - timedelta(days=1)).timestamp())

    def progress(name: str) -> None:
        tell(
            edition_id,
            progress={"format": BY_NAME[name].label, "done": formats.index(name), "total": len(formats)},
        )

    with files.borrowed_table(edition_id, files.READ) as table:
        built = exports.build(table, columns, target, stem, formats, progress)
        return [*built, *exports.build_companions(table, columns, target, stem, built, meanings)]


def _publish(edition_id: str, content_hash: str | None, built: list[exports.Built]) -> None:
    """Write edition, files, card and resources in one transaction, after asking the gate once more."""
    case = cases.locked(edition_id)
    row = case.row
    if row.released_at or row.status == VOID or not row.asked_at or row.content_hash != content_hash:
        model.Session.rollback()
        return
    if _refused(case):
        return
    model.Session.execute(sa.delete(Artifact).filter_by(edition_id=edition_id))
    for file in built:
        model.Session.add(
            Artifact(
                edition_id=edition_id,
                format=file.format,
                filename=file.filename,
                media_type=file.media_type,
                sha256=file.sha256,
                size=file.size,
                rows=file.rows,
            )
        )
    row.released_at, row.progress, row.problem = runtime.now(), None, None
    cases.touch(row)
    cases.record(row, row.asked_by or "", "released", row.status, row.status, facts={"rows": row.rows})
    model.Session.flush()
    _write_resources(case.package, cases.current(row.entry_id))
    indexing.announce(row.entry_id)
    model.Session.commit()


def _refused(case: cases.EditionCase) -> bool:
    """Ask the gate as of now; when it refuses, take the request back and say so."""
    case.row.asked_at, asked_at = None, case.row.asked_at  # the request itself is no obstacle
    reasons = cases.gate(case)
    case.row.asked_at = asked_at
    if not reasons:
        return False
    row, person = case.row, case.row.asked_by or ""
    row.asked_at = row.asked_by = row.progress = None
    row.problem = {"code": reasons[0].code, "facts": dict(reasons[0].facts)}
    cases.touch(row)
    cases.record(
        row, person, "release_refused", row.status, row.status, facts={"codes": [r.code for r in reasons]}
    )
    model.Session.commit()
    return True


def _write_resources(package: Any, edition: Edition | None) -> None:
    files = artifacts(edition.id) if edition else {}
    held = {resource.id: resource for resource in package.resources_all}
    for position, name in enumerate(RESOURCES):
        resource = held.get(resource_id(package.id, name))
        if name not in files:
            if resource is not None:
                resource.state = "deleted"
            continue
        if resource is None:
            resource = model.Resource(package_id=package.id)
            resource.id = resource_id(package.id, name)
            model.Session.add(resource)
        _describe(resource, package, edition, files[name], position)
    if edition is not None:
        package.extras["data_updated"] = runtime.in_shanghai(edition.released_at).date().isoformat()
    elif any(resource.state == "deleted" for resource in held.values()):
        package.extras.pop("data_updated", None)
    package.metadata_modified = runtime.now().astimezone(timezone.utc).replace(tzinfo=None)
    model.Session.add(package)


def _describe(resource: Any, package: Any, edition: Any, file: Artifact, position: int) -> None:
    form = BY_NAME[file.format]
    resource.state = "active"
    resource.url = urls.latest(package.name, file.format)
    resource.name = f"{package.title}（{form.label}）"
    resource.description = ""
    resource.format = form.label
    resource.mimetype = file.media_type
    resource.hash = file.sha256
    resource.size = file.size
    resource.position = position
    resource.last_modified = resource.metadata_modified = edition.released_at.astimezone(
        timezone.utc
    ).replace(tzinfo=None)
    resource.extras = {
        "edition": edition.number,
        "rows": file.rows,
        "hash_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
        "datastore_active": file.format == ROWS,
    }


def _load_rows(entry_id: str, edition: Edition | None) -> None:
    resource = resource_id(entry_id, ROWS)
    present = datastore_rows.edition_of(resource)
    if edition is None:
        if present is not None:
            datastore_rows.drop(resource)
        return
    if present == edition.id:
        return
    columns = [Column.from_dict(column) for column in edition.columns]
    datastore_rows.load(resource, edition.id, columns, place(artifacts(edition.id)[ROWS]))


def _meanings(package: Any) -> dict[str, str]:
    """Return what the card says the columns mean, by name."""
    items = card.read_list(package.extras.get("data_items"))
    return {str(item.get("name")): str(item.get("meaning") or "") for item in items if isinstance(item, dict)}
