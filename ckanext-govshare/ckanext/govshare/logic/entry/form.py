"""CKAN's form of an entry: its schema made from the field table; the rules are asked before it, in ``writing``."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from ckanext.govshare import config
from ckanext.govshare.logic.entry import card

Context = dict[str, Any]
OWN = "own"


class EntryForm(toolkit.DefaultDatasetForm):
    """``IDatasetForm`` of the type ``dataset``, unless the site's form is another's; its methods are CKAN's."""

    def is_fallback(self) -> bool:
        """Serve every dataset that no other plugin claims."""
        return _is_ours()

    def package_types(self) -> list[str]:
        """Claim the type ``dataset``."""
        return ["dataset"] if _is_ours() else []

    def create_package_schema(self) -> dict[str, Any]:
        """Return CKAN's schema with our extras."""
        return _with_fields(super().create_package_schema())

    def update_package_schema(self) -> dict[str, Any]:
        """Return CKAN's schema with our extras."""
        return _with_fields(super().update_package_schema())

    def show_package_schema(self) -> dict[str, Any]:
        """Return CKAN's schema with our extras lifted to the top level."""
        schema = super().show_package_schema()
        lift = [toolkit.get_converter("convert_from_extras"), toolkit.get_validator("ignore_missing")]
        schema.update({field.name: lift for field in card.extra_fields()})
        return schema

    def resource_validation_dependencies(self, package_type: str) -> list[str]:
        """Name no field: resources are written by releases only, which check them whole."""
        del package_type
        return []

    def validate(
        self, context: Context, data_dict: dict[str, Any], schema: dict[str, Any], action: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Carry lists through CKAN's validators as text, the way extras hold them; they come and go as lists."""
        if action == "package_show":
            return _shown(context, data_dict, schema)
        data = {**data_dict}
        card.normalize(data)
        converted, errors = toolkit.navl_validate(data, schema, context)
        return converted, errors


def _is_ours() -> bool:
    return config.text("entry_form") == OWN


def _with_fields(schema: dict[str, Any]) -> dict[str, Any]:
    keep = [
        toolkit.get_validator("ignore_empty"),
        toolkit.get_validator("unicode_safe"),
        toolkit.get_converter("convert_to_extras"),
    ]
    schema.update({field.name: keep for field in card.extra_fields()})
    return schema


def _shown(
    context: Context, data: dict[str, Any], schema: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    converted, errors = toolkit.navl_validate(data, schema, context)
    for name in card.list_fields():
        if name in converted:
            converted[name] = card.read_list(converted[name])
    return converted, errors
