"""The gate: who asks does not matter, and every reason comes at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ckanext.govshare.domain.decision import Allowed, Reason, Refused
from ckanext.govshare.domain.desensitization.clearance import Output
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.plan import Plan
from ckanext.govshare.domain.desensitization.risk import Risk
from ckanext.govshare.domain.release import (
    EditionFacts,
    EntryFacts,
    FileFacts,
    SecrecyReview,
    is_for_everyone,
    is_public,
    may_deliver_data,
    may_publish_entry,
    may_release_edition,
    may_take_data,
    may_take_file,
)

HASH = "a" * 64
REVIEW = SecrecyReview("may_open", HASH)
ENTRY = EntryFacts("unconditional", HASH, (), REVIEW)
EDITION = EditionFacts(
    publication_state="published",
    openness="unconditional",
    content_hash=HASH,
    desensitization="not_required",
    operator="li",
    checker="wang",
    checked_hash=HASH,
    review=REVIEW,
    outputs=(Output(findings=()),),
)
ID_NUMBER = Finding("id_number", "身份证号", 9, 1.0, (1,), (), True, (), "drop")
PLAN = Plan.from_dict({"columns": {"身份证号": {"method": "keep", "reason": "需要"}}})


def codes(decision):
    """The codes of a refusal, empty when allowed."""
    return [reason.code for reason in decision.reasons] if isinstance(decision, Refused) else []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"review": None}, ["release.no_secrecy_review"]),
        ({"review": SecrecyReview("may_not", HASH)}, ["release.secrecy_review_refuses"]),
        ({"review": SecrecyReview("may_open", "b" * 64)}, ["release.review_of_other_content"]),
        ({"openness": "closed", "review": SecrecyReview("may_not", HASH)}, []),
        ({"openness": "closed", "review": None}, ["release.no_secrecy_review"]),
        (
            {"openness": "conditional", "review": SecrecyReview("may_not", HASH)},
            ["release.secrecy_review_refuses"],
        ),
        ({"changed_entry": "withdrawn"}, ["change.not_published"]),
        ({"changed_entry": "draft"}, ["change.not_published"]),
        ({"defects": (Reason("entry.missing"),)}, ["entry.missing"]),
        (
            {"defects": (Reason("entry.missing"),), "review": None},
            ["entry.missing", "release.no_secrecy_review"],
        ),
    ],
)
def test_a_card_needs_to_be_complete_and_reviewed_as_it_stands(changes, expected):
    """佳木斯 art. 32: 保密审查 before opening, of exactly this content."""
    assert codes(may_publish_entry(replace(ENTRY, **changes))) == expected


def test_warnings_do_not_block():
    """What is doubtful is shown and allowed."""
    warning = Reason("legal_basis.weak")
    assert may_publish_entry(replace(ENTRY, warnings=(warning,))) == Allowed((warning,))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"desensitization": "done"}, []),
        ({"publication_state": "bureau_review"}, ["release.entry_not_published"]),
        ({"publication_state": "withdrawn"}, ["release.entry_not_published"]),
        ({"openness": "conditional"}, []),
        ({"openness": "closed"}, ["release.closed"]),
        ({"desensitization": "pending"}, ["release.not_desensitized"]),
        ({"desensitization": "awaiting_check"}, ["release.not_desensitized"]),
        ({"desensitization": "rejected"}, ["release.not_desensitized"]),
        ({"desensitization": "void"}, ["release.not_desensitized"]),
        ({"checker": ""}, ["release.not_checked"]),
        ({"checker": "li"}, ["release.checker_is_operator"]),
        ({"checked_hash": "b" * 64}, ["release.bytes_changed"]),
        ({"review": None}, ["release.no_secrecy_review"]),
        ({"review": SecrecyReview("may_open", "b" * 64)}, ["release.review_of_other_content"]),
        ({"outputs": (Output(findings=None),)}, ["release.not_scanned"]),
        ({"outputs": (Output(findings=(ID_NUMBER,)),)}, ["release.blocking_finding"]),
        ({"outputs": (Output(findings=(ID_NUMBER,), plan=PLAN),)}, ["release.blocking_finding"]),
        ({"outputs": (Output(findings=(), plan=PLAN, follows_plan=False),)}, ["release.not_masked"]),
        ({"outputs": (Output(findings=(), plan=PLAN, risk=Risk(k=1)),)}, ["risk.k_too_small"]),
        ({"under_way": (Reason("edition.release_under_way"),)}, ["edition.release_under_way"]),
    ],
)
def test_an_edition_needs_class_check_review_and_unchanged_bytes(changes, expected):
    """Each missing thing alone refuses; new bytes void check and review."""
    assert codes(may_release_edition(replace(EDITION, **changes))) == expected


def test_everything_wrong_is_said_at_once():
    """A clerk mends it in one go."""
    facts = EditionFacts("draft", "closed", HASH, "pending", "li", "", "", None, (Output((ID_NUMBER,)),))
    assert codes(may_release_edition(facts)) == [
        "release.entry_not_published",
        "release.closed",
        "release.blocking_finding",
        "release.not_desensitized",
        "release.not_checked",
        "release.no_secrecy_review",
    ]


@pytest.mark.parametrize(
    ("state", "openness", "card", "data"),
    [
        ("published", "unconditional", True, True),
        ("published", "conditional", True, False),
        ("published", "closed", False, False),
        ("bureau_review", "unconditional", False, False),
        ("draft", "unconditional", False, False),
        ("withdrawn", "unconditional", False, False),
        ("published", "", False, False),
    ],
)
def test_what_is_public(state, openness, card, data):
    """Cards of two classes are public once published, data of one."""
    assert is_public(state, openness) is card
    assert bool(may_take_data(state, openness)) is data


@pytest.mark.parametrize(
    ("state", "openness", "expected"),
    [
        ("published", "unconditional", []),
        ("published", "conditional", ["release.needs_grant"]),
        ("published", "closed", ["release.data_withdrawn"]),
        ("withdrawn", "unconditional", ["release.data_withdrawn"]),
        ("withdrawn", "conditional", ["release.data_withdrawn"]),
        ("draft", "unconditional", ["release.data_withdrawn"]),
    ],
)
def test_whoever_may_not_take_data_is_told_why(state, openness, expected):
    """佳木斯 art. 26: conditional data are applied for; the rest is gone."""
    assert codes(may_take_data(state, openness)) == expected


FILE = FileFacts("published", "unconditional", was_published=True, edition_withdrawn=False, on_shelf=True)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"on_shelf": False}, ["release.no_such_file"]),
        ({"edition_withdrawn": True}, ["release.edition_withdrawn"]),
        ({"edition_withdrawn": True, "on_shelf": False}, ["release.edition_withdrawn"]),
        ({"openness": "conditional"}, ["release.needs_grant"]),
        ({"openness": "conditional", "on_shelf": False}, ["release.needs_grant"]),
        ({"openness": "closed"}, ["release.data_withdrawn"]),
        ({"publication_state": "withdrawn"}, ["release.data_withdrawn"]),
        ({"publication_state": "withdrawn", "edition_withdrawn": True}, ["release.data_withdrawn"]),
        ({"was_published": False}, ["release.no_such_file"]),
        ({"was_published": False, "openness": "conditional"}, ["release.no_such_file"]),
        ({"was_published": False, "publication_state": "draft"}, ["release.no_such_file"]),
    ],
)
def test_a_file_leaves_by_its_address_or_one_sentence_says_why_not(changed, expected):
    """Of what was never public nobody learns that it exists; what was public says that it is gone."""
    assert codes(may_take_file(replace(FILE, **changed))) == expected


@pytest.mark.parametrize(
    ("openness", "delivered", "on_the_shelf"),
    [("unconditional", True, True), ("conditional", True, False), ("closed", False, False)],
)
def test_where_data_of_a_class_may_lie(openness, delivered, on_the_shelf):
    """Only what is for everyone lies where nginx can reach it."""
    assert bool(may_deliver_data(openness)) is delivered
    assert is_for_everyone(openness) is on_the_shelf
