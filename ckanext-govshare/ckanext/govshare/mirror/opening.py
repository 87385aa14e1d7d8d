"""Which kind of target is spoken to in which way."""

from __future__ import annotations

from ckanext.govshare.domain.mirror_peer import CKAN, WEBHOOK
from ckanext.govshare.mirror.ckan_site import CkanSite
from ckanext.govshare.mirror.site import TargetSite
from ckanext.govshare.mirror.targets import Target
from ckanext.govshare.mirror.webhook import WebhookSite

_SITES: dict[str, type[CkanSite | WebhookSite]] = {CKAN: CkanSite, WEBHOOK: WebhookSite}


def open_site(target: Target) -> TargetSite:
    """Return a target ready to be spoken to; close it afterwards."""
    return _SITES[target.kind](target)
