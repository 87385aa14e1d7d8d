"""``deadline DUTY --from DATE``: when something is due, and why, from the command line."""

from __future__ import annotations

import json
from typing import Any

import click
from ckan.plugins import toolkit

from ckanext.govshare import rulebook

FIELDS = {
    "duty": "DUTY",
    "received": "--from",
    "extension_days": "--extend",
    "supplement_received": "--supplement",
}


@click.command(short_help="Say when a duty is due, and why.")
@click.argument("duty")
@click.option(
    "--from", "received", required=True, metavar="DATE", help="Day, or instant with offset, of receipt."
)
@click.option("--extend", "extension_days", default=0, help="Working days of an extension that was granted.")
@click.option("--supplement", "supplement_received", metavar="DATE", help="When what was missing came in.")
@click.option("--json", "as_json", is_flag=True, help="Print what the API answers.")
def deadline(as_json: bool, **asked: Any) -> None:
    """Say when DUTY is due (open_reply, share_reply, correction, …), day by day."""
    try:
        shown = toolkit.get_action("govshare_deadline_show")({"ignore_auth": True}, asked)
    except toolkit.ValidationError as error:
        lines = [
            f"{FIELDS.get(field, field)}: {text}"
            for field, texts in error.error_dict.items()
            if field != "codes"
            for text in texts
        ]
        raise click.ClickException("\n".join(lines)) from error
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else told(shown))


def told(shown: dict[str, Any]) -> str:
    """Return the answer as lines: the date first, then every day."""
    mark = rulebook.words("marks")["provisional"]["zh"] if shown["provisional"] else ""
    lines = [f"{shown['due_on']}{mark}  {shown['label']}  {shown['article']}  {shown['calendar_version']}"]
    lines += [
        f"  {day['date']}  {day['number'] or '-':>3}  {day['reason']}  {day['notice'] or ''}".rstrip()
        for day in shown["days"]
    ]
    return "\n".join(lines)
