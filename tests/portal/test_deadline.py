"""The public calculator: by action, over HTTP, on the command line, as a page and as a calendar file."""

from __future__ import annotations

import json

import pytest
from ckan.cli.cli import ckan
from ckan.plugins import toolkit

pytestmark = pytest.mark.usefixtures("with_plugins")

API = "/api/3/action/govshare_deadline_show"


def ask(app, **asked):
    """Ask as a stranger, over HTTP."""
    return app.get(API, query_string=asked).json["result"]


def test_the_interface_of_the_action(app):
    """Everybody is told the date, its marks, and each day with number, reason and notice."""
    shown = ask(
        app,
        duty="open_reply",
        received="2026-02-14T09:00:00+08:00",
        extension_days=10,
    )
    assert (shown["due_on"], shown["base_due_on"]) == ("2026-03-20", "2026-03-06")
    assert shown["due_at"] == "2026-03-20T23:59:59+08:00"
    assert shown["provisional"] is False
    assert shown["calendar_version"].startswith("2025-11-04-")
    days = {day["date"]: day for day in shown["days"]}
    assert {"date", "counted", "number", "reason", "notice"} <= set(shown["days"][0])
    assert (days["2026-02-14"]["counted"], days["2026-02-14"]["number"]) == (False, None)
    assert days["2026-02-17"]["reason"] == "春节放假"
    assert days["2026-02-17"]["notice"] == "国办发明电〔2025〕7号"
    assert (days["2026-02-28"]["counted"], days["2026-02-28"]["number"]) == (True, 5)
    assert days["2026-02-28"]["reason"] == "调休上班（春节）"
    assert sum(day["counted"] for day in shown["days"]) == 20


def test_a_supplement_restarts_and_a_year_without_decree_is_marked(app):
    """Both by the optional fields; a day alone is that day in Shanghai."""
    shown = ask(
        app,
        duty="open_reply",
        received="2026-12-01",
        supplement_received="2026-12-20T23:30:00+00:00",
    )
    assert (shown["started_on"], shown["due_on"], shown["provisional"]) == ("2026-12-21", "2027-01-05", True)
    assert shown["days"][-1]["reason"] == "工作日（暂定）"


REFUSED = [
    ({"duty": "open_reply", "received": "2026-02-14T09:00:00"}, "received", "deadline.naive_instant"),
    ({"duty": "open_reply", "received": "2026-02-14T09:00:00 08:00"}, "received", "deadline.bad_instant"),
    ({"duty": "open_reply", "received": "昨天"}, "received", "deadline.bad_instant"),
    ({"duty": "open_reply", "received": "2026-02-30"}, "received", "deadline.bad_instant"),
    ({"duty": "open_reply", "received": "9999-12-31T23:59:59-10:00"}, "received", "deadline.bad_instant"),
    ({"duty": "open_reply", "received": "2100-01-01"}, "received", "workdays.out_of_range"),
    ({"duty": "open_reply"}, "received", "deadline.not_started"),
    ({"duty": "coffee", "received": "2026-02-14"}, "duty", "deadline.unknown_duty"),
    ({"received": "2026-02-14"}, "duty", "deadline.unknown_duty"),
    (
        {"duty": "open_reply", "received": "2026-02-14", "extension_days": "11"},
        "extension_days",
        "deadline.extension_too_long",
    ),
    (
        {"duty": "open_reply", "received": "2026-02-14", "extension_days": "²"},
        "extension_days",
        "deadline.bad_number",
    ),
    (
        {"duty": "share_reply", "received": "2026-02-14", "extension_days": "1"},
        "extension_days",
        "deadline.no_extension",
    ),
    (
        {"duty": "open_reply", "received": "2026-02-14", "supplement_received": "2026-02-13"},
        "supplement_received",
        "deadline.wrong_order",
    ),
]


@pytest.mark.parametrize(("asked", "field", "code"), REFUSED)
def test_what_cannot_be_counted_is_answered_409_with_field_and_sentence(app, asked, field, code):
    """Stable codes, a Chinese sentence under the field, and no crash."""
    answer = app.get(API, query_string=asked, status=409)
    error = answer.json["error"]
    assert error["codes"] == [code]
    assert any("\u4e00" <= char <= "\u9fff" for char in error[field][0])


def test_the_command_line(cli):
    """The date and every day; --json prints what the API answers."""
    told = cli.invoke(ckan, ["govshare", "deadline", "open_reply", "--from", "2026-02-14"])
    assert told.exit_code == 0, told.output
    assert "\n2026-03-06  开放申请答复  " in f"\n{told.stdout}"
    asked = ["govshare", "deadline", "correction", "--from", "2026-02-14", "--extend", "15", "--json"]
    shown = json.loads(cli.invoke(ckan, asked).stdout)
    assert shown["due_on"] == "2026-03-27"
    refused = cli.invoke(
        ckan, ["govshare", "deadline", "open_reply", "--from", "2026-02-14", "--extend", "11"]
    )
    assert refused.exit_code == 1
    assert "--extend: " in refused.output


def test_the_page_keeps_question_and_answer_in_its_address(app):
    """A shared address shows the same result to everybody; a refusal keeps what was typed."""
    page = app.get("/deadline", query_string={"duty": "open_reply", "received": "2026-09-17"})
    assert 'datetime="2026-10-08"' in page.body
    assert "国办发明电〔2025〕7号" in page.body
    refused = app.get(
        "/deadline", query_string={"duty": "open_reply", "received": "2026-09-17", "extension_days": "99"}
    )
    assert 'value="99"' in refused.body
    assert 'id="error-summary"' in refused.body
    assert app.get("/deadline").status_code == 200


def test_the_calendar_file(app):
    """One day's event; a question that cannot be answered leads back to the page that says why."""
    asked = {"duty": "open_reply", "received": "2026-09-17"}
    answer = app.get("/deadline.ics", query_string=asked)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert "DTSTART;VALUE=DATE:20261008" in answer.body
    wrong = app.get("/deadline.ics", query_string={"duty": "coffee"}, follow_redirects=False)
    assert wrong.status_code == 302
    assert toolkit.url_for("govshare_deadline.calculator") in wrong.headers["Location"]
