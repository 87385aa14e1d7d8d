"""Which sites may show a page of ours inside one of theirs (嵌入): those that are configured, by their origin."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

NOBODY = "'none'"
_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.:[]")


def frame_ancestors(origins: Iterable[str]) -> str:
    """Return the value of CSP's ``frame-ancestors``; what is no plain origin is left out, none means nobody."""
    return " ".join(origin for origin in origins if _is_origin(origin)) or NOBODY


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    host = parts.netloc.lower()
    plain = f"{parts.scheme}://{parts.netloc}" == text
    return plain and parts.scheme in ("https", "http") and bool(host) and set(host) <= _HOST
