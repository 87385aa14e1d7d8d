"""Who may read the figures of what is open: everybody."""

from __future__ import annotations

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context, DataDict

__all__ = ("govshare_statistics_show",)


@toolkit.auth_allow_anonymous_access
def govshare_statistics_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Allow; the figures count public entries only."""
    del context, data_dict
    return {"success": True}
