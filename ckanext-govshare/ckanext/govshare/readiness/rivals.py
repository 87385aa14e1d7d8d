"""Other plugins that would decide in our stead: CKAN asks one plugin for labels and one for the form."""

from __future__ import annotations

from collections.abc import Iterator

from ckan import plugins
from ckan.lib.plugins import get_permission_labels, lookup_package_plugin
from ckan.plugins import toolkit

from ckanext.govshare.readiness.fault import Config, Fault

OURS = "govshare"


def check(_config: Config) -> Iterator[Fault]:
    """Yield a fault for each of the two decisions that is not ours."""
    for task, holder in (
        ("IPermissionLabels", get_permission_labels()),
        ("IDatasetForm", lookup_package_plugin("dataset")),
    ):
        name = getattr(holder, "name", type(holder).__name__)
        if holder is not plugins.get_plugin(OURS):
            yield Fault(
                toolkit._("The plugin “%(name)s” takes %(task)s; remove it, or list it after govshare.")
                % {"name": name, "task": task}
            )
