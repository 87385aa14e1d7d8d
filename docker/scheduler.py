"""Run `ckan govshare tick` every minute inside one process, so that no minute pays CKAN's start-up.

    scheduler.py INI

The first run is at once: what became due while the portal was down has waited long enough. A failed run is logged
and the next minute tries again: what is due and not yet recorded stays due.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from typing import Any

import click
from ckan.cli import CKANConfigLoader

PERIOD = 60.0
log = logging.getLogger("ckanext.govshare.scheduler")


def main(ini: str) -> None:
    """Loop until told to end."""
    from ckan.config.middleware import make_app

    flask_app = make_app(CKANConfigLoader(ini).get_config())._wsgi_app  # noqa: SLF001 - as CKAN's own CLI does
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    tick = find_tick()
    if tick is None:
        log.warning("The command `ckan govshare tick` does not exist; nothing to do until a restart")
    while not ended.is_set():
        if tick is not None:
            run(tick, flask_app)
        ended.wait(PERIOD - time.time() % PERIOD)


def find_tick() -> click.Command | None:
    """The command of the enabled plugin, None when there is none."""
    from ckan import plugins

    for plugin in plugins.PluginImplementations(plugins.IClick):
        for command in plugin.get_commands():
            if command.name == "govshare" and isinstance(command, click.Group):
                return command.commands.get("tick")
    return None


def run(tick: click.Command, flask_app: Any) -> None:
    """One run with a session of its own."""
    from ckan import model

    try:
        with flask_app.test_request_context():
            tick.main([], standalone_mode=False, obj=None)
    except Exception:
        log.exception("tick failed")
    finally:
        model.Session.remove()


if __name__ == "__main__":
    main(sys.argv[1])
