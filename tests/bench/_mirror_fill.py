"""Many public entries at once, as copies of one that came the whole way; runs inside the portal.

    _mirror_fill.py INI publish TEMPLATE COUNT      copies here, each noted as a change that mirrors must follow
    _mirror_fill.py INI mirror TARGET PEER_DATABASE the same at the peer, as if each had been pushed and acknowledged
    _mirror_fill.py INI forget                      all of it away, as if it had never been

Publishing ten thousand by the officers and pushing them would take hours, and what is measured comes after it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from uuid import uuid4

import psycopg2
import sqlalchemy as sa
from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from psycopg2.extras import Json, execute_values

FILE = ("name", "url", "format", "mimetype", "hash", "size")
CODE = "bench"  # how the codes of the copies begin


def publish(template: str, count: str) -> None:
    """Copy a public entry ``count`` times, card, keywords, files and publication, and note the changes."""
    from ckanext.govshare.domain.mirror import PUT, hash_of
    from ckanext.govshare.logic.mirror import copies
    from ckanext.govshare.model import MirrorChange

    entry = "md5(:template || n)::uuid::text"
    ours = {"template": template, "count": int(count)}
    _copy("package", "id", ours, {"id": entry, "name": "t.name || '-' || n", "title": "t.title || ' ' || n"})
    code = f"'{CODE}/' || lpad(n::text, 6, '0')"
    publication = {"entry_id": entry, "title": "t.title || ' ' || n", "resource_code": code}
    _copy("govshare_publication", "entry_id", ours, publication)
    for table in ("package_tag", "resource"):
        _copy(table, "package_id", ours, {"id": "md5(t.id || n)::uuid::text", "package_id": entry})
    model.Session.flush()
    query = "SELECT entry_id FROM govshare_publication WHERE resource_code LIKE :code"
    ids = list(model.Session.scalars(sa.text(query), {"code": f"{CODE}/%"}))
    at = datetime.now(timezone.utc)
    for copy in copies.copies_of(ids).values():
        model.Session.add(
            MirrorChange(entry_id=copy["id"], kind=PUT, hash=hash_of(copy), content=copy, at=at)
        )
    model.Session.commit()


def mirror(name: str, database: str) -> None:
    """Write into the peer's database and into our ledger what a push of everything would have."""
    from ckan.plugins import toolkit
    from ckanext.govshare import runtime
    from ckanext.govshare.domain.mirror import hash_of
    from ckanext.govshare.logic.mirror import changes
    from ckanext.govshare.mirror import ledger
    from ckanext.govshare.mirror.shape import Shape
    from ckanext.govshare.mirror.targets import target_of
    from ckanext.govshare.model import MirrorLedgerRow

    shape = Shape(target_of(name).mapping, str(toolkit.config["ckan.site_id"]))
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        ledger.spread(model.Session, name, runtime.now())
        query = sa.select(MirrorLedgerRow).where(MirrorLedgerRow.target == name, MirrorLedgerRow.shown == 0)
        packages = []
        for row in model.Session.scalars(query):
            change = changes.newest_of(model.Session, row.entry_id)
            content = shape.wanted(change.content).content
            packages.append((str(uuid4()), content))
            row.remote_id, row.shown = packages[-1][0], row.wanted
            row.sent_hash, row.sent_at = change.hash, runtime.now()
            row.answer = {"hash": hash_of(content)}
        cursor.execute('SELECT name, id FROM "group" WHERE is_organization')
        _write(cursor, packages, dict(cursor.fetchall()))
    model.Session.commit()


def forget() -> None:
    """Take the copies away again."""
    ours = "SELECT entry_id FROM govshare_publication WHERE resource_code LIKE :code"
    tables = {"govshare_mirror_ledger": "entry_id", "govshare_mirror_change": "entry_id"}
    tables |= {"package_tag": "package_id", "resource": "package_id", "package": "id"}
    for table, key in tables.items():
        model.Session.execute(sa.text(f"DELETE FROM {table} WHERE {key} IN ({ours})"), {"code": f"{CODE}/%"})  # noqa: S608
    publication = "DELETE FROM govshare_publication WHERE resource_code LIKE :code"
    model.Session.execute(sa.text(publication), {"code": f"{CODE}/%"})
    model.Session.commit()


def _copy(table: str, key: str, values: Mapping[str, Any], changed: Mapping[str, str]) -> None:
    columns = model.Session.scalars(
        sa.text("SELECT column_name FROM information_schema.columns WHERE table_name = :table"),
        {"table": table},
    ).all()
    names = ", ".join(f'"{column}"' for column in columns)
    taken = ", ".join(changed.get(column, f't."{column}"') for column in columns)
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {taken} FROM {table} t, generate_series(1, :count) n "  # noqa: S608
        f"WHERE t.{key} = :template"
    )
    model.Session.execute(sa.text(statement), dict(values))


def _write(
    cursor: Any, packages: list[tuple[str, Mapping[str, Any]]], organizations: Mapping[str, str]
) -> None:
    """Insert datasets with keywords and files, in the shape in which CKAN would have written them."""
    at = datetime.now(timezone.utc).replace(tzinfo=None)
    times = {"metadata_modified": at, "state": "active"}
    own = ("name", "title", "notes", "url", "license_id")
    datasets, pairs, files = [], [], []
    tags = _tags(cursor, {word for _, content in packages for word in content["tags"]})
    for id_, content in packages:
        owner = organizations[content["organization"]]
        card = {"id": id_, "owner_org": owner, "type": "dataset", "private": False, "metadata_created": at}
        extras = Json(content["extras"])
        datasets.append({**card, **{name: content[name] for name in own}, "extras": extras, **times})
        pairs += [
            {"id": str(uuid4()), "package_id": id_, "tag_id": tags[word], "state": "active"}
            for word in content["tags"]
        ]
        for position, file in enumerate(content["resources"]):
            place = {
                "id": str(uuid4()),
                "package_id": id_,
                "position": position,
                "extras": "{}",
                "created": at,
            }
            files.append({**place, **{name: file[name] for name in FILE}, **times})
    for table, rows in (("package", datasets), ("package_tag", pairs), ("resource", files)):
        _insert(cursor, table, rows)


def _tags(cursor: Any, words: set[str]) -> dict[str, str]:
    """Return the ids of free keywords, those included that are new."""
    query = "SELECT name, id FROM tag WHERE vocabulary_id IS NULL"
    cursor.execute(query)
    missing = words - {name for name, _ in cursor.fetchall()}
    _insert(cursor, "tag", [{"id": str(uuid4()), "name": word} for word in missing])
    cursor.execute(query)
    return dict(cursor.fetchall())


def _insert(cursor: Any, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = ", ".join(rows[0])
        statement = f"INSERT INTO {table} ({names}) VALUES %s"  # noqa: S608 - our own words
        execute_values(cursor, statement, [tuple(row.values()) for row in rows])


if __name__ == "__main__":
    ini, command, *arguments = sys.argv[1:]
    application = make_app(CKANConfigLoader(ini).get_config())._wsgi_app
    with application.test_request_context():
        {"publish": publish, "mirror": mirror, "forget": forget}[command](*arguments)
