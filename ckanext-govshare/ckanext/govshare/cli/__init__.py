"""``ckan govshare …``: the portal's own commands, one file per noun."""

from __future__ import annotations

import click

from ckanext.govshare.cli import (
    calendar,
    catalog,
    deadline,
    demo,
    edition,
    entry,
    journal,
    key,
    mirror,
    tick,
)


@click.group()
def govshare() -> None:
    """公共数据开放平台: what the portal does beside CKAN."""


for command in (
    calendar.calendar,
    catalog.catalog,
    deadline.deadline,
    demo.demo,
    edition.edition,
    entry.entry,
    journal.journal,
    key.key,
    mirror.mirror,
    tick.tick,
    tick.scheduler,
):
    govshare.add_command(command)
