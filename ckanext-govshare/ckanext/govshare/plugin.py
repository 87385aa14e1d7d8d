"""Composition root: joins the rooms to CKAN; imports anything, is imported by nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from ckan import model, plugins
from ckan.lib.plugins import DefaultPermissionLabels, DefaultTranslation
from ckan.plugins import toolkit
from flask import Blueprint

from ckanext.govshare import helpers, i18n, search, security, vault
from ckanext.govshare.cli import govshare
from ckanext.govshare.domain.publication import DRAFT
from ckanext.govshare.logic import roles
from ckanext.govshare.logic.action import actions
from ckanext.govshare.logic.auth import auth_functions
from ckanext.govshare.logic.entry import keywords, registering
from ckanext.govshare.logic.entry.form import EntryForm
from ckanext.govshare.model import Publication
from ckanext.govshare.views import BLUEPRINTS


@toolkit.blanket.config_declarations
class GovsharePlugin(EntryForm, DefaultTranslation, DefaultPermissionLabels, plugins.SingletonPlugin):
    """公共数据开放平台; every method is one of CKAN's interfaces and hands over to a room."""

    plugins.implements(plugins.IActions)
    plugins.implements(plugins.IAuthFunctions)
    plugins.implements(plugins.IBlueprint)
    plugins.implements(plugins.IClick)
    plugins.implements(plugins.IDatasetForm)
    plugins.implements(plugins.IMiddleware, inherit=True)
    plugins.implements(plugins.IPackageController, inherit=True)
    plugins.implements(plugins.IPermissionLabels)
    plugins.implements(plugins.ITemplateHelpers)
    plugins.implements(plugins.ITranslation)
    plugins.implements(plugins.IValidators)

    def get_actions(self) -> dict[str, Callable[..., Any]]:
        """IActions."""
        return actions()

    def get_auth_functions(self) -> dict[str, Callable[..., Any]]:
        """IAuthFunctions."""
        return auth_functions()

    def get_blueprint(self) -> list[Blueprint]:
        """IBlueprint."""
        return list(BLUEPRINTS)

    def get_commands(self) -> list[click.Command]:
        """IClick."""
        return [govshare]

    def make_middleware(self, app: Any, config: Any) -> Any:
        """IMiddleware: what stands in front of every page and action, how mail leaves; what a killed process left."""
        del config
        security.install(app)
        vault.sweep()
        return app

    def get_helpers(self) -> dict[str, Callable[..., Any]]:
        """ITemplateHelpers."""
        return helpers.helpers()

    def get_validators(self) -> dict[str, Callable[..., Any]]:
        """IValidators: keywords of one character, whatever the form."""
        return keywords.VALIDATORS

    def i18n_directory(self) -> str:
        """ITranslation: the catalogs are a package of their own."""
        return str(next(iter(i18n.__path__)))

    def i18n_locales(self) -> list[str]:
        """ITranslation."""
        return ["zh_Hans_CN", "en"]

    def i18n_domain(self) -> str:
        """ITranslation."""
        return "ckanext-govshare"

    def get_dataset_labels(self, dataset_obj: Any) -> list[str]:
        """IPermissionLabels: entries follow their publication, other types CKAN's rule."""
        if dataset_obj.type != "dataset":
            return super().get_dataset_labels(dataset_obj)
        return search.labels_of(dataset_obj.id, dataset_obj.owner_org)

    def get_user_dataset_labels(self, user_obj: Any) -> list[str]:
        """IPermissionLabels: the public, one's departments, the bureau."""
        if user_obj is None or user_obj.is_anonymous:
            return [search.PUBLIC]
        held = roles.memberships(user_obj.id)
        labels = [search.PUBLIC, *(f"member-{organization}" for organization in held)]
        return [*labels, search.BUREAU] if roles.is_bureau(user_obj.id) else labels

    def after_dataset_create(self, context: dict[str, Any], pkg_dict: dict[str, Any]) -> None:
        """IPackageController: an entry is born with its publication, in the same transaction."""
        package = model.Package.get(pkg_dict["id"])
        if package.type == "dataset":
            registering.register(package, context)

    def after_dataset_update(self, context: dict[str, Any], pkg_dict: dict[str, Any]) -> None:
        """IPackageController: the publication's title and class follow the draft's card."""
        del context
        package = model.Package.get(pkg_dict["id"])
        publication = model.Session.get(Publication, package.id)
        if publication is not None and publication.state == DRAFT:
            registering.follow(package, publication)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """IPackageController."""
        return search.prepare_index(pkg_dict)

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        """IPackageController."""
        return search.prepare_query(search_params)
