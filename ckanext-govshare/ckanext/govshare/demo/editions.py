"""Deliver the generated tables: uploaded and masked by the clerk, checked and reviewed by the head, released by the gate."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from werkzeug.datastructures import FileStorage

from ckanext.govshare import jobs, rulebook
from ckanext.govshare.demo.city import City, Entry
from ckanext.govshare.domain.edition import AWAITING_CHECK, CLEARED, IN_PROGRESS, PENDING, WAITING
from ckanext.govshare.logic.edition import cases as editions
from ckanext.govshare.model import Edition, OutboxRow

Progress = Callable[[str, int, int], None]

RELEASED = "released"
# How far an edition may come, in the order of its way: uploaded, masked, answered for, checked, reviewed, released.
STATIONS = ("pending", "masked", "awaiting_check", "checked", "reviewed", RELEASED)
BATCH = 5
PATIENCE = 180  # seconds in which nothing at all is done
CLERKS = ("declare", "plan", "mask", "submit")
NO_PERSONS = "数据为设施信息、名录或汇总统计，不含个人信息，无需脱敏。"
REVIEW_BASIS = "《中华人民共和国保守国家秘密法》和本部门信息公开保密审查制度"


def deliver(city: City, entry: Entry, entry_id: str) -> int:
    """Bring the entry's first edition as far as the city says; return 1 when that took anything."""
    clerk, head = (city.person(role, entry.organization) for role in ("clerk", "head"))
    shown, took = _first(city, entry, entry_id, clerk)
    plan = city.table(entry.table).plan
    while move := _next(shown, entry.data, masked_by_plan=bool(plan)):
        answers = {question.code: True for question in rulebook.secrecy_questions()}
        given: dict[str, dict[str, Any]] = {
            "declare": {"note": NO_PERSONS},
            "plan": {"plan": plan},
            "review": {"review": {"basis": REVIEW_BASIS, "answers": answers, "conclusion": "may_open"}},
        }
        asked = {"id": shown["id"], "move": move, "version": shown["version"], **given.get(move, {})}
        shown = _act("govshare_edition_move", clerk if move in CLERKS else head, asked)
        took = 1
    return took


def await_release(entry_ids: Sequence[str], progress: Progress) -> int:
    """Do what the outbox holds, beside the worker where one runs, until all these entries have their files.

    Returns how many had none before. Raises ``TimeoutError`` when nothing more comes; the next run goes on from there.
    """
    before = _released(entry_ids)
    released, waiting, since = -1, -1, time.monotonic()
    while released < len(entry_ids):
        found = _released(entry_ids), _waiting()
        if found != (released, waiting):
            if found[0] != released:
                progress("files", found[0], len(entry_ids))
            (released, waiting), since = found, time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            raise TimeoutError(f"{len(entry_ids) - released} editions were not released")
        elif not jobs.drain(BATCH):
            time.sleep(1)
    return released - before


def _released(entry_ids: Sequence[str]) -> int:
    query = sa.select(sa.func.count(sa.distinct(Edition.entry_id)))
    query = query.where(Edition.entry_id.in_(entry_ids), Edition.released_at.is_not(None))
    return int(model.Session.scalar(query) or 0)


def _waiting() -> int:
    """Return how much the outbox holds, of whatever kind: mails may have to leave before the files are made."""
    query = sa.select(sa.func.count()).select_from(OutboxRow).where(OutboxRow.done_at.is_(None))
    return int(model.Session.scalar(query) or 0)


def _first(city: City, entry: Entry, entry_id: str, clerk: str) -> tuple[dict[str, Any], int]:
    held = editions.of_entry(entry_id)
    if held:
        shown = _act("govshare_edition_show", clerk, {"id": held[-1].id})
        if shown["intake"] != WAITING:
            return shown, 0
        # A run that was stopped while the file was being read: the bytes are kept, read them again.
        return _act("govshare_edition_reread", clerk, {"id": shown["id"], "version": shown["version"]}), 1
    content = BytesIO(city.table(entry.table).csv(entry.encoding))
    upload = FileStorage(content, filename=f"{entry.card['title']}.csv")
    return _act("govshare_edition_create", clerk, {"entry": entry_id, "upload": upload}), 1


def _next(shown: dict[str, Any], target: str, *, masked_by_plan: bool) -> str | None:
    """Name the next move of an edition on its way to ``target``; none when it is there, or people have led it elsewhere."""
    station, move = _station(shown, masked_by_plan=masked_by_plan)
    return move if station is not None and station < STATIONS.index(target) else None


def _station(shown: dict[str, Any], *, masked_by_plan: bool) -> tuple[int | None, str]:
    """Return the station that an edition has reached, and the move that leads on from there."""
    status = shown["status"]
    if status == PENDING:
        return STATIONS.index("pending"), "plan" if masked_by_plan else "declare"
    if status == IN_PROGRESS:
        return (
            (STATIONS.index("masked"), "submit")
            if shown["masked_at"]
            else (STATIONS.index("pending"), "mask")
        )
    if status == AWAITING_CHECK:
        return STATIONS.index("awaiting_check"), "confirm"
    if status not in CLEARED:
        return None, ""
    if shown["review"] is None:
        return STATIONS.index("checked"), "review"
    released = shown["releasing"] or shown["released_at"]
    return STATIONS.index(RELEASED if released else "reviewed"), "release"


def _act(action: str, user: str, data: dict[str, Any]) -> dict[str, Any]:
    # The caller's object too: actions that are open to everybody look there for who asks.
    return toolkit.get_action(action)({"user": user, "auth_user_obj": model.User.get(user)}, data)
