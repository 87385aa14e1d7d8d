"""``entry scheming``: the fields of an entry as a schema of ckanext-scheming."""

from __future__ import annotations

import click
import yaml

from ckanext.govshare import rulebook
from ckanext.govshare.exports.scheming import schema_of


@click.group(short_help="The card of an entry.")
def entry() -> None:
    """What the card of an entry holds."""


@entry.command(short_help="Print the schema for ckanext-scheming.")
def scheming() -> None:
    """Print the schema that is shipped as ckanext.govshare:scheming.yaml, to start one with fields of your own."""
    click.echo(
        yaml.safe_dump(schema_of(rulebook.entry_fields()), allow_unicode=True, sort_keys=False), nl=False
    )
