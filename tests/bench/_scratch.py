"""A portal in this process whose chosen tables are empty copies in a schema of their own, thrown away afterwards.

The running portal and its rows are left alone; indexes, defaults and checks are those of the real tables.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app


@contextmanager
def schema(*tables: str) -> Iterator[str]:
    """Make empty copies of tables; give the schema's name."""
    name = f"bench_{uuid4().hex[:8]}"
    engine = sa.create_engine(_config()["sqlalchemy.url"], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {name}"))
        try:
            for table in tables:
                connection.execute(
                    sa.text(f'CREATE TABLE {name}."{table}" (LIKE public."{table}" INCLUDING ALL)')
                )
            yield name
        finally:
            connection.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))


def portal(name: str) -> Any:
    """Return the portal's Flask application, which sees the copies first."""
    config = _config()
    url = sa.engine.make_url(config["sqlalchemy.url"])
    seen = url.update_query_dict({"options": f"-csearch_path={name},public"})
    config["sqlalchemy.url"] = seen.render_as_string(hide_password=False)
    return make_app(config)._wsgi_app


def _config() -> Any:
    return CKANConfigLoader(os.environ["GOVSHARE_INI"]).get_config()
