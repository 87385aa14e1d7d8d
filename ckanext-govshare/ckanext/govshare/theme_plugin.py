"""The portal's look: templates, assets and the pages that belong to no workflow.

A plugin of its own, so that the rules of the portal also run under another theme.
"""

from __future__ import annotations

from pathlib import Path

from ckan import plugins
from ckan.common import CKANConfig
from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.govshare import theme
from ckanext.govshare.views import catalog, guide, home, styleguide

THEME = Path(str(theme.__file__)).parent


class GovshareThemePlugin(plugins.SingletonPlugin):
    """Puts the theme's templates before CKAN's and serves its public pages."""

    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.IBlueprint)

    def update_config(self, config: CKANConfig) -> None:
        """Add the theme's folders."""
        toolkit.add_template_directory(config, str(THEME / "templates"))
        toolkit.add_public_directory(config, str(THEME / "public"))
        toolkit.add_resource(str(THEME / "assets"), "govshare")

    def get_blueprint(self) -> list[Blueprint]:
        """Return the public pages; registered before CKAN's own, they take their addresses."""
        pages = [home.blueprint, catalog.blueprint, guide.blueprint]
        if toolkit.asbool(toolkit.config.get("ckanext.govshare.development")):
            pages.append(styleguide.blueprint)
        return pages
