"""Who may take released data (获取数据): the facts of a file, or of a resource's rows, in one query; the gate decides."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from ckan import model

from ckanext.govshare.domain.decision import Decision, Reason, Refused
from ckanext.govshare.domain.edition import VOID
from ckanext.govshare.domain.release import FileFacts, may_take_data, may_take_file
from ckanext.govshare.logic.edition import urls
from ckanext.govshare.model import Artifact, Edition, Publication


class File(NamedTuple):
    """A released file that everybody may take, and the number of its edition."""

    artifact: Artifact
    number: int


def _file_of(which: Any) -> Any:
    edition = (
        sa.select(Edition.id)
        .where(Edition.entry_id == Publication.entry_id, Edition.released_at.is_not(None), which)
        .order_by(Edition.number.desc())
        .limit(1)
        .correlate(Publication)
        .scalar_subquery()
    )
    return (
        sa.select(
            Artifact,
            Edition.number,
            Edition.status,
            Publication.state,
            Publication.openness,
            Publication.first_published_at,
        )
        .select_from(model.Package)
        .join(Publication, Publication.entry_id == model.Package.id)
        .outerjoin(Edition, Edition.id == edition)
        .outerjoin(
            Artifact,
            (Artifact.edition_id == Edition.id)
            & (Artifact.place == sa.bindparam("place"))
            & (Artifact.format == sa.bindparam("format")),
        )
        .where(model.Package.name == sa.bindparam("entry"))
    )


_OF_CURRENT = _file_of(Edition.status != VOID)
_OF_NUMBER = _file_of(Edition.number == sa.bindparam("number"))


def file_at(entry: str, number: int | None, file: str, *, marked: bool = False) -> File | Refused:
    """Return the released file at an address (``number`` None: of the current edition), or why nobody may take it.

    ``marked`` asks for the CSV with a byte order mark.
    """
    place, form = urls.asked_for(entry, file) or (None, None)
    form = "csv_bom" if marked and form == "csv" else form
    wanted = {"entry": entry, "number": number, "place": place, "format": form}
    row = model.Session.execute(_OF_CURRENT if number is None else _OF_NUMBER, wanted).first()
    if row is None:
        return Refused((Reason("release.no_such_file"),))
    decision = may_take_file(
        FileFacts(
            publication_state=row.state,
            openness=row.openness,
            was_published=row.first_published_at is not None,
            edition_withdrawn=row.status == VOID,
            on_shelf=row.Artifact is not None and not row.Artifact.vaulted,
        )
    )
    return decision if isinstance(decision, Refused) else File(row.Artifact, row.number)


def rows_of(resource_id: str) -> Decision | None:
    """Decide about the rows in the DataStore of a resource; None when it belongs to no entry of the catalog."""
    query = (
        sa.select(Publication.state, Publication.openness)
        .join(model.Resource, model.Resource.package_id == Publication.entry_id)
        .where(model.Resource.id == resource_id)
    )
    found = model.Session.execute(query).first()
    return may_take_data(found.state, found.openness) if found else None
