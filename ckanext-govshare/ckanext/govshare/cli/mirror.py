"""``mirror status|push|reconcile``: how the targets stand, send what is due, compare and mend."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import click
from ckan import model
from ckan.plugins import toolkit

from ckanext.govshare import runtime
from ckanext.govshare.domain.decision import Reason
from ckanext.govshare.domain.errors import RuleError
from ckanext.govshare.logic.errors import sentence
from ckanext.govshare.logic.mirror import changes, telling
from ckanext.govshare.logic.mirror import status as mirror_status
from ckanext.govshare.mirror import ledger, relay
from ckanext.govshare.mirror import reconcile as reconciling
from ckanext.govshare.mirror.targets import Target, all_targets, target_of
from ckanext.govshare.model import MirrorRun

EVERY = 500  # entries from one line of progress to the next where there is no terminal
WIDEST = 60  # characters of a value that the terminal shows


@click.group(short_help="Keep the government portal in step, and prove it.")
@click.pass_context
def mirror(context: click.Context) -> None:
    """同步: how the mirror targets stand, and what can be done about it."""
    spoken = {"CKAN_LANG": toolkit.config["ckan.locale_default"]}
    context.with_resource(context.meta["flask_app"].test_request_context(environ_overrides=spoken))


@mirror.command(short_help="How the targets stand.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with the history.")
def status(as_json: bool) -> None:
    """Print one line for each target; exit code 1 when one of them needs a person."""
    shown = {**mirror_status.show(), "restrictions": mirror_status.restrictions()}
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        click.echo(toolkit._("public entries: %(count)s") % {"count": shown["entries"]})
        for row in shown["targets"]:
            click.echo(f"{row['label']}  {row['title']}  {row['acknowledged']}/{shown['entries']}")
            for alarm in row["alarms"]:
                click.echo(f"  ! {alarm['message']}")
    if any(row["state"] == "wrong" for row in shown["targets"]):
        sys.exit(1)


@mirror.command(short_help="Send what is due now.")
@click.option("--target", "name", help="Only this target.")
@click.option("--again", is_flag=True, help="Everything once more; what agrees already is not written again.")
def push(name: str | None, again: bool) -> None:
    """Send every change that a target has not acknowledged yet."""
    changes.catch_up()
    began, done = runtime.now(), Counter[str]()
    for target in _targets(name):
        if again:
            _send_again(target)
        done += relay.run(target, progress=_count)
    if click.get_text_stream("stderr").isatty():
        click.echo("", err=True)
    for outcome in ("sent", "removed", "put off"):
        click.echo(f"{outcome}: {done[outcome]}")
    click.echo(f"seconds: {(runtime.now() - began).total_seconds():.1f}")


@mirror.command(short_help="Compare with what stands at the targets, and mend it.")
@click.option("--target", "name", help="Only this target.")
@click.option("--dry-run", is_flag=True, help="Only say what differs.")
@click.option(
    "--confirm-deletions", "confirmed", type=int, default=0, help="As many deletions as you have seen."
)
def reconcile(name: str | None, dry_run: bool, confirmed: int) -> None:
    """List each target, print what differs, mend it; exit code 1 when something is left."""
    left = False
    for target in _targets(name):
        if not target.can_be_compared:
            click.echo(sentence(Reason("mirror.no_listing", {"target": target.title})))
            continue
        run = reconciling.reconcile(target, dry_run=dry_run, confirmed=confirmed)
        _tell(target, run)
        left = left or bool(run.doubts or run.left or run.conflicts)
    if left:
        sys.exit(1)


def _targets(name: str | None) -> list[Target]:
    try:
        return [target_of(name)] if name else all_targets()
    except RuleError as error:
        raise click.ClickException(sentence(Reason(error.code, error.facts))) from error


def _send_again(target: Target) -> None:
    session = model.meta.create_local_session()
    try:
        ledger.spread(session, target.name, runtime.now())
        ledger.send_again(session, target.name, None, runtime.now())
    finally:
        session.close()


def _count(done: int) -> None:
    """Say how many are done: over and over in one line on a terminal, elsewhere now and then."""
    if click.get_text_stream("stderr").isatty():
        click.echo(f"\r{done}", nl=False, err=True)
    elif done % EVERY == 0:
        click.echo(str(done), err=True)


def _tell(target: Target, run: MirrorRun) -> None:
    shown = mirror_status.told(run)
    click.echo(f"{target.title}（{target.name}）")
    for name in mirror_status.COUNTS:
        click.echo(f"  {name}: {shown[name]}")
    click.echo(f"  seconds: {(run.finished_at - run.started_at).total_seconds():.1f}")
    for doubt in shown["doubts"]:
        click.echo(f"  ! {doubt}")
    for row in run.report:
        click.echo(f"  {row['finding']}  {row['name']}")
        if note := telling.note_on(row):
            click.echo(f"    {note}")
        for difference in row.get("differences", ()):
            click.echo(f"    {difference['field']}")
            click.echo(f"      - {_cut(difference['theirs'])}")
            click.echo(f"      + {_cut(difference['ours'])}")


def _cut(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= WIDEST else text[:WIDEST] + "…"
