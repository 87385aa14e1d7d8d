"""``/healthz`` (this process lives) and ``/readyz`` (the portal can serve, or one sentence for each reason not)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from ckanext.govshare import readiness

blueprint = Blueprint("govshare_health", __name__)


@blueprint.route("/healthz")
def healthz() -> Response:
    """Answer 200 while the process lives; touches nothing else."""
    return jsonify(ok=True)


@blueprint.route("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer 200 when every check passes, else 503 with a sentence for each that does not."""
    faults = readiness.faults()
    return jsonify(ready=not faults, faults=faults), 503 if faults else 200
