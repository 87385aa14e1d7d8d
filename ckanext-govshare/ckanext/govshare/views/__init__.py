"""Pages; a noun joins by being listed here."""

from __future__ import annotations

from flask import Blueprint

from ckanext.govshare.views import catalog_file, catalog_import, health

BLUEPRINTS: tuple[Blueprint, ...] = (health.blueprint, catalog_import.blueprint, catalog_file.blueprint)
