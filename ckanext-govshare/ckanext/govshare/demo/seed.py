"""Seed the demonstration city by the portal's own actions: the people submit, review, publish; nobody twice.

What is there already is taken up where it stands, so a stopped run is finished by the next; a finished
city is never touched again, whatever its people have done since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.model.system_info import SystemInfo, set_system_info
from ckan.plugins import toolkit

from ckanext.govshare import jobs, rulebook
from ckanext.govshare.demo import applications
from ckanext.govshare.demo.accounts import open_account, site_context, told_accounts
from ckanext.govshare.demo.city import City, Entry
from ckanext.govshare.demo.editions import RELEASED, Progress, await_release, deliver
from ckanext.govshare.domain.openness import CLOSED
from ckanext.govshare.domain.publication import (
    BUREAU_REVIEW,
    DEPARTMENT_REVIEW,
    DRAFT,
    PUBLISHED,
    WITHDRAWN,
)
from ckanext.govshare.model import Publication

DONE = "ckanext.govshare.demo"
STATES = (DRAFT, DEPARTMENT_REVIEW, BUREAU_REVIEW, PUBLISHED, WITHDRAWN)
MOVES = ("submit", "approve", "publish", "withdraw")
ROLES = {"submit": "clerk", "approve": "head", "publish": "bureau", "withdraw": "head"}
REVIEW_BASIS = "《中华人民共和国保守国家秘密法》和本部门信息公开保密审查制度"


def seed(city: City, accounts: Path, progress: Progress) -> Mapping[str, int]:
    """Bring the city into being; return how many of each kind this run made or moved.

    ``progress(what, done, total)`` is called as the work goes on.
    """
    finished = _finished()
    made = {"accounts": told_accounts(city.accounts, accounts, city.mail_domain)}
    if finished:
        return made
    with_data = [entry for entry in city.entries if entry.table]
    with _one_commit():
        made["offices"] = _offices(city, progress)
        made["entries"] = sum(_each(city.entries, "entries", progress, lambda entry: _entry(city, entry)))
        made["applications"] = sum(
            _each(city.applications, "applications", progress, lambda row: applications.apply(city, row))
        )
        made["editions"] = sum(_each(with_data, "editions", progress, lambda entry: _edition(city, entry)))
        released = [entry for entry in with_data if entry.data == RELEASED]
        jobs.drain()
        made["files"] = await_release([_publication(entry).entry_id for entry in released], progress)
    set_system_info(DONE, "done")
    return made


def _finished() -> bool:
    return model.Session.scalar(sa.select(SystemInfo.value).filter_by(key=DONE)) == "done"


@contextmanager
def _one_commit() -> Iterator[None]:
    """Let Solr show everything at the end, once, instead of after each of a thousand writes."""
    before = toolkit.config["ckan.search.solr_commit"]
    toolkit.config["ckan.search.solr_commit"] = False
    try:
        yield
    finally:
        toolkit.config["ckan.search.solr_commit"] = before
        search.commit()


def _each(items: Any, what: str, progress: Progress, work: Callable[[Any], int]) -> Iterator[int]:
    progress(what, 0, len(items))
    for number, item in enumerate(items, start=1):
        yield work(item)
        progress(what, number, len(items))


def _offices(city: City, progress: Progress) -> int:
    known = set(model.Session.scalars(sa.select(model.User.name)))
    for person in city.people:
        if person.name not in known:
            open_account(person, city.mail_domain)
    return sum(_each(city.offices, "offices", progress, lambda office: _office(city, office)))


def _office(city: City, office: Mapping[str, str]) -> int:
    organization = model.Group.get(office["name"])
    if organization is None:
        values = {key: office[key] for key in ("name", "title", "description")}
        toolkit.get_action("organization_create")(site_context(), values)
        profile = {key: office[key] for key in ("uscc", "principal", "unit", "staff", "phone")}
        toolkit.get_action("govshare_office_update")(site_context(), {"id": office["name"], **profile})
    held = _capacities(office["name"])
    for person in (*city.accounts, *city.people):
        if person.organization == office["name"] and held.get(person.name) != person.capacity:
            member = {"id": office["name"], "username": person.name, "role": person.capacity}
            toolkit.get_action("organization_member_create")(site_context(), member)
    return int(organization is None)


def _capacities(organization: str) -> dict[str, str]:
    query = (
        sa.select(model.User.name, model.Member.capacity)
        .join(model.Member, model.Member.table_id == model.User.id)
        .join(model.Group, model.Group.id == model.Member.group_id)
        .where(model.Group.name == organization, model.Member.state == model.State.ACTIVE)
    )
    return {row.name: row.capacity for row in model.Session.execute(query)}


def _entry(city: City, entry: Entry) -> int:
    publication = _publication(entry)
    new = publication is None
    if publication is None:
        _act("package_create", city.person("clerk", entry.organization), entry.card)
        publication = _publication(entry)
    way = MOVES[STATES.index(publication.state) : STATES.index(entry.state)]
    version = publication.version
    for move in way:
        version = _move(city, entry, move, ("publication", publication.entry_id, version))
    if entry.change:
        _change(city, entry, publication.entry_id)
    return int(new or bool(way))


def _change(city: City, entry: Entry, entry_id: str) -> None:
    clerk = city.person("clerk", entry.organization)
    content = {key: value for key, value in entry.change.items() if key != "state"}
    opened = _act("govshare_publication_show", clerk, {"id": entry_id})["open_change"]
    change = opened or _act("govshare_change_create", clerk, {"id": entry_id, "content": content})
    version = change["version"]
    for move in MOVES[STATES.index(change["state"]) : STATES.index(entry.change["state"])]:
        version = _move(city, entry, move, ("change", change["id"], version))


def _move(city: City, entry: Entry, move: str, case: tuple[str, str, int]) -> int:
    """Take one move of a case ``(kind, id, version)`` as whoever may; return the case's new version."""
    kind, case_id, version = case
    role = ROLES[move]
    organization = city.bureau if role == "bureau" else entry.organization
    given: dict[str, Any] = {"id": case_id, "move": move, "version": version, "note": entry.note}
    if move == "approve":
        closed = entry.card["openness"] == CLOSED
        answers = {question.code: not closed for question in rulebook.secrecy_questions()}
        conclusion = "may_not" if closed else "may_open"
        given["review"] = {"basis": REVIEW_BASIS, "answers": answers, "conclusion": conclusion}
    # The index hears of each entry once, when it has come as far as it shall.
    context = {"user": city.person(role, organization), "defer_commit": True}
    return int(toolkit.get_action(f"govshare_{kind}_move")(context, given)["version"])


def _edition(city: City, entry: Entry) -> int:
    return deliver(city, entry, _publication(entry).entry_id)


def _publication(entry: Entry) -> Any:
    return model.Session.scalar(
        sa.select(Publication)
        .join(model.Group, model.Group.id == Publication.organization_id)
        .where(model.Group.name == entry.organization, Publication.title == entry.card["title"])
    )


def _act(action: str, user: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return toolkit.get_action(action)({"user": user}, dict(data))
