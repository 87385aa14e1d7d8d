"""Attachments: until when they are the applicant's own, what they are called, how long they are kept."""

from __future__ import annotations

from datetime import date

import pytest
from ckanext.govshare.domain.application import STATES
from ckanext.govshare.domain.attachment import (
    KINDS,
    Limits,
    clean_name,
    kept_until,
    masked_name,
    may_add,
    may_look,
    may_remove,
    served_name,
)
from ckanext.govshare.domain.decision import Refused

LIMITS = Limits(most=3, largest=100, unsent=250)
CLOSED_ON = date(2026, 3, 2)


def codes(decision) -> list[str]:
    """The reasons of a refusal; empty when it is allowed."""
    return [reason.code for reason in decision.reasons] if isinstance(decision, Refused) else []


@pytest.mark.parametrize("state", ["draft", *STATES])
def test_papers_come_and_go_before_sending_and_while_completing_only(state):
    """In every other state the case is what was handed in."""
    expected = [] if state in ("draft", "supplementing") else ["attachment.not_now"]
    assert codes(may_add(state, is_applicant=True, count=0, limits=LIMITS)) == expected
    assert codes(may_remove(state, is_applicant=True, handed_in=False)) == expected


@pytest.mark.parametrize(
    ("is_applicant", "count", "expected"),
    [
        (True, 2, []),
        (True, 3, ["attachment.too_many"]),
        (False, 0, ["workflow.wrong_role"]),
        (False, 3, ["workflow.wrong_role", "attachment.too_many"]),
    ],
)
def test_only_the_applicant_adds_and_only_so_many(is_applicant, count, expected):
    assert codes(may_add("draft", is_applicant=is_applicant, count=count, limits=LIMITS)) == expected


# state, bytes of the paper, bytes beside drafts already, refused
ROOM = [
    ("draft", 100, 150, False),
    ("draft", 100, 151, True),
    ("draft", 1, 250, True),
    ("supplementing", 100, 250, False),
]


@pytest.mark.parametrize(("state", "size", "unsent", "refused"), ROOM)
def test_drafts_of_one_person_hold_so_much_together(state, size, unsent, refused):
    """What completes an application under way is no draft."""
    decision = may_add(state, is_applicant=True, count=0, limits=LIMITS, size=size, unsent=unsent)
    assert codes(decision) == (["attachment.drafts_full"] if refused else [])


@pytest.mark.parametrize(
    ("is_applicant", "handed_in", "expected"),
    [
        (True, False, []),
        (True, True, ["attachment.handed_in"]),
        (False, False, ["workflow.wrong_role"]),
        (False, True, ["workflow.wrong_role", "attachment.handed_in"]),
    ],
)
def test_what_has_been_handed_in_stays(is_applicant, handed_in, expected):
    assert codes(may_remove("supplementing", is_applicant=is_applicant, handed_in=handed_in)) == expected


def test_before_it_is_handed_in_it_is_there_for_its_applicant_alone():
    seen = {
        (mine, sent): may_look(is_applicant=mine, handed_in=sent)
        for mine in (True, False)
        for sent in (True, False)
    }
    assert seen == {(True, True): True, (True, False): True, (False, True): True, (False, False): False}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("营业执照.pdf", "营业执照.pdf"),
        ("C:\\fakepath\\证明.png", "证明.png"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("委托书\u202efdp.exe", "委托书fdp.exe"),
        ("零\u200b宽.pdf", "零宽.pdf"),
        ("   ", "附件"),
        ("\u202e", "附件"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("长" * 300, "长" * 120),
        ("\u0065\u0301.pdf", "\u00e9.pdf"),
    ],
)
def test_names_are_shown_as_they_can_be_trusted(given, shown):
    """No folders, no line ends, no signs that turn the text around."""
    assert clean_name(given) == shown


@pytest.mark.parametrize(
    ("name", "kind", "served", "masked"),
    [
        ("证明.pdf", "pdf", "证明.pdf", "证**.pdf"),
        ("照片.JPEG", "jpeg", "照片.JPEG", "照**.jpg"),
        ("合同.exe", "pdf", "合同.exe.pdf", "合**.pdf"),
        ("扫描", "ofd", "扫描.ofd", "扫**.ofd"),
    ],
)
def test_the_ending_tells_what_it_is(name, kind, served, masked):
    """Whatever the file was called; and officers see enough of it to tell one from another."""
    assert (served_name(name, kind), masked_name(name, kind)) == (served, masked)


KEPT = [
    # state, handed in, ends of grants → last day
    ("draft", False, [], date(2026, 4, 1)),
    ("submitted", True, [], None),
    ("accepted", True, [], None),
    ("supplementing", False, [], None),
    ("refused", True, [], date(2026, 4, 1)),
    ("withdrawn", True, [], date(2026, 4, 1)),
    ("lapsed", False, [], date(2026, 3, 2)),
    ("approved", True, [date(2027, 1, 1)], date(2027, 1, 31)),
    ("approved", True, [date(2027, 1, 1), date(2028, 1, 1)], date(2028, 1, 31)),
    ("approved", True, [date(2026, 3, 1)], date(2026, 4, 1)),
]


@pytest.mark.parametrize(("state", "handed_in", "ends", "expected"), KEPT)
def test_papers_stay_as_long_as_the_case_and_its_grants_need_them(state, handed_in, ends, expected):
    """30 days after the end; what was never handed in goes with the end of its case."""
    assert kept_until(state, CLOSED_ON, handed_in=handed_in, grant_ends=ends, days=30) == expected


def test_every_kind_is_told_by_its_ending():
    assert {kind: row.endings[0] for kind, row in KINDS.items()} == {
        "pdf": ".pdf", "jpeg": ".jpg", "png": ".png", "ofd": ".ofd",
    }  # fmt: skip
