"""Other plugins that would decide in our stead: CKAN asks one plugin for labels and one for the form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckan import plugins
from ckan.lib.plugins import get_permission_labels, lookup_package_plugin
from ckan.plugins import toolkit

from ckanext.govshare import config, rulebook
from ckanext.govshare.readiness.fault import Config, Fault

OURS = "govshare"
SCHEMING = "scheming_datasets"
# Who may hold the form of an entry, by the setting ``entry_form``; the rules are asked before any form.
FORMS = {"own": OURS, "scheming": SCHEMING}


def check(_config: Config) -> Iterator[Fault]:
    """Yield a fault for each of the two decisions that is not with the plugin it belongs to."""
    form = FORMS[config.text("entry_form")]
    for task, holder, owner in (
        ("IPermissionLabels", get_permission_labels(), OURS),
        ("IDatasetForm", lookup_package_plugin("dataset"), form),
    ):
        if not plugins.plugin_loaded(owner) or holder is not plugins.get_plugin(owner):
            yield Fault(
                toolkit._("The plugin “%(name)s” takes %(task)s, which is “%(owner)s”'s; remove one of them.")
                % {"name": getattr(holder, "name", type(holder).__name__), "task": task, "owner": owner}
            )
        elif owner == SCHEMING:
            yield from _incomplete()


def _incomplete() -> Iterator[Fault]:
    """Yield a fault when scheming's schema of entries lacks fields of ours: it would drop what they hold."""
    schema: dict[str, Any] = toolkit.get_action("scheming_dataset_schema_show")({}, {"type": "dataset"})
    held = {field["field_name"] for field in schema["dataset_fields"]}
    if missing := [field.name for field in rulebook.entry_fields() if field.name not in held]:
        yield Fault(
            toolkit._(
                "The schema of scheming.dataset_schemas lacks: %(fields)s. Use ckanext.govshare:scheming.yaml."
            )
            % {"fields": ", ".join(missing)}
        )
