"""Who runs the site, where one can go from here, and in which languages: the head and foot of every page."""

from __future__ import annotations

import logging
import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from ckan import model
from ckan.lib import i18n
from ckan.plugins import toolkit

from ckanext.govshare import rulebook, theme
from ckanext.govshare.helpers.entry import govshare_word
from ckanext.govshare.helpers.workbench import govshare_is_officer
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.errors import language
from ckanext.govshare.runtime import in_shanghai, now

__all__ = (
    "govshare_incident",
    "govshare_languages",
    "govshare_my_departments",
    "govshare_navigation",
    "govshare_opening_steps",
    "govshare_site",
    "govshare_theme_file",
)

log = logging.getLogger(__name__)

PREFIX = "ckanext.govshare.site."
SITE_KEYS = (
    "address",
    "city",
    "contact_email",
    "contact_phone",
    "find_error_url",
    "government_portal_url",
    "icp",
    "identity_code",
    "operator",
    "organizer",
    "party_mark",
    "party_mark_url",
    "police",
)
THEME_FILES = Path(str(theme.__file__)).parent / "public" / "govshare"


def govshare_site() -> dict[str, str]:
    """Return what configuration says about the site (``ckanext.govshare.site.*``); empty text where unset."""
    site = {key: str(toolkit.config.get(PREFIX + key) or "") for key in SITE_KEYS}
    site["title"] = site["city"] + toolkit.config["ckan.site_title"]
    return site


def govshare_theme_file(name: str) -> str:
    """Return the address of a file of the theme; another content has another one, so browsers may keep it."""
    return f"{toolkit.h.url_for_static(f'/govshare/{name}')}?{_mark(name)}"


@cache
def _mark(name: str) -> str:
    return sha256((THEME_FILES / name).read_bytes()).hexdigest()[:8]


def govshare_languages() -> list[dict[str, str]]:
    """Return the other languages of this page: label in that language, BCP 47 tag, address."""
    here, other = toolkit.h.lang(), []
    for locale in i18n.get_available_locales():
        name = i18n.get_identifier_from_locale_class(locale)
        if name != here:
            url = toolkit.h.url_for(toolkit.h.current_url(), locale=name)
            tag = i18n_tag(name)
            other.append({"label": locale.language_name or tag, "tag": tag, "url": url})
    return other


def i18n_tag(name: str) -> str:
    """Return a locale name as HTML wants it (zh-Hans-CN)."""
    return name.replace("_", "-")


def govshare_navigation() -> list[dict[str, Any]]:
    """Return the main navigation; the workbench only for those who have work there."""
    h, _ = toolkit.h, toolkit._
    entries = [
        (_("Home"), "/", h.url_for("home.index")),
        (_("Data catalog"), "/dataset", h.url_for("dataset.search")),
        (_("Departments"), "/organization", h.url_for("organization.index")),
        (_("User guide"), "/guide", h.url_for("govshare_guide.guide")),
        (_("Developers"), "", h.url_for("govshare_guide.guide") + "#developers"),
    ]
    items = [_item(*entry) for entry in entries]
    if govshare_is_officer():
        items.append(
            _item(_("Workbench"), "/workbench", h.url_for("govshare_workbench.inbox")) | {"office": True}
        )
    return items


def _item(label: str, section: str, url: str) -> dict[str, Any]:
    """Return one entry; ``section`` is the path whose pages belong to it, before any language prefix."""
    path = toolkit.request.path.rstrip("/") or "/"
    inside = section != "/" and bool(section) and path.startswith(f"{section}/")
    return {"label": label, "url": url, "active": inside or path == section, "here": path == section}


def govshare_my_departments() -> list[dict[str, str]]:
    """Return the departments that the reader works for, each with the reader's role there."""
    user = toolkit.current_user
    held = roles.memberships(user.id) if user.is_authenticated else {}
    return [
        {
            "label": organization.title,
            "value": govshare_word("roles", roles.ROLE_OF_CAPACITY[held[organization.id]]),
        }
        for organization in map(model.Group.get, held)
        if organization and held[organization.id] in roles.ROLE_OF_CAPACITY
    ]


def govshare_opening_steps() -> list[dict[str, Any]]:
    """Return the steps to conditional data as the public is told them, with their working days."""
    return [
        {**step, "label": step["label"][language()], "text": step["text"][language()]}
        for step in rulebook.opening_steps()
    ]


def govshare_incident(code: int) -> str:
    """Return a number by which the hotline finds this failure in the log, and write the line it stands in."""
    number = f"{in_shanghai(now()):%m%d%H%M%S}-{code}-{secrets.token_hex(2)}"
    log.warning("Incident %s: %s %s", number, toolkit.request.method, toolkit.request.path)
    return number
