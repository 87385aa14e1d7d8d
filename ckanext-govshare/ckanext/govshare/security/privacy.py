"""Headers of answers: what was made for one person stays in no cache, what was uploaded runs no script."""

from __future__ import annotations

from ckan.plugins import toolkit
from flask import Response, request, session
from flask_login import current_user

PRIVATE = "private, no-store"
# What every session holds before anybody has done anything.
NOBODYS = {"_permanent"}
# Files of people: pictures of departments, and CKAN's own download doors.
UPLOADS = ("/uploads/", "/file/", "/storage/")
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def close(response: Response) -> Response:
    """Complete an answer's headers; runs after CKAN has set its own ``Cache-Control: public``."""
    if response.status_code >= 500 or is_personal():  # noqa: PLR2004
        response.headers["Cache-Control"] = PRIVATE
        response.vary.update(("Cookie", toolkit.config["apitoken_header_name"]))
    if _is_upload():
        response.headers["Content-Security-Policy"] = SANDBOX
        if not (response.mimetype or "").startswith("image/") or "svg" in response.mimetype:
            response.headers["Content-Disposition"] = "attachment"
    return response


def is_personal() -> bool:
    """Tell whether an answer was made for whoever asked: a token, a login, or anything kept in the session.

    A page with a form carries a token of the visitor's session, so even an anonymous one is theirs alone.
    """
    if request.headers.get(toolkit.config["apitoken_header_name"]) or request.authorization:
        return True
    return bool(current_user.is_authenticated or set(session) - NOBODYS)


def _is_upload() -> bool:
    return request.path.startswith(UPLOADS) or "/download/" in request.path
