"""Openness (开放类型): what each class must state. 佳木斯 arts 19, 24."""

from __future__ import annotations

import pytest
from ckanext.govshare.domain.openness import check_openness, narrows, warn_openness

LAW = {"title": "中华人民共和国数据安全法", "article": "第二十一条", "level": "law"}
RULE = {"title": "云溪市公共数据管理办法", "article": "第八条", "level": "normative_document"}

CASES = [
    # values, codes refused
    ({"openness": "unconditional", "license_id": "cc-by-4.0"}, []),
    ({"openness": "unconditional"}, ["openness.text_missing"]),
    ({"openness": "unconditional", "license_id": "  "}, ["openness.text_missing"]),
    ({"openness": "conditional", "openness_condition": "限科研", "openness_basis": [LAW]}, []),
    ({"openness": "conditional", "openness_basis": [LAW]}, ["openness.text_missing"]),
    ({"openness": "conditional", "openness_condition": "限科研"}, ["openness.basis_missing"]),
    ({"openness": "conditional"}, ["openness.text_missing", "openness.basis_missing"]),
    ({"openness": "closed", "openness_reason": "涉密", "openness_basis": [LAW]}, []),
    ({"openness": "closed", "openness_reason": "涉密"}, ["openness.basis_missing"]),
    ({"openness": "closed"}, ["openness.text_missing", "openness.basis_missing"]),
    (
        {"openness": "closed", "openness_reason": "涉密", "openness_basis": [{"title": "", "level": "law"}]},
        ["legal_basis.title_missing"],
    ),
    (
        {
            "openness": "closed",
            "openness_reason": "涉密",
            "openness_basis": [{"title": "某法", "level": "?"}],
        },
        ["legal_basis.unknown_level"],
    ),
    ({}, []),
    ({"openness": "secret"}, []),
]


@pytest.mark.parametrize(("values", "codes"), CASES)
def test_each_class_states_what_the_law_asks(values, codes):
    """Unconditional needs a licence, conditional a condition and a basis, closed a reason and a basis."""
    assert [reason.code for reason in check_openness(values)] == codes


WARNINGS = [
    ({"openness": "conditional", "openness_basis": [RULE]}, ["legal_basis.weak"]),
    ({"openness": "conditional", "openness_basis": [RULE, LAW]}, []),
    ({"openness": "closed", "openness_basis": []}, []),
    ({"openness": "unconditional", "openness_basis": [RULE]}, []),
    ({"openness": "unconditional", "share_type": "conditional"}, ["openness.wider_than_share"]),
    ({"openness": "conditional", "share_type": "closed"}, ["openness.wider_than_share"]),
    ({"openness": "closed", "share_type": "unconditional"}, []),
    ({"openness": "conditional", "share_type": "conditional"}, []),
]


@pytest.mark.parametrize(("values", "codes"), WARNINGS)
def test_what_is_doubtful_warns(values, codes):
    """A basis of low rank and an opening wider than the sharing are lawful, and said."""
    assert [reason.code for reason in warn_openness(values)] == codes


@pytest.mark.parametrize(
    ("before", "after", "answer"),
    [
        ("unconditional", "conditional", True),
        ("conditional", "closed", True),
        ("closed", "unconditional", False),
        ("conditional", "conditional", False),
    ],
)
def test_narrowing_takes_something_away(before, after, answer):
    """Narrowing (收窄) is any step towards closed."""
    assert narrows(before, after) is answer
