"""What the bureau is shown as not yet filled in: profiles of departments, settings of the site."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare.helpers.site import PREFIX, SITE_KEYS
from ckanext.govshare.views import officer


def offices() -> list[dict[str, Any]]:
    """Return the departments whose profile lacks something, those that lack most first."""
    lacking = [office for office in officer.call("govshare_office_list") if office["missing"]]
    return sorted(lacking, key=lambda office: -len(office["missing"]))


def settings() -> list[dict[str, str]]:
    """Return the site's settings that are empty: key and what it is."""
    words = _words()
    return [
        {"key": PREFIX + key, "word": words.get(key, key)}
        for key in SITE_KEYS
        if not toolkit.config.get(PREFIX + key)
    ]


def count() -> dict[str, int]:
    """Return how many departments and how many settings wait to be filled in."""
    return {"offices": len(offices()), "settings": len(settings())}


def _words() -> dict[str, str]:
    _ = toolkit._
    return {
        "address": _("Address of the office that runs the site"),
        "city": _("Name of the city"),
        "contact_email": _("Public mail address of the portal"),
        "contact_phone": _("Hotline"),
        "find_error_url": _("Address for reporting faults of government sites"),
        "government_portal_url": _("Address of the government portal"),
        "icp": _("ICP filing number"),
        "identity_code": _("Identity code of the government site"),
        "operator": _("Office that operates the site"),
        "organizer": _("Office that runs the site"),
        "party_mark": _("Mark of party and government organs"),
        "party_mark_url": _("Address behind the mark of party and government organs"),
        "police": _("Public security filing number"),
        "title": _("Title of the site"),
    }
