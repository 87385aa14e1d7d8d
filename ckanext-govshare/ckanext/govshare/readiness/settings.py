"""The secure settings that the portal is shipped with: one table, compared with what is configured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.readiness.fault import Config, Fault

REQUIRED: dict[str, object] = {
    "debug": False,
    "testing": False,
    "ckan.display_timezone": "Asia/Shanghai",
    "ckan.hide_version": True,
    "ckan.cors.origin_allow_all": False,
    "ckan.datastore.sqlsearch.enabled": False,
    "ckan.datastore.public_table_search": "",
    "ckan.auth.anon_create_dataset": False,
    "ckan.auth.create_unowned_dataset": False,
    "ckan.auth.create_user_via_api": False,
    "ckan.auth.user_create_organizations": False,
    "ckan.auth.user_create_groups": False,
    "ckan.auth.user_delete_organizations": False,
    "ckan.auth.user_delete_groups": False,
    "ckan.auth.public_user_details": False,
    "ckan.auth.public_activity_stream_detail": False,
    "ckan.auth.roles_that_cascade_to_sub_groups": "",
    "SESSION_TYPE": "redis",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "REMEMBER_COOKIE_SECURE": True,
    "PERMANENT_SESSION_LIFETIME": 28800,
    # CKAN would mail whole requests, cookies and tokens among them, over a connection it does not verify.
    "email_to": "",
    "WTF_CSRF_ENABLED": True,
    "WTF_CSRF_CHECK_DEFAULT": True,
    "WTF_CSRF_TIME_LIMIT": 28800,
}

FORBIDDEN_PLUGINS = ("resource_proxy", "activity")


def check(config: Config) -> Iterator[Fault]:
    """Yield a fault for each setting that is not as required, and for each forbidden plugin."""
    for key, wanted in REQUIRED.items():
        found = _plain(config.get(key))
        if found != wanted:
            yield Fault(
                toolkit._("The setting %(key)s is “%(found)s”; it must be “%(wanted)s”.")
                % {"key": key, "found": _written(found), "wanted": _written(wanted)}
            )
    loaded = config.get("ckan.plugins") or []
    for name in FORBIDDEN_PLUGINS:
        if name in (loaded.split() if isinstance(loaded, str) else loaded):
            yield Fault(
                toolkit._("The plugin “%(name)s” must not be loaded; remove it from ckan.plugins.")
                % {"name": name}
            )
    if config.get("smtp.server") and not config.get("smtp.starttls") and not _is_here(config["smtp.server"]):
        yield Fault(toolkit._("Mails would leave this machine unencrypted; set smtp.starttls to true."))


def _plain(value: Any) -> object:
    if isinstance(value, (list, tuple, set)):
        return " ".join(str(item) for item in value)
    if hasattr(value, "total_seconds"):
        return int(value.total_seconds())
    return "" if value is None else value


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_here(server: str) -> bool:
    host = server.rpartition(":")[0] or server
    return host in ("localhost", "127.0.0.1", "::1", "[::1]")
