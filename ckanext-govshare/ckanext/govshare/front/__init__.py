"""What stands in front of every page and action: readiness, plain input, CSRF, privacy of answers."""

from __future__ import annotations

import time

from ckan.plugins import toolkit
from flask import Flask, Response, current_app, g, jsonify, request

from ckanext.govshare.front import csrf, plain_input, privacy
from ckanext.govshare.readiness import Readiness, tell_still_faults

# These say how things are, so they answer whatever the state.
ALWAYS = ("/healthz", "/readyz")
EXTENSION = "govshare_readiness"
RETRY_SECONDS = "30"


def install(app: Flask) -> None:
    """Join the front to CKAN's application, before and after everything CKAN does with a request."""
    csrf.install()
    app.extensions[EXTENSION] = Readiness()
    before = app.before_request_funcs.setdefault(None, [])
    before.insert(0, refuse_unready)
    # After CKAN's first step, which error pages need, and before forms are looked at.
    before.insert(2, refuse_senseless)
    # Flask runs these in reverse: the first comes after CKAN's own, which would say "public".
    app.after_request_funcs.setdefault(None, []).insert(0, privacy.close)
    with app.test_request_context():
        tell_still_faults()


def refuse_unready() -> Response | None:
    """Serve nothing but the state of health while a fault forbids it."""
    if request.path in ALWAYS or not current_app.extensions[EXTENSION].refuses():
        return None
    # CKAN's last step asks when its first one began, which is now skipped.
    setattr(g, "__timer", time.time())  # noqa: B010 - the name would be mangled in a class
    sentence = toolkit._("The portal is being put in order and cannot be used just now. Please come back later.")
    answer = _answer(sentence, "Service Unavailable", 503)
    answer.headers["Retry-After"] = RETRY_SECONDS
    return answer


def refuse_senseless() -> Response | None:
    """Answer 400 to what no door understands."""
    wrong = plain_input.objection(request)
    if wrong is None:
        return None
    if plain_input.action_of(request.path) is None:
        toolkit.abort(400, wrong)
    return _answer(wrong, "Bad Request", 400)


def _answer(sentence: str, kind: str, status: int) -> Response:
    if "/api/" in request.path:
        answer = jsonify(success=False, error={"__type": kind, "message": sentence})
    else:
        answer = Response(sentence, mimetype="text/plain")
    answer.status_code = status
    return answer


def faults() -> list[str]:
    """Return what keeps this application from serving, a sentence each."""
    return list(current_app.extensions[EXTENSION].faults())
