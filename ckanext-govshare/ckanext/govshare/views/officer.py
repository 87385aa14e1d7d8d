"""What the officers' pages share: who may enter, how they call actions, how errors become a summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ckan.plugins import toolkit
from werkzeug.wrappers import Response

from ckanext.govshare.helpers.workbench import govshare_is_officer


def admit() -> Response | None:
    """Let officers in; ask strangers to log in and come back here; tell others that this is not theirs."""
    if toolkit.current_user.is_anonymous:
        return toolkit.redirect_to("user.login", next=toolkit.request.full_path.rstrip("?"))
    if not govshare_is_officer():
        toolkit.abort(403, toolkit._("The workbench is for officers of departments and of the bureau."))
    return None


def call(action: str, data: Mapping[str, Any] | None = None) -> Any:
    """Call an action as the person whose page this is."""
    user = toolkit.current_user
    return toolkit.get_action(action)({"user": user.name, "auth_user_obj": user}, dict(data or {}))


def show_or_404(action: str, data: Mapping[str, Any]) -> Any:
    """Call an action that shows something; what the caller may not know does not exist."""
    try:
        return call(action, data)
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        toolkit.abort(404, toolkit._("This case does not exist, or it is not your department's."))


def summary(errors: Mapping[str, Any], anchors: Iterable[str] = ()) -> list[dict[str, str]]:
    """Return an error dict as the lines of an error summary; ``anchors`` are the fields on the page."""
    known, lines = set(anchors), []
    for name, texts in errors.items():
        if name == "codes":
            continue
        field = name if name in known else ""
        lines += [
            {"field": field, "text": str(text)} for text in (texts if isinstance(texts, list) else [texts])
        ]
    return lines
