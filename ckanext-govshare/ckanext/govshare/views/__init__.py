"""Pages; a noun joins by being listed here."""

from __future__ import annotations

from flask import Blueprint

from ckanext.govshare.views import (
    api_docs,
    application,
    application_case,
    application_files,
    apply,
    catalog_file,
    catalog_import,
    deadline,
    delegation,
    edition,
    edition_download,
    edition_inbox,
    embed,
    entry_form,
    feed,
    grant,
    health,
    mirror,
    notice,
    office,
    replaced,
    saved_filter,
    statistics,
    workbench,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.blueprint,
    workbench.blueprint,
    entry_form.blueprint,
    notice.blueprint,
    office.blueprint,
    replaced.blueprint,
    saved_filter.blueprint,
    catalog_import.blueprint,
    catalog_file.blueprint,
    edition.blueprint,
    edition_download.blueprint,
    edition_inbox.blueprint,
    embed.blueprint,
    feed.blueprint,
    mirror.blueprint,
    api_docs.blueprint,
    deadline.blueprint,
    statistics.blueprint,
    delegation.blueprint,
    apply.blueprint,
    grant.blueprint,
    application.blueprint,
    application_case.blueprint,
    application_files.blueprint,
)
