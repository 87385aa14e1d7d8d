"""What is measured against what is asked for, and the table's own objections to leaving the house."""

from __future__ import annotations

import pytest
from ckanext.govshare.domain.desensitization.clearance import Output, output_objections
from ckanext.govshare.domain.desensitization.finding import Finding
from ckanext.govshare.domain.desensitization.plan import Plan
from ckanext.govshare.domain.desensitization.risk import Risk, Thresholds

PHONE = Finding("mobile_phone", "手机", 3, 1.0, (1,), (), True, (), "mask")
NAME = Finding("person_name", "姓名", 3, 1.0, (1,), (), False, (), "mask")
PLAN = Plan.from_dict({"columns": {"手机": {"method": "mask"}}, "k": 5, "l": 2})
KEPT = Plan.from_dict({"columns": {"手机": {"method": "keep", "reason": "单位电话"}}})


@pytest.mark.parametrize(
    ("risk", "expected"),
    [
        (Risk(), []),
        (Risk(k=5, l=2), []),
        (Risk(k=4, l=2), ["risk.k_too_small"]),
        (Risk(k=9, l=1), ["risk.l_too_small"]),
        (Risk(k=1, l=1), ["risk.k_too_small", "risk.l_too_small"]),
        (Risk(k=None, l=None, left_out=7), []),
    ],
)
def test_what_is_measured_must_reach_what_is_asked(risk, expected):
    """The smallest group is k, the fewest sensitive values in one are l; what was not declared is not asked."""
    assert [reason.code for reason in risk.objections(Thresholds(5, 2))] == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (Output(findings=()), []),
        (Output(findings=None), ["release.not_scanned"]),
        (Output(findings=(NAME,)), []),
        (Output(findings=(PHONE,)), ["release.blocking_finding"]),
        (Output(findings=(PHONE,), plan=KEPT), []),
        (Output(findings=(PHONE,), plan=PLAN), ["release.blocking_finding"]),
        (Output(findings=(), plan=PLAN, risk=Risk(k=2, l=2)), ["risk.k_too_small"]),
        (Output(findings=(), plan=PLAN, follows_plan=False), ["release.not_masked"]),
        (
            Output(findings=(PHONE,), plan=PLAN, follows_plan=False, risk=Risk(k=1, l=1)),
            ["release.not_masked", "release.blocking_finding", "risk.k_too_small", "risk.l_too_small"],
        ),
    ],
)
def test_what_a_table_has_against_leaving(output, expected):
    """All of it at once, and a mask that still shows a number is caught by the scan of what came out."""
    assert [reason.code for reason in output_objections(output)] == expected
