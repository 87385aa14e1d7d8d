"""What must hold before the portal serves; ``/readyz`` and the log say in one sentence each what does not.

A fault of configuration (a weak secret, an open Solr, a schema that is behind, a setting that is not as
shipped …) makes every page answer 503 until it is mended: a portal that would leak is better down. A part
that merely does not answer makes ``/readyz`` say so, while pages do what they can without it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from ckan.plugins import toolkit
from flask import Flask, current_app

from ckanext.govshare.readiness import (
    database,
    job_queue,
    key_file,
    rivals,
    search_index,
    secret_keys,
    settings,
    vault_place,
)
from ckanext.govshare.readiness.fault import Check, Fault

log = logging.getLogger(__name__)

# What the configuration and the loaded code say: it cannot change while the process lives.
STILL: tuple[Check, ...] = (secret_keys.check, settings.check, vault_place.check, rivals.check)
# What the servers say.
LIVE: tuple[Check, ...] = (database.check, key_file.check, search_index.check, job_queue.check)

KEEP_SECONDS = 5.0
EXTENSION = "govshare_readiness"


class Readiness:
    """The checks of one application, with what they last said."""

    def __init__(self) -> None:
        self._found: tuple[Fault, ...] = ()
        self._until = 0.0
        self._passed = False

    def faults(self) -> list[str]:
        """Return one sentence for each thing that forbids serving; probes are repeated after seconds."""
        if time.monotonic() >= self._until:
            found = tuple(fault for check in (*STILL, *LIVE) for fault in _run(check))
            tell(set(found) - set(self._found))
            self._found, self._until = found, time.monotonic() + KEEP_SECONDS
            self._passed = self._passed or not any(fault.refuses for fault in found)
        return [fault.sentence for fault in self._found]

    def refuses(self) -> bool:
        """Tell whether pages must not be served; once everything held, this costs nothing any more."""
        if not self._passed:
            self.faults()
        return not self._passed


def install(app: Flask) -> None:
    """Give an application its checks, and log at the start what is wrong with its configuration."""
    app.extensions[EXTENSION] = Readiness()
    with app.test_request_context():
        tell(fault for check in STILL for fault in _run(check))


def faults() -> list[str]:
    """Return what keeps this application from serving, a sentence each."""
    return list(current_app.extensions[EXTENSION].faults())


def refuses() -> bool:
    """Tell whether this application must not serve pages."""
    return bool(current_app.extensions[EXTENSION].refuses())


def tell(found: Iterable[Fault]) -> None:
    """Log faults, one line each."""
    for fault in found:
        log.error("%s", fault.sentence)


def _run(check: Check) -> list[Fault]:
    try:
        return list(check(toolkit.config))
    except Exception as error:
        # A check that breaks is no pass; and /readyz itself never answers 500.
        log.exception("the check %s broke", check.__module__)
        name = check.__module__.rpartition(".")[2]
        return [
            Fault(
                toolkit._("The check “%(name)s” could not be made: %(error)s")
                % {"name": name, "error": type(error).__name__}
            )
        ]
