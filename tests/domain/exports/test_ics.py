"""The calendar file of a due date."""

from __future__ import annotations

from datetime import date, datetime, timezone

from ckanext.govshare.exports.as_ics import as_ics

MADE = datetime(2026, 2, 14, 1, tzinfo=timezone.utc)


def lines(text: str = "说明", title: str = "到期：开放申请答复") -> list[str]:
    body = as_ics("abc@govshare", title, text, date(2026, 12, 31), "https://data.example/deadline", MADE)
    assert body.endswith(b"\r\n")
    return body.decode("utf-8").split("\r\n")


def test_one_whole_day():
    """The due day as a day, which ends at the beginning of the next."""
    found = lines()
    assert "DTSTART;VALUE=DATE:20261231" in found
    assert "DTEND;VALUE=DATE:20270101" in found
    assert "DTSTAMP:20260214T010000Z" in found
    assert found[0] == "BEGIN:VCALENDAR"


def test_special_characters_are_escaped():
    """Comma, semicolon, backslash and line end are text (RFC 5545, 3.3.11)."""
    assert "DESCRIPTION:甲\\, 乙\\; 丙\\\\ 丁\\n戊" in lines("甲, 乙; 丙\\ 丁\n戊")


def test_long_lines_are_folded_within_75_octets_and_between_characters():
    """Unfolding gives the text back."""
    text = "为什么是这一天" * 40
    found = lines(text)
    assert max(len(line.encode("utf-8")) for line in found) <= 75
    assert f"DESCRIPTION:{text}" in "\r\n".join(found).replace("\r\n ", "")
