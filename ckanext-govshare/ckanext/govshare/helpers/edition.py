"""What the pages of editions ask."""

from __future__ import annotations

from ckanext.govshare import config

__all__ = ("govshare_upload_limit",)


def govshare_upload_limit() -> int:
    """Return the largest upload in MB."""
    return config.number("upload_limit_mb")
