"""Words of the import's pages."""

from __future__ import annotations

from ckanext.govshare.domain.catalog_import import POLICIES
from ckanext.govshare.logic.catalog.show import word

__all__ = ["govshare_catalog_policies"]


def govshare_catalog_policies() -> list[dict[str, str]]:
    """Return ``{value, label}`` of what may be done with a name that is there already."""
    return [{"value": policy, "label": word("import_policies", policy)} for policy in POLICIES]
