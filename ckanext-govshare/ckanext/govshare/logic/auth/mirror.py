"""Who may follow what is public: everybody."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict

__all__ = ("govshare_mirror_changes",)


@toolkit.auth_allow_anonymous_access
def govshare_mirror_changes(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow; the feed holds nothing but what is public."""
    return {"success": True}
