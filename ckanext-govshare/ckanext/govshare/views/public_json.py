"""Public answers that scripts of other sites may read: the feed, the lists for embedding, the catalog as JSON."""

from __future__ import annotations

from flask import Response, request

A_DAY = "86400"


def open_to_other_sites(answer: Response) -> Response:
    """Let any site's script read the answer; without the visitor's cookies, for it names no site."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = "ETag"
    if request.method == "OPTIONS":
        answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        answer.headers["Access-Control-Allow-Headers"] = "If-None-Match"
        answer.headers["Access-Control-Max-Age"] = A_DAY
    return answer
