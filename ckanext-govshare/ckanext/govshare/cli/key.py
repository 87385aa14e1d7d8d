"""``key rotate`` and ``key list``: the keys of data at rest; no key is ever printed."""

from __future__ import annotations

import click
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.logic.errors import sentence
from ckanext.govshare.logic.key import rotation
from ckanext.govshare.model import DataKey
from ckanext.govshare.sealing import keyring


@click.group(short_help="Keys of data at rest.")
def key() -> None:
    """Look after the key file."""


@key.command("rotate", short_help="Make a new key and wrap all data keys with it.")
def rotate() -> None:
    """Make a new current key and wrap every data key with it; a broken-off rotation is finished instead."""
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["id"]
    try:
        key_id, done = rotation.rotate(site_user, lambda count: click.echo(f"… {count}"))
    except RuleError as error:
        raise click.ClickException(sentence(Reason(error.code, error.facts))) from error
    click.echo(f"current key: {key_id}  data keys wrapped anew: {done}")


@key.command("list", short_help="Say which keys there are and how many data keys each wraps.")
def show() -> None:
    """Print each key's id and how many data keys it wraps; one that wraps none may be taken out of the file."""
    query = sa.select(DataKey.wrapped_by, sa.func.count()).group_by(DataKey.wrapped_by)
    wrapped: dict[str, int] = dict(model.Session.execute(query).all())
    try:
        keys = keyring.keyring()
    except RuleError as error:
        raise click.ClickException(sentence(Reason(error.code, error.facts))) from error
    for one in keys.keys:
        mark = "*" if one is keys.current else " "
        click.echo(f"{mark} {one.id:<40} {wrapped.get(one.id, 0):>8}")
