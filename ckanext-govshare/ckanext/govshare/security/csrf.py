"""CVE-2026-41255: one request without a session must not switch off CSRF protection for all that follow.

CKAN 2.12.0 exempts the view of every request that came with a token or anonymously by adding it to a set
of the process; from then on the view takes any forged form. The exemption is meant for that one request.
"""

from __future__ import annotations

from ckan.config.middleware import flask_app
from flask import g, has_request_context

KEY = "govshare_csrf_exempt"


class ExemptForOneRequest(set[str]):
    """The exempted views: those of the set-up for good, those of a request for that request only."""

    def add(self, view: str) -> None:
        """Exempt a view: for this request while there is one, else for good."""
        if has_request_context():
            setattr(g, KEY, {*g.get(KEY, ()), view})
        else:
            super().add(view)

    def __contains__(self, view: object) -> bool:
        """Tell whether this request's view is exempted."""
        return super().__contains__(view) or (has_request_context() and view in g.get(KEY, ()))


def install() -> None:
    """Put our set in the place of the process-wide one, with what the set-up has exempted."""
    held = flask_app.csrf._exempt_views  # noqa: SLF001 - the hole is there
    flask_app.csrf._exempt_views = ExemptForOneRequest(held)  # noqa: SLF001
