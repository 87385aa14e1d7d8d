"""Pages; a noun joins by being listed here."""

from __future__ import annotations

from flask import Blueprint

from ckanext.govshare.views import health

BLUEPRINTS: tuple[Blueprint, ...] = (health.blueprint,)
