"""``journal verify``: whether the journal is as it was written."""

from __future__ import annotations

import re
from typing import Any

import click
from ckan.plugins import toolkit

from ckanext.govshare.domain.journal_chain import Broken, Head
from ckanext.govshare.logic.journal import chain
from ckanext.govshare.logic.journal.messages import BROKEN

ANCHOR = re.compile(r"(\d+):([0-9a-f]{64})")


def _anchor(_context: Any, _parameter: Any, value: str | None) -> Head | None:
    if value is None:
        return None
    found = ANCHOR.fullmatch(value)
    if not found:
        raise click.BadParameter(toolkit._("An anchor is NUMBER:HASH, as the log and this command print it."))
    return Head(int(found[1]), found[2])


@click.group(short_help="The journal of all moves.")
def journal() -> None:
    """The journal (办理记录) that nobody may change."""


@journal.command(short_help="Check the chain of hashes.")
@click.option(
    "--anchor", callback=_anchor, help="NUMBER:HASH kept elsewhere, which the chain must still hold."
)
def verify(anchor: Head | None) -> None:
    """Check every row against the chain; name the first bad one and end with 1, or print where the chain ends."""
    head, broken = chain.verify(anchor)
    if broken:
        click.echo(_sentence(broken), err=True)
        raise SystemExit(1)
    click.echo(toolkit._("The journal is whole: %(count)s rows.") % {"count": head.number})
    click.echo(f"{head.number}:{head.hash}")


def _sentence(broken: Broken) -> str:
    return toolkit._(BROKEN[broken.kind]) % {"number": broken.number, "row": broken.row_id}
