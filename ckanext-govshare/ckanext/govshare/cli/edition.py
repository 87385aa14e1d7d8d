"""``edition add``, ``edition scan`` and ``edition release``: a table from the command line, by the same actions as the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from ckan import model
from ckan.plugins import toolkit
from werkzeug.datastructures import FileStorage

from ckanext.govshare import jobs

LETTERS = {"info": " ", "warning": "!"}


@click.group(short_help="Data editions of entries.")
def edition() -> None:
    """Bring in data editions and release them."""


@edition.command(short_help="Upload a table as an entry's next edition.")
@click.argument("entry")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--user", required=True, help="Name of the clerk who delivers.")
@click.option("--sheet", multiple=True, help="Sheet of a workbook that is wanted; all when left out.")
@click.option("--encoding", help="utf-8, gb18030, big5 or utf-16; found out when left out.")
@click.option("--header-row", type=int, help="Row of the column names, from 1; found out when left out.")
def add(entry: str, file: Path, user: str, **options: Any) -> None:
    """Upload FILE as the next edition of ENTRY and print what was read."""
    with file.open("rb") as stream, _told():
        upload = FileStorage(stream, filename=file.name)
        shown = _call("govshare_edition_create", user, entry=entry, upload=upload, **options)
        if shown["intake"] == "waiting":
            jobs.drain()
            shown = _call("govshare_edition_show", user, id=shown["id"])
    for finding in shown["report"]:
        click.echo(f"{LETTERS[finding['level']]} {finding['message']}")
    if shown["problem"]:
        raise click.ClickException(shown["problem"]["message"])
    for table in shown["tables"]:
        click.echo(_line(shown, table, f"rows {table['rows']}  columns {len(table['columns'])}"))


@edition.command(short_help="Show what personal data an edition's table holds.")
@click.argument("entry")
@click.argument("number", type=int)
@click.option("--user", required=True, help="Name of an officer of the department.")
@click.option("--again", is_flag=True, help="Scan anew, by the detectors as they are now.")
def scan(entry: str, number: int, user: str, again: bool) -> None:
    """Print what the scan found in edition NUMBER of ENTRY, table by table, a line for each column and kind."""
    with _told():
        shown = _call("govshare_edition_show", user, id=_id_of(entry, number, user))
        if again:
            _call("govshare_edition_move", user, id=shown["id"], move="scan", version=shown["version"])
            jobs.drain()
            shown = _call("govshare_edition_show", user, id=shown["id"])
    if not shown["scanned"]:
        raise click.ClickException(toolkit._("The table has not been scanned."))
    for table in shown["tables"]:
        for found in table["scan"]["findings"]:
            mark = LETTERS["warning" if found["blocking"] else "info"]
            samples = "  ".join(found["samples"])
            click.echo(
                f"{mark} {found['column']}  {found['label']}  {found['count']}  {found['share']:.1%}  {samples}"
            )
        click.echo(_line(shown, table, f"findings {len(table['scan']['findings'])}"))


def _line(shown: dict[str, Any], table: dict[str, Any], told: str) -> str:
    """Return what is said of a table; its name only where there are several."""
    name = f"  {table['table']} {table['name']}" if table["name"] else ""
    return f"edition {shown['number']}{name}  {told}"


@edition.command(short_help="Release an edition that has been checked and reviewed.")
@click.argument("entry")
@click.argument("number", type=int)
@click.option("--user", required=True, help="Name of the officer who releases.")
def release(entry: str, number: int, user: str) -> None:
    """Ask for the release of edition NUMBER of ENTRY and make its files now."""
    with _told():
        found = _id_of(entry, number, user)
        shown = _call("govshare_edition_show", user, id=found)
        _call("govshare_edition_move", user, id=found, move="release", version=shown["version"])
        jobs.drain()
        shown = _call("govshare_edition_show", user, id=found)
    if shown["problem"]:
        raise click.ClickException(shown["problem"]["message"])
    for file in shown["files"]:
        click.echo(f"{file['sha256']}  {file['size']:>12}  {file['url']}")


def _id_of(entry: str, number: int, user: str) -> str:
    rows = _call("govshare_edition_list", user, id=entry)
    found = next((row["id"] for row in rows if row["number"] == number), None)
    if found is None:
        raise click.ClickException(toolkit._("There is no such edition."))
    return str(found)


def _call(action: str, user: str, **data: Any) -> Any:
    context = {"user": user, "auth_user_obj": model.User.get(user)}
    return toolkit.get_action(action)(context, data)


@contextmanager
def _told() -> Iterator[None]:
    """Turn the portal's refusals into one line each."""
    try:
        yield
    except toolkit.ValidationError as error:
        lines = [text for field, texts in error.error_dict.items() if field != "codes" for text in texts]
        raise click.ClickException("\n".join(lines)) from error
    except (toolkit.NotAuthorized, toolkit.ObjectNotFound) as error:
        raise click.ClickException(str(error)) from error
