"""Faults that other systems had with their clocks and that show on a database only (peers.md); see tests/domain as well."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.govshare.logic.application import clock
from ckanext.govshare.logic.deadline import calendars
from ckanext.govshare.model import Application, JournalRow

from tests.portal.applicants import applied, take
from tests.portal.officers import Department, act
from tests.portal.test_application import in_threads

pytestmark = pytest.mark.usefixtures("with_plugins", "with_request_context")


def moves(case: str) -> list[str]:
    """What the journal says of a case, oldest first."""
    query = (
        sa.select(JournalRow.move).filter_by(case_kind="application", case_id=case).order_by(JournalRow.id)
    )
    return list(model.Session.scalars(query))


def test_4_two_officers_extend_at_once(app):
    """MoJ #2818: one asks, one is told that somebody was faster; granted by two at once it is granted once."""
    office = Department()
    _who, shown = applied(office)
    number, clerks = shown["number"], [office.clerk, office.another("editor")]
    heads = [office.head, office.another("admin")]
    for officers, move, more in (
        (clerks, "ask_extension", {"days": 10, "note": "需要征求意见"}),
        (heads, "grant_extension", {}),
    ):
        if move == "ask_extension":
            take(office.clerk, number, "accept")
        version = act(office.clerk, "govshare_application_show", id=number)["version"]

        def press(turn: int, officers=officers, move=move, more=more, version=version) -> str:
            given = {"id": number, "move": move, "version": version, **more}
            return act(officers[turn], "govshare_application_move", **given)["due_on"]

        answers = in_threads(app.flask_app, 2, press)
        lost = [answer for answer in answers if isinstance(answer, toolkit.ValidationError)]
        assert len(lost) == 1, answers
        assert "workflow.stale" in lost[0].error_dict["codes"]
    model.Session.expire_all()
    row = model.Session.get(Application, shown["id"])
    assert row.due_on == calendars.current().add(clock.today(), 20)
    assert [move for move in moves(row.id) if "extension" in move] == ["ask_extension", "grant_extension"]


def test_4_an_extension_is_neither_asked_nor_granted_after_the_day(app):
    """Asked in time and forgotten until the day after: it cannot be granted any more, and the date stays."""
    office = Department()
    _who, shown = applied(office)
    number = shown["number"]
    take(office.clerk, number, "accept")
    take(office.clerk, number, "ask_extension", days=5, note="需要征求意见")
    yesterday = clock.today() - timedelta(1)
    model.Session.execute(sa.update(Application).filter_by(number=number).values(due_on=yesterday))
    model.Session.commit()
    with pytest.raises(toolkit.ValidationError) as caught:
        take(office.head, number, "grant_extension")
    assert "application.after_due" in caught.value.error_dict["codes"]
    model.Session.expire_all()
    assert model.Session.get(Application, shown["id"]).due_on == yesterday
