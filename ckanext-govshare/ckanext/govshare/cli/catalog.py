"""``catalog import`` and ``catalog export``: a department's whole catalog in and the open catalog out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare.domain.catalog_import import ASK, POLICIES
from ckanext.govshare.domain.catalog_mapping import CatalogMapping, parse_mapping
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.logic.catalog import files as catalog_files
from ckanext.govshare.logic.catalog import publish as catalog_publish
from ckanext.govshare.logic.catalog import report as catalog_report
from ckanext.govshare.logic.catalog import run as catalog_run
from ckanext.govshare.logic.catalog import show as catalog_show
from ckanext.govshare.logic.catalog import start as catalog_start
from ckanext.govshare.logic.errors import sentence
from ckanext.govshare.model import CatalogImport
from ckanext.govshare.model.catalog import FAILED, MAPPING

SHOWN = 20  # refused rows that the terminal lists; the report has them all


@click.group(short_help="Import and export catalogs.")
@click.pass_context
def catalog(context: click.Context) -> None:
    """目录: import a department's catalog, export the open catalog."""
    # Sentences find their language through a request; without one they stay English.
    spoken = {"CKAN_LANG": toolkit.config["ckan.locale_default"]}
    context.with_resource(context.meta["flask_app"].test_request_context(environ_overrides=spoken))


@catalog.command("import", short_help="Import a catalog file as drafts of a department.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organization", required=True, help="Name of the department.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON file.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write row by row to this .xlsx."
)
@click.option("--doubtful", type=click.Choice(POLICIES), default=ASK, help="Names that are there already.")
@click.option("--all-or-nothing", is_flag=True, help="Take no row unless all can be taken.")
@click.option("--user", help="Who imports; the site's own user when left out.")
def import_(
    file: Path,
    organization: str,
    mapping: Path | None,
    dry_run: bool,
    report: Path | None,
    doubtful: str,
    all_or_nothing: bool,
    user: str | None,
) -> None:
    """Read FILE, plan every row, and write the department's drafts; the same file again changes nothing."""
    try:
        job = catalog_start.start(
            _department(organization),
            _person(user),
            file.name,
            lambda import_id: catalog_files.copy(file, import_id),
            mapping=_mapping(mapping),
            policy=doubtful,
        )
    except RuleError as error:
        raise click.ClickException(sentence(Reason(error.code, error.facts, error.field))) from error
    if job.state == MAPPING:
        raise click.ClickException(" ".join(catalog_show.show(job)["faults"]))
    if not dry_run:
        catalog_start.queue(job, all_or_nothing=all_or_nothing)
        job = catalog_run.run(job.id, _bar)
        click.echo("", err=True)
    _tell(job, dry_run=dry_run)
    if report:
        catalog_report.write(job, report)
        click.echo(toolkit._("Report: %(path)s") % {"path": report})
    if job.state == FAILED:
        sys.exit(1)


@catalog.command(short_help="Write the open catalog to a file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write the published entries, unconditional and conditional, in the format that FILE's ending names."""
    ending = file.suffix.lstrip(".").lower()
    if ending not in catalog_publish.FORMATS:
        raise click.ClickException(
            toolkit._("Choose one of: %(formats)s") % {"formats": " ".join(catalog_publish.FORMATS)}
        )
    count = catalog_publish.write(ending, file)
    click.echo(toolkit._("%(count)s entries written to %(path)s") % {"count": count, "path": file})


def _department(name: str) -> str:
    organization = model.Group.get(name)
    if organization is None or not organization.is_organization or organization.state != "active":
        raise click.ClickException(sentence(Reason("catalog.department_unknown", {"value": name})))
    return str(organization.id)


def _person(name: str | None) -> str:
    if not name:
        return str(toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["id"])
    user = model.User.get(name)
    if user is None:
        raise click.ClickException(toolkit._("There is no user “%(name)s”.") % {"name": name})
    return str(user.id)


def _mapping(path: Path | None) -> CatalogMapping | None:
    if path is None:
        return None
    try:
        return parse_mapping(json.loads(path.read_text(encoding="utf-8-sig")))
    except (ValueError, UnicodeDecodeError) as error:
        raise RuleError("catalog.mapping_shape", part=path.name) from error


def _bar(done: int, total: int) -> None:
    filled = 30 * done // max(total, 1)
    click.echo(f"\r[{'█' * filled}{'·' * (30 - filled)}] {done}/{total}", nl=False, err=True)


def _tell(job: CatalogImport, *, dry_run: bool) -> None:
    shown = catalog_show.show(job)
    click.echo(toolkit._("Dry run; nothing was written.") if dry_run else shown["state_label"])
    click.echo(toolkit._("rows: %(total)s") % {"total": shown["total"]})
    for outcome, count in shown["counts"].items():
        if count:
            click.echo(f"  {catalog_show.word('import_outcomes', outcome)}: {count}")
    click.echo(toolkit._("  of them put in order: %(count)s rows") % {"count": shown["corrected"]})
    for reason, count in catalog_report.corrections(job).items():
        click.echo(f"    {reason}: {count}")
    for outcome in ("doubtful", "refused"):
        for row in catalog_show.rows(job, outcome=outcome, limit=SHOWN):
            for problem in row["problems"]:
                click.echo(f"  {catalog_report.place(problem)}{problem['message']}")
    if shown["error"]:
        click.echo(shown["error"], err=True)
