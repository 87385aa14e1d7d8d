"""Bring one CKAN's database, search index and message catalogs up to date, in a single process.

    prepare.py INI --permissions FILE [--reindex] [--sysadmin FILE]

Every `ckan` command costs two seconds of start-up; this does the work of five in one.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from ckan.cli import CKANConfigLoader


def main() -> None:
    """Do what the arguments ask for, one printed line per piece of work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ini")
    parser.add_argument("--permissions", type=Path, required=True, help="where to write the DataStore's SQL")
    parser.add_argument("--reindex", action="store_true", help="the Solr schema has changed")
    parser.add_argument("--sysadmin", type=Path, help="make a sysadmin and write name and token there")
    arguments = parser.parse_args()

    compile_catalogs(Path(__file__).resolve().parents[1] / "i18n")
    flask_app = load(arguments.ini)
    with flask_app.test_request_context():
        migrate()
        arguments.permissions.write_text(datastore_permissions())
        translate_scripts()
        if arguments.reindex:
            reindex()
        if arguments.sysadmin and not arguments.sysadmin.exists():
            make_sysadmin(arguments.sysadmin)


def compile_catalogs(folder: Path) -> None:
    """Compile each message catalog whose source is newer; an editable install never does."""
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as text, target.open("wb") as binary:
                write_mo(binary, read_po(text))


def load(ini: str) -> Any:
    """The Flask application of CKAN with its plugins."""
    from ckan.config.middleware import make_app

    return make_app(CKANConfigLoader(ini).get_config())._wsgi_app  # noqa: SLF001 - as CKAN's own CLI does


def migrate() -> None:
    """Core's migrations, then those of every plugin that has any."""
    from ckan import model
    from ckan.cli.db import _migrate_plugins

    model.repo.upgrade_db()
    _migrate_plugins(apply=True)


def datastore_permissions() -> str:
    """SQL that fences the DataStore's reader and writer in, empty when the DataStore is off."""
    from ckan.model import parse_db_config
    from ckan.plugins import plugin_loaded
    from ckanext.datastore.cli import permissions_sql

    if not plugin_loaded("datastore"):
        return ""
    names = {key: parse_db_config(key) or {} for key in ("sqlalchemy.url", *DATASTORE)}
    main, write, read = names.values()
    return permissions_sql(
        main["db_name"], write["db_name"], main["db_user"], write["db_user"], read["db_user"]
    )


DATASTORE = ("ckan.datastore.write_url", "ckan.datastore.read_url")


def translate_scripts() -> None:
    """Message files for the scripts in the browser."""
    from ckan.lib.i18n import build_js_translations

    build_js_translations()


def reindex() -> None:
    """Fill the index from the database."""
    from ckan.lib import search

    search.rebuild(force=True)
    search.commit()


def make_sysadmin(file: Path) -> None:
    """A sysadmin with a token, for tests and benches against the unmodified CKAN."""
    from ckan.plugins.toolkit import get_action

    site_user = get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context = {"user": site_user, "ignore_auth": True}
    password = secrets.token_urlsafe(18)
    user = get_action("user_create")(
        dict(context), {"name": "root", "email": "root@peer.invalid", "password": password}
    )
    get_action("user_patch")(dict(context), {"id": user["id"], "sysadmin": True})
    token = get_action("api_token_create")(dict(context), {"user": "root", "name": "stack"})["token"]
    file.touch(mode=0o600)
    file.write_text(json.dumps({"name": "root", "password": password, "token": token}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
