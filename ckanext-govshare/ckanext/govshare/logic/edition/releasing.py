"""Carry out what the gate allowed for data: build every format, then make edition, card and rows public together.

Every step may be repeated: a process that dies anywhere leaves the old edition public and the outbox row due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timezone
from itertools import count, product
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import exports, rulebook, runtime, vault
from ckanext.govshare.domain.edition import VOID
from ckanext.govshare.domain.edition_table import FIRST, told_apart
from ckanext.govshare.domain.release import is_for_everyone, may_deliver_data
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports.checksums import digest
from ckanext.govshare.exports.formats import BY_NAME
from ckanext.govshare.logic import indexing
from ckanext.govshare.logic.edition import artifacts, cases, datastore_rows, files, tables, urls
from ckanext.govshare.logic.edition.progress import tell
from ckanext.govshare.logic.entry import card
from ckanext.govshare.logic.grant import files as granted_files
from ckanext.govshare.model import Artifact, Edition, EditionTable, Publication
from ckanext.govshare.model.journal import SYSTEM

ROWS = "csv"  # the format whose resource carries the rows in the DataStore
RESOURCES = ("csv", "xlsx", "json", "jsonl", "xml", "parquet", "geojson")


def release(entry_id: str, payload: Mapping[str, Any]) -> None:
    """Build and publish the edition that was asked for, then bring files and rows in step with what is current."""
    edition = model.Session.get(Edition, payload.get("edition", ""), populate_existing=True)
    if edition and edition.asked_at and not edition.released_at and edition.status != VOID:
        _release(edition.id)
    bring_in_step(entry_id)


def bring_in_step(entry_id: str) -> None:
    """Make the entry's files, resources and rows those that its class and its current edition allow; safe to repeat.

    Narrowing: the doors have been shut by the class itself; now rows and files go, the index last. Widening:
    what was released for holders of a grant is void, and goes the whole way to the gate again.
    """
    publication = model.Session.get(Publication, entry_id, with_for_update=True, populate_existing=True)
    package = model.Package.get(entry_id)
    if publication is None or package is None:
        model.Session.rollback()
        return
    everyone = is_for_everyone(publication.openness)
    if everyone:
        _void_vaulted(entry_id)
    moved = set() if everyone else artifacts.move_to_vault(entry_id)
    edition = cases.current(entry_id) if may_deliver_data(publication.openness) else None
    _write_resources(package, edition)
    event, current = indexing.announce(entry_id), edition.id if edition else None
    model.Session.commit()
    for place in tables.places_of(entry_id):
        _load_rows(entry_id, place, edition if everyone else None)
    artifacts.clear_shelf(moved)
    granted_files.keep_only(entry_id, current)
    indexing.follow(event, {})


def _void_vaulted(entry_id: str) -> None:
    """Void what was released for holders of a grant only: it was judged for a narrower class, so it comes anew."""
    vaulted = sa.select(Artifact.edition_id).filter_by(vaulted=True)
    query = sa.select(Edition).where(
        Edition.entry_id == entry_id, Edition.id.in_(vaulted), Edition.status != VOID
    )
    for row in model.Session.scalars(query):
        before, row.status = row.status, VOID
        vault.drop(row.id, *(told_apart(file.format, file.place) for file in artifacts.of_edition(row.id)))
        cases.touch(row)
        cases.record(row, SYSTEM, "widened", before, VOID)
    model.Session.flush()  # CKAN's session does not flush by itself, and the next question is which edition is current


def resource_id(entry_id: str, format_name: str, place: int = FIRST) -> str:
    """Return the id of the entry's resource of one table in one format; it stays the same from edition to edition."""
    return str(uuid5(NAMESPACE_URL, f"govshare:{entry_id}:{told_apart(format_name, place)}"))


def _release(edition_id: str) -> None:
    case = cases.locked(edition_id)
    if _refused(case):
        return
    number, content_hash = case.row.number, case.row.content_hash
    held = [_Table.of(case.row, table) for table in case.row.tables]
    vaulted = not is_for_everyone(case.publication.openness)
    stem = urls.stem(case.package.title, number)
    meanings, licence = _meanings(case.package), _licence(case.package, number)
    model.Session.rollback()  # nothing stays locked while files are built
    try:
        with ExitStack() as borrowed:
            sources = []
            for table in held:
                path = borrowed.enter_context(files.borrowed_table(edition_id, table.place, table.stage))
                _prove(path, table)
                columns = [Column.from_dict(column) for column in table.columns]
                formats = exports.possible(table.rows, columns)
                sources.append(artifacts.Source(table.place, table.name, path, columns, formats))
            progress = _teller(edition_id, sum(len(source.formats) for source in sources))
            built = artifacts.build(edition_id, sources, stem, meanings, licence, progress, vaulted=vaulted)
    except Exception:
        tell(edition_id, problem={"code": "edition.build_failed", "facts": {}})
        raise
    if not _publish(edition_id, content_hash, built, vaulted=vaulted):
        _release(edition_id)


@dataclass(frozen=True)
class _Table:
    """A table as the gate saw it: nothing is asked of the database while files are built."""

    place: int
    name: str
    stage: files.Stage
    rows: int
    columns: list[dict[str, Any]]
    content_hash: str

    @classmethod
    def of(cls, row: Edition, table: EditionTable) -> _Table:
        """Return what building needs of a table."""
        name = tables.name_of(row, table)
        return cls(table.place, name, table.stage, table.rows, table.columns, table.content_hash)


def _prove(path: Path, table: _Table) -> None:
    """Refuse to build from other bytes than those that were checked and reviewed."""
    if tables.table_hash(digest(path), table.columns) != table.content_hash:
        raise RuntimeError("the table in the vault is not the one that was checked")


def _teller(edition_id: str, total: int) -> Callable[[str], None]:
    done = count()

    def hear(name: str) -> None:
        tell(edition_id, progress={"format": BY_NAME[name].label, "done": next(done), "total": total})

    return hear


def _publish(
    edition_id: str, content_hash: str | None, built: Sequence[artifacts.Placed], *, vaulted: bool
) -> bool:
    """Write edition, files, card and resources in one transaction, after asking the gate once more.

    False when the files must be built again: the class was changed meanwhile, or one was cleared away.
    """
    case = cases.locked(edition_id)
    row, digests = case.row, {file.sha256 for _place, file in built}
    given_up = row.released_at or row.status == VOID or not row.asked_at or row.content_hash != content_hash
    if given_up or _refused(case):
        model.Session.rollback()
        _clear_away(digests, vaulted=vaulted)
        return True
    fits = vaulted is not is_for_everyone(case.publication.openness)
    if not fits or not artifacts.save(edition_id, built, vaulted=vaulted):
        model.Session.rollback()
        _clear_away(digests, vaulted=vaulted)
        return False
    row.released_at, row.progress, row.problem = runtime.now(), None, None
    cases.touch(row)
    cases.record(row, row.asked_by or "", "released", row.status, row.status, facts={"rows": row.rows})
    model.Session.flush()
    _write_resources(case.package, cases.current(row.entry_id))
    indexing.announce(row.entry_id)
    model.Session.commit()
    return True


def _clear_away(digests: set[str], *, vaulted: bool) -> None:
    """Take away what was built for nothing."""
    if not vaulted:
        artifacts.clear_shelf(digests)


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
    released = artifacts.of_edition(edition.id) if edition else []
    public = {(file.place, file.format): file for file in released if not file.vaulted}
    names = {table.place: tables.name_of(edition, table) for table in edition.tables} if edition else {}
    held = {resource.id: resource for resource in _resources(package)}
    for position, key in enumerate(product(sorted(tables.places_of(package.id)), RESOURCES)):
        place, name = key
        resource = held.get(resource_id(package.id, name, place))
        if key not in public:
            if resource is not None:
                resource.state = "deleted"
            continue
        if resource is None:
            resource = model.Resource(package_id=package.id)
            resource.id = resource_id(package.id, name, place)
            model.Session.add(resource)
        _describe(resource, package, edition, public[key], names[place], position)
    if edition is not None:
        package.extras["data_updated"] = runtime.in_shanghai(edition.released_at).date().isoformat()
    elif any(row.released_at for row in cases.of_entry(package.id)):  # else the card's own date stays
        package.extras.pop("data_updated", None)
    package.metadata_modified = runtime.now().astimezone(timezone.utc).replace(tzinfo=None)
    model.Session.add(package)


def _resources(package: Any) -> list[Any]:
    """Return an entry's resources as the database has them, deleted ones too: CKAN's session keeps old lists."""
    model.Session.flush()
    model.Session.expire(package, ["resources_all"])
    return list(package.resources_all)


def _describe(resource: Any, package: Any, edition: Any, file: Artifact, table: str, position: int) -> None:
    form = BY_NAME[file.format]
    resource.state = "active"
    resource.url = urls.latest(package.name, file.format, file.place)
    resource.name = f"{package.title}{f' · {table}' if table else ''}（{form.label}）"
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
        "table": file.place,
        "table_name": table,
        "rows": file.rows,
        "hash_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
        "datastore_active": file.format == ROWS,
    }


def _load_rows(entry_id: str, place: int, edition: Edition | None) -> None:
    resource = resource_id(entry_id, ROWS, place)
    present = datastore_rows.edition_of(resource)
    table = tables.at(edition, place) if edition else None
    if edition is None or table is None:
        if present is not None:
            datastore_rows.drop(resource)
        return
    if present == edition.id:
        return
    file = artifacts.of_table(edition.id, place)[ROWS]
    datastore_rows.load(resource, edition.id, tables.columns(table), artifacts.place(file))


def _licence(package: Any, number: int) -> str:
    """Return what goes with the files: what they are, whose, and under which licence they may be used."""
    organization = model.Group.get(package.owner_org)
    term = rulebook.vocabulary("license").by_code.get(package.license_id or "")
    url = str(term.facts.get("url", "")) if term else ""
    # Both languages: the file is read far away from this site, and nobody knows by whom.
    site = str(toolkit.config["ckan.site_url"]).rstrip("/")
    lines = (
        ("名称 Title", package.title),
        ("数据版本 Edition", number),
        ("提供部门 Publisher", organization.title if organization else ""),
        ("许可协议 Licence", rulebook.vocabulary("license").label(package.license_id or "")),
        ("许可全文 Text of the licence", site + url if url.startswith("/") else url),
        ("地址 Address", f"{site}/dataset/{package.name}"),
    )
    return "".join(f"{label}: {value}\n" for label, value in lines)


def _meanings(package: Any) -> dict[str, str]:
    """Return what the card says the columns mean, by name."""
    items = card.read_list(package.extras.get("data_items"))
    return {str(item.get("name")): str(item.get("meaning") or "") for item in items if isinstance(item, dict)}
