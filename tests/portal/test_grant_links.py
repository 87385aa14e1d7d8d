"""Links of one use on the real database: who may use one, how often, for how long, and what comes of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare import config, runtime
from ckanext.govshare.logic.grant import links
from ckanext.govshare.model import GrantLink, GrantUse

from tests.portal.holders import common, context, granted, row_of
from tests.portal.officers import Department, act, person
from tests.portal.test_application import in_threads

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")

HERE, ELSEWHERE = "the session that made it", "another session"
WHOLE = slice(None)


@pytest.fixture
def office() -> Department:
    return common().office


@pytest.fixture
def held() -> dict[str, Any]:
    """A grant that stands."""
    return granted(common())


def made(held: dict[str, Any]) -> str:
    return links.make(context(held["who"]), held["grant"], "csv", HERE)


def use(
    held: dict[str, Any], token: str, *, session: str = HERE, part: slice = WHOLE, who: str = ""
) -> bytes:
    """Take what a link gives; ``part`` is the range asked for."""
    _offer, _wanted, pieces = links.take(
        context(who or held["who"]), token, session, lambda offered: range(offered.size)[part]
    )
    try:
        return b"".join(pieces)
    finally:
        pieces.close()


def codes(caught: Any) -> list[str]:
    return list(caught.value.error_dict["codes"])


def refused(held: dict[str, Any], token: str, **more: Any) -> list[str]:
    """Use a link in vain; return why."""
    with pytest.raises(toolkit.ValidationError) as caught:
        use(held, token, **more)
    return codes(caught)


def test_a_link_serves_one_download_and_the_rest_of_it(held):
    """Used is used; what broke off is finished in the same session, from the byte where it broke off."""
    token = made(held)
    whole = use(held, token)
    assert whole.decode().startswith("名称,数量,比例,日期")
    assert refused(held, token) == ["grant.link_used"]
    assert use(held, token, part=slice(10, None)) == whole[10:]
    assert refused(held, token, part=slice(10, None), session=ELSEWHERE) == ["grant.link_of_other_session"]
    assert refused(held, "another") == ["grant.link_unknown"]
    doors = [row["door"] for row in act(held["who"], "govshare_grant_show", id=held["grant"])["uses"]]
    assert doors == ["link", "link"]


def test_a_copied_link_is_worth_nothing(held):
    """In another session nobody uses it, and it is not used up by the attempt; another person finds no grant."""
    token = made(held)
    assert refused(held, token, session=ELSEWHERE) == ["grant.link_of_other_session"]
    with pytest.raises(toolkit.ObjectNotFound):
        use(held, token, who=person("eve"))
    assert use(held, token)


def test_twenty_uses_at_once_and_one_wins(app, held):
    """Nineteen are told that it is used; one more line in the log."""
    use(held, made(held))  # the file's key is known from here on: these threads share one pool of connections
    token = made(held)
    results = in_threads(app.flask_app, 20, lambda _: use(held, token))
    told = Counter(
        tuple(one.error_dict["codes"]) if isinstance(one, toolkit.ValidationError) else type(one).__name__
        for one in results
    )
    assert told == {("grant.link_used",): 19, "bytes": 1}
    counted = sa.select(sa.func.count()).select_from(GrantUse).filter_by(grant_id=row_of(held["grant"]).id)
    assert model.Session.scalar(counted) == 2


def later(monkeypatch: Any, minutes: float) -> None:
    at = runtime.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(runtime, "now", lambda: at)


def test_its_minutes_are_those_of_the_configuration(held, monkeypatch):
    """Not used in time: over. Begun in time: the rest for as long as is configured."""
    unused, begun = made(held), made(held)
    use(held, begun, part=slice(0, 10))
    later(monkeypatch, config.number("grant_link_minutes") + 0.1)
    assert refused(held, unused) == ["grant.link_expired"]
    assert use(held, begun, part=slice(10, None))
    later(monkeypatch, config.number("grant_resume_minutes"))
    assert refused(held, begun, part=slice(10, None)) == ["grant.link_used"]


def test_a_revoked_grant_opens_no_link_and_no_rest(office, held):
    """Neither a new one, nor one that was made, nor what one began."""
    unused, begun = made(held), made(held)
    use(held, begun, part=slice(0, 10))
    act(office.head, "govshare_grant_revoke", id=held["grant"], note="违反协议")
    for attempt in (
        lambda: made(held),
        lambda: use(held, unused),
        lambda: use(held, begun, part=slice(10, None)),
    ):
        with pytest.raises(toolkit.NotAuthorized, match=r"撤回|revoked"):
            attempt()


def test_the_database_knows_neither_token_nor_session(held):
    """Whoever reads the table can open nothing."""
    token = made(held)
    rows = model.Session.execute(sa.text("SELECT t::text FROM govshare_grant_link t")).scalars().all()
    assert rows
    assert not any(secret in row for row in rows for secret in (token, HERE))


WALLS = [
    ("used_at = now() + interval '1 second'", "has been used"),
    ("used_at = NULL, used_sha256 = NULL", "has been used"),
    ("expires_at = now() + interval '1 year'", "has been used"),
]


def test_the_database_lets_a_link_be_used_once(held):
    """Whoever writes the table: used is used; never without a file, never after its time."""
    token, fresh = made(held), made(held)
    use(held, token)
    for change, wall in WALLS:
        with pytest.raises(sa.exc.IntegrityError, match=wall):
            _change(token, change)
        model.Session.rollback()
    for change, wall in (
        ("used_at = now()", "used_for_a_file"),
        ("used_at = expires_at, used_sha256 = 'x'", "used_in_time"),
    ):
        with pytest.raises(sa.exc.IntegrityError, match=wall):
            _change(fresh, change)
        model.Session.rollback()


def _change(token: str, change: str) -> None:
    row = model.Session.scalars(links._by_token(token)).one()
    model.Session.execute(sa.text(f"UPDATE govshare_grant_link SET {change} WHERE id = :id"), {"id": row.id})  # noqa: S608


def test_links_that_are_over_are_forgotten_after_a_day(held, monkeypatch):
    token = made(held)
    later(monkeypatch, 60)
    links.forget_over()
    assert model.Session.scalar(links._by_token(token))
    later(monkeypatch, 26 * 60)
    links.forget_over()
    assert model.Session.scalar(sa.select(GrantLink).filter_by(grant_id=row_of(held["grant"]).id)) is None
