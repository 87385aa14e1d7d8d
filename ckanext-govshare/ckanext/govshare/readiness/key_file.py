"""The file of key-encryption keys: there, sound, private, and with every key that the database still needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.logic.errors import sentence
from ckanext.govshare.readiness.fault import Config, Fault
from ckanext.govshare.sealing import DataKey, keyring


def check(config: Config) -> Iterator[Fault]:
    """Yield a fault when the file is unsound, and one for each key that wraps data keys but is not in it."""
    try:
        keys = keyring.load(Path(str(config["ckanext.govshare.keyring_path"])))
    except RuleError as error:
        yield Fault(sentence(Reason(error.code, error.facts)))
        return
    for key_id in _needed():
        if keys.get(key_id) is None:
            yield Fault(
                toolkit._(
                    "The key “%(key)s” is not in the key file, but data are sealed under it; put it back from its copy."
                )
                % {"key": key_id}
            )


def _needed() -> list[str]:
    try:
        with model.ensure_engine().connect() as connection:
            return list(connection.scalars(sa.select(DataKey.wrapped_by).distinct().order_by("wrapped_by")))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError):
        return []  # the check of the database says what is wrong there
