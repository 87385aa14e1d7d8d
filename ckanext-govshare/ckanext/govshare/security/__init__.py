"""What stands in front of every page and action, and closes what CKAN 2.12.0 leaves open there."""

from __future__ import annotations

import time

from ckan.plugins import toolkit
from flask import Flask, Response, g, jsonify, request

from ckanext.govshare import readiness
from ckanext.govshare.security import csrf, plain_input, privacy, smtp

# These say how things are, so they answer whatever the state.
ALWAYS = ("/healthz", "/readyz")
RETRY_SECONDS = "30"


def install(app: Flask) -> None:
    """Join the front to CKAN's application, before and after everything CKAN does with a request."""
    csrf.install()
    smtp.install()
    readiness.install(app)
    before = app.before_request_funcs.setdefault(None, [])
    before.insert(0, refuse_unready)
    # After CKAN's first step, which error pages need, and before forms are looked at.
    before.insert(2, refuse_senseless)
    # Flask runs these in reverse: the first comes after CKAN's own, which would say "public".
    app.after_request_funcs.setdefault(None, []).insert(0, privacy.close)


def refuse_unready() -> Response | None:
    """Serve nothing but the state of health while a fault forbids it."""
    if request.path in ALWAYS or not readiness.refuses():
        return None
    # CKAN's last step asks when its first one began, which is now skipped.
    setattr(g, "__timer", time.time())
    sentence = toolkit._(
        "The portal is being put in order and cannot be used just now. Please come back later."
    )
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
