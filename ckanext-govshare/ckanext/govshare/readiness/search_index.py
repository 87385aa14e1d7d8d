"""Solr: whoever can write it forges what the portal shows; without our fields Chinese is not found."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from ckan.plugins import toolkit

from ckanext.govshare.readiness import reach
from ckanext.govshare.readiness.fault import Config, Fault

TIMEOUT = 3.0
# Fields that our search asks for and CKAN's own schema lacks.
FIELDS = {
    "title_bi",
    "title_uni",
    "text_bi",
    "tags_bi",
    "org_title_bi",
    "org_title",
    "entry_text",
    "publication_state",
}


def check(config: Config) -> Iterator[Fault]:
    """Yield a fault when Solr does not answer, has another schema, or lets strangers in."""
    address = str(config["solr_url"]).rstrip("/")
    yield from _schema(config, address)
    place = urlsplit(address)
    for host in reach.where_to_knock(place.hostname):
        if _lets_in(place.scheme, host, place.port or 8983, place.path):
            yield Fault(
                toolkit._(
                    "Solr answers at %(address)s without a password; "
                    "let it listen on 127.0.0.1 only, or protect it."
                )
                % {"address": f"{host}:{place.port}"}
            )


def _schema(config: Config, address: str) -> Iterator[Fault]:
    password = (str(config.get("solr_user") or ""), str(config.get("solr_password") or ""))
    try:
        answer = requests.get(
            f"{address}/schema/fields", timeout=TIMEOUT, auth=password if password[0] else None
        )
        found = {field["name"]: field["type"] for field in answer.json()["fields"]}
    except (requests.RequestException, ValueError, KeyError):
        yield Fault(toolkit._("Solr does not answer."), refuses=False)
        return
    missing = FIELDS - set(found)
    if missing:
        yield Fault(
            toolkit._(
                "Solr's schema is not the portal's, it lacks %(fields)s; install config/solr and reindex."
            )
            % {"fields": "、".join(sorted(missing))}
        )
    elif found.get("_version_") != "plong":
        yield Fault(
            toolkit._("Solr's field _version_ must be of type plong; install config/solr and reindex.")
        )


def _lets_in(scheme: str, host: str, port: int, path: str) -> bool:
    where = f"[{host}]" if ":" in host else host
    try:
        answer = requests.get(f"{scheme}://{where}:{port}{path}/admin/ping", timeout=reach.TIMEOUT)
    except requests.RequestException:
        return False
    return answer.status_code < requests.codes.unauthorized
