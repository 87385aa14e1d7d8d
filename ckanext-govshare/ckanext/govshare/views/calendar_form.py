"""The bureau's form for a notice on holidays: choose a file, see what would change, take it."""

from __future__ import annotations

import json
from typing import Any

from ckan.plugins import toolkit
from werkzeug.wrappers import Response

from ckanext.govshare.views import officer

FIELDS = ("upload", "number", "issued", "source")


def page() -> str | Response | tuple[str, int]:
    """Show the form; with a file, the preview; with a confirmed preview, import it."""
    request = toolkit.request
    typed = {name: request.form.get(name, "").strip() for name in FIELDS[1:]}
    if request.method != "POST":
        return _render(typed)
    content, confirmed = request.form.get("content", ""), "import" in request.form
    asked = {**typed, "upload": request.files.get("upload"), "content": content, "preview": not confirmed}
    try:
        shown = officer.call("govshare_calendar_import", asked)
    except toolkit.ValidationError as error:
        return _render(typed, errors=error.error_dict), 409
    if not confirmed:
        return _render(typed, shown=shown)
    told = toolkit._("The notice has been imported; %(moved)s open due dates were moved.")
    toolkit.h.flash_success(told % {"moved": shown["moved"]})
    return toolkit.redirect_to("govshare_workbench.calendar")


def _render(
    typed: dict[str, str], shown: dict[str, Any] | None = None, errors: dict[str, Any] | None = None
) -> str:
    return toolkit.render(
        "govshare/workbench/calendar.html",
        {
            "typed": typed,
            "shown": shown,
            "content": _content(shown) if shown else "",
            "errors": errors or {},
            "summary": officer.summary(errors or {}, FIELDS),
            "calendar": officer.call("govshare_calendar_show"),
        },
    )


def _content(shown: dict[str, Any]) -> str:
    """Return what was previewed in our own form, so that exactly that is imported."""
    notices = shown["notices"]
    return json.dumps({"year": notices[0]["year"], "notices": notices}, ensure_ascii=False)
