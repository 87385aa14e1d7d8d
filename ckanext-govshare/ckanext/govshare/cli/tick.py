"""``tick``: everything that time has made due; ``scheduler``: a tick every minute."""

from __future__ import annotations

import signal
import threading

import click

from ckanext.govshare import jobs

MINUTE = 60


@click.command(short_help="Do everything that time has made due.")
def tick() -> None:
    """Do what is due and not yet done; a missed run catches up, a double run does nothing."""
    done = jobs.all_due()
    click.echo(f"done: {done}")


@click.command(short_help="Tick every minute until stopped.")
def scheduler() -> None:
    """Tick every minute in one process; SIGTERM ends it between two ticks."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while True:
        jobs.all_due()
        if stop.wait(MINUTE):
            return
