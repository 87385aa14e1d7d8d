"""A due date as a calendar file (RFC 5545): one whole day, with a reminder on the day before."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

LINE_OCTETS = 75
PRODUCT = "-//govshare//deadline//ZH"


def as_ics(uid: str, title: str, text: str, day: date, address: str, made_at: datetime) -> bytes:
    """Return the file; ``uid`` stays the same for the same question, so that importing twice makes one event."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{made_at.astimezone(timezone.utc):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(1):%Y%m%d}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(text)}",
        f"URL:{address}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(title)}",
        "TRIGGER:-P1D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode("utf-8")


def _escaped(text: str) -> str:
    for char, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(char, written)
    return text


def _folded(line: str) -> str:
    """Break a line into pieces of at most 75 octets, never within a character."""
    pieces, piece = [], ""
    for char in line:
        if len((piece + char).encode("utf-8")) > LINE_OCTETS - 1:
            pieces.append(piece)
            piece = ""
        piece += char
    return "\r\n ".join([*pieces, piece])
