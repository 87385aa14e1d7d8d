"""Who × how the grant stands × which door: the table of what may leave, tried on the running application."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import runtime
from ckanext.govshare.logic.application import clock
from ckanext.govshare.logic.grant import delivering, links
from ckanext.govshare.model import Grant, GrantReport, Publication

from tests.portal.holders import context, fetch, granted, ground, in_the_past, row_of
from tests.portal.officers import Department, act, person

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

PEOPLE = ("holder", "clerk", "head", "bureau", "other clerk", "other citizen", "operator", "stranger")
KNOWN = ("holder", "clerk", "head", "bureau")
STATES = ("current", "waiting", "ended", "revoked", "withdrawn entry")
DOORS = ("page", "file", "range", "link", "rows", "report", "renew")
# What the holder gets; officers see the page and take nothing, for others there is no grant.
HOLDER = {
    ("page", "current"): "yes",
    ("page", "waiting"): "yes",
    ("page", "ended"): "yes",
    ("page", "revoked"): "yes",
    ("page", "withdrawn entry"): "yes",
    **{(door, "current"): "yes" for door in DOORS},
    ("report", "ended"): "yes",
    ("report", "revoked"): "yes",
    ("report", "withdrawn entry"): "yes",
    ("renew", "waiting"): "yes",
    ("renew", "ended"): "yes",
    ("renew", "revoked"): "refused",
    ("renew", "withdrawn entry"): "refused",
}


def expected(who: str, state: str, door: str) -> str:
    if who not in KNOWN:
        return "unknown"
    if who != "holder":
        return "yes" if door == "page" else "forbidden"
    return HOLDER.get((door, state), "forbidden")


@pytest.fixture(scope="module")
def _cast() -> dict[str, Any]:
    return {}


@pytest.fixture
def cast(_cast) -> dict[str, Any]:
    """A department, a grant of which every file is built, and everybody."""
    if not _cast:
        own = ground()
        office, held = own.office, granted(own)
        for name in ("csv", "parquet"):
            delivering.offer(context(held["who"]), held["grant"], name)
        people = {
            "holder": held["who"],
            "clerk": office.clerk,
            "head": office.head,
            "bureau": office.bureau,
            "other clerk": Department().clerk,
            "other citizen": person("eve"),
            "operator": person("operator", sysadmin=True),
            "stranger": "",
        }
        _cast.update(held=held, people=people)
    return _cast


def enter(held: dict[str, Any], state: str) -> None:
    """Let the grant stand in a state, with nothing reported yet."""
    model.Session.rollback()
    today = clock.today()
    dates = {
        "waiting": {"starts_on": today + timedelta(1), "ends_on": today + timedelta(9)},
        "ended": in_the_past(1),
    }.get(state, {"starts_on": today, "ends_on": today + timedelta(9)})
    revoked = {"revoked_at": None, "revoked_by": None, "revoked_reason": ""}
    if state == "revoked":
        revoked = {"revoked_at": runtime.now(), "revoked_by": "somebody", "revoked_reason": "违反协议"}
    row = row_of(held["grant"])
    model.Session.execute(sa.delete(GrantReport).filter_by(grant_id=row.id))
    model.Session.execute(sa.update(Grant).filter_by(id=row.id).values(**dates, **revoked))
    model.Session.commit()


def through(app: Any, door: str, held: dict[str, Any], who: str) -> str:
    """Try one door; return what came of it."""
    if door in ("page", "file", "range"):
        path = f"/application/grant/{held['grant']}{'' if door == 'page' else '/csv'}"
        more = {"headers": {"Range": "bytes=3-9"}} if door == "range" else {}
        code = fetch(app, path, who, **more).status_code
        return {200: "yes", 206: "yes", 403: "forbidden", 404: "unknown", 302: "unknown"}[code]
    if not who:
        return "unknown" if _by_api(None, door, held) == "forbidden" else "let in"
    return _by_link(held, who) if door == "link" else _by_api(who, door, held)


def _by_link(held: dict[str, Any], who: str) -> str:
    try:
        token = links.make(context(who), held["grant"], "csv", "here")
        _offer, _wanted, pieces = links.take(context(who), token, "here", lambda o: range(o.size))
        pieces.close()
    except toolkit.NotAuthorized:
        return "forbidden"
    except toolkit.ObjectNotFound:
        return "unknown"
    return "yes"


def _by_api(who: str | None, door: str, held: dict[str, Any]) -> str:
    given = {"made": "研究", "data_state": "kept"} if door == "report" else {}
    action = "govshare_grant_rows" if door == "link" else f"govshare_grant_{door}"
    try:
        act(who, action, id=held["grant"], **given)
    except toolkit.NotAuthorized:
        return "forbidden"
    except toolkit.ObjectNotFound:
        return "unknown"
    except toolkit.ValidationError:
        return "refused"
    finally:
        model.Session.rollback()
    return "yes"


def test_the_holder_while_the_grant_stands_and_nobody_else(app, cast):
    """Eight people, five states, seven doors: all of them."""
    held, found = cast["held"], {}
    publication = sa.update(Publication).filter_by(entry_id=held["entry"]["id"])
    for state in STATES:
        if state == "withdrawn entry":
            model.Session.execute(
                sa.text("UPDATE package SET private = true WHERE id = :id"), {"id": held["entry"]["id"]}
            )
            model.Session.execute(publication.values(state="withdrawn"))
            model.Session.commit()
        for who, name in cast["people"].items():
            for door in DOORS:
                enter(held, state)
                found[who, state, door] = through(app, door, held, name)
    wanted = {key: expected(*key) for key in found}
    assert {key: (got, wanted[key]) for key, got in found.items() if got != wanted[key]} == {}
    assert len(found) == len(PEOPLE) * len(STATES) * len(DOORS)
