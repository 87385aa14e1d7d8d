"""Notices: how many the reader has not read, for the head of every page."""

from __future__ import annotations

from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.model import notice

__all__ = ["govshare_unread_notices"]


def govshare_unread_notices() -> int:
    """Return how many notices the reader has not read."""
    user = toolkit.current_user
    return notice.unread(model.Session, user.id) if user.is_authenticated else 0
