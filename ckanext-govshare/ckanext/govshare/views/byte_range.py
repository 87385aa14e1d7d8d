"""Byte ranges (断点续传, RFC 9110 § 14): which bytes of a file a request asks for, and the headers of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Request, Response


@dataclass(frozen=True)
class Piece:
    """The bytes that are asked for, and whether the request named them."""

    bytes: range
    partial: bool


def wanted(request: Request, digest: str, size: int) -> Piece:
    """Return the piece of a file with this digest: all of it for several ranges at once, or a range of another file.

    :raises RequestedRangeNotSatisfiable: the range lies beyond its end.
    """
    asked, whole = request.range, Piece(range(size), partial=False)
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or not _is_of(request, digest):
        return whole
    found = asked.range_for_length(size)
    if found is None:
        raise RequestedRangeNotSatisfiable(size)
    return Piece(range(*found), partial=True)


def describe(response: Response, piece: Piece, digest: str, size: int) -> Response:
    """Say which bytes of which file the answer holds."""
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(digest)
    response.content_length = len(piece.bytes)
    if piece.partial:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {piece.bytes.start}-{piece.bytes.stop - 1}/{size}"
    return response


def beyond_the_end(size: int | None) -> Response:
    """Answer a range that the file does not have."""
    response = Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    response.headers["Content-Range"] = f"bytes */{size}"
    return response


def _is_of(request: Request, digest: str) -> bool:
    """Tell whether the range is meant for this very file; only a strong tag proves that (§ 13.1.5)."""
    condition = request.headers.get("If-Range")
    return condition is None or condition.strip() == f'"{digest}"'
