"""``calendar import FILE``: a notice on holidays from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from ckan.plugins import toolkit
from werkzeug.datastructures import FileStorage


@click.group(short_help="The calendar of working days.")
def calendar() -> None:
    """Keep the calendar of working days."""


@calendar.command("import", short_help="Import a notice on holidays.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Only say what would change.")
@click.option("--number", help="The notice's number, where the file does not hold it.")
@click.option("--issued", metavar="DATE", help="The day of issue, where the file does not hold it.")
@click.option("--source", help="The notice's address, where the file does not hold it.")
def import_(file: Path, **options: Any) -> None:
    """Import FILE (JSON, CSV or ICS); open clocks are counted anew, none is shortened."""
    site = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    context = {"ignore_auth": True, "user": site["name"]}
    try:
        with file.open("rb") as stream:
            upload = FileStorage(stream, filename=file.name)
            shown = toolkit.get_action("govshare_calendar_import")(context, {"upload": upload, **options})
    except toolkit.ValidationError as error:
        lines = [text for field, texts in error.error_dict.items() if field != "codes" for text in texts]
        raise click.ClickException("\n".join(lines)) from error
    for line in told(shown):
        click.echo(line)


def told(shown: dict[str, Any]) -> list[str]:
    """Return the answer as lines: notices, days that change, clocks that move."""
    _ = toolkit._
    lines = [f"{notice['number']}  {notice['year']}  {notice['issued']}" for notice in shown["notices"]]
    lines += [f"  {day['date']}  {day['before']} → {day['after']}" for day in shown["days"]]
    for clock in shown["clocks"]:
        kept = _("promised; not shortened") if clock["kept"] else ""
        lines.append(
            f"  {clock['title']}  {clock['label']}  {clock['due_on_before']} → {clock['due_on']}  {kept}".rstrip()
        )
    lines.append(
        _("%(days)s days change, %(moved)s open due dates move, %(kept)s stay because they were promised.")
        % {"days": len(shown["days"]), "moved": shown["moved"], "kept": shown["kept"]}
    )
    lines.append(
        _("Imported; the calendar is now %(version)s.") % {"version": shown["version"]}
        if shown["imported"]
        else _("Preview only; nothing has been changed.")
    )
    return lines
