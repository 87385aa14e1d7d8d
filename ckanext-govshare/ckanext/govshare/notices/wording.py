"""A notice in words: subject, text and the address of its case; mail speaks the site's language."""

from __future__ import annotations

from ckan.plugins import toolkit

from ckanext.govshare import rulebook
from ckanext.govshare.model import Notice

# Case → the page on which it is dealt with.
PAGES = {
    "publication": "/workbench/publication/%s",
    "change": "/workbench/change/%s",
    "edition": "/dataset/%s",
    "application": "/application/%s",
    "mirror": "/workbench/mirror#%s",
    "delegation": "/workbench/delegation/#%s",
}


def site_language() -> str:
    """Return ``zh`` or ``en``: what the site speaks to somebody who has not chosen."""
    return "zh" if str(toolkit.config["ckan.locale_default"]).startswith("zh") else "en"


def subject(notice: Notice, language: str) -> str:
    """Return the notice in one line."""
    words = rulebook.notice_kinds()[notice.kind].subject
    return words[language] % notice.facts


def body(notice: Notice, language: str) -> str:
    """Return the notice in a sentence or two."""
    words = rulebook.notice_kinds()[notice.kind].body
    return words[language] % notice.facts


def path(notice: Notice) -> str:
    """Return the address of the case on this site; ``facts.page`` names it where the id does not."""
    return PAGES[notice.case_kind] % notice.facts.get("page", notice.case_id)


def address(path: str) -> str:
    """Return a whole address, for mail."""
    return str(toolkit.config["ckan.site_url"]).rstrip("/") + path
