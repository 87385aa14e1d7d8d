"""Hand out conditional data (提供数据): the granted columns of the current edition, judged before and while they leave.

佳木斯 arts 26, 36. The file is made anew for each grant from the vault's table, so that no other column is ever in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import exports, vault
from ckanext.govshare.domain.grant import Standing, may_take
from ckanext.govshare.domain.table import Column
from ckanext.govshare.exports.formats import BY_NAME
from ckanext.govshare.logic import moving, roles
from ckanext.govshare.logic.application import clock, granting
from ckanext.govshare.logic.edition import artifacts
from ckanext.govshare.logic.edition import cases as editions
from ckanext.govshare.model import Application, Edition, Grant, Publication, journal
from ckanext.govshare.vault import scratch

TABLE = "parquet"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Delivery:
    """A file on its way; ``pieces`` ends early when the grant ends meanwhile."""

    filename: str
    media_type: str
    size: int
    pieces: Iterator[bytes]


def formats(row: Grant) -> list[str]:
    """Return the formats in which the granted columns can be taken now; none before data have been released."""
    edition = editions.current(row.entry_id)
    if edition is None or not _granted(row, edition):
        return []
    return [name for name in artifacts.of_edition(edition.id) if name in BY_NAME]


def take(context: dict[str, Any], grant_id: str, format_name: str) -> Delivery:
    """Return the granted columns in one format, for the holder alone; the download is recorded before it begins."""
    row, _actor = granting.load(context, {"id": grant_id})
    person = roles.user_id_of(context)
    moving.refuse_if(_judge(row, person))
    edition = editions.current(row.entry_id)
    if edition is None or format_name not in formats(row):
        raise toolkit.ObjectNotFound(toolkit._("There is no such file."))
    stack = ExitStack()
    try:
        built = _build(stack, row, edition, format_name)
        source = stack.enter_context(built.path.open("rb"))
        _record(row, person, edition, format_name)
    except BaseException:
        stack.close()
        raise
    pieces = _pieces(stack, source, row.id, person)
    return Delivery(built.filename, built.media_type, built.size, pieces)


def _build(stack: ExitStack, row: Grant, edition: Edition, format_name: str) -> exports.Built:
    folder = stack.enter_context(scratch.folder())
    with vault.borrowed(edition.id, TABLE) as table:
        columns = _granted(row, edition)
        return exports.build(table, columns, folder, f"{row.number}-{edition.number}", (format_name,))[0]


def _pieces(stack: ExitStack, source: BinaryIO, grant_id: str, person: str) -> Iterator[bytes]:
    with stack:
        while piece := source.read(CHUNK):
            yield piece
            if not _still(grant_id, person):
                raise ConnectionAbortedError("the grant ended while its data were leaving")


def _still(grant_id: str, person: str) -> bool:
    """Ask again between chunks, of the database as it is now, in a session that is nobody else's."""
    session = model.meta.create_local_session()
    try:
        row = session.get(Grant, grant_id)
        publication = session.get(Publication, row.entry_id) if row else None
        return bool(
            row and may_take(granting.fact(row), clock.today(), _standing(publication), person=person)
        )
    finally:
        session.close()


def _judge(row: Grant, person: str) -> Any:
    publication = model.Session.get(Publication, row.entry_id)
    return may_take(granting.fact(row), clock.today(), _standing(publication), person=person)


def _standing(publication: Publication | None) -> Standing:
    if publication is None:
        return Standing("", "")
    return Standing(publication.state, publication.openness)


def _granted(row: Grant, edition: Edition) -> list[Column]:
    return [Column.from_dict(column) for column in edition.columns if column["name"] in row.columns]


def _record(row: Grant, person: str, edition: Edition, format_name: str) -> None:
    application = model.Session.get_one(Application, row.application_id)
    journal.record(
        model.Session,
        actor=person,
        case_kind="application",
        case_id=application.id,
        organization_id=application.organization_id,
        move="download",
        from_state=application.state,
        to_state=application.state,
        facts={"grant": row.number, "edition": edition.number, "format": format_name},
    )
    model.Session.commit()
