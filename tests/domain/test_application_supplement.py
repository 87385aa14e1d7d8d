"""What a supplement may correct, and what would be another application."""

from __future__ import annotations

import pytest
from ckanext.govshare.domain.application_supplement import check_applicant, check_data

PROVIDER = "dept-1"
ASKED = {"a": ("x", "y"), "b": ("z",)}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"applicant_kind": "person"}, {"applicant_kind": "person", "id_number": "other"}, []),
        (
            {"applicant_kind": "person"},
            {"applicant_kind": "company"},
            ["application.supplement_other_applicant"],
        ),
    ],
)
def test_a_mistyped_number_is_corrected_another_applicant_is_not(before, after, expected):
    assert [reason.code for reason in check_applicant(before, after)] == expected


CHANGES = [
    # wanted, departments of what is added, expected
    (ASKED, [], []),
    ({"a": ("x",)}, [], []),
    ({"a": ("x", "w"), "c": ("q",)}, [PROVIDER], []),
    ({"c": ("q",)}, [PROVIDER], ["application.supplement_other_data"]),
    ({}, [], ["application.supplement_other_data"]),
    ({"a": (), "b": ("z",)}, [], ["application.no_column"]),
    ({"a": ("x",), "c": ("q",)}, ["dept-2"], ["application.several_providers"]),
    ({"a": ("x",), "b": ("z",), "c": ("q",), "d": ("q",)}, [PROVIDER], ["application.too_many_entries"]),
]


@pytest.mark.parametrize(("wanted", "departments", "expected"), CHANGES)
def test_the_data_are_corrected_within_one_department_and_something_remains(wanted, departments, expected):
    found = check_data(ASKED, wanted, PROVIDER, departments, most=3)
    assert [reason.code for reason in found] == expected
