"""Where the portal meets the running world: the clock, and the hash of what was decided about."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from ckanext.govshare.domain.deadline import SHANGHAI


def now() -> datetime:
    """Return the present instant, aware, in UTC; the only wall clock of the portal."""
    return datetime.now(timezone.utc)


def in_shanghai(instant: datetime) -> datetime:
    """Return ``instant`` on the clock of the law; a naive value is taken as UTC, as CKAN stores it."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)
    return aware.astimezone(SHANGHAI)


def content_hash(content: Any) -> str:
    """Return the SHA-256 of the canonical JSON of ``content``; equal content, equal hash."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode("utf-8")).hexdigest()
