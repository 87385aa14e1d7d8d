"""``/api/docs`` (接口说明) and ``/api/openapi.json``: what programs may ask, read off the tables that answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint, Response, request

from ckanext.govshare import mirror_files
from ckanext.govshare.domain.mirror_relay import ATTEMPTS, STATES
from ckanext.govshare.logic.catalog.publish import FORMATS
from ckanext.govshare.logic.interface import letters, openapi
from ckanext.govshare.logic.interface.endpoints import ENDPOINTS, TAGS, Endpoint
from ckanext.govshare.logic.interface.shapes import SHAPES
from ckanext.govshare.logic.mirror import changes, feed, telling
from ckanext.govshare.mirror import webhook
from ckanext.govshare.runtime import content_hash
from ckanext.govshare.views.public_json import open_to_other_sites

blueprint = Blueprint("govshare_api_docs", __name__)

RECEIVER = Path(str(mirror_files.__file__)).with_name("receiver.py")
LINKED_DATA = ("ttl", "jsonld")
MINUTE, HOUR = 60, 3600


@blueprint.route("/api/docs")
def page() -> str:
    """Show every public address, and in full how another site keeps in step."""
    return toolkit.render(
        "govshare/api_docs.html",
        {
            "site_url": openapi.site_url(),
            "chapters": [{"code": code, "title": toolkit._(words)} for code, words in TAGS.items()],
            "addresses": {code: [_address(row) for row in ENDPOINTS if row.tag == code] for code in TAGS},
            "fields": {name: _fields(name) for name in SHAPES},
            "examples": letters.examples(),
            "secret": letters.SECRET,
            "copy": letters.copy(),
            "waits": [{"failure": number, "wait": _period(wait)} for number, wait in letters.waits()],
            "rests": [{"failure": number, "wait": _period(wait)} for number, wait in letters.rests()],
            "attempts": ATTEMPTS,
            "latest": changes.latest_number(),
            "largest": feed.LARGEST_PAGE,
            "page_size": feed.PAGE,
            "headers": webhook,
            "linked_data": [ending for ending in FORMATS if ending in LINKED_DATA],
            "states": [(code, telling.word("mirror_states", code)) for code in STATES],
            "receiver": RECEIVER.read_text(encoding="utf-8"),
        },
    )


@blueprint.route("/api/openapi.json")
def document() -> Response:
    """Send the interface as OpenAPI, for scripts of any site as well."""
    told = openapi.document()
    answer = Response(toolkit.h.dump_json(told, ensure_ascii=False), mimetype="application/json")
    answer.set_etag(content_hash(told)[:24])
    answer.headers["Cache-Control"] = "public, no-cache"
    return open_to_other_sites(answer.make_conditional(request.environ))


@blueprint.route("/api/docs/receiver.py")
def receiver() -> Response:
    """Send the receiver to begin with, as a file."""
    answer = Response(RECEIVER.read_bytes(), mimetype="text/x-python")
    answer.headers["Content-Disposition"] = f"attachment; filename={RECEIVER.name}"
    return answer


def _address(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "path": endpoint.path,
        "summary": toolkit._(endpoint.summary),
        "parameters": "、".join(parameter.name for parameter in endpoint.parameters),
        "rows": [
            {
                "name": parameter.name,
                "kind": _kind(parameter.schema),
                "meaning": toolkit._(parameter.meaning),
                "required": toolkit._("required") if parameter.required else "",
            }
            for parameter in endpoint.parameters
        ],
    }


def _fields(name: str) -> list[dict[str, str]]:
    fields = openapi.spoken(SHAPES[name].get("properties", {}))
    return [
        {"name": field, "kind": _kind(schema), "meaning": _meaning(schema)}
        for field, schema in fields.items()
    ]


def _meaning(schema: dict[str, Any]) -> str:
    return schema.get("description") or ("、".join(schema["enum"]) if "enum" in schema else "")


def _kind(schema: Any) -> str:
    """Return a type in one word, as it stands in a JSON Schema; of a list also what it holds."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    kind = schema.get("type", "")
    if kind == "array":
        return f"{_kind(schema['items'])}[]"
    return " | ".join(kind) if isinstance(kind, list) else str(schema.get("format") or kind)


def _period(wait: timedelta) -> str:
    seconds = int(wait.total_seconds())
    if seconds >= HOUR:
        return toolkit._("%(count)s h") % {"count": seconds // HOUR}
    if seconds >= MINUTE:
        minutes, rest = divmod(seconds, MINUTE)
        words = toolkit._("%(minutes)s min %(seconds)s s") if rest else toolkit._("%(minutes)s min")
        return words % {"minutes": minutes, "seconds": rest}
    return toolkit._("%(count)s s") % {"count": seconds}
