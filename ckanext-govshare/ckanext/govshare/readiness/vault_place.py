"""The vault: its folder lies where no server and no other store of files reaches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ckan.plugins import toolkit

from ckanext.govshare.readiness.fault import Config, Fault

VAULT = "ckanext.govshare.vault_path"
SERVED = ("ckan.storage_path", "ckanext.govshare.artifact_path")


def check(config: Config) -> Iterator[Fault]:
    """Yield a fault for each served folder that holds the vault or lies in it."""
    vault = Path(str(config[VAULT])).resolve()
    for key in SERVED:
        served = Path(str(config.get(key) or "/nowhere")).resolve()
        if vault == served or served in vault.parents or vault in served.parents:
            yield Fault(
                toolkit._("The vault %(vault)s and the folder of %(key)s must not lie in one another.")
                % {"vault": vault, "key": key}
            )
