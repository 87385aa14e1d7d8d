"""The interface as OpenAPI 3.1, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare import config
from ckanext.govshare.logic.interface.endpoints import ENDPOINTS, JSON, TAGS, TEXT, Endpoint, Parameter
from ckanext.govshare.logic.interface.shapes import SHAPES, ref
from ckanext.govshare.logic.marking import N_

VERSION = "3.1.0"
OK, NOT_MODIFIED = 200, 304
TAG_HEADER = "If-None-Match"
DESCRIBED = ("description", "summary")

REFUSALS: Mapping[int, str] = {
    NOT_MODIFIED: N_("Nothing has changed since the answer whose tag was sent"),
    400: N_("The question cannot be understood; the answer says which part"),
    404: N_("There is nothing of that name that everybody may see"),
    409: N_("The question cannot be answered as it is; the answer names field, code and sentence"),
    410: N_("It was public and has been withdrawn"),
    503: N_("Not just now; ask again later"),
}
_ERROR: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "success": {"const": False},
        "error": {
            "type": "object",
            "description": N_("Field → sentences; “codes” are stable, sentences are not"),
            "properties": {"__type": TEXT, "message": TEXT, "codes": {"type": "array", "items": TEXT}},
        },
    },
}


def document() -> dict[str, Any]:
    """Return the whole interface as one OpenAPI document."""
    _ = toolkit._
    return {
        "openapi": VERSION,
        "info": {
            "title": f"{config.text('site.city')}{toolkit.config['ckan.site_title']}",
            "version": version("ckanext-govshare"),
            "description": _("What anybody's program may ask, without an account and free of charge."),
        },
        "servers": [{"url": site_url()}],
        "externalDocs": {"url": f"{site_url()}/api/docs"},
        "tags": [{"name": code, "description": _(words)} for code, words in TAGS.items()],
        "paths": {endpoint.path: {"get": _operation(endpoint)} for endpoint in ENDPOINTS},
        "components": {"schemas": spoken({**SHAPES, "Error": _ERROR})},
    }


def spoken(shape: Any) -> Any:
    """Return a schema with its descriptions in the reader's language."""
    if isinstance(shape, Mapping):
        return {
            key: toolkit._(value) if key in DESCRIBED and isinstance(value, str) else spoken(value)
            for key, value in shape.items()
        }
    return [spoken(item) for item in shape] if isinstance(shape, (list, tuple)) else shape


def site_url() -> str:
    """Return the address that all paths begin with."""
    return str(toolkit.config["ckan.site_url"]).rstrip("/")


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    parameters = [_parameter(parameter) for parameter in endpoint.parameters]
    if endpoint.tagged:
        meaning = toolkit._("The ETag of your last answer")
        parameters.append({"name": TAG_HEADER, "in": "header", "description": meaning, "schema": TEXT})
    return {
        "operationId": endpoint.action or endpoint.path.strip("/").replace("/", "_").translate(_NO_BRACES),
        "tags": [endpoint.tag],
        "summary": toolkit._(endpoint.summary),
        "parameters": parameters,
        "responses": {str(OK): _answer(endpoint), **_refusals(endpoint)},
    }


_NO_BRACES = str.maketrans("", "", "{}")


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.required,
        "description": toolkit._(parameter.meaning),
        "schema": dict(parameter.schema),
    }


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    schema: Mapping[str, Any] = endpoint.answer
    if endpoint.action:
        schema = {
            "type": "object",
            "required": ["success", "result"],
            "properties": {"help": TEXT, "success": {"const": True}, "result": schema},
        }
    told: dict[str, Any] = {
        "description": toolkit._(endpoint.summary),
        "content": {media: {"schema": dict(schema)} for media in endpoint.media},
    }
    if endpoint.tagged:
        told["headers"] = {"ETag": {"schema": TEXT}}
    return told


def _refusals(endpoint: Endpoint) -> dict[str, Any]:
    statuses = [*([NOT_MODIFIED] if endpoint.tagged else []), *endpoint.refusals]
    return {str(status): _refusal(status, bool(endpoint.action)) for status in statuses}


def _refusal(status: int, of_action: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"description": toolkit._(REFUSALS[status])}
    if of_action:
        told["content"] = {JSON: {"schema": ref("Error")}}
    return told
