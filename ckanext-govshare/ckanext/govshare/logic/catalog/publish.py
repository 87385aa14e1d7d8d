"""The open catalog (开放目录) as files: built once for each state of the published entries, then only sent.

What is written is asked of the gate's own predicate over the publication rows; nothing else reaches a file.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import config, rulebook
from ckanext.govshare.domain.publication import PUBLISHED
from ckanext.govshare.domain.release import PUBLIC_CLASSES, is_public
from ckanext.govshare.exports.catalog import as_csv, as_json, as_rdf, as_xlsx, as_xml
from ckanext.govshare.exports.catalog.layout import Layout
from ckanext.govshare.logic.catalog.store import tag_words
from ckanext.govshare.logic.entry import card
from ckanext.govshare.model import Publication

BATCH = 500
FOLDER = "catalog-export"
TABLES: Mapping[str, Callable[..., None]] = {
    "xlsx": as_xlsx.write_xlsx,
    "csv": as_csv.write_csv,
    "json": as_json.write_json,
    "xml": as_xml.write_xml,
}
FORMATS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "json": "application/json",
    "xml": "application/xml",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
}
LAYOUT = Layout(rulebook.entry_fields(), rulebook.VOCABULARIES)


def built(ending: str) -> tuple[Path, str]:
    """Return the file of the catalog as it is now and its tag; builds it when the catalog has changed."""
    tag = _state_tag()
    folder = config.folder("work_path") / FOLDER
    folder.mkdir(exist_ok=True, mode=0o750)
    target = folder / f"{tag}.{ending}"
    if not target.exists():
        _build(ending, target)
        for old in folder.glob(f"*.{ending}"):
            if old != target:
                old.unlink(missing_ok=True)
    return target, tag


def write(ending: str, target: Path) -> int:
    """Write the catalog as it is now to a file; return the number of entries."""
    _build(ending, target)
    return int(model.Session.scalar(sa.select(sa.func.count()).select_from(Publication).where(*_OPEN)) or 0)


def open_packages() -> Iterator[dict[str, Any]]:
    """Return the cards of all entries that everyone may see, by code, with their files."""
    query = sa.select(Publication.entry_id).where(*_OPEN).order_by(Publication.resource_code)
    ids = list(model.Session.scalars(query))
    for start in range(0, len(ids), BATCH):
        yield from packages_of(ids[start : start + BATCH])


_OPEN = (Publication.state == PUBLISHED, Publication.openness.in_(PUBLIC_CLASSES))


def packages_of(ids: list[str]) -> Iterator[dict[str, Any]]:
    """Return the cards of those entries among ``ids`` that everyone may see, by code, with their files."""
    query = (
        sa.select(model.Package, Publication, model.Group)
        .join(Publication, Publication.entry_id == model.Package.id)
        .join(model.Group, model.Group.id == model.Package.owner_org)
        .where(model.Package.id.in_(ids), model.Package.private.is_(False), model.Package.state == "active")
        .order_by(Publication.resource_code)
    )
    words, files = tag_words(ids), _resources(ids)
    for package, publication, organization in model.Session.execute(query):
        if is_public(publication.state, publication.openness):
            yield {
                **card.card_of(
                    {
                        **package.extras,
                        **{name: getattr(package, name) for name in ("title", "notes", "license_id")},
                        "tags": [{"name": word} for word in words.get(package.id, ())],
                    }
                ),
                "owner_org": organization.title,
                "organization_name": organization.name,
                "publication_state": publication.state,
                "id": package.id,
                "name": package.name,
                "metadata_modified": package.metadata_modified.isoformat() + "Z",
                "resources": files.get(package.id, []),
            }


def _resources(ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    table = model.Resource
    query = (
        sa.select(table).where(table.package_id.in_(ids), table.state == "active").order_by(table.position)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in model.Session.scalars(query):
        names = ("id", "name", "url", "format", "mimetype", "size", "hash", "description", "package_id")
        found.setdefault(row.package_id, []).append({name: getattr(row, name) for name in names})
    return found


def _build(ending: str, target: Path) -> None:
    """Write beside the target and move into place: a reader never meets half a file."""
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=f".{ending}")
    os.close(handle)
    draft = Path(name)
    try:
        if ending in TABLES:
            TABLES[ending](open_packages(), LAYOUT, draft)
        else:
            as_rdf.write_rdf(map(_dataset, open_packages()), _catalog(), ending, draft)
        draft.chmod(0o640)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _dataset(package: Mapping[str, Any]) -> dict[str, Any]:
    license_ = rulebook.vocabulary("license").by_code.get(str(package.get("license_id") or ""))
    theme = rulebook.vocabulary("theme").label(str(package.get("theme") or ""))
    return as_rdf.dataset_of(
        {
            **package,
            "publisher": package["owner_org"],
            "license_title": license_.label["zh"] if license_ else "",
            "license_url": license_.facts.get("url", "") if license_ else "",
        },
        theme,
    )


def _catalog() -> dict[str, str]:
    return {
        "title": toolkit.config.get("ckan.site_title", ""),
        "homepage": toolkit.config.get("ckan.site_url", ""),
        "language": "zh-Hans",
    }


def _state_tag() -> str:
    """Return a name that changes with the published entries, their files, and the law's tables."""
    package, resource = model.Package, model.Resource
    publications = sa.select(
        sa.func.count(), sa.func.max(Publication.updated_at), sa.func.max(package.metadata_modified)
    ).join(package, package.id == Publication.entry_id)
    files = sa.select(sa.func.count(), sa.func.max(resource.last_modified)).where(resource.state == "active")
    facts = [
        *model.Session.execute(publications.where(*_OPEN)).one(),
        *model.Session.execute(files).one(),
        sorted(_organization_titles().items()),
        rulebook.version(),
    ]
    return sha256(repr(facts).encode()).hexdigest()[:24]


def _organization_titles() -> dict[str, str]:
    query = sa.select(model.Group.id, model.Group.title).where(model.Group.is_organization.is_(True))
    return {row[0]: row[1] for row in model.Session.execute(query)}
